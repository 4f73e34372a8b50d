// SPDX-License-Identifier: Apache-2.0
#include "admin/tongue.h"

#include "base/buf.h"

enum { TONGUE_TEXT_MOST = 16 * 1024, TONGUE_LIKED = 1000 };

static const char *const tongue_codes[TONGUES] = {[TONGUE_ENGLISH] = "en", [TONGUE_GERMAN] = "de"};

const char *tongue_code(enum tongue t) {
  return tongue_codes[t];
}

// "q=0.8" among the parameters, in thousandths; without one it is liked best (§12.4.2).
static int tongue_weight(struct str parameters) {
  for (struct str item; str_cut(&parameters, ';', &item);) {
    item = str_trim(item);
    if (item.n < 3 || (item.p[0] != 'q' && item.p[0] != 'Q') || item.p[1] != '=') continue;
    if (item.p[2] == '1') return TONGUE_LIKED;
    int weight = 0;
    for (size_t i = 4; i < 7; i++) {
      bool digit = i < item.n && item.p[i] >= '0' && item.p[i] <= '9';
      weight = weight * 10 + (digit ? item.p[i] - '0' : 0);
    }
    return weight;
  }
  return TONGUE_LIKED;
}

enum tongue tongue_of(struct str accepts) {
  enum tongue best = TONGUE_ENGLISH;
  int liked = 0;
  for (struct str item; str_cut(&accepts, ',', &item);) {
    struct str range, primary;
    if (!str_cut(&item, ';', &range)) continue;
    range = str_trim(range);
    if (!str_cut(&range, '-', &primary)) continue;
    int weight = tongue_weight(item);
    for (int t = 0; t < TONGUES; t++)
      if (weight > liked && str_is_nocase(primary, tongue_codes[t])) best = (enum tongue)t, liked = weight;
  }
  return best;
}

struct str tongue_fill(const char *text, const struct str *values, size_t count, struct arena *a) {
  struct buf out = BUF_MAX(TONGUE_TEXT_MOST);
  for (const char *p = text; *p; p++) {
    size_t place = p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}' ? (size_t)(p[1] - '0') : count;
    if (place < count) {
      buf_add(&out, values[place]);
      p += 2;
    } else {
      buf_add_char(&out, *p);
    }
  }
  struct str filled = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return filled;
}

// SPDX-License-Identifier: Apache-2.0
#include "admin/change.h"

#include "base/clock.h"
#include "data/json.h"

enum { CHANGE_SIDE_MOST = 480 }; // bytes of before and of after: several changes go into one detail

static struct str change_side(struct str s) {
  return s.n ? str_cut_utf8(s, CHANGE_SIDE_MOST) : STR("none");
}

void change_text(struct buf *out, const char *what, struct str from, struct str to) {
  if (str_eq(from, to)) return;
  struct str was = change_side(from), is = change_side(to);
  buf_printf(out, "%s%s: %.*s%s → %.*s%s", out->n ? "; " : "", what, STR_ARG(was), was.n < from.n ? "…" : "",
             STR_ARG(is), is.n < to.n ? "…" : "");
}

void change_time(struct buf *out, const char *what, int64_t from, int64_t to) {
  char texts[2][CLOCK_TEXT] = {"never", "never"};
  if (from) clock_rfc3339(from, texts[0]);
  if (to) clock_rfc3339(to, texts[1]);
  change_text(out, what, str_of(texts[0]), str_of(texts[1]));
}

void change_value(struct buf *out, const char *what, yyjson_val *from, yyjson_val *to, struct arena *a) {
  change_text(out, what, from ? json_to_text(a, from) : STR_NONE, to ? json_to_text(a, to) : STR_NONE);
}

struct str change_end(struct buf *out, struct arena *a) {
  struct str text = arena_dup(a, buf_str(out));
  buf_free(out);
  return text;
}

// SPDX-License-Identifier: Apache-2.0
#include "admin/change.h"

#include "base/clock.h"
#include "data/json.h"

enum {
  CHANGE_NAME_MOST = 64,
  CHANGE_SIDE_MOST = 480
}; // bytes of before and of after: several changes go into one detail

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

static void change_member(struct buf *out, const char *what, yyjson_val *from, yyjson_val *to,
                          yyjson_val *in) {
  yyjson_val *key, *v;
  size_t i, n;
  yyjson_obj_foreach (in, i, n, key, v) {
    struct str name = str_cut_utf8(json_text(key), CHANGE_NAME_MOST);
    yyjson_val *was = yyjson_obj_getn(from, yyjson_get_str(key), yyjson_get_len(key));
    yyjson_val *is = yyjson_obj_getn(to, yyjson_get_str(key), yyjson_get_len(key));
    if (in == to && was) continue; // told already
    if (was && is && yyjson_equals(was, is)) continue;
    buf_printf(out, "%s%s.%.*s: %s", out->n ? "; " : "", what, STR_ARG(name),
               !was  ? "added"
               : !is ? "removed"
                     : "changed");
  }
}

void change_members(struct buf *out, const char *what, yyjson_val *from, yyjson_val *to) {
  change_member(out, what, from, to, from);
  change_member(out, what, from, to, to);
}

struct str change_end(struct buf *out, struct arena *a) {
  struct str text = arena_dup(a, buf_str(out));
  buf_free(out);
  return text;
}

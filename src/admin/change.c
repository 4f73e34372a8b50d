// SPDX-License-Identifier: Apache-2.0
#include "admin/change.h"

#include "audit/audit.h"
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

// ---- servers

static struct str change_members_text(const struct server *s, struct arena *a) {
  struct buf out = BUF_MAX(CHANGE_MOST);
  for (size_t i = 0; i < s->member_count; i++)
    buf_printf(&out, "%s%.*s as \"%.*s\"", i ? ", " : "", STR_ARG(s->members[i].account_id),
               STR_ARG(s->members[i].alias));
  return change_end(&out, a);
}

static void change_urls(struct buf *out, const struct server *from, const struct server *to,
                        struct arena *a) {
  for (size_t i = 0; i < to->urls.count; i++) {
    const struct server_url *is = &to->urls.items[i], *was = url_row_find(&from->urls, is->name);
    char marks[2][AUDIT_MARK];
    struct str before = was ? audit_mark_hash(was->hash, marks[0]) : STR_NONE;
    change_text(out, arena_printf(a, "url %.*s", STR_ARG(is->name)).p, before,
                audit_mark_hash(is->hash, marks[1]));
  }
}

static struct str change_fence(const struct server *s, struct arena *a) {
  struct buf out = BUF_MAX(CHANGE_MOST);
  if (s->filter.fences.count) fence_write(&s->filter.fences, &out);
  return change_end(&out, a);
}

static struct str change_config(const struct server *s, struct arena *a) { // but for its fence
  struct policy_filter f = s->filter;
  f.fences = (struct fences){0};
  return policy_filter_write(&f, a);
}

struct str change_server(const struct server *from, const struct server *to, struct arena *a) {
  struct buf out = BUF_MAX(CHANGE_MOST);
  change_text(&out, "name", from->name, to->name);
  change_time(&out, "expires_at", from->expires_at, to->expires_at);
  change_urls(&out, from, to, a);
  change_text(&out, "share", from->share ? STR("true") : STR("false"),
              to->share ? STR("true") : STR("false"));
  change_text(&out, "fence", change_fence(from, a), change_fence(to, a));
  change_text(&out, "config", change_config(from, a), change_config(to, a));
  change_text(&out, "sign_in", admission_write(&from->admission, a), admission_write(&to->admission, a));
  change_text(&out, "accounts", change_members_text(from, a), change_members_text(to, a));
  return change_end(&out, a);
}

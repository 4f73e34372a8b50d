// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"
#include "data/json.h"
#include "remote/remote_parts.h"

enum { REMOTE_VALUE_MOST = 8 * 1024, REMOTE_DEPTH_MOST = 48 };

static bool remote_is_aside(struct str member) {
  return str_is(member, "_meta") || str_is(member, "icons");
}

static bool remote_equal(yyjson_val *a, yyjson_val *b) {
  return (!a && !b) || (a && b && yyjson_equals(a, b));
}

// Are all members of `a` that count in `b` too, and the same?
static bool remote_within(yyjson_val *a, yyjson_val *b) {
  yyjson_obj_iter it = yyjson_obj_iter_with(a);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));)
    if (!remote_is_aside(json_text(key)) &&
        !remote_equal(yyjson_obj_iter_get_val(key),
                      yyjson_obj_getn(b, yyjson_get_str(key), yyjson_get_len(key))))
      return false;
  return true;
}

bool remote_same(yyjson_val *a, yyjson_val *b) {
  return a && b && remote_within(a, b) && remote_within(b, a);
}

static const char *const remote_alike_members[] = {"description", "inputSchema", "outputSchema"};
enum { REMOTE_ALIKE_MEMBERS = sizeof remote_alike_members / sizeof *remote_alike_members };

// The same for equal values, whatever the order of an object's members.
static uint64_t remote_hash(yyjson_val *v) {
  uint64_t hash = 31 * (unsigned)yyjson_get_tag(v) + 7, one[2];
  size_t i, n;
  yyjson_val *key, *item;
  if (yyjson_is_str(v) || yyjson_is_raw(v))
    return map_hash(str_make(unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v)));
  yyjson_arr_foreach (v, i, n, item) {
    one[0] = hash;
    one[1] = remote_hash(item);
    hash = map_hash(str_make((const char *)one, sizeof one));
  }
  yyjson_obj_foreach (v, i, n, key, item) {
    one[0] = map_hash(json_text(key));
    one[1] = remote_hash(item);
    hash += map_hash(str_make((const char *)one, sizeof one));
  }
  return hash;
}

uint64_t remote_alike_hash(yyjson_val *definition) {
  uint64_t parts[REMOTE_ALIKE_MEMBERS];
  for (size_t i = 0; i < REMOTE_ALIKE_MEMBERS; i++)
    parts[i] = remote_hash(yyjson_obj_get(definition, remote_alike_members[i]));
  return map_hash(str_make((const char *)parts, sizeof parts));
}

bool remote_alike(yyjson_val *a, yyjson_val *b) {
  yyjson_val *properties = yyjson_obj_get(yyjson_obj_get(a, "inputSchema"), "properties");
  if (!json_str(a, "description").n && !yyjson_obj_size(properties)) return false;
  for (size_t i = 0; i < REMOTE_ALIKE_MEMBERS; i++)
    if (!remote_equal(yyjson_obj_get(a, remote_alike_members[i]), yyjson_obj_get(b, remote_alike_members[i])))
      return false;
  return true;
}

// ---- in words

struct remote_lines {
  struct buf out, place;
};

static void remote_add_line(struct remote_lines *l, char sign, struct str text) {
  struct str shown = str_cut_utf8(text, REMOTE_VALUE_MOST);
  buf_printf(&l->out, "%c %.*s: %.*s", sign, STR_ARG(buf_str(&l->place)), STR_ARG(shown));
  if (shown.n < text.n) buf_printf(&l->out, " … (%zu bytes more)", text.n - shown.n);
  buf_add_char(&l->out, '\n');
}

static void remote_add_value(struct remote_lines *l, char sign, yyjson_val *v) {
  struct buf text = BUF_MAX(REMOTE_DEFINITION_MOST);
  json_write(&text, v);
  remote_add_line(l, sign, buf_str(&text));
  buf_free(&text);
}

// The lines of a text between what both have at the start and at the end.
static void remote_add_part(struct remote_lines *l, char sign, struct str text) {
  for (struct str rest = text, line; str_cut(&rest, '\n', &line);) remote_add_line(l, sign, line);
}

static void remote_diff_text(struct remote_lines *l, struct str a, struct str b) {
  size_t least = a.n < b.n ? a.n : b.n, head = 0, tail = 0;
  for (size_t i = 0; i < least && a.p[i] == b.p[i]; i++)
    if (a.p[i] == '\n') head = i + 1;
  for (size_t i = 1; i <= least - head && a.p[a.n - i] == b.p[b.n - i]; i++)
    if (a.p[a.n - i] == '\n') tail = i - 1;
  remote_add_part(l, '-', str_make(a.p + head, a.n - head - tail));
  remote_add_part(l, '+', str_make(b.p + head, b.n - head - tail));
}

static void remote_diff_value(struct remote_lines *l, yyjson_val *a, yyjson_val *b, size_t depth);

static void remote_diff_member(struct remote_lines *l, struct str key, yyjson_val *a, yyjson_val *b,
                               size_t depth) {
  size_t before = l->place.n;
  if (depth == 0 && remote_is_aside(key)) return;
  if (before) buf_add_char(&l->place, '/');
  buf_add(&l->place, key);
  remote_diff_value(l, a, b, depth + 1);
  l->place.n = before;
}

static void remote_diff_object(struct remote_lines *l, yyjson_val *a, yyjson_val *b, size_t depth) {
  yyjson_val *key;
  yyjson_obj_iter it = yyjson_obj_iter_with(a);
  while ((key = yyjson_obj_iter_next(&it)))
    remote_diff_member(l, json_text(key), yyjson_obj_iter_get_val(key),
                       yyjson_obj_getn(b, yyjson_get_str(key), yyjson_get_len(key)), depth);
  it = yyjson_obj_iter_with(b);
  while ((key = yyjson_obj_iter_next(&it)))
    if (!yyjson_obj_getn(a, yyjson_get_str(key), yyjson_get_len(key)))
      remote_diff_member(l, json_text(key), NULL, yyjson_obj_iter_get_val(key), depth);
}

static void remote_diff_value(struct remote_lines *l, yyjson_val *a, yyjson_val *b, size_t depth) {
  if (remote_equal(a, b)) return;
  if (yyjson_is_obj(a) && yyjson_is_obj(b) && depth < REMOTE_DEPTH_MOST) {
    remote_diff_object(l, a, b, depth);
  } else if (yyjson_is_str(a) && yyjson_is_str(b)) {
    remote_diff_text(l, json_text(a), json_text(b));
  } else {
    if (a) remote_add_value(l, '-', a);
    if (b) remote_add_value(l, '+', b);
  }
}

struct str remote_diff(yyjson_val *before, yyjson_val *now, struct arena *a) {
  struct remote_lines l = {BUF_MAX(REMOTE_DIFF_MOST), BUF_MAX(REMOTE_DEFINITION_MOST)};
  remote_diff_object(&l, before, now, 0);
  struct str text =
      arena_printf(a, "%.*s%s", STR_ARG(buf_str(&l.out)), l.out.full ? "… (the rest is left out)\n" : "");
  buf_free(&l.out);
  buf_free(&l.place);
  return text;
}

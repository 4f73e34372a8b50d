// SPDX-License-Identifier: Apache-2.0
#include "connector/fences.h"

#include "data/json.h"
#include "data/schema_pattern.h"

enum { FENCES_LIST_MOST = 256, FENCES_TOOLS_MOST = 2048 };

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct connector_fence *connector_fence_find(const struct connector *c, struct str key) {
  for (size_t i = 0; i < c->fence_count; i++)
    if (str_eq(c->fences[i].key, key)) return &c->fences[i];
  return NULL;
}

const struct connector_fence *connector_fence_above(const struct connector *c,
                                                    const struct connector_fence *f) {
  return f->within.n ? connector_fence_find(c, f->within) : NULL;
}

// Each entry speaks of several tools; each glob gets a row of its own.
static void fences_narrows(struct reader *r, yyjson_val *v, struct connector_fence *out) {
  size_t i, j, n, count, most = 0;
  yyjson_val *item, *list = reader_list(r, v, "narrows", FENCES_LIST_MOST);
  yyjson_arr_foreach (list, i, n, item) most += yyjson_arr_size(yyjson_obj_get(item, "tools"));
  out->narrows = ARENA_ARRAY(r->arena, most + 1, struct connector_narrow);
  yyjson_arr_foreach (list, i, n, item) {
    reader_keys(r, item, "an entry of narrows", KEYS("tools", "by"));
    struct str by = reader_text(r, item, "by", READER_OPTIONAL);
    struct str *globs = reader_texts(r, item, "tools", FENCES_TOOLS_MOST, &count);
    if (!count) reader_fail(r, item, "'tools' is missing");
    if (r->failed) return;
    for (j = 0; j < count; j++)
      out->narrows[out->narrow_count++] = (struct connector_narrow){globs[j], by.n ? by : out->key};
  }
}

static void fences_paths(struct reader *r, yyjson_val *v, struct connector_fence *out) {
  out->paths = reader_texts(r, v, "paths", FENCES_LIST_MOST, &out->path_count);
  for (size_t i = 0; i < out->path_count; i++) {
    struct str p = out->paths[i];
    if (!str_starts(p, "/") || !str_ends(p, "/*") || str_find(p, '*') != (ptrdiff_t)p.n - 1)
      reader_fail(r, yyjson_obj_get(v, "paths"),
                  "path '%.*s': \"/segments/*\", where the '*' at its end stands for the value", STR_ARG(p));
  }
}

// A column of a table that a program makes of the answer; it stands in SQL.
static struct str fences_column(struct reader *r, yyjson_val *list, const char *key, enum reader_need need) {
  struct str name = reader_text(r, list, key, need);
  for (size_t i = 0; i < name.n; i++) {
    char c = name.p[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_') continue;
    reader_fail(r, list, "'%s' is no column: letters, digits and '_' only", key);
    break;
  }
  return name;
}

static void fences_source(struct reader *r, yyjson_val *v, struct connector_fence *out) {
  yyjson_val *list = yyjson_obj_get(v, "list");
  if (!list) return;
  reader_keys(r, list, "list", KEYS("tool", "each", "id", "name"));
  out->list_tool = reader_text(r, list, "tool", READER_REQUIRED);
  out->list_id = fences_column(r, list, "id", READER_REQUIRED);
  out->list_name = fences_column(r, list, "name", READER_OPTIONAL);
  if (!out->list_name.n) out->list_name = out->list_id;
  out->list_each = reader_text(r, list, "each", READER_OPTIONAL);
  if (out->list_each.n && !out->within.n)
    reader_fail(r, list, "'each' asks once for each value of the key above, and there is none");
}

static void fences_serves(struct reader *r, yyjson_val *v, struct connector_fence *out) {
  size_t count;
  struct str *words = reader_texts(r, v, "serves", 2, &count);
  for (size_t i = 0; i < count; i++) {
    out->prompts |= str_is(words[i], "prompts");
    out->resources |= str_is(words[i], "resources");
    if (!str_is(words[i], "prompts") && !str_is(words[i], "resources"))
      reader_fail(r, yyjson_obj_get(v, "serves"), "'serves' takes prompts and resources");
  }
}

static void fences_one(struct reader *r, yyjson_val *v, struct connector_fence *out) {
  reader_keys(r, v, "an entry of fences",
              KEYS("key", "label", "within", "names", "paths", "mentions", "outside", "id", "narrows", "list",
                   "serves"));
  *out = (struct connector_fence){.key = reader_text(r, v, "key", READER_REQUIRED),
                                  .label = reader_text(r, v, "label", READER_OPTIONAL),
                                  .within = reader_text(r, v, "within", READER_OPTIONAL),
                                  .id = reader_text(r, v, "id", READER_OPTIONAL)};
  if (!out->label.n) out->label = out->key;
  if (!reader_is_word(out->key, '_'))
    reader_fail(r, v, "key '%.*s': lower-case letters, digits and '_' only", STR_ARG(out->key));
  if (out->id.n && !schema_pattern_compiles(out->id))
    reader_fail(r, yyjson_obj_get(v, "id"), "'id' is no regular expression");
  out->names = reader_texts(r, v, "names", FENCES_LIST_MOST, &out->name_count);
  out->mentions = reader_texts(r, v, "mentions", FENCES_LIST_MOST, &out->mention_count);
  out->outside = reader_texts(r, v, "outside", FENCES_TOOLS_MOST, &out->outside_count);
  fences_paths(r, v, out);
  fences_narrows(r, v, out);
  fences_source(r, v, out);
  fences_serves(r, v, out);
}

// A key stands behind the one it lies within, so there are no circles.
void fences_read(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, n;
  yyjson_val *item, *list = reader_list(r, root, "fences", FENCES_KEYS_MOST);
  struct connector_fence *fences = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct connector_fence);
  c->fences = fences;
  yyjson_arr_foreach (list, i, n, item) {
    fences_one(r, item, &fences[i]);
    if (r->failed) return;
    if (connector_fence_find(c, fences[i].key))
      reader_fail(r, item, "two fences have the key '%.*s'", STR_ARG(fences[i].key));
    if (fences[i].within.n && !connector_fence_find(c, fences[i].within))
      reader_fail(r, item, "'within' is '%.*s', and no fence before it has that key",
                  STR_ARG(fences[i].within));
    c->fence_count++;
  }
}

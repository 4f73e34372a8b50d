// SPDX-License-Identifier: Apache-2.0
#include "openapi/row.h"

#include "base/buf.h"
#include "data/json.h"
#include "data/meaning.h"

enum { ROW_DEPTH_MOST = 3, ROW_WORD_MOST = 40, ROW_LEVELS_MOST = 4 };

struct row_reader {
  struct document *doc;
  struct buf out;
  size_t count, steps; // steps: schemas looked at, which bounds the work
};
enum { ROW_STEPS_MOST = 2000 };

// What a schema is, references seen through, and of a choice its first that is no null. Value NULL: nothing.
static struct place row_schema(struct row_reader *c, struct place at) {
  struct err why;
  for (int level = 0; level < ROW_LEVELS_MOST; level++) {
    if (++c->steps > ROW_STEPS_MOST || !at.value || !document_resolve(c->doc, at, &at, &why))
      return (struct place){NULL, NULL};
    yyjson_val *choice = yyjson_obj_get(at.value, "oneOf");
    if (!choice) choice = yyjson_obj_get(at.value, "anyOf");
    if (!choice || yyjson_obj_get(at.value, "properties")) break;
    size_t i, n;
    yyjson_val *one, *taken = NULL;
    yyjson_arr_foreach (choice, i, n, one)
      if (!taken && !str_is(json_str(one, "type"), "null")) taken = one;
    at.value = taken;
  }
  return at;
}

static bool row_has_type(yyjson_val *schema, const char *name) {
  yyjson_val *type = yyjson_obj_get(schema, "type"), *one;
  size_t i, n;
  yyjson_arr_foreach (type, i, n, one)
    if (str_is(json_text(one), name)) return true;
  return yyjson_is_str(type) && str_is(json_text(type), name);
}

static bool row_is_object(yyjson_val *schema) {
  return yyjson_obj_get(schema, "properties") || yyjson_obj_get(schema, "allOf");
}

static bool row_is_list(yyjson_val *schema) {
  return row_has_type(schema, "array") || yyjson_obj_get(schema, "items");
}

// ---- where the rows are

struct row_found {
  struct place row;
  size_t lists; // of objects; of several nobody can tell which are the rows
};

static void row_find(struct row_reader *c, struct place at, int level, struct row_found *out) {
  size_t i, n;
  yyjson_val *key, *v;
  at = row_schema(c, at);
  if (!at.value || level > ROW_DEPTH_MOST) return;
  if (row_is_list(at.value)) {
    struct place row = row_schema(c, place_get(at, "items"));
    if (!row.value || !row_is_object(row.value)) return;
    out->row = row;
    out->lists++;
    return;
  }
  yyjson_arr_foreach (yyjson_obj_get(at.value, "allOf"), i, n, v)
    row_find(c, (struct place){v, at.file}, level + 1, out);
  EACH_MEMBER(yyjson_obj_get(at.value, "properties"), i, n, key, v)
  row_find(c, (struct place){v, at.file}, level + 1, out);
}

// ---- what a row has

static const char *row_kind(yyjson_val *schema) {
  struct str format = json_str(schema, "format"), said = json_str(schema, "description");
  struct meaning_code codes[MEANING_CODES_MOST];
  bool number = row_has_type(schema, "integer") || row_has_type(schema, "number");
  if (number && meaning_is_instant(format, said)) return "epoch";
  if (row_has_type(schema, "integer")) return meaning_codes(said, codes) ? "coded" : "integer";
  if (number) return "decimal";
  if (row_has_type(schema, "boolean")) return "boolean";
  if (row_is_list(schema)) return "list";
  if (str_is(format, "date-time") || meaning_is_day(format, json_str(schema, "pattern"), said)) return "time";
  return row_has_type(schema, "string") || yyjson_obj_get(schema, "enum") ? "text" : NULL;
}

static bool row_is_word(struct str s) {
  if (!s.n || s.n > ROW_WORD_MOST) return false;
  for (size_t i = 0; i < s.n; i++)
    if ((unsigned char)s.p[i] <= ' ' || strchr("|:=\"", s.p[i])) return false;
  return true;
}

static void row_add_words(struct row_reader *c, yyjson_val *words) {
  size_t i, n, count = 0;
  yyjson_val *v;
  if (yyjson_arr_size(words) > ROW_WORDS_MOST) return;
  yyjson_arr_foreach (words, i, n, v)
    if (row_is_word(json_text(v))) buf_printf(&c->out, "%s%.*s", count++ ? "|" : "=", STR_ARG(json_text(v)));
}

static void row_add_codes(struct row_reader *c, struct str description) {
  struct meaning_code codes[MEANING_CODES_MOST];
  size_t n = meaning_codes(description, codes);
  for (size_t i = 0; i < n; i++)
    buf_printf(&c->out, "%s%.*s~%.*s", i ? "|" : "=", STR_ARG(codes[i].number),
               STR_MOST(codes[i].word, ROW_WORD_MOST));
}

static void row_add(struct row_reader *c, struct str name, yyjson_val *schema) {
  const char *kind = row_kind(schema);
  if (!kind || !row_is_word(name) || c->count == ROW_COLUMNS_MOST || c->out.n > ROW_BYTES_MOST / 2) return;
  buf_printf(&c->out, "%s%.*s:%s", c->count++ ? " " : "", STR_ARG(name), kind);
  size_t before = c->out.n; // words of what is said of it: "fee_eur:decimal#charged"
  buf_add_char(&c->out, '#');
  meaning_words(json_str(schema, "description"), &c->out);
  if (c->out.n == before + 1) c->out.n = before;
  if (strcmp(kind, "text") == 0) row_add_words(c, yyjson_obj_get(schema, "enum"));
  if (strcmp(kind, "coded") == 0) row_add_codes(c, json_str(schema, "description"));
}

static void row_write(struct row_reader *c, struct place row, struct str prefix, int level, struct arena *a) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_arr_foreach (yyjson_obj_get(row.value, "allOf"), i, n, v) {
    struct place part = row_schema(c, (struct place){v, row.file});
    if (part.value && level <= ROW_DEPTH_MOST) row_write(c, part, prefix, level + 1, a);
  }
  EACH_MEMBER(yyjson_obj_get(row.value, "properties"), i, n, key, v) {
    struct place member = row_schema(c, (struct place){v, row.file});
    struct str name =
        prefix.n ? arena_printf(a, "%.*s__%.*s", STR_ARG(prefix), STR_ARG(json_text(key))) : json_text(key);
    if (!member.value) continue;
    if (!row_is_object(member.value))
      row_add(c, name, member.value);
    else if (level < ROW_DEPTH_MOST)
      row_write(c, member, name, level + 1, a);
  }
}

// ---- the answer that is meant

static struct place row_answer(struct document *d, const struct operation *op) {
  struct place responses = document_get(d, op->at, "responses"), found = {NULL, NULL};
  size_t i, n;
  yyjson_val *key, *v;
  EACH_MEMBER(responses.value, i, n, key, v)
  if (!found.value && str_starts(json_text(key), "2")) found = (struct place){v, responses.file};
  struct err why;
  if (!found.value || !document_resolve(d, found, &found, &why)) return (struct place){NULL, NULL};
  if (document_version(d) == DOCUMENT_2_0) return place_get(found, "schema");
  struct place content = document_get(d, found, "content");
  EACH_MEMBER(content.value, i, n, key, v)
  if (operation_media_kind(json_text(key)) == BODY_JSON)
    return document_get(d, (struct place){v, content.file}, "schema");
  return (struct place){NULL, NULL};
}

struct str row_columns(struct document *d, const struct operation *op, struct arena *a) {
  struct row_reader c = {.doc = d, .out = BUF_MAX(ROW_BYTES_MOST)};
  struct row_found found = {{NULL, NULL}, 0};
  row_find(&c, row_answer(d, op), 0, &found);
  if (found.lists == 1) row_write(&c, found.row, STR_NONE, 0, a);
  struct str made = c.out.full ? STR_NONE : arena_dup(a, buf_str(&c.out));
  buf_free(&c.out);
  return made;
}

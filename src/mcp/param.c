// SPDX-License-Identifier: Apache-2.0
#include "mcp/param.h"

#include <stdlib.h>

#include "base/codec.h"
#include "data/json.h"
#include "mcp/wire.h"

#define PARAM_KEY "x-mcp-header"

enum { PARAM_DEPTH_MOST = 64 };
#define PARAM_INTEGER_MOST 9007199254740991.0 // what every JSON reader keeps exactly

// ---- is the schema's use of it sound?

struct param_scan {
  struct str names[PARAM_HEADERS_MOST];
  size_t count;
  struct err *err;
};

static bool param_annotation_is_sound(struct param_scan *s, yyjson_val *schema, bool reachable) {
  yyjson_val *value = yyjson_obj_get(schema, PARAM_KEY);
  if (!value) return true;
  struct str name = json_text(value), type = json_str(schema, "type");
  if (!reachable)
    return err_set(s->err, ERR_INVALID, PARAM_KEY " stands where `properties` alone do not lead");
  if (!yyjson_is_str(value) || !codec_is_token(name))
    return err_set(s->err, ERR_INVALID, PARAM_KEY " is not the name of a header (RFC 9110 token)");
  if (!str_is(type, "string") && !str_is(type, "integer") && !str_is(type, "boolean"))
    return err_set(s->err, ERR_INVALID, PARAM_KEY " \"%.*s\": only strings, integers and booleans go there",
                   STR_ARG(name));
  for (size_t i = 0; i < s->count; i++)
    if (str_eq_nocase(s->names[i], name))
      return err_set(s->err, ERR_INVALID, PARAM_KEY " \"%.*s\" is there twice", STR_ARG(name));
  if (s->count == PARAM_HEADERS_MOST)
    return err_set(s->err, ERR_LIMIT, "more than %d properties with " PARAM_KEY, PARAM_HEADERS_MOST);
  s->names[s->count++] = name;
  return true;
}

enum param_place { PARAM_SCHEMA, PARAM_NAMED, PARAM_DATA };

// What stands under a keyword: a schema (or a list of them), schemas by name, or data that only looks so.
static enum param_place param_place_of(struct str keyword) {
  static const struct {
    const char *keyword;
    enum param_place place;
  } places[] = {{"properties", PARAM_NAMED},
                {"patternProperties", PARAM_NAMED},
                {"$defs", PARAM_NAMED},
                {"definitions", PARAM_NAMED},
                {"dependentSchemas", PARAM_NAMED},
                {"enum", PARAM_DATA},
                {"const", PARAM_DATA},
                {"default", PARAM_DATA},
                {"examples", PARAM_DATA},
                {"example", PARAM_DATA}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (str_is(keyword, places[i].keyword)) return places[i].place;
  return PARAM_SCHEMA;
}

static bool param_scan(struct param_scan *s, yyjson_val *schema, bool reachable, int depth);

static bool param_scan_each(struct param_scan *s, yyjson_val *list, bool reachable, int depth) {
  size_t i, n;
  yyjson_val *key, *item;
  if (yyjson_is_obj(list)) {
    yyjson_obj_foreach (list, i, n, key, item)
      if (!param_scan(s, item, reachable, depth)) return false;
  } else {
    yyjson_arr_foreach (list, i, n, item)
      if (!param_scan(s, item, reachable, depth)) return false;
  }
  return true;
}

static bool param_scan(struct param_scan *s, yyjson_val *schema, bool reachable, int depth) {
  if (!yyjson_is_obj(schema)) return true;
  if (depth > PARAM_DEPTH_MOST) return err_set(s->err, ERR_LIMIT, "the schema is nested too deeply");
  if (!param_annotation_is_sound(s, schema, reachable && depth > 0)) return false;
  size_t i, n;
  yyjson_val *key, *value;
  yyjson_obj_foreach (schema, i, n, key, value) {
    struct str keyword = json_text(key);
    enum param_place place = param_place_of(keyword);
    bool fine = true;
    if (place == PARAM_NAMED)
      fine = param_scan_each(s, value, reachable && str_is(keyword, "properties"), depth + 1);
    else if (place == PARAM_SCHEMA)
      fine = yyjson_is_arr(value) ? param_scan_each(s, value, false, depth + 1)
                                  : param_scan(s, value, false, depth + 1);
    if (!fine) return false;
  }
  return true;
}

bool param_schema_is_sound(yyjson_val *schema, struct err *err) {
  struct param_scan s = {.err = err};
  return param_scan(&s, schema, true, 0);
}

// ---- the annotated arguments, in the schema's order

// A place in the arguments, of either kind of document; a scalar looks the same in both.
struct param_arguments {
  yyjson_val *read;
  yyjson_mut_val *made;
};

static struct param_arguments param_member(struct param_arguments at, struct str name) {
  return (struct param_arguments){.read = yyjson_obj_getn(at.read, name.p, name.n),
                                  .made = yyjson_mut_obj_getn(at.made, name.p, name.n)};
}

struct param_visitor {
  // value: NULL where the argument is absent or null. False ends the walk.
  bool (*visit)(struct param_visitor *v, yyjson_val *schema, yyjson_val *value);
  struct http_headers *out;      // what param_headers adds to
  const struct http_headers *in; // what param_agree checks
  struct arena *arena;
  struct err *err;
};

static bool param_walk(struct param_visitor *v, yyjson_val *schema, struct param_arguments at, int depth) {
  if (depth && yyjson_is_str(yyjson_obj_get(schema, PARAM_KEY))) {
    yyjson_val *value = at.read ? at.read : (yyjson_val *)(void *)at.made;
    if (!v->visit(v, schema, yyjson_is_null(value) ? NULL : value)) return false;
  }
  if (depth == PARAM_DEPTH_MOST) return true;
  size_t i, n;
  yyjson_val *key, *child;
  yyjson_obj_foreach (yyjson_obj_get(schema, "properties"), i, n, key, child) {
    if (!param_walk(v, child, param_member(at, json_text(key)), depth + 1)) return false;
  }
  return true;
}

static bool param_stop(struct param_visitor *v, yyjson_val *schema, yyjson_val *value) {
  (void)v, (void)schema, (void)value;
  return false;
}

bool param_schema_has_any(yyjson_val *schema) {
  struct param_visitor v = {.visit = param_stop};
  return !param_walk(&v, schema, (struct param_arguments){0}, 0);
}

// A number's text in the shortest form where it is a whole one that every reader keeps; else nothing.
static struct str param_integer_text(struct arena *a, yyjson_val *v) {
  struct str raw = json_raw_number(v);
  if (!raw.n && !yyjson_is_num(v)) return STR_NONE;
  double d = raw.n ? strtod(arena_z(a, raw), NULL) : yyjson_get_num(v);
  bool whole = d >= -PARAM_INTEGER_MOST && d <= PARAM_INTEGER_MOST && d == (double)(int64_t)d;
  return whole ? arena_printf(a, "%lld", (long long)d) : STR_NONE;
}

// False: a value that no header can stand for (then none is sent, and the server judges the argument).
static bool param_text(struct arena *a, yyjson_val *value, struct str *out) {
  if (yyjson_is_str(value))
    *out = json_text(value);
  else if (yyjson_is_bool(value))
    *out = yyjson_get_bool(value) ? STR("true") : STR("false");
  else
    return (*out = param_integer_text(a, value)).n > 0;
  return true;
}

static bool param_add(struct param_visitor *v, yyjson_val *schema, yyjson_val *value) {
  struct http_headers *out = v->out;
  struct str text;
  if (!value || !param_text(v->arena, value, &text)) return true;
  if (out->count >= HTTP_HEADERS_MOST)
    return err_set(v->err, ERR_LIMIT, "more than %d headers", HTTP_HEADERS_MOST);
  struct str name = json_str(schema, PARAM_KEY);
  out->items[out->count++] = (struct http_header){
      arena_printf(v->arena, WIRE_HEADER_PARAM "%.*s", STR_ARG(name)), wire_header_encode(v->arena, text)};
  return true;
}

bool param_headers(yyjson_val *schema, yyjson_mut_val *arguments, struct arena *a, struct http_headers *out,
                   struct err *err) {
  if (!param_schema_has_any(schema)) return true;
  struct http_headers all = {ARENA_ARRAY(a, HTTP_HEADERS_MOST, struct http_header), out->count};
  if (out->count) memcpy(all.items, out->items, out->count * sizeof *all.items);
  struct param_visitor v = {.visit = param_add, .out = &all, .arena = a, .err = err};
  if (!param_walk(&v, schema, (struct param_arguments){.made = arguments}, 0)) return false;
  *out = all;
  return true;
}

static bool param_same(struct param_visitor *v, yyjson_val *schema, struct str header, struct str text) {
  if (str_eq(header, text)) return true;
  if (!str_is(json_str(schema, "type"), "integer") || !header.n) return false;
  char *end, *h = arena_z(v->arena, header); // "42.0" is 42
  if ((*h != '-' && (*h < '0' || *h > '9')) || strpbrk(h, "xXnN")) return false;
  double d = strtod(h, &end);
  return *end == 0 && d == strtod(arena_z(v->arena, text), NULL);
}

static bool param_check(struct param_visitor *v, yyjson_val *schema, yyjson_val *value) {
  const struct http_headers *headers = v->in;
  struct str name = json_str(schema, PARAM_KEY), text, decoded;
  if (!value || !param_text(v->arena, value, &text)) return true; // a header too many is nothing
  struct str header = arena_printf(v->arena, WIRE_HEADER_PARAM "%.*s", STR_ARG(name));
  if (http_header_count(headers, header.p) == 0)
    return err_set(v->err, ERR_INVALID, "the header %.*s is missing", STR_ARG(header));
  if (!wire_header_decode(v->arena, http_header_get(headers, header.p), &decoded))
    return err_set(v->err, ERR_INVALID, "the header %.*s is wrongly coded", STR_ARG(header));
  if (!param_same(v, schema, decoded, text))
    return err_set(v->err, ERR_INVALID, "the header %.*s differs from the argument", STR_ARG(header));
  return true;
}

bool param_agree(yyjson_val *schema, yyjson_val *arguments, const struct http_headers *headers,
                 struct arena *a, struct err *err) {
  struct param_visitor v = {.visit = param_check, .in = headers, .arena = a, .err = err};
  return param_walk(&v, schema, (struct param_arguments){.read = arguments}, 0);
}

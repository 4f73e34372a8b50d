// SPDX-License-Identifier: Apache-2.0
// The two schemas of a tool. An input schema stays to the letter, but for what makes clients refuse the whole
// list; of an output schema, which only checks what the vendor says, whatever does not compile may go.
#include "data/schema.h"
#include "mcp/mend_parts.h"

enum mend_place { PLACE_PLAIN, PLACE_ONE, PLACE_LIST, PLACE_MAP, PLACE_DATA };

// Where a schema holds others (JSON Schema 2020-12 and draft 7), and where it holds data, in which null is a value.
static const struct {
  const char *word;
  enum mend_place place;
} places[] = {{"properties", PLACE_MAP},
              {"patternProperties", PLACE_MAP},
              {"$defs", PLACE_MAP},
              {"definitions", PLACE_MAP},
              {"dependentSchemas", PLACE_MAP},
              {"allOf", PLACE_LIST},
              {"anyOf", PLACE_LIST},
              {"oneOf", PLACE_LIST},
              {"prefixItems", PLACE_LIST},
              {"items", PLACE_ONE},
              {"additionalItems", PLACE_ONE},
              {"additionalProperties", PLACE_ONE},
              {"unevaluatedItems", PLACE_ONE},
              {"unevaluatedProperties", PLACE_ONE},
              {"propertyNames", PLACE_ONE},
              {"contains", PLACE_ONE},
              {"not", PLACE_ONE},
              {"if", PLACE_ONE},
              {"then", PLACE_ONE},
              {"else", PLACE_ONE},
              {"const", PLACE_DATA},
              {"default", PLACE_DATA},
              {"enum", PLACE_DATA},
              {"examples", PLACE_DATA},
              {"example", PLACE_DATA}};

struct mend_rebuild {
  struct mend *m;
  bool output;
};

static yyjson_mut_val *rebuild_schema(const struct mend_rebuild *r, yyjson_val *v);

static enum mend_place place_of(yyjson_val *key) {
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (yyjson_equals_str(key, places[i].word)) return places[i].place;
  return PLACE_PLAIN;
}

static yyjson_mut_val *rebuild_map(const struct mend_rebuild *r, yyjson_val *map) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_mut_val *out = yyjson_mut_obj(r->m->doc);
  if (yyjson_is_arr(map) && !yyjson_arr_size(map)) return NULL; // PHP's word for an empty object
  if (!yyjson_is_obj(map)) return yyjson_val_mut_copy(r->m->doc, map);
  yyjson_obj_foreach (map, i, n, key, v)
    mend_add(r->m, out, json_text(key), yyjson_is_null(v) ? yyjson_mut_obj(r->m->doc) : rebuild_schema(r, v));
  return out;
}

static yyjson_mut_val *rebuild_list(const struct mend_rebuild *r, yyjson_val *list) {
  size_t i, n;
  yyjson_val *v;
  yyjson_mut_val *out = yyjson_mut_arr(r->m->doc);
  yyjson_arr_foreach (list, i, n, v) yyjson_mut_arr_append(out, rebuild_schema(r, v));
  return out;
}

// A lone name is the list of it; what is no name is none.
static yyjson_mut_val *rebuild_required(const struct mend_rebuild *r, yyjson_val *v) {
  size_t i, n;
  yyjson_val *name;
  yyjson_mut_val *out = yyjson_mut_arr(r->m->doc);
  if (!yyjson_is_arr(v) && !yyjson_is_str(v)) return NULL;
  if (yyjson_is_str(v)) yyjson_mut_arr_append(out, yyjson_val_mut_copy(r->m->doc, v));
  yyjson_arr_foreach (v, i, n, name)
    if (yyjson_is_str(name)) yyjson_mut_arr_append(out, yyjson_val_mut_copy(r->m->doc, name));
  return out;
}

// Keywords of an output schema at which validators give up, and without which it only checks less.
static bool rebuild_goes(yyjson_val *schema, yyjson_val *key, yyjson_val *v) {
  if (yyjson_equals_str(key, "nullable")) return !yyjson_obj_get(schema, "type") || !yyjson_get_bool(v);
  if (yyjson_equals_str(key, "pattern")) return !yyjson_is_str(v) || !mend_is_pattern(json_text(v));
  if (yyjson_equals_str(key, "format")) return !yyjson_is_str(v);
  return yyjson_equals_str(key, "id") || yyjson_equals_str(key, "$async");
}

static yyjson_mut_val *rebuild_member(const struct mend_rebuild *r, yyjson_val *key, yyjson_val *v) {
  enum mend_place place = place_of(key);
  if (place == PLACE_DATA) return yyjson_val_mut_copy(r->m->doc, v);
  if (yyjson_is_null(v) || (yyjson_equals_str(key, "$schema") && !yyjson_is_str(v))) return NULL;
  if (yyjson_equals_str(key, "required")) return rebuild_required(r, v);
  if (place == PLACE_MAP) return rebuild_map(r, v);
  if (place != PLACE_PLAIN && yyjson_is_arr(v)) return rebuild_list(r, v);
  return place == PLACE_ONE ? rebuild_schema(r, v) : yyjson_val_mut_copy(r->m->doc, v);
}

static yyjson_mut_val *rebuild_schema(const struct mend_rebuild *r, yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *item;
  yyjson_mut_val *made, *out = yyjson_mut_obj(r->m->doc);
  if (!yyjson_is_obj(v)) return yyjson_val_mut_copy(r->m->doc, v);
  yyjson_obj_foreach (v, i, n, key, item)
    if (!(r->output && rebuild_goes(v, key, item)) && (made = rebuild_member(r, key, item)))
      mend_add(r->m, out, json_text(key), made);
  return out;
}

// ---- the root, at which clients look themselves

static bool root_says_nothing(yyjson_val *v) {
  return !v || yyjson_is_null(v) || (yyjson_is_arr(v) && !yyjson_arr_size(v));
}

// "object", a list with it, or nothing at all where arguments are meant.
static bool root_is_object(yyjson_mut_val *type) {
  size_t i, n;
  yyjson_mut_val *v;
  bool found = !type || yyjson_mut_equals_str(type, "object");
  yyjson_mut_arr_foreach (type, i, n, v) found |= yyjson_mut_equals_str(v, "object");
  return found;
}

// SDK v1 takes objects alone for the schemas of properties: true is {}, false is {"not":{}}. False with *err:
// one is no schema at all.
static bool root_properties(struct mend *m, yyjson_mut_val *schema, struct err *err) {
  yyjson_mut_val *properties = yyjson_mut_obj_get(schema, "properties"), *key, *v;
  if (!properties) return true;
  if (!yyjson_mut_is_obj(properties)) return err_set(err, ERR_INVALID, "its properties are no object");
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(properties);
  while ((key = yyjson_mut_obj_iter_next(&it))) {
    v = yyjson_mut_obj_iter_get_val(key);
    if (yyjson_mut_is_bool(v)) {
      bool any = yyjson_mut_get_bool(v);
      yyjson_mut_set_obj(v);
      if (!any) yyjson_mut_obj_add_obj(m->doc, v, "not");
    }
    if (yyjson_mut_is_obj(v)) continue;
    size_t name = yyjson_mut_get_len(key);
    return err_set(err, ERR_INVALID, "its property \"%.*s\" has no schema", (int)(name < 64 ? name : 64),
                   yyjson_mut_get_str(key));
  }
  return true;
}

yyjson_mut_val *mend_input_schema(struct mend *m, yyjson_val *schema) {
  struct mend_rebuild r = {m, false};
  struct err why;
  yyjson_mut_val *out = root_says_nothing(schema) ? yyjson_mut_obj(m->doc) : rebuild_schema(&r, schema);
  yyjson_mut_val *type = yyjson_mut_obj_get(out, "type");
  if (!yyjson_mut_is_obj(out) || !root_is_object(type)) {
    err_set(m->err, ERR_INVALID, "its inputSchema is not of type object");
    return NULL;
  }
  if (!type)
    yyjson_mut_obj_insert(out, yyjson_mut_str(m->doc, "type"), yyjson_mut_str(m->doc, "object"), 0);
  else if (!yyjson_mut_is_str(type))
    yyjson_mut_set_str(type, "object");
  if (root_properties(m, out, &why)) return out;
  err_set(m->err, ERR_INVALID, "its inputSchema cannot be read: %s", why.text);
  return NULL;
}

// ---- output

static bool output_patterns(yyjson_val *v) { // keys cannot go as a keyword can
  size_t i, n;
  yyjson_val *key, *item;
  bool ok = true;
  if (yyjson_is_arr(v))
    yyjson_arr_foreach (v, i, n, item) ok = ok && output_patterns(item);
  if (!yyjson_is_obj(v)) return ok;
  yyjson_obj_foreach (v, i, n, key, item) {
    size_t k, count;
    yyjson_val *pattern, *unused;
    if (yyjson_equals_str(key, "patternProperties") && yyjson_is_obj(item))
      yyjson_obj_foreach (item, k, count, pattern, unused) ok = ok && mend_is_pattern(json_text(pattern));
    // An address within: two tools with the same one are too many for SDK v1, too.
    if (yyjson_equals_str(key, "$id") || yyjson_equals_str(key, "$anchor")) ok = ok && !yyjson_is_str(item);
    ok = ok && output_patterns(item);
  }
  return ok;
}

static bool output_is_sound(yyjson_mut_val *schema, struct err *err) {
  yyjson_doc *doc = yyjson_mut_val_imut_copy(schema, NULL);
  yyjson_val *root = yyjson_doc_get_root(doc);
  bool ok = schema_is_sound(root, err) &&
            (output_patterns(root) || err_set(err, ERR_INVALID, "not every client can compile it"));
  yyjson_doc_free(doc);
  return ok;
}

yyjson_mut_val *mend_output_schema(struct mend *m, yyjson_val *schema) {
  struct mend_rebuild r = {m, true};
  struct err why;
  if (root_says_nothing(schema)) return NULL;
  yyjson_mut_val *out = rebuild_schema(&r, schema);
  if (yyjson_mut_is_obj(out)) yyjson_mut_obj_remove_key(out, "$id"); // two tools with one would be too many
  bool ok = yyjson_mut_is_obj(out) || err_set(&why, ERR_INVALID, "it is no object");
  ok = ok && root_properties(m, out, &why) && output_is_sound(out, &why);
  if (!ok) mend_note(m, "its outputSchema is left away: %s", why.text);
  return ok ? out : NULL;
}

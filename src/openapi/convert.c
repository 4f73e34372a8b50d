// SPDX-License-Identifier: Apache-2.0
// One schema of Swagger 2.0, OpenAPI 3.0 or 3.1 into JSON Schema 2020-12, keyword by keyword from one
// table. What a keyword may not be in 2020-12 is left out with a note: a schema may become looser by
// that, never stricter. Direction is that of a request: readOnly properties go.
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "data/json.h"
#include "openapi/forms.h"
#include "openapi/pattern.h"
#include "openapi/pool.h"
#include "openapi/text.h"
#include "openapi/tree.h"
#include "openapi/typed.h"

static const struct {
  const char *name;
  unsigned bit;
} TYPES[] = {{"string", T_STRING}, {"integer", T_INTEGER}, {"number", T_NUMBER}, {"boolean", T_BOOLEAN},
             {"object", T_OBJECT}, {"array", T_ARRAY},     {"null", T_NULL}};
enum { TYPE_COUNT = sizeof TYPES / sizeof *TYPES };

struct convert {
  struct schema_pool *pool;
  struct schema_def *def;
  yyjson_mut_doc *ir;
  struct document_file *file;
  bool since_3_1;
  unsigned depth;
  bool in_place; // what is converted speaks of the same value as the def does
  bool pasting;  // within a keyword that was a reference
};

struct node { // one schema object on its way
  struct convert *c;
  struct place at;
  yyjson_mut_val *out;
  unsigned types; // 0: not restricted
  bool nullable;
};

typedef void keyword_fn(struct node *n, const char *key, yyjson_val *v);

static yyjson_mut_val *convert_value(struct convert *c, yyjson_val *v, struct str name);

// A schema within the keyword of another.
static yyjson_mut_val *convert_child(struct node *n, const char *keyword, yyjson_val *v, struct str name);

static void add(struct node *n, const char *key, yyjson_mut_val *v) {
  yyjson_mut_obj_put(n->out, yyjson_mut_str(n->c->ir, key), v);
}

static void warn(struct node *n, const char *key, const char *why) {
  notes_warn(n->c->pool->notes, n->at, "schema keyword `%s` left out: %s", key, why);
}

static void on_text(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_str(v)) return warn(n, key, "it is not text");
  if (yyjson_get_len(v)) add(n, key, yyjson_mut_strn(n->c->ir, yyjson_get_str(v), yyjson_get_len(v)));
}

static void on_title(struct node *n, const char *key, yyjson_val *v) {
  // Beside a description a title only costs the model's attention.
  if (!yyjson_is_str(yyjson_obj_get(n->at.value, "description"))) on_text(n, key, v);
}

static void on_description(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_str(v)) return;
  struct str s = text_brief(n->c->pool->arena, json_text(v), OPENAPI_POOL_DESCRIPTION_MOST);
  if (s.n) add(n, key, yyjson_mut_strncpy(n->c->ir, s.p, s.n));
}

static void on_pattern(struct node *n, const char *key, yyjson_val *v) {
  struct str mended;
  if (!yyjson_is_str(v) || !pattern_mend(n->c->pool->arena, json_text(v), &mended))
    return warn(n, key, "it is no regular expression of ECMA-262");
  add(n, key, yyjson_mut_strncpy(n->c->ir, mended.p, mended.n));
}

static void on_flag(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_bool(v)) return warn(n, key, "it is not a boolean");
  if (yyjson_get_bool(v)) add(n, key, yyjson_mut_bool(n->c->ir, true));
}

static void on_number(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_num(v) || !isfinite(yyjson_get_num(v))) return warn(n, key, "it is not a number");
  add(n, key, yyjson_val_mut_copy(n->c->ir, v));
}

static void on_multiple(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_num(v) || !(yyjson_get_num(v) > 0)) return warn(n, key, "it is not a number above zero");
  on_number(n, key, v);
}

// Draft 4 and OpenAPI 3.0: `minimum: 5, exclusiveMinimum: true`. Since then the exclusive one is the number.
static void on_bound(struct node *n, const char *key, yyjson_val *v) {
  const char *exclusive = key[1] == 'i' ? "exclusiveMinimum" : "exclusiveMaximum";
  on_number(n, yyjson_is_true(yyjson_obj_get(n->at.value, exclusive)) ? exclusive : key, v);
}

static void on_exclusive(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_bool(v)) on_number(n, key, v);
}

static void on_count(struct node *n, const char *key, yyjson_val *v) {
  double number = yyjson_is_num(v) ? yyjson_get_num(v) : -1;
  if (number < 0 || number != floor(number) || number > 9e15) return warn(n, key, "it is not a count");
  // A lower bound above the upper one would refuse everything.
  bool lower = key[1] == 'i';
  char twin[24];
  snprintf(twin, sizeof twin, "%s%s", lower ? "max" : "min", key + 3);
  yyjson_val *other = yyjson_obj_get(n->at.value, twin);
  if (lower && yyjson_is_num(other) && yyjson_get_num(other) < number)
    return warn(n, key, "it is above its maximum");
  add(n, key, yyjson_mut_uint(n->c->ir, (uint64_t)number));
}

static void on_any(struct node *n, const char *key, yyjson_val *v) {
  yyjson_mut_val *copy = yyjson_val_mut_copy(n->c->ir, v);
  if (tree_is_annotation(str_of(key)) && tree_bytes(copy) > OPENAPI_POOL_EXAMPLE_MOST) return;
  add(n, key, copy);
}

static void on_example(struct node *n, const char *key, yyjson_val *v) {
  (void)key;
  yyjson_mut_val *copy = yyjson_val_mut_copy(n->c->ir, v);
  if (tree_bytes(copy) > OPENAPI_POOL_EXAMPLE_MOST || yyjson_is_arr(yyjson_obj_get(n->at.value, "examples")))
    return;
  yyjson_mut_val *list = yyjson_mut_arr(n->c->ir);
  yyjson_mut_arr_append(list, copy);
  add(n, "examples", list);
}

static void on_examples(struct node *n, const char *key, yyjson_val *v) {
  if (yyjson_is_arr(v) && yyjson_arr_size(v))
    on_any(n, key, v); // a map of them is a media type's, not a schema's
}

static void on_schema(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_obj(v) && !yyjson_is_bool(v)) return warn(n, key, "it is not a schema");
  add(n, key, convert_child(n, key, v, STR_NONE));
}

// Generators write {"type": "object", "properties": {}} for a map's values of any type (Java's Object).
static bool is_anything(yyjson_val *schema) {
  yyjson_val *properties = yyjson_obj_get(schema, "properties");
  return str_is(json_str(schema, "type"), "object") && yyjson_is_obj(properties) &&
         !yyjson_obj_size(properties) && yyjson_obj_size(schema) == 2;
}

static void on_rest(struct node *n, const char *key, yyjson_val *v) {
  if (is_anything(v))
    add(n, key, yyjson_mut_bool(n->c->ir, true));
  else
    on_schema(n, key, v);
}

static void on_list(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_arr(v) || !yyjson_arr_size(v)) return warn(n, key, "it is not a list of schemas");
  yyjson_mut_val *list = yyjson_mut_arr(n->c->ir);
  size_t i, count;
  yyjson_val *item;
  yyjson_arr_foreach (v, i, count, item) yyjson_mut_arr_append(list, convert_child(n, key, item, STR_NONE));
  add(n, key, list);
}

static void on_items(struct node *n, const char *key, yyjson_val *v) {
  if (yyjson_is_arr(v)) // a tuple of draft 4
    return on_list(n, "prefixItems", v);
  on_schema(n, key, v);
}

static void on_map(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_obj(v)) return warn(n, key, "it is not an object of schemas");
  bool patterns = strcmp(key, "patternProperties") == 0;
  yyjson_mut_val *map = yyjson_mut_obj(n->c->ir);
  size_t i, count;
  yyjson_val *name, *schema;
  EACH_MEMBER(v, i, count, name, schema) {
    struct str k = json_text(name);
    if (patterns && !pattern_mend(n->c->pool->arena, k, &k)) {
      warn(n, key, "a name is no regular expression of ECMA-262");
      continue;
    }
    yyjson_mut_obj_add(map, yyjson_mut_strncpy(n->c->ir, k.p, k.n), convert_child(n, key, schema, k));
  }
  add(n, key, map);
}

static void on_properties(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_obj(v)) return warn(n, key, "it is not an object of schemas");
  yyjson_mut_val *map = yyjson_mut_obj(n->c->ir), *gone = yyjson_mut_arr(n->c->ir);
  size_t i, count;
  yyjson_val *name, *schema;
  EACH_MEMBER(v, i, count, name, schema) {
    struct str k = json_text(name);
    if (openapi_pool_is_read_only(n->c->pool, (struct place){schema, n->at.file}))
      yyjson_mut_arr_add_strn(n->c->ir, gone, k.p, k.n);
    else
      yyjson_mut_obj_add(map, yyjson_mut_strn(n->c->ir, k.p, k.n), convert_child(n, key, schema, k));
  }
  add(n, key, map);
  if (yyjson_mut_arr_size(gone)) add(n, OPENAPI_POOL_READ_ONLY, gone);
}

static void on_required(struct node *n, const char *key, yyjson_val *v) {
  if (yyjson_is_bool(v)) return; // a parameter's, or draft 3's, where it stands on the property
  if (!yyjson_is_arr(v)) return warn(n, key, "it is not a list of names");
  yyjson_mut_val *list = yyjson_mut_arr(n->c->ir);
  struct map seen = {0};
  size_t i, count;
  yyjson_val *item;
  yyjson_arr_foreach (v, i, count, item) {
    struct str name = json_text(item);
    if (!yyjson_is_str(item) || map_get(&seen, name)) continue;
    yyjson_mut_arr_add_strncpy(n->c->ir, list, name.p, name.n);
    map_put(&seen, name, item);
  }
  map_free(&seen);
  if (yyjson_mut_arr_size(list)) add(n, key, list);
}

static void on_dependent_required(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_obj(v)) return warn(n, key, "it is not an object of lists of names");
  size_t i, count, j, names;
  yyjson_val *name, *list, *item;
  EACH_MEMBER(v, i, count, name, list) {
    if (!yyjson_is_arr(list)) return warn(n, key, "it is not an object of lists of names");
    yyjson_arr_foreach (list, j, names, item) {
      if (!yyjson_is_str(item)) return warn(n, key, "it is not an object of lists of names");
    }
  }
  add(n, key, yyjson_val_mut_copy(n->c->ir, v));
}

// Where no reading makes a value fit the type, the values were thought of, and the type was not.
static void widen_for_enum(struct node *n, yyjson_val *values) {
  unsigned more = 0;
  yyjson_val *v;
  size_t i, count;
  if (!n->types || n->types & (T_ARRAY | T_OBJECT)) return;
  yyjson_arr_foreach (values, i, count, v) {
    if (yyjson_is_null(v) || typed_value(n->c->ir, n->c->pool->arena, n->types & ~(unsigned)T_NULL, v))
      continue;
    more |= typed_of(v) == T_NUMERIC ? T_INTEGER : typed_of(v);
  }
  n->types |= more & ~(unsigned)(T_ARRAY | T_OBJECT);
}

static bool list_has(yyjson_mut_val *list, yyjson_mut_val *value) {
  size_t i, n;
  yyjson_mut_val *item;
  yyjson_mut_arr_foreach (list, i, n, item)
    if (yyjson_mut_equals(item, value)) return true;
  return false;
}

// An enum whose values the type excludes refuses everything. Of values that cannot be read as its type those
// go, and with the last of them the enum. `null` among the values makes the type nullable.
static void on_enum(struct node *n, const char *key, yyjson_val *v) {
  if (!yyjson_is_arr(v) || !yyjson_arr_size(v)) return warn(n, key, "it is not a list of values");
  yyjson_mut_val *list = yyjson_mut_arr(n->c->ir);
  size_t i, j, count;
  yyjson_val *item, *twin;
  yyjson_mut_val *value;
  bool real = false;
  yyjson_arr_foreach (v, i, count, item) {
    bool seen = false;
    for (j = 0; j < i && !seen && i < 256; j++) {
      twin = yyjson_arr_get(v, j);
      seen = yyjson_equals(twin, item);
    }
    if (seen || !(value = typed_value(n->c->ir, n->c->pool->arena, n->types, item))) continue;
    real |= !yyjson_is_null(item);
    yyjson_mut_arr_append(list, value);
  }
  // What stands for a value that is not given is one: its own default, though the list may have forgotten it.
  yyjson_val *own = yyjson_obj_get(n->at.value, "default");
  bool scalar = own && !yyjson_is_null(own) && !yyjson_is_ctn(own);
  if (real && scalar && (value = typed_value(n->c->ir, n->c->pool->arena, n->types, own)) &&
      !list_has(list, value))
    yyjson_mut_arr_append(list, value);
  if (!real && n->types & ~(unsigned)T_NULL) return warn(n, key, "no value of it is of the type");
  yyjson_val *null = NULL;
  yyjson_arr_foreach (v, i, count, item) null = yyjson_is_null(item) ? item : null;
  if (n->nullable && !null) yyjson_mut_arr_add_null(n->c->ir, list);
  add(n, key, list);
}

static void on_const(struct node *n, const char *key, yyjson_val *v) {
  yyjson_mut_val *value = typed_value(n->c->ir, n->c->pool->arena, n->types, v);
  add(n, key, value ? value : yyjson_val_mut_copy(n->c->ir, v));
}

// What `applies` says is the only type the keyword speaks of; on others it is noise (minLength of an array).
static const struct {
  const char *name;
  keyword_fn *convert;
  unsigned applies;
} KEYWORDS[] = {
    {"title", on_title, 0},
    {"description", on_description, 0},
    {"enum", on_enum, 0},
    {"const", on_const, 0},
    {"default", on_any, 0},
    {"example", on_example, 0},
    {"examples", on_examples, 0},
    {"format", on_text, 0},
    {"contentEncoding", on_text, T_STRING},
    {"contentMediaType", on_text, T_STRING},
    {"deprecated", on_flag, 0},
    {"writeOnly", on_flag, 0},
    {"minLength", on_count, T_STRING},
    {"maxLength", on_count, T_STRING},
    {"pattern", on_pattern, T_STRING},
    {"minimum", on_bound, T_NUMERIC},
    {"maximum", on_bound, T_NUMERIC},
    {"exclusiveMinimum", on_exclusive, T_NUMERIC},
    {"exclusiveMaximum", on_exclusive, T_NUMERIC},
    {"multipleOf", on_multiple, T_NUMERIC},
    {"items", on_items, T_ARRAY},
    {"prefixItems", on_list, T_ARRAY},
    {"contains", on_schema, T_ARRAY},
    {"minContains", on_count, T_ARRAY},
    {"maxContains", on_count, T_ARRAY},
    {"minItems", on_count, T_ARRAY},
    {"maxItems", on_count, T_ARRAY},
    {"uniqueItems", on_flag, T_ARRAY},
    {"unevaluatedItems", on_schema, T_ARRAY},
    {"properties", on_properties, T_OBJECT},
    {"required", on_required, T_OBJECT},
    {"additionalProperties", on_rest, T_OBJECT},
    {"patternProperties", on_map, T_OBJECT},
    {"propertyNames", on_schema, T_OBJECT},
    {"unevaluatedProperties", on_schema, T_OBJECT},
    {"minProperties", on_count, T_OBJECT},
    {"maxProperties", on_count, T_OBJECT},
    {"dependentRequired", on_dependent_required, T_OBJECT},
    {"dependentSchemas", on_map, T_OBJECT},
    {"allOf", on_list, 0},
    {"anyOf", on_list, 0},
    {"oneOf", on_list, 0},
    {"not", on_schema, 0},
    {"if", on_schema, 0},
    {"then", on_schema, 0},
    {"else", on_schema, 0},
};

static unsigned type_bit(struct node *n, yyjson_val *v) {
  for (size_t i = 0; i < TYPE_COUNT; i++)
    if (str_is(json_text(v), TYPES[i].name)) return TYPES[i].bit;
  if (str_is(json_text(v), "file")) return T_STRING; // Swagger 2.0
  warn(n, "type", "it names no JSON type");
  return 0;
}

static void read_types(struct node *n) {
  yyjson_val *type = yyjson_obj_get(n->at.value, "type"), *item;
  size_t i, count;
  if (yyjson_is_str(type)) n->types = type_bit(n, type);
  if (yyjson_is_arr(type)) {
    unsigned bits = 0;
    yyjson_arr_foreach (type, i, count, item) {
      unsigned bit = type_bit(n, item);
      if (!bit) { // one type unknown: no restriction rather than a wrong one
        bits = 0;
        break;
      }
      bits |= bit;
    }
    n->types = bits;
  }
  n->nullable = json_bool(n->at.value, "nullable", false) || json_bool(n->at.value, "x-nullable", false);
  yyjson_val *values = yyjson_obj_get(n->at.value, "enum");
  yyjson_arr_foreach (values, i, count, item) {
    if (n->types && yyjson_is_null(item)) n->types |= T_NULL;
  }
  if (n->types && n->nullable) n->types |= T_NULL;
  widen_for_enum(n, values);
}

static void write_types(struct node *n) {
  yyjson_mut_val *list = yyjson_mut_arr(n->c->ir), *one = NULL;
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    bool both = TYPES[i].bit == T_INTEGER && (n->types & T_NUMBER); // number says it already
    if (!(n->types & TYPES[i].bit) || both) continue;
    one = yyjson_mut_str(n->c->ir, TYPES[i].name);
    yyjson_mut_arr_append(list, one);
  }
  size_t count = yyjson_mut_arr_size(list);
  if (count == 1) add(n, "type", yyjson_mut_str(n->c->ir, yyjson_mut_get_str(one)));
  if (count > 1) add(n, "type", list);
}

// A discriminator demands nothing in JSON Schema; told in words it helps to choose.
static void tell_discriminator(struct node *n) {
  yyjson_val *d = yyjson_obj_get(n->at.value, "discriminator"), *name, *target;
  struct str property = yyjson_is_str(d) ? json_text(d) : json_str(d, "propertyName");
  if (!property.n) return;
  struct buf text = BUF_MAX(2 * OPENAPI_POOL_DESCRIPTION_MOST);
  buf_add(&text, tree_text(yyjson_mut_obj_get(n->out, "description")));
  buf_printf(&text, "%s`%.*s` says which form it is", text.n ? " " : "", STR_ARG(property));
  yyjson_val *mapping = yyjson_obj_get(d, "mapping");
  size_t i, count;
  EACH_MEMBER(mapping, i, count, name, target)
  buf_printf(&text, "%s%s", i ? ", " : ": ", yyjson_get_str(name));
  struct str s = text_brief(n->c->pool->arena, buf_str(&text), OPENAPI_POOL_DESCRIPTION_MOST + 80);
  add(n, "description", yyjson_mut_strncpy(n->c->ir, s.p, s.n));
  buf_free(&text);
}

// `nullable` on a composition without a type: OpenAPI 3.0.3 calls it void, its authors mean it.
static yyjson_mut_val *or_null(struct node *n) {
  static const char *const said[] = {"title", "description", "default", "examples", "deprecated"};
  yyjson_mut_val *whole = yyjson_mut_obj(n->c->ir), *list = yyjson_mut_arr(n->c->ir),
                 *null = yyjson_mut_obj(n->c->ir);
  yyjson_mut_obj_add_str(n->c->ir, null, "type", "null");
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    yyjson_mut_val *v = yyjson_mut_obj_remove_key(n->out, said[i]);
    if (v) yyjson_mut_obj_add_val(n->c->ir, whole, said[i], v);
  }
  yyjson_mut_arr_append(list, n->out);
  yyjson_mut_arr_append(list, null);
  yyjson_mut_obj_add_val(n->c->ir, whole, "anyOf", list);
  return whole;
}

// A reference to another def, and the edge that says so.
static yyjson_mut_val *refer_to(struct convert *c, uint32_t id) {
  openapi_pool_add_edge(c->pool, c->def, id | (c->in_place ? OPENAPI_POOL_IN_PLACE : 0));
  yyjson_mut_val *ref = yyjson_mut_obj(c->ir);
  yyjson_mut_obj_add_uint(c->ir, ref, "$ref", id);
  return ref;
}

static yyjson_mut_val *refer(struct convert *c, struct place at) {
  struct place target, end;
  struct err err;
  bool ok =
      document_resolve(c->pool->doc, at, &end, &err) && document_follow(c->pool->doc, at, &target, &err);
  if (!ok) {
    c->def->broken = arena_printf(c->pool->arena, "%s", err.text);
    return yyjson_mut_obj(c->ir);
  }
  // A reference to a bare reference is one to where that leads.
  while (yyjson_is_str(yyjson_obj_get(target.value, "$ref")) &&
         (!c->since_3_1 || yyjson_obj_size(target.value) == 1)) {
    if (!document_follow(c->pool->doc, target, &target, &err)) break;
  }
  struct str name = json_str(at.value, "$ref");
  for (size_t i = name.n; i > 0; i--) {
    if (name.p[i - 1] == '/') {
      name = str_from(name, i);
      break;
    }
  }
  return refer_to(c, openapi_pool_refer_from(c->pool, c->def, c->in_place, target, name));
}

// The choice of a schema's forms, and the schema itself, which may be a thing of its own.
static yyjson_mut_val *convert_forms(struct convert *c, const struct schema_def *def) {
  yyjson_mut_val *out = yyjson_mut_obj(c->ir), *list = yyjson_mut_arr(c->ir);
  for (size_t i = 0; i < def->forms->count; i++) {
    const struct form *f = &def->forms->items[i];
    yyjson_mut_val *ref = refer_to(c, openapi_pool_refer_from(c->pool, def, true, f->at, f->name));
    yyjson_mut_obj_add_strn(c->ir, ref, "title", f->name.p, f->name.n);
    yyjson_mut_arr_append(list, ref);
  }
  yyjson_mut_arr_append(list, refer_to(c, openapi_pool_refer(c->pool, def->source, def->name)));
  yyjson_mut_obj_add_val(c->ir, out, "anyOf", list);
  return out;
}

// `properties: {$ref: props.yml}`: the keyword itself is a reference. What stands there is converted in its place,
// once deep and up to a number, since nothing is shared.
static bool is_pasted(const struct node *n, struct str keyword, yyjson_val *v) {
  return !n->c->pasting && tree_holds(keyword) != TREE_SCHEMA && !tree_is_annotation(keyword) &&
         !str_is(keyword, "example") && yyjson_is_str(yyjson_obj_get(v, "$ref"));
}

static void convert_pasted(struct node *n, const char *key, keyword_fn *convert, yyjson_val *v) {
  struct document_file *before = n->at.file;
  struct place end;
  struct err err;
  bool ok = document_resolve(n->c->pool->doc, (struct place){v, before}, &end, &err);
  size_t room = OPENAPI_POOL_PASTED_MOST - n->c->pool->pasted;
  if (ok && (!yyjson_is_ctn(end.value) || yyjson_get_len(end.value) > room))
    ok = err_set(&err, ERR_LIMIT, "the document has too much of such references");
  if (!ok) return warn(n, key, err.text);
  n->c->pool->pasted += yyjson_get_len(end.value);
  n->c->pasting = true;
  n->c->file = n->at.file = end.file;
  convert(n, key, end.value);
  n->c->file = n->at.file = before;
  n->c->pasting = false;
}

static void convert_keywords(struct node *n, bool annotations_only) {
  size_t i, count, k;
  yyjson_val *key, *v;
  EACH_MEMBER(n->at.value, i, count, key, v) {
    struct str name = json_text(key);
    for (k = 0; k < sizeof KEYWORDS / sizeof *KEYWORDS; k++) {
      if (!str_is(name, KEYWORDS[k].name)) continue;
      bool beside = n->types && KEYWORDS[k].applies && !(n->types & KEYWORDS[k].applies);
      bool demands = annotations_only && !tree_is_annotation(name) && !str_is(name, "example");
      if (!beside && !demands && is_pasted(n, name, v))
        convert_pasted(n, KEYWORDS[k].name, KEYWORDS[k].convert, v);
      else if (!beside && !demands)
        KEYWORDS[k].convert(n, KEYWORDS[k].name, v);
      break;
    }
  }
}

static bool has_composition(yyjson_mut_val *v) {
  return yyjson_mut_obj_get(v, "allOf") || yyjson_mut_obj_get(v, "oneOf") || yyjson_mut_obj_get(v, "anyOf");
}

// A schema with `$ref`: alone, with words beside it, or (3.1) with demands beside it, which go into an allOf.
static yyjson_mut_val *convert_reference(struct convert *c, struct place at) {
  yyjson_mut_val *ref = refer(c, at), *list, *key, *v;
  struct node n = {.c = c, .at = at, .out = yyjson_mut_obj(c->ir)};
  if (c->since_3_1) read_types(&n);
  convert_keywords(&n, !c->since_3_1);
  if (c->since_3_1 && n.types) write_types(&n);
  n.nullable = json_bool(at.value, "nullable", false) || json_bool(at.value, "x-nullable", false);
  bool demands = false;
  size_t i, count;
  yyjson_mut_obj_foreach (n.out, i, count, key, v) demands |= !tree_is_annotation(tree_text(key));
  if (demands || n.nullable) {
    if (!(list = yyjson_mut_obj_get(n.out, "allOf"))) {
      list = yyjson_mut_arr(c->ir);
      add(&n, "allOf", list);
    }
    yyjson_mut_arr_prepend(list, ref);
    return n.nullable ? or_null(&n) : n.out;
  }
  yyjson_mut_obj_foreach (n.out, i, count, key, v)
    yyjson_mut_obj_add(ref, yyjson_mut_val_mut_copy(c->ir, key), yyjson_mut_val_mut_copy(c->ir, v));
  return ref;
}

static yyjson_mut_val *convert_object(struct convert *c, struct place at) {
  if (yyjson_is_str(yyjson_obj_get(at.value, "$ref"))) return convert_reference(c, at);
  struct node n = {.c = c, .at = at, .out = yyjson_mut_obj(c->ir)};
  read_types(&n);
  if (n.types) write_types(&n);
  convert_keywords(&n, false);
  if (str_is(json_str(at.value, "type"), "file")) add(&n, "format", yyjson_mut_str(c->ir, "binary"));
  tell_discriminator(&n);
  return n.nullable && !n.types && has_composition(n.out) ? or_null(&n) : n.out;
}

static yyjson_mut_val *convert_value(struct convert *c, yyjson_val *v, struct str name) {
  struct place at = {v, c->file};
  if (yyjson_is_bool(v)) return yyjson_get_bool(v) ? yyjson_mut_obj(c->ir) : yyjson_mut_bool(c->ir, false);
  if (!yyjson_is_obj(v)) {
    notes_warn(c->pool->notes, at, "the schema%s%.*s is not an object; anything is allowed there",
               name.n ? " of " : "", STR_ARG(name));
    return yyjson_mut_obj(c->ir);
  }
  if (c->depth == OPENAPI_POOL_DEPTH_MOST) {
    notes_warn(c->pool->notes, at, "schemas nest more than %d deep; anything is allowed below",
               OPENAPI_POOL_DEPTH_MOST);
    return yyjson_mut_obj(c->ir);
  }
  c->depth++;
  yyjson_mut_val *out = convert_object(c, at);
  c->depth--;
  return out;
}

static yyjson_mut_val *convert_child(struct node *n, const char *keyword, yyjson_val *v, struct str name) {
  bool before = n->c->in_place;
  n->c->in_place = before && tree_in_place(str_of(keyword));
  yyjson_mut_val *out = convert_value(n->c, v, name);
  n->c->in_place = before;
  return out;
}

void convert_def(struct schema_pool *p, struct schema_def *def) {
  struct convert c = {.pool = p,
                      .def = def,
                      .ir = p->ir,
                      .file = def->source.file,
                      .in_place = true,
                      .since_3_1 = document_version(p->doc) == DOCUMENT_3_1};
  def->schema = def->forms ? convert_forms(&c, def) : convert_value(&c, def->source.value, def->name);
}

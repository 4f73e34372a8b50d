// SPDX-License-Identifier: Apache-2.0
#include "openapi/input.h"

#include <ctype.h>

#include "base/map.h"
#include "base/mem.h"
#include "data/json.h"
#include "openapi/encoding.h"
#include "openapi/merge.h"
#include "openapi/text.h"
#include "openapi/tree.h"

enum { NEEDS_MOST = 200 };    // bytes of the names that a body needs, where they are told
enum { DEPENDENT_MOST = 64 }; // pairs of dependentRequired; beyond it costs more than it tells

static struct str clean_name(struct arena *a, struct str s) {
  char out[ARGUMENT_NAME_MOST + 1];
  size_t n = 0;
  for (size_t i = 0; i < s.n && n < ARGUMENT_NAME_MOST; i++) {
    bool fine = isalnum((unsigned char)s.p[i]) || strchr("_.-", s.p[i]);
    if (fine)
      out[n++] = s.p[i];
    else if (n && out[n - 1] != '_')
      out[n++] = '_';
  }
  while (n > 1 && out[n - 1] == '_' && s.p[s.n - 1] != '_') n--;
  if (!n) out[n++] = '_';
  return arena_dup(a, str_make(out, n));
}

// Arguments of one tool. What two want gets a number; of many that want the same each goes on from the last.
struct input_names {
  struct map taken;
  struct map twins; // name that was wanted → struct twin
};

struct twin {
  struct str name; // the last one made of it
  unsigned next;
};

static void names_free(struct input_names *n) {
  map_free(&n->taken);
  map_free(&n->twins);
}

static struct str names_number(struct input_names *n, struct arena *a, struct str wanted) {
  struct twin *t = map_get(&n->twins, wanted);
  if (!t) {
    t = ARENA_NEW(a, struct twin);
    *t = (struct twin){wanted, 2};
    map_put(&n->twins, wanted, t);
  }
  while (map_get(&n->taken, t->name)) t->name = arena_printf(a, "%.*s_%u", STR_MOST(t->name, 58), t->next++);
  return t->name;
}

// `/zones/{id}/…`: a bare `id` behind a collection is that collection's id, where the connector knows the
// name.
static struct str name_by_place(const struct operation *op, const struct parameter *p, yyjson_val *renames) {
  static const char *const bare[] = {"id", "identifier", "uuid"};
  bool is_bare = false;
  for (size_t i = 0; i < 3; i++) is_bare |= str_is(p->name, bare[i]);
  if (p->in != IN_PATH || !is_bare) return p->name;
  for (size_t i = 1; i + p->name.n + 1 < op->path.n; i++) {
    bool here = op->path.p[i] == '{' && op->path.p[i - 1] == '/' && op->path.p[i + 1 + p->name.n] == '}' &&
                memcmp(op->path.p + i + 1, p->name.p, p->name.n) == 0;
    if (!here) continue;
    size_t start = i - 1;
    while (start > 0 && op->path.p[start - 1] != '/') start--;
    struct str collection = str_make(op->path.p + start, i - 1 - start);
    if (collection.n < 2 || collection.p[collection.n - 1] != 's') return p->name;
    size_t k, n;
    yyjson_val *from, *to;
    EACH_MEMBER(renames, k, n, from, to) {
      struct str t = json_text(to); // "zone_id" for "zones"
      if (t.n == collection.n + 2 && memcmp(t.p, collection.p, collection.n - 1) == 0 && str_ends(t, "_id"))
        return t;
    }
  }
  return p->name;
}

static void sort_params(struct operation *op, struct arena *a) { // stable
  struct parameter *sorted = ARENA_ARRAY(a, op->param_count + 1, struct parameter);
  size_t n = 0;
  for (int in = IN_PATH; in <= IN_COOKIE; in++)
    for (size_t i = 0; i < op->param_count; i++)
      if (op->params[i].in == (enum operation_in)in) sorted[n++] = op->params[i];
  op->params = sorted;
}

void input_name_arguments(struct operation *op, yyjson_val *word, struct arena *a) {
  yyjson_val *renames = yyjson_obj_get(word, "rename_parameters");
  struct input_names names = {0};
  sort_params(op, a);
  for (size_t i = 0; i < op->param_count; i++) {
    struct parameter *p = &op->params[i];
    yyjson_val *renamed = yyjson_obj_getn(renames, p->name.p, p->name.n);
    struct str plain = yyjson_is_str(renamed) ? json_text(renamed) : name_by_place(op, p, renames);
    p->arg = clean_name(a, plain);
    if (map_get(&names.taken, p->arg))
      p->arg = clean_name(a, arena_printf(a, "%s_%.*s", operation_in_names[p->in], STR_ARG(p->name)));
    p->arg = names_number(&names, a, p->arg);
    map_put(&names.taken, p->arg, p);
  }
  names_free(&names);
}

// --- building --------------------------------------------------------------------------------------

struct builder {
  struct expander *x;
  struct operation *op;
  yyjson_mut_doc *doc;
  yyjson_mut_val *properties, *required;
  struct arena *arena;
  struct input_names names;
  struct str needs;
};

static yyjson_mut_val *as_object(struct builder *b, yyjson_mut_val *schema) {
  if (yyjson_mut_is_obj(schema)) return schema;
  return yyjson_mut_obj(b->doc); // `false`: the document forbids what it declares
}

static void describe(struct builder *b, yyjson_mut_val *schema, struct str text) {
  struct str brief = text_brief(b->arena, text, OPENAPI_POOL_DESCRIPTION_MOST);
  if (brief.n) tree_set(b->doc, schema, STR("description"), yyjson_mut_strncpy(b->doc, brief.p, brief.n));
}

static void put(struct builder *b, struct str arg, yyjson_mut_val *schema, bool required) {
  map_put(&b->names.taken, arg, b);
  yyjson_mut_obj_add(b->properties, yyjson_mut_strncpy(b->doc, arg.p, arg.n), schema);
  if (required) yyjson_mut_arr_add_strncpy(b->doc, b->required, arg.p, arg.n);
}

static void add_parameters(struct builder *b) {
  for (size_t i = 0; i < b->op->param_count; i++) {
    const struct parameter *p = &b->op->params[i];
    yyjson_mut_val *schema = as_object(b, expand_def(b->x, p->schema));
    describe(b, schema, p->description);
    if (p->deprecated) tree_set(b->doc, schema, STR("deprecated"), yyjson_mut_bool(b->doc, true));
    put(b, p->arg, schema, p->required);
  }
}

static struct str body_arg(struct builder *b, struct str property) {
  struct str arg = clean_name(b->arena, property);
  if (!map_get(&b->names.taken, arg)) return arg;
  arg = clean_name(b->arena, arena_printf(b->arena, "body_%.*s", STR_ARG(property)));
  return names_number(&b->names, b->arena, arg);
}

static void add_pair(struct builder *b, yyjson_mut_val *pairs, struct str arg, struct str property) {
  yyjson_mut_val *pair = yyjson_mut_arr(b->doc);
  yyjson_mut_arr_add_strncpy(b->doc, pair, arg.p, arg.n);
  yyjson_mut_arr_add_strncpy(b->doc, pair, property.p, property.n);
  yyjson_mut_arr_append(pairs, pair);
}

static bool is_object_type(yyjson_mut_val *type) {
  if (!type) return true;
  return yyjson_mut_is_arr(type) ? tree_list_has(type, STR("object")) : str_is(tree_text(type), "object");
}

// May an object of this schema hold what it does not name? So it is unless the document says otherwise.
static bool is_open(yyjson_mut_val *schema) {
  return !yyjson_mut_is_false(yyjson_mut_obj_get(schema, "additionalProperties"));
}

static bool allows_all(yyjson_mut_val *schema) {
  return yyjson_mut_is_true(schema) || (yyjson_mut_is_obj(schema) && !yyjson_mut_obj_size(schema));
}

// Can the properties stand on their own beside the parameters, with nothing lost that they say together?
static bool is_plain_object(yyjson_mut_val *schema) {
  static const char *const plain[] = {"type", "properties", "required", "minProperties", "maxProperties"};
  yyjson_mut_val *key, *v;
  size_t i, n;
  if (!is_object_type(yyjson_mut_obj_get(schema, "type"))) return false;
  yyjson_mut_obj_foreach (schema, i, n, key, v) {
    struct str name = tree_text(key);
    bool fine = tree_is_annotation(name) ||
                (str_is(name, "additionalProperties") && (yyjson_mut_is_false(v) || allows_all(v)));
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) fine |= str_is(name, plain[k]);
    if (!fine) return false;
  }
  return yyjson_mut_obj_size(yyjson_mut_obj_get(schema, "properties")) > 0;
}

// A body that may be left out, but not in part: each of its properties asks for those it requires.
static void add_dependent(struct builder *b, yyjson_mut_val *root, yyjson_mut_val *pairs,
                          yyjson_mut_val *needed) {
  size_t all = yyjson_mut_arr_size(pairs), some = yyjson_mut_arr_size(needed), i, n, j, m;
  if (!some || all * some > DEPENDENT_MOST) return;
  yyjson_mut_val *map = yyjson_mut_obj(b->doc), *pair, *name;
  yyjson_mut_arr_foreach (pairs, i, n, pair) {
    struct str arg = tree_text(yyjson_mut_arr_get(pair, 0));
    yyjson_mut_val *others = yyjson_mut_arr(b->doc);
    yyjson_mut_arr_foreach (needed, j, m, name) {
      if (!str_eq(tree_text(name), arg))
        yyjson_mut_arr_add_strncpy(b->doc, others, tree_text(name).p, tree_text(name).n);
    }
    if (yyjson_mut_arr_size(others)) tree_set(b->doc, map, arg, others);
  }
  if (yyjson_mut_obj_size(map)) yyjson_mut_obj_add_val(b->doc, root, "dependentRequired", map);
}

static struct str list_names(struct builder *b, yyjson_mut_val *names) {
  struct buf out = BUF_MAX(NEEDS_MOST);
  size_t i, n;
  yyjson_mut_val *name;
  yyjson_mut_arr_foreach (names, i, n, name) {
    if (out.n + yyjson_mut_get_len(name) + 8 > NEEDS_MOST) {
      buf_add_z(&out, ", …");
      break;
    }
    buf_printf(&out, "%s%.*s", i ? ", " : "", STR_ARG(tree_text(name)));
  }
  struct str text = arena_dup(b->arena, buf_str(&out));
  buf_free(&out);
  return text;
}

static yyjson_mut_val *add_properties(struct builder *b, yyjson_mut_val *root, yyjson_mut_val *schema) {
  yyjson_mut_val *pairs = yyjson_mut_arr(b->doc), *needed = yyjson_mut_arr(b->doc), *name, *v;
  struct map required = {0};
  size_t i, n;
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(schema, "required"), i, n, name)
    map_put(&required, tree_text(name), name);
  yyjson_mut_obj_foreach (yyjson_mut_obj_get(schema, "properties"), i, n, name, v) {
    struct str property = tree_text(name), arg = body_arg(b, property);
    bool must = map_get(&required, property) != NULL;
    if (must) yyjson_mut_arr_add_strncpy(b->doc, needed, arg.p, arg.n);
    put(b, arg, yyjson_mut_val_mut_copy(b->doc, v), must && b->op->body.required);
    add_pair(b, pairs, arg, property);
  }
  map_free(&required);
  if (!b->op->body.required) {
    add_dependent(b, root, pairs, needed);
    b->needs = list_names(b, needed);
  }
  return pairs;
}

static yyjson_mut_val *add_fields(struct builder *b) {
  yyjson_mut_val *pairs = yyjson_mut_arr(b->doc);
  for (size_t i = 0; i < b->op->body.field_count; i++) {
    const struct parameter *f = &b->op->body.fields[i];
    yyjson_mut_val *schema = as_object(b, expand_def(b->x, f->schema));
    struct str arg = body_arg(b, f->name);
    if (b->op->body.kind == BODY_MULTIPART) encoding_mark_file(b->doc, schema);
    put(b, arg, schema, f->required);
    add_pair(b, pairs, arg, f->name);
  }
  return pairs;
}

// Text and bytes have one form, whatever the schema says.
static yyjson_mut_val *raw_body(struct builder *b) {
  yyjson_mut_val *schema = yyjson_mut_obj(b->doc);
  yyjson_mut_obj_add_str(b->doc, schema, "type", "string");
  if (b->op->body.kind == BODY_BINARY) yyjson_mut_obj_add_str(b->doc, schema, "contentEncoding", "base64");
  struct str type = b->op->body.type;
  describe(b, schema,
           arena_printf(b->arena,
                        b->op->body.kind == BODY_BINARY ? "The content (%.*s), in base64. %.*s"
                                                        : "The content (%.*s), as text. %.*s",
                        STR_ARG(type), STR_ARG(b->op->body.description)));
  return schema;
}

static void add_whole(struct builder *b, yyjson_mut_val *out, yyjson_mut_val *schema, bool required) {
  struct str arg = body_arg(b, STR("body"));
  if (b->op->body.description.n && !yyjson_mut_obj_get(schema, "description"))
    describe(b, schema, b->op->body.description);
  put(b, arg, schema, required);
  yyjson_mut_obj_add_strncpy(b->doc, out, "whole", arg.p, arg.n);
}

// A schema's properties side by side with the parameters where that loses nothing, else as one argument.
static void add_schema(struct builder *b, yyjson_mut_val *root, yyjson_mut_val *out) {
  yyjson_mut_val *schema = as_object(b, expand_def(b->x, b->op->body.schema));
  encoding_write(b->op, schema, b->doc, out);
  if (!is_plain_object(schema)) {
    add_whole(b, out, schema, b->op->body.required);
    return;
  }
  yyjson_mut_obj_add_val(b->doc, out, "args", add_properties(b, root, schema));
  if (is_open(schema)) yyjson_mut_obj_add_bool(b->doc, out, "open", true);
}

static yyjson_mut_val *add_body(struct builder *b, yyjson_mut_val *root) {
  const struct body *body = &b->op->body;
  bool raw = body->kind == BODY_TEXT || body->kind == BODY_BINARY, required = body->required;
  bool quiet =
      str_is(b->op->method, "GET") || str_is(b->op->method, "HEAD") || str_is(b->op->method, "DELETE");
  if (body->kind == BODY_NONE || (!body->has_schema && !body->field_count && quiet)) return NULL;
  if (!raw && !body->field_count && !body->has_schema) required = false; // a model cannot know what to send
  yyjson_mut_val *out = yyjson_mut_obj(b->doc);
  yyjson_mut_obj_add_str(b->doc, out, "kind", body_kind_names[body->kind]);
  yyjson_mut_obj_add_strncpy(b->doc, out, "type", body->type.p, body->type.n);
  yyjson_mut_obj_add_bool(b->doc, out, "required", required);
  if (raw) {
    add_whole(b, out, raw_body(b), required);
  } else if (body->field_count) {
    encoding_write(b->op, NULL, b->doc, out);
    yyjson_mut_obj_add_val(b->doc, out, "args", add_fields(b));
  } else if (body->has_schema) {
    add_schema(b, root, out);
  } else {
    yyjson_mut_val *any = yyjson_mut_obj(b->doc);
    describe(b, any, STR("The body; the vendor's document does not say what it holds."));
    add_whole(b, out, any, false);
  }
  return out;
}

bool input_build(struct expander *x, struct operation *op, struct input *out, struct err *err) {
  size_t most = op->param_count + op->body.field_count + 1, count = 0;
  uint32_t *roots = mem_array(most, sizeof *roots);
  for (size_t i = 0; i < op->param_count; i++) roots[count++] = op->params[i].schema;
  for (size_t i = 0; i < op->body.field_count; i++) roots[count++] = op->body.fields[i].schema;
  if (op->body.has_schema) roots[count++] = op->body.schema;
  bool ok = expand_begin(x, out->doc, roots, count, err);
  mem_free(roots);
  if (!ok) return false;
  struct builder b = {.x = x, .op = op, .doc = out->doc, .arena = x->pool->arena};
  b.properties = yyjson_mut_obj(b.doc);
  b.required = yyjson_mut_arr(b.doc);
  yyjson_mut_val *root = yyjson_mut_obj(b.doc);
  yyjson_mut_obj_add_str(b.doc, root, "type", "object");
  yyjson_mut_obj_add_val(b.doc, root, "properties", b.properties);
  add_parameters(&b);
  out->body = add_body(&b, root);
  if (yyjson_mut_arr_size(b.required)) yyjson_mut_obj_add_val(b.doc, root, "required", b.required);
  if (!yyjson_mut_obj_get(out->body, "open"))
    yyjson_mut_obj_add_bool(b.doc, root, "additionalProperties", false);
  names_free(&b.names);
  expand_defs(x, root);
  openapi_merge_open_defs(b.doc, root);
  out->root = root;
  out->needs = b.needs;
  out->cut = x->cut;
  return true;
}

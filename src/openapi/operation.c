// SPDX-License-Identifier: Apache-2.0
#include "openapi/operation.h"

#include <ctype.h>

#include "base/codec.h"
#include "data/json.h"

const char *const operation_in_names[] = {"path", "query", "header", "cookie"};
const char *const body_kind_names[] = {"none", "json", "form", "multipart", "text", "binary"};
const char *const operation_class_names[] = {"list", "get", "create", "update", "delete", "custom"};

static const char *const METHODS[] = {"get",  "put",   "post",  "delete", "options",
                                      "head", "patch", "trace", "query"};
enum { METHOD_COUNT = sizeof METHODS / sizeof *METHODS, OTHER_METHOD_MOST = 32 };

yyjson_val *operation_word(const struct operation *op, const char *key) {
  yyjson_val *v = yyjson_obj_get(op->words[1], key);
  return v ? v : yyjson_obj_get(op->words[0], key);
}

// QUERY came with 3.2.
static bool is_method(struct document *d, struct str key) {
  for (size_t i = 0; i < METHOD_COUNT; i++)
    if (str_is(key, METHODS[i])) return i < METHOD_COUNT - 1 || document_version(d) == DOCUMENT_3_1;
  return false;
}

static struct str upper(struct arena *a, struct str s) {
  char *p = arena_z(a, s);
  for (size_t i = 0; i < s.n; i++) p[i] = (char)toupper((unsigned char)p[i]);
  return str_make(p, s.n);
}

struct finder {
  struct document *doc;
  struct arena *arena;
  struct notes *notes;
  struct operation_list list;
  size_t cap;
};

struct found_item {
  struct str path;
  struct place item, base; // as struct operation has them
};

static struct operation *find_more(struct finder *f) {
  if (f->list.count == OPERATIONS_MOST) return NULL;
  if (f->list.count == f->cap) {
    f->cap = f->cap ? f->cap * 2 : 64;
    struct operation *items = ARENA_ARRAY(f->arena, f->cap, struct operation);
    if (f->list.count) memcpy(items, f->list.items, f->list.count * sizeof *items);
    f->list.items = items;
  }
  return &f->list.items[f->list.count++];
}

static bool found(struct finder *f, const struct found_item *in, struct str method, struct place at) {
  struct operation *op = find_more(f);
  if (!op) return false;
  struct err why;
  *op = (struct operation){
      .at = at, .item = in->item, .item_base = in->base, .path = in->path, .method = method};
  op->key = ARENA_JOIN(f->arena, method, STR(" "), in->path);
  if (!document_resolve(f->doc, at, &op->at, &why)) op->broken = arena_dup(f->arena, str_of(why.text));
  if (str_is(method, "TRACE")) op->broken = STR("TRACE answers with what it was sent, the credential too");
  return true;
}

// 3.2: any other method, as it is written. CONNECT makes a tunnel, and TRACE, like the rest, has its own place.
static bool is_other_method(struct document *d, struct str key) {
  for (size_t i = 0; i < METHOD_COUNT; i++)
    if (str_is_nocase(key, METHODS[i])) return false;
  return document_version(d) == DOCUMENT_3_1 && key.n <= OTHER_METHOD_MOST && codec_is_token(key) &&
         !str_is_nocase(key, "CONNECT");
}

static bool find_others(struct finder *f, const struct found_item *in) {
  struct place more = document_get(f->doc, in->item, "additionalOperations");
  size_t i, n;
  yyjson_val *key, *v;
  EACH_MEMBER(more.value, i, n, key, v) {
    if (!found(f, in, json_text(key), (struct place){v, more.file})) return false;
    if (!is_other_method(f->doc, json_text(key)))
      f->list.items[f->list.count - 1].broken = STR("this is no method for `additionalOperations`");
  }
  return true;
}

static bool find_in_item(struct finder *f, const struct found_item *in) {
  size_t i, n;
  yyjson_val *key, *v;
  EACH_MEMBER(in->item.value, i, n, key, v) {
    if (is_method(f->doc, json_text(key)) &&
        !found(f, in, upper(f->arena, json_text(key)), (struct place){v, in->item.file}))
      return false;
  }
  EACH_MEMBER(in->base.value, i, n, key, v) { // its own come before those of the one that it refers to
    if (is_method(f->doc, json_text(key)) && !yyjson_obj_get(in->item.value, yyjson_get_str(key)) &&
        !found(f, in, upper(f->arena, json_text(key)), (struct place){v, in->base.file}))
      return false;
  }
  return find_others(f, in);
}

// A path item may be a reference, and have members beside that.
static bool read_item(struct finder *f, struct found_item *in, struct err *err) {
  struct place target;
  if (!str_starts(in->path, "/") && str_contains(in->path, STR("://")))
    return err_set(err, ERR_INVALID, "it is a whole URL, and a path starts with '/'");
  if (!document_resolve(f->doc, in->item, &target, err)) return false;
  if (!yyjson_is_obj(target.value)) return err_set(err, ERR_INVALID, "the path item is not an object");
  if (target.value != in->item.value && yyjson_obj_size(in->item.value) > 1)
    in->base = target;
  else
    in->item = target;
  return true;
}

bool operation_find_all(struct document *d, struct arena *a, struct notes *notes, struct operation_list *out,
                        struct err *err) {
  struct finder f = {.doc = d, .arena = a, .notes = notes};
  struct place paths = document_get(d, document_root(d), "paths");
  if (!yyjson_is_obj(paths.value)) {
    return err_set(err, ERR_INVALID, "the document has no `paths`");
  }
  size_t i, n;
  yyjson_val *key, *v;
  EACH_MEMBER(paths.value, i, n, key, v) {
    struct found_item in = {.path = json_text(key), .item = {v, paths.file}};
    struct err why;
    if (str_starts(in.path, "x-")) continue;
    if (!read_item(&f, &in, &why))
      notes_add(notes, OPENAPI_SKIPPED, in.path, in.item, str_of(why.text));
    else if (!find_in_item(&f, &in))
      return err_set(err, ERR_LIMIT, "the document has more than %d operations", OPERATIONS_MOST);
  }
  *out = f.list;
  return true;
}

// --- parameters ------------------------------------------------------------------------------------

static bool parameter_in(struct str s, enum operation_in *out) {
  for (int i = IN_PATH; i <= IN_COOKIE; i++) {
    if (!str_is(s, operation_in_names[i])) continue;
    *out = (enum operation_in)i;
    return true;
  }
  return false;
}

bool operation_begin_param(struct place at, struct parameter *out, struct err *err) {
  struct parameter p = {
      .at = at, .name = json_str(at.value, "name"), .description = json_str(at.value, "description")};
  struct str in = json_str(at.value, "in");
  if (!p.name.n) return err_set(err, ERR_INVALID, "a parameter has no name");
  if (!parameter_in(in, &p.in))
    return err_set(err, ERR_INVALID, "parameter `%.*s` is in \"%.*s\", which is no place for one",
                   STR_ARG(p.name), STR_ARG(in));
  p.required = p.in == IN_PATH || json_bool(at.value, "required", false);
  p.deprecated = json_bool(at.value, "deprecated", false);
  p.style = p.in == IN_PATH || p.in == IN_HEADER ? "simple" : "form";
  p.explode = strcmp(p.style, "form") == 0;
  *out = p;
  return true;
}

bool operation_push_param(struct schema_pool *pool, struct operation *op, const struct parameter *p,
                          struct err *err) {
  for (size_t i = 0; i < op->param_count; i++) { // the operation's own replaces the path's
    if (op->params[i].in != p->in || !str_eq(op->params[i].name, p->name)) continue;
    op->params[i] = *p;
    return true;
  }
  if (op->param_count == PARAMETERS_MOST)
    return err_set(err, ERR_LIMIT, "it has more than %d parameters", PARAMETERS_MOST);
  if (op->param_count == op->param_cap) {
    op->param_cap = op->param_cap ? op->param_cap * 2 : 8;
    struct parameter *params = ARENA_ARRAY(pool->arena, op->param_cap, struct parameter);
    if (op->param_count) memcpy(params, op->params, op->param_count * sizeof *params);
    op->params = params;
  }
  op->params[op->param_count++] = *p;
  return true;
}

// OpenAPI 3.1 §4.8.12.6 and, for `cookie`, 3.2.
static bool read_style(struct place at, struct parameter *p, struct err *err) {
  static const struct {
    const char *name, *style;
    unsigned in;
  } STYLES[] = {{"form", "form", 1 << IN_QUERY | 1 << IN_COOKIE},
                {"simple", "simple", 1 << IN_PATH | 1 << IN_HEADER},
                {"label", "label", 1 << IN_PATH},
                {"matrix", "matrix", 1 << IN_PATH},
                {"spaceDelimited", "spaceDelimited", 1 << IN_QUERY},
                {"pipeDelimited", "pipeDelimited", 1 << IN_QUERY},
                {"deepObject", "deepObject", 1 << IN_QUERY},
                {"cookie", "form", 1 << IN_COOKIE}};
  yyjson_val *style = yyjson_obj_get(at.value, "style");
  if (style) {
    size_t i = 0, n = sizeof STYLES / sizeof *STYLES;
    while (i < n && !(str_is(json_text(style), STYLES[i].name) && STYLES[i].in & 1u << p->in)) i++;
    if (i == n)
      return err_set(err, ERR_INVALID,
                     "parameter `%.*s` has style \"%.*s\", which a %s parameter cannot have",
                     STR_ARG(p->name), STR_ARG(json_text(style)), operation_in_names[p->in]);
    p->style = STYLES[i].style;
  }
  p->explode = json_bool(at.value, "explode", strcmp(p->style, "form") == 0);
  return true;
}

// The 3.2 `querystring`: an object whose properties are query parameters.
static bool read_query_string(struct schema_pool *pool, struct operation *op, struct place at,
                              struct err *err) {
  struct place media = place_get(place_get(at, "content"), "application/x-www-form-urlencoded"), schema;
  if (!document_resolve(pool->doc, place_get(media, "schema"), &schema, err)) return false;
  struct place properties = place_get(schema, "properties");
  if (!yyjson_is_obj(properties.value))
    return err_set(err, ERR_INVALID, "parameter `%.*s` is a whole query string without properties",
                   STR_ARG(json_str(at.value, "name")));
  size_t i, n, j, m;
  yyjson_val *key, *v, *item, *needed = yyjson_obj_get(schema.value, "required");
  EACH_MEMBER(properties.value, i, n, key, v) {
    struct parameter p = {
        .at = {v, schema.file}, .name = json_text(key), .in = IN_QUERY, .style = "form", .explode = true};
    yyjson_arr_foreach (needed, j, m, item) p.required |= str_eq(json_text(item), p.name);
    p.schema = openapi_pool_add(pool, p.at, p.name);
    if (!operation_push_param(pool, op, &p, err)) return false;
  }
  return true;
}

// A parameter that is serialised as a media type: JSON text where we know how.
static bool read_content(struct schema_pool *pool, struct parameter *p, struct place content,
                         struct err *err) {
  yyjson_obj_iter it = yyjson_obj_iter_with(content.value);
  yyjson_val *type = yyjson_obj_iter_next(&it);
  struct place schema = place_get((struct place){yyjson_obj_iter_get_val(type), content.file}, "schema");
  if (!type) return err_set(err, ERR_INVALID, "parameter `%.*s` has an empty `content`", STR_ARG(p->name));
  if (operation_media_kind(json_text(type)) == BODY_JSON) p->style = "json";
  p->schema = openapi_pool_add(pool, schema.value ? schema : content, p->name);
  return true;
}

static bool read_param(struct schema_pool *pool, struct operation *op, struct place at, struct err *err) {
  if (!document_resolve(pool->doc, at, &at, err)) return false;
  if (!yyjson_is_obj(at.value)) return err_set(err, ERR_INVALID, "a parameter is not an object");
  if (document_version(pool->doc) == DOCUMENT_2_0) return swagger_read_param(pool, op, at, err);
  if (str_is(json_str(at.value, "in"), "querystring")) return read_query_string(pool, op, at, err);
  struct parameter p;
  if (!operation_begin_param(at, &p, err)) return false;
  p.whole = p.in == IN_PATH && json_bool(at.value, "allowReserved", false); // 3.2
  struct place schema = place_get(at, "schema"), content = place_get(at, "content");
  if (yyjson_is_obj(schema.value)) {
    if (!read_style(at, &p, err)) return false;
    p.schema = openapi_pool_add(pool, schema, p.name);
  } else if (yyjson_is_obj(content.value)) {
    if (!read_content(pool, &p, content, err)) return false;
  } else {
    // Neither: some writers put the type on the parameter, as 2.0 did.
    notes_add(pool->notes, OPENAPI_WARNING, op->key, at,
              arena_printf(pool->arena, "parameter `%.*s` has neither schema nor content", STR_ARG(p.name)));
    p.schema = openapi_pool_add(pool, at, p.name);
  }
  return operation_push_param(pool, op, &p, err);
}

static bool read_params(struct schema_pool *pool, struct operation *op, struct place list, struct err *err) {
  size_t i, n;
  yyjson_val *item;
  if (!document_resolve(pool->doc, list, &list, err)) return false;
  if (list.value && !yyjson_is_arr(list.value))
    return err_set(err, ERR_INVALID, "`parameters` is not a list");
  yyjson_arr_foreach (list.value, i, n, item) {
    if (!read_param(pool, op, (struct place){item, list.file}, err)) return false;
  }
  return true;
}

// --- body ------------------------------------------------------------------------------------------

enum body_kind operation_media_kind(struct str type) {
  ptrdiff_t semicolon = str_find(type, ';');
  if (semicolon >= 0) type = str_trim(str_make(type.p, (size_t)semicolon));
  static const struct {
    const char *pattern;
    enum body_kind kind;
  } KINDS[] = {{"application/json", BODY_JSON},
               {"application/*+json", BODY_JSON},
               {"text/json", BODY_JSON},
               {"application/x-www-form-urlencoded", BODY_FORM},
               {"multipart/form-data", BODY_MULTIPART},
               {"text/*", BODY_TEXT},
               {"application/*javascript", BODY_TEXT},
               {"application/*xml", BODY_TEXT},
               {"application/*yaml", BODY_TEXT},
               {"application/*ndjson", BODY_TEXT},
               {"application/*graphql", BODY_TEXT},
               {"application/sql", BODY_TEXT}};
  if (str_is(type, "*/*")) return BODY_JSON;
  for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
    if (str_glob(str_of(KINDS[i].pattern), type)) return KINDS[i].kind;
  return BODY_BINARY;
}

static bool read_body(struct schema_pool *pool, struct operation *op, struct err *err) {
  struct place body = place_get(op->at, "requestBody");
  if (!body.value) return true;
  if (!document_resolve(pool->doc, body, &body, err)) return false;
  if (!yyjson_is_obj(body.value)) return err_set(err, ERR_INVALID, "`requestBody` is not an object");
  struct place content = document_get(pool->doc, body, "content"), media = {NULL, NULL};
  struct body *b = &op->body;
  size_t i, n;
  yyjson_val *key, *v;
  EACH_MEMBER(content.value, i, n, key, v) { // the kind we can say most about; of equals the first
    enum body_kind kind = operation_media_kind(json_text(key));
    if (b->kind != BODY_NONE && kind >= b->kind) continue;
    b->kind = kind;
    b->type = str_is(json_text(key), "*/*") ? STR("application/json") : json_text(key);
    media = (struct place){v, content.file};
  }
  if (b->kind == BODY_NONE) return true; // `content: {}`
  b->description = json_str(body.value, "description");
  b->required = json_bool(body.value, "required", false);
  if (!document_resolve(pool->doc, media, &media, err)) return false; // 3.2 lets media types be references
  b->media = media;
  struct place schema = place_get(media, "schema");
  if (!schema.value) schema = place_get(media, "itemSchema"); // 3.2: of each line
  b->has_schema = yyjson_is_obj(schema.value);
  if (b->has_schema) b->schema = openapi_pool_add(pool, schema, STR("body"));
  return true;
}

bool operation_read(struct schema_pool *pool, struct operation *op, struct err *err) {
  if (op->broken.n) return err_set(err, ERR_INVALID, "%.*s", STR_ARG(op->broken));
  if (!yyjson_is_obj(op->at.value)) return err_set(err, ERR_INVALID, "the operation is not an object");
  op->summary = json_str(op->at.value, "summary");
  op->description = json_str(op->at.value, "description");
  op->deprecated = json_bool(op->at.value, "deprecated", false);
  if (!read_params(pool, op, place_get(op->item_base, "parameters"), err)) return false;
  if (!read_params(pool, op, place_get(op->item, "parameters"), err)) return false;
  if (!read_params(pool, op, place_get(op->at, "parameters"), err)) return false;
  if (!operation_settle_path(pool, op, err)) return false;
  if (document_version(pool->doc) != DOCUMENT_2_0) return read_body(pool, op, err);
  swagger_finish(pool, op);
  return true;
}

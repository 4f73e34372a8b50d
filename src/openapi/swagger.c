// SPDX-License-Identifier: Apache-2.0
// Swagger 2.0: the body is a parameter, forms are parameters, a parameter is its own schema, and the
// address is in three pieces. Everything else reads like 3.0.
#include "data/json.h"
#include "data/uri.h"
#include "openapi/operation.h"

static const struct {
  const char *format, *style;
  bool explode;
} COLLECTIONS[] = {{"csv", "form", false},
                   {"ssv", "spaceDelimited", false},
                   {"tsv", "spaceDelimited", false},
                   {"pipes", "pipeDelimited", false},
                   {"multi", "form", true}};

static void read_collection(struct parameter *p) {
  if (!str_is(json_str(p->at.value, "type"), "array")) return;
  struct str format = json_str(p->at.value, "collectionFormat");
  p->explode = false; // csv is the default
  if (p->in != IN_QUERY) return;
  for (size_t i = 0; i < sizeof COLLECTIONS / sizeof *COLLECTIONS; i++) {
    if (!str_is(format, COLLECTIONS[i].format)) continue;
    p->style = COLLECTIONS[i].style;
    p->explode = COLLECTIONS[i].explode;
  }
}

static bool read_field(struct schema_pool *pool, struct operation *op, struct place at, struct err *err) {
  struct body *b = &op->body;
  struct parameter p = {
      .at = at, .name = json_str(at.value, "name"), .description = json_str(at.value, "description")};
  if (!p.name.n) return err_set(err, ERR_INVALID, "a form field has no name");
  if (b->field_count == PARAMETERS_MOST)
    return err_set(err, ERR_LIMIT, "it has more than %d form fields", PARAMETERS_MOST);
  if (!b->fields) b->fields = ARENA_ARRAY(pool->arena, PARAMETERS_MOST, struct parameter);
  p.required = json_bool(at.value, "required", false);
  p.schema = openapi_pool_add(pool, at, p.name);
  if (b->kind != BODY_MULTIPART)
    b->kind = str_is(json_str(at.value, "type"), "file") ? BODY_MULTIPART : BODY_FORM;
  b->required |= p.required;
  b->fields[b->field_count++] = p;
  return true;
}

bool swagger_read_param(struct schema_pool *pool, struct operation *op, struct place at, struct err *err) {
  struct str in = json_str(at.value, "in");
  if (str_is(in, "formData")) return read_field(pool, op, at, err);
  if (str_is(in, "body")) {
    struct place schema = place_get(at, "schema");
    op->body.kind = BODY_JSON;
    op->body.media = at;
    op->body.required = json_bool(at.value, "required", false);
    op->body.description = json_str(at.value, "description");
    op->body.has_schema = yyjson_is_obj(schema.value);
    if (op->body.has_schema) op->body.schema = openapi_pool_add(pool, schema, STR("body"));
    return true;
  }
  struct parameter p;
  if (!operation_begin_param(at, &p, err)) return false;
  p.explode = true; // objects and arrays of objects are not known here; scalars do not care
  read_collection(&p);
  p.schema = openapi_pool_add(pool, at, p.name);
  return operation_push_param(pool, op, &p, err);
}

// What `consumes` says: JSON where it is offered, else the first of the kind the body can be.
void swagger_finish(struct schema_pool *pool, struct operation *op) {
  struct body *b = &op->body;
  if (b->kind == BODY_NONE) return;
  struct place consumes = place_get(op->at, "consumes");
  if (!yyjson_is_arr(consumes.value)) consumes = place_get(document_root(pool->doc), "consumes");
  bool form = b->kind == BODY_FORM || b->kind == BODY_MULTIPART;
  b->type = b->kind == BODY_MULTIPART ? STR("multipart/form-data")
            : form                    ? STR("application/x-www-form-urlencoded")
                                      : STR("application/json");
  enum body_kind best = BODY_NONE;
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (consumes.value, i, n, item) {
    enum body_kind kind = operation_media_kind(json_text(item));
    if (form ? kind != BODY_MULTIPART : kind == BODY_FORM || kind == BODY_MULTIPART) continue;
    if (best != BODY_NONE && kind >= best) continue;
    best = b->kind = kind;
    b->type = str_is(json_text(item), "*/*") ? STR("application/json") : json_text(item);
  }
}

bool swagger_base_url(struct document *d, struct str at, struct arena *a, struct str *out, struct err *err) {
  yyjson_val *root = document_root(d).value, *schemes = yyjson_obj_get(root, "schemes");
  struct str host = str_trim(json_str(root, "host")), path = json_str(root, "basePath"), url = path;
  struct str scheme = str_starts(at, "http://") && !schemes ? STR("http") : STR("https");
  // https wherever it is offered; http only where nothing else is.
  size_t i, n;
  yyjson_val *item;
  bool only_http = yyjson_arr_size(schemes) > 0;
  yyjson_arr_foreach (schemes, i, n, item) only_http &= str_is(json_text(item), "http");
  if (only_http) scheme = STR("http");
  if (str_contains(host, STR("://"))) {
    url = ARENA_JOIN(a, host, path);
  } else if (host.n) {
    const char *slash = path.n && path.p[0] != '/' ? "/" : "";
    url = arena_printf(a, "%.*s://%.*s%s%.*s", STR_ARG(scheme), STR_ARG(host), slash, STR_ARG(path));
  } else if (!at.n) { // §5: then it is where the document was
    return err_set(err, ERR_INVALID, "the document does not say where the API is: it has no `host`");
  }
  if (!host.n && !path.n) url = STR("/");
  if (!uri_resolve(a, at, url, &url, err)) return err_wrap(err, "the document's `host` and `basePath`");
  while (url.n && url.p[url.n - 1] == '/') url.n--;
  *out = url;
  return true;
}

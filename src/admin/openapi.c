// SPDX-License-Identifier: Apache-2.0
// The management API described as OpenAPI 3.1, from the same tables that serve it.
#include <stdio.h>

#include "admin/put.h"
#include "admin/route.h"
#include "base/map.h"

// ---- shapes as schemas

static void openapi_reference(struct buf *out, const char *key, const struct admin_shape *shape) {
  char pointer[96];
  int n = snprintf(pointer, sizeof pointer, "#/components/schemas/%s", shape->name);
  put_open(out, key, '{');
  put_text(out, "$ref", str_make(pointer, (size_t)n));
  put_close(out, '}');
}

static void openapi_type(struct buf *out, const struct admin_member *m, const char *type) {
  if (!(m->flags & ADMIN_NULLABLE)) {
    put_text(out, "type", str_of(type));
    return;
  }
  put_texts(out, "type", (struct str[]){str_of(type), STR("null")}, 2);
}

static void openapi_text(struct buf *out, const struct admin_member *m) {
  openapi_type(out, m, "string");
  if (m->type == ADMIN_TIME) put_text(out, "format", STR("date-time"));
  if (m->most) put_int(out, "maxLength", m->most);
  if (m->type != ADMIN_WORD) return;
  put_open(out, "enum", '[');
  for (struct str rest = str_of(m->allowed), word; str_cut(&rest, '|', &word);) put_text(out, NULL, word);
  if (m->flags & ADMIN_NULLABLE) put_json(out, NULL, STR_NONE);
  put_close(out, ']');
}

static void openapi_items(struct buf *out, const struct admin_member *m) {
  openapi_type(out, m, "array");
  if (m->shape && m->type == ADMIN_OBJECTS) {
    openapi_reference(out, "items", m->shape);
    return;
  }
  put_open(out, "items", '{');
  if (m->shape) {
    put_open(out, "anyOf", '[');
    put_json(out, NULL, STR("{\"type\":\"string\"}"));
    openapi_reference(out, NULL, m->shape);
    put_close(out, ']');
  } else if (m->type == ADMIN_EITHERS)
    put_json(out, "type", STR("[\"string\",\"object\"]"));
  else
    put_text(out, "type", m->type == ADMIN_TEXTS ? STR("string") : STR("object"));
  put_close(out, '}');
}

static void openapi_object(struct buf *out, const struct admin_member *m) {
  if (!m->shape) {
    openapi_type(out, m, "object");
    return;
  }
  put_open(out, "anyOf", '[');
  openapi_reference(out, NULL, m->shape);
  if (m->flags & ADMIN_NULLABLE) put_json(out, NULL, STR("{\"type\":\"null\"}"));
  put_close(out, ']');
}

static void openapi_member(struct buf *out, const char *key, const struct admin_member *m) {
  put_open(out, key, '{');
  switch (m->type) {
  case ADMIN_TEXT:
  case ADMIN_WORD:
  case ADMIN_TIME:
    openapi_text(out, m);
    break;
  case ADMIN_BOOL:
    openapi_type(out, m, "boolean");
    break;
  case ADMIN_OBJECT:
    openapi_object(out, m);
    break;
  case ADMIN_EITHER:
    put_json(out, "type", STR("[\"string\",\"object\"]"));
    break;
  case ADMIN_TEXTS:
  case ADMIN_OBJECTS:
  case ADMIN_EITHERS:
    openapi_items(out, m);
    break;
  case ADMIN_INT:
    openapi_type(out, m, "integer");
    if (m->least || m->most) put_int(out, "minimum", m->least);
    if (m->most) put_int(out, "maximum", m->most);
    break;
  }
  put_text(out, "description", str_of(m->says));
  put_close(out, '}');
}

static void openapi_shape(struct buf *out, const struct admin_shape *shape, bool closed) {
  put_open(out, shape->name, '{');
  put_text(out, "type", STR("object"));
  put_text(out, "description", str_of(shape->says));
  put_open(out, "properties", '{');
  for (size_t i = 0; i < shape->count; i++) openapi_member(out, shape->members[i].name, &shape->members[i]);
  put_close(out, '}');
  put_open(out, "required", '[');
  for (size_t i = 0; i < shape->count; i++)
    if (shape->members[i].flags & ADMIN_REQUIRED) put_text(out, NULL, str_of(shape->members[i].name));
  put_close(out, ']');
  if (closed) put_bool(out, "additionalProperties", false);
  put_close(out, '}');
}

// The shape and those within it, each once. `closed`: unknown members are refused, as in requests.
static void openapi_shapes(struct buf *out, struct map *seen, const struct admin_shape *shape, bool closed) {
  if (!shape || map_get(seen, str_of(shape->name))) return;
  map_put(seen, str_of(shape->name), (void *)(uintptr_t)shape);
  openapi_shape(out, shape, closed);
  for (size_t i = 0; i < shape->count; i++) openapi_shapes(out, seen, shape->members[i].shape, closed);
}

// ---- routes as operations

static void openapi_parameter(struct buf *out, const char *in, const struct admin_member *m) {
  put_open(out, NULL, '{');
  put_text(out, "name", str_of(m->name));
  put_text(out, "in", str_of(in));
  put_bool(out, "required", str_is(str_of(in), "path"));
  put_text(out, "description", str_of(m->says));
  openapi_member(out, "schema", m);
  // Lists are separated by commas.
  if (m->type == ADMIN_TEXTS) put_bool(out, "explode", false);
  put_close(out, '}');
}

static const struct admin_member openapi_path_members[] = {
    {"id", ADMIN_TEXT, 0, .says = "id or name of an account"},
    {"account", ADMIN_TEXT, 0,
     .says =
         "id of the account that is granted, or that an own account stands in for; of a grant also its name"},
    {"own", ADMIN_TEXT, 0, .says = "id of an account of a person's own"},
    {"server_id", ADMIN_TEXT, 0, .says = "id of an MCP server"},
    {"token_id", ADMIN_TEXT, 0, .says = "id of an API token"},
    {"program", ADMIN_TEXT, 0, .says = "id or name of a kept program"},
    {"alias", ADMIN_TEXT, 0, .says = "id or name of an alias; case does not count"},
    {"answer", ADMIN_TEXT, 0, .says = "id of an answer"},
    {"dashboard", ADMIN_TEXT, 0, .says = "id or name of a dashboard"},
    {"tile", ADMIN_TEXT, 0, .says = "id of a tile"},
    {"approval", ADMIN_TEXT, 0, .says = "id of an approval"},
    {"watch", ADMIN_TEXT, 0, .says = "id of a watch"},
    {"event", ADMIN_TEXT, 0, .says = "id of an event of it"},
    {"engine", ADMIN_TEXT, 0, .says = "id or name of an engine"},
    {"provider", ADMIN_TEXT, 0, .says = "id or name of an identity provider"},
    {"user", ADMIN_TEXT, 0, .says = "id or name of a user; case does not count"},
    {"session", ADMIN_TEXT, 0, .says = "id of a session"},
    {"share", ADMIN_TEXT, 0, .says = "id of a link"},
    {"secret", ADMIN_TEXT, 0, .says = "the secret of a link, as its address has it"},
    {"client", ADMIN_TEXT, 0, .says = "id of an AI client, percent-encoded"},
    {"sign_in", ADMIN_TEXT, 0, .says = "id of a sign-in from an AI client"},
    {"slug", ADMIN_TEXT, 0, .says = "of the address at which people sign in to a server"},
    {"url", ADMIN_TEXT, 0, .says = "name of a server's URL"},
    {"tool", ADMIN_TEXT, 0, .says = "name of a tool"},
    {"name", ADMIN_TEXT, 0, .says = "name of a connector"},
    {"flow", ADMIN_TEXT, 0, .says = "id of a way to the vendor; on the page also the id of an account"},
};

static void openapi_parameters(struct buf *out, const struct http_route *route,
                               const struct admin_route *doc) {
  put_open(out, "parameters", '[');
  for (struct str rest = str_of(route->pattern), part; str_cut(&rest, '/', &part);)
    for (size_t i = 0; i < sizeof openapi_path_members / sizeof *openapi_path_members; i++)
      if (part.n > 2 && part.p[0] == '{' &&
          str_is(str_make(part.p + 1, part.n - 2), openapi_path_members[i].name))
        openapi_parameter(out, "path", &openapi_path_members[i]);
  for (size_t i = 0; doc->query && i < doc->query->count; i++)
    openapi_parameter(out, "query", &doc->query->members[i]);
  put_close(out, ']');
}

static void openapi_media(struct buf *out, const char *type, const struct admin_shape *shape) {
  put_open(out, type ? type : "application/json", '{');
  if (shape) openapi_reference(out, "schema", shape);
  put_close(out, '}');
}

static void openapi_content(struct buf *out, const char *type, const struct admin_shape *shape) {
  put_open(out, "content", '{');
  openapi_media(out, type, shape);
  put_close(out, '}');
}

static void openapi_error_content(struct buf *out, const struct admin_route *doc) {
  put_open(out, "content", '{');
  openapi_media(out, NULL, &admin_error);
  if (doc->page) openapi_media(out, ADMIN_PAGE_TYPE, NULL);
  put_close(out, '}');
}

static void openapi_events(struct buf *out, const struct admin_event *events) {
  struct buf says = BUF_MAX(8192);
  for (const struct admin_event *e = events; e->name; e++)
    buf_printf(&says, "%s%s: %s", e == events ? "" : "\n", e->name, e->says);
  put_open(out, "text/event-stream", '{');
  put_open(out, "schema", '{');
  put_text(out, "type", STR("string"));
  put_text(out, "description", buf_str(&says));
  put_close(out, '}');
  put_close(out, '}');
  buf_free(&says);
}

static void openapi_response(struct buf *out, int status, const struct admin_route *doc) {
  char key[12];
  snprintf(key, sizeof key, "%d", status);
  put_open(out, key, '{');
  put_text(out, "description", str_of(http_status_text(status)));
  if (status >= 400)
    openapi_error_content(out, doc);
  else if (status != doc->status)
    openapi_content(out, NULL, doc->script);
  else if (doc->answer || doc->type) {
    put_open(out, "content", '{');
    openapi_media(out, doc->type, doc->answer);
    if (doc->events) openapi_events(out, doc->events);
    put_close(out, '}');
  }
  put_close(out, '}');
}

// What any request of this route may be answered, in the order of the codes.
unsigned admin_route_errors(const struct http_route *route) {
  const struct admin_route *doc = route->doc;
  // Any may have a query or a body that is refused, and a foreign origin.
  unsigned errors =
      doc->errors | 1u << ERR_INVALID | 1u << ERR_DENIED | 1u << ERR_INTERNAL | 1u << ERR_UNAVAILABLE;
  if (doc->guard != ADMIN_OPEN) errors |= 1u << ERR_UNAUTHENTICATED;
  if (strchr(route->pattern, '{')) errors |= 1u << ERR_MISSING;
  return errors;
}

static void openapi_responses(struct buf *out, const struct http_route *route) {
  const struct admin_route *doc = route->doc;
  unsigned errors = admin_route_errors(route);
  put_open(out, "responses", '{');
  openapi_response(out, doc->status, doc);
  if (doc->script) openapi_response(out, 200, doc);
  for (int code = ERR_INVALID; code <= ERR_INTERNAL; code++)
    if (errors & 1u << code) openapi_response(out, err_http_status((enum err_code)code), doc);
  if (doc->body) openapi_response(out, 415, doc);
  put_close(out, '}');
}

struct str admin_route_group(const struct http_route *route) {
  struct str rest = str_of(route->pattern), group;
  str_cut(&rest, '/', &group);
  str_cut(&rest, '/', &group);
  if (str_contains(rest, STR("tools"))) return STR("tools");
  if (str_is(group, "mcp-server") || str_contains(rest, STR("mcp"))) return STR("servers");
  if (str_is(group, "integrated-account")) return STR("accounts");
  if (str_is(group, "connector")) return STR("connectors");
  if (str_is(group, "api-token") || str_is(group, "whoami")) return STR("tokens");
  return STR("system");
}

// Which roles may call it, for those who make clients; of open ones none is asked for.
static void openapi_roles(struct buf *out, enum admin_guard guard) {
  if (guard == ADMIN_OPEN) return;
  put_open(out, "x-roles", '[');
  for (enum access_role r = ACCESS_CLIENT; r <= ACCESS_ADMIN; r++)
    if (admin_guard_takes(guard, r)) put_text(out, NULL, str_of(access_role_name(r)));
  put_close(out, ']');
}

static void openapi_operation(struct buf *out, const struct http_route *route) {
  static const char *const methods[] = {[METHOD_GET] = "get",
                                        [METHOD_POST] = "post",
                                        [METHOD_PUT] = "put",
                                        [METHOD_PATCH] = "patch",
                                        [METHOD_DELETE] = "delete"};
  const struct admin_route *doc = route->doc;
  put_open(out, methods[route->method], '{');
  put_text(out, "operationId", str_of(doc->name));
  put_text(out, "summary", str_of(route->summary));
  put_texts(out, "tags", (struct str[]){admin_route_group(route)}, 1);
  openapi_parameters(out, route, doc);
  if (doc->body) {
    put_open(out, "requestBody", '{');
    put_bool(out, "required", true);
    openapi_content(out, NULL, doc->body);
    put_close(out, '}');
  }
  openapi_responses(out, route);
  openapi_roles(out, doc->guard);
  if (doc->guard == ADMIN_OPEN) put_json(out, "security", STR("[]"));
  if (doc->guard == ADMIN_METRICS) put_json(out, "security", STR("[{},{\"token\":[]}]"));
  put_close(out, '}');
}

static void openapi_paths(struct buf *out) {
  struct map seen = {0};
  put_open(out, "paths", '{');
  for (size_t i = 0; i < admin_router.count; i++) {
    const char *pattern = admin_router.routes[i].pattern;
    if (map_get(&seen, str_of(pattern))) continue;
    map_put(&seen, str_of(pattern), (void *)(uintptr_t)pattern);
    put_open(out, pattern, '{');
    for (size_t j = i; j < admin_router.count; j++)
      if (strcmp(admin_router.routes[j].pattern, pattern) == 0)
        openapi_operation(out, &admin_router.routes[j]);
    put_close(out, '}');
  }
  put_close(out, '}');
  map_free(&seen);
}

static void openapi_components(struct buf *out) {
  struct map seen = {0};
  put_open(out, "components", '{');
  put_json(out, "securitySchemes",
           STR("{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"an API token of a "
               "role among x-roles\"}}"));
  put_open(out, "schemas", '{');
  openapi_shapes(out, &seen, &admin_error, false);
  for (size_t i = 0; i < admin_router.count; i++)
    openapi_shapes(out, &seen, ((const struct admin_route *)admin_router.routes[i].doc)->body, true);
  for (size_t i = 0; i < admin_router.count; i++)
    openapi_shapes(out, &seen, ((const struct admin_route *)admin_router.routes[i].doc)->answer, false);
  for (size_t i = 0; i < admin_router.count; i++)
    openapi_shapes(out, &seen, ((const struct admin_route *)admin_router.routes[i].doc)->script, false);
  put_close(out, '}');
  put_close(out, '}');
  map_free(&seen);
}

void admin_write_openapi(struct str version, struct buf *out) {
  put_open(out, NULL, '{');
  put_text(out, "openapi", STR("3.1.0"));
  put_open(out, "info", '{');
  put_text(out, "title", STR("Postern management API"));
  put_text(out, "version", version);
  put_text(out, "description",
           STR("Connect accounts at vendors, make scoped MCP servers over their tools, watch what they do."));
  put_open(out, "license", '{');
  put_text(out, "name", STR("Apache-2.0"));
  put_text(out, "identifier", STR("Apache-2.0"));
  put_close(out, '}');
  put_close(out, '}');
  put_json(out, "servers", STR("[{\"url\":\"/\"}]"));
  put_json(out, "security", STR("[{\"token\":[]}]"));
  openapi_paths(out);
  openapi_components(out);
  put_close(out, '}');
}

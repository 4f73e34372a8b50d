// SPDX-License-Identifier: Apache-2.0
// The management API described for people: the manual's reference page, from the same tables that serve it.
#include <stdio.h>

#include "admin/route.h"
#include "base/map.h"

static const struct {
  const char *group, *title;
} reference_groups[] = {{"connectors", "Connectors"}, {"accounts", "Accounts"},
                        {"tools", "Tools"},           {"servers", "MCP servers"},
                        {"tokens", "API tokens"},     {"system", "The program itself"}};

static const char *const reference_types[] = {[ADMIN_TEXT] = "string",
                                              [ADMIN_WORD] = "string",
                                              [ADMIN_TIME] = "RFC 3339 time",
                                              [ADMIN_INT] = "integer",
                                              [ADMIN_BOOL] = "boolean",
                                              [ADMIN_OBJECT] = "object",
                                              [ADMIN_EITHER] = "string or object",
                                              [ADMIN_TEXTS] = "strings",
                                              [ADMIN_OBJECTS] = "objects",
                                              [ADMIN_EITHERS] = "strings or objects"};

static void reference_type(struct buf *out, const struct admin_member *m) {
  buf_add_z(out, reference_types[m->type]);
  if (m->shape) buf_printf(out, " [%s](#shape-%s)", m->shape->name, m->shape->name);
  if (m->flags & ADMIN_NULLABLE) buf_add_z(out, " or null");
}

static void reference_says(struct buf *out, const struct admin_member *m) {
  buf_add_z(out, m->says);
  if (m->type == ADMIN_WORD) {
    buf_add_z(out, ": ");
    const char *between = "";
    for (struct str rest = str_of(m->allowed), word; str_cut(&rest, '|', &word); between = ", ")
      buf_printf(out, "%s`%.*s`", between, STR_ARG(word));
  }
  if (m->type == ADMIN_INT && m->most)
    buf_printf(out, " (%lld to %lld)", (long long)m->least, (long long)m->most);
}

static void reference_members(struct buf *out, const struct admin_shape *shape, bool request) {
  buf_printf(out, "\n| name | type |%s |\n|---|---|---|\n", " meaning");
  for (size_t i = 0; i < shape->count; i++) {
    const struct admin_member *m = &shape->members[i];
    bool must = request && m->flags & ADMIN_REQUIRED;
    buf_printf(out, "| `%s`%s | ", m->name, must ? " (required)" : "");
    reference_type(out, m);
    buf_add_z(out, " | ");
    reference_says(out, m);
    buf_add_z(out, " |\n");
  }
}

static const char *reference_guard(enum admin_guard guard) {
  switch (guard) {
  case ADMIN_OPEN:
    return "Open to anybody.";
  case ADMIN_ANY:
    return "Any API token, and any person.";
  case ADMIN_VIEW:
    return "The role admin, editor or viewer.";
  case ADMIN_EDIT:
    return "The role admin or editor.";
  case ADMIN_ONLY:
    return "The role admin.";
  case ADMIN_METRICS:
    break;
  }
  return "The setting `metrics_token`, or the role admin.";
}

static void reference_route(struct buf *out, const struct http_route *route) {
  const struct admin_route *doc = route->doc;
  buf_printf(out, "\n### `%s %s`\n\n%s. %s", http_method_text(route->method), route->pattern, route->summary,
             reference_guard(doc->guard));
  if (doc->action) buf_printf(out, " Audited as `%s`.", doc->action);
  buf_printf(out, "\n\nAnswers %d", doc->status);
  if (doc->answer) buf_printf(out, " with [%s](#shape-%s)", doc->answer->name, doc->answer->name);
  if (doc->script) buf_printf(out, ", or 200 with [%s](#shape-%s)", doc->script->name, doc->script->name);
  buf_add_z(out, "; errors:");
  unsigned errors = admin_route_errors(route);
  for (int code = ERR_INVALID; code <= ERR_INTERNAL; code++)
    if (errors & 1u << code) buf_printf(out, " %d", err_http_status((enum err_code)code));
  buf_add_z(out, doc->body ? " 415.\n" : ".\n");
  if (doc->events)
    buf_add_z(out, "\nWith `Accept: text/event-stream`, events:\n\n| event | data |\n|---|---|\n");
  for (const struct admin_event *e = doc->events; e && e->name; e++)
    buf_printf(out, "| `%s` | %s |\n", e->name, e->says);
  if (doc->query) {
    buf_add_z(out, "\nQuery:\n");
    reference_members(out, doc->query, true);
  }
  if (doc->body) {
    buf_add_z(out, "\nBody:\n");
    reference_members(out, doc->body, true);
  }
}

// The shapes within one, each once.
static void reference_shapes(struct buf *out, struct map *seen, const struct admin_shape *shape) {
  if (!shape || map_get(seen, str_of(shape->name))) return;
  map_put(seen, str_of(shape->name), (void *)(uintptr_t)shape);
  buf_printf(out, "\n<a id=\"shape-%s\"></a>\n### %s\n\n%s.\n", shape->name, shape->name, shape->says);
  reference_members(out, shape, false);
  for (size_t i = 0; i < shape->count; i++) reference_shapes(out, seen, shape->members[i].shape);
}

void admin_write_reference(struct buf *out) {
  buf_add_z(
      out,
      "# The management API\n\n"
      "<!-- Made from the program's own table of routes. Do not edit; see CONTRIBUTING.md. -->\n\n"
      "JSON over HTTP on the same address as the MCP endpoints. Every request but the open ones carries\n"
      "`Authorization: Bearer <API token>`, or is made by a browser that is signed in ([the "
      "console](console.md)). The same description for machines is at `/openapi.json`.\n\n"
      "- A body is a JSON object with `Content-Type: application/json`. Unknown members are refused, at "
      "every depth.\n"
      "- `{id}` is an account's id or its name.\n"
      "- A change (PATCH) is merged as RFC 7396 says: what a body leaves out stays, null takes away where it "
      "is allowed, at "
      "every depth. Arrays, credentials and programs are replaced whole.\n"
      "- Times are RFC 3339. Lists come in pages: follow `next`, a path with its query, until it is null.\n"
      "- A change is in force when its answer leaves. Secrets are shown once, when they are made, and never "
      "again.\n"
      "- Requests that fail are answered with [Error](#shape-Error), whose `request_id` stands in the log "
      "too.\n"
      "- Browsers' requests from pages of other origins are refused unless the setting `allowed_origins` "
      "names them.\n");
  for (size_t g = 0; g < sizeof reference_groups / sizeof *reference_groups; g++) {
    buf_printf(out, "\n## %s\n", reference_groups[g].title);
    for (size_t i = 0; i < admin_router.count; i++)
      if (str_is(admin_route_group(&admin_router.routes[i]), reference_groups[g].group))
        reference_route(out, &admin_router.routes[i]);
  }
  buf_add_z(out, "\n## Shapes\n");
  struct map seen = {0};
  reference_shapes(out, &seen, &admin_error);
  for (size_t i = 0; i < admin_router.count; i++)
    reference_shapes(out, &seen, ((const struct admin_route *)admin_router.routes[i].doc)->answer);
  for (size_t i = 0; i < admin_router.count; i++)
    reference_shapes(out, &seen, ((const struct admin_route *)admin_router.routes[i].doc)->script);
  for (size_t i = 0; i < admin_router.count; i++) {
    const struct admin_shape *body = ((const struct admin_route *)admin_router.routes[i].doc)->body;
    for (size_t j = 0; body && j < body->count; j++) reference_shapes(out, &seen, body->members[j].shape);
  }
  map_free(&seen);
}

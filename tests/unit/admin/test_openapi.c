// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "admin/route.h"
#include "data/schema.h"
#include "openapi/compile.h"

static struct buf text;
static yyjson_doc *doc;

static int setup(void **state) {
  (void)state;
  struct err err;
  text = BUF_MAX(4 << 20);
  admin_write_openapi(STR("1.2.3"), &text);
  if (text.full || !json_read(buf_str(&text), &JSON_LIMITS, &doc, &err)) fail_msg("%s", err.text);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  yyjson_doc_free(doc);
  buf_free(&text);
  return 0;
}

// No route hides another, no two share an id, and every {…} has a description.
static void test_table(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct map names = {0};
  for (size_t i = 0; i < admin_router.count; i++) {
    const struct http_route *route = &admin_router.routes[i];
    const struct admin_route *row = route->doc;
    if (row->query && row->query->count > ADMIN_QUERY_MOST)
      fail_msg("%s: more than %d members of a query", route->pattern, ADMIN_QUERY_MOST);
    struct buf path = BUF_MAX(256);
    for (const char *p = route->pattern; *p; p++)
      if (*p != '{' && *p != '}') buf_add_char(&path, *p);
    struct http_match m = http_router_find(&admin_router, route->method, buf_str(&path), a);
    if (m.route != route)
      fail_msg("%s is hidden by %s", route->pattern, m.route ? m.route->pattern : "nothing");
    if (map_get(&names, str_of(row->name))) fail_msg("%s comes twice", row->name);
    map_put(&names, str_of(row->name), a);
    assert_true(!row->query || row->query->count <= ADMIN_QUERY_MOST);
    assert_true(row->status == 204 || row->status == 303 ? !row->answer : row->answer || row->type);
    // What changes something leaves an audit row; a tool call's is written by call/run.
    assert_true(route->method == METHOD_GET || row->action || strstr(route->pattern, "/call") ||
                strstr(route->pattern, "/check"));
    buf_free(&path);
  }
  map_free(&names);
  arena_free(a);
}

// Who may call what, stated once more: a route that opens itself to others is added here by hand. All that is not here is
// for admins alone.
static const struct {
  const char *route;
  enum admin_guard guard;
} opened[] = {
    {"GET /healthz", ADMIN_OPEN},
    {"GET /readyz", ADMIN_OPEN},
    {"GET /metrics", ADMIN_METRICS},
    {"GET /openapi.json", ADMIN_OPEN},
    {"GET /program-schema", ADMIN_OPEN},
    {"GET /whoami", ADMIN_ANY},
    {"GET /client-sign-in", ADMIN_VIEW},
    {"DELETE /client-sign-in/{sign_in}", ADMIN_VIEW},
    {"POST /sign-out", ADMIN_ANY},
    {"DELETE /session", ADMIN_ANY},
    {"GET /connect/{flow}", ADMIN_OPEN},
    {"POST /connect/{flow}", ADMIN_OPEN},
    {"GET /oauth/callback", ADMIN_OPEN},
    {"GET /oauth/client.json", ADMIN_OPEN},
    {"GET /own-account", ADMIN_VIEW},
    {"POST /own-account", ADMIN_VIEW},
    {"POST /own-account/{account}/verify", ADMIN_VIEW},
    {"DELETE /own-account/{account}", ADMIN_VIEW},
    {"GET /.well-known/oauth-authorization-server", ADMIN_OPEN},
    {"GET /.well-known/oauth-protected-resource/mcp/{slug}", ADMIN_OPEN},
    {"POST /oauth/register", ADMIN_OPEN},
    {"GET /oauth/authorize", ADMIN_OPEN},
    {"POST /oauth/authorize", ADMIN_OPEN},
    {"POST /oauth/token", ADMIN_OPEN},
    {"POST /oauth/revoke", ADMIN_OPEN},
    {"GET /ui/answer/{answer}", ADMIN_OPEN},
    {"POST /ui/answer/{answer}", ADMIN_OPEN},
    {"GET /ui/share/{secret}", ADMIN_OPEN},
    {"GET /ui/share/{secret}/tile/{tile}", ADMIN_OPEN},
    {"GET /ui/share/{secret}/tile/{tile}/csv", ADMIN_OPEN},
    {"GET /ui/enter/{secret}", ADMIN_OPEN},
    {"POST /ui/enter/{secret}", ADMIN_OPEN},
    {"GET /signin", ADMIN_OPEN},
    {"GET /signin/callback", ADMIN_OPEN},
    {"GET /signin/{provider}", ADMIN_OPEN},
    {"POST /sign-in", ADMIN_OPEN},
    {"GET /session", ADMIN_VIEW},
    {"DELETE /session/{session}", ADMIN_VIEW},
    {"GET /dashboard", ADMIN_VIEW},
    {"GET /dashboard/{dashboard}", ADMIN_VIEW},
    {"GET /dashboard/{dashboard}/state", ADMIN_VIEW},
    {"GET /tile/{tile}/csv", ADMIN_VIEW},
    {"GET /tile/{tile}/history", ADMIN_VIEW},
    {"GET /answers", ADMIN_VIEW},
    {"GET /answers/{answer}", ADMIN_VIEW},
    {"GET /answers/{answer}/conversation", ADMIN_VIEW},
    {"PUT /password", ADMIN_VIEW},
    {"GET /connector", ADMIN_EDIT},
    {"GET /connector/{name}", ADMIN_EDIT},
    {"GET /integrated-account", ADMIN_EDIT},
    {"GET /integrated-account/{id}", ADMIN_EDIT},
    {"GET /integrated-account/{id}/tools", ADMIN_EDIT},
    {"GET /integrated-account/{id}/tools/{tool}", ADMIN_EDIT},
    {"POST /integrated-account/{id}/tools/{tool}/call", ADMIN_EDIT},
    {"POST /ask", ADMIN_EDIT},
    {"PATCH /answers/{answer}", ADMIN_EDIT},
    {"DELETE /answers/{answer}", ADMIN_EDIT},
    {"POST /answers/{answer}/rerun", ADMIN_EDIT},
    {"POST /answers/{answer}/publish", ADMIN_EDIT},
    {"POST /program", ADMIN_EDIT},
    {"POST /program/check", ADMIN_EDIT},
    {"GET /stored-program", ADMIN_EDIT},
    {"POST /stored-program", ADMIN_EDIT},
    {"GET /stored-program/{program}", ADMIN_EDIT},
    {"PATCH /stored-program/{program}", ADMIN_EDIT},
    {"DELETE /stored-program/{program}", ADMIN_EDIT},
    {"POST /stored-program/{program}/run", ADMIN_EDIT},
    {"POST /stored-program/{program}/check", ADMIN_EDIT},
    {"POST /dashboard", ADMIN_EDIT},
    {"PATCH /dashboard/{dashboard}", ADMIN_EDIT},
    {"DELETE /dashboard/{dashboard}", ADMIN_EDIT},
    {"POST /dashboard/{dashboard}/refresh", ADMIN_EDIT},
    {"POST /dashboard/{dashboard}/tile", ADMIN_EDIT},
    {"POST /integrated-account/{id}/dashboard", ADMIN_EDIT},
    {"GET /tile/{tile}", ADMIN_EDIT},
    {"PATCH /tile/{tile}", ADMIN_EDIT},
    {"DELETE /tile/{tile}", ADMIN_EDIT},
    {"POST /tile/{tile}/refresh", ADMIN_EDIT},
    {"GET /approval", ADMIN_EDIT},
    {"GET /approval/{approval}", ADMIN_EDIT},
    {"POST /approval/{approval}/approve", ADMIN_EDIT},
    {"POST /approval/{approval}/refuse", ADMIN_EDIT},
    {"GET /watches", ADMIN_EDIT},
    {"POST /watches", ADMIN_EDIT},
    {"GET /watches/{watch}", ADMIN_EDIT},
    {"PATCH /watches/{watch}", ADMIN_EDIT},
    {"DELETE /watches/{watch}", ADMIN_EDIT},
    {"POST /watches/{watch}/secret", ADMIN_EDIT},
    {"POST /watches/{watch}/test", ADMIN_EDIT},
    {"GET /watches/{watch}/events", ADMIN_EDIT},
    {"GET /watches/{watch}/events/{event}", ADMIN_EDIT},
    {"GET /share", ADMIN_EDIT},
    {"POST /dashboard/{dashboard}/share", ADMIN_EDIT},
    {"DELETE /share/{share}", ADMIN_EDIT},
    {"GET /integrated-account/{id}/mcp", ADMIN_EDIT},
    {"POST /integrated-account/{id}/mcp", ADMIN_EDIT},
    {"GET /integrated-account/{id}/mcp/{server_id}", ADMIN_EDIT},
    {"PATCH /integrated-account/{id}/mcp/{server_id}", ADMIN_EDIT},
    {"DELETE /integrated-account/{id}/mcp/{server_id}", ADMIN_EDIT},
    {"GET /mcp-server", ADMIN_EDIT},
    {"POST /mcp-server", ADMIN_EDIT},
    {"POST /mcp-server/check", ADMIN_EDIT},
    {"GET /mcp-server/{server_id}", ADMIN_EDIT},
    {"PATCH /mcp-server/{server_id}", ADMIN_EDIT},
    {"DELETE /mcp-server/{server_id}", ADMIN_EDIT},
    {"POST /mcp-server/{server_id}/rotate", ADMIN_EDIT},
    {"GET /mcp-server/{server_id}/url", ADMIN_EDIT},
    {"POST /mcp-server/{server_id}/url", ADMIN_EDIT},
    {"DELETE /mcp-server/{server_id}/url/{url}", ADMIN_EDIT},
    {"GET /mcp-server/{server_id}/program", ADMIN_EDIT},
    {"POST /mcp-server/{server_id}/program", ADMIN_EDIT},
    {"DELETE /mcp-server/{server_id}/program/{tool}", ADMIN_EDIT},
    {"GET /audit", ADMIN_EDIT},
};

static void test_roles(void **state) {
  (void)state;
  size_t seen = 0;
  for (size_t i = 0; i < admin_router.count; i++) {
    const struct http_route *route = &admin_router.routes[i];
    enum admin_guard wanted = ADMIN_ONLY, has = ((const struct admin_route *)route->doc)->guard;
    char name[256];
    snprintf(name, sizeof name, "%s %s", http_method_text(route->method), route->pattern);
    for (size_t k = 0; k < sizeof opened / sizeof *opened; k++)
      if (strcmp(opened[k].route, name) == 0) wanted = opened[k].guard, seen++;
    if (has != wanted) fail_msg("%s: guard %d, not %d", name, has, wanted);
  }
  assert_int_equal(seen, sizeof opened / sizeof *opened);
  static const bool takes[][4] = {
      [ADMIN_OPEN] = {true, true, true, true},   [ADMIN_METRICS] = {false, false, false, true},
      [ADMIN_ANY] = {true, true, true, true},    [ADMIN_VIEW] = {false, true, true, true},
      [ADMIN_EDIT] = {false, false, true, true}, [ADMIN_ONLY] = {false, false, false, true}};
  for (enum admin_guard g = ADMIN_OPEN; g <= ADMIN_ONLY; g++)
    for (enum access_role r = ACCESS_CLIENT; r <= ACCESS_ADMIN; r++)
      assert_int_equal(admin_guard_takes(g, r), takes[g][r]);
}

static void check_references(yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *item;
  if (yyjson_is_arr(v))
    yyjson_arr_foreach (v, i, n, item) check_references(item);
  if (!yyjson_is_obj(v)) return;
  yyjson_obj_foreach (v, i, n, key, item) {
    if (str_is(json_text(key), "$ref") && !json_at(yyjson_doc_get_root(doc), str_from(json_text(item), 1)))
      fail_msg("%s leads nowhere", yyjson_get_str(item));
    check_references(item);
  }
}

static void check_operation(const char *path, yyjson_val *operation) {
  yyjson_val *parameters = yyjson_obj_get(operation, "parameters"), *p;
  size_t i, n, braces = 0, given = 0;
  for (const char *c = path; *c; c++) braces += *c == '{';
  yyjson_arr_foreach (parameters, i, n, p) given += str_is(json_str(p, "in"), "path");
  if (braces != given) fail_msg("%s: %zu parameters of %zu", path, given, braces);
  assert_true(json_str(operation, "summary").n > 0);
  assert_true(json_str(operation, "operationId").n > 0);
  assert_true(yyjson_obj_size(yyjson_obj_get(operation, "responses")) >= 2);
}

static void test_document(void **state) {
  (void)state;
  yyjson_val *root = yyjson_doc_get_root(doc), *key, *item, *method, *operation;
  size_t i, n, j, m, operations = 0;
  assert_true(str_is(json_str(root, "openapi"), "3.1.0"));
  check_references(root);
  yyjson_obj_foreach (yyjson_obj_get(root, "paths"), i, n, key, item)
    yyjson_obj_foreach (item, j, m, method, operation) {
      check_operation(yyjson_get_str(key), operation);
      operations++;
    }
  assert_int_equal(operations, admin_router.count);
}

// Components use $ref to their siblings; sound as schemas once these are local.
static void test_schemas_are_sound(void **state) {
  (void)state;
  yyjson_val *all = json_at(yyjson_doc_get_root(doc), STR("/components/schemas")), *key, *item;
  size_t i, n;
  yyjson_obj_foreach (all, i, n, key, item) {
    struct err err;
    struct buf whole = BUF_MAX(1 << 20);
    yyjson_doc *one;
    buf_printf(&whole, "{\"components\":{\"schemas\":");
    json_write(&whole, all);
    buf_printf(&whole, "},\"$ref\":\"#/components/schemas/%s\"}", yyjson_get_str(key));
    assert_true(json_read(buf_str(&whole), &JSON_LIMITS, &one, &err));
    if (!schema_is_sound(yyjson_doc_get_root(one), &err)) fail_msg("%s: %s", yyjson_get_str(key), err.text);
    yyjson_doc_free(one);
    buf_free(&whole);
  }
}

// Our own compiler takes the description of our own API, all of it.
static void test_compiles(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct openapi_options options = {.connector = STR("postern"), .tool_bytes = 24 * 1024};
  struct openapi_result result;
  struct err err;
  if (!openapi_compile_text(buf_str(&text), &options, a, &result, &err)) fail_msg("%s", err.text);
  for (size_t i = 0; i < result.note_count; i++)
    if (result.notes[i].kind == OPENAPI_SKIPPED)
      fail_msg("%.*s: %.*s", STR_ARG(result.notes[i].operation), STR_ARG(result.notes[i].reason));
  assert_int_equal(result.tools, admin_router.count);
  arena_free(a);
}

// The manual's page names every route and every shape that it links to.
static void test_reference(void **state) {
  (void)state;
  struct buf page = BUF_MAX(4 << 20);
  struct arena *a = arena_new();
  admin_write_reference(&page);
  assert_false(page.full);
  struct str rest = buf_str(&page);
  for (size_t i = 0; i < admin_router.count; i++) {
    const struct http_route *route = &admin_router.routes[i];
    struct str title = arena_printf(a, "### `%s %s`", http_method_text(route->method), route->pattern);
    if (!str_contains(rest, title)) fail_msg("%.*s is missing", STR_ARG(title));
  }
  for (const char *at = page.p; (at = memmem(at, (size_t)(page.p + page.n - at), "(#shape-", 8)); at++) {
    struct str link = str_make(at + 2, (size_t)(strchr(at, ')') - at) - 2);
    struct str anchor = arena_printf(a, "<a id=\"%.*s\"></a>", STR_ARG(link));
    if (!str_contains(buf_str(&page), anchor)) fail_msg("%.*s leads nowhere", STR_ARG(link));
  }
  buf_free(&page);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),    cmocka_unit_test(test_roles),
      cmocka_unit_test(test_document), cmocka_unit_test(test_schemas_are_sound),
      cmocka_unit_test(test_compiles), cmocka_unit_test(test_reference),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}

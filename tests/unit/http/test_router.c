// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/router.h"

static const struct http_route routes[] = {
    {METHOD_GET, "/"},
    {METHOD_GET, "/account"},
    {METHOD_POST, "/account"},
    {METHOD_GET, "/account/new"},
    {METHOD_GET, "/account/{id}"},
    {METHOD_DELETE, "/account/{id}"},
    {METHOD_POST, "/account/{id}/mcp"},
    {METHOD_GET, "/a/{x}/b/{y}"},
    {METHOD_GET, "/files/{path...}"},
};
static const struct http_router router = {routes, sizeof routes / sizeof *routes};

static void test_find(void **state) {
  (void)state;
  static const struct {
    enum http_method method;
    const char *path;
    int route; // -1: no such path, -2: not this method
    const char *name, *value;
  } rows[] = {
      {METHOD_GET, "/", 0},
      {METHOD_HEAD, "/", 0},
      {METHOD_POST, "/", -2},
      {METHOD_GET, "", -1},
      {METHOD_GET, "//", -1},
      {METHOD_GET, "/account", 1},
      {METHOD_POST, "/account", 2},
      {METHOD_GET, "/account/", -1},
      {METHOD_GET, "/Account", -1},
      {METHOD_GET, "/account/new", 3},
      {METHOD_GET, "/account/7", 4, "id", "7"},
      {METHOD_DELETE, "/account/7", 5, "id", "7"},
      {METHOD_PUT, "/account/7", -2},
      {METHOD_OTHER, "/account/7", -2},
      {METHOD_GET, "/account/a%20b", 4, "id", "a b"},
      {METHOD_GET, "/account/a%2Fb", -1},
      {METHOD_GET, "/account/a%00b", -1},
      {METHOD_GET, "/account/a%b", -1},
      {METHOD_GET, "/account/%2e%2e", 4, "id", ".."},
      {METHOD_POST, "/account/7/mcp", 6, "id", "7"},
      {METHOD_POST, "/account//mcp", -1},
      {METHOD_POST, "/account/7/mcp/8", -1},
      {METHOD_GET, "/a/1/b/2", 7, "y", "2"},
      {METHOD_GET, "/files/x/y%2Fz", 8, "path", "x/y%2Fz"},
      {METHOD_GET, "/files/", 8, "path", ""},
      {METHOD_GET, "/files", -1},
      {METHOD_GET, "*", -1},
  };
  struct arena *a = arena_new();
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct http_match m = http_router_find(&router, rows[i].method, str_of(rows[i].path), a);
    int route = m.route ? (int)(m.route - routes) : m.allowed ? -2 : -1;
    if (route != rows[i].route) fail_msg("%s: route %d, expected %d", rows[i].path, route, rows[i].route);
    if (rows[i].name && !str_is(http_param(&m.params, rows[i].name), rows[i].value))
      fail_msg("%s", rows[i].path);
    assert_null(http_param(&m.params, "nothing").p);
  }
  struct http_match m = http_router_find(&router, METHOD_PUT, STR("/account/7"), a);
  assert_true(str_is(http_allow_text(m.allowed, a), "GET, HEAD, DELETE, OPTIONS"));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_find)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

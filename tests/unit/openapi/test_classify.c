// SPDX-License-Identifier: Apache-2.0
// What class an operation is of by what it says it does. Words never make a GET more than it is, nor a POST less.
#include "openapi_fixture.h"

#include "base/buf.h"

static const struct row {
  const char *method, *path, *summary, *id; // may be NULL
  const char *class;
  bool reads;
} rows[] = {
    // A GET reads, unless it says otherwise.
    {"get", "/items", "List items", NULL, "list", true},
    {"get", "/items/{id}", NULL, "getItem", "get", true},
    {"get", "/items/{id}/history", "Retrieve the history", NULL, "get", true},
    {"get", "/a/status", "Download the status", NULL, "get", true},
    {"get", "/auth.revoke", "Revokes a token", NULL, "custom", false},
    {"get", "/apps.uninstall", "Uninstalls the app", "apps_uninstall", "custom", false},
    {"get", "/views/{id}/publish", "Publish a view", NULL, "custom", false},
    {"get", "/indexes/{id}/_refresh", NULL, NULL, "custom", false},
    {"get", "/pods/{id}/exec", "Connect to exec of a pod", NULL, "custom", false},
    {"get", "/b/{id}/archive", "Archive a board", NULL, "custom", false},
    {"get", "/c/{id}/x", "Allows one to revoke a key", NULL, "custom", false},
    {"get", "/d/{id}/x", "Get and delete a message", NULL, "custom", false},
    {"get", "/e/{id}/x", "Get a link", "resetPassword", "custom", false},
    {"get", "/f/{id}/x", NULL, "users_setPresence", "custom", false},
    {"get", "/g", "Bulk delete users", NULL, "custom", false},
    {"get", "/logout", NULL, NULL, "custom", false},
    // … and what only sounds like a verb is none.
    {"get", "/cache/reserve_clear", "Get the state of the clear", NULL, "get", true},
    {"get", "/h/{id}/release", "Release notes", NULL, "get", true},
    {"get", "/updates", "List software updates", NULL, "list", true},
    {"get", "/i/order", "Order details", "getOrder", "get", true},
    {"get", "/j/{id}/grants", "Grants", "listGrants", "list", true},
    {"get", "/k", "Retrieves a list of calls made to update", "ListCall", "list", true},
    // A POST is what it says.
    {"post", "/items", "Create an item", NULL, "create", false},
    {"post", "/items/{id}", "Update an item", NULL, "update", false},
    {"post", "/l/{id}", NULL, "UpdateQueue", "update", false},
    {"post", "/m/{id}", "Upload a file", NULL, "create", false},
    {"post", "/n/{id}", NULL, NULL, "custom", false},
    {"post", "/o/{id}", "Delete a customer", NULL, "custom", false},
    {"post", "/cache/reserve_clear", "Clear the cache reserve", NULL, "custom", false},
    {"post", "/orgs/{id}/tokens", "Revoke the access of tokens", "orgs/revoke-tokens", "custom", false},
    {"post", "/p/raw/incidents", "Get raw data of incidents", "getAnalyticsIncidents", "custom", false},
    {"post", "/settings/appearance", "Update the appearance", NULL, "update", false},
    {"post", "/q/jobs", "Start a job", NULL, "custom", false},
    {"post", "/r/things", "Create or update a thing", NULL, "update", false},
    {"post", "/s/things", "Create things and delete others", NULL, "custom", false},
    {"post", "/t/{id}/members", "Adds a member", "addMember", "create", false},
    {"post", "/u/{id}/cancel", "Cancel it", NULL, "custom", false},
    {"post", "/w/{id}/test", "Send a test", NULL, "custom", false},
    {"post", "/x/preferences", NULL, NULL, "custom", false},
    {"post", "/setup_intents/{id}", "Update an intent", NULL, "update", false},
    {"post", "/setup_intents", "Create an intent", NULL, "create", false},
    {"post", "/x1/logo", "Upload a logo\n      description: It replaces the one that is there", NULL,
     "update", false},
    // It reads where path, summary and id leave no doubt.
    {"post", "/y/search", "Search for items", "searchItems", "custom", true},
    {"post", "/z/_search", "Search documents", NULL, "custom", true},
    {"post", "/y1/count", "Count items", NULL, "custom", true},
    {"post", "/y2/search", "Search and replace", NULL, "custom", false},
    {"post", "/y3/search", "Search items to delete", NULL, "custom", false},
    {"post", "/y4/search", "Create a search", NULL, "create", false},
    {"post", "/y5/search", "Search items", "deleteBySearch", "custom", false},
    {"post", "/y6/query", "Query the database", NULL, "custom", false},
    {"post", "/y7/search", NULL, "searchItems", "custom", false},
    // Others by their method, but for what starts or takes away.
    {"put", "/items/{id}", "Replace an item", NULL, "update", false},
    {"put", "/aa/{id}/members/{m}", "Assign a member", NULL, "update", false},
    {"put", "/ab/{id}/start", "Start a machine", NULL, "custom", false},
    {"put", "/ac/{id}", "Remove a member", NULL, "custom", false},
    {"patch", "/items/{id}", "Change an item", NULL, "update", false},
    {"delete", "/items/{id}", "Cancel an item", NULL, "delete", false},
};

static void add_row(struct buf *b, const struct row *r) {
  buf_printf(b, "    %s:\n      parameters: [", r->method);
  bool any = false;
  for (const char *p = r->path; (p = strchr(p, '{')); p++) {
    buf_printf(b, "%s{name: '%.*s', in: path, required: true, schema: {type: string}}", any ? ", " : "",
               (int)strcspn(p + 1, "}"), p + 1);
    any = true;
  }
  buf_add_z(b, "]\n");
  if (r->summary) buf_printf(b, "      summary: %s\n", r->summary);
  if (r->id) buf_printf(b, "      operationId: %s\n", r->id);
}

static void test_classes_by_what_is_said(void **state) {
  (void)state;
  struct buf b = BUF_MAX(64 * 1024);
  size_t n = sizeof rows / sizeof *rows;
  buf_add_z(&b, "openapi: 3.1.0\npaths:\n");
  for (size_t i = 0; i < n; i++) {
    bool before = false;
    for (size_t k = 0; k < i; k++) before |= strcmp(rows[k].path, rows[i].path) == 0;
    if (before) continue;
    buf_printf(&b, "  %s:\n", rows[i].path);
    for (size_t k = i; k < n; k++)
      if (strcmp(rows[k].path, rows[i].path) == 0) add_row(&b, &rows[k]);
  }
  buf_add_char(&b, 0);
  fixture_compile(b.p, NULL);
  for (size_t i = 0; i < n; i++) {
    char key[128];
    snprintf(key, sizeof key, "%s %s", rows[i].method, rows[i].path);
    for (char *p = key; *p != ' '; p++) *p = (char)(*p & ~0x20);
    yyjson_val *tool = fixture_tool(key);
    if (!str_is(json_str(tool, "class"), rows[i].class) ||
        json_bool(tool, "read_only", !rows[i].reads) != rows[i].reads)
      fail_msg("%s, \"%s\", %s: %s, %s", key, rows[i].summary ? rows[i].summary : "",
               rows[i].id ? rows[i].id : "", yyjson_get_str(yyjson_obj_get(tool, "class")),
               json_bool(tool, "read_only", false) ? "reads" : "does not only read");
  }
  fixture_end();
  buf_free(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_classes_by_what_is_said)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

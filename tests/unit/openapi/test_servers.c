// SPDX-License-Identifier: Apache-2.0
// Where a document says that its API is, and where single operations of it are.
#include "openapi/servers.h"

#include "openapi_fixture.h"

static void test_the_address_of_a_document(void **state) {
  (void)state;
  static const struct {
    const char *head, *at, *url; // url NULL: there is none, for `why`
    const char *why;
  } rows[] = {
      {"openapi: 3.0.3\nservers: [{url: 'https://a.example/v1/'}]", "", "https://a.example/v1", NULL},
      {"openapi: 3.0.3\nservers: [{url: 'http://h:{port}/{v}', variables: {port: {default: '99'}, v: "
       "{default: v2}}}]",
       "", "http://h:99/v2", NULL},
      {"openapi: 3.0.3\nservers: [{url: 'http://h:{port}', variables: {port: {default: 99}}}]", "",
       "http://h:99", NULL},
      {"openapi: 3.0.3\nservers: [{url: 'https://{r}.h', variables: {r: {enum: [eu, us]}}}]", "",
       "https://eu.h", NULL},
      {"openapi: 3.0.3\nservers: [{url: 'https://{r}.h'}, {url: 'https://other'}]", "", "https://other",
       NULL},
      {"openapi: 3.0.3\nservers: [{url: 'https://{r}.h'}]", "", NULL, "{r}"},
      {"openapi: 3.0.3\nservers: [{url: 'https://{r}.h', variables: {r: {default: '{r}'}}}]", "", NULL,
       "{r}"},
      {"openapi: 3.0.3\nservers: [{url: 'https://h/v1?x=1#f'}]", "", "https://h/v1", NULL},
      {"openapi: 3.0.3\nservers: [{url: 'https://user@h/'}]", "", NULL, "user information"},
      {"openapi: 3.0.3\nservers: [{url: 'wss://h/'}, {url: 'https://h'}]", "", "https://h", NULL},
      {"openapi: 3.0.3\nservers: [{url: '/v1'}]", "", NULL, "relative"},
      {"openapi: 3.0.3\nservers: [{url: api.example.com/v1}]", "", "https://api.example.com/v1", NULL},
      {"openapi: 3.0.3\nservers: [{url: 'api.example.com:8443'}]", "", "https://api.example.com:8443", NULL},
      {"openapi: 3.0.3\nservers: [{url: 'localhost:99/v1'}]", "", "http://localhost:99/v1", NULL},
      {"openapi: 3.0.3\nservers: [{url: '../v1.2/x'}]", "https://h/a/b.json", "https://h/v1.2/x", NULL},
      {"openapi: 3.0.3\nservers: [{url: '/v1'}]", "https://h/docs/a.json", "https://h/v1", NULL},
      {"openapi: 3.0.3\nservers: [{url: './v1'}]", "https://h/docs/a.json", "https://h/docs/v1", NULL},
      {"openapi: 3.0.3\nservers: [{url: '//o/v1'}]", "https://h/docs/a.json", "https://o/v1", NULL},
      {"openapi: 3.0.3\nservers: []", "https://h/docs/a.json", "https://h", NULL},
      {"openapi: 3.0.3", "", NULL, "does not say where"},
      {"swagger: '2.0'\nhost: h:9\nschemes: [http]", "", "http://h:9", NULL},
      {"swagger: '2.0'\nhost: h\nbasePath: /v1/\nschemes: [http, https]", "", "https://h/v1", NULL},
      {"swagger: '2.0'\nhost: h\nbasePath: v1", "", "https://h/v1", NULL},
      {"swagger: '2.0'\nhost: 'https://h/v1'\nbasePath: /x", "", "https://h/v1/x", NULL},
      {"swagger: '2.0'\nhost: h", "http://h/s.json", "http://h", NULL},
      {"swagger: '2.0'\nbasePath: /v1", "https://h/docs/s.json", "https://h/v1", NULL},
      {"swagger: '2.0'", "https://h/docs/s.json", "https://h", NULL},
      {"swagger: '2.0'\nbasePath: /v1", "", NULL, "no `host`"},
      {"swagger: '2.0'\nhost: 'h/x@evil'", "", "https://h/x@evil", NULL},
      {"swagger: '2.0'\nhost: 'a@evil'", "", NULL, "user information"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct document *d;
    struct err err = {0};
    struct str url = STR_NONE, text = arena_printf(a, "%s\npaths: {}\n", rows[i].head);
    if (!document_parse(text, a, &d, &err)) fail_msg("%s: %s", rows[i].head, err.text);
    bool ok = servers_base_url(d, str_of(rows[i].at), a, &url, &err);
    if (ok != (rows[i].url != NULL)) fail_msg("%s: %.*s%s", rows[i].head, STR_ARG(url), err.text);
    if (ok) check_text(url, rows[i].url);
    if (!ok && !strstr(err.text, rows[i].why)) fail_msg("%s: %s", rows[i].head, err.text);
    document_close(d);
    arena_free(a);
  }
}

// One GET with servers of its own. The document is at https://api.example.com/v1.
static const struct row {
  const char *base;                    // the connector's word; empty: the document's
  const char *servers;                 // of the operation
  const char *instead_of, *path, *url; // what the tool has; NULL: nothing
  bool skipped;
} rows[] = {
    {"", "{url: 'https://api.example.com/v1'}", NULL, NULL, NULL, false},
    {"", "{url: 'https://API.example.com:443/v2/'}", "/v1", "/v2", NULL, false},
    {"", "{url: '/v2'}", "/v1", "/v2", NULL, false},
    {"", "{url: '/'}", "/v1", "", NULL, false},
    {"", "{url: '/a/../../v3/./x'}", "/v1", "/v3/x", NULL, false},
    {"", "{url: 'https://{sub}.example.com/v2', variables: {sub: {default: api}}}", "/v1", "/v2", NULL,
     false},
    {"", "{url: 'https://upload.example.com/v1'}", NULL, NULL, "https://upload.example.com/v1", false},
    {"", "{url: 'https://upload.example.com:8443'}", NULL, NULL, NULL, true},
    {"", "{url: 'http://upload.example.com'}", NULL, NULL, NULL, true},
    {"", "{url: 'https://evil.example'}", NULL, NULL, NULL, true},
    {"", "{url: 'https://evil.example'}, {url: '/v2'}", "/v1", "/v2", NULL, false},
    {"", "{url: 'http://api.example.com/v1'}", NULL, NULL, NULL, true},
    {"", "{url: 'evil.example/v1'}", NULL, NULL, NULL, true},
    {"", "{url: '//evil.example/v1'}", NULL, NULL, NULL, true},
    {"", "{url: 'https://api.example.com@evil.example/'}", NULL, NULL, NULL, true},
    {"", "{url: 'https://evil.example\\@api.example.com/'}", NULL, NULL, NULL, true},
    {"", "{url: 'https://api.example.com.evil.example/'}", NULL, NULL, NULL, true},
    {"", "{url: 'https://{h}/v1', variables: {h: {default: evil.example}}}", NULL, NULL, NULL, true},
    {"", "{url: 'https://{h}/v1'}", NULL, NULL, NULL, true},
    {"", "{nourl: 1}", NULL, NULL, NULL, false},
    // The connector's address stands for the document's.
    {"http://127.0.0.1:9/v1", "{url: 'https://api.example.com/v2'}", "/v1", "/v2", NULL, false},
    {"http://127.0.0.1:9/proxy/v1", "{url: 'https://api.example.com/v2'}", "/v1", "/v2", NULL, false},
    {"http://127.0.0.1:9", "{url: 'https://api.example.com/v2'}", "", "/v2", NULL, false},
    {"http://127.0.0.1:9/p", "{url: 'https://api.example.com/v1/x'}", "/p", "/p/x", NULL, false},
    {"http://127.0.0.1:9/p", "{url: 'https://api.example.com/v2'}", NULL, NULL, NULL, true},
    {"http://127.0.0.1:9/p", "{url: 'http://127.0.0.1:9/q'}", "/p", "/q", NULL, false},
    {"http://127.0.0.1:9/p", "{url: 'https://upload.example.com'}", NULL, NULL, "https://upload.example.com",
     false},
};

static const struct str allowed[] = {{"https://upload.example.com", 26}};

static void check_row(const struct row *row, const char *format) {
  char text[2048], operation[1024];
  snprintf(operation, sizeof operation, format, row->servers);
  snprintf(text, sizeof text,
           "openapi: 3.0.3\nservers: [{url: 'https://api.example.com/v1'}]\npaths:\n  /a: %s\nx: {get: {}, "
           "servers: [%s]}\n",
           operation, row->servers);
  struct openapi_options o = {
      .tool_bytes = 4096, .base_url = str_of(row->base), .origins = allowed, .origin_count = 1};
  fixture_compile(text, &o);
  if (fixture.result.skipped != row->skipped)
    fail_msg("%s at %s: %s", row->servers, row->base,
             fixture.result.note_count ? arena_z(fixture.arena, fixture.result.notes[0].reason) : "taken");
  if (!row->skipped) {
    yyjson_val *tool = fixture_tool("GET /a");
    const char *want[] = {row->instead_of, row->path, row->url};
    static const char *const at[] = {"/base/instead_of", "/base/path", "/base_url"};
    for (size_t i = 0; i < 3; i++) {
      yyjson_val *got = fixture_at(tool, at[i]);
      if ((got != NULL) != (want[i] != NULL)) fail_msg("%s at %s: %s", row->servers, row->base, at[i]);
      if (got) check_text(json_text(got), want[i]);
    }
  }
  fixture_end();
}

static void test_the_address_of_an_operation(void **state) {
  (void)state;
  static const char *const places[] = {
      "{get: {servers: [%s]}}",
      "{servers: [%s], get: {}}",
      "{servers: [{url: 'https://nobody.example'}], get: {servers: [%s]}}",
      "{servers: [%s], get: {servers: []}}",
      "{$ref: '#/x'}",
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    // One without a URL is relative and empty: the path's servers would count then, so that row is of the first two.
    size_t n = strstr(rows[i].servers, "nourl") ? 2 : sizeof places / sizeof *places;
    for (size_t k = 0; k < n; k++) check_row(&rows[i], places[k]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_address_of_a_document),
      cmocka_unit_test(test_the_address_of_an_operation),
  };
  return cmocka_run_group_tests_name("openapi/servers", tests, NULL, NULL);
}

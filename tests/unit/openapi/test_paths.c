// SPDX-License-Identifier: Apache-2.0
// Paths as vendors write them: forms of RFC 6570 and of routers, names that drift from those declared, fragments and
// query text; and the parameters that are no arguments.
#include "openapi/template.h"

#include "openapi_fixture.h"

// "before<name>" for each part, '*' behind the name of one that keeps its slashes and '?' for the query; the rest; and
// "#…".
static struct str told(struct arena *a, const struct template *t) {
  struct str out = STR("");
  for (size_t i = 0; i < t->count; i++) {
    const struct template_part *p = &t->parts[i];
    out = arena_printf(a, "%.*s%.*s<%.*s%s%s%s%s>", STR_ARG(out), STR_ARG(p->before), STR_ARG(p->name),
                       p->whole ? "/" : "", p->query ? "?" : "", p->explode ? "*" : "",
                       p->style ? p->style : "");
  }
  return ARENA_JOIN(a, out, t->rest, t->fragment);
}

static void test_forms(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      // NULL: refused
      {"/a/{b}/c", "/a/<b>/c"},
      {"/", "/"},
      {"/v1/{+topic}:publish", "/v1/<topic/>:publish"},
      {"/repos{/owner,name}", "/repos/<owner>/<name>"},
      {"/file{.ext}", "/file.<ext>"},
      {"/map{;x,y}", "/map<xmatrix><ymatrix>"},
      {"/search{?q,lang*}", "/search<q?><lang?*>"},
      {"/search?fixed=1{&q}", "/search?fixed=1<q?>"},
      {"/a{#part}", "/a"},
      {"/{a,b}", "/<a>,<b>"},
      {"/{list*}", "/<list*>"},
      {"/{id:[0-9]{4}}/x", "/<id>/x"},
      {"/{id:int}", "/<id>"},
      {"/{path:.*}", "/<path/>"},
      {"/{path: .+}/x", "/<path/>/x"},
      {"/{file:path}", "/<file/>"},
      {"/v1/{name=projects/*/topics/*}", "/v1/<name/>"},
      {"/v1/{name=**}", "/v1/<name/>"},
      {"/v1/{name=*}", "/v1/<name>"},
      {"/{proxy+}", "/<proxy/>"},
      {"/{*slug}", "/<slug/>"},
      {"/{**slug}", "/<slug/>"},
      {"/a/{id?}", "/a/<id>"},
      {"/files/{id}#add_{link}", "/files/<id>#add_{link}"},
      {"/#X-Target={x", "/#X-Target={x"},
      {"/a/{b", NULL},
      {"/a/b}", NULL},
      {"/a/{}", NULL},
      {"/a/{+}", NULL},
      {"/a/{a,,b}", NULL},
      {"/a/{{b}", NULL},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct template t;
    struct err err;
    bool ok = template_read(str_of(rows[i][0]), a, &t, &err);
    if (ok != (rows[i][1] != NULL)) fail_msg("%s: %s", rows[i][0], ok ? "taken" : err.text);
    if (ok) check_text(told(a, &t), rows[i][1]);
  }
  arena_free(a);
}

#define HEAD "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n"
#define TEXT "schema: {type: string}"

// One operation; what is sent, its parameters as "argument in", what it warns of.
struct row {
  const char *path, *params;
  const char *wire, *args, *warns; // NULL: of nothing
};

static void check_row(const struct row *row) {
  static char text[4096];
  snprintf(text, sizeof text, HEAD "  '%s':\n    get: {parameters: [%s]}\n", row->path, row->params);
  fixture_compile(text, NULL);
  assert_int_equal(fixture.result.tools, 1);
  char key[512];
  snprintf(key, sizeof key, "GET %s", row->path);
  yyjson_val *tool = fixture_tool(key), *p;
  check_text(json_str(tool, "path"), row->wire);
  struct str args = STR("");
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(tool, "params"), i, n, p)
    args = arena_printf(fixture.arena, "%.*s%s%.*s %.*s", STR_ARG(args), i ? ", " : "",
                        STR_ARG(json_str(p, "arg")), STR_ARG(json_str(p, "in")));
  check_text(args, row->args);
  if (row->warns ? !fixture_noted(OPENAPI_WARNING, key, row->warns) : fixture.result.note_count > 0)
    fail_msg("%s: %zu notes, none of \"%s\"", row->path, fixture.result.note_count,
             row->warns ? row->warns : "");
  fixture_end();
}

static void test_names_that_drift(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"/a/{id}", "{name: id, in: path, required: true, " TEXT "}", "/a/{id}", "id path", NULL},
      {"/a/{userId}", "{name: user_id, in: path, " TEXT "}", "/a/{user_id}", "user_id path", "{userId}"},
      {"/a/{user-id}", "{name: UserID, in: path, " TEXT "}", "/a/{UserID}", "UserID path", "{user-id}"},
      {"/a/{zone}", "{name: zone_id, in: path, " TEXT "}", "/a/{zone_id}", "zone_id path",
       "taken for {zone}"},
      {"/a/{id}/b/{ID}", "{name: id, in: path, " TEXT "}, {name: ID, in: path, " TEXT "}", "/a/{id}/b/{ID}",
       "id path, ID path", NULL},
      {"/a/{id}/b/{id}", "{name: id, in: path, " TEXT "}", "/a/{id}/b/{id}", "id path", NULL},
      {"/a/{job_id}", "", "/a/{job_id}", "job_id path", "is not declared"},
      {"/a/{x}/{y}", "{name: y, in: path, " TEXT "}", "/a/{x}/{y}", "y path, x path",
       "`x` of the path is not"},
      {"/a/{id}", "{name: id, in: query, " TEXT "}", "/a/{id}", "id path", "not in the query"},
      {"/a/{id}", "{name: id, in: path, " TEXT "}, {name: id, in: query, " TEXT "}", "/a/{id}",
       "id path, query_id query", NULL},
      {"/a", "{name: gone, in: path, " TEXT "}", "/a", "", "left out"},
      {"/v1/{+topic}:publish", "{name: topic, in: path, " TEXT "}", "/v1/{topic}:publish", "topic path",
       NULL},
      {"/v1/{+name}", "{name: '+name', in: path, " TEXT "}", "/v1/{+name}", "name path", NULL},
      {"/v1/{name=projects/*}", "{name: name, in: path, " TEXT "}", "/v1/{name}", "name path", NULL},
      {"a/{id}", "{name: id, in: path, " TEXT "}", "/a/{id}", "id path", "does not begin with '/'"},
      {"{/id}", "{name: id, in: path, " TEXT "}", "/{id}", "id path", NULL},
      {"/a{/id}", "{name: id, in: path, " TEXT "}", "/a/{id}", "id path", NULL},
      {"/a{?q,r}", "{name: q, in: query, " TEXT "}", "/a", "q query, r query",
       "`r` of the path is not declared"},
      {"/a{?q}", "{name: q, in: path, " TEXT "}", "/a", "q query", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i]);
}

// A fragment is never sent; query text is, and no argument says it again.
static void test_fragments_and_queries(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"/a#one", "", "/a", "", NULL},
      {"/#Action=Go", "{name: Action, in: query, " TEXT "}", "/", "Action query", NULL},
      {"/a?kind=b", "", "/a?kind=b", "", NULL},
      {"/a?kind=b", "{name: kind, in: query, " TEXT "}", "/a?kind=b", "", "has its value in the path"},
      {"/a?kind={kind}&all=1", "{name: kind, in: query, " TEXT "}", "/a?all=1", "kind query", NULL},
      {"/a?kind={kind}", "", "/a?kind={kind}", "kind path", "not declared"},
      {"/a?flag", "", "/a?flag", "", NULL},
      {"/a?x=1#f", "", "/a?x=1", "", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i]);
}

static void check_style(const char *path, const char *more, const char *style) {
  char text[1024], key[256];
  snprintf(text, sizeof text, HEAD "  '%s': {get: {parameters: [{name: n, in: path%s, " TEXT "}]}}\n", path,
           more);
  snprintf(key, sizeof key, "GET %s", path);
  fixture_compile(text, NULL);
  check_text(json_text(fixture_at(fixture_tool(key), "/params/0/style")), style);
  fixture_end();
}

static void test_styles(void **state) {
  (void)state;
  check_style("/a/{n}", "", "simple");
  check_style("/a/{+n}", "", "reserved");
  check_style("/a/{n}", ", allowReserved: true", "reserved");
  check_style("/a/{n=x/*}", "", "reserved");
  check_style("/a{;n}", "", "matrix");
  check_style("/a/{+n}", ", style: label", "label");
}

static void test_two_of_one_path(void **state) {
  (void)state;
  fixture_compile(HEAD "  /files/{id}:\n    put: {summary: Update a file}\n"
                       "  /files/{id}#add_link:\n    put: {summary: Add a link to a file}\n",
                  NULL);
  assert_int_equal(fixture.result.tools, 2);
  fixture_is(fixture_tool("PUT /files/{id}#add_link"), "/path", "\"/files/{id}\"");
  fixture_is(fixture_tool("PUT /files/{id}"), "/path", "\"/files/{id}\"");
  fixture_end();
}

// ---- what is no argument

static void test_headers_of_our_own(void **state) {
  (void)state;
  static const char *const own[] = {
      "Host",          "COOKIE", "User-Agent",   "accept-encoding", "Content-Length",
      "Authorization", "Accept", "Content-Type", "Connection",      "X-HTTP-Method-Override"};
  char text[4096] = HEAD "  /a:\n    get:\n      parameters:\n"
                         "      - {name: X-Mine, in: header, required: true, schema: {type: string}}\n";
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    snprintf(text + strlen(text), sizeof text - strlen(text),
             "      - {name: %s, in: header, required: true, schema: {type: string}}\n", own[i]);
  fixture_compile(text, NULL);
  fixture_is(fixture_tool("GET /a"), "/input/required", "[\"X-Mine\"]");
  assert_int_equal(yyjson_obj_size(fixture_at(fixture_tool("GET /a"), "/input/properties")), 1);
  fixture_end();
}

static void test_what_the_connector_sends(void **state) {
  (void)state;
  const char *word = "{\"auth\":[{\"send\":[{\"in\":\"header\",\"name\":\"X-K\",\"value\":\"{k}\"},"
                     "{\"in\":\"header\",\"name\":\"Cookie\",\"value\":\"sid={s}\"}]},"
                     "{\"send\":[{\"in\":\"query\",\"name\":\"key\",\"value\":\"{k}\"}]}]}";
  yyjson_doc *doc = yyjson_read(word, strlen(word), 0);
  struct openapi_options o = {.tool_bytes = 4096, .word = yyjson_doc_get_root(doc)};
  fixture_compile(HEAD "  /a:\n    get:\n      parameters:\n"
                       "      - {name: x-k, in: header, required: true, schema: {type: string}}\n"
                       "      - {name: X-K, in: query, schema: {type: string}}\n"
                       "      - {name: key, in: query, required: true, schema: {type: string}}\n"
                       "      - {name: KEY, in: query, schema: {type: string}}\n"
                       "      - {name: sid, in: cookie, schema: {type: string}}\n"
                       "      - {name: tid, in: cookie, schema: {type: string}}\n",
                  &o);
  yyjson_val *properties = fixture_at(fixture_tool("GET /a"), "/input/properties");
  assert_int_equal(yyjson_obj_size(properties), 3);
  assert_non_null(yyjson_obj_get(properties, "X-K"));
  assert_non_null(yyjson_obj_get(properties, "KEY"));
  assert_non_null(yyjson_obj_get(properties, "tid"));
  assert_int_equal(fixture.result.note_count, 0);
  yyjson_doc_free(doc);
  fixture_end();
}

static void check_scheme(const char *text) {
  fixture_compile(text, NULL);
  assert_null(fixture_at(fixture_tool("GET /a"), "/input/required"));
  assert_int_equal(yyjson_obj_size(fixture_at(fixture_tool("GET /a"), "/input/properties")), 0);
  assert_true(fixture_noted(OPENAPI_WARNING, "GET /a", "credential of security scheme `k`"));
  assert_int_equal(fixture.result.note_count, 1); // of both operations
  fixture_end();
}

#define TAKES(in)                                                                                            \
  "  /a: {get: {parameters: [{name: T, in: " in                                                              \
  ", required: true, type: string, schema: {type: string}}]}}\n"                                             \
  "  /b: {get: {parameters: [{name: T, in: " in                                                              \
  ", required: true, type: string, schema: {type: string}}]}}\n"

static void test_what_a_scheme_sends(void **state) {
  (void)state;
  check_scheme("openapi: 3.0.0\ncomponents: {securitySchemes: {k: {type: apiKey, in: query, name: "
               "T}}}\npaths:\n" TAKES("query"));
  check_scheme("openapi: 3.0.0\ncomponents: {securitySchemes: {k: {type: apiKey, in: header, name: "
               "t}}}\npaths:\n" TAKES("header"));
  check_scheme("openapi: 3.0.0\ncomponents: {securitySchemes: {k: {type: apiKey, in: cookie, name: "
               "T}}}\npaths:\n" TAKES("cookie"));
  check_scheme("swagger: '2.0'\nsecurityDefinitions: {k: {type: apiKey, in: query, name: T}}\npaths:\n" TAKES(
      "query"));
  check_scheme("openapi: 3.0.0\ncomponents: {securitySchemes: {k: {$ref: '#/x'}}}\nx: {type: apiKey, in: "
               "query, name: T}\npaths:\n" TAKES("query"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_forms),
      cmocka_unit_test(test_names_that_drift),
      cmocka_unit_test(test_fragments_and_queries),
      cmocka_unit_test(test_styles),
      cmocka_unit_test(test_two_of_one_path),
      cmocka_unit_test(test_headers_of_our_own),
      cmocka_unit_test(test_what_the_connector_sends),
      cmocka_unit_test(test_what_a_scheme_sends),
  };
  return cmocka_run_group_tests_name("openapi/paths", tests, NULL, NULL);
}

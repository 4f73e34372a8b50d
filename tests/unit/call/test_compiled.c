// SPDX-License-Identifier: Apache-2.0
// What the compiler really makes of a document, read and called: argv[1] is the OpenAPI file. Every tool is
// listed, and called with one value for each of its path parameters.
#include "../tool/fixture.h"

#include "base/buf.h"
#include "base/clock.h"
#include "call/rest.h"
#include "catalog/listing.h"
#include "connector/connector.h"
#include "openapi/compile.h"

static const char *document;

static struct toolset *compiled(struct arena *a) {
  struct openapi_options o = {.connector = STR("acme"), .tool_bytes = 24 * 1024};
  struct openapi_result r;
  struct toolset *s = NULL;
  struct err err = {0};
  if (!openapi_compile_file(document, &o, a, &r, &err)) fail_msg("%s: %s %s", document, err.field, err.text);
  uint64_t start = clock_mono_us();
  if (!toolset_read(r.toolset, &s, &err)) fail_msg("%s: %s", err.field, err.text);
  print_message("%zu tools, %zu KiB, read in %u us\n", s->count, r.toolset.n / 1024,
                (unsigned)(clock_mono_us() - start));
  assert_int_equal(s->count, r.tools);
  return s;
}

static yyjson_mut_val *arguments_for(const struct tool *t, yyjson_mut_doc *doc) {
  yyjson_mut_val *arguments = yyjson_mut_obj(doc);
  for (size_t i = 0; i < t->param_count; i++)
    if (t->params[i].in == TOOL_IN_PATH)
      yyjson_mut_obj_add(arguments, yyjson_mut_strn(doc, t->params[i].arg.p, t->params[i].arg.n),
                         yyjson_mut_str(doc, "a/b"));
  if (t->body_whole.n)
    yyjson_mut_obj_add(arguments, yyjson_mut_strn(doc, t->body_whole.p, t->body_whole.n),
                       yyjson_mut_obj(doc));
  for (size_t i = 0; i < t->body_arg_count; i++) // of GraphQL: what only reads is shown to
    if (t->read_only && str_is(t->body_args[i].property, "query"))
      yyjson_mut_obj_add_str(doc, arguments, "query", "{ a }");
  return arguments;
}

static void every_tool_is_listed_and_called(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct toolset *s = compiled(a);
  struct connector connector = {.name = STR("acme")};
  struct account account = {.base_url = STR("https://api.example.com")};
  struct catalog_account owner = {.account = &account, .connector = &connector, .tools = s};
  assert_true(s->count > 50);
  for (size_t i = 0; i < s->count; i++) {
    const struct tool *t = &s->tools[i];
    struct catalog_tool shown = {t, &owner, t->name};
    struct buf out = BUF_MAX(1024 * 1024);
    listing_write(&shown, &out);
    yyjson_doc *listing = yyjson_read(out.p, out.n, 0);
    if (!listing || out.full) fail_msg("%.*s does not list as JSON", STR_ARG(t->name));
    yyjson_doc_free(listing);
    buf_free(&out);
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    struct rest_request r;
    struct err err = {0};
    bool built = rest_build(t, &account, arguments_for(t, doc), a, &r, &err);
    bool bytes = t->body == TOOL_BODY_BINARY && err.code == ERR_INVALID; // {} is not base64
    if (!built && !bytes) fail_msg("%.*s: %s %s", STR_ARG(t->name), err.field, err.text);
    if (built && (str_contains(r.url, STR("{")) || str_contains(r.url, STR("a/b"))))
      fail_msg("%.*s goes to %.*s", STR_ARG(t->name), STR_ARG(r.url));
    if (built) rest_request_free(&r);
    yyjson_mut_doc_free(doc);
  }
  toolset_unref(s);
  arena_free(a);
}

int main(int argc, char **argv) {
  document = argc > 1 ? argv[1] : "openapi.yaml";
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_tool_is_listed_and_called)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Cloudflare's own document, whole: every operation a tool, every schema sound, within 150 MB. How long it
// takes is `make bench`'s to say: a busy machine proves nothing.
// It lies beside the repository or where POSTERN_CLOUDFLARE_JSON says; without it the test is skipped.
#include "openapi_fixture.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"

enum {
  OPERATIONS = 1533,
  CEILING = 24 * 1024,
  NAME_MOST = 60,
  DESCRIPTION_MOST = 1000,
  MEMORY_MOST_KB = 150 * 1024
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

static const char *find_document(char out[512]) {
  const char *given = getenv("POSTERN_CLOUDFLARE_JSON"), *root = getenv("POSTERN_SOURCE_ROOT");
  struct stat st;
  snprintf(out, 512, "%s", given ? given : "");
  if (!given) snprintf(out, 512, "%s/../shared/openapi/cloudflare.json", root ? root : ".");
  return stat(out, &st) == 0 ? out : NULL;
}

static void check_tool(yyjson_val *tool) {
  size_t bytes;
  free(yyjson_val_write(yyjson_obj_get(tool, "input"), 0, &bytes));
  const char *name = yyjson_get_str(yyjson_obj_get(tool, "name"));
  // The names of the tools that give an argument are added after folding.
  if (bytes > CEILING + 512) fail_msg("%s: %zu bytes of schema", name, bytes);
  if (strlen(name) > NAME_MOST) fail_msg("%s is too long", name);
  if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != strlen(name))
    fail_msg("%s has other characters", name);
  if (json_str(tool, "description").n > DESCRIPTION_MOST) fail_msg("%s: description too long", name);
}

static void test_all_operations(void **state) {
  (void)state;
  char path[512];
  struct openapi_options o = {.connector = STR("cloudflare"), .tool_bytes = CEILING};
  struct err err;
  if (!find_document(path)) {
    print_message("skipped: no %s\n", path);
    skip();
  }
  uint64_t start = clock_mono_us();
  fixture.arena = arena_new();
  if (!openapi_compile_file(path, &o, fixture.arena, &fixture.result, &err)) fail_msg("%s", err.text);
  uint64_t us = clock_mono_us() - start;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  print_message("compiled in %llu ms, %ld KB at the peak, %zu folded, toolset %zu bytes\n",
                (unsigned long long)(us / 1000), usage.ru_maxrss, fixture.result.folded,
                fixture.result.toolset.n);
  assert_int_equal(fixture.result.operations, OPERATIONS);
  assert_int_equal(fixture.result.tools, OPERATIONS);
  assert_int_equal(fixture.result.skipped, 0);
  if (!sanitized) assert_true(usage.ru_maxrss < MEMORY_MOST_KB);
  fixture_read(); // checks each schema
  yyjson_val *tool;
  size_t i, n;
  struct str before = STR("");
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(fixture.doc), "tools"), i, n, tool) {
    check_tool(tool);
    assert_true(str_compare(before, json_str(tool, "name")) < 0);
    before = json_str(tool, "name");
  }
  // The same again is the same, byte for byte.
  struct openapi_result again;
  assert_true(openapi_compile_file(path, &o, fixture.arena, &again, &err));
  assert_true(str_eq(again.toolset, fixture.result.toolset));
  fixture_end();
}

static void test_well_known_tools(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"list_all_cloudflare_zones", "GET /zones"},
      {"get_single_cloudflare_zone_by_id", "GET /zones/{zone_id}"},
      {"list_all_cloudflare_accounts", "GET /accounts"},
      {"list_all_cloudflare_members", "GET /accounts/{account_id}/members"},
      {"list_all_cloudflare_roles", "GET /accounts/{account_id}/roles"},
      {"list_all_cloudflare_dns_records", "GET /zones/{zone_id}/dns_records"},
      {"list_all_cloudflare_firewall_rules", "GET /zones/{zone_identifier}/firewall/rules"},
  };
  char path[512];
  const char *word =
      "{\"rename_parameters\":{\"zone_identifier\":\"zone_id\",\"account_identifier\":\"account_id\"}}";
  yyjson_doc *doc = yyjson_read(word, strlen(word), 0);
  struct openapi_options o = {
      .connector = STR("cloudflare"), .tool_bytes = CEILING, .word = yyjson_doc_get_root(doc)};
  struct err err;
  if (!find_document(path)) {
    yyjson_doc_free(doc);
    skip();
  }
  fixture.arena = arena_new();
  assert_true(openapi_compile_file(path, &o, fixture.arena, &fixture.result, &err));
  fixture.doc = yyjson_read(fixture.result.toolset.p, fixture.result.toolset.n, 0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_text(json_str(fixture_tool(rows[i][1]), "name"), rows[i][0]);
  yyjson_val *rules = fixture_tool("list_all_cloudflare_firewall_rules");
  fixture_is(rules, "/sources/zone_id", "\"list_all_cloudflare_zones\"");
  fixture_is(rules, "/deprecated", "true");
  yyjson_doc_free(doc);
  fixture_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_operations),
                                     cmocka_unit_test(test_well_known_tools)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

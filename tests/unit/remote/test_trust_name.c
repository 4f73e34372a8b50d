// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "remote/trust_name.h"

static void test_says(void **state) {
  (void)state;
  static const struct {
    const char *name;
    enum trust_name_says says;
    enum tool_class class;
    const char *verb;
  } rows[] = {
      {"list_zones", TRUST_NAME_READS, TOOL_LIST, "list"},
      {"getZone", TRUST_NAME_READS, TOOL_GET, "get"},
      {"asana_get_task", TRUST_NAME_READS, TOOL_GET, "get"},
      {"kv_namespaces_list", TRUST_NAME_READS, TOOL_LIST, "list"},
      {"asset-rename", TRUST_NAME_WRITES, TOOL_UPDATE, "rename"},
      {"hyperdrive_config_edit", TRUST_NAME_WRITES, TOOL_UPDATE, "edit"},
      {"slack.send.message", TRUST_NAME_WRITES, TOOL_CREATE, "send"},
      {"deleteDNSRecord", TRUST_NAME_WRITES, TOOL_DELETE, "delete"},
      {"comment_on_issue", TRUST_NAME_WRITES, TOOL_CREATE, "comment"},
      {"comment_count", TRUST_NAME_UNCLEAR, TOOL_CUSTOM, "comment"},
      {"get_and_delete_message", TRUST_NAME_WRITES, TOOL_DELETE, "delete"},
      {"list_or_create_label", TRUST_NAME_WRITES, TOOL_CREATE, "create"},
      {"get_delete_log", TRUST_NAME_READS, TOOL_GET, "get"}, // what was deleted
      {"list_delete_markers", TRUST_NAME_UNCLEAR, TOOL_CUSTOM, "delete"},
      {"deleteall", TRUST_NAME_WRITES, TOOL_DELETE, "delete"},
      {"zones", TRUST_NAME_UNCLEAR, TOOL_CUSTOM, ""},
      {"", TRUST_NAME_UNCLEAR, TOOL_CUSTOM, ""},
      {"___", TRUST_NAME_UNCLEAR, TOOL_CUSTOM, ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct trust_name n;
    trust_name_read(str_of(rows[i].name), &n);
    if (n.says != rows[i].says || n.class != rows[i].class || !str_is(n.verb, rows[i].verb))
      fail_msg("%s: says %d, class %d, verb \"%.*s\"", rows[i].name, n.says, n.class, STR_ARG(n.verb));
  }
}

static void test_secrets(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"get_api_key", "key"},
      {"list_public_keys", ""},
      {"list_credentials", "credentials"},
      {"get_connection_string", "string"},
      {"get_key_count", ""},
      {"list_zones", ""},
      {"getIdempotencyKey", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct trust_name n;
    trust_name_read(str_of(rows[i][0]), &n);
    if (!str_is(n.secret, rows[i][1])) fail_msg("%s: \"%.*s\"", rows[i][0], STR_ARG(n.secret));
  }
}

// However long a name a vendor gives, and however many words.
static void test_bounds(void **state) {
  (void)state;
  char name[4 * TRUST_NAME_MOST];
  struct trust_name n;
  memset(name, 'a', sizeof name);
  trust_name_read(str_make(name, sizeof name), &n);
  assert_int_equal(n.count, 1);
  assert_int_equal(n.words[0].n, TRUST_NAME_MOST);
  for (size_t i = 1; i < sizeof name; i += 2) name[i] = '_';
  trust_name_read(str_make(name, sizeof name), &n);
  assert_int_equal(n.count, TRUST_NAME_WORDS);
  for (size_t i = 0; i < sizeof name; i++) name[i] = i % 2 ? 'b' : 'A';
  trust_name_read(str_make(name, sizeof name), &n);
  assert_int_equal(n.count, TRUST_NAME_WORDS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_says),
      cmocka_unit_test(test_secrets),
      cmocka_unit_test(test_bounds),
  };
  return cmocka_run_group_tests_name("remote/trust_name", tests, NULL, NULL);
}

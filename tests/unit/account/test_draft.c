// SPDX-License-Identifier: Apache-2.0
#include "vendor.h"

#include "account/draft.h"

static struct vendor v;
static struct draft d;

static int nobody(const char *path, const char **body, struct err *err) {
  (void)body;
  (void)err;
  fail_msg("%s was asked", path);
  return 0;
}

static int setup(void **state) {
  (void)state;
  vendor_open(&v, NULL);
  vendor_answer = nobody;
  draft_open(&d, &v.env, v.connector);
  d.row.id = STR("acc_1");
  return 0;
}

static int teardown(void **state) {
  (void)state;
  draft_free(&d);
  vendor_close(&v);
  return 0;
}

static void names_have_their_limits(void **state) {
  (void)state;
  struct err err;
  char umlauts[2 * 65 + 1];
  for (size_t i = 0; i < 65; i++) memcpy(umlauts + 2 * i, "\xc3\xbc", 2);
  assert_true(draft_set_name(&d, str_make(umlauts, 2 * 64), &err)); // characters, not bytes
  assert_false(draft_set_name(&d, str_make(umlauts, 2 * 65), &err));
  assert_string_equal(err.field, "name");
  assert_false(draft_set_name(&d, STR(" \t"), &err));
  assert_false(draft_set_name(&d, STR("a\x01z"), &err));
  assert_false(draft_set_name(&d, STR("a\xff"), &err));
  assert_true(draft_set_name(&d, STR(" main "), &err));
  assert_true(str_is(d.row.name, "main"));
}

static void addresses_are_http_and_bare(void **state) {
  (void)state;
  struct err err;
  static const char *const bad[] = {"api.example.com", "ftp://x",        "file:///etc/passwd",
                                    "http://u:p@x/",   "https://x/?a=b", "https://x/#f",
                                    "http://",         "http://a b/"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(draft_set_base_url(&d, str_of(bad[i]), &err));
    assert_string_equal(err.field, "base_url");
  }
  assert_true(draft_set_base_url(&d, STR("http://127.0.0.1:9/v2//"), &err));
  assert_true(str_is(d.row.base_url, "http://127.0.0.1:9/v2"));
}

static bool context(const char *json, struct err *err) {
  yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
  assert_non_null(doc);
  bool ok = draft_set_context(&d, yyjson_doc_get_root(doc), err);
  yyjson_doc_free(doc);
  return ok;
}

static void context_is_merged_and_checked(void **state) {
  (void)state;
  struct err err;
  assert_true(context("{\"account_id\":\"a\",\"region\":3}", &err));
  assert_true(context("{\"region\":null}", &err));
  assert_true(draft_settle(&d, &err));
  assert_true(str_is(d.row.context, "{\"account_id\":\"a\"}"));
  static const struct {
    const char *json, *field;
  } bad[] = {{"[]", "context"},
             {"{\"acount_id\":\"a\"}", "context.acount_id"},
             {"{\"region\":\"\"}", "context.region"},
             {"{\"region\":{}}", "context.region"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(context(bad[i].json, &err));
    assert_string_equal(err.field, bad[i].field);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(names_have_their_limits, setup, teardown),
      cmocka_unit_test_setup_teardown(addresses_are_http_and_bare, setup, teardown),
      cmocka_unit_test_setup_teardown(context_is_merged_and_checked, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

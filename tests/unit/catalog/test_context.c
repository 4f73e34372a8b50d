// SPDX-License-Identifier: Apache-2.0
#include "../tool/fixture.h"

#include "catalog/context.h"

static void test_context(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct connector_context contexts[] = {{.name = STR("account_id")}, {.name = STR("region")}};
  const struct connector connector = {.contexts = contexts, .context_count = 2};
  struct account account = {
      .context = fixture_doc(a, "{'account_id':'a1','region':null,'stray':'x'}"),
      .choices =
          fixture_doc(a, "{'region':[{'id':'eu','title':'Europe'}],'account_id':[],'stray':'no list'}")};
  const struct catalog_account v = {.account = &account, .connector = &connector};

  assert_ptr_equal(context_find(&v, STR("region")), &contexts[1]);
  assert_null(context_find(&v, STR("stray"))); // the connector says which there are
  assert_null(context_find(&v, STR("")));
  assert_string_equal(yyjson_get_str(context_default(&v, STR("account_id"))), "a1");
  assert_null(context_default(&v, STR("region"))); // null is none
  assert_null(context_default(&v, STR("account")));
  assert_int_equal(yyjson_arr_size(context_choices(&v, STR("region"))), 1);
  assert_null(context_choices(&v, STR("account_id"))); // none to choose from
  assert_null(context_choices(&v, STR("stray")));

  yyjson_doc_free(account.context);
  yyjson_doc_free(account.choices);
  account.context = account.choices = NULL; // a row that was never asked
  assert_null(context_default(&v, STR("account_id")));
  assert_null(context_choices(&v, STR("region")));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_context)};
  return cmocka_run_group_tests_name("catalog/context", tests, NULL, NULL);
}

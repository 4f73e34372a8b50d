// SPDX-License-Identifier: Apache-2.0
#include "../support/fresh_store.h"

#include "account/account_row.h"

static struct account_row sample(const char *id, const char *name) {
  return (struct account_row){.id = str_of(id),
                              .name = str_of(name),
                              .connector = STR("tiny"),
                              .way = STR("token"),
                              .credential = STR("v1.k.blob"),
                              .context = STR("{\"a\":1}"),
                              .choices = STR("{}"),
                              .status = STR("ok"),
                              .created_at = 1,
                              .updated_at = 2,
                              .verified_at = 3,
                              .version = 1};
}

static void a_row_comes_back_whole(void **state) {
  (void)state;
  struct account_row row = sample("acc_1", "main"), back;
  struct err err;
  assert_true(account_row_insert(store, &row, &err));
  assert_true(account_row_find(store, STR("acc_1"), arena, &back, &err));
  assert_true(str_is(back.name, "main") && str_is(back.context, "{\"a\":1}") && str_is(back.status, "ok"));
  assert_true(str_is(back.connector, "tiny") && str_is(back.credential, "v1.k.blob") && !back.base_url.n);
  assert_true(back.created_at == 1 && back.updated_at == 2 && back.verified_at == 3 && back.version == 1);
  assert_false(account_row_find(store, STR("acc_2"), arena, &back, &err));
  assert_int_equal(err.code, ERR_MISSING);
}

static void names_are_taken_once(void **state) {
  (void)state;
  struct account_row a = sample("acc_1", "main"), b = sample("acc_2", "main");
  struct err err;
  assert_true(account_row_insert(store, &a, &err));
  assert_false(account_row_insert(store, &b, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_string_equal(err.field, "name");
  b.name = STR("other");
  assert_true(account_row_insert(store, &b, &err));
  b.name = STR("main");
  assert_false(account_row_update(store, &b, &err));
  assert_string_equal(err.field, "name");
}

static void of_two_changes_at_once_one_wins(void **state) {
  (void)state;
  struct account_row row = sample("acc_1", "main"), back;
  struct err err;
  assert_true(account_row_insert(store, &row, &err));
  row.name = STR("first");
  assert_true(account_row_update(store, &row, &err));
  row.name = STR("second"); // still says version 1
  assert_false(account_row_update(store, &row, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_true(account_row_find(store, STR("acc_1"), arena, &back, &err));
  assert_true(str_is(back.name, "first"));
  assert_int_equal(back.version, 2);
  assert_true(str_is(back.credential, "v1.k.blob"));
}

static void servers_go_with_their_account(void **state) {
  (void)state;
  struct account_row a = sample("acc_1", "a"), b = sample("acc_2", "b");
  struct account_row *all;
  struct store_rows rows;
  size_t count;
  struct err err;
  assert_true(account_row_insert(store, &a, &err) && account_row_insert(store, &b, &err));
  for (int i = 0; i < 4; i++) {
    struct str id = arena_printf(arena, "srv_%d", i);
    assert_true(
        store_run(store,
                  "INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, "
                  "updated_at, expires_at, version) VALUES ($1, 's', 0, '{}', 0, $2, 0, 0, 0, 1)",
                  (struct store_value[]){STORE_TEXT(id), STORE_TEXT(id)}, 2, NULL, &err));
    for (int both = 0; both < (i == 0 ? 2 : 1); both++) // the first is over both accounts
      assert_true(store_run(
          store, "INSERT INTO server_account (server_id, account_id, alias, place) VALUES ($1, $2, $3, 0)",
          (struct store_value[]){STORE_TEXT(id), STORE_TEXT(i < 3 && !both ? a.id : b.id),
                                 STORE_TEXT(both ? b.id : a.id)},
          3, NULL, &err));
  }
  assert_true(account_row_delete(store, a.id, &err));
  assert_false(account_row_delete(store, a.id, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_true(store_query(store, "SELECT id FROM server ORDER BY id", NULL, 0, arena, &rows, &err));
  assert_int_equal(rows.count, 2);
  assert_true(str_is(store_cell(&rows, 0, 0)->text, "srv_0"));
  assert_true(store_query(store, "SELECT account_id FROM server_account", NULL, 0, arena, &rows, &err));
  assert_int_equal(rows.count, 2);
  assert_true(account_row_all(store, arena, &all, &count, &err));
  assert_int_equal(count, 1);
  assert_true(str_is(all[0].id, "acc_2"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_row_comes_back_whole, fresh_store_open, fresh_store_close),
      cmocka_unit_test_setup_teardown(names_are_taken_once, fresh_store_open, fresh_store_close),
      cmocka_unit_test_setup_teardown(of_two_changes_at_once_one_wins, fresh_store_open, fresh_store_close),
      cmocka_unit_test_setup_teardown(servers_go_with_their_account, fresh_store_open, fresh_store_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

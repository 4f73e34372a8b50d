// SPDX-License-Identifier: Apache-2.0
#include "../support/fresh_store.h"

#include "access/access.h"
#include "base/clock.h"

static void a_token_is_shown_once_and_kept_as_a_hash(void **state) {
  (void)state;
  struct access_token made, *all;
  char text[TOKEN_TEXT];
  size_t count;
  struct err err;
  assert_true(access_create(store, &(struct access_token){.name = STR(" ops "), .role = ACCESS_CLIENT}, arena,
                            &made, text, &err));
  assert_true(str_starts(str_of(text), "psk_"));
  assert_true(access_list(store, arena, &all, &count, &err));
  assert_int_equal(count, 1);
  assert_true(str_eq(all[0].id, made.id) && str_is(all[0].name, "ops"));
  assert_int_equal(all[0].role, ACCESS_CLIENT);
  unsigned char hash[TOKEN_HASH];
  token_hash(str_of(text), hash);
  assert_memory_equal(all[0].hash, hash, TOKEN_HASH);
  assert_memory_equal(made.hash, hash, TOKEN_HASH);
  struct store_rows rows;
  assert_true(store_query(store, "SELECT * FROM api_token", NULL, 0, arena, &rows, &err));
  for (size_t i = 0; i < rows.columns; i++) assert_false(str_contains(rows.cells[i].text, str_of(text + 4)));
}

static void revoked_and_expired_ones_go(void **state) {
  (void)state;
  struct access_token stays, goes, made, *all;
  char text[TOKEN_TEXT];
  size_t count;
  struct err err;
  int64_t now = clock_now_ms();
  assert_true(access_create(store, &(struct access_token){.name = STR("a"), .role = ACCESS_ADMIN}, arena,
                            &stays, text, &err));
  assert_true(access_create(
      store, &(struct access_token){.name = STR("b"), .role = ACCESS_CLIENT, .expires_at = now + 1000}, arena,
      &goes, text, &err));
  assert_true(access_create(
      store, &(struct access_token){.name = STR("c"), .role = ACCESS_CLIENT, .expires_at = now + 900000},
      arena, &made, text, &err));
  struct store_rows gone;
  assert_true(access_purge(store, now + 1000, arena, &gone, &err));
  assert_int_equal(gone.count, 1);
  assert_true(str_is(store_cell(&gone, 0, 1)->text, "b"));
  assert_true(access_revoke(store, made.id, &err));
  assert_false(access_revoke(store, made.id, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_true(access_list(store, arena, &all, &count, &err));
  assert_int_equal(count, 1);
  assert_true(str_eq(all[0].id, stays.id));
}

static void names_and_dates_are_checked(void **state) {
  (void)state;
  struct access_token made;
  char text[TOKEN_TEXT], longest[66];
  struct err err;
  memset(longest, 'x', 65);
  longest[65] = 0;
  const char *const bad[] = {"", "  ", "a\nb", longest, "\xff"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(access_create(store, &(struct access_token){.name = str_of(bad[i]), .role = ACCESS_ADMIN},
                               arena, &made, text, &err));
    assert_string_equal(err.field, "name");
  }
  assert_false(access_create(
      store, &(struct access_token){.name = STR("x"), .role = ACCESS_ADMIN, .expires_at = clock_now_ms() - 1},
      arena, &made, text, &err));
  assert_string_equal(err.field, "expires_at");
  enum access_role role;
  assert_true(access_role_from(STR("admin"), &role) && role == ACCESS_ADMIN);
  assert_false(access_role_from(STR("root"), &role));
  assert_string_equal(access_role_name(ACCESS_CLIENT), "client");
}

// A row that cannot be read lets nobody in, and locks nobody out.
static void a_damaged_row_is_left_out(void **state) {
  (void)state;
  static const char *const hashes[] = {"", "x", "%062d", "%066d", "%0200000d"};
  struct access_token stays, *all;
  char text[TOKEN_TEXT];
  size_t count;
  struct err err;
  assert_true(access_create(store, &(struct access_token){.name = STR("a"), .role = ACCESS_ADMIN}, arena,
                            &stays, text, &err));
  for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
    const struct store_value row[] = {STORE_TEXT(arena_printf(arena, "%s%zu", i % 2 ? "aaa" : "zzz", i)),
                                      STORE_TEXT(arena_printf(arena, hashes[i], 0))};
    if (!store_run(store,
                   "INSERT INTO api_token (id, name, role, hash, created_at, expires_at) "
                   "VALUES ($1, 'b', 'admin', $2, 1, 0)",
                   row, 2, NULL, &err))
      fail_msg("%s", err.text);
  }
  assert_true(access_list(store, arena, &all, &count, &err));
  assert_int_equal(count, 1);
  assert_true(str_eq(all[0].id, stays.id));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_token_is_shown_once_and_kept_as_a_hash, fresh_store_open,
                                      fresh_store_close),
      cmocka_unit_test_setup_teardown(revoked_and_expired_ones_go, fresh_store_open, fresh_store_close),
      cmocka_unit_test_setup_teardown(a_damaged_row_is_left_out, fresh_store_open, fresh_store_close),
      cmocka_unit_test_setup_teardown(names_and_dates_are_checked, fresh_store_open, fresh_store_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

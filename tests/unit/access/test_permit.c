// SPDX-License-Identifier: Apache-2.0
// Which accounts editors may use, as rows: set, found, taken, and none that somebody else wrote.
#include "../support/fresh_store.h"

#include "access/permit.h"
#include "access/user.h"
#include "crypto/seal.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static int setup(void **state) {
  if (fresh_store_open(state) != 0) return -1;
  fresh_store_account("acc_1", "a", "tiny");
  fresh_store_account("acc_2", "b", "tiny");
  return 0;
}

static bool set(struct str holder, const char *account, enum permit_access access, struct err *err) {
  return permit_set(store, &(struct permit){holder, str_of(account), STR("usr_admin"), access, 0}, err);
}

static struct permits all(void) {
  struct permits out;
  struct err err;
  if (!permit_list(store, arena, &out, &err)) fail_msg("%s", err.text);
  return out;
}

static void names(void **state) {
  (void)state;
  assert_string_equal(permit_name(PERMIT_READ), "read");
  assert_int_equal(permit_access_named(STR("write")), PERMIT_WRITE);
  static const char *const none[] = {"", "none", "own", "Read"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (permit_access_named(str_of(none[i])) > PERMIT_NONE) fail_msg("'%s' is one", none[i]);
}

static void found_by_holder_and_account(void **state) {
  (void)state;
  struct err err;
  const struct str a = STR("usr_a"), b = STR("usr_b");
  struct permits none = all();
  assert_int_equal(permit_of(&none, a, STR("acc_1")), PERMIT_NONE);
  assert_true(set(b, "acc_1", PERMIT_WRITE, &err) && set(a, "acc_2", PERMIT_READ, &err) &&
              set(a, "acc_1", PERMIT_WRITE, &err) && set(a, "acc_1", PERMIT_READ, &err));
  struct permits p = all();
  assert_int_equal(p.count, 3);
  assert_int_equal(permit_of(&p, a, STR("acc_1")), PERMIT_READ);
  assert_int_equal(permit_of(&p, b, STR("acc_1")), PERMIT_WRITE);
  assert_int_equal(permit_of(&p, b, STR("acc_2")), PERMIT_NONE);
  assert_int_equal(permit_of(&p, STR("usr_"), STR("acc_1")), PERMIT_NONE);
  assert_int_equal(permit_of(&p, STR(""), STR("")), PERMIT_NONE);
  assert_int_equal(permit_of_holder(&p, a).count, 2);
  assert_int_equal(permit_of_holder(&p, STR("usr_c")).count, 0);
  assert_true(permit_remove(store, a, STR("acc_1"), &err));
  assert_false(permit_remove(store, a, STR("acc_1"), &err));
  assert_int_equal(err.code, ERR_MISSING);
}

static void go_with_account_and_holder(void **state) {
  (void)state;
  struct access_user u;
  struct err err;
  assert_true(user_create(store, STR("ada"), ACCESS_EDITOR, arena, &u, &err));
  assert_false(set(u.self.id, "acc_none", PERMIT_READ, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_true(set(u.self.id, "acc_1", PERMIT_READ, &err) && set(u.self.id, "acc_2", PERMIT_READ, &err));
  fresh_store_sql("DELETE FROM account WHERE id = 'acc_1'");
  assert_int_equal(all().count, 1);
  assert_true(permit_sweep(store, &err));
  assert_int_equal(all().count, 1);
  assert_true(user_delete(store, u.self.id, &err) && permit_sweep(store, &err));
  assert_int_equal(all().count, 0);
}

static void rows_of_others_count_for_nothing(void **state) {
  (void)state;
  static const char *const changes[] = {
      "UPDATE account_permit SET access = 'write'", "UPDATE account_permit SET holder = 'usr_b'",
      "UPDATE account_permit SET account_id = 'acc_2'", "UPDATE account_permit SET stamp = ''",
      "UPDATE account_permit SET access = 'everything'"};
  struct seal_ring *ring;
  struct err err;
  assert_true(seal_ring_from_text(STR(KEY), &ring, &err));
  store_set_ring(store, ring);
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    fresh_store_sql("DELETE FROM account_permit");
    assert_true(set(STR("usr_a"), "acc_1", PERMIT_READ, &err));
    assert_int_equal(all().count, 1);
    fresh_store_sql(changes[i]);
    if (all().count) fail_msg("%s: it counts", changes[i]);
  }
  store_set_ring(store, NULL);
  seal_ring_free(ring);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fresh_store_close)

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(names), TEST(found_by_holder_and_account),
                                     TEST(go_with_account_and_holder),
                                     TEST(rows_of_others_count_for_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Aliases as rows: stamped, each name once, none for another, counted.
#include "../support/fresh_store.h"

#include "crypto/seal.h"
#include "shelf/alias_row.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct seal_ring *ring;
static struct err err;

static int setup(void **state) {
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  return 0;
}

static int teardown(void **state) {
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static struct shelf_alias sample(const char *id, const char *name, const char *value) {
  return (struct shelf_alias){.id = str_of(id),
                              .name = str_of(name),
                              .folded = str_of(name),
                              .value = str_of(value),
                              .meant = str_of(value),
                              .made_by = STR("tok_1"),
                              .created_at = 7,
                              .updated_at = 8};
}

static void insert(const struct shelf_alias *row) {
  if (!shelf_alias_insert(store, row, &err)) fail_msg("%s", err.text);
}

static void refuse(bool ok, enum err_code code, const char *field) {
  if (ok || err.code != code || strcmp(err.field, field) != 0)
    fail_msg("expected %s at '%s', got %s at '%s'", err_name(code), field, ok ? "ok" : err.text, err.field);
}

static size_t counted(struct shelf_alias **all) {
  size_t n;
  if (!shelf_alias_all(store, arena, all, &n, &err)) fail_msg("%s", err.text);
  return n;
}

static void test_whole(void **state) {
  (void)state;
  struct shelf_alias one = sample("als_1", "production", "example.com"), *all;
  insert(&one);
  assert_int_equal(counted(&all), 1);
  check_text(all[0].name, "production");
  check_text(all[0].value, "example.com");
  check_text(all[0].made_by, "tok_1");
  assert_true(!all[0].account_id.n && all[0].created_at == 7 && all[0].updated_at == 8);
  one.value = one.meant = STR("example.org");
  assert_true(shelf_alias_update(store, &one, &err));
  assert_int_equal(counted(&all), 1);
  check_text(all[0].value, "example.org");
  assert_true(shelf_alias_delete(store, STR("production"), &err));
  refuse(shelf_alias_delete(store, STR("als_1"), &err), ERR_MISSING, "alias");
  refuse(shelf_alias_update(store, &one, &err), ERR_MISSING, "");
  assert_int_equal(counted(&all), 0);
}

static void test_none_for_another(void **state) {
  (void)state;
  struct shelf_alias one = sample("als_1", "production", "shop"), same = sample("als_2", "production", "x"),
                     chain = sample("als_3", "live", "production"), back = sample("als_4", "shop", "y");
  insert(&one);
  refuse(shelf_alias_insert(store, &same, &err), ERR_CONFLICT, "name");
  refuse(shelf_alias_insert(store, &chain, &err), ERR_INVALID, "value");
  refuse(shelf_alias_insert(store, &back, &err), ERR_INVALID, "name");
  back.account_id = STR("acc_none");
  back.name = back.folded = STR("free");
  refuse(shelf_alias_insert(store, &back, &err), ERR_MISSING, "account");
}

static void test_stamped(void **state) {
  (void)state;
  static const char *const edits[] = {"UPDATE alias SET value = 'example.org'",
                                      "UPDATE alias SET name = 'other'", "UPDATE alias SET made_by = 'tok_2'",
                                      "UPDATE alias SET stamp = ''", "UPDATE alias SET id = 'als_9'"};
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct shelf_alias one = sample("als_1", "production", "example.com"), *all;
    fresh_store_sql("DELETE FROM alias");
    insert(&one);
    fresh_store_sql(edits[i]);
    if (counted(&all)) fail_msg("%s", edits[i]);
  }
}

static void test_full(void **state) {
  (void)state;
  struct shelf_alias one = sample("als_x", "x", "v"), more = sample("als_y", "y", "v");
  fresh_store_sql(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO alias "
      "(id, name, folded, value, meant, made_by, created_at, updated_at, stamp) "
      "SELECT 'als_' || i, 'n' || i, 'n' || i, 'z', 'z', 'tok_1', 1, 1, '' FROM n");
  insert(&one); // the thousandth
  refuse(shelf_alias_insert(store, &more, &err), ERR_LIMIT, "");
  assert_true(shelf_alias_update(store, &one, &err));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
                                     cmocka_unit_test_setup_teardown(test_none_for_another, setup, teardown),
                                     cmocka_unit_test_setup_teardown(test_stamped, setup, teardown),
                                     cmocka_unit_test_setup_teardown(test_full, setup, teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

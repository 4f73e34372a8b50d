// SPDX-License-Identifier: Apache-2.0
#include "../support/fresh_store.h"

#include "account/sealed.h"

#define KEY_1 "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct seal_ring *ring_new(void) {
  struct seal_ring *ring;
  struct err err;
  if (!seal_ring_from_text(STR(KEY_1), &ring, &err)) fail_msg("%s", err.text);
  return ring;
}

// Two lists of texts never give one place, however they are cut.
static void test_places(void **state) {
  (void)state;
  static const struct sealed_at rows[] = {
      {SEALED_CREDENTIAL, STR("acc_1"), {STR("a"), STR("b"), STR("c")}},
      {SEALED_CREDENTIAL, STR("acc_1"), {STR("ab"), STR(""), STR("c")}},
      {SEALED_CREDENTIAL, STR("acc_1"), {STR("a"), STR("bc"), STR("")}},
      {SEALED_CREDENTIAL, STR("acc_1"), {STR("a\n1:b"), STR(""), STR("c")}},
      {SEALED_CREDENTIAL, STR("acc_2"), {STR("a"), STR("b"), STR("c")}},
      {SEALED_CREDENTIAL, STR(""), {STR(""), STR(""), STR("")}},
      {STAMPED_CONNECTOR, STR("acc_1"), {STR("a"), STR("b")}},
      {STAMPED_TOOLSET, STR("acc_1"), {STR("a"), STR("b")}},
  };
  enum { ROWS = sizeof rows / sizeof *rows };
  for (size_t i = 0; i < ROWS; i++)
    for (size_t k = 0; k < ROWS; k++)
      if (str_eq(sealed_place(&rows[i], arena), sealed_place(&rows[k], arena)) != (i == k))
        fail_msg("rows %zu and %zu", i, k);
  check_text(sealed_place(&rows[0], arena), "2/account/5:acc_1/credential\n1:a\n1:b\n1:c");
  check_text(sealed_place_before(&rows[0], arena), "account/acc_1/credential");
}

// Every kind binds as much as it says, and the columns of its SELECT are as many.
static void test_table(void **state) {
  (void)state;
  for (enum sealed what = 0; what < SEALED_KINDS; what++) {
    const struct sealed_column *c = &sealed_columns[what];
    struct sealed_at at = {.what = what, .id = STR("id")};
    struct err err;
    struct store_rows rows;
    assert_true(c->bound > 0 && c->bound <= SEALED_BOUND_MOST);
    struct str before = sealed_place(&at, arena);
    for (size_t i = 0; i < SEALED_BOUND_MOST; i++) {
      at.bound[i] = STR("another");
      if (str_eq(sealed_place(&at, arena), before) != (i >= c->bound))
        fail_msg("%s %s, %zu", c->kind, c->column, i);
      at.bound[i] = STR_NONE;
    }
    if (!c->select) continue; // a module of its own does
    const struct store_value values[] = {STORE_TEXT(STR("x")), STORE_TEXT(STR(""))};
    if (!store_query(store, c->select, values, sealed_select_values(what), arena, &rows, &err))
      fail_msg("%s", err.text);
    if (!store_query(store, c->keys, values, 1, arena, &rows, &err)) fail_msg("%s", err.text);
    const struct store_value update[] = {STORE_TEXT(STR("x")), STORE_TEXT(STR("y"))};
    if (!store_run(store, c->update, update, 2, NULL, &err)) fail_msg("%s", err.text);
  }
}

static void test_numbers(void **state) {
  (void)state;
  check_text(sealed_number(arena, 0), "0");
  check_text(sealed_number(arena, INT64_MAX), "9223372036854775807");
  check_text(sealed_number(arena, INT64_MIN), "-9223372036854775808");
}

// It opens for what it was sealed for, and for nothing else that stands beside it.
static void test_bound(void **state) {
  (void)state;
  struct seal_ring *ring = ring_new();
  struct sealed_at at = {
      SEALED_CREDENTIAL, STR("acc_1"), {STR("acme"), STR("token"), STR("https://a.example")}};
  struct secret *plain;
  struct str blob;
  struct err err;
  assert_true(sealed_close(ring, &at, STR("s3cret"), arena, &blob, &err));
  assert_true(sealed_open(ring, &at, blob, &plain, &err));
  check_text(secret_reveal(plain), "s3cret");
  secret_free(plain);
  at.bound[2] = STR("https://b.example");
  assert_false(sealed_open(ring, &at, blob, &plain, &err));
  assert_int_equal(err.code, ERR_DENIED);
  seal_ring_free(ring);
}

static void test_stamps(void **state) {
  (void)state;
  struct sealed_at at = {STAMPED_TOKEN, STR("tok_1"), {STR("name"), STR("admin"), STR("hash"), STR("0")}};
  struct str stamp;
  struct err err;
  assert_true(sealed_stamp(store, &at, arena, &stamp, &err)); // without keys there are none
  assert_int_equal(stamp.n, 0);
  assert_true(sealed_is_ours(store, &at, stamp, &err));
  struct seal_ring *ring = ring_new();
  store_set_ring(store, ring);
  assert_false(sealed_is_ours(store, &at, STR(""), &err));
  assert_true(sealed_stamp(store, &at, arena, &stamp, &err) && stamp.n);
  assert_true(sealed_is_ours(store, &at, stamp, &err));
  at.bound[1] = STR("client");
  assert_false(sealed_is_ours(store, &at, stamp, &err));
  assert_int_equal(err.code, ERR_DENIED);
  store_set_ring(store, NULL);
  seal_ring_free(ring);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh_store_open, fresh_store_close)
  const struct CMUnitTest tests[] = {
      TEST(test_places), TEST(test_table), TEST(test_numbers), TEST(test_bound), TEST(test_stamps),
  };
  return cmocka_run_group_tests_name("account/sealed", tests, NULL, NULL);
}

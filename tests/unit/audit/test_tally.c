// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "audit/tally.h"
#include "base/mem.h"

enum { ROWS_MOST = TALLY_KEYS_MOST + 1 };

static struct tally *tally;
static struct {
  char detail[ROWS_MOST][256], address[ROWS_MOST][64];
  int64_t count[ROWS_MOST], at[ROWS_MOST], elapsed_us[ROWS_MOST];
  size_t n;
} got;

static int setup(void **state) {
  (void)state;
  tally = MEM_NEW(struct tally);
  return 0;
}

static void keep(void *arg, struct tally_entry *e, bool ends) {
  const struct audit_row *r = &e->row;
  assert_true(!arg || *(bool *)arg == ends);
  assert_true(got.n < ROWS_MOST);
  snprintf(got.detail[got.n], sizeof *got.detail, "%.*s", STR_ARG(r->detail));
  snprintf(got.address[got.n], sizeof *got.address, "%.*s", STR_ARG(r->who.address));
  got.count[got.n] = r->count;
  got.at[got.n] = r->at;
  got.elapsed_us[got.n++] = r->elapsed_us;
}

static int64_t end(void) {
  int64_t sum = 0;
  got.n = 0;
  tally_end(tally, keep, NULL);
  for (size_t i = 0; i < got.n; i++) sum += got.count[i];
  assert_true(tally_left(tally, 0) == TALLY_NOTHING);
  return sum;
}

static int teardown(void **state) {
  (void)state;
  end();
  mem_free(tally);
  return 0;
}

static bool add(const char *address, const char *detail, const char *what, int64_t at) {
  char texts[2][64]; // gone afterwards, as a request is
  snprintf(texts[0], sizeof texts[0], "%s", address);
  snprintf(texts[1], sizeof texts[1], "%s", what);
  struct audit_row row = {.at = at,
                          .who.address = str_of(texts[0]),
                          .action = STR("access.refuse"),
                          .outcome = STR("denied"),
                          .detail = str_of(detail)};
  bool begun = tally_add(tally, &row, str_of(texts[1]), 1000);
  memset(texts, 'x', sizeof texts);
  return begun;
}

static void those_alike_are_one_row(void **state) {
  (void)state;
  assert_true(tally_left(tally, 5) == TALLY_NOTHING);
  assert_true(add("192.0.2.1", "unknown", "sha256:1", 100));
  for (int i = 1; i < 500; i++) add("192.0.2.1", "unknown", "sha256:1", 100 + i);
  assert_int_equal(end(), 500);
  assert_int_equal(got.n, 1);
  assert_string_equal(got.detail[0], "unknown: sha256:1");
  assert_string_equal(got.address[0], "192.0.2.1");
  assert_true(got.at[0] == 100 && got.elapsed_us[0] == 499 * 1000);
}

static void what_differs_is_apart(void **state) {
  (void)state;
  static const char *const rows[][3] = {{"192.0.2.1", "unknown", "sha256:1"},
                                        {"192.0.2.2", "unknown", "sha256:1"},
                                        {"192.0.2.1", "missing", "sha256:1"},
                                        {"192.0.2.1", "unknown", "sha256:2"},
                                        {"192.0.2.1", "unknown", ""}};
  for (int round = 0; round < 3; round++)
    for (size_t i = 0; i < 5; i++) add(rows[i][0], rows[i][1], rows[i][2], 1);
  assert_int_equal(end(), 15);
  assert_int_equal(got.n, 5);
  for (size_t i = 0; i < 5; i++) assert_int_equal(got.count[i], 3);
}

// Each with another token: a few are told apart, the others are one row.
static void guesses_of_one_address_are_few_rows(void **state) {
  (void)state;
  char what[32];
  for (int i = 0; i < 5000; i++) {
    snprintf(what, sizeof what, "sha256:%d", i);
    add("192.0.2.1", "unknown", what, 1);
  }
  add("192.0.2.9", "unknown", "sha256:1", 1);
  assert_int_equal(end(), 5001);
  assert_int_equal(got.n, TALLY_WHATS_MOST + 2);
  assert_string_equal(got.detail[0], "unknown: others");
  assert_int_equal(got.count[0], 5000 - TALLY_WHATS_MOST);
}

// And each from another address, with and without a token.
static void many_addresses_are_so_many_rows_at_most(void **state) {
  (void)state;
  char address[32];
  for (int what = 0; what < 2; what++) {
    for (int i = 0; i < 20000; i++) {
      snprintf(address, sizeof address, "2001:db8::%x", i);
      add(address, "unknown", what ? address : "", 1);
    }
    assert_int_equal(end(), 20000);
    assert_int_equal(got.n, what ? TALLY_KEYS_MOST / 2 + 1 : TALLY_KEYS_MOST + 1);
    assert_string_equal(got.detail[got.n - 1], "of more addresses than are told apart");
    assert_string_equal(got.address[got.n - 1], "");
  }
}

static size_t take(uint64_t now_us, bool ends) {
  got.n = 0;
  tally_take(tally, now_us, keep, &ends);
  return got.n;
}

static void a_window_lasts_a_minute(void **state) {
  (void)state;
  add("192.0.2.1", "unknown", "", 1); // at 1000 us
  const uint64_t ends = 1000 + TALLY_WINDOW_MS * 1000ull;
  assert_int_equal(take(1000, false), 1);
  assert_true(tally_left(tally, ends - 1) == 1);
  assert_true(tally_left(tally, ends) == 0 && tally_left(tally, ends + 5) == 0);
  assert_int_equal(take(ends, true), 0); // nothing is news
  assert_true(tally_left(tally, ends) == TALLY_NOTHING);
  assert_true(add("192.0.2.1", "unknown", "", 1)); // another begins
  assert_int_equal(take(ends, true), 1);           // late, and whole
}

static void the_first_is_told_at_once_and_counts_now_and_then(void **state) {
  (void)state;
  const uint64_t begun = 1000, tells = begun + TALLY_TELL_MS * 1000ull; // add: at 1000
  assert_true(add("192.0.2.1", "unknown", "", 1));
  assert_true(tally_left(tally, begun) == 0);
  assert_int_equal(take(begun, false), 1);
  assert_int_equal(got.count[0], 1);
  assert_true(add("192.0.2.1", "unknown", "", 1)); // something to wait for
  for (int i = 0; i < 8; i++) assert_false(add("192.0.2.1", "unknown", "", 1));
  assert_true(tally_left(tally, begun) == tells - begun && tally_left(tally, tells) == 0);
  assert_true(add("192.0.2.2", "unknown", "", 1)); // and another, at once
  assert_true(tally_left(tally, begun) == 0);
  assert_int_equal(take(tells - 1, false), 1); // alone: the count of the first has its time
  assert_string_equal(got.address[0], "192.0.2.2");
  assert_int_equal(take(tells, false), 1);
  assert_string_equal(got.address[0], "192.0.2.1");
  assert_int_equal(got.count[0], 10);
  assert_int_equal(take(tells + TALLY_TELL_MS * 1000ull, false), 0);
  add("192.0.2.1", "unknown", "", 1);
  end();
  assert_int_equal(got.n, 1);
  assert_int_equal(got.count[0], 11); // counts are whole, each time
}

static void of_one_alone_the_time_it_took_stays(void **state) {
  (void)state;
  struct audit_row row = {
      .at = 5, .elapsed_us = 77, .action = STR("account.connect"), .account_id = STR("acc_1")};
  tally_add(tally, &row, STR_NONE, 1);
  row.account_id = STR("acc_2");
  for (int i = 0; i < 2; i++, row.at += 3) tally_add(tally, &row, STR_NONE, 1);
  end();
  assert_int_equal(got.n, 2);
  assert_true(got.elapsed_us[0] == 77 && got.elapsed_us[1] == 3000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(those_alike_are_one_row, setup, teardown),
      cmocka_unit_test_setup_teardown(what_differs_is_apart, setup, teardown),
      cmocka_unit_test_setup_teardown(guesses_of_one_address_are_few_rows, setup, teardown),
      cmocka_unit_test_setup_teardown(many_addresses_are_so_many_rows_at_most, setup, teardown),
      cmocka_unit_test_setup_teardown(a_window_lasts_a_minute, setup, teardown),
      cmocka_unit_test_setup_teardown(the_first_is_told_at_once_and_counts_now_and_then, setup, teardown),
      cmocka_unit_test_setup_teardown(of_one_alone_the_time_it_took_stays, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

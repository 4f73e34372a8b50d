// SPDX-License-Identifier: Apache-2.0
// Who follows the audit gets each row of each program that writes, in its order: also what one writes whose clock is behind,
// what was handed on and not taken, and, of what retention took away, the number.
#include "../support/store_url.h"

#include <stdio.h>

#include "audit/follow.h"
#include "audit/span.h"
#include "base/clock.h"

static char folder[64], url[STORE_URL];
static struct store *store;
static struct audit *one, *other;
static struct arena *arena;
static struct audit_follow *follow;
static struct err err;
static size_t added, seen;
static struct str ids[4096];

#define MUST(done)                                                                                           \
  do {                                                                                                       \
    if (!(done)) fail_msg("%s", err.text);                                                                   \
  } while (0)

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  store_url_make(url, folder);
  arena = arena_new();
  added = seen = 0;
  if (!store_open(str_of(url), &store, &err) || !audit_new(store, &one, &err) ||
      !audit_new(store, &other, &err))
    return -1;
  follow = audit_follow_new(store, STR("sink"));
  return 0;
}

static int teardown(void **state) {
  (void)state;
  audit_follow_free(follow);
  audit_free(one);
  audit_free(other);
  store_close(store);
  arena_free(arena);
  store_url_remove(url);
  temp_remove(folder);
  return 0;
}

static void add(struct audit *audit, size_t count) {
  for (size_t i = 0; i < count; i++)
    audit_add(audit, &(struct audit_row){.at = clock_now_ms() - 60000,
                                         .action = STR("tools/call"),
                                         .outcome = STR("ok"),
                                         .detail = arena_printf(arena, "%zu", added++)});
  audit_flush(audit);
}

static size_t take(size_t limit, bool settle) {
  struct audit_follow_page page;
  MUST(audit_follow_next(follow, limit, arena, &page, &err));
  for (size_t i = 0; i < page.count; i++) {
    assert_true(str_ends(page.entries[i].id, arena_z(arena, page.run)));
    ids[seen++] = page.entries[i].id;
  }
  if (page.count) assert_true(audit_follow_handed(follow, &page));
  if (settle) MUST(audit_follow_settle(follow, AUDIT_FOLLOW_ALL, &err));
  return page.count;
}

static int by_id(const void *a, const void *b) {
  return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void all_are_there_once(void) {
  qsort(ids, seen, sizeof *ids, by_id);
  for (size_t i = 1; i < seen; i++) assert_false(str_eq(ids[i], ids[i - 1]));
  struct store_rows rows;
  MUST(store_query(store, "SELECT id FROM audit ORDER BY id", NULL, 0, arena, &rows, &err));
  assert_int_equal(rows.count, seen);
  for (size_t i = 0; i < seen; i++) assert_true(str_eq(ids[i], store_cell(&rows, i, 0)->text));
}

static void each_row_comes_once_in_order(void **state) {
  (void)state;
  MUST(audit_follow_begin(follow, &err));
  for (size_t i = 0; i < 20; i++) {
    add(one, 17);
    add(other, i % 3 ? 5 : 0);
    while (take(10, i % 2)) continue;
    MUST(audit_follow_settle(follow, AUDIT_FOLLOW_ALL, &err));
  }
  while (take(10, true)) continue;
  all_are_there_once();
}

static void a_sink_begins_with_what_comes(void **state) {
  (void)state;
  add(one, 30);
  MUST(audit_follow_begin(follow, &err));
  assert_int_equal(take(100, true), 0);
  add(one, 3);
  add(other, 4); // its first rows: all of them are meant
  size_t got = 0;
  for (size_t n; (n = take(100, true));) got += n;
  assert_int_equal(got, 7);
  MUST(audit_follow_begin(follow, &err)); // once more, at the next start
  add(one, 2);
  assert_int_equal(take(100, true), 2);
}

static void what_is_unsure_comes_again(void **state) {
  (void)state;
  MUST(audit_follow_begin(follow, &err));
  add(one, 25);
  assert_int_equal(take(10, true), 10);
  assert_int_equal(take(10, false), 10);
  assert_int_equal(take(10, false), 5);
  assert_int_equal(take(10, false), 0);
  assert_int_equal(audit_follow_unsure(follow), 2);
  audit_follow_again(follow);
  seen = 10;
  assert_int_equal(take(10, false), 10);
  audit_follow_free(follow); // as by a kill
  follow = audit_follow_new(store, STR("sink"));
  seen = 10;
  MUST(audit_follow_begin(follow, &err));
  while (take(10, true)) continue;
  all_are_there_once();
}

static void pages_that_are_unsure_have_a_most(void **state) {
  (void)state;
  struct audit_follow_page page;
  MUST(audit_follow_begin(follow, &err));
  add(one, AUDIT_FOLLOW_UNSURE_MOST + 1);
  for (size_t i = 0; i < AUDIT_FOLLOW_UNSURE_MOST; i++) assert_int_equal(take(1, false), 1);
  MUST(audit_follow_next(follow, 1, arena, &page, &err));
  assert_false(audit_follow_handed(follow, &page));
  MUST(audit_follow_settle(follow, AUDIT_FOLLOW_ALL, &err));
  assert_int_equal(take(1, true), 1);
  all_are_there_once();
}

// Its id is before all others, as of a program whose clock stood an hour behind.
static void a_clock_that_is_behind_hides_no_row(void **state) {
  (void)state;
  MUST(audit_follow_begin(follow, &err));
  add(one, 5);
  assert_int_equal(take(10, true), 5);
  MUST(store_run(
      store,
      "INSERT INTO audit (id, at, actor, actor_name, client, address, action, server_id, server_name, "
      "account_id, account_name, tool, arguments, outcome, status, elapsed_us, request_id, detail, url) "
      "VALUES ('aud_0aaaaaaaa0000behind7', 1, '', '', '', '', '', '', '', '', '', '', '', 'ok', 0, 0, '', "
      "'', '')",
      NULL, 0, NULL, &err));
  MUST(audit_follow_note(store, STR("aud_0aaaaaaaa0000behind7"), &err));
  assert_int_equal(take(10, true), 1);
  assert_int_equal(take(10, true), 0);
  all_are_there_once();
}

static void what_goes_by_its_age_is_counted(void **state) {
  (void)state;
  size_t gone;
  int64_t lost;
  MUST(audit_follow_begin(follow, &err));
  add(one, 40);
  assert_int_equal(take(15, true), 15);
  int64_t cutoff = clock_now_ms() - 30000;
  MUST(audit_span_purge(store, cutoff, 1000, &gone, &err));
  assert_int_equal(gone, 40);
  MUST(audit_follow_lost(follow, &lost, &err));
  assert_int_equal(lost, 25);
  assert_int_equal(take(10, true), 0);
  add(one, 3); // it goes on
  assert_int_equal(take(10, true), 3);
  MUST(audit_follow_lost(follow, &lost, &err));
  assert_int_equal(lost, 25);
}

static void who_is_not_looked_after_is_forgotten(void **state) {
  (void)state;
  struct store_rows rows;
  MUST(audit_follow_begin(follow, &err));
  add(one, 1);
  assert_int_equal(take(10, true), 1);
  MUST(audit_follow_tidy(store, clock_now_ms() - 10000, &err));
  MUST(store_query(store, "SELECT 1 FROM audit_sink", NULL, 0, arena, &rows, &err));
  assert_true(rows.count > 0);
  MUST(audit_follow_tidy(store, clock_now_ms() + 10000, &err));
  MUST(store_query(store, "SELECT 1 FROM audit_sink", NULL, 0, arena, &rows, &err));
  assert_int_equal(rows.count, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_row_comes_once_in_order, setup, teardown),
      cmocka_unit_test_setup_teardown(a_sink_begins_with_what_comes, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_unsure_comes_again, setup, teardown),
      cmocka_unit_test_setup_teardown(pages_that_are_unsure_have_a_most, setup, teardown),
      cmocka_unit_test_setup_teardown(a_clock_that_is_behind_hides_no_row, setup, teardown),
      cmocka_unit_test_setup_teardown(what_goes_by_its_age_is_counted, setup, teardown),
      cmocka_unit_test_setup_teardown(who_is_not_looked_after_is_forgotten, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

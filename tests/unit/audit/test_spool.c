// SPDX-License-Identifier: Apache-2.0
// Rows wait in a file while the store takes none: none is lost and none is there twice, over ends of any kind, in the order
// of writing, with counts that grow and values that stay sealed.
#include "thief.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/spool.h"
#include "base/clock.h"
#include "base/metrics.h"

static char folder[64], url[STORE_URL], path[128];
static struct audit_files at;
static struct store *store;
static struct audit *audit;
static struct arena *arena;
static struct err err;
static size_t added;

#define MUST(done)                                                                                           \
  do {                                                                                                       \
    if (!(done)) fail_msg("%s", err.text);                                                                   \
  } while (0)

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  store_url_make(url, folder);
  snprintf(path, sizeof path, "%s/audit.spool", folder);
  at = (struct audit_files){path, 1 << 20, NULL, 0};
  arena = arena_new();
  added = 0;
  return store_open(str_of(url), &store, &err) && audit_new_kept(store, &at, &audit, &err) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  audit_free(audit);
  store_close(store);
  arena_free(arena);
  store_url_remove(url);
  temp_remove(folder);
  return 0;
}

static void add(size_t count) {
  for (size_t i = 0; i < count; i++)
    audit_add(audit, &(struct audit_row){.at = clock_now_ms(),
                                         .action = STR("tools/call"),
                                         .outcome = STR("ok"),
                                         .server_name = STR("Zones"),
                                         .server_id = STR("srv_1"),
                                         .detail = arena_printf(arena, "%zu", added++)});
  audit_flush(audit); // kept, in the store or in the spool
}

static int64_t number(const char *sql) {
  struct store_rows rows;
  MUST(store_query(store, sql, NULL, 0, arena, &rows, &err));
  return store_cell(&rows, 0, 0)->number;
}

static void wait_for_rows(int64_t count) {
  for (int i = 0; i < 60000 && number("SELECT count(*) FROM audit") < count; i++) usleep(1000);
}

// Each row once, in the order in which they were added.
static void expect_all(void) {
  struct store_rows rows;
  wait_for_rows((int64_t)added);
  MUST(store_query(store, "SELECT detail FROM audit ORDER BY id", NULL, 0, arena, &rows, &err));
  assert_int_equal(rows.count, added);
  for (size_t i = 0; i < rows.count; i++)
    assert_true(str_eq(store_cell(&rows, i, 0)->text, arena_printf(arena, "%zu", i)));
}

static off_t size_of_file(void) {
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  return st.st_size;
}

static void rows_wait_and_come_in_order(void **state) {
  (void)state;
  add(5);
  assert_int_equal(size_of_file(), 0);
  thief_take(url);
  for (size_t i = 0; i < 3; i++) add(20);
  assert_int_equal(number("SELECT count(*) FROM audit"), 5);
  assert_true(size_of_file() > 0);
  assert_int_equal(metrics_get(METRIC_AUDIT_SPOOLED), 60);
  thief_give_back();
  add(3); // behind those
  expect_all();
  for (int i = 0; i < 60000 && metrics_get(METRIC_AUDIT_SPOOLED); i++) usleep(1000);
  assert_int_equal(size_of_file(), 0);
  assert_int_equal(metrics_get(METRIC_AUDIT_SPOOLED), 0);
  add(2);
  expect_all();
}

// The end comes while the store is away; the next start finds the rows, and another one that comes in between, too.
static void rows_outlive_the_program(void **state) {
  (void)state;
  add(5);
  thief_take(url);
  add(30);
  audit_free(audit);
  MUST(audit_new_kept(store, &at, &audit, &err));
  add(10);
  assert_int_equal(number("SELECT count(*) FROM audit"), 5);
  audit_free(audit);
  thief_give_back();
  MUST(audit_new_kept(store, &at, &audit, &err));
  add(5);
  expect_all();
  assert_int_equal(number("SELECT count(*) FROM audit_name"), 1);
  assert_true(number("SELECT count(*) FROM audit_run") >= 3);
}

static void copy_file(const char *from, const char *to) {
  char bytes[1 << 16];
  int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  ssize_t n = read(in, bytes, sizeof bytes);
  assert_true(n > 0 && write(out, bytes, (size_t)n) == n);
  close(in);
  close(out);
}

// A kill after the rows were written and before the file was emptied: they are written again, and are there once.
static void what_is_written_twice_is_there_once(void **state) {
  (void)state;
  char kept[160];
  snprintf(kept, sizeof kept, "%s.kept", path);
  thief_take(url);
  add(25);
  copy_file(path, kept);
  thief_give_back();
  expect_all();
  audit_free(audit);
  copy_file(kept, path);
  MUST(audit_new_kept(store, &at, &audit, &err));
  add(5);
  for (int i = 0; i < 60000 && size_of_file(); i++) usleep(1000);
  expect_all();
}

// A kill in the middle of a write, and a byte that the disk lost: what was whole before is kept.
static void what_is_cut_off_is_dropped(void **state) {
  (void)state;
  thief_take(url);
  add(1);
  off_t first = size_of_file();
  add(1);
  audit_free(audit);
  added--;
  assert_int_equal(truncate(path, first + 11), 0);
  MUST(audit_new_kept(store, &at, &audit, &err));
  assert_int_equal(size_of_file(), first);
  add(1);
  audit_free(audit);
  int fd = open(path, O_WRONLY);
  assert_int_equal(pwrite(fd, "\xff", 1, first + 40), 1);
  close(fd);
  added--;
  MUST(audit_new_kept(store, &at, &audit, &err));
  add(1);
  thief_give_back();
  expect_all();
}

static void what_does_not_fit_waits_in_memory(void **state) {
  (void)state;
  audit_free(audit);
  at.spool_most = 4096;
  MUST(audit_new_kept(store, &at, &audit, &err));
  thief_take(url);
  for (size_t i = 0; i < 200; i++)
    audit_add(audit, &(struct audit_row){.at = clock_now_ms(),
                                         .action = STR("tools/call"),
                                         .outcome = STR("ok"),
                                         .detail = arena_printf(arena, "%zu", added++)});
  usleep(300 * 1000);
  assert_true(size_of_file() <= 4096);
  thief_give_back();
  expect_all();
}

// What one node wrote while another one's rows waited stands behind them: who goes on from its last row misses those, and
// who asks by time has them.
static void rows_that_come_late_stand_before(void **state) {
  (void)state;
  struct audit *other;
  struct audit_page page;
  int64_t since = clock_now_ms();
  thief_take(url);
  add(3);
  audit_free(audit);
  thief_give_back();
  MUST(audit_new(store, &other, &err));
  audit_add(other,
            &(struct audit_row){.at = clock_now_ms(), .action = STR("tools/call"), .detail = STR("3")});
  audit_flush(other);
  struct audit_query all = {.oldest_first = true, .since = since, .limit = 10};
  MUST(audit_read(store, &all, arena, &page, &err));
  assert_int_equal(page.count, 1);
  struct audit_query on = {.oldest_first = true, .after_id = page.entries[0].id, .limit = 10};
  MUST(audit_new_kept(store, &at, &audit, &err));
  wait_for_rows(4);
  MUST(audit_read(store, &on, arena, &page, &err));
  assert_int_equal(page.count, 0);
  MUST(audit_read(store, &all, arena, &page, &err));
  assert_int_equal(page.count, 4);
  for (size_t i = 0; i < page.count; i++)
    assert_true(str_eq(page.entries[i].row.detail, arena_printf(arena, "%zu", i)));
  audit_free(other);
}

static void two_programs_do_not_share_a_file(void **state) {
  (void)state;
  struct audit *other;
  assert_false(audit_new_kept(store, &at, &other, &err));
  assert_non_null(strstr(err.text, "another Postern"));
}

static void counts_grow_in_the_spool(void **state) {
  (void)state;
  thief_take(url);
  for (int i = 0; i < 3; i++)
    audit_count(audit,
                &(struct audit_row){.at = clock_now_ms(),
                                    .action = STR(AUDIT_REFUSE),
                                    .outcome = STR("denied"),
                                    .who.address = STR("192.0.2.1")},
                STR_NONE);
  for (int i = 0; i < 60000 && !metrics_get(METRIC_AUDIT_SPOOLED); i++) usleep(1000);
  audit_count(audit,
              &(struct audit_row){.at = clock_now_ms(),
                                  .action = STR(AUDIT_REFUSE),
                                  .outcome = STR("denied"),
                                  .who.address = STR("192.0.2.1")},
              STR_NONE);
  audit_flush(audit);
  thief_give_back();
  wait_for_rows(1);
  for (int i = 0; i < 60000 && size_of_file(); i++) usleep(1000);
  assert_int_equal(number("SELECT count(*) FROM audit"), 1);
  assert_int_equal(number("SELECT repeats FROM audit"), 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(rows_wait_and_come_in_order, setup, teardown),
      cmocka_unit_test_setup_teardown(rows_outlive_the_program, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_written_twice_is_there_once, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_cut_off_is_dropped, setup, teardown),
      cmocka_unit_test_setup_teardown(what_does_not_fit_waits_in_memory, setup, teardown),
      cmocka_unit_test_setup_teardown(two_programs_do_not_share_a_file, setup, teardown),
      cmocka_unit_test_setup_teardown(rows_that_come_late_stand_before, setup, teardown),
      cmocka_unit_test_setup_teardown(counts_grow_in_the_spool, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

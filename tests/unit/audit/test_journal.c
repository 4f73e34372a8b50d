// SPDX-License-Identifier: Apache-2.0
// Rows that wait in memory are in a file as well: a kill, at whatever moment, loses none and doubles none, and a file that
// is full, cut off, garbled, somebody else's or on a disk that takes no more costs the journal and no row.
#include "thief.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/journal.h"
#include "audit/mint.h"
#include "audit/record.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "crypto/seal.h"

#define KEYS "k1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"

static char folder[64], url[STORE_URL], path[128], spool[128];
static struct audit_files at;
static struct store *store;
static struct seal_ring *ring;
static struct arena *arena;
static struct err err;

#define MUST(done)                                                                                           \
  do {                                                                                                       \
    if (!(done)) fail_msg("%s", err.text);                                                                   \
  } while (0)

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  store_url_make(url, folder);
  snprintf(path, sizeof path, "%s/audit.journal", folder);
  snprintf(spool, sizeof spool, "%s/audit.spool", folder);
  at = (struct audit_files){.journal = path, .journal_most = 1 << 20};
  arena = arena_new();
  return store_open(str_of(url), &store, &err) && seal_ring_from_text(STR(KEYS), &ring, &err) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  store_close(store);
  seal_ring_free(ring);
  arena_free(arena);
  store_url_remove(url);
  temp_remove(folder);
  return 0;
}

static struct audit_row row_of(size_t n) {
  return (struct audit_row){.at = clock_now_ms(),
                            .action = STR("tools/call"),
                            .outcome = STR("ok"),
                            .account_id = STR("acc_1"),
                            .values = n % 3 ? STR_NONE : STR("{\"secret\":\"word\"}"),
                            .detail = arena_printf(arena, "%zu", n)};
}

static void add(struct audit *audit, size_t n) {
  struct audit_row row = row_of(n);
  audit_add(audit, &row);
}

static int64_t number(const char *sql) {
  struct store_rows rows;
  MUST(store_query(store, sql, NULL, 0, arena, &rows, &err));
  return store_cell(&rows, 0, 0)->number;
}

// Each row once, in the order in which they were added.
static void expect_all(size_t count) {
  struct store_rows rows;
  MUST(store_query(store, "SELECT detail FROM audit ORDER BY id", NULL, 0, arena, &rows, &err));
  assert_int_equal(rows.count, count);
  for (size_t i = 0; i < rows.count; i++)
    assert_true(str_eq(store_cell(&rows, i, 0)->text, arena_printf(arena, "%zu", i)));
}

static off_t size_of(const char *file) {
  struct stat st;
  return stat(file, &st) == 0 ? st.st_size : -1;
}

// Another program that adds rows from `first` on, where nobody else uses the store or while somebody keeps it from it, and
// is killed: before it has written any, or while it does.
static void add_and_die(size_t first, size_t count, useconds_t after_us, bool away) {
  store_close(store);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    struct audit *audit;
    alarm(120);
    if (!store_open(str_of(url), &store, &err)) _exit(1);
    store_set_ring(store, ring);
    if (!audit_new_kept(store, &at, &audit, &err)) _exit(2);
    if (away) audit_flush(audit), thief_take(url);
    for (size_t i = 0; i < count; i++) add(audit, first + i);
    usleep(after_us);
    kill(getpid(), SIGKILL);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) fail_msg("it ended with %x", (unsigned)status);
  MUST(store_open(str_of(url), &store, &err));
}

static void start_and_stop(void) {
  struct audit *audit;
  store_set_ring(store, ring);
  MUST(audit_new_kept(store, &at, &audit, &err));
  audit_flush(audit);
  audit_free(audit);
}

static void a_kill_loses_no_row_and_doubles_none(void **state) {
  (void)state;
  size_t count = 0;
  for (useconds_t after = 0; after < 60000; count += 40, after = after * 2 + 997)
    add_and_die(count, 40, after, false);
  start_and_stop();
  expect_all(count);
  assert_int_equal(number("SELECT count(*) FROM audit WHERE argument_values <> ''"),
                   (int64_t)(count + 2) / 3);
  start_and_stop();
  expect_all(count);
}

static void what_a_kill_left_is_there_while_the_store_is_away(void **state) {
  (void)state;
  at.spool = spool, at.spool_most = 1 << 20;
  add_and_die(0, 30, 0, true);
  add_and_die(30, 30, 100 * 1000, true); // in the spool by then
  add_and_die(60, 30, 0, true);
  start_and_stop();
  expect_all(90);
}

static void what_no_file_takes_at_a_stop_comes_with_the_next_start(void **state) {
  (void)state;
  struct audit *audit;
  MUST(audit_new_kept(store, &at, &audit, &err));
  int64_t dropped = metrics_get(METRIC_AUDIT_DROPPED);
  thief_take(url);
  for (size_t i = 0; i < 20; i++) add(audit, i);
  audit_free(audit);
  thief_give_back();
  assert_int_equal(metrics_get(METRIC_AUDIT_DROPPED), dropped);
  start_and_stop();
  expect_all(20);
}

static void copy_file(const char *from, const char *to) {
  static char bytes[2 << 20];
  int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  ssize_t n = read(in, bytes, sizeof bytes);
  assert_true(n > 0 && write(out, bytes, (size_t)n) == n);
  close(in);
  close(out);
}

static void what_is_written_twice_is_there_once(void **state) {
  (void)state;
  char kept[160];
  snprintf(kept, sizeof kept, "%s.kept", path);
  add_and_die(0, 25, 0, false);
  copy_file(path, kept);
  start_and_stop();
  copy_file(kept, path);
  start_and_stop();
  expect_all(25);
}

// Values are in it sealed or not at all, and nobody else reads it.
static void it_has_what_the_store_has(void **state) {
  (void)state;
  static char bytes[2 << 20];
  struct stat st;
  add_and_die(0, 25, 0, false);
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(st.st_size, AUDIT_JOURNAL_HEAD + (1 << 20));
  assert_true(st.st_blocks * 512 >= 1 << 20);
  int fd = open(path, O_RDONLY);
  ssize_t n = read(fd, bytes, sizeof bytes);
  close(fd);
  assert_true(n > 0);
  assert_null(memmem(bytes, (size_t)n, "secret", 6));
  assert_non_null(memmem(bytes, (size_t)n, "tools/call", 10));
}

// ---- the ring

static struct audit_item *item_of(struct audit_mint *mint, size_t n) {
  struct audit_row row = row_of(n);
  row.values = STR_NONE;
  row.arguments = arena_printf(arena, "%*s", (int)(n % 1500), "x");
  struct audit_item *item = audit_item_new(&row);
  audit_mint_next(mint, item->id);
  return item;
}

// Any number of rows around the end, and what is left is always what was not done.
static void it_goes_around(void **state) {
  (void)state;
  enum { ROUNDS = 3000, WAIT_MOST = 64 };
  struct audit_journal *j;
  struct audit_mint mint;
  struct audit_item *waits[WAIT_MOST], *left[WAIT_MOST];
  size_t count = 0, full = 0;
  at.journal_most = 1; // as small as it can be
  audit_mint_begin(&mint);
  MUST(audit_journal_open(&at, &j, &err));
  for (size_t n = 0; n < ROUNDS; n++) {
    struct audit_item *item = item_of(&mint, n);
    bool fits = count < WAIT_MOST && audit_journal_add(j, item, store);
    if (fits)
      waits[count++] = item;
    else
      audit_item_free(item), full++;
    size_t done = !fits ? count / 2 + 1 : (n % 7 == 0), bytes = 0;
    if (done > count) done = count;
    for (size_t i = 0; i < done; i++) {
      bytes += waits[i]->journaled;
      audit_item_free(waits[i]);
    }
    memmove(waits, waits + done, (count -= done) * sizeof *waits);
    audit_journal_done(j, bytes);
    if (n % 97) continue;
    audit_journal_close(j); // as a kill leaves it
    MUST(audit_journal_open(&at, &j, &err));
    assert_int_equal(audit_journal_left(j), count);
    assert_true(!count || str_eq(audit_journal_last(j), str_of(waits[count - 1]->id)));
    assert_int_equal(audit_journal_rest(j, left, WAIT_MOST), count);
    for (size_t i = 0; i < count; i++) {
      assert_string_equal(left[i]->id, waits[i]->id);
      assert_true(str_eq(left[i]->row.detail, waits[i]->row.detail));
      assert_int_equal(left[i]->journaled, waits[i]->journaled);
      audit_item_free(left[i]);
    }
  }
  assert_true(full > 10);
  for (size_t i = 0; i < count; i++) audit_item_free(waits[i]);
  audit_journal_close(j);
  assert_int_equal(size_of(path), AUDIT_JOURNAL_HEAD + AUDIT_JOURNAL_LEAST);
}

static void what_does_not_fit_waits_in_memory_alone(void **state) {
  (void)state;
  struct audit *audit;
  at.journal_most = 1;
  int64_t bare = metrics_get(METRIC_AUDIT_BARE);
  MUST(audit_new_kept(store, &at, &audit, &err));
  thief_take(url);
  for (size_t i = 0; i < 1000; i++) add(audit, i);
  assert_true(metrics_get(METRIC_AUDIT_BARE) > bare + 100);
  thief_give_back();
  audit_flush(audit);
  expect_all(1000);
  bare = metrics_get(METRIC_AUDIT_BARE);
  add(audit, 1000);
  assert_int_equal(metrics_get(METRIC_AUDIT_BARE), bare); // there is room again
  audit_free(audit);
  expect_all(1001);
}

// It has another size once nothing is left in it, and is gone where it is turned off.
static void its_size_is_changed_when_it_is_empty(void **state) {
  (void)state;
  add_and_die(0, 10, 0, false);
  at.journal_most = 2 << 20;
  start_and_stop();
  assert_int_equal(size_of(path), AUDIT_JOURNAL_HEAD + (1 << 20));
  start_and_stop();
  assert_int_equal(size_of(path), AUDIT_JOURNAL_HEAD + (2 << 20));
  add_and_die(10, 10, 0, false);
  at.journal_most = 0;
  start_and_stop();
  expect_all(20);
  start_and_stop();
  assert_int_equal(size_of(path), -1);
}

// ---- files that are none, or not ours

static void spoil(off_t from, size_t n, char with) {
  int fd = open(path, O_WRONLY);
  for (size_t i = 0; i < n; i++) assert_int_equal(pwrite(fd, &with, 1, from + (off_t)i), 1);
  close(fd);
}

static void what_is_garbled_costs_no_more_than_itself(void **state) {
  (void)state;
  add_and_die(0, 1, 0, false);
  start_and_stop();
  add_and_die(1, 10, 0, false);
  spoil(AUDIT_JOURNAL_HEAD + 2000, 1, '\xff'); // in one of them: those before it are whole
  start_and_stop();
  int64_t there = number("SELECT count(*) FROM audit");
  assert_true(there > 2 && there < 11);
  for (off_t from = 0; from < 24; from += 8) { // the word that says what it is, how large, and where rows are
    add_and_die((size_t)there, 1, 0, false);
    spoil(from, 8, '\xff');
    start_and_stop();
  }
  assert_int_equal(number("SELECT count(*) FROM audit"), there);
  add_and_die((size_t)there, 3, 0, false); // it is made anew each time
  start_and_stop();
  expect_all((size_t)there + 3);
}

static void a_file_of_any_length_is_none(void **state) {
  (void)state;
  static const off_t lengths[] = {
      1, 23, 24, AUDIT_JOURNAL_HEAD, AUDIT_JOURNAL_HEAD + AUDIT_JOURNAL_LEAST, (off_t)1 << 34};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    start_and_stop();
    assert_int_equal(truncate(path, lengths[i]), 0);
    start_and_stop();
    assert_int_equal(size_of(path), AUDIT_JOURNAL_HEAD + (1 << 20));
  }
  add_and_die(0, 5, 0, false);
  start_and_stop();
  expect_all(5);
}

static void refused(const char *why) {
  struct audit *audit;
  assert_false(audit_new_kept(store, &at, &audit, &err));
  if (!strstr(err.text, why)) fail_msg("%s", err.text);
}

static void others_have_no_say_in_it(void **state) {
  (void)state;
  struct audit *audit;
  MUST(audit_new_kept(store, &at, &audit, &err));
  refused("another Postern");
  audit_free(audit);
  assert_int_equal(chmod(path, 0620), 0);
  refused("others can write");
  assert_int_equal(chmod(path, 0644), 0);
  start_and_stop();
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(symlink("/dev/null", path), 0);
  refused("a link");
  assert_int_equal(unlink(path), 0);
  assert_int_equal(mkfifo(path, 0600), 0);
  refused("no file");
}

static void without_a_place_there_is_none(void **state) {
  (void)state;
  struct audit *audit;
  at.journal = "/nowhere/audit.journal";
  int64_t bare = metrics_get(METRIC_AUDIT_BARE);
  MUST(audit_new_kept(store, &at, &audit, &err));
  add(audit, 0);
  audit_flush(audit);
  audit_free(audit);
  expect_all(1);
  assert_int_equal(metrics_get(METRIC_AUDIT_BARE), bare + 1);
}

// The disk under the mapping is gone, or takes no more: the kernel says so by a signal.
static void a_disk_that_takes_no_more_costs_the_journal_alone(void **state) {
  (void)state;
  struct audit *audit;
  MUST(audit_new_kept(store, &at, &audit, &err));
  add(audit, 0);
  audit_flush(audit);
  assert_int_equal(truncate(path, 0), 0);
  for (size_t i = 1; i < 20; i++) add(audit, i);
  audit_flush(audit);
  audit_free(audit);
  expect_all(20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_kill_loses_no_row_and_doubles_none, setup, teardown),
      cmocka_unit_test_setup_teardown(what_a_kill_left_is_there_while_the_store_is_away, setup, teardown),
      cmocka_unit_test_setup_teardown(what_no_file_takes_at_a_stop_comes_with_the_next_start, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(what_is_written_twice_is_there_once, setup, teardown),
      cmocka_unit_test_setup_teardown(it_has_what_the_store_has, setup, teardown),
      cmocka_unit_test_setup_teardown(it_goes_around, setup, teardown),
      cmocka_unit_test_setup_teardown(what_does_not_fit_waits_in_memory_alone, setup, teardown),
      cmocka_unit_test_setup_teardown(its_size_is_changed_when_it_is_empty, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_garbled_costs_no_more_than_itself, setup, teardown),
      cmocka_unit_test_setup_teardown(a_file_of_any_length_is_none, setup, teardown),
      cmocka_unit_test_setup_teardown(others_have_no_say_in_it, setup, teardown),
      cmocka_unit_test_setup_teardown(without_a_place_there_is_none, setup, teardown),
      cmocka_unit_test_setup_teardown(a_disk_that_takes_no_more_costs_the_journal_alone, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

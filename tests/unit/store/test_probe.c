// SPDX-License-Identifier: Apache-2.0
// The disk fills up, another program locks the database, a transaction takes long: what the probe says of it,
// and that asking it never waits.
#include "../support/temp.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "store/probe.h"

enum { OFTEN_MS = 10, CEILING_MS = 60000 };

static char folder[64], path[128];
static struct store *store;
static struct store_probe *probe;
static sqlite3 *other; // another program's connection

static int setup(void **state) {
  (void)state;
  char url[160];
  struct err err;
  temp_make(folder);
  snprintf(path, sizeof path, "%s/postern.db", folder);
  snprintf(url, sizeof url, "sqlite:%s", path);
  signal(SIGXFSZ, SIG_IGN);
  return store_open(str_of(url), &store, &err) && sqlite3_open(path, &other) == SQLITE_OK ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  store_probe_free(probe);
  probe = NULL;
  sqlite3_close(other);
  store_close(store);
  temp_remove(folder);
  return 0;
}

static void start(void) {
  struct err err;
  if (!store_probe_new(store, OFTEN_MS, &probe, &err)) fail_msg("%s", err.text);
}

static void sql(const char *text) {
  if (sqlite3_exec(other, text, NULL, NULL, NULL) != SQLITE_OK)
    fail_msg("%s: %s", text, sqlite3_errmsg(other));
}

static struct store_health until(bool ok) {
  struct store_health h;
  for (int waited = 0; store_probe_read(probe, &h), h.ok != ok; waited++) {
    if (waited == CEILING_MS) fail_msg("it stays %s: %s", h.ok ? "ready" : "not ready", h.why.text);
    usleep(1000);
  }
  return h;
}

static int64_t pinged(void) {
  sqlite3_stmt *st;
  assert_int_equal(sqlite3_prepare_v2(other, "SELECT value FROM meta WHERE key = 'ping'", -1, &st, NULL), 0);
  int64_t value = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
  sqlite3_finalize(st);
  return value;
}

static void rows_are_written_not_just_tried(void **state) {
  (void)state;
  start();
  int64_t first = pinged();
  assert_true(first > 0); // at once
  for (int waited = 0; pinged() == first; waited++) {
    if (waited == CEILING_MS) fail_msg("no other row came");
    usleep(1000);
  }
  assert_true(until(true).ok);
}

static void a_locked_database_is_not_ready(void **state) {
  (void)state;
  static const char *const locks[] = {"BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"};
  start();
  for (size_t i = 0; i < sizeof locks / sizeof *locks; i++) {
    sql(locks[i]);
    struct store_health h = until(false);
    assert_int_equal(h.why.code, ERR_UNAVAILABLE);
    assert_non_null(strstr(h.why.text, "locked"));
    assert_true(h.why.hint[0]);
    sql("ROLLBACK");
    until(true);
  }
}

static void a_start_with_a_locked_database_is_a_start(void **state) {
  (void)state;
  struct store_health h;
  sql("BEGIN EXCLUSIVE");
  start();
  store_probe_read(probe, &h);
  assert_false(h.ok);
  sql("ROLLBACK");
  until(true);
}

static void a_full_disk_is_not_ready(void **state) {
  (void)state;
  struct rlimit before, full;
  getrlimit(RLIMIT_FSIZE, &before);
  start();
  for (int round = 0; round < 2; round++) {
    full = (struct rlimit){0, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full); // nothing is printed meanwhile
    struct store_health h;
    int waited = 0;
    while (store_probe_read(probe, &h), h.ok && waited++ < CEILING_MS) usleep(1000);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(h.ok);
    assert_int_equal(h.why.code, ERR_UNAVAILABLE);
    assert_non_null(strstr(h.why.text, "disk"));
    until(true);
  }
}

static pthread_mutex_t long_one = PTHREAD_MUTEX_INITIALIZER;

static bool long_body(struct store *s, void *arg, struct err *err) {
  (void)s, (void)arg, (void)err;
  pthread_mutex_lock(&long_one);
  pthread_mutex_unlock(&long_one);
  return true;
}

static void *long_transaction(void *arg) {
  struct err err;
  return store_transact(store, long_body, NULL, &err) ? NULL : arg;
}

// The probe waits its turn; who asks does not, and sees how old the answer is.
static void asking_waits_for_nobody(void **state) {
  (void)state;
  pthread_t thread;
  void *failed;
  struct store_health h;
  start();
  pthread_mutex_lock(&long_one);
  assert_int_equal(pthread_create(&thread, NULL, long_transaction, folder), 0);
  for (int waited = 0; store_probe_read(probe, &h), h.age_ms < 20 * OFTEN_MS; waited++) {
    if (waited == CEILING_MS) fail_msg("the last try is always %d ms ago at most", (int)h.age_ms);
    usleep(1000);
  }
  assert_true(h.ok); // as far as is known
  pthread_mutex_unlock(&long_one);
  pthread_join(thread, &failed);
  assert_null(failed);
  for (int waited = 0; store_probe_read(probe, &h), h.age_ms >= 20 * OFTEN_MS; waited++) {
    if (waited == CEILING_MS) fail_msg("it is never tried again");
    usleep(1000);
  }
}

// Many writers behind a lock that stays: the first waits, the others are told at once. (With a wait each,
// this takes minutes, and the test's own limit ends it.)
static void a_lock_that_stays_is_waited_for_once(void **state) {
  (void)state;
  struct err err;
  sql("BEGIN EXCLUSIVE");
  for (int i = 0; i < 100; i++) {
    assert_false(store_run(store, "UPDATE meta SET value = value", NULL, 0, NULL, &err));
    assert_int_equal(err.code, ERR_UNAVAILABLE);
    assert_true(err.hint[0]);
  }
  sql("ROLLBACK");
  assert_true(store_run(store, "UPDATE meta SET value = value", NULL, 0, NULL, &err));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(rows_are_written_not_just_tried),
      TEST(a_locked_database_is_not_ready),
      TEST(a_start_with_a_locked_database_is_a_start),
      TEST(a_full_disk_is_not_ready),
      TEST(asking_waits_for_nobody),
      TEST(a_lock_that_stays_is_waited_for_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

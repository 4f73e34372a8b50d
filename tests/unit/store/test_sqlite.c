// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "store/driver.h"

static char folder[64];
static char path[128], url[160];

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  snprintf(path, sizeof path, "%s/a/b/postern.db", folder);
  snprintf(url, sizeof url, "sqlite:%s", path);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  temp_remove(folder);
  return 0;
}

static struct store *open_ok(void) {
  struct store *s = NULL;
  struct err err;
  if (!store_open(str_of(url), &s, &err)) fail_msg("%s", err.text);
  return s;
}

static unsigned mode_of(const char *at) {
  struct stat st;
  assert_int_equal(stat(at, &st), 0);
  return st.st_mode & 0777;
}

static void files_are_the_owners_alone(void **state) {
  (void)state;
  umask(0);
  struct store *s = open_ok();
  char at[160];
  snprintf(at, sizeof at, "%s/a", folder);
  assert_int_equal(mode_of(at), 0700);
  assert_int_equal(mode_of(path), 0600);
  snprintf(at, sizeof at, "%s-wal", path);
  assert_int_equal(mode_of(at), 0600);
  store_close(s);
  assert_int_equal(chmod(path, 0644), 0);
  store_close(open_ok());
  assert_int_equal(mode_of(path), 0600);
}

static void what_is_no_database_is_refused(void **state) {
  (void)state;
  struct store *s;
  struct err err;
  store_close(open_ok());
  char junk[4096];
  memset(junk, 'x', sizeof junk - 1);
  junk[sizeof junk - 1] = 0;
  temp_write(path, junk);
  assert_false(store_open(str_of(url), &s, &err));
  assert_non_null(strstr(err.text, "not a database"));
  assert_non_null(strstr(err.text, path));
  assert_true(err.hint[0]);
  snprintf(url, sizeof url, "sqlite:%s/a", folder);
  assert_false(store_open(str_of(url), &s, &err));
  assert_int_equal(err.code, ERR_INVALID);
}

static void a_damaged_database_says_so(void **state) {
  (void)state;
  struct store *s;
  struct err err;
  store_close(open_ok());
  FILE *f = fopen(path, "r+");
  assert_non_null(f);
  assert_int_equal(fseek(f, 100, SEEK_SET), 0); // the b-tree page behind the file's header
  for (int i = 0; i < 3000; i++) fputc(0xa5, f);
  fclose(f);
  assert_false(store_open(str_of(url), &s, &err));
  assert_non_null(strstr(err.text, "damaged"));
}

static void a_folder_that_cannot_be_made_is_named(void **state) {
  (void)state;
  struct store *s;
  struct err err;
  char at[160];
  snprintf(at, sizeof at, "%s/file", folder);
  temp_write(at, "x");
  snprintf(url, sizeof url, "sqlite:%s/file/postern.db", folder);
  assert_false(store_open(str_of(url), &s, &err));
  assert_int_equal(err.code, ERR_DENIED);
  assert_non_null(strstr(err.text, "file"));
}

static bool file_holds(const char *at, const char *needle) {
  FILE *f = fopen(at, "r");
  if (!f) return false;
  struct buf b = BUF_MAX(64 << 20);
  char part[65536];
  for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_add(&b, str_make(part, n));
  fclose(f);
  bool holds = str_contains(buf_str(&b), str_of(needle));
  buf_free(&b);
  return holds;
}

static void deleted_bytes_are_gone_from_the_files(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct err err;
  char wal[160];
  snprintf(wal, sizeof wal, "%s-wal", path);
  const char *needle = "NEEDLE-7c1d2e3f-NEEDLE";
  assert_true(store_run(s, "INSERT INTO meta (key, value) VALUES ('k', $1)", &STORE_TEXT(str_of(needle)), 1,
                        NULL, &err));
  assert_true(file_holds(path, needle) || file_holds(wal, needle));
  assert_true(store_run(s, "DELETE FROM meta WHERE key = 'k'", NULL, 0, NULL, &err));
  store_settle(s);
  assert_false(file_holds(path, needle));
  assert_false(file_holds(wal, needle));
  store_close(s);
}

static void statements_beyond_the_cache_still_run(void **state) {
  (void)state;
  void *c = NULL;
  struct err err;
  struct arena *a = arena_new();
  assert_true(store_sqlite.connect(STR(":memory:"), STORE_WRITER, &c, &err));
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < STORE_STATEMENTS_MOST + 10; i++) {
      char sql[64];
      struct store_rows rows;
      snprintf(sql, sizeof sql, "SELECT $1 + %d", i);
      struct store_statement st = {sql, &STORE_INT(1), 1};
      assert_true(store_sqlite.run(c, &st, a, &rows, NULL, &err));
      assert_true(store_cell(&rows, 0, 0)->number == i + 1);
    }
  arena_free(a);
  store_sqlite.disconnect(c);
}

static void a_wrong_number_of_values_is_our_bug(void **state) {
  (void)state;
  void *c = NULL;
  struct err err;
  assert_true(store_sqlite.connect(STR(":memory:"), STORE_WRITER, &c, &err));
  struct store_statement st = {"SELECT $1", NULL, 0};
  assert_false(store_sqlite.run(c, &st, NULL, NULL, NULL, &err));
  assert_int_equal(err.code, ERR_INTERNAL);
  store_sqlite.disconnect(c);
}

// ---- the program stops

enum { WRITES = 100 }; // which would wait 5 s each for a lock of somebody else

static void *write_many(void *store) {
  struct err err;
  for (int i = 0; i < WRITES; i++) {
    if (store_ping(store, &err)) return "it was written";
    if (err.code != ERR_UNAVAILABLE) return "another error";
  }
  return NULL;
}

static void *read_endlessly(void *store) {
  struct arena *a = arena_new();
  struct store_rows rows;
  struct err err;
  bool ok = store_query(
      store, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n", NULL, 0,
      a, &rows, &err);
  arena_free(a);
  return ok ? "it was read" : err.code != ERR_UNAVAILABLE ? "another error" : NULL;
}

static void in_haste_nobody_waits_for_long(void **state) {
  (void)state;
  struct store *s = open_ok();
  sqlite3 *other;
  pthread_t threads[6];
  assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  for (size_t i = 0; i < 6; i++) pthread_create(&threads[i], NULL, i % 2 ? read_endlessly : write_many, s);
  usleep(50 * 1000); // so that some are at it; who begins later ends the same way
  store_hasten(s, 10);
  for (size_t i = 0; i < 6; i++) {
    void *wrong;
    pthread_join(threads[i], &wrong);
    if (wrong) fail_msg("%zu: %s", i, (char *)wrong);
  }
  assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(other);
  struct err err;
  assert_true(store_ping(s, &err)); // what need not wait is written
  store_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(files_are_the_owners_alone, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_no_database_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(a_damaged_database_says_so, setup, teardown),
      cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_made_is_named, setup, teardown),
      cmocka_unit_test_setup_teardown(deleted_bytes_are_gone_from_the_files, setup, teardown),
      cmocka_unit_test_setup_teardown(in_haste_nobody_waits_for_long, setup, teardown),
      cmocka_unit_test(statements_beyond_the_cache_still_run),
      cmocka_unit_test(a_wrong_number_of_values_is_our_bug),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

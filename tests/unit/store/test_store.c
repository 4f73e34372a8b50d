// SPDX-License-Identifier: Apache-2.0
// Over every driver: SQLite, and PostgreSQL where the tests have one (scripts/with-postgres).
#include "../support/postgres.h"
#include "../support/temp.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/store.h"

static char folder[64];
static char url[256];
static bool is_postgres;

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  snprintf(url, sizeof url, "sqlite:%s/data/postern.db", folder);
  if (is_postgres) postgres_make(url);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  temp_remove(folder);
  if (is_postgres) postgres_remove(url);
  return 0;
}

static struct store *open_ok(const char *at) {
  struct store *s = NULL;
  struct err err;
  if (!store_open(str_of(at), &s, &err)) fail_msg("%s: %s", err.field, err.text);
  return s;
}

static bool put(struct store *s, const char *key, const char *value, struct err *err) {
  return store_run(s, "INSERT INTO meta (key, value) VALUES ($1, $2)",
                   (struct store_value[]){STORE_TEXT(str_of(key)), STORE_TEXT(str_of(value))}, 2, NULL, err);
}

static size_t count(struct store *s, const char *like) {
  struct arena *a = arena_new();
  struct store_rows rows;
  struct err err;
  assert_true(store_query(s, "SELECT count(*) FROM meta WHERE key LIKE $1", &STORE_TEXT(str_of(like)), 1, a,
                          &rows, &err));
  size_t n = (size_t)store_cell(&rows, 0, 0)->number;
  arena_free(a);
  return n;
}

static void rows_come_back_as_they_went(void **state) {
  (void)state;
  const char *urls[] = {url, "sqlite::memory:"};
  for (size_t i = 0; i < 2; i++) {
    struct store *s = open_ok(urls[i]);
    struct arena *a = arena_new();
    struct err err;
    struct store_rows rows = {0};
    int64_t changed = 0;
    assert_true(put(s, "k1", "", &err));
    assert_true(put(s, "k2", "z\xc3\xbcrich", &err));
    assert_true(store_query(s, "SELECT key, value, $1, $2 FROM meta WHERE key LIKE 'k%' ORDER BY key",
                            (struct store_value[]){STORE_INT(INT64_MIN), STORE_NONE}, 2, a, &rows, &err));
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.columns, 4);
    assert_int_equal(store_cell(&rows, 0, 1)->type, STORE_IS_TEXT);
    assert_int_equal(store_cell(&rows, 0, 1)->text.n, 0);
    assert_string_equal(store_cell(&rows, 1, 1)->text.p, "z\xc3\xbcrich");
    assert_true(store_cell(&rows, 1, 2)->number == INT64_MIN);
    assert_int_equal(store_cell(&rows, 1, 3)->type, STORE_NULL);
    assert_true(store_run(s, "DELETE FROM meta WHERE key LIKE 'k%'", NULL, 0, &changed, &err));
    assert_int_equal(changed, 2);
    assert_true(store_query(s, "SELECT key FROM meta WHERE key LIKE 'k%'", NULL, 0, a, &rows, &err));
    assert_int_equal(rows.count, 0);
    assert_true(store_ping(s, &err));
    arena_free(a);
    store_close(s);
  }
}

static void a_second_row_of_a_key_is_a_conflict(void **state) {
  (void)state;
  struct store *s = open_ok(url);
  struct err err;
  assert_true(put(s, "k", "1", &err));
  assert_false(put(s, "k", "2", &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_false(store_run(
      s, "INSERT INTO server_account (server_id, account_id, alias, place) VALUES ('s', 'nobody', 'a', 0)",
      NULL, 0, NULL, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  store_close(s);
}

static void a_query_cannot_write(void **state) {
  (void)state;
  struct store *s = open_ok(url);
  struct arena *a = arena_new();
  struct store_rows rows;
  struct err err;
  assert_false(store_query(s, "DELETE FROM meta", NULL, 0, a, &rows, &err));
  assert_int_equal(count(s, "schema"), 1);
  arena_free(a);
  store_close(s);
}

static bool two_rows(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = put(s, "t1", "x", err) && put(s, "t2", "x", err) &&
            store_query(s, "SELECT key FROM meta WHERE key = 't1'", NULL, 0, a, &rows, err) &&
            rows.count == 1;
  arena_free(a);
  if (ok && arg) return put(s, arg, "x", err);
  return ok;
}

static void a_transaction_is_all_or_nothing(void **state) {
  (void)state;
  struct store *s = open_ok(url);
  struct err err;
  char taken[] = "t1";
  assert_false(store_transact(s, two_rows, taken, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_int_equal(count(s, "t_"), 0);
  assert_true(store_transact(s, two_rows, NULL, &err));
  assert_int_equal(count(s, "t_"), 2);
  store_close(s);
  s = open_ok(url);
  assert_int_equal(count(s, "t_"), 2);
  store_close(s);
}

static void addresses_that_are_none_are_refused(void **state) {
  (void)state;
  struct store *s;
  struct err err;
  static const char *const bad[] = {"", "postern.db", "sqlite:", "mysql:x", "postgres:", ":memory:"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(store_open(str_of(bad[i]), &s, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_string_equal(err.field, "store");
  }
}

enum { WRITERS = 2, READERS = 6, EACH = 40 };
struct worker {
  struct store *s;
  int number;
};

static bool bump(struct store *s, void *arg, struct err *err) {
  struct worker *w = arg;
  char key[32];
  static int made; // one transaction is after the other, whichever connection it has
  snprintf(key, sizeof key, "w%d-%d", w->number, made++);
  return put(s, key, "x", err);
}

static void *write_many(void *arg) {
  struct worker *w = arg;
  struct err err;
  for (int i = 0; i < EACH; i++)
    if (!store_transact(w->s, bump, w, &err)) return w;
  return NULL;
}

static void *read_many(void *arg) {
  struct worker *w = arg;
  struct err err;
  struct arena *a = arena_new();
  struct store_rows rows;
  void *bad = NULL;
  int64_t last = 0;
  for (int i = 0; i < EACH && !bad; i++) {
    if (!store_query(w->s, "SELECT count(*) FROM meta", NULL, 0, a, &rows, &err) ||
        store_cell(&rows, 0, 0)->number < last)
      bad = w;
    else
      last = store_cell(&rows, 0, 0)->number;
  }
  arena_free(a);
  return bad;
}

static void many_threads_share_a_store(void **state) {
  (void)state;
  struct store *s = open_ok(url);
  pthread_t threads[WRITERS + READERS];
  struct worker workers[WRITERS + READERS];
  for (int i = 0; i < WRITERS + READERS; i++) {
    workers[i] = (struct worker){s, i};
    assert_int_equal(pthread_create(&threads[i], NULL, i < WRITERS ? write_many : read_many, &workers[i]), 0);
  }
  for (int i = 0; i < WRITERS + READERS; i++) {
    void *bad;
    pthread_join(threads[i], &bad);
    assert_null(bad);
  }
  assert_int_equal(count(s, "w%"), WRITERS * EACH);
  store_close(s);
}

// What a transaction has read still holds when it writes: no two of them count the same rows and add one each.
static bool add_below(struct store *s, void *arg, struct err *err) {
  struct worker *w = arg;
  struct arena *a = arena_new();
  struct store_rows rows;
  char key[32];
  bool ok = store_query(s, "SELECT count(*) FROM meta WHERE key LIKE 'b%'", NULL, 0, a, &rows, err);
  int64_t n = ok ? store_cell(&rows, 0, 0)->number : 0;
  snprintf(key, sizeof key, "b%d-%lld", w->number, (long long)n);
  if (ok && n < EACH) ok = put(s, key, "x", err);
  arena_free(a);
  return ok;
}

static void *add_many(void *arg) {
  struct worker *w = arg;
  struct err err;
  for (int i = 0; i < EACH; i++)
    if (!store_transact(w->s, add_below, w, &err)) return w;
  return NULL;
}

static void a_limit_holds_among_threads(void **state) {
  (void)state;
  struct store *s = open_ok(url);
  pthread_t threads[READERS];
  struct worker workers[READERS];
  for (int i = 0; i < READERS; i++) {
    workers[i] = (struct worker){s, i};
    assert_int_equal(pthread_create(&threads[i], NULL, add_many, &workers[i]), 0);
  }
  for (int i = 0; i < READERS; i++) {
    void *bad;
    pthread_join(threads[i], &bad);
    assert_null(bad);
  }
  assert_int_equal(count(s, "b%"), EACH);
  store_close(s);
}

// The same rows in the same order, whatever the database's own collation: bytes, and case counts.
static void texts_sort_by_their_bytes(void **state) {
  (void)state;
  static const char *const sorted[] = {"x A", "x B", "x Z", "x a", "x b", "x z", "x_a", "x\xc3\xa4"};
  struct store *s = open_ok(url);
  struct arena *a = arena_new();
  struct store_rows rows;
  struct err err;
  const size_t n = sizeof sorted / sizeof *sorted;
  for (size_t i = 0; i < n; i++) assert_true(put(s, sorted[n - 1 - i], "x", &err));
  assert_true(store_query(s, "SELECT key FROM meta WHERE key >= $1 AND key < 'y' ORDER BY key",
                          &STORE_TEXT(STR("x A")), 1, a, &rows, &err));
  assert_int_equal(rows.count, n);
  for (size_t i = 0; i < n; i++) assert_string_equal(store_cell(&rows, i, 0)->text.p, sorted[i]);
  arena_free(a);
  store_close(s);
}

enum { ROUNDS = 20, ROWS_A_ROUND = 12 };

// The child acknowledges a row over the pipe once store_run has returned, and never ends by itself.
static void write_until_killed(int round, int fd) {
  struct store *s;
  struct err err;
  if (!store_open(str_of(url), &s, &err)) _exit(3);
  for (int i = 0;; i++) {
    char key[32];
    snprintf(key, sizeof key, "r%d-%d", round, i);
    if (!put(s, key, "x", &err) || write(fd, &i, sizeof i) != sizeof i) _exit(4);
  }
}

static void acknowledged_rows_survive_a_kill(void **state) {
  (void)state;
  size_t acknowledged = 0;
  for (int round = 0; round < ROUNDS; round++) {
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) write_until_killed(round, fds[1]);
    close(fds[1]);
    int last = -1;
    while (last < ROWS_A_ROUND) {
      ssize_t n = read(fds[0], &last, sizeof last);
      if (n != sizeof last) fail_msg("the child ended by itself");
    }
    kill(child, SIGKILL);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    for (int more; read(fds[0], &more, sizeof more) == sizeof more;) last = more;
    close(fds[0]);
    acknowledged += (size_t)last + 1;
    struct store *s = open_ok(url);
    struct arena *a = arena_new();
    struct store_rows rows;
    struct err err;
    for (int i = 0; i <= last; i++) {
      char key[32];
      snprintf(key, sizeof key, "r%d-%d", round, i);
      assert_true(
          store_query(s, "SELECT 1 FROM meta WHERE key = $1", &STORE_TEXT(str_of(key)), 1, a, &rows, &err));
      assert_int_equal(rows.count, 1);
    }
    arena_free(a);
    assert_true(count(s, "r%") >= acknowledged);
    store_close(s);
  }
}

// The second would answer from a snapshot that the first's changes never reach.
static void a_second_program_is_refused(void **state) {
  (void)state;
  struct store *s = open_ok(url), *other = NULL;
  struct err err = {0};
  assert_false(store_open(str_of(url), &other, &err));
  assert_int_equal(err.code, ERR_UNAVAILABLE);
  assert_non_null(strstr(err.text, "another Postern"));
  assert_true(put(s, "k", "still mine", &err));
  store_close(s);
  store_close(open_ok(url));
}

// Beside it, for a moment, what one writes the other finds; and no database comes about that way.
static void a_guest_writes_beside_the_holder(void **state) {
  (void)state;
  struct store *s = open_ok(url), *guest = NULL;
  struct err err = {0};
  assert_true(store_open_beside(str_of(url), &guest, &err));
  assert_true(put(guest, "k", "of the guest", &err));
  store_close(guest);
  assert_int_equal(count(s, "k"), 1);
  assert_true(put(s, "l", "still mine", &err));
  assert_true(store_run(s, "UPDATE meta SET value = '1' WHERE key = 'schema'", NULL, 0, NULL, &err));
  assert_false(store_open_beside(str_of(url), &guest, &err)); // older than this program: nothing is migrated
  assert_int_equal(err.code, ERR_CONFLICT);
  store_close(s);
  char nowhere[300];
  snprintf(nowhere, sizeof nowhere, "%s-nowhere", url);
  assert_false(store_open_beside(str_of(nowhere), &guest, &err));
  if (!is_postgres) assert_int_not_equal(access(nowhere + sizeof "sqlite:" - 1, F_OK), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(rows_come_back_as_they_went, setup, teardown),
      cmocka_unit_test_setup_teardown(a_second_row_of_a_key_is_a_conflict, setup, teardown),
      cmocka_unit_test_setup_teardown(a_query_cannot_write, setup, teardown),
      cmocka_unit_test_setup_teardown(a_transaction_is_all_or_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(addresses_that_are_none_are_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(many_threads_share_a_store, setup, teardown),
      cmocka_unit_test_setup_teardown(a_limit_holds_among_threads, setup, teardown),
      cmocka_unit_test_setup_teardown(texts_sort_by_their_bytes, setup, teardown),
      cmocka_unit_test_setup_teardown(a_second_program_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(a_guest_writes_beside_the_holder, setup, teardown),
      cmocka_unit_test_setup_teardown(acknowledged_rows_survive_a_kill, setup, teardown),
  };
  int failed = cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
  is_postgres = true;
  return failed + (postgres_is_there() ? cmocka_run_group_tests_name("postgres", tests, NULL, NULL) : 0);
}

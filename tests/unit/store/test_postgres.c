// SPDX-License-Identifier: Apache-2.0
// What is PostgreSQL's alone: faults of the connection, the server's refusals, and servers that mean harm.
#include "../support/postgres.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "store/driver.h"

static char url[256];

static int setup(void **state) {
  (void)state;
  postgres_make(url);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  postgres_remove(url);
  return 0;
}

static struct store *open_ok(void) {
  struct store *s = NULL;
  struct err err;
  if (!store_open(str_of(url), &s, &err)) fail_msg("%s: %s", err.field, err.text);
  return s;
}

static bool put(struct store *s, const char *key, struct err *err) {
  return store_run(s, "INSERT INTO meta (key, value) VALUES ($1, 'x')", &STORE_TEXT(str_of(key)), 1, NULL,
                   err);
}

static int64_t count(struct store *s) {
  struct arena *a = arena_new();
  struct store_rows rows;
  struct err err;
  if (!store_query(s, "SELECT count(*) FROM meta WHERE key LIKE 'k%'", NULL, 0, a, &rows, &err))
    fail_msg("%s", err.text);
  int64_t n = store_cell(&rows, 0, 0)->number;
  arena_free(a);
  return n;
}

static void cut_all(void) {
  char sql[200];
  snprintf(sql, sizeof sql,
           "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'",
           strrchr(url, '/') + 1);
  postgres_do(postgres_server(), sql);
}

// ---- connections that end

static void connections_are_made_again(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct err err;
  for (int i = 0; i < 5; i++) {
    char key[8];
    snprintf(key, sizeof key, "k%d", i);
    cut_all();
    assert_int_equal(count(s), i); // a read
    cut_all();
    if (!put(s, key, &err)) fail_msg("%s", err.text); // it was known before anything was sent
    cut_all();
    assert_true(store_ping(s, &err));
  }
  store_close(s);
}

static bool cut_in_the_middle(struct store *s, void *arg, struct err *err) {
  (void)arg;
  if (!put(s, "k1", err)) fail_msg("%s", err->text);
  cut_all();
  assert_false(put(s, "k2", err));
  assert_int_equal(err->code, ERR_UNAVAILABLE);
  return put(s, "k3", err); // nor does it go on by another connection
}

static void a_transaction_does_not_go_on_elsewhere(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct err err;
  assert_false(store_transact(s, cut_in_the_middle, NULL, &err));
  assert_int_equal(err.code, ERR_UNAVAILABLE);
  assert_int_equal(count(s), 0);
  assert_true(put(s, "k4", &err));
  store_close(s);
}

static bool fail_and_go_on(struct store *s, void *arg, struct err *err) {
  (void)arg;
  assert_true(put(s, "k1", err));
  assert_false(put(s, "k1", err));
  assert_int_equal(err->code, ERR_CONFLICT);
  return true;
}

// PostgreSQL would answer such a COMMIT with ROLLBACK, and no error.
static void what_failed_is_not_committed(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct err err = {0};
  assert_false(store_transact(s, fail_and_go_on, NULL, &err));
  assert_int_equal(err.code, ERR_INTERNAL);
  assert_int_equal(count(s), 0);
  store_close(s);
}

static void what_cannot_be_written_says_so(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct err err;
  char sql[160];
  snprintf(sql, sizeof sql, "ALTER DATABASE %s SET default_transaction_read_only = on",
           strrchr(url, '/') + 1);
  postgres_do(postgres_server(), sql);
  cut_all();
  assert_false(put(s, "k1", &err));
  assert_int_equal(err.code, ERR_UNAVAILABLE);
  assert_non_null(strstr(err.text, "cannot be written"));
  assert_false(store_ping(s, &err));
  assert_int_equal(count(s), 0); // reading goes on
  snprintf(sql, sizeof sql, "ALTER DATABASE %s RESET default_transaction_read_only", strrchr(url, '/') + 1);
  postgres_do(postgres_server(), sql);
  cut_all();
  assert_true(put(s, "k1", &err));
  store_close(s);
}

// ---- several that start at once

static void *start_one(void *unused) {
  (void)unused;
  struct store *s = NULL;
  struct err err;
  if (!store_open_beside(str_of(url), &s, &err)) return NULL; // not migrated yet
  store_close(s);
  return NULL;
}

static void *migrate_one(void *failed) {
  void *c = NULL;
  struct err err = {0};
  struct str place = str_from(str_of(url), strlen("postgres:"));
  if (!store_postgres.connect(place, STORE_GUEST, &c, &err) ||
      !store_migrate(&store_postgres, c, store_migrations, store_migration_count, false, &err)) {
    print_message("%s\n", err.text);
    *(bool *)failed = true;
  }
  if (c) store_postgres.disconnect(c);
  return NULL;
}

enum { STARTERS = 6 };

static void concurrent_starters_migrate_once(void **state) {
  (void)state;
  pthread_t threads[STARTERS + 2];
  bool failed[STARTERS] = {0};
  for (int i = 0; i < STARTERS; i++) pthread_create(&threads[i], NULL, migrate_one, &failed[i]);
  for (int i = STARTERS; i < STARTERS + 2; i++) pthread_create(&threads[i], NULL, start_one, NULL);
  for (int i = 0; i < STARTERS + 2; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < STARTERS; i++) assert_false(failed[i]);
  struct err err;
  struct store *s = NULL;
  assert_true(store_open_beside(str_of(url), &s, &err)); // at the last schema
  store_close(s);
}

// ---- statements

static void statements_beyond_the_cache_still_run(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct arena *a = arena_new();
  struct err err;
  struct store_rows rows;
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < STORE_STATEMENTS_MOST * 5; i++) { // over all readers
      char sql[64];
      snprintf(sql, sizeof sql, "SELECT $1 + %d", i);
      if (!store_query(s, sql, &STORE_INT(1), 1, a, &rows, &err)) fail_msg("%s", err.text);
      assert_true(store_cell(&rows, 0, 0)->number == i + 1);
    }
  arena_free(a);
  store_close(s);
}

static void types_come_as_they_are_meant(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct arena *a = arena_new();
  struct err err;
  struct store_rows rows;
  const struct store_value v[] = {STORE_INT(INT64_MIN), STORE_TEXT(STR("a 'quoted' \\ text")), STORE_NONE};
  assert_true(store_query(s, "SELECT $1, $2, $3, sum(n), count(*), 1 = 1 FROM (SELECT $1 AS n) t", v, 3, a,
                          &rows, &err));
  assert_true(store_cell(&rows, 0, 0)->number == INT64_MIN);
  assert_string_equal(store_cell(&rows, 0, 1)->text.p, "a 'quoted' \\ text");
  assert_int_equal(store_cell(&rows, 0, 2)->type, STORE_NULL);
  assert_true(store_cell(&rows, 0, 3)->number == INT64_MIN); // sum() is NUMERIC there
  assert_true(store_cell(&rows, 0, 4)->number == 1);
  assert_true(store_cell(&rows, 0, 5)->number == 1);
  // One statement, values of another type, and NULL first.
  for (int i = 0; i < 3; i++) assert_true(store_query(s, "SELECT $1", &v[2 - i], 1, a, &rows, &err));
  arena_free(a);
  store_close(s);
}

// SQLite keeps any bytes. Here a NUL is refused; what is cut within a character costs that, not the row.
static void text_that_is_none(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct arena *a = arena_new();
  struct store_rows rows;
  struct err err;
  assert_false(store_run(s, "INSERT INTO meta (key, value) VALUES ($1, 'x')",
                         &STORE_TEXT(((struct str){"k\0x", 3})), 1, NULL, &err));
  assert_int_equal(err.code, ERR_INVALID);
  static const char *const bad[][2] = {
      {"\xc3", "?"}, {"a\xff z\xc3\xbc", "a? z\xc3\xbc"}, {"\xed\xa0\x80", "???"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (!store_query(s, "SELECT $1", &STORE_TEXT(str_of(bad[i][0])), 1, a, &rows, &err))
      fail_msg("%s", err.text);
    assert_string_equal(store_cell(&rows, 0, 0)->text.p, bad[i][1]);
  }
  arena_free(a);
  store_close(s);
}

// Whatever collation the database has: the migrations' texts compare by their bytes, in every table.
static void every_text_compares_by_its_bytes(void **state) {
  (void)state;
  struct store *s = open_ok();
  struct arena *a = arena_new();
  struct store_rows rows;
  struct err err;
  assert_true(
      store_query(s,
                  "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM "
                  "information_schema.columns WHERE table_schema = current_schema() AND data_type = 'text' "
                  "AND coalesce(collation_name, '') <> 'C'",
                  NULL, 0, a, &rows, &err));
  if (rows.count)
    fail_msg("%zu columns, the first %s.%s", rows.count, store_cell(&rows, 0, 0)->text.p,
             store_cell(&rows, 0, 1)->text.p);
  arena_free(a);
  store_close(s);
}

// ---- refusals

static void no_refusal_shows_a_password(void **state) {
  (void)state;
  static const char *const passwords[] = {"SECRET", "SEC%52ET", "SE%zzCRET"};
  const char *at = strchr(url, '@') + 1;
  postgres_do(
      url, "DO $$ BEGIN CREATE ROLE secretive LOGIN PASSWORD 'right'; EXCEPTION WHEN duplicate_object THEN "
           "NULL; END $$");
  for (size_t i = 0; i < 3; i++) {
    char wrong[300];
    struct store *s = NULL;
    struct err err = {0};
    snprintf(wrong, sizeof wrong, "postgres://secretive:%s@%s", passwords[i], at);
    assert_false(store_open(str_of(wrong), &s, &err));
    assert_int_equal(err.code, i < 2 ? ERR_DENIED : ERR_INVALID);
    assert_null(strstr(err.text, "SEC"));
    assert_null(strstr(err.text, "CRET"));
    assert_null(strstr(err.hint, "CRET"));
  }
}

static void places_that_are_none_are_explained(void **state) {
  (void)state;
  const struct {
    const char *place, *word;
    enum err_code code;
  } cases[] = {
      {"postgres://postern@127.0.0.1:1/postern", "cannot be reached", ERR_UNAVAILABLE},
      {"postgres:///postern?host=/nonexistent", "cannot be reached", ERR_UNAVAILABLE},
      {"postgres://h/db?nonsense=1", "cannot be read", ERR_INVALID},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct store *s = NULL;
    struct err err = {0};
    assert_false(store_open(str_of(cases[i].place), &s, &err));
    assert_int_equal(err.code, cases[i].code);
    if (!strstr(err.text, cases[i].word)) fail_msg("%s", err.text);
    assert_true(err.hint[0]);
  }
  char missing[300];
  struct store *s = NULL;
  struct err err = {0};
  snprintf(missing, sizeof missing, "%s_not", url);
  assert_false(store_open(str_of(missing), &s, &err));
  assert_int_equal(err.code, ERR_INVALID);
}

// ---- a server that means harm: it lets everybody in, and answers the first question as it likes

enum harm { HARM_HUGE, HARM_ENDLESS, HARM_SILENT, HARM_GARBAGE, HARM_COPY, HARM_COUNT };

struct hostile {
  int listener;
  enum harm harm;
  size_t sent;
};

static void say(int fd, char type, const char *body, size_t n) {
  char head[5] = {type};
  uint32_t length = htonl((uint32_t)n + 4);
  memcpy(head + 1, &length, 4);
  (void)!send(fd, head, 5, MSG_NOSIGNAL);
  if (n) (void)!send(fd, body, n, MSG_NOSIGNAL);
}

enum { FLOOD = 100 << 20 };

static void flood(int fd, struct hostile *h) {
  static char piece[1 << 16];
  while (h->sent < FLOOD && send(fd, piece, sizeof piece, MSG_NOSIGNAL) > 0) h->sent += sizeof piece;
}

static void harm(int fd, struct hostile *h) {
  char any[4096];
  static const char row[] = "\0\0\0\1?\0\0\0\0\0\0\0\0\0\0\31\xff\xff\xff\xff\xff\xff\0";
  switch (h->harm) {
  case HARM_HUGE: // a value of a gigabyte, which does not come whole
    say(fd, 'T', "\0\1x\0\0\0\0\0\0\0\0\0\0\31\xff\xff\xff\xff\xff\xff\0\0", 22);
    (void)!send(fd, "D\x40\0\0\0\0\1\x3f\xff\xff\xf6", 11, MSG_NOSIGNAL);
    flood(fd, h);
    break;
  case HARM_ENDLESS: // rows without end
    say(fd, 'T', "\0\1x\0\0\0\0\0\0\0\0\0\0\31\xff\xff\xff\xff\xff\xff\0\0", 22);
    for (char cell[60006] = "\0\1\0\0\xea\x60";
         send(fd, "D\0\0\xea\x6a", 5, MSG_NOSIGNAL) > 0 && send(fd, cell, sizeof cell, MSG_NOSIGNAL) > 0;)
      h->sent += sizeof cell;
    break;
  case HARM_SILENT:
    while (recv(fd, any, sizeof any, 0) > 0) {
    }
    break;
  case HARM_GARBAGE:
    flood(fd, h);
    break;
  default:
    say(fd, 'H', row, 3);
    flood(fd, h);
  }
}

static void *be_hostile(void *arg) {
  struct hostile *h = arg;
  char any[8192];
  int fd = accept(h->listener, NULL, NULL);
  (void)!recv(fd, any, sizeof any, 0); // the start-up message
  say(fd, 'R', "\0\0\0\0", 4);
  say(fd, 'S', "server_version\00015.1", 20);
  say(fd, 'S', "server_encoding\0UTF8", 21);
  say(fd, 'Z', "I", 1);
  (void)!recv(fd, any, sizeof any, 0); // what the connection is set up with
  harm(fd, h);
  close(fd);
  return NULL;
}

static void hostile_servers_are_left(void **state) {
  (void)state;
  for (enum harm h = 0; h < HARM_COUNT; h++) {
    struct hostile host = {socket(AF_INET, SOCK_STREAM, 0), h, 0};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    assert_int_equal(bind(host.listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(host.listener, 1), 0);
    assert_int_equal(getsockname(host.listener, (struct sockaddr *)&at, &n), 0);
    pthread_t thread;
    pthread_create(&thread, NULL, be_hostile, &host);
    char place[128];
    snprintf(place, sizeof place, "//u@127.0.0.1:%d/d?sslmode=disable", ntohs(at.sin_port));
    void *c = NULL;
    struct err err = {0};
    assert_true(store_postgres.connect(str_of(place), STORE_READER, &c, &err)); // nothing is connected yet
    if (h == HARM_SILENT) store_postgres.hasten(c, clock_mono_us() + 300000);
    struct store_statement ask = {.sql = "SELECT 1"};
    assert_false(store_postgres.run(c, &ask, NULL, NULL, NULL, &err));
    assert_true(err.code == ERR_UNAVAILABLE || err.code == ERR_LIMIT);
    store_postgres.disconnect(c);
    pthread_join(thread, NULL);
    close(host.listener);
    if (host.sent > (300u << 20)) fail_msg("%zu bytes were taken", host.sent);
  }
}

// ---- how long a writer waits for another program's lock

static bool read_patience(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s, "SELECT current_setting('lock_timeout')", NULL, 0, a, &rows, err);
  if (ok) snprintf(arg, 16, "%.*s", STR_ARG(store_cell(&rows, 0, 0)->text));
  arena_free(a);
  return ok;
}

// The one that is taken first is the last that was opened.
static void every_writer_has_the_same_patience(void **state) {
  (void)state;
  struct err err;
  char patience[16];
  struct store *s = open_ok();
  if (!store_transact(s, read_patience, patience, &err)) fail_msg("%s", err.text);
  assert_string_equal(patience, "6s");
  store_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(connections_are_made_again, setup, teardown),
      cmocka_unit_test_setup_teardown(a_transaction_does_not_go_on_elsewhere, setup, teardown),
      cmocka_unit_test_setup_teardown(what_failed_is_not_committed, setup, teardown),
      cmocka_unit_test_setup_teardown(what_cannot_be_written_says_so, setup, teardown),
      cmocka_unit_test_setup_teardown(concurrent_starters_migrate_once, setup, teardown),
      cmocka_unit_test_setup_teardown(statements_beyond_the_cache_still_run, setup, teardown),
      cmocka_unit_test_setup_teardown(types_come_as_they_are_meant, setup, teardown),
      cmocka_unit_test_setup_teardown(text_that_is_none, setup, teardown),
      cmocka_unit_test_setup_teardown(every_text_compares_by_its_bytes, setup, teardown),
      cmocka_unit_test_setup_teardown(no_refusal_shows_a_password, setup, teardown),
      cmocka_unit_test_setup_teardown(places_that_are_none_are_explained, setup, teardown),
      cmocka_unit_test_setup_teardown(every_writer_has_the_same_patience, setup, teardown),
      cmocka_unit_test(hostile_servers_are_left),
  };
  return postgres_is_there() ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}

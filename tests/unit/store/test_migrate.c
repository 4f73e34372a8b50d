// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "store/driver.h"

static void *connect_memory(void) {
  void *c = NULL;
  struct err err;
  assert_true(store_sqlite.connect(STR(":memory:"), STORE_WRITER, &c, &err));
  return c;
}

static bool does(void *c, const char *sql) {
  struct err err;
  return store_sqlite.run(c, &(struct store_statement){.sql = sql}, NULL, NULL, NULL, &err);
}

static const struct store_migration steps[] = {
    {"001-one", "CREATE TABLE one (a TEXT); INSERT INTO one VALUES ('kept');"},
    {"002-two", "CREATE TABLE two (a TEXT);"},
    {"003-bad", "CREATE TABLE three (a TEXT); CREATE TABLE one (a TEXT);"},
};

static void steps_are_applied_once_and_in_order(void **state) {
  (void)state;
  struct err err;
  void *c = connect_memory();
  assert_true(store_migrate(&store_sqlite, c, steps, 1, false, &err));
  assert_true(does(c, "SELECT a FROM one"));
  assert_false(does(c, "SELECT a FROM two"));
  assert_true(store_migrate(&store_sqlite, c, steps, 2, false, &err));
  assert_true(store_migrate(&store_sqlite, c, steps, 2, false, &err));
  assert_true(does(c, "SELECT a FROM two"));
  store_sqlite.disconnect(c);
}

static void a_step_that_fails_leaves_nothing(void **state) {
  (void)state;
  struct err err;
  void *c = connect_memory();
  assert_false(store_migrate(&store_sqlite, c, steps, 3, false, &err));
  assert_non_null(strstr(err.text, "003-bad"));
  assert_true(does(c, "SELECT a FROM two"));
  assert_false(does(c, "SELECT a FROM three"));
  assert_true(store_migrate(&store_sqlite, c, steps, 2, false, &err)); // it stands at 2, and can be used
  store_sqlite.disconnect(c);
}

// What is for another engine is counted, and not done.
static void a_step_of_another_engine_is_passed_over(void **state) {
  (void)state;
  const struct store_migration mixed[] = {
      steps[0], {"002-theirs.postgres", "no SQL at all"}, {"003-ours.sqlite", "CREATE TABLE two (a TEXT);"}};
  struct err err;
  void *c = connect_memory();
  assert_true(store_migrate(&store_sqlite, c, mixed, 2, false, &err));
  assert_false(does(c, "SELECT a FROM two"));
  assert_true(store_migrate(&store_sqlite, c, mixed, 3, false, &err));
  assert_true(does(c, "SELECT a FROM two"));
  assert_true(store_is_migrated(&store_sqlite, c, mixed, 3, &err));
  store_sqlite.disconnect(c);
  c = connect_memory(); // nor does it keep a program out that does not know it
  assert_true(store_migrate(&store_sqlite, c, mixed, 1, false, &err));
  assert_true(store_migrate(&store_sqlite, c, mixed, 2, false, &err));
  assert_true(store_migrate(&store_sqlite, c, mixed, 1, true, &err));
  assert_true(store_migrate(&store_sqlite, c, mixed, 3, false, &err));
  assert_false(store_migrate(&store_sqlite, c, mixed, 1, true, &err));
  store_sqlite.disconnect(c);
}

static void a_newer_store_is_refused(void **state) {
  (void)state;
  struct err err;
  void *c = connect_memory();
  assert_true(store_migrate(&store_sqlite, c, steps, 2, false, &err));
  assert_false(store_migrate(&store_sqlite, c, steps, 1, false, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_non_null(strstr(err.text, "schema 2"));
  assert_true(err.hint[0]);
  store_sqlite.disconnect(c);
}

static const struct store_migration gentle[] = {
    {"001-one", "CREATE TABLE one (a TEXT);"},           {"002-two", "CREATE TABLE two (a TEXT);", true},
    {"003-three", "CREATE TABLE three (a TEXT);", true}, {"004-four", "CREATE TABLE four (a TEXT);"},
    {"005-five", "CREATE TABLE five (a TEXT);", true},
};

// Which programs may work on it: by how many steps they know, and how many were taken.
static void a_newer_store_is_gone_on_with_where_all_its_steps_were_gentle(void **state) {
  (void)state;
  struct err err;
  static const size_t least[] = {0, 1, 1, 1, 4, 4}; // by steps taken
  for (size_t taken = 1; taken <= 5; taken++) {
    void *c = connect_memory();
    assert_true(store_migrate(&store_sqlite, c, gentle, taken, false, &err));
    for (size_t known = 1; known < taken; known++) {
      bool may = known >= least[taken];
      assert_int_equal(store_migrate(&store_sqlite, c, gentle, known, true, &err), may);
      assert_int_equal(store_is_migrated(&store_sqlite, c, gentle, known, &err), may);
      assert_false(
          store_migrate(&store_sqlite, c, gentle, known, false, &err)); // who must have it to himself
      assert_int_equal(err.code, ERR_CONFLICT);
    }
    assert_true(store_migrate(&store_sqlite, c, gentle, 5, true, &err)); // whoever has been on it meanwhile
    assert_true(does(c, "SELECT a FROM five"));
    store_sqlite.disconnect(c);
  }
}

static void ours_make_every_table(void **state) {
  (void)state;
  struct err err;
  void *c = connect_memory();
  assert_true(store_migrate(&store_sqlite, c, store_migrations, store_migration_count, false, &err));
  static const char *const tables[] = {"account",      "server",      "api_token", "tool_name",
                                       "toolset",      "connector",   "audit",     "meta",
                                       "oauth_client", "oauth_grant", "oauth_flow"};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT * FROM %s", tables[i]);
    assert_true(does(c, sql));
  }
  store_sqlite.disconnect(c);
}

// What an earlier version kept is there after the tables were made anew.
static void rows_survive(void **state) {
  (void)state;
  struct err err;
  struct store_rows rows;
  struct arena *a = arena_new();
  void *c = connect_memory();
  assert_true(store_migrate(&store_sqlite, c, store_migrations, 1, false, &err));
  assert_true(does(c,
                   "INSERT INTO account VALUES ('acc_1', 'One', 'cloudflare', 'token', 'https://a.example', "
                   "'v1.k.x', '{}', '{}', 'ok', '', 1, 2, 3, 4)"));
  assert_true(does(c, "INSERT INTO server VALUES ('srv_1', 'S', 'acc_1', '{}', 1, 'hash', 5, 6, 7, 8)"));
  assert_true(store_migrate(&store_sqlite, c, store_migrations, store_migration_count, false, &err));
  struct store_statement read = {
      .sql =
          "SELECT account.credential, account.speaks, account.version, server.token_hash, "
          "server_account.server_id, server.url_created_at "
          "FROM account JOIN server_account ON account_id = account.id JOIN server ON server.id = server_id"};
  assert_true(store_sqlite.run(c, &read, a, &rows, NULL, &err));
  assert_int_equal(rows.count, 1);
  assert_true(str_is(store_cell(&rows, 0, 0)->text, "v1.k.x"));
  assert_int_equal(store_cell(&rows, 0, 1)->number, 0);
  assert_int_equal(store_cell(&rows, 0, 2)->number, 4);
  assert_true(str_is(store_cell(&rows, 0, 3)->text, "hash"));
  assert_int_equal(store_cell(&rows, 0, 5)->number, 5);
  assert_true(does(c, "UPDATE account SET status = 'needs_authorising'"));
  assert_false(does(c, "UPDATE account SET status = 'whatever'"));
  assert_false(does(c, "INSERT INTO server_account VALUES ('srv_1', 'acc_2', 'x', 1)")); // no such account
  store_sqlite.disconnect(c);
  arena_free(a);
}

// One text for both engines: no type, function or clause that PostgreSQL lacks.
static void ours_stay_neutral(void **state) {
  (void)state;
  static const char *const foreign[] = {"AUTOINCREMENT", "WITHOUT ROWID", "STRICT",   "INTEGER",
                                        "BLOB",          "REAL",          "PRAGMA",   "SERIAL",
                                        "JSONB",         "REPLACE INTO",  "strftime", "datetime"};
  for (size_t m = 0; m < store_migration_count; m++)
    for (size_t i = 0; !strchr(store_migrations[m].name, '.') && i < sizeof foreign / sizeof *foreign; i++)
      assert_null(strcasestr(store_migrations[m].sql, foreign[i]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_are_applied_once_and_in_order),
      cmocka_unit_test(a_step_that_fails_leaves_nothing),
      cmocka_unit_test(a_step_of_another_engine_is_passed_over),
      cmocka_unit_test(a_newer_store_is_refused),
      cmocka_unit_test(a_newer_store_is_gone_on_with_where_all_its_steps_were_gentle),
      cmocka_unit_test(ours_make_every_table),
      cmocka_unit_test(rows_survive),
      cmocka_unit_test(ours_stay_neutral),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

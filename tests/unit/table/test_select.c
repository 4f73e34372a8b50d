// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

static struct rig rig_data(void) {
  struct rig r = rig_new();
  rig_table(
      &r, "zones",
      "[{\"id\":\"a\",\"name\":\"example.com\",\"paused\":false,\"n\":3,\"at\":\"2026-11-20T09:15:00+01:00\"}"
      ","
      "{\"id\":\"b\",\"name\":\"example.org\",\"paused\":true,\"n\":5,\"at\":\"2026-11-19T10:00:00Z\"}]");
  rig_table(&r, "none", "[]");
  return r;
}

static void test_answers(void **state) {
  (void)state;
  static const struct {
    const char *sql, *want;
  } rows[] = {
      {"SELECT count(*) AS n FROM zones", "n:integer|2"},
      {"SELECT paused, max(n) m FROM zones GROUP BY paused ORDER BY m",
       "paused:boolean m:integer|false,3|true,5"},
      {"WITH w AS (SELECT paused p FROM zones) SELECT count(*), max(p) FROM w",
       "count(*):integer max(p):integer|2,1"},
      {"SELECT max(at) AS last FROM zones", "last:time|\"2026-11-20T08:15:00.000Z\""},
      {"SELECT id FROM zones WHERE at = '2026-11-20 08:15'", "id:text|\"a\""},
      {"SELECT id FROM zones WHERE at >= '2026-11-20T00:00:00-05:00'", "id:text|\"a\""},
      {"SELECT id FROM zones WHERE at >= datetime('now', '-1 day')", "id:text|\"a\"|\"b\""},
      {"SELECT date('now') d", "d:time|\"2026-11-20\""},
      {"SELECT strftime('%H:%M', 'now', 'localtime') t", "t:text|\"08:15\""},
      {"SELECT time_bucket(at, 'day', 'America/New_York') d, count(*) n FROM zones GROUP BY 1 ORDER BY 1",
       "d:time n:integer|\"2026-11-19T05:00:00.000Z\",1|\"2026-11-20T05:00:00.000Z\",1"},
      {"SELECT time_bucket(at, '15 minutes') b FROM zones WHERE id = 'a'",
       "b:time|\"2026-11-20T08:15:00.000Z\""},
      {"SELECT local_time(at, 'Europe/Berlin') l FROM zones WHERE id = 'a'",
       "l:time|\"2026-11-20T09:15:00.000Z\""},
      {"SELECT time_of(1763626500) a, time_of(1763626500000) b",
       "a:time b:time|\"2025-11-20T08:15:00.000Z\",\"2025-11-20T08:15:00.000Z\""},
      {"SELECT median(n) m, percentile(n, 100) p FROM zones", "m:decimal p:decimal|4,5"},
      {"SELECT dec_sum(x) s FROM (SELECT '0.1' x UNION ALL SELECT '0.2')", "s:decimal|0.3"},
      {"SELECT dec_cmp('10', '9.99') c", "c:integer|1"},
      {"SELECT id FROM zones WHERE name REGEXP '^example\\.(org|net)$'", "id:text|\"b\""},
      {"SELECT parent_domain('a.example.com') p, in_domain('a.example.com', 'example.com') i",
       "p:text i:integer|\"example.com\",1"},
      {"SELECT in_cidr('10.1.2.3', '10.0.0.0/8') a, in_cidr('2001:db8::1', '2001:db8::/32') b, in_cidr('x', "
       "'10.0.0.0/8') c",
       "a:integer b:integer c:text|1,1,null"},
      {"SELECT quote_lucene('a:b c') q", "q:text|\"a\\\\:b\\\\ c\""},
      {"SELECT replace('aXbX', 'X', '--') r, instr('h\xc3\xa4llo', 'l') i", "r:text i:integer|\"a--b--\",3"},
      {"SELECT missing FROM none", "missing:text"},
      {"SELECT z.id, x.why FROM zones z LEFT JOIN none x ON x.zone = z.id",
       "id:text why:text|\"a\",null|\"b\",null"},
      {"SELECT json_extract('{\"a\":[1]}', '$.a') j", "j:text|\"[1]\""},
      {"SELECT 1 ;  ", "1:integer|1"},
  };
  struct rig r = rig_data();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str got = rig_select(&r, rows[i].sql);
    if (!str_is(got, rows[i].want))
      fail_msg("%s\n  gives %.*s\n  not   %s", rows[i].sql, STR_ARG(got), rows[i].want);
  }
  rig_free(&r);
}

static const struct {
  const char *sql, *want;
} attacks[] = {
    {"DELETE FROM zones", "does what none may"},
    {"UPDATE zones SET n = 1", "does what none may"},
    {"INSERT INTO zones(id) VALUES ('x')", "does what none may"},
    {"DROP TABLE zones", "does what none may"},
    {"CREATE TABLE x(a)", "does what none may"},
    {"CREATE TEMP VIEW v AS SELECT 1", "does what none may"},
    {"CREATE VIRTUAL TABLE v USING fts5(x)", "does what none may"},
    {"ATTACH 'x.db' AS x", "does what none may"},
    {"ATTACH ':memory:' AS x", "does what none may"},
    {"DETACH main", "does what none may"},
    {"PRAGMA user_version", "does what none may"},
    {"PRAGMA writable_schema=1", "does what none may"},
    {"VACUUM INTO 'x.db'", "one SELECT"},
    {"BEGIN", "does what none may"},
    {"SELECT * FROM pragma_database_list", "does what none may"},
    {"SELECT count(*) FROM pragma_database_list", ""},
    {"SELECT * FROM sqlite_schema", "does what none may"},
    {"SELECT * FROM sqlite_master", "does what none may"},
    {"SELECT count(*) FROM sqlite_temp_schema", "does what none may"},
    {"SELECT * FROM dbstat", "no such table"},
    {"SELECT * FROM sqlite_stmt", "no such table"},
    {"SELECT * FROM stage0", "no such table"},
    {"SELECT load_extension('x')", "does what none may"},
    {"SELECT readfile('/etc/passwd')", "no such function"},
    {"SELECT writefile('x', 'y')", "no such function"},
    {"SELECT edit('x')", "no such function"},
    {"SELECT random()", "does what none may"},
    {"SELECT randomblob(1000000000)", "does what none may"},
    {"SELECT zeroblob(1000000000)", "does what none may"},
    {"SELECT sqlite_version()", "does what none may"},
    {"SELECT fts3_tokenizer('x')", "does what none may"},
    {"SELECT last_insert_rowid()", "does what none may"},
    {"EXPLAIN SELECT 1", "one SELECT"},
    {"EXPLAIN QUERY PLAN SELECT 1", "one SELECT"},
    {"SELECT 1; SELECT 2", "stands behind"},
    {"SELECT 1; DROP TABLE zones", "stands behind"},
    {"", "empty"},
    {"-- nothing", "empty"},
    {"VALUES (1)", ""},
    {"SELECT \"nothing\" FROM zones WHERE 1=0", ""}, // a name, taken as null where the table is open
    {"SELECT printf('%*d', 1000000000, 1)", ""},
    {"SELECT format('%.1000000000f', 1.0)", ""},
    {"SELECT hex(replace(hex(char(1,2,3,4)), '0', 'x'))", ""},
    {"WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r) SELECT count(*) FROM r",
     "program_query_time"},
    {"WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r) SELECT x FROM r ORDER BY x", "limit"},
    {"WITH RECURSIVE r(x) AS (SELECT 'aaaaaaaaaa' UNION ALL SELECT x||x FROM r) SELECT length(x) FROM r",
     "limit"},
    {"SELECT count(*) FROM (WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r LIMIT 100000) "
     "SELECT x FROM r) a, "
     "(WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r LIMIT 100000) SELECT x FROM r) b",
     "program_query_time"},
    {"SELECT group_concat(x, 'aaaaaaaaaaaaaaaa') FROM (WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT "
     "x+1 FROM r LIMIT 200000) SELECT x FROM r)",
     "limit"},
    {"SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' REGEXP '^(a+)+$'", "too much work"},
    {"SELECT 'x' REGEXP '('", "does not compile"},
    {"SELECT nam FROM zones WHERE id = 'a'", ""},
    {"SELECT ?", "no parameter"},
    {"SELECT ?1", "no parameter"},
    {"SELECT @x", "no parameter"},
    {"SELECT :unknown", "there is no parameter :unknown"},
    {"SELECT nofunction(1)", "no such function"},
    {"SELEC 1", "syntax error"},
    {"SELECT * FROM zonez", "did you mean zones?"},
    {"SELECT (SELECT (SELECT", "incomplete"},
};

// What somebody would try who writes the query; each ends with words and leaves the tables as they were.
static void test_attacks(void **state) {
  (void)state;
  struct table_limits limits = TABLE_LIMITS;
  limits.query_ms = 200;
  limits.memory = 16 << 20;
  struct rig r = rig_with(&limits);
  rig_table(&r, "zones", "[{\"id\":\"a\",\"name\":\"example.com\",\"n\":3}]");
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
    struct str got = rig_select(&r, attacks[i].sql);
    bool refused = str_starts(got, "invalid") || str_starts(got, "limit");
    if (attacks[i].want[0] ? !refused || !str_contains(got, str_of(attacks[i].want))
                           : str_starts(got, "internal"))
      fail_msg("%s\n  gives %.*s\n  not   %s", attacks[i].sql, STR_ARG(got), attacks[i].want);
  }
  check_text(rig_select(&r, "SELECT id, name, n FROM zones"),
             "id:text name:text n:integer|\"a\",\"example.com\",3");
  rig_free(&r);
}

static void test_compile_bombs(void **state) {
  (void)state;
  struct table_limits limits = TABLE_LIMITS;
  limits.query_ms = 500;
  limits.memory = 32 << 20;
  struct rig r = rig_with(&limits);
  rig_table(&r, "t", "[{\"a\":1}]");
  struct buf sql = BUF_MAX(64 * 1024);
  buf_add_z(&sql, "WITH c0 AS (SELECT 1 x)"); // each names the one before twice: 2^40 of the first
  for (int i = 1; i < 40; i++) buf_printf(&sql, ", c%d AS (SELECT 1 x FROM c%d, c%d)", i, i - 1, i - 1);
  buf_add_z(&sql, " SELECT count(*) FROM c39");
  struct str got = rig_select(&r, arena_z(r.arena, buf_str(&sql)));
  if (!str_starts(got, "limit") && !str_starts(got, "invalid")) fail_msg("gives %.*s", STR_ARG(got));
  buf_clear(&sql);
  buf_add_z(&sql, "SELECT ");
  for (int i = 0; i < 5000; i++) buf_printf(&sql, "%s1", i ? "," : "");
  got = rig_select(&r, arena_z(r.arena, buf_str(&sql)));
  assert_true(str_starts(got, "invalid") || str_starts(got, "limit"));
  buf_clear(&sql);
  buf_add_z(&sql, "SELECT ");
  for (int i = 0; i < 3000; i++) buf_add_z(&sql, "(");
  got = rig_select(&r, arena_z(r.arena, buf_str(&sql)));
  assert_true(str_starts(got, "invalid") || str_starts(got, "limit"));
  buf_free(&sql);
  check_text(rig_select(&r, "SELECT a FROM t"), "a:integer|1");
  rig_free(&r);
}

static void test_missing_columns(void **state) {
  (void)state;
  struct rig r = rig_data();
  const struct str *warnings;
  check_text(rig_select(&r, "SELECT nme FROM zones"), "nme:text|null|null");
  assert_int_equal(table_warnings(r.set, &warnings), 1);
  check_has(warnings[0].p, "did you mean name?");
  struct table *t = table_begin(r.set, STR("whole"));
  struct err err;
  assert_true(table_expect(t, STR("action"), TABLE_TEXT, &err) &&
              table_expect(t, STR("hits"), TABLE_INTEGER, &err));
  table_is_complete(t);
  assert_true(table_seal(t, &err));
  check_text(rig_select(&r, "SELECT action, hits FROM whole"), "action:text hits:integer");
  struct str got = rig_select(&r, "SELECT actoin FROM whole");
  check_has(got.p, "no such column: actoin");
  check_has(got.p, "did you mean action?");
  rig_free(&r);
}

static void test_parameters(void **state) {
  (void)state;
  struct rig r = rig_data();
  struct table_param items[] = {
      {STR("since"), {.kind = TABLE_CELL_TEXT, .text = STR("2026-11-20T00:00:00.000Z")}},
      {STR("n"), {.kind = TABLE_CELL_INTEGER, .integer = 3}}};
  struct table_params params = {items, 2};
  check_text(rig_select_with(&r, "SELECT id FROM zones WHERE at >= :since AND n = :n", &params),
             "id:text|\"a\"");
  struct table_result result;
  struct err err;
  assert_true(
      table_compile(r.set, STR("SELECT id, at FROM zones WHERE n = :n"), &params, r.arena, &result, &err));
  assert_int_equal(result.column_count, 2);
  assert_int_equal(result.columns[1].type, TABLE_TIME);
  assert_int_equal(result.row_count, 0);
  rig_free(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_answers), cmocka_unit_test(test_attacks), cmocka_unit_test(test_compile_bombs),
      cmocka_unit_test(test_missing_columns), cmocka_unit_test(test_parameters)};
  return cmocka_run_group_tests(tests, rig_start, NULL);
}

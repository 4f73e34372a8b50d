// SPDX-License-Identifier: Apache-2.0
// The audit in parts, on PostgreSQL: months are made ahead, what came too early moves into its month, what is too old goes
// whole, and a table of before is a part like others.
#include "../support/postgres.h"

#include "audit/follow.h"
#include "audit/ids.h"
#include "audit/months.h"
#include "audit/span.h"
#include "audit/stream.h"
#include "base/clock.h"
#include "store/driver.h"

#define DAY_MS (24 * 3600 * 1000ll)

static char url[256];
static struct store *store;
static struct arena *arena;
static struct err err;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  postgres_make(url);
  return store_open(str_of(url), &store, &err) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  store_close(store);
  postgres_remove(url);
  arena_free(arena);
  return 0;
}

#define MUST(what)                                                                                           \
  do {                                                                                                       \
    if (!(what)) fail_msg("%s: %s", #what, err.text);                                                        \
  } while (0)

static struct store_rows rows_of(const char *sql) {
  struct store_rows rows;
  MUST(store_query(store, sql, NULL, 0, arena, &rows, &err));
  return rows;
}

static int64_t number(const char *sql) {
  struct store_rows rows = rows_of(sql);
  return store_cell(&rows, 0, 0)->number;
}

static struct store_rows parts(void) {
  struct store_rows rows;
  MUST(store_parts(store, "audit", arena, &rows, &err));
  return rows;
}

static struct str part_of_all(const char *table) {
  return arena_printf(arena, "SELECT count(*) FROM %s", table);
}

static struct str id_at(int64_t ms, int n) {
  char digits[AUDIT_ID_TIME];
  audit_ids_write((uint64_t)ms, digits, sizeof digits);
  return arena_printf(arena, "aud_%.*s%04dabcdefg", (int)sizeof digits, digits, n);
}

// Rows and their span, as the writer would have them.
static void write_rows(int64_t ms, int64_t at, int count) {
  struct audit_span span = {0};
  for (int i = 0; i < count; i++) {
    struct str id = id_at(ms, i);
    const struct store_value values[] = {STORE_TEXT(id), STORE_INT(at)};
    MUST(store_run(
        store,
        "INSERT INTO audit (id, at, actor, action, server_id, account_id, tool, arguments, outcome, "
        "status, elapsed_us, request_id, detail) VALUES ($1, $2, '', 'tools/call', 'srv_1', 'acc_1', "
        "'t', '', 'ok', 200, 1, '', '') ON CONFLICT (id) DO NOTHING",
        values, 2, NULL, &err));
    audit_span_add(&span, id, at);
  }
  MUST(audit_span_write(store, &span, &err));
  MUST(audit_follow_note(store, str_of(span.last), &err));
}

// The months of a time lie between the bounds of some part.
static void months_are_made_ahead(void **state) {
  (void)state;
  int64_t now = clock_now_ms();
  assert_int_equal(parts().count, 1); // the table of before
  for (int days = 0; days < 420; days += 13) {
    MUST(audit_months_ahead(store, now + days * DAY_MS, &err));
    struct store_rows all = parts();
    struct str last = store_cell(&all, all.count - 1, 1)->text;
    assert_true(audit_ids_time(last) > now + (days + 28) * DAY_MS);
    write_rows(now + days * DAY_MS, now, 3);
    write_rows(now + (days + 28) * DAY_MS, now, 3);
  }
  size_t count = parts().count;
  MUST(audit_months_ahead(store, now, &err));
  assert_int_equal(parts().count, count);
  assert_int_equal(number("SELECT count(*) FROM audit_rest"), 0);
  assert_true(count >= 14 && count <= 16);
}

// A year in which nobody came to it: the rest takes its rows, and gives them to the part that comes at last.
static void rows_come_before_their_part(void **state) {
  (void)state;
  int64_t now = clock_now_ms(), later = now + 400 * DAY_MS;
  MUST(audit_months_ahead(store, now, &err));
  size_t before = parts().count;
  write_rows(later - 100 * DAY_MS, now, 5);
  write_rows(later, now, 7);
  assert_int_equal(number("SELECT count(*) FROM audit_rest"), 12);
  write_rows(later, now, 7); // there they are found again, too
  assert_int_equal(number("SELECT count(*) FROM audit"), 12);
  MUST(audit_months_ahead(store, later, &err));
  assert_int_equal(number("SELECT count(*) FROM audit_rest"), 0);
  assert_int_equal(number("SELECT count(*) FROM audit"), 12);
  assert_int_equal(parts().count, before + 2);
  write_rows(later, now, 7);
  assert_int_equal(number("SELECT count(*) FROM audit"), 12);
  assert_int_equal(number("SELECT count(*) FROM (SELECT id FROM audit GROUP BY id HAVING count(*) > 1) t"),
                   0);
}

// Beside a default part, and by plans for any value, PostgreSQL reads all rows of a filter in order to sort them.
static void what_keeps_pages_in_order(void **state) {
  (void)state;
  struct store_rows rows = rows_of("SELECT current_setting('plan_cache_mode')");
  assert_true(str_is(store_cell(&rows, 0, 0)->text, "force_custom_plan"));
  MUST(audit_months_ahead(store, clock_now_ms(), &err));
  assert_int_equal(
      number("SELECT count(*) FROM pg_class WHERE relispartition AND pg_get_expr(relpartbound, oid) "
             "NOT LIKE 'FOR VALUES FROM (%'"),
      0);
  for (int i = 0; i < 3; i++) write_rows(clock_now_ms() + i * 31 * DAY_MS, clock_now_ms(), 100);
  write_rows(clock_now_ms() + 300 * DAY_MS, clock_now_ms(), 100);
  MUST(store_run(store, "ANALYZE audit", NULL, 0, NULL, &err));
  rows =
      rows_of("EXPLAIN SELECT id FROM audit WHERE server_id = 'srv_1' AND server_id <> '' AND id >= '' AND "
              "id < '~' ORDER BY id DESC LIMIT 10");
  for (size_t i = 0; i < rows.count; i++)
    assert_false(str_contains(store_cell(&rows, i, 0)->text, STR("Sort")));
}

static void old_months_go_whole(void **state) {
  (void)state;
  int64_t now = clock_now_ms();
  size_t gone;
  for (int month = 0; month < 6; month++) {
    MUST(audit_months_ahead(store, now + month * 31 * DAY_MS, &err));
    write_rows(now + month * 31 * DAY_MS, now + month * 31 * DAY_MS, 10);
  }
  struct audit_follow *sink = audit_follow_new(store, STR("syslog://a"));
  MUST(audit_follow_begin(sink, &err));
  MUST(store_run(store, "UPDATE audit_sink SET sent_id = '', seen_at = $1", &STORE_INT(INT64_MAX), 1, NULL,
                 &err));
  struct store_rows all = parts();
  struct str third = store_cell(&all, 2, 1)->text;
  int64_t older =
      number(arena_printf(arena, "SELECT count(*) FROM audit WHERE id < '%.*s'", STR_ARG(third)).p);
  MUST(audit_span_purge(store, audit_ids_time(third), 100000, &gone, &err));
  assert_int_equal(gone, 0); // none by itself
  assert_int_equal(parts().count, all.count - 3);
  assert_true(older >= 20);
  assert_int_equal(number("SELECT count(*) FROM audit"), 60 - older);
  assert_int_equal(number("SELECT count(*) FROM audit_span"), (60 - older) / 10);
  int64_t lost;
  MUST(audit_follow_lost(sink, &lost, &err));
  assert_int_equal(lost, older);
  audit_follow_free(sink);
}

// The clock was set while it wrote: a row is of a later time than its id.
static void what_has_a_young_row_goes_by_rows(void **state) {
  (void)state;
  int64_t now = clock_now_ms(), later = now + 40 * DAY_MS;
  size_t gone;
  MUST(audit_months_ahead(store, later, &err));
  write_rows(now, now, 10);
  write_rows(now + 1000, later + 90 * DAY_MS, 1);
  size_t count = parts().count;
  MUST(audit_span_purge(store, later, 100000, &gone, &err));
  assert_int_equal(gone, 10);
  assert_int_equal(parts().count, count);
  assert_int_equal(number("SELECT count(*) FROM audit"), 1);
}

// ---- by stretches of time

static void hold_stream(const struct audit_reach *r, struct str value) {
  const struct store_value values[] = {STORE_TEXT(value), STORE_TEXT(r->least), STORE_TEXT(r->most),
                                       STORE_INT((int64_t)r->limit)};
  const char *sql = arena_printf(arena,
                                 "SELECT id FROM audit WHERE tool = $1 AND id >= $2 AND id < $3 ORDER BY id "
                                 "%s LIMIT $4",
                                 r->oldest_first ? "ASC" : "DESC")
                        .p;
  struct store_rows expected;
  struct audit_ids ids;
  MUST(store_query(store, sql, values, 4, arena, &expected, &err));
  MUST(audit_stream_by(r, &audit_keys[AUDIT_BY_TOOL], value, &ids, &err));
  assert_int_equal(ids.count, expected.count);
  assert_int_equal(ids.cut, ids.count == r->limit);
  for (size_t i = 0; i < ids.count; i++) assert_true(str_eq(ids.ids[i], store_cell(&expected, i, 0)->text));
}

// Whole, and from any row on, in both orders.
static void hold_streams(void) {
  struct store_rows all = rows_of("SELECT id FROM audit ORDER BY id");
  const size_t limits[] = {1, 7, STORE_ROWS_MOST};
  for (size_t i = 0; i < 2 * sizeof limits / sizeof *limits; i++) {
    struct audit_reach r = {store, arena, STR(""), STR("~"), i % 2, limits[i / 2]};
    hold_stream(&r, STR("t"));
    hold_stream(&r, STR("none"));
    for (size_t k = 0; k < all.count; k += all.count / 23 + 1) {
      r.least = store_cell(&all, k, 0)->text;
      r.most = STR("~");
      hold_stream(&r, STR("t"));
      r.most = r.least;
      r.least = STR("");
      hold_stream(&r, STR("t"));
    }
  }
}

// Several months, times without a row, one row of a clock that was far ahead.
static void streams_go_from_stretch_to_stretch(void **state) {
  (void)state;
  int64_t now = clock_now_ms();
  hold_streams(); // of nothing
  MUST(audit_months_ahead(store, now, &err));
  MUST(audit_months_ahead(store, now + 31 * DAY_MS, &err));
  for (int i = 0; i < 60; i++) write_rows(now + i * DAY_MS / 3, now, 1 + i % 4);
  write_rows(now + 5000 * DAY_MS, now, 2);
  MUST(store_run(store,
                 "UPDATE audit SET tool = 'other' WHERE substr(id, 12, 1) IN ('0', '5', 'a', 'k', 't')", NULL,
                 0, NULL, &err));
  hold_streams();
}

// A store of before: its rows, its indexes and what comes later are in one table to whoever asks.
static void a_table_of_before_is_a_part(void **state) {
  (void)state;
  int64_t now = clock_now_ms();
  size_t step = 0;
  void *c;
  store_close(store);
  postgres_remove(url);
  postgres_make(url);
  while (!strchr(store_migrations[step].name, '.')) step++;
  assert_non_null(strstr(store_migrations[step].name, "audit-by-month"));
  MUST(store_postgres.connect(str_from(str_of(url), strlen("postgres:")), STORE_WRITER, &c, &err));
  MUST(store_migrate(&store_postgres, c, store_migrations, step, false, &err));
  MUST(store_postgres.script(
      c,
      "INSERT INTO audit (id, at, actor, action, server_id, account_id, tool, arguments, "
      "outcome, status, elapsed_us, request_id, detail) SELECT 'aud_0mm' || i, i, 'a', 'x', "
      "'s', 'c', 't', '', 'ok', 1, 1, '', '' FROM generate_series(1000000, 1020000) AS i",
      &err));
  store_postgres.disconnect(c);
  MUST(store_open(str_of(url), &store, &err));
  MUST(audit_months_ahead(store, now, &err));
  write_rows(now, now, 10);
  write_rows(now + 31 * DAY_MS, now, 10);
  assert_int_equal(number("SELECT count(*) FROM audit"), 20021);
  assert_int_equal(number(part_of_all("audit_start").p), 20011);
  assert_int_equal(number("SELECT count(*) FROM pg_indexes WHERE tablename = 'audit' AND indexname IN "
                          "('audit_pkey', 'audit_by_server', 'audit_by_mark', 'audit_by_values_key')"),
                   4);
  // It keeps the indexes that it has; other parts have one of all filters.
  const char *kept = "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%(tool, id)%'",
             *made = "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%USING gin (audit_marks(%'";
  assert_int_equal(number(kept), 1);
  assert_int_equal(number(made), parts().count + 1); // not audit_start, but the rest and the table itself
  hold_streams();
  MUST(store_run(store, "DROP INDEX audit_by_mark", NULL, 0, NULL, &err)); // as a later version may
  assert_int_equal(number(kept), 1);
  assert_int_equal(number(made), 0);
}

#define AGAINST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      AGAINST(months_are_made_ahead),
      AGAINST(rows_come_before_their_part),
      AGAINST(what_keeps_pages_in_order),
      AGAINST(old_months_go_whole),
      AGAINST(what_has_a_young_row_goes_by_rows),
      AGAINST(streams_go_from_stretch_to_stretch),
      AGAINST(a_table_of_before_is_a_part),
  };
  return postgres_is_there() ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}

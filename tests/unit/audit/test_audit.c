// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include <pthread.h>
#include <sqlite3.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/metrics.h"

static char folder[64], url[128];
static struct store *store;
static struct audit *audit;
static struct arena *arena;

static int setup(void **state) {
  (void)state;
  struct err err;
  temp_make(folder);
  snprintf(url, sizeof url, "sqlite:%s/postern.db", folder);
  arena = arena_new();
  return store_open(str_of(url), &store, &err) && audit_new(store, &audit, &err) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  audit_free(audit);
  store_close(store);
  arena_free(arena);
  temp_remove(folder);
  return 0;
}

static struct audit_row sample(const char *tool, const char *outcome) {
  return (struct audit_row){.at = clock_now_ms(),
                            .who = {STR("tok_1"), STR("ops"), STR("tester"), STR("192.0.2.7")},
                            .action = STR("tools/call"),
                            .server_id = STR("srv_1"),
                            .server_name = STR("Zones"),
                            .account_id = STR("acc_1"),
                            .account_name = STR("acme"),
                            .tool = str_of(tool),
                            .arguments = STR("{\"zone_id\":\"string(32)\"}"),
                            .outcome = str_of(outcome),
                            .request_id = STR("req_1"),
                            .elapsed_us = 1500,
                            .status = 200};
}

static struct audit_entry *read_all(struct audit_query q, size_t expected) {
  struct audit_entry *entries;
  size_t count;
  struct err err;
  if (!q.limit) q.limit = AUDIT_PAGE_MOST;
  if (!audit_read(store, &q, arena, &entries, &count, &err)) fail_msg("%s", err.text);
  assert_int_equal(count, expected);
  return entries;
}

static void rows_are_written_whole(void **state) {
  (void)state;
  struct audit_row row = sample("list_all_tiny_zones", "ok");
  row.detail = STR("d");
  audit_add(audit, &row);
  audit_flush(audit);
  const struct audit_entry *e = read_all((struct audit_query){0}, 1);
  assert_true(str_starts(e->id, "aud_"));
  assert_true(str_is(e->row.who.actor, "tok_1") && str_is(e->row.who.actor_name, "ops") &&
              str_is(e->row.who.client, "tester") && str_is(e->row.who.address, "192.0.2.7") &&
              str_is(e->row.account_name, "acme") && e->row.count == 1 &&
              str_is(e->row.action, "tools/call") && str_is(e->row.server_id, "srv_1"));
  assert_true(str_is(e->row.account_id, "acc_1") && str_is(e->row.tool, "list_all_tiny_zones"));
  assert_true(str_is(e->row.arguments, "{\"zone_id\":\"string(32)\"}") && str_is(e->row.outcome, "ok"));
  assert_true(str_is(e->row.request_id, "req_1") && str_is(e->row.detail, "d"));
  assert_true(e->row.at == row.at && e->row.elapsed_us == 1500 && e->row.status == 200);
}

static void the_url_stands_before_the_detail(void **state) {
  (void)state;
  static const struct {
    const char *url, *detail, *stored;
  } cases[] = {
      {"", "", ""}, {"", "d", "d"}, {"laptop", "", "by URL laptop"}, {"laptop", "d", "by URL laptop; d"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct audit_row row = sample(cases[i].stored[0] ? cases[i].stored : "none", "ok");
    row.url = str_of(cases[i].url);
    row.detail = str_of(cases[i].detail);
    audit_add(audit, &row);
    audit_flush(audit);
    const struct audit_entry *e = read_all((struct audit_query){.tool = row.tool}, 1);
    if (!str_is(e->row.detail, cases[i].stored)) fail_msg("%zu: %.*s", i, STR_ARG(e->row.detail));
  }
}

static void long_texts_are_cut_at_characters(void **state) {
  (void)state;
  char umlauts[6001];
  for (size_t i = 0; i < 3000; i++) memcpy(umlauts + 2 * i, "\xc3\xbc", 2);
  struct audit_row row = sample("t", "ok");
  row.who.actor = str_make(umlauts, 6000);
  row.detail = str_make(umlauts + 1, 5999);
  row.arguments = str_make(umlauts, 6000);
  audit_add(audit, &row);
  audit_flush(audit);
  const struct audit_entry *e = read_all((struct audit_query){0}, 1);
  assert_int_equal(e->row.who.actor.n, 2048);
  assert_int_equal(e->row.detail.n, 2047);
  row.url = STR("laptop"); // and so they are behind a URL's name
  row.tool = STR("by URL");
  audit_add(audit, &row);
  audit_flush(audit);
  e = read_all((struct audit_query){.tool = row.tool}, 1);
  assert_int_equal(e->row.detail.n, sizeof "by URL laptop; " - 1 + 2033);
  assert_true(str_starts(e->row.arguments, "{") && str_ends(e->row.arguments, "}")); // still JSON
}

enum { ADDERS = 4, EACH = 1500 };

static void *add_many(void *arg) {
  char tool[32];
  for (int i = 0; i < EACH; i++) {
    snprintf(tool, sizeof tool, "t%d", *(int *)arg);
    struct audit_row row = sample(tool, i % 2 ? "ok" : "denied");
    row.status = i;
    audit_add(audit, &row);
  }
  return NULL;
}

static void many_threads_lose_nothing(void **state) {
  (void)state;
  pthread_t threads[ADDERS];
  int numbers[ADDERS];
  int64_t written = metrics_get(METRIC_AUDIT_WRITTEN), dropped = metrics_get(METRIC_AUDIT_DROPPED);
  for (int i = 0; i < ADDERS; i++) {
    numbers[i] = i;
    assert_int_equal(pthread_create(&threads[i], NULL, add_many, &numbers[i]), 0);
  }
  for (int i = 0; i < ADDERS; i++) pthread_join(threads[i], NULL);
  audit_flush(audit);
  assert_int_equal(metrics_get(METRIC_AUDIT_WRITTEN) - written, ADDERS * EACH);
  assert_int_equal(metrics_get(METRIC_AUDIT_DROPPED) - dropped, 0);
  assert_int_equal(metrics_get(METRIC_AUDIT_QUEUED), 0);
  // Page by page, newest first, each row once; of one thread in the order it added them.
  struct audit_query q = {.limit = 700};
  int64_t last[ADDERS] = {EACH, EACH, EACH, EACH};
  size_t seen = 0;
  struct str before = STR_NONE;
  for (;;) {
    struct audit_entry *entries;
    size_t count;
    struct err err;
    q.before_id = before;
    assert_true(audit_read(store, &q, arena, &entries, &count, &err));
    for (size_t i = 0; i < count; i++) {
      assert_true(!before.n || str_compare(entries[i].id, before) < 0);
      before = entries[i].id;
      int adder = entries[i].row.tool.p[1] - '0';
      assert_true(entries[i].row.status == last[adder] - 1);
      last[adder]--;
    }
    seen += count;
    if (count < q.limit) break;
  }
  assert_int_equal(seen, ADDERS * EACH);
}

static void filters_combine(void **state) {
  (void)state;
  struct audit_row row = sample("a", "ok");
  int64_t now = row.at;
  for (int i = 0; i < 4; i++) {
    row.at = now + i;
    row.tool = i < 2 ? STR("a") : STR("b");
    row.outcome = i % 2 ? STR("ok") : STR("denied");
    row.who.actor = i == 3 ? STR("tok_2") : STR("tok_1");
    audit_add(audit, &row);
  }
  audit_flush(audit);
  read_all((struct audit_query){.tool = STR("a")}, 2);
  read_all((struct audit_query){.tool = STR("a"), .outcome = STR("ok")}, 1);
  read_all((struct audit_query){.since = now + 1}, 3);
  read_all((struct audit_query){.since = now + 1, .until = now + 3}, 2);
  read_all((struct audit_query){.actor = STR("tok_2"),
                                .action = STR("tools/call"),
                                .server_id = STR("srv_1"),
                                .account_id = STR("acc_1"),
                                .tool = STR("b"),
                                .outcome = STR("ok"),
                                .since = 1,
                                .until = now + 4,
                                .before_id = STR("b")},
           1);
  read_all((struct audit_query){.actor = STR("x' OR '1'='1")}, 0);
  read_all((struct audit_query){.limit = 3}, 3);
  struct audit_entry *entries;
  size_t count;
  struct err err;
  assert_false(audit_read(store, &(struct audit_query){.limit = 1001}, arena, &entries, &count, &err));
  assert_false(audit_read(store, &(struct audit_query){0}, arena, &entries, &count, &err));
}

// Each run's clock is behind the one before, by a little, by years: what comes later stands before it in the
// list all the same, and a page goes on from any of them.
static void order_outlives_a_clock_that_is_set_back(void **state) {
  (void)state;
  static const int64_t ahead[] = {0, 1, 60000, INT64_C(200) * 24 * 3600 * 1000};
  for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++) {
    struct err err;
    char id[32] = "aud_";
    uint64_t ms = (uint64_t)(clock_now_ms() + ahead[i]);
    for (int digit = 8; digit >= 0; digit--, ms /= 36)
      id[4 + digit] = "0123456789abcdefghijklmnopqrstuvwxyz"[ms % 36];
    memcpy(id + 13, "zzzzzzzzzzzzz", 14);
    struct audit_row before = sample("before", "ok"), row = sample("later", "ok");
    audit_add(audit, &before);
    audit_flush(audit);
    assert_true(store_run(store, "UPDATE audit SET id = $1 WHERE tool = 'before'", &STORE_TEXT(str_of(id)), 1,
                          NULL, &err));
    audit_free(audit);
    assert_true(audit_new(store, &audit, &err));
    for (row.status = 0; row.status < 5; row.status++) audit_add(audit, &row);
    audit_flush(audit);
    const struct audit_entry *e = read_all((struct audit_query){0}, 6);
    for (int n = 0; n < 5; n++) assert_int_equal(e[n].row.status, 4 - n);
    assert_true(str_is(e[5].row.tool, "before"));
    read_all((struct audit_query){.before_id = e[2].id}, 3);
    assert_true(store_run(store, "DELETE FROM audit", NULL, 0, NULL, &err));
  }
}

static void old_rows_are_purged(void **state) {
  (void)state;
  struct audit_row row = sample("a", "ok");
  size_t count;
  struct err err;
  for (int i = 0; i < 2500; i++) {
    row.at = clock_now_ms() - (i < 2400 ? 100000 : 0);
    audit_add(audit, &row);
  }
  audit_flush(audit);
  assert_true(audit_purge(store, 0, &count, &err));
  assert_int_equal(count, 0);
  assert_true(audit_purge(store, 50000, &count, &err));
  assert_int_equal(count, 2400);
  read_all((struct audit_query){0}, 100);
}

static void what_waits_is_written_at_the_end(void **state) {
  (void)state;
  struct audit_row row = sample("a", "ok");
  for (int i = 0; i < 1000; i++) audit_add(audit, &row);
  audit_free(audit);
  struct err err;
  read_all((struct audit_query){0}, 1000);
  assert_true(audit_new(store, &audit, &err));
}

// Nothing of it waits for its minute when the program stops, or when somebody wants all that is so far.
static void refusals_are_counted(void **state) {
  (void)state;
  char mark[AUDIT_MARK];
  struct err err;
  struct audit_row row = sample("", "unauthenticated");
  row.tool = row.arguments = STR_NONE;
  row.action = STR("access.refuse");
  for (int i = 0; i < 500; i++) audit_refuse(audit, &row, audit_mark(STR("guess"), mark));
  audit_add(audit, &row);
  audit_flush(audit);
  row.who.address = STR("192.0.2.8");
  for (int i = 0; i < 3; i++) audit_refuse(audit, &row, STR_NONE);
  audit_free(audit);
  const struct audit_entry *e = read_all((struct audit_query){.action = row.action}, 3);
  assert_int_equal(e[0].row.count, 3);
  read_all((struct audit_query){.client = STR("tester")}, 3);
  read_all((struct audit_query){.client = STR("another")}, 0);
  e = read_all((struct audit_query){.address = STR("192.0.2.7"), .limit = 2}, 2);
  assert_true(e[0].row.count + e[1].row.count == 501);
  const struct audit_row *counted = e[0].row.count == 500 ? &e[0].row : &e[1].row;
  assert_true(str_is(counted->detail, ": sha256:f1abe1b0"));
  assert_true(str_is(counted->server_name, "Zones"));
  assert_true(audit_new(store, &audit, &err));
}

// Another program holds the write lock: calls go on, rows wait, what passes the queue is counted, and all
// else is written later. The lock is this thread's to give back, so a call that waited for it would not
// return.
static void a_locked_store_delays_no_call(void **state) {
  (void)state;
  char path[128];
  snprintf(path, sizeof path, "%s/postern.db", folder);
  sqlite3 *other = NULL;
  assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  int64_t written = metrics_get(METRIC_AUDIT_WRITTEN), dropped = metrics_get(METRIC_AUDIT_DROPPED);
  struct audit_row row = sample("a", "ok");
  const int extra = 10000;
  for (int i = 0; i < AUDIT_QUEUE_MOST + extra; i++) audit_add(audit, &row);
  int64_t lost = metrics_get(METRIC_AUDIT_DROPPED) - dropped;
  assert_true(lost > 0 && lost <= extra);
  assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(other);
  audit_flush(audit);
  assert_true(metrics_get(METRIC_AUDIT_WRITTEN) - written == AUDIT_QUEUE_MOST + extra - lost);
  struct store_rows rows;
  struct err err;
  assert_true(store_query(store, "SELECT count(*) FROM audit", NULL, 0, arena, &rows, &err));
  assert_true(store_cell(&rows, 0, 0)->number == AUDIT_QUEUE_MOST + extra - lost);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(rows_are_written_whole, setup, teardown),
      cmocka_unit_test_setup_teardown(the_url_stands_before_the_detail, setup, teardown),
      cmocka_unit_test_setup_teardown(long_texts_are_cut_at_characters, setup, teardown),
      cmocka_unit_test_setup_teardown(many_threads_lose_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(filters_combine, setup, teardown),
      cmocka_unit_test_setup_teardown(order_outlives_a_clock_that_is_set_back, setup, teardown),
      cmocka_unit_test_setup_teardown(old_rows_are_purged, setup, teardown),
      cmocka_unit_test_setup_teardown(what_waits_is_written_at_the_end, setup, teardown),
      cmocka_unit_test_setup_teardown(refusals_are_counted, setup, teardown),
      cmocka_unit_test_setup_teardown(a_locked_store_delays_no_call, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

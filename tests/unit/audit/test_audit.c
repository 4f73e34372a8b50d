// SPDX-License-Identifier: Apache-2.0
#include "thief.h"

#include <pthread.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/values.h"
#include "base/clock.h"
#include "base/metrics.h"

static char folder[64], url[STORE_URL];
static struct store *store;
static struct audit *audit;
static struct arena *arena;

static int setup(void **state) {
  (void)state;
  struct err err;
  temp_make(folder);
  store_url_make(url, folder);
  arena = arena_new();
  return store_open(str_of(url), &store, &err) && audit_new(store, &audit, &err) ? 0 : -1;
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
  struct audit_page page;
  struct err err;
  if (!q.limit) q.limit = AUDIT_PAGE_MOST;
  if (!audit_read(store, &q, arena, &page, &err)) fail_msg("%s", err.text);
  assert_int_equal(page.count, expected);
  return page.entries;
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

static void rows_are_found_by_the_name_of_their_url(void **state) {
  (void)state;
  static const char *const urls[] = {"", "first", "laptop", "laptop"};
  struct err err;
  bool known = true;
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    struct audit_row row = sample("a", "ok");
    row.url = str_of(urls[i]);
    row.detail = STR("d");
    audit_add(audit, &row);
  }
  audit_flush(audit);
  const struct audit_entry *e = read_all((struct audit_query){.url = STR("laptop")}, 2);
  assert_true(str_is(e->row.url, "laptop") && str_is(e->row.detail, "d"));
  read_all((struct audit_query){.url = STR("first")}, 1);
  read_all((struct audit_query){.url = STR("other")}, 0);
  assert_true(audit_has_url(store, STR("other"), &known, &err) && !known);
  assert_true(audit_has_url(store, STR("laptop"), &known, &err) && known);
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
    struct audit_page page;
    struct err err;
    q.before_id = before;
    assert_true(audit_read(store, &q, arena, &page, &err));
    for (size_t i = 0; i < page.count; i++) {
      const struct audit_entry *e = &page.entries[i];
      assert_true(!before.n || str_compare(e->id, before) < 0);
      before = e->id;
      int adder = e->row.tool.p[1] - '0';
      assert_true(e->row.status == last[adder] - 1);
      last[adder]--;
    }
    seen += page.count;
    if (!page.next.n) break;
    assert_true(str_eq(page.next, before));
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
  struct audit_page page;
  struct err err;
  assert_false(audit_read(store, &(struct audit_query){.limit = 1001}, arena, &page, &err));
  assert_false(audit_read(store, &(struct audit_query){0}, arena, &page, &err));
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
  for (int i = 0; i < 500; i++) audit_count(audit, &row, audit_mark(STR("guess"), mark));
  audit_add(audit, &row);
  audit_flush(audit);
  row.who.address = STR("192.0.2.8");
  for (int i = 0; i < 3; i++) audit_count(audit, &row, STR_NONE);
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

// The row is there at once; what comes after it is in it a little later, and no second row within the minute.
static void a_count_grows_in_its_row(void **state) {
  (void)state;
  struct audit_row row = sample("", "denied");
  row.action = STR(AUDIT_REFUSE);
  struct audit_query q = {.action = row.action, .limit = 10};
  struct audit_page page;
  struct err err;
  int64_t written = metrics_get(METRIC_AUDIT_WRITTEN);
  for (int64_t seen = 0, wanted = 1; wanted <= 7; wanted += 3) {
    while (seen < wanted) audit_count(audit, &row, STR("x")), seen++;
    do {
      assert_true(audit_read(store, &q, arena, &page, &err));
      if (!page.count || page.entries->row.count < wanted) usleep(5000);
    } while (!page.count || page.entries->row.count < wanted);
    assert_int_equal(page.count, 1);
    assert_int_equal(page.entries->row.count, wanted);
  }
  assert_int_equal(metrics_get(METRIC_AUDIT_WRITTEN) - written, 1);
  assert_int_equal(metrics_get(METRIC_AUDIT_QUEUED), 0);
}

// ---- values under another key

enum { VALUES = 2 * 250 + 30 }; // of more than two pieces

static int64_t stale_values(const char *key) {
  struct store_rows rows;
  struct err err;
  const struct store_value values[] = {STORE_TEXT(str_of(key))};
  if (!store_query(store, "SELECT count(*) FROM audit WHERE values_key = $1", values, 1, arena, &rows, &err))
    fail_msg("%s", err.text);
  return store_cell(&rows, 0, 0)->number;
}

static struct seal_ring *ring_of(const char *text) {
  struct seal_ring *ring;
  struct err err;
  if (!seal_ring_from_text(str_of(text), &ring, &err)) fail_msg("%s", err.text);
  store_set_ring(store, ring);
  return ring;
}

#define HEX16 "0123456789abcdef"
#define KEY_OLD "old " HEX16 HEX16 HEX16 HEX16 "\n"
#define KEY_MID "mid fedcba9876543210" HEX16 HEX16 HEX16 "\n"
#define KEY_NEW "new 00000000000000ff" HEX16 HEX16 HEX16 "\n"

static void record_values(size_t n) {
  struct audit_row row = sample("a", "ok");
  char text[64];
  for (size_t i = 0; i < n; i++) {
    row.values = str_make(text, (size_t)snprintf(text, sizeof text, "{\"n\":%zu}", i));
    audit_add(audit, &row);
  }
  audit_flush(audit);
}

// Piece by piece; a stop in between loses nothing, and the next start goes on; what does not open keeps its key, and
// keeps nothing else from a new one.
static void values_follow_a_change_of_keys(void **state) {
  (void)state;
  struct err err;
  struct seal_ring *ring = ring_of(KEY_OLD);
  record_values(VALUES);
  seal_ring_free(ring);
  ring = ring_of(KEY_OLD KEY_MID);
  record_values(3);
  assert_int_equal(stale_values("old"), VALUES);
  assert_true(
      store_run(store,
                "UPDATE audit SET argument_values = 'v1.old.AAAA' WHERE id = (SELECT max(id) FROM audit "
                "WHERE values_key = 'old')",
                NULL, 0, NULL, &err));
  seal_ring_free(ring);
  ring = ring_of(KEY_OLD KEY_MID KEY_NEW);
  struct audit_reseal cut = {0};
  assert_true(store_transact(store, audit_reseal_piece, &cut, &err) && !cut.done);
  int64_t left = stale_values("old") + stale_values("mid");
  assert_true(left < VALUES + 3 && left > 1); // a piece, no more
  audit_free(audit);
  assert_true(audit_new(store, &audit, &err));
  assert_false(audit_has_resealed(audit)); // it was not asked
  audit_reseal(audit);
  while (!audit_has_resealed(audit)) usleep(5000);
  assert_false(audit_has_resealed(audit)); // told once
  assert_int_equal(stale_values("mid"), 0);
  assert_int_equal(stale_values("old"), 1);
  assert_int_equal(stale_values("new"), VALUES + 2);
  seal_ring_free(ring);
  ring = ring_of(KEY_NEW); // the others are gone
  const struct audit_entry *e = read_all((struct audit_query){.values = true}, VALUES + 3);
  size_t opened = 0;
  for (size_t i = 0; i < VALUES + 3; i++) opened += str_starts(e[i].row.values, "{\"n\":");
  assert_int_equal(opened, VALUES + 2);
  store_set_ring(store, NULL);
  seal_ring_free(ring);
}

// Somebody wrote keys and ids that we never would: it comes to an end all the same.
static void values_of_no_key_of_ours_are_passed_over(void **state) {
  (void)state;
  static const char *const edits[] = {
      "UPDATE audit SET values_key = 'a key with a name that is far longer than any that we would ever give'",
      "UPDATE audit SET values_key = '~'",
      "UPDATE audit SET id = "
      "'aud_00000000000000000000000000000000000000000000000000000000000000000000000000000000' || id",
  };
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct err err;
    struct seal_ring *ring = ring_of(KEY_OLD);
    record_values(2);
    assert_true(store_run(store, edits[i], NULL, 0, NULL, &err));
    seal_ring_free(ring);
    ring = ring_of(KEY_OLD KEY_NEW);
    audit_reseal(audit);
    while (!audit_has_resealed(audit)) usleep(5000);
    assert_true(store_run(store, "DELETE FROM audit", NULL, 0, NULL, &err));
    store_set_ring(store, NULL);
    seal_ring_free(ring);
  }
}

// Another program holds the write lock: calls go on, rows wait, what passes the queue is counted, and all
// else is written later. The lock is this thread's to give back, so a call that waited for it would not
// return.
static void a_locked_store_delays_no_call(void **state) {
  (void)state;
  thief_take(url);
  int64_t written = metrics_get(METRIC_AUDIT_WRITTEN), dropped = metrics_get(METRIC_AUDIT_DROPPED);
  struct audit_row row = sample("a", "ok");
  const int extra = 10000;
  for (int i = 0; i < AUDIT_QUEUE_MOST + extra; i++) audit_add(audit, &row);
  int64_t lost = metrics_get(METRIC_AUDIT_DROPPED) - dropped;
  assert_true(lost > 0 && lost <= extra);
  thief_give_back();
  audit_flush(audit);
  assert_true(metrics_get(METRIC_AUDIT_WRITTEN) - written == AUDIT_QUEUE_MOST + extra - lost);
  struct store_rows rows;
  struct err err;
  assert_true(store_query(store, "SELECT count(*) FROM audit", NULL, 0, arena, &rows, &err));
  assert_true(store_cell(&rows, 0, 0)->number == AUDIT_QUEUE_MOST + extra - lost);
}

static void calls_of_before_the_start_count(void **state) {
  (void)state;
  struct err err;
  struct audit_row rows[] = {sample("list_zones", "ok"), sample("list_zones", "upstream_error"),
                             sample("list_zones", "canceled"), sample("list_zones", "ok")};
  rows[3].action = STR("account.change"); // no call
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) audit_add(audit, &rows[i]);
  struct audit_row old = sample("list_zones", "ok");
  old.at -= 25ll * PULSE_HOUR_MS;
  audit_add(audit, &old);
  assert_int_equal(audit_day(audit, STR("acc_1")).calls, 3);
  audit_free(audit); // and started again
  assert_true(audit_new(store, &audit, &err));
  for (int i = 0; i < 2000 && !audit_day(audit, STR("acc_1")).calls; i++) usleep(5000);
  struct pulse_day day = audit_day(audit, STR("acc_1"));
  assert_int_equal(day.calls, 3);
  assert_int_equal(day.errors, 1);
  assert_int_equal(day.last_at, rows[2].at);
  assert_int_equal(audit_day(audit, STR("acc_2")).calls, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(rows_are_written_whole, setup, teardown),
      cmocka_unit_test_setup_teardown(rows_are_found_by_the_name_of_their_url, setup, teardown),
      cmocka_unit_test_setup_teardown(long_texts_are_cut_at_characters, setup, teardown),
      cmocka_unit_test_setup_teardown(many_threads_lose_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(filters_combine, setup, teardown),
      cmocka_unit_test_setup_teardown(order_outlives_a_clock_that_is_set_back, setup, teardown),
      cmocka_unit_test_setup_teardown(old_rows_are_purged, setup, teardown),
      cmocka_unit_test_setup_teardown(what_waits_is_written_at_the_end, setup, teardown),
      cmocka_unit_test_setup_teardown(refusals_are_counted, setup, teardown),
      cmocka_unit_test_setup_teardown(a_count_grows_in_its_row, setup, teardown),
      cmocka_unit_test_setup_teardown(values_follow_a_change_of_keys, setup, teardown),
      cmocka_unit_test_setup_teardown(values_of_no_key_of_ours_are_passed_over, setup, teardown),
      cmocka_unit_test_setup_teardown(a_locked_store_delays_no_call, setup, teardown),
      cmocka_unit_test_setup_teardown(calls_of_before_the_start_count, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Watches and their events as rows: sealed, bound to whose they are; written with the run that caused them, or not at all; in
// their order, counted, gone with accounts, tiles and age.
#include "../support/fresh_store.h"

#include "alert/follow.h"
#include "crypto/seal.h"
#include "data/json.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct seal_ring *ring;
static struct err err;
static struct access_token owner;
static int told;

struct catalog *__wrap_catalog_acquire(void);
void __wrap_catalog_release(struct catalog *c);
bool __wrap_catalog_bars(const struct catalog *c, struct str id);
const struct access_token *__wrap_catalog_token_by_id(const struct catalog *c, struct str id);
const struct access_user *__wrap_catalog_user_by_id(const struct catalog *c, struct str id);

struct catalog *__wrap_catalog_acquire(void) {
  return NULL;
}

void __wrap_catalog_release(struct catalog *c) {
  (void)c;
}

bool __wrap_catalog_bars(const struct catalog *c, struct str id) {
  (void)c, (void)id;
  return false;
}

const struct access_user *__wrap_catalog_user_by_id(const struct catalog *c, struct str id) {
  (void)c, (void)id;
  return NULL;
}

const struct access_token *__wrap_catalog_token_by_id(const struct catalog *c, struct str id) {
  (void)c;
  return str_eq(id, owner.id) ? &owner : NULL;
}

static void on_told(void *arg) {
  (void)arg;
  told++;
}

static void must(bool ok) {
  if (!ok) fail_msg("%s", err.text);
}

static void refuse(bool ok, enum err_code code) {
  if (ok || err.code != code) fail_msg("expected %s, got %s", err_name(code), ok ? "ok" : err.text);
}

static struct board_tile tile;
static struct alert_follower follower = {.told = on_told};

static int setup(void **state) {
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  fresh_store_account("acc_1", "one", "c");
  owner = (struct access_token){.id = STR("tok_1"), .role = ACCESS_ADMIN};
  told = 0;
  struct board_row board = {.id = STR("dsh_1"), .name = STR("edge"), .owner = STR("tok_1"), .version = 1};
  tile = (struct board_tile){.id = STR("til_1"),
                             .dashboard_id = STR("dsh_1"),
                             .owner = STR("tok_1"),
                             .title = STR("Zebras"),
                             .program = STR("{\"steps\":[{\"keys\":[{\"account\":\"acc_1\"}]}]}"),
                             .result = STR("n"),
                             .size = STR("half"),
                             .place = -1,
                             .version = 1};
  must(board_insert(store, &board, &err));
  must(board_tile_insert(store, &tile, &err));
  board_on_refresh(alert_follow, &follower);
  return 0;
}

static int teardown(void **state) {
  board_on_refresh(NULL, NULL);
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static struct alert_watch watch(const char *id, const char *condition) {
  return (struct alert_watch){.id = str_of(id),
                              .tile_id = STR("til_1"),
                              .owner = STR("tok_1"),
                              .condition = str_of(condition),
                              .created_at = 5,
                              .updated_at = 5,
                              .version = 1};
}

#define URL "https://hooks.example/services/T000/SECRET"

static bool add(const struct alert_watch *w) {
  struct alert_watch_change change = {w, STR(URL), STR("whsec_1"), true, false};
  return alert_watch_write(store, &change, &err);
}

static bool run(int64_t at, const char *rows, bool partial, bool cut) {
  struct str outcome = arena_printf(
      arena,
      "{\"status\":\"complete\",\"now\":\"2026-11-20T07:15:00.000Z\",\"results\":[{\"name\":\"n\","
      "\"columns\":[{\"name\":\"id\",\"type\":\"integer\"},{\"name\":\"word\",\"type\":\"text\"}],\"rows\":[%"
      "s]}]}",
      rows);
  struct board_keeping k = {
      .news = {.tile = &tile, .at = at, .state = BOARD_OK, .after = outcome, .partial = partial, .cut = cut}};
  return board_outcome_keep(store, &k, &err);
}

static size_t events(struct alert_event_row **out) {
  size_t n;
  must(alert_events_of(store, STR("wat_1"), 0, 100, arena, out, &n, &err));
  return n;
}

static int64_t count(const char *sql) {
  struct store_rows rows;
  must(store_query(store, sql, NULL, 0, arena, &rows, &err));
  return store_cell(&rows, 0, 0)->number;
}

static void test_whole(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "any row"), back;
  struct secret *url, *secret;
  struct store_rows rows;
  w.quiet = STR("22:00-07:00");
  w.zone = STR("Europe/Berlin");
  w.quiet_drops = w.slack = true;
  w.for_ms = 600000;
  must(add(&w));
  must(alert_watch_find(store, w.id, arena, &back, &err));
  check_text(back.condition, "any row");
  check_text(back.zone, "Europe/Berlin");
  check_text(back.origin, "https://hooks.example");
  assert_true(back.quiet_drops && back.slack && back.for_ms == 600000);
  must(alert_watch_reach(store, &back, &url, &secret, &err));
  check_text(secret_reveal(url), URL);
  check_text(secret_reveal(secret), "whsec_1");
  secret_free(url);
  secret_free(secret);
  must(store_query(store, "SELECT document FROM watch", NULL, 0, arena, &rows, &err));
  assert_null(strstr(store_cell(&rows, 0, 0)->text.p, "hooks"));
  fresh_store_sql("UPDATE watch SET owner = 'tok_2'"); // another's
  refuse(alert_watch_find(store, w.id, arena, &back, &err), ERR_MISSING);
}

static void test_changed(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "new row"), back;
  struct secret *url, *secret;
  must(add(&w));
  must(run(10, "[1,\"a\"]", false, false));
  assert_int_equal(count("SELECT count(*) FROM watch_baseline"), 1);
  must(alert_watch_find(store, w.id, arena, &back, &err));
  struct alert_watch_change change = {&back, STR(""), STR("whsec_2"), false, false};
  back.version = 2;
  must(alert_watch_write(store, &change, &err)); // another secret, the same address
  refuse(alert_watch_write(store, &change, &err), ERR_CONFLICT);
  must(alert_watch_find(store, w.id, arena, &back, &err));
  must(alert_watch_reach(store, &back, &url, &secret, &err));
  check_text(secret_reveal(url), URL);
  check_text(secret_reveal(secret), "whsec_2");
  secret_free(url);
  secret_free(secret);
  assert_int_equal(count("SELECT count(*) FROM watch_baseline"), 1);
  back.version = 3;
  back.condition = STR("removed row");
  change = (struct alert_watch_change){&back, STR(""), STR(""), false, true};
  must(alert_watch_write(store, &change, &err));
  assert_int_equal(count("SELECT count(*) FROM watch_baseline"), 0); // compared with what comes next
}

static void test_room(void **state) {
  (void)state;
  for (int i = 0; i < ALERT_WATCHES_OF_MOST; i++) {
    struct alert_watch w = watch(arena_printf(arena, "wat_%d", i).p, "any row");
    must(add(&w));
  }
  struct alert_watch w = watch("wat_x", "any row");
  refuse(add(&w), ERR_LIMIT);
  w.tile_id = STR("til_none");
  refuse(add(&w), ERR_MISSING);
}

static void test_begins_and_ends(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "any row"), back;
  struct alert_event_row *e, one;
  must(add(&w));
  must(run(10, "", false, false));
  must(run(20, "[1,\"a\"]", true, false)); // partial
  must(run(30, "[1,\"a\"]", false, true)); // cut
  assert_int_equal(events(&e), 0);
  must(run(40, "[1,\"a\"]", false, false));
  must(run(50, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 1);
  assert_int_equal(told, 1);
  must(alert_event_find(store, e[0].id, arena, &one, &err));
  check_has(one.document.p, "\"rows\":[{\"change\":\"meets\",\"cells\":[1,\"a\"]}]");
  check_has(one.document.p, "\"title\":\"Zebras\"");
  must(alert_watch_find(store, w.id, arena, &back, &err));
  assert_int_equal(back.state.phase, ALERT_FIRING);
  assert_true(str_eq(back.open_event, e[0].id));
  must(run(60, "", true, false));
  assert_int_equal(events(&e), 1);
  must(run(70, "", false, false));
  assert_int_equal(events(&e), 2);
  assert_int_equal(e[0].kind, ALERT_ENDED);
  assert_true(str_eq(e[0].began, e[1].id));
  assert_int_equal(e[0].n, 2);
}

static void test_not_of_everyone(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "any row");
  struct alert_event_row *e;
  must(add(&w));
  owner.id = STR("tok_2"); // revoked
  must(run(10, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 0);
  owner = (struct access_token){.id = STR("tok_1"), .role = ACCESS_CLIENT};
  must(run(20, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 0);
  owner.role = ACCESS_ADMIN;
  fresh_store_sql("UPDATE watch SET paused = 1");
  must(run(30, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 0);
  fresh_store_sql("UPDATE watch SET paused = 0, stopped = 'gone'");
  must(run(40, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 0);
  fresh_store_sql("UPDATE watch SET stopped = ''");
  must(run(50, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 1);
}

static bool refusing(void *arg, struct store *s, const struct board_news *news, struct err *why) {
  return alert_follow(arg, s, news, why) && err_set(why, ERR_INTERNAL, "the power went");
}

static void test_all_or_nothing(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "any row"), back;
  struct alert_event_row *e;
  must(add(&w));
  board_on_refresh(refusing, &follower);
  refuse(run(10, "[1,\"a\"]", false, false), ERR_INTERNAL);
  assert_int_equal(events(&e), 0);
  assert_int_equal(count("SELECT count(*) FROM tile_outcome"), 0);
  must(alert_watch_find(store, w.id, arena, &back, &err));
  assert_int_equal(back.state.phase, ALERT_FINE);
  board_on_refresh(alert_follow, &follower);
  must(run(20, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 1);
}

static void test_gone_with_the_account(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "new row");
  struct alert_event_row *e, one;
  must(add(&w));
  must(run(10, "[1,\"a\"]", false, false));
  must(run(20, "[1,\"a\"],[2,\"zebra\"]", false, false));
  assert_int_equal(events(&e), 1);
  fresh_store_sql("DELETE FROM account WHERE id = 'acc_1'");
  assert_int_equal(count("SELECT count(*) FROM watch_baseline"), 0);
  assert_int_equal(count("SELECT count(*) FROM watch_proof"), 0);
  must(alert_event_find(store, e[0].id, arena, &one, &err)); // that it happened stays
  check_text(one.document, "");
  fresh_store_sql("DELETE FROM tile WHERE id = 'til_1'");
  assert_int_equal(count("SELECT count(*) FROM watch_event"), 0);
  assert_int_equal(count("SELECT count(*) FROM watch"), 0);
}

static void test_proofs_are_bound(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "any row");
  struct alert_event_row *e, one;
  must(add(&w));
  must(run(10, "[1,\"zebra\"]", false, false));
  must(run(20, "", false, false));
  assert_int_equal(events(&e), 2);
  assert_int_equal(count("SELECT count(*) FROM watch_proof WHERE document LIKE '%zebra%'"), 0);
  fresh_store_sql(
      "UPDATE watch_proof SET document = (SELECT document FROM watch_proof ORDER BY event_id LIMIT 1)");
  size_t opens = 0;
  for (size_t i = 0; i < 2; i++) {
    must(alert_event_find(store, e[i].id, arena, &one, &err));
    opens += one.document.n > 0;
  }
  assert_int_equal(opens, 1); // another event's does not
}

static void test_quiet_hours(void **state) {
  (void)state;
  const int64_t night = 1764198000000, day = 1764241200000,
                morning = 1764226800000; // 23:00, 11:00, 07:00 UTC
  struct alert_watch w = watch("wat_1", "any row");
  struct alert_event_row *e;
  w.quiet = STR("22:00-07:00");
  must(add(&w));
  must(run(night, "[1,\"a\"]", false, false));
  assert_int_equal(events(&e), 1);
  assert_int_equal(e[0].state, ALERT_WAITING);
  assert_int_equal(e[0].due_at, morning);
  must(run(day, "", false, false));
  assert_int_equal(events(&e), 2);
  assert_int_equal(e[0].due_at, day);
}

static void test_quiet_hours_drop(void **state) {
  (void)state;
  const int64_t night = 1764198000000, day = 1764241200000;
  struct alert_watch w = watch("wat_1", "any row");
  struct alert_event_row *e;
  w.quiet = STR("22:00-07:00");
  w.quiet_drops = true;
  must(add(&w));
  must(run(night, "[1,\"a\"]", false, false));
  must(run(day, "", false, false)); // nobody was told that it began
  assert_int_equal(events(&e), 2);
  assert_true(e[0].state == ALERT_SILENT && e[1].state == ALERT_SILENT);
  must(run(day + 1, "[1,\"a\"]", false, false));
  must(run(night + 86400000, "", false, false)); // somebody was
  assert_int_equal(events(&e), 4);
  assert_true(e[0].state == ALERT_WAITING && e[1].state == ALERT_WAITING);
  assert_int_equal(e[0].due_at, 1764226800000 + 86400000);
}

static void test_queue(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "any row"), other = watch("wat_2", "any row");
  struct alert_event_row *e;
  struct alert_attempt *t;
  size_t n;
  must(add(&w));
  must(add(&other));
  must(run(10, "[1,\"a\"]", false, false));
  must(run(20, "", false, false));
  must(alert_events_due(store, arena, &e, &n, &err));
  assert_int_equal(n, 2); // the first of each
  assert_true(e[0].n == 1 && e[1].n == 1);
  struct alert_event_row first = str_is(e[0].watch_id, "wat_1") ? e[0] : e[1];
  struct alert_event_row found = first;
  bool claimed;
  must(alert_event_claim(store, &found, 900, &claimed, &err));
  assert_true(claimed);
  must(alert_event_claim(store, &found, 901, &claimed, &err)); // by another that found it as it was
  assert_false(claimed);
  found.next_at = 900; // when its time is over
  must(alert_event_claim(store, &found, 902, &claimed, &err));
  assert_true(claimed);
  for (int i = 1; i <= ALERT_ATTEMPTS_MOST + 2; i++) {
    struct alert_attempt attempt = {.n = i, .at = i, .status = 500, .why = STR("answered 500")};
    first.next_at = 1000 + i;
    must(alert_event_tried(store, &first, &attempt, &err));
  }
  must(alert_attempts_of(store, first.id, arena, &t, &n, &err));
  assert_int_equal(n, ALERT_ATTEMPTS_MOST);
  assert_int_equal(t[0].n, 3);
  must(alert_events_due(store, arena, &e, &n, &err));
  assert_int_equal(e[1].next_at, 1012); // the second of that watch waits behind it
  first.state = ALERT_DELIVERED;
  struct alert_attempt last = {.n = 13, .status = 200, .why = STR("")};
  must(alert_event_tried(store, &first, &last, &err));
  found = first;
  found.tries = last.n;
  must(alert_event_claim(store, &found, 2000, &claimed, &err)); // it is told
  assert_false(claimed);
  must(alert_events_due(store, arena, &e, &n, &err));
  assert_int_equal(n, 2);
  assert_int_equal(e[0].n + e[1].n, 3); // 2 of the one, 1 of the other
  must(alert_events_stop(store, STR("wat_1"), STR("410"), true, &err));
  must(alert_events_due(store, arena, &e, &n, &err));
  assert_int_equal(n, 1);
  first.id = STR("evt_none");
  must(alert_event_tried(store, &first, &last, &err)); // deleted meanwhile
  must(alert_events_purge(store, 100, &err));
  assert_int_equal(count("SELECT count(*) FROM watch_event"), 2); // what waits stays
}

static void test_bounded(void **state) {
  (void)state;
  struct alert_watch w = watch("wat_1", "any row");
  struct alert_event_row *e;
  must(add(&w));
  for (int i = 0; i < ALERT_EVENTS_OF_MOST + 60; i++)
    must(run(10 + i, i % 2 ? "" : "[1,\"a\"]", false, false));
  assert_int_equal(count("SELECT count(*) FROM watch_event WHERE state = 'waiting'"), ALERT_WAITING_MOST);
  assert_true(count("SELECT count(*) FROM watch_event") <= ALERT_EVENTS_OF_MOST + ALERT_WAITING_MOST);
  assert_int_equal(events(&e), 100);
  assert_int_equal(e[0].state, ALERT_FAILED);
  check_has(e[0].why.p, "waited already");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
      cmocka_unit_test_setup_teardown(test_changed, setup, teardown),
      cmocka_unit_test_setup_teardown(test_room, setup, teardown),
      cmocka_unit_test_setup_teardown(test_begins_and_ends, setup, teardown),
      cmocka_unit_test_setup_teardown(test_not_of_everyone, setup, teardown),
      cmocka_unit_test_setup_teardown(test_all_or_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(test_gone_with_the_account, setup, teardown),
      cmocka_unit_test_setup_teardown(test_proofs_are_bound, setup, teardown),
      cmocka_unit_test_setup_teardown(test_quiet_hours, setup, teardown),
      cmocka_unit_test_setup_teardown(test_quiet_hours_drop, setup, teardown),
      cmocka_unit_test_setup_teardown(test_queue, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

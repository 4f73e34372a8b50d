// SPDX-License-Identifier: Apache-2.0
// Pages of the audit: whatever was asked for, they give together the rows that a look at each row gives, in order, each
// once; and rows go by their age.
#include "../support/store_url.h"

#include <stdio.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/list.h"
#include "audit/span.h"
#include "base/clock.h"

#define MUST(done)                                                                                           \
  do {                                                                                                       \
    if (!(done)) fail_msg("%s", err.text);                                                                   \
  } while (0)

enum { ROWS = 12000, SERVERS = 90, HERS = 80 };

static char folder[64], url[STORE_URL];
static struct store *store;
static struct audit *audit;
static struct arena *arena;
static const int64_t start = INT64_C(1790000000000);

static struct str numbered(const char *prefix, size_t n) {
  return arena_printf(arena, "%s%zu", prefix, n);
}

// A row a second; some were long under way, and one in the middle was written by a clock that was a year ahead.
static struct audit_row row_of(size_t i) {
  size_t server = i % SERVERS;
  struct audit_row row = {.at = start + (int64_t)i * 1000 - (i % 11 ? 0 : 600000),
                          .who = {.actor = numbered("tok_", i % 5),
                                  .actor_name = numbered("person ", i % 5),
                                  .client = STR("tester"),
                                  .address = numbered("192.0.2.", i % 3),
                                  .client_id = i % 7 ? STR_NONE : numbered("cli_", i % 2),
                                  .sign_in = i % 7 ? STR_NONE : numbered("sgn_", i % 20)},
                          .action = i % 50 ? STR("tools/call") : STR("server.update"),
                          .server_id = numbered("srv_", server),
                          .server_name = numbered(i < ROWS / 2 ? "old " : "new ", server),
                          .account_id = i % 4 ? numbered("acc_", i % 4) : STR_NONE,
                          .account_name = i % 4 ? numbered("account ", i % 4) : STR_NONE,
                          .tool = i == 100 ? STR("rare") : STR("often"),
                          .outcome = i % 33 ? STR("ok") : STR("denied"),
                          .detail = numbered("", i)};
  if (i == ROWS / 2) row.at += INT64_C(365) * 24 * 3600 * 1000;
  return row;
}

static int setup(void **state) {
  (void)state;
  struct err err;
  temp_make(folder);
  store_url_make(url, folder);
  arena = arena_new();
  if (!store_open(str_of(url), &store, &err) || !audit_new(store, &audit, &err)) return -1;
  for (size_t i = 0; i < ROWS; i++) {
    struct audit_row row = row_of(i);
    audit_add(audit, &row);
  }
  audit_flush(audit);
  return 0;
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

static bool equals(struct str asked, struct str has) {
  return !asked.n || str_eq(asked, has);
}

// An editor "tok_1" has the servers below HERS, more than are looked through for a page, and the account 1.
static bool is_seen(const struct audit_row *row) {
  uint64_t server;
  bool hers = str_to_u64(str_from(row->server_id, 4), &server) && server < HERS;
  hers = hers || str_is(row->who.actor, "tok_1");
  return hers && (!row->account_id.n || str_is(row->account_id, "acc_1"));
}

static bool is_asked(const struct audit_query *q, const struct audit_row *row) {
  return (!q->since || row->at >= q->since) && (!q->until || row->at < q->until) &&
         equals(q->actor, row->who.actor) && equals(q->actor_name, row->who.actor_name) &&
         equals(q->address, row->who.address) && equals(q->client, row->who.client) &&
         equals(q->client_id, row->who.client_id) && equals(q->sign_in, row->who.sign_in) &&
         equals(q->action, row->action) && equals(q->server_id, row->server_id) &&
         equals(q->server, row->server_name) && equals(q->account_id, row->account_id) &&
         equals(q->account, row->account_name) && equals(q->tool, row->tool) &&
         equals(q->outcome, row->outcome) && (!q->seer.n || (str_is(q->seer, "tok_1") && is_seen(row)));
}

// Page after page; how many there were.
static size_t hold(struct audit_query q, const char *what) {
  struct audit_page page;
  struct err err;
  size_t pages = 0, at = q.oldest_first ? 0 : ROWS;
  do {
    if (!audit_read(store, &q, arena, &page, &err)) fail_msg("%s: %s", what, err.text);
    for (size_t i = 0; i < page.count; i++) {
      struct audit_row expected;
      do {
        if (q.oldest_first ? at == ROWS : at == 0) fail_msg("%s: a row too many", what);
        expected = row_of(q.oldest_first ? at++ : --at);
      } while (!is_asked(&q, &expected));
      if (!str_eq(page.entries[i].row.detail, expected.detail))
        fail_msg("%s: expected row %.*s, got %.*s", what, STR_ARG(expected.detail),
                 STR_ARG(page.entries[i].row.detail));
    }
    *(q.oldest_first ? &q.after_id : &q.before_id) = page.next;
    if (++pages > ROWS) fail_msg("%s: no end", what);
  } while (page.next.n);
  while (q.oldest_first ? at < ROWS : at > 0) {
    struct audit_row left = row_of(q.oldest_first ? at++ : --at);
    if (is_asked(&q, &left)) fail_msg("%s: row %.*s is missing", what, STR_ARG(left.detail));
  }
  return pages;
}

static void make_editor(void) {
  struct err err;
  if (!store_run(store,
                 "INSERT INTO account (id, name, connector, way, base_url, credential, context, choices, "
                 "status, status_text, speaks, "
                 "speaks_at, created_at, updated_at, verified_at, version) "
                 "VALUES ('acc_1', '', '', '', '', '', '{}', '{}', 'ok', '', 0, 0, 0, 0, 0, 1)",
                 NULL, 0, NULL, &err))
    fail_msg("%s", err.text);
  assert_true(
      store_run(store,
                "INSERT INTO account_permit (holder, account_id, access, granted_by, created_at, stamp) "
                "VALUES ('tok_1', 'acc_1', 'read', '', 0, '')",
                NULL, 0, NULL, &err));
  for (size_t i = 0; i < HERS; i++) {
    const struct store_value id[] = {STORE_TEXT(numbered("srv_", i))};
    if (!store_run(store,
                   "INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, "
                   "updated_at, "
                   "expires_at, version, owner) VALUES ($1, '', 0, '{}', 0, $1, 0, 0, 0, 1, 'tok_1')",
                   id, 1, NULL, &err))
      fail_msg("%s", err.text);
  }
}

static void pages_have_all_that_is_asked_for(void **state) {
  (void)state;
  make_editor();
  int64_t middle = start + ROWS / 2 * 1000;
  const struct {
    const char *what;
    struct audit_query q;
  } asked[] = {
      {"all", {0}},
      {"an actor", {.actor = STR("tok_3")}},
      {"an actor by name", {.actor_name = STR("person 2")}},
      {"a client", {.client = STR("tester")}},
      {"a client that was let in", {.client_id = STR("cli_1")}},
      {"a sign-in", {.sign_in = STR("sgn_14")}},
      {"a person's by one client", {.actor = STR("tok_3"), .client_id = STR("cli_0")}},
      {"a sign-in of another client", {.sign_in = STR("sgn_14"), .client_id = STR("cli_1")}},
      {"an address", {.address = STR("192.0.2.1")}},
      {"calls", {.action = STR("tools/call")}},
      {"changes", {.action = STR("server.update")}},
      {"a server", {.server_id = STR("srv_4")}},
      {"a server by the name it had", {.server = STR("old 4")}},
      {"a server by the name it got", {.server = STR("new 4")}},
      {"no server", {.server = STR("other")}},
      {"an account", {.account_id = STR("acc_2")}},
      {"an account by name", {.account = STR("account 3")}},
      {"a tool that was used once", {.tool = STR("rare")}},
      {"a tool with another outcome", {.tool = STR("rare"), .outcome = STR("denied")}},
      {"what is well", {.outcome = STR("ok")}},
      {"what is not", {.outcome = STR("denied")}},
      {"two that never meet",
       {.server_id = STR("srv_1"), .actor = STR("tok_1"), .address = STR("192.0.2.2")}},
      {"three that meet", {.server_id = STR("srv_1"), .actor = STR("tok_1"), .address = STR("192.0.2.1")}},
      {"since", {.since = middle}},
      {"until", {.until = middle}},
      {"a minute", {.since = middle, .until = middle + 60000}},
      {"a minute of a tool", {.since = middle, .until = middle + 60000, .tool = STR("often")}},
      {"a year ahead", {.since = middle + INT64_C(300) * 24 * 3600 * 1000}},
      {"before all", {.until = start - 3600000}},
      {"after all", {.since = start + INT64_C(800) * 24 * 3600 * 1000}},
      {"an editor's", {.seer = STR("tok_1")}},
      {"an editor's of a tool", {.seer = STR("tok_1"), .tool = STR("often")}},
      {"an editor's of an account that is not hers", {.seer = STR("tok_1"), .account_id = STR("acc_2")}},
      {"an editor's of a minute", {.seer = STR("tok_1"), .since = middle, .until = middle + 60000}},
      {"another editor's", {.seer = STR("tok_9")}},
      {"nothing", {.tool = STR("x' OR '1'='1")}},
  };
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
    for (int k = 0; k < 4; k++) {
      struct audit_query q = asked[i].q;
      q.limit = k < 2 ? 1000 : 97;
      q.oldest_first = k % 2;
      if (q.limit == 97 && i % 3) continue;
      hold(q, asked[i].what);
    }
}

// Nearly all rows are met by each of these filters, and none by all: pages are short, and say where to go on.
static void a_page_looks_at_some_thousand_rows(void **state) {
  (void)state;
  struct audit_query q = {
      .tool = STR("often"), .client = STR("tester"), .action = STR("tools/call"), .limit = 10};
  struct audit_page page;
  struct err err;
  assert_true(store_run(store, "UPDATE audit SET action = 'server.update'", NULL, 0, NULL, &err));
  assert_true(audit_read(store, &q, arena, &page, &err));
  assert_true(!page.count && page.next.n);
  for (q.before_id = page.next; q.before_id.n; q.before_id = page.next) {
    assert_true(audit_read(store, &q, arena, &page, &err));
    assert_true(!page.count && (!page.next.n || str_compare(page.next, q.before_id) < 0));
  }
  q.before_id = STR_NONE;
  q.address = STR("192.0.2.9"); // none has this one, so nothing is looked at
  assert_true(audit_read(store, &q, arena, &page, &err));
  assert_true(!page.count && !page.next.n);
}

// Wherever in a span a time is, alone and with a filter that nearly all rows meet.
static void a_page_of_a_time_begins_with_it(void **state) {
  (void)state;
  struct audit_page page;
  struct err err;
  for (int i = 60; i < ROWS; i += 311) {
    struct audit_query q = {.since = start + i * 1000 - 60000, .until = start + i * 1000, .limit = 10};
    assert_true(audit_read(store, &q, arena, &page, &err));
    if (!page.count) fail_msg("nothing of the minute before row %d", i);
    q.tool = STR("often");
    assert_true(audit_read(store, &q, arena, &page, &err));
    if (!page.count) fail_msg("nothing of a tool of the minute before row %d", i);
  }
}

static int64_t number(const char *sql) {
  struct store_rows rows;
  struct err err;
  if (!store_query(store, sql, NULL, 0, arena, &rows, &err)) fail_msg("%s: %s", sql, err.text);
  return store_cell(&rows, 0, 0)->number;
}

static void start_again(void) {
  struct err err;
  audit_free(audit);
  assert_true(audit_new(store, &audit, &err));
}

#define INDEXES "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'audit_by_%'"

static void wait_for(const char *sql, int64_t value) {
  for (int i = 0; i < 6000 && number(sql) != value; i++) usleep(5000);
  assert_int_equal(number(sql), value);
}

static void hold_some(const char *when) {
  const struct audit_query asked[] = {{.account_id = STR("acc_2")},    {.tool = STR("rare")},
                                      {.sign_in = STR("sgn_14")},      {.outcome = STR("denied")},
                                      {.server_id = STR("srv_4")},     {.address = STR("192.0.2.1")},
                                      {.account = STR("account 3")},   {.action = STR("server.update")},
                                      {.actor_name = STR("person 2")}, {.tool = STR("none")}};
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
    for (int k = 0; k < 2; k++) {
      struct audit_query q = asked[i];
      q.limit = 97;
      q.oldest_first = k;
      hold(q, when);
    }
}

// Rows of a program of before have indexes and no lists; these are made behind it, and then the indexes go.
static void rows_of_before_are_listed(void **state) {
  (void)state;
  ONLY_SQLITE(); // elsewhere there are no lists
  struct err err;
  wait_for(INDEXES, 2); // servers, and the keys of values
  assert_int_equal(number("SELECT count(*) FROM audit_block"), ROWS / AUDIT_BLOCK_ROWS);
  assert_int_equal(number("SELECT count(*) FROM audit_list WHERE filter = 'tool' AND value = 'rare'"), 1);
  assert_int_equal(number("SELECT count(*) FROM audit_list WHERE filter = 'tool'"), 3);
  assert_int_equal(number("SELECT count(*) FROM audit_list WHERE value IN ('', 'ok', 'tools/call')"), 0);
  audit_free(audit);
  MUST(store_run(store, "DELETE FROM audit_list", NULL, 0, NULL, &err));
  MUST(store_run(store, "DELETE FROM audit_block", NULL, 0, NULL, &err));
  MUST(store_run(store, "CREATE INDEX audit_by_tool ON audit (tool, id) WHERE tool <> ''", NULL, 0, NULL,
                 &err));
  hold_some("none is listed");
  assert_true(audit_new(store, &audit, &err));
  wait_for("SELECT count(*) FROM audit_block", ROWS / AUDIT_BLOCK_ROWS);
  wait_for(INDEXES, 2);
  hold_some("all are listed");
}

// While lists cannot be made, the indexes of before stay; it is tried again when some thousand rows have come.
static void what_cannot_be_listed_keeps_its_indexes(void **state) {
  (void)state;
  ONLY_SQLITE(); // elsewhere there are no lists
  struct err err;
  struct audit_lists lists;
  wait_for(INDEXES, 2);
  audit_free(audit);
  MUST(store_run(store, "DELETE FROM audit_block", NULL, 0, NULL, &err));
  MUST(store_run(store, "CREATE INDEX audit_by_tool ON audit (tool, id) WHERE tool <> ''", NULL, 0, NULL,
                 &err));
  audit_list_begin(&lists, store);
  assert_true(audit_list_is_behind(&lists));
  audit_list_go_on(&lists, store); // there are such lists
  assert_false(audit_list_is_behind(&lists));
  assert_int_equal(number(INDEXES), 3);
  MUST(store_run(store, "DELETE FROM audit_list", NULL, 0, NULL, &err));
  audit_list_written(&lists, store, AUDIT_BLOCK_ROWS - 1);
  assert_int_equal(number("SELECT count(*) FROM audit_block"), 0);
  audit_list_written(&lists, store, 1);
  assert_int_equal(number("SELECT count(*) FROM audit_block"), 1);
  while (audit_list_is_behind(&lists)) audit_list_go_on(&lists, store);
  assert_int_equal(number("SELECT count(*) FROM audit_block"), ROWS / AUDIT_BLOCK_ROWS);
  assert_int_equal(number(INDEXES), 2);
  MUST(audit_new(store, &audit, &err));
}

// A spool that was filled beside another database may have ids of before.
static void a_row_that_comes_late_is_found(void **state) {
  (void)state;
  ONLY_SQLITE(); // elsewhere there are no lists
  struct err err;
  wait_for("SELECT count(*) FROM audit_block", ROWS / AUDIT_BLOCK_ROWS);
  struct audit_lists lists;
  audit_free(audit);
  audit_list_begin(&lists, store);
  struct store_rows rows;
  MUST(store_query(store, "SELECT last_id FROM audit_block ORDER BY number", NULL, 0, arena, &rows, &err));
  struct str first = store_cell(&rows, 0, 0)->text, last = store_cell(&rows, 1, 0)->text;
  MUST(audit_list_admit(&lists, store, audit_reach_behind(last, arena), &err));
  assert_int_equal(number("SELECT count(*) FROM audit_block"), 2);
  struct str late = audit_reach_behind(first, arena);
  MUST(store_run(
      store,
      "INSERT INTO audit (id, at, actor, action, server_id, account_id, tool, arguments, outcome, status, "
      "elapsed_us, request_id, detail) VALUES ($1, 0, '', '', '', '', 'late', '', '', 0, 0, '', '')",
      &STORE_TEXT(late), 1, NULL, &err));
  MUST(audit_list_admit(&lists, store, late, &err));
  assert_int_equal(number("SELECT count(*) FROM audit_block"), 1);
  assert_int_equal(number("SELECT count(*) FROM audit_list WHERE block > 1"), 0);
  MUST(audit_new(store, &audit, &err));
  wait_for("SELECT count(*) FROM audit_block", 2);
  assert_int_equal(number("SELECT count(*) FROM audit_list WHERE value = 'late' AND block = 2"), 1);
  struct audit_query q = {.tool = STR("late"), .limit = 10};
  struct audit_page page;
  MUST(audit_read(store, &q, arena, &page, &err));
  assert_int_equal(page.count, 1);
  hold_some("one was late");
}

static void rows_go_by_their_age(void **state) {
  (void)state;
  struct err err;
  size_t count, left = 0;
  int64_t cutoff = start + ROWS / 2 * 1000;
  assert_true(audit_span_purge(store, cutoff, 700, &count, &err));
  assert_true(count >= 700 && count < 700 + 500); // a piece more at most; the rest goes the next time
  size_t total = count;
  do {
    assert_true(audit_span_purge(store, cutoff, 700, &count, &err));
    total += count;
  } while (count);
  for (size_t i = 0; i < ROWS; i++) left += row_of(i).at >= cutoff;
  assert_int_equal(total, ROWS - left);
  if (!store_url_on_postgres()) { // elsewhere there are no lists
    assert_int_equal(number("SELECT count(*) FROM audit_block"), 2 - ROWS / 2 / AUDIT_BLOCK_ROWS);
    assert_int_equal(number("SELECT count(DISTINCT block) FROM audit_list"), 2 - ROWS / 2 / AUDIT_BLOCK_ROWS);
  }
  struct audit_query q = {.action = STR("server.update"), .limit = 1000, .oldest_first = true};
  struct audit_page page;
  assert_true(audit_read(store, &q, arena, &page, &err)); // whose lists name rows that are gone
  for (size_t i = 0; i < page.count; i++) assert_true(page.entries[i].row.at >= cutoff);
  assert_true(page.count > 0);
  struct store_rows rows;
  assert_true(store_query(store, "SELECT count(*), min(at) FROM audit", NULL, 0, arena, &rows, &err));
  assert_int_equal(store_cell(&rows, 0, 0)->number, (int64_t)left);
  assert_true(store_cell(&rows, 0, 1)->number >= cutoff);
  assert_true(store_query(store, "SELECT count(*) FROM audit_span WHERE first_at < $1", &STORE_INT(cutoff), 1,
                          arena, &rows, &err));
  assert_int_equal(store_cell(&rows, 0, 0)->number, 0);
  // Names that were noted a day before the oldest row, or earlier, are forgotten at the next start.
  const char *unknown;
  MUST(store_run(store, "UPDATE audit_name SET noted_at = 1 WHERE name = 'new 6'", NULL, 0, NULL, &err));
  start_again();
  audit_flush(audit);
  assert_true(audit_has_name(store, &(struct audit_query){.server = STR("new 6")}, &unknown, &err) &&
              unknown);
  assert_true(audit_has_name(store, &(struct audit_query){.server = STR("new 5")}, &unknown, &err) &&
              !unknown);
}

// Where rows go on having a name, it is noted again with each day.
static void names_are_noted_again_each_day(void **state) {
  (void)state;
  struct err err;
  for (int64_t day = 20; day < 23; day++) {
    struct audit_row row = row_of(5);
    row.at = start + day * 24 * 3600 * 1000;
    audit_add(audit, &row);
    audit_flush(audit);
    int64_t noted = number("SELECT noted_at FROM audit_name WHERE name = 'account 1'");
    if (noted != row.at) fail_msg("noted at %lld, not at %lld", (long long)noted, (long long)row.at);
  }
  MUST(store_run(store, "UPDATE audit_name SET noted_at = 0", NULL, 0, NULL, &err)); // by a program of before
  start_again();
  audit_flush(audit);
  const char *unknown;
  MUST(audit_has_name(store, &(struct audit_query){.account = STR("account 1")}, &unknown, &err));
  assert_null(unknown);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(pages_have_all_that_is_asked_for, setup, teardown),
      cmocka_unit_test_setup_teardown(a_page_looks_at_some_thousand_rows, setup, teardown),
      cmocka_unit_test_setup_teardown(a_page_of_a_time_begins_with_it, setup, teardown),
      cmocka_unit_test_setup_teardown(rows_of_before_are_listed, setup, teardown),
      cmocka_unit_test_setup_teardown(what_cannot_be_listed_keeps_its_indexes, setup, teardown),
      cmocka_unit_test_setup_teardown(a_row_that_comes_late_is_found, setup, teardown),
      cmocka_unit_test_setup_teardown(rows_go_by_their_age, setup, teardown),
      cmocka_unit_test_setup_teardown(names_are_noted_again_each_day, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

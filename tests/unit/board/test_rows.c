// SPDX-License-Identifier: Apache-2.0
// Dashboards, tiles and what they gave as rows: sealed, bound to whose they are, counted, gone with their accounts.
#include "../support/fresh_store.h"

#include "board/board_row.h"
#include "board/outcome_row.h"
#include "crypto/seal.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct seal_ring *ring;
static struct err err;

static int setup(void **state) {
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  fresh_store_account("acc_1", "one", "c");
  fresh_store_account("acc_2", "two", "c");
  return 0;
}

static int teardown(void **state) {
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static void must(bool ok) {
  if (!ok) fail_msg("%s", err.text);
}

static void refuse(bool ok, enum err_code code) {
  if (ok || err.code != code) fail_msg("expected %s, got %s", err_name(code), ok ? "ok" : err.text);
}

static struct board_row board(const char *id, const char *name) {
  return (struct board_row){
      .id = str_of(id), .name = str_of(name), .owner = STR("tok_1"), .since = STR("now-7d"), .version = 1};
}

#define BOTH                                                                                                 \
  "{\"steps\":[{\"keys\":[{\"account\":\"acc_1\"},{\"account\":\"acc_2\"}]},{\"keys\":[{\"account\":\"acc_"  \
  "1\"}]}]}"

static struct board_tile tile(const char *id, const char *program) {
  return (struct board_tile){.id = str_of(id),
                             .dashboard_id = STR("dsh_1"),
                             .owner = STR("tok_1"),
                             .title = STR("Zebras"),
                             .program = str_of(program),
                             .result = STR("n"),
                             .size = STR("half"),
                             .place = -1,
                             .version = 1};
}

static void add(struct board_tile t) {
  must(board_tile_insert(store, &t, &err));
}

static int64_t count(const char *sql) {
  struct store_rows rows;
  must(store_query(store, sql, NULL, 0, arena, &rows, &err));
  return store_cell(&rows, 0, 0)->number;
}

static void first_board(void) {
  struct board_row row = board("dsh_1", "edge");
  must(board_insert(store, &row, &err));
}

static bool keep(struct board_tile *t, int64_t at, const char *outcome, const char *why) {
  struct values_cell cell = {STR("n"), STR("5")};
  struct board_keeping k = {.news = {.tile = t,
                                     .at = at,
                                     .state = *why ? BOARD_FAILED : BOARD_OK,
                                     .after = str_of(outcome),
                                     .why = str_of(why)},
                            .cells = &cell,
                            .cell_count = 1};
  return board_outcome_keep(store, &k, &err);
}

static void test_boards(void **state) {
  (void)state;
  struct board_row row = board("dsh_1", "edge"), same = board("dsh_2", "edge"), back, *all;
  size_t n;
  row.is_private = true;
  must(board_insert(store, &row, &err));
  refuse(board_insert(store, &same, &err), ERR_CONFLICT);
  must(board_find(store, STR("edge"), arena, &back, &err));
  check_text(back.since, "now-7d");
  assert_true(back.is_private);
  row.version = 2;
  row.is_private = false;
  must(board_update(store, &row, &err));
  refuse(board_update(store, &row, &err), ERR_CONFLICT);
  fresh_store_sql("UPDATE dashboard SET owner = 'tok_2'");
  must(board_all(store, arena, &all, &n, &err));
  assert_int_equal(n, 0); // somebody else wrote it
  refuse(board_find(store, STR("dsh_1"), arena, &back, &err), ERR_MISSING);
}

static void test_tile_whole(void **state) {
  (void)state;
  struct board_tile t = tile("til_1", BOTH), back, *all;
  struct store_rows rows;
  size_t n;
  first_board();
  t.parameters = STR("{\"part\":\"x\"}");
  t.answer = STR("ans_1");
  add(t);
  must(board_tile_find(store, t.id, arena, &back, &err));
  check_text(back.title, "Zebras");
  check_text(back.parameters, "{\"part\":\"x\"}");
  check_text(back.program, BOTH);
  check_text(back.answer, "ans_1");
  must(store_query(store, "SELECT document FROM tile", NULL, 0, arena, &rows, &err));
  assert_null(strstr(store_cell(&rows, 0, 0)->text.p, "Zebras"));
  assert_int_equal(count("SELECT count(*) FROM tile_use"), 2);
  fresh_store_sql("UPDATE tile SET owner = 'tok_2'"); // another's view
  must(board_tiles_of(store, STR("dsh_1"), arena, &all, &n, &err));
  assert_int_equal(n, 0);
}

static void test_places(void **state) {
  (void)state;
  struct board_tile *all, t = tile("til_b", "{}");
  size_t n;
  first_board();
  add(tile("til_a", "{}"));
  add(t);
  t = tile("til_c", "{}");
  t.place = 0;
  add(t);
  must(board_tile_move(store, &t, 1, &err));
  must(board_tiles_of(store, STR("dsh_1"), arena, &all, &n, &err));
  assert_int_equal(n, 3);
  check_text(all[0].id, "til_a");
  check_text(all[1].id, "til_c");
  check_text(all[2].id, "til_b");
  must(board_tile_delete(store, &all[0], &err));
  refuse(board_tile_move(store, &all[0], 0, &err), ERR_MISSING);
  must(board_tiles_of(store, STR("dsh_1"), arena, &all, &n, &err));
  assert_true(n == 2 && all[0].place == 0 && all[1].place == 1);
}

static void test_outcome(void **state) {
  (void)state;
  struct board_tile t = tile("til_1", BOTH);
  struct board_outcome o;
  struct store_rows rows;
  first_board();
  add(t);
  must(keep(&t, 1000, "{\"secret\":\"Zebra\"}", ""));
  must(keep(&t, 2000, "", "the vendor said Zebra"));
  must(board_outcome_read(store, t.id, BOARD_READ_VALUES, arena, &o, &err));
  check_text(o.outcome, "{\"secret\":\"Zebra\"}");
  check_text(o.why, "the vendor said Zebra");
  assert_true(o.at == 1000 && o.tried_at == 2000 && o.state == BOARD_FAILED);
  struct board_outcome head;
  must(board_outcome_read(store, t.id, BOARD_READ_TRY, arena, &head, &err));
  assert_true(head.at == 1000 && head.tried_at == 2000 && !head.outcome.n && !head.points.n);
  struct board_row shown;
  must(board_find(store, t.dashboard_id, arena, &shown, &err));
  assert_true(shown.tile_count == 1 && shown.newest_at == 1000);
  check_text(o.points, "{\"keys\":[\"n\"],\"points\":[[1000,0,5]]}");
  must(store_query(
      store, "SELECT outcome || points || why FROM tile_outcome o JOIN tile_try t ON o.tile_id = t.tile_id",
      NULL, 0, arena, &rows, &err));
  assert_null(strstr(store_cell(&rows, 0, 0)->text.p, "Zebra"));
  t.version = 2; // it is another by now
  refuse(keep(&t, 3000, "{}", ""), ERR_CONFLICT);
}

// An outcome of another tile, or of another time, does not open.
static void test_swapped(void **state) {
  (void)state;
  struct board_tile one = tile("til_1", BOTH), two = tile("til_2", BOTH);
  struct board_outcome o;
  first_board();
  add(one);
  add(two);
  must(keep(&one, 1000, "{\"a\":1}", ""));
  must(keep(&two, 1000, "{\"b\":1}", ""));
  fresh_store_sql(
      "UPDATE tile_outcome SET outcome = (SELECT outcome FROM tile_outcome WHERE tile_id = 'til_2')");
  must(board_outcome_read(store, one.id, BOARD_READ_OUTCOME, arena, &o, &err));
  assert_int_equal(o.outcome.n, 0);
  assert_int_equal(o.at, 0);
}

// All that it gave goes with the first of its accounts, and what is at work just then keeps nothing.
static void test_account_goes(void **state) {
  (void)state;
  struct board_tile t = tile("til_1", BOTH),
                    other = tile("til_2", "{\"steps\":[{\"keys\":[{\"account\":\"acc_2\"}]}]}"), back;
  first_board();
  add(t);
  add(other);
  must(keep(&t, 1000, "{}", ""));
  must(keep(&t, 2000, "", "it said"));
  must(keep(&other, 1000, "{}", ""));
  fresh_store_sql("DELETE FROM account WHERE id = 'acc_1'");
  assert_int_equal(count("SELECT count(*) FROM tile_outcome"), 1);
  assert_int_equal(count("SELECT count(*) FROM tile_try"), 1);
  must(board_tile_find(store, t.id, arena, &back, &err)); // the program stays
  refuse(keep(&t, 3000, "{}", ""), ERR_CONFLICT);
  refuse(keep(&t, 3000, "", "why"), ERR_CONFLICT);
  must(keep(&other, 3000, "{}", ""));
}

static void test_anew(void **state) {
  (void)state;
  struct board_tile t = tile("til_1", BOTH);
  struct board_outcome o;
  first_board();
  add(t);
  must(keep(&t, 1000, "{}", ""));
  t.version = 2;
  t.title = STR("Other");
  must(board_tile_update(store, &t, false, &err));
  must(board_outcome_read(store, t.id, BOARD_READ_OUTCOME, arena, &o, &err));
  assert_int_equal(o.at, 1000);
  t.version = 3;
  t.program = STR("{\"steps\":[{\"keys\":[{\"account\":\"acc_2\"}]}]}");
  must(board_tile_update(store, &t, true, &err));
  must(board_outcome_read(store, t.id, BOARD_READ_OUTCOME, arena, &o, &err));
  assert_true(o.at == 0 && o.tried_at == 0);
  assert_int_equal(count("SELECT count(*) FROM tile_use"), 1);
}

static bool hook_ok;
static size_t hook_calls;
static bool hook(void *arg, struct store *s, const struct board_news *news, struct err *e) {
  (void)arg;
  hook_calls++;
  if (news->after.n && news->before.n) check_text(news->before, "{\"n\":1}");
  return store_run(s, "UPDATE tile SET every_ms = every_ms + 1", NULL, 0, NULL, e) &&
         (hook_ok || err_set(e, ERR_INTERNAL, "no"));
}

// What the hook writes is kept with the outcome, or neither is.
static void test_hook(void **state) {
  (void)state;
  struct board_tile t = tile("til_1", BOTH);
  struct board_outcome o;
  first_board();
  add(t);
  board_on_refresh(hook, NULL);
  hook_ok = true;
  must(keep(&t, 1000, "{\"n\":1}", ""));
  hook_ok = false;
  refuse(keep(&t, 2000, "{\"n\":2}", ""), ERR_INTERNAL);
  board_on_refresh(NULL, NULL);
  must(board_outcome_read(store, t.id, BOARD_READ_OUTCOME, arena, &o, &err));
  check_text(o.outcome, "{\"n\":1}");
  assert_int_equal(count("SELECT every_ms FROM tile"), 1);
  assert_int_equal(hook_calls, 2);
}

static void test_limits(void **state) {
  (void)state;
  char id[16];
  first_board();
  for (int i = 0; i < BOARD_TILES_OF_MOST; i++) {
    snprintf(id, sizeof id, "til_%03d", i);
    add(tile(id, "{}"));
  }
  struct board_tile t = tile("til_x", "{}");
  refuse(board_tile_insert(store, &t, &err), ERR_LIMIT);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {TEST(test_boards),  TEST(test_tile_whole), TEST(test_places),
                                     TEST(test_outcome), TEST(test_swapped),    TEST(test_account_goes),
                                     TEST(test_anew),    TEST(test_hook),       TEST(test_limits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

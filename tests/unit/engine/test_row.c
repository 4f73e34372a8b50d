// SPDX-License-Identifier: Apache-2.0
// Engines as rows and as the list: sealed keys, stamps, the default, and what somebody else wrote to the database.
#include "../support/fresh_store.h"

#include "account/reseal.h"
#include "crypto/seal.h"
#include "engine/engine.h"
#include "engine/row.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"
#define SECRET "sk-very-secret-1234567890"

static struct seal_ring *ring;
static struct err err;
static const struct engine_env env;

static int setup(void **state) {
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  return 0;
}

static int teardown(void **state) {
  engine_close();
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static struct engine_row sample(const char *id, const char *name) {
  return (struct engine_row){.id = str_of(id),
                             .name = str_of(name),
                             .kind = STR("chat"),
                             .model = STR("good"),
                             .base_url = STR("https://models.example.com/v1"),
                             .key_header = STR("authorization"),
                             .status = STR("ok"),
                             .tokens = 1000,
                             .output = 512,
                             .seconds = 30,
                             .created_at = 7,
                             .updated_at = 8};
}

static void write_row(struct engine_row *row, const char *key, bool is_new) {
  struct engine_row_change change = {row, str_of(key), !is_new && !key, is_new};
  if (!engine_row_write(store, &change, &err)) fail_msg("%s", err.text);
}

static void spoil(const char *sql) {
  if (!store_run(store, sql, NULL, 0, NULL, &err)) fail_msg("%s", err.text);
}

static struct engine *found(const char *name) {
  struct engine *e = NULL;
  if (!engine_load(store, &err) || !engine_find(&env, str_of(name), &e, &err)) fail_msg("%s", err.text);
  return e;
}

static bool is_there(const char *name) {
  struct engine *e = NULL;
  assert_true(engine_load(store, &err));
  bool ok = engine_find(&env, str_of(name), &e, &err);
  engine_release(e);
  return ok && e;
}

static void kept_whole(void **state) {
  (void)state;
  struct engine_row row = sample("eng_1", "main");
  write_row(&row, SECRET, true);
  struct engine *e = found("main");
  check_text(e->llm.key, SECRET);
  check_text(e->llm.url, "https://models.example.com/v1");
  check_text(e->model, "good");
  assert_string_equal(e->kind->name, "chat");
  assert_false(e->llm.vendors_own);
  assert_int_equal(e->limits.tokens, 1000);
  assert_int_equal(e->fetch.total_ms, 30000);
  engine_release(e);
  struct store_rows rows;
  assert_true(store_query(store, "SELECT key, stamp FROM engine", NULL, 0, arena, &rows, &err));
  assert_false(str_contains(store_cell(&rows, 0, 0)->text, STR("secret")));
  assert_true(store_cell(&rows, 0, 0)->text.n && store_cell(&rows, 0, 1)->text.n);
}

static void one_goes_on_while_it_is_held(void **state) {
  (void)state;
  struct engine_row row = sample("eng_1", "main");
  write_row(&row, SECRET, true);
  struct engine *e = found("main");
  assert_true(engine_row_delete(store, STR("main"), &err));
  assert_false(is_there("main"));
  check_text(e->llm.key, SECRET);
  engine_release(e);
  assert_false(engine_row_delete(store, STR("main"), &err));
  assert_int_equal(err.code, ERR_MISSING);
}

static void a_version_is_changed_once(void **state) {
  (void)state;
  struct engine_row row = sample("eng_1", "main"), late;
  write_row(&row, SECRET, true);
  late = row;
  row.model = STR("better");
  write_row(&row, NULL, false);
  struct engine *e = found("main");
  check_text(e->model, "better");
  check_text(e->llm.key, SECRET);
  engine_release(e);
  struct engine_row_change change = {.row = &late, .keeps_key = true};
  assert_false(engine_row_write(store, &change, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
}

static void names_are_there_once(void **state) {
  (void)state;
  struct engine_row one = sample("eng_1", "main"), two = sample("eng_2", "main");
  write_row(&one, "", true);
  struct engine_row_change change = {.row = &two, .is_new = true};
  assert_false(engine_row_write(store, &change, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_int_equal(err.reason, WHY_NAME_TAKEN);
}

static void so_many_and_no_more(void **state) {
  (void)state;
  for (int i = 0; i <= ENGINES_MOST; i++) {
    struct engine_row row = sample(arena_printf(arena, "eng_%d", i).p, arena_printf(arena, "n%d", i).p);
    struct engine_row_change change = {.row = &row, .is_new = true};
    assert_true(engine_row_write(store, &change, &err) == (i < ENGINES_MOST));
  }
  assert_int_equal(err.code, ERR_LIMIT);
}

static void who_is_the_default(void **state) {
  (void)state;
  struct engine_row one = sample("eng_1", "one"), two = sample("eng_2", "two");
  write_row(&one, "", true);
  write_row(&two, SECRET, true);
  assert_null(found(""));
  assert_true(engine_row_set_default(store, STR("eng_2"), &err));
  struct engine *e = found("");
  check_text(e->name, "two");
  check_text(e->llm.key, SECRET);
  engine_release(e);
  assert_null(found("planner"));
  assert_true(engine_row_set_default(store, STR("eng_1"), &err));
  e = found("");
  check_text(e->name, "one");
  engine_release(e);
  assert_true(engine_row_set_default(store, STR_NONE, &err));
  assert_null(found(""));
  assert_false(engine_row_set_default(store, STR("eng_9"), &err));
  const struct engine_env prefers = {.preferred = STR("two")}, wrong = {.preferred = STR("three")};
  assert_true(engine_find(&prefers, STR_NONE, &e, &err));
  check_text(e->name, "two");
  engine_release(e);
  assert_false(engine_find(&wrong, STR_NONE, &e, &err));
  assert_string_equal(err.field, "ask_engine");
  assert_false(engine_find(&prefers, STR("thre"), &e, &err));
  assert_string_equal(err.field, "engine");
}

// Whoever can write to the database sends no question, and no key, to another place.
static void what_others_wrote_is_left_out(void **state) {
  (void)state;
  static const char *const spoils[] = {
      "UPDATE engine SET base_url = 'https://evil.example.com/v1' WHERE name = 'main'",
      "UPDATE engine SET kind = 'openai' WHERE name = 'main'",
      "UPDATE engine SET key_header = 'x-mine' WHERE name = 'main'",
      "UPDATE engine SET model = 'other' WHERE name = 'main'",
      "UPDATE engine SET is_default = 1 WHERE name = 'main'",
      "UPDATE engine SET tokens = 999999 WHERE name = 'main'",
      "UPDATE engine SET dialect = 'vendor' WHERE name = 'main'",
      "UPDATE engine SET stamp = '' WHERE name = 'main'",
      "UPDATE engine SET key = 'v1.k1.AAAA' WHERE name = 'main'",
      "UPDATE engine SET key = (SELECT key FROM engine WHERE name = 'rich') WHERE name = 'main'",
      "UPDATE engine SET stamp = (SELECT stamp FROM engine WHERE name = 'rich') WHERE name = 'main'"};
  struct engine_row rich = sample("eng_0", "rich");
  write_row(&rich, SECRET, true);
  for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
    struct engine_row row = sample("eng_1", "main");
    write_row(&row, "sk-another", true);
    assert_true(is_there("main"));
    spoil(spoils[i]);
    if (is_there("main")) fail_msg("still there after: %s", spoils[i]);
    assert_true(is_there("rich"));
    assert_true(engine_row_delete(store, STR("main"), &err));
  }
}

// A change of the default stamps rows anew, but none that somebody else wrote.
static void a_forged_row_is_never_vouched_for(void **state) {
  (void)state;
  struct engine_row row = sample("eng_1", "main");
  write_row(&row, SECRET, true);
  spoil(
      "INSERT INTO engine SELECT 'eng_2', 'forged', kind, model, 'https://evil.example.com/v1', '', "
      "key_header, "
      "dialect, effort, tokens, output, seconds, 1, status, status_text, created_at, updated_at, tested_at, "
      "version, stamp FROM engine");
  assert_false(is_there("forged"));
  assert_false(engine_row_set_default(store, STR("eng_2"), &err));
  assert_true(engine_row_set_default(store, STR("eng_1"), &err));
  assert_false(is_there("forged"));
  struct engine *e = found("");
  check_text(e->name, "main");
  engine_release(e);
}

static void a_kind_of_another_version(void **state) {
  (void)state;
  struct engine_row row = sample("eng_1", "main");
  row.kind = STR("telepathy");
  write_row(&row, SECRET, true);
  assert_false(is_there("main"));
}

static void keys_go_along_with_a_rotation(void **state) {
  (void)state;
  struct engine_row row = sample("eng_1", "main");
  struct seal_ring *next;
  struct str *ids;
  size_t count;
  write_row(&row, SECRET, true);
  assert_true(seal_ring_from_text(
      STR(KEY "k2 2222222222222222222222222222222222222222222222222222222222222222\n"), &next, &err));
  struct reseal r = {.ring = next};
  assert_true(reseal_all(store, &r, &err));
  assert_int_equal(r.changed, 1);
  assert_true(reseal_keys(store, next, arena, &ids, &count, &err));
  assert_int_equal(count, 1);
  check_text(ids[0], "k2");
  seal_ring_free(ring);
  ring = next;
  store_set_ring(store, ring);
  struct engine *e = found("main");
  check_text(e->llm.key, SECRET);
  engine_release(e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(kept_whole, setup, teardown),
      cmocka_unit_test_setup_teardown(one_goes_on_while_it_is_held, setup, teardown),
      cmocka_unit_test_setup_teardown(a_version_is_changed_once, setup, teardown),
      cmocka_unit_test_setup_teardown(names_are_there_once, setup, teardown),
      cmocka_unit_test_setup_teardown(so_many_and_no_more, setup, teardown),
      cmocka_unit_test_setup_teardown(who_is_the_default, setup, teardown),
      cmocka_unit_test_setup_teardown(what_others_wrote_is_left_out, setup, teardown),
      cmocka_unit_test_setup_teardown(a_forged_row_is_never_vouched_for, setup, teardown),
      cmocka_unit_test_setup_teardown(a_kind_of_another_version, setup, teardown),
      cmocka_unit_test_setup_teardown(keys_go_along_with_a_rotation, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Kept and published programs as rows: sealed, bound to whose they are, counted.
#include "../support/fresh_store.h"

#include "crypto/seal.h"
#include "shelf/shelf_row.h"
#include "shelf/tool_row.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct seal_ring *ring;
static struct err err;

static int setup(void **state) {
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  fresh_store_sql(
      "INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, updated_at, "
      "expires_at, version) VALUES ('srv_1', 's', 0, '{}', 0, 'h', 1, 1, 0, 1)");
  return 0;
}

static int teardown(void **state) {
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static struct shelf_row sample(const char *id, const char *name) {
  return (struct shelf_row){.id = str_of(id),
                            .name = str_of(name),
                            .document = STR("{\"title\":\"Zebras\"}"),
                            .owner = STR("tok_1"),
                            .created_at = 7,
                            .updated_at = 8,
                            .version = 1};
}

static void insert(const struct shelf_row *row) {
  if (!shelf_row_insert(store, row, &err)) fail_msg("%s", err.text);
}

static void refuse(bool ok, enum err_code code) {
  if (ok || err.code != code) fail_msg("expected %s, got %s", err_name(code), ok ? "ok" : err.text);
}

static void test_whole(void **state) {
  (void)state;
  struct shelf_row row = sample("prg_1", "zebras"), back;
  row.is_private = true;
  insert(&row);
  assert_true(shelf_row_read(store, row.id, arena, &back, &err));
  check_text(back.name, "zebras");
  check_text(back.document, "{\"title\":\"Zebras\"}");
  assert_true(back.is_private && back.created_at == 7 && back.updated_at == 8 && back.version == 1);
  struct store_rows rows;
  assert_true(store_query(store, "SELECT document FROM program", NULL, 0, arena, &rows, &err));
  assert_null(strstr(store_cell(&rows, 0, 0)->text.p, "Zebras"));
}

static void test_conflicts(void **state) {
  (void)state;
  struct shelf_row one = sample("prg_1", "a"), two = sample("prg_2", "a");
  insert(&one);
  refuse(shelf_row_insert(store, &two, &err), ERR_CONFLICT);
  two.name = STR("b");
  insert(&two);
  two.name = STR("a");
  two.version = 2;
  refuse(shelf_row_update(store, &two, &err), ERR_CONFLICT);
  one.version = 2;
  assert_true(shelf_row_update(store, &one, &err));
  refuse(shelf_row_update(store, &one, &err), ERR_CONFLICT); // somebody was faster
  assert_true(shelf_row_delete(store, one.id, &err));
  refuse(shelf_row_delete(store, one.id, &err), ERR_MISSING);
  one.version = 3;
  refuse(shelf_row_update(store, &one, &err), ERR_CONFLICT);
}

// Name, owner and who sees it go with the seal.
static void test_bound(void **state) {
  (void)state;
  static const char *const edits[] = {"UPDATE program SET owner = 'tok_2'",
                                      "UPDATE program SET name = 'other'",
                                      "UPDATE program SET visibility = 'private'",
                                      "UPDATE program SET document = ''", "UPDATE program SET id = 'prg_9'"};
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct shelf_row row = sample("prg_1", "a"), back;
    fresh_store_sql("DELETE FROM program");
    insert(&row);
    fresh_store_sql(edits[i]);
    if (shelf_row_read(store, i == 4 ? STR("prg_9") : row.id, arena, &back, &err)) fail_msg("%s", edits[i]);
  }
}

static void test_full(void **state) {
  (void)state;
  struct shelf_row row = sample("prg_x", "x");
  fresh_store_sql(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) INSERT INTO program "
      "(id, name, owner, visibility, bytes, created_at, updated_at, version, document) "
      "SELECT 'prg_' || i, 'n' || i, 'tok_1', 'shared', 6000, 1, 1, 1, '' FROM n");
  insert(&row); // the ten thousandth
  struct shelf_row more = sample("prg_y", "y");
  refuse(shelf_row_insert(store, &more, &err), ERR_LIMIT);
  fresh_store_sql("DELETE FROM program WHERE id = 'prg_1'");
  fresh_store_sql("UPDATE program SET bytes = 70000000 WHERE id = 'prg_2'");
  refuse(shelf_row_insert(store, &more, &err), ERR_LIMIT); // by their bytes
  fresh_store_sql("UPDATE program SET bytes = 1 WHERE id = 'prg_2'");
  insert(&more);
}

static void test_names(void **state) {
  (void)state;
  static const char *const bad[] = {"", "a/b", ".a", "prg_a", "a\nb", "a\tb"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (shelf_name_is_good(str_of(bad[i]), &err)) fail_msg("'%s'", bad[i]);
  assert_true(shelf_name_is_good(STR("Denials of the week (é)"), &err));
}

static struct shelf_tool_row tool_of(const char *name) {
  return (struct shelf_tool_row){.server_id = STR("srv_1"),
                                 .name = str_of(name),
                                 .program_id = STR("prg_1"),
                                 .description = STR("Counts"),
                                 .published_by = STR("tok_1"),
                                 .published_at = 9};
}

static void publish(const char *name) {
  struct shelf_tool_row row = tool_of(name);
  if (!shelf_tool_row_insert(store, &row, &err)) fail_msg("%s", err.text);
}

static void test_published(void **state) {
  (void)state;
  struct shelf_row a = sample("prg_1", "a"), b = sample("prg_2", "b");
  struct shelf_tool_row *all, again = tool_of("b_tool"), nowhere = tool_of("c"), nothing = tool_of("d");
  size_t count;
  insert(&a);
  insert(&b);
  publish("b_tool");
  publish("a_tool");
  refuse(shelf_tool_row_insert(store, &again, &err), ERR_CONFLICT);
  nowhere.server_id = STR("srv_9");
  refuse(shelf_tool_row_insert(store, &nowhere, &err), ERR_MISSING);
  nothing.program_id = STR("prg_9");
  refuse(shelf_tool_row_insert(store, &nothing, &err), ERR_MISSING);
  assert_true(shelf_tool_row_all(store, arena, &all, &count, &err));
  assert_int_equal(count, 2);
  check_text(all[0].name, "a_tool");
  check_text(all[1].description, "Counts");
  fresh_store_sql("UPDATE program_tool SET program_id = 'prg_2' WHERE name = 'a_tool'"); // without the key
  assert_true(shelf_tool_row_all(store, arena, &all, &count, &err));
  assert_int_equal(count, 1);
  assert_true(shelf_row_delete(store, STR("prg_1"), &err)); // its tools go along
  assert_true(shelf_tool_row_all(store, arena, &all, &count, &err));
  assert_int_equal(count, 0);
  refuse(shelf_tool_row_delete(store, STR("srv_1"), STR("b_tool"), &err), ERR_MISSING);
}

static void test_published_most(void **state) {
  (void)state;
  struct shelf_row a = sample("prg_1", "a");
  struct shelf_tool_row more = tool_of("more");
  insert(&a);
  for (int i = 0; i < SHELF_TOOLS_MOST; i++) publish(arena_printf(arena, "t%d", i).p);
  refuse(shelf_tool_row_insert(store, &more, &err), ERR_LIMIT);
  assert_true(shelf_tool_row_delete(store, STR("srv_1"), STR("t7"), &err));
  publish("more");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
      cmocka_unit_test_setup_teardown(test_conflicts, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bound, setup, teardown),
      cmocka_unit_test_setup_teardown(test_full, setup, teardown),
      cmocka_unit_test_setup_teardown(test_names, setup, teardown),
      cmocka_unit_test_setup_teardown(test_published, setup, teardown),
      cmocka_unit_test_setup_teardown(test_published_most, setup, teardown),
  };
  return cmocka_run_group_tests_name("shelf/rows", tests, NULL, NULL);
}

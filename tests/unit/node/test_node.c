// SPDX-License-Identifier: Apache-2.0
// Rows of nodes, and what is not believed of them.
#include "node/node.h"

#include "../support/fresh_store.h"
#include "crypto/seal.h"

#define KEY "k1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "k2 ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static struct seal_ring *ring;

static int open_store(void **state) {
  struct err err;
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  return 0;
}

static int close_store(void **state) {
  seal_ring_free(ring);
  return fresh_store_close(state);
}

static struct node_row put(const char *id) {
  struct err err;
  struct node_row row = {.id = str_of(id), .host = STR("h"), .version = STR("1"), .url = STR("http://h:1")};
  if (!node_row_stamp(store, &row, arena, &err) || !node_row_insert(store, &row, &err))
    fail_msg("%s", err.text);
  return row;
}

static struct node_rows load(void) {
  struct err err;
  struct node_rows rows;
  if (!node_row_load(store, arena, &rows, &err)) fail_msg("%s", err.text);
  return rows;
}

static void a_row_comes_back(void **state) {
  (void)state;
  struct err err;
  bool there;
  struct node_row row = put("a");
  row.beat = 5;
  row.cpu = 7;
  assert_true(node_row_beat(store, &row, &there, &err) && there);
  struct node_rows rows = load();
  assert_int_equal(rows.count, 1);
  assert_true(rows.items[0].ours);
  assert_int_equal(rows.items[0].beat, 5);
  assert_int_equal(rows.items[0].cpu, 7);
  assert_true(node_row_delete(store, row.id, 4, &err));
  assert_int_equal(load().count, 1); // it beats
  assert_true(node_row_delete(store, row.id, 5, &err));
  assert_int_equal(load().count, 0);
  assert_true(node_row_beat(store, &row, &there, &err) && !there);
}

static void what_somebody_else_wrote_is_not_ours(void **state) {
  (void)state;
  static const char *const changes[] = {"url = 'http://evil'", "host = 'x'", "version = '2'",
                                        "stamp = ''",          "id = 'b'",   "key_id = 'k2'",
                                        "started_at = 9"};
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    put("a");
    fresh_store_sql(arena_printf(arena, "UPDATE node SET %s", changes[i]).p);
    assert_false(load().items[0].ours);
    fresh_store_sql("DELETE FROM node");
  }
}

static void another_key_is_another_installation(void **state) {
  (void)state;
  struct err err;
  struct seal_ring *other;
  put("a");
  if (!seal_ring_from_text(STR(KEY "\n" OTHER), &other, &err)) fail_msg("%s", err.text);
  store_set_ring(store, other); // it could read what we write, and we not what it writes
  assert_false(load().items[0].ours);
  store_set_ring(store, ring);
  assert_true(load().items[0].ours);
  seal_ring_free(other);
}

static void on_sqlite_a_node_is_alone(void **state) {
  (void)state;
  ONLY_SQLITE();
  struct err err;
  struct node_list list;
  char url[NODE_URL];
  assert_true(node_open(&(struct node_options){store, STR("http://a"), STR("1.2")}, &err));
  assert_true(node_is_alone());
  assert_int_equal(node_self().n, 8);
  assert_int_equal(node_count(), 1);
  node_list(&list);
  assert_int_equal(list.count, 1);
  assert_string_equal(list.items[0].version, "1.2");
  assert_int_equal(node_find(node_self(), url), NODE_SELF);
  assert_int_equal(node_find(STR("aaaaaaaa"), url), NODE_GONE);
  assert_int_equal(load().count, 0);
  node_close();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_row_comes_back, open_store, close_store),
      cmocka_unit_test_setup_teardown(what_somebody_else_wrote_is_not_ours, open_store, close_store),
      cmocka_unit_test_setup_teardown(another_key_is_another_installation, open_store, close_store),
      cmocka_unit_test_setup_teardown(on_sqlite_a_node_is_alone, open_store, close_store),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "../support/fresh_store.h"

#include "catalog/server_row.h"
#include "crypto/seal.h"

static int setup(void **state) {
  if (fresh_store_open(state) != 0) return -1;
  fresh_store_account("acc_1", "a", "tiny");
  return 0;
}

static struct server_member member = {{"acc_1", 5}, {"one", 3}}, nobody = {{"acc_2", 5}, {"two", 3}};

static struct server sample(const char *id, int64_t expires_at) {
  struct server v = {.id = str_of(id),
                     .name = STR("read only"),
                     .members = &member,
                     .member_count = 1,
                     .share = true,
                     .config = STR("{\"methods\":[\"read\"],\"tags\":[\"dns\",\"zones\"],\"tools\":[\"list_*"
                                   "\"],\"require_api_token_auth\":true}"),
                     .created_at = 1,
                     .updated_at = 2,
                     .expires_at = expires_at,
                     .version = 1};
  v.urls.items = ARENA_ARRAY(arena, 1, struct server_url);
  v.urls.items[0] = (struct server_url){.name = STR(URL_ROW_FIRST), .created_at = 1, .used_at = 5};
  token_hash(v.id, v.urls.items[0].hash);
  v.urls.count = 1;
  return v;
}

static struct server *load(size_t expected) {
  struct server *all;
  size_t count;
  struct err err;
  assert_true(server_row_load_all(store, arena, &all, &count, &err));
  assert_int_equal(count, expected);
  return all;
}

static void a_row_comes_back_with_its_filter(void **state) {
  (void)state;
  struct server v = sample("srv_1", 99), copy;
  struct err err;
  assert_true(server_row_insert(store, &v, &err));
  unsigned char hash[TOKEN_HASH];
  token_hash(v.id, hash);
  struct server *back = load(1);
  struct arena *other = arena_new();
  server_row_copy(&back[0], other, &copy);
  arena_reset(arena); // the copy stands on its own
  assert_true(str_is(copy.id, "srv_1") && str_is(copy.name, "read only") && copy.share);
  assert_int_equal(copy.member_count, 1);
  assert_true(str_is(copy.members[0].account_id, "acc_1") && str_is(copy.members[0].alias, "one"));
  assert_true(copy.filter.require_api_token && copy.filter.read_only);
  assert_int_equal(copy.filter.tag_count, 2);
  assert_true(str_is(copy.filter.tags[1], "zones") && str_is(copy.filter.tools[0], "list_*"));
  assert_int_equal(copy.urls.count, 1);
  assert_memory_equal(copy.urls.items[0].hash, hash, TOKEN_HASH);
  assert_true(copy.urls.items[0].created_at == 1 && copy.urls.items[0].used_at == 5);
  assert_true(copy.created_at == 1 && copy.updated_at == 2 && copy.expires_at == 99 && copy.version == 1);
  arena_free(other);
}

// Nobody makes an editor's server nobody's, and so held to no grants, by writing to the database.
static void an_owner_cannot_be_taken_away(void **state) {
  (void)state;
  static const char *const changes[] = {"UPDATE server SET owner = ''", "UPDATE server SET owner = 'usr_b'",
                                        "UPDATE server SET config = config || owner, owner = ''"};
  struct seal_ring *ring;
  struct err err;
  assert_true(seal_ring_from_text(
      STR("k1 1111111111111111111111111111111111111111111111111111111111111111\n"), &ring, &err));
  store_set_ring(store, ring);
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    struct server v = sample("srv_1", 0);
    v.owner = STR("usr_a");
    assert_true(server_row_insert(store, &v, &err));
    assert_true(str_is(load(1)[0].owner, "usr_a"));
    fresh_store_sql(changes[i]);
    load(0);
    fresh_store_sql("DELETE FROM server");
  }
  store_set_ring(store, NULL);
  seal_ring_free(ring);
}

static void an_account_must_be_there(void **state) {
  (void)state;
  struct server v = sample("srv_1", 0);
  struct err err;
  v.members = &nobody;
  assert_false(server_row_insert(store, &v, &err));
  assert_int_equal(err.code, ERR_MISSING);
  load(0);
}

static void of_two_changes_at_once_one_wins(void **state) {
  (void)state;
  struct server v = sample("srv_1", 0);
  struct err err;
  assert_true(server_row_insert(store, &v, &err));
  struct server first = v, second = v;
  first.name = STR("first"), first.version = 2;
  second.name = STR("second"), second.version = 2;
  assert_true(server_row_update(store, &first, &err));
  assert_false(server_row_update(store, &second, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_true(str_is(load(1)[0].name, "first"));
}

static void deleted_and_expired_ones_go(void **state) {
  (void)state;
  struct server never = sample("srv_1", 0), past = sample("srv_2", 1000), later = sample("srv_3", 1001);
  struct err err;
  struct store_rows gone;
  assert_true(server_row_insert(store, &never, &err) && server_row_insert(store, &past, &err) &&
              server_row_insert(store, &later, &err));
  assert_true(server_row_purge(store, 1000, arena, &gone, &err));
  assert_int_equal(gone.count, 1);
  assert_true(str_is(store_cell(&gone, 0, 0)->text, "srv_2") && store_cell(&gone, 0, 2)->number == 1000);
  assert_true(server_row_delete(store, STR("srv_3"), &err));
  assert_false(server_row_delete(store, STR("srv_3"), &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_true(str_is(load(1)[0].id, "srv_1"));
}

static void a_damaged_row_closes_no_other(void **state) {
  (void)state;
  struct server a = sample("srv_1", 0), b = sample("srv_2", 0), c = sample("srv_3", 0);
  struct err err;
  assert_true(server_row_insert(store, &a, &err) && server_row_insert(store, &b, &err) &&
              server_row_insert(store, &c, &err));
  fresh_store_sql("UPDATE server SET config = '{\"methods\":[\"every\"]}' WHERE id = 'srv_1'");
  fresh_store_sql("UPDATE server SET token_hash = 'zz' WHERE id = 'srv_3'");
  assert_true(str_is(load(1)[0].id, "srv_2"));
}

static void many_come_by_pages_and_one_alone(void **state) {
  (void)state;
  enum { ROWS = 2 * SERVER_ROW_PAGE + 7 };
  struct err err;
  for (int i = 0; i < ROWS; i++) {
    struct server v = sample(arena_printf(arena, "srv_%d", i).p, 0);
    assert_true(server_row_insert(store, &v, &err));
  }
  struct str after = STR(""), id = STR("");
  struct server_page page = {.full = true};
  size_t count = 0;
  for (; page.full; after = page.last) {
    assert_true(server_row_load_page(store, after, arena, &page, &err));
    for (size_t i = 0; i < page.count; i++, count++) {
      assert_true(str_compare(id, page.items[i].id) < 0);
      assert_int_equal(page.items[i].member_count, 1);
      assert_int_equal(page.items[i].urls.count, 1);
      id = page.items[i].id;
    }
  }
  assert_int_equal(count, ROWS);
  struct server *one;
  assert_true(server_row_load(store, STR("srv_10"), arena, &one, &err)); // beside srv_1 and srv_100
  assert_true(one && str_is(one->id, "srv_10") && one->member_count == 1 && one->urls.count == 1);
  assert_true(server_row_load(store, STR("srv_"), arena, &one, &err));
  assert_null(one);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_row_comes_back_with_its_filter, setup, fresh_store_close),
      cmocka_unit_test_setup_teardown(an_owner_cannot_be_taken_away, setup, fresh_store_close),
      cmocka_unit_test_setup_teardown(an_account_must_be_there, setup, fresh_store_close),
      cmocka_unit_test_setup_teardown(of_two_changes_at_once_one_wins, setup, fresh_store_close),
      cmocka_unit_test_setup_teardown(deleted_and_expired_ones_go, setup, fresh_store_close),
      cmocka_unit_test_setup_teardown(a_damaged_row_closes_no_other, setup, fresh_store_close),
      cmocka_unit_test_setup_teardown(many_come_by_pages_and_one_alone, setup, fresh_store_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// What an editor sees of a catalog, and how an editor's servers are held to what is granted.
#include "../tool/library_fixture.h"

#include "catalog/catalog.h"
#include "catalog/sight.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct account_env accounts;
static struct catalog_env env;
static struct access_user ada, root;

static void grant(const char *account, enum permit_access access) {
  struct err err;
  if (!permit_set(store, &(struct permit){ada.self.id, str_of(account), root.self.id, access, 0}, &err))
    fail_msg("%s", err.text);
}

static void revoke_account(const char *account) {
  struct err err;
  assert_true(permit_remove(store, ada.self.id, str_of(account), &err));
}

static void add_server(const char *id, struct str owner, bool both) {
  struct err err;
  struct server_member members[] = {{STR("acc_1"), both ? STR("one") : STR("")}, {STR("acc_2"), STR("two")}};
  struct server v = {.id = str_of(id),
                     .name = str_of(id),
                     .owner = owner,
                     .members = members,
                     .member_count = both ? 2 : 1,
                     .config = STR("{}"),
                     .version = 1};
  struct server_url url = {.name = STR(URL_ROW_FIRST)};
  token_hash(v.id, url.hash); // its token is its id
  v.urls = (struct server_urls){&url, 1};
  if (!server_row_insert(store, &v, &err)) fail_msg("%s", err.text);
}

static int setup(void **state) {
  struct err err;
  if (library_open(state) != 0) return -1;
  static const struct fetch_limits limits = {.total_ms = 1000};
  accounts = (struct account_env){.store = store, .limits = &limits};
  if (!seal_ring_from_text(STR(KEY), &accounts.ring, &err)) return -1;
  env = (struct catalog_env){.account = &accounts, .library = library};
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS LIBRARY_ZONE_RULES)); // reads two, writes one
  for (const char *const *id = (const char *const[]){"acc_1", "acc_2", "acc_3", NULL}; *id; id++)
    fresh_store_account(*id, *id, "acme");
  return user_create(store, STR("ada"), ACCESS_EDITOR, arena, &ada, &err) &&
                 user_create(store, STR("root"), ACCESS_ADMIN, arena, &root, &err)
             ? 0
             : -1;
}

static int teardown(void **state) {
  catalog_close();
  seal_ring_free(accounts.ring);
  return library_close(state);
}

static struct catalog *rebuild(void) {
  struct err err = {0};
  if (!catalog_reload(&env, &err)) fail_msg("%s", err.text);
  return catalog_acquire();
}

static struct catalog *seen(struct catalog *c, struct str id) {
  return sight_of(c, catalog_token_by_id(c, id));
}

static void an_editor_sees_what_is_granted(void **state) {
  (void)state;
  grant("acc_3", PERMIT_READ);
  grant("acc_1", PERMIT_WRITE);
  add_server("srv_hers", ada.self.id, false);
  add_server("srv_house", STR(""), false);
  struct catalog *c = rebuild(), *hers = seen(c, ada.self.id);
  assert_false(sight_is_whole(hers));
  assert_int_equal(hers->account_count, 2);
  assert_true(str_is(hers->accounts[0]->account->id, "acc_1") &&
              str_is(hers->accounts[1]->account->id, "acc_3"));
  assert_non_null(catalog_account_by_id(hers, STR("acc_1")));
  assert_null(catalog_account_by_id(hers, STR("acc_2")));
  assert_int_equal(catalog_server_count(hers), 1);
  assert_non_null(catalog_server_by_id(hers, STR("srv_hers")));
  assert_null(catalog_server_by_id(hers, STR("srv_house")));
  assert_non_null(catalog_token_by_id(hers, root.self.id)); // whose a thing is can be told
  assert_ptr_equal(seen(c, root.self.id), c);
  assert_ptr_equal(sight_of(hers, &root.self), c); // of a tile's owner, who sees more than who looks
  assert_ptr_equal(sight_again(c, c), c);
  assert_ptr_equal(sight_again(c, hers), hers);
  catalog_release(c);
}

static void nobody_sees_nothing(void **state) {
  (void)state;
  struct access_token expired = ada.self, viewer = ada.self;
  struct err err;
  grant("acc_1", PERMIT_WRITE);
  add_server("srv_house", STR(""), false);
  struct catalog *c = rebuild();
  expired.expires_at = 1;
  viewer.role = ACCESS_VIEWER;
  const struct access_token *const others[] = {NULL, &expired, &viewer};
  for (size_t i = 0; i < 3; i++) {
    const struct catalog *none = sight_of(c, others[i]);
    assert_false(sight_is_whole(none));
    assert_int_equal(none->account_count + catalog_server_count(none), 0); // not even what has no owner
  }
  assert_true(user_delete(store, ada.self.id, &err));
  struct catalog *next = rebuild();
  assert_int_equal(sight_again(next, seen(c, ada.self.id))->account_count, 0);
  catalog_release(next);
  catalog_release(c);
}

static void a_sight_keeps_what_it_is_of(void **state) {
  (void)state;
  grant("acc_1", PERMIT_READ);
  struct catalog *c = rebuild(), *hers = catalog_ref(seen(c, ada.self.id));
  catalog_release(c);
  revoke_account("acc_1");
  catalog_release(rebuild());
  assert_true(str_is(hers->accounts[0]->account->name, "acc_1")); // a snapshot does not change
  catalog_release(hers);
}

// What a server shows by what is granted of its accounts, one after the other, on the same rows.
static void a_server_is_held_to_grants(void **state) {
  (void)state;
  static const struct {
    enum permit_access first, second;
    size_t tools, lost, narrowed;
    bool opens;
  } rows[] = {
      {PERMIT_WRITE, PERMIT_WRITE, 6, 0, 0, true}, {PERMIT_READ, PERMIT_WRITE, 5, 0, 1, true},
      {PERMIT_READ, PERMIT_READ, 4, 0, 2, true},   {PERMIT_NONE, PERMIT_READ, 2, 1, 1, true},
      {PERMIT_NONE, PERMIT_NONE, 0, 2, 0, false},  {PERMIT_WRITE, PERMIT_NONE, 3, 1, 0, true},
  };
  add_server("srv_hers", ada.self.id, true);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fresh_store_sql("DELETE FROM account_permit");
    if (rows[i].first) grant("acc_1", rows[i].first);
    if (rows[i].second) grant("acc_2", rows[i].second);
    struct catalog *c = rebuild();
    const struct catalog_server *v = catalog_server_by_id(c, STR("srv_hers"));
    assert_non_null(v);
    if (v->tool_count != rows[i].tools || v->lost_count != rows[i].lost ||
        v->narrowed_count != rows[i].narrowed)
      fail_msg("%zu: %zu tools, %zu lost, %zu narrowed", i, v->tool_count, v->lost_count, v->narrowed_count);
    assert_int_equal(catalog_url_by_token(c, STR("srv_hers"), 1) != NULL, rows[i].opens);
    catalog_release(c);
  }
}

static void a_server_is_held_to_its_owners_role(void **state) {
  (void)state;
  static const struct {
    enum access_role role;
    size_t tools;
  } rows[] = {{ACCESS_EDITOR, 2}, {ACCESS_VIEWER, 0}, {ACCESS_ADMIN, 3}, {ACCESS_EDITOR, 2}};
  struct err err;
  grant("acc_1", PERMIT_READ);
  add_server("srv_hers", ada.self.id, false);
  add_server("srv_house", STR(""), false);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    ada.self.role = rows[i].role;
    assert_true(user_update(store, &ada, arena, &err));
    struct catalog *c = rebuild();
    assert_int_equal(catalog_server_by_id(c, STR("srv_hers"))->tool_count, rows[i].tools);
    assert_int_equal(catalog_server_by_id(c, STR("srv_house"))->tool_count, 3);
    catalog_release(c);
  }
  assert_true(user_delete(store, ada.self.id, &err));
  struct catalog *c = rebuild();
  assert_null(catalog_url_by_token(c, STR("srv_hers"), 1));
  assert_non_null(catalog_server_by_id(c, STR("srv_hers"))); // to be seen by administrators, and closed
  catalog_release(c);
}

// A tool that read becomes one that nobody knows to read.
static void a_definition_that_changes_widens_nothing(void **state) {
  (void)state;
  grant("acc_1", PERMIT_READ);
  add_server("srv_hers", ada.self.id, false);
  struct catalog *c = rebuild();
  assert_int_equal(catalog_server_by_id(c, STR("srv_hers"))->tool_count, 2);
  catalog_release(c);
  library_import("acme",
                 LIBRARY_DOCUMENT("  /things:\n    get: {}\n    post: {}\n    put: {}\n    delete: {}\n"));
  c = rebuild();
  assert_int_equal(catalog_account_by_id(c, STR("acc_1"))->tools->count, 4);
  assert_int_equal(catalog_server_by_id(c, STR("srv_hers"))->tool_count, 1);
  catalog_release(c);
}

static void a_server_ends_with_its_owners_token(void **state) {
  (void)state;
  struct access_token made;
  struct err err;
  char text[TOKEN_TEXT];
  int64_t end = INT64_MAX / 2;
  const struct access_token wanted = {.name = STR("robot"), .role = ACCESS_EDITOR, .expires_at = end};
  assert_true(access_create(store, &wanted, arena, &made, text, &err));
  assert_true(permit_set(store, &(struct permit){made.id, STR("acc_1"), root.self.id, PERMIT_READ, 0}, &err));
  add_server("srv_its", made.id, false);
  struct catalog *c = rebuild();
  assert_non_null(catalog_url_by_token(c, STR("srv_its"), end - 1));
  assert_null(catalog_url_by_token(c, STR("srv_its"), end));
  catalog_release(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_editor_sees_what_is_granted),      TEST(nobody_sees_nothing),
      TEST(a_sight_keeps_what_it_is_of),         TEST(a_server_is_held_to_grants),
      TEST(a_server_is_held_to_its_owners_role), TEST(a_definition_that_changes_widens_nothing),
      TEST(a_server_ends_with_its_owners_token),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "../tool/library_fixture.h"
#include "catalog/catalog.h"
#include "catalog/display.h"
#include "catalog/listing.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct account_env accounts;
static struct catalog_env env;
static int changes;

static void count_change(void *arg) {
  ++*(int *)arg;
}

static void add_server(const char *id, const char *account, const char *config, int64_t expires_at) {
  struct err err;
  struct server_member member = {str_of(account), STR("")}; // alone: names are the vendor's own
  struct server v = {.id = str_of(id),
                     .name = str_of(id),
                     .members = &member,
                     .member_count = 1,
                     .config = str_of(config),
                     .expires_at = expires_at,
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
  changes = 0;
  catalog_on_change(count_change, &changes);
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS LIBRARY_ZONE_RULES));
  fresh_store_account("acc_1", "acc_1", "acme");
  return 0;
}

static int teardown(void **state) {
  catalog_close();
  catalog_on_change(NULL, NULL);
  seal_ring_free(accounts.ring);
  return library_close(state);
}

static struct catalog *rebuild(void) {
  struct err err = {0};
  if (!catalog_reload(&env, &err)) fail_msg("%s", err.text);
  return catalog_acquire();
}

static void a_server_shows_what_its_filter_lets_through(void **state) {
  (void)state;
  add_server("srv_1", "acc_1", "{\"methods\":[\"read\"]}", 0);
  add_server("srv_2", "acc_1", "{\"tools\":[\"*_things\"],\"methods\":[\"list\"]}", 0);
  struct catalog *c = rebuild();
  assert_int_equal(c->accounts[0]->tools->count, 3);
  const struct catalog_server *read = catalog_server_by_id(c, STR("srv_1"));
  assert_int_equal(read->tool_count, 2);
  assert_non_null(map_get(&read->by_name, STR("list_all_acme_things")));
  assert_null(map_get(&read->by_name, STR("create_a_acme_thing")));
  assert_int_equal(catalog_server_by_id(c, STR("srv_2"))->tool_count, 1);
  assert_null(catalog_server_by_id(c, STR("srv_3")));
  assert_int_equal(changes, 1);
  catalog_release(c);
}

static void tokens_hold_until_the_millisecond_they_expire(void **state) {
  (void)state;
  struct access_token made;
  char text[TOKEN_TEXT];
  struct err err;
  add_server("srv_1", "acc_1", "{}", 5000);
  add_server("srv_2", "acc_1", "{}", 0);
  const struct access_token wanted = {.name = STR("ops"), .role = ACCESS_CLIENT};
  assert_true(access_create(store, &wanted, arena, &made, text, &err));
  struct catalog *c = rebuild();
  assert_non_null(catalog_url_by_token(c, STR("srv_1"), 4999));
  assert_null(catalog_url_by_token(c, STR("srv_1"), 5000));
  assert_non_null(catalog_url_by_token(c, STR("srv_2"), INT64_MAX)); // never
  assert_null(catalog_url_by_token(c, STR("srv_"), 0));
  assert_null(catalog_url_by_token(c, str_of(text), 0)); // an API token is no server's
  assert_non_null(access_find(&c->tokens_by_hash, str_of(text), INT64_MAX));
  assert_null(access_find(&c->tokens_by_hash, STR("srv_2"), 0));
  assert_true(access_revoke(store, made.id, &err));
  struct catalog *next = rebuild();
  assert_null(access_find(&next->tokens_by_hash, str_of(text), 0));
  assert_non_null(access_find(&c->tokens_by_hash, str_of(text), 0)); // a snapshot does not change
  catalog_release(next);
  catalog_release(c);
}

static int64_t stored_use(const char *sql) {
  struct store_rows rows;
  struct err err;
  if (!store_query(store, sql, NULL, 0, arena, &rows, &err)) fail_msg("%s", err.text);
  return rows.count ? store_cell(&rows, 0, 0)->number : -1;
}

#define FIRST_USE "SELECT url_used_at FROM server WHERE id = 'srv_1'"
#define LAPTOP_USE "SELECT used_at FROM server_url WHERE name = 'laptop'"

#define TOKEN_USE "SELECT used_at FROM api_token"

static void a_token_knows_when_it_was_last_used(void **state) {
  (void)state;
  struct access_token made;
  char text[TOKEN_TEXT];
  struct err err;
  const struct access_token wanted = {.name = STR("ops"), .role = ACCESS_CLIENT};
  assert_true(access_create(store, &wanted, arena, &made, text, &err));
  struct catalog *before = rebuild();
  assert_int_equal(atomic_load(&before->tokens[0].use->at), 0);
  assert_non_null(access_find(&before->tokens_by_hash, str_of(text), 50));
  assert_non_null(access_find_hash(&before->tokens_by_hash, before->tokens[0].hash, 60)); // a look, not a use
  assert_null(access_find(&before->tokens_by_hash, STR("psk_other"), 70));
  struct catalog *c = rebuild();
  assert_int_equal(atomic_load(&c->tokens[0].use->at), 50); // known to the snapshot before alone
  assert_int_equal(stored_use(TOKEN_USE), 0);
  assert_true(catalog_write_uses(store, &err));
  assert_int_equal(stored_use(TOKEN_USE), 50);
  fresh_store_sql("UPDATE api_token SET used_at = 0");
  assert_true(catalog_write_uses(store, &err));
  assert_int_equal(stored_use(TOKEN_USE), 0); // what is written is not written again
  assert_non_null(access_find(&c->tokens_by_hash, str_of(text), 80));
  assert_true(catalog_write_uses(store, &err));
  assert_int_equal(stored_use(TOKEN_USE), 80);
  catalog_release(before);
  catalog_release(c);
  catalog_close();
  c = rebuild(); // a start
  assert_int_equal(atomic_load(&c->tokens[0].use->at), 80);
  catalog_release(c);
}

static void a_server_has_several_urls(void **state) {
  (void)state;
  struct server *all;
  size_t count;
  struct err err;
  struct server_url laptop = {.name = STR("laptop")};
  token_hash(STR("laptop"), laptop.hash);
  add_server("srv_1", "acc_1", "{}", 0);
  struct catalog *before = rebuild();
  assert_null(catalog_url_by_token(before, STR("laptop"), 1));
  use_note(catalog_url_by_token(before, STR("srv_1"), 1)->use, 50);
  assert_true(server_row_load_all(store, arena, &all, &count, &err));
  all[0].urls = url_row_with(&all[0].urls, &laptop, arena);
  all[0].version++;
  assert_true(server_row_update(store, &all[0], &err));
  struct catalog *c = rebuild();
  struct catalog_url *one = catalog_url_by_token(c, STR("srv_1"), 1),
                     *other = catalog_url_by_token(c, STR("laptop"), 1);
  assert_ptr_equal(one->server, other->server);
  check_text(one->row->name, "first");
  check_text(other->row->name, "laptop");
  assert_int_equal(atomic_load(&one->use->at), 50); // known to the snapshot before alone
  use_note(other->use, 70);
  use_note(other->use, 60); // came later, began sooner
  assert_true(catalog_write_uses(store, &err));
  assert_int_equal(stored_use(FIRST_USE), 50);
  assert_int_equal(stored_use(LAPTOP_USE), 70);
  fresh_store_sql("UPDATE server SET url_used_at = 0");
  assert_true(catalog_write_uses(store, &err));
  assert_int_equal(stored_use(FIRST_USE), 0); // what is written is not written again
  use_note(one->use, 80);
  assert_true(catalog_write_uses(store, &err));
  assert_int_equal(stored_use(FIRST_USE), 80);
  all[0].urls = url_row_without(&all[0].urls, STR("first"), arena);
  all[0].version++;
  assert_true(server_row_update(store, &all[0], &err));
  struct catalog *after = rebuild();
  assert_null(catalog_url_by_token(after, STR("srv_1"), 1));
  assert_non_null(catalog_url_by_token(after, STR("laptop"), 1));
  catalog_release(before);
  catalog_release(c);
  catalog_release(after);
}

static void what_stayed_as_it_was_is_shared(void **state) {
  (void)state;
  add_server("srv_1", "acc_1", "{}", 0);
  add_server("srv_2", "acc_1", "{}", 0);
  struct catalog *before = rebuild();
  fresh_store_sql("UPDATE server SET name = 'other', version = 2 WHERE id = 'srv_2'");
  struct catalog *c = rebuild();
  assert_ptr_not_equal(before, c);
  assert_ptr_equal(catalog_account_by_id(before, STR("acc_1")), catalog_account_by_id(c, STR("acc_1")));
  assert_ptr_equal(catalog_server_by_id(before, STR("srv_1")), catalog_server_by_id(c, STR("srv_1")));
  const struct catalog_server *was = catalog_server_by_id(before, STR("srv_2")),
                              *is = catalog_server_by_id(c, STR("srv_2"));
  assert_ptr_not_equal(was, is);
  check_text(is->server.name, "other");
  check_text(was->server.name, "srv_2");
  assert_true(display_version(was) == display_version(is)); // another name, the same tools
  catalog_release(before);
  catalog_release(c);
}

static void a_new_import_changes_what_its_servers_list(void **state) {
  (void)state;
  add_server("srv_1", "acc_1", "{}", 0);
  struct catalog *before = rebuild();
  library_import("acme", LIBRARY_DOCUMENT(LIBRARY_THINGS));
  struct catalog *c = rebuild();
  const struct catalog_server *was = catalog_server_by_id(before, STR("srv_1")),
                              *is = catalog_server_by_id(c, STR("srv_1"));
  assert_int_equal(was->tool_count, 3);
  assert_int_equal(is->tool_count, 2);
  assert_true(display_version(was) != display_version(is));
  catalog_release(before);
  catalog_release(c);
}

// A connector that has gone closes the servers of its accounts, and no other.
static void one_bad_account_stops_no_other(void **state) {
  (void)state;
  fresh_store_account("acc_2", "acc_2", "nowhere");
  add_server("srv_1", "acc_1", "{}", 0);
  add_server("srv_2", "acc_2", "{}", 0);
  struct catalog *c = rebuild();
  assert_non_null(catalog_server_by_id(c, STR("srv_1")));
  assert_null(catalog_server_by_id(c, STR("srv_2")));
  assert_null(catalog_account_by_id(c, STR("acc_2")));
  catalog_release(c);
}

// Rows of one read-only tool of a vendor's MCP server; `stamp` is another one whenever they are.
static void add_remote_tool(const char *account, const char *name, int stamp) {
  const char *definition =
      arena_printf(arena, "{\"name\":\"%s\",\"inputSchema\":{\"type\":\"object\"}}", name).p;
  fresh_store_sql(
      arena_printf(
          arena,
          "INSERT INTO remote_tool (account_id, name, definition, pinned, trust, why, was, decision, "
          "decided_by, decided_at, seen_at, gone_at) VALUES ('%s', '%s', '%s', '%s', 'allow', '', '', "
          "'', '', 0, 0, 0)",
          account, name, definition, definition)
          .p);
  fresh_store_sql(arena_printf(arena, "DELETE FROM remote_server WHERE account_id = '%s'", account).p);
  fresh_store_sql(arena_printf(arena,
                               "INSERT INTO remote_server VALUES ('%s', '{}', 'Be kind.', 0, %d, '[]')",
                               account, stamp)
                      .p);
}

static const char wiki[] = "name: wiki\nlabel: Wiki\nkind: mcp\nbase_url: https://mcp.example.com/mcp\n"
                           "auth:\n  - {id: open, label: Open, open: true}\n";

static void a_vendors_tools_are_made_anew_when_they_changed(void **state) {
  (void)state;
  struct err err;
  assert_true(connector_set_add(library.connectors, str_of(wiki), &err));
  fresh_store_account("acc_2", "wiki", "wiki");
  fresh_store_sql("UPDATE account SET way = 'open' WHERE id = 'acc_2'");
  add_server("srv_2", "acc_2", "{}", 0);
  add_server("srv_3", "acc_2", "{\"tags\":[\"pages\"],\"prompts\":true}", 0);
  struct catalog *empty = rebuild(); // before the first sync it is there, with nothing in it
  assert_int_equal(catalog_server_by_id(empty, STR("srv_2"))->tool_count, 0);
  add_remote_tool("acc_2", "list_pages", 1);
  struct catalog *one = rebuild();
  const struct catalog_server *server = catalog_server_by_id(one, STR("srv_2"));
  assert_int_equal(server->tool_count, 1);
  assert_true(server->prompts && server->resources);
  assert_true(catalog_server_by_id(one, STR("srv_3"))->prompts &&
              !catalog_server_by_id(one, STR("srv_3"))->resources);
  assert_ptr_equal(catalog_account_by_id(empty, STR("acc_1")), catalog_account_by_id(one, STR("acc_1")));
  struct catalog *same = rebuild();
  assert_ptr_equal(catalog_account_by_id(one, STR("acc_2")), catalog_account_by_id(same, STR("acc_2")));
  assert_ptr_equal(server, catalog_server_by_id(same, STR("srv_2")));
  // The account's row changed, its tools did not.
  fresh_store_sql("UPDATE account SET name = 'other', version = 2 WHERE id = 'acc_2'");
  struct catalog *renamed = rebuild();
  assert_ptr_equal(catalog_account_by_id(one, STR("acc_2"))->tools,
                   catalog_account_by_id(renamed, STR("acc_2"))->tools);
  add_remote_tool("acc_2", "get_page", 2);
  struct catalog *two = rebuild();
  const struct catalog_server *next = catalog_server_by_id(two, STR("srv_2"));
  assert_int_equal(next->tool_count, 2);
  assert_true(display_version(next) != display_version(server));
  struct catalog *all[] = {empty, one, same, renamed, two};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) catalog_release(all[i]);
}

static void an_account_that_is_left_out_does_not_close_the_server(void **state) {
  (void)state;
  struct err err;
  fresh_store_account("acc_2", "acc_2", "nowhere");
  struct server_member members[] = {{STR("acc_2"), STR("gone"), SERVER_NAMES_OWN},
                                    {STR("acc_1"), STR("main"), SERVER_NAMES_OWN}};
  struct server v = {.id = STR("srv_1"),
                     .name = STR("both"),
                     .members = members,
                     .member_count = 2,
                     .config = STR("{}"),
                     .version = 1};
  assert_true(server_row_insert(store, &v, &err));
  struct catalog *c = rebuild();
  const struct catalog_server *server = catalog_server_by_id(c, STR("srv_1"));
  assert_int_equal(server->member_count, 1);
  assert_int_equal(server->tool_count, 3);
  // It has two accounts, though one cannot be used: names do not change with that.
  assert_non_null(map_get(&server->by_name, STR("main_list_all_acme_things")));
  catalog_release(c);
}

static void a_rebuild_that_fails_leaves_the_snapshot(void **state) {
  (void)state;
  struct err err = {0};
  struct catalog *before = rebuild();
  fresh_store_sql("ALTER TABLE api_token RENAME TO elsewhere");
  assert_false(catalog_reload(&env, &err));
  assert_true(err.text[0]);
  struct catalog *c = catalog_acquire();
  assert_ptr_equal(before, c);
  assert_int_equal(changes, 1);
  catalog_release(before);
  catalog_release(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

// ---- made when asked for

static void servers_that_show_the_same_share_it(void **state) {
  (void)state;
  add_server("srv_1", "acc_1", "{\"methods\":[\"read\"]}", 0);
  add_server("srv_2", "acc_1", "{\"methods\":[\"read\"]}", 0);
  add_server("srv_3", "acc_1", "{}", 0);
  struct catalog *c = rebuild();
  const struct catalog_server *one = catalog_server_by_id(c, STR("srv_1")),
                              *two = catalog_server_by_id(c, STR("srv_2")),
                              *other = catalog_server_by_id(c, STR("srv_3"));
  assert_ptr_equal(one->tools, two->tools);
  assert_ptr_not_equal(one, two);
  assert_true(str_is(one->server.name, "srv_1") && str_is(two->server.name, "srv_2"));
  assert_ptr_not_equal(one->tools, other->tools);
  assert_true(display_version(one) == display_version(two) && display_version(one) != display_version(other));
  assert_ptr_equal(catalog_server_by_id(c, STR("srv_1")), one); // made once
  catalog_release(c);
}

static void the_text_of_a_tool_is_written_once(void **state) {
  (void)state;
  add_server("srv_1", "acc_1", "{}", 0);
  struct catalog *c = rebuild();
  const struct catalog_server *v = catalog_server_by_id(c, STR("srv_1"));
  struct buf direct = BUF_MAX(1 << 20), first = BUF_MAX(1 << 20), second = BUF_MAX(1 << 20);
  for (size_t i = 0; i < v->tool_count; i++) {
    listing_write(&v->tools[i], &direct);
    display_add_listing(v, &v->tools[i], &first);
  }
  size_t bytes = display_bytes();
  for (size_t i = 0; i < v->tool_count; i++) display_add_listing(v, &v->tools[i], &second);
  assert_true(direct.n && str_eq(buf_str(&direct), buf_str(&first)));
  assert_true(str_eq(buf_str(&first), buf_str(&second)));
  assert_int_equal(display_bytes(), bytes);
  buf_free(&direct);
  buf_free(&first);
  buf_free(&second);
  catalog_release(c);
}

static void what_is_made_goes_with_its_last_catalog(void **state) {
  (void)state;
  add_server("srv_1", "acc_1", "{}", 0);
  struct catalog *c = rebuild();
  assert_int_equal(display_bytes(), 0); // nobody asked
  assert_non_null(catalog_server_by_id(c, STR("srv_1")));
  assert_true(display_bytes() > 0);
  catalog_close();
  const struct catalog_server *v = catalog_server_by_id(c, STR("srv_1")); // whoever holds it goes on
  assert_int_equal(v->tool_count, 3);
  catalog_release(c);
  assert_int_equal(display_bytes(), 0);
}

static void rows_come_by_id_from_anywhere(void **state) {
  (void)state;
  fresh_store_account("acc_2", "acc_2", "acme");
  add_server("srv_1", "acc_1", "{}", 0);
  add_server("srv_2", "acc_2", "{}", 0);
  add_server("srv_3", "acc_1", "{}", 0);
  struct catalog *c = rebuild();
  static const struct {
    const char *account, *after, *ids;
  } rows[] = {{"", "", "srv_1 srv_2 srv_3 "}, {"", "srv_1", "srv_2 srv_3 "}, {"acc_1", "", "srv_1 srv_3 "},
              {"acc_1", "srv_1", "srv_3 "},   {"acc_2", "", "srv_2 "},       {"acc_3", "", ""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char got[64] = "";
    struct catalog_rows w = catalog_rows(c, str_of(rows[i].account), str_of(rows[i].after));
    for (const struct server *row; (row = catalog_rows_next(&w));)
      snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s ", STR_ARG(row->id));
    if (strcmp(got, rows[i].ids)) fail_msg("'%s' behind '%s': %s", rows[i].account, rows[i].after, got);
  }
  assert_int_equal(catalog_server_count(c), 3);
  catalog_release(c);
}

static void rows_that_went_are_missed_on_every_page(void **state) {
  (void)state;
  enum { ROWS = SERVER_ROW_PAGE + 3 };
  for (int i = 0; i < ROWS; i++) add_server(arena_printf(arena, "srv_%04d", i).p, "acc_1", "{}", 0);
  struct catalog *c = rebuild();
  assert_int_equal(catalog_server_count(c), ROWS);
  catalog_release(c);
  fresh_store_sql(
      "DELETE FROM server WHERE id IN ('srv_0000', 'srv_0500', 'srv_0999', 'srv_1000', 'srv_1002')");
  c = rebuild();
  assert_int_equal(catalog_server_count(c), ROWS - 5);
  assert_null(catalog_server_by_id(c, STR("srv_0999")));
  assert_non_null(catalog_server_by_id(c, STR("srv_1001")));
  catalog_release(c);
  fresh_store_sql("DELETE FROM server");
  c = rebuild();
  assert_int_equal(catalog_server_count(c), 0);
  catalog_release(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_server_shows_what_its_filter_lets_through),
      TEST(tokens_hold_until_the_millisecond_they_expire),
      TEST(a_token_knows_when_it_was_last_used),
      TEST(a_server_has_several_urls),
      TEST(what_stayed_as_it_was_is_shared),
      TEST(a_new_import_changes_what_its_servers_list),
      TEST(one_bad_account_stops_no_other),
      TEST(a_vendors_tools_are_made_anew_when_they_changed),
      TEST(an_account_that_is_left_out_does_not_close_the_server),
      TEST(a_rebuild_that_fails_leaves_the_snapshot),
      TEST(servers_that_show_the_same_share_it),
      TEST(the_text_of_a_tool_is_written_once),
      TEST(what_is_made_goes_with_its_last_catalog),
      TEST(rows_come_by_id_from_anywhere),
      TEST(rows_that_went_are_missed_on_every_page),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

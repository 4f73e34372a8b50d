// SPDX-License-Identifier: Apache-2.0
// People as rows, links that let them in once, and sessions that end.
#include "../support/fresh_store.h"

#include "access/signin.h"
#include "base/clock.h"
#include "crypto/seal.h"

#define HOUR ((int64_t)3600 * 1000)

static const struct signin_browser browser = {
    .address = STR("192.0.2.7"), .agent = STR("Mozilla"), .lives_ms = HOUR};

static struct access_user add(const char *name, enum access_role role) {
  struct access_user u;
  struct err err;
  if (!user_create(store, str_of(name), role, arena, &u, &err)) fail_msg("%s", err.text);
  return u;
}

static struct signin enter(const struct access_user *u, const char *before, char cookie[TOKEN_TEXT]) {
  struct signin made;
  struct signin_browser at = browser;
  struct err err;
  char link[TOKEN_TEXT];
  if (before) at.before = str_of(before);
  if (!signin_make_link(store, u->self.id, HOUR, arena, link, &err) ||
      !signin_by_link(store, str_of(link), &at, arena, &made, cookie, &err))
    fail_msg("%s", err.text);
  return made;
}

static bool is_in(const char *cookie, int64_t idle) {
  struct signin v;
  struct err err;
  bool ok = signin_find(store, str_of(cookie), idle, arena, &v, &err);
  if (!ok) assert_int_equal(err.code, ERR_UNAUTHENTICATED);
  return ok;
}

static void people(void **state) {
  (void)state;
  struct access_user ada = add(" Ada ", ACCESS_ADMIN), *all, none;
  struct err err;
  size_t count;
  assert_true(str_is(ada.self.name, "Ada") && str_starts(ada.self.id, "usr_"));
  assert_false(user_create(store, STR("aDA"), ACCESS_ADMIN, arena, &none, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_false(user_create(store, STR("  "), ACCESS_ADMIN, arena, &none, &err));
  assert_false(user_create(store, STR("a\nb"), ACCESS_ADMIN, arena, &none, &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_true(user_list(store, arena, &all, &count, &err));
  assert_int_equal(count, 1);
  assert_ptr_equal(user_find(all, count, STR("ADA")), &all[0]);
  assert_ptr_equal(user_find(all, count, ada.self.id), &all[0]);
  assert_null(user_find(all, count, STR("")));
}

static void a_link_lets_in_once(void **state) {
  (void)state;
  struct access_user ada = add("ada", ACCESS_ADMIN);
  struct signin_link look;
  struct signin made, found;
  char link[TOKEN_TEXT], cookie[TOKEN_TEXT];
  struct err err;
  assert_true(signin_make_link(store, ada.self.id, HOUR, arena, link, &err));
  assert_true(str_starts(str_of(link), "psl_"));
  for (int i = 0; i < 2; i++) assert_true(signin_look(store, str_of(link), arena, &look, &err));
  assert_true(str_eq(look.user_id, ada.self.id));
  assert_true(signin_by_link(store, str_of(link), &browser, arena, &made, cookie, &err));
  assert_true(str_starts(str_of(cookie), "pss_"));
  assert_false(signin_by_link(store, str_of(link), &browser, arena, &made, cookie, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_false(signin_look(store, str_of(link), arena, &look, &err));
  assert_true(signin_find(store, str_of(cookie), HOUR, arena, &found, &err));
  assert_true(str_eq(found.user_id, ada.self.id) && str_is(found.address, "192.0.2.7"));
}

static void an_expired_link_lets_nobody_in(void **state) {
  (void)state;
  struct access_user ada = add("ada", ACCESS_ADMIN);
  struct signin made;
  char link[TOKEN_TEXT], cookie[TOKEN_TEXT];
  struct err err;
  assert_true(signin_make_link(store, ada.self.id, 0, arena, link, &err));
  assert_false(signin_by_link(store, str_of(link), &browser, arena, &made, cookie, &err));
  assert_int_equal(err.code, ERR_MISSING);
}

static void sessions_end(void **state) {
  (void)state;
  struct access_user ada = add("ada", ACCESS_ADMIN);
  char first[TOKEN_TEXT], second[TOKEN_TEXT], third[TOKEN_TEXT];
  struct err err;
  struct signin v = enter(&ada, NULL, first);
  assert_true(is_in(first, HOUR));
  assert_false(is_in(first, 0)); // not used for so long
  assert_false(is_in("pss_nothing", HOUR));
  assert_false(is_in("", HOUR));
  enter(&ada, first, second); // in the same browser: what it held before is dead
  assert_false(is_in(first, HOUR));
  assert_false(signin_end(store, v.id, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_true(is_in(second, HOUR));
  v = enter(&ada, NULL, third);
  assert_true(signin_end(store, v.id, &err));
  assert_false(is_in(third, HOUR));
  assert_true(is_in(second, HOUR));
  assert_true(signin_purge(store, clock_now_ms() + 2 * HOUR, 100 * HOUR, &err));
  assert_false(is_in(second, HOUR));
}

static void a_user_who_is_gone_leaves_nothing(void **state) {
  (void)state;
  struct access_user ada = add("ada", ACCESS_ADMIN);
  char cookie[TOKEN_TEXT];
  enter(&ada, NULL, cookie);
  fresh_store_sql("DELETE FROM console_user");
  assert_false(is_in(cookie, HOUR));
}

static void there_are_not_endlessly_many(void **state) {
  (void)state;
  struct access_user ada = add("ada", ACCESS_ADMIN);
  char cookie[TOKEN_TEXT];
  struct signin *all;
  struct err err;
  size_t count;
  for (int i = 0; i < SIGNIN_SESSIONS_MOST + 3; i++) enter(&ada, NULL, cookie);
  assert_true(signin_list(store, ada.self.id, HOUR, arena, &all, &count, &err));
  assert_int_equal(count, SIGNIN_SESSIONS_MOST);
  assert_true(signin_list(store, STR("usr_other"), HOUR, arena, &all, &count, &err));
  assert_int_equal(count, 0);
}

static bool set_password(struct store *s, void *arg, struct err *err) {
  return user_set_password(s, ((const struct access_user *)arg)->self.id, STR("$argon2id$kept"), arena, err);
}

// Neither text stands in the database; and who writes to that lets nobody in.
static void rows_are_hashes_and_stamped(void **state) {
  (void)state;
  struct seal_ring *ring;
  struct err err;
  struct store_rows rows;
  char cookie[TOKEN_TEXT], link[TOKEN_TEXT];
  struct access_user *all;
  struct signin_link look;
  size_t count;
  assert_true(seal_ring_from_text(
      STR("k1 1111111111111111111111111111111111111111111111111111111111111111\n"), &ring, &err));
  store_set_ring(store, ring);
  struct access_user ada = add("ada", ACCESS_CLIENT);
  enter(&ada, NULL, cookie);
  assert_true(signin_make_link(store, ada.self.id, HOUR, arena, link, &err));
  static const char *const tables[] = {"SELECT * FROM console_session", "SELECT * FROM console_link"};
  for (size_t t = 0; t < 2; t++) {
    assert_true(store_query(store, tables[t], NULL, 0, arena, &rows, &err));
    for (size_t i = 0; i < rows.count * rows.columns; i++) {
      assert_false(str_contains(rows.cells[i].text, str_of(cookie + 4)));
      assert_false(str_contains(rows.cells[i].text, str_of(link + 4)));
    }
  }
  fresh_store_sql("UPDATE console_session SET expires_at = expires_at + 1");
  assert_false(is_in(cookie, HOUR));
  fresh_store_sql("UPDATE console_session SET expires_at = expires_at - 1");
  assert_true(is_in(cookie, HOUR));
  fresh_store_sql("UPDATE console_link SET expires_at = expires_at + 1");
  assert_false(signin_look(store, str_of(link), arena, &look, &err));
  struct str kept;
  assert_true(store_transact(store, set_password, &ada, &err));
  assert_true(user_password(store, ada.self.id, arena, &kept, &err) && kept.n);
  fresh_store_sql("UPDATE console_password SET hash = '$argon2id$another'");
  assert_true(user_password(store, ada.self.id, arena, &kept, &err) && !kept.n);
  fresh_store_sql("UPDATE console_user SET role = 'admin'");
  assert_true(user_list(store, arena, &all, &count, &err));
  assert_int_equal(count, 0);
  store_set_ring(store, NULL);
  seal_ring_free(ring);
}

static struct access_user only(void) {
  struct access_user *all;
  struct err err;
  size_t count;
  assert_true(user_list(store, arena, &all, &count, &err));
  assert_int_equal(count, 1);
  return all[0];
}

static void passwords_and_roles(void **state) {
  (void)state;
  struct access_user ada = add("ada", ACCESS_VIEWER);
  char cookie[TOKEN_TEXT], link[TOKEN_TEXT];
  struct signin_link look;
  struct str kept;
  struct err err;
  assert_true(user_password(store, ada.self.id, arena, &kept, &err) && !kept.n);
  assert_false(only().has_password);
  enter(&ada, NULL, cookie);
  assert_true(signin_make_link(store, ada.self.id, HOUR, arena, link, &err));
  assert_true(store_transact(store, set_password, &ada, &err));
  assert_true(user_password(store, ada.self.id, arena, &kept, &err) && str_is(kept, "$argon2id$kept"));
  assert_true(only().has_password);
  assert_false(is_in(cookie, HOUR)); // what was open with the old one has ended
  assert_false(signin_look(store, str_of(link), arena, &look, &err));
  ada.self.role = ACCESS_ADMIN;
  assert_true(user_update(store, &ada, arena, &err));
  assert_int_equal(only().self.role, ACCESS_ADMIN);
  assert_int_equal(only().group_count, 0);
  const struct str groups[] = {STR("sales"), STR("/eu/ops, all")};
  ada.groups = groups;
  ada.group_count = 2;
  assert_true(user_update(store, &ada, arena, &err));
  struct access_user kept_ada = only();
  assert_int_equal(kept_ada.group_count, 2);
  assert_true(str_eq(kept_ada.groups[0], groups[0]) && str_eq(kept_ada.groups[1], groups[1]));
  ada.groups = &STR("two\nlines");
  ada.group_count = 1;
  assert_false(user_update(store, &ada, arena, &err)); // which would read as two groups
  assert_string_equal(err.field, "groups");
  ada.group_count = 0;
  assert_true(user_shut_out(store, ada.self.id, &err));
  assert_false(only().has_password);
  assert_true(user_delete(store, ada.self.id, &err));
  assert_false(user_delete(store, ada.self.id, &err));
  assert_false(user_update(store, &ada, arena, &err));
  assert_int_equal(err.code, ERR_MISSING);
}

#define ROW_TEST(name) cmocka_unit_test_setup_teardown(name, fresh_store_open, fresh_store_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      ROW_TEST(people),
      ROW_TEST(a_link_lets_in_once),
      ROW_TEST(an_expired_link_lets_nobody_in),
      ROW_TEST(sessions_end),
      ROW_TEST(a_user_who_is_gone_leaves_nothing),
      ROW_TEST(there_are_not_endlessly_many),
      ROW_TEST(passwords_and_roles),
      ROW_TEST(rows_are_hashes_and_stamped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

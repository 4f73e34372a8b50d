// SPDX-License-Identifier: Apache-2.0
// The URLs of a server as rows: which are there, in which order, and who wrote them.
#include "../support/fresh_store.h"

#include "catalog/server_row.h"
#include "crypto/seal.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"

static struct seal_ring *ring;

static int setup(void **state) {
  struct err err;
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  fresh_store_account("acc_1", "a", "tiny");
  return 0;
}

static int teardown(void **state) {
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static struct server_url url_of(const char *name) {
  struct server_url url = {.name = str_of(name), .created_at = 7};
  token_hash(str_of(name), url.hash); // its token is its name
  return url;
}

static void add(struct server *v, const char *name) {
  struct server_url url = url_of(name);
  v->urls = url_row_with(&v->urls, &url, arena);
}

static struct server_member member = {{"acc_1", 5}, {"", 0}};

static struct server sample(const char *id) {
  return (struct server){.id = str_of(id),
                         .name = STR("s"),
                         .members = &member,
                         .member_count = 1,
                         .config = STR("{}"),
                         .version = 1};
}

// "first laptop"; with the last use, where there was one: "first=5"
static struct str names_of(struct server_urls urls) {
  struct str text = STR_NONE;
  for (size_t i = 0; i < urls.count; i++) {
    const struct server_url *u = &urls.items[i];
    struct server_url wanted = url_of(arena_z(arena, u->name));
    assert_memory_equal(u->hash, wanted.hash, TOKEN_HASH);
    text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(u->name));
    if (u->used_at) text = arena_printf(arena, "%.*s=%d", STR_ARG(text), (int)u->used_at);
  }
  return text;
}

// Of the one that has this id, as the store has it.
static struct server stored(const char *id) {
  struct server *all;
  size_t count;
  struct err err;
  if (!server_row_load_all(store, arena, &all, &count, &err)) fail_msg("%s", err.text);
  for (size_t i = 0; i < count; i++)
    if (str_is(all[i].id, id)) return all[i];
  return (struct server){.name = STR("none")};
}

static void change(const struct server *v) {
  struct server next = *v;
  struct err err;
  next.version++;
  if (!server_row_update(store, &next, &err)) fail_msg("%s", err.text);
}

static void insert(const struct server *v) {
  struct err err;
  if (!server_row_insert(store, v, &err)) fail_msg("%s", err.text);
}

static void each_is_made_and_revoked_alone(void **state) {
  (void)state;
  struct server a = sample("srv_1"), b = sample("srv_2"), none = sample("srv_3");
  add(&a, "phone"), add(&a, URL_ROW_FIRST), add(&a, "laptop");
  add(&b, "desk");
  insert(&a), insert(&b), insert(&none);
  check_text(names_of(stored("srv_1").urls), "first laptop phone");
  check_text(names_of(stored("srv_2").urls), "desk"); // a first one was revoked, and is still
  check_text(names_of(stored("srv_3").urls), "");
  static const struct {
    const char *without, *left;
  } steps[] = {{"laptop", "first phone"}, {"first", "phone"}, {"first", "phone"}, {"phone", ""}};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct server v = stored("srv_1");
    v.urls = url_row_without(&v.urls, str_of(steps[i].without), arena);
    change(&v);
    check_text(names_of(stored("srv_1").urls), steps[i].left);
  }
  struct server v = stored("srv_1");
  add(&v, URL_ROW_FIRST); // as a rotation does
  change(&v);
  check_text(names_of(stored("srv_1").urls), "first");
}

static void a_use_is_noted_and_stays(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int64_t at;
    const char *then;
  } steps[] = {{"first", 5, "first=5 laptop"},
               {"laptop", 9, "first=5 laptop=9"},
               {"laptop", 8, "first=5 laptop=9"},
               {"gone", 9, "first=5 laptop=9"}};
  struct server v = sample("srv_1");
  struct err err;
  add(&v, URL_ROW_FIRST), add(&v, "laptop");
  insert(&v);
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct server_url url = url_of(steps[i].name);
    url.used_at = steps[i].at;
    assert_true(url_row_note_use(store, &url, &err));
    check_text(names_of(stored("srv_1").urls), steps[i].then);
  }
  v = stored("srv_1");
  change(&v); // of something else
  check_text(names_of(stored("srv_1").urls), "first=5 laptop=9");
}

// Who writes to the database without the key lets nobody in.
static void what_another_wrote_is_left_out(void **state) {
  (void)state;
  static const struct {
    const char *sql, *left;
  } cases[] = {
      {"UPDATE server_url SET token_hash = '00' || substr(token_hash, 3)", "first"},
      {"UPDATE server_url SET name = 'other'", "first"},
      {"UPDATE server_url SET server_id = 'srv_2'", "first"},
      {"UPDATE server_url SET stamp = ''", "first"},
      {"UPDATE server_url SET token_hash = 'zz'", "first"},
      {"UPDATE server_url SET used_at = 3", "first laptop=3"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct server a = sample("srv_1"), b = sample("srv_2");
    add(&a, URL_ROW_FIRST), add(&a, "laptop");
    insert(&a), insert(&b);
    fresh_store_sql(cases[i].sql);
    check_text(names_of(stored("srv_1").urls), cases[i].left);
    check_text(names_of(stored("srv_2").urls), "");
    fresh_store_sql("DELETE FROM server");
  }
  struct server v = sample("srv_1");
  insert(&v);
  fresh_store_sql("UPDATE server SET token_hash = 'revoked srv_2' WHERE id = 'srv_1'");
  check_text(stored("srv_1").name, "none");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_is_made_and_revoked_alone, setup, teardown),
      cmocka_unit_test_setup_teardown(a_use_is_noted_and_stays, setup, teardown),
      cmocka_unit_test_setup_teardown(what_another_wrote_is_left_out, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

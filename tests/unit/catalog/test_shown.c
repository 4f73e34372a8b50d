// SPDX-License-Identifier: Apache-2.0
// Servers over several accounts: prefixes, sharing, names that never meet. Accounts and toolsets are made by
// hand.
#include "../tool/fixture.h"
#include "catalog/listing.h"
#include "catalog/shown.h"

enum { ACCOUNTS = 3 };

static struct arena *arena;
static struct connector github = {.name = {"github", 6}, .alias = {"gh", 2}}, acme = {.name = {"acme", 4}};
static struct account accounts[ACCOUNTS];
static struct catalog_account owners[ACCOUNTS];

#define TOOL(name, class)                                                                                    \
  "{'name':'" name "','class':'" class "','read_only':true,'method':'GET','path':'/x','input':{'type':"      \
                                       "'object','properties':{'zone':{'type':'string'}},'required':['zone'" \
                                       "]},'sources':{'zone':'list_zones'}}"

static int setup(void **state) {
  (void)state;
  static const char *const names[ACCOUNTS] = {"Acme \"EU\"", "Acme US", "Other"};
  static const char *const sets[ACCOUNTS] = {TOOL("list_zones", "list") "," TOOL("get_zone", "get"),
                                             TOOL("list_zones", "list"), TOOL("list_things", "list")};
  arena = arena_new();
  for (size_t i = 0; i < ACCOUNTS; i++) {
    accounts[i] = (struct account){.id = arena_printf(arena, "acc_%zu", i), .name = str_of(names[i])};
    owners[i] = (struct catalog_account){
        .account = &accounts[i], .connector = i < 2 ? &github : &acme, .tools = fixture_set(arena, sets[i])};
  }
  return 0;
}

static int teardown(void **state) {
  (void)state;
  for (size_t i = 0; i < ACCOUNTS; i++) toolset_unref(owners[i].tools);
  arena_free(arena);
  return 0;
}

// A server over the first `count` accounts.
static struct catalog_server *over(size_t count, bool share) {
  static const char *const aliases[ACCOUNTS] = {"eu", "us", "other"};
  struct catalog_server *v = ARENA_NEW(arena, struct catalog_server);
  *v = (struct catalog_server){.arena = arena,
                               .server = {.member_count = count, .share = share, .filter = {.classes = ~0u}}};
  v->members = ARENA_ARRAY(arena, count, struct catalog_member);
  v->member_count = count;
  for (size_t i = 0; i < count; i++)
    v->members[i] = (struct catalog_member){
        .alias = str_of(count > 1 || share ? aliases[i] : ""), .account = &owners[i], .access = PERMIT_WRITE};
  shown_settle(v->members, count, share, (struct shown_before){0});
  shown_fill(v);
  return v;
}

static void check_names(struct catalog_server *v, const char *wanted) {
  struct buf names = BUF_MAX(4096);
  for (size_t i = 0; i < v->tool_count; i++) {
    buf_printf(&names, "%.*s ", STR_ARG(v->tools[i].name));
    assert_ptr_equal(map_get(&v->by_name, v->tools[i].name), &v->tools[i]);
  }
  fixture_is(buf_str(&names), wanted);
  buf_free(&names);
}

static struct str listed(const struct catalog_tool *t) {
  struct buf out = BUF_MAX(1 << 16);
  listing_write(t, &out);
  struct str text = arena_dup(arena, buf_str(&out));
  buf_free(&out);
  return text;
}

static void one_account_has_its_own_names(void **state) {
  (void)state;
  struct catalog_server *v = over(1, false);
  check_names(v, "get_zone list_zones ");
  assert_int_equal(v->tools[0].choice_count, 0);
  map_free(&v->by_name);
}

static void several_are_told_apart_by_their_aliases(void **state) {
  (void)state;
  struct catalog_server *v = over(3, false);
  check_names(v, "eu_get_zone eu_list_zones other_list_things us_list_zones ");
  fixture_has(listed(map_get(&v->by_name, STR("eu_get_zone"))), "From eu_list_zones");
  map_free(&v->by_name);
}

static void accounts_of_one_connector_share_their_tools(void **state) {
  (void)state;
  struct catalog_server *v = over(2, true);
  check_names(v, "get_zone list_zones ");
  const struct catalog_tool *list = map_get(&v->by_name, STR("list_zones")),
                            *get = map_get(&v->by_name, STR("get_zone"));
  assert_int_equal(list->choice_count, 2);
  assert_true(str_is(list->choices[1].alias, "us") && list->choices[1].account == &owners[1]);
  assert_ptr_equal(list->choices[1].tool, &owners[1].tools->tools[0]);
  fixture_has(listed(list), "\"enum\":[\"eu\",\"us\"]");
  fixture_has(listed(list), "\"required\":[\"account\",\"zone\"]");
  fixture_has(listed(list), "eu is Acme \\\"EU\\\"; us is Acme US");
  assert_int_equal(get->choice_count, 1); // one account has it: to be named, but need not be
  fixture_has(listed(get), "\"required\":[\"zone\"]");
  map_free(&v->by_name);
  v = over(3, true); // and beside another connector's
  check_names(v, "gh_get_zone gh_list_zones other_list_things ");
  map_free(&v->by_name);
}

// What a server shows when only some of its members are left.
static struct catalog_server *left_of(const struct catalog_server *v, const size_t *which, size_t count) {
  struct catalog_server *left = ARENA_NEW(arena, struct catalog_server);
  *left = (struct catalog_server){.arena = arena, .server = v->server, .member_count = count};
  left->members = ARENA_ARRAY(arena, count, struct catalog_member);
  for (size_t i = 0; i < count; i++) left->members[i] = v->members[which[i]];
  shown_fill(left);
  return left;
}

static void names_stay_when_accounts_are_deleted(void **state) {
  (void)state;
  static const struct {
    size_t over, which[2], count;
    const char *names;
  } cases[] = {
      {2, {0}, 1, "get_zone list_zones "},                            // the last of a connector
      {3, {0, 1}, 2, "gh_get_zone gh_list_zones "},                   // the other connector's has gone
      {3, {0, 2}, 2, "gh_get_zone gh_list_zones other_list_things "}, // one of those that share
      {3, {1}, 1, "gh_list_zones "},
      {3, {2}, 1, "other_list_things "},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct catalog_server *v = over(cases[i].over, true);
    struct catalog_server *left = left_of(v, cases[i].which, cases[i].count);
    check_names(left, cases[i].names);
    map_free(&left->by_name);
    map_free(&v->by_name);
  }
}

static void names_stay_when_accounts_come(void **state) {
  (void)state;
  struct catalog_server *v = over(2, true);
  struct shown_before before = {v->members, 1}; // one of two was deleted
  struct catalog_member now[] = {{.account = &owners[1]}, {.account = &owners[2], .access = PERMIT_WRITE}};
  shown_settle(now, 2, true, before);
  assert_int_equal(now[0].names, SERVER_NAMES_SHARED); // as the one that is there
  assert_int_equal(now[1].names, SERVER_NAMES_OWN);
  shown_settle(now, 2, true, (struct shown_before){0});
  assert_int_equal(now[0].names, SERVER_NAMES_OWN); // alone of its connector from the first
  shown_settle(now, 2, false, before);
  assert_int_equal(now[0].names, SERVER_NAMES_OWN);
  map_free(&v->by_name);
}

static void a_tool_with_an_argument_of_that_name_is_not_shared(void **state) {
  (void)state;
  toolset_unref(owners[1].tools);
  owners[1].tools = fixture_set(arena, "{'name':'list_zones','class':'list','read_only':true,'method':'GET','"
                                       "path':'/x','input':{'type':'object',"
                                       "'properties':{'account':{'type':'string'}}}}");
  struct catalog_server *v = over(2, true);
  check_names(v, "get_zone list_zones us_list_zones ");
  map_free(&v->by_name);
}

static void what_is_not_served_is_not_shown(void **state) {
  (void)state;
  owners[0].tools->tools[0].served = false;
  struct catalog_server *v = over(2, true);
  const struct catalog_tool *list = map_get(&v->by_name, STR("list_zones"));
  assert_true(list && list->choice_count == 1 && str_is(list->choices[0].alias, "us"));
  map_free(&v->by_name);
}

static void filters_take_either_name(void **state) {
  (void)state;
  struct catalog_server *v = over(3, false);
  struct str globs[] = {STR("us_*"), STR("get_*")};
  map_free(&v->by_name);
  v->server.filter.tools = globs;
  v->server.filter.tool_count = 2;
  v->tool_count = 0;
  shown_fill(v);
  check_names(v, "eu_get_zone us_list_zones ");
  map_free(&v->by_name);
}

static void names_are_short_stable_and_their_own(void **state) {
  (void)state;
  char a[SHOWN_NAME_MOST + 1], b[SHOWN_NAME_MOST + 1], long_name[128];
  memset(long_name, 'n', sizeof long_name);
  struct str one = str_make(long_name, 128), two = str_make(long_name, 127);
  struct str cut = shown_name(STR("eu"), one, a), other = shown_name(STR("eu"), two, b);
  assert_int_equal(cut.n, SHOWN_NAME_MOST);
  assert_true(str_starts(cut, "eu_nnnn") && !str_eq(cut, other));
  struct str again = shown_name(STR("eu"), one, b);
  assert_true(str_eq(cut, again));
  assert_int_equal(shown_name(STR_NONE, one, a).n, SHOWN_NAME_MOST);
  assert_true(shown_name(STR("eu"), str_make(long_name, 57), a).n == SHOWN_NAME_MOST);
}

static void every_host_takes_the_names(void **state) {
  (void)state;
  static const struct {
    const char *alias, *name, *shown;
  } cases[] = {{"", "list-zones_2", "list-zones_2"},
               {"", "photo.search", "photo_search"},
               {"", "photo:list", "photo_list"},
               {"", "photo/list", "photo_list"},
               {"", "list zones", "list_zones"},
               {"", "a.._b", "a__b"},
               {"", "get_\xc3\xa9t\xc3\xa9", "get_t_"},
               {"gh", "photo.search", "gh_photo_search"},
               {"", "\xe6\x95\xb0", "tool_"}};
  char text[SHOWN_NAME_MOST + 1];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str got = shown_name(str_of(cases[i].alias), str_of(cases[i].name), text);
    if (!str_starts(got, cases[i].shown)) fail_msg("%s is \"%.*s\"", cases[i].name, STR_ARG(got));
    if (i + 1 < sizeof cases / sizeof *cases) assert_int_equal(got.n, strlen(cases[i].shown));
  }
  // Whose name needs no change keeps it, wherever it stands in the list.
  struct toolset *kept = owners[2].tools;
  owners[2].tools = fixture_set(
      arena, TOOL("photo.search", "list") "," TOOL("photo_search", "list") "," TOOL("photo:search", "get"));
  accounts[2].name = STR("Other");
  struct catalog_server *v = ARENA_NEW(arena, struct catalog_server);
  *v = (struct catalog_server){.arena = arena, .server = {.member_count = 1, .filter = {.classes = ~0u}}};
  v->members = ARENA_ARRAY(arena, 1, struct catalog_member);
  v->members[0] = (struct catalog_member){.alias = STR(""), .account = &owners[2], .access = PERMIT_WRITE};
  v->member_count = 1;
  shown_fill(v);
  assert_int_equal(v->tool_count, 3);
  const struct catalog_tool *own = map_get(&v->by_name, STR("photo_search"));
  assert_true(own && str_is(own->tool->name, "photo_search"));
  for (size_t i = 0; i < 3; i++) assert_true(str_starts(v->tools[i].name, "photo_search"));
  map_free(&v->by_name);
  toolset_unref(owners[2].tools);
  owners[2].tools = kept;
}

static void aliases_are_words_that_never_meet(void **state) {
  (void)state;
  static const struct {
    const char *name, *alias;
  } made[] = {{"Acme, Inc. (EU)", "acme_inc_eu"},
              {"42 things", "things"},
              {"---", "account"},
              {"", "account"},
              {"\xc3\x9c"
               "ber",
               "ber"},
              {"a name that is much too long for it", "a_name_that_is_much_too"}};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
    fixture_is(shown_alias(str_of(made[i].name), arena), made[i].alias);
    assert_true(shown_alias_is_good(str_of(made[i].alias)));
  }
  static const char *const bad[] = {
      "", "A", "1a", "a-b", "a__b", "a_", "_a", "a b", "abcdefghijklmnopqrstuvwxy"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(shown_alias_is_good(str_of(bad[i])));
  assert_true(shown_aliases_clash(STR("acme"), STR("acme_eu")) && shown_aliases_clash(STR("a"), STR("a")));
  assert_false(shown_aliases_clash(STR("acme"), STR("acme2")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(one_account_has_its_own_names),
      TEST(several_are_told_apart_by_their_aliases),
      TEST(accounts_of_one_connector_share_their_tools),
      TEST(names_stay_when_accounts_are_deleted),
      TEST(names_stay_when_accounts_come),
      TEST(a_tool_with_an_argument_of_that_name_is_not_shared),
      TEST(what_is_not_served_is_not_shown),
      TEST(filters_take_either_name),
      TEST(names_are_short_stable_and_their_own),
      TEST(every_host_takes_the_names),
      TEST(aliases_are_words_that_never_meet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

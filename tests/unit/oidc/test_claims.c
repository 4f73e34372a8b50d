// SPDX-License-Identifier: Apache-2.0
// What claims come to, in the shapes that providers send them: who, groups, role.
#include "../support/check.h"

#include "data/json.h"
#include "oidc/claims.h"

static struct arena *arena;
static struct err err;
static struct provider provider;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  provider = (struct provider){.groups_claim = STR("groups")};
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void rules(const char *json) {
  if (!provider_read_rules(str_of(json), arena, &provider, &err)) fail_msg("%s", err.text);
}

static bool read_both(const char *token, const char *userinfo, struct claims_person *out) {
  yyjson_doc *t, *u = NULL;
  if (!json_read(str_of(token), &JSON_LIMITS, &t, &err)) fail_msg("%s", err.text);
  if (userinfo && !json_read(str_of(userinfo), &JSON_LIMITS, &u, &err)) fail_msg("%s", err.text);
  bool ok = claims_read(&provider, yyjson_doc_get_root(t), yyjson_doc_get_root(u), arena, out, &err);
  yyjson_doc_free(t);
  yyjson_doc_free(u);
  return ok;
}

static struct claims_person read(const char *token) {
  struct claims_person p = {0};
  if (!read_both(token, NULL, &p)) fail_msg("%s: %s", token, err.text);
  return p;
}

static struct str groups(const struct claims_person *p) {
  struct str all = STR("");
  for (size_t i = 0; i < p->group_count; i++)
    all = arena_printf(arena, "%.*s%.*s;", STR_ARG(all), STR_ARG(p->groups[i]));
  return all;
}

static void groups_in_every_shape(void **state) {
  (void)state;
  static const struct {
    const char *path, *token, *groups;
  } rows[] = {
      {"groups", "{\"groups\":[\"a\",\"b\",\"a\"]}", "a;b;"}, // Okta
      {"groups", "{\"groups\":\"a\"}", "a;"},
      {"groups", "{\"groups\":[\"/staff/platform\"]}", "/staff/platform;"}, // Keycloak's mapper
      {"groups", "{\"groups\":[1,null,{},\"a\",\"\"]}", "a;"},
      {"groups", "{}", ""},
      {"groups", "{\"groups\":null}", ""},
      {"realm_access.roles", "{\"realm_access\":{\"roles\":[\"a\"]}}", "a;"}, // Keycloak
      {"resource_access.my.app.roles", "{\"resource_access\":{\"my.app\":{\"roles\":[\"a\"]}}}", "a;"},
      {"https://corp.example/groups", "{\"https://corp.example/groups\":[\"a\"]}", "a;"}, // Auth0
      {"https://corp.example/x.y", "{\"https://corp.example/x\":{\"y\":[\"b\"]}}", "b;"},
      {"urn:zitadel:iam:org:project:roles",
       "{\"urn:zitadel:iam:org:project:roles\":{\"a\":{\"1\":\"x\"},\"b\":false}}", "a;"},
      {"groups", "{\"groups\":[\"a\\u0000b\",\"a\\nb\",\"c\"]}", "c;"}, // none that a rule could name
      {"", "{\"groups\":[\"a\"]}", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    provider.groups_claim = str_of(rows[i].path);
    struct claims_person p = read(rows[i].token);
    if (!str_is(groups(&p), rows[i].groups))
      fail_msg("%s of %s: \"%.*s\", not \"%s\"", rows[i].path, rows[i].token, STR_ARG(groups(&p)),
               rows[i].groups);
  }
}

static void groups_that_were_left_out_refuse(void **state) {
  (void)state;
  static const char *const entra[] = {"{\"_claim_names\":{\"groups\":\"src1\"},\"_claim_sources\":{\"src1\":{"
                                      "\"endpoint\":\"https://graph.example\"}}}",
                                      "{\"hasgroups\":true}", "{\"hasgroups\":\"true\"}"};
  struct claims_person p;
  for (size_t i = 0; i < sizeof entra / sizeof *entra; i++) {
    assert_false(read_both(entra[i], NULL, &p));
    assert_int_equal(err.code, ERR_DENIED);
    check_has(err.text, "left this person's groups out");
  }
  assert_true(read_both("{\"hasgroups\":false}", NULL, &p));
  provider.groups_claim = STR("roles"); // of the application, which are never left out
  p = read("{\"hasgroups\":true,\"roles\":[\"a\"]}");
  check_text(groups(&p), "a;");
  provider.groups_claim = STR("groups");
  assert_false(read_both("{\"groups\":7}", NULL, &p));
  check_has(err.text, "neither a text");
  struct buf many = BUF_MAX(1 << 20);
  buf_add_z(&many, "{\"groups\":[\"x\"");
  for (int i = 0; i < USER_GROUPS_MOST; i++) buf_printf(&many, ",\"g%d\"", i);
  buf_add_z(&many, "]}");
  assert_false(read_both(arena_z(arena, buf_str(&many)), NULL, &p));
  check_has(err.text, "more than 200 groups");
  buf_free(&many);
}

static void rules_say_who_and_what(void **state) {
  (void)state;
  rules("[{\"group\":\"eng\",\"role\":\"editor\"},{\"group\":\"ops\",\"role\":\"admin\"},"
        "{\"domain\":\"corp.example\",\"role\":\"viewer\"}]");
  static const struct {
    const char *token;
    int role; // -1: not let in
  } rows[] = {
      {"{\"groups\":[\"eng\"]}", ACCESS_EDITOR},
      {"{\"groups\":[\"eng\",\"ops\"]}", ACCESS_ADMIN}, // the highest
      {"{\"groups\":[\"Eng\"]}", -1},                   // case counts
      {"{\"groups\":[\"eng \"]}", -1},
      {"{\"email\":\"a@corp.example\",\"email_verified\":true}", ACCESS_VIEWER},
      {"{\"email\":\"a@CORP.example\",\"email_verified\":\"true\"}", ACCESS_VIEWER},
      {"{\"email\":\"a@corp.example\",\"email_verified\":false}", -1},
      {"{\"email\":\"a@corp.example\",\"email_verified\":1}", -1},
      {"{\"email\":\"a@corp.example\"}", -1},
      {"{\"email\":\"a@evil.corp.example\",\"email_verified\":true}", -1},
      {"{\"email\":\"a@evilcorp.example\",\"email_verified\":true}", -1},
      {"{\"email\":\"a@corp.example@evil.example\",\"email_verified\":true}", -1},
      {"{\"email\":\"a@evil.example@corp.example\",\"email_verified\":true}",
       -1}, // which of them is the domain?
      {"{\"email\":\"@corp.example\",\"email_verified\":true}", -1},
      {"{\"hd\":\"corp.example\"}", ACCESS_VIEWER}, // Google
      {"{\"hd\":\"evil.example\",\"email\":\"a@x.example\",\"email_verified\":true}", -1},
      {"{}", -1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct claims_person p = read(rows[i].token);
    int role = p.admitted ? (int)p.role : -1;
    if (role != rows[i].role) fail_msg("%s: %d, not %d", rows[i].token, role, rows[i].role);
  }
  rules("[]");
  assert_false(read("{\"groups\":[\"eng\"]}").admitted);
  rules("[{\"everyone\":true,\"role\":\"viewer\"}]");
  assert_true(read("{}").admitted);
}

static void a_prefix_keeps_providers_apart(void **state) {
  (void)state;
  provider.group_prefix = STR("agency/");
  rules("[{\"group\":\"ops\",\"role\":\"editor\"}]");
  struct claims_person p = read("{\"groups\":[\"ops\"]}");
  check_text(groups(&p), "agency/ops;");
  assert_true(p.admitted);
}

static void userinfo_fills_in(void **state) {
  (void)state;
  struct claims_person p;
  rules("[{\"domain\":\"corp.example\",\"role\":\"viewer\"}]");
  assert_true(read_both(
      "{\"sub\":\"1\"}",
      "{\"sub\":\"1\",\"groups\":[\"a\"],\"email\":\"a@corp.example\",\"email_verified\":true}", &p));
  check_text(groups(&p), "a;");
  check_text(p.name, "a@corp.example");
  assert_true(p.admitted);
  // The word on an address comes with it, and never from the other document.
  assert_true(read_both("{\"sub\":\"1\",\"email\":\"a@corp.example\"}", "{\"email_verified\":true}", &p));
  assert_false(p.email_verified || p.admitted);
  assert_true(read_both("{\"sub\":\"1\",\"email_verified\":true}", "{\"email\":\"a@corp.example\"}", &p));
  assert_false(p.email_verified || p.admitted);
  assert_true(read_both("{\"sub\":\"1\",\"groups\":[\"a\"]}", "{\"groups\":[\"b\"]}", &p));
  check_text(groups(&p), "a;"); // what is signed goes before
}

static void names_for_people(void **state) {
  (void)state;
  check_text(read("{\"sub\":\"1\",\"email\":\"a@b.example\",\"preferred_username\":\"al\"}").name,
             "al"); // nobody vouches
  check_text(read("{\"sub\":\"1\",\"email\":\"a@b.example\",\"email_verified\":true,\"name\":\"Al\"}").name,
             "a@b.example");
  check_text(read("{\"sub\":\"1\",\"name\":\"A\\u0007l\"}").name, "1");
  check_text(read("{\"sub\":\"1\"}").name, "1");
}

static void rules_that_are_none(void **state) {
  (void)state;
  static const struct {
    const char *json, *field;
  } rows[] = {
      {"{}", "rules"},
      {"[7]", "/rules/0"},
      {"[{\"role\":\"admin\"}]", "/rules/0"},
      {"[{\"group\":\"a\",\"domain\":\"b\",\"role\":\"admin\"}]", "/rules/0"},
      {"[{\"group\":\"a\",\"everyone\":true,\"role\":\"admin\"}]", "/rules/0"},
      {"[{\"everyone\":false,\"role\":\"admin\"}]", "/rules/0"},
      {"[{\"group\":\"a\",\"role\":\"admin\"},{\"group\":\"\",\"role\":\"admin\"}]", "/rules/1/group"},
      {"[{\"group\":7,\"role\":\"admin\"}]", "/rules/0/group"},
      {"[{\"group\":\"a\",\"role\":\"client\"}]", "/rules/0/role"},
      {"[{\"group\":\"a\"}]", "/rules/0/role"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (provider_read_rules(str_of(rows[i].json), arena, &provider, &err))
      fail_msg("%s was taken", rows[i].json);
    if (strcmp(err.field, rows[i].field) != 0)
      fail_msg("%s: at %s, not %s", rows[i].json, err.field, rows[i].field);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(groups_in_every_shape, setup, teardown),
      cmocka_unit_test_setup_teardown(groups_that_were_left_out_refuse, setup, teardown),
      cmocka_unit_test_setup_teardown(rules_say_who_and_what, setup, teardown),
      cmocka_unit_test_setup_teardown(a_prefix_keeps_providers_apart, setup, teardown),
      cmocka_unit_test_setup_teardown(userinfo_fills_in, setup, teardown),
      cmocka_unit_test_setup_teardown(names_for_people, setup, teardown),
      cmocka_unit_test_setup_teardown(rules_that_are_none, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

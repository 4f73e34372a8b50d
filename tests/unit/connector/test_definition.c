// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "connector/connector.h"
#include "data/json.h"
#include "set_fixture.h"

static const char whole[] = "name: tiny-co\n"
                            "label: Tiny\n"
                            "kind: rest\n"
                            "base_url: https://api.example.com/v1/\n"
                            "auth:\n"
                            "  - id: token\n"
                            "    fields: [{name: token, label: API token, secret: true}]\n"
                            "    send: [{in: bearer, value: \"{token}\"}]\n"
                            "  - id: pair\n"
                            "    fields: [{name: user}, {name: password, secret: true}]\n"
                            "    send:\n"
                            "      - {in: basic, user: \"{user}\", password: \"{password}\"}\n"
                            "      - {in: query, name: v, value: \"2\"}\n"
                            "      - {in: header, name: X-User, value: \"u={user};\"}\n"
                            "verify: [{method: GET, path: /me, expect: {at: /status, is: on}}]\n"
                            "context:\n"
                            "  - name: account_id\n"
                            "    list: {method: GET, path: /accounts, rows: /result, id: /id, title: /name}\n"
                            "  - {name: region}\n"
                            "envelope: {ok: /success, errors: /errors, code: /code, message: /message}\n"
                            "rename_parameters: {zid: zone_id}\n"
                            "tags: [{path: \"/a/**\", add: [x]}]\n"
                            "operations: {\"GET /a\": {class: list, read_only: true}}\n"
                            "errors:\n"
                            "  - {status: 403, code: 10000, hint: first}\n"
                            "  - {status: 403, hint: second}\n";

static void everything_is_read(void **state) {
  (void)state;
  struct connector_set *set = empty();
  struct err err;
  if (!connector_set_add(set, str_of(whole), &err)) fail_msg("%s %s", err.field, err.text);
  const struct connector *c = connector_find(set, STR("tiny-co"));
  assert_non_null(c);
  assert_true(c->imported);
  assert_int_equal(c->kind, CONNECTOR_REST);
  assert_true(str_is(c->base_url, "https://api.example.com/v1"));
  assert_int_equal(c->way_count, 2);
  assert_true(connector_way_find(c, STR_NONE) == &c->ways[0]);
  assert_true(connector_way_find(c, STR("pair")) == &c->ways[1]);
  assert_null(connector_way_find(c, STR("none")));
  assert_true(c->ways[0].fields[0].secret);
  assert_true(str_is(c->ways[0].label, "token"));
  assert_int_equal(c->ways[1].send_count, 3);
  assert_int_equal(c->ways[1].sends[0].in, CONNECTOR_BASIC);
  assert_true(str_is(c->ways[1].sends[2].value, "u={user};"));
  assert_int_equal(c->verify_count, 1);
  assert_true(str_is(c->verify[0].path, "/me"));
  assert_true(str_is(c->verify[0].expect_at, "/status") && str_is(c->verify[0].expect, "on"));
  assert_int_equal(c->context_count, 2);
  assert_true(str_is(c->contexts[0].rows, "/result"));
  assert_int_equal(c->contexts[1].list.path.n, 0);
  assert_true(str_is(c->envelope.message, "/message"));
  assert_int_equal(c->hint_count, 2);
  assert_int_equal(c->hints[0].code, 10000);
  assert_int_equal(c->hints[1].code, -1);
  assert_non_null(json_at(c->word, STR("/rename_parameters/zid")));
  assert_int_equal(c->digest.n, 64);
  connector_set_free(set);
}

// Each slip is made in the good text: what stands there, what instead, and what the error says where.
static void slips_name_line_and_key(void **state) {
  (void)state;
  static const struct {
    const char *was, *is, *says, *hint;
    int line;
  } slips[] = {
      {"label: Tiny", "labl: Tiny", "no key 'labl'", "'label'", 2},
      {"label: Tiny", "zzzzzzz: Tiny", "no key 'zzzzzzz'", "its keys are name, label", 2},
      {"kind: rest", "kind: soap", "'soap', not one of rest, mcp", NULL, 3},
      {"name: tiny-co", "name: Tiny_Co", "'name' is 'Tiny_Co'", NULL, 1},
      {"https://api.example.com/v1/", "ftp://x", "'base_url'", NULL, 4},
      {"https://api.example.com/v1/", "https://x/?a=b", "query", NULL, 4},
      {"label: API token, secret", "lable: API token, secret", "no key 'lable'", "'label'", 7},
      {"\"{token}\"", "\"{tokn}\"", "{tokn}, which is not among the fields", NULL, 8},
      {"\"{token}\"", "\"{token\"", "not closed", NULL, 8},
      {"\"{token}\"", "\"{token}\\r\\nX: y\"", "no header may have", NULL, 8},
      {"id: pair", "id: token", "two ways have the id 'token'", NULL, 9},
      {"[{name: user}", "[{name: password}", "two fields", NULL, 10},
      {"in: query, name: v", "in: query", "'name' is missing", NULL, 13},
      {"in: basic, user: \"{user}\"", "in: basic, value: \"{user}\"", "basic has no key 'value'", NULL, 12},
      {"name: X-User", "name: \"X User\"", "cannot be the name of a header", NULL, 14},
      {"path: /me", "path: me", "must start with '/'", NULL, 15},
      {"method: GET, path: /me", "method: DELETE, path: /me", "not one of GET, HEAD, POST", NULL, 15},
      {"at: /status", "at: status", "a JSON pointer starts with '/'", NULL, 15},
      {", is: on", "", "'is' is missing", NULL, 15},
      {"id: /id", "id: id", "a JSON pointer starts with '/'", NULL, 18},
      {"{ok: /success", "{okay: /success", "envelope has no key 'okay'", "'ok'", 20},
      {"{zid: zone_id}", "{zid: 3}", "'zid' is renamed to no text", NULL, 21},
      {"add: [x]", "add: x", "'add' must be a list", NULL, 22},
      {"class: list", "class: lists", "'lists', not one of list", NULL, 23},
      {"\"GET /a\"", "\"/a\"", "\"METHOD /path\"", NULL, 23},
      {"status: 403, code: 10000", "status: 4030, code: 10000", "not an HTTP status", NULL, 25},
      {"hint: second", "hint: 2", "'hint' must be text", NULL, 26},
  };
  struct connector_set *set = empty();
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    char text[sizeof whole + 256], field[64];
    const char *at = strstr(whole, slips[i].was);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, slips[i].is, at + strlen(slips[i].was));
    struct err err = {0};
    assert_false(connector_set_add(set, str_of(text), &err));
    assert_int_equal(err.code, ERR_INVALID);
    if (!strstr(err.text, slips[i].says)) fail_msg("%s: %s", slips[i].is, err.text);
    if (slips[i].hint && !strstr(err.hint, slips[i].hint)) fail_msg("%s: %s", slips[i].is, err.hint);
    snprintf(field, sizeof field, "connector:%d", slips[i].line);
    if (strcmp(err.field, field) != 0) fail_msg("%s: %s, not %s", slips[i].is, err.field, field);
  }
  size_t at = 0;
  assert_null(connector_next(set, &at));
  connector_set_free(set);
}

static void what_is_missing_is_said(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      "[]",
      "a: b",
      "name: x\nlabel: X\nkind: rest\nbase_url: https://x.example\n",
      "name: x\nlabel: X\nkind: rest\nbase_url: https://x.example\nauth: []\n",
      "name: x\nlabel: X\nkind: rest\nbase_url: https://x.example\nauth: [{id: a}]\n",
      "name: [\n"};
  struct connector_set *set = empty();
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err err = {0};
    assert_false(connector_set_add(set, str_of(bad[i]), &err));
    assert_true(err.text[0] && err.field[0]);
  }
  connector_set_free(set);
}

#define HEAD "name: x\nlabel: X\nkind: rest\nbase_url: https://x.example\nauth:\n"

static void client_credentials_are_read(void **state) {
  (void)state;
  struct connector_set *set = empty();
  struct err err;
  if (!connector_set_add(
          set,
          STR(HEAD
              "  - id: own\n    client_credentials: {token_url: https://a.example/t, scope: r w, method: "
              "client_secret_post, audience: me, resource: https://x.example, token_type: access}\n"
              "    fields: [{name: key, secret: true}]\n"
              "    send: [{in: header, name: X-Key, value: \"{key}/{client_id}\"}]\n"
              "  - {id: signed, client_credentials: {token_url: https://a.example/t, method: "
              "private_key_jwt}}\n"),
          &err))
    fail_msg("%s %s", err.field, err.text);
  const struct connector_way *w = connector_find(set, STR("x"))->ways;
  assert_int_equal(w[0].auth, CONNECTOR_AUTH_CLIENT);
  assert_true(str_is(w[0].client.token_url, "https://a.example/t") && str_is(w[0].oauth.scope, "r w"));
  assert_true(str_is(w[0].client.method, "client_secret_post") && str_is(w[0].client.audience, "me"));
  assert_true(str_is(w[0].client.resource, "https://x.example") && str_is(w[0].oauth.token_type, "access"));
  assert_int_equal(w[0].field_count, 3);
  assert_true(str_is(w[0].fields[0].name, "client_id") && !w[0].fields[0].secret);
  assert_true(str_is(w[0].fields[1].name, "client_secret") && w[0].fields[1].secret);
  assert_true(str_is(w[0].fields[2].name, "key") && w[0].send_count == 1);
  assert_true(str_is(w[1].fields[1].name, "private_key") && w[1].fields[1].lines);
  connector_set_free(set);
}

static void client_credentials_that_cannot_be(void **state) {
  (void)state;
  static const char *const bad[] = {
      HEAD "  - {id: a, client_credentials: {}}\n",
      HEAD "  - {id: a, client_credentials: {token_url: ftp://a.example}}\n",
      HEAD "  - {id: a, client_credentials: {token_url: https://a.example, method: none}}\n",
      HEAD "  - {id: a, client_credentials: {token_url: https://a.example}, fields: [{name: client_id}]}\n",
      HEAD "  - {id: a, client_credentials: {token_url: https://a.example}, fields: [{name: token_url}]}\n",
      HEAD "  - {id: a, client_credentials: {token_url: https://a.example}, send: [{in: bearer, value: "
           "\"{client_id}\"}]}\n",
      HEAD "  - {id: a, client_credentials: {token_url: https://a.example}, send: [{in: header, name: "
           "authorization, value: "
           "x}]}\n",
      HEAD "  - {id: a, client_credentials: {token_url: https://a.example}, send: [{in: header, name: "
           "\"{client_id}\", "
           "value: x}]}\n",
      "name: x\nlabel: X\nkind: mcp\nbase_url: https://x.example\nauth:\n  - {id: a, client_credentials: "
      "{token_url: "
      "https://a.example}}\n"};
  struct connector_set *set = empty();
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err err = {0};
    if (connector_set_add(set, str_of(bad[i]), &err)) fail_msg("taken: %s", bad[i]);
    assert_true(err.text[0] && err.field[0]);
  }
  connector_set_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_is_read),
      cmocka_unit_test(slips_name_line_and_key),
      cmocka_unit_test(what_is_missing_is_said),
      cmocka_unit_test(client_credentials_are_read),
      cmocka_unit_test(client_credentials_that_cannot_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

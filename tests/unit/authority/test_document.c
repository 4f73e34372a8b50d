// SPDX-License-Identifier: Apache-2.0
// Clients that are known by an address: which text is one, what a document there says, and whose are carried.
#include "../support/check.h"

#include "authority/carried.h"
#include "authority/document.h"

#define ID "https://app.example/client.json"

static void an_address_has_one_reading(void **state) {
  (void)state;
  static const char *const good[] = {ID, "https://app.example:8443/a?b=c", "https://[2001:db8::1]/c"};
  static const char *const bad[] = {"",
                                    "cli_1",
                                    "https://app.example",
                                    "https://app.example/",
                                    "http://app.example/client.json",
                                    "HTTPS://app.example/client.json",
                                    "https://u@app.example/client.json",
                                    ID "#x",
                                    "https://app.example/./client.json",
                                    "https://app.example/a/../client.json",
                                    "https://app.example/%2e%2e/client.json",
                                    "https://app.example\\client.json",
                                    "https://app.example/ client.json"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!authority_document_is_id(str_of(good[i]))) fail_msg("refused %s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (authority_document_is_id(str_of(bad[i]))) fail_msg("took %s", bad[i]);
}

static void a_document_is_its_own(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct authority_client c;
  struct err err;
  assert_true(authority_document_read(
      STR("{\"client_id\":\"" ID "\",\"client_name\":\"\xe2\x80\xaeIt\xc2\x85 self\",\"grant_types\":[\"x\"],"
          "\"redirect_uris\":[\"https://app.example/"
          "cb\"],\"token_endpoint_auth_method\":\"private_key_jwt\"}"),
      STR(ID), a, &c, &err));
  check_text(c.id, ID);
  check_text(c.name, "It  self");
  check_text(c.redirects[0], "https://app.example/cb");
  static const struct {
    const char *text, *why;
  } bad[] = {
      {"{", "no JSON"},
      {"[]", "client_id in it is another"},
      {"{\"client_id\":\"" ID "/\",\"redirect_uris\":[\"https://app.example/cb\"]}", "another"},
      {"{\"client_id\":\"" ID "\"}", "1 to 10 redirect URIs"},
      {"{\"client_id\":\"" ID "\",\"redirect_uris\":[\"http://app.example/cb\"]}", "loopback"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(authority_document_read(str_of(bad[i].text), STR(ID), a, &c, &err));
    assert_int_equal(err.code, ERR_UNPROCESSABLE);
    check_has(err.text, bad[i].why);
  }
  arena_free(a);
}

static void some_are_carried_and_none_beside_them(void **state) {
  (void)state;
  static const char *const ids[] = {
      "https://claude.ai/oauth/claude-code-client-metadata",
      "https://claude.ai/oauth/mcp-oauth-client-metadata", "https://chatgpt.com/oauth/codex/client.json",
      "https://chatgpt.com/oauth/client.json", "https://vscode.dev/oauth/client-metadata.json"};
  struct arena *a = arena_new();
  struct authority_client c;
  struct err err;
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    assert_true(authority_document_is_id(str_of(ids[i])));
    assert_true(carried_client(str_of(ids[i]), a, &c));
    assert_true(c.kind == CLIENT_DOCUMENT && c.name.n && c.redirect_count >= 1 && c.created_at > 0);
    check_text(c.id, ids[i]);
    for (size_t k = 0; k < c.redirect_count; k++)
      if (!redirect_judge(c.redirects[k], &err)) fail_msg("%s: %s", ids[i], err.text);
    assert_false(carried_client(ARENA_JOIN(a, str_of(ids[i]), STR("/")), a, &c));
    assert_false(carried_client(str_make(ids[i], strlen(ids[i]) - 1), a, &c));
  }
  assert_false(carried_client(STR(""), a, &c));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_address_has_one_reading),
      cmocka_unit_test(a_document_is_its_own),
      cmocka_unit_test(some_are_carried_and_none_beside_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

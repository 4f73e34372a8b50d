// SPDX-License-Identifier: Apache-2.0
#include "cli/print_config.h"

#include "../support/check.h"

#include "data/json.h"

#define SECRET_URL "https://postern.example/mcp/pst_0123456789"

struct printed {
  struct buf notes, paste;
  yyjson_doc *doc; // of the paste; NULL: it is no JSON
};

static struct printed print(const char *client, const char *name, const char *url, bool needs_token) {
  struct printed p = {BUF_MAX(65536), BUF_MAX(65536), NULL};
  struct print_config_server s = {str_of(name), str_of(url), needs_token};
  struct err err;
  assert_true(print_config(str_of(client), &s, &p.notes, &p.paste));
  if (!json_read(buf_str(&p.paste), &JSON_LIMITS, &p.doc, &err)) p.doc = NULL;
  return p;
}

static void printed_free(struct printed *p) {
  buf_free(&p->notes);
  buf_free(&p->paste);
  yyjson_doc_free(p->doc);
}

static struct str at(const struct printed *p, const char *pointer) {
  return json_text(json_at(yyjson_doc_get_root(p->doc), str_of(pointer)));
}

static void cursor_takes_url_and_headers(void **state) {
  (void)state;
  struct printed p = print("cursor", "my dns", SECRET_URL, true);
  assert_non_null(p.doc);
  assert_true(str_is(at(&p, "/mcpServers/my-dns/url"), SECRET_URL));
  assert_true(str_starts(at(&p, "/mcpServers/my-dns/headers/Authorization"), "Bearer <"));
  printed_free(&p);
  p = print("cursor", "my dns", SECRET_URL, false);
  assert_null(json_at(yyjson_doc_get_root(p.doc), STR("/mcpServers/my-dns/headers")));
  printed_free(&p);
}

static void vscode_asks_for_the_token(void **state) {
  (void)state;
  struct printed p = print("vscode", "dns", SECRET_URL, true);
  assert_non_null(p.doc);
  assert_true(str_is(at(&p, "/servers/dns/type"), "http"));
  assert_true(str_is(at(&p, "/servers/dns/url"), SECRET_URL));
  assert_true(str_is(at(&p, "/servers/dns/headers/Authorization"), "Bearer ${input:postern-token}"));
  assert_true(str_is(at(&p, "/inputs/0/id"), "postern-token"));
  assert_true(str_is(at(&p, "/inputs/0/type"), "promptString"));
  printed_free(&p);
}

static void claude_goes_through_mcp_remote(void **state) {
  (void)state;
  struct printed p = print("claude", "dns", "http://127.0.0.1:8080/mcp/pst_0", true);
  assert_non_null(p.doc);
  assert_true(str_is(at(&p, "/mcpServers/dns/command"), "npx"));
  assert_true(str_is(at(&p, "/mcpServers/dns/args/1"), "mcp-remote"));
  assert_true(str_is(at(&p, "/mcpServers/dns/args/2"), "http://127.0.0.1:8080/mcp/pst_0"));
  assert_true(str_is(at(&p, "/mcpServers/dns/args/4"), "Authorization:${POSTERN_AUTHORIZATION}"));
  assert_true(str_starts(at(&p, "/mcpServers/dns/env/POSTERN_AUTHORIZATION"), "Bearer <"));
  printed_free(&p);
  p = print("claude", "dns", "http://10.0.0.7:8080/mcp/pst_0", false);
  assert_true(str_is(at(&p, "/mcpServers/dns/args/3"), "--allow-http"));
  assert_false(str_contains(buf_str(&p.notes), STR("Add custom connector")));
  printed_free(&p);
  p = print("claude", "dns", SECRET_URL, false);
  assert_int_equal(yyjson_arr_size(json_at(yyjson_doc_get_root(p.doc), STR("/mcpServers/dns/args"))), 3);
  assert_true(str_contains(buf_str(&p.notes), STR("Add custom connector")));
  printed_free(&p);
}

static void claude_code_gets_a_command(void **state) {
  (void)state;
  struct printed p = print("claude-code", "dns", SECRET_URL, false);
  assert_true(str_is(buf_str(&p.paste), "claude mcp add --transport http dns '" SECRET_URL "'\n"));
  printed_free(&p);
  p = print("claude-code", "dns", SECRET_URL, true);
  assert_true(str_is(buf_str(&p.paste), "claude mcp add --transport http dns '" SECRET_URL
                                        "' --header \"Authorization: Bearer $POSTERN_CLIENT_TOKEN\"\n"));
  printed_free(&p);
}

static void chatgpt_is_told_what_it_cannot_do(void **state) {
  (void)state;
  struct printed p = print("chatgpt", "dns", SECRET_URL, false);
  assert_true(str_contains(buf_str(&p.paste), STR(SECRET_URL)));
  assert_int_equal(p.notes.n, 0);
  printed_free(&p);
  p = print("chatgpt", "dns", "http://127.0.0.1/mcp/pst_0", true);
  assert_true(str_contains(buf_str(&p.notes), STR("https:// only")));
  assert_true(str_contains(buf_str(&p.notes), STR("cannot send one")));
  printed_free(&p);
}

// A name that would break out of the JSON or of the shell's line is only a name.
static void names_are_made_plain(void **state) {
  (void)state;
  static const struct {
    const char *name, *plain;
  } rows[] = {{"a\"b", "a-b"}, {"x; rm -rf ~", "x-rm-rf"}, {"--flag", "flag"},
              {"été", "t"},    {"\xc3\xa9", "postern"},    {"", "postern"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct printed p = print("claude-code", rows[i].name, SECRET_URL, false);
    char wanted[200];
    snprintf(wanted, sizeof wanted, "claude mcp add --transport http %s '%s'\n", rows[i].plain, SECRET_URL);
    assert_true(str_is(buf_str(&p.paste), wanted));
    printed_free(&p);
    p = print("cursor", rows[i].name, SECRET_URL, false);
    assert_non_null(p.doc);
    printed_free(&p);
  }
}

static void unknown_clients_are_refused(void **state) {
  (void)state;
  struct buf notes = BUF_MAX(64), paste = BUF_MAX(64);
  struct print_config_server s = {STR("a"), STR("https://x"), false};
  assert_false(print_config(STR("emacs"), &s, &notes, &paste));
  size_t known = 0;
  for (struct str rest = STR(PRINT_CONFIG_CLIENTS), word; str_cut(&rest, '|', &word); known++) {
    struct buf a = BUF_MAX(65536), b = BUF_MAX(65536);
    assert_true(print_config(word, &s, &a, &b));
    assert_true(b.n > 0);
    buf_free(&a);
    buf_free(&b);
  }
  assert_int_equal(known, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cursor_takes_url_and_headers),      cmocka_unit_test(vscode_asks_for_the_token),
      cmocka_unit_test(claude_goes_through_mcp_remote),    cmocka_unit_test(claude_code_gets_a_command),
      cmocka_unit_test(chatgpt_is_told_what_it_cannot_do), cmocka_unit_test(names_are_made_plain),
      cmocka_unit_test(unknown_clients_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

static struct err err;

static struct connect_new wish(const char *name) {
  return (struct connect_new){.connector = rig.connector,
                              .url = arena_printf(rig.arena, "%s/mcp", issuer.base),
                              .name = str_of(name)};
}

static struct connect_flow start(const struct connect_new *in) {
  struct connect_flow f;
  must(connect_start(&rig.authorize, in, rig.arena, &f, &err), err);
  return f;
}

// A value of a URL's query, decoded.
static struct str part(struct str url, const char *name) {
  struct str rest = url, head, item, key, value = STR_NONE;
  str_cut(&rest, '?', &head);
  while (str_cut(&rest, '&', &item))
    if (str_cut(&item, '=', &key) && str_is(key, name)) assert_true(codec_unpercent(rig.arena, item, &value));
  return value;
}

struct visit { // of a browser to the link
  struct str to, cookie;
};

static struct visit open_link(const struct connect_flow *f) {
  struct visit v;
  must(connect_open(&rig.authorize, f->id, part(f->link, "t"), rig.arena, &v.to, &v.cookie, &err), err);
  return v;
}

static struct oauth_answer yes(struct str to) {
  return (struct oauth_answer){.code = STR("c0de"), .state = part(to, "state")};
}

static struct connect_flow finish(struct oauth_answer a, struct str cookie) {
  struct connect_flow f;
  must(connect_finish(&rig.authorize, &a, &(struct connect_browser){.cookie = cookie}, rig.arena, &f, &err),
       err);
  return f;
}

// From the wish to the end, with the person saying yes.
static struct connect_flow go(const struct connect_new *in) {
  struct connect_flow f = start(in);
  struct visit v = open_link(&f);
  return finish(yes(v.to), v.cookie);
}

static void expect_failed(const struct connect_flow *f, const char *code) {
  assert_int_equal(f->status, CONNECT_FAILED);
  check_text(f->code, code);
  assert_true(f->text.n && f->remedy.n);
}

#define CASE(name)                                                                                           \
  static void name##_body(void *arg);                                                                        \
  static void name(void **state) {                                                                           \
    (void)state;                                                                                             \
    rig_run(name##_body, NULL);                                                                              \
  }                                                                                                          \
  static void name##_body(void *arg)

CASE(a_person_says_yes) {
  (void)arg;
  struct connect_new in = wish("My clouds");
  ISSUER(sub, "user-1");
  ISSUER(cloud, "demo");
  struct connect_flow f = start(&in), g;
  assert_int_equal(f.status, CONNECT_WAITING);
  assert_true(str_starts(f.link, "https://us.example/connect/flow_"));
  struct visit v = open_link(&f);
  check_text(part(v.to, "scope"), "read");
  check_text(part(v.to, "redirect_uri"), "https://us.example/oauth/callback");
  check_text(part(v.to, "code_challenge_method"), "S256");
  must(connect_find(&rig.authorize, f.id, rig.arena, &g, &err), err);
  assert_int_equal(g.status, CONNECT_OPENED);
  assert_int_equal(g.link.n, 0);
  g = finish(yes(v.to), v.cookie);
  assert_int_equal(g.status, CONNECT_DONE);
  check_text(rig_cell("SELECT status FROM account"), "ok");
  check_text(rig_cell("SELECT name FROM account"), "My clouds");
  check_text(rig_cell("SELECT context FROM account"), "{\"cloud_name\":\"demo\"}");
  check_text(rig_cell("SELECT subject FROM oauth_grant"), "user-1");
  check_text(rig_cell("SELECT speaks FROM account"), "1");
  assert_true(str_eq(rig_cell("SELECT id FROM account"), g.account_id));
  // Nothing that gives power lies open in the rows.
  assert_false(str_contains(rig_cell("SELECT tokens FROM oauth_grant"), STR("at-1")));
  check_text(rig_cell("SELECT count(*) FROM oauth_flow WHERE verifier = '' AND state_hash = ''"), "1");
  check_text(rig_cell("SELECT count(*) FROM oauth_client WHERE secret LIKE 'v1.%'"), "1");
}

CASE(an_answer_is_taken_once_and_by_its_browser) {
  (void)arg;
  struct connect_new in = wish("One");
  struct connect_flow f = start(&in), g;
  struct visit first = open_link(&f), second = open_link(&f); // opened again: the newest counts
  struct oauth_answer stale = yes(first.to), good = yes(second.to),
                      none = {.code = STR("c"), .state = STR("guess")};
  assert_false(connect_finish(&rig.authorize, &stale, &(struct connect_browser){.cookie = first.cookie},
                              rig.arena, &g, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_false(connect_finish(&rig.authorize, &none, &(struct connect_browser){.cookie = second.cookie},
                              rig.arena, &g, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_false(connect_finish(&rig.authorize, &good, &(struct connect_browser){.cookie = first.cookie},
                              rig.arena, &g, &err)); // a stolen state
  assert_int_equal(err.code, ERR_DENIED);
  assert_false(connect_finish(&rig.authorize, &good, &(struct connect_browser){.cookie = STR("")}, rig.arena,
                              &g, &err));
  assert_int_equal(err.code, ERR_DENIED);
  assert_int_equal(ISSUER_COUNT(codes), 0); // nothing was sent for any of them
  assert_int_equal(finish(good, second.cookie).status, CONNECT_DONE);
  assert_false(connect_finish(&rig.authorize, &good, &(struct connect_browser){.cookie = second.cookie},
                              rig.arena, &g, &err)); // replayed
  assert_int_equal(err.code, ERR_MISSING);
  assert_int_equal(ISSUER_COUNT(codes), 1);
  struct str to, cookie;
  assert_false(connect_open(&rig.authorize, f.id, part(f.link, "t"), rig.arena, &to, &cookie, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
}

CASE(answers_of_two_links_are_not_crossed) {
  (void)arg;
  struct connect_new one = wish("One"), two = wish("Two");
  struct connect_flow f = start(&one), g = start(&two), out;
  struct visit a = open_link(&f), b = open_link(&g);
  struct oauth_answer first = yes(a.to), second = yes(b.to);
  assert_false(connect_finish(&rig.authorize, &first, &(struct connect_browser){.cookie = b.cookie},
                              rig.arena, &out, &err));
  assert_int_equal(err.code, ERR_DENIED);
  assert_false(connect_finish_here(&rig.authorize, f.id, &second, rig.arena, &out, &err));
  assert_int_equal(err.code, ERR_INVALID);
  check_text(finish(second, b.cookie).name, "Two");
  check_text(finish(first, a.cookie).name, "One");
  assert_int_equal(ISSUER_COUNT(registrations), 1); // one registration serves both
}

CASE(a_link_wants_its_token_and_its_day) {
  (void)arg;
  struct connect_new in = wish("One");
  struct connect_flow f = start(&in);
  struct str to, cookie;
  assert_false(connect_open(&rig.authorize, f.id, STR("lnk_wrong"), rig.arena, &to, &cookie, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_false(
      connect_open(&rig.authorize, STR("flow_none"), part(f.link, "t"), rig.arena, &to, &cookie, &err));
  assert_int_equal(err.code, ERR_MISSING);
  struct visit v = open_link(&f);
  rig_sql("UPDATE oauth_flow SET expires_at = 1");
  assert_false(connect_open(&rig.authorize, f.id, part(f.link, "t"), rig.arena, &to, &cookie, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_int_equal(err.reason, WHY_LINK_EXPIRED);
  struct oauth_answer late = yes(v.to);
  assert_false(connect_finish(&rig.authorize, &late, &(struct connect_browser){.cookie = v.cookie}, rig.arena,
                              &f, &err));
  assert_int_equal(err.code, ERR_MISSING);
  must(connect_find(&rig.authorize, f.id, rig.arena, &f, &err), err);
  assert_int_equal(f.status, CONNECT_EXPIRED);
  check_text(f.code, "expired");
  struct store_rows expired;
  must(connect_purge(rig.store, 2, rig.arena, &expired, &err), err); // it is told of for a day
  assert_int_equal(expired.count, 1);
  check_text(store_cell(&expired, 0, 0)->text, f.id.p);
  must(connect_find(&rig.authorize, f.id, rig.arena, &f, &err), err);
  assert_int_equal(f.status, CONNECT_EXPIRED);
  must(connect_purge(rig.store, clock_now_ms(), rig.arena, &expired, &err), err);
  assert_int_equal(expired.count, 0); // once
  assert_false(connect_find(&rig.authorize, f.id, rig.arena, &f, &err));
}

// Where a link leads, and for whom, is what it was made for, whatever stands in its row by then.
CASE(a_link_whose_row_was_changed_leads_nowhere) {
  (void)arg;
  static const char *const edits[] = {
      "connector = 'closed'",
      "url = 'https://evil.example/mcp'",
      "account_id = 'acc_other'",
      "principal = 'somebody'",
      "client = (SELECT id FROM oauth_client WHERE client_id = 'theirs')",
      "site = replace(site, '\"authorization_endpoint\":\"', "
      "'\"authorization_endpoint\":\"http://evil.example/')",
      "site = replace(site, '\"token_endpoint\":\"', '\"token_endpoint\":\"http://evil.example/')",
      "scope = 'everything'",
      "link_hash = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae'", // of "foo"
  };
  struct connect_new in = wish("One");
  go(&in); // a client is kept
  rig_sql(
      "INSERT INTO oauth_client (id, issuer, redirect_uri, client_id, secret, method, given, created_at, "
      "expires_at) SELECT 'other', issuer, redirect_uri, 'theirs', '', 'none', 0, 1, 1 FROM oauth_client");
  in = wish("Two");
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct str sql = arena_printf(rig.arena, "UPDATE oauth_flow SET %s WHERE status <> 'done'", edits[i]), to,
               cookie;
    struct connect_flow f = start(&in), g;
    struct str token = strstr(edits[i], "link_hash") ? STR("foo") : part(f.link, "t");
    int codes = ISSUER_COUNT(codes);
    rig_sql(sql.p);
    assert_false(connect_open(&rig.authorize, f.id, token, rig.arena, &to, &cookie, &err));
    f = start(&in);
    struct visit v = open_link(&f);
    rig_sql(sql.p);
    struct oauth_answer answer = yes(v.to);
    assert_false(connect_finish(&rig.authorize, &answer, &(struct connect_browser){.cookie = v.cookie},
                                rig.arena, &g, &err));
    assert_int_equal(ISSUER_COUNT(codes), codes); // the code goes nowhere
    rig_sql("DELETE FROM oauth_flow WHERE status <> 'done'");
  }
  struct connect_flow f = start(&in), g;
  struct visit v = open_link(&f);
  rig_sql("UPDATE oauth_flow SET cookie_hash = "
          "'2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae'");
  struct oauth_answer answer = yes(v.to);
  assert_false(connect_finish(&rig.authorize, &answer, &(struct connect_browser){.cookie = STR("foo")},
                              rig.arena, &g, &err));
  assert_int_equal(go(&in).status, CONNECT_DONE);
}

CASE(each_failure_has_its_word) {
  (void)arg;
  struct connect_new in = wish("One");
  struct connect_flow f = start(&in);
  struct visit v = open_link(&f);
  struct oauth_answer no = {.error = STR("access_denied"), .state = part(v.to, "state")};
  f = finish(no, v.cookie);
  expect_failed(&f, "denied");
  f = start(&in);
  v = open_link(&f);
  struct oauth_answer mixed = yes(v.to);
  mixed.iss = STR("https://evil.example");
  f = finish(mixed, v.cookie);
  expect_failed(&f, "wrong_issuer");
  assert_int_equal(ISSUER_COUNT(codes), 0);
  ISSUER(token_error, "{\"error\":\"invalid_grant\"}");
  f = go(&in);
  expect_failed(&f, "invalid_grant");
  ISSUER(token_status, 503);
  f = go(&in);
  expect_failed(&f, "vendor_down");
  ISSUER(token_error, "{\"error\":\"invalid_client\"}");
  ISSUER(token_status, 401);
  f = go(&in);
  expect_failed(&f, "invalid_client");
  int before = ISSUER_COUNT(registrations);
  ISSUER(token_error, NULL);
  ISSUER(token_status, 0);
  ISSUER(refuse_all, true);
  f = go(&in);
  expect_failed(&f, "vendor_refused");
  assert_int_equal(ISSUER_COUNT(registrations), before + 1); // the vendor had forgotten us
  assert_int_equal(ISSUER_COUNT(revocations), 1);            // the token that nobody needs was given back
  check_text(rig_cell("SELECT count(*) FROM account"), "0");
}

CASE(what_prevents_a_link_is_told_before_there_is_one) {
  (void)arg;
  struct connect_new in = wish("One");
  struct connect_flow f;
  ISSUER(register_error, "{\"error\":\"invalid_redirect_uri\"}");
  assert_false(connect_start(&rig.authorize, &in, rig.arena, &f, &err));
  assert_int_equal(err.reason, WHY_REGISTRATION_REFUSED);
  check_has(err.hint, "https://console.example");
  in.client_id = STR("made-by-hand");
  f = start(&in);
  check_text(part(open_link(&f).to, "client_id"), "made-by-hand");
  in.client_id = STR_NONE; // given once, it is kept
  f = start(&in);
  check_text(part(open_link(&f).to, "client_id"), "made-by-hand");
  ISSUER(mcp_status, 503);
  assert_false(connect_start(&rig.authorize, &in, rig.arena, &f, &err));
  assert_int_equal(err.code, ERR_UPSTREAM);
  in.connector = connector_find(rig.set, STR("closed"));
  assert_false(connect_start(&rig.authorize, &in, rig.arena, &f, &err));
  assert_int_equal(err.code, ERR_INVALID);
}

CASE(names_are_found_and_kept_apart) {
  (void)arg;
  struct connect_new in = wish(""), named = wish("127.0.0.1");
  check_text(go(&in).name, "127.0.0.1"); // its host: the connector is for any server
  check_text(go(&in).name, "127.0.0.1 2");
  struct connect_flow f;
  assert_false(connect_start(&rig.authorize, &named, rig.arena, &f, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  named.name = STR("Late");
  f = start(&named);
  struct visit v = open_link(&f);
  rig_sql("UPDATE account SET name = 'Late' WHERE name = '127.0.0.1'"); // taken meanwhile
  f = finish(yes(v.to), v.cookie);
  expect_failed(&f, "name_taken");
  check_text(rig_cell("SELECT count(*) FROM oauth_grant"), "2");
}

CASE(another_person_or_cloud_is_noticed) {
  (void)arg;
  struct connect_new in = wish("One");
  ISSUER(sub, "user-1");
  ISSUER(cloud, "demo");
  in.account_id = go(&in).account_id;
  struct str consent = rig_cell("SELECT consent FROM oauth_grant");
  ISSUER(sub, "user-2");
  struct connect_flow f = go(&in);
  expect_failed(&f, "wrong_account");
  ISSUER(sub, "user-1");
  ISSUER(cloud, "other");
  f = go(&in);
  expect_failed(&f, "wrong_account");
  assert_non_null(strstr(f.text.p, "cloud_name is 'other', not 'demo'"));
  assert_true(str_eq(rig_cell("SELECT consent FROM oauth_grant"), consent)); // the grant stays as it was
  ISSUER(cloud, "demo");
  f = go(&in);
  assert_int_equal(f.status, CONNECT_DONE);
  assert_true(str_eq(rig_cell("SELECT consent FROM oauth_grant"), f.id));
  check_text(rig_cell("SELECT count(*) FROM account"), "1");
}

CASE(tokens_go_to_no_address_that_came_later) {
  (void)arg;
  struct connect_new in = wish("One");
  in.account_id = go(&in).account_id;
  struct connect_flow f = start(&in);
  struct visit v = open_link(&f);
  rig_sql("UPDATE account SET base_url = 'https://elsewhere.example/mcp'");
  f = finish(yes(v.to), v.cookie);
  expect_failed(&f, "address_changed");
  check_text(rig_cell("SELECT version FROM oauth_grant"), "1");
}

CASE(an_administrator_pastes_the_address) {
  (void)arg;
  struct connect_new in = wish("One");
  struct connect_flow f = start(&in), g;
  struct oauth_answer a = yes(f.direct); // the vendor's own link, in a browser that cannot reach us
  assert_false(
      connect_finish(&rig.authorize, &a, &(struct connect_browser){.cookie = STR("")}, rig.arena, &g, &err));
  assert_int_equal(err.code, ERR_DENIED);
  must(connect_finish_here(&rig.authorize, f.id, &a, rig.arena, &g, &err), err);
  assert_int_equal(g.status, CONNECT_DONE);
  assert_false(connect_finish_here(&rig.authorize, f.id, &a, rig.arena, &g, &err));
  in = wish("Two");
  in.principal = STR("srv_1");
  f = start(&in);
  assert_int_equal(f.direct.n, 0);
  struct visit v = open_link(&f);
  a = yes(v.to);
  assert_false(connect_finish_here(&rig.authorize, f.id, &a, rig.arena, &g, &err));
  assert_int_equal(err.code, ERR_DENIED);
}

CASE(a_server_that_is_down_after_the_consent_loses_nothing) {
  (void)arg;
  struct connect_new in = wish("One");
  struct connect_flow f = start(&in);
  struct visit v = open_link(&f);
  ISSUER(mcp_status, 503);
  f = finish(yes(v.to), v.cookie);
  assert_int_equal(f.status, CONNECT_DONE);
  check_text(rig_cell("SELECT status FROM account"), "unverified");
  ISSUER(mcp_status, 0);
  struct account *a;
  must(account_verify(&rig.env, rig.connector, f.account_id, &a, &err), err);
  check_text(a->status, "ok");
  account_free(a);
}

CASE(scope_is_what_was_asked_and_what_was_missing) {
  (void)arg;
  struct connect_new in = wish("One");
  ISSUER(challenge_scope, "read extra");
  in.scope = STR("mine");
  in.account_id = go(&in).account_id;
  check_text(rig_cell("SELECT wanted FROM oauth_grant"), "mine read extra");
  ISSUER(challenge_scope, NULL);
  in.scope = STR_NONE;
  struct connect_flow f = start(&in);
  check_text(part(open_link(&f).to, "scope"), "mine read extra");
}

CASE(our_document_is_what_vendors_read) {
  (void)arg;
  struct buf out = BUF_MAX(8192);
  connect_write_client(&rig.authorize, &out);
  yyjson_doc *doc = yyjson_read(out.p, out.n, 0);
  check_text(json_str(yyjson_doc_get_root(doc), "client_id"), "https://us.example/oauth/client.json");
  check_text(json_str(yyjson_doc_get_root(doc), "token_endpoint_auth_method"), "none");
  yyjson_doc_free(doc);
  buf_free(&out);
  ISSUER(documents, true);
  struct connect_new in = wish("One");
  struct connect_flow f = start(&in);
  check_text(part(open_link(&f).to, "client_id"), "https://us.example/oauth/client.json");
  assert_int_equal(ISSUER_COUNT(registrations), 0);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)
  const struct CMUnitTest tests[] = {
      T(a_person_says_yes),
      T(an_answer_is_taken_once_and_by_its_browser),
      T(answers_of_two_links_are_not_crossed),
      T(a_link_wants_its_token_and_its_day),
      T(a_link_whose_row_was_changed_leads_nowhere),
      T(each_failure_has_its_word),
      T(what_prevents_a_link_is_told_before_there_is_one),
      T(names_are_found_and_kept_apart),
      T(another_person_or_cloud_is_noticed),
      T(tokens_go_to_no_address_that_came_later),
      T(an_administrator_pastes_the_address),
      T(a_server_that_is_down_after_the_consent_loses_nothing),
      T(scope_is_what_was_asked_and_what_was_missing),
      T(our_document_is_what_vendors_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

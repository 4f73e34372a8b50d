// SPDX-License-Identifier: Apache-2.0
// Accounts at MCP servers by key, by header and open, and who shares a peer.
#include "rig.h"

#include "account/keys.h"
#include "account/peering.h"
#include "account/sealed.h"
#include "mcp/client.h"

static struct err err;

static bool with(const char *json, struct str id, struct account **out) {
  yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
  yyjson_val *root = yyjson_doc_get_root(doc);
  assert_non_null(doc);
  struct str url = json_str(root, "base_url");
  struct account_new in = {json_str(root, "name"), json_str(root, "way"),
                           id.n && !url.n ? STR_NONE
                           : url.n        ? url
                                          : arena_printf(rig.arena, "%s/mcp", issuer.base),
                           yyjson_obj_get(root, "credential"), yyjson_obj_get(root, "context")};
  bool ok = id.n ? account_change(&rig.env, rig.connector, id, &in, out, &err)
                 : account_create(&rig.env, rig.connector, &in, out, &err);
  yyjson_doc_free(doc);
  return ok;
}

static struct account *load_one(void) {
  struct account **all;
  size_t count;
  must(account_load_all(&rig.env, rig.set, rig.arena, &all, &count, &err), err);
  assert_int_equal(count, 1);
  return all[0];
}

static void
let_in(int generation) { // the server takes "at-<generation>", and whatever else where keep_old is set
  pthread_mutex_lock(&issuer.lock);
  issuer.generation = generation;
  pthread_mutex_unlock(&issuer.lock);
}

#define CASE(name)                                                                                           \
  static void name##_body(void *arg);                                                                        \
  static void name(void **state) {                                                                           \
    (void)state;                                                                                             \
    rig_run(name##_body, NULL);                                                                              \
  }                                                                                                          \
  static void name##_body(void *arg)

CASE(a_key_is_tried_before_it_is_kept) {
  (void)arg;
  struct account *a;
  let_in(7);
  assert_false(with("{\"name\":\"a\",\"credential\":{\"token\":\"wrong\"}}", STR_NONE, &a));
  assert_int_equal(err.code, ERR_UNPROCESSABLE);
  assert_string_equal(err.field, "credential");
  check_text(rig_cell("SELECT count(*) FROM account"), "0");
  must(with("{\"name\":\"a\",\"credential\":{\"token\":\"at-7\"}}", STR_NONE, &a), err);
  check_text(a->status, "ok");
  check_text(a->way, "key");
  assert_int_equal(a->kind, CONNECTOR_MCP);
  assert_non_null(a->peer);
  assert_null(a->grant);
  assert_int_equal(mcp_peer_verdict(a->peer).speaks, MCP_SPEAKS_MODERN);
  check_text(rig_cell("SELECT speaks FROM account"), "1");
  assert_true(str_starts(rig_cell("SELECT credential FROM account"), "v1.k1."));
  let_in(8); // the vendor has taken the key back
  struct account *b;
  assert_false(account_verify(&rig.env, rig.connector, a->id, &b, &err));
  assert_int_equal(err.code, ERR_UNPROCESSABLE);
  check_text(rig_cell("SELECT status FROM account"), "failing");
  account_free(a);
}

CASE(an_open_server_takes_no_credential) {
  (void)arg;
  struct account *a, *b;
  assert_false(with("{\"name\":\"a\"}", STR_NONE, &a)); // it is not open
  assert_int_equal(err.code, ERR_UNPROCESSABLE);
  assert_false(with("{\"name\":\"a\",\"way\":\"open\",\"credential\":{\"token\":\"x\"}}", STR_NONE, &a));
  assert_int_equal(err.code, ERR_INVALID);
  assert_false(with("{\"name\":\"a\",\"way\":\"oauth\"}", STR_NONE, &a));
  check_has(err.hint, "/integrated-account/authorize");
  ISSUER(anyone, true);
  must(with("{\"name\":\"a\"}", STR_NONE, &a), err);
  check_text(a->way, "open");
  check_text(rig_cell("SELECT credential FROM account"), "");
  struct str other = arena_printf(rig.arena, "{\"base_url\":\"%s/mcp?x=1\"}", issuer.base);
  must(with(other.p, a->id, &b), err); // nothing secret goes along
  assert_true(str_ends(b->base_url, "/mcp?x=1"));
  account_free(a);
  account_free(b);
}

CASE(a_key_does_not_follow_to_another_address) {
  (void)arg;
  struct account *a, *b;
  let_in(7);
  must(with("{\"name\":\"a\",\"credential\":{\"token\":\"at-7\"}}", STR_NONE, &a), err);
  struct str other = arena_printf(rig.arena, "{\"base_url\":\"%s/mcp2\"}", issuer.base);
  assert_false(with(other.p, a->id, &b));
  assert_int_equal(err.code, ERR_INVALID);
  account_free(a);
}

CASE(values_of_an_account_share_its_peer) {
  (void)arg;
  struct account *a, *b, *c;
  let_in(7);
  must(with("{\"name\":\"a\",\"credential\":{\"token\":\"at-7\"}}", STR_NONE, &a), err);
  b = load_one();
  assert_ptr_equal(a->peer, b->peer);
  must(with("{\"name\":\"renamed\"}", a->id, &c), err);
  assert_ptr_equal(a->peer, c->peer);
  account_free(c);
  must(with("{\"context\":{\"account_id\":\"acc-1\"}}", a->id, &c), err); // it goes out with every request
  assert_ptr_not_equal(a->peer, c->peer);
  struct mcp_who who = {.principal = STR("p")};
  struct mcp_request ask = {.who = who, .method = STR("tools/list")};
  struct mcp_event e;
  must(mcp_ask(c->peer, &ask, &e, &err), err);
  mcp_event_free(&e);
  check_text(str_of(issuer.account_header), "acc-1");
  must(mcp_ask(a->peer, &ask, &e, &err), err); // a snapshot that still has it
  mcp_event_free(&e);
  check_text(str_of(issuer.account_header), "");
  struct mcp_peer *old = mcp_peer_ref(a->peer);
  account_free(a);
  must(mcp_ask(old, &ask, &e, &err), err); // `b` has it still
  mcp_event_free(&e);
  account_free(b);
  assert_false(mcp_ask(old, &ask, &e, &err)); // nobody: closed
  assert_int_equal(err.code, ERR_MISSING);
  mcp_peer_unref(old);
  account_free(c);
}

CASE(what_is_damaged_is_listed_and_not_used) {
  (void)arg;
  struct account *a;
  let_in(7);
  must(with("{\"name\":\"a\",\"credential\":{\"token\":\"at-7\"}}", STR_NONE, &a), err);
  account_free(a);
  rig_sql("UPDATE account SET credential = 'v1.k1.AAAA'");
  a = load_one();
  check_text(a->status, "failing");
  assert_null(a->peer);
  account_free(a);
  rig_sql("UPDATE account SET way = 'oauth', credential = ''");
  a = load_one(); // a grant that is not there
  check_text(a->status, "failing");
  assert_null(a->peer);
  account_free(a);
}

CASE(tending_remembers_what_is_spoken) {
  (void)arg;
  struct account *a;
  let_in(7);
  must(with("{\"name\":\"a\",\"credential\":{\"token\":\"at-7\"}}", STR_NONE, &a), err);
  account_free(a);
  rig_sql("UPDATE account SET speaks = 0, speaks_at = 0");
  a = load_one();
  must(peering_try(a->peer, &err), err);
  must(account_tend(&rig.env, a, 1000, &err), err);
  check_text(rig_cell("SELECT speaks FROM account"), "1");
  check_text(rig_cell("SELECT version FROM account"), "1"); // no change of the account
  rig_sql("UPDATE account SET speaks = 0");
  must(account_tend(&rig.env, a, 1000, &err), err); // told once
  check_text(rig_cell("SELECT speaks FROM account"), "0");
  account_free(a);
}

// ---- by OAuth

static struct str authorized(void) {
  struct connect_new in = {
      .connector = rig.connector, .url = arena_printf(rig.arena, "%s/mcp", issuer.base), .name = STR("O")};
  struct connect_flow f;
  must(connect_start(&rig.authorize, &in, rig.arena, &f, &err), err);
  const char *state = strstr(f.direct.p, "&state=") + 7;
  struct oauth_answer answer = {.code = STR("c"), .state = str_make(state, strcspn(state, "&"))};
  must(connect_finish_here(&rig.authorize, f.id, &answer, rig.arena, &f, &err), err);
  if (f.status != CONNECT_DONE) fail_msg("%.*s", STR_ARG(f.text));
  return f.account_id;
}

CASE(a_refresh_changes_no_peer_and_a_consent_does) {
  (void)arg;
  struct str id = authorized();
  struct account *a = load_one(), *b;
  assert_non_null(a->grant);
  must(grant_tend(a->grant, 2 * 3600 * 1000, &err), err);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  must(peering_try(a->peer, &err), err); // with the new token
  b = load_one();
  assert_ptr_equal(a->peer, b->peer);
  account_free(b);
  rig_sql("UPDATE oauth_grant SET consent = 'another', version = version + 1");
  must(grant_reload(&rig.env, id, &err), err);
  b = load_one();
  assert_ptr_not_equal(a->peer, b->peer);
  account_free(b);
  account_free(a);
}

CASE(a_key_takes_the_place_of_a_grant) {
  (void)arg;
  struct str id = authorized();
  struct account *a;
  ISSUER(keep_old, true);
  must(with("{\"way\":\"key\",\"credential\":{\"token\":\"at-9\"}}", id, &a), err);
  check_text(a->way, "key");
  assert_null(a->grant);
  check_text(rig_cell("SELECT count(*) FROM oauth_grant"), "0");
  assert_int_equal(ISSUER_COUNT(revocations), 1);
  account_free(a);
}

CASE(all_that_is_sealed_is_sealed_anew) {
  (void)arg;
  struct seal_ring *two, *one = rig.env.ring;
  struct account *a;
  size_t count;
  authorized();
  must(seal_ring_from_text(STR("k1 1111111111111111111111111111111111111111111111111111111111111111\n"
                               "k2 2222222222222222222222222222222222222222222222222222222222222222\n"),
                           &two, &err),
       err);
  rig.env.ring = two;
  must(keys_reseal(&rig.env, &count, &err), err);
  assert_int_equal(count, 2); // tokens and the client's secret; the flow's verifier went with its end
  assert_true(str_starts(rig_cell("SELECT tokens FROM oauth_grant"), "v1.k2."));
  assert_true(str_starts(rig_cell("SELECT secret FROM oauth_client"), "v1.k2."));
  a = load_one();
  must(grant_tend(a->grant, 2 * 3600 * 1000, &err), err);
  account_free(a);
  rig.env.ring = one;
  seal_ring_free(two);
}

#define SITE(key)                                                                                            \
  "UPDATE oauth_grant SET site = replace(site, '\"" key "\":\"http', '\"" key "\":\"http://127.0.0.1:1/')"

// Each in a database that stands still, and each put right again.
CASE(tokens_open_for_their_destination_alone) {
  (void)arg;
  static const char *const edits[] = {
      "UPDATE account SET base_url = 'http://127.0.0.1:1/mcp'",
      "UPDATE account SET base_url = replace(base_url, '/mcp', '/mcp2')",
      "UPDATE account SET base_url = base_url || '?x=1'",
      "UPDATE account SET connector = 'closed'",
      SITE("token_endpoint"),
      SITE("revocation_endpoint"),
      SITE("issuer"),
      SITE("resource"),
      "UPDATE oauth_grant SET site = site || ' '",
      "UPDATE oauth_grant SET client = (SELECT id FROM oauth_client WHERE client_id = 'theirs')",
  };
  authorized();
  rig_sql(
      "INSERT INTO oauth_client (id, issuer, redirect_uri, client_id, secret, method, given, created_at, "
      "expires_at) SELECT 'other', issuer, redirect_uri, 'theirs', '', 'none', 1, 1, 0 FROM oauth_client");
  struct str was[] = {rig_cell("SELECT base_url FROM account"), rig_cell("SELECT connector FROM account"),
                      rig_cell("SELECT site FROM oauth_grant"), rig_cell("SELECT client FROM oauth_grant")};
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
    for (int held = 0; held < 2; held++) { // the program runs meanwhile, or starts later
      struct account *before = held ? load_one() : NULL, *a;
      rig_sql(edits[i]);
      a = load_one();
      if (!held || i < 4) { // what it sent before goes where it went before
        check_text(a->status, "failing");
        assert_null(a->peer);
      }
      account_free(a);
      account_free(before);
      rig_sql(arena_printf(rig.arena, "UPDATE account SET base_url = '%.*s', connector = '%.*s'",
                           STR_ARG(was[0]), STR_ARG(was[1]))
                  .p);
      rig_sql(arena_printf(rig.arena, "UPDATE oauth_grant SET site = '%.*s', client = '%.*s'",
                           STR_ARG(was[2]), STR_ARG(was[3]))
                  .p);
      a = load_one();
      check_text(a->status, "ok");
      account_free(a);
    }
}

CASE(a_client_is_shown_to_its_issuer_alone) {
  (void)arg;
  static const char *const edits[] = {
      "issuer = 'https://evil.example'",
      "issuer = issuer || '/'",
      "redirect_uri = 'https://evil.example/callback'",
      "client_id = 'theirs'",
      "method = 'none'",
      "method = 'private_key_jwt'",
  };
  authorized();
  rig_sql("CREATE TABLE kept AS SELECT * FROM oauth_client");
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    rig_sql(arena_printf(rig.arena, "UPDATE oauth_client SET %s", edits[i]).p);
    struct account *a = load_one();
    assert_false(grant_tend(a->grant, 2 * 3600 * 1000, &err));
    assert_int_equal(ISSUER_COUNT(refreshes), 0);
    account_free(a);
    rig_sql("UPDATE oauth_client SET (issuer, redirect_uri, client_id, method) = "
            "(SELECT issuer, redirect_uri, client_id, method FROM kept)");
  }
  struct account *a = load_one();
  must(grant_tend(a->grant, 2 * 3600 * 1000, &err), err);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  account_free(a);
}

// As rows of an older version: tokens and the client's secret were sealed for their row alone.
CASE(an_upgrade_binds_grants_and_clients) {
  (void)arg;
  struct str id = authorized(), client = rig_cell("SELECT id FROM oauth_client"), blob;
  struct str mark = arena_printf(rig.arena, "%s/postern-mark-%d", P_tmpdir, (int)getpid());
  const struct {
    struct sealed_at at;
    const char *select, *update;
  } rows[] = {
      {{SEALED_TOKENS,
        id,
        {rig_cell("SELECT connector FROM account"), rig_cell("SELECT base_url FROM account"), client,
         rig_cell("SELECT site FROM oauth_grant")}},
       "SELECT tokens FROM oauth_grant",
       "UPDATE oauth_grant SET tokens = $1"},
      {{SEALED_SECRET,
        client,
        {rig_cell("SELECT issuer FROM oauth_client"), rig_cell("SELECT redirect_uri FROM oauth_client"),
         rig_cell("SELECT client_id FROM oauth_client"), rig_cell("SELECT method FROM oauth_client")}},
       "SELECT secret FROM oauth_client",
       "UPDATE oauth_client SET secret = $1"}};
  for (size_t i = 0; i < 2; i++) {
    struct secret *plain;
    must(sealed_open(rig.ring, &rows[i].at, rig_cell(rows[i].select), &plain, &err), err);
    must(seal_close(rig.ring, sealed_place_before(&rows[i].at, rig.arena), secret_reveal(plain), rig.arena,
                    &blob, &err),
         err);
    secret_free(plain);
    must(store_run(rig.store, rows[i].update, &STORE_TEXT(blob), 1, NULL, &err), err);
  }
  struct account *a = load_one();
  check_text(a->status, "failing");
  account_free(a);
  must(keys_start(&rig.env, &(struct keys_place){NULL, mark.p}, &err), err);
  unlink(mark.p);
  a = load_one();
  check_text(a->status, "ok");
  must(grant_tend(a->grant, 2 * 3600 * 1000, &err), err);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  account_free(a);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)
  const struct CMUnitTest tests[] = {
      T(a_key_is_tried_before_it_is_kept),
      T(an_open_server_takes_no_credential),
      T(a_key_does_not_follow_to_another_address),
      T(values_of_an_account_share_its_peer),
      T(what_is_damaged_is_listed_and_not_used),
      T(tending_remembers_what_is_spoken),
      T(a_refresh_changes_no_peer_and_a_consent_does),
      T(a_key_takes_the_place_of_a_grant),
      T(all_that_is_sealed_is_sealed_anew),
      T(tokens_open_for_their_destination_alone),
      T(a_client_is_shown_to_its_issuer_alone),
      T(an_upgrade_binds_grants_and_clients),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

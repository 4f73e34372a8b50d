// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

// ---- discovery

static void metadata_is_found_at_the_path(void **state) {
  (void)state;
  ISSUER(scopes, "[\"read\",\"write\"]");
  ISSUER(methods, "[\"client_secret_post\",\"private_key_jwt\",\"tls_client_auth\"]");
  ISSUER(advertise_iss, true);
  must(discover(NULL));
  assert_true(str_eq(site.resource, at("/mcp")));
  check_text(site.issuer, issuer.base);
  assert_true(str_eq(site.token_endpoint, at("/token")));
  assert_int_equal(site.scopes.count, 2);
  assert_int_equal(site.methods, 1 << OAUTH_POST | 1 << OAUTH_PRIVATE_KEY_JWT);
  assert_true(site.iss_advertised && site.pkce && site.refreshes && !site.assumed && !site.client_documents);
}

static void the_challenge_names_the_metadata(void **state) {
  (void)state;
  ISSUER(challenge_metadata, "/custom/prm");
  ISSUER(prm_at_root, true);
  must(discover(arena_printf(arena, "Bearer resource_metadata=\"%s/custom/prm\"", issuer.base).p));
  assert_non_null(strstr(issuer.paths, "GET /custom/prm"));
  assert_null(strstr(issuer.paths, "oauth-protected-resource"));
}

static void metadata_is_found_at_the_root(void **state) {
  (void)state;
  ISSUER(prm_at_root, true);
  ISSUER(html, true); // a page for what is not there
  must(discover("Bearer"));
  assert_true(str_eq(site.resource, at("/mcp")));
}

static void an_issuer_with_a_path_is_asked_in_order(void **state) {
  (void)state;
  ISSUER(as_issuer, at("/tenant").p);
  ISSUER(openid_only, true);
  must(discover(NULL));
  assert_true(str_eq(site.issuer, at("/tenant")));
  const char *one = strstr(issuer.paths, "/.well-known/oauth-authorization-server/tenant"),
             *two = strstr(issuer.paths, "/.well-known/openid-configuration/tenant"),
             *three = strstr(issuer.paths, "/tenant/.well-known/openid-configuration");
  assert_true(one && two && three && one < two && two < three);
}

static void old_servers_have_their_places(void **state) {
  (void)state;
  ISSUER(no_prm, true);
  must(discover(NULL));
  assert_int_equal(site.resource.n, 0);
  assert_true(str_eq(site.authorization_endpoint, at("/authorize?x=1")));
  ISSUER(no_metadata, true);
  must(discover(NULL));
  assert_true(str_eq(site.authorization_endpoint, at("/authorize")));
  assert_true(str_eq(site.token_endpoint, at("/token")));
  assert_true(str_eq(site.registration_endpoint, at("/register")));
  assert_true(site.assumed && site.pkce);
  check_text(site.issuer, issuer.base);
}

static void foreign_documents_are_refused(void **state) {
  (void)state;
  ISSUER(resource, "https://other.example/mcp");
  must_not(discover(NULL), "wrong_resource");
  ISSUER(resource, at("/mcpx").p);
  must_not(discover(NULL), "wrong_resource");
  ISSUER(resource, at("/").p); // above it
  must(discover(NULL));
  ISSUER(resource, at("").p);
  must(discover(NULL));
  ISSUER(resource, "http://192.0.2.1/mcp"); // plain http elsewhere
  must_not(discover(NULL), "bad_metadata");
  ISSUER(resource, NULL);
  ISSUER(as_issuer, "http://192.0.2.1");
  must_not(discover(NULL), "bad_metadata");
  assert_non_null(strstr(err.text, "https"));
}

static void an_issuer_is_who_it_says(void **state) {
  (void)state;
  ISSUER(no_metadata, true);
  must_not(discover(NULL), "bad_metadata");
  yyjson_doc *doc =
      yyjson_read("{\"issuer\":\"https://evil.example\",\"token_endpoint\":\"https://a.example/t\"}", 72, 0);
  struct oauth_site s = {.resource = STR("https://a.example/mcp")};
  assert_non_null(doc);
  must_not(oauth_read_server(yyjson_doc_get_root(doc), STR("https://a.example"), arena, &s, &err),
           "wrong_issuer");
  must_not(oauth_read_server(yyjson_doc_get_root(doc), STR("https://evil.example:443"), arena, &s, &err),
           "wrong_issuer");
  must_not(oauth_read_server(yyjson_doc_get_root(doc), STR("https://EVIL.example"), arena, &s, &err),
           "wrong_issuer");
  must(oauth_read_server(yyjson_doc_get_root(doc), STR("https://evil.example/"), arena, &s, &err));
  check_text(s.issuer, "https://evil.example");
  yyjson_doc_free(doc);
}

static void without_s256_nobody_is_asked(void **state) {
  (void)state;
  ISSUER(no_s256, true);
  must_not(discover(NULL), "not_supported");
  ISSUER(no_prm, true); // 2025-03-26 did not make servers say it
  must(discover(NULL));
}

static void a_vendor_that_is_down_is_no_old_vendor(void **state) {
  (void)state;
  ISSUER(documents_status, 503);
  must_not(discover(NULL), "vendor_down");
  assert_int_equal(err.code, ERR_UPSTREAM);
  ISSUER(documents_status, 302); // redirects are not followed: not there
  must(discover(NULL));
  assert_true(site.assumed);
}

static void the_guard_holds_for_metadata(void **state) {
  (void)state;
  struct http_guard *shut;
  assert_true(http_guard_new(NULL, 0, &shut, &err));
  net.guard = shut;
  assert_false(discover(NULL));
  assert_int_equal(err.code, ERR_DENIED);
  http_guard_free(shut);
}

// ---- registration

static bool introduce(const struct oauth_client *given, const char *document) {
  struct oauth_want want = {given, str_of(document), STR("https://us.example/oauth/callback"), STR("Postern"),
                            STR("read")};
  return oauth_client_for(&net, &site, &want, arena, &client, &err);
}

static void clients_register(void **state) {
  (void)state;
  must(discover(NULL));
  must(introduce(NULL, ""));
  check_text(client.id, "client-1");
  assert_int_equal(client.method, OAUTH_BASIC);
  check_text(secret_reveal(client.secret), "s3cret/+ one");
  assert_true(str_eq(client.issuer, site.issuer));
  check_has(issuer.register_request, "\"application_type\":\"web\"");
  check_has(issuer.register_request, "\"grant_types\":[\"authorization_code\",\"refresh_token\"]");
  check_has(issuer.register_request, "\"redirect_uris\":[\"https://us.example/oauth/callback\"]");
  check_has(issuer.register_request, "\"scope\":\"read\"");
  oauth_client_wipe(&client);
  ISSUER(register_status, 200);
  ISSUER(methods, "[\"none\"]");
  must(discover(NULL));
  must(introduce(NULL, ""));
  assert_int_equal(client.method, OAUTH_NONE);
  assert_null(client.secret);
}

static void a_document_of_ours_comes_before_registration(void **state) {
  (void)state;
  ISSUER(documents, true);
  must(discover(NULL));
  must(introduce(NULL, "https://us.example/oauth/client.json"));
  check_text(client.id, "https://us.example/oauth/client.json");
  assert_int_equal(client.method, OAUTH_NONE);
  assert_int_equal(issuer.registrations, 0);
  must(introduce(NULL, "http://us.example/oauth/client.json")); // only https
  check_text(client.id, "client-1");
  oauth_client_wipe(&client);
}

static void a_given_client_comes_first(void **state) {
  (void)state;
  struct oauth_client given = {.id = STR("given"), .secret = secret_new(STR("shh"))};
  ISSUER(documents, true);
  must(discover(NULL));
  must(introduce(&given, "https://us.example/oauth/client.json"));
  check_text(client.id, "given");
  assert_int_equal(client.method, OAUTH_BASIC);
  oauth_client_wipe(&client);
  ISSUER(methods, "[\"client_secret_post\"]");
  must(discover(NULL));
  must(introduce(&given, ""));
  assert_int_equal(client.method, OAUTH_POST);
  oauth_client_wipe(&client);
  secret_free(given.secret);
}

static void registration_refused_is_told_with_its_remedy(void **state) {
  (void)state;
  must(discover(NULL));
  ISSUER(register_error, "{\"error\":\"invalid_redirect_uri\",\"error_description\":\"not\\non the list\"}");
  must_not(introduce(NULL, ""), "registration_refused");
  check_has(err.text, "invalid_redirect_uri: not on the list");
  check_has(err.hint, "client_id");
  ISSUER(register_status, 503);
  must_not(introduce(NULL, ""), "vendor_down");
  ISSUER(no_registration, true);
  must(discover(NULL));
  must_not(introduce(NULL, ""), "console_needed");
  ISSUER(register_error, NULL);
  ISSUER(register_status, 0);
  ISSUER(no_prm, true);
  ISSUER(no_metadata, true);
  must(discover(NULL));
  must_not(introduce(NULL, ""), "not_supported"); // nothing of OAuth is there at all
}

// ---- the question and the answer

static void the_question_has_all_that_it_needs(void **state) {
  (void)state;
  must(discover(NULL));
  struct oauth_client c = {.id = STR("a b")};
  // RFC 7636, appendix B
  struct oauth_request r = {STR("https://us.example/cb"), STR("st&te"), STR("read offline_access"),
                            STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")};
  const char *url = oauth_authorize_url(&site, &c, &r, arena).p;
  check_has(url,
            "/authorize?x=1&response_type=code&client_id=a%20b&redirect_uri=https%3A%2F%2Fus.example%2Fcb");
  check_has(
      url,
      "&state=st%26te&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
  check_has(url, "&scope=read%20offline_access&resource=http%3A%2F%2F127.0.0.1%3A");
  check_has(url, "&prompt=consent");
}

static const char *scope_of(const char *challenge, const char *wanted, const char *before) {
  struct mcp_challenge c = {.status = 401, .www_authenticate = str_of(challenge)};
  return arena_z(arena, oauth_scope(&site, challenge ? &c : NULL, str_of(wanted), str_of(before), arena));
}

static void scopes_come_from_who_knows_best(void **state) {
  (void)state;
  ISSUER(scopes, "[\"all\",\"more\"]");
  must(discover(NULL));
  assert_string_equal(scope_of("Bearer scope=\"asked now\"", "known", ""), "asked now");
  assert_string_equal(scope_of("Bearer", "known", ""), "known");
  assert_string_equal(scope_of(NULL, "", ""), "all more");
  assert_string_equal(scope_of("Bearer scope=\"b c\"", "", "a b"), "a b c");
  assert_string_equal(scope_of(NULL, "ok b\"ad", ""), "ok");
  ISSUER(scopes, NULL);
  ISSUER(offline, true);
  must(discover(NULL));
  assert_string_equal(scope_of(NULL, "", ""), ""); // offline_access alone would take away what is usual
  assert_string_equal(scope_of(NULL, "read", ""), "read offline_access");
}

static bool answered(struct oauth_answer a) {
  return oauth_check_answer(&site, STR("state"), &a, &err);
}

static void answers_are_checked_in_order(void **state) {
  (void)state;
  struct str iss = arena_dup(arena, str_of(issuer.base));
  must(discover(NULL));
  must(answered((struct oauth_answer){.code = STR("c"), .state = STR("state")}));
  must(answered((struct oauth_answer){.code = STR("c"), .state = STR("state"), .iss = iss}));
  must_not(answered((struct oauth_answer){.code = STR("c"), .state = STR("state"), .iss = at("/")}),
           "wrong_issuer");
  must_not(answered((struct oauth_answer){.error = STR("access_denied"),
                                          .error_description = STR("boo"),
                                          .state = STR("state"),
                                          .iss = STR("https://evil.example")}),
           "wrong_issuer");
  assert_null(strstr(err.text, "boo"));
  must_not(answered((struct oauth_answer){.code = STR("c"), .state = STR("stat")}), "wrong_state");
  must_not(answered((struct oauth_answer){.code = STR("c")}), "wrong_state");
  must_not(answered((struct oauth_answer){.state = STR("state")}), "vendor_refused");
  must_not(answered((struct oauth_answer){.error = STR("access_denied"), .state = STR("state")}), "denied");
  assert_int_equal(err.code, ERR_DENIED);
  must_not(answered((struct oauth_answer){.error = STR("server_error"), .state = STR("state")}),
           "vendor_down");
  must_not(answered((struct oauth_answer){.error = STR("invalid_scope"), .state = STR("state")}),
           "vendor_refused");
  ISSUER(advertise_iss, true);
  must(discover(NULL));
  must_not(answered((struct oauth_answer){.code = STR("c"), .state = STR("state")}), "wrong_issuer");
}

// ---- tokens

static void codes_become_tokens(void **state) {
  (void)state;
  struct oauth_party p = party_with(OAUTH_BASIC);
  int64_t before = clock_now_ms();
  must(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err));
  check_text(secret_reveal(tokens.access), "at-1");
  check_text(secret_reveal(tokens.refresh), "rt-1");
  assert_true(tokens.expires_at >= before + 3600000 && tokens.expires_at <= clock_now_ms() + 3600000);
  assert_string_equal(issuer.token_authorization, "Basic aWQlM0ExOnMlMkIxJTJG"); // id%3A1:s%2B1%2F
  check_has(issuer.token_request,
            "grant_type=authorization_code&code=c0de&redirect_uri=https%3A%2F%2Fus.example%2Fcb"
            "&code_verifier=verifier&resource=http%3A%2F%2F127.0.0.1");
  assert_null(strstr(issuer.token_request, "client_"));
  oauth_tokens_wipe(&tokens);
  client.method = OAUTH_POST;
  must(oauth_refresh(&p, (client.key = secret_new(STR("rt-1"))), STR(""), &tokens, &err));
  check_has(issuer.token_request, "grant_type=refresh_token&refresh_token=rt-1&resource=");
  check_has(issuer.token_request, "&client_id=id%3A1&client_secret=s%2B1%2F");
  assert_string_equal(issuer.token_authorization, "");
  oauth_tokens_wipe(&tokens);
  client.method = OAUTH_NONE;
  must(oauth_client_credentials(&p, STR("read"), &tokens, &err));
  check_has(issuer.token_request, "grant_type=client_credentials&scope=read&resource=");
  assert_null(strstr(issuer.token_request, "client_secret"));
  must(oauth_revoke(&p, tokens.access, &err));
  assert_int_equal(issuer.revocations, 1);
  oauth_tokens_wipe(&tokens);
  oauth_client_wipe(&client);
}

static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFo/PhtmjY4oiO4Cc\n"
                          "-----END PRIVATE KEY-----\n";

static void a_key_that_is_none_is_told(void **state) {
  (void)state;
  struct oauth_party p = party_with(OAUTH_PRIVATE_KEY_JWT);
  client.key = secret_new(str_of(pem));
  assert_false(oauth_client_credentials(&p, STR(""), &tokens, &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_int_equal(issuer.codes, 0);
  oauth_client_wipe(&client);
}

static void refusals_have_their_words_and_no_secrets(void **state) {
  (void)state;
  struct oauth_party p = party_with(OAUTH_POST);
  ISSUER(token_error, "{\"error\":\"invalid_grant\",\"error_description\":\"no c0de here\"}");
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "invalid_grant");
  assert_int_equal(err.code, ERR_UNPROCESSABLE);
  assert_null(strstr(err.text, "c0de"));
  ISSUER(token_error, "{\"error\":\"invalid_grant\",\"error_description\":\"it is gone\"}");
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "invalid_grant");
  check_has(err.text, "it is gone");
  ISSUER(token_status, 200); // some say it so
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "invalid_grant");
  ISSUER(token_error, "<html>blocked</html>");
  ISSUER(token_status, 403); // a firewall's page is no word on the grant
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "vendor_down");
  ISSUER(token_error, "{\"error\":\"invalid_grant\"}");
  ISSUER(token_status, 500);
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "vendor_down");
  oauth_client_wipe(&client);
}

static bool redeems(const char *body) {
  struct oauth_party p = {&net, &site, &client, arena};
  ISSUER(token_body, body);
  bool ok = oauth_redeem(&p, &request, STR("c"), &tokens, &err);
  if (ok) oauth_tokens_wipe(&tokens);
  return ok;
}

static void token_answers_are_read_with_care(void **state) {
  (void)state;
  party_with(OAUTH_NONE);
  assert_true(redeems("{\"access_token\":\"a\"}"));
  assert_true(redeems("{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":\"60\"}"));
  assert_true(tokens.expires_at > clock_now_ms() && tokens.expires_at <= clock_now_ms() + 60000);
  assert_true(redeems("{\"access_token\":\"a\",\"expires_in\":1e300}"));
  assert_true(redeems("{\"access_token\":\"a\",\"expires_in\":-5}"));
  assert_int_equal(tokens.expires_at, 0);
  assert_false(redeems("{\"access_token\":\"a b\"}"));
  assert_false(redeems("{\"access_token\":\"a\\r\\nX: y\"}"));
  assert_false(redeems("{\"access_token\":7}"));
  assert_false(redeems("{\"access_token\":\"a\",\"token_type\":\"DPoP\"}"));
  assert_false(redeems("{\"access_token\":\"a\",\"refresh_token\":\"\\u0001\"}"));
  assert_false(redeems("[]"));
  oauth_client_wipe(&client);
}

static void what_a_token_tells_is_read(void **state) {
  (void)state;
  struct oauth_party p = party_with(OAUTH_NONE);
  ISSUER(sub, "user-7");
  ISSUER(cloud, "demo");
  must(oauth_redeem(&p, &request, STR("c"), &tokens, &err));
  check_text(oauth_claim(&tokens, STR("sub"), arena), "user-7");
  check_text(oauth_claim(&tokens, STR("cloud_name"), arena), "demo");
  check_text(oauth_claim(&tokens, STR("n"), arena), "");
  oauth_tokens_wipe(&tokens);
  oauth_client_wipe(&client);
}

static void sites_survive_a_row(void **state) {
  (void)state;
  ISSUER(advertise_iss, true);
  must(discover(NULL));
  struct oauth_site back;
  must(oauth_site_read(oauth_site_write(&site, arena), arena, &back, &err));
  assert_true(str_eq(back.issuer, site.issuer) && str_eq(back.resource, site.resource));
  assert_true(str_eq(back.token_endpoint, site.token_endpoint) &&
              str_eq(back.revocation_endpoint, site.revocation_endpoint));
  assert_true(back.iss_advertised && back.refreshes && back.methods == site.methods);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      T(metadata_is_found_at_the_path),
      T(the_challenge_names_the_metadata),
      T(metadata_is_found_at_the_root),
      T(an_issuer_with_a_path_is_asked_in_order),
      T(old_servers_have_their_places),
      T(foreign_documents_are_refused),
      T(an_issuer_is_who_it_says),
      T(without_s256_nobody_is_asked),
      T(a_vendor_that_is_down_is_no_old_vendor),
      T(the_guard_holds_for_metadata),
      T(clients_register),
      T(a_document_of_ours_comes_before_registration),
      T(a_given_client_comes_first),
      T(registration_refused_is_told_with_its_remedy),
      T(the_question_has_all_that_it_needs),
      T(scopes_come_from_who_knows_best),
      T(answers_are_checked_in_order),
      T(codes_become_tokens),
      T(a_key_that_is_none_is_told),
      T(refusals_have_their_words_and_no_secrets),
      T(token_answers_are_read_with_care),
      T(what_a_token_tells_is_read),
      T(sites_survive_a_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Vendors that publish, refuse and grant in forms of their own.
#include "rig.h"

static void a_hint_that_cannot_be_used_is_none(void **state) {
  (void)state;
  static const char *const hints[] = {
      "Bearer resource_metadata=%s/.well-known/oauth-protected-resource/none",
      "Bearer resource_metadata='%s/.well-known/oauth-protected-resource/none', error=\"invalid_token\"",
      "Bearer resource_metadata=\"/.well-known/oauth-protected-resource/none\"",
      "Bearer resource_metadata=\"http://192.0.2.1/.well-known/oauth-protected-resource\"",
      "Bearer resource_metadata=\"https://127.0.0.1:1/prm\"",
      "Bearer resource_metadata=\"nonsense\"",
      "Bearer resource_metadata=\"\"",
  };
  for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
    must(discover(arena_printf(arena, hints[i], issuer.base).p));
    assert_true(str_eq(site.resource, at("/mcp")) && !site.assumed);
  }
  // Those that can be read are followed.
  ISSUER(challenge_metadata, "/custom/prm");
  ISSUER(prm_at_root, true);
  static const char *const good[] = {"Bearer resource_metadata=%s/custom/prm",
                                     "Bearer resource_metadata='%s/custom/prm'",
                                     "Bearer resource_metadata=\"/custom/prm\""};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    issuer.paths[0] = 0;
    must(discover(arena_printf(arena, good[i], issuer.base).p));
    assert_non_null(strstr(issuer.paths, "GET /custom/prm"));
    assert_null(strstr(issuer.paths, "oauth-protected-resource"));
  }
  // Where nothing else has anything, the hint's trouble is told.
  ISSUER(no_prm, true);
  ISSUER(no_metadata, true);
  must_not(discover("Bearer resource_metadata=\"https://127.0.0.1:1/prm\""), "vendor_down");
}

static void json_that_is_no_metadata_is_passed_over(void **state) {
  (void)state;
  ISSUER(json, true);
  ISSUER(prm_at_root, true);
  ISSUER(openid_only, true);
  must(discover("Bearer"));
  assert_true(str_eq(site.resource, at("/mcp")) && str_eq(site.token_endpoint, at("/token")));
  ISSUER(no_prm, true);
  ISSUER(no_metadata, true);
  must(discover("Bearer"));
  assert_true(site.assumed);
}

static void an_authorization_server_may_be_beside_the_server(void **state) {
  (void)state;
  ISSUER(no_prm, true);
  ISSUER(beside, true);
  must(discover(NULL));
  assert_true(!site.assumed && str_eq(site.authorization_endpoint, at("/authorize?x=1")));
  check_text(site.issuer, issuer.base);
}

// Its issuer is its origin whatever it calls itself, since clients are kept by that; in an answer its own name counts
// too, where nobody else gets the code.
static void a_server_without_resource_metadata_has_a_name(void **state) {
  (void)state;
  ISSUER(no_prm, true);
  ISSUER(as_named, at("/own/name").p);
  must(discover(NULL));
  check_text(site.issuer, issuer.base);
  struct oauth_site back;
  must(oauth_site_read(oauth_site_write(&site, arena), arena, &back, &err));
  struct oauth_answer a = {.code = STR("c"), .state = STR("s"), .iss = at("/own/name")};
  must(oauth_check_answer(&back, STR("s"), &a, &err));
  a.iss = str_of(issuer.base);
  must(oauth_check_answer(&back, STR("s"), &a, &err));
  a.iss = at("/other");
  must_not(oauth_check_answer(&back, STR("s"), &a, &err), "wrong_issuer");
  ISSUER(as_named, "https://accounts.example");
  must(discover(NULL));
  a.iss = STR("https://accounts.example");
  must_not(oauth_check_answer(&site, STR("s"), &a, &err), "wrong_issuer");
}

static void a_slash_makes_no_other_issuer(void **state) {
  (void)state;
  ISSUER(as_named, at("/").p);
  must(discover(NULL));
  assert_true(str_eq(site.issuer, at("/"))); // as the document says: `iss` is compared with that
  ISSUER(as_issuer, at("/tenant").p);
  ISSUER(as_named, at("/tenant/").p);
  must(discover(NULL));
  assert_true(str_eq(site.issuer, at("/tenant/")));
  ISSUER(as_named, at("/tenant//").p);
  must_not(discover(NULL), "wrong_issuer");
  ISSUER(as_named, at("/tenants").p);
  must_not(discover(NULL), "wrong_issuer");
}

static void refusals_come_in_many_shapes(void **state) {
  (void)state;
  static const struct {
    const char *body, *field, *words;
    int status;
  } cases[] = {
      {"error=bad_verification_code&error_description=The+code+is+%22wrong%22", "vendor_refused",
       "The code is \"wrong\"", 200},
      {"error=invalid_grant", "invalid_grant", "", 400},
      {"<html><head><title>400 Bad code</title></head><body>x</body></html>", "vendor_refused",
       "400 Bad code", 400},
      {"<p>The code <b>is</b> wrong</p>", "vendor_refused", "The code is wrong", 401},
      {"the code is wrong", "vendor_refused", "the code is wrong", 400},
      {"{\"error\":{\"code\":\"invalid_grant\",\"message\":\"used before\"}}", "invalid_grant", "used before",
       400},
      {"{\"error\":{\"type\":\"OAuthException\",\"message\":\"used before\"}}", "vendor_refused",
       "used before", 400},
      {"{\"error\":\"The code was used before.\"}", "vendor_refused", "The code was used before.", 200},
      {"{\"errors\":[{\"message\":\"used before\"}]}", "vendor_refused", "used before", 422},
      {"{\"ok\":false,\"error\":\"invalid_code\"}", "vendor_refused", "invalid_code", 200},
      {"", "vendor_refused", "", 400},
      {"<html>blocked</html>", "vendor_down", "", 403},
      {"{}", "vendor_down", "", 200},
      {"<html>oops</html>", "vendor_down", "", 502},
  };
  struct oauth_party p = party_with(OAUTH_POST);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ISSUER(token_error, cases[i].body);
    ISSUER(token_status, cases[i].status);
    must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), cases[i].field);
    check_has(err.text, cases[i].words);
  }
  oauth_client_wipe(&client);
}

static void tokens_may_come_as_a_form(void **state) {
  (void)state;
  struct oauth_party p = party_with(OAUTH_NONE);
  ISSUER(token_body, "access_token=a%2Fb&token_type=bearer&expires_in=60&refresh_token=r");
  must(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err));
  check_text(secret_reveal(tokens.access), "a/b");
  check_text(secret_reveal(tokens.refresh), "r");
  oauth_tokens_wipe(&tokens);
  oauth_client_wipe(&client);
}

static void a_connector_knows_what_a_kind_of_token_is(void **state) {
  (void)state;
  struct oauth_party p = party_with(OAUTH_NONE);
  ISSUER(token_body, "{\"ok\":true,\"access_token\":\"t0\",\"token_type\":\"user\"}");
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "not_supported");
  site.token_type = STR("user");
  must(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err));
  oauth_tokens_wipe(&tokens);
  struct oauth_site back;
  must(oauth_site_read(oauth_site_write(&site, arena), arena, &back, &err));
  check_text(back.token_type, "user");
  site.token_type = STR("bot");
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "not_supported");
  oauth_client_wipe(&client);
}

static void a_secret_is_shown_in_the_form_where_basic_is_refused(void **state) {
  (void)state;
  struct oauth_party p = party_with(OAUTH_BASIC);
  ISSUER(form_only, true);
  site.methods = OAUTH_METHODS_UNSAID;
  must(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err));
  check_has(issuer.token_request, "client_secret=");
  assert_string_equal(issuer.token_authorization, "");
  oauth_tokens_wipe(&tokens);
  site.methods = 1 << OAUTH_BASIC; // it says that it wants Basic
  must_not(oauth_redeem(&p, &request, STR("c0de"), &tokens, &err), "vendor_refused");
  oauth_client_wipe(&client);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      T(a_hint_that_cannot_be_used_is_none),
      T(json_that_is_no_metadata_is_passed_over),
      T(an_authorization_server_may_be_beside_the_server),
      T(a_server_without_resource_metadata_has_a_name),
      T(a_slash_makes_no_other_issuer),
      T(refusals_come_in_many_shapes),
      T(tokens_may_come_as_a_form),
      T(a_connector_knows_what_a_kind_of_token_is),
      T(a_secret_is_shown_in_the_form_where_basic_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

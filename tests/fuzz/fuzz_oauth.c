// SPDX-License-Identifier: Apache-2.0
// Input: a letter that says which document follows: (r)esource metadata, (s)erver metadata, (t)okens, the
// (a)nswer of a redirect as lines. What is accepted keeps the rules that the rest relies on.
#include "fuzz.h"

#include "oauth/oauth_private.h"

#define ISSUER "https://issuer.example/t"
#define SERVER "https://mcp.example/mcp"

static bool is_safe(struct str url) { // empty, https, or on this machine
  return !url.n || (url.n > 8 && str_eq_nocase(str_make(url.p, 6), STR("https:"))) ||
         (url.n > 7 && str_eq_nocase(str_make(url.p, 5), STR("http:")));
}

static void resource(yyjson_val *root, struct arena *a) {
  struct oauth_site site = {0};
  struct str issuer;
  struct err err;
  if (!oauth_read_resource(root, STR(SERVER), a, &site, &issuer, &err)) return;
  fuzz_check(site.resource.n >= sizeof "https://mcp.example" - 1, "a resource elsewhere: %.*s",
             STR_ARG(site.resource));
  fuzz_check(site.scopes.count <= OAUTH_SCOPES_MOST, "too many scopes");
}

static void server(yyjson_val *root, struct arena *a) {
  struct oauth_site site = {.server_url = STR(SERVER), .resource = STR(SERVER)}, back;
  struct err err;
  if (!oauth_read_server(root, STR(ISSUER), a, &site, &err)) return;
  fuzz_check(str_is(site.issuer, ISSUER) || str_is(site.issuer, ISSUER "/"), "another issuer");
  fuzz_check(site.token_endpoint.n && is_safe(site.token_endpoint) && is_safe(site.authorization_endpoint) &&
                 is_safe(site.registration_endpoint) && is_safe(site.revocation_endpoint),
             "an address that is not vetted");
  fuzz_check(oauth_site_read(oauth_site_write(&site, a), a, &back, &err), "a site that no row can hold: %s",
             err.text);
  fuzz_check(str_eq(site.token_endpoint, back.token_endpoint) && str_eq(site.issuer, back.issuer) &&
                 site.methods == back.methods,
             "another site");
}

static void tokens(yyjson_val *root, struct arena *a) {
  struct oauth_tokens t;
  struct err err;
  if (!oauth_read_tokens(root, STR("user"), 1000, a, &t, &err)) return;
  struct str access = secret_reveal(t.access);
  for (size_t i = 0; i < access.n; i++)
    fuzz_check(access.p[i] > ' ' && access.p[i] < 0x7f, "no header takes that");
  fuzz_check(t.expires_at == 0 || t.expires_at > 1000, "it ended before it began");
  (void)oauth_claim(&t, STR("sub"), a);
  oauth_tokens_wipe(&t);
}

static void redirect(struct str text) {
  struct oauth_site site = {.issuer = STR(ISSUER), .iss_advertised = text.n % 2};
  struct oauth_answer answer = {0};
  struct str *members[] = {&answer.code, &answer.state, &answer.iss, &answer.error,
                           &answer.error_description};
  struct err err;
  for (size_t i = 0; i < 5 && str_cut(&text, '\n', members[i]); i++) continue;
  bool ok = oauth_check_answer(&site, STR("state"), &answer, &err);
  fuzz_check(!ok || (str_is(answer.state, "state") && answer.code.n && !answer.error.n &&
                     (!answer.iss.n || str_is(answer.iss, ISSUER)) && (answer.iss.n || !site.iss_advertised)),
             "an answer that must not count");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  struct arena *a = arena_new();
  struct str text = str_make((const char *)data + 1, size - 1);
  yyjson_doc *doc = NULL;
  struct err err;
  if (data[0] == 'a') {
    redirect(text);
  } else if (json_read(text, &JSON_LIMITS, &doc, &err)) {
    yyjson_val *root = yyjson_doc_get_root(doc);
    if (data[0] == 'r') resource(root, a);
    if (data[0] == 's') server(root, a);
    if (data[0] == 't') tokens(root, a);
  }
  yyjson_doc_free(doc);
  arena_free(a);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Input: a letter that says what follows: an ID (t)oken, a (k)ey set, (c)laims, (r)ules, a (p)ath to come back to, (m)etadata of
// a provider. Nothing that nobody signed passes, and what is let in is let in by a rule.
#include "fuzz.h"

#include "data/json.h"
#include "oidc/id_token.h"
#include "oidc/jwks.h"
#include "oidc/oidc.h"

// A published key (RFC 8037, appendix A.2), whose other half nobody uses here.
#define KEYS                                                                                                 \
  "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"

static void token(struct str text, struct arena *a) {
  const struct id_token_want want = {STR("https://op.example"), STR("postern"), STR("n-1"), 1796000010000};
  struct id_token t;
  struct jwks *set = NULL;
  yyjson_doc *doc;
  struct err err;
  if (!id_token_read(text, a, &t, &err)) return;
  fuzz_check(jwk_knows(t.algorithm), "an algorithm that is none of ours");
  fuzz_check(yyjson_is_obj(yyjson_doc_get_root(t.claims)), "claims that are no object");
  if (json_read(STR(KEYS), &JSON_LIMITS, &doc, &err) && jwks_read(yyjson_doc_get_root(doc), &set, &err)) {
    const struct jwk *key = jwks_find(set, STR_NONE, STR("EdDSA"));
    fuzz_check(!id_token_signed(&t, key, &err), "a signature of nobody");
  }
  yyjson_doc_free(doc);
  jwks_unref(set);
  bool holds = id_token_holds(&t, &want, &err);
  yyjson_val *root = yyjson_doc_get_root(t.claims);
  fuzz_check(!holds || (str_is(json_str(root, "iss"), "https://op.example") &&
                        str_is(json_str(root, "nonce"), "n-1") && json_str(root, "sub").n),
             "claims that must not hold");
  id_token_free(&t);
}

static void keys(yyjson_val *root) {
  static const char *const algorithms[] = {"RS256", "PS256", "ES256", "EdDSA"};
  struct jwks *set;
  struct err err;
  if (!jwks_read(root, &set, &err)) return;
  for (size_t i = 0; i < 4; i++) {
    const struct jwk *key = jwks_find(set, STR_NONE, str_of(algorithms[i]));
    fuzz_check(!key || !jwk_verifies(key, str_of(algorithms[i]), STR("a.b"), STR("signed by nobody")),
               "a signature of nobody");
  }
  fuzz_check(!jwks_find(set, STR_NONE, STR("HS256")) && !jwks_find(set, STR_NONE, STR("none")),
             "a key for nothing");
  jwks_unref(set);
}

static void claims(yyjson_val *root, struct arena *a) {
  struct provider p = {.groups_claim = STR("a.groups")};
  struct claims_person who;
  struct err err;
  fuzz_check(provider_read_rules(STR("[{\"group\":\"eng\",\"role\":\"editor\"}]"), a, &p, &err), "rules");
  if (!claims_read(&p, root, root, a, &who, &err)) return;
  bool in = false;
  for (size_t i = 0; i < who.group_count; i++) {
    fuzz_check(user_group_is_good(who.groups[i]), "a group that is none");
    in = in || str_is(who.groups[i], "eng");
  }
  fuzz_check(who.group_count <= USER_GROUPS_MOST && who.admitted == in,
             "let in without a rule, or left out with one");
  fuzz_check(who.email.n <= CLAIMS_TEXT_MOST && (!who.email_verified || who.email.n),
             "an address that is none");
}

static void rules(struct str text, struct arena *a) {
  struct provider p = {0};
  struct err err;
  if (!provider_read_rules(text, a, &p, &err)) return;
  fuzz_check(p.rule_count <= PROVIDER_RULES_MOST, "too many rules");
  for (size_t i = 0; i < p.rule_count; i++)
    fuzz_check(p.rules[i].role > ACCESS_CLIENT && !(p.rules[i].group.n && p.rules[i].domain.n),
               "a rule that is none");
}

static void path(struct str text) {
  if (!oidc_is_path(text)) return;
  for (size_t i = 0; i < text.n; i++)
    fuzz_check(text.p[i] > ' ' && text.p[i] <= '~' && text.p[i] != '\\', "a character");
  fuzz_check(text.p[0] == '/' && (text.n == 1 || text.p[1] != '/'), "another host");
}

static void metadata(yyjson_val *root, struct arena *a) {
  struct openid_site site;
  struct err err;
  if (!openid_read(root, STR("https://op.example"), a, &site, &err)) return;
  fuzz_check(str_is(site.site.issuer, "https://op.example") ||
                 str_is(site.site.issuer, "https://op.example/"),
             "another issuer");
  fuzz_check(site.jwks_uri.n && site.site.authorization_endpoint.n && site.site.token_endpoint.n &&
                 !site.site.resource.n,
             "a site that lacks something");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  struct arena *a = arena_new();
  struct str text = str_make((const char *)data + 1, size - 1);
  yyjson_doc *doc = NULL;
  struct err err;
  if (data[0] == 't') token(text, a);
  if (data[0] == 'r') rules(text, a);
  if (data[0] == 'p') path(text);
  if ((data[0] == 'k' || data[0] == 'c' || data[0] == 'm') && json_read(text, &JSON_LIMITS, &doc, &err)) {
    yyjson_val *root = yyjson_doc_get_root(doc);
    if (data[0] == 'k') keys(root);
    if (data[0] == 'c') claims(root, a);
    if (data[0] == 'm') metadata(root, a);
  }
  yyjson_doc_free(doc);
  arena_free(a);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "account/vault_client.h"

#include "account/vault.h"
#include "oauth/oauth_text.h"

static bool vault_client_value(const struct vault_client *in, const char *name, struct str *out,
                               struct err *err) {
  return vault_value(in->plain, str_of(name), out) ||
         err_set(err, ERR_CONFLICT,
                 "the stored credential lacks %s, which the connector has come to need: give it again", name);
}

// Its lines end as PEM has them again.
static struct secret *vault_client_key(struct str kept) {
  char *bytes;
  struct secret *key = secret_make(kept.n + 1, &bytes);
  for (size_t i = 0; i < kept.n; i++) bytes[i] = kept.p[i] == VAULT_LINE_END ? '\n' : kept.p[i];
  bytes[kept.n] = '\n';
  return key;
}

bool vault_client_grant(const struct vault_client *in, struct grant **out, struct err *err) {
  const struct connector_way *way = in->way;
  enum oauth_method method = OAUTH_BASIC;
  bool said = way->client.method.n && oauth_method_from(way->client.method, &method);
  bool key = method == OAUTH_PRIVATE_KEY_JWT;
  struct str url, id, kept;
  if (!vault_client_value(in, CONNECTOR_CLIENT_TOKEN_URL, &url, err) ||
      !vault_client_value(in, CONNECTOR_CLIENT_ID, &id, err) ||
      !vault_client_value(in, key ? CONNECTOR_CLIENT_KEY : CONNECTOR_CLIENT_SECRET, &kept, err))
    return false;
  struct grant_client c = {
      .account_id = in->account_id,
      .site = {.issuer = url, // RFC 7523 §3: the token endpoint may be the audience of an assertion
               .token_endpoint = url,
               .resource = way->client.resource,
               .audience = way->client.audience,
               .token_type = way->oauth.token_type,
               .methods = said ? 1u << method : (unsigned)OAUTH_METHODS_UNSAID},
      .client = {.id = id, .method = method},
      .scope = way->oauth.scope,
      .hide = vault_hides(way, in->plain, NULL),
      .failing = str_starts(in->status_text, GRANT_NO_TOKEN),
  };
  *(key ? &c.client.key : &c.client.secret) = key ? vault_client_key(kept) : secret_new(kept);
  *out = grant_of_client(in->env, &c);
  oauth_client_wipe(&c.client);
  redact_unref(c.hide);
  return true;
}

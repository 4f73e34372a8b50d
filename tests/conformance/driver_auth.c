// SPDX-License-Identifier: Apache-2.0
// How the driver comes by a token. The "person" is one GET of the authorization URL, whose redirect is read.
#include <stdio.h>

#include "base/clock.h"
#include "base/codec.h"
#include "crypto/token.h"
#include "driver.h"
#include "oauth/challenge.h"

#define DRIVER_DOCUMENT "https://conformance-test.local/client-metadata.json"
#define DRIVER_REDIRECT "http://localhost:3000/oauth/callback"

void driver_forget(struct driver *d) {
  oauth_client_wipe(&d->client);
  if (d->has_tokens) oauth_tokens_wipe(&d->tokens);
  d->has_tokens = false;
}

// ---- the answer of the authorization server, out of a Location

static struct str driver_form_value(struct arena *a, struct str coded) {
  char *text = arena_z(a, coded);
  for (char *c = text; *c; c++)
    if (*c == '+') *c = ' ';
  struct str value;
  return codec_unpercent(a, str_of(text), &value) ? value : STR_NONE;
}

static void driver_read_answer(struct arena *a, struct str location, struct oauth_answer *out) {
  struct {
    const char *name;
    struct str *value;
  } wanted[] = {{"code", &out->code},
                {"state", &out->state},
                {"iss", &out->iss},
                {"error", &out->error},
                {"error_description", &out->error_description}};
  ptrdiff_t mark = str_find(location, '?');
  struct str rest = mark < 0 ? STR_NONE : str_from(location, (size_t)mark + 1), pair, name;
  while (str_cut(&rest, '&', &pair)) {
    if (!str_cut(&pair, '=', &name)) continue;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
      if (str_is(name, wanted[i].name)) *wanted[i].value = driver_form_value(a, pair);
  }
}

static bool driver_visit(struct driver *d, struct str url, struct arena *a, struct oauth_answer *out,
                         struct err *err) {
  struct fetch_call call = {.method = "GET", .url = url, .limits = &d->limits, .guard = d->guard};
  struct fetch_result r;
  if (!fetch_url(&call, a, &r, err)) return false;
  buf_free(&r.body);
  struct str location = http_header_get(&r.headers, "location");
  if (r.status < 300 || r.status > 399 || !location.n)
    return err_set(err, ERR_UPSTREAM, "the authorization endpoint answers with status %d", r.status);
  driver_read_answer(a, location, out);
  return true;
}

// ---- grants

static bool driver_authorize(struct driver *d, const struct oauth_party *p, struct str scope,
                             struct oauth_tokens *out, struct err *err) {
  char state[TOKEN_TEXT], verifier[TOKEN_TEXT];
  token_new("state", state);
  token_new("v", verifier);
  struct oauth_request r = {.redirect_uri = STR(DRIVER_REDIRECT), .scope = scope};
  r.state = str_of(state);
  r.verifier = str_of(verifier);
  if (++d->authorizations > DRIVER_AUTHORIZATIONS_MOST)
    return err_set(err, ERR_UNAUTHENTICATED, "authorized %d times in vain", DRIVER_AUTHORIZATIONS_MOST);
  struct str url = oauth_authorize_url(p->site, p->client, &r, p->arena);
  printf("authorize: %.*s\n", STR_ARG(url));
  struct oauth_answer answer = {0};
  return driver_visit(d, url, p->arena, &answer, err) && oauth_check_answer(p->site, r.state, &answer, err) &&
         oauth_redeem(p, &r, answer.code, out, err);
}

// A client that the scenario gives: by its secret, or by a key.
static bool driver_given(struct driver *d, struct oauth_client *out) {
  struct str id = json_str(d->context, "client_id"), secret = json_str(d->context, "client_secret"),
             key = json_str(d->context, "private_key_pem");
  if (!id.n) return false;
  *out = (struct oauth_client){.id = id, .issuer = json_str(d->context, "issuer"), .method = OAUTH_BASIC};
  if (secret.n) out->secret = secret_new(secret);
  if (key.n) {
    out->key = secret_new(key);
    out->algorithm = json_str(d->context, "signing_algorithm");
    out->method = OAUTH_PRIVATE_KEY_JWT;
  }
  return true;
}

static bool driver_client(struct driver *d, const struct oauth_net *net, const struct oauth_site *site,
                          struct str scope, struct err *err) {
  struct oauth_want want = {.document_url = STR(DRIVER_DOCUMENT),
                            .redirect_uri = STR(DRIVER_REDIRECT),
                            .client_name = STR("Postern conformance driver"),
                            .scope = scope};
  struct oauth_client given = {0}, made;
  if (d->client.id.n && str_eq(d->client.issuer, site->issuer)) return true;
  bool has_given = driver_given(d, &given);
  if (has_given) want.pre_registered = &given;
  bool ok = oauth_client_for(net, site, &want, d->arena, &made, err);
  if (ok) {
    oauth_client_wipe(&d->client);
    d->client = made;
    printf("client: %.*s at %.*s\n", STR_ARG(made.id), STR_ARG(made.issuer));
  }
  if (has_given) oauth_client_wipe(&given);
  return ok;
}

static bool driver_grant(struct driver *d, const struct mcp_challenge *challenge, struct err *err) {
  struct oauth_net net = {d->guard, &d->limits};
  struct oauth_site site;
  struct oauth_tokens tokens;
  struct challenge said = challenge_read(challenge->www_authenticate, d->arena);
  bool step_up = challenge_wants_scope(&said, challenge->status);
  if (challenge->status == 403 && !step_up) return err_set(err, ERR_DENIED, "%.*s", STR_ARG(challenge->said));
  if (!oauth_discover(&net, d->url, challenge, d->arena, &site, err)) return false;
  struct str scope = oauth_scope(&site, challenge, STR_NONE, step_up ? d->scope : STR_NONE, d->arena);
  if (!driver_client(d, &net, &site, scope, err)) return false;
  struct oauth_party party = {&net, &site, &d->client, d->arena};
  bool alone = str_starts(d->scenario, "auth/client-credentials");
  bool ok = alone ? oauth_client_credentials(&party, scope, &tokens, err)
                  : driver_authorize(d, &party, scope, &tokens, err);
  if (!ok) return false;
  if (d->has_tokens) oauth_tokens_wipe(&d->tokens);
  d->tokens = tokens;
  d->has_tokens = true;
  d->scope = scope;
  return true;
}

bool driver_lend(void *arg, const struct mcp_challenge *refused, struct arena *a, struct http_headers *out,
                 struct err *err) {
  struct driver *d = arg;
  if (refused) {
    printf("refused with %d: %.*s\n", refused->status, STR_ARG(refused->www_authenticate));
    if (!driver_grant(d, refused, err)) return false;
  }
  if (!d->has_tokens) return true;
  *out = (struct http_headers){ARENA_NEW(a, struct http_header), 1};
  struct str token = secret_reveal(d->tokens.access);
  out->items[0] = (struct http_header){STR("Authorization"), arena_printf(a, "Bearer %.*s", STR_ARG(token))};
  return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "oidc/oidc.h"

#include "account/sealed.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "data/json.h"
#include "io/pool.h"
#include "oidc/id_token.h"
#include "oidc/known.h"

#define OIDC_CALLBACK "/signin/callback"
#define OIDC_PLACE "signin/browser" // that the cookie is sealed for

struct oidc_kept { // in the cookie
  struct str provider_id, state, nonce, verifier, next;
  int64_t version, expires_at;
};

bool oidc_is_path(struct str next) {
  if (!next.n || next.n > OIDC_NEXT_MOST || next.p[0] != '/') return false;
  if (next.n > 1 && next.p[1] == '/') return false; // another host (RFC 3986 §4.2)
  for (size_t i = 0; i < next.n;
       i++) // browsers read '\' as '/', and leave out control characters (WHATWG URL)
    if (next.p[i] <= ' ' || next.p[i] > '~' || next.p[i] == '\\') return false;
  return !str_starts(next, "/signin/");
}

// ---- the cookie

static void oidc_put(struct buf *out, const char *member, struct str value) {
  buf_printf(out, ",\"%s\":", member);
  json_add_string(out, value);
}

static bool oidc_seal(const struct oidc_env *env, const struct oidc_kept *k, struct arena *a,
                      struct str *cookie, struct err *err) {
  struct buf plain = BUF_MAX(OIDC_COOKIE_MOST);
  buf_printf(&plain, "{\"version\":%lld,\"expires_at\":%lld", (long long)k->version,
             (long long)k->expires_at);
  oidc_put(&plain, "provider", k->provider_id);
  oidc_put(&plain, "state", k->state);
  oidc_put(&plain, "nonce", k->nonce);
  oidc_put(&plain, "verifier", k->verifier);
  oidc_put(&plain, "next", k->next);
  buf_add_char(&plain, '}');
  bool ok =
      !plain.full && seal_close(store_ring(env->store), STR(OIDC_PLACE), buf_str(&plain), a, cookie, err);
  bool fits = !plain.full && (!ok || cookie->n <= OIDC_COOKIE_MOST);
  secret_wipe(plain.p, plain.n);
  buf_free(&plain);
  return fits ? ok : err_set(err, ERR_LIMIT, "what this sign-in should come back to is too long");
}

static bool oidc_stranger(struct err *err) {
  err_why(err, ERR_DENIED, WHY_ANOTHER_BROWSER,
          "this browser began no such sign-in, or began another one since, or ten minutes are over");
  err_hint(err, "begin again, in one browser");
  return false;
}

static bool oidc_open(const struct oidc_env *env, struct str cookie, struct arena *a, struct oidc_kept *out,
                      struct err *err) {
  struct secret *plain;
  yyjson_doc *doc;
  struct err none;
  if (!cookie.n || cookie.n > OIDC_COOKIE_MOST ||
      !seal_open(store_ring(env->store), STR(OIDC_PLACE), cookie, &plain, &none))
    return oidc_stranger(err);
  bool ok = json_read(secret_reveal(plain), &JSON_LIMITS, &doc, err);
  secret_free(plain);
  if (!ok) return false;
  yyjson_val *root = yyjson_doc_get_root(doc);
  *out = (struct oidc_kept){.provider_id = arena_dup(a, json_str(root, "provider")),
                            .state = arena_dup(a, json_str(root, "state")),
                            .nonce = arena_dup(a, json_str(root, "nonce")),
                            .verifier = arena_dup(a, json_str(root, "verifier")),
                            .next = arena_dup(a, json_str(root, "next")),
                            .version = json_int(root, "version", 0),
                            .expires_at = json_int(root, "expires_at", 0)};
  yyjson_doc_free(doc);
  return clock_now_ms() < out->expires_at || oidc_stranger(err);
}

// ---- the provider

struct oidc_search {
  const struct oidc_env *env;
  struct str named;
  struct arena *arena;
  struct provider *found;
  struct secret **secret; // NULL: not wanted
};

static bool oidc_find_job(void *arg, struct err *err) {
  struct oidc_search *f = arg;
  return provider_find(f->env->store, f->named, f->arena, f->found, err) &&
         (!f->secret || provider_open_secret(f->env->store, f->found, f->secret, err));
}

static struct str oidc_callback(const struct oidc_env *env, struct arena *a) {
  return ARENA_JOIN(a, env->public_url, STR(OIDC_CALLBACK));
}

static struct str oidc_random(const char *prefix, struct arena *a) {
  char text[TOKEN_TEXT];
  token_new(prefix, text);
  struct str copy = arena_dup(a, str_of(text));
  secret_wipe(text, sizeof text);
  return copy;
}

bool oidc_try(const struct oidc_env *env, struct provider *p, struct arena *a, struct err *err) {
  struct openid_site site;
  struct jwks *keys;
  yyjson_doc *doc;
  if (!openid_discover(&env->net, p->issuer, a, &site, err) || !openid_keys(&env->net, &site, a, &doc, err))
    return false;
  bool ok = jwks_read(yyjson_doc_get_root(doc), &keys, err);
  yyjson_doc_free(doc);
  if (!ok) return false;
  jwks_unref(keys);
  p->issuer = site.site.issuer;
  return true;
}

// ---- there

bool oidc_begin(const struct oidc_env *env, struct str named, struct str next, struct arena *a,
                struct oidc_start *out, struct err *err) {
  struct provider p;
  struct oidc_search search = {.env = env, .named = named, .arena = a, .found = &p};
  struct known_ask ask = {&env->net, &p};
  struct openid_site site;
  if (!pool_run(oidc_find_job, &search, err) || !known_site(&ask, a, &site, err)) return false;
  struct oidc_kept k = {.provider_id = p.id,
                        .version = p.version,
                        .state = oidc_random("sti", a),
                        .nonce = oidc_random("stn", a),
                        .verifier = oidc_random("stv", a),
                        .next = next,
                        .expires_at = clock_now_ms() + OIDC_LIVES_MS};
  if (!oidc_seal(env, &k, a, &out->cookie, err)) return false;
  struct oauth_client client = {.id = p.client_id};
  struct oauth_request r = {.redirect_uri = oidc_callback(env, a),
                            .state = k.state,
                            .scope = p.scope,
                            .verifier = k.verifier,
                            .nonce = k.nonce};
  out->url = oauth_authorize_url(&site.site, &client, &r, a);
  return true;
}

// ---- and back

struct oidc_ending {
  const struct oidc_env *env;
  const struct oauth_answer *answer;
  struct arena *arena;
  struct oidc_kept kept;
  struct oidc_end *end;
  struct openid_site site;
  struct secret *secret; // of the client; NULL: it is public
  struct oauth_tokens tokens;
  struct id_token token;
};

#define OIDC_TRIM                                                                                            \
  "DELETE FROM signin_state WHERE hash NOT IN (SELECT hash FROM signin_state ORDER BY expires_at DESC, "     \
  "hash LIMIT $1)"

// The first to come with this state takes it.
static bool finish_take(struct store *s, void *arg, struct err *err) {
  struct oidc_ending *f = arg;
  char hash[TOKEN_HASH_HEX];
  token_hash_hex(f->kept.state, hash);
  const struct store_value values[] = {STORE_TEXT(str_of(hash)), STORE_INT(f->kept.expires_at)};
  struct store_rows rows;
  if (!store_query(s, "SELECT hash FROM signin_state WHERE hash = $1", values, 1, f->arena, &rows, err))
    return false;
  if (rows.count) {
    err_why(err, ERR_DENIED, WHY_WRONG_STATE, "this answer was used already");
    err_hint(err, "begin again");
    return false;
  }
  return store_run(s, "INSERT INTO signin_state (hash, expires_at) VALUES ($1, $2)", values, 2, NULL, err) &&
         store_run(s, OIDC_TRIM, &STORE_INT(OIDC_STATES_MOST), 1, NULL, err);
}

static bool finish_take_job(void *arg, struct err *err) {
  struct oidc_ending *f = arg;
  struct oidc_search search = {f->env, f->kept.provider_id, f->arena, &f->end->provider, &f->secret};
  if (!store_transact(f->env->store, finish_take, f, err)) return false;
  if (!oidc_find_job(&search, err)) return false;
  if (f->end->provider.version == f->kept.version) return true;
  err_set(err, ERR_CONFLICT, "an administrator has changed this provider meanwhile");
  err_hint(err, "begin again");
  return false;
}

static bool finish_redeem(struct oidc_ending *f, struct err *err) {
  const struct provider *p = &f->end->provider;
  struct oauth_client given = {.id = p->client_id, .secret = f->secret}, client;
  struct oauth_want want = {.pre_registered = &given, .redirect_uri = oidc_callback(f->env, f->arena)};
  struct oauth_request r = {.redirect_uri = want.redirect_uri, .verifier = f->kept.verifier};
  if (!oauth_client_for(&f->env->net, &f->site.site, &want, f->arena, &client, err)) return false;
  struct oauth_party party = {&f->env->net, &f->site.site, &client, f->arena};
  bool ok = oauth_redeem(&party, &r, f->answer->code, &f->tokens, err);
  oauth_client_wipe(&client);
  return ok;
}

// With keys that are kept; where the one is not among them, with those of now.
static bool finish_check_signature(struct oidc_ending *f, const struct known_ask *ask, struct err *err) {
  const struct jwk *key = NULL;
  struct jwks *keys = NULL;
  for (int anew = 0; anew < 2 && !key; anew++) {
    jwks_unref(keys);
    keys = NULL;
    if (!known_keys(ask, &f->site, anew, &keys, err)) return false;
    key = jwks_find(keys, f->token.key_id, f->token.algorithm);
  }
  bool ok = key ? id_token_signed(&f->token, key, err)
                : err_why(err, ERR_DENIED, WHY_VENDOR_REFUSED,
                          "the provider's ID token is signed with a key that it does not publish");
  jwks_unref(keys);
  return ok;
}

static bool finish_check_token(struct oidc_ending *f, const struct known_ask *ask, struct err *err) {
  struct id_token_want want = {.issuer = f->site.site.issuer,
                               .client_id = f->end->provider.client_id,
                               .nonce = f->kept.nonce,
                               .now_ms = clock_now_ms()};
  if (!f->tokens.id_token)
    return err_why(err, ERR_DENIED, WHY_VENDOR_REFUSED, "the provider gave no ID token");
  return id_token_read(secret_reveal(f->tokens.id_token), f->arena, &f->token, err) &&
         finish_check_signature(f, ask, err) && id_token_holds(&f->token, &want, err);
}

// What the ID token leaves out may stand at the UserInfo endpoint, of the same person (OpenID Connect Core §5.3.2).
static bool finish_read_person(struct oidc_ending *f, struct err *err) {
  yyjson_val *claims = yyjson_doc_get_root(f->token.claims);
  yyjson_doc *more = NULL;
  const struct provider *p = &f->end->provider;
  if (f->site.userinfo_endpoint.n && !claims_suffice(p, claims) &&
      !openid_userinfo(&f->env->net, &f->site, f->tokens.access, f->arena, &more, err))
    return false;
  yyjson_val *root = yyjson_doc_get_root(more);
  bool same = !root || str_eq(json_str(root, "sub"), json_str(claims, "sub"));
  bool ok = same ? claims_read(p, claims, root, f->arena, &f->end->person, err)
                 : err_why(err, ERR_DENIED, WHY_WRONG_ACCOUNT,
                           "the provider tells of another person than it names");
  yyjson_doc_free(more);
  return ok;
}

static bool finish_run(struct oidc_ending *f, struct err *err) {
  struct known_ask ask = {&f->env->net, &f->end->provider};
  if (!pool_run(finish_take_job, f, err) || !known_site(&ask, f->arena, &f->site, err) ||
      !oauth_check_answer(&f->site.site, f->kept.state, f->answer, err) || !finish_redeem(f, err) ||
      !finish_check_token(f, &ask, err) || !finish_read_person(f, err))
    return false;
  f->end->id_token = f->tokens.id_token;
  f->tokens.id_token = NULL;
  f->end->issuer = f->site.site.issuer;
  f->end->next = f->kept.next;
  return true;
}

bool oidc_finish(const struct oidc_env *env, const struct oauth_answer *answer, struct str cookie,
                 struct arena *a, struct oidc_end *out, struct err *err) {
  struct oidc_ending f = {.env = env, .answer = answer, .arena = a, .end = out};
  *out = (struct oidc_end){0};
  if (!oidc_open(env, cookie, a, &f.kept, err)) return false;
  if (!answer->state.n || !str_eq_secret(answer->state, f.kept.state)) return oidc_stranger(err);
  bool ok = finish_run(&f, err);
  id_token_free(&f.token);
  oauth_tokens_wipe(&f.tokens);
  secret_free(f.secret);
  return ok;
}

// ---- and out

bool oidc_end_url(const struct oidc_env *env, struct str named, const struct secret *id_token,
                  struct str next, struct arena *a, struct str *out, struct err *err) {
  struct provider p;
  struct oidc_search search = {.env = env, .named = named, .arena = a, .found = &p};
  struct known_ask ask = {&env->net, &p};
  struct openid_site site;
  if (!pool_run(oidc_find_job, &search, err) || !known_site(&ask, a, &site, err)) return false;
  *out = openid_end_url(&site, p.client_id, id_token, ARENA_JOIN(a, env->public_url, next), a);
  return out->n || err_set(err, ERR_MISSING, "the provider has no place to sign out");
}

bool oidc_purge(struct store *s, int64_t now_ms, struct err *err) {
  return store_run(s, "DELETE FROM signin_state WHERE expires_at <= $1", &STORE_INT(now_ms), 1, NULL, err);
}

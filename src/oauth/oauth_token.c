// SPDX-License-Identifier: Apache-2.0
// The token endpoint (RFC 6749 §4.1.3, §6, §4.4; RFC 8707 §2; RFC 7523) and revocation (RFC 7009). What is
// sent holds secrets and is wiped; what comes back is forgotten but for the tokens.
#include "base/clock.h"
#include "base/codec.h"
#include "crypto/jwt.h"
#include "crypto/token.h"
#include "oauth/oauth_private.h"

enum { TOKEN_LIVES_MOST_S = 10 * 365 * 24 * 3600, TOKEN_ASSERTION_LIVES_S = 120, EXCHANGE_SECRETS_MOST = 6 };

struct exchange {
  const struct oauth_net *net;
  const struct oauth_site *site;
  const struct oauth_client *client;
  struct arena *arena;
  struct buf form;
  struct secret *authorization; // NULL: the client says who it is in the form, or not at all
  struct secret *assertion;     // NULL: none
  struct redact_part parts[EXCHANGE_SECRETS_MOST]; // what is sent and may not be said
  size_t part_count;
  struct redact *hide; // these, and what was sent before
  bool method_doubted; // it was refused for who asks, or without a word on why
};

static void exchange_hide(struct exchange *x, struct str text) {
  if (text.n && x->part_count < EXCHANGE_SECRETS_MOST)
    x->parts[x->part_count++] = (struct redact_part){text, 0};
}

static void exchange_add(struct exchange *x, const char *name, struct str value) {
  if (!value.n) return;
  if (x->form.n) buf_add_char(&x->form, '&');
  buf_add_z(&x->form, name);
  buf_add_char(&x->form, '=');
  codec_percent(&x->form, value);
}

// ---- who asks

static struct str exchange_json(struct str text, struct arena *a) {
  struct buf quoted = BUF_MAX(OAUTH_BODY_MOST);
  json_add_string(&quoted, text);
  struct str copy = arena_dup(a, buf_str(&quoted));
  buf_free(&quoted);
  return copy;
}

// RFC 6749 §2.3.1: both are form-encoded before they are joined.
static struct secret *exchange_basic(const struct oauth_client *c) {
  struct buf pair = BUF_MAX(OAUTH_BODY_MOST);
  buf_room(&pair, 3 * (c->id.n + secret_reveal(c->secret).n) + 1); // at once: it never moves
  codec_percent(&pair, c->id);
  buf_add_char(&pair, ':');
  codec_percent(&pair, secret_reveal(c->secret));
  struct secret *s = secret_basic(buf_str(&pair));
  secret_wipe(pair.p, pair.cap);
  buf_free(&pair);
  return s;
}

// RFC 7523 §2.2 and §3. The issuer as audience: MCP's client credentials extension wants it so.
static bool exchange_assert(struct exchange *x, struct err *err) {
  const struct oauth_client *c = x->client;
  char id[TOKEN_ID];
  token_id("jwt", id);
  struct jwt t = {.algorithm = c->algorithm, .key_id = c->key_id};
  const char *algorithm;
  if (!t.algorithm.n) {
    if (!jwt_algorithm(c->key, &algorithm, err)) return false;
    t.algorithm = str_of(algorithm);
  }
  int64_t now = clock_now_ms() / 1000;
  struct str subject = exchange_json(c->id, x->arena), audience = exchange_json(x->site->issuer, x->arena),
             token;
  t.claims = arena_printf(x->arena,
                          "{\"iss\":%.*s,\"sub\":%.*s,\"aud\":%.*s,\"jti\":\"%s\",\"iat\":%lld,\"exp\":%lld}",
                          STR_ARG(subject), STR_ARG(subject), STR_ARG(audience), id, (long long)now,
                          (long long)now + TOKEN_ASSERTION_LIVES_S);
  if (!jwt_sign(&t, c->key, x->arena, &token, err)) return false;
  exchange_add(x, "client_assertion_type", STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
  exchange_add(x, "client_assertion", token);
  x->assertion = secret_new(token);
  exchange_hide(x, secret_reveal(x->assertion));
  secret_wipe((void *)(uintptr_t)token.p, token.n);
  return true;
}

static bool exchange_identify(struct exchange *x, struct err *err) {
  const struct oauth_client *c = x->client;
  switch (c->method) {
  case OAUTH_BASIC:
    x->authorization = exchange_basic(c);
    return true;
  case OAUTH_POST:
    exchange_add(x, "client_id", c->id);
    exchange_add(x, "client_secret", secret_reveal(c->secret));
    return true;
  case OAUTH_PRIVATE_KEY_JWT:
    return exchange_assert(x, err);
  case OAUTH_NONE:
    exchange_add(x, "client_id", c->id);
    return true;
  }
  return err_set(err, ERR_INTERNAL, "no such way to authenticate a client");
}

static void exchange_open(struct exchange *x, const char *grant_type) {
  x->form = BUF_MAX(OAUTH_BODY_MOST);
  buf_room(&x->form, OAUTH_BODY_MOST - 1); // at once: what is wiped in the end is all there was
  exchange_add(x, "grant_type", str_of(grant_type));
}

static void exchange_close(struct exchange *x) {
  if (x->form.p) secret_wipe(x->form.p, x->form.cap);
  buf_free(&x->form);
  secret_free(x->authorization);
  secret_free(x->assertion);
  redact_unref(x->hide);
}

static bool exchange_send(struct exchange *x, const struct oauth_message *ask, struct oauth_reply *reply,
                          struct err *err) {
  struct oauth_message m = *ask;
  if (!exchange_identify(x, err)) return false;
  if (x->form.full)
    return err_set(err, ERR_LIMIT, "a token request is longer than %d bytes", OAUTH_BODY_MOST);
  if (x->client->secret) exchange_hide(x, secret_reveal(x->client->secret));
  x->hide = redact_new(x->parts, x->part_count, x->net->hide);
  m.hide = x->hide;
  m.plain = true;
  m.method = "POST";
  m.type = STR("application/x-www-form-urlencoded");
  m.body = buf_str(&x->form);
  if (x->authorization) m.authorization = secret_reveal(x->authorization);
  return oauth_send(x->net, &m, x->arena, reply, err);
}

// ---- tokens

static bool token_is_usable(struct str token) { // RFC 6750 §2.1: it goes into a header
  for (size_t i = 0; i < token.n; i++)
    if ((unsigned char)token.p[i] <= ' ' || (unsigned char)token.p[i] > 0x7e) return false;
  return token.n > 0 && token.n <= OAUTH_TEXT_MOST;
}

static int64_t token_expiry(yyjson_val *root, int64_t now_ms) {
  yyjson_val *v = yyjson_obj_get(root, "expires_in");
  int64_t s = 0;
  if (yyjson_is_num(v))
    s = yyjson_get_num(v) > TOKEN_LIVES_MOST_S ? TOKEN_LIVES_MOST_S : (int64_t)yyjson_get_num(v);
  if (yyjson_is_str(v) && !str_to_i64(json_text(v), &s)) s = 0; // some vendors quote it
  if (s > TOKEN_LIVES_MOST_S) s = TOKEN_LIVES_MOST_S;
  return s > 0 ? now_ms + s * 1000 : 0;
}

// The claims of a JWT, unverified: it came from the issuer over TLS (OpenID Connect Core §3.1.3.7).
static struct str token_claims(struct str jwt, struct arena *a) {
  struct str head, claims, text;
  yyjson_doc *doc;
  struct err none;
  if (!str_cut(&jwt, '.', &head) || !str_cut(&jwt, '.', &claims) || !jwt.n ||
      !codec_unbase64_url(a, claims, &text) || !json_read(text, &JSON_LIMITS, &doc, &none))
    return STR_NONE;
  bool object = yyjson_is_obj(yyjson_doc_get_root(doc));
  yyjson_doc_free(doc);
  return object ? text : STR_NONE;
}

bool oauth_read_tokens(yyjson_val *root, struct str taken, int64_t now_ms, struct arena *a,
                       struct oauth_tokens *out, struct err *err) {
  struct str access = json_str(root, "access_token"), refresh = json_str(root, "refresh_token"),
             type = json_str(root, "token_type"), id_token = json_str(root, "id_token");
  if (!token_is_usable(access) || (refresh.n && !token_is_usable(refresh)))
    return err_why(err, ERR_UPSTREAM, WHY_BAD_METADATA,
                   "the vendor's token answer has no usable token in it");
  // RFC 6749 §7.1: what is not understood is not used; the connector may know that it is Bearer all the same.
  if (type.n && !str_is_nocase(type, "bearer") && !(taken.n && str_eq_nocase(type, taken)))
    return err_why(err, ERR_UNPROCESSABLE, WHY_NOT_SUPPORTED,
                   "the vendor issues tokens of a kind other than Bearer");
  *out = (struct oauth_tokens){.access = secret_new(access),
                               .refresh = refresh.n ? secret_new(refresh) : NULL,
                               .id_token = id_token.n ? secret_new(id_token) : NULL,
                               .expires_at = token_expiry(root, now_ms),
                               .scope = oauth_scope_union(json_str(root, "scope"), STR_NONE, a),
                               .claims = {token_claims(id_token, a), token_claims(access, a)}};
  return true;
}

void oauth_tokens_wipe(struct oauth_tokens *t) {
  secret_free(t->access);
  secret_free(t->refresh);
  secret_free(t->id_token);
  t->access = t->refresh = t->id_token = NULL;
}

struct str oauth_claim(const struct oauth_tokens *t, struct str name, struct arena *a) {
  struct str found = STR_NONE;
  for (size_t i = 0; i < 2 && !found.n; i++) {
    yyjson_doc *doc;
    struct err none;
    if (!t->claims[i].n || !json_read(t->claims[i], &JSON_LIMITS, &doc, &none)) continue;
    yyjson_val *v = yyjson_obj_getn(yyjson_doc_get_root(doc), name.p, name.n);
    if (yyjson_is_str(v) && yyjson_get_len(v) <= OAUTH_SAID_MOST) found = arena_dup(a, json_text(v));
    yyjson_doc_free(doc);
  }
  return found;
}

// Its own word for it, so far as it is one of the standards'.
static enum err_reason token_reason(struct str code) {
  for (enum err_reason why = WHY_INVALID_REQUEST; why <= WHY_INVALID_TARGET; why++)
    if (str_is(code, err_reason_name(why))) return why;
  return WHY_VENDOR_REFUSED;
}

// RFC 6749 §5.2, in whatever shape. An answer that is none of a token endpoint's (a firewall's page) says nothing
// about the grant.
static bool token_refused(struct exchange *x, const struct oauth_message *m, const struct oauth_reply *reply,
                          struct err *err) {
  struct str code = oauth_error_code(yyjson_doc_get_root(reply->doc), x->hide, x->arena);
  struct str said = oauth_words(reply, x->hide, x->arena);
  bool refuses = code.n || reply->status == 400 || reply->status == 401 || (reply->doc && said.n);
  if (oauth_is_down(reply->status) || !refuses || str_is(code, "server_error") ||
      str_is(code, "temporarily_unavailable"))
    return oauth_down(m, reply->status, err);
  x->method_doubted = str_contains(code, STR("client")) || str_contains(said, STR("client_id")) ||
                      str_contains(said, STR("client_secret")) || (reply->status == 401 && !code.n);
  err_why(err, ERR_UNPROCESSABLE, token_reason(code), "%.*s refused %s: %.*s%s%.*s", STR_ARG(x->site->issuer),
          m->what, STR_ARG(code), code.n && said.n ? ": " : "", STR_ARG(said));
  err_hint(err, "authorize the account again");
  return false;
}

// What else the answer tells is kept and shown: the tokens themselves are not to be found in it.
static void token_hide(const struct exchange *x, struct oauth_tokens *t) {
  struct redact_part parts[2] = {{secret_reveal(t->access), 0}};
  if (t->refresh) parts[1].text = secret_reveal(t->refresh);
  struct redact *hide = redact_new(parts, 2, x->hide);
  t->scope = redact_text(hide, t->scope, x->arena);
  for (size_t i = 0; i < 2; i++) t->claims[i] = redact_text(hide, t->claims[i], x->arena);
  redact_unref(hide);
}

static bool token_ask_once(struct exchange *x, const char *what, struct oauth_tokens *out, struct err *err) {
  struct oauth_message m = {.what = what, .url = x->site->token_endpoint};
  struct oauth_reply reply = {0};
  int64_t now_ms = clock_now_ms(); // before it travels: rather too early than too late
  if (!exchange_send(x, &m, &reply, err)) return false;
  yyjson_val *root = yyjson_doc_get_root(reply.doc);
  bool granted = reply.status >= 200 && reply.status < 300 && yyjson_obj_get(root, "access_token");
  bool ok = granted ? oauth_read_tokens(root, x->site->token_type, now_ms, x->arena, out, err)
                    : token_refused(x, &m, &reply, err);
  oauth_reply_free(&reply);
  return ok;
}

// A server that does not say how a client shows who it is has Basic (RFC 8414 §2), and yet some know the form alone.
static bool token_is_method_doubtful(const struct exchange *x, const struct err *err) {
  return x->client->method == OAUTH_BASIC && x->site->methods == OAUTH_METHODS_UNSAID &&
         err->code == ERR_UNPROCESSABLE && x->method_doubted;
}

static bool token_ask(struct exchange *x, const char *what, struct oauth_tokens *out, struct err *err) {
  struct oauth_client other = *x->client;
  exchange_add(x, "resource", x->site->resource);
  bool ok = token_ask_once(x, what, out, err);
  if (!ok && token_is_method_doubtful(x, err)) {
    other.method = OAUTH_POST;
    x->client = &other;
    secret_free(x->authorization);
    x->authorization = NULL;
    redact_unref(x->hide);
    x->hide = NULL;
    ok = token_ask_once(x, what, out, err);
  }
  if (ok) out->method = x->client->method;
  if (ok)
    token_hide(x, out);
  else
    redact_err(x->hide, err); // the issuer's name is the vendor's, too
  return ok;
}

static struct exchange exchange_of(const struct oauth_party *p) {
  return (struct exchange){.net = p->net, .site = p->site, .client = p->client, .arena = p->arena};
}

bool oauth_redeem(const struct oauth_party *p, const struct oauth_request *r, struct str code,
                  struct oauth_tokens *out, struct err *err) {
  struct exchange x = exchange_of(p);
  exchange_hide(&x, code);
  exchange_hide(&x, r->verifier);
  exchange_open(&x, "authorization_code");
  exchange_add(&x, "code", code);
  exchange_add(&x, "redirect_uri", r->redirect_uri);
  exchange_add(&x, "code_verifier", r->verifier);
  bool ok = token_ask(&x, "tokens for the code", out, err);
  exchange_close(&x);
  return ok;
}

bool oauth_refresh(const struct oauth_party *p, const struct secret *refresh, struct str scope,
                   struct oauth_tokens *out, struct err *err) {
  struct exchange x = exchange_of(p);
  exchange_hide(&x, secret_reveal(refresh));
  exchange_open(&x, "refresh_token");
  exchange_add(&x, "refresh_token", secret_reveal(refresh));
  exchange_add(&x, "scope", scope);
  bool ok = token_ask(&x, "a refresh", out, err);
  exchange_close(&x);
  return ok;
}

bool oauth_client_credentials(const struct oauth_party *p, struct str scope, struct oauth_tokens *out,
                              struct err *err) {
  struct exchange x = exchange_of(p);
  exchange_open(&x, "client_credentials");
  exchange_add(&x, "scope", scope);
  exchange_add(&x, "audience", p->site->audience);
  bool ok = token_ask(&x, "a token for the client itself", out, err);
  exchange_close(&x);
  return ok;
}

bool oauth_revoke(const struct oauth_party *p, const struct secret *token, struct err *err) {
  if (!p->site->revocation_endpoint.n) return true;
  struct exchange x = exchange_of(p);
  struct oauth_message m = {.what = "a revocation", .url = p->site->revocation_endpoint};
  struct oauth_reply reply = {0};
  exchange_open(&x, NULL);
  exchange_add(&x, "token", secret_reveal(token));
  exchange_hide(&x, secret_reveal(token));
  bool ok = exchange_send(&x, &m, &reply, err);
  if (ok && (reply.status < 200 || reply.status >= 300))
    ok = err_why(err, ERR_UPSTREAM, WHY_VENDOR_DOWN, "the vendor answered a revocation with status %d",
                 reply.status);
  oauth_reply_free(&reply);
  exchange_close(&x);
  return ok;
}

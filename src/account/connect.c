// SPDX-License-Identifier: Apache-2.0
// From the wish to the vendor's page. What becomes of one sign-in, as flow_row.status says it:
//
//   connect_start               connect_open                  the answer comes
//   --------------> "waiting" --------------> "opened" ----------------------> "taken" -----> "done"
//                       |                      ^    ^                             |           an account
//                       |                      |    |                             |
//                       |        another browser    +--- opened once more: what --+--------> "failed"
//                       |                               took it was interrupted               code, text, remedy
//                       |
//                       +---- the answer comes from who used flow.direct: "taken", too
//
// Whatever has not ended within CONNECT_LIVES_MS has expired: the clock says so, no row does.
#include "account/connect.h"

#include <stdio.h>

#include "account/connect_private.h"
#include "account/draft.h"
#include "account/grant.h"
#include "account/grant_row.h"
#include "account/registration_row.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "data/uri.h"
#include "io/pool.h"

enum { CONNECT_NAMES_MOST = 100, CONNECT_KEPT_MS = 24 * 3600 * 1000 };

#define CONNECT_CALLBACK "/oauth/callback"
#define CONNECT_DOCUMENT "/oauth/client.json"
#define CONNECT_CLIENT_NAME "Postern"

// ---- what both halves use

static struct str connect_at(const struct connect_env *env, const char *path, struct arena *a) {
  struct str base = str_trim_end(env->public_url, '/');
  return arena_printf(a, "%.*s%s", STR_ARG(base), path);
}

struct str connect_redirect_uri(const struct connect_env *env, struct arena *a) {
  return connect_at(env, CONNECT_CALLBACK, a);
}

struct sealed_at connect_verifier_place(const struct flow_row *f) {
  return (struct sealed_at){SEALED_VERIFIER,
                            f->id,
                            {f->connector, f->account_id, f->url, f->principal, f->client, f->site, f->scope,
                             f->link_hash, f->cookie_hash}};
}

bool connect_is_own(const struct flow_row *flow, struct str *person, struct str *stands_for) {
  struct str rest = flow->principal, head;
  if (!str_cut(&rest, '/', &head) || !rest.n) return false;
  *person = head;
  *stands_for = rest;
  return true;
}

const struct connector_way *connect_way(const struct connector *c) {
  for (size_t i = 0; i < c->way_count; i++)
    if (c->ways[i].auth == CONNECTOR_AUTH_OAUTH) return &c->ways[i];
  return NULL;
}

static const char *const connect_names[] = {[CONNECT_WAITING] = "waiting",
                                            [CONNECT_OPENED] = "opened",
                                            [CONNECT_DONE] = "done",
                                            [CONNECT_FAILED] = "failed",
                                            [CONNECT_EXPIRED] = "expired"};

const char *connect_status_name(enum connect_status s) {
  return connect_names[s];
}

struct connect_flow connect_flow_of(const struct flow_row *row, struct arena *a) {
  struct connect_flow f = {.id = arena_dup(a, row->id),
                           .name = arena_dup(a, row->name),
                           .connector = arena_dup(a, row->connector),
                           .account_id = arena_dup(a, row->account_id),
                           .status = CONNECT_OPENED, // also while its answer is looked at
                           .code = arena_dup(a, row->code),
                           .text = arena_dup(a, row->text),
                           .remedy = arena_dup(a, row->remedy),
                           .created_at = row->created_at,
                           .expires_at = row->expires_at};
  struct str person, stands_for;
  f.own = connect_is_own(row, &person, &stands_for);
  for (enum connect_status s = CONNECT_WAITING; s <= CONNECT_EXPIRED; s++)
    if (str_is(row->status, connect_names[s])) f.status = s;
  if (f.status <= CONNECT_OPENED && clock_now_ms() >= row->expires_at) {
    f.status = CONNECT_EXPIRED;
    f.code = STR("expired");
    f.text = STR("the link was not used within a day");
    f.remedy = STR("begin again");
  }
  return f;
}

// ---- starting: who and where

struct start {
  const struct connect_env *env;
  const struct connect_new *in;
  struct arena *arena;
  const struct connector_way *way;
  struct flow_row row;
  struct str before;    // scope that the account has been asked for already
  struct oauth_net net; // hides what the vendor has of this account, and of who we are
  struct oauth_site site;
  struct mcp_challenge challenge;
  struct oauth_client client; // of row.client
  char link_token[TOKEN_TEXT], state[TOKEN_TEXT], verifier[TOKEN_TEXT];
  struct str direct, cookie;
};

static void connect_hide(struct start *s) {
  struct grant *g = NULL;
  struct err none;
  struct redact_part part = {s->in->client_secret ? secret_reveal(s->in->client_secret) : STR_NONE, 0};
  struct redact *known = NULL;
  if (s->in->account_id.n && grant_get(s->env->account, s->in->account_id, &g, &none)) known = grant_hides(g);
  s->net.hide = redact_new(&part, 1, known);
  redact_unref(known);
  grant_unref(g);
}

static bool connect_again(struct start *s, struct err *err) {
  struct store *store = s->env->account->store;
  struct account_row row;
  struct grant_row grant;
  struct err none;
  if (!account_row_find(store, s->in->account_id, s->arena, &row, err)) return false;
  s->row.account_id = row.id;
  s->row.name = row.name;
  s->row.url = row.base_url;
  if (grant_row_find(store, row.id, s->arena, &grant, &none)) s->before = grant.wanted;
  return true;
}

static bool connect_name_is_free(struct start *s, struct str name, bool *free, struct err *err) {
  struct store_rows rows;
  if (!store_query(s->env->account->store, "SELECT id FROM account WHERE name = $1", &STORE_TEXT(name), 1,
                   s->arena, &rows, err))
    return false;
  *free = rows.count == 0;
  return true;
}

// Given, it must be free; else it is made from the connector's label, or the host of any other server.
static bool connect_find_name(struct start *s, struct err *err) {
  struct uri u;
  bool free = false;
  struct str base = s->in->name;
  if (!base.n)
    base = s->in->connector->base_url.n || !uri_parse_http(s->row.url, &u, err) ? s->in->connector->label
                                                                                : u.host;
  s->row.name = base;
  for (int i = 2; i < CONNECT_NAMES_MOST; i++) {
    if (!connect_name_is_free(s, s->row.name, &free, err)) return false;
    if (free) return true;
    if (s->in->name.n) break;
    s->row.name = arena_printf(s->arena, "%.*s %d", STR_ARG(base), i);
  }
  return account_row_name_taken(base, err);
}

static bool connect_new_account(struct start *s, struct err *err) {
  struct draft d;
  draft_open(&d, s->env->account, s->in->connector);
  bool ok = draft_set_base_url(&d, s->in->url.n ? s->in->url : s->in->connector->base_url, err);
  if (ok) s->row.url = arena_dup(s->arena, d.row.base_url);
  if (ok && s->in->name.n) ok = draft_set_name(&d, s->in->name, err);
  draft_free(&d);
  if (!ok && str_is(str_of(err->field), "base_url")) snprintf(err->field, sizeof err->field, "url");
  return ok && connect_find_name(s, err);
}

// The vendor's page asks for what the account that it stands in for was found to need.
static bool connect_own(struct start *s, struct err *err) {
  struct store *store = s->env->account->store;
  struct account_row of, row;
  struct grant_row grant;
  struct err none;
  if (!account_row_find(store, s->in->stands_for, s->arena, &of, err)) return false;
  s->row.principal = ARENA_JOIN(s->arena, s->in->person, STR("/"), s->in->stands_for);
  s->row.url = of.base_url;
  if (account_row_find_own(store, s->in->person, of.id, s->arena, &row, &none) &&
      str_eq(row.base_url, of.base_url)) {
    s->row.account_id = row.id;
    s->row.name = row.name;
  } else if (!connect_find_name(s, err)) {
    return false;
  }
  if (grant_row_find(store, of.id, s->arena, &grant, &none)) s->before = grant.wanted;
  return true;
}

static bool connect_subject_job(void *arg, struct err *err) {
  struct start *s = arg;
  int64_t open;
  if (!flow_row_count_open(s->env->account->store, clock_now_ms(), &open, err)) return false;
  if (open >= CONNECT_OPEN_MOST) {
    err_set(err, ERR_LIMIT, "%d links wait for their persons already", CONNECT_OPEN_MOST);
    err_hint(err, "they end within a day");
    return false;
  }
  connect_hide(s);
  if (s->in->person.n) return connect_own(s, err);
  return s->in->account_id.n ? connect_again(s, err) : connect_new_account(s, err);
}

static bool connect_check(struct start *s, struct err *err) {
  const struct connector *c = s->in->connector;
  s->way = c->kind == CONNECTOR_MCP ? connect_way(c) : NULL;
  if (!s->way) {
    err_at(err, ERR_INVALID, "connector", "%.*s is not connected by OAuth", STR_ARG(c->label));
    err_hint(err, "POST /integrated-account takes its credential");
    return false;
  }
  if (s->env->public_url.n) return true;
  err_set(err, ERR_UNAVAILABLE,
          "Postern does not know its own address, to which the vendor sends people back");
  err_hint(err, "set public_url");
  return false;
}

// ---- starting: the vendor

// What the server asks for is heard from its refusal; a server that refuses nothing may publish it.
static bool connect_hear(struct start *s, struct err *err) {
  struct err why = {0};
  struct overhear *e = overhear_new(s->env->account, s->row.url, NULL, s->net.hide);
  bool open = overhear_try(e, &s->challenge, &why), heard = s->challenge.status && !s->challenge.by_words;
  s->challenge.www_authenticate = arena_dup(s->arena, s->challenge.www_authenticate);
  overhear_free(e);
  // Some refuse otherwise than by 401: where sign-in was asked for, what the server publishes decides.
  bool silent = !open && !heard;
  if (silent && !str_is(str_of(why.field), "url")) return *err = why, false; // it is down, or elsewhere
  bool found = oauth_discover(&s->net, s->row.url, heard ? &s->challenge : NULL, s->arena, &s->site, err);
  if (silent && (!found || s->site.assumed)) return *err = why, false;
  if (!found) return false;
  s->site.token_type = s->way->oauth.token_type;
  if (!s->site.authorization_endpoint.n)
    return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA,
                   "the authorization server's metadata names no page at which a person could consent");
  if (heard || !s->site.assumed) return true;
  err_why(err, ERR_UNPROCESSABLE, WHY_NO_SIGN_IN, "this server asks for no authorization");
  err_hint(err, "connect it as it is: way \"open\"");
  return false;
}

static bool connect_kept_client_job(void *arg, struct err *err) {
  struct start *s = arg;
  const struct account_env *env = s->env->account;
  return registration_row_find(env, s->site.issuer, connect_redirect_uri(s->env, s->arena), s->arena,
                               &s->row.client, err) &&
         registration_row_load(env, s->row.client, s->site.issuer, s->arena, &s->client, err);
}

static bool connect_keep_client_job(void *arg, struct err *err) {
  struct start *s = arg;
  return registration_row_insert(s->env->account, &s->client, s->in->client_id.n > 0, s->arena,
                                 &s->row.client, err);
}

// A vendor can only read our document where it can reach us: a name of one word or an address of this machine
// is no place for it.
static struct str connect_document_url(const struct start *s) {
  struct uri u;
  struct err none;
  struct str url = connect_at(s->env, CONNECT_DOCUMENT, s->arena);
  bool reachable = uri_parse_http(url, &u, &none) && !u.ipv6 && str_find(u.host, '.') > 0 &&
                   !str_starts(u.host, "127.") && !str_starts(u.host, "10.") &&
                   !str_starts(u.host, "192.168.");
  return reachable ? url : STR_NONE;
}

static bool connect_introduce(struct start *s, struct err *err) {
  struct str redirect_uri = connect_redirect_uri(s->env, s->arena);
  struct oauth_client given = {.id = s->in->client_id,
                               .secret = (struct secret *)(uintptr_t)s->in->client_secret,
                               .key = (struct secret *)(uintptr_t)s->in->client_key,
                               .redirect_uri = redirect_uri};
  struct oauth_want want = {.pre_registered = s->in->client_id.n ? &given : NULL,
                            .document_url = connect_document_url(s),
                            .redirect_uri = redirect_uri,
                            .client_name = STR(CONNECT_CLIENT_NAME),
                            .scope = s->row.scope};
  if (!want.pre_registered) {
    if (pool_run(connect_kept_client_job, s, err)) return true;
    if (err->code != ERR_MISSING) return false;
  }
  if (!oauth_client_for(&s->net, &s->site, &want, s->arena, &s->client, err)) {
    if (s->way->oauth.register_at.n &&
        (err->reason == WHY_CONSOLE_NEEDED || err->reason == WHY_REGISTRATION_REFUSED))
      err_hint(err,
               "make an application at %.*s with the redirect address %.*s, then connect with its client_id, "
               "and client_secret where it has one",
               STR_ARG(s->way->oauth.register_at), STR_ARG(redirect_uri));
    return false;
  }
  return pool_run(connect_keep_client_job, s, err);
}

// ---- the address at the vendor: state and verifier are new each time

static struct str connect_hash(const char *token, struct arena *a) {
  char hash[TOKEN_HASH_HEX];
  token_hash_hex(str_of(token), hash);
  return arena_dup(a, str_of(hash));
}

static bool connect_arm(struct start *s, struct err *err) {
  token_new("st", s->state);
  token_new("pkce", s->verifier);
  s->row.state_hash = connect_hash(s->state, s->arena);
  struct oauth_request r = {connect_redirect_uri(s->env, s->arena), str_of(s->state), s->row.scope,
                            str_of(s->verifier)};
  s->direct = oauth_authorize_url(&s->site, &s->client, &r, s->arena);
  struct sealed_at at = connect_verifier_place(&s->row);
  bool ok = sealed_close(s->env->account->ring, &at, str_of(s->verifier), s->arena, &s->row.verifier, err);
  secret_wipe(s->verifier, sizeof s->verifier);
  return ok;
}

static bool connect_insert(struct store *store, void *arg, struct err *err) {
  struct start *s = arg;
  struct sealed_at at = connect_verifier_place(&s->row);
  return sealed_renew(s->env->account->ring, &at, s->arena, &s->row.verifier, err) &&
         flow_row_insert(store, &s->row, err);
}

static bool connect_insert_job(void *arg, struct err *err) {
  struct start *s = arg;
  return store_transact(s->env->account->store, connect_insert, s, err);
}

static bool connect_begin(struct start *s, struct err *err) {
  char id[TOKEN_ID];
  token_id("flow", id);
  token_new("lnk", s->link_token);
  s->row.id = arena_dup(s->arena, str_of(id));
  s->row.status = STR("waiting");
  s->row.connector = s->in->connector->name;
  if (!s->in->person.n) s->row.principal = s->in->principal;
  s->row.site = oauth_site_write(&s->site, s->arena);
  s->row.link_hash = connect_hash(s->link_token, s->arena);
  s->row.created_at = clock_now_ms();
  s->row.expires_at = s->row.created_at + CONNECT_LIVES_MS;
  return connect_arm(s, err) && pool_run(connect_insert_job, s, err);
}

bool connect_start(const struct connect_env *env, const struct connect_new *in, struct arena *a,
                   struct connect_flow *out, struct err *err) {
  struct start s = {.env = env, .in = in, .arena = a, .net = env->net};
  bool ok = connect_check(&s, err) && pool_run(connect_subject_job, &s, err) && connect_hear(&s, err);
  if (ok) {
    struct str before = oauth_scope_union(s.before, in->scope, a);
    s.row.scope = oauth_scope(&s.site, &s.challenge, s.way->oauth.scope, before, a);
    ok = connect_introduce(&s, err) && connect_begin(&s, err);
  }
  oauth_client_wipe(&s.client);
  redact_unref(s.net.hide);
  if (ok) {
    struct connect_flow f = connect_flow_of(&s.row, a);
    f.link = arena_printf(a, "%.*s?t=%s",
                          STR_ARG(connect_at(env, arena_printf(a, "/connect/%.*s", STR_ARG(s.row.id)).p, a)),
                          s.link_token);
    if (!in->principal.n && !in->person.n) f.direct = s.direct;
    *out = f;
  }
  secret_wipe(s.link_token, sizeof s.link_token);
  secret_wipe(s.state, sizeof s.state);
  return ok;
}

// ---- looking, opening

struct look {
  const struct connect_env *env;
  struct arena *arena;
  struct flow_row row;
};

static bool connect_find_job(void *arg, struct err *err) {
  struct look *l = arg;
  return flow_row_find(l->env->account->store, l->row.id, l->arena, &l->row, err);
}

bool connect_find(const struct connect_env *env, struct str id, struct arena *a, struct connect_flow *out,
                  struct err *err) {
  struct look l = {.env = env, .arena = a, .row.id = id};
  if (!pool_run(connect_find_job, &l, err)) return false;
  *out = connect_flow_of(&l.row, a);
  return true;
}

static bool connect_may_open(const struct flow_row *row, struct str link_token, struct err *err) {
  char hash[TOKEN_HASH_HEX];
  token_hash_hex(link_token, hash);
  if (!str_eq_secret(str_of(hash), row->link_hash)) return err_set(err, ERR_MISSING, "there is no such link");
  if (flow_row_is_open(row, clock_now_ms())) return true;
  bool ended = str_is(row->status, "done") || str_is(row->status, "failed");
  err_why(err, ERR_CONFLICT, ended ? WHY_LINK_USED : WHY_LINK_EXPIRED, "this link %s",
          ended ? "was used already" : "has ended; it lived a day");
  err_hint(err, "ask for a new one where the account is not connected yet");
  return false;
}

// Whose page it is that the person is sent to, which a connector's label only claims.
static struct str connect_host(const struct flow_row *row, struct arena *a) {
  struct oauth_site site;
  struct uri u;
  struct err ignored;
  bool known = oauth_site_read(row->site, a, &site, &ignored) &&
               uri_parse_http(site.authorization_endpoint, &u, &ignored);
  return known ? arena_dup(a, u.host) : STR_NONE;
}

bool connect_look(const struct connect_env *env, struct str id, struct str link_token, struct arena *a,
                  struct connect_flow *out, struct err *err) {
  struct look l = {.env = env, .arena = a, .row.id = id};
  if (!pool_run(connect_find_job, &l, err) || !connect_may_open(&l.row, link_token, err)) return false;
  *out = connect_flow_of(&l.row, a);
  out->host = connect_host(&l.row, a);
  return true;
}

// Where the link leads is what it was made for: the verifier of before opens for nothing else.
static bool connect_is_ours(const struct start *s, struct err *err) {
  struct secret *verifier;
  struct sealed_at at = connect_verifier_place(&s->row);
  if (!sealed_open(s->env->account->ring, &at, s->row.verifier, &verifier, err))
    return err_wrap(err, "the link's row was changed outside Postern; begin again");
  secret_free(verifier);
  return true;
}

static bool connect_load_open(void *arg, struct err *err) {
  struct start *s = arg;
  struct store *store = s->env->account->store;
  return flow_row_find(store, s->row.id, s->arena, &s->row, err) &&
         connect_may_open(&s->row, str_of(s->link_token), err) && connect_is_ours(s, err) &&
         oauth_site_read(s->row.site, s->arena, &s->site, err) &&
         registration_row_load(s->env->account, s->row.client, s->site.issuer, s->arena, &s->client, err);
}

static bool connect_open_row(struct store *store, void *arg, struct err *err) {
  struct start *s = arg;
  bool done;
  if (!connect_load_open(s, err)) return false;
  char cookie[TOKEN_TEXT];
  token_new("brw", cookie);
  s->row.cookie_hash = connect_hash(cookie, s->arena);
  s->cookie = arena_dup(s->arena, str_of(cookie));
  secret_wipe(cookie, sizeof cookie);
  if (!connect_arm(s, err) || !flow_row_open(store, &s->row, &done, err)) return false;
  return done || err_set(err, ERR_CONFLICT, "this link was opened twice at the same moment");
}

static bool connect_open_job(void *arg, struct err *err) {
  struct start *s = arg;
  return store_transact(s->env->account->store, connect_open_row, s, err);
}

bool connect_open(const struct connect_env *env, struct str id, struct str link_token, struct arena *a,
                  struct str *to, struct str *cookie, struct err *err) {
  struct start s = {.env = env, .arena = a, .row.id = id};
  if (link_token.n >= sizeof s.link_token) return err_set(err, ERR_MISSING, "there is no such link");
  memcpy(s.link_token, link_token.p ? link_token.p : "", link_token.n);
  bool ok = pool_run(connect_open_job, &s, err);
  oauth_client_wipe(&s.client);
  secret_wipe(s.state, sizeof s.state);
  if (!ok) return false;
  *to = s.direct;
  *cookie = s.cookie;
  return true;
}

// ---- the rest

// Ended ones are told of for a day more.
bool connect_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *expired,
                   struct err *err) {
  size_t count;
  return flow_row_expire(s, now_ms, a, expired, err) &&
         flow_row_purge(s, now_ms - CONNECT_KEPT_MS, &count, err) && registration_row_purge(s, now_ms, err);
}

void connect_write_client(const struct connect_env *env, struct buf *out) {
  struct arena *a = arena_new();
  struct oauth_introduction in = {.id = connect_at(env, CONNECT_DOCUMENT, a),
                                  .name = STR(CONNECT_CLIENT_NAME),
                                  .redirect_uri = connect_redirect_uri(env, a),
                                  .method = OAUTH_NONE};
  buf_add(out, oauth_client_document(&in, a));
  arena_free(a);
}

// SPDX-License-Identifier: Apache-2.0
#include "account/peering.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"
#include "mcp/client.h"

enum { PEERING_HEADERS_MOST = CONNECTOR_SENDS_MOST + 32, PEERING_KEY_MOST = 160 };

// ---- the lender: what each request carries. Held by the peer, which may outlive the account's values.

struct lender {
  atomic_size_t refs;
  struct arena *arena; // itself and its names
  struct grant *grant; // NULL: none
  struct redact *hide;
  struct account_send items[PEERING_HEADERS_MOST];
  size_t count;
};

static void lender_add(struct lender *l, struct str name, struct str value) {
  if (l->count == PEERING_HEADERS_MOST) return;
  l->items[l->count++] =
      (struct account_send){CONNECTOR_HEADER, arena_dup(l->arena, name), secret_new(value)};
}

static struct lender *lender_new(const struct peering_options *o) {
  struct arena *a = arena_new();
  struct lender *l = ARENA_NEW(a, struct lender);
  l->refs = 1;
  l->arena = a;
  l->grant = o->grant ? grant_ref(o->grant) : NULL;
  l->hide = redact_ref(o->hide);
  for (size_t i = 0; o->sends && i < o->sends->count; i++)
    if (o->sends->items[i].in == CONNECTOR_HEADER)
      lender_add(l, o->sends->items[i].name, secret_reveal(o->sends->items[i].value));
  for (size_t i = 0; i < o->context.count; i++)
    lender_add(l, o->context.items[i].name, o->context.items[i].value);
  return l;
}

static void lender_ref(void *arg) {
  struct lender *l = arg;
  atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
}

static void lender_unref(void *arg) {
  struct lender *l = arg;
  if (atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < l->count; i++) secret_free(l->items[i].value);
  grant_unref(l->grant);
  redact_unref(l->hide);
  arena_free(l->arena); // l itself lives in it
}

static bool lender_refused(const struct mcp_challenge *refused, struct err *err) {
  enum err_code code = refused->status == 403 || refused->by_words ? ERR_DENIED : ERR_UNAUTHENTICATED;
  return err_why(err, code, WHY_REFUSED, "%.*s", STR_MOST(refused->said, 300));
}

static bool lender_headers(void *arg, const struct mcp_challenge *refused, struct arena *a,
                           struct http_headers *out, struct err *err) {
  struct lender *l = arg;
  struct http_headers lent = {ARENA_ARRAY(a, l->count + 1, struct http_header), 0};
  if (!l->grant && refused) return lender_refused(refused, err);
  for (size_t i = 0; i < l->count; i++)
    lent.items[lent.count++] = (struct http_header){l->items[i].name, secret_reveal(l->items[i].value)};
  if (l->grant) {
    struct str value = refused ? http_header_get(out, "authorization") : STR_NONE;
    if (!grant_authorize(l->grant, refused, a, &value, err)) return false;
    lent.items[lent.count++] = (struct http_header){STR("Authorization"), value};
  }
  *out = lent;
  return true;
}

static struct redact *lender_hides(void *arg) {
  const struct lender *l = arg;
  return l->grant ? grant_hides(l->grant) : redact_ref(l->hide);
}

// ---- peers

static struct mcp_peer *peering_peer_new(const struct account_env *env, const struct peering_options *o,
                                         const struct mcp_auth *auth) {
  struct mcp_peer_options p = {
      .url = o->url,
      .holder = o->id,
      .auth = *auth,
      .guard = env->guard,
      .limits = env->limits,
      .json = env->json.depth ? env->json : JSON_LIMITS,
      .message_bytes = env->message_bytes ? env->message_bytes : ACCOUNT_MESSAGE_BYTES,
      .sessions_most = env->sessions_most ? env->sessions_most : ACCOUNT_SESSIONS,
      .session_idle_ms = env->session_idle_ms ? env->session_idle_ms : ACCOUNT_SESSION_IDLE_MS,
      .verdict = o->verdict,
      .client_name = STR("postern"),
      .client_version = env->version.n ? env->version : STR("0"),
  };
  return mcp_peer_new(&p);
}

struct mcp_peer *peering_peer_with(const struct account_env *env, struct str url,
                                   const struct mcp_auth *auth) {
  return peering_peer_new(env, &(struct peering_options){.url = url}, auth);
}

static struct mcp_peer *peering_peer_for(const struct account_env *env, const struct peering_options *o) {
  struct lender *l = lender_new(o);
  struct mcp_auth auth = {lender_headers, lender_ref, lender_unref, l, lender_hides};
  struct mcp_peer *peer = peering_peer_new(env, o, &auth);
  lender_unref(l); // the peer holds its own
  return peer;
}

struct peering {
  size_t uses;    // under the table's lock
  struct str key; // in the table
  int64_t told;   // likewise: the date of the verdict that was last asked for
  uint64_t print; // of what must be the same to share it
  struct mcp_peer *peer;
};

static pthread_mutex_t lines_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map lines; // by key; the newest of each account

static uint64_t peering_mix(uint64_t print, struct str text) {
  return (print << 7 | print >> 57) * UINT64_C(0x9e3779b97f4a7c15) ^ map_hash(text);
}

// Keyed hashes (base/map.h): nothing of a credential can be read out of them.
static uint64_t peering_print(const struct peering_options *o) {
  struct arena *a = arena_new();
  uint64_t print = peering_mix(0, o->url);
  for (size_t i = 0; o->sends && i < o->sends->count; i++) {
    print = peering_mix(print, o->sends->items[i].name);
    print = peering_mix(print, secret_reveal(o->sends->items[i].value));
  }
  for (size_t i = 0; i < o->context.count; i++) {
    print = peering_mix(print, o->context.items[i].name);
    print = peering_mix(print, o->context.items[i].value);
  }
  if (o->grant) print = peering_mix(print, grant_consent(o->grant, a)); // perhaps another person
  arena_free(a);
  return print;
}

static size_t peering_key(const struct account_env *env, struct str id, char key[PEERING_KEY_MOST]) {
  int n = snprintf(key, PEERING_KEY_MOST, "%p/%.*s", (const void *)env, STR_ARG(id));
  return n < PEERING_KEY_MOST ? (size_t)n : PEERING_KEY_MOST - 1;
}

struct peering *peering_take(const struct account_env *env, const struct peering_options *o) {
  uint64_t print = peering_print(o);
  char key[PEERING_KEY_MOST];
  size_t n = peering_key(env, o->id, key);
  pthread_mutex_lock(&lines_lock);
  struct peering *l = map_get(&lines, str_make(key, n));
  if (l && l->print == print) {
    l->uses++;
  } else {
    if (l) map_remove(&lines, l->key); // who uses it keeps it
    l = MEM_NEW(struct peering);
    *l = (struct peering){.uses = 1, .told = o->verdict.at, .print = print, .peer = peering_peer_for(env, o)};
    l->key = str_make(mem_copy(key, n), n);
    map_put(&lines, l->key, l);
  }
  pthread_mutex_unlock(&lines_lock);
  return l;
}

void peering_leave(struct peering *l) {
  if (!l) return;
  pthread_mutex_lock(&lines_lock);
  bool last = --l->uses == 0;
  if (last && map_get(&lines, l->key) == l) map_remove(&lines, l->key);
  pthread_mutex_unlock(&lines_lock);
  if (!last) return;
  mcp_peer_close(l->peer);
  mcp_peer_unref(l->peer);
  mem_free((void *)(uintptr_t)l->key.p);
  mem_free(l);
}

void peering_end(const struct account_env *env, struct str id) {
  char key[PEERING_KEY_MOST];
  size_t n = peering_key(env, id, key);
  pthread_mutex_lock(&lines_lock);
  struct peering *l = map_get(&lines, str_make(key, n));
  struct mcp_peer *peer = l ? mcp_peer_ref(l->peer) : NULL;
  pthread_mutex_unlock(&lines_lock);
  if (!peer) return;
  mcp_peer_close(peer);
  mcp_peer_unref(peer);
}

struct mcp_peer *peering_peer(const struct peering *l) {
  return l->peer;
}

bool peering_has_news(struct peering *l, struct mcp_verdict *out) {
  struct mcp_verdict v = mcp_peer_verdict(l->peer);
  pthread_mutex_lock(&lines_lock);
  bool news = v.speaks && v.at > l->told;
  if (news) l->told = v.at;
  pthread_mutex_unlock(&lines_lock);
  if (news) *out = v;
  return news;
}

// ---- does it work?

// Some servers say hello to everybody: only a list of tools tells whether a credential is good. A server
// without tools answers with an error of its own, which is fine.
static bool peering_ask_tools(struct mcp_peer *p, const struct mcp_who *who, struct err *err) {
  struct mcp_request ask = {.who = *who, .method = STR("tools/list")};
  struct mcp_event e;
  if (!mcp_ask(p, &ask, &e, err)) return err->code == ERR_INVALID; // a method its era does not have
  mcp_event_free(&e);
  return true;
}

bool peering_try(struct mcp_peer *p, struct err *err) {
  struct mcp_who who = {.principal = STR("postern"), .capabilities = STR("{}")};
  struct mcp_hello hello;
  bool ok = mcp_peer_hello(p, &who, &hello, err);
  if (ok) yyjson_doc_free(hello.doc);
  ok = ok && peering_ask_tools(p, &who, err);
  if (ok || err->reason != WHY_REFUSED) return ok; // of another it is the grant that speaks, or the guard
  struct err why = *err;
  err_at(err, ERR_UNPROCESSABLE, "credential", "the server refused the credential: %s", why.text);
  err_hint(err, "check the credential and what it may do at the vendor, or connect in another way");
  return false;
}

// SPDX-License-Identifier: Apache-2.0
#include "mcp/peer.h"

#include <assert.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/transfer.h"
#include "mcp/call_private.h"
#include "mcp/detect.h"
#include "mcp/peer_private.h"
#include "mcp/pool.h"
#include "mcp/wire.h"

enum { PEER_TTL_MS_MOST = 24 * 3600 * 1000 }; // whatever a server says of how long its word is good

static struct str peer_copy(struct str s) {
  return str_make(mem_copy(s.p, s.n), s.n);
}

static void peer_free_text(struct str s) {
  mem_free((void *)(uintptr_t)s.p);
}

static struct str peer_client_info(const struct mcp_peer_options *o) {
  struct buf text = BUF_MAX(4096);
  buf_add(&text, STR("{\"name\":"));
  json_add_string(&text, o->client_name.n ? o->client_name : STR("postern"));
  buf_add(&text, STR(",\"version\":"));
  json_add_string(&text, o->client_version.n ? o->client_version : STR("0"));
  buf_add_char(&text, '}');
  struct str info;
  info.p = buf_take(&text, &info.n);
  return info;
}

struct mcp_peer *mcp_peer_new(const struct mcp_peer_options *o) {
  assert(o->limits && o->message_bytes && o->sessions_most);
  struct mcp_peer *p = MEM_NEW(struct mcp_peer);
  p->o = *o;
  p->o.json.forgiving = true;
  p->o.url = peer_copy(o->url);
  p->o.holder = peer_copy(o->holder.n ? o->holder : fetch_origin(o->url));
  p->payer = budget_payer(BUDGET_UPSTREAM, p->o.holder);
  p->client_info = peer_client_info(o);
  p->o.client_name = p->o.client_version = STR_NONE;
  p->verdict = o->verdict;
  atomic_init(&p->users, 1);
  atomic_init(&p->holds, 1);
  atomic_init(&p->last_id, 0);
  atomic_init(&p->closed, false);
  atomic_init(&p->slashed, false);
  p->transfers = transfer_group_new();
  pthread_mutex_init(&p->lock, NULL);
  if (p->o.auth.ref) p->o.auth.ref(p->o.auth.arg);
  return p;
}

struct message_rules peer_rules(const struct mcp_peer *p) {
  return (struct message_rules){&p->o.json, p->o.message_bytes, p->payer, p};
}

struct mcp_peer *peer_hold(struct mcp_peer *p) {
  atomic_fetch_add_explicit(&p->holds, 1, memory_order_relaxed);
  return p;
}

void peer_let_go(struct mcp_peer *p) {
  if (atomic_fetch_sub_explicit(&p->holds, 1, memory_order_acq_rel) != 1) return;
  if (p->o.auth.unref) p->o.auth.unref(p->o.auth.arg);
  yyjson_doc_free(p->discovered);
  map_free(&p->slots);
  transfer_group_unref(p->transfers);
  peer_free_text(p->o.url);
  peer_free_text(p->o.holder);
  peer_free_text(p->client_info);
  pthread_mutex_destroy(&p->lock);
  mem_free(p);
}

struct mcp_peer *mcp_peer_ref(struct mcp_peer *p) {
  atomic_fetch_add_explicit(&p->users, 1, memory_order_relaxed);
  return p;
}

void mcp_peer_unref(struct mcp_peer *p) {
  if (!p || atomic_fetch_sub_explicit(&p->users, 1, memory_order_acq_rel) != 1) return;
  mcp_pool_close_all(p, false);
  peer_let_go(p);
}

void mcp_peer_close(struct mcp_peer *p) {
  atomic_store(&p->closed, true);
  feed_stop_all(p);
  mcp_pool_close_all(p, true);
  transfer_group_abort(p->transfers);
}

bool peer_is_open(struct mcp_peer *p, struct err *err) {
  return !atomic_load(&p->closed) || err_set(err, ERR_MISSING, "the account was disconnected");
}

bool peer_explain_end(struct mcp_peer *p, struct err *err) {
  struct err closed;
  if (err->code != ERR_CANCELED && !peer_is_open(p, &closed)) *err = closed;
  return false;
}

struct redact *peer_hides(const struct mcp_peer *p) {
  return p->o.auth.hides ? p->o.auth.hides(p->o.auth.arg) : NULL;
}

uint64_t peer_next_id(struct mcp_peer *p) {
  return atomic_fetch_add_explicit(&p->last_id, 1, memory_order_relaxed) + 1;
}

size_t mcp_peer_sessions(struct mcp_peer *p) {
  return mcp_pool_count(p);
}

void mcp_peer_tidy(struct mcp_peer *p) {
  if (p->o.session_idle_ms) mcp_pool_close_idle(p, p->o.session_idle_ms);
}

void mcp_peer_leave(struct mcp_peer *p, struct str principal) {
  mcp_pool_close_of(p, principal);
}

// ---- what it speaks

struct mcp_verdict mcp_peer_verdict(struct mcp_peer *p) {
  pthread_mutex_lock(&p->lock);
  struct mcp_verdict verdict = p->verdict;
  pthread_mutex_unlock(&p->lock);
  return verdict;
}

static bool peer_is_known(const struct mcp_peer *p) { // under the lock
  int64_t age = clock_now_ms() - p->verdict.at;
  return p->verdict.speaks && age >= 0 && age < MCP_VERDICT_MS;
}

static bool peer_find_out(struct mcp_peer *p, struct err *err) { // enters and leaves with the lock held
  unsigned speaks = p->verdict.speaks;
  p->taken = NULL;
  pthread_mutex_unlock(&p->lock);
  bool ok = detect_server(p, &speaks, err);
  pthread_mutex_lock(&p->lock);
  if (ok) p->verdict = (struct mcp_verdict){.speaks = speaks, .at = clock_now_ms()};
  flight_leave(&p->probing, ok ? NULL : err);
  return ok;
}

bool peer_speaks(struct mcp_peer *p, unsigned *speaks, struct err *err) {
  bool ok = true, mine;
  pthread_mutex_lock(&p->lock);
  while (ok && !peer_is_known(p)) {
    ok = flight_enter(&p->probing, &p->lock, &mine, err);
    if (ok && mine) ok = peer_find_out(p, err);
  }
  if (ok) *speaks = p->verdict.speaks;
  pthread_mutex_unlock(&p->lock);
  return ok;
}

bool mcp_peer_probe(struct mcp_peer *p, struct err *err) {
  unsigned speaks;
  if (!peer_is_open(p, err)) return false;
  pthread_mutex_lock(&p->lock);
  p->verdict.at = 0;
  pthread_mutex_unlock(&p->lock);
  return peer_speaks(p, &speaks, err);
}

bool peer_doubt(struct mcp_peer *p) {
  uint64_t now = clock_mono_us();
  pthread_mutex_lock(&p->lock);
  bool soon = p->doubted_us && now - p->doubted_us < (uint64_t)PEER_DOUBT_MS * 1000;
  if (!soon) {
    p->doubted_us = now;
    p->verdict.at = 0;
  }
  pthread_mutex_unlock(&p->lock);
  return !soon;
}

enum mcp_era peer_era(unsigned speaks, enum mcp_era prefer) {
  if (!(speaks & MCP_SPEAKS_MODERN)) return MCP_LEGACY;
  return speaks & (MCP_SPEAKS_STREAMABLE | MCP_SPEAKS_SSE) ? prefer : MCP_MODERN;
}

// ---- what it says of itself

static yyjson_doc *peer_copy_doc(yyjson_doc *doc) {
  yyjson_mut_doc *made = yyjson_doc_mut_copy(doc, NULL);
  yyjson_doc *copy = yyjson_mut_doc_imut_copy(made, NULL);
  yyjson_mut_doc_free(made);
  return copy;
}

static void peer_fill_hello(struct mcp_hello *h, yyjson_doc *doc, enum mcp_era era) {
  yyjson_val *result = yyjson_obj_get(yyjson_doc_get_root(doc), "result");
  yyjson_val *meta = yyjson_obj_get(result, "_meta");
  yyjson_val *info = yyjson_obj_get(meta, WIRE_META_SERVER);
  *h = (struct mcp_hello){.doc = doc,
                          .capabilities = yyjson_obj_get(result, "capabilities"),
                          .server_info = info ? info : yyjson_obj_get(result, "serverInfo"),
                          .instructions = json_str(result, "instructions"),
                          .era = era,
                          .version =
                              era == MCP_MODERN ? STR(WIRE_MODERN) : json_str(result, "protocolVersion")};
}

static void peer_remember_hello(struct mcp_peer *p, const struct mcp_event *e) {
  int64_t ttl = json_int(e->value, "ttlMs", 0);
  if (ttl <= 0) return;
  if (ttl > PEER_TTL_MS_MOST) ttl = PEER_TTL_MS_MOST;
  yyjson_doc *copy = peer_copy_doc(e->doc);
  pthread_mutex_lock(&p->lock);
  yyjson_doc *old = p->discovered;
  p->discovered = copy;
  p->discovered_until_us = clock_mono_us() + (uint64_t)ttl * 1000;
  pthread_mutex_unlock(&p->lock);
  yyjson_doc_free(old);
}

static yyjson_doc *peer_recall_hello(struct mcp_peer *p) {
  pthread_mutex_lock(&p->lock);
  bool fresh = p->discovered && clock_mono_us() < p->discovered_until_us;
  yyjson_doc *copy = fresh ? peer_copy_doc(p->discovered) : NULL;
  pthread_mutex_unlock(&p->lock);
  return copy;
}

static bool peer_hello_modern(struct mcp_peer *p, const struct mcp_who *who, struct mcp_hello *out,
                              struct err *err) {
  struct mcp_event e;
  bool found;
  yyjson_doc *doc = peer_recall_hello(p);
  if (!doc) {
    if (!detect_discover(p, who, &found, &e, err)) return false;
    if (!found) return err_set(err, ERR_MISSING, "the MCP server does not speak " WIRE_MODERN " any more");
    peer_remember_hello(p, &e);
    doc = e.doc;
  }
  peer_fill_hello(out, doc, MCP_MODERN);
  return true;
}

static bool peer_hello_legacy(struct mcp_peer *p, const struct mcp_who *who, struct mcp_hello *out,
                              struct err *err) {
  struct mcp_session *s;
  if (!mcp_pool_take(p, who, &s, err)) return false;
  peer_fill_hello(out, peer_copy_doc(s->hello.doc), MCP_LEGACY);
  mcp_pool_give(s);
  return true;
}

bool mcp_peer_hello(struct mcp_peer *p, const struct mcp_who *who, struct mcp_hello *out, struct err *err) {
  for (bool again = false;; again = true) {
    unsigned speaks;
    if (!peer_is_open(p, err) || !peer_speaks(p, &speaks, err)) return false;
    bool ok = peer_era(speaks, who->prefer) == MCP_MODERN ? peer_hello_modern(p, who, out, err)
                                                          : peer_hello_legacy(p, who, out, err);
    if (ok || again || err->code != ERR_MISSING || !peer_doubt(p)) return ok;
  }
}

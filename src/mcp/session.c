// SPDX-License-Identifier: Apache-2.0
#include "mcp/session.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "io/fiber.h"
#include "mcp/call_private.h"
#include "mcp/endpoint.h"
#include "mcp/jsonrpc.h"
#include "mcp/peer_private.h"
#include "mcp/send.h"
#include "mcp/wire.h"

static struct mcp_session *mcp_session_new(struct mcp_peer *p) {
  struct mcp_session *s = MEM_NEW(struct mcp_session);
  atomic_init(&s->refs, 1);
  atomic_init(&s->dead, false);
  s->peer = peer_hold(p);
  s->id = mem_copy("", 0);
  s->version = "";
  s->made_us = clock_mono_us();
  hub_init(&s->hub);
  metrics_add(METRIC_MCP_SESSIONS, 1);
  return s;
}

struct mcp_session *mcp_session_ref(struct mcp_session *s) {
  atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
  return s;
}

void mcp_session_unref(struct mcp_session *s) {
  if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
  struct mcp_peer *p = s->peer;
  task_unref(s->reader);
  hub_free(&s->hub);
  mcp_event_free(&s->hello);
  mem_free(s->id);
  mem_free(s->endpoint);
  mem_free(s);
  metrics_add(METRIC_MCP_SESSIONS, -1);
  peer_let_go(p);
}

// ---- posting

static struct fetch_limits mcp_session_quick(const struct mcp_session *s) {
  struct fetch_limits l = *s->peer->o.limits;
  if (!l.total_ms || l.total_ms > MCP_SESSION_QUICK_MS) l.total_ms = MCP_SESSION_QUICK_MS;
  return l;
}

bool mcp_session_post(struct mcp_session *s, struct str text, struct err *err) {
  struct arena *a = arena_new();
  struct send m = {
      .method = "POST", .url = str_of(s->endpoint), .body = text, .limits = mcp_session_quick(s)};
  int status = 0;
  mcp_frame_legacy_headers(str_of(s->version), str_of(s->id), a, 0, &m.headers);
  bool ok = send_away(s->peer, &m, &status, err);
  arena_free(a);
  return ok && (status < 400 || send_explain(status, STR_NONE, err));
}

bool mcp_session_answer(struct mcp_session *s, const struct mcp_frame_answer *answer, struct err *err) {
  struct buf text = BUF_MAX(s->peer->o.message_bytes);
  mcp_frame_answer_write(&text, answer);
  bool ok = text.full ? err_set(err, ERR_LIMIT, "the answer passes %zu bytes", text.max)
                      : mcp_session_post(s, buf_str(&text), err);
  buf_free(&text);
  return ok;
}

struct mcp_session_letter {
  struct mcp_session *session;
  char *text;
};

static void mcp_session_letter_free(struct mcp_session_letter *l) {
  mcp_session_unref(l->session);
  mem_free(l->text);
  mem_free(l);
}

static void mcp_session_deliver(void *arg) {
  struct mcp_session_letter *l = arg;
  struct err unused; // nobody waits for the outcome
  fiber_deadline(fiber_self(), MCP_SESSION_QUICK_MS);
  (void)!mcp_session_post(l->session, str_of(l->text), &unused);
  mcp_session_letter_free(l);
}

void mcp_session_post_behind(struct mcp_session *s, struct str text) {
  struct mcp_session_letter *l = MEM_NEW(struct mcp_session_letter);
  *l = (struct mcp_session_letter){mcp_session_ref(s), mem_copy(text.p, text.n)};
  if (!task_spawn(s->peer, "mcp message", mcp_session_deliver, l)) mcp_session_letter_free(l);
}

void mcp_session_decline(struct mcp_session *s, const struct message *m) {
  struct mcp_frame_answer answer = {
      .id = m->e.id, .code = JSONRPC_METHOD_NOT_FOUND, .message = STR("nobody here can answer this")};
  if (str_is(m->e.method, "ping")) answer.result = STR("{}");
  struct buf text = BUF_MAX(MCP_FRAME_PLAIN_MOST);
  mcp_frame_answer_write(&text, &answer);
  if (!text.full) mcp_session_post_behind(s, buf_str(&text));
  buf_free(&text);
}

// ---- ending

void mcp_session_kill(struct mcp_session *s, const struct err *why) {
  atomic_store(&s->dead, true);
  hub_close(&s->hub, why);
  pthread_mutex_lock(&s->peer->lock);
  task_stop(s->reader);
  pthread_mutex_unlock(&s->peer->lock);
}

// Thousands may end at once, when they were idle or an account is closed. A few fibers tell the server of one
// after the other, so that neither it nor our other requests notice.

static bool mcp_session_delete(struct mcp_session *s) {
  struct arena *a = arena_new();
  struct send m = {.method = "DELETE", .limits = mcp_session_quick(s), .farewell = true};
  int status = 0;
  struct err unused;
  mcp_frame_legacy_headers(str_of(s->version), str_of(s->id), a, 0, &m.headers);
  bool answered = send_away(s->peer, &m, &status, &unused); // it need not take it: 405
  arena_free(a);
  return answered;
}

// NULL: none is left, and the fiber that asks is counted out.
static struct mcp_session *mcp_session_next_leaving(struct mcp_peer *p) {
  pthread_mutex_lock(&p->lock);
  struct mcp_session *s = p->leaving;
  if (s)
    p->leaving = s->next_leaving;
  else
    p->farewells--;
  pthread_mutex_unlock(&p->lock);
  return s;
}

// A server that does not answer is not told of the others: it ends them by itself some day.
static void mcp_session_say_farewell(void *arg) {
  struct mcp_peer *p = arg;
  bool answers = true;
  for (struct mcp_session *s; (s = mcp_session_next_leaving(p)); mcp_session_unref(s)) {
    fiber_deadline(fiber_self(), MCP_SESSION_QUICK_MS);
    answers = answers && mcp_session_delete(s);
  }
  peer_let_go(p);
}

// No fiber was to be had. Those that run already see to it; where there is none, nobody does.
static void mcp_session_leave_unsaid(struct mcp_peer *p) {
  pthread_mutex_lock(&p->lock);
  struct mcp_session *left = --p->farewells ? NULL : p->leaving;
  if (left) p->leaving = NULL;
  pthread_mutex_unlock(&p->lock);
  for (struct mcp_session *next; left; left = next) {
    next = left->next_leaving;
    mcp_session_unref(left);
  }
  peer_let_go(p);
}

void mcp_session_close(struct mcp_session *s, const struct err *why) {
  mcp_session_kill(s, why);
  if (s->endpoint || !*s->id) return;
  struct mcp_peer *p = s->peer;
  pthread_mutex_lock(&p->lock);
  s->next_leaving = p->leaving;
  p->leaving = mcp_session_ref(s);
  bool another = p->farewells < PEER_FAREWELLS_MOST;
  p->farewells += another;
  pthread_mutex_unlock(&p->lock);
  if (another && !task_spawn(p, "mcp farewell", mcp_session_say_farewell, peer_hold(p)))
    mcp_session_leave_unsaid(p);
}

// ---- initialize

static bool mcp_session_id_is_sound(struct str id) {
  for (size_t i = 0; i < id.n; i++)
    if (id.p[i] < '!' || id.p[i] > '~') return false;
  return id.n <= MCP_SESSION_ID_MOST;
}

// Servers of an older version may refuse one that they do not know; some say which they do, as the standard has
// it or in words, and some say nothing of use. So of the older ones the newest that is named, else the next.
struct mcp_session_refusal {
  bool maybe;            // it may be for the version
  const char *supported; // the newest that it names as data, older than the one asked for
  const char *worded;    // in words
};

static const char *mcp_session_other_version(const struct mcp_session_refusal *r, const char *asked) {
  if (r->supported) return r->supported;
  if (!r->maybe) return NULL;
  return r->worded ? r->worded : wire_legacy_before(asked);
}

static void mcp_session_read_refusal(const char *asked, struct str words, yyjson_val *supported,
                                     struct mcp_session_refusal *out) {
  size_t i, n;
  yyjson_val *item;
  for (const char *v = wire_legacy_before(asked); v; v = wire_legacy_before(v)) {
    yyjson_arr_foreach (supported, i, n, item)
      if (!out->supported && str_is(json_text(item), v)) out->supported = v;
    if (!out->worded && str_contains(words, str_of(v))) out->worded = v;
  }
}

// What can be said of another version: no server that lacks the method, is busy, or is not there.
static void mcp_session_take_refusal(const struct mcp_call *c, const struct mcp_event *e, const char *asked,
                                     struct mcp_session_refusal *out) {
  *out = (struct mcp_session_refusal){0};
  if (e && e->kind != MCP_ERROR) return;
  int64_t code = e ? json_int(e->value, "code", 0) : 0;
  bool silent = c->status == 400 || c->status == 406 || c->status == 412 || c->status == 422;
  out->maybe = e ? code != JSONRPC_METHOD_NOT_FOUND && code != JSONRPC_UNSUPPORTED_VERSION : silent;
  mcp_session_read_refusal(asked, e ? json_str(e->value, "message") : c->refused,
                           e ? yyjson_obj_get(yyjson_obj_get(e->value, "data"), "supported") : NULL, out);
}

static bool mcp_session_ask(struct mcp_session *s, const struct mcp_who *who, const char *version,
                            struct mcp_session_refusal *refusal, struct err *err) {
  struct mcp_event *out = &s->hello;
  *refusal = (struct mcp_session_refusal){0};
  struct mcp_request r = {.who = *who, .method = STR("initialize"), .doc = yyjson_mut_doc_new(NULL)};
  struct str capabilities = who->capabilities.n ? who->capabilities : STR("{}"), info = s->peer->client_info;
  r.params = yyjson_mut_obj(r.doc);
  yyjson_mut_obj_add_str(r.doc, r.params, "protocolVersion", version);
  yyjson_mut_obj_add_val(r.doc, r.params, "capabilities",
                         yyjson_mut_rawn(r.doc, capabilities.p, capabilities.n));
  yyjson_mut_obj_add_val(r.doc, r.params, "clientInfo", yyjson_mut_rawn(r.doc, info.p, info.n));
  r.total_ms = s->peer->o.limits->total_ms;
  struct mcp_call *c = mcp_call_new(s->peer, &r, MCP_LEGACY, s);
  bool ok = mcp_call_send(c, err);
  if (ok && c->status >= 400 && c->status < 500 && c->status != 408 && c->status != 429 && !c->has_answer) {
    send_explain(c->status, c->refused, err);
    err->code = ERR_MISSING; // it may be no server of this transport
    mcp_session_take_refusal(c, NULL, version, refusal);
    ok = false;
  }
  ok = ok && mcp_call_finish(c, out, err);
  if (ok) mcp_session_take_refusal(c, out, version, refusal);
  if (ok && c->session_id.n && !s->endpoint) {
    mem_free(s->id);
    s->id = mem_copy(c->session_id.p, c->session_id.n);
  }
  mcp_call_free(c);
  yyjson_mut_doc_free(r.doc);
  return ok;
}

static bool mcp_session_judge(struct mcp_session *s, struct err *err) {
  yyjson_val *result = s->hello.value;
  struct str version = json_str(result, "protocolVersion");
  if (s->hello.kind == MCP_ERROR) {
    struct str message = json_str(result, "message");
    return err_set(err, ERR_MISSING, "the MCP server refuses to initialize: %.*s", STR_MOST(message, 240));
  }
  s->version = wire_legacy_version(version);
  if (!s->version)
    return err_set(err, ERR_UPSTREAM, "the MCP server speaks the version \"%.*s\", which Postern does not",
                   STR_MOST(version, 40));
  yyjson_val *capabilities = yyjson_obj_get(result, "capabilities");
  if (yyjson_is_str(capabilities) || yyjson_is_num(capabilities) || yyjson_is_raw(capabilities))
    return err_set(err, ERR_UPSTREAM, "the MCP server's answer to initialize has capabilities that are none");
  if (!mcp_session_id_is_sound(str_of(s->id)))
    return err_set(err, ERR_UPSTREAM, "the MCP server's session id is too long or not plain ASCII");
  return true;
}

// What was taken before is asked for first.
static const char *mcp_session_first_version(struct mcp_peer *p) {
  pthread_mutex_lock(&p->lock);
  const char *version = p->taken ? p->taken : WIRE_LEGACY_LATEST;
  pthread_mutex_unlock(&p->lock);
  return version;
}

static void mcp_session_remember_version(struct mcp_peer *p, const char *version) {
  pthread_mutex_lock(&p->lock);
  p->taken = version;
  pthread_mutex_unlock(&p->lock);
}

static bool mcp_session_agree(struct mcp_session *s, const struct mcp_who *who, struct err *err) {
  struct err first = {0};
  struct mcp_session_refusal refusal;
  const char *version = mcp_session_first_version(s->peer), *other = NULL;
  bool ok;
  do {
    mcp_event_free(&s->hello);
    ok = mcp_session_ask(s, who, version, &refusal, err);
    if (!ok && !first.text[0]) first = *err;
    other = mcp_session_other_version(&refusal, version);
    if (ok && s->hello.kind == MCP_RESULT) mcp_session_remember_version(s->peer, version);
    version = other;
  } while (other);
  if (!ok && err->code == ERR_MISSING) *err = first; // the words on the version that we would rather speak
  return ok;
}

static bool mcp_session_initialize(struct mcp_session *s, const struct mcp_who *who, struct err *err) {
  if (!mcp_session_agree(s, who, err)) return false;
  if (!mcp_session_judge(s, err)) return false;
  struct buf text = BUF_MAX(MCP_FRAME_PLAIN_MOST);
  mcp_frame_notification(&text, STR("notifications/initialized"), STR_NONE);
  bool ok = mcp_session_post(s, buf_str(&text), err);
  buf_free(&text);
  return ok;
}

// Did we say that we answer any of the server's own requests?
static bool mcp_session_may_be_asked(const struct mcp_session *s, const struct mcp_who *who) {
  static const char *const kinds[] = {"elicitation", "sampling", "roots"};
  struct err unused;
  yyjson_doc *doc;
  bool any = false;
  if (s->endpoint || !*s->id || !json_read(who->capabilities, &JSON_LIMITS, &doc, &unused)) return false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    any = any || yyjson_obj_get(yyjson_doc_get_root(doc), kinds[i]);
  yyjson_doc_free(doc);
  return any;
}

bool mcp_session_open(struct mcp_peer *p, const struct mcp_who *who, enum mcp_speaks transport,
                      struct mcp_session **out, struct err *err) {
  struct mcp_session *s = mcp_session_new(p);
  bool ok = transport != MCP_SPEAKS_SSE || mcp_session_stream_open(s, err);
  ok = ok && mcp_session_initialize(s, who, err);
  if (ok) {
    if (mcp_session_may_be_asked(s, who)) mcp_session_watch(s);
    metrics_add(METRIC_MCP_SESSIONS_OPENED, 1);
    *out = s;
    return true;
  }
  mcp_session_close(s, err);
  mcp_session_unref(s);
  return false;
}

// SPDX-License-Identifier: Apache-2.0
// A feed's fiber attaches to the server in the era that fits, waits for the end of that, and tries again. In
// the modern era it reads the stream itself; in a legacy session it listens at the session's hub.
#include "mcp/feed.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "fetch/backoff.h"
#include "io/fiber.h"
#include "mcp/call_private.h"
#include "mcp/jsonrpc.h"
#include "mcp/peer_private.h"
#include "mcp/pool.h"
#include "mcp/wire.h"

enum {
  FEED_PAUSE_MS = 1000,
  FEED_PAUSE_MS_MOST = 60000,
  FEED_HEALTHY_US = 30 * 1000 * 1000, // what has been up for so long begins anew with the shortest pause
  FEED_URIS_MOST = 1000,
  FEED_EVENT_MOST = 1 << 20, // bytes: what is larger is no news, and many may wait
};

struct mcp_feed {
  struct mcp_feed *prev, *next; // of the peer's, under its lock
  atomic_size_t refs;           // its owner, and its fiber
  atomic_bool closed;
  struct mcp_peer *peer;
  struct arena *arena;
  struct mcp_feed_options o; // its texts in the arena
  struct channel *out;
  struct task *task;
  struct channel *end; // a message: the session has ended
  struct hub_listener listener;
  bool attached_before; // so news may have been missed since
  atomic_uint missed;   // list changes that found the channel full: bits of feed_kinds

  pthread_mutex_t lock; // of the session: answers may come from anywhere
  struct mcp_session *session;
};

static void feed_drop(struct mcp_feed *f);

static const struct feed_kind {
  const char *method;
  const char *wish; // of subscriptions/listen
} feed_kinds[] = {{"notifications/tools/list_changed", "toolsListChanged"},
                  {"notifications/prompts/list_changed", "promptsListChanged"},
                  {"notifications/resources/list_changed", "resourcesListChanged"}};
enum { FEED_KINDS = sizeof feed_kinds / sizeof *feed_kinds };

static bool feed_wants_kind(const struct mcp_feed *f, size_t kind) {
  const bool wants[FEED_KINDS] = {f->o.tools, f->o.prompts, f->o.resources};
  return wants[kind];
}

// ---- to whom it may concern

void mcp_event_release(void *event) {
  struct mcp_event *e = event;
  mcp_event_free(e);
  mem_free(e);
}

static bool feed_wants(const struct mcp_feed *f, const struct mcp_event *e) {
  for (size_t i = 0; i < FEED_KINDS; i++)
    if (str_is(e->method, feed_kinds[i].method)) return feed_wants_kind(f, i);
  if (!str_is(e->method, "notifications/resources/updated")) return true;
  for (size_t i = 0; i < f->o.uri_count; i++)
    if (str_eq(json_str(e->params, "uri"), f->o.uris[i])) return true;
  return false;
}

static bool feed_send(struct mcp_feed *f, struct message *m) {
  struct mcp_event *e = MEM_NEW(struct mcp_event);
  message_take(m, e);
  if (channel_send(f->out, e, mcp_event_release)) return true;
  for (unsigned i = 0; i < FEED_KINDS; i++)
    if (str_is(e->method, feed_kinds[i].method)) atomic_fetch_or(&f->missed, 1u << i);
  mcp_event_release(e);
  return false;
}

// What was not taken because the channel was full comes before what is new: lists may be read anew late, but
// never not at all.
static void feed_send_missed(struct mcp_feed *f) {
  unsigned missed = atomic_exchange(&f->missed, 0);
  for (unsigned i = 0; i < FEED_KINDS; i++) {
    struct message *m = missed & (1u << i) ? message_news(feed_kinds[i].method, STR_NONE) : NULL;
    if (m) feed_send(f, m);
  }
}

static void feed_hear(void *arg, struct message *m) {
  struct mcp_feed *f = arg;
  if (atomic_load(&f->missed)) feed_send_missed(f);
  if (!feed_wants(f, &m->e) || yyjson_doc_get_read_size(m->e.doc) > FEED_EVENT_MOST)
    message_free(m);
  else
    feed_send(f, m);
}

// After a gap nobody knows what was said in it.
static void feed_announce(struct mcp_feed *f) {
  if (!f->attached_before) {
    f->attached_before = true;
    return;
  }
  for (size_t i = 0; i < FEED_KINDS; i++) {
    struct message *m = feed_wants_kind(f, i) ? message_news(feed_kinds[i].method, STR_NONE) : NULL;
    if (m) feed_hear(f, m);
  }
  for (size_t i = 0; i < f->o.uri_count; i++) {
    struct message *m = message_news("notifications/resources/updated", f->o.uris[i]);
    if (m) feed_hear(f, m);
  }
}

// ---- modern

enum feed_outcome { FEED_AGAIN, FEED_MUTE }; // mute: the server has no such thing

static yyjson_mut_val *feed_wishes(const struct mcp_feed *f, yyjson_mut_doc *doc, bool *any) {
  yyjson_mut_val *params = yyjson_mut_obj(doc),
                 *wishes = yyjson_mut_obj_add_obj(doc, params, "notifications");
  for (size_t i = 0; i < FEED_KINDS; i++) {
    if (!feed_wants_kind(f, i)) continue;
    yyjson_mut_obj_add_bool(doc, wishes, feed_kinds[i].wish, true);
    *any = true;
  }
  if (f->o.uri_count) {
    yyjson_mut_val *uris = yyjson_mut_obj_add_arr(doc, wishes, "resourceSubscriptions");
    for (size_t i = 0; i < f->o.uri_count; i++)
      yyjson_mut_arr_add_strn(doc, uris, f->o.uris[i].p, f->o.uris[i].n);
    *any = true;
  }
  return params;
}

// Messages of this subscription, which its acknowledgement opens (2026-07-28, "Subscriptions").
static enum feed_outcome feed_read_modern(struct mcp_feed *f, struct mcp_call *c, struct err *err) {
  struct mcp_event e;
  bool acknowledged = false;
  while (mcp_call_next(c, &e, err)) {
    if (e.kind == MCP_RESULT || e.kind == MCP_ERROR) {
      bool mute = e.kind == MCP_ERROR && json_int(e.value, "code", 0) == JSONRPC_METHOD_NOT_FOUND;
      mcp_event_free(&e);
      return mute ? FEED_MUTE : FEED_AGAIN;
    }
    yyjson_val *id = yyjson_obj_get(yyjson_obj_get(e.params, "_meta"), WIRE_META_SUBSCRIPTION);
    bool ours = message_id_is(id, c->id);
    if (ours && str_is(e.method, "notifications/subscriptions/acknowledged")) {
      acknowledged = true;
      feed_announce(f);
    } else if (ours && acknowledged) {
      struct message *m = MEM_NEW(struct message);
      m->e = e;
      feed_hear(f, m);
      continue; // which took it
    }
    mcp_event_free(&e);
    if (!acknowledged && c->notifications > 1) break; // it does not speak of this subscription
  }
  return FEED_AGAIN;
}

static enum feed_outcome feed_modern(struct mcp_feed *f, struct err *err) {
  struct mcp_request r = {.who = f->o.who, .method = STR("subscriptions/listen")};
  bool any = false;
  enum feed_outcome outcome = FEED_AGAIN;
  r.doc = yyjson_mut_doc_new(NULL);
  r.params = feed_wishes(f, r.doc, &any);
  if (any) {
    struct mcp_call *c = mcp_call_new(f->peer, &r, MCP_MODERN, NULL);
    c->endless = true;
    if (mcp_call_send(c, err)) outcome = feed_read_modern(f, c, err);
    mcp_call_free(c);
  } else {
    outcome = FEED_MUTE;
  }
  yyjson_mut_doc_free(r.doc);
  return outcome;
}

// ---- legacy

static void feed_on_end(void *arg, const struct err *why) {
  struct mcp_feed *f = arg;
  (void)why;
  channel_send(f->end, f, NULL); // where one waits already, that is enough
}

static void feed_subscribe(struct mcp_session *s, const struct mcp_feed_options *o, const char *method) {
  struct err unused;
  for (size_t i = 0; i < o->uri_count; i++) {
    struct mcp_request r = {
        .who = o->who, .method = str_of(method), .total_ms = MCP_SESSION_QUICK_MS, .unasked = true};
    struct mcp_event e;
    r.doc = yyjson_mut_doc_new(NULL);
    r.params = yyjson_mut_obj(r.doc);
    yyjson_mut_obj_add_strn(r.doc, r.params, "uri", o->uris[i].p, o->uris[i].n);
    struct mcp_call *c = mcp_call_new(s->peer, &r, MCP_LEGACY, s);
    if (mcp_call_send(c, &unused) && mcp_call_finish(c, &e, &unused)) mcp_event_free(&e);
    mcp_call_free(c);
    yyjson_mut_doc_free(r.doc);
  }
}

static void feed_set_session(struct mcp_feed *f, struct mcp_session *s) {
  pthread_mutex_lock(&f->lock);
  struct mcp_session *old = f->session;
  f->session = s ? mcp_session_ref(s) : NULL;
  pthread_mutex_unlock(&f->lock);
  mcp_session_unref(old);
}

// The feed is over, and its fiber canceled: so another one does it.
static void feed_unsubscribe(void *arg) {
  struct mcp_feed *f = arg;
  fiber_deadline(fiber_self(), MCP_SESSION_QUICK_MS);
  feed_subscribe(f->session, &f->o, "resources/unsubscribe");
  feed_drop(f);
}

static void feed_leave_behind(struct mcp_feed *f) {
  atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
  if (!task_spawn(f->peer, "mcp unsubscribe", feed_unsubscribe, f)) feed_drop(f);
}

static enum feed_outcome feed_legacy(struct mcp_feed *f, struct err *err) {
  struct mcp_session *s;
  void *message;
  if (!mcp_pool_take(f->peer, &f->o.who, &s, err)) return FEED_AGAIN;
  f->listener = (struct hub_listener){.hear = feed_hear, .ended = feed_on_end, .arg = f};
  if (mcp_session_listen(s, &f->listener, err)) {
    feed_set_session(f, s);
    feed_subscribe(s, &f->o, "resources/subscribe");
    feed_announce(f);
    bool ended = channel_receive(f->end, 0, &message, err);
    if (ended) err_set(err, ERR_UPSTREAM, "the session has ended");
    size_t left = mcp_session_hush(s, &f->listener);
    // Subscriptions are the session's: while others listen there, they may be theirs too.
    if (!ended && left == 0 && f->o.uri_count && !atomic_load(&s->dead)) feed_leave_behind(f);
  }
  mcp_pool_give(s);
  return FEED_AGAIN;
}

// ---- its life

static bool feed_is_over(struct mcp_feed *f) {
  struct err unused;
  return atomic_load(&f->closed) || fiber_canceled() || !peer_is_open(f->peer, &unused);
}

static enum feed_outcome feed_attach(struct mcp_feed *f, struct err *err) {
  unsigned speaks;
  if (!peer_speaks(f->peer, &speaks, err)) return FEED_AGAIN;
  return peer_era(speaks, f->o.who.prefer) == MCP_MODERN ? feed_modern(f, err) : feed_legacy(f, err);
}

static void feed_run(void *arg) {
  struct mcp_feed *f = arg;
  struct err err;
  void *message;
  for (unsigned failures = 0; !feed_is_over(f);) {
    uint64_t begun_us = clock_mono_us();
    if (feed_attach(f, &err) == FEED_MUTE) {
      while (!feed_is_over(f) && channel_receive(f->end, 0, &message, &err)) continue; // until it is closed
      break;
    }
    failures = clock_mono_us() - begun_us > FEED_HEALTHY_US ? 0 : failures + 1;
    if (feed_is_over(f) || !fiber_sleep(backoff_ms(failures, FEED_PAUSE_MS, FEED_PAUSE_MS_MOST), &err)) break;
  }
  feed_drop(f);
}

static void feed_copy_options(struct mcp_feed *f, const struct mcp_feed_options *o) {
  f->o = *o;
  f->o.who.principal = arena_dup(f->arena, o->who.principal);
  f->o.who.capabilities = arena_dup(f->arena, o->who.capabilities);
  f->o.uri_count = o->uri_count < FEED_URIS_MOST ? o->uri_count : FEED_URIS_MOST;
  struct str *uris = ARENA_ARRAY(f->arena, f->o.uri_count + 1, struct str);
  for (size_t i = 0; i < f->o.uri_count; i++) uris[i] = arena_dup(f->arena, o->uris[i]);
  f->o.uris = uris;
}

static void feed_link(struct mcp_feed *f) {
  pthread_mutex_lock(&f->peer->lock);
  f->next = f->peer->feeds;
  if (f->next) f->next->prev = f;
  f->peer->feeds = f;
  pthread_mutex_unlock(&f->peer->lock);
}

static void feed_unlink(struct mcp_feed *f) {
  pthread_mutex_lock(&f->peer->lock);
  if (f->prev)
    f->prev->next = f->next;
  else
    f->peer->feeds = f->next;
  if (f->next) f->next->prev = f->prev;
  pthread_mutex_unlock(&f->peer->lock);
}

static void feed_drop(struct mcp_feed *f) {
  if (atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1) return;
  feed_unlink(f);
  task_unref(f->task);
  mcp_session_unref(f->session);
  channel_unref(f->end);
  channel_unref(f->out);
  pthread_mutex_destroy(&f->lock);
  metrics_add(METRIC_MCP_FEEDS, -1);
  struct mcp_peer *p = f->peer;
  arena_free(f->arena); // and f with it
  mcp_peer_unref(p);
}

struct mcp_feed *mcp_feed_open(struct mcp_peer *p, const struct mcp_feed_options *o, struct channel *out) {
  struct err full;
  struct arena *a = arena_new();
  struct mcp_feed *f = ARENA_NEW(a, struct mcp_feed);
  f->arena = a;
  f->peer = mcp_peer_ref(p);
  f->out = channel_ref(out);
  f->end = channel_new(1);
  atomic_init(&f->refs, 2);
  atomic_init(&f->closed, false);
  atomic_init(&f->missed, 0);
  pthread_mutex_init(&f->lock, NULL);
  feed_copy_options(f, o);
  feed_link(f);
  metrics_add(METRIC_MCP_FEEDS, 1);
  struct task *task = task_start(p, "mcp feed", feed_run, f, &full);
  if (!task) {
    feed_drop(f);
    feed_drop(f);
    return NULL;
  }
  pthread_mutex_lock(&p->lock);
  f->task = task;
  pthread_mutex_unlock(&p->lock);
  return f;
}

void mcp_feed_close(struct mcp_feed *f) {
  if (!f) return;
  atomic_store(&f->closed, true);
  task_stop(f->task);
  feed_drop(f);
}

void feed_stop_all(struct mcp_peer *p) {
  pthread_mutex_lock(&p->lock);
  for (struct mcp_feed *f = p->feeds; f; f = f->next) task_stop(f->task);
  pthread_mutex_unlock(&p->lock);
}

bool mcp_feed_answer(struct mcp_feed *f, yyjson_val *id, struct str result, int code, struct str message,
                     struct err *err) {
  struct mcp_frame_answer answer = {.id = id, .result = result, .code = code, .message = message};
  pthread_mutex_lock(&f->lock);
  struct mcp_session *s = f->session ? mcp_session_ref(f->session) : NULL;
  pthread_mutex_unlock(&f->lock);
  if (!s) return err_set(err, ERR_MISSING, "the session of this request is gone");
  bool ok = mcp_session_answer(s, &answer, err);
  mcp_session_unref(s);
  return ok;
}

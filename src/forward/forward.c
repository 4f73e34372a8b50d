// SPDX-License-Identifier: Apache-2.0
#include "forward/forward.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "crypto/kin.h"
#include "fetch/transfer.h"
#include "io/fiber.h"
#include "node/node.h"

enum {
  FORWARD_AWAY_NODES = 16,
  FORWARD_BEATS = 4,
  FORWARD_HEADER_BYTES = 64 * 1024,
  FORWARD_MISDIRECTED = 421
};

static struct forward_env forward_env;
static atomic_size_t forward_running;

void forward_use(const struct forward_env *env) {
  forward_env = *env;
}

// ---- nodes that were not reached a moment ago, whatever their rows say

static pthread_mutex_t forward_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  char id[NODE_ID];
  uint64_t until_us;
} forward_away[FORWARD_AWAY_NODES];

static bool forward_is_away(struct str node) {
  uint64_t now = clock_mono_us();
  bool away = false;
  pthread_mutex_lock(&forward_lock);
  for (size_t i = 0; i < FORWARD_AWAY_NODES; i++)
    away |= forward_away[i].until_us > now && str_is(node, forward_away[i].id);
  pthread_mutex_unlock(&forward_lock);
  return away;
}

static void forward_note_away(struct str node) {
  uint64_t now = clock_mono_us();
  size_t place = 0;
  pthread_mutex_lock(&forward_lock);
  for (size_t i = 1; i < FORWARD_AWAY_NODES; i++)
    if (forward_away[i].until_us < forward_away[place].until_us) place = i;
  snprintf(forward_away[place].id, NODE_ID, "%.*s", STR_ARG(node));
  forward_away[place].until_us = now + FORWARD_AWAY_MS * 1000ull;
  pthread_mutex_unlock(&forward_lock);
}

// ---- the request

struct forward_exchange {
  struct http_exchange *x;
  const struct http_request *in;
  struct str node;
  char url[NODE_URL];
  bool sent;
};

// Of one connection alone (RFC 9110 §7.6.1), or said by HTTP_PASSED_ON instead.
static bool forward_keeps(struct str name) {
  static const char *const own[] = {
      "content-length",   "transfer-encoding",
      "connection",       "keep-alive",
      "expect",           "te",
      "trailer",          "upgrade",
      "proxy-connection", "proxy-authorization",
      "accept-encoding",  "forwarded",
      "x-forwarded-for",  "x-forwarded-proto",
      "x-forwarded-host", HTTP_PASSED_ON,
  };
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (str_is_nocase(name, own[i])) return false;
  return true;
}

static struct http_headers forward_headers(const struct forward_exchange *f) {
  const struct http_headers *h = &f->in->headers;
  struct http_headers out = {ARENA_ARRAY(f->in->arena, h->count + 1, struct http_header), 0};
  for (size_t i = 0; i < h->count; i++)
    if (forward_keeps(h->items[i].name)) out.items[out.count++] = h->items[i];
  out.items[out.count++] = (struct http_header){
      STR(HTTP_PASSED_ON),
      arena_printf(f->in->arena, "%.*s %.*s %.*s %s", STR_ARG(f->node), STR_ARG(f->in->id),
                   STR_ARG(f->in->client), f->in->secure ? "https" : "http")};
  return out;
}

// "http://10.0.0.2:9080" becomes "https://10.0.0.2:9080/mcp/…?…".
static struct str forward_url(const struct forward_exchange *f) {
  struct str origin = str_of(f->url), scheme = STR("http://");
  if (str_starts(origin, "http://")) origin = str_from(origin, scheme.n);
  if (str_starts(origin, "https://")) origin = str_from(origin, scheme.n + 1);
  bool query = f->in->query.n > 0;
  return arena_printf(f->in->arena, "https://%.*s%.*s%s%.*s", STR_ARG(origin), STR_ARG(f->in->path),
                      query ? "?" : "", STR_ARG(f->in->query));
}

// Returns with the answer's head.
static bool forward_open(struct forward_exchange *f, struct transfer **out, struct err *err) {
  struct arena *a = f->in->arena;
  const struct kin_way way = {forward_env.ring, node_self(), f->node};
  const struct fetch_limits limits = {.connect_ms = FORWARD_CONNECT_MS,
                                      .first_byte_ms = forward_env.wait_ms + FORWARD_SLACK_MS,
                                      .stall_ms = forward_env.heartbeat_ms * FORWARD_BEATS,
                                      .body_bytes = SIZE_MAX / 2,
                                      .header_bytes = FORWARD_HEADER_BYTES};
  const struct fetch_call call = {.method = arena_z(a, f->in->method_text),
                                  .url = forward_url(f),
                                  .headers = forward_headers(f),
                                  .body = f->in->body,
                                  .has_body = f->in->body.n > 0,
                                  .limits = &limits,
                                  .kin = &way,
                                  .sent = &f->sent};
  return transfer_open(&call, out, err);
}

// ---- the answer

static void forward_take_headers(struct forward_exchange *f, const struct transfer *t) {
  const struct http_headers *h = transfer_headers(t);
  http_reply_forget(f->x);              // the other node has set them, too
  for (size_t i = 0; i < h->count; i++) // those that are ours to set are left out there
    if (!str_is_nocase(h->items[i].name, "content-encoding"))
      http_reply_header(f->x, arena_z(f->in->arena, h->items[i].name), h->items[i].value);
}

static enum forward_end forward_whole(struct forward_exchange *f, struct transfer *t, const char *type,
                                      struct err *err) {
  struct buf body = BUF_MAX(forward_env.answer_bytes);
  struct str bytes;
  bool ok;
  do {
    ok = transfer_read(t, &bytes, err);
    if (ok) buf_add(&body, bytes);
    if (ok && body.full) ok = err_set(err, ERR_LIMIT, "the other node's answer is too large");
  } while (ok && bytes.n);
  if (ok) {
    forward_take_headers(f, t);
    http_reply_buf(f->x, transfer_status(t), type, &body);
  }
  buf_free(&body);
  return ok || err->code == ERR_CANCELED ? FORWARD_DONE : FORWARD_BROKEN;
}

// A stream that answers one request: as long as its fiber, which waits where the client is slow.
static enum forward_end forward_events(struct forward_exchange *f, struct transfer *t, struct err *err) {
  struct str bytes;
  for (;;) {
    if (!transfer_read(t, &bytes, err)) return err->code == ERR_CANCELED ? FORWARD_DONE : FORWARD_BROKEN;
    if (!bytes.n || !http_stream_write(f->x, bytes, err)) return FORWARD_DONE;
  }
}

// ---- a stream that stays open, without its request's fiber

struct forward_stream {
  struct transfer *transfer;
  struct http_stream *http; // NULL: the client has gone
  struct fiber *fiber;      // once it has begun
  bool ended;               // it has returned, and `closed` is the last
};

static void forward_closed(void *arg, bool draining) {
  struct forward_stream *s = arg;
  if (draining) {
    http_stream_close(s->http);
    return;
  }
  s->http = NULL;
  if (s->ended)
    mem_free(s);
  else if (s->fiber)
    fiber_cancel(s->fiber);
}

// A node that has gone ends the stream, and its client opens another one.
static void forward_follow(void *arg) {
  struct forward_stream *s = arg;
  struct err err;
  struct str bytes;
  s->fiber = fiber_self();
  while (s->http && transfer_read(s->transfer, &bytes, &err) && bytes.n && s->http)
    (void)http_stream_push(s->http, bytes); // a client that is too far behind is let go: `closed`
  transfer_close(s->transfer);
  atomic_fetch_sub(&forward_running, 1);
  s->fiber = NULL;
  s->ended = true;
  if (s->http)
    http_stream_close(s->http);
  else
    mem_free(s);
}

static enum forward_end forward_hold(struct forward_exchange *f, struct transfer *t) {
  struct forward_stream *s = MEM_NEW(struct forward_stream);
  s->transfer = t;
  s->http = http_stream_detach(f->x, forward_closed, s);
  if (s->http) http_stream_queue_most(s->http, FORWARD_QUEUE_MOST);
  atomic_fetch_add(&forward_running, 1);
  if (fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "a stream of another node", forward_follow, s))
    return FORWARD_DONE;
  forward_follow(s);
  return FORWARD_DONE;
}

static enum forward_end forward_answer(struct forward_exchange *f, struct transfer *t, struct err *err) {
  struct str name = http_header_get(transfer_headers(t), "content-type");
  const char *type = name.n ? arena_z(f->in->arena, name) : NULL;
  if (!str_is_nocase(http_media_type(name), "text/event-stream")) {
    enum forward_end end = forward_whole(f, t, type, err);
    transfer_close(t);
    return end;
  }
  forward_take_headers(f, t);
  if (!http_stream_begin(f->x, transfer_status(t), type, err)) {
    transfer_close(t);
    return FORWARD_DONE;
  }
  if (f->in->method == METHOD_GET) return forward_hold(f, t);
  enum forward_end end = forward_events(f, t, err);
  transfer_close(t);
  return end;
}

// ---- the whole

static enum forward_end forward_run(struct forward_exchange *f, struct err *err) {
  struct transfer *t;
  fiber_deadline(fiber_self(), 0); // the other node's
  if (!forward_open(f, &t, err)) {
    if (err->code == ERR_CANCELED) return FORWARD_DONE;
    log_event(LOG_DEBUG, f->in->id, "node %.*s: %s", STR_ARG(f->node), err->text);
    if (f->sent && f->in->method != METHOD_GET) return FORWARD_BROKEN;
    forward_note_away(f->node);
    return FORWARD_AWAY;
  }
  if (transfer_status(t) == FORWARD_MISDIRECTED) {
    transfer_close(t);
    forward_note_away(f->node);
    return FORWARD_AWAY;
  }
  return forward_answer(f, t, err);
}

enum forward_end forward_pass(struct http_exchange *x, struct str node, struct err *err) {
  struct forward_exchange f = {.x = x, .in = http_request_of(x), .node = node};
  if (f.in->passed_on || node_is_alone() || node_find(node, f.url) != NODE_LIVE || !f.url[0] ||
      forward_is_away(node))
    return FORWARD_AWAY;
  if (atomic_fetch_add(&forward_running, 1) >= FORWARD_MOST) {
    err_set(err, ERR_UNAVAILABLE, "too many requests are with other nodes");
    http_reply_err(x, err);
    atomic_fetch_sub(&forward_running, 1);
    return FORWARD_DONE;
  }
  static const enum metric outcomes[] = {[FORWARD_DONE] = METRIC_FORWARD_ANSWERED,
                                         [FORWARD_AWAY] = METRIC_FORWARD_AWAY,
                                         [FORWARD_BROKEN] = METRIC_FORWARD_BROKEN};
  enum forward_end end = forward_run(&f, err);
  metrics_add(outcomes[end], 1);
  fiber_deadline(fiber_self(), forward_env.call_ms);
  atomic_fetch_sub(&forward_running, 1);
  return end;
}

// SPDX-License-Identifier: Apache-2.0
// The client's machinery with a window instead of a whole body. Bytes gather in fetch.body; a read takes
// them away all at once and leaves an empty buffer behind, so nothing is moved, and what is idle holds no
// buffer.
#include "http/transfer.h"

#include <assert.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "http/client_private.h"

struct http_transfer {
  struct client_fetch fetch;
  struct http_call call; // its texts in the arena
  struct http_client_limits limits;
  struct arena *arena;
  struct buf shown; // what the reader has now
  int status;
};

static struct http_transfer *transfer_new(const struct http_call *call) {
  struct http_transfer *t = MEM_NEW(struct http_transfer);
  t->arena = arena_new();
  t->limits = *call->limits;
  t->call = *call;
  t->call.limits = &t->limits;
  t->call.method = arena_z(t->arena, str_of(call->method));
  t->call.url = arena_dup(t->arena, call->url);
  if (call->has_body) t->call.body = arena_dup(t->arena, call->body); // may be sent longer than open takes
  t->fetch = (struct client_fetch){
      .call = &t->call, .arena = t->arena, .window = TRANSFER_WINDOW, .body = BUF_MAX(t->limits.body_bytes)};
  t->shown = t->fetch.body;
  t->fetch.started_us = t->fetch.moved_us = clock_mono_us();
  return t;
}

static bool transfer_await_head(struct http_transfer *t, struct err *err) {
  struct client_fetch *f = &t->fetch;
  if (!client_start(f, err)) return false;
  while (!f->answered && !f->done)
    if (!client_wait(f, "an answer from upstream", err)) return false;
  if (!f->answered && !client_succeeded(f, err)) return false;
  long status = 0;
  curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
  t->status = (int)status;
  t->call.guard = NULL; // the caller's; asked about new connections only
  t->call.headers = (struct http_headers){0};
  return true;
}

bool http_transfer_open(const struct http_call *call, struct http_transfer **out, struct err *err) {
  assert(fiber_self());
  if (!client_check(call, err)) return false;
  struct http_transfer *t = transfer_new(call);
  bool ok = transfer_await_head(t, err);
  metrics_observe_us(METRIC_UPSTREAM_SECONDS, clock_mono_us() - t->fetch.started_us);
  if (ok)
    *out = t;
  else
    http_transfer_close(t);
  return ok;
}

int http_transfer_status(const struct http_transfer *t) {
  return t->status;
}

const struct http_headers *http_transfer_headers(const struct http_transfer *t) {
  return &t->fetch.headers;
}

bool http_transfer_read(struct http_transfer *t, struct str *bytes, struct err *err) {
  struct client_fetch *f = &t->fetch;
  if (f->body.n == 0 && !f->done) {
    buf_free(&t->shown);
    buf_free(&f->body);
  }
  while (f->body.n == 0 && !f->done)
    if (!client_wait(f, "bytes from upstream", err)) return false;
  if (f->body.n == 0 && !client_succeeded(f, err)) return false;
  struct buf waiting = f->body;
  f->body = t->shown;
  buf_clear(&f->body);
  t->shown = waiting;
  client_go_on(f);
  *bytes = buf_str(&t->shown);
  return true;
}

bool http_transfer_read_all(struct http_transfer *t, struct buf *body, struct err *err) {
  struct buf all = BUF_MAX(t->limits.body_bytes);
  struct str bytes;
  do {
    if (!http_transfer_read(t, &bytes, err)) {
      buf_free(&all);
      return false;
    }
    buf_add(&all, bytes);
  } while (bytes.n);
  *body = all;
  return true;
}

void http_transfer_close(struct http_transfer *t) {
  if (!t) return;
  assert(!t->fetch.waiter);
  client_release(&t->fetch);
  buf_free(&t->fetch.body);
  buf_free(&t->shown);
  arena_free(t->arena);
  mem_free(t);
}

static void transfer_on_done(struct client_fetch *f) {
  http_transfer_close((struct http_transfer *)f); // its first member
}

void http_transfer_finish(struct http_transfer *t) {
  if (!t || t->fetch.done) return http_transfer_close(t);
  struct client_fetch *f = &t->fetch;
  assert(!f->waiter);
  buf_free(&f->body);
  t->limits.total_ms = (clock_mono_us() - f->started_us) / 1000 + TRANSFER_LINGER_MS;
  if (t->limits.body_bytes - f->received > TRANSFER_LINGER_BYTES)
    t->limits.body_bytes = f->received + TRANSFER_LINGER_BYTES;
  f->on_done = transfer_on_done;
  client_look_again(f);
  client_go_on(f); // last: it may be over with this
}

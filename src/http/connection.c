// SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"

#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/metrics.h"

static uint64_t http_now(const struct http_connection *c) {
  return uv_now(c->tcp.loop);
}

void http_connection_phase(struct http_connection *c, enum http_phase to) {
#define TO(phase) (1u << HTTP_PHASE_##phase)
  static const unsigned legal[] = {
      [HTTP_PHASE_IDLE] = TO(HEADER) | TO(CLOSED),
      // Busy: with a refusal; sending: turned away before anything was read.
      [HTTP_PHASE_HEADER] = TO(BODY) | TO(BUSY) | TO(SENDING) | TO(CLOSED),
      [HTTP_PHASE_BODY] = TO(BUSY) | TO(CLOSED),
      [HTTP_PHASE_BUSY] = TO(IDLE) | TO(SENDING) | TO(CLOSED),
      [HTTP_PHASE_SENDING] = TO(SENDING) | TO(IDLE) | TO(LINGER) | TO(CLOSED),
      [HTTP_PHASE_LINGER] = TO(CLOSED),
      [HTTP_PHASE_CLOSED] = 0,
  };
#undef TO
  assert(legal[c->phase] & 1u << to);
  c->phase = to;
}

void http_connection_wait(struct http_connection *c, enum http_wait wait) {
  struct deadline *d = wait < HTTP_WAIT_WRITE ? &c->wait : &c->send;
  deadline_set(&c->server->waits[wait], d, http_now(c));
  http_server_timer(c->server, d->at);
}

bool http_connection_is_unused(const struct http_connection *c) {
  return c->phase == HTTP_PHASE_IDLE || (c->phase == HTTP_PHASE_HEADER && !c->x);
}

void http_connection_wait_for_use(struct http_connection *c) {
  if (!c->server->drain_at)
    http_connection_wait(c, c->phase == HTTP_PHASE_IDLE ? HTTP_WAIT_IDLE : HTTP_WAIT_HEADER);
  else if (c->server->leave_ms)
    http_connection_wait(c, HTTP_WAIT_LEAVE);
  else
    http_connection_close(c);
}

size_t http_connection_queued(const struct http_connection *c) {
  return c->out.n + (c->writing ? uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp) : 0);
}

// ---- closing

static void http_on_closed(uv_handle_t *handle) {
  struct http_connection *c = handle->data;
  buf_free(&c->out);
  buf_free(&c->flight);
  buf_free(&c->ahead);
  tls_session_free(c->tls);
  struct http_server *s = c->server;
  http_server_lost(s, c);
  mem_free(c);
  http_server_settle(s);
}

void http_connection_close(struct http_connection *c) {
  if (c->phase == HTTP_PHASE_CLOSED) return;
  http_connection_phase(c, HTTP_PHASE_CLOSED);
  deadline_clear(&c->wait);
  deadline_clear(&c->send);
  struct http_exchange *x = c->x;
  c->x = NULL;
  if (x) x->connection = NULL;
  if (x && !x->running)
    http_exchange_free(x);
  else if (x && x->fiber && !x->outlives)
    fiber_cancel(x->fiber); // the exchange lives on until its handler returns
  else if (x && x->writer)
    fiber_wake(x->writer); // finds that the client has gone
  if (c->stream) http_stream_gone(c->stream);
  http_stream_count(c, false);
  uv_close((uv_handle_t *)&c->tcp, http_on_closed);
}

static void http_on_shutdown(uv_shutdown_t *req, int status) {
  (void)req, (void)status;
}

// ---- writing

static void http_flush(struct http_connection *c);

static void http_on_drained(struct http_connection *c) {
  deadline_clear(&c->send);
  if (c->sse) http_connection_wait(c, HTTP_WAIT_HEARTBEAT);
  if (c->phase == HTTP_PHASE_SENDING) http_connection_end(c);
}

static void http_on_written(uv_write_t *req, int status) {
  struct http_connection *c = req->data;
  c->writing = false;
  buf_free(&c->flight);
  if (c->phase == HTTP_PHASE_CLOSED) return;
  if (status != 0) {
    http_connection_close(c);
    return;
  }
  http_flush(c);
  if (c->phase == HTTP_PHASE_CLOSED) return;
  if (c->x && c->x->writer && http_connection_queued(c) <= HTTP_STREAM_HIGH) fiber_wake(c->x->writer);
  if (!c->writing) http_on_drained(c);
}

// Starts sending what waits in `out`, unless something is on its way already.
static void http_flush(struct http_connection *c) {
  if (c->writing || c->out.n == 0) return;
  uv_stream_t *stream = (uv_stream_t *)&c->tcp;
  if (c->tls) {
    uv_buf_t all = uv_buf_init(c->out.p, (unsigned)c->out.n);
    int sent = uv_try_write(stream, &all, 1);
    buf_drop(&c->out, sent > 0 ? (size_t)sent : 0);
    if (c->out.n == 0) return;
  }
  c->flight = c->out;
  c->out = BUF_PAID(HTTP_REPLY_MOST, c->payer);
  uv_buf_t all = uv_buf_init(c->flight.p, (unsigned)c->flight.n);
  c->write.data = c;
  if (uv_write(&c->write, stream, &all, 1, http_on_written) != 0) {
    buf_free(&c->flight);
    http_connection_close(c);
    return;
  }
  c->writing = true;
  c->stuck = c->flight.n;
  http_connection_wait(c, HTTP_WAIT_WRITE);
}

// What the socket takes at once, straight from the caller's memory.
static size_t http_try(struct http_connection *c, const struct str *parts, unsigned count) {
  enum { PARTS = 4 };
  uv_buf_t bufs[PARTS] = {0};
  assert(count <= PARTS);
  for (unsigned i = 0; i < count; i++)
    bufs[i] = uv_buf_init((char *)(uintptr_t)parts[i].p, (unsigned)parts[i].n);
  int sent = uv_try_write((uv_stream_t *)&c->tcp, bufs, count);
  return sent > 0 ? (size_t)sent : 0; // an error shows again in uv_write
}

void http_connection_send(struct http_connection *c, const struct str *parts, unsigned count) {
  if (c->phase == HTTP_PHASE_CLOSED) return;
  bool broken = false;
  if (!c->out.p) c->out.payer = c->payer;
  if (c->tls) {
    for (unsigned i = 0; i < count; i++) broken |= !tls_write(c->tls, parts[i]);
    tls_take(c->tls, &c->out);
  } else {
    size_t sent = c->writing || c->out.n ? 0 : http_try(c, parts, count);
    for (unsigned i = 0; i < count; i++) {
      size_t skip = sent < parts[i].n ? sent : parts[i].n;
      sent -= skip;
      buf_add(&c->out, str_from(parts[i], skip));
    }
  }
  if (broken || c->out.full)
    http_connection_close(c);
  else
    http_flush(c);
}

// ---- reading

static void http_on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void http_on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf) {
  struct http_connection *c = handle->data;
  (void)wanted;
  *buf = uv_buf_init(c->server->read_buffer, HTTP_READ); // used up before the next read
}

static void http_read(struct http_connection *c, bool on) {
  if (c->reading == on) return;
  c->reading = on;
  if (!on)
    uv_read_stop((uv_stream_t *)&c->tcp);
  else if (uv_read_start((uv_stream_t *)&c->tcp, http_on_alloc, http_on_read) != 0)
    http_connection_close(c);
}

// Bytes that came before we could use them. Beyond the limit we stop reading: TCP slows the client.
static void http_hold(struct http_connection *c, struct str bytes) {
  size_t most = c->server->options.pipeline * HTTP_PIPELINED;
  c->ahead.max = most + 2 * HTTP_READ; // TLS may release a record that earlier reads began
  if (!c->ahead.p) c->ahead.payer = c->payer;
  buf_add(&c->ahead, bytes);
  if (c->ahead.starved) {
    metrics_add(METRIC_HTTP_REFUSED, 1);
    http_connection_close(c);
    return;
  }
  assert(!c->ahead.full); // one read at most comes after the limit is passed
  if (c->ahead.n > most) http_read(c, false);
}

static void http_begin(struct http_connection *c) {
  http_connection_phase(c, HTTP_PHASE_HEADER);
  c->head_left = c->server->options.header_bytes;
  http_connection_wait(c, HTTP_WAIT_HEADER);
}

static void http_body_begins(struct http_connection *c) {
  http_connection_wait(c, HTTP_WAIT_BODY);
  if (!c->x->wants_continue) return;
  c->x->wants_continue = false;
  if (c->x->body.n == 0) http_connection_send(c, &STR("HTTP/1.1 100 Continue\r\n\r\n"), 1);
}

static void http_consume(struct http_connection *c, struct str bytes) {
  if (c->ready) { // bytes that came earlier are still waiting for their turn
    http_hold(c, bytes);
    return;
  }
  while (bytes.n) {
    switch (c->phase) {
    case HTTP_PHASE_BUSY:
    case HTTP_PHASE_SENDING:
      http_hold(c, bytes);
      return;
    case HTTP_PHASE_LINGER:
    case HTTP_PHASE_CLOSED:
      return;
    case HTTP_PHASE_IDLE:
      http_begin(c);
      break;
    case HTTP_PHASE_HEADER:
    case HTTP_PHASE_BODY:
      break;
    }
    enum http_phase before = c->phase;
    bytes = str_from(bytes, http_parse(c, bytes));
    if (c->refusal.status) {
      http_exchange_refuse(c, c->refusal);
      return;
    }
    if (c->phase == HTTP_PHASE_BODY && before == HTTP_PHASE_HEADER) http_body_begins(c);
    if (c->phase == HTTP_PHASE_BUSY) {
      deadline_clear(&c->wait);
      http_exchange_start(c->x);
    }
  }
}

static void http_consume_tls(struct http_connection *c, struct str wire) {
  enum tls_status status = TLS_OK;
  size_t n;
  tls_feed(c->tls, wire);
  while (c->phase != HTTP_PHASE_CLOSED &&
         (status = tls_read(c->tls, c->server->plain_buffer, HTTP_READ, &n)) == TLS_OK)
    http_consume(c, str_make(c->server->plain_buffer, n));
  if (c->phase == HTTP_PHASE_CLOSED) return;
  tls_take(c->tls, &c->out); // handshake messages, alerts
  http_flush(c);
  if (status != TLS_AGAIN) http_connection_close(c);
}

static void http_on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
  struct http_connection *c = stream->data;
  if (n == 0) return;
  if (n > 0 && c->phase == HTTP_PHASE_LINGER) return;
  if (n > 0) {
    struct str bytes = str_make(buf->base, (size_t)n);
    if (c->tls)
      http_consume_tls(c, bytes);
    else
      http_consume(c, bytes);
    return;
  }
  // The client is done sending. A reply on its way may still arrive; anything else has lost its reader.
  bool answered = c->phase == HTTP_PHASE_SENDING || (c->x && c->x->replied && !c->x->streaming);
  if (n != UV_EOF || !answered) {
    http_connection_close(c);
    return;
  }
  http_read(c, false);
  c->closing = true;
}

// ---- from one request to the next

// All replies have left: close, after a polite end where one is due.
static void http_shut(struct http_connection *c) {
  if (c->tls && !c->shut) {
    c->shut = true;
    tls_shutdown(c->tls);
    tls_take(c->tls, &c->out);
    http_flush(c);
    if (c->phase == HTTP_PHASE_CLOSED || c->writing) return; // http_on_drained comes back
  }
  if (!c->linger) {
    http_connection_close(c);
    return;
  }
  // Closing with unread bytes would reset the connection and might take the reply with it (RFC 9112 §9.6).
  http_connection_phase(c, HTTP_PHASE_LINGER);
  buf_free(&c->ahead);
  uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, http_on_shutdown);
  http_connection_wait(c, HTTP_WAIT_LINGER);
  http_read(c, true);
}

void http_connection_end(struct http_connection *c) {
  if (c->phase == HTTP_PHASE_CLOSED) return;
  c->sse = false;
  if (c->server->drain_at && !c->server->leave_ms) c->closing = true;
  if (c->writing || c->out.n) {
    http_connection_phase(c, HTTP_PHASE_SENDING);
    return;
  }
  deadline_clear(&c->send);
  buf_free(&c->out);
  if (c->closing) {
    http_connection_phase(c, HTTP_PHASE_SENDING);
    http_shut(c);
    return;
  }
  http_connection_phase(c, HTTP_PHASE_IDLE);
  http_connection_wait_for_use(c);
  if (c->ahead.n == 0) http_read(c, true);
  if (c->ahead.n == 0 || c->ready) return;
  c->ready = true; // not here: this may be the old request's fiber
  c->ready_next = c->server->ready;
  c->server->ready = c;
  http_server_poke(c->server);
}

void http_connection_continue(struct http_connection *c) {
  struct buf held = c->ahead;
  c->ahead = (struct buf){0};
  if (c->phase == HTTP_PHASE_IDLE || c->phase == HTTP_PHASE_HEADER) http_consume(c, buf_str(&held));
  buf_free(&held);
  bool takes_more = c->phase != HTTP_PHASE_CLOSED && !c->closing;
  if (takes_more && c->ahead.n <= c->server->options.pipeline * HTTP_PIPELINED) http_read(c, true);
}

// ---- opening

static void http_turn_away(struct http_connection *c) {
  static const char body[] = "{\"error\":{\"code\":\"unavailable\",\"message\":\"Too many connections.\","
                             "\"hint\":\"Try again in a moment, or close some.\"}}\n";
  char head[256];
  int n = snprintf(head, sizeof head,
                   "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
                   "Connection: close\r\nContent-Length: %zu\r\n\r\n",
                   sizeof body - 1);
  c->linger = c->closing = true;
  // In TLS the handshake would have to come first: that is the work we are too busy for.
  if (c->server->options.tls)
    c->linger = false;
  else
    http_connection_send(c, (struct str[]){str_make(head, (size_t)n), str_of(body)}, 2);
  http_connection_end(c);
}

void http_connection_open(struct http_server *s, int fd) {
  struct http_connection *c = MEM_NEW(struct http_connection);
  c->server = s;
  c->out.max = HTTP_REPLY_MOST;
  c->tcp.data = c;
  http_connection_phase(c, HTTP_PHASE_HEADER); // from idle, which a new one is
  c->head_left = s->options.header_bytes;
  uv_tcp_init(loop_uv(s->loop), &c->tcp);
  http_server_found(s, c);
  int size = sizeof c->address;
  int r = uv_tcp_open(&c->tcp, fd);
  if (r != 0) close(fd);
  if (r != 0 || uv_tcp_getpeername(&c->tcp, &c->address.any, &size) != 0) {
    http_connection_close(c);
    return;
  }
  char key[HTTP_CLIENT_KEY];
  http_client_key(&c->address.any, key);
  c->payer = budget_payer(BUDGET_CLIENTS, str_make(key, sizeof key));
  uv_tcp_nodelay(&c->tcp, 1);
  http_parse_init(c);
  enum http_admission admission = http_server_admit(s, c);
  if (admission == HTTP_TURN_AWAY) {
    http_turn_away(c);
  } else if (admission == HTTP_DROP) {
    http_connection_close(c);
  } else {
    if (s->options.tls) c->tls = tls_session_new(s->options.tls);
    http_connection_wait_for_use(c); // also bounds the TLS handshake
    http_read(c, true);
  }
}

void http_connection_expired(struct http_connection *c, enum http_wait wait) {
  switch (wait) {
  case HTTP_WAIT_HEADER:
  case HTTP_WAIT_BODY:
  case HTTP_WAIT_LEAVE:
    if (c->x) {
      http_exchange_refuse(c, (struct http_refusal){408, "the request did not arrive in time"});
      break;
    }
    http_connection_close(c); // it never said anything
    break;
  case HTTP_WAIT_WRITE: {
    size_t left = uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp);
    if (c->stuck - left >= HTTP_PROGRESS) {
      c->stuck = left;
      http_connection_wait(c, HTTP_WAIT_WRITE);
      break;
    }
    metrics_add(METRIC_HTTP_REFUSED, 1);
    http_connection_close(c);
    break;
  }
  case HTTP_WAIT_HEARTBEAT:
    http_stream_heartbeat(c);
    break;
  case HTTP_WAIT_IDLE:
  case HTTP_WAIT_LINGER:
  case HTTP_WAITS:
    http_connection_close(c);
    break;
  }
}

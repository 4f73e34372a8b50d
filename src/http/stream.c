// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/mem.h"
#include "base/metrics.h"
#include "http/connection.h"

void http_stream_count(struct http_connection *c, bool open) {
  if (c->counted == open) return;
  c->counted = open;
  metrics_add(METRIC_HTTP_STREAMS, open ? 1 : -1);
}

bool http_stream_begin(struct http_exchange *x, int status, const char *type, struct err *err) {
  if (x->replied) return err_set(err, ERR_INTERNAL, "the request has been answered already");
  struct http_connection *c = x->connection;
  if (!c) return err_set(err, ERR_CANCELED, "the client has gone");
  x->replied = x->streaming = true;
  x->chunked = !x->http10; // RFC 9112 §7: HTTP/1.0 reads until we close
  http_exchange_head(x, status, type, NULL);
  if (x->head_only) return true;
  c->chunked = x->chunked;
  c->sse = x->server->options.heartbeat_ms && str_is(http_media_type(str_of(type)), "text/event-stream");
  http_stream_count(c, true);
  http_connection_send(c, (struct str[]){buf_str(&x->head)}, 1);
  if (!x->connection) return err_set(err, ERR_CANCELED, "the client has gone");
  if (c->sse && !c->writing) http_connection_wait(c, HTTP_WAIT_HEARTBEAT);
  return true;
}

// Frames one chunk (RFC 9112 §7.1); an empty one would end the reply.
static void http_stream_send(struct http_connection *c, struct str bytes) {
  char size[20];
  if (bytes.n == 0) return;
  int n = c->chunked ? snprintf(size, sizeof size, "%zx\r\n", bytes.n) : 0;
  struct str parts[] = {{size, (size_t)n}, bytes, c->chunked ? STR("\r\n") : STR("")};
  http_connection_send(c, parts, 3);
  if (c->phase != HTTP_PHASE_CLOSED && c->sse && !c->writing) http_connection_wait(c, HTTP_WAIT_HEARTBEAT);
}

bool http_stream_write(struct http_exchange *x, struct str bytes, struct err *err) {
  if (!x->streaming || x->detached) return err_set(err, ERR_INTERNAL, "no stream was begun");
  if (x->connection && !x->head_only) {
    x->sent += bytes.n;
    http_stream_send(x->connection, bytes);
  }
  while (x->connection && http_connection_queued(x->connection) > HTTP_STREAM_HIGH) {
    x->writer = fiber_self();
    bool woken = fiber_park("client is slow", err);
    x->writer = NULL;
    if (!woken) return false;
  }
  return x->connection ? true : err_set(err, ERR_CANCELED, "the client has gone");
}

// The last chunk, after which the connection is an ordinary one again.
static void http_stream_last(struct http_connection *c) {
  c->sse = false;
  http_stream_count(c, false);
  if (c->chunked) http_connection_send(c, &STR("0\r\n\r\n"), 1);
  c->chunked = false;
}

void http_stream_finish(struct http_exchange *x) {
  struct http_connection *c = x->connection;
  if (!c || x->detached) return;
  if (x->head_only)
    http_connection_send(c, (struct str[]){buf_str(&x->head)}, 1);
  else
    http_stream_last(c);
  if (!x->chunked) c->closing = true;
}

// ---- detached

struct http_stream *http_stream_detach(struct http_exchange *x, void (*closed)(void *arg, bool draining),
                                       void *arg) {
  struct http_connection *c = x->connection;
  if (!c || !x->streaming || x->detached || x->head_only) return NULL;
  struct http_stream *st = MEM_NEW(struct http_stream);
  *st = (struct http_stream){.connection = c,
                             .closed = closed,
                             .arg = arg,
                             .server = x->server,
                             .queue_most = x->server->options.stream_queue_bytes};
  x->detached = true;
  c->stream = st;
  if (!x->keep_alive) c->closing = true;
  if (x->server->drain_at) http_stream_drain(st);
  return st;
}

static void http_stream_queue(struct http_stream *st) {
  if (st->queued) return;
  st->queued = true;
  st->next = st->server->untold;
  st->server->untold = st;
  http_server_poke(st->server);
}

void http_stream_gone(struct http_stream *st) {
  st->connection->stream = NULL;
  st->connection = NULL;
  http_stream_queue(st);
}

void http_stream_drain(struct http_stream *st) {
  http_stream_queue(st);
}

void http_stream_tell(struct http_server *s) {
  struct http_stream *list = s->untold, *next;
  s->untold = NULL;
  for (struct http_stream *st = list; st; st = next) {
    next = st->next;
    st->queued = false;
    if (st->connection) { // only told that the server drains
      st->closed(st->arg, true);
      continue;
    }
    st->ended = true;
    st->closed(st->arg, false);
    mem_free(st);
  }
}

void http_stream_queue_most(struct http_stream *st, size_t bytes) {
  st->queue_most = bytes;
}

bool http_stream_push(struct http_stream *st, struct str bytes) {
  struct http_connection *c = st->connection;
  if (!c) return false;
  if (http_connection_queued(c) + bytes.n > st->queue_most) {
    metrics_add(METRIC_HTTP_REFUSED, 1);
    http_connection_close(c);
    return false;
  }
  http_stream_send(c, bytes);
  return st->connection != NULL;
}

void http_stream_close(struct http_stream *st) {
  struct http_connection *c = st->connection;
  if (!c || st->ended) return;
  st->ended = true;
  http_stream_gone(st);
  bool chunked = c->chunked;
  http_stream_last(c);
  if (!chunked) c->closing = true;
  if (!c->x) http_connection_end(c); // else when its handler returns
}

void http_stream_heartbeat(struct http_connection *c) {
  if (c->sse) http_stream_send(c, STR(":\n\n"));
}

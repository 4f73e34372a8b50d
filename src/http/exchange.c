// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "data/json.h"
#include "http/connection.h"

// ---- life

struct http_exchange *http_exchange_new(struct http_connection *c) {
  struct http_server *s = c->server;
  struct http_exchange *x = s->pool;
  if (x) {
    s->pool = x->pool_next;
    s->pooled--;
  } else {
    x = MEM_NEW(struct http_exchange);
    x->arena = arena_new();
    x->server = s;
    x->text.max = s->options.header_bytes;
    x->body.max = s->options.body_bytes;
    x->extra.max = x->head.max = HTTP_REPLY_HEAD_MOST;
  }
  x->connection = c;
  x->begun_us = clock_mono_us();
  http_server_next_id(s, x->id);
  x->request.arena = x->arena;
  x->request.id = str_of(x->id);
  s->exchanges++;
  return x;
}

static void http_buf_forget(struct buf *b) {
  if (b->cap > HTTP_KEPT_BYTES)
    buf_free(b);
  else
    buf_clear(b);
}

void http_exchange_free(struct http_exchange *x) {
  struct http_server *s = x->server;
  s->exchanges--;
  if (s->pooled == HTTP_EXCHANGES_POOLED || s->freed) {
    buf_free(&x->text);
    buf_free(&x->body);
    buf_free(&x->extra);
    buf_free(&x->head);
    arena_free(x->arena);
    mem_free(x);
    return;
  }
  http_buf_forget(&x->text);
  buf_free(&x->body); // somebody pays for it
  http_buf_forget(&x->extra);
  http_buf_forget(&x->head);
  arena_reset(x->arena);
  memset(&x->request, 0, sizeof *x - offsetof(struct http_exchange, request));
  x->pool_next = s->pool;
  s->pool = x;
  s->pooled++;
}

// What another node sent on has been counted there; and it may ask for what is not there yet.
static void http_count(const struct http_exchange *x, int status, uint64_t us) {
  static const enum metric by_class[] = {METRIC_HTTP_REQUESTS_2XX, METRIC_HTTP_REQUESTS_3XX,
                                         METRIC_HTTP_REQUESTS_4XX, METRIC_HTTP_REQUESTS_5XX};
  if (x->request.passed_on) return;
  if (status >= 200 && status < 600) metrics_add(by_class[status / 100 - 2], 1);
  metrics_observe_us(METRIC_HTTP_SECONDS, us);
}

static void http_account(const struct http_exchange *x) {
  int status = x->connection || x->detached ? x->status : 499; // as nginx logs a client that left
  uint64_t us = clock_mono_us() - x->begun_us;
  http_count(x, status, us);
  enum log_level level = status >= 500 ? LOG_INFO : LOG_DEBUG;
  if (!log_wants(level)) return;
  char path[200];
  struct str shown = http_path_redact(x->request.path, path, sizeof path);
  log_event(level, x->request.id, "%.*s %.*s %d %zu bytes %llu.%03llu ms %.*s", (int)x->method_n, x->method,
            STR_ARG(shown), status, x->sent, (unsigned long long)(us / 1000), (unsigned long long)(us % 1000),
            STR_ARG(x->request.client));
}

// The handler has returned.
static void http_exchange_finish(struct http_exchange *x) {
  if (x->streaming) {
    http_stream_finish(x);
  } else if (!x->replied) {
    struct err err;
    err_set(&err, ERR_INTERNAL, "the request was not answered");
    http_reply_err(x, &err);
  }
  http_account(x);
  struct http_connection *c = x->connection;
  struct http_server *s = x->server;
  bool keep_alive = x->keep_alive;
  share_give(x->share);
  http_exchange_free(x);
  if (c) {
    c->x = NULL;
    if (!keep_alive) c->closing = true;
    if (!c->stream) http_connection_end(c);
  } else {
    http_server_settle(s);
  }
}

// Whoever runs is in the server's list, with its client or without: so the server can end all of them.
static void http_exchange_list(struct http_exchange *x) {
  x->next = x->server->running;
  if (x->next) x->next->prev = x;
  x->server->running = x;
}

static void http_exchange_unlist(struct http_exchange *x) {
  if (x->prev)
    x->prev->next = x->next;
  else
    x->server->running = x->next;
  if (x->next) x->next->prev = x->prev;
}

static void http_exchange_run(void *arg) {
  struct http_exchange *x = arg;
  struct http_server *s = x->server;
  x->fiber = fiber_self();
  http_exchange_list(x);
  if (s->options.handler_ms) fiber_deadline(x->fiber, s->options.handler_ms);
  s->handle(s->ctx, x);
  http_exchange_unlist(x);
  x->fiber = NULL;
  http_exchange_finish(x);
}

void http_exchange_start(struct http_exchange *x) {
  char name[FIBER_NAME];
  struct str path = http_path_redact(x->request.path, name, sizeof name - 1);
  name[path.n] = 0;
  x->running = true;
  struct err err;
  enum fiber_rank (*rank_of)(struct str path) = x->server->options.rank;
  enum fiber_rank rank = rank_of ? rank_of(x->request.path) : FIBER_ORDINARY;
  struct str address = str_make(x->request.client_key, HTTP_CLIENT_KEY);
  if (rank == FIBER_ORDINARY) x->share = share_take(SHARE_ADDRESS, address, rank, &err);
  if (rank != FIBER_ORDINARY || x->share) {
    if (fiber_spawn_as(rank, x->server->loop, name, http_exchange_run, x)) return;
    err_set(&err, ERR_UNAVAILABLE, "this server is handling as many requests as it can");
    err_hint(&err, "try again in a moment");
  }
  http_reply_err(x, &err);
  http_exchange_finish(x);
}

// ---- replies

static void http_add_line(struct buf *b, const char *name, struct str value) {
  buf_add_z(b, name);
  buf_add(b, STR(": "));
  buf_add(b, value);
  buf_add(b, STR("\r\n"));
}

static struct str http_digits(uint64_t v, char out[20]) {
  size_t at = 20;
  do out[--at] = (char)('0' + v % 10);
  while (v /= 10);
  return str_make(out + at, 20 - at);
}

void http_exchange_head(struct http_exchange *x, int status, const char *type, const size_t *length) {
  struct buf *b = &x->head;
  char digits[20];
  if (x->server->drain_at) x->keep_alive = false;
  x->status = status;
  buf_clear(b);
  buf_add(b, STR("HTTP/1.1 "));
  buf_add(b, http_digits((uint64_t)status, digits));
  buf_add_char(b, ' ');
  buf_add_z(b, http_status_text(status));
  buf_add(b, STR("\r\nDate: "));
  buf_add_z(b, http_server_date(x->server));
  buf_add(b, STR("\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: "));
  buf_add(b, x->request.id);
  buf_add(b, STR("\r\n"));
  if (!x->own_cache_control) buf_add(b, STR("Cache-Control: no-store\r\n"));
  if (type) http_add_line(b, "Content-Type", str_of(type));
  if (length) http_add_line(b, "Content-Length", http_digits(*length, digits));
  if (x->chunked) buf_add(b, STR("Transfer-Encoding: chunked\r\n"));
  buf_add(b, buf_str(&x->extra));
  if (!x->keep_alive) buf_add(b, STR("Connection: close\r\n"));
  buf_add(b, STR("\r\n"));
}

const struct http_request *http_request_of(const struct http_exchange *x) {
  return &x->request;
}

void http_request_outlive(struct http_exchange *x) {
  x->outlives = true;
}

void http_reply_header(struct http_exchange *x, const char *name, struct str value) {
  static const char *const ours[] = {
      "content-length",         "transfer-encoding", "connection", "date",       "content-type",
      "x-content-type-options", "x-request-id",      "trailer",    "keep-alive", "upgrade"};
  if (!codec_is_token(str_of(name)) || !codec_is_field_value(value)) return; // would split the header
  for (unsigned i = 0; i < sizeof ours / sizeof *ours; i++)
    if (str_is_nocase(str_of(name), ours[i])) return;
  if (x->extra.n + strlen(name) + value.n + 4 > HTTP_REPLY_HEADERS_MOST) return;
  if (str_is_nocase(str_of(name), "cache-control")) x->own_cache_control = true;
  http_add_line(&x->extra, name, value);
}

bool http_has_replied(const struct http_exchange *x) {
  return x->replied;
}

void http_reply_forget(struct http_exchange *x) {
  buf_clear(&x->extra);
  x->own_cache_control = false;
}

// Could we hold it, if the client took none of it now?
static bool http_may_hold(struct http_exchange *x, struct str body, struct err *err) {
  struct payer *payer = x->connection ? x->connection->payer : NULL;
  if (body.n <= HTTP_KEPT_BYTES || x->head_only) return true;
  if (!payer_take(payer, body.n)) return payer_explain(payer, err);
  payer_give(payer, body.n);
  return true;
}

void http_reply(struct http_exchange *x, int status, const char *type, struct str body) {
  struct err err;
  if (x->replied) return;
  if (!http_may_hold(x, body, &err)) {
    http_reply_err_as(x, 503, &err);
    return;
  }
  x->replied = true;
  // RFC 9110 §8.6, §15.3.5: these have no body and so no length.
  bool bodiless = status < 200 || status == 204 || status == 304;
  http_exchange_head(x, status, bodiless ? NULL : type, bodiless ? NULL : &body.n);
  if (!x->connection) return;
  struct str parts[] = {buf_str(&x->head), bodiless || x->head_only ? STR("") : body};
  x->sent = parts[1].n;
  http_connection_send(x->connection, parts, parts[1].n ? 2 : 1);
}

void http_reply_buf(struct http_exchange *x, int status, const char *type, struct buf *body) {
  http_reply(x, status, type, buf_str(body));
  buf_free(body);
}

void http_reply_text(struct http_exchange *x, int status, const char *text) {
  http_reply(x, status, "text/plain; charset=utf-8", str_of(text));
}

static void http_add_member(struct buf *b, const char *name, const char *value) {
  if (!value[0]) return;
  buf_printf(b, ",\"%s\":", name);
  json_add_string(b, str_of(value));
}

void http_reply_err_as(struct http_exchange *x, int status, const struct err *err) {
  struct buf b = BUF_MAX(HTTP_KEPT_BYTES);
  if (status == 503) http_reply_header(x, "Retry-After", STR("1"));
  buf_printf(&b, "{\"error\":{\"code\":\"%s\"", err_name(err->code));
  http_add_member(&b, "message", err->text);
  http_add_member(&b, "reason", err_reason_name(err->reason));
  http_add_member(&b, "field", err->field);
  http_add_member(&b, "hint", err->hint);
  buf_printf(&b, ",\"request_id\":\"%s\"}}\n", x->id);
  http_reply_buf(x, status, "application/json", &b);
}

void http_reply_err(struct http_exchange *x, const struct err *err) {
  http_reply_err_as(x, err_http_status(err->code), err);
}

static enum err_code http_err_code(int status) {
  switch (status) {
  case 403:
    return ERR_DENIED;
  case 408:
    return ERR_TIMEOUT;
  case 413:
  case 431:
    return ERR_LIMIT;
  case 503:
    return ERR_UNAVAILABLE;
  default:
    return ERR_INVALID;
  }
}

void http_exchange_refuse(struct http_connection *c, struct http_refusal why) {
  if (!c->x) c->x = http_exchange_new(c);
  struct http_exchange *x = c->x;
  struct err err;
  err_set(&err, http_err_code(why.status), "%s", why.text);
  metrics_add(METRIC_HTTP_REFUSED, 1);
  deadline_clear(&c->wait);
  x->keep_alive = false;
  http_connection_phase(c, HTTP_PHASE_BUSY);
  c->linger = true;
  if (x->request.path.p == NULL) x->request.path = STR("-");
  x->running = true;
  http_reply_err_as(x, why.status, &err);
  http_exchange_finish(x);
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/metrics.h"
#include "http/connection.h"

// ---- what connections ask of it

// What changes once a second: the date, and where request ids go on from.
static void http_tick(struct http_server *s) {
  int64_t now = clock_now_ms();
  if (now / 1000 == s->date_s) return;
  s->date_s = now / 1000;
  clock_http_date(now, s->date);
  token_id("req", s->id);
}

const char *http_server_date(struct http_server *s) {
  http_tick(s);
  return s->date;
}

// Counts up from a random start (in base 36): as unique as drawing each one, without a system call each.
void http_server_next_id(struct http_server *s, char out[TOKEN_ID]) {
  http_tick(s);
  for (char *digit = s->id + strlen(s->id) - 1; *digit != '_'; digit--) {
    *digit = (char)(*digit == 'z' ? '0' : *digit == '9' ? 'a' : *digit + 1);
    if (*digit != '0') break;
  }
  memcpy(out, s->id, TOKEN_ID);
}

static void http_on_idle(uv_idle_t *idle) {
  struct http_server *s = idle->data;
  uv_idle_stop(idle);
  struct http_connection *list = s->ready, *next;
  s->ready = NULL;
  for (struct http_connection *c = list; c; c = next) {
    next = c->ready_next;
    c->ready = false;
    http_connection_continue(c);
  }
  http_stream_tell(s);
  if (s->ready || s->untold) http_server_poke(s);
}

void http_server_poke(struct http_server *s) {
  if (!s->freed) uv_idle_start(&s->idle, http_on_idle);
}

static void http_on_timer(uv_timer_t *timer);

void http_server_timer(struct http_server *s, uint64_t at) {
  if (at >= s->timer_at || s->freed) return;
  s->timer_at = at;
  uint64_t now = uv_now(s->timer.loop);
  uv_timer_start(&s->timer, http_on_timer, at > now ? at - now : 0, 0);
}

// The time to drain is over. Clients lose their connections, and all that runs ends, also what goes on for a
// client that has left: it cannot come back to a server that takes no connection any more.
static void http_cut_off(struct http_server *s) {
  s->drain_at = UINT64_MAX;
  for (struct http_connection *c = s->connections; c; c = c->next) http_connection_close(c);
  for (struct http_exchange *x = s->running; x; x = x->next) fiber_cancel(x->fiber);
}

static void http_stop_listening(struct http_server *s);

static void http_on_timer(uv_timer_t *timer) {
  struct http_server *s = timer->data;
  uint64_t now = uv_now(timer->loop), first = UINT64_MAX;
  s->timer_at = UINT64_MAX;
  for (int i = 0; i < HTTP_WAITS; i++) {
    for (struct deadline *d; (d = deadline_due(&s->waits[i], now));) {
      deadline_clear(d);
      size_t offset = i < HTTP_WAIT_WRITE ? offsetof(struct http_connection, wait)
                                          : offsetof(struct http_connection, send);
      http_connection_expired((struct http_connection *)(void *)((char *)d - offset), (enum http_wait)i);
    }
    uint64_t at = deadline_first(&s->waits[i]);
    if (at < first) first = at;
  }
  if (s->listening && s->drain_at && now >= s->last_at) http_stop_listening(s);
  if (s->listening && s->drain_at && s->last_at < first) first = s->last_at;
  if (s->drain_at && now >= s->drain_at) http_cut_off(s);
  if (s->drain_at && s->drain_at < first) first = s->drain_at;
  http_server_timer(s, first);
}

// ---- who may connect

static bool http_is_proxy(const struct http_server *s, const struct sockaddr *address) {
  for (size_t i = 0; i < s->options.trusted_proxy_count; i++)
    if (http_cidr_contains(&s->trusted[i], address)) return true;
  return false;
}

void http_server_found(struct http_server *s, struct http_connection *c) {
  c->next = s->connections;
  if (c->next) c->next->prev = c;
  s->connections = c;
  s->handles++;
  metrics_add(METRIC_HTTP_CONNECTIONS, 1);
}

static struct http_peer *http_peer_of(struct http_server *s, const struct sockaddr *address) {
  char key[HTTP_CLIENT_KEY];
  http_client_key(address, key);
  struct http_peer *p = map_get(&s->peers, str_make(key, sizeof key));
  if (p) return p;
  p = MEM_NEW(struct http_peer);
  memcpy(p->key, key, sizeof key);
  map_put(&s->peers, str_make(p->key, sizeof p->key), p);
  return p;
}

static void http_peer_leave(struct http_server *s, struct http_peer *p) {
  if (--p->count > 0) return;
  map_remove(&s->peers, str_make(p->key, sizeof p->key));
  mem_free(p);
}

enum http_admission http_server_admit(struct http_server *s, struct http_connection *c) {
  bool full = s->count >= s->options.connections;
  if (!full && s->options.per_address && !http_is_proxy(s, &c->address.any)) {
    c->peer = http_peer_of(s, &c->address.any);
    full = c->peer->count++ >= s->options.per_address;
  }
  if (!full) {
    s->count++;
    c->admitted = true;
    return HTTP_ADMIT;
  }
  metrics_add(METRIC_HTTP_REFUSED, 1);
  c->refused = true;
  s->refused++;
  return s->refused <= HTTP_REFUSED_MOST ? HTTP_TURN_AWAY : HTTP_DROP;
}

static void http_forget_ready(struct http_server *s, const struct http_connection *c) {
  struct http_connection **at = &s->ready;
  while (*at && *at != c) at = &(*at)->ready_next;
  if (*at) *at = c->ready_next;
}

void http_server_lost(struct http_server *s, struct http_connection *c) {
  if (c->ready) http_forget_ready(s, c);
  if (c->next) c->next->prev = c->prev;
  if (c->prev)
    c->prev->next = c->next;
  else
    s->connections = c->next;
  if (c->peer) http_peer_leave(s, c->peer);
  if (c->refused)
    s->refused--;
  else if (c->admitted)
    s->count--;
  s->handles--;
  metrics_add(METRIC_HTTP_CONNECTIONS, -1);
  http_accept_relieved(&s->accept);
}

// ---- start

static bool http_parse_listen(struct str text, struct sockaddr_storage *out, bool *loopback,
                              struct err *err) {
  size_t colon = text.n;
  while (colon > 0 && text.p[colon - 1] != ':') colon--;
  uint64_t port;
  char host[64];
  struct str name = colon > 0 ? str_make(text.p, colon - 1) : STR_NONE;
  if (name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']') name = str_make(name.p + 1, name.n - 2);
  if (name.n == 0 || name.n >= sizeof host || !str_to_u64(str_from(text, colon), &port) || port > UINT16_MAX)
    return err_set(err, ERR_INVALID, "\"%.*s\" is no address and port", STR_ARG(text));
  memcpy(host, name.p, name.n);
  host[name.n] = 0;
  *out = (struct sockaddr_storage){0};
  struct sockaddr_in *v4 = (struct sockaddr_in *)out;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
  if (uv_ip4_addr(host, (int)port, v4) == 0) {
    *loopback = ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    return true;
  }
  if (uv_ip6_addr(host, (int)port, v6) != 0) {
    err_set(err, ERR_INVALID, "\"%.*s\" is no address and port", STR_ARG(text));
    err_hint(err, "give a numeric address: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080");
    return false;
  }
  *loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
  return true;
}

bool http_server_is_free(struct str listen, struct err *err) {
  struct sockaddr_storage address;
  bool loopback;
  int on = 1;
  if (!http_parse_listen(listen, &address, &loopback, err)) return false;
  socklen_t size = address.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
  int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Without SO_REUSEADDR the last connections of a program that has just ended would count as well.
  bool free = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
              bind(fd, (const struct sockaddr *)&address, size) == 0;
  int why = errno;
  if (fd >= 0) close(fd);
  return free || err_set(err, ERR_UNAVAILABLE, "cannot listen on %.*s: %s", STR_ARG(listen), strerror(why));
}

static bool http_listen(struct http_server *s, const struct sockaddr_storage *address, struct err *err) {
  struct sockaddr_storage bound;
  socklen_t size = sizeof bound;
  if (!http_accept_open(s, address, err)) return false;
  s->handles += HTTP_ACCEPT_HANDLES;
  s->listening = true;
  if (getsockname(s->accept.fd, (struct sockaddr *)&bound, &size) != 0)
    return err_set(err, ERR_UNAVAILABLE, "cannot listen on %.*s: %s", STR_ARG(s->options.listen),
                   strerror(errno));
  s->port = ntohs(((struct sockaddr_in *)&bound)->sin_port); // the same place in IPv6
  return true;
}

// The lists that may change while running, in an arena of their own.
static bool http_take_lists(struct http_server *s, const struct http_options *o, struct err *err) {
  struct arena *a = arena_new();
  struct http_cidr *trusted = ARENA_ARRAY(a, o->trusted_proxy_count, struct http_cidr);
  struct str *hosts = ARENA_ARRAY(a, o->host_count, struct str);
  for (size_t i = 0; i < o->host_count; i++) hosts[i] = arena_dup(a, o->hosts[i]);
  for (size_t i = 0; i < o->trusted_proxy_count; i++) {
    if (http_cidr_parse(o->trusted_proxies[i], &trusted[i], err)) continue;
    arena_free(a);
    return false;
  }
  arena_free(s->arena);
  s->arena = a;
  s->trusted = trusted;
  s->options.trusted_proxies = NULL; // kept parsed
  s->options.trusted_proxy_count = o->trusted_proxy_count;
  s->options.hosts = hosts;
  s->options.host_count = o->host_count;
  return true;
}

bool http_server_new(struct loop *loop, const struct http_options *o, http_handler *handle, void *ctx,
                     struct http_server **out, struct err *err) {
  struct sockaddr_storage address;
  bool loopback = false;
  if (!http_parse_listen(o->listen, &address, &loopback, err)) return false;
  struct http_server *s = MEM_NEW(struct http_server);
  s->loop = loop;
  s->handle = handle;
  s->ctx = ctx;
  s->loopback = loopback;
  s->timer_at = UINT64_MAX;
  s->options = *o;
  const uint64_t ms[HTTP_WAITS] = {o->header_ms, o->body_ms,     o->idle_ms, HTTP_LINGER_MS, 0,
                                   o->write_ms,  o->heartbeat_ms};
  for (int i = 0; i < HTTP_WAITS; i++) deadline_list_init(&s->waits[i], ms[i]);
  s->read_buffer = mem_resize(NULL, HTTP_READ);
  if (o->tls) s->plain_buffer = mem_resize(NULL, HTTP_READ);
  uv_timer_init(loop_uv(loop), &s->timer);
  uv_idle_init(loop_uv(loop), &s->idle);
  s->timer.data = s->idle.data = s;
  s->handles = 2;
  if (!http_take_lists(s, o, err) || !http_listen(s, &address, err)) {
    http_server_free(s);
    return false;
  }
  *out = s;
  return true;
}

uint16_t http_server_port(const struct http_server *s) {
  return s->port;
}

bool http_server_reload(struct http_server *s, const struct http_options *o, struct err *err) {
  if (!http_take_lists(s, o, err)) return false;
  s->options.handler_ms = o->handler_ms;
  if (s->options.tls && o->tls) s->options.tls = o->tls;
  return true;
}

// ---- end

static void http_on_handle_closed(uv_handle_t *handle) {
  struct http_server *s = handle->data;
  s->handles--;
  http_server_settle(s);
}

static void http_stop_listening(struct http_server *s) {
  if (!s->listening) return;
  s->listening = false;
  http_accept_close(&s->accept, http_on_handle_closed);
}

static void http_server_release(struct http_server *s) {
  for (struct http_exchange *x = s->pool, *next; x; x = next) {
    next = x->pool_next;
    s->exchanges++;
    http_exchange_free(x);
  }
  http_stream_tell(s);
  map_free(&s->peers);
  arena_free(s->arena);
  mem_free(s->read_buffer);
  mem_free(s->plain_buffer);
  mem_free(s);
}

void http_server_settle(struct http_server *s) {
  if (s->exchanges || s->connections) return;
  if (s->freed) {
    if (s->handles == 0) http_server_release(s);
    return;
  }
  if (!s->drained || s->listening) return;
  void (*done)(void *arg) = s->drained;
  s->drained = NULL;
  done(s->drained_arg);
}

static void http_drain_connection(struct http_connection *c) {
  if (http_connection_is_unused(c))
    http_connection_wait_for_use(c);
  else if (c->stream)
    http_stream_drain(c->stream);
}

void http_server_drain(struct http_server *s, const struct http_drain *how) {
  uint64_t now = uv_now(loop_uv(s->loop));
  s->drain_at = now + how->deadline_ms;
  s->leave_ms = how->leave_ms;
  s->last_at = now + HTTP_LAST_MS < s->drain_at ? now + HTTP_LAST_MS : s->drain_at;
  s->drained = how->done;
  s->drained_arg = how->arg;
  deadline_list_init(&s->waits[HTTP_WAIT_LEAVE], how->leave_ms);
  if (how->leave_ms)
    http_accept_last(&s->accept);
  else
    http_stop_listening(s);
  for (struct http_connection *c = s->connections; c; c = c->next) http_drain_connection(c);
  http_server_timer(s, s->last_at);
  // Where nothing is open, the listener's close callback will settle it.
}

void http_server_free(struct http_server *s) {
  if (!s || s->freed) return;
  for (struct http_connection *c = s->connections; c; c = c->next) http_connection_close(c);
  http_stream_tell(s);
  s->freed = true;
  http_stop_listening(s);
  uv_close((uv_handle_t *)&s->timer, http_on_handle_closed);
  uv_close((uv_handle_t *)&s->idle, http_on_handle_closed);
}

// SPDX-License-Identifier: Apache-2.0
// listener: the inside of struct http_server (http/server.h), for the files that make it up: who may
// connect, the deadlines, what is done soon rather than at once, and the end. Loop thread only.
#ifndef POSTERN_HTTP_LISTENER_H
#define POSTERN_HTTP_LISTENER_H

#include <uv.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"
#include "crypto/token.h"
#include "http/accept.h"
#include "http/deadline.h"
#include "http/guard.h"
#include "http/server.h"

struct http_connection;

enum {
  HTTP_REFUSED_MOST = 64, // connections beyond the limit that are told so at once
  HTTP_LINGER_MS = 1000,  // reading on after a refusal, so that the client gets to see it
  HTTP_BACKLOG = 1024,
  HTTP_LAST_MS = 200, // for connections that are being opened when a drain with leave begins
};

// The lists of deadlines. The first five are exclusive, so are the last two.
enum http_wait {
  HTTP_WAIT_HEADER,
  HTTP_WAIT_BODY,
  HTTP_WAIT_IDLE,
  HTTP_WAIT_LINGER,
  HTTP_WAIT_LEAVE, // unused, while the server drains
  HTTP_WAIT_WRITE,
  HTTP_WAIT_HEARTBEAT,
  HTTP_WAITS,
};

struct http_peer { // connections of one address (IPv6: of one /64)
  char key[HTTP_CLIENT_KEY];
  size_t count;
};

struct http_server {
  struct loop *loop;
  struct arena *arena; // hosts and trusted proxies
  struct http_options options;
  struct http_cidr *trusted;
  http_handler *handle;
  void *ctx;
  struct http_accept accept;
  uv_timer_t timer;
  uv_idle_t idle; // runs once soon, for what must not happen in the caller's frame
  uint64_t timer_at;
  struct deadline_list waits[HTTP_WAITS];
  struct http_connection *connections, *ready;
  struct http_stream *untold;
  struct http_exchange *pool, *running; // running: those whose handler has a fiber
  size_t pooled, count, refused, exchanges, handles;
  struct map peers;
  char *read_buffer, *plain_buffer; // plain: what TLS has decrypted
  int64_t date_s;
  char date[CLOCK_TEXT];
  char id[TOKEN_ID];          // the last request id
  uint64_t drain_at;          // 0: not draining; then UINT64_MAX or when to cut off
  uint64_t leave_ms, last_at; // of the drain; last_at: the listener is closed then
  void (*drained)(void *arg);
  void *drained_arg;
  uint16_t port;
  bool loopback, listening, freed;
};

void http_server_poke(struct http_server *s);               // have the idle handler run
void http_server_timer(struct http_server *s, uint64_t at); // look at the deadlines by then
enum http_admission { HTTP_ADMIT, HTTP_TURN_AWAY, HTTP_DROP };
void http_server_found(struct http_server *s, struct http_connection *c);
enum http_admission http_server_admit(struct http_server *s, struct http_connection *c); // counts it
void http_server_lost(struct http_server *s, struct http_connection *c); // its socket is closed
void http_server_settle(struct http_server *s);                          // drained? freed?
const char *http_server_date(struct http_server *s);
void http_server_next_id(struct http_server *s, char out[TOKEN_ID]);

#endif

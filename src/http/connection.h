// SPDX-License-Identifier: Apache-2.0
// connection (private to the server's files): what a server, a connection and an exchange are made of.
//
//   server.c      listener, limits on connections, the one timer, drain
//   connection.c  one socket: reading, deadlines, writing with backpressure, closing
//   parse.c       llhttp's callbacks: bytes become an exchange, or a refusal
//   exchange.c    one request: its fiber and its reply
//   stream.c      replies that go on: chunked, SSE, detached
//
// A connection has at most one exchange; while that runs, bytes are only held (`ahead`), which also
// notices that the client has gone. An exchange whose client has gone lives on without a connection
// until its handler returns. An idle connection, or one with a detached stream, holds no buffer, arena or fiber.
// Everything here belongs to the server's loop thread.
#ifndef POSTERN_HTTP_CONNECTION_H
#define POSTERN_HTTP_CONNECTION_H

// llhttp names its methods as http/message.h names ours. We never use its names, so they step aside.
#define HTTP_GET LLHTTP_METHOD_GET
#define HTTP_HEAD LLHTTP_METHOD_HEAD
#define HTTP_POST LLHTTP_METHOD_POST
#define HTTP_PUT LLHTTP_METHOD_PUT
#define HTTP_PATCH LLHTTP_METHOD_PATCH
#define HTTP_DELETE LLHTTP_METHOD_DELETE
#define HTTP_OPTIONS LLHTTP_METHOD_OPTIONS
#include <llhttp.h>
#undef HTTP_GET
#undef HTTP_HEAD
#undef HTTP_POST
#undef HTTP_PUT
#undef HTTP_PATCH
#undef HTTP_DELETE
#undef HTTP_OPTIONS

#include <netinet/in.h>
#include <uv.h>

#include "base/clock.h"
#include "base/map.h"
#include "crypto/tls.h"
#include "crypto/token.h"
#include "http/deadline.h"
#include "http/request.h"
#include "http/server.h"
#include "io/fiber.h"

enum {
  HTTP_READ = 64 * 1024,        // the read buffer that all connections of a server share
  HTTP_EXCHANGES_POOLED = 64,   // exchanges kept for reuse
  HTTP_KEPT_BYTES = 16 * 1024,  // a pooled exchange's buffers are not larger
  HTTP_REFUSED_MOST = 64,       // connections beyond the limit that are told so at once
  HTTP_LINGER_MS = 1000,        // reading on after a refusal, so that the client gets to see it
  HTTP_PIPELINED = 1024,        // bytes that one request sent ahead is reckoned with
  HTTP_PROGRESS = 4096,         // bytes the client must take each write_ms, or all
  HTTP_BACKLOG = 1024,
  HTTP_STREAM_HIGH = 64 * 1024, // queued bytes beyond which a stream's writer parks
  HTTP_REPLY_HEADERS_MOST = 16 * 1024, // set by the handler; more are left out
  HTTP_REPLY_HEAD_MOST = HTTP_REPLY_HEADERS_MOST + 2048,
  HTTP_REPLY_MOST = 256 * 1024 * 1024,
};

// The lists of deadlines. The first four are exclusive, so are the last two.
enum http_wait {
  HTTP_WAIT_HEADER,
  HTTP_WAIT_BODY,
  HTTP_WAIT_IDLE,
  HTTP_WAIT_LINGER,
  HTTP_WAIT_WRITE,
  HTTP_WAIT_HEARTBEAT,
  HTTP_WAITS,
};

enum http_phase {
  HTTP_PHASE_IDLE,    // between requests
  HTTP_PHASE_HEADER,  // the first byte has come (or TLS is shaking hands)
  HTTP_PHASE_BODY,    // the head is complete
  HTTP_PHASE_BUSY,    // a handler runs, or a detached stream goes on
  HTTP_PHASE_SENDING, // the reply's last bytes are leaving
  HTTP_PHASE_LINGER,  // refused; what still comes is thrown away
  HTTP_PHASE_CLOSED,
};

struct http_peer { // connections of one address (IPv6: of one /64)
  unsigned char key[16];
  size_t count;
};

struct http_stream {
  struct http_connection *connection; // NULL once it is over
  void (*closed)(void *arg, bool draining);
  void *arg;
  struct http_stream *next; // in the server's list of those to be told
  struct http_server *server;
  bool draining, ended, queued;
};

struct http_connection {
  uv_tcp_t tcp;
  uv_write_t write;
  uv_shutdown_t shutdown;
  llhttp_t parser;
  struct http_server *server;
  struct http_connection *prev, *next;             // all of the server
  struct http_connection *ready_next;              // to be continued by the server
  struct deadline wait, send;
  struct http_exchange *x;
  struct http_stream *stream; // detached
  struct tls_session *tls;
  struct http_peer *peer;
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address;
  struct buf out, flight; // to be sent; being sent
  struct buf ahead;       // read while an exchange runs
  size_t head_left;       // header bytes still allowed
  size_t raw_left;        // body bytes on the wire still allowed, framing included
  size_t stuck;           // libuv's queue when the write deadline was set
  struct http_refusal refusal;
  enum http_phase phase;
  const char *chunk; // what parse.c is reading
  char tail[3];      // the bytes before it
  bool writing, reading, closing; // closing: after what is queued
  bool linger, admitted, refused, ready, shut;
  bool chunked, sse, counted; // of the stream in progress; counted: in the metric
};

struct http_field { // offsets into the exchange's text, while that still grows
  uint32_t name, name_n, value, value_n;
};

struct http_exchange {
  struct http_server *server;
  struct http_exchange *pool_next;
  struct arena *arena;
  struct buf text;  // target and headers as they come
  struct buf body;  // the request's
  struct buf extra; // header lines set by the handler
  struct buf head;  // the reply's head while it is written
  struct http_field fields[HTTP_HEADERS_MOST];
  struct http_header items[HTTP_HEADERS_MOST];
  // From here on zeroed for each request.
  struct http_request request;
  struct http_connection *connection; // NULL: the client has gone
  struct fiber *fiber;                // while the handler runs
  struct fiber *writer;               // parked in http_stream_write
  size_t target_n;
  uint64_t length; // Content-Length, or 0
  size_t sent;     // bytes of the reply's body
  uint64_t begun_us;
  int status;
  uint8_t method_n;
  char method[24];
  char id[TOKEN_ID];
  bool version_seen, name_open, heard; // heard: the head is complete; later header lines are trailers
  bool keep_alive, http10, head_only, wants_continue;
  bool running; // the handler's, until it returns
  bool replied, streaming, chunked, detached, own_cache_control;
};

struct http_server {
  struct loop *loop;
  struct arena *arena; // the options' texts
  struct http_options options;
  struct http_cidr *trusted;
  http_handler *handle;
  void *ctx;
  uv_tcp_t listener;
  uv_timer_t timer;
  uv_idle_t idle; // runs once soon, for what must not happen in the caller's frame
  uint64_t timer_at;
  struct deadline_list waits[HTTP_WAITS];
  struct http_connection *connections, *ready;
  struct http_stream *untold;
  struct http_exchange *pool;
  size_t pooled, count, refused, exchanges, handles;
  struct map peers;
  char *read_buffer, *plain_buffer; // plain: what TLS has decrypted
  int64_t date_s;
  char date[CLOCK_TEXT];
  uint64_t drain_at; // 0: not draining; then UINT64_MAX or when to cut off
  void (*drained)(void *arg);
  void *drained_arg;
  uint16_t port;
  bool loopback, listening, freed;
};

// connection.c
void http_connection_open(struct http_server *s, uv_stream_t *listener);
void http_connection_close(struct http_connection *c); // at once; cancels the exchange
void http_connection_send(struct http_connection *c, const struct str *parts, unsigned count);
size_t http_connection_queued(const struct http_connection *c);
void http_connection_end(struct http_connection *c);      // the exchange or stream is over: the next request, or close
void http_connection_continue(struct http_connection *c); // from the server's idle handler
void http_connection_wait(struct http_connection *c, enum http_wait wait);
void http_connection_expired(struct http_connection *c, enum http_wait wait);

// parse.c
void http_parse_init(struct http_connection *c);
// Takes bytes up to the end of one request. Returns how many; the phase or `refusal` says what came of it.
size_t http_parse(struct http_connection *c, struct str bytes);

// exchange.c
struct http_exchange *http_exchange_new(struct http_connection *c);
void http_exchange_free(struct http_exchange *x);
void http_exchange_start(struct http_exchange *x);
void http_exchange_refuse(struct http_connection *c, struct http_refusal why); // answers and closes
void http_exchange_head(struct http_exchange *x, int status, const char *type, const size_t *length);

// stream.c
void http_stream_count(struct http_connection *c, bool open); // in the metric
void http_stream_finish(struct http_exchange *x); // the handler has returned
void http_stream_heartbeat(struct http_connection *c);
void http_stream_gone(struct http_stream *st);  // its connection is
void http_stream_drain(struct http_stream *st); // the server does
void http_stream_tell(struct http_server *s); // from the server's idle handler

// server.c
void http_server_poke(struct http_server *s);                           // have the idle handler run
void http_server_timer(struct http_server *s, uint64_t at);             // look at the deadlines by then
enum http_admission { HTTP_ADMIT, HTTP_TURN_AWAY, HTTP_DROP };
void http_server_found(struct http_server *s, struct http_connection *c);
enum http_admission http_server_admit(struct http_server *s, struct http_connection *c); // counts it
void http_server_lost(struct http_server *s, struct http_connection *c);                 // its socket is closed
void http_server_settle(struct http_server *s);                         // drained? freed?
const char *http_server_date(struct http_server *s);

#endif

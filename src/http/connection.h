// SPDX-License-Identifier: Apache-2.0
// connection: one client's socket, from accept to close. Private to the server's files:
//
//   server.c      listener, limits on connections, the one timer, drain   (listener.h)
//   connection.c  one socket: reading, deadlines, writing, closing
//   parse.c       llhttp's callbacks: bytes become an exchange, or a refusal
//   exchange.c    one request: its fiber and its reply                    (exchange.h)
//   stream.c      replies that go on: chunked, SSE, detached
//
// A connection has at most one exchange; while that runs, bytes are only held (`ahead`), which also
// notices that the client has gone. An exchange whose client has gone lives on without a connection
// until its handler returns. An idle connection, or one with a detached stream, holds no buffer, arena or
// fiber. Everything here belongs to the server's loop thread.
//
//   http_stream_write, http_stream_push -> | out: waits | -> | flight: one write of libuv's | -> socket
//   both together are queued. Beyond HTTP_STREAM_HIGH a fiber that writes parks until it is less; a stream that is
//   pushed to ends beyond its queue_most
#ifndef POSTERN_HTTP_CONNECTION_H
#define POSTERN_HTTP_CONNECTION_H

#include <llhttp.h>
#include <netinet/in.h>

#include "crypto/tls.h"
#include "http/exchange.h"
#include "http/listener.h"

enum {
  HTTP_READ = 64 * 1024,        // the read buffer that all connections of a server share
  HTTP_PIPELINED = 1024,        // bytes that one request sent ahead is reckoned with
  HTTP_PROGRESS = 4096,         // bytes the client must take each write_ms, or all
  HTTP_STREAM_HIGH = 64 * 1024, // queued bytes beyond which a stream's writer parks
  HTTP_REPLY_MOST = 256 * 1024 * 1024,
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

struct http_stream {
  struct http_connection *connection; // NULL once it is over
  void (*closed)(void *arg, bool draining);
  void *arg;
  struct http_stream *next; // in the server's list of those to be told
  struct http_server *server;
  size_t queue_most; // bytes
  bool ended, queued;
};

struct http_connection {
  uv_tcp_t tcp;
  uv_write_t write;
  uv_shutdown_t shutdown;
  llhttp_t parser;
  struct http_server *server;
  struct http_connection *prev, *next; // all of the server
  struct http_connection *ready_next;  // to be continued by the server
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
  struct payer *payer;    // of these: the peer, or the client behind a trusted proxy
  struct buf out, flight; // to be sent; being sent
  struct buf ahead;       // read while an exchange runs
  size_t head_left;       // header bytes still allowed
  size_t raw_left;        // body bytes on the wire still allowed, framing included
  size_t stuck;           // libuv's queue when the write deadline was set
  struct http_refusal refusal;
  enum http_phase phase;
  const char *chunk;              // what parse.c is reading
  char tail[7];                   // the bytes before it
  bool blank_cr;                  // half an empty line stands before the request
  bool writing, reading, closing; // closing: after what is queued
  bool linger, admitted, refused, ready, shut;
  bool chunked, sse, counted; // of the stream in progress; counted: in the metric
};

// connection.c
void http_connection_phase(struct http_connection *c, enum http_phase to); // asserts that it may come next
void http_connection_open(struct http_server *s, int fd);                  // takes the socket
void http_connection_close(struct http_connection *c);                     // at once; cancels the exchange
void http_connection_send(struct http_connection *c, const struct str *parts, unsigned count);
size_t http_connection_queued(const struct http_connection *c);
void http_connection_end(struct http_connection *c); // its exchange or stream is over: the next, or close
void http_connection_continue(struct http_connection *c); // from the server's idle handler
void http_connection_wait(struct http_connection *c, enum http_wait wait);
bool http_connection_is_unused(const struct http_connection *c); // nothing of a request has come
void http_connection_wait_for_use(struct http_connection *c); // of one that is; while draining not for long
void http_connection_expired(struct http_connection *c, enum http_wait wait);

// parse.c
void http_parse_init(struct http_connection *c);
// Takes bytes up to the end of one request. Returns how many; the phase or `refusal` says what came of it.
size_t http_parse(struct http_connection *c, struct str bytes);

// stream.c
void http_stream_count(struct http_connection *c, bool open); // in the metric
void http_stream_finish(struct http_exchange *x);             // the handler has returned
void http_stream_heartbeat(struct http_connection *c);
void http_stream_gone(struct http_stream *st);  // its connection is
void http_stream_drain(struct http_stream *st); // the server does
void http_stream_tell(struct http_server *s);   // from the server's idle handler

#endif

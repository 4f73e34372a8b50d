// SPDX-License-Identifier: Apache-2.0
// exchange: one request, the fiber that handles it, and its reply. Private to the server's files; what
// handlers may do stands in http/server.h. Made when a request's first byte is read, pooled when its
// handler has returned, whether or not the client is still there. Loop thread only.
#ifndef POSTERN_HTTP_EXCHANGE_H
#define POSTERN_HTTP_EXCHANGE_H

#include "base/buf.h"
#include "crypto/token.h"
#include "http/request.h"
#include "http/server.h"
#include "io/share.h"

struct http_connection;

enum {
  HTTP_EXCHANGES_POOLED = 64,          // exchanges kept for reuse
  HTTP_KEPT_BYTES = 16 * 1024,         // a pooled exchange's buffers are not larger
  HTTP_REPLY_HEADERS_MOST = 16 * 1024, // set by the handler; more are left out
  HTTP_REPLY_HEAD_MOST = HTTP_REPLY_HEADERS_MOST + 2048,
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
  struct http_exchange *prev, *next;  // meanwhile, in the server's list
  struct fiber *writer;               // parked in http_stream_write
  struct share *share;                // of the client's address, while the handler runs
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
  bool running;  // the handler's, until it returns
  bool outlives; // the client's going does not cancel it
  bool replied, streaming, chunked, detached, own_cache_control;
};

struct http_exchange *http_exchange_new(struct http_connection *c);
void http_exchange_free(struct http_exchange *x);
void http_exchange_start(struct http_exchange *x);
void http_exchange_refuse(struct http_connection *c, struct http_refusal why); // answers and closes
void http_exchange_head(struct http_exchange *x, int status, const char *type, const size_t *length);

#endif

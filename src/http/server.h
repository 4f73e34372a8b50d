// SPDX-License-Identifier: Apache-2.0
// server: HTTP/1.1 for one loop: listeners, connections, limits and deadlines (libuv + llhttp, TLS
// by memory BIO). Each complete request runs its handler on a fiber. Replies of pipelined requests leave in
// order. When the client goes, the fiber is canceled. Owner: wiring.c makes one per loop with the same options.
// Example:
//   static void hello(void *ctx, struct http_exchange *x) { http_reply_text(x, 200, "hello\n"); }
//   struct http_server *s; http_server_new(loop, &options, hello, NULL, &s, err);
#ifndef POSTERN_HTTP_SERVER_H
#define POSTERN_HTTP_SERVER_H

#include "base/err.h"
#include "http/message.h"
#include "io/fiber.h"

struct http_exchange; // one request and its reply; the handler's fiber owns it
struct http_server;
struct http_stream; // a reply that goes on after the handler has returned
struct tls_context; // crypto/tls

typedef void http_handler(void *ctx, struct http_exchange *x);

struct http_options {
  struct str listen; // "127.0.0.1:8080", "[::1]:0"; port 0: any, see http_server_port
  // Deadlines: the whole head (and TLS handshake), the whole body, write progress, keep-alive, handler (0:
  // none).
  uint64_t header_ms, body_ms, write_ms, idle_ms, handler_ms;
  uint64_t heartbeat_ms; // SSE comments on idle streams; 0: none
  size_t header_bytes, body_bytes;
  size_t connections,
      per_address; // of this loop; trusted proxies are not counted by address, IPv6 counts by /64
  size_t pipeline; // requests (of 1 KiB) read ahead while one is answered; beyond them the socket is not read
  size_t stream_queue_bytes;         // pushed to a detached stream and not yet taken by the client
  const struct str *trusted_proxies; // CIDRs
  size_t trusted_proxy_count;
  // Host names accepted (with any port); "*" accepts all. Loopback names are always accepted on loopback
  // listeners.
  const struct str *hosts;
  size_t host_count;
  // How urgent a request of this path is; NULL: all are ordinary. What is more urgent finds room where
  // clients have taken theirs, and is not counted for its address (io/share).
  enum fiber_rank (*rank)(struct str path);
  // A request for a Host that is not ours was refused; on the loop, with the server's ctx. NULL: nobody is told.
  void (*stranger)(void *ctx, const struct http_request *in);
  // Of the listener for other nodes of this installation, which `tls` lets in alone: this node's id. Each request there says
  // for which client it was sent on (HTTP_PASSED_ON). Empty: a listener for clients.
  struct str node;
  struct tls_context *tls; // NULL: plain. Must outlive the server or be replaced by http_server_reload
};

// Before the loop starts, or on its thread. The options' texts are copied. The process ignores SIGPIPE.
MUST_USE bool http_server_new(struct loop *loop, const struct http_options *o, http_handler *handle,
                              void *ctx, struct http_server **out, struct err *err);
uint16_t http_server_port(const struct http_server *s);
// Before the first server: does nobody else listen there? The servers themselves share their port, so that
// the kernel would let a second program of the same user join them and take half of the connections.
MUST_USE bool http_server_is_free(struct str listen, struct err *err);
// Graceful: refuse new connections, finish what runs, end streams. After the deadline connections are closed
// and handlers canceled, also those that outlive their client. Calls done(arg) on the loop when the last one
// has returned.
struct http_drain {
  uint64_t deadline_ms;
  // So long a client may use a connection that it has, and is told to close it with the answer: a balancer that sends a
  // request just when we close would have to guess whether it was done. 0: unused connections are closed at once.
  uint64_t leave_ms;
  void (*done)(void *arg);
  void *arg;
};
void http_server_drain(struct http_server *s, const struct http_drain *how);
// Takes over from `o` what may change while running: hosts, trusted proxies, handler_ms, and the TLS
// context for new connections (from plain to TLS or back takes a restart). All stays where it fails.
MUST_USE bool http_server_reload(struct http_server *s, const struct http_options *o, struct err *err);
// On the loop's thread, or after it stopped and before loop_free. Closes what is open.
void http_server_free(struct http_server *s); // NULL is fine

// In a handler:
const struct http_request *http_request_of(const struct http_exchange *x);
void http_reply_header(struct http_exchange *x, const char *name,
                       struct str value);             // refuses bytes that would split a header
void http_reply_forget(struct http_exchange *x);      // the headers that were set
bool http_has_replied(const struct http_exchange *x); // or has begun to
void http_reply(struct http_exchange *x, int status, const char *type, struct str body); // copies the body
// The same without the copy: takes the buffer's bytes. For large results.
struct buf;
void http_reply_buf(struct http_exchange *x, int status, const char *type, struct buf *body);
void http_reply_text(struct http_exchange *x, int status, const char *text);
void http_reply_err(struct http_exchange *x,
                    const struct err *err); // {"error":{code,message,field,hint,request_id}}
void http_reply_err_as(struct http_exchange *x, int status,
                       const struct err *err); // a status that no code has: 405, 415

// From now on the client's going does not cancel the handler's fiber (its deadline and the end of a drain
// do): what it has to say is kept for a client that comes back. Writes fail with ERR_CANCELED then.
void http_request_outlive(struct http_exchange *x);

// Chunked or SSE, from the handler's fiber, with backpressure: a write parks while the client is slow.
MUST_USE bool http_stream_begin(struct http_exchange *x, int status, const char *type, struct err *err);
MUST_USE bool http_stream_write(struct http_exchange *x, struct str bytes, struct err *err) SUSPENDS;
// Detaches the begun stream from the fiber: afterwards anyone on the loop may push to it. NULL where
// the client has gone already. `closed` is called from the loop, never from within these calls: with
// draining=true when the server drains and wants the stream ended; with draining=false once, at the very end,
// after the client has gone or http_stream_close was called. After that the stream is freed.
struct http_stream *http_stream_detach(struct http_exchange *x, void (*closed)(void *arg, bool draining),
                                       void *arg);
bool http_stream_push(struct http_stream *s,
                      struct str bytes); // false: closed, or its bounded queue is full: closed now
// Instead of the option's, for streams that carry whole answers.
void http_stream_queue_most(struct http_stream *s, size_t bytes);
void http_stream_close(struct http_stream *s); // after what is queued

#endif

// SPDX-License-Identifier: Apache-2.0
// client_private: what the files of the client share. Each uses those below it:
//
//   client.c  transfer.c  line.c  a whole answer; one that is read as it comes; bytes that are no HTTP
//   client_multi.c                drives libcurl from the loop
//   client_request.c              builds the request, and takes in the response under its limits
//   client_error.c                finds the words
//   proxy.c                       knows the proxy, and who is reached without it
//
// fetch_url's struct client_fetch lives on its caller's stack, a transfer's on the heap; libcurl knows it from
// client_start until it is done.
#ifndef POSTERN_FETCH_CLIENT_PRIVATE_H
#define POSTERN_FETCH_CLIENT_PRIVATE_H

#include <arpa/inet.h>
#include <curl/curl.h>

#include "fetch/client.h"
#include "fetch/proxy.h"
#include "io/fiber.h"

enum {
  CLIENT_BUFFER = 64 * 1024,        // libcurl's receive buffer
  CLIENT_STREAM_BUFFER = 16 * 1024, // the same of a transfer, which may idle for hours
  CLIENT_CLASSES_MOST = 16,         // multi handles of a loop, at most two a trust class
  CLIENT_CONNECTIONS_MOST = 512,    // of a class; fetches beyond it wait inside libcurl
  CLIENT_PER_HOST_MOST = 128,
  CLIENT_STREAMS_MOST = 8192, // transfers of a class; more are refused
  CLIENT_IDLE_MOST = 128,     // easy handles kept, each loop and kind
  CLIENT_DNS_SECONDS = 60,
  CLIENT_EXPANSION_MOST = 100, // times what came over the wire, beyond one receive buffer
  CLIENT_KIN_CLASS = 1,        // of connections to other nodes; guards have other numbers
  CLIENT_PROXY_ASKS = 407,     // the status that is a proxy's alone (RFC 9110 §15.5.8)
};

// Why we ended a transfer ourselves.
enum client_failure {
  CLIENT_FINE,
  CLIENT_BLOCKED,      // by the guard; only if no other address was left, or it could not be reached
  CLIENT_HEADERS_LONG, // passes header_bytes
  CLIENT_HEADERS_MANY,
  CLIENT_BODY_LONG,
  CLIENT_BOMB,
  CLIENT_STARVED, // who pays for the body has no more
  CLIENT_SILENT,  // no first byte
  CLIENT_STALLED,
  CLIENT_OVERTIME,
  CLIENT_REPLAY,  // a second sending of what must not be sent twice
  CLIENT_STOPPED, // the loop has ended
  CLIENT_ABORTED, // with its group
};

struct client_fetch {
  const struct fetch_call *call;
  const struct proxy *proxy; // NULL: the vendor is reached directly
  struct arena *arena;
  CURL *easy;
  struct http_headers headers;
  size_t headers_cap, header_bytes;
  bool headers_done;             // what follows are trailers
  bool answered;                 // the first byte came; of a transfer: the whole head
  size_t window;                 // of a transfer: so much of the body may wait for its reader; 0: a fetch
  bool held;                     // libcurl pauses while the window is full
  struct buf body;               // what waits
  size_t received;               // of the body in all
  uint64_t started_us, moved_us; // moved: when a byte last went either way
  curl_off_t uploaded;           // at the last look
  int sendings;
  size_t sockets; // opened for it: addresses that the guard let through
  enum client_failure failure;
  char blocked[INET6_ADDRSTRLEN]; // the address that the guard refused
  bool done;                      // libcurl is through (code), or we are (failure); it knows f no more
  CURLcode code;
  struct fiber *waiter;                    // woken when there is news; NULL: nobody waits
  void (*on_done)(struct client_fetch *f); // instead, where the reader has gone
  void (*on_stop)(struct client_fetch *f); // the loop ends: by now nothing may come back to it for this; NULL
  struct client_handle *handle;            // easy's, where a loop drives it
  char text[CURL_ERROR_SIZE];
};

// client_request.c: one request, whoever drives it.
MUST_USE bool client_check(const struct fetch_call *call, struct err *err);        // before all else
MUST_USE bool client_choose_way(struct client_fetch *f, struct err *err);          // before it is started
MUST_USE bool client_succeeded(struct client_fetch *f, struct err *err);           // when done
MUST_USE bool client_status(struct client_fetch *f, int *status, struct err *err); // the vendor's
void client_set_constants(CURL *easy, long buffer);        // the options that no request changes
void client_begin(struct client_fetch *f);                 // those of this one
bool client_is_clean(const struct client_fetch *f);        // may the next call have its handle?
struct payer *client_payer(const struct fetch_call *call); // of the answer
bool client_is_overdue(struct client_fetch *f);            // sets f->failure
uint64_t client_patience_ms(const struct client_fetch *f); // until the next look is due
void client_hold(struct client_fetch *f);                  // no more bytes for now
MUST_USE bool client_wait(struct client_fetch *f, const char *reason, struct err *err) SUSPENDS; // for news
void client_wake(struct client_fetch *f);
curl_socket_t client_on_open(void *fetch, curlsocktype purpose, struct curl_sockaddr *a); // asks the guard

// client.c: an easy handle that the calling thread itself drives, by curl_easy_perform.
void client_begin_here(struct client_fetch *f);

// client_multi.c. Starts f on the calling fiber's loop: from now on the callbacks fill it, until f->done.
MUST_USE bool client_start(struct client_fetch *f, struct err *err);
void client_go_on(struct client_fetch *f);      // where held
void client_look_again(struct client_fetch *f); // its limits have changed
void client_abort(struct client_fetch *f);      // likewise, and its reader is told
void client_release(struct client_fetch *f);    // aborts what is under way

// client_error.c. Always false.
bool client_explain(struct client_fetch *f, struct err *err);
bool client_explain_proxy(struct client_fetch *f, long status, struct err *err); // its no

#endif

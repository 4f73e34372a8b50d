// SPDX-License-Identifier: Apache-2.0
// client_private: what the three files of the client share. client.c builds the request and takes in
// the response; client_multi.c drives libcurl from the loop; client_error.c finds the words.
// A fetch lives on its caller's stack and is known to libcurl only while http_fetch runs.
#ifndef POSTERN_HTTP_CLIENT_PRIVATE_H
#define POSTERN_HTTP_CLIENT_PRIVATE_H

#include <arpa/inet.h>
#include <curl/curl.h>

#include "http/client.h"
#include "io/fiber.h"

enum {
  CLIENT_BUFFER = 64 * 1024,     // libcurl's receive buffer
  CLIENT_CLASSES_MOST = 8,       // multi handles of a loop, one a trust class
  CLIENT_CONNECTIONS_MOST = 512, // of a class; transfers beyond it wait inside libcurl
  CLIENT_PER_HOST_MOST = 128,
  CLIENT_IDLE_MOST = 128, // easy handles kept, each loop
  CLIENT_DNS_SECONDS = 60,
  CLIENT_EXPANSION_MOST = 100, // times what came over the wire, beyond one receive buffer
};

// Why we ended a transfer ourselves.
enum client_failure {
  CLIENT_FINE,
  CLIENT_BLOCKED,      // by the guard; only if no other address could be reached
  CLIENT_HEADERS_LONG, // passes header_bytes
  CLIENT_HEADERS_MANY,
  CLIENT_BODY_LONG,
  CLIENT_BOMB,
  CLIENT_SILENT, // no first byte
  CLIENT_STALLED,
  CLIENT_OVERTIME,
  CLIENT_REPLAY, // a second sending of what must not be sent twice
};

struct client_fetch {
  const struct http_call *call;
  struct arena *arena;
  CURL *easy;
  struct http_headers headers;
  size_t headers_cap, header_bytes;
  bool headers_done; // what follows are trailers
  bool answered;     // the first byte came
  struct buf body;
  uint64_t started_us, moved_us; // moved: when a byte last went either way
  curl_off_t uploaded;           // at the last look
  int sendings;
  enum client_failure failure;
  char blocked[INET6_ADDRSTRLEN]; // the address that the guard refused
  bool done;                      // libcurl is through (code), or we are (failure)
  CURLcode code;
  struct fiber *waiter;         // NULL: the whole thread waits
  struct client_handle *handle; // easy's, where it is a pooled one
  char text[CURL_ERROR_SIZE];
};

// client.c
void client_set_constants(CURL *easy);                     // the options that no request changes
bool client_is_overdue(struct client_fetch *f);            // sets f->failure
uint64_t client_patience_ms(const struct client_fetch *f); // until the next look is due

// client_multi.c. Runs f on the loop of the calling fiber; `begin` sets the request's options on f->easy.
MUST_USE bool client_run(struct client_fetch *f, void (*begin)(struct client_fetch *f),
                         struct err *err) SUSPENDS;
void client_release(struct client_fetch *f); // its easy handle, pooled or not
// For libcurl's open and close callbacks: keeps the loop's view of a connection over many requests.
void client_socket_opened(curl_socket_t fd);
void client_socket_closing(curl_socket_t fd);

// client_error.c. Always false.
bool client_explain(struct client_fetch *f, struct err *err);

#endif

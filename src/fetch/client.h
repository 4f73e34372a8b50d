// SPDX-License-Identifier: Apache-2.0
// client: HTTP requests to vendors, on libcurl's multi interface, one per loop and trust class.
// Redirects are never followed by libcurl. The address guard checks each address at connect time.
// The process must ignore SIGPIPE (OpenSSL writes to sockets that vendors have closed).
// Called from a fiber; leaving (cancel, deadline) aborts the transfer. Called outside a fiber (the
// command line) the thread waits. Nothing is ever sent twice, but what changes nothing where a kept
// connection had closed meanwhile. Example:
//   struct fetch_call call = {.method = "GET", .url = url, .headers = h, .limits = &limits, .guard = guard};
//   struct fetch_result r; if (!fetch_url(&call, arena, &r, err)) return false;
#ifndef POSTERN_FETCH_CLIENT_H
#define POSTERN_FETCH_CLIENT_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/redact.h"
#include "http/guard.h"
#include "http/message.h"

struct kin_way; // crypto/kin

struct fetch_limits {
  uint64_t connect_ms, first_byte_ms, total_ms, stall_ms; // stall: no byte for so long
  size_t body_bytes;                                      // after decompression
  size_t header_bytes;
};

struct fetch_call {
  const char *method; // "GET", …
  struct str url;
  struct http_headers headers;
  struct str body;
  bool has_body;
  const struct fetch_limits *limits;
  const struct http_guard *guard; // its trust class chooses the connection pool
  struct str holder;              // who pays for the answer (base/budget): an account's id; empty: the origin
  struct transfer_group *group;   // of a transfer: those it may have to end with; NULL: none
  // What the vendor may know and nobody else: it is hidden in the answer's headers, in errors, and in the
  // body that fetch_url gives back, unless that is asked for as it came. Who reads a transfer hides it
  // himself.
  struct redact *hide;
  bool plain_body;
  // Changes nothing, whatever its method is, and may go twice as GET may: a POST that only asks (MCP, GraphQL).
  bool harmless;
  // To another node of this installation: by TLS with the key file (crypto/kin), past the guard and any proxy, with the
  // Host that it gives. NULL: to a vendor.
  const struct kin_way *kin;
  bool *
      sent; // set when the first byte goes out: from then on it may have been done. NULL: nobody wants to know
  void (*came)(void *arg,
               struct str bytes); // told of the body as it comes; where no loop waits. NULL: nobody is
  void *came_arg;
  const atomic_bool
      *stop; // where no loop waits: it is given up within a second of its being set. NULL: nobody sets it
};

struct fetch_result {
  int status;
  struct http_headers headers; // in the arena; the last response's
  struct buf body;             // the caller frees
  uint64_t elapsed_us;
};

// A limit of 0 ms is none. Errors: INVALID (URL or headers), TIMEOUT (which of the limits), UPSTREAM
// (refused, reset, TLS, bad HTTP: in words with the host's name, never the whole URL), LIMIT (body or headers
// too large, or expands too far; or no memory is left for answers, with a hint), DENIED (the guard; how to
// allow it), CANCELED.
MUST_USE bool fetch_url(const struct fetch_call *call, struct arena *a, struct fetch_result *out,
                        struct err *err) SUSPENDS;

struct str fetch_origin(struct str url); // "https://api.example.com:8443" of a URL that holds such

// Certificates (PEM) to trust beside the system's: a private CA. Once, at start, before any fetch.
MUST_USE bool fetch_ca(const char *path, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// message: HTTP requests as a handler sees them, headers, and status texts. The request's texts live
// in its arena until the reply has been sent. Loop thread only.
#ifndef POSTERN_HTTP_MESSAGE_H
#define POSTERN_HTTP_MESSAGE_H

#include "base/arena.h"
#include "base/str.h"

enum { HTTP_HEADERS_MOST = 100, HTTP_CLIENT_KEY = 16 };

// What one node of an installation tells another with a request that it sends on: the node that is meant, the request's id,
// the client's address, and how the client came: "k3v0a9xq req_01… 192.0.2.1 https".
#define HTTP_PASSED_ON "Postern-Passed-On"

struct http_header {
  struct str name, value;
};

struct http_headers {
  struct http_header *items;
  size_t count;
};

enum http_method {
  METHOD_GET,
  METHOD_HEAD,
  METHOD_POST,
  METHOD_PUT,
  METHOD_PATCH,
  METHOD_DELETE,
  METHOD_OPTIONS,
  METHOD_OTHER
};

struct http_request {
  enum http_method method;
  struct str method_text;
  struct str path;  // as it came, still percent-encoded
  struct str query; // without '?'
  struct http_headers headers;
  struct str body;
  // The client's address; from X-Forwarded-For or Forwarded only where the peer is a trusted proxy.
  struct str client;
  char client_key[HTTP_CLIENT_KEY]; // the same as limits count it: one customer usually has a whole IPv6 /64
  struct str id;                    // request id, "req_…"
  bool secure;                      // TLS here, or the trusted proxy says https
  bool passed_on;                   // another node of this installation sent it here: it goes no further
  struct arena *arena;
};

// First value; STR_NONE where absent (name compared without case). `http_header_count` for duplicates.
struct str http_header_get(const struct http_headers *h, const char *name);
size_t http_header_count(const struct http_headers *h, const char *name);
const char *http_status_text(int status);
// "application/json" of "application/json; charset=utf-8"; lower-case comparison is the caller's.
struct str http_media_type(struct str content_type);
// RFC 9110 §12.5.1: does an Accept header take this type? (q=0 excludes; absent takes all)
bool http_accepts(struct str accept, const char *type);
// RFC 9110 §12.5.3: does an Accept-Encoding header take this coding by its name? (q=0 excludes; absent takes none)
bool http_takes_coding(struct str accept_encoding, const char *coding);
// RFC 6265 §5.4: the value of a cookie, "a=1; b=2" in one header or several; STR_NONE where absent.
struct str http_cookie_get(const struct http_headers *h, struct str name);
// RFC 6454: is the page that sends this Origin one of the host that the request was sent to?
bool http_origin_is_own(const struct http_request *in, struct str origin);
enum http_method http_method_from(struct str text);
const char *http_method_text(enum http_method method); // "" for METHOD_OTHER
// A path as it may stand in a log: what follows "/mcp/", looks like a token or is long becomes "…".
// Returns the text in `out`, cut where it does not fit.
struct str http_path_redact(struct str path, char *out, size_t size);

#endif

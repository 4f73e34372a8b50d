// SPDX-License-Identifier: Apache-2.0
// request: what llhttp leaves to us when it has read a request's head: the target's form, Host,
// the framing headers, Expect, and who the client is behind trusted proxies. Pure. A refusal is a
// status and a literal that says why. Example:
//   struct http_refusal no = http_request_check(&request, &seen);
//   if (no.status) …
#ifndef POSTERN_HTTP_REQUEST_H
#define POSTERN_HTTP_REQUEST_H

#include "crypto/token.h"
#include "http/guard.h"
#include "http/message.h"

enum { HTTP_STRANGER = 403 };

struct http_refusal {
  int status; // 0: nothing to refuse; HTTP_STRANGER: for its Host alone
  const char *text;
};

#define HTTP_BODY_TOO_LARGE "the body is too large; the setting max_body_bytes says how large it may be"

// What the connection knows beside the headers.
struct http_head {
  struct str target; // as it came
  bool http10;
  bool has_length; // Content-Length given
  uint64_t length;
  size_t body_most;        // setting
  const struct str *hosts; // accepted names; "*" takes all
  size_t host_count;
  bool loopback;       // the listener is: loopback names are accepted
  bool wants_continue; // out: answer 100 before the body
};

// Fills path and query from the target. The request's method, method_text and headers are set.
struct http_refusal http_request_check(struct http_request *r, struct http_head *head);

// An address as limits count it: IPv6 by its /64.
struct sockaddr;
void http_client_key(const struct sockaddr *address, char key[HTTP_CLIENT_KEY]);

bool http_host_is_sound(struct str host); // RFC 9112 §3.2: uri-host [":" port], no user info
bool http_host_is_accepted(struct str host, const struct http_head *head);

struct http_proxies {
  const struct http_cidr *trusted;
  size_t count;
};

// Sets the request's client: the rightmost address of X-Forwarded-For (or, without it, Forwarded) that is no
// trusted proxy; the peer's own where the peer is not trusted. Also `secure`, where a trusted proxy says so.
void http_request_client(struct http_request *r, const struct sockaddr *peer,
                         const struct http_proxies *proxies);
// The same of a request that another node has sent on to `node`, as its HTTP_PASSED_ON says; and the request's id.
struct http_refusal http_request_passed(struct http_request *r, struct str node, char id[TOKEN_ID]);

#endif

// SPDX-License-Identifier: Apache-2.0
// router: which handler answers a method and a path, from a table. Patterns are whole segments, a
// segment "{name}" takes any one segment, percent-decoded; "{name...}" as the last takes the rest as it came.
// The first route that fits wins. GET routes also answer HEAD; OPTIONS answers what is allowed. Example:
//   static const struct http_route routes[] = {{METHOD_GET, "/accounts/{id}", "One account"}, …};
//   static const struct http_router router = {routes, sizeof routes / sizeof *routes};
//   struct http_match m = http_router_find(&router, in->method, in->path, in->arena);   // in a handler
#ifndef POSTERN_HTTP_ROUTER_H
#define POSTERN_HTTP_ROUTER_H

#include "http/message.h"

enum { HTTP_PARAMS_MOST = 4 };

struct http_params {
  struct http_param {
    struct str name, value;
  } items[HTTP_PARAMS_MOST];
  size_t count;
};

struct http_route {
  enum http_method method;
  const char *pattern; // "/integrated-account/{id}/mcp"
  const char *summary; // for the API's own description
  const void *doc;     // whatever more its owner wants to say: what handles it
};

struct http_router {
  const struct http_route *routes;
  size_t count;
};

struct http_match {
  const struct http_route *route; // NULL: none for this method
  struct http_params params;
  unsigned allowed; // bits 1 << enum http_method that the path takes; 0: no such path
};

// Pure. Values live in the arena.
struct http_match http_router_find(const struct http_router *r, enum http_method method, struct str path,
                                   struct arena *a);
struct str http_param(const struct http_params *p, const char *name); // STR_NONE: no such
struct str http_allow_text(unsigned allowed, struct arena *a);        // "GET, HEAD, OPTIONS"

#endif

// SPDX-License-Identifier: Apache-2.0
// uri: RFC 3986 URIs taken apart, and file references joined. Pure. The parts borrow from the text.
//   if (!uri_parse_http(STR("https://api.example.com/v4"), &u, err)) return false;   // u.host, u.path …
#ifndef POSTERN_DATA_URI_H
#define POSTERN_DATA_URI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct uri {
  struct str scheme, host, path, query, fragment; // host of an IPv6 literal without its brackets
  uint16_t port;                                  // 0: not given
  bool ipv6;
};

// Absolute http(s) URIs only; refuses user info, control bytes, spaces, bad ports, an empty host.
MUST_USE bool uri_parse_http(struct str text, struct uri *out, struct err *err);
// RFC 3986 §5.2: what a reference means beside an http(s) URL, without query and fragment. `base` empty: it must be
// whole itself.
MUST_USE bool uri_resolve(struct arena *a, struct str base, struct str reference, struct str *out,
                          struct err *err);
// Scheme, host and port are the same.
bool uri_same_origin(const struct uri *a, const struct uri *b);
// Relative file references of `$ref`: joins and normalises; false where it climbs out of the root.
MUST_USE bool uri_path_join(struct arena *a, struct str base_file, struct str relative, struct str *out);

#endif

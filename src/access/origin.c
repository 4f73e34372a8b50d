// SPDX-License-Identifier: Apache-2.0
#include "access/origin.h"

static bool origin_is_public(struct str public_url, struct str origin) {
  struct str begin = str_make(public_url.p, public_url.n < origin.n ? public_url.n : origin.n);
  return str_eq_nocase(begin, origin) && (public_url.n == origin.n || public_url.p[origin.n] == '/');
}

bool origin_check(const struct origin_rule *rule, const struct http_request *in, struct err *err) {
  struct str origin = http_header_get(&in->headers, "origin");
  bool fine = !origin.n || http_origin_is_own(in, origin) || origin_is_public(rule->public_url, origin);
  for (size_t i = 0; i < rule->allowed_count && !fine; i++) fine = str_eq_nocase(rule->allowed[i], origin);
  if (fine) return true;
  err_set(err, ERR_DENIED, "pages of %.*s may not use this server", STR_ARG(origin));
  err_hint(err, "the operator allows an origin with the setting allowed_origins");
  return false;
}

bool origin_check_own(const struct origin_rule *rule, const struct http_request *in, struct err *err) {
  struct str origin = http_header_get(&in->headers, "origin");
  if (origin.n && (http_origin_is_own(in, origin) || origin_is_public(rule->public_url, origin))) return true;
  return err_set(err, ERR_DENIED, "only pages of this Postern may do this; the request names %s",
                 origin.n ? "another origin" : "no origin");
}

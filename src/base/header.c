// SPDX-License-Identifier: Apache-2.0
#include "base/header.h"

bool header_is_own(struct str name) {
  // OpenAPI 3.0 §4.7.12.1 ignores Accept, Content-Type and Authorization likewise.
  static const char *const own[] = {
      "host",
      "authorization",
      "content-length",
      "transfer-encoding",
      "connection",
      "keep-alive",
      "te",
      "proxy-authorization",
      "proxy-connection",
      "proxy-authenticate",
      "trailer",
      "upgrade",
      "expect",
      "content-type",
      "accept",
      "accept-encoding",
      "cookie",
      "user-agent",
      "http2-settings",
      // A read-only tool's GET stays one.
      "x-http-method",
      "x-http-method-override",
      "x-method-override",
  };
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (str_is_nocase(name, own[i])) return true;
  return false;
}

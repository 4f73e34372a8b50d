// SPDX-License-Identifier: Apache-2.0
// ratelimit: the many ways vendors say how much is left, as one triple: limit, remaining, seconds to
// reset (draft-ietf-httpapi-ratelimit-headers 01–06's fields), plus retry-after. Pure. Example:
//   struct ratelimit r; if (ratelimit_read(&headers, status, now_ms, &r)) …
#ifndef POSTERN_FETCH_RATELIMIT_H
#define POSTERN_FETCH_RATELIMIT_H

#include "http/message.h"

struct ratelimit {
  bool has_limit, has_remaining, has_reset, has_retry_after;
  int64_t limit, remaining;       // requests
  int64_t reset_s, retry_after_s; // seconds from now, >= 0
};

// False where the response says nothing about rates. The tightest window wins where several are given.
bool ratelimit_read(const struct http_headers *h, int status, int64_t now_ms, struct ratelimit *out);
// Seconds a caller should wait after a 429/420: retry_after, else reset, else -1.
int64_t ratelimit_wait(const struct ratelimit *r);

#endif

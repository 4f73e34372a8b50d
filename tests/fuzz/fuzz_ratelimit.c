// SPDX-License-Identifier: Apache-2.0
// Input: header lines "name: value\n". Whatever they say, what is read is never negative.
#include <stdint.h>
#include <stdlib.h>

#include "fetch/ratelimit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct http_header items[HTTP_HEADERS_MOST];
  struct http_headers h = {items, 0};
  struct str rest = {(const char *)data, size}, line;
  while (h.count < HTTP_HEADERS_MOST && str_cut(&rest, '\n', &line)) {
    struct str name;
    if (!str_cut(&line, ':', &name) || !line.p) continue;
    items[h.count++] = (struct http_header){name, line};
  }
  struct ratelimit r;
  if (!ratelimit_read(&h, 429, INT64_C(1795255200000), &r)) return 0;
  if (r.limit < 0 || r.remaining < 0 || r.reset_s < 0 || r.retry_after_s < 0 || !r.has_remaining) abort();
  if (ratelimit_wait(&r) < -1) abort();
  return 0;
}

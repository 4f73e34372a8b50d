// SPDX-License-Identifier: Apache-2.0
#include "fetch/local.h"

#include "base/clock.h"

static struct {
  struct str origin;
  fetch_local_handler *handle;
} local;

void fetch_local(const char *origin, fetch_local_handler *handle) {
  local.origin = str_of(origin);
  local.handle = handle;
}

bool fetch_is_local(struct str url) {
  return local.handle && str_starts(url, local.origin.p) && url.n > local.origin.n &&
         url.p[local.origin.n] == '/';
}

bool fetch_locally(const struct fetch_call *call, struct arena *a, struct fetch_result *out,
                   struct err *err) {
  uint64_t started_us = clock_mono_us();
  *out = (struct fetch_result){.body = BUF_MAX(call->limits->body_bytes)};
  out->status = local.handle(call->method, str_from(call->url, local.origin.n), &out->body);
  if (out->body.full) {
    buf_free(&out->body);
    return err_set(err, ERR_LIMIT, "the answer is larger than %zu bytes", call->limits->body_bytes);
  }
  out->headers.items = ARENA_NEW(a, struct http_header);
  out->headers.items[0] = (struct http_header){STR("Content-Type"), STR("application/json")};
  out->headers.count = 1;
  out->elapsed_us = clock_mono_us() - started_us;
  return true;
}

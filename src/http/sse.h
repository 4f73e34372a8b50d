// SPDX-License-Identifier: Apache-2.0
// sse: server-sent events, written and read (WHATWG HTML §9.2). Pure; no state outside the structs. Writing:
//   sse_write(&out, STR("message"), json);
// Reading, from bytes cut anywhere:
//   struct sse_parser p = SSE_PARSER(1 << 20);
//   if (!sse_feed(&p, bytes, on_event, ctx, err)) …      // sse_free(&p) in the end
#ifndef POSTERN_HTTP_SSE_H
#define POSTERN_HTTP_SSE_H

#include "base/buf.h"
#include "base/err.h"

enum { SSE_FIELD_MOST = 1024 }; // bytes of an event name or id that are kept

// One event; `event` may be STR_NONE ("message" then). Line ends in data become several data lines.
void sse_write(struct buf *out, struct str event, struct str data);

struct sse_event {
  struct str event; // "message" where the stream names none
  struct str data;  // lines joined with LF
  struct str id;    // the last one seen, of this or an earlier event
};

struct sse_parser {
  struct buf line, data, event, id, next_id;
  int64_t retry_ms; // the last reconnection time, -1: none
  bool after_cr, begun, has_data;
};

// event_most: bytes of one event's data, and of one line.
#define SSE_PARSER(event_most)                                                                               \
  ((struct sse_parser){.line.max = (event_most) + 16,                                                        \
                       .data.max = (event_most) + 1,                                                         \
                       .event.max = SSE_FIELD_MOST,                                                          \
                       .id.max = SSE_FIELD_MOST,                                                             \
                       .next_id.max = SSE_FIELD_MOST,                                                        \
                       .retry_ms = -1})

// Calls on_event for each event that is complete; its texts are valid during the call. ERR_LIMIT: an
// event or line passes the maximum, or who pays for the buffers has no more; the parser is then of no more
// use. on_event returning false stops with *err as it filled it. An event that the stream leaves incomplete
// is dropped, as the standard says.
typedef bool sse_on_event(void *ctx, const struct sse_event *event, struct err *err);
MUST_USE bool sse_feed(struct sse_parser *p, struct str bytes, sse_on_event *on_event, void *ctx,
                       struct err *err);
void sse_free(struct sse_parser *p);

#endif

// SPDX-License-Identifier: Apache-2.0
// stream: the messages of one HTTP answer, be it one JSON body or a stream of events. Private to mcp/. Stays
// on the loop of its transfer, like it. It has one transfer or none, and nobody else touches that: whoever
// begins the next one ends the last, and whatever fails ends it at once. So a server that breaks what it says
// and keeps the connection open holds nothing, however often we come back. Example:
//   struct mcp_stream s = {0};
//   if (!mcp_stream_begin(&s, transfer, &rules, err)) …          // judges the Content-Type, owns the transfer
//   while (mcp_stream_next(&s, &message, err) && message) …;  mcp_stream_free(&s);   // no message: the answer ended
//
//   transfer -> | parser: what is not whole yet | -> | queue: messages | -> mcp_stream_next
//               a line, an event: rules.bytes_most   of one read, as it reads on only when this is empty
#ifndef POSTERN_MCP_STREAM_H
#define POSTERN_MCP_STREAM_H

#include "fetch/transfer.h"
#include "http/sse.h"
#include "mcp/message.h"

enum { MCP_STREAM_ENDPOINT_MOST = 2048 };

struct mcp_stream {
  struct transfer *transfer; // NULL: none, or over
  struct message_rules rules;
  bool sse;             // the present transfer is a stream of events
  bool endpoint_wanted; // of the deprecated HTTP+SSE: its first event is no message
  bool stirred;         // an event came by the present transfer
  bool cut;             // the connection broke (the messages were fine)
  uint64_t body_end_us; // a JSON body must be whole by then; 0: no limit
  bool has_parser;
  struct sse_parser parser; // keeps id and retry over several transfers
  struct message_queue queue;
  struct buf endpoint;
};

// Takes the transfer over; on failure it is closed. May be called again with the next one: the last one ends.
MUST_USE bool mcp_stream_begin(struct mcp_stream *s, struct transfer *t, const struct message_rules *rules,
                               struct err *err);
// NULL where the answer has ended. After a failure there is no transfer any more.
MUST_USE bool mcp_stream_next(struct mcp_stream *s, struct message **out, struct err *err) SUSPENDS;
// HTTP+SSE: reads on until the endpoint event came; ERR_UPSTREAM where another comes first, or the end.
MUST_USE bool mcp_stream_endpoint(struct mcp_stream *s, struct str *out, struct err *err) SUSPENDS;
struct str mcp_stream_last_id(const struct mcp_stream *s); // empty: no event had one
int64_t mcp_stream_retry_ms(const struct mcp_stream *s);   // -1: the server said nothing
// Who has what he wanted lets go: what is still on its way does not cost the connection.
void mcp_stream_finish(struct mcp_stream *s);
void mcp_stream_free(struct mcp_stream *s); // aborts what has not ended

#endif

// SPDX-License-Identifier: Apache-2.0
// frame: a request as it goes over one hop: JSON-RPC around it, the era's `_meta` keys and headers on it.
// Private to mcp/. Example:
//   struct mcp_frame f = {.peer = p, .request = &r, .era = MCP_MODERN, .id = peer_next_id(p)};
//   if (!mcp_frame_body(&f, &body, err) || !mcp_frame_headers(&f, arena, &headers, err)) return false;
#ifndef POSTERN_MCP_FRAME_H
#define POSTERN_MCP_FRAME_H

#include "mcp/client.h"

enum { MCP_FRAME_PLAIN_MOST = 64 * 1024 }; // of messages that carry nothing of others but an id

struct mcp_frame {
  const struct mcp_peer *peer;
  const struct mcp_request *request;
  enum mcp_era era;
  uint64_t id;                 // of the message, and its progress token
  struct str version, session; // legacy: what was negotiated; empty before. The session's id, or empty
};

// Changes the request's params._meta: only keys of the hop. May be called again for another hop.
MUST_USE bool mcp_frame_body(const struct mcp_frame *f, struct buf *out, struct err *err);
MUST_USE bool mcp_frame_headers(const struct mcp_frame *f, struct arena *a, struct http_headers *out,
                                struct err *err);
// Of any message in a legacy session, with room for `spare` headers behind.
void mcp_frame_legacy_headers(struct str version, struct str session, struct arena *a, size_t spare,
                              struct http_headers *out);

// Whole messages. `params` is JSON text, or empty.
void mcp_frame_notification(struct buf *out, struct str method, struct str params);
void mcp_frame_cancel(struct buf *out, uint64_t id);
// The answer to a request of theirs: `result` (JSON text), or an error where that is empty.
struct mcp_frame_answer {
  yyjson_val *id;
  struct str result;
  int code;
  struct str message;
};
void mcp_frame_answer_write(struct buf *out, const struct mcp_frame_answer *answer);

#endif

// SPDX-License-Identifier: Apache-2.0
// feed: what a remote MCP server says unasked: list changes, resource updates, log messages, and requests
// outside any call. Modern: a subscriptions/listen stream; legacy: the session's GET stream, or the HTTP+SSE
// stream. A fiber of its own reads it on the loop that opened it, reconnects (retry, Last-Event-ID, growing
// pauses with jitter) and ends when closed, or the peer is. Example:
//   struct mcp_feed *f = mcp_feed_open(peer, &(struct mcp_feed_options){.who = who, .tools = true}, channel);
//   struct mcp_event *e; while (channel_receive(channel, 0, (void **)&e, err)) …   // mcp_event_release frees
//   mcp_feed_close(f);
#ifndef POSTERN_MCP_FEED_H
#define POSTERN_MCP_FEED_H

#include "io/channel.h"
#include "mcp/client.h"

struct mcp_feed_options {
  struct mcp_who who;
  bool tools, prompts, resources; // list changes that are wanted (modern asks for just these)
  const struct str *uris;         // resources to be told of; modern: in listen; legacy: resources/subscribe
  size_t uri_count;
};

struct mcp_feed;

// What goes wrong with the server is tried again. NULL: no room for a fiber on this loop. Events are sent to
// `out` (referenced), heap-allocated; where it is full, log messages and updates are dropped, and list
// changes come later. After a gap (a new stream or session) all that is listened for is said to have changed,
// because nobody knows.
struct mcp_feed *mcp_feed_open(struct mcp_peer *p, const struct mcp_feed_options *o, struct channel *out);
void mcp_feed_close(struct mcp_feed *f); // any thread
void mcp_event_release(void *event);     // of the channel's messages
// Answers a MCP_REQUEST that came by a feed of a legacy session.
MUST_USE bool mcp_feed_answer(struct mcp_feed *f, yyjson_val *id, struct str result, int code,
                              struct str message, struct err *err) SUSPENDS;

#endif

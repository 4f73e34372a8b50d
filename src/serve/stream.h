// SPDX-License-Identifier: Apache-2.0
// stream: event streams that stay open: subscriptions/listen (2026-07-28), the GET of a legacy session, the
// stream of the 2024-11-05 transport, and a request's stream taken up again. Each loop keeps its own; an idle
// one costs a connection and a small struct, no fiber. A stream ends when its server, API token or session
// does: deleted, rotated, expired (to the second), revoked, DELETE. Example, in wiring.c:
//   stream_start(loop);                                // once a loop, on its thread
//   catalog_on_change(changed, …);                     // posts stream_refresh to every loop
//   watch_on_change(changed, …);                       // posts stream_changed to every loop
#ifndef POSTERN_SERVE_STREAM_H
#define POSTERN_SERVE_STREAM_H

#include "catalog/watch.h"
#include "serve/serve.h"

enum {
  STREAM_SESSION_MOST = 4,     // GET streams of a session; the oldest goes
  STREAM_QUEUE_MOST = 8 << 20, // bytes that a client of a session may be behind
};

void stream_start(struct loop *loop);
// The catalog has changed: tell those whose tools have, end those whose server has gone. Loop thread.
void stream_refresh(struct loop *loop);
// A vendor's list of prompts or resources has. Loop thread.
void stream_changed(struct loop *loop, struct str account_id, enum watch_list list);

enum stream_kind { STREAM_LISTEN, STREAM_SESSION, STREAM_PAIR, STREAM_RESUMED };

struct stream_open {
  enum stream_kind kind;
  struct str first;               // sent before all else
  struct str id;                  // LISTEN: the request's id as JSON text
  bool tools, prompts, resources; // changes it wants to hear of
  const struct str *uris;         // LISTEN: resources it wants to hear of, as the client calls them
  size_t uri_count;
  unsigned stream;    // SESSION, PAIR: of the session's memory
  struct str last_id; // SESSION, RESUMED: what came after it is sent first; may be empty
};
// Begins the reply of `r` as a stream and lets go of the request. False: the client has gone already.
bool stream_hold(struct serve_request *r, const struct stream_open *o) SUSPENDS;

// To an open stream, from any thread; nothing happens where it has gone. Takes the buffer's bytes.
void stream_push(const struct replay_place *place, struct buf *frame);
void stream_close(const struct replay_place *place); // after what was pushed
// To the session's newest stream, with an id and kept. False: the session has none.
bool stream_tell(struct replay *m, struct str message);
// The session's subscriptions have changed, or a client of the 2024-11-05 transport has said what it can:
// what its stream hears from vendors follows.
void stream_resubscribe(struct replay *m);

#endif

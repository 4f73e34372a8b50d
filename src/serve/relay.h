// SPDX-License-Identifier: Apache-2.0
// relay: what vendors say unasked, carried to one open stream: updates of resources it subscribed to; to a
// legacy session also log messages, and requests outside any call (which are put to the client, and its
// answers carried back). List changes come another way, by catalog/watch, once for everyone. One feed and one
// fiber a vendor that has something to say; on the stream's loop. Example:
//   struct relay *relay = relay_open(&options);
//   relay_close(relay);
#ifndef POSTERN_SERVE_RELAY_H
#define POSTERN_SERVE_RELAY_H

#include "serve/serve.h"

struct relay;

struct relay_options {
  const struct principal *principal; // whose stream it is, and of which server
  struct mcp_who who;                // the client
  struct replay_place place;         // the stream
  struct replay *replay; // of a legacy session; NULL: a listen stream, whose id goes with each message
  // Takes a message there, or to the session's newest stream. False: it has none. Loop thread.
  bool (*say)(struct replay *replay, const struct replay_place *place, struct str message);
  struct str id;
  const struct str *uris; // as the client calls them
  size_t uri_count;
};

// NULL: the server has gone. The options' texts, but for the URIs, the principal and `replay` live as long as the relay.
struct relay *relay_open(const struct relay_options *o);
void relay_close(struct relay *relay); // NULL is fine
// Is it still with the vendors of the server's accounts, each in its place, and with no others? `c`: the server's.
bool relay_fits(const struct relay *relay, const struct catalog *c, const struct catalog_server *server);
// The session's subscriptions are others now.
void relay_subscribe(struct relay *relay, const struct str *uris, size_t count);

#endif

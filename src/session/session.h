// SPDX-License-Identifier: Apache-2.0
// session: what a legacy session id says. The id is the session: server, API token, version, capabilities and
// the client's name are sealed into it, so that any loop, any node, and the program after a restart know it.
// It opens only for the server and the token that it was made for. What cannot be in it (a log level,
// subscriptions, streams) is in session/replay and may be lost. Pure but for the sealing. Example:
//   session_seal(ring, holder, &said, arena, &id, err);            // at initialize: Mcp-Session-Id
//   if (!session_unseal(ring, holder, id, arena, &session, err)) …   // unknown, foreign, too old: 404
#ifndef POSTERN_SESSION_SESSION_H
#define POSTERN_SESSION_SESSION_H

#include <yyjson.h>

#include "crypto/seal.h"

enum {
  SESSION_KEY = 22,                 // characters of the random part
  SESSION_TEXT_MOST = 6144,         // of an id; longer ones are not ours
  SESSION_CAPABILITIES_MOST = 2048, // of the JSON text that is kept
  SESSION_CLIENT_MOST = 64,
};
#define SESSION_LIVES_MS (30LL * 24 * 3600 * 1000)

struct session {
  struct str key;          // random; names the session in session/replay
  struct str version;      // negotiated
  struct str capabilities; // canonical JSON text, session/capability; empty: none
  struct str client;       // what it calls itself
  struct str node;         // whose memory has what cannot be in the id; empty: of no node in particular
  int64_t created_at;      // ms
  bool pair;               // of the 2024-11-05 transport: answers go to its stream
};

// `holder`: whose it is and remains, access/principal. Fills key and created_at. ERR_LIMIT cannot happen for what session/capability made.
MUST_USE bool session_seal(const struct seal_ring *ring, struct str holder, struct session *s,
                           struct arena *a, struct str *id, struct err *err);
// ERR_MISSING for all that is no session here: garbage, another server's, another token's, too old.
MUST_USE bool session_unseal(const struct seal_ring *ring, struct str holder, struct str id, struct arena *a,
                             struct session *out, struct err *err);

#endif

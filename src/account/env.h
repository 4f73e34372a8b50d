// SPDX-License-Identifier: Apache-2.0
// env: what accounts need around them to be kept and to reach their vendors. One for the program, made by
// wiring.c, and not changed while it runs; it outlives all that is made with it.
#ifndef POSTERN_ACCOUNT_ENV_H
#define POSTERN_ACCOUNT_ENV_H

#include "base/err.h"
#include "crypto/seal.h"
#include "data/json.h"
#include "fetch/client.h"
#include "store/store.h"

struct account_env {
  struct store *store;
  struct seal_ring *ring;
  const struct http_guard *guard;
  const struct fetch_limits *limits;
  struct str public_url; // of Postern, for links that people open; empty: not known yet
  struct str version;    // of Postern, told to MCP servers
  // Of what MCP servers send; 0: ACCOUNT_MESSAGE_BYTES and so on.
  struct json_limits json;
  size_t message_bytes, sessions_most;
  uint64_t session_idle_ms;
  // A row changed without anyone asking for it (a grant needs a person now): the catalog may want to be made
  // anew. On a fiber, or where the thread may block. NULL: nobody minds.
  void (*changed)(void *arg, struct str account_id) SUSPENDS;
  void *changed_arg;
};
enum { ACCOUNT_MESSAGE_BYTES = 8 << 20, ACCOUNT_SESSIONS = 2000, ACCOUNT_SESSION_IDLE_MS = 10 * 60 * 1000 };

#endif

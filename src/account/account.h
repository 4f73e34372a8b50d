// SPDX-License-Identifier: Apache-2.0
// account: a connection to one vendor with its credential, as a row and as an immutable value that
// calls are made with. The credential is sealed in the row and revealed only into struct secret.
// Functions that take a store block: run them on the pool. A value belongs to one
// catalog_account, which snapshots share; any thread may read it. What changes by itself (tokens, sessions)
// is behind its grant and its peer.
#ifndef POSTERN_ACCOUNT_ACCOUNT_H
#define POSTERN_ACCOUNT_ACCOUNT_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"
#include "connector/connector.h"
#include "crypto/redact.h"
#include "crypto/seal.h"
#include "data/json.h"
#include "fetch/client.h"
#include "store/store.h"

struct account_send {   // one ready piece of authentication
  enum connector_in in; // header (bearer and basic are headers by now) or query
  struct str name;
  struct secret *value;
};

struct grant;
struct peering;
struct mcp_peer;

struct account {
  struct arena *arena;
  enum connector_kind kind;
  struct str id, name, connector, way;
  struct str base_url;    // of the API (the connector's, or this account's own), or of the MCP server
  struct str status;      // "ok" | "unverified" | "failing" | "needs_authorising"
  struct str status_text; // the vendor's word on the last failure; or a note (account_note)
  int64_t created_at, updated_at, verified_at, version; // ms; version counts changes of the row
  yyjson_doc *context;                                  // object: argument name → default
  yyjson_doc *choices; // object: argument name → [{"id","title"}], what the credential sees, for "Account
                       // context missing"
  struct account_send sends[CONNECTOR_SENDS_MOST]; // kind rest
  size_t send_count;
  struct redact *hide; // of its credential, but for OAuth: see account_hides
  // Kind mcp. Values of one account share the peer, with its sessions, as long as address and credential
  // stay.
  struct mcp_peer *peer;   // borrowed from the line; NULL: it cannot be reached, and status_text says why
  struct grant *grant;     // by OAuth; NULL: another way
  struct peering *peering; // for account_free
};

void account_free(struct account *a); // wipes the credential; NULL is allowed
// What its vendor knows and nobody else may hear, as of now; the caller unrefs.
struct redact *account_hides(const struct account *a);

// What POST /integrated-account carries. Texts borrow from the request.
struct account_new {
  struct str name, way, base_url; // way and base_url may be empty: the connector's
  yyjson_val *credential;         // object: field → text; NULL where the way is open
  yyjson_val *context;            // object or NULL
};

// What reaching vendors takes; made once by main.c.
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

// Verifies against the vendor (SUSPENDS: fetch_url), fills the context where there is exactly one
// choice, seals, stores. ERR_UNPROCESSABLE with the vendor's code and what to do where the vendor refuses;
// ERR_CONFLICT where the name is taken; ERR_INVALID names the field.
MUST_USE bool account_create(const struct account_env *env, const struct connector *c,
                             const struct account_new *in, struct account **out, struct err *err) SUSPENDS;
// Any of name, credential, context; NULL-ish members stay as they are. Re-verifies a new credential before
// keeping it.
MUST_USE bool account_change(const struct account_env *env, const struct connector *c, struct str id,
                             const struct account_new *in, struct account **out, struct err *err) SUSPENDS;
MUST_USE bool account_verify(const struct account_env *env, const struct connector *c, struct str id,
                             struct account **out, struct err *err) SUSPENDS;
// Revokes a grant at the vendor where that offers it (best effort), then deletes what is kept.
MUST_USE bool account_delete(const struct account_env *env, struct str id, struct err *err) SUSPENDS;
// From housekeeping, on a fiber, for each account of kind mcp: refreshes a grant that is due within
// `ahead_ms`, closes idle sessions, remembers what the server was found to speak.
MUST_USE bool account_tend(const struct account_env *env, const struct account *a, uint64_t ahead_ms,
                           struct err *err) SUSPENDS;

// All accounts of the store, ready to call with. One whose credential does not open, or whose connector is
// gone, comes with status "failing" and no sends, so that it can be listed, mended and deleted; a log line
// says so. Blocking.
MUST_USE bool account_load_all(const struct account_env *env, const struct connector_set *set,
                               struct arena *a, struct account ***out, size_t *count, struct err *err);
// Reseals every credential under the current key; `count` says how many changed. Blocking, one transaction.
MUST_USE bool account_reseal_all(const struct account_env *env, size_t *count, struct err *err);

// What of the tools of an account that works is not as it should be, kept as its status_text (behind
// ACCOUNT_NOTE) where nothing else is said there; empty: nothing. Blocking. `changed`: it was not so before.
#define ACCOUNT_NOTE "its tools: "
MUST_USE bool account_note(struct store *s, struct str id, struct str note, bool *changed, struct err *err);

#endif

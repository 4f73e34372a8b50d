// SPDX-License-Identifier: Apache-2.0
// account: a connection to one vendor with its credential, as a row and as an immutable value that
// calls are made with. The credential is sealed in the row and revealed only into struct secret.
// Functions that take a store block: run them on the pool. A value belongs to one
// catalog_account, which snapshots share; any thread may read it.
#ifndef POSTERN_ACCOUNT_ACCOUNT_H
#define POSTERN_ACCOUNT_ACCOUNT_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"
#include "connector/connector.h"
#include "crypto/seal.h"
#include "http/client.h"
#include "store/store.h"

struct account_send {   // one ready piece of authentication
  enum connector_in in; // header (bearer and basic are headers by now) or query
  struct str name;
  struct secret *value;
};

struct account {
  struct arena *arena;
  struct str id, name, connector, way, base_url;        // base_url: the connector's, or this account's own
  struct str status;                                    // "ok" | "unverified" | "failing"
  struct str status_text;                               // the vendor's word on the last failure
  int64_t created_at, updated_at, verified_at, version; // ms; version counts changes of the row
  yyjson_doc *context;                                  // object: argument name → default
  yyjson_doc *choices; // object: argument name → [{"id","title"}], what the credential sees, for "Account
                       // context missing"
  struct account_send sends[CONNECTOR_SENDS_MOST];
  size_t send_count;
};

void account_free(struct account *a); // wipes the credential; NULL is allowed

// What POST /integrated-account carries. Texts borrow from the request.
struct account_new {
  struct str name, way, base_url; // way and base_url may be empty: the connector's
  yyjson_val *credential;         // object: field → text
  yyjson_val *context;            // object or NULL
};

// What reaching vendors takes; made once by main.c.
struct account_env {
  struct store *store;
  struct seal_ring *ring;
  const struct http_guard *guard;
  const struct http_client_limits *limits;
};

// Verifies against the vendor (SUSPENDS: http_fetch), fills the context where there is exactly one
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
MUST_USE bool account_delete(const struct account_env *env, struct str id, struct err *err) SUSPENDS;

// All accounts of the store, ready to call with. One whose credential does not open, or whose connector is
// gone, comes with status "failing" and no sends, so that it can be listed, mended and deleted; a log line
// says so. Blocking.
MUST_USE bool account_load_all(const struct account_env *env, const struct connector_set *set,
                               struct arena *a, struct account ***out, size_t *count, struct err *err);
// Reseals every credential under the current key; `count` says how many changed. Blocking, one transaction.
MUST_USE bool account_reseal_all(const struct account_env *env, size_t *count, struct err *err);

#endif

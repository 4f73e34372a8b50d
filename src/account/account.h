// SPDX-License-Identifier: Apache-2.0
// account: a connection to one vendor with its credential, as a row and as an immutable value that
// calls are made with. The credential is sealed in the row and revealed only into struct secret.
// Functions that take a store block: run them on the pool. A value belongs to one
// catalog_account, which snapshots share; any thread may read it. What changes by itself (tokens, sessions)
// is behind its grant and its peer.
#ifndef POSTERN_ACCOUNT_ACCOUNT_H
#define POSTERN_ACCOUNT_ACCOUNT_H

#include "account/env.h"
#include "account/value.h"

void account_free(struct account *a); // wipes the credential; NULL is allowed
// The same as a server shows it where each person has an account of her own: without its credential and its peer, so
// that whatever comes to call it sends nothing.
struct account *account_front(const struct account *a);
// What its vendor knows and nobody else may hear, as of now; the caller unrefs.
struct redact *account_hides(const struct account *a);

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
// A REST connector was given another address: accounts at its former one have none of their own, and go along with
// their credential. Blocking.
struct account_follow {
  struct str connector, from, to;
  bool any_host;             // false: only where scheme, host and port stay, or are among `origins`
  const struct str *origins; // that the operator allows
  size_t origin_count;
  size_t moved, stayed; // out
};
MUST_USE bool account_follow(const struct account_env *env, struct account_follow *f, struct err *err);
// Revokes a grant at the vendor where that offers it (best effort), then deletes what is kept; likewise people's own
// accounts that stand in for it.
MUST_USE bool account_delete(const struct account_env *env, struct str id, struct err *err) SUSPENDS;
// All of a person's own, before she is deleted.
MUST_USE bool account_delete_of(const struct account_env *env, struct str person, struct err *err) SUSPENDS;
// From housekeeping, on a fiber, for each account of kind mcp: refreshes a grant that is due within
// `ahead_ms`, closes idle sessions, remembers what the server was found to speak.
MUST_USE bool account_tend(const struct account_env *env, const struct account *a, uint64_t ahead_ms,
                           struct err *err) SUSPENDS;

// All accounts of the store, ready to call with. One whose credential does not open, or whose connector is
// gone, comes with status "failing" and no sends, so that it can be listed, mended and deleted; a log line
// says so. Blocking.
MUST_USE bool account_load_all(const struct account_env *env, const struct connector_set *set,
                               struct arena *a, struct account ***out, size_t *count, struct err *err);
// One of them; NULL: there is none. Blocking.
MUST_USE bool account_load(const struct account_env *env, const struct connector_set *set, struct str id,
                           struct account **out, struct err *err);

// Within a transaction that changes what belongs to it beside its row (its tools): who follows changes reads it again.
MUST_USE bool account_touch(struct store *s, struct str id, struct err *err);

// What of the tools of an account that works is not as it should be, kept as its status_text (behind
// ACCOUNT_NOTE) where nothing else is said there; empty: nothing. Blocking. `changed`: it was not so before.
#define ACCOUNT_NOTE "its tools: "
MUST_USE bool account_note(struct store *s, struct str id, struct str note, bool *changed, struct err *err);

#endif

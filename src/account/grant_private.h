// SPDX-License-Identifier: Apache-2.0
// grant_private: what grant.c (who holds tokens, who waits) and grant_refresh.c (one refresh, and what else
// changes the row) share. Private to account/. `lock` guards what stands below it and is held for moments
// only, never over a SUSPENDS call.
#ifndef POSTERN_ACCOUNT_GRANT_PRIVATE_H
#define POSTERN_ACCOUNT_GRANT_PRIVATE_H

#include <pthread.h>

#include "account/grant.h"
#include "account/grant_state.h"
#include "crypto/token.h"

struct grant_waiter;

struct grant_own { // of an account's own client: no row, but what a token is asked for with
  struct arena *arena;
  struct oauth_site site;
  struct oauth_client client; // site.methods and client.method: changed by the refresh under way alone
  struct str scope;
  struct redact *hide;
  bool told; // under the grant's lock: the account's status says that no token is to be had
};

struct grant {
  size_t refs;    // under the table's lock
  struct str key; // in the table
  struct str account_id;
  const struct account_env *env;
  struct grant_own *own; // NULL: tokens that a person consented to
  char holder[TOKEN_ID]; // who we are in leases

  pthread_mutex_t lock;
  struct grant_state *state; // never NULL
  bool busy;                 // a refresh is under way
  bool keeping;              // a fiber sees to it that what is unsaved is stored
  struct grant_waiter *waiters;
  uint64_t retry_at_us; // monotonic: no refresh before, since the last one failed
  uint64_t retry_ms;
  struct err failure; // then
  bool ended;

  // Of the refresh under way alone: it was the vendor, if it failed; tokens that the vendor has given and the store has
  // not taken yet.
  bool vendor_failed;
  struct arena *unsaved_arena; // NULL: none
  struct grant_row unsaved;
  // And another's lease as it was first and last seen, by our steady clock: nobody compares clocks of two machines.
  struct {
    char by[TOKEN_ID];
    int64_t until;
    uint64_t since_us, seen_us;
  } theirs;
};

// One refresh of `before`, with everything around it: the lease, the vendor, the row. True with *after: the
// newest version, which may be somebody else's, or say that a person is needed. False: the vendor or the
// store failed; the grant is as it was.
MUST_USE bool grant_refresh(struct grant *g, const struct grant_state *before, struct grant_state **after,
                            struct err *err) SUSPENDS;

// grant_client.c: the same of an account's own client. Nothing but the network is asked.
MUST_USE bool grant_fetch(struct grant *g, const struct grant_state *before, struct grant_state **after,
                          struct err *err) SUSPENDS;
// Keeps with the account that no token is to be had, or that one is again; `why` NULL.
void grant_tell(struct grant *g, const struct err *why) SUSPENDS;
void grant_own_free(struct grant_own *own); // NULL is fine
// The grant of this key that is there, else `made`, which is used up.
struct grant *grant_join(struct grant *made);
struct grant *grant_new(const struct account_env *env, struct str account_id, struct str key);

struct grant_need { // what is to change in the row
  const char *needs, *why;
  struct str wanted;
  int64_t rounds;
  bool forget; // the tokens
  bool retire; // the client: the vendor does not know it
};
// Marks grant and account, where `before` is still the newest; *after is the newest in any case.
MUST_USE bool grant_mark(struct grant *g, const struct grant_state *before, const struct grant_need *need,
                         struct grant_state **after, struct err *err) SUSPENDS;
// RFC 7009; nothing where the vendor has no such endpoint.
MUST_USE bool grant_revoke(struct grant *g, const struct grant_state *s, const struct secret *token,
                           struct err *err) SUSPENDS;

#endif

// SPDX-License-Identifier: Apache-2.0
// grant_state: one version of a grant in memory: its row, its tokens, the site. Immutable and counted, so
// that a request can hold on to it while the next version comes. Private to account/. Example:
//   if (!grant_state_load(env, id, &state, err)) …; grant_state_unref(state);
#ifndef POSTERN_ACCOUNT_GRANT_STATE_H
#define POSTERN_ACCOUNT_GRANT_STATE_H

#include <stdatomic.h>

#include "account/grant_row.h"
#include "oauth/oauth.h"

struct grant_state {
  atomic_size_t refs;
  struct arena *arena; // of the texts; the state itself lives in it
  struct grant_row row;
  struct oauth_site site;
  struct secret *access, *refresh, *client_secret; // NULL: none
  struct redact *hide,
      *also;        // of these, and the tokens of the version before; and of the credential behind them
  bool renews;      // another token can be had without a person
  int64_t renew_at; // ms: from here on a new one is fetched, while this one still works; 0: never
  unsigned doubts;  // how many before it, one after the other, were refused when they were new
};

// Blocking.
MUST_USE bool grant_state_load(const struct account_env *env, struct str account_id, struct grant_state **out,
                               struct err *err);
// Of a client's own, which has no row (grant_client.c). The texts are copied.
struct grant_state_new {
  const struct secret *access; // NULL: none yet
  struct redact *also;
  struct str holder;
  int64_t version, issued_at, expires_at;
};
struct grant_state *grant_state_make(const struct grant_state_new *in);
// Nobody has seen `s` yet, which comes after `before`: that one's tokens stay hidden.
void grant_state_follow(struct grant_state *s, const struct grant_state *before);
struct grant_state *grant_state_ref(struct grant_state *s);
void grant_state_unref(struct grant_state *s); // NULL is fine

bool grant_state_needs_person(const struct grant_state *s);
bool grant_state_is_live(const struct grant_state *s, int64_t now); // its access token can be sent
bool grant_state_is_due(const struct grant_state *s, int64_t now);  // a new one is wanted, and can be had

#endif

// SPDX-License-Identifier: Apache-2.0
// live: access tokens in memory, by hash, so that a request with one touches no database. One that is not there is looked
// for in the store, once, since another process may have issued it; who tries many unknown ones waits. A lease that is
// revoked here, or has gone from the store since, has no tokens any more. Process-wide; any thread. Bounded: when it is
// full, all is forgotten, and looked for anew. Example:
//   if (!live_find(store, bearer, in->client_key, now, arena, &token, &err)) …     // ERR_UNAUTHENTICATED
//   live_end(lease_id);                                                              // revoked
#ifndef POSTERN_AUTHORITY_LIVE_H
#define POSTERN_AUTHORITY_LIVE_H

#include "authority/lease.h"
#include "http/message.h"

enum { LIVE_MOST = 65536 };
#define LIVE_PREFIX "psa_"

struct live_token { // texts in the caller's arena
  struct str lease_id, user_id, server_id, client_id, client_name;
  int64_t expires_at;
};

struct live_use {
  int64_t taken; // the newest generation of which something was used
  int64_t at;    // when
};

// ERR_UNAUTHENTICATED: unknown, expired, revoked; ERR_LIMIT, with *wait in ms: too many unknown ones came from there.
MUST_USE bool live_find(struct store *s, struct str token, const char client_key[HTTP_CLIENT_KEY],
                        int64_t now, struct arena *a, struct live_token *out, int64_t *wait,
                        struct err *err) SUSPENDS;
void live_put(const struct lease_tokens *tokens); // just issued
void live_end(struct str lease_id);
bool live_has_ended(struct str lease_id); // was it ended here?
// What was seen here of a lease's use, of which the store hears some seconds later; 0: nothing.
struct live_use live_use(struct str lease_id);
// Writes uses that the store does not have yet, and ends what has gone from it; *ended: so many. Blocking.
MUST_USE bool live_tend(struct store *s, int64_t now, size_t *ended, struct err *err);
void live_forget_all(void); // at the end of the program, and in tests

#endif

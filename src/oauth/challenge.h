// SPDX-License-Identifier: Apache-2.0
// challenge: what a WWW-Authenticate header asks for (RFC 9110 §11.6.1, RFC 6750 §3, RFC 9728 §5.1). Pure;
// texts live in the arena or borrow from the header. Example:
//   struct challenge c = challenge_read(header, arena);
//   if (challenge_wants_scope(&c, 403)) … // c.scope
#ifndef POSTERN_OAUTH_CHALLENGE_H
#define POSTERN_OAUTH_CHALLENGE_H

#include "base/arena.h"

struct challenge { // of the first Bearer challenge; what is absent is empty
  struct str resource_metadata, scope, error, error_description;
};

// What cannot be read ends the reading; what was read before it counts.
struct challenge challenge_read(struct str header, struct arena *a);
// RFC 6750 §3.1: the token is good, and not for this.
bool challenge_wants_scope(const struct challenge *c, int status);

#endif

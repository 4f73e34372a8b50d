// SPDX-License-Identifier: Apache-2.0
// pending: does a request go by something that another node has changed, and that this one has not followed yet (node/arrears)?
// Such a request waits: mostly for a few milliseconds, and where the database is away it is refused, since it may be about
// what has been revoked. Example:
//   switch (pending_wait(server, &principal, &err)) {
//   case PENDING_NOTHING: …                  // go on
//   case PENDING_OVER:    …                  // go on with the catalog of now
//   case PENDING_STAYS:   … err …            // ERR_UNAVAILABLE, or canceled
//   }
#ifndef POSTERN_CATALOG_PENDING_H
#define POSTERN_CATALOG_PENDING_H

#include "access/principal.h"
#include "catalog/snapshot.h"

enum { PENDING_WAIT_MS = 10000 }; // mostly milliseconds are enough; a busy machine may need seconds

enum pending_end { PENDING_NOTHING, PENDING_OVER, PENDING_STAYS };
// The server with its accounts and its owner, and who asks; server: NULL: of the management API.
enum pending_end pending_wait(const struct catalog_server *server, const struct principal *who,
                              struct err *err) SUSPENDS;

// The same of one thing alone; false: it stays.
MUST_USE bool pending_spares_account(const struct catalog_account *v, struct err *err) SUSPENDS;
MUST_USE bool pending_spares_program(struct str id, struct err *err) SUSPENDS;
// Of what is open, which nothing but the end of it holds back: while the database is known to be away.
bool pending_ends(const struct catalog_server *server, struct str person, struct str signin);

#endif

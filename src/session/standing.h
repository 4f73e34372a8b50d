// SPDX-License-Identifier: Apache-2.0
// standing: by what right something goes on when its request has been let in: a server's URL, and the API token
// where one was shown; or a person's sign-in. What may outlast a change of the catalog (streams, requests that wait for a person,
// kept calls) keeps a copy, and ends when the right has gone: deleted, rotated, expired, revoked. A value;
// any thread. Example:
//   s->standing = standing_of(r->url, &r->client.principal);
//   if (!standing_server(&s->standing, catalog, clock_now_ms())) …   // it ends
#ifndef POSTERN_SESSION_STANDING_H
#define POSTERN_SESSION_STANDING_H

#include "access/principal.h"
#include "catalog/catalog.h"

struct standing {
  unsigned char url_hash[TOKEN_HASH], token_hash[TOKEN_HASH];
  bool has_token;
  char server[TOKEN_ID], user[TOKEN_ID],
      signin[TOKEN_ID]; // of a person who signed in; signin empty: it is none, and user is the API token's id
};

struct standing standing_of(const struct catalog_url *url, const struct principal *who);
// The server as it is now, as long as the catalog is held; NULL: the right has gone.
const struct catalog_server *standing_server(const struct standing *s, const struct catalog *c, int64_t now);

#endif

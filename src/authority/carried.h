// SPDX-License-Identifier: Apache-2.0
// carried: what the documents of well-known AI clients say, for when they cannot be read: Postern has no way out to them, or
// they refuse whoever is no browser. Public facts, and the vendors' own: what is read from there counts before these
// (docs/decisions/044). Pure, but for the clock. Example:
//   if (!authority_document_fetch(guard, id, arena, &client, err) && !carried_client(id, arena, &client)) return false;
#ifndef POSTERN_AUTHORITY_CARRIED_H
#define POSTERN_AUTHORITY_CARRIED_H

#include "authority/client.h"

// The client that is known by this very address. False: nothing of it is carried.
bool carried_client(struct str id, struct arena *a, struct authority_client *out);

#endif

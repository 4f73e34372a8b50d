// SPDX-License-Identifier: Apache-2.0
// capability: what the client at hand declared that it can do, as far as it is passed on. Upstream is told
// exactly this, so that no vendor asks what this client cannot answer, and the client is never asked what it
// did not declare. Pure. Example:
//   struct str text = capability_filter(declared, arena);        // {"elicitation":{},"sampling":{}}
//   if (!capability_allows(text, STR("sampling/createMessage"), NULL)) …
#ifndef POSTERN_SESSION_CAPABILITY_H
#define POSTERN_SESSION_CAPABILITY_H

#include <yyjson.h>

#include "base/arena.h"

// Members in a fixed order, so that equal declarations are equal texts. What does not fit a session id
// (SESSION_CAPABILITIES_MOST) is left out, extensions first.
struct str capability_filter(yyjson_val *declared, struct arena *a);

// May this client be asked this? `params` of elicitation/create decides between form and url.
bool capability_allows(struct str declared, struct str method, yyjson_val *params);
bool capability_takes_url(struct str declared); // elicitation in mode url
bool capability_takes_view(
    struct str declared); // the extension io.modelcontextprotocol/ui, of pages as we have them
// The declaration that the request would have needed: {"elicitation":{"url":{}}}; empty: no such request.
struct str capability_needed(struct str method, yyjson_val *params);

#endif

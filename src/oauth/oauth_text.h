// SPDX-License-Identifier: Apache-2.0
// oauth_text: what of OAuth stands in rows and documents as text: scopes, methods, sites, and the client as it
// introduces itself. Pure. Example:
//   struct str text = oauth_site_write(&site, arena);
//   if (!oauth_site_read(text, arena, &site, err)) …
#ifndef POSTERN_OAUTH_OAUTH_TEXT_H
#define POSTERN_OAUTH_OAUTH_TEXT_H

#include "oauth/oauth.h"

// "a b", each once, in the order of their first mention.
struct str oauth_scope_union(struct str a, struct str b, struct arena *arena);
bool oauth_scope_has(struct str scope, struct str one);

const char *oauth_method_name(enum oauth_method m); // as metadata has it: "client_secret_basic"
bool oauth_method_from(struct str name, enum oauth_method *out);

// How a client introduces itself: a registration (RFC 7591 §2), or its document, which has an `id`.
struct oauth_introduction {
  struct str id, name, redirect_uri, scope;
  enum oauth_method method;
};
struct str oauth_client_document(const struct oauth_introduction *in, struct arena *a);

// What the way back and refreshes need of a site, as JSON text, for a row.
struct str oauth_site_write(const struct oauth_site *s, struct arena *a);
MUST_USE bool oauth_site_read(struct str text, struct arena *a, struct oauth_site *out, struct err *err);

#endif

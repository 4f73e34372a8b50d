// SPDX-License-Identifier: Apache-2.0
// refusal: does a vendor mean the token that it was shown? 401 says so (RFC 9110 §15.5.2); others say it by 400, 403,
// 404 or 200 and in words. One judge for first connecting and every call after it, of MCP servers and of APIs. Pure.
// Words are a vendor's, and may repeat what a caller wrote: they are reason enough to ask for another token, and never
// to give a grant up. Example:
//   if (refusal_is_of_token(&(struct refusal){status, challenges, body})) … grant_authorize(g, &refused, …) …
#ifndef POSTERN_MCP_REFUSAL_H
#define POSTERN_MCP_REFUSAL_H

#include "base/str.h"

enum { REFUSAL_WORDS_MOST = 1024 }; // a longer answer speaks of something else

struct refusal {
  int status;
  struct str www_authenticate; // all of them; empty: none
  struct str words;            // the body, or a JSON-RPC error's message
};
bool refusal_is_of_token(const struct refusal *r);

#endif

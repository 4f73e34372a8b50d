// SPDX-License-Identifier: Apache-2.0
// claims: what the claims of a provider come to: who it is, in which groups, and by the provider's rules which role, if
// any. Pure; texts live in the caller's arena. Example:
//   struct claims_person p;
//   if (!claims_read(&provider, id_token, userinfo, arena, &p, err)) return false;   // e.g. groups that were left out
//   if (!p.admitted) …                                                              // no rule is met
#ifndef POSTERN_OIDC_CLAIMS_H
#define POSTERN_OIDC_CLAIMS_H

#include <yyjson.h>

#include "access/user.h"
#include "oidc/provider.h"

enum { CLAIMS_TEXT_MOST = 256, CLAIMS_STEPS_MOST = 8 };

struct claims_person {
  struct str subject, email, name; // email empty: none was said; name: for people, never empty
  bool email_verified;
  struct str *groups; // each once
  size_t group_count;
  bool admitted;
  enum access_role role; // where admitted: the highest that a rule gives
};

// `userinfo` NULL: it was not asked. ERR_DENIED: the provider says that it left groups out (Entra over 200), there are more
// than USER_GROUPS_MOST, or the claim has a shape that holds none.
MUST_USE bool claims_read(const struct provider *p, yyjson_val *id_token, yyjson_val *userinfo,
                          struct arena *a, struct claims_person *out, struct err *err);
// Does the ID token alone say all that the provider's rules go by?
bool claims_suffice(const struct provider *p, yyjson_val *id_token);

// The value at a path: names of members with dots between them. A member whose name has dots itself, as Auth0's, is found
// too: the whole rest is tried as a name before it is cut. NULL: nothing is there.
yyjson_val *claims_at(yyjson_val *root, struct str path);

#endif

// SPDX-License-Identifier: Apache-2.0
// draft: an identity provider as an administrator wants it, checked, before it is asked and kept. A secret goes only where
// it was given for: another issuer or client id needs it again. Pure; texts live in the caller's arena. Example:
//   struct provider_draft d;
//   if (!provider_draft_fill(NULL, body, arena, &d, err)) return false;        // the field, and what is wrong with it
#ifndef POSTERN_OIDC_DRAFT_H
#define POSTERN_OIDC_DRAFT_H

#include <yyjson.h>

#include "oidc/provider.h"

struct provider_draft {
  struct provider provider;
  struct str secret; // in clear; empty: none
  bool keeps_secret; // that of the row stays
};

// `before` NULL: it is new. `given`: an object whose members have the types of the API; what it leaves out stays, or is the
// usual. An empty secret takes it away. INVALID at the field.
MUST_USE bool provider_draft_fill(const struct provider *before, yyjson_val *given, struct arena *a,
                                  struct provider_draft *out, struct err *err);

#endif

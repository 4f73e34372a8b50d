// SPDX-License-Identifier: Apache-2.0
// probe: asks a vendor whether a credential is good, and what it sees. On a fiber. Private to account/.
#ifndef POSTERN_ACCOUNT_PROBE_H
#define POSTERN_ACCOUNT_PROBE_H

#include "account/env.h"
#include "account/vault.h"

enum { PROBE_CHOICES_MOST = 50, PROBE_TEXT_MOST = 256 }; // choices kept; bytes of an id or title

struct probe {
  const struct account_env *env;
  const struct connector *connector;
  struct redact *hide; // of the credential
  const struct vault_sends *sends;
  struct str base_url;
  struct arena *arena;
};

// Tries the connector's `verify` list; the first success counts, else the first failure is told:
// ERR_UNPROCESSABLE where the vendor refuses. `verified` is false where the connector has no list.
MUST_USE bool probe_verify(const struct probe *p, bool *verified, struct err *err) SUSPENDS;
// The choices of each context that can be listed, into the object `choices` of `doc`: name → [{id, title}].
// What cannot be listed with this credential is left out; false only when canceled.
MUST_USE bool probe_choices(const struct probe *p, yyjson_mut_doc *doc, yyjson_mut_val *choices,
                            struct err *err) SUSPENDS;

#endif

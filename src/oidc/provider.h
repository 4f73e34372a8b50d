// SPDX-License-Identifier: Apache-2.0
// provider: a company's identity provider as an administrator set it up, as a row. The client's secret is sealed for where
// it goes (issuer, client id); a stamp vouches for the whole row, since its rules say who becomes an administrator. All
// block: on the pool. Texts live in the caller's arena. Example:
//   struct provider p;
//   if (!provider_find(store, STR("okta"), arena, &p, err)) return false;     // ERR_MISSING
//   struct secret *secret; if (!provider_open_secret(store, &p, &secret, err)) …    // NULL where it has none
#ifndef POSTERN_OIDC_PROVIDER_H
#define POSTERN_OIDC_PROVIDER_H

#include "access/access.h"
#include "crypto/secret.h"

enum {
  PROVIDERS_MOST = 16,
  PROVIDER_NAME_MOST = 32,
  PROVIDER_LABEL_MOST = 64,
  PROVIDER_TEXT_MOST = 2048, // of an issuer, a client id, a secret, scopes
  PROVIDER_PATH_MOST = 200,  // of a claim path, a group, a domain, a prefix
  PROVIDER_RULES_MOST = 100,
};

struct provider_rule {
  struct str group, domain; // both empty: everybody whom the provider lets in
  enum access_role role;    // viewer, editor, admin
};

struct provider {
  struct str id, name, label, issuer, client_id, scope, groups_claim, group_prefix;
  struct str secret;     // sealed; empty: a public client
  struct str rules_json; // the rules, as the row has them
  struct provider_rule *rules;
  size_t rule_count;
  int64_t links_email, created_at, updated_at, version;
};

// By name; those that somebody else wrote are left out, with a line in the log.
MUST_USE bool provider_list(struct store *s, struct arena *a, struct provider **out, size_t *count,
                            struct err *err);
MUST_USE bool provider_find(struct store *s, struct str id_or_name, struct arena *a, struct provider *out,
                            struct err *err);
MUST_USE bool provider_open_secret(struct store *s, const struct provider *p, struct secret **out,
                                   struct err *err);

struct provider_change {
  struct provider *provider; // its version counts up
  struct str secret;         // in clear; empty: none
  bool keeps_secret;         // the row's stays as it is
  bool is_new;
};
// CONFLICT: the name is taken, or it changed meanwhile.
MUST_USE bool provider_write(struct store *s, const struct provider_change *c, struct err *err);
// People that it made stay, and cannot sign in.
MUST_USE bool provider_delete(struct store *s, struct str id_or_name, struct err *err);

// The rules of a JSON array; INVALID at the field of the first that is none.
MUST_USE bool provider_read_rules(struct str json, struct arena *a, struct provider *out, struct err *err);
bool provider_missing(struct str named, struct err *err); // ERR_MISSING; false

#endif

// SPDX-License-Identifier: Apache-2.0
// sealed: everything that is kept sealed, in one table: the column it stands in, and the columns that
// decide where it goes. These are authenticated with it (docs/decisions/018), so that a secret opens for the
// destination that it was given for, and for no other that somebody wrote beside it. A row
// that grants something but holds no secret (a server, its URL, an API token, a tool) carries a stamp: an empty text,
// sealed together with what the row says, so that a row which somebody else wrote is noticed. For all that
// keep rows. Blocks for moments where another program has changed the keys. Example:
//   struct sealed_at at = {SEALED_CREDENTIAL, row->id, {row->connector, row->way, row->base_url}};
//   sealed_open(ring, &at, row->credential, &plain, err)   // ERR_DENIED: it was sealed for something else
#ifndef POSTERN_ACCOUNT_SEALED_H
#define POSTERN_ACCOUNT_SEALED_H

#include "crypto/seal.h"
#include "store/store.h"

enum sealed {
  SEALED_CREDENTIAL,    // connector, way, home (account_row_home)
  SEALED_TOKENS,        // connector, home, client, site
  SEALED_SECRET,        // issuer, redirect_uri, client_id, method
  SEALED_VERIFIER,      // connector, account_id, url, principal, client, site, scope, link_hash, cookie_hash
  SEALED_PROGRAM,       // name, owner, visibility
  SEALED_PUBLISHED,     // program_id, published_by; its id is "<server>/<name>"
  SEALED_QUESTION,      // owner, visibility, server_id, conversation, follows, rerun_of, created_at
  SEALED_TOLD,          // owner, visibility, the ids of the accounts that it comes from
  SEALED_ENGINE,        // kind, base_url, key_header
  SEALED_TILE,          // dashboard_id, owner
  SEALED_OUTCOME,       // at
  SEALED_VALUES,        // values_at
  SEALED_FAULT,         // at, state
  SEALED_PART,          // tile_id; its id is "<share>/<place>"
  SEALED_WATCH,         // tile_id, owner
  SEALED_BASELINE,      // tile_id, at
  SEALED_PROOF,         // tile_id
  SEALED_CLIENT_SECRET, // issuer, client_id
  SEALED_HINT,          // user_id, provider_id
  SEALED_LEASE,         // user_id, client_id, server_id, ends_at, generation, turned_at
  SEALED_APPROVAL,      // asker, asked_by, server_id, account_id, tool, digest, state, decided_by, expires_at
  STAMPED_TOKEN,        // name, role, hash, expires_at
  STAMPED_SERVER,    // name, share, config and owner and admission, require_api_token, token_hash, expires_at
  STAMPED_MEMBER,    // alias, names, place; its id is "<server>/<account>"
  STAMPED_URL,       // token_hash; its id is "<server>/<name>"
  STAMPED_REMOTE,    // definition, pinned, trust, was, decision; its id is "<account>/<name>"
  STAMPED_CONNECTOR, // definition, document
  STAMPED_TOOLSET,   // digest, body
  STAMPED_ALIAS,     // name, value, account_id, made_by
  STAMPED_ENGINE, // name, kind, model, base_url, key_header, dialect, effort, tokens/output/seconds, is_default
  STAMPED_DASHBOARD, // name, owner, visibility, since, until
  STAMPED_SHARE,     // dashboard_id, tile_id, mode, owner, token_hash, expires_at
  STAMPED_USER,      // name, role and groups
  STAMPED_LINK,      // user_id, hash, expires_at
  STAMPED_SIGNIN,    // user_id, hash, created_at, expires_at
  STAMPED_PASSWORD,  // hash
  STAMPED_PERMIT,    // access, granted_by; its id is "<holder>/<account>"
  STAMPED_PROVIDER,  // name, issuer, client_id, scope, groups_claim, group_prefix, rules, links_email
  STAMPED_IDENTITY,  // provider_id, issuer, subject, made, email, email_verified, confirmed_at, barred_at
  STAMPED_CLIENT,    // name, redirects, kind
  STAMPED_CODE,      // user_id, client_id, server_id, redirect_uri, challenge, expires_at
  STAMPED_ACCESS,    // lease_id, generation, expires_at; its id is the hash
  SEALED_KINDS,
};

enum { SEALED_BOUND_MOST = 9 };

struct sealed_column {
  const char *kind, *column;
  // id, the sealed text, what it is bound to; of all rows that have one. Of stamps: of all rows where it does not begin with $1,
  // those without a stamp included. Of what is large likewise, a few of those whose id is behind $2. NULL, as the next
  // two: its own module seals it anew.
  const char *select;
  const char *update; // sealed text, id
  const char *keys; // the sealed texts alone, or how they begin; of all rows where it does not begin with $1
  size_t bound;
  bool large; // what today's key sealed is not read to be sealed anew
};
static inline bool sealed_is_stamp(enum sealed what) {
  return what >= STAMPED_TOKEN;
}
extern const struct sealed_column sealed_columns[SEALED_KINDS];
static inline size_t sealed_select_values(enum sealed what) {
  return sealed_columns[what].large ? 2 : sealed_is_stamp(what);
}

struct sealed_at {
  enum sealed what;
  struct str id;
  struct str bound[SEALED_BOUND_MOST]; // in the order above
};

// To be called within the transaction that writes the row: so a change of keys, by whichever program, happens
// before or after it, and never in between.
MUST_USE bool sealed_close(struct seal_ring *ring, const struct sealed_at *at, struct str plain,
                           struct arena *a, struct str *blob, struct err *err);
// The same for a text that was sealed some time before: seals it anew where the key is another one by now.
MUST_USE bool sealed_renew(struct seal_ring *ring, const struct sealed_at *at, struct arena *a,
                           struct str *blob, struct err *err);
MUST_USE bool sealed_open(struct seal_ring *ring, const struct sealed_at *at, struct str blob,
                          struct secret **plain, struct err *err);

struct str sealed_number(struct arena *a, int64_t number); // as text, in the form in which it is bound
// Called within the transaction that writes the row. Empty where the store has no keys.
MUST_USE bool sealed_stamp(struct store *s, const struct sealed_at *at, struct arena *a, struct str *stamp,
                           struct err *err);
// Was the row written by who has the key?
MUST_USE bool sealed_is_ours(struct store *s, const struct sealed_at *at, struct str stamp, struct err *err);

struct str sealed_place(const struct sealed_at *at, struct arena *a);
// As it was before secrets were bound: opened once, by the upgrade (keys.c).
struct str sealed_place_before(const struct sealed_at *at, struct arena *a);

#endif

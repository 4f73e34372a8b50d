// SPDX-License-Identifier: Apache-2.0
// identity: whom of a company's identity provider a person is: (issuer, subject), and what was said of her last: address,
// groups. Rows are stamped, as people are: who can write to the database puts nobody into a group. A person is made by her
// first sign-in, or was there before and is linked by her address. One whom no rule lets in any more is barred: nothing of
// hers counts until a sign-in finds a rule again. Blocking: on the pool. Example:
//   struct identity_claim c = {.issuer = issuer, .subject = sub, .name = name, .admitted = true, .role = ACCESS_EDITOR};
//   if (!identity_enter(store, &c, arena, &entry, err)) return false;
//   if (entry.outcome == IDENTITY_ENTERED) …                    // entry.user_id
#ifndef POSTERN_ACCESS_IDENTITY_H
#define POSTERN_ACCESS_IDENTITY_H

#include "access/user.h"

struct identity_claim { // of a provider whose word was checked
  struct str provider_id, issuer, subject, email, name;
  bool email_verified,
      links_email; // links_email: a verified address may be a local person's, whose name it is
  const struct str *groups;
  size_t group_count;
  bool admitted;
  enum access_role role; // where admitted
};

enum identity_outcome {
  IDENTITY_ENTERED,
  IDENTITY_MADE,     // entered, by the first sign-in
  IDENTITY_LINKED,   // entered, as a local person from now on
  IDENTITY_STRANGER, // no rule lets this person in, and nobody is known
  IDENTITY_BARRED,   // no rule lets her in any more; the sessions of one whom the provider made have ended
};

struct identity_entry {
  enum identity_outcome outcome;
  struct str user_id; // empty: a stranger
};

// LIMIT: there are too many people.
MUST_USE bool identity_enter(struct store *s, const struct identity_claim *c, struct arena *a,
                             struct identity_entry *out, struct err *err);
// Everybody whom this provider made is barred, and their sessions end: it is no provider any more.
MUST_USE bool identity_bar_all(struct store *s, struct str provider_id, struct arena *a, struct err *err);

#endif

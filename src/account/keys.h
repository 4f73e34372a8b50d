// SPDX-License-Identifier: Apache-2.0
// keys: the keys that seal, from their making to their end: at the start everything is sealed with the current
// key and bound to its destination; a rotation makes the next key; keys that seal nothing any more leave the key file, and so does
// what a kill has left beside it. Blocking. Example:
//   struct keys_place place = {.file = "…/postern.key", .mark = "…/postern.bound"};
//   keys_start(&env, &place, err);                 // before accounts are loaded
//   keys_rotate(&env, place.file, &resealed, err)  // one at a time
#ifndef POSTERN_ACCOUNT_KEYS_H
#define POSTERN_ACCOUNT_KEYS_H

#include "account/env.h"

struct keys_place {
  const char *file; // NULL: the keys came from the environment, and only its owner can change them
  // A file that says: all is bound. While it is there, nothing is taken in the form of older versions, which
  // an attacker with an old copy of the database could bring back with another address beside it.
  const char *mark;
  bool joined; // other nodes with these keys live: all is bound, whatever the mark says
};

// From then on, rows that grant something get a stamp when they are written, and it is checked when they are
// read.
MUST_USE bool keys_start(const struct account_env *env, const struct keys_place *place, struct err *err);
// Reseals every credential under the current key; `count` says how many changed. One transaction.
MUST_USE bool keys_reseal(const struct account_env *env, size_t *count, struct err *err);
// When resealing fails, the new key stays in the file beside the old ones, which still open everything.
MUST_USE bool keys_rotate(const struct account_env *env, const char *file, size_t *resealed, struct err *err);
// Keys that seal nothing any more leave the file: after what goes on behind a rotation (audit_reseal).
void keys_tidy(const struct account_env *env, const char *file);

#endif

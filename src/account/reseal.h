// SPDX-License-Identifier: Apache-2.0
// reseal: everything that account/ keeps sealed, closed anew under the current key, and bound to its
// destination where it was not. Blocks; inside a write transaction, so that a change of keys comes wholly or
// not at all. Private to account/. Example:
//   struct reseal r = {.ring = ring, .take_old = true};
//   if (!reseal_all(store, &r, err) || !reseal_keys(store, ring, arena, &ids, &count, err)) …
#ifndef POSTERN_ACCOUNT_RESEAL_H
#define POSTERN_ACCOUNT_RESEAL_H

#include "crypto/seal.h"
#include "store/store.h"

struct reseal {
  const struct seal_ring *ring;
  bool take_old;  // secrets that older versions sealed, for their row alone, are bound to what it says now
  size_t changed; // secrets: by another key, or bound
  size_t bound;   // of these: bound
  size_t stamped; // rows that had no stamp
  size_t old;     // not bound or stamped, and left so, since take_old is false
};

// What does not open stays as it is, with a line in the log: one bad row keeps no other from a new key.
MUST_USE bool reseal_all(struct store *s, struct reseal *r, struct err *err);
// The ids of the keys that something is sealed with, each once, and today's, whether it has sealed anything or not: what
// others sealed is little, and of what today's did no row is read.
MUST_USE bool reseal_keys(struct store *s, const struct seal_ring *ring, struct arena *a, struct str **ids,
                          size_t *count, struct err *err);

#endif

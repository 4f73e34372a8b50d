// SPDX-License-Identifier: Apache-2.0
// reseal: everything that account/ keeps sealed, in one table, to be closed anew under the current key.
// Blocks; inside a write transaction, so that a change of keys comes wholly or not at all. Private to
// account/. Example:
//   if (!reseal_all(store, ring, &changed, err)) …      // tells whose credential does not open
#ifndef POSTERN_ACCOUNT_RESEAL_H
#define POSTERN_ACCOUNT_RESEAL_H

#include "crypto/seal.h"
#include "store/store.h"

MUST_USE bool reseal_all(struct store *s, const struct seal_ring *ring, size_t *changed, struct err *err);

#endif

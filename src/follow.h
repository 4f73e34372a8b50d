// SPDX-License-Identifier: Apache-2.0
// follow: where other nodes may change rows, what stands in memory beside the catalog (kept programs, language models,
// sign-ins of AI clients, which tiles are run when, webhooks, news of vendors' servers) follows the changelog as the catalog
// does, with each wake (node/wake). What fails because the store is away is owed, and done with the next. Owner: wiring.c.
// Example:
//   if (!follow_start(wiring, err)) …    // when the loops run
//   follow_stop();                       // before they end
#ifndef POSTERN_FOLLOW_H
#define POSTERN_FOLLOW_H

#include "wiring.h"

MUST_USE bool follow_start(struct wiring *w, struct err *err);
void follow_stop(void);
// Reads what is new, and does what is owed; false: the store did not answer. Blocking; one at a time (node/wake).
bool follow_wake(void *wiring);

#endif

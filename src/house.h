// SPDX-License-Identifier: Apache-2.0
// house: what has to be done every so often, whoever asks or not: rows that have had their time go, tokens
// are renewed before they end, memory goes back. On the main thread, which waits for the store; what asks
// vendors runs on `loop`. Example:
//   house_keep(&account_env, loops[0], &wiring->admin);
#ifndef POSTERN_HOUSE_H
#define POSTERN_HOUSE_H

#include "admin/admin.h"

// One round. What goes wrong is logged. `account` must last as long as the loop.
void house_keep(const struct account_env *account, struct loop *loop, const struct admin_env *admin);

#endif

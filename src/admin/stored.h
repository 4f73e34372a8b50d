// SPDX-License-Identifier: Apache-2.0
// stored: what others need of kept programs: to have one published that is in its stable form already. Private to admin/.
#ifndef POSTERN_ADMIN_STORED_H
#define POSTERN_ADMIN_STORED_H

#include "admin/route.h"

// Keeps the program under the tool's name and publishes it, both or neither; answers with the tool. `as` and
// `description` are the body's.
MUST_USE bool stored_publish(struct admin_call *call, const struct catalog_server *v, struct str stable,
                             struct err *err) SUSPENDS;

#endif

// SPDX-License-Identifier: Apache-2.0
// tell: what has changed goes to each loop, whose streams tell their clients. Any thread; the loops run until wiring_stop.
// Example:
//   shelf_on_change(tell_look, wiring);
//   watch_on_change(tell_list, wiring);
#ifndef POSTERN_TELL_H
#define POSTERN_TELL_H

#include "catalog/watch.h"

void tell_look(void *wiring); // which streams have news, or have lost their right?
// A vendor's prompts or resources are others now.
void tell_list(void *wiring, struct str account_id, enum watch_list list);

#endif

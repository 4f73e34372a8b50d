// SPDX-License-Identifier: Apache-2.0
// drain: the steps of a stop that lets all finish, in their order, so that nobody behind a balancer has an error by it. Each
// returns at once: it is done when `busy` of the wiring is 0, and `told` is called, on any thread, whenever that has become
// less. Main thread. Example:
//   drain_begin(&w); …                               // setting drain_delay
//   drain_clients(&w, told); … drain_node(&w, told); … drain_doors(&w, told); …
//   wiring_stop(&w);
#ifndef POSTERN_DRAIN_H
#define POSTERN_DRAIN_H

#include "wiring.h"

typedef void drain_step(struct wiring *w, void (*told)(void));

void drain_begin(struct wiring *w); // whoever asks for health hears that it stops; all goes on
drain_step drain_clients; // their listeners close; what runs may finish, and is cut off after drain_timeout
drain_step drain_node;    // other nodes pass nothing on to this one any more
drain_step drain_doors;   // nor can they

#endif

// SPDX-License-Identifier: Apache-2.0
// doors: the listener for other nodes of the installation, beside the one for clients: what is passed on comes in here, by
// TLS with the key file alone (crypto/kin), and is answered as if it had come to this node first. Owner: wiring.c; ends with
// the listeners for clients. Example:
//   doors_open(w, set, wiring_handle, err);     // before the loops start; nothing, where this node is alone
//   doors_close(w);
#ifndef POSTERN_DOORS_H
#define POSTERN_DOORS_H

#include "wiring.h"

enum { DOORS_HEADER_MS = 5000, DOORS_CONNECTIONS = 8192 }; // to shake hands and name a request; of all loops

MUST_USE bool doors_open(struct wiring *w, const struct wiring_set *set, http_handler *handle,
                         struct err *err);
size_t doors_count(const struct wiring *w); // that are open: one a loop, or none
void doors_close(struct wiring *w);

#endif

// SPDX-License-Identifier: Apache-2.0
// outward: what goes out by itself, and how: the proxy on the way to vendors, and the audit to its sinks. Owner: wiring.c,
// which ends the sinks. Example:
//   if (!outward_open(w, settings, err)) …       // when the store and the node are there
#ifndef POSTERN_OUTWARD_H
#define POSTERN_OUTWARD_H

#include "wiring.h"

MUST_USE bool outward_open(struct wiring *w, const struct settings *s, struct err *err);

#endif

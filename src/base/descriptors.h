// SPDX-License-Identifier: Apache-2.0
// descriptors: how many files and sockets the process may have open, and what they are for. Client
// connections get a share, so that with all of them open there is something left for vendors, files and the
// database. At start, before threads. Example:
//   size_t limit = descriptors_raise();
//   if (!descriptors_check(limit, loops, err)) return false;
//   connections = descriptors_for_clients(limit, loops);
#ifndef POSTERN_BASE_DESCRIPTORS_H
#define POSTERN_BASE_DESCRIPTORS_H

#include "base/err.h"

enum {
  DESCRIPTORS_OWN = 28,  // standard ones, the database and its log by each connection, key, files read
  DESCRIPTORS_LOOP = 12, // of each loop: its own, the listener, libcurl's, a few connections
};

size_t descriptors_raise(void); // the soft limit to the hard one; what it is then
// Is it enough for a start? Otherwise the first one that is missing would be any of them.
MUST_USE bool descriptors_check(size_t limit, size_t loops, struct err *err);
size_t descriptors_for_clients(size_t limit,
                               size_t loops); // three of four that are not ours; at least one a loop

#endif

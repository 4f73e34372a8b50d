// SPDX-License-Identifier: Apache-2.0
// probe: whether the store takes writes, tried in the background: one small row, committed, every few
// seconds, one try at a time, by a thread of its own. Whoever asks gets what the last try said, and how
// long ago that was, without touching the store: so /readyz costs nothing, however often it is asked and
// whatever state the store is in. Owner: wiring.c, ends before the store. Example:
//   store_probe_new(store, STORE_PROBE_MS, &probe, err); … store_probe_read(probe, &health);
#ifndef POSTERN_STORE_PROBE_H
#define POSTERN_STORE_PROBE_H

#include "store/store.h"

enum {
  STORE_PROBE_MS = 5000,        // from one try to the next
  STORE_PROBE_STALE_MS = 30000, // a last try longer ago: the store does not answer
};

struct store_probe;

struct store_health {
  bool ok;
  uint64_t age_ms; // of the last try that came to an end
  struct err why;  // where it is not ok
};

// Tries once before it returns; a failure then is not one of the start.
MUST_USE bool store_probe_new(struct store *s, uint64_t every_ms, struct store_probe **out, struct err *err);
void store_probe_read(struct store_probe *p, struct store_health *out); // any thread
void store_probe_free(struct store_probe *p);                           // waits for a try under way

#endif

// SPDX-License-Identifier: Apache-2.0
// wake: a thread that hears when another program has changed rows (store_wait), and looks by itself every WAKE_POLL_MS,
// in case nobody could be heard. One; made and stopped by wiring.c, where the store is for several programs. Example:
//   if (!wake_start(store, heard, arg, err)) …      // heard(arg) on its thread, or on one that catches up; one at a time
//   wake_catch_up();                                // what others have changed by now is in force
//   wake_stop();
#ifndef POSTERN_NODE_WAKE_H
#define POSTERN_NODE_WAKE_H

#include "store/store.h"

enum { WAKE_POLL_MS = 2000 };

// `heard` says whether it could follow.
MUST_USE bool wake_start(struct store *s, bool (*heard)(void *arg), void *arg, struct err *err);
void wake_nudge(void); // there is something to do, soon. Any thread
// Follows all that had been changed when it was called, unless the store did not answer when it was last asked. Blocking, on
// any thread that may ask the store; those that come at once share one look. False: it could not. Where it was not started
// there is nothing to follow.
bool wake_catch_up(void);
// How old what this node knows of others' changes may be: since the last look that could follow began. 0 where it was not
// started. Any thread.
uint64_t wake_silence_ms(void);
// Did the last look follow? True where it was not started. Any thread, cheap.
bool wake_follows(void);
void wake_stop(void); // waits until `heard` has returned; nothing where it was not started

#endif

// SPDX-License-Identifier: Apache-2.0
#include "node/wake.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"

enum { WAKE_SLICE_MS = 250 }; // within which a stop is heeded

static struct {
  struct store *store; // NULL: not started
  bool (*heard)(void *arg);
  void *arg;
  pthread_t thread;
  atomic_bool stops, nudged;
  pthread_mutex_t lock;   // over each look, and what follows
  atomic_bool follows;    // the last look did
  atomic_ullong looks;    // that have begun
  atomic_ullong heard_us; // when the last one that did had begun; 0: not started
} wake = {.lock = PTHREAD_MUTEX_INITIALIZER, .follows = true};

// The lock is held.
static void wake_look(void) {
  uint64_t began_us = clock_mono_us();
  atomic_fetch_add(&wake.looks, 1);
  bool follows = wake.heard(wake.arg);
  atomic_store(&wake.follows, follows);
  if (follows) atomic_store(&wake.heard_us, began_us);
}

// Until there may be news. False: to stop.
static bool wake_wait(void) {
  uint64_t until = clock_mono_us() + WAKE_POLL_MS * 1000ull;
  while (!atomic_load(&wake.stops)) {
    if (store_wait(wake.store, WAKE_SLICE_MS) || atomic_exchange(&wake.nudged, false) ||
        clock_mono_us() >= until)
      return true;
  }
  return false;
}

static void *wake_run(void *arg) {
  while (wake_wait()) {
    pthread_mutex_lock(&wake.lock);
    wake_look();
    pthread_mutex_unlock(&wake.lock);
  }
  return arg;
}

bool wake_start(struct store *s, bool (*heard)(void *arg), void *arg, struct err *err) {
  wake.store = s;
  wake.heard = heard;
  wake.arg = arg;
  atomic_store(&wake.follows, true);
  atomic_store(&wake.stops, false);
  atomic_store(&wake.heard_us, clock_mono_us());
  int rc = pthread_create(&wake.thread, NULL, wake_run, NULL);
  if (rc == 0) return true;
  wake.store = NULL;
  atomic_store(&wake.heard_us, 0);
  return err_set(err, ERR_UNAVAILABLE, "cannot start the thread that hears of changes: %s", strerror(rc));
}

void wake_nudge(void) {
  atomic_store(&wake.nudged, true);
}

bool wake_catch_up(void) {
  unsigned long long before = atomic_load(&wake.looks);
  pthread_mutex_lock(&wake.lock);
  // A look that began since then has seen what had been changed by then.
  if (wake.store && wake.follows && atomic_load(&wake.looks) == before) wake_look();
  bool follows = !wake.store || wake.follows;
  pthread_mutex_unlock(&wake.lock);
  return follows;
}

bool wake_follows(void) {
  return atomic_load(&wake.follows);
}

uint64_t wake_silence_ms(void) {
  uint64_t heard_us = atomic_load(&wake.heard_us);
  return heard_us ? (clock_mono_us() - heard_us) / 1000 : 0;
}

void wake_stop(void) {
  if (!wake.store) return;
  atomic_store(&wake.stops, true);
  pthread_join(wake.thread, NULL);
  pthread_mutex_lock(&wake.lock);
  wake.store = NULL;
  atomic_store(&wake.heard_us, 0);
  pthread_mutex_unlock(&wake.lock);
}

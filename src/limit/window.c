// SPDX-License-Identifier: Apache-2.0
#include "limit/window.h"

#include <string.h>

// Drops what is older than a minute. A clock that goes back, which it must not, frees nothing.
static void window_move(struct window *w, uint64_t now_s) {
  if (now_s <= w->at_s) return;
  if (now_s - w->at_s >= WINDOW_SECONDS) {
    memset(w->counts, 0, sizeof w->counts);
    w->total = 0;
  } else {
    for (uint64_t s = w->at_s + 1; s <= now_s; s++) {
      w->total -= w->counts[s % WINDOW_SECONDS];
      w->counts[s % WINDOW_SECONDS] = 0;
    }
  }
  w->at_s = now_s;
}

int64_t window_left(struct window *w, int64_t limit, uint64_t now_s) {
  window_move(w, now_s);
  return limit > w->total ? limit - w->total : 0;
}

void window_add(struct window *w, uint64_t now_s) {
  window_move(w, now_s);
  w->counts[w->at_s % WINDOW_SECONDS]++;
  w->total++;
}

// Seconds until so many of those that were counted are older than a minute.
static int64_t window_until(const struct window *w, int64_t gone) {
  for (uint64_t age = WINDOW_SECONDS - 1; gone > 0; age--) {
    if (age <= w->at_s) gone -= w->counts[(w->at_s - age) % WINDOW_SECONDS];
    if (gone <= 0) return (int64_t)(WINDOW_SECONDS - age);
    if (!age) break;
  }
  return gone > 0 ? WINDOW_SECONDS : 0;
}

int64_t window_wait(struct window *w, int64_t limit, uint64_t now_s) {
  window_move(w, now_s);
  return window_until(w, (int64_t)w->total - limit + 1);
}

int64_t window_reset(struct window *w, uint64_t now_s) {
  window_move(w, now_s);
  return w->total ? window_until(w, 1) : 0;
}

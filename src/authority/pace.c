// SPDX-License-Identifier: Apache-2.0
#include "authority/pace.h"

#include "base/map.h"

int64_t pace_wait(struct pace *p, uint64_t most, struct str from, int64_t now) {
  size_t i = map_hash(from) % PACE_ASKERS;
  pthread_mutex_lock(&p->lock);
  // A clock that was set back keeps nobody waiting.
  if (now - p->askers[i].since >= p->window_ms || now < p->askers[i].since) {
    p->askers[i].since = now;
    p->askers[i].count = 0;
  }
  bool room = p->askers[i].count < most;
  p->askers[i].count += room;
  int64_t wait = room ? 0 : p->askers[i].since + p->window_ms - now;
  pthread_mutex_unlock(&p->lock);
  return wait;
}

// SPDX-License-Identifier: Apache-2.0
#include "io/share.h"

#include <assert.h>
#include <stdint.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/metrics.h"

struct share { // a place in the loop's table
  uint32_t count;
};

struct shares { // one a loop, in its slot
  struct share places[SHARE_KINDS][SHARE_PLACES];
};

static const struct {
  size_t times;
  enum metric refused;
  const char *what;
} share_table[] = {
#define X(name, times, metric, what) [SHARE_##name] = {times, metric, what},
    SHARES(X)
#undef X
};

static struct share *share_place(enum share_kind kind, struct str holder) {
  struct loop *loop = loop_current();
  assert(loop);
  struct shares *all = loop_slot_get(loop, LOOP_SLOT_SHARES);
  if (!all) {
    all = MEM_NEW(struct shares);
    loop_slot_set(loop, LOOP_SLOT_SHARES, all, mem_free);
  }
  return &all->places[kind][map_hash(holder) % SHARE_PLACES];
}

struct share *share_take(enum share_kind kind, struct str holder, enum fiber_rank rank, struct err *err) {
  struct share *s = share_place(kind, holder);
  size_t most = fiber_most(loop_current(), rank), live = fiber_count(loop_current());
  size_t left = most > live ? most - live : 0;
  if (s->count < left * share_table[kind].times) {
    s->count++;
    return s;
  }
  metrics_add(share_table[kind].refused, 1);
  err_set(err, ERR_UNAVAILABLE, "%s has its share of what this server does at once (%u in progress here)",
          share_table[kind].what, (unsigned)s->count);
  err_hint(err, "try again in a moment, with fewer requests at once; the operator can raise the setting "
                "max_fibers");
  return NULL;
}

void share_give(struct share *s) {
  if (!s) return;
  assert(s->count > 0);
  s->count--;
}

size_t share_count(enum share_kind kind, struct str holder) {
  return share_place(kind, holder)->count;
}

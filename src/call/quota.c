// SPDX-License-Identifier: Apache-2.0
#include "call/quota.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

enum { QUOTA_DARK_S = 30 }; // a vendor limits, and says nothing of when it ends

struct quota {
  char *id;
  int64_t limit, left; // of the window that ends at `until_us`; limit 0: nothing is known
  uint64_t until_us;
  int64_t flying; // calls under way
  bool heard;     // one has ended: what is not known is not said
};

static pthread_mutex_t quota_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map quotas; // struct quota *, by account id

// ---- under the lock

static bool quota_is_idle(const struct quota *q, uint64_t now_us) {
  return !q->flying && q->until_us <= now_us;
}

static void quota_drop_idle(uint64_t now_us) {
  struct map_slot *slot;
  for (size_t at = 0; (slot = map_next(&quotas, &at));) {
    struct quota *q = slot->value;
    if (!quota_is_idle(q, now_us)) continue;
    map_remove(&quotas, str_of(q->id));
    mem_free(q->id);
    mem_free(q);
    at = 0; // slots move
  }
}

static struct quota *quota_of(struct str account_id, bool make) {
  struct quota *q = map_get(&quotas, account_id);
  if (q || !make) return q;
  if (quotas.count >= QUOTA_ACCOUNTS_MOST) quota_drop_idle(clock_mono_us());
  if (quotas.count >= QUOTA_ACCOUNTS_MOST) return NULL; // calls are not held up by what is only noted
  q = MEM_NEW(struct quota);
  q->id = mem_copy(account_id.p, account_id.n);
  map_put(&quotas, str_of(q->id), q);
  return q;
}

static int64_t quota_left_s(const struct quota *q) {
  uint64_t now = clock_mono_us();
  if (!q) return 0;
  if (!q->limit) return q->heard || q->flying < QUOTA_BLIND_MOST ? 0 : 1;
  if (q->until_us <= now) { // a new window, of which nobody has told yet
    int64_t left = q->limit - q->flying;
    return left * QUOTA_SPARED > q->limit || !q->flying ? 0 : 1;
  }
  // One call at least is there for what runs by itself, however small the quota is.
  if ((q->left - q->flying) * QUOTA_SPARED > q->limit) return 0;
  return (int64_t)((q->until_us - now + 999999) / 1000000);
}

static void quota_note(struct quota *q, const struct ratelimit *rate, bool limited) {
  int64_t wait = rate ? ratelimit_wait(rate) : -1;
  if (limited) {
    if (wait < 1) wait = wait < 0 ? QUOTA_DARK_S : 1;
    if (!q->limit) q->limit = rate && rate->has_limit && rate->limit > 0 ? rate->limit : 1;
    q->left = 0;
    q->until_us = clock_mono_us() + (uint64_t)wait * 1000000;
  } else if (rate && rate->has_limit && rate->has_remaining && rate->has_reset && rate->limit > 0) {
    q->limit = rate->limit;
    q->left = rate->remaining;
    q->until_us = clock_mono_us() + (uint64_t)rate->reset_s * 1000000;
  } else if (q->limit && q->until_us <= clock_mono_us()) {
    q->limit = 0; // it says nothing any more
  } else {
    q->left -= q->left > 0;
  }
}

// ---- asked

int64_t quota_wait(struct str account_id) {
  pthread_mutex_lock(&quota_lock);
  int64_t wait = quota_left_s(quota_of(account_id, false));
  pthread_mutex_unlock(&quota_lock);
  return wait;
}

int64_t quota_take(struct str account_id) {
  pthread_mutex_lock(&quota_lock);
  struct quota *q = quota_of(account_id, true);
  int64_t wait = quota_left_s(q);
  if (q && !wait) q->flying++;
  pthread_mutex_unlock(&quota_lock);
  return wait;
}

void quota_begin(struct str account_id) {
  pthread_mutex_lock(&quota_lock);
  struct quota *q = quota_of(account_id, true);
  if (q) q->flying++;
  pthread_mutex_unlock(&quota_lock);
}

void quota_end(struct str account_id, const struct ratelimit *rate, bool limited) {
  pthread_mutex_lock(&quota_lock);
  struct quota *q = quota_of(account_id, false);
  if (q) {
    q->flying -= q->flying > 0;
    q->heard = true;
    quota_note(q, rate, limited);
  }
  pthread_mutex_unlock(&quota_lock);
}

void quota_close(void) {
  pthread_mutex_lock(&quota_lock);
  struct map_slot *slot;
  for (size_t at = 0; (slot = map_next(&quotas, &at));) {
    struct quota *q = slot->value;
    mem_free(q->id);
    mem_free(q);
  }
  map_free(&quotas);
  pthread_mutex_unlock(&quota_lock);
}

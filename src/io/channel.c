// SPDX-License-Identifier: Apache-2.0
// A receiver that finds nothing leaves its wait, which stands on its stack, in the channel. A sender on the
// same loop wakes the fiber itself; one elsewhere posts the wait to the receiver's loop. The loop is there to
// post to: its end cancels the fiber, which takes its wait out, under the same lock, before it unwinds. And
// the letter finds the wait: a receiver with a letter under way does not leave before it has arrived.
#include "io/channel.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/fiber.h"

struct channel_item {
  struct channel_item *next;
  void *message;
  void (*release)(void *message);
};

struct channel_wait {
  struct fiber *fiber;
  struct loop *loop;
  bool posted;           // under the channel's lock: a letter is, or was, under way
  bool arrived, expired; // on the loop's thread only
};

struct channel {
  atomic_size_t refs;
  size_t most;
  pthread_mutex_t lock;   // of all below
  pthread_cond_t changed; // for a receiver outside a fiber
  struct channel_item *first, **last;
  size_t count;
  bool closed, receiving;
  struct channel_wait *wait;
};

struct channel *channel_new(size_t most) {
  struct channel *c = MEM_NEW(struct channel);
  clock_condition_init(&c->changed);
  pthread_mutex_init(&c->lock, NULL);
  atomic_init(&c->refs, 1);
  c->most = most;
  c->last = &c->first;
  return c;
}

struct channel *channel_ref(struct channel *c) {
  atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
  return c;
}

void channel_unref(struct channel *c) {
  if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1) return;
  assert(!c->receiving);
  for (struct channel_item *i = c->first, *next; i; i = next) {
    next = i->next;
    if (i->release) i->release(i->message);
    mem_free(i);
  }
  pthread_cond_destroy(&c->changed);
  pthread_mutex_destroy(&c->lock);
  mem_free(c);
}

// ---- sending

static void channel_on_letter(void *arg) {
  struct channel_wait *w = arg;
  w->arrived = true;
  fiber_wake(w->fiber);
}

// Under the lock.
static void channel_wake(struct channel *c) {
  struct channel_wait *w = c->wait;
  if (!w) {
    pthread_cond_signal(&c->changed);
  } else if (loop_is_here(w->loop)) {
    fiber_wake(w->fiber);
  } else if (!w->posted) {
    w->posted = true;
    loop_post(w->loop, channel_on_letter, w);
  }
}

bool channel_send(struct channel *c, void *message, void (*release)(void *message)) {
  struct channel_item *i = MEM_NEW(struct channel_item);
  *i = (struct channel_item){.message = message, .release = release};
  pthread_mutex_lock(&c->lock);
  bool taken = !c->closed && c->count < c->most;
  if (taken) {
    *c->last = i;
    c->last = &i->next;
    c->count++;
    channel_wake(c);
  }
  pthread_mutex_unlock(&c->lock);
  if (!taken) mem_free(i);
  return taken;
}

void channel_close(struct channel *c) {
  pthread_mutex_lock(&c->lock);
  c->closed = true;
  channel_wake(c);
  pthread_mutex_unlock(&c->lock);
}

bool channel_is_closed(struct channel *c) {
  pthread_mutex_lock(&c->lock);
  bool closed = c->closed;
  pthread_mutex_unlock(&c->lock);
  return closed;
}

size_t channel_count(struct channel *c) {
  pthread_mutex_lock(&c->lock);
  size_t count = c->count;
  pthread_mutex_unlock(&c->lock);
  return count;
}

// ---- receiving

static bool channel_is_idle(const struct channel *c) { // under the lock
  return c->count == 0 && !c->closed;
}

static void channel_on_time(void *arg) {
  struct channel_wait *w = arg;
  w->expired = true;
  fiber_wake(w->fiber);
}

static bool channel_late(uint64_t wait_ms, struct err *err) {
  return err_set(err, ERR_TIMEOUT, "nothing came within %llu ms", (unsigned long long)wait_ms);
}

// Until there is something, or the channel is closed. Enters and leaves with the lock held.
static bool channel_wait_on_fiber(struct channel *c, uint64_t wait_ms, struct err *err) {
  struct channel_wait w = {.fiber = fiber_self(), .loop = fiber_loop(fiber_self())};
  struct loop_timer *timer = wait_ms ? loop_timer_new(w.loop, channel_on_time, &w) : NULL;
  if (timer) loop_timer_set(timer, wait_ms, 0);
  bool ok = true;
  c->wait = &w;
  while (ok && channel_is_idle(c)) {
    pthread_mutex_unlock(&c->lock);
    ok = fiber_park("a message", err);
    pthread_mutex_lock(&c->lock);
    if (ok && w.expired && channel_is_idle(c)) ok = channel_late(wait_ms, err);
  }
  c->wait = NULL; // from here on nobody posts it
  pthread_mutex_unlock(&c->lock);
  while (w.posted && !w.arrived) fiber_park_firmly("a letter under way");
  loop_timer_free(timer);
  pthread_mutex_lock(&c->lock);
  return ok;
}

static bool channel_wait_on_thread(struct channel *c, uint64_t wait_ms, struct err *err) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += (time_t)(wait_ms / 1000);
  end.tv_nsec += (long)(wait_ms % 1000) * 1000000;
  if (end.tv_nsec >= 1000000000) end.tv_sec++, end.tv_nsec -= 1000000000;
  int late = 0;
  while (!late && channel_is_idle(c))
    late = wait_ms ? pthread_cond_timedwait(&c->changed, &c->lock, &end)
                   : pthread_cond_wait(&c->changed, &c->lock);
  return !channel_is_idle(c) || channel_late(wait_ms, err);
}

static struct channel_item *channel_take(struct channel *c) { // under the lock
  struct channel_item *i = c->first;
  c->first = i->next;
  if (!c->first) c->last = &c->first;
  c->count--;
  return i;
}

bool channel_receive(struct channel *c, uint64_t wait_ms, void **message, struct err *err) {
  pthread_mutex_lock(&c->lock);
  if (c->receiving) {
    pthread_mutex_unlock(&c->lock);
    return err_set(err, ERR_CONFLICT, "someone else is waiting for these messages");
  }
  c->receiving = true;
  bool ok = !channel_is_idle(c) ||
            (fiber_self() ? channel_wait_on_fiber(c, wait_ms, err) : channel_wait_on_thread(c, wait_ms, err));
  struct channel_item *i = ok && c->count ? channel_take(c) : NULL;
  c->receiving = false;
  pthread_mutex_unlock(&c->lock);
  if (!ok) return false;
  if (!i) return err_set(err, ERR_MISSING, "no more messages come");
  *message = i->message;
  mem_free(i);
  return true;
}

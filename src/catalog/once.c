// SPDX-License-Identifier: Apache-2.0
#include "catalog/once.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"

struct once_made {
  atomic_uint refs;
  pthread_mutex_t lock; // held while it is made
  const void *key;
  void *value; // NULL: not made yet
  void (*drop)(void *value);
};

struct once {
  pthread_mutex_t lock; // for pointers and counts only
  struct once_made *items[ONCE_MOST];
  size_t next;
};

struct once *once_new(void) {
  struct once *o = MEM_NEW(struct once);
  pthread_mutex_init(&o->lock, NULL);
  return o;
}

void once_free(struct once *o) {
  if (!o) return;
  for (size_t i = 0; i < ONCE_MOST; i++) once_release(o->items[i]);
  pthread_mutex_destroy(&o->lock);
  mem_free(o);
}

void once_release(struct once_made *held) {
  if (!held || atomic_fetch_sub_explicit(&held->refs, 1, memory_order_acq_rel) != 1) return;
  if (held->value) held->drop(held->value);
  pthread_mutex_destroy(&held->lock);
  mem_free(held);
}

const void *once_value(const struct once_made *held) {
  return held->value;
}

// The one of that key, or a new one in the place of the oldest.
static struct once_made *once_find(struct once *o, const void *key, void (*drop)(void *value)) {
  struct once_made *found = NULL, *old = NULL;
  pthread_mutex_lock(&o->lock);
  for (size_t i = 0; i < ONCE_MOST && !found; i++)
    if (o->items[i] && o->items[i]->key == key) found = o->items[i];
  if (!found) {
    struct once_made **place = &o->items[o->next++ % ONCE_MOST];
    old = *place;
    found = *place = MEM_NEW(struct once_made);
    *found = (struct once_made){.refs = 1, .key = key, .drop = drop};
    pthread_mutex_init(&found->lock, NULL);
  }
  atomic_fetch_add_explicit(&found->refs, 1, memory_order_relaxed);
  pthread_mutex_unlock(&o->lock);
  once_release(old);
  return found;
}

struct once_made *once_take(struct once *o, const void *key, const struct once_maker *maker,
                            struct err *err) {
  struct once_made *held = once_find(o, key, maker->drop);
  pthread_mutex_lock(&held->lock);
  if (!held->value) held->value = maker->make(maker->arg, err);
  bool made = held->value;
  pthread_mutex_unlock(&held->lock);
  if (made) return held;
  once_release(held);
  return NULL;
}

// SPDX-License-Identifier: Apache-2.0
// The fiber ends under the lock, and a stop is posted under it: so a stop finds the loop alive, because a
// loop that ends waits for its fibers first.
#include "mcp/task.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "io/fiber.h"

struct task {
  atomic_size_t refs;
  pthread_mutex_t lock;
  struct loop *loop;   // under the lock; NULL once the fiber has ended
  struct fiber *fiber; // loop thread only
  void (*run)(void *arg);
  void *arg;
};

void task_unref(struct task *t) {
  if (!t || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) return;
  pthread_mutex_destroy(&t->lock);
  mem_free(t);
}

static void task_run(void *arg) {
  struct task *t = arg;
  t->fiber = fiber_self();
  t->run(t->arg);
  pthread_mutex_lock(&t->lock);
  t->loop = NULL;
  pthread_mutex_unlock(&t->lock);
  t->fiber = NULL;
  task_unref(t);
}

// Tasks may wait for hours, and must not take the place of requests.
static bool task_has_room(struct loop *loop) {
  return fiber_count(loop) < loop_fibers_most(loop) / 4 * 3;
}

struct task *task_start(const char *name, void (*run)(void *arg), void *arg, struct err *err) {
  struct loop *loop = loop_current();
  if (!loop) {
    err_set(err, ERR_INTERNAL, "%s needs an event loop", name);
    return NULL;
  }
  struct task *t = MEM_NEW(struct task);
  *t = (struct task){.loop = loop, .run = run, .arg = arg};
  atomic_init(&t->refs, 2);
  pthread_mutex_init(&t->lock, NULL);
  if (task_has_room(loop) && fiber_spawn(loop, name, task_run, t)) return t;
  atomic_store(&t->refs, 1);
  task_unref(t);
  err_set(err, ERR_UNAVAILABLE, "no room for %s: too many requests and streams at once", name);
  return NULL;
}

static void task_on_stop(void *arg) {
  struct task *t = arg;
  if (t->fiber) fiber_cancel(t->fiber);
  task_unref(t);
}

void task_stop(struct task *t) {
  if (!t) return;
  pthread_mutex_lock(&t->lock);
  if (t->loop) {
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    loop_post(t->loop, task_on_stop, t);
  }
  pthread_mutex_unlock(&t->lock);
}

bool task_spawn(const char *name, void (*run)(void *arg), void *arg) {
  struct loop *loop = loop_current();
  return loop && fiber_spawn(loop, name, run, arg);
}

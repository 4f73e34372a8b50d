// SPDX-License-Identifier: Apache-2.0
// The fiber ends under the lock, and a stop is posted under it: so a stop finds the loop alive, because a
// loop that ends waits for its fibers first.
#include "mcp/task.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "io/share.h"
#include "mcp/peer_private.h"

struct task {
  atomic_size_t refs;
  pthread_mutex_t lock;
  struct loop *loop;   // under the lock; NULL once the fiber has ended
  struct fiber *fiber; // loop thread only
  struct share *share; // likewise
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
  share_give(t->share);
  task_unref(t);
}

// A fiber for `run`, if the account may have another one.
static bool task_fiber(const struct mcp_peer *p, const char *name, void (*run)(void *arg), void *arg,
                       struct share **share, struct err *err) {
  *share = share_take(SHARE_ACCOUNT, p->o.holder, FIBER_BACKGROUND, err);
  if (!*share) return false;
  struct share *mine = *share; // the fiber may end, and free what `share` points to, before this returns
  if (fiber_spawn_as(FIBER_BACKGROUND, loop_current(), name, run, arg)) return true;
  share_give(mine);
  return err_set(err, ERR_UNAVAILABLE, "no room for %s: too many requests and streams at once", name);
}

struct task *task_start(const struct mcp_peer *p, const char *name, void (*run)(void *arg), void *arg,
                        struct err *err) {
  struct loop *loop = loop_current();
  if (!loop) {
    err_set(err, ERR_INTERNAL, "%s needs an event loop", name);
    return NULL;
  }
  struct task *t = MEM_NEW(struct task);
  *t = (struct task){.loop = loop, .run = run, .arg = arg};
  atomic_init(&t->refs, 2);
  pthread_mutex_init(&t->lock, NULL);
  if (task_fiber(p, name, task_run, t, &t->share, err)) return t;
  atomic_store(&t->refs, 1);
  task_unref(t);
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

struct task_errand {
  void (*run)(void *arg);
  void *arg;
  struct share *share;
};

static void task_run_errand(void *arg) {
  struct task_errand *e = arg;
  e->run(e->arg);
  share_give(e->share);
  mem_free(e);
}

bool task_spawn(const struct mcp_peer *p, const char *name, void (*run)(void *arg), void *arg) {
  struct err unused;
  if (!loop_current()) return false;
  struct task_errand *e = MEM_NEW(struct task_errand);
  *e = (struct task_errand){.run = run, .arg = arg};
  if (task_fiber(p, name, task_run_errand, e, &e->share, &unused)) return true;
  mem_free(e);
  return false;
}

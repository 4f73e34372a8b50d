// SPDX-License-Identifier: Apache-2.0
#include "session/running.h"

#include <pthread.h>
#include <stdint.h>

#include "base/map.h"
#include "base/mem.h"
#include "io/fiber.h"

struct running {
  struct running *next, **link; // all of them
  struct loop *loop;
  struct fiber *fiber;
  uint64_t serial;
  size_t session_n;
  bool cancelled;
  struct standing standing;
  struct str key; // "<session key> <request id>"
  char text[];
};

struct running_order { // to the loop of a fiber
  struct loop *loop;
  uint64_t serial;
};

static pthread_mutex_t running_lock = PTHREAD_MUTEX_INITIALIZER;
static struct running *running_first;
static struct map running_by_key; // struct running *
static uint64_t running_serial;

struct running *running_begin(const struct standing *by, struct str session_key, struct str request_id) {
  struct running *r = mem_alloc(sizeof *r + session_key.n + 1 + request_id.n);
  r->key = str_make(r->text, session_key.n + 1 + request_id.n);
  memcpy(r->text, session_key.p, session_key.n);
  r->text[session_key.n] = ' ';
  memcpy(r->text + session_key.n + 1, request_id.p, request_id.n);
  r->session_n = session_key.n;
  r->standing = *by;
  r->fiber = fiber_self();
  r->loop = loop_current();
  pthread_mutex_lock(&running_lock);
  r->serial = ++running_serial;
  r->next = running_first;
  r->link = &running_first;
  if (r->next) r->next->link = &r->next;
  running_first = r;
  if (!map_get(&running_by_key, r->key)) map_put(&running_by_key, r->key, r);
  pthread_mutex_unlock(&running_lock);
  return r;
}

bool running_end(struct running *r) {
  pthread_mutex_lock(&running_lock);
  *r->link = r->next;
  if (r->next) r->next->link = r->link;
  if (map_get(&running_by_key, r->key) == r) map_remove(&running_by_key, r->key);
  bool cancelled = r->cancelled;
  pthread_mutex_unlock(&running_lock);
  mem_free(r);
  return cancelled;
}

// On the fiber's own loop, where it can neither end nor run meanwhile.
static void running_stop(void *arg) {
  struct running_order *order = arg;
  struct fiber *fiber = NULL;
  pthread_mutex_lock(&running_lock);
  for (struct running *r = running_first; r && !fiber; r = r->next)
    if (r->serial == order->serial) fiber = r->fiber;
  pthread_mutex_unlock(&running_lock);
  if (fiber) fiber_cancel(fiber);
  mem_free(order);
}

// Under the lock.
static void running_order_stop(struct running *r) {
  if (r->cancelled || !r->fiber) return;
  r->cancelled = true;
  struct running_order *order = MEM_NEW(struct running_order);
  *order = (struct running_order){r->loop, r->serial};
  loop_post(r->loop, running_stop, order);
}

void running_cancel(struct str session_key, struct str request_id) {
  char *text = mem_alloc(session_key.n + 1 + request_id.n);
  memcpy(text, session_key.p, session_key.n);
  text[session_key.n] = ' ';
  memcpy(text + session_key.n + 1, request_id.p, request_id.n);
  pthread_mutex_lock(&running_lock);
  struct running *r = map_get(&running_by_key, str_make(text, session_key.n + 1 + request_id.n));
  if (r) running_order_stop(r);
  pthread_mutex_unlock(&running_lock);
  mem_free(text);
}

void running_cancel_all(struct str session_key) {
  pthread_mutex_lock(&running_lock);
  for (struct running *r = running_first; r; r = r->next)
    if (str_eq(str_make(r->text, r->session_n), session_key)) running_order_stop(r);
  pthread_mutex_unlock(&running_lock);
}

void running_end_gone(const struct catalog *c, int64_t now) {
  pthread_mutex_lock(&running_lock);
  for (struct running *r = running_first; r; r = r->next)
    if (!standing_server(&r->standing, c, now)) running_order_stop(r);
  pthread_mutex_unlock(&running_lock);
}

size_t running_count(struct str session_key) {
  size_t count = 0;
  pthread_mutex_lock(&running_lock);
  for (const struct running *r = running_first; r; r = r->next)
    count += str_eq(str_make(r->text, r->session_n), session_key);
  pthread_mutex_unlock(&running_lock);
  return count;
}

// SPDX-License-Identifier: Apache-2.0
#include "mcp/flight.h"

#include "base/mem.h"
#include "io/channel.h"

struct flight_waiter {
  struct flight_waiter *next;
  struct channel *end; // gets one struct err, its code ERR_OK where it went well
};

static void flight_withdraw(struct flight *f, const struct flight_waiter *w) {
  for (struct flight_waiter **at = &f->waiters; *at; at = &(*at)->next)
    if (*at == w) {
      *at = w->next;
      return;
    }
}

bool flight_enter(struct flight *f, pthread_mutex_t *lock, bool *mine, struct err *err) {
  *mine = !f->busy;
  f->busy = true;
  if (*mine) return true;
  struct flight_waiter w = {.next = f->waiters, .end = channel_new(1)};
  f->waiters = &w;
  pthread_mutex_unlock(lock);
  void *message = NULL;
  bool ok = channel_receive(w.end, 0, &message, err);
  pthread_mutex_lock(lock);
  flight_withdraw(f, &w); // nothing to do where the end has been told
  channel_unref(w.end);
  if (!ok) return false;
  struct err *outcome = message;
  ok = outcome->code == ERR_OK || outcome->code == ERR_CANCELED;
  if (!ok) *err = *outcome;
  mem_free(outcome);
  return ok;
}

void flight_leave(struct flight *f, const struct err *failure) {
  struct flight_waiter *w = f->waiters;
  f->waiters = NULL;
  f->busy = false;
  while (w) {
    struct flight_waiter *next = w->next; // on its own stack, and gone once it is told
    struct err *outcome = MEM_NEW(struct err);
    if (failure) *outcome = *failure;
    if (!channel_send(w->end, outcome, mem_free)) mem_free(outcome);
    w = next;
  }
}

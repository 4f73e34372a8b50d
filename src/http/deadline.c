// SPDX-License-Identifier: Apache-2.0
#include "http/deadline.h"

void deadline_list_init(struct deadline_list *l, uint64_t ms) {
  l->head.prev = l->head.next = &l->head;
  l->ms = ms;
}

void deadline_clear(struct deadline *d) {
  if (!d->next) return;
  d->prev->next = d->next;
  d->next->prev = d->prev;
  d->prev = d->next = NULL;
}

void deadline_set(struct deadline_list *l, struct deadline *d, uint64_t now) {
  deadline_clear(d);
  d->at = now + l->ms;
  d->prev = l->head.prev;
  d->next = &l->head;
  d->prev->next = d;
  l->head.prev = d;
}

struct deadline *deadline_due(const struct deadline_list *l, uint64_t now) {
  struct deadline *first = l->head.next;
  return first != &l->head && first->at <= now ? first : NULL;
}

uint64_t deadline_first(const struct deadline_list *l) {
  return l->head.next == &l->head ? UINT64_MAX : l->head.next->at;
}

// SPDX-License-Identifier: Apache-2.0
#include "audit/pulse.h"

#include <string.h>

#include "base/mem.h"

struct pulse_hour {
  int64_t hour; // since 1970
  int64_t calls, errors;
};

struct pulse_account {
  struct pulse_hour hours[PULSE_HOURS]; // by hour modulo
  int64_t last_at;
  size_t length;
  char id[];
};

static struct str pulse_key(struct pulse_account *a) {
  return str_make(a->id, a->length);
}

// Those that would show nothing.
static void pulse_make_room(struct pulse *p, int64_t now) {
  struct map kept = {0};
  struct map_slot *slot;
  for (size_t i = 0; (slot = map_next(&p->by_account, &i));) {
    struct pulse_account *a = slot->value;
    if (a->last_at + (int64_t)PULSE_HOURS * PULSE_HOUR_MS > now)
      map_put(&kept, pulse_key(a), a);
    else
      mem_free(a);
  }
  map_free(&p->by_account);
  p->by_account = kept;
}

static struct pulse_account *pulse_account(struct pulse *p, struct str id, int64_t now) {
  struct pulse_account *a = map_get(&p->by_account, id);
  if (a) return a;
  if (p->by_account.count >= PULSE_ACCOUNTS_MOST) pulse_make_room(p, now);
  if (p->by_account.count >= PULSE_ACCOUNTS_MOST) return NULL;
  a = mem_alloc(sizeof *a + id.n);
  *a = (struct pulse_account){.length = id.n};
  memcpy(a->id, id.p, id.n);
  map_put(&p->by_account, pulse_key(a), a);
  return a;
}

void pulse_add(struct pulse *p, struct str account_id, int64_t at, int64_t calls, int64_t errors) {
  struct pulse_account *a = account_id.n && at > 0 ? pulse_account(p, account_id, at) : NULL;
  if (!a) return;
  int64_t hour = at / PULSE_HOUR_MS;
  struct pulse_hour *h = &a->hours[hour % PULSE_HOURS];
  if (at > a->last_at) a->last_at = at;
  if (h->hour > hour) return; // a day older than what stands there
  if (h->hour < hour) *h = (struct pulse_hour){.hour = hour};
  h->calls += calls;
  h->errors += errors;
}

struct pulse_day pulse_look(const struct pulse *p, struct str account_id, int64_t now) {
  const struct pulse_account *a = map_get(&p->by_account, account_id);
  struct pulse_day day = {0};
  if (!a) return day;
  int64_t oldest = now / PULSE_HOUR_MS - PULSE_HOURS;
  for (size_t i = 0; i < PULSE_HOURS; i++) {
    if (a->hours[i].hour <= oldest) continue;
    day.calls += a->hours[i].calls;
    day.errors += a->hours[i].errors;
  }
  if (day.calls) day.last_at = a->last_at;
  return day;
}

void pulse_free(struct pulse *p) {
  struct map_slot *slot;
  for (size_t i = 0; (slot = map_next(&p->by_account, &i));) mem_free(slot->value);
  map_free(&p->by_account);
}

// SPDX-License-Identifier: Apache-2.0
#include "session/kept.h"

#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/mem.h"
#include "crypto/token.h"
#include "io/fiber.h"

enum { KEPT_RANDOM = 16, KEPT_MARK_MOST = KEPT_HANDLE - 2 * KEPT_RANDOM - 2 };

struct kept_entry {
  struct kept_entry *next;
  struct kept kept;
  char handle[KEPT_HANDLE];
  char *principal;
  uint64_t until_us;
  struct standing standing;
};

static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept_entry *kept_first;

bool kept_put(const struct kept *k, const struct standing *by, struct str principal, struct str mark,
              char handle[KEPT_HANDLE], struct err *err) {
  unsigned char random[KEPT_RANDOM];
  char hex[2 * KEPT_RANDOM + 1];
  struct kept_entry *e = MEM_NEW(struct kept_entry);
  token_random(random, sizeof random);
  codec_hex(random, sizeof random, hex);
  snprintf(e->handle, sizeof e->handle, "%.*s%s%s", STR_MOST(mark, KEPT_MARK_MOST), mark.n ? "." : "", hex);
  e->kept = *k;
  e->principal = mem_copy(principal.p, principal.n);
  e->standing = *by;
  e->until_us = clock_mono_us() + KEPT_LIVES_MS * 1000ULL;
  size_t all = 0, own = 0;
  pthread_mutex_lock(&kept_lock);
  for (const struct kept_entry *o = kept_first; o; o = o->next) {
    all++;
    own += str_is(principal, o->principal);
  }
  bool room = all < KEPT_MOST && own < KEPT_PRINCIPAL_MOST;
  if (room) {
    memcpy(handle, e->handle, KEPT_HANDLE);
    e->next = kept_first;
    kept_first = e;
  }
  pthread_mutex_unlock(&kept_lock);
  if (room) return true;
  mem_free(e->principal);
  mem_free(e);
  return err_set(err, ERR_LIMIT, "too many calls wait for answers of their clients");
}

bool kept_take(struct str handle, struct str principal, struct kept *out) {
  struct kept_entry *found = NULL;
  pthread_mutex_lock(&kept_lock);
  for (struct kept_entry **at = &kept_first; *at && !found; at = found ? at : &(*at)->next) {
    if (!str_is(handle, (*at)->handle) || !str_is(principal, (*at)->principal)) continue;
    found = *at;
    *at = found->next;
  }
  pthread_mutex_unlock(&kept_lock);
  if (!found) return false;
  *out = found->kept;
  mem_free(found->principal);
  mem_free(found);
  return true;
}

static void kept_close(void *arg) {
  struct kept_entry *e = arg;
  mcp_event_free(&e->kept.question);
  mcp_call_close(e->kept.call);
  mem_free(e->principal);
  mem_free(e);
}

void kept_end_gone(const struct catalog *c, int64_t now) {
  pthread_mutex_lock(&kept_lock);
  for (struct kept_entry *e = kept_first; e; e = e->next)
    if (!standing_server(&e->standing, c, now)) e->until_us = 0; // the next sweep takes it
  pthread_mutex_unlock(&kept_lock);
}

void kept_sweep(void) {
  struct kept_entry *over = NULL;
  uint64_t now = clock_mono_us();
  pthread_mutex_lock(&kept_lock);
  for (struct kept_entry **at = &kept_first; *at;) {
    struct kept_entry *e = *at;
    if (e->until_us > now) {
      at = &e->next;
      continue;
    }
    *at = e->next;
    e->next = over;
    over = e;
  }
  pthread_mutex_unlock(&kept_lock);
  for (struct kept_entry *e = over, *next; e; e = next) {
    next = e->next;
    if (fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "end a call that waited", kept_close, e)) continue;
    pthread_mutex_lock(&kept_lock); // no fiber is free: next time
    e->next = kept_first;
    kept_first = e;
    pthread_mutex_unlock(&kept_lock);
  }
}

void kept_end(void) {
  for (;;) {
    pthread_mutex_lock(&kept_lock);
    struct kept_entry *e = kept_first;
    if (e) kept_first = e->next;
    pthread_mutex_unlock(&kept_lock);
    if (!e) return;
    kept_close(e);
  }
}

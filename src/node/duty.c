// SPDX-License-Identifier: Apache-2.0
#include "node/duty.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { DUTY_NAME = 16, DUTY_COUNT = 3 + 2 * DUTY_PARTS };

static const struct {
  const char *name;
  size_t first, parts;
} duty_kinds[DUTY_KINDS] = {[DUTY_HOUSE] = {"house", 0, 1},
                            [DUTY_WEBHOOKS] = {"webhooks", 1, 1},
                            [DUTY_SINKS] = {"sinks", 2, 1},
                            [DUTY_FEEDS] = {"feeds", 3, DUTY_PARTS},
                            [DUTY_TILES] = {"tiles", 3 + DUTY_PARTS, DUTY_PARTS}};

static struct {
  atomic_bool several;                   // false: all are ours
  atomic_uint_fast64_t until_us;         // what is ours is so until then
  atomic_uint_fast64_t from[DUTY_COUNT]; // ours from this moment on; UINT64_MAX: not ours
  char self[ROSTER_ID];
  bool gained; // in the round before: in force by now
  void (*changed)(void *arg);
  void *changed_arg;
  pthread_mutex_t lock; // of `changed`
} duty = {.lock = PTHREAD_MUTEX_INITIALIZER};

// The same in each program: FNV-1a, stirred.
static uint64_t duty_hash(struct str text, uint64_t h) {
  for (size_t i = 0; i < text.n; i++) h = (h ^ (unsigned char)text.p[i]) * 0x100000001b3u;
  h ^= h >> 32;
  h *= 0x9e3779b97f4a7c15u;
  return h ^ h >> 29;
}

static size_t duty_place(enum duty kind, struct str whose) {
  return duty_kinds[kind].first + duty_hash(whose, 0xcbf29ce484222325u) % duty_kinds[kind].parts;
}

bool duty_is_ours(enum duty kind, struct str whose) {
  if (!atomic_load(&duty.several)) return true;
  uint64_t now = clock_mono_us();
  return now >= atomic_load(&duty.from[duty_place(kind, whose)]) && now < atomic_load(&duty.until_us);
}

void duty_on_change(void (*changed)(void *arg), void *arg) {
  pthread_mutex_lock(&duty.lock);
  duty.changed = changed;
  duty.changed_arg = arg;
  pthread_mutex_unlock(&duty.lock);
}

static void duty_tell(void) {
  pthread_mutex_lock(&duty.lock);
  if (duty.changed) duty.changed(duty.changed_arg);
  pthread_mutex_unlock(&duty.lock);
}

void duty_begin(struct str self) {
  snprintf(duty.self, sizeof duty.self, "%.*s", STR_ARG(self));
  for (size_t i = 0; i < DUTY_COUNT; i++) atomic_store(&duty.from[i], UINT64_MAX);
  atomic_store(&duty.several, true);
}

void duty_end(void) {
  atomic_store(&duty.several, false);
}

// ---- whose each is

static void duty_name(size_t place, char out[DUTY_NAME]) {
  enum duty kind = DUTY_KINDS - 1;
  while (duty_kinds[kind].first > place) kind--;
  size_t part = place - duty_kinds[kind].first;
  if (duty_kinds[kind].parts == 1)
    snprintf(out, DUTY_NAME, "%s", duty_kinds[kind].name);
  else
    snprintf(out, DUTY_NAME, "%s/%zu", duty_kinds[kind].name, part);
}

static bool duty_lives(const struct roster *r, struct str node) {
  const struct roster_node *n = node.n ? roster_find(r, node) : NULL;
  return n && n->live && n->ours;
}

// Of those that live the one whose hash with the name is the highest (rendezvous hashing).
static struct str duty_meant_for(const struct roster *r, struct str name) {
  struct str best = STR("");
  uint64_t highest = 0;
  for (size_t i = 0; i < r->count; i++) {
    struct str id = str_of(r->items[i].id);
    if (!duty_lives(r, id)) continue;
    uint64_t h = duty_hash(name, duty_hash(id, 0xcbf29ce484222325u));
    if (best.n && h <= highest) continue;
    best = id;
    highest = h;
  }
  return best;
}

struct duty_row {
  struct str name, node;
  int64_t fence;
};

// To another node, or from one that is not there any more; `done`: nobody was sooner.
static bool duty_pass(struct store *s, const struct duty_row *row, struct str to, bool *done,
                      struct err *err) {
  const struct store_value values[] = {STORE_TEXT(to), STORE_TEXT(row->name), STORE_INT(row->fence)};
  return store_change(s, "UPDATE duty SET node = $1, fence = fence + 1 WHERE name = $2 AND fence = $3",
                      values, 3, done, err);
}

struct duty_looking {
  struct store *store;
  const struct roster *roster;
  bool changed, gained;
};

static void duty_set(struct duty_looking *l, size_t place, bool ours) {
  bool was = atomic_load(&duty.from[place]) != UINT64_MAX;
  if (was == ours) return;
  atomic_store(&duty.from[place], ours ? clock_mono_us() + DUTY_HANDOVER_MS * 1000ull : UINT64_MAX);
  l->changed = true;
  l->gained |= ours;
}

static bool duty_settle(struct duty_looking *l, size_t place, const struct duty_row *row, struct err *err) {
  struct str self = str_of(duty.self), meant = duty_meant_for(l->roster, row->name);
  bool has = str_eq(row->node, self), for_us = str_eq(meant, self), done = false;
  if (has && (for_us || !meant.n)) return duty_set(l, place, true), true;
  duty_set(l, place, false); // before anybody else may have it
  if (has) return duty_pass(l->store, row, meant, &done, err);
  if (!for_us || duty_lives(l->roster, row->node)) return true;
  if (!duty_pass(l->store, row, self, &done, err)) return false;
  duty_set(l, place, done);
  return true;
}

static bool duty_make(struct store *s, struct str name, struct err *err) {
  return store_run(s, "INSERT INTO duty (name, node, fence) VALUES ($1, '', 0) ON CONFLICT (name) DO NOTHING",
                   &STORE_TEXT(name), 1, NULL, err);
}

static struct duty_row duty_find(const struct store_rows *rows, struct str name) {
  for (size_t i = 0; i < rows->count; i++)
    if (str_eq(store_cell(rows, i, 0)->text, name))
      return (struct duty_row){name, store_cell(rows, i, 1)->text, store_cell(rows, i, 2)->number};
  return (struct duty_row){name, STR(""), -1};
}

static bool duty_look_all(struct duty_looking *l, struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_query(l->store, "SELECT name, node, fence FROM duty", NULL, 0, a, &rows, err)) return false;
  for (size_t i = 0; i < DUTY_COUNT; i++) {
    char name[DUTY_NAME];
    duty_name(i, name);
    struct duty_row row = duty_find(&rows, str_of(name));
    if (row.fence < 0 && !duty_make(l->store, row.name, err)) return false;
    if (row.fence < 0) row.fence = 0;
    if (!duty_settle(l, i, &row, err)) return false;
  }
  return true;
}

bool duty_look(struct store *s, const struct roster *r, uint64_t began_us, struct err *err) {
  struct duty_looking l = {.store = s, .roster = r};
  struct arena *a = arena_new();
  atomic_store(&duty.until_us, began_us + DUTY_HOLDS_MS * 1000ull);
  bool ok = duty_look_all(&l, a, err);
  arena_free(a);
  bool in_force = duty.gained;
  duty.gained = l.gained;
  if (l.changed || in_force) duty_tell();
  return ok;
}

bool duty_leave(struct store *s, struct err *err) {
  for (size_t i = 0; i < DUTY_COUNT; i++) atomic_store(&duty.from[i], UINT64_MAX);
  return store_run(s, "UPDATE duty SET node = '', fence = fence + 1 WHERE node = $1",
                   &STORE_TEXT(str_of(duty.self)), 1, NULL, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "node/arrears.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "node/recent.h"

enum { ARREARS_KEY = RECENT_ID + 16 };

struct arrears_entry {
  uint64_t turn;  // when it was told
  int64_t number; // its line's
  char key[ARREARS_KEY];
};

static struct {
  pthread_mutex_t lock;
  struct map entries;       // struct arrears_entry *
  struct arrears_entry all; // turn 0: not everything is held back
  uint64_t turn;            // counts what is told
  int64_t told;             // so far it is known what changed
  atomic_bool any;
} arrears = {.lock = PTHREAD_MUTEX_INITIALIZER};

// "server/srv_…"; "people/": all of them.
static struct str arrears_key(enum changelog_kind kind, struct str id, char out[ARREARS_KEY]) {
  int n = snprintf(out, ARREARS_KEY, "%s/%.*s", changelog_kind_name(kind), STR_MOST(id, RECENT_ID - 1));
  return str_make(out, (size_t)n);
}

// By these somebody may do something. What is of others costs nobody anything where it is old.
static bool arrears_gives(enum changelog_kind kind) {
  static const bool gives[CHANGELOG_KINDS] = {
      [CHANGELOG_SERVER] = true,    [CHANGELOG_ACCOUNT] = true, [CHANGELOG_PEOPLE] = true,
      [CHANGELOG_CONNECTOR] = true, [CHANGELOG_PROGRAM] = true, [CHANGELOG_SIGN_IN] = true};
  return gives[kind];
}

static void arrears_note_any(void) {
  bool any = arrears.entries.count || arrears.all.turn;
  atomic_store(&arrears.any, any);
  metrics_set(METRIC_WITHHELD, any ? (int64_t)arrears.entries.count + (arrears.all.turn != 0) : 0);
}

static void arrears_put_all(int64_t number) {
  if (!arrears.all.turn)
    log_warn("other nodes tell of more changes than this one, which has not followed them, can hold back one "
             "by one: it answers no AI client until it has");
  arrears.all.turn = ++arrears.turn;
  arrears.all.number = number;
}

static void arrears_put(enum changelog_kind kind, struct str id, int64_t number) {
  char key[ARREARS_KEY];
  struct str text = arrears_key(kind, id, key);
  struct arrears_entry *e = map_get(&arrears.entries, text);
  if (!e && arrears.entries.count == ARREARS_MOST) {
    arrears_put_all(number);
    return;
  }
  if (!e) {
    e = MEM_NEW(struct arrears_entry);
    memcpy(e->key, key, text.n + 1);
    map_put(&arrears.entries, str_of(e->key), e);
  }
  e->turn = ++arrears.turn;
  e->number = number;
}

static void arrears_put_line(struct str line, int64_t number) {
  enum changelog_kind kind;
  struct str name;
  if (!str_cut(&line, ' ', &name) || !changelog_kind_named(name, &kind))
    arrears_put_all(number); // of a newer version: whom it is about is not known
  else if (arrears_gives(kind))
    arrears_put(kind, line, number);
}

static int64_t arrears_known(void) {
  int64_t followed = recent_last();
  return followed > arrears.told ? followed : arrears.told;
}

static bool arrears_take_lines(struct str rest) {
  struct str head, first_text, line;
  int64_t first, last;
  if (!str_cut(&rest, '\n', &head) || !str_cut(&head, ' ', &first_text) || !str_to_i64(first_text, &first) ||
      !str_to_i64(head, &last) || first < 1 || last == INT64_MAX || first > last + 1)
    return false;
  int64_t number = first, known = arrears_known();
  if (first > known + 1) arrears_put_all(first - 1);
  if (first > known + 1) arrears.told = first - 1;
  for (; number <= last && rest.n && str_cut(&rest, '\n', &line); number++) {
    if (number <= known) continue;
    arrears_put_line(line, number);
    arrears.told = number;
  }
  return number == last + 1;
}

bool arrears_take(struct str text) {
  pthread_mutex_lock(&arrears.lock);
  bool ok = arrears_take_lines(text);
  arrears_note_any();
  pthread_mutex_unlock(&arrears.lock);
  return ok;
}

int64_t arrears_after(void) {
  pthread_mutex_lock(&arrears.lock);
  int64_t known = arrears_known();
  pthread_mutex_unlock(&arrears.lock);
  return known;
}

bool arrears_any(void) {
  return atomic_load_explicit(&arrears.any, memory_order_acquire);
}

bool arrears_is(enum changelog_kind kind, struct str id) {
  char key[ARREARS_KEY];
  if (!arrears_any()) return false;
  pthread_mutex_lock(&arrears.lock);
  bool is = arrears.all.turn || map_get(&arrears.entries, arrears_key(kind, id, key)) ||
            map_get(&arrears.entries, arrears_key(kind, STR_NONE, key));
  pthread_mutex_unlock(&arrears.lock);
  return is;
}

uint64_t arrears_turn(void) {
  pthread_mutex_lock(&arrears.lock);
  uint64_t turn = arrears.turn;
  pthread_mutex_unlock(&arrears.lock);
  return turn;
}

static bool arrears_is_over(const struct arrears_entry *e, uint64_t turn, int64_t followed) {
  return e->turn <= turn || e->number <= followed;
}

void arrears_release(uint64_t turn, int64_t followed) {
  if (!arrears_any()) return;
  struct map left = {0};
  pthread_mutex_lock(&arrears.lock);
  struct map_slot *slot;
  for (size_t at = 0; (slot = map_next(&arrears.entries, &at));) {
    struct arrears_entry *e = slot->value;
    if (arrears_is_over(e, turn, followed))
      mem_free(e);
    else
      map_put(&left, str_of(e->key), e);
  }
  map_free(&arrears.entries);
  arrears.entries = left;
  if (arrears_is_over(&arrears.all, turn, followed)) arrears.all = (struct arrears_entry){0};
  arrears_note_any();
  if (!arrears_any()) arrears.told = 0; // where the log stands counts, also where that is further back
  pthread_mutex_unlock(&arrears.lock);
}

// SPDX-License-Identifier: Apache-2.0
#include "follow.h"

#include <stdatomic.h>

#include "authority/live.h"
#include "base/clock.h"
#include "base/log.h"
#include "board/schedule.h"
#include "node/arrears.h"
#include "node/duty.h"
#include "node/node.h"
#include "node/recent.h"
#include "node/wake.h"
#include "tell.h"

static bool follow_programs(const struct wiring *w, struct err *err) {
  return shelf_rebuild(&w->set->admin.shelf, err);
}

static bool follow_engines(const struct wiring *w, struct err *err) {
  return engine_load(w->store, err);
}

// Streams of those whose sign-in has ended are closed by the look that tell_look has the loops take.
static bool follow_sign_ins(const struct wiring *w, struct err *err) {
  size_t ended;
  if (!live_tend(w->store, clock_now_ms(), &ended, err)) return false;
  if (ended) tell_look((void *)(uintptr_t)w);
  return true;
}

static bool follow_tiles(const struct wiring *w, struct err *err) {
  return schedule_reload(&w->board, err);
}

static bool follow_events(const struct wiring *w, struct err *err) {
  (void)w;
  (void)err;
  alert_post_wake(NULL);
  return true;
}

static const struct {
  enum changelog_kind kind;
  bool (*follow)(const struct wiring *w, struct err *err);
} follows[] = {{CHANGELOG_PROGRAM, follow_programs},
               {CHANGELOG_ENGINE, follow_engines},
               {CHANGELOG_SIGN_IN, follow_sign_ins},
               {CHANGELOG_TILE, follow_tiles},
               {CHANGELOG_EVENT, follow_events}};

static atomic_uint follow_owed; // bits, by kind

static void follow_owe(enum changelog_kind kind) {
  atomic_fetch_or(&follow_owed, 1u << kind);
}

static void follow_line(void *arg, const struct changelog_line *line, bool all) {
  for (size_t i = 0; i < sizeof follows / sizeof *follows; i++)
    if (all || line->kind == follows[i].kind) follow_owe(follows[i].kind);
  if (all) return;
  if (line->kind == CHANGELOG_NEWS) watch_heard(line->id);
  if (line->kind != CHANGELOG_SIGN_IN || !line->id.n) return;
  live_end(line->id);
  tell_look(arg);
}

// False: something by which somebody may do something is still as it was.
static bool follow_pay(const struct wiring *w) {
  struct err err;
  unsigned owed = atomic_exchange(&follow_owed, 0);
  for (size_t i = 0; i < sizeof follows / sizeof *follows; i++) {
    if (!(owed & 1u << follows[i].kind) || follows[i].follow(w, &err)) continue;
    log_event(LOG_DEBUG, STR_NONE, "not followed yet: %s", err.text);
    follow_owe(follows[i].kind);
  }
  return !(atomic_load(&follow_owed) & (1u << CHANGELOG_PROGRAM | 1u << CHANGELOG_SIGN_IN));
}

bool follow_wake(void *wiring) {
  const struct wiring *w = wiring;
  struct err err;
  uint64_t turn = arrears_turn();
  bool ok = catalog_rebuild(&w->catalog, &err);
  int64_t followed = recent_last();
  if (ok && follow_pay(w))
    arrears_release(turn, followed);
  else if (!ok)
    log_event(LOG_DEBUG, STR_NONE, "changes are not followed yet: %s", err.text);
  wiring_note_seen();
  return ok;
}

// Not here, where the next beat would wait for it.
static void follow_duties(void *arg) {
  (void)arg;
  watch_refresh();
  follow_owe(CHANGELOG_TILE);
  follow_owe(CHANGELOG_EVENT);
  wake_nudge();
}

bool follow_start(struct wiring *w, struct err *err) {
  if (node_is_alone()) return true; // who changes something has it followed before his answer leaves
  catalog_on_line(follow_line, w);
  duty_on_change(follow_duties, NULL);
  follow_duties(NULL); // what has come by now
  return wake_start(w->store, follow_wake, w, err);
}

void follow_stop(void) {
  duty_on_change(NULL, NULL);
  wake_stop();
  catalog_on_line(NULL, NULL);
}

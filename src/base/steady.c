// SPDX-License-Identifier: Apache-2.0
#include "base/steady.h"

#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"

// ---- the rule

void steady_start(struct steady *s, int64_t last_ms, int64_t wall_ms, int64_t pace_ms) {
  int64_t from = last_ms > 0 && last_ms < wall_ms - STEADY_STEP_MS ? last_ms : wall_ms;
  *s = (struct steady){.ahead_ms = from - pace_ms, .offset_ms = wall_ms - pace_ms, .since_ms = pace_ms};
}

enum steady_news steady_see(struct steady *s, int64_t wall_ms, int64_t pace_ms) {
  int64_t offset = wall_ms - pace_ms, moved = offset - s->offset_ms;
  bool leapt = moved > STEADY_STEP_MS || moved < -STEADY_STEP_MS;
  bool waited = s->ahead_ms < s->offset_ms; // at the last look
  if (leapt) s->since_ms = pace_ms;
  s->offset_ms = offset;
  bool held = pace_ms - s->since_ms >= STEADY_HOLD_MS;
  if (held || offset - s->ahead_ms <= STEADY_STEP_MS) s->ahead_ms = offset;
  if (leapt) return STEADY_JUMPED;
  return waited && s->ahead_ms == offset ? STEADY_FOLLOWS : STEADY_SAME;
}

// ---- the process's own

static struct steady steady_state; // of the one who looks
// Of steady_state; until there is one, beyond any wall clock.
static _Atomic int64_t steady_ahead_ms = INT64_MAX / 2;

// Goes on while the machine sleeps: a laptop that is opened again has not leapt.
static int64_t steady_pace_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_BOOTTIME, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void steady_begin(int64_t last_ms) {
  steady_start(&steady_state, last_ms, clock_now_ms(), steady_pace_ms());
  steady_ahead_ms = steady_state.ahead_ms;
}

enum steady_news steady_look(void) {
  enum steady_news news = steady_see(&steady_state, clock_now_ms(), steady_pace_ms());
  steady_ahead_ms = steady_state.ahead_ms;
  return news;
}

int64_t steady_now_ms(void) {
  int64_t wall = clock_now_ms(), steady = steady_pace_ms() + steady_ahead_ms;
  return steady < wall ? steady : wall;
}

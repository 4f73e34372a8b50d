// SPDX-License-Identifier: Apache-2.0
#include "limit/limit.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "limit/window.h"

struct limit_subject {
  char *name;
  struct window window;
};

static pthread_mutex_t limit_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map limit_subjects; // struct limit_subject *, by name

// ---- the minute; under the lock

static void limit_drop(struct limit_subject *s) {
  map_remove(&limit_subjects, str_of(s->name));
  mem_free(s->name);
  mem_free(s);
}

static void limit_drop_idle(uint64_t now_s) {
  struct map_slot *slot;
  for (size_t at = 0; (slot = map_next(&limit_subjects, &at));) {
    struct limit_subject *s = slot->value;
    if (now_s - s->window.at_s < WINDOW_SECONDS) continue;
    limit_drop(s);
    at = 0; // slots move
  }
}

static struct limit_subject *limit_subject_of(struct str name, uint64_t now_s) {
  struct limit_subject *s = map_get(&limit_subjects, name);
  if (s) return s;
  if (limit_subjects.count >= LIMIT_SUBJECTS_MOST) limit_drop_idle(now_s);
  if (limit_subjects.count >= LIMIT_SUBJECTS_MOST) return NULL;
  s = MEM_NEW(struct limit_subject);
  s->name = mem_copy(name.p, name.n);
  s->window.at_s = now_s;
  map_put(&limit_subjects, str_of(s->name), s);
  return s;
}

static void limit_tell(struct limit_taken *t, const struct limit_rule *rule, int64_t left, int64_t reset_s) {
  if (t->rule && t->left <= left) return;
  t->rule = rule;
  t->by_day = false;
  t->limit = rule->calls;
  t->left = left;
  t->reset_s = reset_s;
}

static bool limit_minute(const struct limit_ask *ask, struct limit_taken *t, uint64_t now_s,
                         struct err *err) {
  struct limit_subject *subjects[LIMIT_RULES_MOST] = {0};
  for (size_t i = 0; i < ask->count; i++) {
    const struct limit_rule *rule = &ask->rules[i];
    if (!rule->calls) continue;
    subjects[i] = limit_subject_of(rule->subject, now_s);
    if (!subjects[i]) return err_set(err, ERR_UNAVAILABLE, "too many are counted at a time");
    if (window_left(&subjects[i]->window, rule->calls, now_s)) continue;
    limit_tell(t, rule, 0, window_wait(&subjects[i]->window, rule->calls, now_s));
    return err_set(err, ERR_LIMIT, "the calls of this minute are used up");
  }
  for (size_t i = 0; i < ask->count; i++) {
    if (!subjects[i]) continue;
    struct window *w = &subjects[i]->window;
    window_add(w, now_s);
    limit_tell(t, &ask->rules[i], window_left(w, ask->rules[i].calls, now_s), window_reset(w, now_s));
  }
  return true;
}

// ---- the day

struct limit_job {
  const struct limit_env *env;
  struct limit_taken *taken;
  size_t full;
};

static bool limit_take_job(void *arg, struct err *err) {
  struct limit_job *j = arg;
  return day_row_take(j->env->store, j->taken->day, j->taken->days, j->taken->day_count, &j->full, err);
}

static bool limit_give_job(void *arg, struct err *err) {
  const struct limit_job *j = arg;
  return day_row_give(j->env->store, j->taken->day, j->taken->days, j->taken->day_count, err);
}

static bool limit_work(bool (*job)(void *arg, struct err *err), struct limit_job *j, struct err *err) {
  return fiber_self() ? pool_run(job, j, err) : job(j, err);
}

static void limit_tell_day(struct limit_taken *t, const struct limit_rule *rule, int64_t left, int64_t now) {
  if (t->rule && t->left <= left) return;
  t->rule = rule;
  t->by_day = true;
  t->limit = rule->writes;
  t->left = left;
  t->reset_s = (t->ends_at - now + 999) / 1000;
}

static bool limit_day(const struct limit_env *env, const struct limit_ask *ask, struct limit_taken *t,
                      struct err *err) {
  const struct limit_rule *rules[LIMIT_RULES_MOST];
  int64_t now = clock_now_ms();
  for (size_t i = 0; i < ask->count; i++) {
    if (!ask->rules[i].writes) continue;
    rules[t->day_count] = &ask->rules[i];
    t->days[t->day_count++] = (struct day_rule){ask->rules[i].subject, ask->rules[i].writes, 0};
  }
  if (!t->day_count) return true;
  t->day = zone_bucket(env->zone, now, ZONE_DAY, 1, 1);
  t->ends_at = zone_bucket_after(env->zone, t->day, ZONE_DAY, 1, 1);
  struct limit_job job = {env, t, 0};
  if (!limit_work(limit_take_job, &job, err)) {
    if (err->code == ERR_LIMIT) {
      t->rule = NULL;
      limit_tell_day(t, rules[job.full], 0, now);
    }
    t->day_count = 0;
    return false;
  }
  for (size_t i = 0; i < t->day_count; i++)
    limit_tell_day(t, rules[i], t->days[i].limit - t->days[i].used, now);
  return true;
}

// ---- both

// The minute first: whoever is refused for the day is refused no more often than he may call.
bool limit_take(const struct limit_env *env, const struct limit_ask *ask, struct limit_taken *taken,
                struct err *err) {
  *taken = (struct limit_taken){0};
  if (!env->store) return true;
  pthread_mutex_lock(&limit_lock);
  bool ok = limit_minute(ask, taken, clock_mono_us() / 1000000, err);
  pthread_mutex_unlock(&limit_lock);
  return ok && (!ask->writes || limit_day(env, ask, taken, err));
}

void limit_give(const struct limit_env *env, const struct limit_taken *taken) {
  struct limit_taken back = *taken;
  struct limit_job job = {env, &back, 0};
  struct err err;
  if (back.day_count && !limit_work(limit_give_job, &job, &err))
    log_warn("a write that was not sent counts for today: %s", err.text);
}

void limit_close(void) {
  struct map_slot *slot;
  pthread_mutex_lock(&limit_lock);
  for (size_t at = 0; (slot = map_next(&limit_subjects, &at)); at = 0) limit_drop(slot->value);
  map_free(&limit_subjects);
  pthread_mutex_unlock(&limit_lock);
}

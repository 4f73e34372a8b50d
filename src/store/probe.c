// SPDX-License-Identifier: Apache-2.0
#include "store/probe.h"

#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"

struct probe_last {
  bool ok;
  uint64_t at_us;
  struct err why;
};

struct store_probe {
  struct store *store;
  uint64_t every_ms;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake; // to stop
  struct probe_last last;
  bool stop;
};

// Said when it changes, not every time.
static void probe_tell(const struct probe_last *before, const struct probe_last *now) {
  metrics_set(METRIC_STORE_READY, now->ok);
  if (!now->ok && before->ok)
    log_error("the store takes no writes: %s%s%s", now->why.text, now->why.hint[0] ? "; " : "",
              now->why.hint);
  else if (now->ok && !before->ok)
    log_info("the store takes writes again");
}

static struct probe_last probe_try(struct store *s) {
  struct probe_last now = {0};
  now.ok = store_ping(s, &now.why);
  now.at_us = clock_mono_us();
  return now;
}

// Waits until the next try is due; true: to stop. With the lock held.
static bool probe_pause(struct store_probe *p) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  uint64_t ns = (uint64_t)until.tv_nsec + p->every_ms % 1000 * 1000000;
  until.tv_sec += (time_t)(p->every_ms / 1000 + ns / 1000000000);
  until.tv_nsec = (long)(ns % 1000000000);
  while (!p->stop && pthread_cond_timedwait(&p->wake, &p->lock, &until) == 0) {
  }
  return p->stop;
}

static void *probe_run(void *arg) {
  struct store_probe *p = arg;
  pthread_mutex_lock(&p->lock);
  while (!probe_pause(p)) {
    pthread_mutex_unlock(&p->lock);
    struct probe_last now = probe_try(p->store);
    pthread_mutex_lock(&p->lock);
    probe_tell(&p->last, &now);
    p->last = now;
  }
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

bool store_probe_new(struct store *s, uint64_t every_ms, struct store_probe **out, struct err *err) {
  struct store_probe *p = MEM_NEW(struct store_probe);
  p->store = s;
  p->every_ms = every_ms;
  p->last = probe_try(s);
  probe_tell(&(struct probe_last){.ok = true}, &p->last);
  pthread_mutex_init(&p->lock, NULL);
  clock_condition_init(&p->wake);
  int rc = pthread_create(&p->thread, NULL, probe_run, p);
  if (rc == 0) {
    *out = p;
    return true;
  }
  mem_free(p);
  return err_set(err, ERR_UNAVAILABLE, "cannot start the thread that probes the store: %s", strerror(rc));
}

void store_probe_read(struct store_probe *p, struct store_health *out) {
  pthread_mutex_lock(&p->lock);
  struct probe_last last = p->last;
  pthread_mutex_unlock(&p->lock);
  *out =
      (struct store_health){.ok = last.ok, .age_ms = (clock_mono_us() - last.at_us) / 1000, .why = last.why};
}

void store_probe_free(struct store_probe *p) {
  if (!p) return;
  pthread_mutex_lock(&p->lock);
  p->stop = true;
  pthread_cond_signal(&p->wake);
  pthread_mutex_unlock(&p->lock);
  pthread_join(p->thread, NULL);
  pthread_cond_destroy(&p->wake);
  pthread_mutex_destroy(&p->lock);
  mem_free(p);
}

// SPDX-License-Identifier: Apache-2.0
#include "sink/sink.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "audit/follow.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "crypto/secret_file.h"
#include "fetch/backoff.h"
#include "fetch/client.h"
#include "fetch/line.h"
#include "fetch/ratelimit.h"
#include "sink/advice.h"
#include "sink/otlp.h"
#include "sink/syslog.h"
#include "sink/target.h"

enum {
  SINK_POLL_MS = 1000,   // where all is sent
  SINK_SETTLE_MS = 1000, // a connection of syslog that held so long has delivered
  SINK_FIRST_MS = 500,   // before the second try
  SINK_MOST_MS = 60 * 1000,
  SINK_WISH_MS = 60 * 60 * 1000, // the longest that a collector may wish us to wait
  SINK_COMPLAIN_MS = 60 * 1000,
  SINK_BODY_MOST = 64 << 20,
  SINK_HEADER_MOST = 8192,
};

static const struct fetch_limits sink_limits = {.connect_ms = 10000,
                                                .first_byte_ms = 30000,
                                                .total_ms = 30000,
                                                .stall_ms = 30000,
                                                .body_bytes = 1 << 20,
                                                .header_bytes = 64 * 1024};

struct sink {
  struct sinks *all;
  struct sink_target target;
  pthread_t thread;
  bool started;
  struct sink_look look; // under the lock of all
  // its thread's own
  struct audit_follow *follow;
  struct line *line;
  bool begun;
  size_t batch;
  unsigned failures; // in a row
  uint64_t failing_us, told_us;
  int64_t wish_ms; // of the collector
};

struct sinks {
  struct sink_options options;
  struct arena *arena;
  struct http_guard *guard;
  struct secret *header;
  struct str header_name, host, process;
  struct sink items[SINKS_MOST];
  size_t count;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool stop;           // under the lock
  atomic_bool stopped; // the same, for who waits for the network
};

// ---- one batch

// Nothing of it was kept, and nothing of it would be the next time.
static bool sink_is_refusal(int status) {
  return status == 400 || status == 413 || status == 415 || status == 422;
}

static void sink_count_lost(struct sink *s, int64_t rows, struct str why) {
  log_error("audit: %.*s does not take %lld row(s): %.*s", STR_ARG(s->target.text), (long long)rows,
            STR_ARG(why));
  metrics_add(METRIC_AUDIT_SINK_LOST, rows);
  pthread_mutex_lock(&s->all->lock);
  s->look.lost += rows;
  pthread_mutex_unlock(&s->all->lock);
}

static bool sink_answered(struct sink *s, const struct fetch_result *r, size_t rows, struct arena *a,
                          struct err *err) {
  struct ratelimit rate;
  struct str why;
  if (r->status >= 200 && r->status < 300) {
    int64_t rejected = otlp_rejected(buf_str(&r->body), a, &why);
    if (rejected > (int64_t)rows) rejected = (int64_t)rows;
    if (rejected) sink_count_lost(s, rejected, why.n ? why : STR("it rejects them"));
    s->batch = AUDIT_FOLLOW_MOST;
    return true;
  }
  if (ratelimit_read(&r->headers, r->status, clock_now_ms(), &rate) && ratelimit_wait(&rate) > 0)
    s->wish_ms = ratelimit_wait(&rate) < SINK_WISH_MS / 1000 ? ratelimit_wait(&rate) * 1000 : SINK_WISH_MS;
  if (sink_is_refusal(r->status) && rows == 1) { // the one that it cannot read keeps no other waiting
    sink_count_lost(s, 1, arena_printf(a, "it answered %d", r->status));
    return true;
  }
  if (sink_is_refusal(r->status)) s->batch = rows / 2;
  err_set(err, ERR_UPSTREAM, "it answered %d", r->status);
  sink_advise(err, r->status);
  return false;
}

static bool sink_post(struct sink *s, const struct audit_follow_page *page, struct arena *a,
                      struct err *err) {
  const struct sinks *all = s->all;
  struct otlp_from from = {all->host, all->options.version};
  struct buf body = BUF_MAX(SINK_BODY_MOST);
  struct http_header headers[2] = {{STR("Content-Type"), STR("application/json")}};
  size_t header_count = 1;
  if (all->header)
    headers[header_count++] = (struct http_header){
        all->header_name, str_trim(str_from(secret_reveal(all->header), all->header_name.n + 1))};
  otlp_write(&body, &from, page->entries, page->count, a);
  struct fetch_call call = {.method = "POST",
                            .url = s->target.url,
                            .headers = {headers, header_count},
                            .body = buf_str(&body),
                            .has_body = true,
                            .limits = &sink_limits,
                            .guard = all->guard,
                            .stop = &all->stopped};
  struct fetch_result r = {0};
  bool ok = fetch_url(&call, a, &r, err) && sink_answered(s, &r, page->count, a, err);
  buf_free(&r.body);
  buf_free(&body);
  return ok;
}

static bool sink_write(struct sink *s, const struct audit_follow_page *page, struct arena *a,
                       struct err *err) {
  const struct line_call call = {s->target.url, &sink_limits, s->all->guard, &s->all->stopped};
  struct syslog_from from = {s->all->host, s->all->process};
  struct buf bytes = BUF_MAX(SINK_BODY_MOST);
  if (!s->line && !line_open(&call, &s->line, err)) return false;
  for (size_t i = 0; i < page->count; i++) syslog_add(&bytes, &from, &page->entries[i], a);
  bool ok = line_send(s->line, buf_str(&bytes), err);
  buf_free(&bytes);
  return ok;
}

// ---- round by round

static bool sink_settle(struct sink *s, struct err *err) {
  uint64_t now = clock_mono_us(), held = SINK_SETTLE_MS * 1000ull;
  return audit_follow_settle(s->follow,
                             s->target.kind == SINK_OTLP ? AUDIT_FOLLOW_ALL
                             : now > held                ? now - held
                                                         : 0,
                             err);
}

static void sink_note(struct sink *s, size_t sent, int64_t lag_ms) {
  pthread_mutex_lock(&s->all->lock);
  s->look.sent += (int64_t)sent;
  s->look.lag_ms = lag_ms > 0 ? lag_ms : 0;
  s->look.failing_ms = 0;
  int64_t most_ms = 0;
  for (size_t i = 0; i < s->all->count; i++)
    if (s->all->items[i].look.lag_ms > most_ms) most_ms = s->all->items[i].look.lag_ms;
  pthread_mutex_unlock(&s->all->lock);
  metrics_set(METRIC_AUDIT_SINK_LAG, most_ms / 1000);
  metrics_add(METRIC_AUDIT_SINK_SENT, (int64_t)sent);
}

// A page, handed on. *wait_ms until the next look.
static bool sink_page(struct sink *s, struct arena *a, uint64_t *wait_ms, struct err *err) {
  struct audit_follow_page page;
  if (s->line && !line_is_open(s->line))
    return err_set(err, ERR_UPSTREAM, "the other side closed the connection");
  if (!sink_settle(s, err)) return false;
  *wait_ms = audit_follow_unsure(s->follow) ? SINK_SETTLE_MS / 4 : SINK_POLL_MS;
  if (audit_follow_unsure(s->follow) == AUDIT_FOLLOW_UNSURE_MOST) return true;
  if (!audit_follow_next(s->follow, s->batch, a, &page, err)) return false;
  int64_t lag_ms = page.count ? clock_now_ms() - page.entries[0].row.at : 0;
  if (page.count) {
    sink_note(s, 0, lag_ms);
    if (!(s->target.kind == SINK_OTLP ? sink_post : sink_write)(s, &page, a, err)) return false;
    if (audit_follow_handed(s->follow, &page) && !sink_settle(s, err)) return false;
    *wait_ms = 0;
  }
  sink_note(s, page.count, page.count ? lag_ms : 0);
  return true;
}

// What is unsure begins again. Milliseconds until the next try.
static uint64_t sink_fail(struct sink *s, struct err *err) {
  uint64_t now = clock_mono_us(), pause_ms = backoff_ms(s->failures, SINK_FIRST_MS, SINK_MOST_MS);
  line_close(s->line);
  s->line = NULL;
  audit_follow_again(s->follow);
  if (err->code == ERR_CANCELED) return 0;
  sink_advise(err, 0);
  if (!s->failures++) s->failing_us = now;
  metrics_add(METRIC_AUDIT_SINK_FAILED, 1);
  if (!s->told_us || now - s->told_us >= SINK_COMPLAIN_MS * 1000ull) {
    log_warn("audit: %.*s takes no rows, they wait: %s%s%s", STR_ARG(s->target.text), err->text,
             err->hint[0] ? "; " : "", err->hint);
    s->told_us = now;
  }
  pthread_mutex_lock(&s->all->lock);
  s->look.failures++;
  s->look.failing_ms = (int64_t)(now - s->failing_us) / 1000 + 1;
  s->look.why = *err;
  pthread_mutex_unlock(&s->all->lock);
  uint64_t wish_ms = (uint64_t)s->wish_ms;
  s->wish_ms = 0;
  return wish_ms > pause_ms ? wish_ms : pause_ms;
}

static void sink_recover(struct sink *s) {
  if (s->failures && s->told_us) log_info("audit: %.*s takes rows again", STR_ARG(s->target.text));
  s->failures = 0;
  s->told_us = 0;
}

static bool sink_begin(struct sink *s, struct err *err) {
  int64_t lost;
  if (s->begun) return true;
  if (!audit_follow_begin(s->follow, err) || !audit_follow_lost(s->follow, &lost, err)) return false;
  pthread_mutex_lock(&s->all->lock);
  s->look.lost += lost;
  pthread_mutex_unlock(&s->all->lock);
  return s->begun = true;
}

static uint64_t sink_round(struct sink *s) {
  const struct sink_options *o = &s->all->options;
  bool mine = !o->mine || o->mine(o->mine_arg);
  uint64_t wait_ms = SINK_POLL_MS;
  struct arena *a = arena_new();
  struct err err;
  pthread_mutex_lock(&s->all->lock);
  s->look.idle = !mine;
  pthread_mutex_unlock(&s->all->lock);
  bool begun = sink_begin(s, &err); // where it begins is noted by the first node that is there, whoever sends
  if (!mine) {
    line_close(s->line);
    s->line = NULL;
    audit_follow_again(s->follow);
  } else if (begun && sink_page(s, a, &wait_ms, &err)) {
    sink_recover(s);
  } else {
    wait_ms = sink_fail(s, &err);
  }
  arena_free(a);
  return wait_ms;
}

// True: we are stopping.
static bool sink_pause(struct sinks *all, uint64_t ms) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  uint64_t ns = (uint64_t)until.tv_nsec + ms % 1000 * 1000000;
  until.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
  until.tv_nsec = (long)(ns % 1000000000);
  pthread_mutex_lock(&all->lock);
  while (!all->stop && ms && pthread_cond_timedwait(&all->wake, &all->lock, &until) == 0) {
  }
  bool stop = all->stop;
  pthread_mutex_unlock(&all->lock);
  return stop;
}

static void *sink_run(void *arg) {
  struct sink *s = arg;
  while (!sink_pause(s->all, sink_round(s))) {
  }
  line_close(s->line);
  return NULL;
}

// ---- their life

static bool sinks_read_header(struct sinks *all, const char *path, struct err *err) {
  const struct secret_file file = {path, "file with the header of audit sinks", SINK_HEADER_MOST};
  if (!path) return true;
  if (!secret_file_read(&file, &all->header, err)) return false;
  struct str text = str_trim(secret_reveal(all->header));
  ptrdiff_t colon = str_find(text, ':');
  if (colon < 1 || str_find(text, '\n') >= 0 || text.p != secret_reveal(all->header).p)
    return err_at(err, ERR_INVALID, "audit_sink_header", "%s does not hold one line 'Name: value'", path);
  all->header_name = str_make(text.p, (size_t)colon);
  return true;
}

static bool sinks_add(struct sinks *all, struct str url, struct err *err) {
  struct sink *s = &all->items[all->count];
  s->all = all;
  s->batch = AUDIT_FOLLOW_MOST;
  if (!sink_target_read(url, all->arena, &s->target, err)) return false;
  for (size_t i = 0; i < all->count; i++)
    if (str_eq(all->items[i].target.text, url))
      return err_at(err, ERR_INVALID, "audit_sinks", "%.*s is named twice", STR_ARG(url));
  if (url.n >= SINK_NAME_MOST)
    return err_at(err, ERR_INVALID, "audit_sinks", "an address has at most %d bytes", SINK_NAME_MOST - 1);
  snprintf(s->look.name, sizeof s->look.name, "%.*s", STR_ARG(url));
  s->follow = audit_follow_new(all->options.store, s->target.text);
  all->count++;
  if (s->target.in_clear)
    log_warn("audit: rows go to %.*s in clear; syslog+tls:// and otlp+https:// do not", STR_ARG(url));
  return true;
}

bool sinks_new(const struct sink_options *options, struct sinks **out, struct err *err) {
  struct sinks *all = MEM_NEW(struct sinks);
  char host[256] = "";
  all->options = *options;
  all->arena = arena_new();
  pthread_mutex_init(&all->lock, NULL);
  clock_condition_init(&all->wake);
  if (gethostname(host, sizeof host - 1) != 0) host[0] = 0;
  all->host = arena_dup(all->arena, str_of(host));
  all->process = arena_printf(all->arena, "%ld", (long)getpid());
  bool ok = options->count <= SINKS_MOST ||
            err_at(err, ERR_INVALID, "audit_sinks", "there are at most %d sinks", SINKS_MOST);
  ok = ok && http_guard_new(options->allow, options->allow_count, &all->guard, err) &&
       sinks_read_header(all, options->header_file, err);
  for (size_t i = 0; ok && i < options->count; i++) ok = sinks_add(all, options->urls[i], err);
  if (ok)
    *out = all;
  else
    sinks_free(all);
  return ok;
}

bool sinks_start(struct sinks *all, struct err *err) {
  for (size_t i = 0; i < all->count; i++) {
    int rc = pthread_create(&all->items[i].thread, NULL, sink_run, &all->items[i]);
    if (rc != 0) return err_set(err, ERR_UNAVAILABLE, "cannot start the thread of a sink: %s", strerror(rc));
    all->items[i].started = true;
  }
  return true;
}

size_t sinks_look(struct sinks *all, struct sink_look *out, size_t most) {
  size_t n = 0;
  if (!all) return 0;
  pthread_mutex_lock(&all->lock);
  for (; n < all->count && n < most; n++) out[n] = all->items[n].look;
  pthread_mutex_unlock(&all->lock);
  return n;
}

void sinks_free(struct sinks *all) {
  if (!all) return;
  atomic_store(&all->stopped, true);
  pthread_mutex_lock(&all->lock);
  all->stop = true;
  pthread_cond_broadcast(&all->wake);
  pthread_mutex_unlock(&all->lock);
  for (size_t i = 0; i < all->count; i++) {
    if (all->items[i].started) pthread_join(all->items[i].thread, NULL);
    audit_follow_free(all->items[i].follow);
  }
  pthread_cond_destroy(&all->wake);
  pthread_mutex_destroy(&all->lock);
  secret_free(all->header);
  if (all->guard) http_guard_free(all->guard);
  arena_free(all->arena);
  mem_free(all);
}

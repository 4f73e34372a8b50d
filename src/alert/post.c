// SPDX-License-Identifier: Apache-2.0
#include "alert/post.h"

#include <pthread.h>

#include "alert/follow.h"
#include "alert/message.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "crypto/hmac.h"
#include "fetch/backoff.h"
#include "fetch/ratelimit.h"
#include "io/channel.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "node/duty.h"

enum {
  POST_IDLE_MS = 10 * 1000,
  POST_SOON_MS = 500, // after a wake: the transaction that caused it may end a moment later
  POST_FIRST_MS = 1000,
  POST_MOST_MS = 60 * 60 * 1000,
  POST_FULL_MS = 1000,
  POST_SLACK_MS = 5000,           // beyond the time that a try may take: then who had it has gone
  POST_ANSWER_MOST = 1024 * 1024, // bytes: nothing is read of it but the status
};

struct post_run { // a try under way
  char *watch_id, *event_id, *origin;
  int64_t tries, next_at; // as it was found
};

static struct {
  pthread_mutex_t lock; // of `news`
  struct channel *news;
  const struct alert_post *env;
  struct post_run *running[ALERT_POST_SIDE]; // of the loop's thread
  size_t running_count;
} post = {.lock = PTHREAD_MUTEX_INITIALIZER};

static char post_nudge;

void alert_post_wake(void *unused) {
  (void)unused;
  pthread_mutex_lock(&post.lock);
  if (post.news) (void)channel_send(post.news, &post_nudge, NULL); // full: it looks anyway
  pthread_mutex_unlock(&post.lock);
}

struct alert_post_limits alert_post_limits_of(uint64_t answer_ms, uint64_t retry_ms) {
  return (struct alert_post_limits){.fetch = {.connect_ms = answer_ms,
                                              .first_byte_ms = answer_ms,
                                              .total_ms = answer_ms,
                                              .stall_ms = answer_ms,
                                              .body_bytes = POST_ANSWER_MOST,
                                              .header_bytes = POST_ANSWER_MOST},
                                    .retry_ms = (int64_t)retry_ms};
}

// ---- one try

struct post_try {
  const struct alert_post *env;
  struct str event_id;
  const struct post_run *found; // NULL: as it is
  struct arena *arena;
  struct alert_event_row event;
  struct alert_watch watch;
  struct secret *url, *secret;
  struct str lost;
  struct alert_attempt attempt;
  bool gone, taken;
  int64_t wait_ms; // as the receiver wishes; 0: it says nothing
};

// Between the look that found it due and this one its try may have ended; and at another node, from which the duty has just
// come, one may be under way.
static bool post_claim(const struct post_try *t, struct err *err) {
  if (!t->found) return true;
  struct alert_event_row found = {.id = t->event_id, .tries = t->found->tries, .next_at = t->found->next_at};
  uint64_t try_ms = t->env->limits(t->env->limits_arg)->fetch.total_ms;
  bool done;
  if (!alert_event_claim(t->env->store, &found, clock_now_ms() + (int64_t)try_ms + POST_SLACK_MS, &done, err))
    return false;
  return done || err_set(err, ERR_MISSING, "the event was tried meanwhile, or is being tried");
}

static bool post_read_job(void *arg, struct err *err) {
  struct post_try *t = arg;
  struct store *s = t->env->store;
  struct board_tile tile;
  struct board_row board;
  if (!post_claim(t, err) || !alert_event_find(s, t->event_id, t->arena, &t->event, err) ||
      !alert_watch_find(s, t->event.watch_id, t->arena, &t->watch, err) ||
      !board_tile_find(s, t->watch.tile_id, t->arena, &tile, err) ||
      !board_find(s, tile.dashboard_id, t->arena, &board, err))
    return false;
  struct catalog *c = catalog_acquire();
  t->lost = alert_watch_lost(c, &t->watch, &board);
  catalog_release(c);
  return t->lost.n || alert_watch_reach(s, &t->watch, &t->url, &t->secret, err);
}

// Without what it came from, where that went with an account.
static struct str post_document(struct post_try *t) {
  const struct alert_event_row *e = &t->event;
  struct alert_message bare = {.id = e->id,
                               .watch_id = e->watch_id,
                               .condition = t->watch.condition,
                               .kind = e->kind,
                               .began = e->began,
                               .at = e->at};
  return e->document.n ? e->document : alert_message_write(&bare, t->arena);
}

static void post_judge(struct post_try *t, const struct fetch_result *r) {
  struct ratelimit rate;
  int status = t->attempt.status = r->status;
  t->taken = status >= 200 && status < 300;
  t->gone = status == 410;
  if (ratelimit_read(&r->headers, status, clock_now_ms(), &rate) && (rate.has_retry_after || status == 429) &&
      ratelimit_wait(&rate) > 0)
    t->wait_ms = ratelimit_wait(&rate) < POST_MOST_MS / 1000 ? ratelimit_wait(&rate) * 1000 : POST_MOST_MS;
  if (t->taken) return;
  t->attempt.why = status == 410 ? STR("answered 410: it is gone, and nobody is told any more")
                   : status >= 300 && status < 400
                       ? arena_printf(t->arena, "answered %d: redirects are not followed", status)
                       : arena_printf(t->arena, "answered %d", status);
}

static bool post_send(struct post_try *t, struct err *err) {
  const struct alert_post_limits *limits = t->env->limits(t->env->limits_arg);
  struct str document = post_document(t),
             body = t->watch.slack ? alert_message_slack(document, t->arena) : document;
  struct str timestamp = arena_printf(t->arena, "%lld", (long long)(clock_now_ms() / 1000));
  char hex[HMAC_HEX];
  hmac_sha256(secret_reveal(t->secret), (struct str[]){timestamp, STR("."), body}, 3, hex);
  struct http_header headers[] = {{STR("Content-Type"), STR("application/json")},
                                  {STR("User-Agent"), t->env->agent},
                                  {STR("Postern-Event-Id"), t->event.id},
                                  {STR("Postern-Timestamp"), timestamp},
                                  {STR("Postern-Signature"), arena_printf(t->arena, "v1=%s", hex)}};
  struct fetch_call call = {.method = "POST",
                            .url = secret_reveal(t->url),
                            .headers = {headers, sizeof headers / sizeof *headers},
                            .body = body,
                            .has_body = true,
                            .limits = &limits->fetch,
                            .guard = t->env->guard};
  struct fetch_result r = {0};
  uint64_t began = clock_mono_us();
  t->attempt.at = clock_now_ms();
  bool answered = fetch_url(&call, t->arena, &r, err);
  t->attempt.ms = (int64_t)(clock_mono_us() - began) / 1000;
  if (answered)
    post_judge(t, &r);
  else if (err->code == ERR_CANCELED)
    return false;
  else
    t->attempt.why = arena_dup(t->arena, str_cut_utf8(str_of(err->text), ALERT_WHY_MOST));
  buf_free(&r.body);
  metrics_add(t->taken ? METRIC_WEBHOOKS_OK : METRIC_WEBHOOKS_FAILED, 1);
  return true;
}

// What comes of it. A clock that was set back gives it time anew.
static void post_settle(struct post_try *t) {
  struct alert_event_row *e = &t->event;
  int64_t now = clock_now_ms(), age = now - (e->due_at > e->at ? e->due_at : e->at);
  uint64_t pause =
      backoff_ms(t->attempt.n > 20 ? 20 : (unsigned)t->attempt.n - 1, POST_FIRST_MS, POST_MOST_MS);
  bool test = e->kind == ALERT_TEST, over = age > t->env->limits(t->env->limits_arg)->retry_ms;
  e->why = t->attempt.why;
  e->touched_at = now;
  e->next_at = now + (t->wait_ms > (int64_t)pause ? t->wait_ms : (int64_t)pause);
  e->state = t->taken           ? ALERT_DELIVERED
             : t->gone && !test ? ALERT_STOPPED
             : over || test     ? ALERT_FAILED
                                : ALERT_WAITING;
  if (e->state == ALERT_FAILED && !test) metrics_add(METRIC_WEBHOOKS_GIVEN_UP, 1);
}

static bool post_write_job(void *arg, struct err *err) {
  struct post_try *t = arg;
  struct store *s = t->env->store;
  if (t->lost.n && t->event.kind != ALERT_TEST) return alert_events_stop(s, t->watch.id, t->lost, false, err);
  post_settle(t);
  return alert_event_tried(s, &t->event, &t->attempt, err) &&
         (t->event.state != ALERT_STOPPED || alert_events_stop(s, t->watch.id, t->attempt.why, true, err));
}

static bool post_try_once(struct post_try *t, struct err *err) {
  bool ok = pool_run(post_read_job, t, err);
  t->attempt = (struct alert_attempt){.n = t->event.tries + 1, .at = clock_now_ms(), .why = t->lost};
  ok = ok && (t->lost.n || post_send(t, err)) && pool_run(post_write_job, t, err);
  secret_free(t->url);
  secret_free(t->secret);
  return ok;
}

bool alert_post_try(const struct alert_post *env, struct str event_id, struct arena *a,
                    struct alert_attempt *out, struct err *err) {
  struct post_try t = {.env = env, .event_id = event_id, .arena = a};
  if (!post_try_once(&t, err)) return false;
  *out = t.attempt;
  return true;
}

// ---- the conductor

static void post_run_free(struct post_run *run) {
  mem_free(run->watch_id);
  mem_free(run->event_id);
  mem_free(run->origin);
  mem_free(run);
}

static void post_work(void *arg) {
  struct post_run *run = arg;
  struct arena *a = arena_new();
  struct err err;
  struct post_try t = {.env = post.env, .event_id = str_of(run->event_id), .found = run, .arena = a};
  if (!post_try_once(&t, &err) && err.code != ERR_CANCELED && err.code != ERR_MISSING)
    log_warn("the event %s was tried, and nothing of that is kept: %s", run->event_id, err.text);
  for (size_t i = 0; i < post.running_count; i++)
    if (post.running[i] == run) post.running[i] = post.running[--post.running_count];
  post_run_free(run);
  arena_free(a);
  alert_post_wake(NULL);
}

static bool post_is_held(const struct alert_event_row *e, struct str origin) {
  size_t same = 0;
  for (size_t i = 0; i < post.running_count; i++) {
    if (str_is(e->watch_id, post.running[i]->watch_id)) return true;
    same += str_is(origin, post.running[i]->origin);
  }
  return same >= ALERT_POST_SIDE_ORIGIN;
}

// False: there is no room for another.
static bool post_begin_one(const struct alert_event_row *e, struct str origin) {
  struct post_run *run = MEM_NEW(struct post_run);
  if (post.running_count == ALERT_POST_SIDE) {
    mem_free(run);
    return false;
  }
  *run = (struct post_run){mem_copy(e->watch_id.p, e->watch_id.n), mem_copy(e->id.p, e->id.n),
                           mem_copy(origin.p, origin.n), e->tries, e->next_at};
  post.running[post.running_count++] = run;
  if (fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "webhook", post_work, run)) return true;
  post.running_count--;
  post_run_free(run);
  return false;
}

struct post_look {
  struct arena *arena;
  struct alert_event_row *events;
  struct alert_watch *watches;
  size_t event_count, watch_count;
};

static bool post_look_job(void *arg, struct err *err) {
  struct post_look *look = arg;
  int64_t waiting;
  struct store *s = post.env->store;
  if (!alert_events_due(s, look->arena, &look->events, &look->event_count, err) ||
      !alert_events_count(s, &waiting, err))
    return false;
  metrics_set(METRIC_WEBHOOKS_WAITING, waiting);
  return !look->event_count ||
         alert_watches_of(s, STR(""), look->arena, &look->watches, &look->watch_count, err);
}

static struct str post_origin(const struct post_look *look, struct str watch_id) {
  for (size_t i = 0; i < look->watch_count; i++)
    if (str_eq(look->watches[i].id, watch_id)) return look->watches[i].origin;
  return STR("");
}

// Begins what is due. Milliseconds until the next look.
static int64_t post_look(struct err *err) {
  struct post_look look = {.arena = arena_new()};
  int64_t now = clock_now_ms(), next = POST_IDLE_MS;
  bool ours = duty_is_ours(DUTY_WEBHOOKS, STR_NONE), ok = !ours || pool_run(post_look_job, &look, err);
  for (size_t i = 0; ok && i < look.event_count; i++) {
    const struct alert_event_row *e = &look.events[i];
    struct str origin = post_origin(&look, e->watch_id);
    bool due = e->next_at <= now || e->touched_at > now; // the clock was set back: no need to wait for then
    if (!due && e->next_at - now < next) next = e->next_at - now;
    if (!due || !origin.n || post_is_held(e, origin)) continue; // held: the end of another wakes us
    if (!post_begin_one(e, origin)) {
      next = POST_FULL_MS;
      break;
    }
  }
  if (!ok && err->code != ERR_CANCELED) log_warn("webhooks wait: %s", err->text);
  arena_free(look.arena);
  return next > 0 ? next : 1;
}

static void post_conduct(void *arg) {
  struct channel *news = arg;
  struct err err;
  void *message;
  bool woken = true, goes_on = true;
  while (goes_on) {
    err.code = ERR_OK;
    int64_t wait_ms = post_look(&err);
    if (err.code == ERR_CANCELED) break;
    if (woken && wait_ms > POST_SOON_MS) wait_ms = POST_SOON_MS;
    woken = channel_receive(news, (uint64_t)wait_ms, &message, &err);
    goes_on = woken || err.code == ERR_TIMEOUT;
  }
  channel_unref(news);
}

static void post_begin(void *arg) {
  struct channel *news = arg;
  if (fiber_spawn_as(FIBER_MANAGEMENT, loop_current(), "webhooks", post_conduct, news)) return;
  log_error("no webhook is told: too much is in progress");
  channel_unref(news);
}

void alert_post_start(const struct alert_post *env, struct loop *loop) {
  pthread_mutex_lock(&post.lock);
  post.env = env;
  post.news = channel_new(4);
  struct channel *news = channel_ref(post.news);
  pthread_mutex_unlock(&post.lock);
  loop_post(loop, post_begin, news);
}

void alert_post_stop(void) {
  pthread_mutex_lock(&post.lock);
  if (post.news) channel_close(post.news);
  pthread_mutex_unlock(&post.lock);
}

void alert_post_close(void) {
  pthread_mutex_lock(&post.lock);
  channel_unref(post.news);
  post.news = NULL;
  pthread_mutex_unlock(&post.lock);
}

// SPDX-License-Identifier: Apache-2.0
#include "board/schedule.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "call/quota.h"
#include "crypto/token.h"
#include "io/channel.h"
#include "io/fiber.h"
#include "node/duty.h"

enum {
  SCHEDULE_NEVER = 24 * 60 * 60 * 1000,
  SCHEDULE_FULL_MS = 1000, // until it is tried again, where no fiber is free
  SCHEDULE_CACHE_MS = 60 * 1000,
  SCHEDULE_AGAIN_MS = 10 * 1000, // after one of which nothing could be kept
  SCHEDULE_SPREAD_MS = 60 * 1000 // at start, what is overdue is run within
};

enum schedule_state { SCHEDULE_IDLE, SCHEDULE_QUEUED, SCHEDULE_RUNNING };

struct schedule_tile {
  char *id;
  char *board;        // the dashboard's id, by which one node runs it
  uint64_t dashboard; // its hash: tiles that were run together stay together
  char **accounts;
  size_t account_count;
  uint64_t every_ms, due_ms; // due: by the monotonic clock; UINT64_MAX: not by itself
  uint64_t tried_ms;         // likewise; 0: not since the start
  uint64_t queued_ms;        // since when it waits; kept over a wait for a quota
  int64_t version;
  enum schedule_state state;
  struct board_batch batch;
  uint64_t wanted, served; // numbers of those who asked for it
  bool urgent, stopped, gone;
  bool ours; // this node runs it by itself, and has read when it was run last
};

struct schedule_listener { // who waits; on its own stack
  struct schedule_listener *next;
  struct channel *news;
};

static struct {
  pthread_mutex_t lock; // for all of this, never over a call that may switch
  const struct board_env *env;
  struct loop *loop;
  struct channel *news; // wakes the conductor
  struct map tiles;     // struct schedule_tile *, by id
  struct schedule_listener *listeners;
  struct schedule_tile *running[SCHEDULE_SIDE];
  size_t running_count;
  uint64_t serial;
  bool stops;
} schedule = {.lock = PTHREAD_MUTEX_INITIALIZER};

static char schedule_nudge;

static uint64_t schedule_now_ms(void) {
  return clock_mono_us() / 1000;
}

static uint64_t schedule_dice(uint64_t most) {
  uint32_t dice;
  token_random(&dice, sizeof dice);
  return most ? dice % most : 0;
}

// ---- tiles, under the lock

static void schedule_free(struct schedule_tile *t) {
  for (size_t i = 0; i < t->account_count; i++) mem_free(t->accounts[i]);
  mem_free(t->accounts);
  mem_free(t->board);
  mem_free(t->id);
  mem_free(t);
}

static void schedule_wake(void) {
  if (schedule.news) (void)channel_send(schedule.news, &schedule_nudge, NULL); // full: it looks anyway
}

static void schedule_tell(void) {
  for (struct schedule_listener *l = schedule.listeners; l; l = l->next)
    (void)channel_send(l->news, &schedule_nudge, NULL);
}

static void schedule_count(void) {
  struct map_slot *slot;
  int64_t queued = 0;
  for (size_t at = 0; (slot = map_next(&schedule.tiles, &at));)
    queued += ((struct schedule_tile *)slot->value)->state != SCHEDULE_IDLE;
  metrics_set(METRIC_TILES, (int64_t)schedule.tiles.count);
  metrics_set(METRIC_TILES_QUEUED, queued);
}

static void schedule_enqueue(struct schedule_tile *t, struct board_batch batch) {
  if (t->state != SCHEDULE_IDLE) return;
  t->state = SCHEDULE_QUEUED;
  t->batch = batch;
  if (!t->queued_ms) t->queued_ms = schedule_now_ms();
}

static size_t schedule_running_for(const char *account) {
  size_t n = 0;
  for (size_t r = 0; r < schedule.running_count; r++)
    for (size_t i = 0; i < schedule.running[r]->account_count; i++)
      n += strcmp(schedule.running[r]->accounts[i], account) == 0;
  return n;
}

static void schedule_ends(const struct schedule_tile *t) {
  for (size_t i = 0; i < schedule.running_count; i++)
    if (schedule.running[i] == t) schedule.running[i] = schedule.running[--schedule.running_count];
}

// Milliseconds until its accounts let it run; UINT64_MAX: when another ends.
static uint64_t schedule_held_ms(const struct schedule_tile *t) {
  uint64_t held = 0;
  for (size_t i = 0; i < t->account_count; i++) {
    if (schedule_running_for(t->accounts[i]) >= SCHEDULE_SIDE_ACCOUNT) return UINT64_MAX;
    uint64_t wait = (uint64_t)quota_wait(str_of(t->accounts[i])) * 1000;
    if (wait > held) held = wait;
  }
  return held;
}

static bool schedule_goes_before(const struct schedule_tile *a, const struct schedule_tile *b) {
  return a->urgent != b->urgent ? a->urgent : a->queued_ms < b->queued_ms;
}

// By itself one node runs a tile; where somebody waits for it, the one that he asks.
static bool schedule_is_ours(const struct schedule_tile *t) {
  return t->urgent || (t->ours && duty_is_ours(DUTY_TILES, str_of(t->board)));
}

// Of what nobody waits for: what programs may take that was read before, it may, too.
static struct board_batch schedule_batch(void) {
  struct board_batch batch = board_batch_now();
  uint64_t cache_ms = schedule.env->program(schedule.env->program_arg)->limits.cache_ms;
  if (cache_ms > SCHEDULE_CACHE_MS) cache_ms = SCHEDULE_CACHE_MS;
  batch.since_us = batch.since_us > cache_ms * 1000 ? batch.since_us - cache_ms * 1000 : 1;
  return batch;
}

// The next to run, or when to look again.
static struct schedule_tile *schedule_next(uint64_t *look_ms) {
  uint64_t now = schedule_now_ms();
  struct map_slot *slot;
  struct schedule_tile *next = NULL;
  struct board_batch batch = schedule_batch();
  *look_ms = now + SCHEDULE_NEVER;
  for (size_t at = 0; (slot = map_next(&schedule.tiles, &at));) {
    struct schedule_tile *t = slot->value;
    if (t->gone) continue;
    if (t->state == SCHEDULE_QUEUED && !schedule_is_ours(t)) t->state = SCHEDULE_IDLE;
    if (!schedule_is_ours(t)) continue;
    if (t->state == SCHEDULE_IDLE && t->due_ms <= now) schedule_enqueue(t, batch);
    if (t->state == SCHEDULE_IDLE && t->due_ms < *look_ms) *look_ms = t->due_ms;
    if (t->state != SCHEDULE_QUEUED || (next && !schedule_goes_before(t, next))) continue;
    uint64_t held = schedule_held_ms(t);
    if (!held)
      next = t;
    else if (held != UINT64_MAX && now + held < *look_ms)
      *look_ms = now + held;
  }
  return next;
}

// ---- a run

// About an interval after its batch began; the same for all of a dashboard that were run in it.
static uint64_t schedule_due(const struct schedule_tile *t) {
  uint64_t begun = t->batch.asked_us / 1000, mixed = (t->dashboard ^ begun) * 0x9e3779b97f4a7c15u;
  return begun + t->every_ms - t->every_ms / 20 + (mixed >> 32) % (t->every_ms / 10 + 1);
}

static void schedule_settle(struct schedule_tile *t, uint64_t serves, const struct board_refreshed *out,
                            bool ok) {
  uint64_t now = schedule_now_ms();
  bool waits = ok && out->state == BOARD_WAITING;
  t->state = SCHEDULE_IDLE;
  t->tried_ms = now;
  t->stopped = ok && out->state == BOARD_STOPPED;
  t->due_ms = UINT64_MAX;
  if (waits) // its place in the queue stays
    t->due_ms = now + (uint64_t)(out->wait_s > 0 ? out->wait_s : 1) * 1000 + schedule_dice(1000);
  else if (t->every_ms && !ok) // it was changed meanwhile, or nothing could be kept
    t->due_ms = now + (t->every_ms < SCHEDULE_AGAIN_MS ? t->every_ms : SCHEDULE_AGAIN_MS);
  else if (t->every_ms && !t->stopped)
    t->due_ms = schedule_due(t);
  if (!waits) t->queued_ms = 0;
  if (serves > t->served) t->served = serves;
  t->urgent = t->wanted > t->served;
  if (t->urgent) schedule_enqueue(t, board_batch_now());
}

struct schedule_run {
  char *id;
  struct board_batch batch;
  uint64_t serves;
};

static void schedule_end(struct schedule_run *run, const struct board_refreshed *out, bool ok) {
  pthread_mutex_lock(&schedule.lock);
  struct schedule_tile *t = map_get(&schedule.tiles, str_of(run->id));
  schedule_ends(t);
  if (t && t->gone) {
    map_remove(&schedule.tiles, str_of(run->id));
    schedule_free(t);
  } else if (t) {
    schedule_settle(t, run->serves, out, ok);
  }
  schedule_count();
  schedule_tell();
  schedule_wake();
  pthread_mutex_unlock(&schedule.lock);
  mem_free(run->id);
  mem_free(run);
}

static void schedule_work(void *arg) {
  struct schedule_run *run = arg;
  struct board_refreshed out;
  struct arena *a = arena_new();
  struct err err;
  bool ok = board_refresh(schedule.env, &run->batch, str_of(run->id), a, &out, &err);
  if (!ok && err.code != ERR_CANCELED && err.code != ERR_CONFLICT && err.code != ERR_MISSING)
    log_warn("the tile %s was run, and nothing of it is kept: %s", run->id, err.text);
  schedule_end(run, &out, ok);
  arena_free(a);
}

// False: there is nothing to run now.
static bool schedule_start_one(uint64_t *look_ms) {
  struct schedule_run *run = NULL;
  pthread_mutex_lock(&schedule.lock);
  struct schedule_tile *t =
      schedule.stops || schedule.running_count == SCHEDULE_SIDE ? NULL : schedule_next(look_ms);
  if (t) {
    if (clock_mono_us() - t->batch.asked_us > (uint64_t)SCHEDULE_BATCH_MS * 1000)
      t->batch = board_batch_now();
    run = MEM_NEW(struct schedule_run);
    *run = (struct schedule_run){mem_copy(t->id, strlen(t->id)), t->batch, t->wanted};
    t->state = SCHEDULE_RUNNING;
    schedule.running[schedule.running_count++] = t;
  }
  schedule_count();
  pthread_mutex_unlock(&schedule.lock);
  if (!run || fiber_spawn_as(FIBER_BACKGROUND, loop_current(), "tile", schedule_work, run))
    return run != NULL;
  pthread_mutex_lock(&schedule.lock);
  t = map_get(&schedule.tiles, str_of(run->id));
  schedule_ends(t);
  t->state = SCHEDULE_QUEUED;
  pthread_mutex_unlock(&schedule.lock);
  mem_free(run->id);
  mem_free(run);
  *look_ms = schedule_now_ms() + SCHEDULE_FULL_MS;
  return false;
}

static void schedule_conduct(void *arg) {
  struct channel *news = arg;
  struct err err;
  void *message;
  do {
    uint64_t look_ms = schedule_now_ms() + SCHEDULE_NEVER, now;
    while (schedule_start_one(&look_ms)) continue;
    now = schedule_now_ms();
    if (channel_receive(news, look_ms > now ? look_ms - now : 1, &message, &err)) err.code = ERR_TIMEOUT;
  } while (err.code == ERR_TIMEOUT);
  channel_unref(news);
}

static void schedule_begin(void *arg) {
  struct channel *news = arg;
  if (fiber_spawn_as(FIBER_MANAGEMENT, loop_current(), "dashboards", schedule_conduct, news)) return;
  log_error("no tile is run by itself: too much is in progress");
  channel_unref(news);
}

void schedule_start(const struct board_env *env, struct loop *loop) {
  pthread_mutex_lock(&schedule.lock);
  schedule.env = env;
  schedule.loop = loop;
  schedule.stops = false;
  schedule.news = channel_new(4);
  struct channel *news = channel_ref(schedule.news);
  pthread_mutex_unlock(&schedule.lock);
  loop_post(loop, schedule_begin, news);
}

// ---- what there is

static void schedule_take_accounts(struct schedule_tile *t, const struct store_rows *uses, size_t *at) {
  for (size_t i = 0; i < t->account_count; i++) mem_free(t->accounts[i]);
  mem_free(t->accounts);
  size_t first = *at;
  while (*at < uses->count && str_is(store_cell(uses, *at, 0)->text, t->id)) (*at)++;
  t->account_count = *at - first;
  t->accounts = mem_array(t->account_count + 1, sizeof *t->accounts);
  for (size_t i = 0; i < t->account_count; i++) {
    struct str id = store_cell(uses, first + i, 1)->text;
    t->accounts[i] = mem_copy(id.p, id.n);
  }
}

// Of a row: when it is due first, or anew where it was changed.
static void schedule_take(struct schedule_tile *t, const struct store_rows *rows, size_t i) {
  uint64_t now = schedule_now_ms(), every = (uint64_t)store_cell(rows, i, 1)->number;
  int64_t version = store_cell(rows, i, 2)->number, tried = store_cell(rows, i, 3)->number,
          age = tried ? clock_now_ms() - tried : -1;
  if (tried && age < 0) age = 0; // by the clock of another node
  struct str board = store_cell(rows, i, 5)->text;
  bool ours = duty_is_ours(DUTY_TILES, board), taken_over = ours && !t->ours, same = t->version == version;
  t->gone = false;
  t->ours = ours;
  t->dashboard = map_hash(board);
  if (!t->board) t->board = mem_copy(board.p, board.n);
  if (same && !taken_over) return;
  bool is_new = t->version == 0 || taken_over;
  t->version = version;
  t->every_ms = every;
  if (!tried) t->tried_ms = 0; // it gives something else now
  t->stopped = is_new && str_is(store_cell(rows, i, 4)->text, "stopped");
  if (is_new && age >= 0) t->tried_ms = now > (uint64_t)age ? now - (uint64_t)age : 1;
  t->due_ms = UINT64_MAX;
  if (!every || t->stopped) return;
  t->due_ms = t->tried_ms ? t->tried_ms + every : now;
  if (is_new && t->due_ms <= now && tried) // after a start: not all at once
    t->due_ms = now + t->dashboard % (every < SCHEDULE_SPREAD_MS ? every : SCHEDULE_SPREAD_MS);
}

static void schedule_merge(const struct store_rows *rows, const struct store_rows *uses) {
  struct map_slot *slot;
  size_t use = 0;
  for (size_t at = 0; (slot = map_next(&schedule.tiles, &at));)
    ((struct schedule_tile *)slot->value)->gone = true;
  for (size_t i = 0; i < rows->count; i++) {
    struct str id = store_cell(rows, i, 0)->text;
    struct schedule_tile *t = map_get(&schedule.tiles, id);
    if (!t) {
      t = MEM_NEW(struct schedule_tile);
      t->id = mem_copy(id.p, id.n);
      map_put(&schedule.tiles, str_of(t->id), t);
    }
    while (use < uses->count && str_compare(store_cell(uses, use, 0)->text, id) < 0) use++;
    schedule_take_accounts(t, uses, &use);
    schedule_take(t, rows, i);
  }
  for (size_t at = 0; (slot = map_next(&schedule.tiles, &at));) {
    struct schedule_tile *t = slot->value;
    if (!t->gone || t->state == SCHEDULE_RUNNING) continue; // the end of its run removes it
    map_remove(&schedule.tiles, str_of(t->id));
    schedule_free(t);
    at = 0; // slots move
  }
}

bool schedule_reload(const struct board_env *env, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows, uses;
  bool ok = store_query(env->store,
                        "SELECT t.id, t.every_ms, t.version, coalesce(r.at, 0), coalesce(r.state, ''), "
                        "t.dashboard_id FROM tile t "
                        "LEFT JOIN tile_try r ON r.tile_id = t.id ORDER BY t.id",
                        NULL, 0, a, &rows, err) &&
            store_query(env->store, "SELECT tile_id, account_id FROM tile_use ORDER BY tile_id, n", NULL, 0,
                        a, &uses, err);
  if (ok) {
    pthread_mutex_lock(&schedule.lock);
    schedule_merge(&rows, &uses);
    schedule_count();
    schedule_tell();
    schedule_wake();
    pthread_mutex_unlock(&schedule.lock);
  }
  arena_free(a);
  return ok;
}

// ---- asked for

static size_t schedule_left(const struct str *ids, size_t count, uint64_t serial) {
  size_t left = 0;
  for (size_t i = 0; i < count; i++) {
    const struct schedule_tile *t = map_get(&schedule.tiles, ids[i]);
    left += t && t->served < serial;
  }
  return left;
}

static uint64_t schedule_want(const struct str *ids, size_t count) {
  struct board_batch batch = board_batch_now();
  uint64_t serial = ++schedule.serial;
  for (size_t i = 0; i < count; i++) {
    struct schedule_tile *t = map_get(&schedule.tiles, ids[i]);
    if (!t) continue;
    t->wanted = serial;
    t->urgent = true;
    if (t->state == SCHEDULE_QUEUED) t->batch = batch; // it has not begun: one moment for all
    schedule_enqueue(t, batch);
  }
  schedule_count();
  schedule_wake();
  return serial;
}

static void schedule_unlisten(struct schedule_listener *mine) {
  for (struct schedule_listener **at = &schedule.listeners; *at; at = &(*at)->next)
    if (*at == mine) {
      *at = mine->next;
      break;
    }
}

bool schedule_refresh(const struct str *ids, size_t count, uint64_t wait_ms, size_t *left, struct err *err) {
  struct schedule_listener mine = {.news = channel_new(1)};
  uint64_t end = schedule_now_ms() + wait_ms, now;
  void *message;
  bool ok = true;
  pthread_mutex_lock(&schedule.lock);
  uint64_t serial = schedule_want(ids, count);
  mine.next = schedule.listeners;
  schedule.listeners = &mine;
  while ((*left = schedule_left(ids, count, serial)) && !schedule.stops && (now = schedule_now_ms()) < end) {
    pthread_mutex_unlock(&schedule.lock);
    ok = channel_receive(mine.news, end - now, &message, err) || err->code == ERR_TIMEOUT;
    pthread_mutex_lock(&schedule.lock);
    if (!ok) break;
  }
  schedule_unlisten(&mine);
  pthread_mutex_unlock(&schedule.lock);
  channel_unref(mine.news);
  return ok;
}

static bool schedule_is_stale(const struct schedule_tile *t) {
  uint64_t most = t->every_ms ? t->every_ms : SCHEDULE_STALE_MS;
  if (t->every_ms && !schedule_is_ours(t)) return false; // another node runs it in time
  return !t->stopped && (!t->tried_ms || schedule_now_ms() - t->tried_ms >= most);
}

size_t schedule_look(const struct str *ids, size_t count) {
  size_t n = 0;
  pthread_mutex_lock(&schedule.lock);
  struct board_batch batch = schedule.env ? schedule_batch() : board_batch_now();
  for (size_t i = 0; i < count; i++) {
    struct schedule_tile *t = map_get(&schedule.tiles, ids[i]);
    if (!t || t->state != SCHEDULE_IDLE || !schedule_is_stale(t)) continue;
    schedule_enqueue(t, batch);
    n++;
  }
  if (n) schedule_wake();
  schedule_count();
  pthread_mutex_unlock(&schedule.lock);
  return n;
}

bool schedule_is_at_work(struct str id) {
  pthread_mutex_lock(&schedule.lock);
  const struct schedule_tile *t = map_get(&schedule.tiles, id);
  bool works = t && t->state != SCHEDULE_IDLE;
  pthread_mutex_unlock(&schedule.lock);
  return works;
}

int64_t schedule_next_in(struct str id) {
  pthread_mutex_lock(&schedule.lock);
  const struct schedule_tile *t = map_get(&schedule.tiles, id);
  uint64_t now = schedule_now_ms(), at = UINT64_MAX;
  if (t && t->state == SCHEDULE_IDLE) at = t->due_ms;
  if (at != UINT64_MAX && at < now && !schedule_is_ours(t)) // about then, at another node
    at = now + t->every_ms - (now - at) % t->every_ms;
  if (t && t->state == SCHEDULE_QUEUED) {
    uint64_t held = schedule_held_ms(t);
    at = held == UINT64_MAX ? now : now + held;
  }
  pthread_mutex_unlock(&schedule.lock);
  return at == UINT64_MAX ? -1 : at > now ? (int64_t)(at - now) : 0;
}

// ---- the end

void schedule_stop(void) {
  pthread_mutex_lock(&schedule.lock);
  schedule.stops = true;
  if (schedule.news) channel_close(schedule.news);
  schedule_tell();
  pthread_mutex_unlock(&schedule.lock);
}

void schedule_close(void) {
  struct map_slot *slot;
  for (size_t at = 0; (slot = map_next(&schedule.tiles, &at));) schedule_free(slot->value);
  map_free(&schedule.tiles);
  channel_unref(schedule.news);
  schedule.news = NULL;
}

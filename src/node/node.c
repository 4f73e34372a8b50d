// SPDX-License-Identifier: Apache-2.0
#include "node/node.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "node/duty.h"

// While a node with another key may live: so long its row is watched. Longer than ROSTER_DEAD_MS.
enum { NODE_STRANGER_MS = 9000, NODE_STRANGER_POLL_MS = 250, NODE_ID_LENGTH = 8 };

static struct {
  char id[NODE_ID];
  struct store *store; // NULL: alone
  struct arena *arena; // of `row`
  struct node_row row; // the beating thread's, once it runs
  uint64_t cpu_us, cpu_at_us;
  atomic_int_fast64_t seen;
  pthread_t thread;
  pthread_mutex_t lock;    // for what follows
  pthread_cond_t wake;     // to stop, or to beat at once
  pthread_cond_t beaten;   // `heeded` has grown, or the thread is gone
  uint64_t wanted, heeded; // how many have asked for a beat, and of how many of them it came
  bool stop, joined, gone; // joined: no other has another key; gone: the thread has taken its leave
  void (*left)(void *arg); // NULL: nobody asks
  void *left_arg;
  struct roster roster;
} node = {.lock = PTHREAD_MUTEX_INITIALIZER, .beaten = PTHREAD_COND_INITIALIZER};

// ---- beating

static uint64_t node_cpu_us(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
         (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void node_measure(void) {
  uint64_t cpu = node_cpu_us(), now = clock_mono_us(), passed = now - node.cpu_at_us;
  node.row.cpu = passed ? (int64_t)((cpu - node.cpu_us) * 100 / passed) : 0;
  node.cpu_us = cpu;
  node.cpu_at_us = now;
  node.row.running = metrics_get(METRIC_FIBERS);
  node.row.seen = atomic_load(&node.seen);
  node.row.beat++;
}

// After a change of keys the row says so.
static bool node_renew(struct err *err) {
  struct seal_ring *ring = store_ring(node.store);
  if (!ring || str_eq(node.row.key_id, seal_ring_current_id(ring))) return true;
  return node_row_stamp(node.store, &node.row, node.arena, err);
}

static void node_take_rows(const struct node_rows *rows) {
  pthread_mutex_lock(&node.lock);
  roster_look(&node.roster, rows, clock_mono_us());
  pthread_mutex_unlock(&node.lock);
}

// Rows of nodes that nobody has seen live for long; whoever is first removes one.
static bool node_sweep(struct err *err) {
  uint64_t now = clock_mono_us();
  for (size_t i = 0; i < node.roster.count; i++) { // changed by this thread alone
    const struct roster_node *n = &node.roster.items[i];
    if (!roster_is_over(n, now) || str_is(node_self(), n->id)) continue;
    log_info("node %s on %s is gone", n->id, n->host);
    if (!node_row_delete(node.store, str_of(n->id), n->beat, err)) return false;
  }
  return true;
}

static bool node_look(struct err *err) {
  struct arena *a = arena_new();
  struct node_rows rows;
  bool ok = node_row_load(node.store, a, &rows, err);
  if (ok) node_take_rows(&rows);
  arena_free(a);
  return ok && node_sweep(err);
}

static bool node_beat(struct err *err) {
  bool there;
  uint64_t began_us = clock_mono_us();
  node_measure();
  if (!node_renew(err) || !node_row_beat(node.store, &node.row, &there, err)) return false;
  if (!(there || node_row_insert(node.store, &node.row, err)) || !node_look(err)) return false;
  pthread_mutex_lock(&node.lock);
  bool joined = node.joined;
  pthread_mutex_unlock(&node.lock);
  return !joined || duty_look(node.store, &node.roster, began_us, err);
}

// Until the next beat; true: to stop. With the lock held.
static bool node_pause(void) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += NODE_BEAT_MS / 1000;
  while (!node.stop && node.wanted == node.heeded &&
         pthread_cond_timedwait(&node.wake, &node.lock, &until) == 0) {
  }
  return node.stop;
}

// What it has in memory is old by then, and nobody can tell it what was revoked.
static void node_give_up(const struct err *err) {
  log_error("%s; %s", err->text, err->hint);
  kill(getpid(), SIGTERM);
}

static void node_take_leave(void) {
  struct err err;
  if (!duty_leave(node.store, &err) || !node_row_delete(node.store, node_self(), -1, &err))
    log_event(LOG_DEBUG, STR_NONE, "the node's row stays: %s", err.text);
  pthread_mutex_lock(&node.lock);
  node.gone = true;
  pthread_cond_broadcast(&node.beaten);
  void (*left)(void *arg) = node.left;
  pthread_mutex_unlock(&node.lock);
  if (left) left(node.left_arg);
}

// That the store is away is told by others (store/probe).
static void *node_run(void *arg) {
  struct err err;
  pthread_mutex_lock(&node.lock);
  while (!node_pause()) {
    uint64_t wanted = node.wanted;
    pthread_mutex_unlock(&node.lock);
    bool beats = node_beat(&err), outdated = !beats && err.reason == WHY_OUTDATED;
    if (!beats) log_event(LOG_DEBUG, STR_NONE, "no beat: %s", err.text);
    if (outdated) node_give_up(&err);
    pthread_mutex_lock(&node.lock);
    node.stop |= outdated;
    node.heeded = wanted;
    pthread_cond_broadcast(&node.beaten);
  }
  pthread_mutex_unlock(&node.lock);
  node_take_leave();
  return arg;
}

// ---- beginning

static void node_draw_id(void) {
  static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  unsigned char random[NODE_ID_LENGTH];
  token_random(random, sizeof random);
  for (size_t i = 0; i < NODE_ID_LENGTH; i++) node.id[i] = letters[random[i] % (sizeof letters - 1)];
  node.id[NODE_ID_LENGTH] = 0;
}

static void node_describe(const struct node_options *o) {
  char host[ROSTER_HOST] = "";
  if (gethostname(host, sizeof host) != 0) *host = 0;
  host[sizeof host - 1] = 0;
  node.row = (struct node_row){.id = node_self(),
                               .host = arena_dup(node.arena, str_of(host)),
                               .version = arena_dup(node.arena, o->version),
                               .url = arena_dup(node.arena, o->url),
                               .started_at = clock_now_ms()};
  node.cpu_us = node_cpu_us();
  node.cpu_at_us = clock_mono_us();
}

static bool node_write(const struct node_options *o, struct err *err) {
  return node_row_stamp(o->store, &node.row, node.arena, err) && node_row_insert(o->store, &node.row, err) &&
         node_look(err);
}

static bool node_begin(struct err *err) {
  clock_condition_init(&node.wake);
  int rc = pthread_create(&node.thread, NULL, node_run, NULL);
  return rc == 0 || err_set(err, ERR_UNAVAILABLE, "cannot start the thread that beats: %s", strerror(rc));
}

// Rows of others that do not go by our key: is one of them live? Those that are not go.
static bool node_refuse_strangers(struct err *err) {
  uint64_t end_us = clock_mono_us() + NODE_STRANGER_MS * 1000ull;
  struct roster first;
  pthread_mutex_lock(&node.lock);
  first = node.roster;
  pthread_mutex_unlock(&node.lock);
  for (size_t i = 0; i < first.count;) {
    const struct roster_node *was = &first.items[i], *is;
    pthread_mutex_lock(&node.lock);
    is = roster_find(&node.roster, str_of(was->id));
    bool over = was->ours || !is, beats = is && is->beat != was->beat;
    pthread_mutex_unlock(&node.lock);
    if (!over && beats) {
      err_at(err, ERR_DENIED, "key_file", "a Postern with another key uses this database: node %s on %s",
             was->id, was->host);
      err_hint(err, "give this node a copy of that one's key file; or name another database");
      return false;
    }
    bool late = clock_mono_us() >= end_us;
    if (!over && late && !node_row_delete(node.store, str_of(was->id), was->beat, err)) return false;
    if (over || late)
      i++;
    else
      usleep(NODE_STRANGER_POLL_MS * 1000);
  }
  return true;
}

bool node_open(const struct node_options *o, struct err *err) {
  node_draw_id();
  node.arena = arena_new();
  node_describe(o);
  if (!store_is_for_several(o->store)) return true;
  node.stop = node.joined = node.gone = false;
  node.wanted = node.heeded = 0;
  node.left = NULL;
  node.store = o->store;
  duty_begin(node_self());
  if (!node_write(o, err) || !node_begin(err)) {
    node.store = NULL;
    return false;
  }
  if (!node_refuse_strangers(err)) return false;
  pthread_mutex_lock(&node.lock);
  node.joined = true;
  node.wanted++;
  pthread_cond_signal(&node.wake);
  pthread_mutex_unlock(&node.lock);
  return true;
}

void node_beat_now(void) {
  pthread_mutex_lock(&node.lock);
  if (node.store) {
    uint64_t turn = ++node.wanted;
    pthread_cond_signal(&node.wake);
    while (node.heeded < turn && !node.gone) pthread_cond_wait(&node.beaten, &node.lock);
  }
  pthread_mutex_unlock(&node.lock);
}

void node_leave(void (*left)(void *arg), void *arg) {
  pthread_mutex_lock(&node.lock);
  bool gone = !node.store || node.gone;
  if (!gone) {
    node.left = left;
    node.left_arg = arg;
    node.stop = true;
    pthread_cond_signal(&node.wake);
  }
  pthread_mutex_unlock(&node.lock);
  if (gone && left) left(arg);
}

static void node_end(void) {
  pthread_mutex_lock(&node.lock);
  node.stop = true;
  pthread_cond_signal(&node.wake);
  pthread_mutex_unlock(&node.lock);
  pthread_join(node.thread, NULL);
  pthread_cond_destroy(&node.wake);
}

void node_close(void) {
  if (node.store) node_end();
  duty_end();
  arena_free(node.arena);
  node.arena = NULL;
  node.store = NULL;
  node.roster = (struct roster){0};
}

// ---- asked

struct str node_self(void) {
  return str_of(node.id);
}

bool node_is_alone(void) {
  return !node.store;
}

static bool node_is_self(const struct roster_node *n) {
  return str_is(node_self(), n->id);
}

// A row that does not go by our key is none of ours: nothing is sent there.
static bool node_counts(const struct roster_node *n) {
  return node_is_self(n) || (n->live && n->ours);
}

enum node_where node_find(struct str id, char url[NODE_URL]) {
  *url = 0;
  if (str_eq(id, node_self())) return NODE_SELF;
  pthread_mutex_lock(&node.lock);
  const struct roster_node *n = roster_find(&node.roster, id);
  bool live = n && node_counts(n);
  if (live) snprintf(url, NODE_URL, "%s", n->url);
  pthread_mutex_unlock(&node.lock);
  return live ? NODE_LIVE : NODE_GONE;
}

static struct roster_node node_alone(void) {
  struct roster_node n = {
      .started_at = node.row.started_at, .running = metrics_get(METRIC_FIBERS), .live = true, .ours = true};
  memcpy(n.id, node.id, sizeof n.id);
  snprintf(n.host, sizeof n.host, "%.*s", STR_ARG(node.row.host));
  snprintf(n.version, sizeof n.version, "%.*s", STR_ARG(node.row.version));
  return n;
}

void node_list(struct node_list *out) {
  out->count = 0;
  pthread_mutex_lock(&node.lock);
  for (size_t i = 0; i < node.roster.count; i++)
    if (node_counts(&node.roster.items[i])) out->items[out->count++] = node.roster.items[i];
  pthread_mutex_unlock(&node.lock);
  if (!out->count) out->items[out->count++] = node_alone();
}

size_t node_count(void) {
  size_t count = 0;
  pthread_mutex_lock(&node.lock);
  for (size_t i = 0; i < node.roster.count; i++) count += node_counts(&node.roster.items[i]);
  pthread_mutex_unlock(&node.lock);
  return count ? count : 1;
}

void node_note_seen(int64_t line) {
  atomic_store(&node.seen, line);
}

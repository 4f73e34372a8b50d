// SPDX-License-Identifier: Apache-2.0
// Health, metrics, status, the key: the program itself over HTTP.
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "access/permit.h"
#include "account/connect.h"
#include "account/keys.h"
#include "admin/put.h"
#include "admin/route.h"
#include "alert/event_row.h"
#include "answer/answer_row.h"
#include "authority/client.h"
#include "authority/live.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/steady.h"
#include "board/share_row.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "limit/day_row.h"
#include "node/duty.h"
#include "node/node.h"
#include "oidc/oidc.h"
#include "store/changelog.h"

enum { SYSTEM_FIBERS_MOST = 100, SYSTEM_REASONS_MOST = 400 };

static void system_put_ok(struct admin_call *call) {
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "status", STR("ok"));
  put_close(&call->out, '}');
}

bool admin_get_health(struct admin_call *call, struct err *err) {
  (void)err;
  system_put_ok(call);
  return true;
}

// Anybody may ask, as often as he likes, so nothing is done for it: the store is probed in the background.
bool admin_get_readiness(struct admin_call *call, struct err *err) {
  const struct admin_env *env = call->env;
  struct buf reasons = BUF_MAX(SYSTEM_REASONS_MOST);
  struct store_health store;
  struct err why;
  store_probe_read(env->probe, &store);
  if (env->ready && !env->ready(env->ready_arg, &why)) buf_printf(&reasons, "%s; ", why.text);
  if (!call->catalog) buf_add_z(&reasons, "the catalog is not loaded; ");
  if (!store.ok)
    buf_printf(&reasons, "the store takes no writes: %s (tried %llu s ago); ", store.why.text,
               (unsigned long long)store.age_ms / 1000);
  else if (store.age_ms > STORE_PROBE_STALE_MS)
    buf_printf(&reasons, "the store has not answered for %llu s; ", (unsigned long long)store.age_ms / 1000);
  bool ready = reasons.n == 0;
  int64_t spooled = metrics_get(METRIC_AUDIT_SPOOLED);
  if (!store.ok && spooled) buf_printf(&reasons, "%lld audit rows wait in a file; ", (long long)spooled);
  if (ready) {
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "status", STR("ok"));
    put_int(&call->out, "store_age_ms", (int64_t)store.age_ms);
    put_close(&call->out, '}');
  } else {
    err_set(err, ERR_UNAVAILABLE, "not ready: %.*s", (int)reasons.n - 2, reasons.p);
    if (!store.ok && store.why.hint[0]) err_hint(err, "%s", store.why.hint);
  }
  buf_free(&reasons);
  return ready;
}

bool admin_get_metrics(struct admin_call *call, struct err *err) {
  (void)err;
  metrics_print(&call->out);
  return true;
}

bool admin_get_openapi(struct admin_call *call, struct err *err) {
  (void)err;
  admin_write_openapi(call->env->version, &call->out);
  return true;
}

// ---- what waits, on all loops: each is asked by letter, and the asker's fiber waits for the answers

struct system_loop {
  struct system_ask *ask;
  struct loop *loop;
  size_t count;
  struct fiber_info fibers[SYSTEM_FIBERS_MOST];
};

struct system_ask { // changed on the asker's loop only
  struct loop *home;
  struct fiber *waiter; // NULL: it has gone; the last answer frees the ask
  size_t pending;
  struct system_loop *loops;
};

static void system_ask_free(struct system_ask *ask) {
  mem_free(ask->loops);
  mem_free(ask);
}

static void system_answered(void *arg) {
  struct system_ask *ask = arg;
  if (--ask->pending) return;
  if (ask->waiter)
    fiber_wake(ask->waiter);
  else
    system_ask_free(ask);
}

static void system_list(void *arg) {
  struct system_loop *l = arg;
  l->count = fiber_list(l->loop, l->fibers, SYSTEM_FIBERS_MOST);
  loop_post(l->ask->home, system_answered, l->ask);
}

static bool system_ask_loops(const struct admin_env *env, struct system_ask **out, struct err *err) {
  struct system_ask *ask = MEM_NEW(struct system_ask);
  *ask = (struct system_ask){.home = loop_current(), .waiter = fiber_self()};
  ask->loops = mem_array(env->loop_count ? env->loop_count : 1, sizeof *ask->loops);
  for (size_t i = 0; i < env->loop_count; i++) {
    struct system_loop *l = &ask->loops[i];
    l->ask = ask;
    l->loop = env->loops[i];
    ask->pending++;
    loop_post(l->loop, system_list, l);
  }
  while (ask->pending)
    if (!fiber_park("the loops' answers", err)) {
      ask->waiter = NULL;
      return false;
    }
  *out = ask;
  return true;
}

static void system_put_loop(struct buf *out, const struct system_loop *l) {
  put_open(out, NULL, '{');
  put_int(out, "index", loop_index(l->loop));
  put_int(out, "fibers_most", (int64_t)loop_fibers_most(l->loop));
  put_open(out, "fibers", '[');
  for (size_t i = 0; i < l->count; i++) {
    put_open(out, NULL, '{');
    put_text(out, "name", str_of(l->fibers[i].name));
    put_text(out, "reason", str_of(l->fibers[i].reason));
    put_int(out, "age_ms", (int64_t)l->fibers[i].age_ms);
    put_close(out, '}');
  }
  put_close(out, ']');
  put_close(out, '}');
}

static void system_put_catalog(struct buf *out, const struct catalog *c) {
  put_open(out, "catalog", '{');
  put_int(out, "accounts", (int64_t)c->account_count);
  put_int(out, "servers", (int64_t)catalog_server_count(c));
  put_int(out, "tools", metrics_get(METRIC_CATALOG_TOOLS));
  put_int(out, "api_tokens", (int64_t)c->token_count);
  put_close(out, '}');
}

static void system_put_queues(struct buf *out) {
  static const struct {
    const char *name;
    enum metric metric;
  } queues[] = {{"connections", METRIC_HTTP_CONNECTIONS}, {"streams", METRIC_HTTP_STREAMS},
                {"pool_jobs", METRIC_POOL_QUEUED},        {"audit_rows", METRIC_AUDIT_QUEUED},
                {"audit_spooled", METRIC_AUDIT_SPOOLED},  {"audit_dropped", METRIC_AUDIT_DROPPED}};
  put_open(out, "queues", '{');
  for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
    put_int(out, queues[i].name, metrics_get(queues[i].metric));
  put_close(out, '}');
}

static void system_put_nodes(struct buf *out) {
  struct node_list nodes;
  node_list(&nodes);
  put_open(out, "nodes", '[');
  for (size_t i = 0; i < nodes.count; i++) {
    const struct roster_node *n = &nodes.items[i];
    put_open(out, NULL, '{');
    put_text(out, "id", str_of(n->id));
    put_text(out, "host", str_of(n->host));
    put_text(out, "version", str_of(n->version));
    put_text(out, "url", str_of(n->url));
    put_time(out, "started_at", n->started_at);
    put_int(out, "lag", n->lag);
    put_int(out, "running", n->running);
    put_int(out, "cpu", n->cpu);
    put_close(out, '}');
  }
  put_close(out, ']');
}

static void system_put_sinks(struct buf *out, struct sinks *sinks) {
  struct sink_look looks[SINKS_MOST];
  size_t count = sinks_look(sinks, looks, SINKS_MOST);
  put_open(out, "audit_sinks", '[');
  for (size_t i = 0; i < count; i++) {
    const struct sink_look *l = &looks[i];
    put_open(out, NULL, '{');
    put_text(out, "sink", str_of(l->name));
    put_text(out, "state", l->idle ? STR("idle") : l->failing_ms ? STR("failing") : STR("ok"));
    put_int(out, "lag_ms", l->lag_ms);
    put_int(out, "sent", l->sent);
    put_int(out, "failures", l->failures);
    put_int(out, "lost", l->lost);
    put_int(out, "failing_ms", l->failing_ms);
    put_text_or_null(out, "why", l->failing_ms ? str_of(l->why.text) : STR_NONE);
    put_text_or_null(out, "remedy", l->failing_ms ? str_of(l->why.hint) : STR_NONE);
    put_close(out, '}');
  }
  put_close(out, ']');
}

bool admin_get_status(struct admin_call *call, struct err *err) {
  const struct admin_env *env = call->env;
  struct system_ask *ask;
  if (!system_ask_loops(env, &ask, err)) return false;
  struct buf *out = &call->out;
  put_open(out, NULL, '{');
  put_text(out, "version", env->version);
  put_time(out, "started_at", env->started_ms);
  put_int(out, "uptime_s", (clock_now_ms() - env->started_ms) / 1000);
  put_int(out, "process", getpid());
  put_text(out, "node", node_self());
  put_text(out, "store", env->store_kind);
  put_text(out, "key", seal_ring_current_id(env->catalog->account->ring));
  put_text_or_null(out, "key_file", env->key_file);
  put_text(out, "public_url", admin_public_url(call));
  system_put_nodes(out);
  system_put_catalog(out, call->catalog);
  system_put_queues(out);
  system_put_sinks(out, env->sinks);
  put_open(out, "loops", '[');
  for (size_t i = 0; i < env->loop_count; i++) system_put_loop(out, &ask->loops[i]);
  put_close(out, ']');
  put_close(out, '}');
  system_ask_free(ask);
  return true;
}

// ---- the key

struct system_rotation {
  const struct admin_env *env;
  const char *key_file;
  size_t resealed;
};

static pthread_mutex_t system_rotating = PTHREAD_MUTEX_INITIALIZER; // one rotation at a time, on the pool

static bool system_rotate(void *arg, struct err *err) {
  struct system_rotation *r = arg;
  pthread_mutex_lock(&system_rotating);
  bool ok = keys_rotate(r->env->catalog->account, r->key_file, &r->resealed, err);
  if (ok) audit_reseal(r->env->run->audit);
  if (ok && !node_is_alone()) { // its row went by the key of before, and is all that some keys are kept for
    node_beat_now();
    keys_tidy(r->env->catalog->account, r->key_file);
  }
  pthread_mutex_unlock(&system_rotating);
  return ok;
}

bool admin_rotate_key(struct admin_call *call, struct err *err) {
  if (!call->env->key_file.n) {
    err_set(err, ERR_CONFLICT, "the key did not come from a file, so Postern cannot add another");
    err_hint(
        err,
        "add a line to where the key is kept, the new key last, and restart; or use the setting key_file");
    return false;
  }
  if (node_count() > 1) {
    err_set(err, ERR_CONFLICT, "%zu nodes use this database, and each has its own copy of the keys",
            node_count());
    err_hint(err, "stop all others, rotate, copy the key file to their machines, start them again");
    return false;
  }
  struct system_rotation r = {.env = call->env, .key_file = arena_z(call->arena, call->env->key_file)};
  if (!pool_run(system_rotate, &r, err)) return false;
  struct str id = seal_ring_current_id(call->env->catalog->account->ring);
  call->detail = arena_printf(call->arena, "%.*s, %zu resealed", STR_ARG(id), r.resealed);
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "key", id);
  put_int(&call->out, "resealed", (int64_t)r.resealed);
  put_close(&call->out, '}');
  return true;
}

// ---- what goes by itself

// How far the steady time has come, for the next start to go on from. Where no run has noted it yet, the
// newest row of the audit tells.
#define SYSTEM_SEEN "SELECT value FROM meta WHERE key = 'seen'"
#define SYSTEM_NEWEST "SELECT CAST(max(last_at) AS TEXT) FROM audit_span"
enum { SYSTEM_DAYS_MS = 3 * 24 * 3600 * 1000 }; // counts of days that are over

#define SYSTEM_SEE                                                                                           \
  "INSERT INTO meta (key, value) VALUES ('seen', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

static bool system_time_of(struct store *s, const char *sql, uint64_t *ms, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s, sql, NULL, 0, a, &rows, err);
  if (ok && rows.count && !str_to_u64(store_cell(&rows, 0, 0)->text, ms)) *ms = 0;
  arena_free(a);
  return ok;
}

bool admin_begin_time(struct store *s, struct err *err) {
  uint64_t seen = 0;
  if (!system_time_of(s, SYSTEM_SEEN, &seen, err)) return false;
  if (!seen && !system_time_of(s, SYSTEM_NEWEST, &seen, err)) return false;
  steady_begin(seen <= INT64_MAX ? (int64_t)seen : 0);
  return true;
}

static bool system_note_time(struct store *s, int64_t ms, struct err *err) {
  char text[CLOCK_TEXT];
  snprintf(text, sizeof text, "%lld", (long long)ms);
  return store_run(s, SYSTEM_SEE, &STORE_TEXT(str_of(text)), 1, NULL, err);
}

// Who went by itself is a row, too.
static void system_audit_expired(const struct admin_env *env, const char *action,
                                 const struct store_rows *gone, bool server) {
  for (size_t i = 0; i < gone->count; i++) {
    struct str id = store_cell(gone, i, 0)->text, name = store_cell(gone, i, 1)->text;
    char time[CLOCK_TEXT], detail[256];
    clock_rfc3339(store_cell(gone, i, 2)->number, time);
    snprintf(detail, sizeof detail, "%.*s \"%.*s\", at %s", STR_ARG(id), STR_MOST(name, 128), time);
    audit_add(env->run->audit, &(struct audit_row){.at = clock_now_ms(),
                                                   .action = str_of(action),
                                                   .server_id = server ? id : STR_NONE,
                                                   .server_name = server ? name : STR_NONE,
                                                   .outcome = STR("ok"),
                                                   .detail = str_of(detail)});
  }
}

// People's sign-ins from AI clients, and clients that nobody lets in.
static bool system_purge_sign_ins(const struct admin_env *env, int64_t now, struct err *err) {
  const struct authority_env *authority = env->authority;
  struct store *s = env->catalog->account->store;
  return lease_row_purge(s, now, authority->terms.idle_ms, err) &&
         authority_client_purge(s, now - authority->clients_keep_ms, err);
}

// What goes when its time is over, each with a row of its own in the audit.
static const struct {
  const char *action;
  bool (*purge)(struct store *s, int64_t now, struct arena *a, struct store_rows *gone, struct err *err);
  bool server; // the row is about one
  bool shown;  // the catalog has it
} system_expiries[] = {
    {"server.expire", server_row_purge, true, true},
    {"token.expire", access_purge, false, true},
    {"link.expire", connect_purge, false, false},
    {"share.expire", board_share_purge, false, false},
};

static bool system_expire(const struct admin_env *env, int64_t now, bool *gone, struct err *err) {
  struct arena *a = arena_new();
  bool ok = true;
  for (size_t i = 0; ok && i < sizeof system_expiries / sizeof *system_expiries; i++) {
    struct store_rows rows = {0};
    ok = system_expiries[i].purge(env->catalog->account->store, now, a, &rows, err);
    if (ok) system_audit_expired(env, system_expiries[i].action, &rows, system_expiries[i].server);
    *gone = *gone || (system_expiries[i].shown && rows.count);
  }
  arena_free(a);
  return ok;
}

// What goes without: it was over already, or is kept for so long.
static bool system_sweep(const struct admin_env *env, int64_t now, struct err *err) {
  struct store *s = env->catalog->account->store;
  size_t rows = 0;
  return signin_purge(s, now, env->session_idle_ms, err) && oidc_purge(s, now, err) && permit_sweep(s, err) &&
         audit_purge(s, env->audit_keep_ms, &rows, err) &&
         (!env->answers_keep_ms || answer_row_purge(s, now - env->answers_keep_ms, err)) &&
         admin_sweep_approvals(env, now, err) && day_row_purge(s, now - SYSTEM_DAYS_MS, err) &&
         (!env->events_keep_ms || alert_events_purge(s, now - env->events_keep_ms, err)) &&
         system_note_time(s, now, err) && changelog_trim(s, err) && system_purge_sign_ins(env, now, err);
}

// What one node does for all.
static bool system_purge_rows(const struct admin_env *env, int64_t now, bool *gone, struct err *err) {
  return system_expire(env, now, gone, err) && system_sweep(env, now, err);
}

bool admin_purge(const struct admin_env *env, struct err *err) {
  struct store *s = env->catalog->account->store;
  size_t ended = 0;
  bool gone = false;
  bool ok = (!duty_is_ours(DUTY_HOUSE, STR_NONE) || system_purge_rows(env, steady_now_ms(), &gone, err)) &&
            catalog_write_uses(s, err) && live_tend(s, clock_now_ms(), &ended, err);
  // What did go must leave the catalog, whatever failed after it.
  struct err late;
  if (gone + ended > 0 && !catalog_rebuild(env->catalog, &late)) {
    if (ok) *err = late;
    return false;
  }
  return ok;
}

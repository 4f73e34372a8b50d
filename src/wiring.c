// SPDX-License-Identifier: Apache-2.0
#include "wiring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/keys.h"
#include "audit/audit.h"
#include "authority/live.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "board/schedule.h"
#include "call/cache.h"
#include "call/quota.h"
#include "catalog/watch.h"
#include "crypto/tls.h"
#include "data/uri.h"
#include "doors.h"
#include "fetch/proxy.h"
#include "follow.h"
#include "hear.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "node/node.h"
#include "node/wake.h"
#include "oidc/known.h"
#include "outward.h"
#include "program/keep.h"
#include "serve/stream.h"
#include "session/kept.h"
#include "sink/sink.h"
#include "tell.h"
#include "version.h"
#include "vetting.h"
#include "web/web.h"

enum { WIRING_HASTE_MS = 2000 }; // at the end, for locks of the store

// Who asks by a URL that was revoked at another node is not to be answered without end (store_away_most).
static bool wiring_knows_enough(const struct wiring_set *set, struct http_exchange *x) {
  uint64_t most = set->settings->store_away_most, silence = most ? wake_silence_ms() : 0;
  struct err err;
  if (silence <= most) return true;
  err_set(
      &err, ERR_UNAVAILABLE,
      "this node has not heard from the database for %llu s, and answers nobody who may have been revoked "
      "since",
      (unsigned long long)silence / 1000);
  err_hint(&err, "try again in a moment");
  http_reply_err(x, &err);
  return false;
}

static void wiring_handle(void *ctx, struct http_exchange *x) {
  struct wiring *w = ctx;
  const struct wiring_set *set = atomic_load_explicit(&w->set, memory_order_acquire);
  const struct http_request *in = http_request_of(x);
  bool page = web_takes(in->path) && (!admin_takes(in) || (web_has_console() && admin_leaves_to_console(in)));
  if (hear_takes(in)) {
    hear_handle(x);
    return;
  }
  if (endpoint_takes(in->path) && !wiring_knows_enough(set, x)) return;
  if (endpoint_takes(in->path))
    endpoint_handle(&set->serve, x);
  else if (page)
    web_handle(x);
  else
    admin_handle(&set->admin, x);
}

// Whoever looks after the program gets through when clients and vendors have taken all they may.
static enum fiber_rank wiring_rank(struct str path) {
  static const char *const health[] = {"/healthz", "/readyz", "/metrics"};
  for (size_t i = 0; i < sizeof health / sizeof *health; i++)
    if (str_is(path, health[i])) return FIBER_HEALTH;
  return endpoint_takes(path) || admin_is_for_strangers(path) ? FIBER_ORDINARY : FIBER_MANAGEMENT;
}

static bool wiring_is_ready(void *arg, struct err *err) {
  const struct wiring *w = arg;
  return w->ready ? true : err_set(err, ERR_UNAVAILABLE, "starting or stopping");
}

// ---- settings → what the parts take

static bool wiring_tls(const struct settings *s, struct tls_context **out, struct err *err) {
  *out = NULL;
  if (!s->tls_cert.n && !s->tls_key.n) return true;
  if (!s->tls_cert.n || !s->tls_key.n)
    return err_at(err, ERR_INVALID, s->tls_cert.n ? "tls_key" : "tls_cert",
                  "tls_cert and tls_key go together");
  return tls_context_new(arena_z(s->arena, s->tls_cert), arena_z(s->arena, s->tls_key), out, err);
}

static void wiring_fill_limits(const struct settings *s, struct fetch_limits *out) {
  *out = (struct fetch_limits){
      .connect_ms = s->upstream_connect_timeout,
      .first_byte_ms = s->upstream_first_byte_timeout,
      .total_ms = s->upstream_timeout,
      .stall_ms = s->upstream_stall_timeout,
      .body_bytes = s->upstream_body_bytes,
      .header_bytes = 64 * 1024,
  };
}

// Host names a request may carry: the setting's, and the public URL's own.
static void wiring_hosts(const struct settings *s, struct http_options *o) {
  struct str *hosts = ARENA_ARRAY(s->arena, s->hosts.count + 1, struct str);
  size_t n = 0;
  for (; n < s->hosts.count; n++) hosts[n] = s->hosts.items[n];
  struct uri u;
  struct err err;
  if (s->public_url.n && uri_parse_http(s->public_url, &u, &err)) hosts[n++] = u.host;
  o->hosts = hosts;
  o->host_count = n;
}

// Whatever page pointed its name at us (DNS rebinding), or a proxy whose name is not in the settings.
static void wiring_stranger(void *ctx, const struct http_request *in) {
  const struct wiring *w = ctx;
  audit_count(w->audit,
              &(struct audit_row){.at = clock_now_ms(),
                                  .who.address = in->client,
                                  .action = STR(AUDIT_REFUSE),
                                  .outcome = str_of(err_name(ERR_DENIED)),
                                  .request_id = in->id,
                                  .detail = STR("a Host that is not ours"),
                                  .status = 403},
              http_header_get(&in->headers, "host"));
}

static void wiring_http_options(const struct wiring *w, const struct settings *s, struct tls_context *tls,
                                struct http_options *o) {
  size_t share = w->loop_count, most = s->max_connections;
  if (most > w->connections_most) most = w->connections_most;
  *o = (struct http_options){
      .listen = s->listen,
      .header_ms = s->header_timeout,
      .body_ms = s->body_timeout,
      .write_ms = s->write_timeout,
      .idle_ms = s->idle_timeout,
      .handler_ms = s->call_timeout,
      .heartbeat_ms = s->heartbeat,
      .header_bytes = s->max_header_bytes,
      .body_bytes = s->max_body_bytes,
      .connections = (most + share - 1) / share,
      .per_address = (s->max_connections_per_address + share - 1) / share,
      .pipeline = s->max_pipeline,
      .stream_queue_bytes = 64 * 1024,
      .trusted_proxies = s->trusted_proxies.items,
      .trusted_proxy_count = s->trusted_proxies.count,
      .rank = wiring_rank,
      .stranger = wiring_stranger,
      .tls = tls,
  };
  wiring_hosts(s, o);
}

static bool wiring_program(const struct settings *s, const struct run_env *run, struct program_env *out,
                           struct err *err) {
  struct program_env env = {.run = run,
                            .first_weekday = str_is(s->week_start, "sunday")     ? 0
                                             : str_is(s->week_start, "saturday") ? 6
                                                                                 : 1,
                            .limits = {.calls = s->program_calls,
                                       .fan_out = s->program_fan_out,
                                       .side = s->program_parallel,
                                       .side_account = s->program_parallel_account,
                                       .pages = s->program_pages,
                                       .time_ms = s->program_time,
                                       .cache_ms = s->program_cache,
                                       .turn_ms = s->program_turn,
                                       .wait_ms = s->program_wait,
                                       .tables = {.memory = s->program_memory,
                                                  .rows = s->program_rows,
                                                  .columns = s->program_columns,
                                                  .result_rows = s->program_result_rows,
                                                  .query_ms = s->program_query_time}}};
  if (!zone_find(s->zone, &env.zone, err)) return err_wrap(err, "the setting zone");
  cache_limit(s->program_cache_memory);
  *out = env;
  return true;
}

static const struct program_env *wiring_program_now(void *arg) {
  const struct wiring *w = arg;
  return &atomic_load_explicit(&w->set, memory_order_acquire)->program;
}

static const struct alert_post_limits *wiring_post_now(void *arg) {
  const struct wiring *w = arg;
  return &atomic_load_explicit(&w->set, memory_order_acquire)->post;
}

// How long what is kept is kept, and what is given holds.
static void wiring_fill_times(const struct settings *s, struct admin_env *out) {
  out->audit_keep_ms = (int64_t)s->audit_retention;
  out->answers_keep_ms = (int64_t)s->answers_keep;
  out->events_keep_ms = (int64_t)s->webhook_events_keep;
  out->session_idle_ms = (int64_t)s->session_idle;
  out->session_age_ms = (int64_t)s->session_age;
  out->groups_age_ms = (int64_t)s->groups_age;
  user_word_holds(out->groups_age_ms);
  out->approval_lives_ms = (int64_t)s->approval_lives;
  out->approval_by_token = s->approval_by_token;
}

static struct run_env wiring_run_env(const struct wiring *w, const struct settings *s,
                                     const struct fetch_limits *limits) {
  return (struct run_env){.guard = w->guard,
                          .limits = limits,
                          .result_bytes = s->result_bytes,
                          .audit = w->audit,
                          .account = &w->account,
                          .limit = {.store = w->store},
                          .person_calls = (int64_t)s->person_calls_per_minute,
                          .person_writes = (int64_t)s->person_writes_per_day};
}

static struct authority_env wiring_authority(const struct settings *s, struct str public_url) {
  return (struct authority_env){.issuer = site_issuer(public_url),
                                .terms = {.access_ms = (int64_t)s->sign_in_token,
                                          .idle_ms = (int64_t)s->sign_in_idle,
                                          .age_ms = (int64_t)s->sign_in_age},
                                .clients_most = s->sign_in_clients,
                                .registrations_most = s->sign_in_registrations,
                                .clients_keep_ms = (int64_t)s->sign_in_clients_keep};
}

static bool wiring_make(struct wiring *w, struct settings *s, struct wiring_set **out, struct err *err) {
  struct tls_context *tls;
  if (!wiring_tls(s, &tls, err)) return false;
  struct wiring_set *set = MEM_NEW(struct wiring_set);
  struct json_limits json = {.depth = s->json_depth, .nodes = s->json_nodes, .raw_numbers = true};
  set->before = w->set;
  set->settings = s;
  set->tls = tls;
  set->origins = (struct origin_rule){s->allowed_origins.items, s->allowed_origins.count, w->public_url};
  wiring_fill_limits(s, &set->limits);
  wiring_http_options(w, s, tls, &set->http);
  set->authority = wiring_authority(s, w->public_url);
  set->serve = (struct serve_env){
      .authority = &set->authority,
      .run = wiring_run_env(w, s, &set->limits),
      .json = json,
      .list_page = s->list_page,
      .result_budget = s->result_budget,
      .destroy_asks = s->destroy_asks,
      .origins = &set->origins,
      .version = STR(POSTERN_VERSION),
      .approval_wait_ms = s->approval_wait,
      .approval_lives_ms = s->approval_lives,
      .call_ms = s->call_timeout,
      .ring = w->ring,
      .answers = w->store,
      .engines = &set->engines,
  };
  if (!wiring_program(s, &set->serve.run, &set->program, err)) return false;
  set->serve.run.limit.zone = set->program.zone;
  set->serve.program = &set->program;
  set->engines = (struct engine_env){s->ask_engine, engine_sees_named(s->ask_llm_sees)};
  set->post = alert_post_limits_of(s->webhook_timeout, s->webhook_retry);
  set->admin = (struct admin_env){
      .catalog = &w->catalog,
      .run = &set->serve.run,
      .program = &set->program,
      .engines = &set->engines,
      .shelf = {w->store, &set->program},
      .board = &w->board,
      .post = &w->post,
      .programs_default = s->programs_default,
      .key_file = s->key.n ? STR_NONE : s->key_file,
      .version = STR(POSTERN_VERSION),
      .store_kind = store_kind(w->store),
      .metrics_token = s->metrics_token,
      .origins = &set->origins,
      .json = json,
      .call_ms = s->call_timeout,
      .started_ms = w->started_ms,
      .authority = &set->authority,
      .loops = w->loops,
      .loop_count = w->loop_count,
      .ready = wiring_is_ready,
      .ready_arg = w,
      .probe = w->probe,
      .sinks = w->sinks,
  };
  wiring_fill_times(s, &set->admin);
  *out = set;
  return true;
}

// ---- start

static void wiring_count_loops(struct wiring *w, const struct settings *s) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  w->loop_count = s->loops ? s->loops : cores > 0 ? (size_t)cores : 1;
  if (w->loop_count > WIRING_LOOPS_MOST) w->loop_count = WIRING_LOOPS_MOST;
}

static bool wiring_log(const struct settings *s, struct err *err) {
  enum log_level level;
  if (!log_level_from(s->log_level, &level))
    return err_at(err, ERR_INVALID, "log_level", "%.*s is none of debug, info, warn, error",
                  STR_ARG(s->log_level));
  log_configure(level, str_is(s->log_format, "json"));
  return true;
}

static bool wiring_key(struct wiring *w, const struct settings *s, struct err *err) {
  if (s->key.n) return seal_ring_from_text(s->key, &w->ring, err);
  const char *path = arena_z(w->arena, s->key_file);
  if (access(path, F_OK) != 0 && errno == ENOENT) {
    if (!seal_ring_create(path, err)) return false;
    log_info("made a new key in %s: keep a copy of it apart from the database", path);
  }
  return seal_ring_load(path, &w->ring, err);
}

static bool wiring_folder(struct wiring *w, struct str path, struct err *err) {
  const char *z = arena_z(w->arena, path);
  if (mkdir(z, 0700) == 0 || errno == EEXIST) return true;
  return err_at(err, ERR_DENIED, "data_dir", "cannot make the folder %s: %s", z, strerror(errno));
}

static bool wiring_rebuild(void *arg, struct err *err) {
  const struct wiring *w = arg;
  return catalog_rebuild(&w->catalog, err);
}

// A grant needs a person now: what the catalog says of the account is another thing than before.
static void wiring_account_changed(void *arg, struct str account_id) {
  struct err err;
  if (!pool_run(wiring_rebuild, arg, &err))
    log_warn("account %.*s changed, and the catalog is behind: %s", STR_ARG(account_id), err.text);
}

// Before anything is sealed or sealed anew: a node that has another key than the others changes nothing.
static bool wiring_node(struct wiring *w, const struct settings *s, struct err *err) {
  store_set_ring(w->store, w->ring);
  const struct node_options options = {w->store, str_trim_end(s->node_url, '/'), STR(POSTERN_VERSION)};
  return node_open(&options, err);
}

static bool wiring_fill(struct wiring *w, const struct settings *s, struct err *err) {
  const struct audit_files files = {
      arena_z(w->arena, s->audit_spool), s->audit_spool_bytes,
      arena_z(w->arena, arena_printf(w->arena, "%.*s/audit.journal", STR_ARG(s->data_dir))),
      s->audit_journal_bytes};
  if (!vetting_origins(s, err) || !wiring_folder(w, s->data_dir, err) || !wiring_key(w, s, err) ||
      !store_open_shared(s->store, &w->store, err) || !wiring_node(w, s, err) ||
      !http_guard_new(s->upstream_allow.items, s->upstream_allow.count, &w->guard, err) ||
      !connector_set_load(arena_z(w->arena, s->connectors_dir), &w->connectors, err) ||
      !vetting_words(w->connectors, err) || !admin_begin_time(w->store, err) ||
      !audit_new_kept(w->store, &files, &w->audit, err) ||
      !store_probe_new(w->store, STORE_PROBE_MS, &w->probe, err))
    return false;
  if (s->upstream_ca.n && !fetch_ca(arena_z(w->arena, s->upstream_ca), err)) return false;
  if (!outward_open(w, s, err)) return false;
  struct fetch_limits *limits = ARENA_NEW(w->arena, struct fetch_limits);
  wiring_fill_limits(s, limits);
  w->account = (struct account_env){
      .store = w->store,
      .ring = w->ring,
      .guard = w->guard,
      .limits = limits,
      .version = STR(POSTERN_VERSION),
      .json = {.depth = s->json_depth, .nodes = s->json_nodes, .raw_numbers = true},
      .message_bytes = s->upstream_body_bytes,
      .sessions_most = s->upstream_sessions,
      .session_idle_ms = s->upstream_session_idle,
      .changed = wiring_account_changed,
      .changed_arg = w,
  };
  const struct keys_place keys = {.file = s->key.n ? NULL : arena_z(w->arena, s->key_file),
                                  .mark =
                                      arena_printf(w->arena, "%.*s/postern.bound", STR_ARG(s->data_dir)).p,
                                  .joined = node_count() > 1};
  if (!keys_start(&w->account, &keys, err)) return false;
  audit_reseal(w->audit);
  w->catalog = (struct catalog_env){
      &w->account,
      {w->store, w->connectors, s->tool_schema_bytes, s->upstream_origins.items, s->upstream_origins.count}};
  w->catalog.refresh_ms = s->remote_refresh;
  return library_follow(&w->catalog.library, err) && catalog_rebuild(&w->catalog, err) &&
         engine_load(w->store, err);
}

void wiring_note_seen(void) {
  struct catalog *c = catalog_acquire();
  node_note_seen(c->seen);
  catalog_release(c);
}

static void wiring_catalog_changed(void *arg) {
  const struct wiring *w = arg;
  struct catalog *c = catalog_acquire();
  program_keep_follow(c);
  node_note_seen(c->seen);
  catalog_release(c);
  shelf_follow(&w->set->admin.shelf);
  watch_refresh();
  tell_look(arg);
}

static bool wiring_listen(struct wiring *w, const struct wiring_set *set, struct err *err) {
  struct http_options options = set->http;
  if (!http_server_is_free(options.listen, err)) return err_at(err, err->code, "listen", "%s", err->text);
  for (size_t i = 0; i < w->loop_count; i++) {
    if (!http_server_new(w->loops[i], &options, wiring_handle, w, &w->servers[i], err)) return false;
    if (i > 0) continue;
    // All loops share the port that the first one got, also when 0 asked for any.
    ptrdiff_t colon = (ptrdiff_t)options.listen.n - 1;
    while (colon > 0 && options.listen.p[colon] != ':') colon--;
    options.listen =
        arena_printf(w->arena, "%.*s:%u", (int)colon, options.listen.p, http_server_port(w->servers[0]));
    w->public_url =
        set->settings->public_url.n
            ? set->settings->public_url
            : arena_printf(w->arena, "%s://%.*s", set->tls ? "https" : "http", STR_ARG(options.listen));
    w->public_url = str_trim_end(w->public_url, '/');
  }
  return true;
}

static void wiring_loops(struct wiring *w, const struct settings *s) {
  for (size_t i = 0; i < w->loop_count; i++) {
    struct str name = arena_printf(w->arena, "loop-%zu", i);
    w->loops[i] = loop_new(name.p, (unsigned)i, s->max_fibers);
  }
}

// In this order: what others need while they are made comes first; the door opens last.
bool wiring_open(struct wiring *w, struct err *err) {
  struct settings *s;
  struct wiring_set *set;
  w->started_ms = clock_now_ms();
  if (!table_start()) return err_set(err, ERR_INTERNAL, "SQLite was used before its memory could be bounded");
  if (!settings_load(&w->input, &s, err)) return false;
  w->starting = s;
  char threads[16];
  snprintf(threads, sizeof threads, "%zu", s->pool_threads);
  setenv("UV_THREADPOOL_SIZE", threads, 1);
  wiring_count_loops(w, s);
  budget_set(BUDGET_UPSTREAM, s->upstream_memory);
  budget_set(BUDGET_CLIENTS, s->downstream_memory);
  if (!wiring_log(s, err) || !vetting_exposure(s, err) ||
      !vetting_descriptors(s, w->loop_count, &w->connections_most, err) || !wiring_fill(w, s, err))
    return false;
  wiring_loops(w, s);
  if (!wiring_make(w, s, &set, err)) return false;
  w->starting = NULL;
  w->set = set;
  w->board = (struct board_env){w->store, wiring_program_now, w};
  w->follower = (struct alert_follower){alert_post_wake, NULL};
  w->post = (struct alert_post){w->store, w->guard, STR("postern/" POSTERN_VERSION), wiring_post_now, w};
  board_on_refresh(alert_follow, &w->follower);
  if (!shelf_rebuild(&set->admin.shelf, err) || !schedule_reload(&w->board, err)) return false;
  if (!wiring_listen(w, set, err) || !doors_open(w, set, wiring_handle, err)) return false;
  set->origins.public_url = w->account.public_url = w->public_url;
  set->authority.issuer = site_issuer(w->public_url);
  return true;
}

void wiring_run(struct wiring *w) {
  catalog_on_change(wiring_catalog_changed, w);
  wiring_note_seen();
  shelf_on_change(tell_look, w);
  watch_on_change(tell_list, w);
  for (size_t i = 0; i < w->loop_count; i++) {
    stream_start(w->loops[i]);
    loop_start(w->loops[i]);
  }
  watch_start(&w->catalog, w->loops, w->loop_count);
  schedule_start(&w->board, w->loops[w->loop_count - 1]);
  alert_post_start(&w->post, w->loops[w->loop_count - 1]);
  struct err err;
  hear_start(w);
  if (!follow_start(w, &err)) log_error("changes of other nodes are not followed: %s", err.text);
  w->ready = true;
}

// ---- other settings

static void wiring_take_options(void *arg) {
  struct wiring *w = arg;
  struct err err;
  if (!http_server_reload(w->servers[loop_index(loop_current())], &w->set->http, &err))
    log_error("reload: %s; hosts and proxies stay as they were", err.text);
}

void wiring_reload(struct wiring *w) {
  struct err err;
  struct settings *s = NULL;
  struct wiring_set *set;
  struct buf kept = BUF_MAX(4096);
  if (!settings_reload(&w->input, w->set->settings, &kept, &s, &err) || !wiring_make(w, s, &set, &err) ||
      !wiring_log(s, &err)) {
    log_error("reload refused, all stays as it was: %s: %s%s%s", err.field, err.text, err.hint[0] ? "; " : "",
              err.hint);
    if (s) settings_free(s);
  } else {
    atomic_store_explicit(&w->set, set, memory_order_release);
    for (size_t i = 0; i < w->loop_count; i++) loop_post(w->loops[i], wiring_take_options, w);
    log_info("settings loaded again%s%.*s", kept.n ? "; these need a restart: " : "", (int)kept.n,
             kept.n ? kept.p : "");
  }
  buf_free(&kept);
}

// ---- stop
//
// The order in which things end; each step ends what could still ask something of the steps after it:
//
//   1. what brings in the new: the listeners (drain.c), then what wakes by itself (watch,
//      schedule, webhooks)
//   2. the loops stop: each cancels its fibers, waits until they have unwound, and lets go of its transfers.
//      Nothing waits any more from here on, and this thread is the only one beside the audit's writer
//   3. who owns streams, sessions and transfers: connections, kept calls, the catalog's accounts. What they
//      still post goes to loops that are there
//   4. the loops
//   5. what all of them used: the audit, which writes its last rows, settings, connectors, guard, store, keys

void wiring_stop(struct wiring *w) {
  watch_stop();
  schedule_stop();
  alert_post_stop();
  store_hasten(w->store, WIRING_HASTE_MS); // a job on the pool cannot be canceled: it must not wait for long
  follow_stop();
  for (size_t i = 0; i < w->loop_count; i++) loop_stop(w->loops[i]);
}

static void wiring_write_uses(struct wiring *w) {
  struct err err;
  if (!catalog_write_uses(w->store, &err))
    log_warn("when URLs and API tokens were last used is not written: %s", err.text);
}

void wiring_close(struct wiring *w) {
  for (size_t i = 0; i < w->loop_count; i++) http_server_free(w->servers[i]);
  doors_close(w);
  kept_end();
  program_keep_close();
  cache_sweep(0);
  schedule_close();
  alert_post_close();
  quota_close();
  limit_close();
  catalog_on_change(NULL, NULL);
  shelf_on_change(NULL, NULL);
  wiring_write_uses(w);
  shelf_close();
  engine_close();
  known_close();
  catalog_close();
  live_forget_all();
  for (size_t i = 0; i < w->loop_count; i++) loop_free(w->loops[i]);
  sinks_free(w->sinks);
  if (w->audit) audit_free(w->audit);
  for (struct wiring_set *set = w->set, *before; set; set = before) {
    before = set->before;
    tls_context_free(set->tls);
    settings_free(set->settings);
    mem_free(set);
  }
  settings_free(w->starting);
  if (w->connectors) connector_set_free(w->connectors);
  proxy_drop();
  if (w->guard) http_guard_free(w->guard);
  if (w->probe) store_probe_free(w->probe);
  node_close();
  if (w->store) store_close(w->store);
  tls_context_free(w->kin);
  if (w->ring) seal_ring_free(w->ring);
  arena_free(w->arena);
}

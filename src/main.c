// SPDX-License-Identifier: Apache-2.0
// main: start, signals, wiring, stop. The main thread waits for signals and keeps house (expiry,
// audit retention); every loop has a thread of its own. `postern serve` runs here, all other
// commands in cli/.
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "account/keys.h"
#include "admin/admin.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/descriptors.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "catalog/watch.h"
#include "cli/cli.h"
#include "crypto/tls.h"
#include "data/uri.h"
#include "house.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "recover.h"
#include "serve/endpoint.h"
#include "serve/stream.h"
#include "session/kept.h"
#include "settings/settings.h"
#include "version.h"

extern char **environ;

enum { HOUSEKEEPING_US = 20 * 1000 * 1000, LOOPS_MOST = 64 };
enum { UNWIND_MS = 1000, HASTE_MS = 2000 }; // after the drain: for what was cut off; for locks of the store

// What settings decide, as the parts take it. SIGHUP makes a new one; the ones before stay until the
// end, since requests may still read them: a few KiB each.
struct wiring {
  struct wiring *before;
  struct settings *settings;
  struct tls_context *tls;
  struct fetch_limits limits;
  struct http_options http;
  struct serve_env serve;
  struct admin_env admin;
};

struct program {
  struct arena *arena;
  struct settings_input input;
  struct store *store;
  struct seal_ring *ring;
  struct http_guard *guard;
  struct connector_set *connectors;
  struct audit *audit;
  struct store_probe *probe;
  struct account_env account;
  struct catalog_env catalog;
  struct loop *loops[LOOPS_MOST];
  struct http_server *servers[LOOPS_MOST];
  size_t loop_count, connections_most; // most: that the limit of descriptors leaves for clients
  int64_t started_ms;
  struct str public_url;
  _Atomic(struct wiring *) wiring;
  atomic_size_t busy; // loops that have not drained yet
  atomic_bool ready;
};

// The only mutable global of the program.
static struct program program;

static void main_handle(void *ctx, struct http_exchange *x) {
  (void)ctx;
  const struct wiring *w = atomic_load_explicit(&program.wiring, memory_order_acquire);
  if (endpoint_takes(http_request_of(x)->path))
    endpoint_handle(&w->serve, x);
  else
    admin_handle(&w->admin, x);
}

// Whoever looks after the program gets through when clients and vendors have taken all they may.
static enum fiber_rank main_rank(struct str path) {
  static const char *const health[] = {"/healthz", "/readyz", "/metrics"};
  for (size_t i = 0; i < sizeof health / sizeof *health; i++)
    if (str_is(path, health[i])) return FIBER_HEALTH;
  return endpoint_takes(path) ? FIBER_ORDINARY : FIBER_MANAGEMENT;
}

static bool main_is_ready(void *arg, struct err *err) {
  (void)arg;
  return program.ready ? true : err_set(err, ERR_UNAVAILABLE, "starting or stopping");
}

// ---- settings → what the parts take

static bool main_tls(const struct settings *s, struct tls_context **out, struct err *err) {
  *out = NULL;
  if (!s->tls_cert.n && !s->tls_key.n) return true;
  if (!s->tls_cert.n || !s->tls_key.n)
    return err_at(err, ERR_INVALID, s->tls_cert.n ? "tls_key" : "tls_cert",
                  "tls_cert and tls_key go together");
  return tls_context_new(arena_z(s->arena, s->tls_cert), arena_z(s->arena, s->tls_key), out, err);
}

static void main_fill_limits(const struct settings *s, struct fetch_limits *out) {
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
static void main_hosts(const struct settings *s, struct http_options *o) {
  struct str *hosts = ARENA_ARRAY(s->arena, s->hosts.count + 1, struct str);
  size_t n = 0;
  for (; n < s->hosts.count; n++) hosts[n] = s->hosts.items[n];
  struct uri u;
  struct err err;
  if (s->public_url.n && uri_parse_http(s->public_url, &u, &err)) hosts[n++] = u.host;
  o->hosts = hosts;
  o->host_count = n;
}

static void main_http_options(const struct settings *s, struct tls_context *tls, struct http_options *o) {
  size_t share = program.loop_count, most = s->max_connections;
  if (most > program.connections_most) most = program.connections_most;
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
      .rank = main_rank,
      .tls = tls,
  };
  main_hosts(s, o);
}

static bool main_wire(struct settings *s, struct wiring **out, struct err *err) {
  struct tls_context *tls;
  if (!main_tls(s, &tls, err)) return false;
  struct wiring *w = MEM_NEW(struct wiring);
  struct json_limits json = {.depth = s->json_depth, .nodes = s->json_nodes, .raw_numbers = true};
  w->before = program.wiring;
  w->settings = s;
  w->tls = tls;
  main_fill_limits(s, &w->limits);
  main_http_options(s, tls, &w->http);
  w->serve = (struct serve_env){
      .run = {.guard = program.guard,
              .limits = &w->limits,
              .result_bytes = s->result_bytes,
              .audit = program.audit},
      .json = json,
      .list_page = s->list_page,
      .origins = s->allowed_origins.items,
      .origin_count = s->allowed_origins.count,
      .version = STR(POSTERN_VERSION),
      .call_ms = s->call_timeout,
      .ring = program.ring,
  };
  w->admin = (struct admin_env){
      .catalog = &program.catalog,
      .run = &w->serve.run,
      .key_file = s->key.n ? STR_NONE : s->key_file,
      .public_url = program.public_url,
      .version = STR(POSTERN_VERSION),
      .store_kind = STR("sqlite"),
      .metrics_token = s->metrics_token,
      .origins = s->allowed_origins.items,
      .origin_count = s->allowed_origins.count,
      .json = json,
      .started_ms = program.started_ms,
      .audit_keep_ms = (int64_t)s->audit_retention,
      .loops = program.loops,
      .loop_count = program.loop_count,
      .ready = main_is_ready,
      .probe = program.probe,
  };
  *out = w;
  return true;
}

static bool main_listens_on_loopback(struct str listen) {
  return str_starts(listen, "127.") || str_starts(listen, "[::1]:") || str_starts(listen, "localhost:");
}

static bool main_check_exposure(const struct settings *s, struct err *err) {
  if (main_listens_on_loopback(s->listen) || s->tls_cert.n || s->allow_plain) return true;
  err_at(err, ERR_DENIED, "listen", "%.*s is not loopback, and tokens would cross the network in clear",
         STR_ARG(s->listen));
  err_hint(err, "give tls_cert and tls_key, put a proxy with TLS in front and listen on 127.0.0.1, or say "
                "allow_plain: true if you know that the way is safe");
  return false;
}

// ---- start

static void main_count_loops(const struct settings *s) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  program.loop_count = s->loops ? s->loops : cores > 0 ? (size_t)cores : 1;
  if (program.loop_count > LOOPS_MOST) program.loop_count = LOOPS_MOST;
}

static bool main_descriptors(const struct settings *s, struct err *err) {
  size_t limit = descriptors_raise();
  if (!descriptors_check(limit, program.loop_count, err)) return false;
  program.connections_most = descriptors_for_clients(limit, program.loop_count);
  if (s->max_connections > program.connections_most)
    log_warn(
        "max_connections is %zu, but at most %zu files may be open here: %zu connections are taken; raise "
        "the limit (LimitNOFILE= of the unit, ulimit -n), or lower the setting",
        s->max_connections, limit, program.connections_most);
  return true;
}

static bool main_log(const struct settings *s, struct err *err) {
  enum log_level level;
  if (!log_level_from(s->log_level, &level))
    return err_at(err, ERR_INVALID, "log_level", "%.*s is none of debug, info, warn, error",
                  STR_ARG(s->log_level));
  log_configure(level, str_is(s->log_format, "json"));
  return true;
}

static bool main_key(const struct settings *s, struct err *err) {
  if (s->key.n) return seal_ring_from_text(s->key, &program.ring, err);
  const char *path = arena_z(program.arena, s->key_file);
  if (access(path, F_OK) != 0 && errno == ENOENT) {
    if (!seal_ring_create(path, err)) return false;
    log_info("made a new key in %s: keep a copy of it apart from the database", path);
  }
  return seal_ring_load(path, &program.ring, err);
}

static bool main_folder(struct str path, struct err *err) {
  const char *z = arena_z(program.arena, path);
  if (mkdir(z, 0700) == 0 || errno == EEXIST) return true;
  return err_at(err, ERR_DENIED, "data_dir", "cannot make the folder %s: %s", z, strerror(errno));
}

static bool main_rebuild(void *arg, struct err *err) {
  (void)arg;
  return catalog_rebuild(&program.catalog, err);
}

// A grant needs a person now: what the catalog says of the account is another thing than before.
static void main_account_changed(void *arg, struct str account_id) {
  (void)arg;
  struct err err;
  if (!pool_run(main_rebuild, NULL, &err))
    log_warn("account %.*s changed, and the catalog is behind: %s", STR_ARG(account_id), err.text);
}

static bool main_open(const struct settings *s, struct err *err) {
  if (!main_folder(s->data_dir, err) || !main_key(s, err) || !store_open(s->store, &program.store, err) ||
      !http_guard_new(s->upstream_allow.items, s->upstream_allow.count, &program.guard, err) ||
      !connector_set_load(arena_z(program.arena, s->connectors_dir), &program.connectors, err) ||
      !admin_begin_time(program.store, err) || !audit_new(program.store, &program.audit, err) ||
      !store_probe_new(program.store, STORE_PROBE_MS, &program.probe, err))
    return false;
  if (s->upstream_ca.n && !fetch_ca(arena_z(program.arena, s->upstream_ca), err)) return false;
  struct fetch_limits *limits = ARENA_NEW(program.arena, struct fetch_limits);
  main_fill_limits(s, limits);
  program.account = (struct account_env){
      .store = program.store,
      .ring = program.ring,
      .guard = program.guard,
      .limits = limits,
      .version = STR(POSTERN_VERSION),
      .json = {.depth = s->json_depth, .nodes = s->json_nodes, .raw_numbers = true},
      .message_bytes = s->upstream_body_bytes,
      .sessions_most = s->upstream_sessions,
      .session_idle_ms = s->upstream_session_idle,
      .changed = main_account_changed,
  };
  const struct keys_place keys = {
      .file = s->key.n ? NULL : arena_z(program.arena, s->key_file),
      .mark = arena_printf(program.arena, "%.*s/postern.bound", STR_ARG(s->data_dir)).p};
  if (!keys_start(&program.account, &keys, err)) return false;
  program.catalog =
      (struct catalog_env){&program.account, {program.store, program.connectors, s->tool_schema_bytes}};
  program.catalog.refresh_ms = s->remote_refresh;
  return library_load_imports(&program.catalog.library, err) && catalog_rebuild(&program.catalog, err);
}

static void main_refresh_loop(void *arg) {
  stream_refresh(arg);
}

static void main_catalog_changed(void *arg) {
  (void)arg;
  watch_refresh();
  for (size_t i = 0; i < program.loop_count; i++)
    loop_post(program.loops[i], main_refresh_loop, program.loops[i]);
}

// A vendor's prompts or resources are others now: each loop tells its streams.
struct main_news {
  struct loop *loop;
  char *account_id;
  enum watch_list list;
};

static void main_tell_loop(void *arg) {
  struct main_news *news = arg;
  stream_changed(news->loop, str_of(news->account_id), news->list);
  mem_free(news->account_id);
  mem_free(news);
}

static void main_list_changed(void *arg, struct str account_id, enum watch_list list) {
  (void)arg;
  for (size_t i = 0; i < program.loop_count; i++) {
    struct main_news *news = MEM_NEW(struct main_news);
    *news = (struct main_news){program.loops[i], mem_copy(account_id.p, account_id.n), list};
    loop_post(program.loops[i], main_tell_loop, news);
  }
}

static bool main_listen(const struct wiring *w, struct err *err) {
  struct http_options options = w->http;
  if (!http_server_is_free(options.listen, err)) return err_at(err, err->code, "listen", "%s", err->text);
  for (size_t i = 0; i < program.loop_count; i++) {
    if (!http_server_new(program.loops[i], &options, main_handle, NULL, &program.servers[i], err))
      return false;
    if (i > 0) continue;
    // All loops share the port that the first one got, also when 0 asked for any.
    ptrdiff_t colon = (ptrdiff_t)options.listen.n - 1;
    while (colon > 0 && options.listen.p[colon] != ':') colon--;
    options.listen = arena_printf(program.arena, "%.*s:%u", (int)colon, options.listen.p,
                                  http_server_port(program.servers[0]));
    program.public_url =
        w->settings->public_url.n
            ? w->settings->public_url
            : arena_printf(program.arena, "%s://%.*s", w->tls ? "https" : "http", STR_ARG(options.listen));
    while (str_ends(program.public_url, "/")) program.public_url.n--;
  }
  return true;
}

static void main_loops(const struct settings *s) {
  for (size_t i = 0; i < program.loop_count; i++) {
    struct str name = arena_printf(program.arena, "loop-%zu", i);
    program.loops[i] = loop_new(name.p, (unsigned)i, s->max_fibers);
  }
}

// Once listening works: a start that fails has made no token that nobody saw.
static bool main_first_token(struct err *err) {
  char token[TOKEN_TEXT];
  if (!admin_first_token(program.store, token, err)) return false;
  if (!token[0]) return true;
  cli_print("Admin token, shown once:\n\n    %s\n\nUse it:  export POSTERN_URL=%.*s POSTERN_TOKEN=%s\n\n",
            token, STR_ARG(program.public_url), token);
  secret_wipe(token, sizeof token);
  return catalog_rebuild(&program.catalog, err);
}

static bool main_start(struct err *err) {
  struct settings *s;
  struct wiring *w;
  if (!settings_load(&program.input, &s, err)) return false;
  char threads[16];
  snprintf(threads, sizeof threads, "%zu", s->pool_threads);
  setenv("UV_THREADPOOL_SIZE", threads, 1);
  main_count_loops(s);
  budget_set(BUDGET_UPSTREAM, s->upstream_memory);
  budget_set(BUDGET_CLIENTS, s->downstream_memory);
  if (!main_log(s, err) || !main_check_exposure(s, err) || !main_descriptors(s, err) || !main_open(s, err))
    return false;
  main_loops(s);
  if (!main_wire(s, &w, err) || !main_listen(w, err) || !main_first_token(err)) return false;
  w->admin.public_url = program.account.public_url = program.public_url;
  program.wiring = w;
  catalog_on_change(main_catalog_changed, NULL);
  watch_on_change(main_list_changed, NULL);
  for (size_t i = 0; i < program.loop_count; i++) {
    stream_start(program.loops[i]);
    loop_start(program.loops[i]);
  }
  watch_start(&program.catalog, program.loops, program.loop_count);
  program.ready = true;
  cli_print("Postern %s answers on %.*s\n", POSTERN_VERSION, STR_ARG(program.public_url));
  return true;
}

// ---- while it runs

static void main_take_options(void *arg) {
  struct wiring *w = program.wiring;
  struct err err;
  if (!http_server_reload(program.servers[loop_index(arg)], &w->http, &err))
    log_error("reload: %s; hosts and proxies stay as they were", err.text);
}

static void main_reload(void) {
  struct err err;
  struct settings *s = NULL;
  struct wiring *w, *now = program.wiring;
  struct buf kept = BUF_MAX(4096);
  if (!settings_reload(&program.input, now->settings, &kept, &s, &err) || !main_wire(s, &w, &err) ||
      !main_log(s, &err)) {
    log_error("reload refused, all stays as it was: %s: %s%s%s", err.field, err.text, err.hint[0] ? "; " : "",
              err.hint);
    if (s) settings_free(s);
  } else {
    atomic_store_explicit(&program.wiring, w, memory_order_release);
    for (size_t i = 0; i < program.loop_count; i++)
      loop_post(program.loops[i], main_take_options, program.loops[i]);
    log_info("settings loaded again%s%.*s", kept.n ? "; these need a restart: " : "", (int)kept.n,
             kept.n ? kept.p : "");
  }
  buf_free(&kept);
}

// Waits for signals until one says stop; the loops run meanwhile. The house is kept when its time has come,
// however many signals come before.
static void main_wait(const sigset_t *signals) {
  uint64_t due_us = clock_mono_us() + HOUSEKEEPING_US;
  for (;;) {
    uint64_t now = clock_mono_us(), left = now < due_us ? due_us - now : 0;
    struct timespec pause = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
    int number = sigtimedwait(signals, NULL, &pause);
    if (number == SIGTERM || number == SIGINT) return;
    if (number == SIGHUP) main_reload();
    if (clock_mono_us() < due_us) continue;
    house_keep(&program.account, program.loops[0], &program.wiring->admin);
    due_us = clock_mono_us() + HOUSEKEEPING_US;
  }
}

// ---- stop
//
// The order in which things end; each step ends what could still ask something of the steps after it:
//
//   1. what brings in the new: the listeners (drain), then what wakes by itself (watch)
//   2. the loops stop: each cancels its fibers, waits until they have unwound, and lets go of its transfers.
//      Nothing waits any more from here on, and this thread is the only one beside the audit's writer
//   3. who owns streams, sessions and transfers: connections, kept calls, the catalog's accounts. What they
//      still post goes to loops that are there
//   4. the loops
//   5. what all of them used: the audit, which writes its last rows, settings, connectors, guard, store, keys

static void main_drained(void *arg) {
  (void)arg;
  atomic_fetch_sub(&program.busy, 1);
  kill(getpid(), SIGUSR1); // wakes main_drain
}

static void main_drain_loop(void *arg) {
  struct wiring *w = program.wiring;
  http_server_drain(program.servers[loop_index(arg)], w->settings->drain_timeout, main_drained, NULL);
}

// What runs may finish until the deadline; then the servers cut it off, and it unwinds. Where that takes
// long, the loops' end is what waits for it: nothing is gained by doing so here.
static void main_drain(const sigset_t *signals) {
  const struct wiring *w = program.wiring;
  uint64_t end_us = clock_mono_us() + (w->settings->drain_timeout + UNWIND_MS) * 1000;
  program.busy = program.loop_count;
  for (size_t i = 0; i < program.loop_count; i++)
    loop_post(program.loops[i], main_drain_loop, program.loops[i]);
  while (program.busy > 0 && clock_mono_us() < end_us) {
    struct timespec pause = {.tv_sec = 1};
    int number = sigtimedwait(signals, NULL, &pause);
    if (number == SIGTERM || number == SIGINT) break; // asked twice: now
  }
}

static void main_stop(const sigset_t *signals) {
  program.ready = false;
  log_info("stopping: running requests finish, new ones are refused");
  main_drain(signals);
  watch_stop();
  store_hasten(program.store, HASTE_MS); // a job on the pool cannot be canceled: it must not wait for long
  for (size_t i = 0; i < program.loop_count; i++) loop_stop(program.loops[i]);
}

// Also after a start that failed half way.
static void main_close(void) {
  for (size_t i = 0; i < program.loop_count; i++) http_server_free(program.servers[i]);
  kept_end();
  catalog_on_change(NULL, NULL);
  catalog_close();
  for (size_t i = 0; i < program.loop_count; i++) loop_free(program.loops[i]);
  if (program.audit) audit_free(program.audit);
  for (struct wiring *w = program.wiring, *before; w; w = before) {
    before = w->before;
    tls_context_free(w->tls);
    settings_free(w->settings);
    mem_free(w);
  }
  if (program.connectors) connector_set_free(program.connectors);
  if (program.guard) http_guard_free(program.guard);
  if (program.probe) store_probe_free(program.probe);
  if (program.store) store_close(program.store);
  if (program.ring) seal_ring_free(program.ring);
  arena_free(program.arena);
}

// A core dump would hold what no wiping reaches: libcurl's buffers, what sockets delivered, memory freed
// since. The same keeps other processes of our user from attaching. Leak checking must attach, so not there.
static void main_refuse_dumps(void) {
#ifndef __SANITIZE_ADDRESS__
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

// What is left of the command line once the settings are taken: nothing, or a slip of the pen.
static bool main_check_rest(int argc, char **argv, struct err *err) {
  if (argc <= 1) return true;
  err_at(err, ERR_INVALID, argv[1], "postern serve takes settings only, as --name value");
  char *key = arena_z(program.arena, str_of(argv[1] + strspn(argv[1], "-")));
  for (char *p = key; *p; p++)
    if (*p == '-') *p = '_';
  struct str nearest = settings_nearest(str_of(key), 3);
  if (nearest.n) err_hint(err, "did you mean --%.*s?", STR_ARG(nearest));
  return false;
}

static int main_serve(int argc, char **argv) {
  struct err err = {0};
  main_refuse_dumps();
  sigset_t signals;
  sigemptyset(&signals);
  for (const int *s = (const int[]){SIGTERM, SIGINT, SIGHUP, SIGUSR1, 0}; *s; s++) sigaddset(&signals, *s);
  pthread_sigmask(SIG_BLOCK, &signals, NULL); // the loops' threads inherit it
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); // a file that may not grow is a disk that is full: an error of the one who writes
  umask(0077);
  program.arena = arena_new();
  program.started_ms = clock_now_ms();
  program.input.environment = environ;
  bool ok = settings_take_flags(&argc, argv, program.arena, &program.input, &err);
  ok = ok && main_check_rest(argc, argv, &err);
  ok = ok && main_start(&err);
  if (ok) {
    main_wait(&signals);
    main_stop(&signals);
  } else {
    cli_print_error(&err);
  }
  main_close();
  if (ok) log_info("stopped");
  return ok ? 0 : err_exit_code(err.code);
}

int main(int argc, char **argv) {
  const struct cli_program parts = {.version = POSTERN_VERSION,
                                    .serve = main_serve,
                                    .write_api = admin_write_reference,
                                    .recover = recover_token};
  return cli_main(argc, argv, &parts);
}

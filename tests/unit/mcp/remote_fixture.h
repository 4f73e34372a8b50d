// SPDX-License-Identifier: Apache-2.0
// A remote MCP server that does what a test's function says, on a port of its own, a thread a connection; and
// a loop with a peer that talks to it. Include after cmocka.h.
#ifndef POSTERN_TEST_MCP_REMOTE_FIXTURE_H
#define POSTERN_TEST_MCP_REMOTE_FIXTURE_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "data/json.h"
#include "io/fiber.h"
#include "mcp/client.h"

enum { REMOTE_CONNECTIONS = 4096, REMOTE_REQUEST = 64 * 1024, REMOTE_LOG = 512 };

struct asked { // one request, as the test's function sees it
  int fd;
  int nth; // of all requests, from 0
  char text[REMOTE_REQUEST];
  const char *body;
  yyjson_doc *doc;
  struct str http;   // "POST"
  struct str method; // of JSON-RPC; empty: none
  char id[64];       // its JSON text
  yyjson_val *params;
};

// Answers on a->fd. False: close the connection.
typedef bool remote_script(struct asked *a);

static struct {
  int listener;
  uint16_t port;
  const char *path;
  remote_script *script;
  pthread_t thread, workers[REMOTE_CONNECTIONS];
  atomic_int connections, requests, left; // left: the client went in the middle of an answer
  pthread_mutex_t lock;
  char *log[REMOTE_LOG]; // the requests' texts
} remote;

static inline void say(int fd, const char *text) {
  (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

__attribute__((format(printf, 2, 3))) static inline void sayf(int fd, const char *format, ...) {
  char *text;
  va_list args;
  va_start(args, format);
  if (vasprintf(&text, format, args) < 0) abort();
  va_end(args);
  say(fd, text);
  free(text);
}

// extra: header lines, each with its CR LF.
static inline bool say_json(int fd, int status, const char *extra, const char *body) {
  sayf(fd, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s", status,
       extra, strlen(body), body);
  return true;
}

__attribute__((format(printf, 2, 3))) static inline bool say_result(struct asked *a, const char *format,
                                                                    ...) {
  char *result, *body;
  va_list args;
  va_start(args, format);
  if (vasprintf(&result, format, args) < 0) abort();
  va_end(args);
  if (asprintf(&body, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}", a->id, result) < 0) abort();
  say_json(a->fd, 200, "", body);
  free(result);
  free(body);
  return true;
}

static inline bool say_error(struct asked *a, int status, int code, const char *message, const char *data) {
  char *body;
  if (asprintf(&body, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":\"%s\"%s%s}}", a->id,
               code, message, data[0] ? ",\"data\":" : "", data) < 0)
    abort();
  say_json(a->fd, status, "", body);
  free(body);
  return true;
}

static inline bool say_status(int fd, int status) {
  sayf(fd, "HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n", status);
  return true;
}

static inline void say_events(int fd, const char *extra) {
  sayf(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n%s\r\n", extra); // ends with the connection
}

// Until the client leaves, at most ten seconds.
static inline void wait_for_end(int fd) {
  struct pollfd p = {.fd = fd, .events = POLLIN};
  char byte;
  if (poll(&p, 1, 10000) > 0 && recv(fd, &byte, 1, 0) <= 0) atomic_fetch_add(&remote.left, 1);
}

static inline struct str header_of(const struct asked *a, const char *name) {
  char line[128];
  snprintf(line, sizeof line, "\r\n%s:", name);
  const char *at = strcasestr(a->text, line), *end = at ? strstr(at + 2, "\r\n") : NULL;
  if (!at || at > a->body) return STR_NONE;
  return str_trim(str_make(at + strlen(line), (size_t)(end - at) - strlen(line)));
}

static inline bool is_get(const struct asked *a) {
  return str_is(a->http, "GET");
}

static inline bool calls(const struct asked *a, const char *method) {
  return str_is(a->method, method);
}

static inline bool remote_read(int fd, struct asked *a) {
  size_t n = 0, want = SIZE_MAX;
  while (n < want) {
    ssize_t got = recv(fd, a->text + n, sizeof a->text - 1 - n, 0);
    if (got <= 0) return false;
    n += (size_t)got;
    a->text[n] = 0;
    char *end = strstr(a->text, "\r\n\r\n"), *length = strcasestr(a->text, "\r\ncontent-length:");
    if (end)
      want = (size_t)(end + 4 - a->text) + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
  }
  a->body = strstr(a->text, "\r\n\r\n") + 4;
  a->http = str_make(a->text, (size_t)(strchr(a->text, ' ') - a->text));
  return true;
}

static inline void remote_parse(struct asked *a) {
  a->doc = yyjson_read(a->body, strlen(a->body), 0);
  yyjson_val *root = yyjson_doc_get_root(a->doc), *id = yyjson_obj_get(root, "id");
  a->method = json_str(root, "method");
  a->params = yyjson_obj_get(root, "params");
  char *text = id ? yyjson_val_write(id, 0, NULL) : NULL;
  snprintf(a->id, sizeof a->id, "%s", text ? text : "null");
  free(text);
}

static inline void *remote_serve(void *arg) {
  int fd = (int)(intptr_t)arg;
  struct asked *a = malloc(sizeof *a);
  for (bool more = true; more && remote_read(fd, a);) {
    a->fd = fd;
    a->nth = atomic_fetch_add(&remote.requests, 1);
    remote_parse(a);
    pthread_mutex_lock(&remote.lock);
    if (a->nth < REMOTE_LOG) remote.log[a->nth] = strdup(a->text);
    pthread_mutex_unlock(&remote.lock);
    more = remote.script(a);
    yyjson_doc_free(a->doc);
  }
  free(a);
  close(fd);
  return NULL;
}

static inline void *remote_accept(void *arg) {
  (void)arg;
  for (int fd; (fd = accept(remote.listener, NULL, NULL)) >= 0;) {
    int n = atomic_fetch_add(&remote.connections, 1);
    if (n >= REMOTE_CONNECTIONS) abort();
    pthread_create(&remote.workers[n], NULL, remote_serve, (void *)(intptr_t)fd);
  }
  return NULL;
}

static inline void remote_forget(void) {
  for (int i = 0; i < REMOTE_LOG; i++) free(remote.log[i]);
  memset(remote.log, 0, sizeof remote.log);
}

static inline void remote_start(remote_script *script, const char *path) {
  remote_forget();
  memset(&remote, 0, sizeof remote);
  signal(SIGPIPE, SIG_IGN);
  pthread_mutex_init(&remote.lock, NULL);
  remote.script = script;
  remote.path = path;
  remote.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t n = sizeof at;
  if (bind(remote.listener, (struct sockaddr *)&at, n) || listen(remote.listener, 64)) abort();
  getsockname(remote.listener, (struct sockaddr *)&at, &n);
  remote.port = ntohs(at.sin_port);
  if (pthread_create(&remote.thread, NULL, remote_accept, NULL)) abort();
}

// All clients have gone: so the workers end by themselves. The log stays.
static inline void remote_stop(void) {
  shutdown(remote.listener, SHUT_RDWR);
  pthread_join(remote.thread, NULL);
  close(remote.listener);
  for (int i = 0; i < atomic_load(&remote.connections); i++) pthread_join(remote.workers[i], NULL);
}

// How many of the requests so far hold the text.
static inline int asked_with(const char *part) {
  int count = 0;
  pthread_mutex_lock(&remote.lock);
  for (int i = 0; i < REMOTE_LOG; i++) count += remote.log[i] && strstr(remote.log[i], part);
  pthread_mutex_unlock(&remote.lock);
  return count;
}

// ---- the client's side

static struct {
  struct loop *loop;
  struct http_guard *guard;
  struct fetch_limits limits;
  struct mcp_peer_options options;
  struct mcp_peer *peer;
  void (*script)(void);
  char url[128];
} near;

enum { WAITS = 6000 }; // of 10 ms each, for what must come; no test takes that long

static inline void near_fiber(void *arg) {
  (void)arg;
  near.script();
  struct err unused;
  mcp_peer_close(near.peer);
  // What goes out in the background, as the end of a session does, has fibers of its own.
  for (int i = 0; i < WAITS && (mcp_peer_sessions(near.peer) || fiber_count(near.loop) > 1); i++)
    if (!fiber_sleep(10, &unused)) break;
  mcp_peer_unref(near.peer);
  loop_stop(near.loop);
}

static inline void near_defaults(void) {
  struct str allow = STR("127.0.0.1");
  struct err err;
  assert_true(http_guard_new(&allow, 1, &near.guard, &err));
  near.limits = (struct fetch_limits){.connect_ms = 30000,
                                      .first_byte_ms = 30000,
                                      .total_ms = 60000,
                                      .stall_ms = 30000,
                                      .body_bytes = 1 << 20,
                                      .header_bytes = 16384};
  near.options = (struct mcp_peer_options){.guard = near.guard,
                                           .limits = &near.limits,
                                           .json = JSON_LIMITS,
                                           .message_bytes = 64 * 1024,
                                           .sessions_most = 8,
                                           .session_idle_ms = 60000,
                                           .client_name = STR("postern-test"),
                                           .client_version = STR("1")};
}

// Runs `script` on a fiber against a server that runs `serve`; near.options may be changed before.
static inline void meet(remote_script *serve, const char *path, void (*script)(void)) {
  remote_start(serve, path);
  near.loop = loop_new("near", 0, 256);
  snprintf(near.url, sizeof near.url, "http://127.0.0.1:%u%s", remote.port, path);
  near.options.url = str_of(near.url);
  near.peer = mcp_peer_new(&near.options);
  near.script = script;
  fiber_spawn(near.loop, "test", near_fiber, NULL);
  loop_run(near.loop);
  loop_free(near.loop);
  remote_stop();
}

static inline int near_setup(void **state) {
  (void)state;
  near_defaults();
  return 0;
}

static inline int near_teardown(void **state) {
  (void)state;
  http_guard_free(near.guard);
  remote_forget();
  return 0;
}

// A tools/call of `name`, whose params live as long as the document.
static inline struct mcp_request call_of(struct mcp_who who, const char *name, const char *arguments) {
  struct mcp_request r = {.who = who, .method = STR("tools/call"), .doc = yyjson_mut_doc_new(NULL)};
  r.params = yyjson_mut_obj(r.doc);
  yyjson_mut_obj_add_str(r.doc, r.params, "name", name);
  yyjson_doc *parsed = yyjson_read(arguments, strlen(arguments), 0);
  yyjson_mut_obj_add_val(r.doc, r.params, "arguments",
                         yyjson_val_mut_copy(r.doc, yyjson_doc_get_root(parsed)));
  yyjson_doc_free(parsed);
  return r;
}

static inline void must(bool ok, const struct err *err) {
  if (!ok) fail_msg("%s: %s", err_name(err->code), err->text);
}

static inline void must_fail(bool ok, const struct err *err, enum err_code code, const char *part) {
  if (ok) fail_msg("it went well; wanted: %s", part);
  if (err->code != code || !strstr(err->text, part))
    fail_msg("%s: %s; wanted %s: %s", err_name(err->code), err->text, err_name(code), part);
}

// Asks and gives the result's "x", or the error's code as text.
static inline void expect_call(struct mcp_who who, const char *name, const char *want) {
  struct mcp_request r = call_of(who, name, "{}");
  struct mcp_event e;
  struct err err;
  must(mcp_ask(near.peer, &r, &e, &err), &err);
  char code[32];
  snprintf(code, sizeof code, "%lld", (long long)json_int(e.value, "code", 0));
  struct str got = e.kind == MCP_RESULT ? json_str(e.value, "x") : str_of(code);
  if (!str_is(got, want)) fail_msg("%s answered %.*s, not %s", name, STR_ARG(got), want);
  mcp_event_free(&e);
  yyjson_mut_doc_free(r.doc);
}

#endif

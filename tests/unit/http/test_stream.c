// SPDX-License-Identifier: Apache-2.0
// Replies that go on: chunked, with backpressure, detached; and how a server ends.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "http/sse.h"
#include "http_fixture.h"

#define GET STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

static void counts(void *ctx, struct http_exchange *x) {
  struct err err;
  (void)ctx;
  if (!http_stream_begin(x, 200, "text/plain", &err)) return;
  for (int i = 0; i < 3; i++)
    if (!http_stream_write(x, arena_printf(http_request_of(x)->arena, "n=%d;", i), &err)) return;
}

static void test_chunked(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, counts);
  char out[4096];
  int fd = fixture_connect(f);
  for (int i = 0; i < 2; i++) { // the connection is kept
    send_all(fd, GET);
    read_until(fd, "\r\n0\r\n\r\n", out, sizeof out);
    assert_non_null(strstr(out, "Transfer-Encoding: chunked\r\n"));
    assert_null(strstr(out, "Content-Length"));
    assert_non_null(strstr(out, "\r\n\r\n4\r\nn=0;\r\n4\r\nn=1;\r\n4\r\nn=2;\r\n0\r\n\r\n"));
  }
  close(fd);
  // HTTP/1.0 knows no chunks: the bytes, then the end of the connection.
  ask(f, STR("GET / HTTP/1.0\r\n\r\n"), out, sizeof out);
  assert_string_equal(strstr(out, "\r\n\r\n"), "\r\n\r\nn=0;n=1;n=2;");
  ask(f, STR("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  assert_string_equal(strstr(out, "\r\n\r\n"), "\r\n\r\n");
  fixture_stop(f);
}

enum { PIECE = 64 * 1024, PIECES = 512 }; // 32 MiB: more than sockets buffer
static atomic_int written;
static atomic_int ended_with;

static void floods(void *ctx, struct http_exchange *x) {
  struct fixture *f = ctx;
  struct err err = {0};
  char *piece = mem_alloc(PIECE);
  memset(piece, '~', PIECE);
  bool fine = http_stream_begin(x, 200, "application/octet-stream", &err);
  for (int i = 0; fine && i < PIECES; i++) {
    fine = http_stream_write(x, str_make(piece, PIECE), &err);
    if (fine) atomic_fetch_add(&written, 1);
  }
  mem_free(piece);
  atomic_store(&ended_with, (int)err.code);
  sem_post(&f->done);
}

struct parked {
  struct fixture *f;
  const char *reason;
  atomic_int answer; // 0: not yet
};

static void look_for_parked(void *arg) {
  struct parked *p = arg;
  struct fiber_info info[4];
  size_t n = fiber_list(p->f->loop, info, 4);
  bool found = n > 0 && strcmp(info[0].reason, p->reason) == 0;
  atomic_store(&p->answer, found ? 1 : 2);
}

static void wait_until_parked(struct fixture *f, const char *reason) {
  struct parked p = {.f = f, .reason = reason};
  for (int i = 0; i < WAIT_MS && atomic_load(&p.answer) != 1; i++) {
    atomic_store(&p.answer, 0);
    loop_post(f->loop, look_for_parked, &p);
    while (atomic_load(&p.answer) == 0) usleep(1000);
  }
  assert_int_equal(atomic_load(&p.answer), 1);
}

static int connect_narrow(const struct fixture *f) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(http_server_port(f->server))};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
  return fd;
}

static void test_slow_reader_parks_the_fiber(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, floods);
  atomic_store(&written, 0);
  int fd = connect_narrow(f);
  send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
  wait_until_parked(f, "client is slow");
  assert_true(atomic_load(&written) < PIECES);
  static char part[1 << 20];
  size_t count = 0;
  for (ssize_t n; (n = recv(fd, part, sizeof part, 0)) > 0;)
    for (ssize_t i = 0; i < n; i++) count += part[i] == '~';
  assert_int_equal(count, (size_t)PIECE * PIECES);
  assert_true(wait_done(f));
  assert_int_equal(atomic_load(&written), PIECES);
  assert_int_equal(atomic_load(&ended_with), ERR_OK);
  close(fd);
  fixture_stop(f);
}

static void test_reader_that_stops_is_closed(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.write_ms = 80;
  struct fixture *f = fixture_start(&o, floods);
  int fd = connect_narrow(f);
  send_all(fd, GET);
  assert_true(wait_done(f));
  assert_int_equal(atomic_load(&ended_with), ERR_CANCELED);
  close(fd);
  fixture_stop(f);
}

static void test_leaving_reader_cancels_the_writer(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, floods);
  int fd = connect_narrow(f);
  send_all(fd, GET);
  wait_until_parked(f, "client is slow");
  close(fd);
  assert_true(wait_done(f));
  assert_int_equal(atomic_load(&ended_with), ERR_CANCELED);
  fixture_stop(f);
}

// ---- detached

static struct http_stream *stream; // loop thread only
static atomic_int closed_count, drain_count;
static atomic_bool has_stream;

static void on_closed(void *arg, bool draining) {
  struct fixture *f = arg;
  if (draining) {
    atomic_fetch_add(&drain_count, 1);
    assert_true(http_stream_push(stream, STR("data: bye\n\n")));
    http_stream_close(stream);
    return;
  }
  stream = NULL;
  atomic_fetch_add(&closed_count, 1);
  sem_post(&f->done);
}

static void listens(void *ctx, struct http_exchange *x) {
  struct err err;
  if (!http_stream_begin(x, 200, "text/event-stream", &err)) return;
  if (!http_stream_write(x, STR("data: hello\n\n"), &err)) return;
  stream = http_stream_detach(x, on_closed, ctx);
  atomic_store(&has_stream, stream != NULL);
}

static void start_over(void) {
  atomic_store(&closed_count, 0);
  atomic_store(&drain_count, 0);
  atomic_store(&has_stream, false);
}

static void push_one(void *arg) {
  (void)arg;
  if (stream) (void)http_stream_push(stream, STR("data: pushed\n\n"));
}

static void close_it(void *arg) {
  (void)arg;
  if (stream) http_stream_close(stream);
}

static void push_until_full(void *arg) {
  struct fixture *f = arg;
  char *piece = mem_alloc(PIECE);
  int i = 0;
  while (i < 1000 && http_stream_push(stream, str_make(piece, PIECE))) i++;
  mem_free(piece);
  atomic_store(&written, i);
  sem_post(&f->done);
}

static void test_detached_stream(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, listens);
  char out[4096];
  start_over();
  int fd = fixture_connect(f);
  send_all(fd, GET);
  read_until(fd, "data: hello\n\n", out, sizeof out);
  while (metrics_get(METRIC_FIBERS) != 0) usleep(1000); // it holds no fiber
  assert_int_equal(metrics_get(METRIC_HTTP_STREAMS), 1);
  loop_post(f->loop, push_one, NULL);
  read_until(fd, "data: pushed\n\n", out, sizeof out);
  loop_post(f->loop, close_it, NULL);
  read_until(fd, "0\r\n\r\n", out, sizeof out);
  assert_true(wait_done(f));
  // The connection takes the next request, whose client then goes away.
  send_all(fd, GET);
  read_until(fd, "data: hello\n\n", out, sizeof out);
  close(fd);
  assert_true(wait_done(f));
  assert_int_equal(atomic_load(&closed_count), 2);
  fixture_stop(f);
  assert_int_equal(metrics_get(METRIC_HTTP_STREAMS), 0);
}

static void test_heartbeat(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.heartbeat_ms = 20;
  o.idle_ms = o.header_ms = o.body_ms = o.write_ms = o.handler_ms = 60; // none of them ends a stream
  struct fixture *f = fixture_start(&o, listens);
  char out[4096];
  start_over();
  int fd = fixture_connect(f);
  send_all(fd, GET);
  for (int i = 0; i < 8; i++) read_until(fd, ":\n\n", out, sizeof out);
  assert_int_equal(atomic_load(&closed_count), 0);
  close(fd);
  assert_true(wait_done(f));
  fixture_stop(f);
}

static void test_full_queue_closes_the_stream(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, listens);
  char out[4096];
  start_over();
  int fd = connect_narrow(f);
  send_all(fd, GET);
  read_until(fd, "data: hello\n\n", out, sizeof out);
  while (!atomic_load(&has_stream)) usleep(1000);
  loop_post(f->loop, push_until_full, f);
  assert_true(wait_done(f)); // pushed
  assert_true(atomic_load(&written) < 1000);
  assert_true(wait_done(f)); // told
  assert_int_equal(atomic_load(&closed_count), 1);
  close(fd);
  fixture_stop(f);
}

// ---- drain

static void drained(void *arg) {
  struct fixture *f = arg;
  sem_post(&f->done);
}

static void drain_slowly(void *arg) {
  http_server_drain(((struct fixture *)arg)->server,
                    &(struct http_drain){.deadline_ms = WAIT_MS, .done = drained, .arg = arg});
}
static void drain_fast(void *arg) {
  http_server_drain(((struct fixture *)arg)->server,
                    &(struct http_drain){.deadline_ms = 50, .done = drained, .arg = arg});
}

static void drain_kinds(void *ctx, struct http_exchange *x) {
  struct err err;
  struct str path = http_request_of(x)->path;
  if (str_is(path, "/listen"))
    listens(ctx, x);
  else if (str_is(path, "/slow") && !fiber_sleep(200, &err))
    http_reply_err(x, &err);
  else if (str_is(path, "/endless") && !fiber_sleep(60 * 1000, &err))
    http_reply_err(x, &err);
  else
    http_reply_text(x, 200, "finished\n");
}

static void test_drain_finishes_what_runs(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, drain_kinds);
  char out[4096];
  start_over();
  int idle = fixture_connect(f), busy = fixture_connect(f), listening = fixture_connect(f);
  send_all(idle, GET);
  read_until(idle, "finished\n", out, sizeof out);
  send_all(listening, STR("GET /listen HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  read_until(listening, "data: hello\n\n", out, sizeof out);
  while (metrics_get(METRIC_FIBERS) != 0) usleep(1000);
  send_all(busy, STR("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  while (metrics_get(METRIC_FIBERS) == 0) usleep(1000);
  loop_post(f->loop, drain_slowly, f);
  assert_true(is_closed(idle));
  read_until(listening, NULL, out, sizeof out);
  assert_non_null(strstr(out, "data: bye\n\n"));
  assert_non_null(strstr(out, "\r\n0\r\n\r\n"));
  read_until(busy, NULL, out, sizeof out);
  assert_int_equal(status_of(out), 200);
  assert_non_null(strstr(out, "Connection: close\r\n"));
  assert_true(wait_done(f)); // the stream's end
  assert_true(wait_done(f)); // the server's
  assert_int_equal(atomic_load(&drain_count), 1);
  assert_int_equal(atomic_load(&closed_count), 1);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(http_server_port(f->server))};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int refused = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(connect(refused, (struct sockaddr *)&a, sizeof a), -1);
  close(refused);
  close(idle);
  close(busy);
  close(listening);
  fixture_stop(f);
}

static void test_drain_has_a_deadline(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, drain_kinds);
  int fd = fixture_connect(f);
  send_all(fd, STR("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  while (metrics_get(METRIC_FIBERS) == 0) usleep(1000);
  loop_post(f->loop, drain_fast, f);
  assert_true(wait_done(f));
  assert_true(is_closed(fd));
  close(fd);
  fixture_stop(f);
}

static void drain_leaving(void *arg) {
  http_server_drain(
      ((struct fixture *)arg)->server,
      &(struct http_drain){.deadline_ms = WAIT_MS, .leave_ms = WAIT_MS, .done = drained, .arg = arg});
}

static void drain_leaving_fast(void *arg) {
  http_server_drain(
      ((struct fixture *)arg)->server,
      &(struct http_drain){.deadline_ms = WAIT_MS, .leave_ms = 50, .done = drained, .arg = arg});
}

// A balancer may send a request on a connection that it has, or has just opened: it is answered, and told to go.
static void test_drain_answers_who_is_connected(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, drain_kinds);
  char out[4096];
  int used = fixture_connect(f), fresh = fixture_connect(f);
  send_all(used, GET);
  read_until(used, "finished\n", out, sizeof out);
  assert_null(strstr(out, "Connection: close\r\n"));
  loop_post(f->loop, drain_leaving, f);
  const int both[] = {used, fresh};
  for (size_t i = 0; i < 2; i++) {
    do { // until the drain has begun
      send_all(both[i], GET);
      read_until(both[i], "finished\n", out, sizeof out);
      assert_int_equal(status_of(out), 200);
    } while (!strstr(out, "Connection: close\r\n"));
    assert_true(is_closed(both[i]));
    close(both[i]);
  }
  assert_true(wait_done(f));
  fixture_stop(f);
}

static void test_drain_leaves_who_says_nothing(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, drain_kinds);
  char out[4096];
  int used = fixture_connect(f), fresh = fixture_connect(f);
  send_all(used, GET);
  read_until(used, "finished\n", out, sizeof out);
  loop_post(f->loop, drain_leaving_fast, f);
  assert_true(wait_done(f));
  assert_true(is_closed(used));
  assert_true(is_closed(fresh));
  close(used);
  close(fresh);
  fixture_stop(f);
}

static atomic_int outliving;

// Goes on without its client: at once, after its first words, or with a client that reads nothing.
static void outlive(void *ctx, struct http_exchange *x) {
  struct err err = {0};
  struct str path = http_request_of(x)->path;
  (void)ctx;
  http_request_outlive(x);
  if (!str_is(path, "/silent")) {
    assert_true(http_stream_begin(x, 200, "text/event-stream", &err));
    (void)!http_stream_write(x, STR("data: hello\n\n"), &err);
  }
  atomic_fetch_add(&outliving, 1);
  while (str_is(path, "/flood") && http_stream_write(x, STR("data: and more of it\n\n"), &err)) continue;
  while (err.code != ERR_CANCELED || !fiber_canceled())
    if (fiber_sleep(600 * 1000, &err)) fail_msg("nobody ended it");
  atomic_fetch_sub(&outliving, 1);
}

static void test_drain_ends_what_outlives_its_client(void **state) {
  (void)state;
  static const char *const paths[] = {"/silent", "/spoken", "/flood"};
  struct http_options o = fixture_options();
  o.write_ms = 600 * 1000;
  struct fixture *f = fixture_start(&o, outlive);
  enum { PATHS = 3, CLIENTS = 2 * PATHS };
  int fds[CLIENTS];
  for (int i = 0; i < CLIENTS; i++) {
    char request[80];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", paths[i % PATHS]);
    fds[i] = fixture_connect(f);
    send_all(fds[i], str_of(request));
  }
  while (atomic_load(&outliving) < CLIENTS) usleep(1000);
  for (int i = 0; i < PATHS; i++) close(fds[i]); // the others stay
  while (metrics_get(METRIC_HTTP_CONNECTIONS) > PATHS) usleep(1000);
  assert_int_equal(atomic_load(&outliving), CLIENTS);
  loop_post(f->loop, drain_fast, f);
  assert_true(wait_done(f));
  assert_int_equal(atomic_load(&outliving), 0);
  for (int i = PATHS; i < CLIENTS; i++) {
    assert_true(is_closed(fds[i]));
    close(fds[i]);
  }
  fixture_stop(f);
}

static void test_drain_with_nothing_open(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, drain_kinds);
  loop_post(f->loop, drain_slowly, f);
  assert_true(wait_done(f));
  fixture_stop(f);
}

// ---- memory

static void on_closed_quietly(void *arg, bool draining) {
  (void)arg, (void)draining;
}

static void listens_quietly(void *ctx, struct http_exchange *x) {
  struct err err;
  (void)ctx;
  if (!http_stream_begin(x, 200, "text/event-stream", &err)) return;
  if (!http_stream_write(x, STR("data: hello\n\n"), &err)) return;
  (void)http_stream_detach(x, on_closed_quietly, NULL);
}

static size_t resident(void) {
  size_t total = 0, pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  assert_non_null(file);
  assert_int_equal(fscanf(file, "%zu %zu", &total, &pages), 2);
  fclose(file);
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void test_idle_streams_are_small(void **state) {
  (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  skip(); // their shadow memory counts as ours
#endif
  struct rlimit files;
  enum { MANY = 2000, WARM = 20, MOST = 12 * 1024 };
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2 * MANY + 100) skip();
  struct http_options o = fixture_options();
  o.connections = o.per_address = 2 * MANY;
  struct fixture *f = fixture_start(&o, listens_quietly);
  static int fds[MANY];
  char out[4096];
  size_t before = 0;
  for (int i = 0; i < MANY; i++) {
    fds[i] = fixture_connect(f);
    send_all(fds[i], GET);
    read_until(fds[i], "data: hello\n\n", out, sizeof out);
    if (i == WARM) before = resident();
  }
  size_t each = (resident() - before) / (MANY - WARM);
  print_message("an idle stream holds %zu bytes\n", each);
  assert_true(each <= MOST);
  for (int i = 0; i < MANY; i++) close(fds[i]);
  fixture_stop(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_chunked),
      cmocka_unit_test(test_slow_reader_parks_the_fiber),
      cmocka_unit_test(test_reader_that_stops_is_closed),
      cmocka_unit_test(test_leaving_reader_cancels_the_writer),
      cmocka_unit_test(test_detached_stream),
      cmocka_unit_test(test_heartbeat),
      cmocka_unit_test(test_full_queue_closes_the_stream),
      cmocka_unit_test(test_drain_finishes_what_runs),
      cmocka_unit_test(test_drain_answers_who_is_connected),
      cmocka_unit_test(test_drain_leaves_who_says_nothing),
      cmocka_unit_test(test_drain_has_a_deadline),
      cmocka_unit_test(test_drain_ends_what_outlives_its_client),
      cmocka_unit_test(test_drain_with_nothing_open),
      cmocka_unit_test(test_idle_streams_are_small),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/transfer.h"
#include "io/fiber.h"
#include "io/loop.h"
#include "origin_fixture.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) ||     \
    __has_feature(thread_sanitizer)
#define TEST_SANITIZED 1
#endif

static const struct http_client_limits relaxed = {.connect_ms = 10000,
                                                  .first_byte_ms = 20000,
                                                  .total_ms = 60000,
                                                  .stall_ms = 20000,
                                                  .body_bytes = 128 << 20,
                                                  .header_bytes = 16384};

static struct loop *loop;
static struct http_guard *guard;
static struct http_client_limits limits; // of the next call; `relaxed` at a test's start
static struct fiber *tester;
static struct http_transfer *left_open;

static int start(void **state) {
  const struct str allow = STR("127.0.0.1");
  struct err err;
  limits = relaxed;
  if (!http_guard_new(&allow, 1, &guard, &err)) return -1;
  loop = loop_new("test", 0, 100);
  return origin_start(state);
}

static int stop(void **state) {
  loop_free(loop);
  http_guard_free(guard);
  return origin_stop(state);
}

struct body {
  void (*run)(void);
};

static void as_fiber(void *arg) {
  tester = fiber_self();
  ((struct body *)arg)->run();
  loop_stop(loop);
}

static void on_a_fiber(void (*run)(void)) {
  struct body body = {run};
  assert_non_null(fiber_spawn(loop, "test", as_fiber, &body));
  loop_run(loop);
}

static bool open_path(const char *path, struct http_transfer **t, struct err *err) {
  char url[80];
  snprintf(url, sizeof url, "http%s://127.0.0.1:%u%s", tls ? "s" : "", origin.port, path);
  struct http_client_limits mine = limits; // all of these end with this function
  struct http_call call = {.method = "GET", .url = str_of(url), .limits = &mine, .guard = guard};
  return http_transfer_open(&call, t, err);
}

static struct http_transfer *open_ok(const char *path) {
  struct http_transfer *t;
  struct err err;
  if (!open_path(path, &t, &err)) fail_msg("%s: %s", path, err.text);
  return t;
}

static struct str read_ok(struct http_transfer *t) {
  struct str bytes;
  struct err err;
  if (!http_transfer_read(t, &bytes, &err)) fail_msg("%s", err.text);
  return bytes;
}

static void expect(const struct err *err, enum err_code code, const char *part) {
  if (err->code != code || !strstr(err->text, part)) fail_msg("%s: %s", err_name(err->code), err->text);
}

static void expect_no_open(const char *path, enum err_code code, const char *part) {
  struct http_transfer *t;
  struct err err;
  assert_false(open_path(path, &t, &err));
  expect(&err, code, part);
}

static void expect_no_more(struct http_transfer *t, enum err_code code, const char *part) {
  struct str bytes;
  struct err err;
  while (http_transfer_read(t, &bytes, &err)) assert_true(bytes.n > 0);
  expect(&err, code, part);
}

static void sleep_ms(uint64_t ms) {
  struct err err;
  assert_true(fiber_sleep(ms, &err));
}

// The origin notices in its own time.
static bool origin_saw_the_client_go(int count) {
  for (int i = 0; i < 2000 && atomic_load(&origin.closed_early) < count; i++) usleep(5000);
  return atomic_load(&origin.closed_early) == count;
}

// ---- reading

static void read_small_answers(void) {
  for (int i = 0; i < 3; i++) {
    struct http_transfer *t = open_ok("/ok");
    assert_int_equal(http_transfer_status(t), 200);
    assert_true(str_is(http_header_get(http_transfer_headers(t), "x-test"), "spaced"));
    assert_true(str_is(read_ok(t), "hello"));
    assert_int_equal(read_ok(t).n, 0);
    assert_int_equal(read_ok(t).n, 0); // and stays at its end
    http_transfer_close(t);
  }
  struct http_transfer *t = open_ok("/ok");
  sleep_ms(30);
  http_transfer_close(t); // unread, but complete
  struct buf body;
  struct err err;
  t = open_ok("/interim");
  assert_int_equal(http_transfer_status(t), 404);
  assert_int_equal(http_transfer_headers(t)->count, 1);
  assert_true(http_transfer_read_all(t, &body, &err));
  assert_true(str_is(buf_str(&body), "abc"));
  buf_free(&body);
  http_transfer_close(t);
}

static void answers_are_read_and_connections_kept(void **state) {
  (void)state;
  on_a_fiber(read_small_answers);
  assert_int_equal(atomic_load(&origin.connections), 1);
}

static void send_what_goes_away(void) {
  struct http_header *header = malloc(sizeof *header);
  char *text = strdup("Bearer abc"), *body = strdup("{\"a\":1}"), url[80];
  *header = (struct http_header){STR("Authorization"), str_of(text)};
  snprintf(url, sizeof url, "http://127.0.0.1:%u/echo", origin.port);
  struct http_call call = {.method = "POST",
                           .url = str_of(url),
                           .headers = {header, 1},
                           .body = str_of(body),
                           .has_body = true,
                           .limits = &limits,
                           .guard = guard};
  struct http_transfer *t;
  struct err err;
  assert_true(http_transfer_open(&call, &t, &err));
  free(header), free(text), free(body);
  struct buf got;
  assert_true(http_transfer_read_all(t, &got, &err));
  buf_add_char(&got, 0);
  assert_non_null(strstr(got.p, "Authorization: Bearer abc\r\n"));
  assert_non_null(strstr(got.p, "\r\n\r\n{\"a\":1}"));
  buf_free(&got);
  http_transfer_close(t);
}

static void what_a_call_points_to_may_go(void **state) {
  (void)state;
  on_a_fiber(send_what_goes_away);
}

static void read_ticks(void) {
  struct http_transfer *t = open_ok("/ticks"); // here before the first of them
  size_t n = 0;
  int reads = 0;
  for (struct str bytes; (bytes = read_ok(t)).n; reads++) n += bytes.n;
  assert_int_equal(n, 5 * 6);
  assert_true(reads >= 2);
  http_transfer_close(t);
}

static void bytes_are_there_as_they_come(void **state) {
  (void)state;
  on_a_fiber(read_ticks);
}

// ---- the window

static void read_flood_slowly(void) {
  struct http_transfer *t = open_ok("/flood");
  size_t n = 0, flooded = 0;
  do {
    sleep_ms(20); // until the kernel's buffers are full, too
    size_t before = flooded;
    flooded = atomic_load(&origin.flooded);
    if (flooded == before && flooded) break;
  } while (flooded < FLOOD);
  assert_true(flooded > 0 && flooded < FLOOD);
  size_t most = 0;
  for (struct str bytes; (bytes = read_ok(t)).n;) {
    if (bytes.n > most) most = bytes.n;
    for (size_t i = 0; i < bytes.n; i += 4099) // in order, none lost, none twice
      assert_int_equal((unsigned char)bytes.p[i], (n + i) % 251);
    n += bytes.n;
    if (n % 7 == 0) sleep_ms(1);
  }
  assert_int_equal(n, FLOOD);
  assert_true(most >= TRANSFER_WINDOW && most < TRANSFER_WINDOW + 64 * 1024);
  http_transfer_close(t);
}

static void a_slow_reader_slows_the_vendor(void **state) {
  (void)state;
  limits.stall_ms = 400; // counts only while we read
  on_a_fiber(read_flood_slowly);
}

static void let_reader_outlast_the_stall_limit(void) {
  limits.stall_ms = 50;
  struct http_transfer *t = open_ok("/flood");
  sleep_ms(200);
  size_t n = 0;
  for (struct str bytes; (bytes = read_ok(t)).n;) n += bytes.n;
  assert_int_equal(n, FLOOD);
  http_transfer_close(t);
}

static void our_own_pause_is_no_stall(void **state) {
  (void)state;
  on_a_fiber(let_reader_outlast_the_stall_limit);
}

static void read_tls_flood_slowly(void) {
  struct http_transfer *t = open_ok("/flood");
  sleep_ms(100);
  assert_true(atomic_load(&origin.flooded) < FLOOD);
  size_t n = 0, most = 0;
  for (struct str bytes; (bytes = read_ok(t)).n; n += bytes.n) {
    if (bytes.n > most) most = bytes.n;
    if (n < FLOOD / 16) sleep_ms(2);
  }
  assert_int_equal(n, FLOOD);
  assert_true(most >= TRANSFER_WINDOW && most < TRANSFER_WINDOW + 64 * 1024);
  http_transfer_close(t);
}

static void the_same_over_tls(void **state) {
  (void)state;
  char path[] = "/tmp/postern-test-XXXXXX";
  close(mkstemp(path));
  origin_speak_tls(path);
  struct err err;
  assert_true(http_client_ca(path, &err));
  unlink(path);
  on_a_fiber(read_tls_flood_slowly);
}

static void abandon_flood(void) {
  struct http_transfer *t = open_ok("/flood");
  sleep_ms(30);
  http_transfer_close(t); // while held
  t = open_ok("/ok");
  assert_true(str_is(read_ok(t), "hello"));
  http_transfer_close(t);
}

static void a_held_transfer_is_closed(void **state) {
  (void)state;
  on_a_fiber(abandon_flood);
  assert_true(atomic_load(&origin.flooded) < FLOOD);
}

// ---- limits

static void meet_limits_of_size(void) {
  limits.body_bytes = 1 << 20;
  struct http_transfer *t = open_ok("/endless");
  expect_no_more(t, ERR_LIMIT, "passes the limit of 1048576 bytes");
  expect_no_more(t, ERR_LIMIT, "passes the limit of 1048576 bytes"); // stays so
  http_transfer_close(t);
  t = open_ok("/endless");
  struct buf body = BUF_MAX(1);
  struct err err;
  assert_false(http_transfer_read_all(t, &body, &err));
  expect(&err, ERR_LIMIT, "passes the limit of 1048576 bytes");
  assert_null(body.p);
  http_transfer_close(t);
  expect_no_open("/headers-long", ERR_LIMIT, "pass the limit of 16384 bytes");
  expect_no_open("/headers-many", ERR_LIMIT, "more than 100 headers");
  limits.body_bytes = SIZE_MAX;
  t = open_ok("/bomb");
  expect_no_more(t, ERR_LIMIT, "expands to more than 100 times");
  http_transfer_close(t);
  t = open_ok("/bomb");
  sleep_ms(50); // not while we look away, either
  assert_true(mallinfo2().uordblks < 32 << 20);
  expect_no_more(t, ERR_LIMIT, "expands to more than 100 times");
  http_transfer_close(t);
}

static void limits_of_size(void **state) {
  (void)state;
  on_a_fiber(meet_limits_of_size);
}

static void meet_limits_of_time(void) {
  limits.first_byte_ms = 50;
  expect_no_open("/slow", ERR_TIMEOUT, "answered nothing within 50 ms");
  expect_no_open("/drip-head", ERR_TIMEOUT, "answered nothing within 50 ms");
  limits = relaxed;
  limits.stall_ms = 50;
  struct http_transfer *t = open_ok("/stall");
  assert_true(str_is(read_ok(t), "ten bytes."));
  expect_no_more(t, ERR_TIMEOUT, "no byte for 50 ms");
  http_transfer_close(t);
  limits.stall_ms = 20000;
  limits.total_ms = 100;
  t = open_ok("/beat");
  expect_no_more(t, ERR_TIMEOUT, "not complete within 100 ms");
  http_transfer_close(t);
  t = open_ok("/beat");
  sleep_ms(150); // nobody waits when it runs out
  expect_no_more(t, ERR_TIMEOUT, "not complete within 100 ms");
  http_transfer_close(t);
}

static void limits_of_time(void **state) {
  (void)state;
  on_a_fiber(meet_limits_of_time);
}

static void outlast_silence(void) {
  limits = (struct http_client_limits){.first_byte_ms = 2000, .body_bytes = SIZE_MAX, .header_bytes = 1000};
  limits.first_byte_ms = 30; // past that the head is there, and nothing else is asked for
  struct http_transfer *silent = open_ok("/idle");
  limits.first_byte_ms = 5000;
  limits.stall_ms = 2000;
  struct http_transfer *beating = open_ok("/beat");
  for (int i = 0; i < 10; i++) assert_true(read_ok(beating).n > 0);
  struct str bytes;
  struct err err;
  fiber_deadline(tester, 100);
  assert_false(http_transfer_read(silent, &bytes, &err));
  expect(&err, ERR_TIMEOUT, "time for the whole request");
  fiber_deadline(tester, 0);
  assert_true(read_ok(beating).n > 0); // what is open stays open
  http_transfer_close(silent);
  http_transfer_close(beating);
}

static void streams_may_be_silent_for_long(void **state) {
  (void)state;
  on_a_fiber(outlast_silence);
  assert_true(origin_saw_the_client_go(1));
}

static void meet_failures(void) {
  struct http_transfer *t = open_ok("/event-cut");
  assert_true(str_is(read_ok(t), "hey")); // what came is not lost
  expect_no_more(t, ERR_UPSTREAM, "in the middle of its answer");
  http_transfer_close(t);
  expect_no_open("/gone", ERR_UPSTREAM, "without an answer");
  expect_no_open("/o k", ERR_INVALID, "percent-encode");
  struct http_guard *open = guard;
  guard = NULL;
  expect_no_open("/ok", ERR_DENIED, "private or reserved");
  guard = open;
}

static void failures(void **state) {
  (void)state;
  on_a_fiber(meet_failures);
}

// ---- leaving

static void finish_events(void) {
  for (int i = 0; i < 3; i++) {
    struct http_transfer *t = open_ok("/event-late-end");
    assert_true(str_is(read_ok(t), "hey"));
    http_transfer_finish(t);
    sleep_ms(60);
  }
  assert_int_equal(atomic_load(&origin.connections), 1); // its end was waited for
  struct http_transfer *t = open_ok("/event");
  assert_true(str_is(read_ok(t), "hey"));
  http_transfer_finish(t); // no end comes
  t = open_ok("/flood");
  http_transfer_finish(t); // too much comes
  t = open_ok("/ok");
  read_ok(t);
  http_transfer_finish(t); // has ended already
  http_transfer_finish(NULL);
  sleep_ms(TRANSFER_LINGER_MS + 200);
  assert_true(origin_saw_the_client_go(1));
  assert_true(atomic_load(&origin.flooded) < FLOOD);
  left_open = open_ok("/event");
  http_transfer_finish(left_open); // and the loop ends before
}

static void finishing_keeps_the_connection(void **state) {
  (void)state;
  on_a_fiber(finish_events);
}

static void cancel_tester(void *arg) {
  (void)arg;
  fiber_cancel(tester);
}

static void be_canceled(void) {
  left_open = open_ok("/event");
  read_ok(left_open);
  loop_post(loop, cancel_tester, NULL);
  struct str bytes;
  struct err err;
  assert_false(http_transfer_read(left_open, &bytes, &err));
  assert_int_equal(err.code, ERR_CANCELED);
  assert_false(http_transfer_read(left_open, &bytes, &err));
}

static void close_left_open(void *arg) {
  (void)arg;
  assert_null(fiber_self());
  http_transfer_close(left_open);
  loop_stop(loop);
}

static void be_canceled_and_go(void *arg) {
  (void)arg;
  tester = fiber_self();
  be_canceled();
  loop_post(loop, close_left_open, NULL);
}

static void close_outside_a_fiber(void **state) {
  (void)state;
  assert_non_null(fiber_spawn(loop, "test", be_canceled_and_go, NULL));
  loop_run(loop);
  assert_true(origin_saw_the_client_go(1));
}

static void be_canceled_while_opening(void) {
  loop_post(loop, cancel_tester, NULL);
  expect_no_open("/slow", ERR_CANCELED, "the asker has gone");
}

static void cancel_aborts_an_open(void **state) {
  (void)state;
  on_a_fiber(be_canceled_while_opening);
}

// The fiber that opened it has ended; another one goes on.
static void leave_it_open(void) {
  left_open = open_ok("/ticks");
}

static void open_and_end(void *arg) {
  (void)arg;
  leave_it_open();
}

static void read_what_another_opened(void) {
  assert_non_null(fiber_spawn(loop, "opener", open_and_end, NULL));
  while (!left_open) sleep_ms(1);
  struct buf body;
  struct err err;
  sleep_ms(10); // some of it comes while nobody waits
  assert_true(http_transfer_read_all(left_open, &body, &err));
  assert_int_equal(body.n, 5 * 6);
  buf_free(&body);
  http_transfer_close(left_open);
}

static void another_fiber_goes_on(void **state) {
  (void)state;
  left_open = NULL;
  on_a_fiber(read_what_another_opened);
}

static void leave_event_open(void) {
  left_open = open_ok("/event");
}

static void the_loop_ends_first(void **state) {
  (void)state;
  on_a_fiber(leave_event_open);
  assert_true(origin_saw_the_client_go(1)); // closed with the loop
  http_transfer_close(left_open);           // frees what is left
}

static void read_after_the_loop_restarted(void) {
  struct err err;
  struct str bytes;
  if (http_transfer_read(left_open, &bytes, &err) && bytes.n)
    assert_false(http_transfer_read(left_open, &bytes, &err));
  expect(&err, ERR_CANCELED, "Postern is stopping");
  http_transfer_close(left_open);
}

static void what_the_loop_has_ended_stays_so(void **state) {
  (void)state;
  on_a_fiber(leave_event_open);
  on_a_fiber(read_after_the_loop_restarted);
}

// ---- many

enum { CROWD = 2000 };

static struct http_transfer *crowd[CROWD];
static int crowd_size;

// One thread that answers each connection with the head of a stream, but "/ok" in full.
static void *serve_crowd(void *arg) {
  static int fds[CROWD + 100];
  char request[1024];
  int n = 0;
  for (int fd; n < CROWD + 100 && (fd = accept(*(int *)arg, NULL, NULL)) >= 0;) {
    if (!read_request(fd, request, sizeof request)) abort();
    if (strstr(request, "GET /ok "))
      say_body(fd, "hello"), close(fd);
    else
      say(fd, CHUNKED), fds[n++] = fd;
  }
  while (n--) close(fds[n]);
  return NULL;
}

static double cpu_ms(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
         (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void hold_a_crowd(void) {
  limits.total_ms = 0;
  size_t before = mallinfo2().uordblks;
  uint64_t begun = clock_mono_us();
  for (int i = 0; i < crowd_size; i++) crowd[i] = open_ok("/idle");
  size_t each = (mallinfo2().uordblks - before) / (size_t)crowd_size;
  print_message("%d idle streams: %zu bytes and %.0f us each to open\n", crowd_size, each,
                (double)(clock_mono_us() - begun) / crowd_size);
#ifndef TEST_SANITIZED
  assert_true(each < 40 * 1024);
#endif
  double cpu = cpu_ms();
  sleep_ms(500);
  cpu = cpu_ms() - cpu;
  print_message("500 ms of idling took %.1f ms of CPU\n", cpu);
  assert_true(cpu < 100);
  // Fetches to the same host have room, and time.
  char url[80];
  snprintf(url, sizeof url, "http://127.0.0.1:%u/ok", origin.port);
  struct http_call call = {.method = "GET", .url = str_of(url), .limits = &limits, .guard = guard};
  struct arena *a = arena_new();
  for (int i = 0; i < 5; i++) {
    struct http_result r;
    struct err err;
    if (!http_fetch(&call, a, &r, &err)) fail_msg("%s", err.text);
    buf_free(&r.body);
  }
  arena_free(a);
  for (int i = 0; i < crowd_size; i++) http_transfer_close(crowd[i]);
}

static void thousands_of_idle_streams(void **state) {
  (void)state;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  crowd_size = files.rlim_cur > 2 * CROWD + 200 ? CROWD : (int)(files.rlim_cur - 200) / 2;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t n = sizeof a;
  assert_int_equal(bind(listener, (struct sockaddr *)&a, n) | listen(listener, 64), 0);
  getsockname(listener, (struct sockaddr *)&a, &n);
  uint16_t port = origin.port;
  origin.port = ntohs(a.sin_port);
  pthread_t thread;
  pthread_create(&thread, NULL, serve_crowd, &listener);
  on_a_fiber(hold_a_crowd);
  shutdown(listener, SHUT_RDWR);
  pthread_join(thread, NULL);
  close(listener);
  origin.port = port;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  const struct CMUnitTest tests[] = {
      TEST(answers_are_read_and_connections_kept),
      TEST(what_a_call_points_to_may_go),
      TEST(bytes_are_there_as_they_come),
      TEST(a_slow_reader_slows_the_vendor),
      TEST(our_own_pause_is_no_stall),
      TEST(a_held_transfer_is_closed),
      TEST(limits_of_size),
      TEST(limits_of_time),
      TEST(streams_may_be_silent_for_long),
      TEST(failures),
      TEST(finishing_keeps_the_connection),
      TEST(cancel_aborts_an_open),
      TEST(close_outside_a_fiber),
      TEST(another_fiber_goes_on),
      TEST(the_loop_ends_first),
      TEST(what_the_loop_has_ended_stays_so),
      TEST(thousands_of_idle_streams),
      TEST(the_same_over_tls), // last: what it trusts stays trusted
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

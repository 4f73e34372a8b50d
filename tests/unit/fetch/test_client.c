// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/metrics.h"
#include "client_fixture.h"

static void a_plain_get(void **state) {
  (void)state;
  struct outcome o = {.path = "/ok"};
  int64_t before = metrics_get(METRIC_UPSTREAM_CONNECTIONS);
  fetch_all(&o, 1);
  if (!o.ok) fail_msg("%s", o.err.text);
  assert_int_equal(o.result.status, 200);
  assert_true(str_is(buf_str(&o.result.body), "hello"));
  assert_true(str_is(http_header_get(&o.result.headers, "x-test"), "spaced"));
  assert_int_equal(http_header_count(&o.result.headers, "x-empty"), 1);
  assert_true(o.result.elapsed_us > 0);
  assert_int_equal(metrics_get(METRIC_UPSTREAM_CONNECTIONS), before + 1);
  done(&o);
}

static void what_was_given_is_hidden(void **state) {
  (void)state;
  struct redact_part parts[] = {{STR("a-key-of-0123456789"), 0}, {STR("spaced"), 0}};
  struct redact *hide = redact_new(parts, 2, NULL);
  struct http_header items[] = {{STR("Authorization"), STR("Bearer a-key-of-0123456789")}};
  struct outcome o[] = {{.path = "/echo", .call = {.headers = {items, 1}, .hide = hide}},
                        {.path = "/echo", .call = {.headers = {items, 1}, .hide = hide, .plain_body = true}},
                        {.path = "/ok", .call = {.hide = hide}}};
  fetch_all(o, 3);
  redact_unref(hide);
  for (int i = 0; i < 3; i++) assert_true(o[i].ok);
  assert_true(str_contains(buf_str(&o[0].result.body), STR("Bearer [redacted]")));
  assert_false(str_contains(buf_str(&o[0].result.body), STR("0123456789")));
  assert_true(str_contains(buf_str(&o[1].result.body), STR("Bearer a-key-of-0123456789")));
  assert_true(str_is(http_header_get(&o[2].result.headers, "x-test"), "******"));
  for (int i = 0; i < 3; i++) done(&o[i]);
}

static void what_is_sent(void **state) {
  (void)state;
  struct http_header items[] = {{STR("Authorization"), STR("Bearer abc")}, {STR("X-Nothing"), STR("")}};
  struct outcome o[] = {
      {.path = "/echo",
       .call = {.method = "PATCH", .headers = {items, 2}, .body = STR("{\"a\":1}"), .has_body = true}},
      {.path = "/echo"},
      {.path = "/echo", .call = {.method = "POST"}},
      {.path = "/echo", .call = {.method = "DELETE"}},
      {.path = "/head", .call = {.method = "HEAD"}},
      {.path = "/echo", .call = {.method = "QUERY", .body = STR("q"), .has_body = true}},
  };
  fetch_all(o, 6);
  for (int i = 0; i < 6; i++)
    if (!o[i].ok) fail_msg("%d: %s", i, o[i].err.text);
  const char *sent = o[0].result.body.p;
  assert_int_equal(strncmp(sent, "PATCH /echo HTTP/1.1\r\n", 22), 0);
  assert_non_null(strstr(sent, "Authorization: Bearer abc\r\n"));
  assert_non_null(strstr(sent, "X-Nothing:\r\n"));
  assert_non_null(strstr(sent, "Content-Length: 7\r\n"));
  assert_non_null(strstr(sent, "\r\n\r\n{\"a\":1}"));
  assert_null(strcasestr(sent, "content-type"));
  assert_null(strcasestr(sent, "expect:"));
  // A pooled handle carries nothing over.
  assert_int_equal(strncmp(o[1].result.body.p, "GET /echo", 9), 0);
  assert_null(strcasestr(o[1].result.body.p, "content-length"));
  assert_null(strstr(o[1].result.body.p, "Bearer"));
  assert_non_null(strstr(o[2].result.body.p, "Content-Length: 0\r\n"));
  assert_int_equal(strncmp(o[3].result.body.p, "DELETE /echo", 12), 0);
  assert_int_equal(o[4].result.body.n, 0);
  assert_non_null(strstr(o[5].result.body.p, "QUERY /echo"));
  assert_int_equal(atomic_load(&origin.connections), 1); // kept alive throughout
  assert_int_equal(atomic_load(&origin.requests), 6);
  for (int i = 0; i < 6; i++) done(&o[i]);
}

static void interim_answers_and_trailers(void **state) {
  (void)state;
  struct outcome o = {.path = "/interim"};
  fetch_all(&o, 1);
  assert_true(o.ok);
  assert_int_equal(o.result.status, 404);
  assert_int_equal(o.result.headers.count, 1); // neither Link nor X-Trailer
  assert_true(str_is(buf_str(&o.result.body), "abc"));
  done(&o);
}

static void redirects_are_not_followed(void **state) {
  (void)state;
  struct outcome o = {.path = "/redirect"};
  fetch_all(&o, 1);
  assert_true(o.ok);
  assert_int_equal(o.result.status, 302);
  assert_true(str_is(http_header_get(&o.result.headers, "location"), "/ok"));
  assert_int_equal(atomic_load(&origin.requests), 1);
  done(&o);
}

static void refused_headers(void **state) {
  (void)state;
  static const struct http_header bad[] = {
      {STR("X-A"), STR("1\r\nX-B: 2")},
      {STR("X A"), STR("1")},
      {STR(""), STR("1")},
      {STR("Host"), STR("other")},
      {STR("content-length"), STR("0")},
      {STR("Transfer-Encoding"), STR("chunked")},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct http_header item = bad[i];
    expect_failure((struct outcome){.path = "/ok", .call = {.headers = {&item, 1}}}, ERR_INVALID,
                   "request header");
  }
  expect_failure((struct outcome){.path = "/o k"}, ERR_INVALID, "URL");
  expect_failure((struct outcome){.path = "/ok", .call = {.method = "GET /"}}, ERR_INVALID, "method");
  expect_failure((struct outcome){.path = "/etc/passwd", .scheme = "file"}, ERR_INVALID, "http or https");
  expect_failure((struct outcome){.path = "/ok", .host = "me:pw@127.0.0.1"}, ERR_INVALID, "http or https");
  assert_int_equal(atomic_load(&origin.requests), 0);
}

static void the_guard_refuses_every_spelling(void **state) {
  (void)state;
  static const char *const hosts[] = {
      "127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "0x7f000001", "localhost", "127.1", "0",
      "[::]",      "[::1]",      "017700000001"};
  int64_t before = metrics_get(METRIC_UPSTREAM_BLOCKED);
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
    struct outcome o = {.path = "/?key=secret", .host = hosts[i], .closed_guard = true};
    fetch_all(&o, 1);
    assert_false(o.ok);
    if (o.err.code != ERR_DENIED) fail_msg("%s: %s", hosts[i], o.err.text);
    expect_text(&o, "private or reserved");
    assert_non_null(strstr(o.err.hint, "upstream_allow"));
    done(&o);
  }
  assert_true(metrics_get(METRIC_UPSTREAM_BLOCKED) >= before + 10);
  assert_int_equal(atomic_load(&origin.connections), 0);
}

// What an open guard has connected to is not there for a closed one, though the loop keeps it alive.
static void classes_do_not_share_connections(void **state) {
  (void)state;
  struct outcome o[] = {{.path = "/ok"}, {.path = "/ok", .closed_guard = true}, {.path = "/ok"}};
  fetch_all(o, 3);
  assert_true(o[0].ok);
  assert_false(o[1].ok);
  assert_int_equal(o[1].err.code, ERR_DENIED);
  assert_true(o[2].ok);
  assert_int_equal(atomic_load(&origin.connections), 1);
  for (int i = 0; i < 3; i++) done(&o[i]);
}

static void vendors_that_fail(void **state) {
  (void)state;
  int fd = socket(AF_INET, SOCK_STREAM, 0); // bound, not listening: nobody else gets the port meanwhile
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t n = sizeof a;
  assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
  getsockname(fd, (struct sockaddr *)&a, &n);
  expect_failure((struct outcome){.path = "/?key=secret", .port = ntohs(a.sin_port)}, ERR_UPSTREAM,
                 "connection refused by 127.0.0.1:");
  close(fd);
  expect_failure((struct outcome){.path = "/cut"}, ERR_UPSTREAM, "in the middle of its answer");
  expect_failure((struct outcome){.path = "/gone"}, ERR_UPSTREAM, "without an answer");
  expect_failure((struct outcome){.path = "/nonsense"}, ERR_UPSTREAM, "bad HTTP");
  expect_failure((struct outcome){.path = "/nonsense", .scheme = "https"}, ERR_UPSTREAM,
                 "TLS with 127.0.0.1:");
}

static void limits_of_size(void **state) {
  (void)state;
  expect_failure((struct outcome){.path = "/endless"}, ERR_LIMIT, "passes the limit of 1048576 bytes");
  expect_failure((struct outcome){.path = "/headers-long"}, ERR_LIMIT, "pass the limit of 16384 bytes");
  expect_failure((struct outcome){.path = "/headers-many"}, ERR_LIMIT, "more than 100 headers");
  struct outcome bomb = {.path = "/bomb", .limits = relaxed};
  expect_failure(bomb, ERR_LIMIT, "passes the limit"); // counted after decompression
  bomb.limits.body_bytes = (size_t)1 << 30;
  expect_failure(bomb, ERR_LIMIT, "expands to more than 100 times");
}

static void limits_of_time(void **state) {
  (void)state;
  int fd = socket(AF_INET, SOCK_STREAM, 0); // takes connections, says nothing: TLS is never agreed on
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t n = sizeof a;
  assert_int_equal(bind(fd, (struct sockaddr *)&a, n) | listen(fd, 4), 0);
  getsockname(fd, (struct sockaddr *)&a, &n);
  struct outcome mute = {.path = "/", .scheme = "https", .port = ntohs(a.sin_port), .limits = relaxed};
  mute.limits.connect_ms = 40;
  expect_failure(mute, ERR_TIMEOUT, "within 40 ms");
  close(fd);
  struct outcome o = {.path = "/slow", .limits = relaxed};
  o.limits.first_byte_ms = 30;
  expect_failure(o, ERR_TIMEOUT, "answered nothing within 30 ms");
  o = (struct outcome){.path = "/stall", .limits = relaxed};
  o.limits.stall_ms = 1000; // far less than the wait for the first byte
  o.limits.total_ms = 10000;
  expect_failure(o, ERR_TIMEOUT, "no byte for 1 s");
  o = (struct outcome){.path = "/drip", .limits = relaxed};
  o.limits.total_ms = 60;
  expect_failure(o, ERR_TIMEOUT, "not complete within 60 ms");
}

// ---- handles go from call to call

static uint16_t port_of(int fd) {
  struct sockaddr_in a;
  socklen_t n = sizeof a;
  getsockname(fd, (struct sockaddr *)&a, &n);
  return ntohs(a.sin_port);
}

static int bound_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
  return fd;
}

enum { CROWD = 8 };

// A listener whose queue is full: who connects now waits without an answer.
static int crowded_socket(int crowd[CROWD]) {
  int fd = bound_socket();
  assert_int_equal(listen(fd, 0), 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port_of(fd))};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < CROWD; i++) {
    crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    (void)!connect(crowd[i], (struct sockaddr *)&a, sizeof a);
  }
  return fd;
}

// Whatever became of the call before, the next one on its handle fails for its own reason.
static void a_call_knows_nothing_of_the_one_before(void **state) {
  (void)state;
  int crowd[CROWD], full = crowded_socket(crowd), deaf = bound_socket();
  const struct outcome troubles[] = {
      {.path = "/", .port = port_of(full)},
      {.path = "/", .port = port_of(full), .host = "localhost"},
      {.path = "/", .port = port_of(full), .scheme = "https"},
      {.path = "/", .port = port_of(deaf)},
      {.path = "/cut"},
      {.path = "/nonsense", .scheme = "https"},
      {.path = "/endless"},
      {.path = "/ok"},
  };
  const struct outcome after[] = {
      {.path = "/ok", .closed_guard = true},
      {.path = "/ok", .closed_guard = true, .host = "localhost"},
      {.path = "/ok", .closed_guard = true, .host = "[::1]", .scheme = "https"},
      {.path = "/", .port = port_of(deaf)},
      {.path = "/ok"},
  };
  enum { TROUBLES = sizeof troubles / sizeof *troubles, AFTER = sizeof after / sizeof *after };
  static struct outcome o[TROUBLES * AFTER * 2];
  for (size_t i = 0; i < sizeof o / sizeof *o; i++) {
    o[i] = i % 2 ? after[i / 2 % AFTER] : troubles[i / 2 / AFTER];
    o[i].limits = relaxed;
    if (o[i].port == port_of(full)) o[i].limits.connect_ms = 30;
  }
  fetch_all(o, sizeof o / sizeof *o);
  for (size_t i = 0; i < sizeof o / sizeof *o; i++) {
    const struct outcome *before = &o[i - i % 2];
    bool blocked = o[i].closed_guard, refused = o[i].port == port_of(deaf);
    if (blocked && (o[i].err.code != ERR_DENIED || !strstr(o[i].err.hint, "upstream_allow")))
      fail_msg("%zu, after \"%s\": %s: %s", i, before->err.text, err_name(o[i].err.code), o[i].err.text);
    if (refused) expect_text(&o[i], "connection refused by 127.0.0.1:");
    if (i % 2 && !blocked && !refused && !o[i].ok)
      fail_msg("after \"%s\": %s", before->err.text, o[i].err.text);
    done(&o[i]);
  }
  for (int i = 0; i < CROWD; i++) close(crowd[i]);
  close(full), close(deaf);
}

// ---- leaving

static struct fiber *fetcher;

static void fetch_as_fetcher(void *arg) {
  fetcher = fiber_self();
  fetch_in_turn(arg);
}

static void cancel_fetcher(void *arg) {
  struct loop_timer *t = *(struct loop_timer **)arg;
  if (atomic_load(&origin.requests) == 0) return loop_timer_set(t, 1, 0); // not under way yet
  fiber_cancel(fetcher);
  loop_timer_free(t);
}

static void leave_early(const char *path, uint64_t deadline_ms, enum err_code code) {
  open_guard();
  struct outcome o = {.path = path};
  run.loop = loop_new("test", 0, 10);
  run.all = &o;
  run.count = 1;
  fiber_spawn(run.loop, "fetcher", fetch_as_fetcher, NULL);
  struct loop_timer *t = NULL;
  if (deadline_ms) {
    fiber_deadline(fetcher, deadline_ms);
  } else {
    t = loop_timer_new(run.loop, cancel_fetcher, &t);
    loop_timer_set(t, 1, 0);
  }
  loop_run(run.loop);
  assert_false(o.ok);
  assert_int_equal(o.err.code, code);
  loop_free(run.loop);
  http_guard_free(run.open_guard);
  done(&o);
}

static void cancel_aborts_the_connection(void **state) {
  (void)state;
  leave_early("/slow", 0, ERR_CANCELED);
  for (int i = 0; i < 12000 && atomic_load(&origin.closed_early) == 0; i++) usleep(5000);
  assert_int_equal(atomic_load(&origin.closed_early), 1); // the server saw the client go
}

static void the_fibers_deadline_aborts(void **state) {
  (void)state;
  leave_early("/stall", 50, ERR_TIMEOUT);
}

static void fetch_concurrently(void *arg) {
  fetch_one(arg);
  if (--run.count == 0) loop_stop(run.loop);
}

static void many_at_once(void **state) {
  (void)state;
  enum { MANY = 40 };
  static struct outcome o[MANY];
  memset(o, 0, sizeof o);
  open_guard();
  run.loop = loop_new("test", 0, 2 * MANY); // some are kept for more urgent work
  run.count = MANY;
  for (int i = 0; i < MANY; i++) {
    o[i].path = i % 4 ? "/ok" : "/cut";
    fiber_spawn(run.loop, "fetch", fetch_concurrently, &o[i]);
  }
  loop_run(run.loop);
  loop_free(run.loop);
  http_guard_free(run.open_guard);
  for (int i = 0; i < MANY; i++) {
    assert_int_equal(o[i].ok, i % 4 != 0);
    done(&o[i]);
  }
}

// Together they would hold far more than there is; what one account has is not another's loss.
static void answers_beyond_the_memory(void **state) {
  (void)state;
  enum { MANY = 12, MEMORY = 16 << 20 };
  static struct outcome o[MANY];
  memset(o, 0, sizeof o);
  budget_set(BUDGET_UPSTREAM, MEMORY);
  open_guard();
  run.loop = loop_new("test", 0, 4 * MANY);
  run.count = MANY;
  for (int i = 0; i < MANY; i++) {
    o[i].path = i ? "/flood" : "/ok";
    o[i].limits = relaxed;
    o[i].limits.body_bytes = FLOOD;
    o[i].call.holder = i ? STR("hostile") : STR("another");
    fiber_spawn(run.loop, "fetch", fetch_concurrently, &o[i]);
  }
  loop_run(run.loop);
  loop_free(run.loop);
  http_guard_free(run.open_guard);
  assert_true(o[0].ok);
  for (int i = 1; i < MANY; i++) {
    assert_false(o[i].ok);
    assert_int_equal(o[i].err.code, ERR_LIMIT);
    expect_text(&o[i], "the memory for vendors' answers is used up");
    assert_non_null(strstr(o[i].err.hint, "upstream_memory"));
  }
  for (int i = 0; i < MANY; i++) done(&o[i]);
  assert_int_equal(budget_held(BUDGET_UPSTREAM), 0);
  budget_set(BUDGET_UPSTREAM, 0);
}

// The command line has no loop.
static void without_a_fiber(void **state) {
  (void)state;
  open_guard();
  struct outcome o = {.path = "/ok"}, slow = {.path = "/slow", .limits = relaxed},
                 shut = {.path = "/ok", .closed_guard = true};
  slow.limits.first_byte_ms = 30;
  fetch_one(&o);
  assert_true(o.ok);
  assert_true(str_is(buf_str(&o.result.body), "hello"));
  fetch_one(&slow);
  assert_false(slow.ok);
  expect_text(&slow, "answered nothing within 30 ms");
  fetch_one(&shut);
  assert_int_equal(shut.err.code, ERR_DENIED);
  http_guard_free(run.open_guard);
  done(&o), done(&slow), done(&shut);
}

static void a_private_authority(void **state) {
  (void)state;
  char path[] = "/tmp/postern-test-XXXXXX";
  close(mkstemp(path));
  origin_speak_tls(path);
  expect_failure((struct outcome){.path = "/", .scheme = "https"}, ERR_UPSTREAM,
                 "TLS certificate of 127.0.0.1: ");
  struct err err;
  assert_true(fetch_ca(path, &err));
  unlink(path);
  struct outcome o[] = {{.path = "/", .scheme = "https"},
                        {.path = "/", .scheme = "https", .host = "localhost"}};
  fetch_all(o, 2);
  if (!o[0].ok) fail_msg("%s", o[0].err.text);
  assert_true(str_is(buf_str(&o[0].result.body), "secret"));
  assert_false(o[1].ok); // trusted, but not for that name
  expect_text(&o[1], "TLS certificate of localhost: ");
  done(&o[0]), done(&o[1]);
}

static void a_bad_authority_file_is_named(void **state) {
  (void)state;
  struct err err;
  assert_false(fetch_ca("/nonexistent.pem", &err));
  assert_non_null(strstr(err.text, "/nonexistent.pem: cannot be read"));
  assert_false(fetch_ca("/dev/null", &err));
  assert_non_null(strstr(err.text, "holds no PEM certificate"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, origin_start, origin_stop)

// The lack is ours, and not the vendor's who cannot be found or refuses.
static void without_descriptors(void *arg) {
  struct rlimit before;
  getrlimit(RLIMIT_NOFILE, &before);
  setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, before.rlim_max});
  for (size_t i = 0; i < run.count; i++) fetch_one(&run.all[i]);
  setrlimit(RLIMIT_NOFILE, &before);
  (void)arg;
  loop_stop(run.loop);
}

static void a_lack_of_descriptors_is_told_as_ours(void **state) {
  (void)state;
  struct outcome all[] = {
      {.path = "/json"}, {.path = "/json", .host = "nowhere.invalid"}, {.path = "/json", .scheme = "https"}};
  open_guard();
  run.loop = loop_new("test", 0, 100);
  run.all = all;
  run.count = sizeof all / sizeof *all;
  fiber_spawn(run.loop, "fetches", without_descriptors, NULL);
  loop_run(run.loop);
  loop_free(run.loop);
  http_guard_free(run.open_guard);
  for (size_t i = 0; i < run.count; i++) {
    assert_false(all[i].ok);
    if (all[i].err.code != ERR_UNAVAILABLE) fail_msg("%s", all[i].err.text);
    assert_non_null(strstr(all[i].err.text, "too many files are open here"));
    assert_true(all[i].err.hint[0]);
    arena_free(all[i].arena);
  }
}

int main(void) {
  signal(SIGPIPE, SIG_IGN); // as main.c does; OpenSSL writes without MSG_NOSIGNAL
  // The last one's authority stays trusted.
  const struct CMUnitTest tests[] = {TEST(a_plain_get),
                                     TEST(what_was_given_is_hidden),
                                     TEST(what_is_sent),
                                     TEST(interim_answers_and_trailers),
                                     TEST(redirects_are_not_followed),
                                     TEST(refused_headers),
                                     TEST(the_guard_refuses_every_spelling),
                                     TEST(classes_do_not_share_connections),
                                     TEST(vendors_that_fail),
                                     TEST(limits_of_size),
                                     TEST(limits_of_time),
                                     TEST(a_call_knows_nothing_of_the_one_before),
                                     TEST(cancel_aborts_the_connection),
                                     TEST(the_fibers_deadline_aborts),
                                     TEST(many_at_once),
                                     TEST(answers_beyond_the_memory),
                                     TEST(without_a_fiber),
                                     TEST(a_bad_authority_file_is_named),
                                     TEST(a_lack_of_descriptors_is_told_as_ours),
                                     TEST(a_private_authority)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

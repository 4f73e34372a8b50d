// SPDX-License-Identifier: Apache-2.0
// Deadlines at every stage and limits on connections. Small deadlines, and waiting for the effect.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/metrics.h"
#include "http_fixture.h"

enum { SOON = 300 }; // ms: what a busy machine takes to send a request must fit in it

static void ok(void *ctx, struct http_exchange *x) {
  (void)ctx;
  http_reply_text(x, 200, "ok\n");
}

static void test_silent_connection(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.header_ms = SOON;
  struct fixture *f = fixture_start(&o, ok);
  char out[4096];
  int fd = fixture_connect(f);
  assert_int_equal(read_until(fd, NULL, out, sizeof out), 0); // closed, and nothing said
  close(fd);
  fixture_stop(f);
}

// Bytes that keep coming do not win time: the deadline is for the whole part of the request.
static void drip(struct http_options *o, struct str start) {
  struct fixture *f = fixture_start(o, ok);
  char out[4096];
  int fd = fixture_connect(f);
  send_all(fd, start);
  size_t n = 0;
  for (int i = 0; i < WAIT_MS / 5 && n == 0; i++) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    send_all(fd, STR("a"));
    if (poll(&p, 1, 5) == 1) n = read_until(fd, NULL, out, sizeof out);
  }
  assert_true(n > 0);
  assert_int_equal(status_of(out), 408);
  close(fd);
  fixture_stop(f);
}

static void test_slow_header(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.header_ms = SOON;
  drip(&o, STR("GET / HTTP/1.1\r\nHost: localhost\r\nX: "));
}

static void test_slow_body(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.body_ms = SOON;
  drip(&o, STR("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\n"));
}

static void test_idle_connection(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.idle_ms = SOON;
  struct fixture *f = fixture_start(&o, ok);
  char out[4096];
  int fd = fixture_connect(f);
  send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  read_until(fd, "ok\n", out, sizeof out);
  assert_int_equal(status_of(out), 200);
  assert_true(is_closed(fd));
  close(fd);
  fixture_stop(f);
}

// A handler that takes longer than the idle deadline is no idle connection.
static void naps(void *ctx, struct http_exchange *x) {
  struct err err;
  (void)ctx;
  if (fiber_sleep(3 * SOON, &err))
    http_reply_text(x, 200, "ok\n");
  else
    http_reply_err(x, &err);
}

static void test_working_is_not_idle(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.idle_ms = o.header_ms = o.body_ms = SOON;
  struct fixture *f = fixture_start(&o, naps);
  char out[4096];
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  fixture_stop(f);
}

static void sleeps(void *ctx, struct http_exchange *x) {
  struct fixture *f = ctx;
  struct err err;
  if (fiber_sleep(60 * 1000, &err))
    http_reply_text(x, 200, "too late\n");
  else
    http_reply_err(x, &err);
  sem_post(&f->done);
}

static void test_slow_handler(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.handler_ms = SOON;
  struct fixture *f = fixture_start(&o, sleeps);
  char out[4096];
  int fd = fixture_connect(f);
  send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  read_until(fd, "\r\n\r\n", out, sizeof out);
  assert_int_equal(status_of(out), 504);
  assert_true(wait_done(f));
  close(fd);
  fixture_stop(f);
}

static void test_disconnect_cancels(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.handler_ms = 0;
  struct fixture *f = fixture_start(&o, sleeps);
  for (int half = 0; half < 2; half++) {
    int fd = fixture_connect(f);
    send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    if (half)
      shutdown(fd, SHUT_WR);
    else
      close(fd);
    assert_true(wait_done(f)); // long before its minute is over
    if (half) close(fd);
  }
  fixture_stop(f);
}

// The connection is taken away while the handler sleeps: what it says then goes nowhere, safely.
static void test_stop_while_a_handler_runs(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, sleeps);
  int fd = fixture_connect(f);
  send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  while (metrics_get(METRIC_FIBERS) == 0) usleep(1000);
  fixture_stop(f);
  close(fd);
}

static void test_connections_total(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.connections = 3;
  struct fixture *f = fixture_start(&o, ok);
  char out[4096];
  int fds[3];
  for (int i = 0; i < 3; i++) {
    fds[i] = fixture_connect(f);
    send_all(fds[i], STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    read_until(fds[i], "ok\n", out, sizeof out);
    assert_int_equal(status_of(out), 200);
  }
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 503);
  assert_non_null(strstr(out, "Retry-After: "));
  const char *body = strstr(out, "\r\n\r\n") + 4;
  size_t length = 0;
  assert_int_equal(sscanf(strstr(out, "Content-Length: "), "Content-Length: %zu", &length), 1);
  assert_int_equal(strlen(body), length);
  close(fds[0]);
  for (int i = 0; i < 1000; i++) { // the place is free again as soon as the server has noticed
    ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), out, sizeof out);
    if (status_of(out) == 200) break;
    usleep(1000);
  }
  assert_int_equal(status_of(out), 200);
  close(fds[1]);
  close(fds[2]);
  fixture_stop(f);
}

static void test_connections_per_address(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct str proxies[] = {STR("127.0.0.0/8")};
  o.per_address = 2;
  for (int trusted = 0; trusted < 2; trusted++) {
    o.trusted_proxies = proxies;
    o.trusted_proxy_count = (size_t)trusted;
    struct fixture *f = fixture_start(&o, ok);
    char out[4096];
    int fds[2];
    for (int i = 0; i < 2; i++) {
      fds[i] = fixture_connect(f);
      send_all(fds[i], STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      read_until(fds[i], "ok\n", out, sizeof out);
    }
    // A trusted proxy speaks for many clients and is not counted.
    ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), out, sizeof out);
    assert_int_equal(status_of(out), trusted ? 200 : 503);
    close(fds[0]);
    close(fds[1]);
    fixture_stop(f);
  }
}

static void test_fibers_used_up(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, sleeps); // the loop has 64, of which one address has 50
  char out[4096];
  enum { SHARE = 50 };
  int fds[64];
  for (int i = 0; i < 64; i++) {
    fds[i] = fixture_connect(f);
    send_all(fds[i], STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }
  while (metrics_get(METRIC_FIBERS) < SHARE) usleep(1000);
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 503);
  for (int i = 0; i < 64; i++) close(fds[i]);
  for (int i = 0; i < SHARE; i++) assert_true(wait_done(f));
  fixture_stop(f);
}

// A thousand connections that stop in the middle of a request do not keep the others out.
static void test_half_open_connections(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.connections = o.per_address = 2000;
  o.header_ms = 3000;
  struct fixture *f = fixture_start(&o, ok);
  enum { MANY = 1000 };
  static int fds[MANY];
  char out[4096];
  for (int i = 0; i < MANY; i++) {
    fds[i] = fixture_connect(f);
    send_all(fds[i], STR("POST / HTTP/1.1\r\nHost: loc"));
  }
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  for (int i = 0; i < MANY; i++) {
    assert_true(is_closed(fds[i]));
    close(fds[i]);
  }
  fixture_stop(f);
  assert_int_equal(metrics_get(METRIC_HTTP_CONNECTIONS), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_silent_connection),   cmocka_unit_test(test_slow_header),
      cmocka_unit_test(test_slow_body),           cmocka_unit_test(test_idle_connection),
      cmocka_unit_test(test_working_is_not_idle), cmocka_unit_test(test_slow_handler),
      cmocka_unit_test(test_disconnect_cancels),  cmocka_unit_test(test_stop_while_a_handler_runs),
      cmocka_unit_test(test_connections_total),   cmocka_unit_test(test_connections_per_address),
      cmocka_unit_test(test_fibers_used_up),      cmocka_unit_test(test_half_open_connections),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

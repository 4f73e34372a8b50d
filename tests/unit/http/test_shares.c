// SPDX-License-Identifier: Apache-2.0
// What one address may have of a server's fibers and memory, what is kept from it, and that all comes back.
#include "../support/check.h"

#include "base/budget.h"
#include "base/metrics.h"
#include "http_fixture.h"

enum { MEMORY = 4 << 20, BODY = 1 << 20, CROWD = 40 };

static atomic_int waiting;
static atomic_bool gate;

static enum fiber_rank rank_of(struct str path) {
  return str_is(path, "/health") ? FIBER_HEALTH : FIBER_ORDINARY;
}

static void handle(void *ctx, struct http_exchange *x) {
  struct err err;
  struct str path = http_request_of(x)->path;
  (void)ctx;
  if (str_is(path, "/wait")) {
    atomic_fetch_add(&waiting, 1);
    while (!gate && fiber_sleep(5, &err)) continue;
    atomic_fetch_sub(&waiting, 1);
  }
  if (str_is(path, "/large")) {
    struct buf large = BUF_MAX(BODY);
    char *room = buf_room(&large, BODY);
    memset(room, 'x', BODY);
    large.n = BODY;
    http_reply_buf(x, 200, "text/plain", &large);
    return;
  }
  http_reply_text(x, 200, "ok\n");
}

// From an address of our own choosing on the loopback network.
static int connect_from(const struct fixture *f, const char *address) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_server_port(f->server))};
  struct sockaddr_in from = {.sin_family = AF_INET};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  inet_pton(AF_INET, address, &from.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 4096;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
  return fd;
}

static int ask_from(const struct fixture *f, const char *address, const char *path, char *out, size_t size) {
  char request[256];
  snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
  int fd = connect_from(f, address);
  send_all(fd, str_of(request));
  read_until(fd, NULL, out, size);
  close(fd);
  return status_of(out);
}

static void eventually(bool (*there)(int), int arg, const char *what) {
  for (int i = 0; i < WAIT_MS / 5 && !there(arg); i++) usleep(5000);
  if (!there(arg)) fail_msg("it never came to be: %s", what);
}

static bool waiting_are(int n) {
  return waiting == n;
}
static bool nothing_is_held(int unused) {
  (void)unused;
  return budget_held(BUDGET_CLIENTS) == 0;
}
static bool starved_more_than(int n) {
  return metrics_get(METRIC_CLIENTS_STARVED) > n;
}

static void an_address_leaves_room_for_others(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.rank = rank_of;
  struct fixture *f = fixture_start(&o, handle); // of 64 fibers: 56 ordinary ones, of these one has 8 of 9
  char out[4096];
  int fds[64], most = 0;
  int64_t refused = metrics_get(METRIC_FIBERS_REFUSED_ADDRESS);
  gate = false;
  for (; most < 64; most++) {
    fds[most] = connect_from(f, "127.0.0.9");
    send_all(fds[most], STR("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    struct pollfd p = {.fd = fds[most], .events = POLLIN};
    while (waiting <= most && poll(&p, 1, 5) == 0) continue;
    if (waiting <= most) break; // answered: refused
  }
  assert_in_range(most, 48, 51);
  read_until(fds[most], "request_id", out, sizeof out);
  assert_int_equal(status_of(out), 503);
  check_has(out, "Retry-After: 1");
  check_has(out, "this address");
  check_has(out, "max_fibers");
  assert_true(metrics_get(METRIC_FIBERS_REFUSED_ADDRESS) > refused);
  assert_int_equal(ask_from(f, "127.0.0.9", "/health", out, sizeof out), 200); // whoever looks, from anywhere
  assert_int_equal(ask_from(f, "127.0.0.10", "/", out, sizeof out), 200);
  gate = true;
  eventually(waiting_are, 0, "all have been answered");
  assert_int_equal(ask_from(f, "127.0.0.9", "/", out, sizeof out), 200);
  for (int i = 0; i <= most; i++) close(fds[i]);
  fixture_stop(f);
}

// Many connections that send most of a large body, and wait.
static void slow_bodies(void **state) {
  (void)state;
  static char part[BODY * 3 / 4];
  struct http_options o = fixture_options();
  o.body_bytes = BODY;
  o.body_ms = 60000;
  budget_set(BUDGET_CLIENTS, MEMORY);
  struct fixture *f = fixture_start(&o, handle);
  int fds[CROWD], refused = 0;
  char out[4096];
  int64_t starved = metrics_get(METRIC_CLIENTS_STARVED);
  memset(part, 'x', sizeof part);
  for (int i = 0; i < CROWD; i++) {
    fds[i] = connect_from(f, "127.0.0.9");
    send_all(fds[i], STR("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"));
    send_all(fds[i], str_make(part, sizeof part));
    assert_true(budget_held(BUDGET_CLIENTS) <= MEMORY);
  }
  eventually(starved_more_than, (int)starved + CROWD / 2, "most of them are refused");
  for (int i = 0; i < CROWD; i++) {
    struct pollfd p = {.fd = fds[i], .events = POLLIN};
    if (poll(&p, 1, 0) != 1) continue;
    read_until(fds[i], "request_id", out, sizeof out);
    assert_int_equal(status_of(out), 503);
    check_has(out, "downstream_memory");
    check_has(out, "Retry-After: 1");
    refused++;
  }
  assert_in_range(refused, CROWD / 4, CROWD - 1); // those that came first are still welcome
  int fd = connect_from(f, "127.0.0.10");
  send_all(fd,
           STR("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\nConnection: close\r\n\r\n"));
  send_all(fd, str_make(part, 200000));
  read_until(fd, NULL, out, sizeof out);
  assert_int_equal(status_of(out), 200);
  close(fd);
  for (int i = 0; i < CROWD; i++) close(fds[i]);
  eventually(nothing_is_held, 0, "nothing is held for clients that have gone");
  fixture_stop(f);
  budget_set(BUDGET_CLIENTS, 0);
}

// Many connections that ask for a large reply, and read nothing of it.
static void replies_that_nobody_takes(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.write_ms = 60000;
  budget_set(BUDGET_CLIENTS, MEMORY);
  struct fixture *f = fixture_start(&o, handle);
  static char out[2 * BODY];
  int fds[CROWD];
  int64_t starved = metrics_get(METRIC_CLIENTS_STARVED);
  for (int i = 0; i < CROWD; i++) {
    fds[i] = connect_from(f, "127.0.0.9");
    for (int n = 0; n < 8; n++) send_all(fds[i], STR("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assert_true(budget_held(BUDGET_CLIENTS) <= MEMORY);
  }
  eventually(starved_more_than, (int)starved, "somebody is refused");
  assert_true(budget_held(BUDGET_CLIENTS) <= MEMORY);
  assert_int_equal(ask_from(f, "127.0.0.10", "/", out, sizeof out), 200);
  for (int i = 0; i < CROWD; i++) close(fds[i]);
  eventually(nothing_is_held, 0, "nothing is held for clients that have gone");
  assert_int_equal(ask_from(f, "127.0.0.9", "/large", out, sizeof out), 200);
  fixture_stop(f);
  budget_set(BUDGET_CLIENTS, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_address_leaves_room_for_others),
      cmocka_unit_test(slow_bodies),
      cmocka_unit_test(replies_that_nobody_takes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

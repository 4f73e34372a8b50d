// SPDX-License-Identifier: Apache-2.0
// What thousands of idle event streams cost on one loop.
#include <malloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/clock.h"
#include "transfer_fixture.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) ||     \
    __has_feature(thread_sanitizer)
#define TEST_SANITIZED 1
#endif

enum { CROWD = 2000 };

static struct transfer *crowd[CROWD];
static int crowd_size;

// One thread that answers each connection with the head of a stream, but "/ok" in full.
static void *serve_crowd(void *arg) {
  static int fds[CROWD + 100];
  char request[1024];
  int n = 0;
  for (int fd; n < CROWD + 100 && (fd = accept(*(int *)arg, NULL, NULL)) >= 0;) {
    if (!read_request(fd, request, sizeof request)) abort();
    if (strstr(request, "GET /ok "))
      say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"), close(fd);
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
  struct fetch_call call = {.method = "GET", .url = str_of(url), .limits = &limits, .guard = guard};
  struct arena *a = arena_new();
  for (int i = 0; i < 5; i++) {
    struct fetch_result r;
    struct err err;
    if (!fetch_url(&call, a, &r, &err)) fail_msg("%s", err.text);
    buf_free(&r.body);
  }
  arena_free(a);
  for (int i = 0; i < crowd_size; i++) transfer_close(crowd[i]);
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
      TEST(thousands_of_idle_streams),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// A server on a port of its own, on a loop thread of its own, and raw sockets to talk to it.
// The loop's thread is left to run; the test's thread only uses sockets. Include after cmocka.h.
#ifndef POSTERN_TEST_HTTP_FIXTURE_H
#define POSTERN_TEST_HTTP_FIXTURE_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/server.h"
#include "io/fiber.h"

enum { WAIT_MS = 60000 }; // how long a test waits for what must happen

struct fixture {
  struct loop *loop;
  struct http_server *server;
  struct http_options options;
  http_handler *handle;
  sem_t done;
};

static inline struct http_options fixture_options(void) {
  return (struct http_options){
      .listen = STR("127.0.0.1:0"),
      .header_ms = 30000,
      .body_ms = 30000,
      .write_ms = 30000,
      .idle_ms = 30000,
      .handler_ms = 60000,
      .heartbeat_ms = 20000,
      .header_bytes = 4096,
      .body_bytes = 64 * 1024,
      .connections = 100,
      .per_address = 100,
      .pipeline = 16,
      .stream_queue_bytes = 256 * 1024,
  };
}

static inline struct fixture *fixture_start(const struct http_options *o, http_handler *handle) {
  struct fixture *f = calloc(1, sizeof *f);
  struct err err;
  signal(SIGPIPE, SIG_IGN);
  log_configure(LOG_ERROR, false);
  sem_init(&f->done, 0, 0);
  f->loop = loop_new("http", 0, 64);
  if (!http_server_new(f->loop, o, handle, f, &f->server, &err)) fail_msg("%s", err.text);
  loop_start(f->loop);
  return f;
}

static inline void fixture_stop(struct fixture *f) {
  loop_stop(f->loop);
  http_server_free(f->server);
  loop_free(f->loop);
  sem_destroy(&f->done);
  free(f);
}

static inline int fixture_connect(const struct fixture *f) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(http_server_port(f->server))};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
  return fd;
}

static inline void send_all(int fd, struct str s) {
  while (s.n) {
    ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
    if (n <= 0) return; // the server may have refused and closed already
    s = str_from(s, (size_t)n);
  }
}

// Reads until the peer closes, `enough` stands in what came, or nothing comes any more. NUL-terminated.
static inline size_t read_until(int fd, const char *enough, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  while (n + 1 < size) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, WAIT_MS) <= 0) fail_msg("nothing came; so far: %s", out);
    ssize_t got = recv(fd, out + n, size - 1 - n, 0);
    if (got <= 0) break;
    n += (size_t)got;
    out[n] = 0;
    if (enough && memmem(out, n, enough, strlen(enough))) break;
  }
  return n;
}

// Waits until the server has closed the connection; false where it sends or stays.
static inline bool is_closed(int fd) {
  char c[4096];
  for (;;) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, WAIT_MS) <= 0) return false;
    if (recv(fd, c, sizeof c, 0) <= 0) return true;
  }
}

static inline bool wait_done(struct fixture *f) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_sec += WAIT_MS / 1000;
  return sem_timedwait(&f->done, &t) == 0;
}

// One request, the whole answer, on a connection of its own.
static inline size_t ask(const struct fixture *f, struct str request, char *out, size_t size) {
  int fd = fixture_connect(f);
  send_all(fd, request);
  size_t n = read_until(fd, NULL, out, size);
  close(fd);
  return n;
}

static inline int status_of(const char *answer) {
  int status = 0;
  return sscanf(answer, "HTTP/1.1 %d", &status) == 1 ? status : 0;
}

#endif

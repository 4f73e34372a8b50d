// SPDX-License-Identifier: Apache-2.0
// transfer_fixture: a loop and a guard that lets the origin through, for the tests of fetch/transfer. A test
// runs its body on a fiber: on_a_fiber(read_ticks). Include after cmocka.h.
#ifndef POSTERN_TESTS_UNIT_HTTP_TRANSFER_FIXTURE_H
#define POSTERN_TESTS_UNIT_HTTP_TRANSFER_FIXTURE_H

#include "fetch/transfer.h"
#include "io/fiber.h"
#include "io/loop.h"
#include "origin_fixture.h"

static struct loop *loop;
static struct http_guard *guard;
static struct fetch_limits limits; // of the next call; relaxed at a test's start, with room for floods
static inline void relax(void) {
  limits = relaxed;
  limits.body_bytes = 128 << 20;
}
static struct fiber *tester;

static inline int start(void **state) {
  const struct str allow = STR("127.0.0.1");
  struct err err;
  relax();
  if (!http_guard_new(&allow, 1, &guard, &err)) return -1;
  loop = loop_new("test", 0, 100);
  return origin_start(state);
}

static inline int stop(void **state) {
  loop_free(loop);
  http_guard_free(guard);
  return origin_stop(state);
}

struct body {
  void (*run)(void);
};

static inline void as_fiber(void *arg) {
  tester = fiber_self();
  ((struct body *)arg)->run();
  loop_stop(loop);
}

static inline void on_a_fiber(void (*run)(void)) {
  struct body body = {run};
  assert_non_null(fiber_spawn(loop, "test", as_fiber, &body));
  loop_run(loop);
}

static inline bool open_path(const char *path, struct transfer **t, struct err *err) {
  char url[80];
  snprintf(url, sizeof url, "http%s://127.0.0.1:%u%s", tls ? "s" : "", origin.port, path);
  struct fetch_limits mine = limits; // all of these end with this function
  struct fetch_call call = {.method = "GET", .url = str_of(url), .limits = &mine, .guard = guard};
  return transfer_open(&call, t, err);
}

static inline struct transfer *open_ok(const char *path) {
  struct transfer *t;
  struct err err;
  if (!open_path(path, &t, &err)) fail_msg("%s: %s", path, err.text);
  return t;
}

static inline struct str read_ok(struct transfer *t) {
  struct str bytes;
  struct err err;
  if (!transfer_read(t, &bytes, &err)) fail_msg("%s", err.text);
  return bytes;
}

static inline void expect(const struct err *err, enum err_code code, const char *part) {
  if (err->code != code || !strstr(err->text, part)) fail_msg("%s: %s", err_name(err->code), err->text);
}

static inline void expect_no_open(const char *path, enum err_code code, const char *part) {
  struct transfer *t;
  struct err err;
  assert_false(open_path(path, &t, &err));
  expect(&err, code, part);
}

static inline void expect_no_more(struct transfer *t, enum err_code code, const char *part) {
  struct str bytes;
  struct err err;
  while (transfer_read(t, &bytes, &err)) assert_true(bytes.n > 0);
  expect(&err, code, part);
}

static inline void sleep_ms(uint64_t ms) {
  struct err err;
  assert_true(fiber_sleep(ms, &err));
}

// The origin notices in its own time.
static inline bool origin_saw_the_client_go(int count) {
  for (int i = 0; i < 12000 && atomic_load(&origin.closed_early) < count; i++) usleep(5000);
  return atomic_load(&origin.closed_early) == count;
}

#endif

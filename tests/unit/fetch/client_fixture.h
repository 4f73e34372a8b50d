// SPDX-License-Identifier: Apache-2.0
// client_fixture: fetches from the origin, one after the other on a loop of their own, and what became of each. Include after
// cmocka.h. Example:
//   struct outcome o[] = {{.path = "/ok"}, {.path = "/slow"}};   fetch_all(o, 2);   …   done(&o[0]);
#ifndef POSTERN_TESTS_UNIT_FETCH_CLIENT_FIXTURE_H
#define POSTERN_TESTS_UNIT_FETCH_CLIENT_FIXTURE_H

#include "fetch/client.h"
#include "io/fiber.h"
#include "io/loop.h"
#include "origin_fixture.h"

struct outcome {
  struct fetch_limits limits;
  struct fetch_call call;
  const char *scheme, *host, *path; // default: http, 127.0.0.1
  unsigned port;                    // default: the origin's
  uint64_t pause_ms;                // before it
  bool closed_guard, ok;
  struct arena *arena;
  struct fetch_result result;
  struct err err;
};

static struct {
  struct loop *loop;
  struct outcome *all;
  size_t count;
  struct http_guard *open_guard;
} run;

static void fetch_one(struct outcome *o) {
  o->arena = arena_new();
  if (o->pause_ms) assert_true(fiber_sleep(o->pause_ms, &o->err));
  if (!o->call.method) o->call.method = "GET";
  if (!o->limits.body_bytes) o->limits = relaxed;
  o->call.limits = &o->limits;
  o->call.guard = o->closed_guard ? NULL : run.open_guard;
  char url[256];
  snprintf(url, sizeof url, "%s://%s:%u%s", o->scheme ? o->scheme : "http", o->host ? o->host : "127.0.0.1",
           o->port ? o->port : origin.port, o->path);
  o->call.url = arena_dup(o->arena, str_of(url));
  o->ok = fetch_url(&o->call, o->arena, &o->result, &o->err);
  if (!o->ok) return;
  buf_add_char(&o->result.body, 0); // so that a test may read it as a C string
  o->result.body.n--;
}

static void fetch_in_turn(void *arg) {
  (void)arg;
  for (size_t i = 0; i < run.count; i++) fetch_one(&run.all[i]);
  loop_stop(run.loop);
}

static void open_guard(void) {
  const struct str allow = STR("127.0.0.1");
  struct err err;
  assert_true(http_guard_new(&allow, 1, &run.open_guard, &err));
}

static void fetch_all(struct outcome *all, size_t count) {
  open_guard();
  run.loop = loop_new("test", 0, 100);
  run.all = all;
  run.count = count;
  fiber_spawn(run.loop, "fetches", fetch_in_turn, NULL);
  loop_run(run.loop);
  loop_free(run.loop);
  http_guard_free(run.open_guard);
}

static void done(struct outcome *o) {
  if (o->ok) buf_free(&o->result.body);
  arena_free(o->arena);
}

static void expect_text(const struct outcome *o, const char *part) {
  if (!strstr(o->err.text, part)) fail_msg("\"%s\" lacks \"%s\"", o->err.text, part);
  assert_null(strstr(o->err.text, "key=")); // never the query
}

static inline void expect_failure(struct outcome o, enum err_code code, const char *part) {
  fetch_all(&o, 1);
  if (o.ok) fail_msg("%s succeeded", o.path);
  if (o.err.code != code) fail_msg("%s: %s: %s", o.path, err_name(o.err.code), o.err.text);
  expect_text(&o, part);
  done(&o);
}

#endif

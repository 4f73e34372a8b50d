// SPDX-License-Identifier: Apache-2.0
// rig: what the tests of OAuth share: the vendor, the guard that lets it be reached, a client of it.
#ifndef POSTERN_TEST_OAUTH_RIG_H
#define POSTERN_TEST_OAUTH_RIG_H

#include "issuer.h"

#include "../support/check.h"
#include "base/clock.h"
#include "oauth/oauth_private.h"

static struct arena *arena;
static struct http_guard *guard;
static struct fetch_limits limits = {.connect_ms = 30000,
                                     .first_byte_ms = 30000,
                                     .total_ms = 60000,
                                     .body_bytes = 1 << 20,
                                     .header_bytes = 64 * 1024};
static struct oauth_net net;
static struct oauth_site site;
static struct err err;

static inline int setup(void **state) {
  (void)state;
  const struct str open[] = {STR("127.0.0.0/8")};
  arena = arena_new();
  assert_true(http_guard_new(open, 1, &guard, &err));
  net = (struct oauth_net){guard, &limits};
  memset(&err, 0, sizeof err);
  issuer_start();
  return 0;
}

static inline int teardown(void **state) {
  (void)state;
  issuer_stop();
  http_guard_free(guard);
  arena_free(arena);
  return 0;
}

static inline struct str at(const char *path) {
  return arena_printf(arena, "%s%s", issuer.base, path);
}

static inline bool discover(const char *challenge) {
  struct mcp_challenge c = {.status = 401, .www_authenticate = str_of(challenge)};
  return oauth_discover(&net, at("/mcp"), challenge ? &c : NULL, arena, &site, &err);
}

#define must(call)                                                                                           \
  do {                                                                                                       \
    if (!(call)) fail_msg("%s: [%s] %s (%s)", #call, err_reason_name(err.reason), err.text, err.hint);       \
  } while (0)

#define must_not(call, want)                                                                                 \
  do {                                                                                                       \
    assert_false(call);                                                                                      \
    if (strcmp(err_reason_name(err.reason), (want)) != 0)                                                    \
      fail_msg("[%s] %s", err_reason_name(err.reason), err.text);                                            \
  } while (0)

static struct oauth_client client;
static struct oauth_tokens tokens;
static const struct oauth_request request = {STR("https://us.example/cb"), STR("s"), STR("read"),
                                             STR("verifier")};

static inline struct oauth_party party_with(enum oauth_method method) {
  must(discover(NULL));
  client = (struct oauth_client){.id = STR("id:1"), .method = method, .secret = secret_new(STR("s+1/"))};
  return (struct oauth_party){&net, &site, &client, arena};
}

#endif

// SPDX-License-Identifier: Apache-2.0
// rig: what the tests of grants and consents share: a store, a key, connectors of kind mcp, an environment,
// and a loop to run a function on, as a fiber. The vendor is issuer.h.
#ifndef POSTERN_TEST_ACCOUNT_RIG_H
#define POSTERN_TEST_ACCOUNT_RIG_H

#include "../oauth/issuer.h"

#include "../support/check.h"
#include "../support/store_url.h"
#include "account/account.h"
#include "account/connect.h"
#include "account/grant_private.h"
#include "base/clock.h"
#include "io/fiber.h"

static const char rig_yaml[] =
    "name: cloudy\nlabel: Cloudy\nkind: mcp\n"
    "auth:\n"
    "  - {id: oauth, oauth: {scope: \"read\", register_at: https://console.example}}\n"
    "  - {id: open, open: true}\n"
    "  - {id: key, fields: [{name: token, secret: true}], send: [{in: bearer, value: \"{token}\"}]}\n"
    "context: [{name: cloud_name}, {name: account_id, header: x-account-id}]\n";
static const char rig_closed_yaml[] =
    "name: closed\nlabel: Closed\nkind: mcp\n"
    "auth: [{id: key, fields: [{name: token, secret: true}], send: [{in: bearer, value: \"{token}\"}]}]\n";

static struct rig {
  struct arena *arena;
  struct store *store;
  char url[STORE_URL];
  struct seal_ring *ring;
  struct connector_set *set;
  const struct connector *connector;
  struct http_guard *guard;
  struct fetch_limits limits;
  struct account_env env;
  struct connect_env authorize;
  int changed;
} rig;

static inline void rig_changed(void *arg, struct str account_id) {
  (void)arg;
  (void)account_id;
  __atomic_fetch_add(&rig.changed, 1, __ATOMIC_RELAXED);
}

static inline int rig_open(void **state) {
  (void)state;
  struct err err;
  const struct str open[] = {STR("127.0.0.0/8")};
  rig = (struct rig){.arena = arena_new(),
                     .limits = {.connect_ms = 30000,
                                .first_byte_ms = 30000,
                                .total_ms = 60000,
                                .body_bytes = 1 << 20,
                                .header_bytes = 64 * 1024}};
  store_url_make(rig.url, NULL);
  assert_true(store_open(str_of(rig.url), &rig.store, &err));
  assert_true(seal_ring_from_text(
      STR("k1 1111111111111111111111111111111111111111111111111111111111111111\n"), &rig.ring, &err));
  assert_true(http_guard_new(open, 1, &rig.guard, &err));
  assert_true(connector_set_load(NULL, &rig.set, &err));
  if (!connector_set_add(rig.set, str_of(rig_yaml), &err) ||
      !connector_set_add(rig.set, str_of(rig_closed_yaml), &err))
    fail_msg("%s %s", err.field, err.text);
  rig.connector = connector_find(rig.set, STR("cloudy"));
  rig.env = (struct account_env){.store = rig.store,
                                 .ring = rig.ring,
                                 .guard = rig.guard,
                                 .limits = &rig.limits,
                                 .public_url = STR("https://us.example"),
                                 .changed = rig_changed};
  rig.authorize =
      (struct connect_env){&rig.env, rig.set, {rig.guard, &rig.limits}, STR("https://us.example")};
  issuer_start();
  return 0;
}

static inline int rig_close(void **state) {
  (void)state;
  issuer_stop();
  store_close(rig.store);
  store_url_remove(rig.url);
  seal_ring_free(rig.ring);
  connector_set_free(rig.set);
  http_guard_free(rig.guard);
  arena_free(rig.arena);
  return 0;
}

static inline void rig_sql(const char *text) {
  struct err err;
  if (!store_run(rig.store, text, NULL, 0, NULL, &err)) fail_msg("%s", err.text);
}

// The column of a grant that cannot be stored any more, and can again.
static inline void rig_fill_disk(const char *column) {
  static const char sqlite[] = "CREATE TRIGGER disk BEFORE UPDATE OF %s ON oauth_grant BEGIN "
                               "SELECT RAISE(ABORT, 'disk is full'); END";
  static const char postgres[] = "CREATE FUNCTION disk() RETURNS trigger LANGUAGE plpgsql AS "
                                 "'BEGIN RAISE EXCEPTION ''disk is full''; END'; "
                                 "CREATE TRIGGER disk BEFORE UPDATE OF %s ON oauth_grant "
                                 "FOR EACH ROW EXECUTE FUNCTION disk()";
  if (store_url_on_postgres())
    postgres_do(rig.url, arena_printf(rig.arena, postgres, column).p);
  else
    rig_sql(arena_printf(rig.arena, sqlite, column).p);
}

static inline void rig_empty_disk(void) {
  if (store_url_on_postgres())
    postgres_do(rig.url, "DROP FUNCTION disk CASCADE");
  else
    rig_sql("DROP TRIGGER disk");
}

static inline struct str rig_cell(const char *sql) {
  struct store_rows rows;
  struct err err;
  if (!store_query(rig.store, sql, NULL, 0, rig.arena, &rows, &err)) fail_msg("%s", err.text);
  if (!rows.count) return STR("no row");
  const struct store_value *v = store_cell(&rows, 0, 0);
  return v->type == STORE_IS_INT ? arena_printf(rig.arena, "%lld", (long long)v->number) : v->text;
}

struct rig_run {
  struct loop *loop;
  void (*body)(void *arg);
  void *arg;
};

static inline void rig_stop(void *arg) {
  loop_stop(arg);
}

static inline void rig_fiber(void *arg) {
  struct rig_run *r = arg;
  r->body(r->arg);
  loop_post(r->loop, rig_stop, r->loop);
}

// Runs `body` on a fiber of a new loop to its end; what it left running there is canceled.
static inline void rig_run(void (*body)(void *arg), void *arg) {
  struct rig_run r = {loop_new("test", 0, 2000), body, arg};
  assert_non_null(fiber_spawn(r.loop, "test", rig_fiber, &r));
  loop_run(r.loop);
  loop_free(r.loop);
}

#define must(call, err)                                                                                      \
  do {                                                                                                       \
    if (!(call)) fail_msg("%s: [%s] %s (%s)", #call, (err).field, (err).text, (err).hint);                   \
  } while (0)

#endif

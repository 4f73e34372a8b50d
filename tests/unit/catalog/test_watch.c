// SPDX-License-Identifier: Apache-2.0
// The watch over accounts, on loops of its own. Vendors, feeds and the catalog are the test's.
#include "../tool/fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "catalog/watch.h"
#include "io/channel.h"
#include "io/fiber.h"
#include "mcp/feed.h"

enum { LOOPS = 2, WAIT_MS = 60000 };

static struct arena *arena;
static struct loop *loops[LOOPS];
static struct catalog_env env;
static struct account account = {.id = {"acc_1", 5}, .name = {"one", 3}, .kind = CONNECTOR_MCP};
static struct connector connector = {.kind = CONNECTOR_MCP, .name = {"acme", 4}};
static struct toolset tools;
static struct catalog_account owner = {.account = &account, .connector = &connector, .tools = &tools};
static struct catalog_account *all[] = {&owner};
static struct catalog catalog;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct channel *feed; // of the open one
static atomic_int syncs, rebuilds, feeds_open, peers, told[3], released;
static atomic_bool fails;

bool __wrap_remote_sync(const struct account_env *e, const struct connector *c, const struct account *a,
                        struct remote_report *out, struct err *err);
bool __wrap_remote_sync(const struct account_env *e, const struct connector *c, const struct account *a,
                        struct remote_report *out, struct err *err) {
  (void)e, (void)c;
  assert_ptr_equal(a, &account);
  atomic_fetch_add(&syncs, 1);
  if (!fiber_sleep(5, err)) return false;
  if (fails) return err_set(err, ERR_UPSTREAM, "the vendor is down");
  *out = (struct remote_report){.tools = 1, .served = 1, .changed = true, .stamp = syncs};
  return true;
}

bool __wrap_catalog_rebuild(const struct catalog_env *e, struct err *err);
bool __wrap_catalog_rebuild(const struct catalog_env *e, struct err *err) {
  (void)err;
  assert_ptr_equal(e, &env);
  atomic_fetch_add(&rebuilds, 1);
  return true;
}

struct catalog *__wrap_catalog_acquire(void);
struct catalog *__wrap_catalog_acquire(void) {
  return &catalog;
}
void __wrap_catalog_release(struct catalog *c);
void __wrap_catalog_release(struct catalog *c) {
  (void)c;
}

struct mcp_peer *__wrap_mcp_peer_ref(struct mcp_peer *p);
struct mcp_peer *__wrap_mcp_peer_ref(struct mcp_peer *p) {
  atomic_fetch_add(&peers, 1);
  return p;
}
void __wrap_mcp_peer_unref(struct mcp_peer *p);
void __wrap_mcp_peer_unref(struct mcp_peer *p) {
  if (p) atomic_fetch_sub(&peers, 1);
}

struct mcp_feed *__wrap_mcp_feed_open(struct mcp_peer *p, const struct mcp_feed_options *o,
                                      struct channel *out);
struct mcp_feed *__wrap_mcp_feed_open(struct mcp_peer *p, const struct mcp_feed_options *o,
                                      struct channel *out) {
  (void)p;
  assert_true(o->tools && o->prompts && !o->resources);
  pthread_mutex_lock(&lock);
  feed = channel_ref(out);
  pthread_mutex_unlock(&lock);
  atomic_fetch_add(&feeds_open, 1);
  return (struct mcp_feed *)(uintptr_t)1;
}
void __wrap_mcp_feed_close(struct mcp_feed *f);
void __wrap_mcp_feed_close(struct mcp_feed *f) {
  (void)f;
  pthread_mutex_lock(&lock);
  channel_unref(feed);
  feed = NULL;
  pthread_mutex_unlock(&lock);
  atomic_fetch_sub(&feeds_open, 1);
}
void __wrap_mcp_event_release(void *event);
void __wrap_mcp_event_release(void *event) {
  free(event);
  atomic_fetch_add(&released, 1);
}

static void changed(void *arg, struct str account_id, enum watch_list list) {
  (void)arg;
  assert_true(str_is(account_id, "acc_1"));
  atomic_fetch_add(&told[list], 1);
}

static void until(atomic_int *count, int least) {
  uint64_t begun = clock_mono_us();
  while (*count < least) {
    if (clock_mono_us() - begun > WAIT_MS * 1000ull) fail_msg("%d did not become %d", *count, least);
    usleep(1000);
  }
}

static void news(const char *method) {
  struct mcp_event *e = calloc(1, sizeof *e);
  *e = (struct mcp_event){.kind = MCP_NOTIFICATION, .method = str_of(method)};
  pthread_mutex_lock(&lock);
  bool sent = feed && channel_send(feed, e, __wrap_mcp_event_release);
  pthread_mutex_unlock(&lock);
  if (!sent) free(e);
}

static void there(bool is) {
  map_free(&catalog.accounts_by_id);
  if (is) map_put(&catalog.accounts_by_id, account.id, &owner);
  catalog.accounts = all;
  catalog.account_count = is ? 1 : 0;
}

static int begin(uint64_t refresh_ms) {
  arena = arena_new();
  syncs = rebuilds = feeds_open = peers = released = 0;
  for (size_t i = 0; i < 3; i++) told[i] = 0;
  fails = false;
  account.peer = (struct mcp_peer *)(uintptr_t)1;
  tools.capabilities =
      STR("{\"tools\":{\"listChanged\":true},\"prompts\":{\"listChanged\":true},\"resources\":{}}");
  env.refresh_ms = refresh_ms;
  there(true);
  watch_on_change(changed, NULL);
  for (unsigned i = 0; i < LOOPS; i++) {
    loops[i] = loop_new("test", i, 64);
    loop_start(loops[i]);
  }
  watch_start(&env, loops, LOOPS);
  return 0;
}

static int setup(void **state) {
  (void)state;
  return begin(3600 * 1000);
}

static int setup_often(void **state) {
  (void)state;
  return begin(20);
}

static int teardown(void **state) {
  (void)state;
  watch_stop();
  for (size_t i = 0; i < LOOPS; i++) loop_stop(loops[i]);
  for (size_t i = 0; i < LOOPS; i++) loop_free(loops[i]);
  assert_int_equal(feeds_open, 0);
  assert_int_equal(peers, 0);
  map_free(&catalog.accounts_by_id);
  arena_free(arena);
  return 0;
}

static void it_looks_at_the_start_and_listens(void **state) {
  (void)state;
  until(&syncs, 1);
  until(&told[WATCH_TOOLS], 1);
  until(&feeds_open, 1);
  assert_int_equal(rebuilds, 1);
}

static void news_are_there_soon(void **state) {
  (void)state;
  until(&told[WATCH_TOOLS], 1);
  for (int i = 2; i < 4; i++) {
    news("notifications/tools/list_changed");
    until(&told[WATCH_TOOLS], i); // the regular look is an hour away
  }
  news("notifications/prompts/list_changed");
  until(&told[WATCH_PROMPTS], 1);
  news("notifications/message"); // no news of ours
  until(&released, 4);
  assert_true(told[WATCH_RESOURCES] == 0 && syncs == 3);
}

static void a_flood_is_answered_by_few_looks(void **state) {
  (void)state;
  until(&told[WATCH_TOOLS], 1);
  uint64_t begun = clock_mono_us();
  for (int i = 0; i < 200; i++) {
    news("notifications/tools/list_changed");
    usleep(2000);
  }
  // One look in 200 ms at most; as many more as a slow machine takes longer.
  uint64_t most = 3 + (clock_mono_us() - begun) / 200000;
  assert_true((uint64_t)syncs <= most);
}

static void time_alone_brings_a_look(void **state) {
  (void)state;
  until(&syncs, 5);
}

static void a_vendor_that_is_down_is_tried_again(void **state) {
  (void)state;
  until(&syncs, 1);
  fails = true;
  int before = syncs;
  until(&syncs, before + 3);
  before = told[WATCH_TOOLS];
  fails = false;
  until(&told[WATCH_TOOLS], before + 1);
}

static void accounts_come_and_go(void **state) {
  (void)state;
  until(&feeds_open, 1);
  // The catalog is the test's, and read by fibers: it changes while nobody watches.
  watch_stop();
  for (int i = 0; feeds_open && i < WAIT_MS; i++) usleep(1000); // ends with its fiber
  assert_int_equal(feeds_open, 0);
  there(false);
  watch_start(&env, loops, LOOPS);
  watch_hint(STR("acc_1")); // nobody's
  usleep(20 * 1000);
  assert_int_equal(feeds_open, 0);
  there(true);
  watch_refresh();
  until(&feeds_open, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define OFTEN(f) cmocka_unit_test_setup_teardown(f, setup_often, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(it_looks_at_the_start_and_listens),     TEST(news_are_there_soon),
      TEST(a_flood_is_answered_by_few_looks),      OFTEN(time_alone_brings_a_look),
      OFTEN(a_vendor_that_is_down_is_tried_again), TEST(accounts_come_and_go),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// What is kept, for whom, for how long, and that two who ask at a time share one call.
#include <pthread.h>
#include <unistd.h>

#include "../tool/fixture.h"

#include "call/cache.h"
#include "data/json.h"

static struct account account_one = {.id = {"acc_1", 5}, .version = 1},
                      account_two = {.id = {"acc_2", 5}, .version = 1};
static const struct connector vendor = {.name = {"acme", 4}, .label = {"Acme", 4}};
static struct catalog_account one = {.account = &account_one, .connector = &vendor},
                              two = {.account = &account_two, .connector = &vendor};
static struct tool reads = {.kind = TOOL_REST, .name = {"list", 4}, .read_only = true},
                   remote = {.kind = TOOL_REMOTE, .name = {"list", 4}, .read_only = true};

static enum cache_word take(struct catalog_account *account, struct tool *tool, const char *principal,
                            const char *arguments, uint64_t most_ms, struct cache_entry **held) {
  yyjson_doc *doc = yyjson_read(arguments, strlen(arguments), 0);
  yyjson_mut_doc *mut = yyjson_doc_mut_copy(doc, NULL);
  struct cache_ask ask = {account, tool, str_of(principal), yyjson_mut_doc_get_root(mut), most_ms};
  struct err err;
  enum cache_word word = cache_take(&ask, held, &err);
  yyjson_mut_doc_free(mut);
  yyjson_doc_free(doc);
  return word;
}

static void give(struct cache_entry *mine, const char *body, enum run_outcome outcome) {
  struct http_header link = {STR("Link"), STR("</2>; rel=next")};
  struct call_answer n = {.form = ANSWER_JSON,
                          .outcome = outcome,
                          .response = {.status = 200, .headers = {&link, 1}, .body = BUF_MAX(1 << 20)}};
  buf_add_z(&n.response.body, body);
  cache_give(mine, &n);
  buf_free(&n.response.body);
}

static void fill(struct cache_entry *held, const char *want) {
  struct arena *a = arena_new();
  struct call_answer n = {.tool = &reads, .account = &one};
  int64_t age = -1;
  cache_fill(held, 0, a, &n, &age);
  struct str body = buf_str(&n.response.body);
  if (!str_is(body, want)) fail_msg("%.*s, not %s", STR_ARG(body), want);
  assert_int_equal(n.outcome, RUN_OK);
  assert_int_equal(n.response.status, 200);
  assert_true(str_is(http_header_get(&n.response.headers, "link"), "</2>; rel=next"));
  assert_true(age >= 0 && !n.has_rate);
  call_answer_free(&n);
  arena_free(a);
}

static int begin(void **state) {
  (void)state;
  cache_limit(1 << 20);
  return 0;
}

static int clear(void **state) {
  (void)state;
  cache_sweep(0);
  assert_int_equal(cache_bytes(), 0);
  return 0;
}

static void test_whose(void **state) {
  (void)state;
  struct cache_entry *e;
  assert_int_equal(take(&one, &reads, "p", "{\"a\":1}", 60000, &e), CACHE_MINE);
  give(e, "[1]", RUN_OK);
  assert_int_equal(take(&one, &reads, "p", "{\"a\":1}", 60000, &e), CACHE_HIT);
  fill(e, "[1]");
  assert_int_equal(take(&one, &reads, "another", "{\"a\":1}", 60000, &e),
                   CACHE_HIT); // it passed the same checks
  fill(e, "[1]");
  const struct {
    struct catalog_account *account;
    struct tool *tool;
    const char *principal, *arguments;
  } others[] = {{&two, &reads, "p", "{\"a\":1}"},
                {&one, &remote, "p", "{\"a\":1}"},
                {&one, &remote, "another", "{\"a\":1}"},
                {&one, &reads, "p", "{\"a\":\"1\"}"},
                {&one, &reads, "p", "{}"}};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    enum cache_word word =
        take(others[i].account, others[i].tool, others[i].principal, others[i].arguments, 60000, &e);
    if (word != CACHE_MINE) fail_msg("%zu is answered by another's", i);
    give(e, "[2]", RUN_OK);
  }
  account_one.version = 2; // another credential, or another default
  assert_int_equal(take(&one, &reads, "p", "{\"a\":1}", 60000, &e), CACHE_MINE);
  cache_give(e, NULL);
  account_one.version = 1;
}

static void test_what(void **state) {
  (void)state;
  struct cache_entry *e;
  char *large = calloc(1, 200001);
  memset(large, ' ', 200000);
  large[0] = '1';
  static const enum run_outcome bad[] = {RUN_UPSTREAM_ERROR, RUN_RATE_LIMITED, RUN_FAILED,
                                         RUN_INPUT_REQUIRED};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_MINE);
    give(e, "[]", bad[i]);
  }
  assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_MINE);
  give(e, large, RUN_OK); // more than its part of all
  assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_MINE);
  give(e, "[3]", RUN_OK);
  assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_HIT);
  fill(e, "[3]");
  usleep(2000);
  assert_int_equal(take(&one, &reads, "p", "{}", 1, &e), CACHE_MINE); // too old
  give(e, "[4]", RUN_OK);
  cache_forget(STR("acc_2"));
  assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_HIT);
  fill(e, "[4]");
  cache_forget(STR("acc_1"));
  assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_MINE);
  cache_forget(STR("acc_1")); // written while it was being read
  give(e, "[5]", RUN_OK);
  assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_MINE);
  cache_give(e, NULL);
  memset(large, 'k', 20000);
  memcpy(large, "{\"", 2);
  memcpy(large + 20000, "\":1}", 5);
  assert_int_equal(take(&one, &reads, "p", large, 60000, &e), CACHE_ALONE);
  free(large);
}

static void test_bytes(void **state) {
  (void)state;
  struct cache_entry *e;
  char arguments[32], body[4001];
  memset(body, ' ', 4000);
  body[0] = '1';
  body[4000] = 0;
  cache_limit(64 * 1024);
  for (int i = 0; i < 100; i++) {
    snprintf(arguments, sizeof arguments, "{\"n\":%d}", i);
    assert_int_equal(take(&one, &reads, "p", arguments, 60000, &e), CACHE_MINE);
    give(e, body, RUN_OK);
    assert_true(cache_bytes() <= 64 * 1024);
  }
  assert_int_equal(take(&one, &reads, "p", "{\"n\":99}", 60000, &e), CACHE_HIT);
  fill(e, body);
  assert_int_equal(take(&one, &reads, "p", "{\"n\":1}", 60000, &e), CACHE_MINE); // the oldest went
  cache_give(e, NULL);
  cache_limit(0);
  assert_int_equal(cache_bytes(), 0);
}

static void *wait_for_it(void *arg) {
  struct cache_entry *e = NULL;
  *(enum cache_word *)arg = take(&one, &reads, "p", "{}", 60000, &e);
  if (*(enum cache_word *)arg == CACHE_HIT) fill(e, "[6]");
  return NULL;
}

static void test_one_flight(void **state) {
  (void)state;
  for (int good = 0; good < 2; good++) {
    struct cache_entry *e;
    pthread_t threads[4];
    enum cache_word words[4];
    assert_int_equal(take(&one, &reads, "p", "{}", 60000, &e), CACHE_MINE);
    for (size_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, wait_for_it, &words[i]);
    while (cache_waiting(e) < 4) usleep(1000);
    if (good)
      give(e, "[6]", RUN_OK);
    else
      cache_give(e, NULL);
    for (size_t i = 0; i < 4; i++) {
      pthread_join(threads[i], NULL);
      assert_int_equal(words[i], good ? CACHE_HIT : CACHE_ALONE);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_whose, begin, clear),
                                     cmocka_unit_test_setup_teardown(test_what, begin, clear),
                                     cmocka_unit_test_setup_teardown(test_bytes, begin, clear),
                                     cmocka_unit_test_setup_teardown(test_one_flight, begin, clear)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

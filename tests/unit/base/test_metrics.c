// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <pthread.h>

#include "base/metrics.h"

static char *printed(void) {
  struct buf b = BUF_MAX(256 * 1024);
  metrics_print(&b);
  assert_false(b.full);
  return buf_take(&b, NULL);
}

static size_t count_of(const char *text, const char *part) {
  size_t n = 0;
  for (const char *p = text; (p = strstr(p, part)); p++) n++;
  return n;
}

static void test_counters_and_gauges(void **state) {
  (void)state;
  metrics_add(METRIC_TOOL_CALLS_OK, 2);
  metrics_add(METRIC_TOOL_CALLS_OK, 1);
  metrics_set(METRIC_CATALOG_TOOLS, 1533);
  metrics_add(METRIC_HTTP_CONNECTIONS, 5);
  metrics_add(METRIC_HTTP_CONNECTIONS, -2);
  assert_int_equal(metrics_get(METRIC_HTTP_CONNECTIONS), 3);
  char *text = printed();
  check_has(text, "postern_tool_calls_total{outcome=\"ok\"} 3\n");
  check_has(text, "postern_catalog_tools 1533\n");
  check_has(text, "postern_http_connections 3\n");
  // One HELP and TYPE for all labels of one name.
  assert_int_equal(count_of(text, "# TYPE postern_tool_calls_total counter\n"), 1);
  check_has(text, "process_start_time_seconds 1");
  check_has(text, "process_open_fds ");
  free(text);
}

static void test_histogram(void **state) {
  (void)state;
  metrics_observe_us(METRIC_UPSTREAM_SECONDS, 0);
  metrics_observe_us(METRIC_UPSTREAM_SECONDS, 500); // the bound belongs to its bucket
  metrics_observe_us(METRIC_UPSTREAM_SECONDS, 501);
  metrics_observe_us(METRIC_UPSTREAM_SECONDS, 3600000000);
  char *text = printed();
  check_has(text, "postern_upstream_seconds_bucket{le=\"0.0005\"} 2\n");
  check_has(text, "postern_upstream_seconds_bucket{le=\"0.001\"} 3\n");
  check_has(text, "postern_upstream_seconds_bucket{le=\"30\"} 3\n");
  check_has(text, "postern_upstream_seconds_bucket{le=\"+Inf\"} 4\n");
  check_has(text, "postern_upstream_seconds_sum 3600.001001\n");
  check_has(text, "postern_upstream_seconds_count 4\n");
  free(text);
}

static void *add_many(void *unused) {
  (void)unused;
  for (int i = 0; i < 10000; i++) metrics_add(METRIC_AUDIT_WRITTEN, 1);
  return NULL;
}

static void test_threads(void **state) {
  (void)state;
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, add_many, NULL);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  assert_int_equal(metrics_get(METRIC_AUDIT_WRITTEN), 40000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_counters_and_gauges),
      cmocka_unit_test(test_histogram),
      cmocka_unit_test(test_threads),
  };
  return cmocka_run_group_tests_name("base/metrics", tests, NULL, NULL);
}

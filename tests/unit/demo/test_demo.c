// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <yyjson.h>

#include "base/clock.h"
#include "demo/demo.h"

static const char *const paths[] = {"/v1/sites", "/v1/traffic-hours", "/v1/blocked-requests", "/v1/changes",
                                    "/v1/members"};
enum { PATHS = sizeof paths / sizeof *paths };

static int64_t at(const char *text) {
  int64_t ms;
  assert_true(clock_parse_rfc3339(str_of(text), &ms));
  return ms;
}

// The rows of an answer that is one.
static yyjson_doc *rows(const char *target, const char *now, yyjson_val **out) {
  struct buf body = BUF_MAX(64 << 20);
  int status = demo_answer_at("GET", str_of(target), at(now), &body);
  if (status != 200) fail_msg("%s: %d %.*s", target, status, STR_ARG(buf_str(&body)));
  yyjson_doc *doc = yyjson_read(body.p, body.n, 0);
  buf_free(&body);
  if (!doc) fail_msg("%s: no JSON", target);
  *out = yyjson_obj_get(yyjson_doc_get_root(doc), "data");
  assert_true(yyjson_is_arr(*out));
  return doc;
}

static void every_resource_has_rows_whatever_the_hour(void **state) {
  (void)state;
  static const char *const hours[] = {"2026-11-30T00:00:00Z", "2026-11-30T13:59:59.999Z",
                                      "2028-02-29T23:30:00Z"};
  for (size_t h = 0; h < 3; h++)
    for (size_t i = 0; i < PATHS; i++) {
      yyjson_val *all;
      yyjson_doc *doc = rows(paths[i], hours[h], &all);
      if (yyjson_arr_size(all) < 3) fail_msg("%s at %s: %zu rows", paths[i], hours[h], yyjson_arr_size(all));
      yyjson_doc_free(doc);
    }
}

// Each time of a row of happenings is within what was asked for.
static void times_are_within_the_span(void **state) {
  (void)state;
  static const char query[] = "?since=2026-11-25T10%3A30%3A00Z&until=2026-11-27T08:00:00Z";
  for (size_t i = 1; i < 4; i++) {
    char target[200];
    snprintf(target, sizeof target, "%s%s", paths[i], query);
    yyjson_val *all, *row;
    size_t n, max;
    yyjson_doc *doc = rows(target, "2026-11-30T12:00:00Z", &all);
    assert_true(yyjson_arr_size(all) > 0);
    yyjson_arr_foreach (all, n, max, row) {
      yyjson_val *time = yyjson_obj_get(row, i == 1 ? "hour" : "at");
      int64_t ms = at(yyjson_get_str(time));
      if (ms < at("2026-11-25T10:30:00Z") || ms >= at("2026-11-27T08:00:00Z"))
        fail_msg("%s: %s", target, yyjson_get_str(time));
    }
    yyjson_doc_free(doc);
  }
}

static void the_same_hour_has_the_same_rows(void **state) {
  (void)state;
  static const char target[] =
      "/v1/traffic-hours?since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z&site=api.example";
  struct buf a = BUF_MAX(1 << 20), b = BUF_MAX(1 << 20);
  assert_int_equal(demo_answer_at("GET", str_of(target), at("2026-11-25T00:00:00Z"), &a), 200);
  assert_int_equal(demo_answer_at("GET", str_of(target), at("2026-11-29T09:12:00Z"), &b), 200);
  assert_true(str_eq(buf_str(&a), buf_str(&b)));
  assert_true(a.n > 1000);
  buf_free(&a);
  buf_free(&b);
}

static void somebody_tried_to_get_in_the_day_before_yesterday(void **state) {
  (void)state;
  yyjson_val *all;
  yyjson_doc *doc =
      rows("/v1/blocked-requests?site=shop.example&since=2026-11-28T13:00:00Z&until=2026-11-28T16:00:00Z",
           "2026-11-30T12:00:00Z", &all);
  assert_true(yyjson_arr_size(all) > 300);
  assert_string_equal(yyjson_get_str(yyjson_obj_get(yyjson_arr_get_first(all), "country")), "RO");
  yyjson_doc_free(doc);
}

static void what_is_not_there_is_said(void **state) {
  (void)state;
  static const struct {
    const char *method, *target;
    int status;
    const char *says;
  } cases[] = {
      {"GET", "/v1/nothing", 404, "no such resource"},
      {"GET", "", 404, "no such resource"},
      {"GET", "/v1/sites/../members", 404, "no such resource"},
      {"DELETE", "/v1/sites", 405, "cannot be changed"},
      {"GET", "/v1/changes?since=yesterday", 400, "RFC 3339"},
      {"GET", "/v1/changes?until=", 400, "RFC 3339"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct buf body = BUF_MAX(4096);
    assert_int_equal(
        demo_answer_at(cases[i].method, str_of(cases[i].target), at("2026-11-30T12:00:00Z"), &body),
        cases[i].status);
    buf_add_char(&body, 0);
    check_has(body.p, cases[i].says);
    buf_free(&body);
  }
}

// Nothing that is asked for gets into the answer, and no span makes it large.
static void odd_queries_do_no_harm(void **state) {
  (void)state;
  static const char *const targets[] = {
      "/v1/sites?site=%22%7D%2C%7B%22name%22%3A%22x",
      "/v1/sites?site=%",
      "/v1/sites?&&==&site",
      "/v1/changes?since=2026-11-29T00:00:00Z&until=2020-01-01T00:00:00Z",
      "/v1/traffic-hours?since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z",
  };
  for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
    yyjson_val *all;
    yyjson_doc *doc = rows(targets[i], "2026-11-30T12:00:00Z", &all);
    if (yyjson_arr_size(all) > 40000) fail_msg("%s: %zu rows", targets[i], yyjson_arr_size(all));
    yyjson_doc_free(doc);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_resource_has_rows_whatever_the_hour),
      cmocka_unit_test(times_are_within_the_span),
      cmocka_unit_test(the_same_hour_has_the_same_rows),
      cmocka_unit_test(somebody_tried_to_get_in_the_day_before_yesterday),
      cmocka_unit_test(what_is_not_there_is_said),
      cmocka_unit_test(odd_queries_do_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/sse.h"

// Events are written down as "event|data|id;" and compared whole.
static bool note(void *ctx, const struct sse_event *e, struct err *err) {
  (void)err;
  buf_printf(ctx, "%.*s|%.*s|%.*s;", STR_ARG(e->event), STR_ARG(e->data), STR_ARG(e->id));
  return true;
}

static const struct {
  const char *stream, *events;
} rows[] = {
    {"data: a\n\n", "message|a|;"},
    {"data:a\n\n", "message|a|;"},
    {"data:  a\n\n", "message| a|;"},
    {"data: a\r\n\r\n", "message|a|;"},
    {"data: a\r\r", "message|a|;"},
    {"data: a\r\ndata: b\r\n\r\n", "message|a\nb|;"},
    {"data\n\n", "message||;"},
    {"data\ndata\n\n", "message|\n|;"},
    {"\n\n\n", ""},
    {":comment\n\n:\n\n", ""},
    {": c\ndata: a\n\n", "message|a|;"},
    {"event: x\ndata: a\n\ndata: b\n\n", "x|a|;message|b|;"},
    {"event: x\n\ndata: b\n\n", "message|b|;"},
    {"id: 1\ndata: a\n\ndata: b\n\n", "message|a|1;message|b|1;"},
    {"id: 1\n\ndata: b\n\n", "message|b|1;"},
    {"id: 1\ndata: a\n\nid\ndata: b\n\n", "message|a|1;message|b|;"},
    {"data: never ended\n", ""},
    {"data: never ended", ""},
    {"unknown: a\nData: b\ndata: c\n\n", "message|c|;"},
    {"data: a:b: c\n\n", "message|a:b: c|;"},
    {"\xef\xbb\xbf"
     "data: a\n\n",
     "message|a|;"},
    {"data: \xef\xbb\xbf"
     "a\n\n",
     "message|\xef\xbb\xbf"
     "a|;"},
    {"data: {\"jsonrpc\":\"2.0\"}\n\n", "message|{\"jsonrpc\":\"2.0\"}|;"},
};

static void test_streams(void **state) {
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (size_t step = 1; step < 8; step++) { // however the bytes are cut
      struct sse_parser p = SSE_PARSER(1000);
      struct buf got = BUF_MAX(4096);
      struct err err;
      struct str all = str_of(rows[i].stream);
      for (size_t at = 0; at < all.n; at += step)
        assert_true(
            sse_feed(&p, str_make(all.p + at, all.n - at < step ? all.n - at : step), note, &got, &err));
      if (!str_is(buf_str(&got), rows[i].events))
        fail_msg("%s by %zu: %.*s", rows[i].stream, step, STR_ARG(buf_str(&got)));
      buf_free(&got);
      sse_free(&p);
    }
  }
}

static void test_retry(void **state) {
  (void)state;
  struct sse_parser p = SSE_PARSER(100);
  struct buf got = BUF_MAX(4096);
  struct err err;
  assert_int_equal(p.retry_ms, -1);
  assert_true(sse_feed(&p, STR("retry: 500\n"), note, &got, &err));
  assert_int_equal(p.retry_ms, 500);
  assert_true(
      sse_feed(&p, STR("retry: 5s\nretry: -1\nretry:\nretry: 99999999999999999999\n"), note, &got, &err));
  assert_int_equal(p.retry_ms, 500);
  buf_free(&got);
  sse_free(&p);
}

static void test_id_with_nul_is_ignored(void **state) {
  (void)state;
  struct sse_parser p = SSE_PARSER(100);
  struct buf got = BUF_MAX(4096);
  struct err err;
  assert_true(sse_feed(&p, STR("id: 1\nid: 2\0\ndata: a\n\n"), note, &got, &err));
  assert_true(str_is(buf_str(&got), "message|a|1;"));
  buf_free(&got);
  sse_free(&p);
}

static void test_limits(void **state) {
  (void)state;
  struct buf got = BUF_MAX(4096);
  struct err err;
  struct sse_parser p = SSE_PARSER(8);
  assert_true(sse_feed(&p, STR("data: 12345678\n\n"), note, &got, &err));
  assert_true(str_is(buf_str(&got), "message|12345678|;"));
  assert_false(sse_feed(&p, STR("data: 1234\ndata: 5678\n\n"), note, &got, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  sse_free(&p);
  p = SSE_PARSER(8);
  assert_false(sse_feed(&p, STR(":a comment that never comes to its end"), note, &got, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  sse_free(&p);
  buf_free(&got);
}

static bool stop(void *ctx, const struct sse_event *e, struct err *err) {
  (void)e;
  ++*(int *)ctx;
  return err_set(err, ERR_CANCELED, "enough");
}

static void test_stop(void **state) {
  (void)state;
  struct sse_parser p = SSE_PARSER(100);
  struct err err;
  int calls = 0;
  assert_false(sse_feed(&p, STR("data: a\n\ndata: b\n\n"), stop, &calls, &err));
  assert_int_equal(calls, 1);
  assert_int_equal(err.code, ERR_CANCELED);
  sse_free(&p);
}

static void test_write(void **state) {
  (void)state;
  static const struct {
    struct str event, data;
    const char *text, *read;
  } cases[] = {
      {STR("message"), STR("{}"), "event: message\ndata: {}\n\n", "message|{}|;"},
      {{0}, STR("a"), "data: a\n\n", "message|a|;"},
      {{0}, STR(""), "data: \n\n", "message||;"},
      {STR("x"), STR("a\nb\r\nc\rd"), "event: x\ndata: a\ndata: b\ndata: c\ndata: d\n\n", "x|a\nb\nc\nd|;"},
      {STR("x\ndata: injected"), STR("a"), "data: a\n\n", "message|a|;"},
      {{0}, STR("a\n"), "data: a\ndata: \n\n", "message|a\n|;"},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct buf out = BUF_MAX(4096), got = BUF_MAX(4096);
    struct sse_parser p = SSE_PARSER(100);
    struct err err;
    sse_write(&out, cases[i].event, cases[i].data);
    if (!str_is(buf_str(&out), cases[i].text)) fail_msg("%s: %.*s", cases[i].text, STR_ARG(buf_str(&out)));
    assert_true(sse_feed(&p, buf_str(&out), note, &got, &err));
    assert_true(str_is(buf_str(&got), cases[i].read));
    buf_free(&out);
    buf_free(&got);
    sse_free(&p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_streams),
      cmocka_unit_test(test_retry),
      cmocka_unit_test(test_id_with_nul_is_ignored),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_stop),
      cmocka_unit_test(test_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

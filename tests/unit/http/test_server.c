// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "http_fixture.h"

// Tells what it was asked, so that the tests see the parser's view.
static void echo(void *ctx, struct http_exchange *x) {
  const struct http_request *r = http_request_of(x);
  (void)ctx;
  http_reply(x, 200, "text/plain",
             arena_printf(r->arena, "%.*s %.*s?%.*s body=%.*s", STR_ARG(r->method_text), STR_ARG(r->path),
                          STR_ARG(r->query), STR_ARG(r->body)));
}

#define CLOSE "Connection: close\r\n"

static void test_get(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, echo);
  char out[4096];
  ask(f, STR("GET /a/b?c=d HTTP/1.1\r\nHost: localhost\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  assert_non_null(strstr(out, "\r\n\r\nGET /a/b?c=d body="));
  assert_non_null(strstr(out, "\r\nX-Request-Id: req_"));
  assert_non_null(strstr(out, "\r\nX-Content-Type-Options: nosniff\r\n"));
  assert_non_null(strstr(out, "\r\nCache-Control: no-store\r\n"));
  assert_non_null(strstr(out, "\r\nDate: "));
  assert_non_null(strstr(out, "\r\nConnection: close\r\n"));
  fixture_stop(f);
}

static void test_keep_alive(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, echo);
  char out[4096];
  int fd = fixture_connect(f);
  for (int i = 0; i < 100; i++) {
    send_all(fd, STR("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"));
    read_until(fd, "body=hello", out, sizeof out);
    assert_int_equal(status_of(out), 200);
    assert_null(strstr(out, "Connection: close"));
  }
  close(fd);
  fixture_stop(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_get),
      cmocka_unit_test(test_keep_alive),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

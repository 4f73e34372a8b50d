// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <assert.h>

#include "base/buf.h"
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

static void test_pipelined_replies_keep_their_order(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, echo);
  enum { MANY = 500 }; // more than may be read ahead
  static char request[MANY * 64], out[MANY * 512];
  size_t n = 0;
  for (int i = 0; i < MANY; i++)
    n += (size_t)snprintf(request + n, sizeof request - n, "GET /%d HTTP/1.1\r\nHost: localhost\r\n%s\r\n", i,
                          i == MANY - 1 ? CLOSE : "");
  ask(f, str_make(request, n), out, sizeof out);
  const char *at = out;
  for (int i = 0; i < MANY; i++) {
    char wanted[32];
    snprintf(wanted, sizeof wanted, "GET /%d? body=", i);
    at = strstr(at, wanted);
    assert_non_null(at);
  }
  fixture_stop(f);
}

// Sleeps a moment, so that what is sent ahead has to wait.
static void slow_echo(void *ctx, struct http_exchange *x) {
  struct err err;
  if (fiber_sleep(1, &err)) echo(ctx, x);
}

// Requests arrive while others run, end and wait: at any of these moments the order must hold.
static void test_pipelined_behind_a_waiting_fiber(void **state) {
  (void)state;
  enum { MANY = 300, PADDING = 300 };
  static char out[MANY * 1024];
  for (size_t pipeline = 1; pipeline <= 16; pipeline += 15) {
    struct http_options o = fixture_options();
    o.pipeline = pipeline;
    struct fixture *f = fixture_start(&o, slow_echo);
    int fd = fixture_connect(f);
    for (int i = 0; i < MANY; i++) {
      char request[PADDING + 128];
      int n = snprintf(request, sizeof request, "GET /%d HTTP/1.1\r\nHost: localhost\r\nX: %0*d\r\n%s\r\n", i,
                       PADDING, 0, i == MANY - 1 ? CLOSE : "");
      send_all(fd, str_make(request, (size_t)n));
      if (i % 3) usleep((useconds_t)(i % 7) * 400);
    }
    read_until(fd, NULL, out, sizeof out);
    close(fd);
    fixture_stop(f);
    const char *at = out;
    for (int i = 0; i < MANY; i++) {
      char wanted[32];
      snprintf(wanted, sizeof wanted, "GET /%d? body=", i);
      const char *next = strstr(at, wanted);
      if (!next) fail_msg("the answer to %d is not in its place", i);
      at = next;
    }
  }
}

static void test_head_has_no_body(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, echo);
  char out[4096];
  ask(f, STR("HEAD /abc HTTP/1.1\r\nHost: localhost\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  assert_non_null(strstr(out, "Content-Length: 16\r\n"));
  assert_string_equal(strstr(out, "\r\n\r\n"), "\r\n\r\n");
  fixture_stop(f);
}

static void test_continue(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, echo);
  char out[4096];
  int fd = fixture_connect(f);
  send_all(fd, STR("POST / HTTP/1.1\r\nHost: localhost\r\n" CLOSE
                   "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
  read_until(fd, "\r\n\r\n", out, sizeof out);
  assert_string_equal(out, "HTTP/1.1 100 Continue\r\n\r\n");
  send_all(fd, STR("abc"));
  read_until(fd, NULL, out, sizeof out);
  assert_int_equal(status_of(out), 200);
  assert_non_null(strstr(out, "body=abc"));
  close(fd);
  // A body that would be refused is refused before it is sent.
  ask(f, STR("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n"),
      out, sizeof out);
  assert_int_equal(status_of(out), 413);
  fixture_stop(f);
}

static void test_body_limits(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.body_bytes = 1000;
  struct fixture *f = fixture_start(&o, echo);
  static char request[8192], out[8192];
  size_t n = (size_t)snprintf(
      request, sizeof request,
      "POST / HTTP/1.1\r\nHost: localhost\r\n" CLOSE "Content-Length: 1000\r\n\r\n%01000d", 0);
  ask(f, str_make(request, n), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  ask(f, STR("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 413);
  n = (size_t)snprintf(
      request, sizeof request,
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n%01001d\r\n", 0);
  ask(f, str_make(request, n), out, sizeof out);
  assert_int_equal(status_of(out), 413);
  fixture_stop(f);
}

// Chunk extensions and trailers are not body, but must not be endless either.
static void test_endless_chunk_extension(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  o.body_bytes = o.header_bytes = 1000;
  struct fixture *f = fixture_start(&o, echo);
  static char request[16384], out[8192];
  size_t n = (size_t)snprintf(
      request, sizeof request,
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;x=%010000d", 0);
  ask(f, str_make(request, n), out, sizeof out);
  assert_int_equal(status_of(out), 413);
  n = (size_t)snprintf(
      request, sizeof request,
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: %010000d", 0);
  ask(f, str_make(request, n), out, sizeof out);
  assert_int_equal(status_of(out), 413);
  fixture_stop(f);
}

static void test_header_limits(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, echo);
  static char request[16384], out[8192];
  size_t n =
      (size_t)snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: localhost\r\nX: %05000d\r\n\r\n", 0);
  ask(f, str_make(request, n), out, sizeof out);
  assert_int_equal(status_of(out), 431);
  n = (size_t)snprintf(request, sizeof request, "GET /%05000d HTTP/1.1\r\nHost: localhost\r\n\r\n", 0);
  ask(f, str_make(request, n), out, sizeof out);
  assert_int_equal(status_of(out), 431);
  for (int most = 99; most <= 100; most++) {
    n = (size_t)snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < most; i++) n += (size_t)snprintf(request + n, sizeof request - n, "X%d:y\r\n", i);
    n += (size_t)snprintf(request + n, sizeof request - n, "\r\n");
    int fd = fixture_connect(f);
    send_all(fd, str_make(request, n));
    read_until(fd, "\r\n\r\n", out, sizeof out);
    assert_int_equal(status_of(out), most == 99 ? 200 : 431);
    close(fd);
  }
  // Empty lines before a request are allowed, but not for ever.
  for (n = 0; n < 10000; n += 2) memcpy(request + n, "\r\n", 2);
  ask(f, str_make(request, n), out, sizeof out);
  assert_int_equal(status_of(out), 431);
  fixture_stop(f);
}

static void set_headers(void *ctx, struct http_exchange *x) {
  (void)ctx;
  http_reply_header(x, "X-Fine", STR("yes"));
  http_reply_header(x, "X-Split", STR("a\r\nX-Injected: b"));
  http_reply_header(x, "X-Nul", STR("a\0b"));
  http_reply_header(x, "X Bad", STR("a"));
  http_reply_header(x, "Content-Length", STR("99999"));
  http_reply_header(x, "Transfer-Encoding", STR("chunked"));
  http_reply_header(x, "Cache-Control", STR("max-age=5"));
  http_reply_text(x, 200, "ok\n");
  http_reply_text(x, 500, "the first reply counts\n");
}

static void test_reply_headers_cannot_split(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, set_headers);
  char out[4096];
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  assert_non_null(strstr(out, "\r\nX-Fine: yes\r\n"));
  assert_non_null(strstr(out, "\r\nContent-Length: 3\r\n"));
  assert_non_null(strstr(out, "\r\nCache-Control: max-age=5\r\n"));
  static const char *const absent[] = {"X-Split", "X-Injected", "X-Nul",    "X Bad",
                                       "99999",   "chunked",    "no-store", "first"};
  for (unsigned i = 0; i < sizeof absent / sizeof *absent; i++) assert_null(strstr(out, absent[i]));
  fixture_stop(f);
}

static void silent(void *ctx, struct http_exchange *x) {
  (void)ctx, (void)x;
}

static void fails(void *ctx, struct http_exchange *x) {
  struct err err;
  (void)ctx;
  err_at(&err, ERR_MISSING, "/id", "no \"such\" thing");
  err_hint(&err, "look elsewhere");
  http_reply_err(x, &err);
}

static void test_errors_are_json(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, fails);
  char out[4096];
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 404);
  assert_non_null(
      strstr(out, "{\"error\":{\"code\":\"missing\",\"message\":\"no \\\"such\\\" thing\",\"field\":\"/id\","
                  "\"hint\":\"look elsewhere\",\"request_id\":\"req_"));
  fixture_stop(f);
  f = fixture_start(&o, silent); // a handler that forgets to answer
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 500);
  fixture_stop(f);
}

static void no_content(void *ctx, struct http_exchange *x) {
  (void)ctx;
  http_reply(x, 204, NULL, STR_NONE);
}

static void test_no_content_has_no_length(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, no_content);
  char out[4096];
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 204);
  assert_null(strstr(out, "Content-Length"));
  fixture_stop(f);
}

static void large(void *ctx, struct http_exchange *x) {
  struct buf b = BUF_MAX(64 * 1024 * 1024);
  (void)ctx;
  memset(buf_room(&b, 20 * 1024 * 1024), 'z', 20 * 1024 * 1024);
  b.n = 20 * 1024 * 1024;
  http_reply_buf(x, 200, "text/plain", &b);
  assert(b.p == NULL);
}

// More than any socket takes at once: the rest follows, and the connection goes on.
static void test_large_reply(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, large);
  static char out[21 * 1024 * 1024];
  int fd = fixture_connect(f);
  for (int i = 0; i < 2; i++) {
    send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    read_until(fd, "\r\n\r\n", out, 4096);
    size_t have = strlen(strstr(out, "\r\n\r\n") + 4);
    while (have < 20 * 1024 * 1024) {
      ssize_t n = recv(fd, out, sizeof out, 0);
      assert_true(n > 0);
      for (ssize_t at = 0; at < n; at++) assert_int_equal(out[at], 'z');
      have += (size_t)n;
    }
    assert_int_equal(have, 20 * 1024 * 1024);
  }
  close(fd);
  fixture_stop(f);
}

// A client that says "no more from me" right after its request still gets all of the reply.
static void test_half_closed_client_gets_its_reply(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, large);
  static char out[1 << 20];
  int fd = fixture_connect(f);
  send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  shutdown(fd, SHUT_WR);
  size_t count = 0;
  for (ssize_t n; (n = recv(fd, out, sizeof out, 0)) > 0;)
    for (ssize_t i = 0; i < n; i++) count += out[i] == 'z';
  assert_true(count >= 20 * 1024 * 1024);
  close(fd);
  fixture_stop(f);
}

// Leaving at any point while requests wait their turn.
static void test_leaving_with_requests_ahead(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, slow_echo);
  char out[4096];
  for (int i = 0; i < 100; i++) {
    int fd = fixture_connect(f);
    for (int ahead = 0; ahead < 5; ahead++) send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    if (i % 2) read_until(fd, "body=", out, sizeof out);
    close(fd);
  }
  ask(f, STR("GET / HTTP/1.1\r\nHost: localhost\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  fixture_stop(f);
}

static void tells_id(void *ctx, struct http_exchange *x) {
  (void)ctx;
  http_reply(x, 200, "text/plain", http_request_of(x)->id);
}

static int compare_ids(const void *a, const void *b) {
  return strcmp(a, b);
}

static void test_request_ids_are_unique(void **state) {
  (void)state;
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, tells_id);
  enum { MANY = 2000 };
  static char ids[MANY][32];
  char out[4096];
  int fd = fixture_connect(f);
  for (int i = 0; i < MANY; i++) {
    send_all(fd, STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    read_until(fd, "\r\n\r\nreq_", out, sizeof out);
    assert_int_equal(sscanf(strstr(out, "X-Request-Id: "), "X-Request-Id: %31s", ids[i]), 1);
    assert_int_equal(strlen(ids[i]), 24);
  }
  close(fd);
  qsort(ids, MANY, sizeof ids[0], compare_ids);
  for (int i = 1; i < MANY; i++) assert_string_not_equal(ids[i - 1], ids[i]);
  fixture_stop(f);
}

static void client(void *ctx, struct http_exchange *x) {
  const struct http_request *r = http_request_of(x);
  (void)ctx;
  http_reply(x, 200, "text/plain", arena_printf(r->arena, "<%.*s %d>", STR_ARG(r->client), r->secure));
}

static void test_forwarded_addresses(void **state) {
  (void)state;
  static const struct {
    struct str headers;
    const char *wanted;
  } rows[] = {
      {STR(""), "<127.0.0.1 0>"},
      {STR("X-Forwarded-For: 192.0.2.1\r\n"), "<192.0.2.1 0>"},
      {STR("X-Forwarded-For: 6.6.6.6, 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"), "<192.0.2.1 1>"},
      {STR("X-Forwarded-For: 6.6.6.6, 192.0.2.1, 127.0.0.2\r\n"), "<192.0.2.1 0>"},
      {STR("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 192.0.2.1:443\r\n"), "<192.0.2.1 0>"},
      {STR("X-Forwarded-For: 6.6.6.6, nonsense\r\n"), "<127.0.0.1 0>"},
      {STR("X-Forwarded-For: [2001:db8::1]:99\r\n"), "<2001:db8::1 0>"},
      {STR("Forwarded: for=6.6.6.6, for=\"[2001:db8::2]:1\";proto=https\r\n"), "<2001:db8::2 1>"},
      {STR("Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 192.0.2.1\r\n"), "<192.0.2.1 0>"},
  };
  struct str proxies[] = {STR("127.0.0.0/8")};
  struct http_options o = fixture_options();
  char out[4096], request[1024];
  for (int trusted = 0; trusted < 2; trusted++) {
    o.trusted_proxies = proxies;
    o.trusted_proxy_count = (size_t)trusted;
    struct fixture *f = fixture_start(&o, client);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
      int n = snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: localhost\r\n" CLOSE "%.*s\r\n",
                       STR_ARG(rows[i].headers));
      ask(f, str_make(request, (size_t)n), out, sizeof out);
      assert_non_null(strstr(out, trusted ? rows[i].wanted : "<127.0.0.1 0>"));
    }
    fixture_stop(f);
  }
}

static void test_hosts(void **state) {
  (void)state;
  struct str hosts[] = {STR("gw.example.com")}, all[] = {STR("*")};
  struct http_options o = fixture_options();
  char out[4096];
  o.hosts = hosts;
  o.host_count = 1;
  struct fixture *f = fixture_start(&o, echo);
  ask(f, STR("GET / HTTP/1.1\r\nHost: GW.example.com:443\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  ask(f, STR("GET / HTTP/1.1\r\nHost: other.example.com\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 403);
  fixture_stop(f);
  o.hosts = all;
  f = fixture_start(&o, echo);
  ask(f, STR("GET / HTTP/1.1\r\nHost: other.example.com\r\n" CLOSE "\r\n"), out, sizeof out);
  assert_int_equal(status_of(out), 200);
  fixture_stop(f);
}

static void test_listen_errors(void **state) {
  (void)state;
  static const char *const bad[] = {"",        "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "localhost:80",
                                    "[::1:80", ":80",       "1.2.3:80"};
  struct loop *l = loop_new("t", 0, 8);
  struct http_options o = fixture_options();
  struct http_server *s, *again;
  struct err err;
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    o.listen = str_of(bad[i]);
    assert_false(http_server_new(l, &o, echo, NULL, &s, &err));
    assert_int_equal(err.code, ERR_INVALID);
  }
  struct str proxies[] = {STR("not/a/cidr")};
  o = fixture_options();
  o.trusted_proxies = proxies;
  o.trusted_proxy_count = 1;
  assert_false(http_server_new(l, &o, echo, NULL, &s, &err));
  o = fixture_options(); // two loops may share a port
  assert_true(http_server_new(l, &o, echo, NULL, &s, &err));
  char listen[32];
  snprintf(listen, sizeof listen, "127.0.0.1:%u", http_server_port(s));
  o.listen = str_of(listen);
  assert_true(http_server_new(l, &o, echo, NULL, &again, &err));
  http_server_free(s);
  http_server_free(again);
  http_server_free(NULL);
  loop_free(l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_get),
      cmocka_unit_test(test_keep_alive),
      cmocka_unit_test(test_pipelined_replies_keep_their_order),
      cmocka_unit_test(test_pipelined_behind_a_waiting_fiber),
      cmocka_unit_test(test_head_has_no_body),
      cmocka_unit_test(test_continue),
      cmocka_unit_test(test_body_limits),
      cmocka_unit_test(test_endless_chunk_extension),
      cmocka_unit_test(test_header_limits),
      cmocka_unit_test(test_reply_headers_cannot_split),
      cmocka_unit_test(test_errors_are_json),
      cmocka_unit_test(test_no_content_has_no_length),
      cmocka_unit_test(test_large_reply),
      cmocka_unit_test(test_half_closed_client_gets_its_reply),
      cmocka_unit_test(test_leaving_with_requests_ahead),
      cmocka_unit_test(test_request_ids_are_unique),
      cmocka_unit_test(test_forwarded_addresses),
      cmocka_unit_test(test_hosts),
      cmocka_unit_test(test_listen_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

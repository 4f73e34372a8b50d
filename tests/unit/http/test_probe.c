// SPDX-License-Identifier: Apache-2.0
// Request smuggling and other doubtful requests: each row must be refused, once, and the connection
// closed. What a row would smuggle stands behind it and must never be answered.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <netinet/tcp.h>

#include "http_fixture.h"

#define HOST "Host: localhost\r\n"
#define NEXT "GET /smuggled HTTP/1.1\r\n" HOST "\r\n"

struct probe {
  const char *name;
  struct str bytes;
  int status;
};

static const struct probe refused[] = {
    // RFC 9112 §6: framing
    {"CL and TE",
     STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
     400},
    {"TE and CL",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" NEXT),
     400},
    {"two lengths, same",
     STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd" NEXT), 400},
    {"two lengths, different",
     STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" NEXT), 400},
    {"length list", STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 4, 4\r\n\r\nabcd" NEXT), 400},
    {"length with sign", STR("POST / HTTP/1.1\r\n" HOST "Content-Length: +4\r\n\r\nabcd" NEXT), 400},
    {"negative length", STR("POST / HTTP/1.1\r\n" HOST "Content-Length: -4\r\n\r\nabcd" NEXT), 400},
    {"hex length", STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 0x4\r\n\r\nabcd" NEXT), 400},
    {"empty length", STR("POST / HTTP/1.1\r\n" HOST "Content-Length: \r\n\r\n" NEXT), 400},
    {"length beyond 64 bits",
     STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n" NEXT), 400},
    {"length with space inside", STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 4 4\r\n\r\nabcd" NEXT), 400},
    {"chunked not last",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" NEXT), 400},
    {"gzip, chunked",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" NEXT), 501},
    {"chunked twice",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" NEXT), -1},
    {"two TE lines",
     STR("POST / HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
     -1},
    {"xchunked", STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" NEXT), 501},
    {"identity", STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n" NEXT), -1},
    {"TE behind a tab and junk",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b"
         "chunked\r\n\r\n0\r\n\r\n" NEXT),
     400},
    {"TE in HTTP/1.0", STR("POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
     400},
    {"space before colon",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" NEXT), 400},
    {"chunk size: sign",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n" NEXT), 400},
    {"chunk size: 0x",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n" NEXT), 400},
    {"chunk size: space",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n" NEXT), 400},
    {"chunk size: space behind",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n" NEXT), 400},
    {"chunk size: not hex",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\na\r\n0\r\n\r\n" NEXT), 400},
    {"chunk size: empty",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n\r\na\r\n0\r\n\r\n" NEXT), 400},
    {"chunk size: beyond 64 bits",
     STR("POST / HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\n\r\n1ffffffffffffffff\r\na\r\n0\r\n\r\n" NEXT),
     400},
    {"chunk longer than its size",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n" NEXT), 400},
    {"chunk ends in LF",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n" NEXT), 400},
    {"chunk size ends in LF",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n" NEXT), 400},
    // RFC 9112 §2.2, §5: lines and fields
    {"bare LF everywhere", STR("GET / HTTP/1.1\nHost: localhost\n\n" NEXT), -1},
    {"bare LF after a header", STR("GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n" NEXT), 400},
    {"bare LF at the end", STR("GET / HTTP/1.1\r\nHost: localhost\r\n\n" NEXT), 400},
    {"bare CR in a value", STR("GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n" NEXT), 400},
    {"bare CR as a line end", STR("GET / HTTP/1.1\rHost: localhost\r\r" NEXT), 400},
    {"folded header", STR("GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n" NEXT), 400},
    {"folded by tab", STR("GET / HTTP/1.1\r\n" HOST "X: a\r\n\tb\r\n\r\n" NEXT), 400},
    {"leading space in first header", STR("GET / HTTP/1.1\r\n " HOST "\r\n" NEXT), 400},
    {"NUL in a value", STR("GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n" NEXT), 400},
    {"NUL in a name", STR("GET / HTTP/1.1\r\n" HOST "X\0: b\r\n\r\n" NEXT), 400},
    {"control byte in a value",
     STR("GET / HTTP/1.1\r\n" HOST "X: a\x01"
         "b\r\n\r\n" NEXT),
     400},
    {"DEL in a value", STR("GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n" NEXT), 400},
    {"name with a space", STR("GET / HTTP/1.1\r\n" HOST "X Y: b\r\n\r\n" NEXT), 400},
    {"name with brackets", STR("GET / HTTP/1.1\r\n" HOST "X(Y): b\r\n\r\n" NEXT), 400},
    {"name with a high byte", STR("GET / HTTP/1.1\r\n" HOST "X\xc3\xa4: b\r\n\r\n" NEXT), 400},
    {"empty name", STR("GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n" NEXT), 400},
    {"no colon", STR("GET / HTTP/1.1\r\n" HOST "XY\r\n\r\n" NEXT), 400},
    // RFC 9112 §3: request line, target, Host
    {"no Host", STR("GET / HTTP/1.1\r\n\r\n" NEXT), 400},
    {"two Hosts", STR("GET / HTTP/1.1\r\n" HOST HOST "\r\n" NEXT), 400},
    {"empty Host", STR("GET / HTTP/1.1\r\nHost:\r\n\r\n" NEXT), 400},
    {"Host with a path", STR("GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n" NEXT), 400},
    {"Host with a user", STR("GET / HTTP/1.1\r\nHost: evil@localhost\r\n\r\n" NEXT), 400},
    {"Host with a list", STR("GET / HTTP/1.1\r\nHost: localhost, evil\r\n\r\n" NEXT), 400},
    {"Host with a bad port", STR("GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n" NEXT), 400},
    {"foreign Host", STR("GET / HTTP/1.1\r\nHost: evil.example.com\r\n\r\n" NEXT), 403},
    {"foreign Host, our port", STR("GET / HTTP/1.1\r\nHost: localhost.evil.example.com:80\r\n\r\n" NEXT),
     403},
    {"absolute form, other server", STR("GET http://evil.example.com/ HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"absolute form, foreign pair",
     STR("GET http://evil.example.com/ HTTP/1.1\r\nHost: evil.example.com\r\n\r\n" NEXT), 403},
    {"absolute form, other scheme", STR("GET ftp://localhost/ HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"absolute form, user", STR("GET http://u@localhost/ HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"CONNECT", STR("CONNECT localhost:80 HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"CONNECT with a path", STR("CONNECT / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"GET *", STR("GET * HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"target without slash", STR("GET x HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"fragment", STR("GET /a#b HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"control byte in target", STR("GET /a\x01 HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"NUL in target", STR("GET /a\0b HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"DEL in target", STR("GET /a\x7f HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"tab in target", STR("GET /a\tb HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"high byte in target", STR("GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"backslash in target", STR("GET /a\\b HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"stray percent", STR("GET /a%zz HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"half a percent", STR("GET /a%4 HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"space in target", STR("GET /a b HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"two spaces behind the method", STR("GET  / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"many spaces behind the method", STR("OPTIONS      * HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"two spaces behind the target", STR("GET /  HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"two spaces behind a long target", STR("POST /a/b?c=d&e=f     HTTP/1.0\r\n" HOST "\r\n" NEXT), 400},
    {"tab behind the method", STR("GET\t/ HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"space and tab behind the method", STR("GET \t/ HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"tab and space behind the method", STR("GET\t / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"tab behind the target", STR("GET /\tHTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"form feed behind the method", STR("GET\f/ HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"vertical tab behind the target", STR("GET / \vHTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"space behind the version", STR("GET / HTTP/1.1 \r\n" HOST "\r\n" NEXT), -1},
    {"tab behind the version", STR("GET / HTTP/1.1\t\r\n" HOST "\r\n" NEXT), -1},
    {"word behind the version", STR("GET / HTTP/1.1 x\r\n" HOST "\r\n" NEXT), -1},
    {"space in the version", STR("GET / HTTP/ 1.1\r\n" HOST "\r\n" NEXT), -1},
    {"space before the slash", STR("GET / HTTP /1.1\r\n" HOST "\r\n" NEXT), -1},
    {"HTTP/01.1", STR("GET / HTTP/01.1\r\n" HOST "\r\n" NEXT), -1},
    {"HTTP/1.01", STR("GET / HTTP/1.01\r\n" HOST "\r\n" NEXT), -1},
    {"HTTP/1", STR("GET / HTTP/1\r\n" HOST "\r\n" NEXT), -1},
    {"HTTP/1.", STR("GET / HTTP/1.\r\n" HOST "\r\n" NEXT), -1},
    {"HTTP/1,1", STR("GET / HTTP/1,1\r\n" HOST "\r\n" NEXT), -1},
    {"Http/1.1", STR("GET / Http/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"CR CR LF behind the version", STR("GET / HTTP/1.1\r\r\n" HOST "\r\n" NEXT), 400},
    {"bare CR behind the method", STR("GET\r / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"space before the method", STR(" GET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"tab before the method", STR("\tGET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"bare CR before the method", STR("\rGET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"bare LF before the method", STR("\nGET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"LF CR before the method", STR("\n\rGET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"empty line and a space before the method", STR("\r\n GET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"bare LF behind an empty line", STR("\r\n\nGET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"byte order mark", STR("\xef\xbb\xbfGET / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"mixed-case method", STR("Get / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"method with a letter of another case", STR("GEt / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"no target", STR("GET HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"no target, two spaces", STR("GET  HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"unknown method", STR("FETCH / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"lower-case method", STR("get / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"method cut short", STR("GE / HTTP/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"no version", STR("GET /\r\n" HOST "\r\n" NEXT), -1},
    {"HTTP/0.9", STR("GET / HTTP/0.9\r\n" HOST "\r\n" NEXT), 505},
    {"HTTP/1.2", STR("GET / HTTP/1.2\r\n" HOST "\r\n" NEXT), 505},
    {"HTTP/2.0", STR("GET / HTTP/2.0\r\n" HOST "\r\n" NEXT), 505},
    {"HTTP/11", STR("GET / HTTP/11\r\n" HOST "\r\n" NEXT), -1},
    {"http/1.1", STR("GET / http/1.1\r\n" HOST "\r\n" NEXT), 400},
    {"RTSP", STR("OPTIONS * RTSP/1.0\r\n" HOST "\r\n" NEXT), 400},
    {"RTSP GET", STR("GET / RTSP/1.0\r\n" HOST "\r\n" NEXT), 400},
    {"RTSP method", STR("DESCRIBE / RTSP/1.0\r\n" HOST "\r\n" NEXT), 400},
    {"ICE", STR("SOURCE / ICE/1.0\r\n" HOST "\r\n" NEXT), 400},
    {"HTTP/2 preface", STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" NEXT), 505},
    {"TLS hello", STR("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" NEXT), 400},
    {"other expectation", STR("POST / HTTP/1.1\r\n" HOST "Expect: 200-ok\r\nContent-Length: 1\r\n\r\na" NEXT),
     417},
    {"compressed body",
     STR("POST / HTTP/1.1\r\n" HOST "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na" NEXT), 415},
    {"two codings",
     STR("POST / HTTP/1.1\r\n" HOST
         "Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\na" NEXT),
     415},
};

// Sound ones beside them, so that the table above does not pass because everything is refused.
static const struct probe served[] = {
    {"plain", STR("GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), 200},
    {"leading empty line", STR("\r\nGET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), 200},
    {"four empty lines", STR("\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), 200},
    {"Host with a port", STR("GET / HTTP/1.1\r\nHost: LOCALHOST:8080\r\nConnection: close\r\n\r\n"), 200},
    {"IPv6 Host", STR("GET / HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n"), 200},
    {"absolute form", STR("GET http://localhost/a HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), 200},
    {"OPTIONS *", STR("OPTIONS * HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), 200},
    {"HTTP/1.0", STR("GET / HTTP/1.0\r\n\r\n"), 200},
    {"HTTP/1.0 keep-alive", STR("GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n\r\n"), 200},
    {"chunked",
     STR("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nConnection: "
         "close\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n"),
     200},
    {"upgrade is declined",
     STR("GET / HTTP/1.1\r\n" HOST "Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n"), 200},
    {"upgrade with a body",
     STR("POST / HTTP/1.1\r\n" HOST
         "Connection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc"),
     200},
    {"value with UTF-8", STR("GET / HTTP/1.1\r\n" HOST "X: \xc3\xa4\r\nConnection: close\r\n\r\n"), 200},
};

static atomic_int handled;

static void count(void *ctx, struct http_exchange *x) {
  (void)ctx;
  atomic_fetch_add(&handled, 1);
  http_reply_text(x, 200, "ok\n");
}

static int answers(const char *out) {
  int n = 0;
  for (const char *at = out; (at = strstr(at, "HTTP/1.1 ")); at++) n += status_of(at) > 0;
  return n;
}

static bool check(const struct fixture *f, const struct probe *p, bool drip) {
  char out[8192];
  int fd = fixture_connect(f), on = 1;
  atomic_store(&handled, 0);
  if (drip) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t i = 0; i < p->bytes.n; i++) send_all(fd, str_make(p->bytes.p + i, 1));
  } else {
    send_all(fd, p->bytes);
  }
  read_until(fd, NULL, out, sizeof out); // until it closes
  close(fd);
  int status = status_of(out), runs = atomic_load(&handled), expected = p->status == 200 ? 1 : 0;
  bool fits = p->status == -1 ? status == 400 || status == 501 || status == 505 : status == p->status;
  if (fits && answers(out) == 1 && runs == expected) return true;
  print_error("%s%s: status %d, expected %d; %d answers; the handler ran %d times: %s\n", p->name,
              drip ? " (byte by byte)" : "", status, p->status, answers(out), runs, out);
  return false;
}

static void check_all(const struct probe *rows, size_t count_rows, bool drip) {
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, count);
  size_t failed = 0;
  for (size_t i = 0; i < count_rows; i++) failed += !check(f, &rows[i], drip);
  fixture_stop(f);
  assert_int_equal(failed, 0);
}

#define ROWS(table) table, sizeof table / sizeof *table

static void test_refused(void **state) {
  (void)state;
  check_all(ROWS(refused), false);
}

static void test_refused_byte_by_byte(void **state) {
  (void)state;
  check_all(ROWS(refused), true);
}

static void test_served(void **state) {
  (void)state;
  check_all(ROWS(served), false);
  check_all(ROWS(served), true);
}

// Behind a first request on the same connection, and behind empty lines between the two, however they are
// cut.
static void test_second_request(void **state) {
  (void)state;
  static const struct {
    const char *between;
    const char *line;
    int answers;
    int last;
  } rows[] = {
      {"", "GET / HTTP/1.1", 2, 200},       {"\r\n", "GET / HTTP/1.1", 2, 200},
      {"\n", "GET / HTTP/1.1", 2, 400},     {"\r", "GET / HTTP/1.1", 2, 400},
      {"\r\n\r", "GET / HTTP/1.1", 2, 400}, {" ", "GET / HTTP/1.1", 2, 400},
      {"", "GET  / HTTP/1.1", 2, 400},      {"", "GET /  HTTP/1.1", 2, 400},
  };
  struct http_options o = fixture_options();
  struct fixture *f = fixture_start(&o, count);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t step = 1; step < 64; step += 31) {
      char bytes[512], out[8192];
      snprintf(bytes, sizeof bytes, "GET / HTTP/1.1\r\n" HOST "\r\n%s%s\r\n" HOST "Connection: close\r\n\r\n",
               rows[i].between, rows[i].line);
      int fd = fixture_connect(f), on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      for (size_t at = 0; at < strlen(bytes); at += step) {
        size_t n = strlen(bytes) - at < step ? strlen(bytes) - at : step;
        send_all(fd, str_make(bytes + at, n));
      }
      read_until(fd, NULL, out, sizeof out);
      close(fd);
      char *second = strstr(out + 1, "HTTP/1.1 ");
      if (answers(out) != rows[i].answers || !second || status_of(second) != rows[i].last)
        fail_msg("row %zu by %zu: %s", i, step, out);
    }
  fixture_stop(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_second_request),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_refused_byte_by_byte),
      cmocka_unit_test(test_served),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

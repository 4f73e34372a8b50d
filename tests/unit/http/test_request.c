// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "http/request.h"

enum { BODY_MOST = 1000 };

struct given {
  const char *method, *target;
  struct http_header headers[6];
  bool http10, has_length;
  uint64_t length;
};

static int check(const struct given *g, struct http_request *r, struct http_head *head) {
  static const struct str hosts[] = {{"postern.example", 15}, {"[2001:db8::1]", 13}};
  *r = (struct http_request){.method = http_method_from(str_of(g->method)), .method_text = str_of(g->method)};
  r->headers.items = (struct http_header *)(uintptr_t)g->headers;
  while (r->headers.count < 6 && g->headers[r->headers.count].name.n) r->headers.count++;
  *head = (struct http_head){.target = str_of(g->target),
                             .http10 = g->http10,
                             .has_length = g->has_length,
                             .length = g->length,
                             .body_most = BODY_MOST,
                             .hosts = hosts,
                             .host_count = 2};
  return http_request_check(r, head).status;
}

#define HOST                                                                                                 \
  { STR("Host"), STR("postern.example") }

static void test_heads(void **state) {
  (void)state;
  static const struct {
    struct given given;
    int status;
  } rows[] = {
      {{"GET", "/a?b", {HOST}}, 0},
      {{"GET", "/", {{STR("host"), STR("POSTERN.example:8443")}}}, 0},
      {{"GET", "/", {{STR("Host"), STR("[2001:db8::1]:80")}}}, 0},
      {{"GET", "/", {{STR("Host"), STR("elsewhere.example")}}}, 403},
      {{"GET", "/", {{STR("Host"), STR("postern.example@elsewhere.example")}}}, 400},
      {{"GET", "/", {{STR("Host"), STR("postern.example:65536")}}}, 400},
      {{"GET", "/", {HOST, HOST}}, 400},
      {{"GET", "/", {{{0}, {0}}}}, 400},
      {{"GET", "/", {{{0}, {0}}}, .http10 = true}, 0},
      {{"GET", "/a b", {HOST}}, 400},
      {{"GET", "/%4", {HOST}}, 400},
      {{"GET", "/%zz", {HOST}}, 400},
      {{"GET", "", {HOST}}, 400},
      {{"GET", "a", {HOST}}, 400},
      {{"GET", "*", {HOST}}, 400},
      {{"OPTIONS", "*", {HOST}}, 0},
      {{"CONNECT", "postern.example:443", {HOST}}, 400},
      {{"GET", "http://postern.example/a", {HOST}}, 0},
      {{"GET", "HTTPS://postern.example/a", {HOST}}, 0},
      {{"GET", "http://elsewhere.example/a", {HOST}}, 400},
      {{"GET", "http://postern.example", {HOST}}, 400},
      {{"POST", "/", {HOST}, .has_length = true, .length = BODY_MOST}, 0},
      {{"POST", "/", {HOST}, .has_length = true, .length = BODY_MOST + 1}, 413},
      {{"POST", "/", {HOST, {STR("Transfer-Encoding"), STR("chunked")}}}, 0},
      {{"POST", "/", {HOST, {STR("Transfer-Encoding"), STR("chunked")}}, .http10 = true}, 400},
      {{"POST", "/", {HOST, {STR("Transfer-Encoding"), STR("gzip, chunked")}}}, 501},
      {{"POST", "/", {HOST, {STR("Transfer-Encoding"), STR("chunked")}, {STR("Content-Length"), STR("3")}}},
       400},
      {{"POST", "/", {HOST, {STR("Content-Length"), STR("3")}, {STR("Content-Length"), STR("3")}}}, 400},
      {{"POST", "/", {HOST, {STR("Content-Encoding"), STR("identity")}}}, 0},
      {{"POST", "/", {HOST, {STR("Content-Encoding"), STR("gzip")}}}, 415},
      {{"POST", "/", {HOST, {STR("Expect"), STR("a miracle")}}}, 417},
      {{"GET", "/", {HOST, {STR("X-\x01"), STR("a")}}}, 400},
      {{"GET", "/", {HOST, {STR("X"), STR("a\nb")}}}, 400},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct http_request r;
    struct http_head head;
    int status = check(&rows[i].given, &r, &head);
    if (status != rows[i].status)
      fail_msg("row %zu, %s %s: %d, not %d", i, rows[i].given.method, rows[i].given.target, status,
               rows[i].status);
  }
}

static void test_parts(void **state) {
  (void)state;
  struct http_request r;
  struct http_head head;
  assert_int_equal(check(&(struct given){"GET", "http://postern.example/a%20b?c=d?e", {HOST}}, &r, &head), 0);
  check_text(r.path, "/a%20b");
  check_text(r.query, "c=d?e");
  struct given expects = {
      "POST", "/", {HOST, {STR("Expect"), STR("100-Continue")}}, .has_length = true, .length = 1};
  assert_int_equal(check(&expects, &r, &head), 0);
  assert_true(head.wants_continue);
  expects.length = 0; // nothing to wait for
  assert_int_equal(check(&expects, &r, &head), 0);
  assert_false(head.wants_continue);
}

// ---- who the client is

static void test_client(void **state) {
  (void)state;
  static const struct {
    const char *peer;
    struct http_header headers[3];
    const char *client;
    bool secure;
  } rows[] = {
      {"10.0.0.1", {{{0}, {0}}}, "10.0.0.1", false},
      {"192.0.2.9", {{STR("X-Forwarded-For"), STR("198.51.100.7")}}, "192.0.2.9", false}, // not trusted
      {"10.0.0.1", {{STR("X-Forwarded-For"), STR("198.51.100.7")}}, "198.51.100.7", false},
      // What the client wrote itself stands further left.
      {"10.0.0.1",
       {{STR("X-Forwarded-For"), STR("203.0.113.1, 198.51.100.7, 10.0.0.2")}},
       "198.51.100.7",
       false},
      {"10.0.0.1", {{STR("X-Forwarded-For"), STR("nonsense")}}, "10.0.0.1", false},
      {"10.0.0.1",
       {{STR("X-Forwarded-For"), STR("198.51.100.7")}, {STR("X-Forwarded-Proto"), STR("https")}},
       "198.51.100.7",
       true},
      {"192.0.2.9", {{STR("X-Forwarded-Proto"), STR("https")}}, "192.0.2.9", false},
      {"10.0.0.1",
       {{STR("Forwarded"), STR("for=203.0.113.1, for=\"[2001:db8::7]:4711\";proto=https")}},
       "2001:db8::7",
       true},
  };
  struct arena *a = arena_new();
  struct http_cidr trusted;
  struct err err;
  assert_true(http_cidr_parse(STR("10.0.0.0/8"), &trusted, &err));
  const struct http_proxies proxies = {&trusted, 1};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct sockaddr_in peer = {.sin_family = AF_INET};
    struct http_request r = {.arena = a, .headers.items = (struct http_header *)(uintptr_t)rows[i].headers};
    while (r.headers.count < 3 && rows[i].headers[r.headers.count].name.n) r.headers.count++;
    inet_pton(AF_INET, rows[i].peer, &peer.sin_addr);
    http_request_client(&r, (struct sockaddr *)&peer, &proxies);
    check_text(r.client, rows[i].client);
    assert_int_equal(r.secure, rows[i].secure);
  }
  arena_free(a);
}

static void test_key(void **state) {
  (void)state;
  static const char *const same[] = {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9"}, other[] = "2001:db8:1:3::1";
  char keys[3][HTTP_CLIENT_KEY];
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  for (int i = 0; i < 3; i++) {
    inet_pton(AF_INET6, i < 2 ? same[i] : other, &v6.sin6_addr);
    http_client_key((struct sockaddr *)&v6, keys[i]);
  }
  assert_memory_equal(keys[0], keys[1], HTTP_CLIENT_KEY);
  assert_memory_not_equal(keys[0], keys[2], HTTP_CLIENT_KEY);
}

static int passed(struct arena *a, const char *text, struct http_request *r, char id[TOKEN_ID]) {
  struct http_header header = {STR(HTTP_PASSED_ON), str_of(text)};
  *r = (struct http_request){.headers = {&header, 1}, .arena = a};
  return http_request_passed(r, STR("k3v0a9xq"), id).status;
}

static void test_passed_on(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct http_request r;
  char id[TOKEN_ID] = "";
  assert_int_equal(passed(a, "k3v0a9xq req_00abc 192.0.2.1 https", &r, id), 0);
  assert_true(str_is(r.client, "192.0.2.1") && str_is(r.id, "req_00abc") && r.secure && r.passed_on);
  assert_int_equal(passed(a, "k3v0a9xq req_00abc 2001:db8::1 http", &r, id), 0);
  assert_true(str_is(r.client, "2001:db8::1") && !r.secure);
  assert_int_equal(passed(a, "k3v0a9xr req_00abc 192.0.2.1 https", &r, id), 421);
  static const char *const bad[] = {"",
                                    "k3v0a9xq",
                                    "k3v0a9xq req_1 192.0.2.1",
                                    "k3v0a9xq req_1 192.0.2.1 ftp",
                                    "k3v0a9xq req_1 nowhere https",
                                    "k3v0a9xq req/1 192.0.2.1 https",
                                    "k3v0a9xq  192.0.2.1 https",
                                    "k3v0a9xq req_0123456789012345678901234 192.0.2.1 https",
                                    "k3v0a9xq req_1 192.0.2.1 https more"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int status = passed(a, bad[i], &r, id);
    if (status != 400 || r.passed_on) fail_msg("%s: %d", bad[i], status);
  }
  struct http_header twice[] = {{STR(HTTP_PASSED_ON), STR("k3v0a9xq req_1 192.0.2.1 https")},
                                {STR(HTTP_PASSED_ON), STR("k3v0a9xq req_1 192.0.2.1 https")}};
  r = (struct http_request){.headers = {twice, 2}, .arena = a};
  assert_int_equal(http_request_passed(&r, STR("k3v0a9xq"), id).status, 400);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_heads),  cmocka_unit_test(test_passed_on), cmocka_unit_test(test_parts),
      cmocka_unit_test(test_client), cmocka_unit_test(test_key),
  };
  return cmocka_run_group_tests_name("http/request", tests, NULL, NULL);
}

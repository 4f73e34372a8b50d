// SPDX-License-Identifier: Apache-2.0
// Who is reached by the proxy, and what is no proxy. Requests through one: tests/e2e/suites/outbound.test.mjs.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fetch/proxy.h"

static bool use(const char *url, const struct str *direct, size_t count, struct err *err) {
  struct proxy_choice choice = {.url = str_of(url), .direct = direct, .direct_count = count};
  return proxy_use(&choice, err);
}

static void check(const char *host, bool direct) {
  if ((proxy_of(str_of(host)) == NULL) != direct)
    fail_msg("%s should be reached %s", host, direct ? "directly" : "by the proxy");
}

static void without_a_proxy_all_is_direct(void **state) {
  (void)state;
  const struct str direct[] = {STR("a.example")};
  struct err err;
  check("api.example.com", true);
  assert_true(use("", direct, 1, &err));
  check("api.example.com", true);
  proxy_drop();
}

static void who_is_reached_directly(void **state) {
  (void)state;
  const struct str direct[] = {
      STR("api.example.com"), STR(".inner.example"), STR("Host.Example."), STR("10.1.0.0/16"),
      STR("192.168.7.7"),     STR("fd00::/8"),       STR("::1"),           STR("localhost")};
  static const char *const straight[] = {
      "api.example.com", "API.Example.COM",   "api.example.com.", "a.inner.example", "a.b.INNER.example.",
      "host.example",    "10.1.255.255",      "192.168.7.7",      "[fd12::1]",       "fd12::1",
      "[::1]",           "[::ffff:10.1.2.3]", "localhost"};
  static const char *const through[] = {
      "example.com",   "x.api.example.com", "xapi.example.com", "api.example.com.evil.example",
      "inner.example", ".inner.example",    "xinner.example",   "10.2.0.1",
      "192.168.7.8",   "[fe80::1]",         "10.1.0.1.example", "a.localhost",
      "10.1.0.0.0"};
  struct err err;
  if (!use("http://proxy.example:3128", direct, sizeof direct / sizeof *direct, &err))
    fail_msg("%s", err.text);
  for (size_t i = 0; i < sizeof straight / sizeof *straight; i++) check(straight[i], true);
  for (size_t i = 0; i < sizeof through / sizeof *through; i++) check(through[i], false);
  assert_string_equal(proxy_of(STR("example.com"))->name, "proxy.example:3128");
  assert_null(proxy_of(STR("example.com"))->user);
  proxy_drop();
}

static void bad_items_are_named(void **state) {
  (void)state;
  static const char *const bad[] = {".",     "..a",        "*",          "*.example.com", "a b",
                                    "a:443", "10.1.0.1/8", "10.0.0.0/x", "300.1.1.1",     "127.1",
                                    "[::1]", "http://a/",  "a/24",       "0x7f.1",        "\xc3\xa9.example"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct str item = str_of(bad[i]);
    struct err err;
    if (use("http://p:1", &item, 1, &err)) fail_msg("%s should be refused", bad[i]);
    assert_string_equal(err.field, "upstream_no_proxy");
    assert_non_null(strstr(err.text, bad[i]));
    assert_true(err.hint[0]);
    check("example.com", true); // nothing is left of it
  }
}

static void bad_urls_are_refused_and_not_repeated(void **state) {
  (void)state;
  static const char *const bad[] = {"http://user:hunter2@proxy.example:3128",
                                    "http://hunter2@proxy.example:3128",
                                    "http://proxy.example",
                                    "http://proxy.example:3128/hunter2",
                                    "http://proxy.example:3128/?hunter2",
                                    "http://proxy.example:3128#hunter2",
                                    "socks5://proxy.example:1080",
                                    "proxy.example:3128",
                                    "http://:3128"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err err;
    if (use(bad[i], NULL, 0, &err)) fail_msg("%s should be refused", bad[i]);
    assert_string_equal(err.field, "upstream_proxy");
    assert_null(strstr(err.text, "hunter2"));
    assert_null(strstr(err.hint, "hunter2"));
    assert_non_null(strstr(err.hint, "upstream_proxy_credentials"));
  }
}

// ---- credentials

static bool use_file(const char *text, mode_t mode, struct err *err) {
  char path[] = "/tmp/postern-proxy-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0);
  close(fd);
  struct proxy_choice choice = {.url = STR("https://p.example:8443"), .credentials = path};
  bool ok = proxy_use(&choice, err);
  unlink(path);
  return ok;
}

static void credentials_come_from_a_file_of_ones_own(void **state) {
  (void)state;
  struct err err;
  if (!use_file("me:hunter2:and more\n", 0600, &err)) fail_msg("%s", err.text);
  const struct proxy *p = proxy_of(STR("a.example"));
  assert_true(str_is(secret_reveal(p->user), "me"));
  assert_true(str_is(secret_reveal(p->password), "hunter2:and more"));
  assert_string_equal(p->url, "https://p.example:8443");
  proxy_drop();

  assert_false(use_file("me:hunter2\n", 0640, &err));
  assert_non_null(strstr(err.hint, "chmod 600"));
  static const char *const bad[] = {"", "hunter2", ":hunter2", "me:hunter2\nme:hunter2", "me:hunter2\x01"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (use_file(bad[i], 0600, &err)) fail_msg("line %zu should be refused", i);
    assert_null(strstr(err.text, "hunter2"));
    assert_non_null(strstr(err.text, "user:password"));
  }
  struct proxy_choice alone = {.credentials = "/nowhere"};
  assert_false(proxy_use(&alone, &err));
  assert_string_equal(err.field, "upstream_proxy_credentials");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_proxy_all_is_direct),
      cmocka_unit_test(who_is_reached_directly),
      cmocka_unit_test(bad_items_are_named),
      cmocka_unit_test(bad_urls_are_refused_and_not_repeated),
      cmocka_unit_test(credentials_come_from_a_file_of_ones_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/un.h>

#include <cmocka.h>

#include "http/guard.h"

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

static union address address_of(const char *text) {
  union address a = {0};
  if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1)
    a.any.sa_family = AF_INET;
  else if (inet_pton(AF_INET6, text, &a.v6.sin6_addr) == 1)
    a.any.sa_family = AF_INET6;
  else
    fail_msg("%s is no address", text);
  return a;
}

static void check(const struct http_guard *g, const char *text, bool allowed) {
  union address a = address_of(text);
  if (http_guard_allows(g, &a.any) != allowed)
    fail_msg("%s should be %s", text, allowed ? "allowed" : "refused");
}

// The first and last address of each refused range, and their neighbours outside where those are public.
static const char *const refused[] = {
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.255",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.255",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.1.2.3",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::8.8.8.8",
    "64:ff9b:1:a00:0:100:808:808",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:c0a8:101::",
    "2001:0:808:808::80ff:fefe",
    "2001:db8::1",
    "2001:2::1",
    "100::1",
    "fc00::1",
    "fdff::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff02::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "5f00::1",
    // the rest of the IANA special-purpose registries
    "0.0.0.1",
    "192.0.0.8",
    "192.0.0.170",
    "192.88.99.2",
    "255.255.255.254",
    "100:0:0:1::1",
    "100:0:0:1:ffff:ffff:ffff:ffff",
    "2001:1::4",
    "2001:2:0:ffff::1",
    "2001:10::1",
    "2001:1ff:ffff::1",
    // translated: another form of what is mapped
    "::ffff:0:127.0.0.1",
    "::ffff:0:10.0.0.1",
    "::ffff:0:169.254.169.254",
    "::ffff:0:192.168.1.1",
    "::ffff:0:100.64.0.1",
    "::ffff:0:0.0.0.0",
    "::ffff:0:255.255.255.255",
    // carried in the other forms
    "::169.254.169.254",
    "::192.168.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::192.168.0.1",
    "2002:a9fe:a9fe::1",
    "2001:0:a00:1::f7f7:f7f7",   // Teredo's server
    "2001:0:808:808::5601:5601", // and client, 169.254.169.254
    "2606:4700::5efe:10.0.0.1",  // ISATAP
    "2606:4700::200:5efe:127.0.0.1",
    "2002:808:808:0:0:5efe:10.0.0.1",
    // nobody's
    "::1:0:0",
    "::ffff:0:0:1",
    "64:ff9b:0:0:0:1:808:808",
    "64:ff9a::8.8.8.8",
    "64:ff9b:2::1",
    "200::1",
    "400::1",
    "1fff::1",
    "4000::1",
    "8000::1",
    "fbff::1",
    "fe00::1",
};

static const char *const allowed[] = {
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.101.0",
    "203.0.114.0",
    "223.255.255.255",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2001:0:808:808::f7f7:f7f7",
    "2001:4860::1",
    "2001:200::1",
    "2001:db7::1",
    "2001:db9::1",
    "2000::1",
    "3ffe::1",
    "3fff:1000::1",
    "::8.8.8.8",
    "::ffff:0:8.8.8.8",
    "2606:4700::5efe:808:808",
    "2606:4700::5eff:a00:1",
};

static void ranges(void **state) {
  (void)state;
  struct http_guard *g;
  struct err err;
  assert_true(http_guard_new(NULL, 0, &g, &err));
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    check(g, refused[i], false), check(NULL, refused[i], false);
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
    check(g, allowed[i], true), check(NULL, allowed[i], true);
  http_guard_free(g);
  http_guard_free(NULL);
}

static void other_families_are_refused(void **state) {
  (void)state;
  struct sockaddr_un local = {.sun_family = AF_UNIX};
  assert_false(http_guard_allows(NULL, (struct sockaddr *)&local));
}

static void the_operator_opens_ranges(void **state) {
  (void)state;
  const struct str allow[] = {STR("10.1.0.0/16"), STR("::1"), STR("127.0.0.1/32")};
  struct http_guard *g;
  struct err err;
  assert_true(http_guard_new(allow, 3, &g, &err));
  check(g, "10.1.255.1", true);
  check(g, "10.2.0.0", false);
  check(g, "::1", true);
  check(g, "127.0.0.1", true);
  check(g, "127.0.0.2", false);
  check(g, "::ffff:10.1.0.1", true); // the same address in another coat
  check(g, "64:ff9b::10.1.0.1", true);
  check(g, "64:ff9b::10.2.0.1", false);
  check(g, "::ffff:0:10.1.0.1", true);
  check(g, "::ffff:0:10.2.0.1", false);
  check(g, "::ffff:0:127.0.0.1", true);
  check(g, "8.8.8.8", true);
  http_guard_free(g);

  const struct str all6[] = {STR("::/0")}; // opens IPv6, not IPv4
  assert_true(http_guard_new(all6, 1, &g, &err));
  check(g, "fc00::1", true);
  check(g, "64:ff9b::127.0.0.1", true);
  check(g, "127.0.0.1", false);
  check(g, "::ffff:127.0.0.1", false);
  http_guard_free(g);
}

static void bad_ranges_are_named(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",           "10.0.0.0/33", "10.0.0.0/",
      "10.0.0.0/x", "10.0.0.1/8",  "10.0.0/8",
      "0x7f.0.0.1", "::1/129",     "::1/8",
      "fe80::1%lo", "localhost",   "/8",
      "1.2.3.4/-1", "1.2.3.4/8/8", "11111111111111111111111111111111111111111111111111111"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct str text = str_of(bad[i]);
    struct http_guard *g = NULL;
    struct err err = {0};
    if (http_guard_new(&text, 1, &g, &err)) fail_msg("\"%s\" was taken", bad[i]);
    assert_null(g);
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(strstr(err.text, bad[i][0] ? "\"" : "not an"));
  }
}

static void cidr_contains(void **state) {
  (void)state;
  struct http_cidr c;
  struct err err;
  assert_true(http_cidr_parse(STR("192.168.4.0/22"), &c, &err));
  union address in = address_of("192.168.7.255"), out = address_of("192.168.8.0"),
                mapped = address_of("::ffff:192.168.4.1");
  assert_true(http_cidr_contains(&c, &in.any));
  assert_false(http_cidr_contains(&c, &out.any));
  assert_true(http_cidr_contains(&c, &mapped.any));
}

static void equal_guards_share_a_class(void **state) {
  (void)state;
  const struct str a[] = {STR("10.0.0.0/8")}, b[] = {STR("10.0.0.0/9")};
  struct http_guard *one = NULL, *two = NULL, *three = NULL;
  struct err err;
  assert_true(http_guard_new(a, 1, &one, &err) && http_guard_new(a, 1, &two, &err) &&
              http_guard_new(b, 1, &three, &err));
  assert_true(http_guard_class(one) == http_guard_class(two));
  assert_true(http_guard_class(one) != http_guard_class(three));
  assert_true(http_guard_class(one) != http_guard_class(NULL));
  http_guard_free(one), http_guard_free(two), http_guard_free(three);
}

// What a proxy would be asked for. `meant`: the address that it is judged as; "": none.
static const struct host_case {
  const char *host, *meant;
  bool allowed;
} hosts[] = {
    {"api.example.com", "", true},
    {"api.example.com.", "", true},
    {"API_1.example-2.com", "", true},
    {"0x7f.example", "", true},
    {"1.2.3.4.nip.example", "", true},
    {"8.8.8.8", "8.8.8.8", true},
    {"[2606:4700::1]", "2606:4700::1", true},
    {"10.0.0.1", "10.0.0.1", false},
    {"10.0.0.1.", "10.0.0.1", false},
    {"127.0.0.1...", "127.0.0.1", false},
    {"169.254.169.254", "169.254.169.254", false},
    {"[::1]", "::1", false},
    {"::1", "::1", false},
    {"[::ffff:10.0.0.1]", "::ffff:10.0.0.1", false},
    {"[64:ff9b::7f00:1]", "64:ff9b::7f00:1", false},
    {"[2002:7f00:1::]", "2002:7f00:1::", false},
    {"localhost", "127.0.0.1", false},
    {"LocalHost.", "127.0.0.1", false},
    {"a.localhost", "127.0.0.1", false},
    {"a.b.LOCALHOST.", "127.0.0.1", false},
    {".localhost", "", true}, // no name that resolves
    {"localhost.example.com", "", true},
    {"ip6-localhost", "::1", false},
    {"metadata.google.internal", "169.254.169.254", false},
    // spellings that programs read as addresses, each in its way
    {"2130706433", "", false},
    {"0x7f000001", "", false},
    {"0x7f.1", "", false},
    {"127.1", "", false},
    {"0177.0.0.1", "", false},
    {"010.0.0.1", "", false},
    {"010.0.0.1.", "", false},
    {"1.2.3.4.5", "", false},
    {"example.0x", "", false},
    {"256.256.256.256", "", false},
    // what is no name at all
    {"", "", false},
    {".", "", false},
    {"[]", "", false},
    {"[::1", "", false},
    {"[::1%25lo]", "", false},
    {"[10.0.0.1]", "", false},
    {"a b", "", false},
    {"%31%30.0.0.1", "", false},
    {"\xef\xbc\x91\xef\xbc\x90.0.0.1", "", false},             // digits of full width
    {"127\343\200\2020\343\200\2020\343\200\2021", "", false}, // ideographic full stops
    {"\342\223\233ocalhost", "", false},
};

static void hosts_are_judged_by_what_they_mean(void **state) {
  (void)state;
  char judged[HTTP_ADDRESS_MOST];
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
    const struct host_case *c = &hosts[i];
    if (http_guard_allows_host(NULL, str_of(c->host), judged) != c->allowed)
      fail_msg("%s should be %s", c->host, c->allowed ? "allowed" : "refused");
    assert_string_equal(judged, c->meant);
  }
}

static void what_is_opened_is_opened_by_name(void **state) {
  (void)state;
  const struct str allow[] = {STR("127.0.0.0/8"), STR("10.1.0.0/16")};
  char judged[HTTP_ADDRESS_MOST];
  struct http_guard *g = NULL;
  struct err err;
  assert_true(http_guard_new(allow, 2, &g, &err));
  assert_true(http_guard_allows_host(g, STR("localhost"), judged));
  assert_true(http_guard_allows_host(g, STR("10.1.2.3"), judged));
  assert_false(http_guard_allows_host(g, STR("10.2.2.3"), judged));
  assert_false(http_guard_allows_host(g, STR("0x7f.1"), judged)); // still not plain
  http_guard_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranges),
      cmocka_unit_test(other_families_are_refused),
      cmocka_unit_test(the_operator_opens_ranges),
      cmocka_unit_test(bad_ranges_are_named),
      cmocka_unit_test(cidr_contains),
      cmocka_unit_test(hosts_are_judged_by_what_they_mean),
      cmocka_unit_test(what_is_opened_is_opened_by_name),
      cmocka_unit_test(equal_guards_share_a_class),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

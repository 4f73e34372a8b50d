// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"
#include "base/codec.h"
#include "base/decode.h"

#define TEXT(s)                                                                                              \
  { s, sizeof(s) - 1 }

static const struct {
  const char *type;
  struct str given, made;
} bodies[] = {
    {"application/json", TEXT("{\"a\":\"\xc3\xa9\"}"), TEXT("{\"a\":\"\xc3\xa9\"}")},
    {"application/json; charset=utf-8", TEXT("{\"a\":\"\\ud83d\"}"), TEXT("{\"a\":\"\xef\xbf\xbd\"}")},
    {"application/problem+json", TEXT("\xef\xbb\xbf{}"), TEXT("{}")},
    {"application/json", TEXT("{\"a\":\"\xff\"}"), TEXT("{\"a\":\"\xef\xbf\xbd\"}")},
    {"application/json; charset=ISO-8859-1", TEXT("{\"a\":\"\xe9\"}"), TEXT("{\"a\":\"\xc3\xa9\"}")},
    {"application/json;charset=\"windows-1252\"", TEXT("[\"\x80\"]"), TEXT("[\"\xe2\x82\xac\"]")},
    {"application/json; charset=iso-8859-1", TEXT("[\"\xc3\xa9\"]"),
     TEXT("[\"\xc3\xa9\"]")}, // it is UTF-8 in truth
    {"application/json; charset=utf-16", TEXT("\xff\xfe[\0001\0]\0"), TEXT("[1]")},
    {"application/json", TEXT("\xfe\xff\0[\0001\0]"), TEXT("[1]")},
    {"application/json", TEXT("[\0001\0]\0"), TEXT("[1]")},
    {"application/json", TEXT("\0[\0001\0]"), TEXT("[1]")},
    {"application/json", TEXT("{\"a\":\"}\\\"\"}\n<!-- 3 ms -->"), TEXT("{\"a\":\"}\\\"\"}")},
    {"application/json", TEXT("[1] Notice: x"), TEXT("[1]")},
    {"application/json", TEXT("{\"a\":1}\n[2]"), TEXT("{\"a\":1}\n[2]")}, // perhaps data: not ours to drop
    {"application/json", TEXT("{\"a\":1,"), TEXT("{\"a\":1,")},
    {"application/json", TEXT("[\"a"), TEXT("[\"a")},
    {"application/json", TEXT("{\"\\"), TEXT("{\"\\")},
    {"text/plain; charset=iso-8859-1", TEXT("\xe9"), TEXT("\xc3\xa9")},
    {"text/plain", TEXT("\xe9"), TEXT("\xe9")},
    {"image/png", TEXT("\x89PNG\\ud83d"), TEXT("\x89PNG\\ud83d")},
    {"text/plain; charset=nonsense", TEXT("\xe9"), TEXT("\xe9")},
    {"text/plain; charset=utf-8//TRANSLIT", TEXT("\xe9"), TEXT("\xe9")},
    {"", TEXT("\xe9"), TEXT("\xe9")},
};

static void bodies_are_read_as_they_were_meant(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    struct buf body = BUF_MAX(1024);
    buf_add(&body, bodies[i].given);
    decode_body(str_of(bodies[i].type), &body);
    if (!str_eq(buf_str(&body), bodies[i].made))
      fail_msg("%zu, %s: \"%.*s\"", i, bodies[i].type, STR_ARG(buf_str(&body)));
    buf_free(&body);
  }
}

static void one_that_does_not_fit_stays(void **state) {
  (void)state;
  struct buf body = BUF_MAX(6);
  buf_add(&body, STR("[\"\xff\xff\"]"));
  decode_body(STR("application/json"), &body);
  assert_true(str_eq(buf_str(&body), STR("[\"\xff\xff\"]")) && !body.full);
  buf_free(&body);
}

// Whatever comes in, UTF-8 goes out, and once is enough.
static void everything_ends_as_utf8(void **state) {
  (void)state;
  uint32_t seed = 7;
  for (int round = 0; round < 20000; round++) {
    char bytes[24];
    struct buf once = BUF_MAX(1024), twice = BUF_MAX(1024);
    static const char some[] = "\"\\u\\ud83d\\ude00[]{} \n\xc3\xa9\xff\xf0\x9f\x98\x80";
    for (size_t i = 0; i < sizeof bytes; i++)
      bytes[i] = some[((seed = seed * 1664525 + 1013904223) >> 8) % (sizeof some - 1)];
    (void)decode_json(str_make(bytes, sizeof bytes), DECODE_ALL, &once);
    assert_true(codec_is_utf8(buf_str(&once)));
    assert_false(decode_json(buf_str(&once), DECODE_ALL, &twice));
    buf_free(&once);
    buf_free(&twice);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(bodies_are_read_as_they_were_meant),
                                     cmocka_unit_test(one_that_does_not_fit_stays),
                                     cmocka_unit_test(everything_ends_as_utf8)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/codec.h"

static int setup(void **state) {
  *state = arena_new();
  return 0;
}

static int teardown(void **state) {
  arena_free(*state);
  return 0;
}

static void test_hex(void **state) {
  (void)state;
  char out[9];
  unsigned char back[4] = {0};
  codec_hex("\x00\xff\x1a\x80", 4, out);
  assert_string_equal(out, "00ff1a80");
  assert_true(codec_unhex(STR("00fF1A80"), back, 4));
  assert_memory_equal(back, "\x00\xff\x1a\x80", 4);
  assert_false(codec_unhex(STR("00ff1a8"), back, 4));
  assert_false(codec_unhex(STR("00ff1a8g"), back, 4));
  assert_false(codec_unhex(STR("00ff1a8000"), back, 4));
}

static void test_base64(void **state) {
  struct arena *a = *state;
  // RFC 4648 §10
  static const char *const rows[][2] = {{"", ""},
                                        {"f", "Zg=="},
                                        {"fo", "Zm8="},
                                        {"foo", "Zm9v"},
                                        {"foob", "Zm9vYg=="},
                                        {"fooba", "Zm9vYmE="},
                                        {"foobar", "Zm9vYmFy"}};
  struct str back;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    check_text(codec_base64(a, str_of(rows[i][0])), rows[i][1]);
    assert_true(codec_unbase64(a, str_of(rows[i][1]), &back));
    check_text(back, rows[i][0]);
  }
  check_text(codec_base64_url(a, STR("\xfb\xff\xfe?")), "-__-Pw");
  assert_true(codec_unbase64_url(a, STR("-__-Pw"), &back));
  check_text(back, "\xfb\xff\xfe?");
  static const char *const bad[] = {
      "Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zg==Zg==", "-_-_"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (codec_unbase64(a, str_of(bad[i]), &back)) fail_msg("taken: %s", bad[i]);
  assert_false(codec_unbase64_url(a, STR("Zg=="), &back));
  assert_false(codec_unbase64_url(a, STR("Z"), &back));
  assert_false(codec_unbase64_url(a, STR("Zh"), &back));
  assert_false(codec_unbase64_url(a, STR("a+b/"), &back));
  assert_false(codec_unbase64(a, str_make("A\0==", 4), &back));
}

static void test_percent(void **state) {
  struct arena *a = *state;
  struct buf b = BUF_MAX(100);
  struct str back;
  codec_percent(&b, str_make("a/..%\0é~", 9));
  check_text(buf_str(&b), "a%2F..%25%00%C3%A9~");
  assert_true(codec_unpercent(a, buf_str(&b), &back));
  assert_int_equal(back.n, 9);
  assert_memory_equal(back.p, "a/..%\0é~", 9);
  assert_true(codec_unpercent(a, STR("a+b%2f"), &back));
  check_text(back, "a+b/");
  assert_false(codec_unpercent(a, STR("%"), &back));
  assert_false(codec_unpercent(a, STR("%4"), &back));
  assert_false(codec_unpercent(a, STR("a%4x"), &back));
  assert_true(codec_unpercent(a, STR("%41"), &back));
  check_text(back, "A");
  buf_free(&b);
}

static void test_utf8(void **state) {
  (void)state;
  static const char *const good[] = {"",
                                     "plain ascii of some length",
                                     "é",
                                     "\xdf\xbf",
                                     "\xe0\xa0\x80",
                                     "\xed\x9f\xbf",
                                     "\xee\x80\x80",
                                     "\xf0\x90\x80\x80",
                                     "\xf4\x8f\xbf\xbf",
                                     "1234567é",
                                     "12345678日本語"};
  static const char *const bad[] = {"\x80",
                                    "\xc0\x80",
                                    "\xc1\xbf",
                                    "\xc3",
                                    "\xe0\x9f\xbf",
                                    "\xe2\x82",
                                    "\xed\xa0\x80",
                                    "\xf0\x8f\xbf\xbf",
                                    "\xf4\x90\x80\x80",
                                    "\xf5\x80\x80\x80",
                                    "\xff",
                                    "\xe2\x28\xa1",
                                    "1234567\xc3",
                                    "12345678\xff"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!codec_is_utf8(str_of(good[i]))) fail_msg("refused: %s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (codec_is_utf8(str_of(bad[i]))) fail_msg("taken: row %zu", i);
}

static void test_http_text(void **state) {
  (void)state;
  assert_true(codec_is_token(STR("X-Api-Key")));
  assert_true(codec_is_token(STR("!#$%&'*+-.^_`|~09azAZ")));
  assert_false(codec_is_token(STR("")));
  assert_false(codec_is_token(STR("a b")));
  assert_false(codec_is_token(STR("a:b")));
  assert_false(codec_is_token(str_make("a\0b", 3)));
  assert_true(codec_is_field_value(STR("")));
  assert_true(codec_is_field_value(STR("a\tb \xc3\xa9")));
  assert_false(codec_is_field_value(STR("a\rb")));
  assert_false(codec_is_field_value(STR("a\nb")));
  assert_false(codec_is_field_value(str_make("a\0b", 3)));
  assert_false(codec_is_field_value(STR("a\x7f")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hex),
      cmocka_unit_test_setup_teardown(test_base64, setup, teardown),
      cmocka_unit_test_setup_teardown(test_percent, setup, teardown),
      cmocka_unit_test(test_utf8),
      cmocka_unit_test(test_http_text),
  };
  return cmocka_run_group_tests_name("base/codec", tests, NULL, NULL);
}

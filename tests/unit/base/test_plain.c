// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/codec.h"
#include "base/plain.h"

static void is(void (*form)(struct buf *, struct str), struct str text, const char *wanted) {
  struct buf out = BUF_MAX(4096);
  form(&out, text);
  if (!str_is(buf_str(&out), wanted)) fail_msg("\n got  %.*s\n want %s", STR_ARG(buf_str(&out)), wanted);
  buf_free(&out);
}

static size_t put(char *p, uint32_t c) { // UTF-8
  if (c < 0x80) return p[0] = (char)c, 1;
  size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = n; i > 1; i--, c >>= 6) p[i - 1] = (char)(0x80 | (c & 0x3f));
  p[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
  return n;
}

// Every character there is: it comes out as it went in, or marked, or escaped; and no byte of what is escaped
// is anything but ASCII.
static void every_character(void **state) {
  (void)state;
  size_t unsafe = 0;
  for (uint32_t c = 0; c < 0x110000; c++) {
    if (c >= 0xd800 && c < 0xe000) continue;
    char text[4];
    uint32_t back;
    struct str s = {text, put(text, c)};
    assert_int_equal(plain_next(s, &back), s.n);
    assert_int_equal(back, c);
    struct buf mark = BUF_MAX(64), json = BUF_MAX(64);
    plain_mark(&mark, s);
    plain_json(&json, s);
    bool blank = c == '\n' || c == '\t', safe = plain_is_safe(c);
    if (!str_eq(buf_str(&mark), safe || blank ? s : STR("?")))
      fail_msg("U+%04X: %.*s", c, STR_ARG(buf_str(&mark)));
    for (size_t i = 0; !safe && i < json.n; i++) assert_true((unsigned char)json.p[i] < 0x7f);
    if (safe && !str_eq(buf_str(&json), s)) fail_msg("U+%04X: %.*s", c, STR_ARG(buf_str(&json)));
    unsafe += !safe;
    buf_free(&mark);
    buf_free(&json);
  }
  assert_in_range(unsafe, 4096 + 100, 4096 + 200); // not by mistake a whole script
}

static void what_harms_a_terminal(void **state) {
  (void)state;
  static const uint32_t unsafe[] = {
      0x00,   0x07,   0x08,   0x0d,   0x1b,   0x7f,    0x80,    0x85,    0x90,    0x9b,   0x9d,
      0x9f,   0xad,   0x61c,  0x180e, 0x200b, 0x200c,  0x200d,  0x200e,  0x200f,  0x2028, 0x2029,
      0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060,  0x2064,  0x2066,  0x2067,  0x2068, 0x2069,
      0x206f, 0x3164, 0xfeff, 0xfff9, 0xfffb, 0xe0000, 0xe0001, 0xe0020, 0xe007f, 0xe0100};
  static const uint32_t safe[] = {' ',   'a',    '?',    '~',    0xa0,   0xe9,   0x5d0,
                                  0x627, 0x20ac, 0x2026, 0x4e2d, 0xfe0f, 0xfffd, 0x1f600};
  for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
    if (plain_is_safe(unsafe[i])) fail_msg("U+%04X is taken for safe", unsafe[i]);
  for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
    if (!plain_is_safe(safe[i])) fail_msg("U+%04X is taken for unsafe", safe[i]);
  assert_false(plain_is_safe(PLAIN_BROKEN));
}

static void texts(void **state) {
  (void)state;
  is(plain_mark,
     STR("a\x1b[2J\xc2\x9b"
         "31m\xe2\x80\xae"
         "b\n\tc\r\n"),
     "a?[2J?31m?b\n\tc?\n");
  is(plain_mark_line, STR("a\n\tb\x1b"), "a  b?");
  is(plain_mark, STR(""), "");
  is(plain_mark,
     STR("\x9b"
         "2J \xe2 \xe2\x80 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xf3\xa0\x81\x81"),
     "?2J ? ?? ?? ??? ???? ?");
  is(plain_mark, STR("é… 中 😀 \xe2"), "é… 中 😀 ?");
  is(plain_json, STR("{\n  \"a\": \"\\u001b \xc2\x9b \xe2\x80\xae \x7f \xf3\xa0\x80\x81 é\"\n}\n"),
     "{\n  \"a\": \"\\u001b \\u009b \\u202e \\u007f \\udb40\\udc01 é\"\n}\n");
  is(plain_json, STR("\"\x9b\""), "\"\\ufffd\"");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_character),
      cmocka_unit_test(what_harms_a_terminal),
      cmocka_unit_test(texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

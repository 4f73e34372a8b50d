// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"
#include "../support/forward_oracle.h"

static const char *const samples[] = {
    "",
    " ",
    "null",
    " true ",
    "false",
    "nul",
    "nulll",
    "truefalse",
    "0",
    "-0",
    "01",
    "-",
    "+1",
    "1.",
    ".5",
    "1.5e",
    "1e5",
    "1E+05",
    "1e-",
    "1.0e+10",
    "--1",
    "0x10",
    "1 2",
    "NaN",
    "Infinity",
    "-Infinity",
    "\"\"",
    "\"a\"",
    "\"",
    "\"a",
    "'a'",
    "\"\\\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\/\\b\\f\\n\\r\\t\"",
    "\"\\x\"",
    "\"\\u00e9\"",
    "\"\\u00E\"",
    "\"\\u00g0\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\"\\ud83d\\ud83d\"",
    "\"\\ud83d\\n\"",
    "\"\\ud83dx\"",
    "\"\\u0000\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"\x7f\"",
    "\"é日本😀\"",
    "\"\xff\"",
    "\"\xc3\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\xff",
    "\xef\xbb\xbf{}",
    "{}",
    "[]",
    "[ ]",
    "{ }",
    "[1]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "[",
    "]",
    "{",
    "}",
    "[}",
    "{]",
    "[[]",
    "[]]",
    "{\"a\":1}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{a:1}",
    "{1:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,\"b\":[true,false,null,{\"c\":\"d\"}]}",
    " \t\r\n{ \"a\" : [ 1 , 2 ] }\n",
    "\v1",
    "1\f",
    "[1]x",
    "{} {}",
    "// c\n1",
    "/**/1",
    "[1,2]//",
    "{\"a\":{\"b\":{\"c\":[[[[]]]]}}}",
    "{\"\":\"\"}",
    "[-1.25e-7,100000000000000000000000000000000000000]",
    "[1e400]",
    "{\"k\":\"a quote \\\" a slash \\\\ and text that is longer than a block of sixteen\"}",
};

static void test_samples_agree_with_yyjson(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    const char *wrong = forward_oracle(str_of(samples[i]), 1 << 20);
    if (wrong) fail_msg("%s: %s", samples[i], wrong);
  }
}

// Each sample's special bytes at each place of a block, and cut off at each byte.
static void test_every_offset_and_cut(void **state) {
  (void)state;
  static const char middle[] = "\\\" \\u00e9\\ud83d\\ude00 é日本😀 \\\\ end";
  for (size_t before = 0; before < 40; before++) {
    char text[128];
    int n = snprintf(text, sizeof text, "[\"%.*s%s\",-12.5e+3,true]", (int)before,
                     "........................................", middle);
    for (int cut = 0; cut <= n; cut++) {
      char *exact = malloc((size_t)cut + 1); // so that a sanitizer sees one byte too far
      memcpy(exact, text, (size_t)cut);
      const char *wrong = forward_oracle(str_make(exact, (size_t)cut), 1 << 20);
      free(exact);
      if (wrong) fail_msg("%.*s: %s", cut, text, wrong);
    }
  }
}

static void test_every_byte_in_every_state(void **state) {
  (void)state;
  static const char *const around[][2] = {
      {"", ""},         {"[", "]"},   {"[1", "2]"},   {"{", "}"},         {"{\"a\"", "1}"},
      {"{\"a\":", "}"}, {"\"", "\""}, {"\"\\", "\""}, {"\"\\u00", "0\""}, {"\"\xe2", "\x82\""},
      {"[tr", "e]"},    {"1", ""},    {"1.", "0"},    {"1e", "1"}};
  for (size_t i = 0; i < sizeof around / sizeof *around; i++)
    for (int byte = 0; byte < 256; byte++) {
      char text[32];
      size_t a = strlen(around[i][0]), b = strlen(around[i][1]);
      memcpy(text, around[i][0], a);
      text[a] = (char)byte;
      memcpy(text + a + 1, around[i][1], b);
      const char *wrong = forward_oracle(str_make(text, a + 1 + b), 1 << 20);
      if (wrong) fail_msg("%s <%02x> %s: %s", around[i][0], (unsigned)byte, around[i][1], wrong);
    }
}

static void test_text_and_places(void **state) {
  (void)state;
  struct buf out = BUF_MAX(1000);
  struct err err;
  buf_add_z(&out, "before ");
  assert_true(json_forward(&out, STR("{ \"a\" : \"x\\n\\\"y\" ,\n \"n\" : 1.10 }"), 8, &err));
  check_text(buf_str(&out), "before {\\\"a\\\":\\\"x\\\\n\\\\\\\"y\\\",\\\"n\\\":1.10}");
  assert_false(json_forward(&out, STR("{\"a\":1,}"), 8, &err));
  check_has(err.text, "at byte 7");
  assert_int_equal(err.code, ERR_INVALID);
  buf_free(&out);
}

static void test_limits(void **state) {
  (void)state;
  struct buf out = BUF_MAX(100000);
  struct err err;
  assert_true(json_forward(&out, STR("[[[]]]"), 3, &err));
  assert_false(json_forward(&out, STR("[[[[]]]]"), 3, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  static char big[60000];
  memset(big, '\\', sizeof big);
  big[0] = big[sizeof big - 1] = '"';
  assert_false(json_forward(&out, str_make(big, sizeof big), 3, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_true(out.full);
  assert_true(out.n <= out.max);
  buf_free(&out);
  for (size_t most = 0; most < 300; most++) { // whatever the maximum, it is kept and told
    static const char text[] =
        "{\"key\":[\"a string of some length\",123456789012345678901234567890,true,null,\"\\\\\"]}";
    const char *wrong = forward_oracle(str_of(text), most);
    if (wrong) fail_msg("at most %zu: %s", most, wrong);
  }
}

static void test_long_inputs(void **state) {
  (void)state;
  struct buf text = BUF_MAX(8 << 20);
  buf_add_char(&text, '[');
  for (int i = 0; i < 20000; i++)
    buf_printf(&text,
               "{\"id\" : %d, \"name\": \"zone %d \\\"é\\\" \", \"on\": %s, \"list\": [1.5, -2e3, null]},\n",
               i, i, i % 2 ? "true" : "false");
  buf_add_z(&text, "\"last\"]");
  const char *wrong = forward_oracle(buf_str(&text), 64 << 20);
  if (wrong) fail_msg("%s", wrong);
  text.n = 0; // digits longer than any step
  for (int i = 0; i < 100000; i++) buf_add_char(&text, '7');
  wrong = forward_oracle(buf_str(&text), 64 << 20);
  if (wrong) fail_msg("%s", wrong);
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_samples_agree_with_yyjson),
      cmocka_unit_test(test_every_offset_and_cut),
      cmocka_unit_test(test_every_byte_in_every_state),
      cmocka_unit_test(test_text_and_places),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_long_inputs),
  };
  return cmocka_run_group_tests_name("data/json_forward", tests, NULL, NULL);
}

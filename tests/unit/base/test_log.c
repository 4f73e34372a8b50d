// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <unistd.h>

#include "base/log.h"

static char line[32768];

// What one event puts on standard error.
static const char *logged(enum log_level level, struct str request, const char *message) {
  int ends[2], kept = dup(STDERR_FILENO);
  assert_int_equal(pipe(ends), 0);
  dup2(ends[1], STDERR_FILENO);
  log_event(level, request, "%s", message);
  dup2(kept, STDERR_FILENO);
  close(ends[1]);
  ssize_t n = read(ends[0], line, sizeof line - 1);
  close(ends[0]);
  close(kept);
  line[n > 0 ? n : 0] = 0;
  return line;
}

static void test_text(void **state) {
  (void)state;
  log_configure(LOG_INFO, false);
  check_has(logged(LOG_WARN, STR("req_1"), "two\nlines\x1b[31m"),
            "Z warn  two\\u000alines\\u001b[31m [req_1]\n");
  check_has(logged(LOG_WARN, STR_NONE,
                   "a\xc2\x9b"
                   "b\xe2\x80\xae \xf3\xa0\x81\x81 \x9b é\xe2"),
            "a\\u009bb\\u202e \\udb40\\udc41 \\ufffd é\\ufffd\n");
  assert_string_equal(logged(LOG_DEBUG, STR_NONE, "quiet"), "");
  assert_true(log_wants(LOG_ERROR));
  assert_false(log_wants(LOG_DEBUG));
}

static void test_json(void **state) {
  (void)state;
  log_configure(LOG_DEBUG, true);
  check_has(logged(LOG_DEBUG, STR_NONE, "say \"hi\" \\ \t"),
            "\"level\":\"debug\",\"message\":\"say \\\"hi\\\" \\\\ \\u0009\"}\n");
  check_has(logged(LOG_INFO, STR_NONE, "a\xc2\x9b\xe2\x80\xa8\xff\xf3\xa0\x81\x81"),
            "\"message\":\"a\\u009b\\u2028\\ufffd\\udb40\\udc41\"}\n");
  // A request id may come from outside: it cannot end the string either.
  check_has(logged(LOG_INFO, STR("a\",\"level\":\"x\n"), "m"),
            "\"request\":\"a\\\",\\\"level\\\":\\\"x\\u000a\"");
  static char longer[5000];
  memset(longer, '"', sizeof longer - 1);
  const char *all = logged(LOG_INFO, STR_NONE, longer);
  assert_string_equal(all + strlen(all) - 3, "\"}\n");
}

static void test_levels(void **state) {
  (void)state;
  enum log_level level;
  assert_true(log_level_from(STR("warn"), &level));
  assert_int_equal(level, LOG_WARN);
  assert_false(log_level_from(STR("loud"), &level));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_text),
      cmocka_unit_test(test_json),
      cmocka_unit_test(test_levels),
  };
  return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}

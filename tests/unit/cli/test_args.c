// SPDX-License-Identifier: Apache-2.0
#include "cli/args.h"

#include "../support/check.h"

#include "base/clock.h"
#include "cli/command.h"

static const struct command sample = {
    .path = "sample",
    .arguments = {{"ACCOUNT", "its name"}, {"PAIR", "more", .optional = true, .many = true}},
    .flags = {{"name", "NAME", "a name"},
              {"tag", "TAG", "a tag", true, true},
              {"role", "admin|client", "a role"},
              {"report", NULL, "all of it"}},
    .traits = COMMAND_JSON,
};
static const struct command plain = {.path = "plain", .arguments = {{"ONE", "one"}}};

#define PARSE(k, in, err, ...)                                                                               \
  args_parse((k), (int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)), (char *[]){__VA_ARGS__}, (in),    \
             (err))

static void takes_flags_anywhere(void **state) {
  (void)state;
  struct args in;
  struct err err;
  struct str value;
  size_t at = 0;
  assert_true(PARSE(&sample, &in, &err, "--tag", "a", "acme", "--name=x=y", "--json", "q=1", "--tag=b"));
  assert_int_equal(in.word_count, 2);
  assert_true(str_is(args_word(&in, 0), "acme"));
  assert_true(str_is(args_word(&in, 1), "q=1"));
  assert_true(str_is(args_text(&in, "name"), "x=y"));
  assert_true(args_has(&in, "json"));
  assert_false(args_has(&in, "report"));
  assert_true(args_next(&in, "tag", &at, &value) && str_is(value, "a"));
  assert_true(args_next(&in, "tag", &at, &value) && str_is(value, "b"));
  assert_false(args_next(&in, "tag", &at, &value));
  assert_int_equal(args_word(&in, 2).n, 0);
}

static void ends_flags_at_two_dashes(void **state) {
  (void)state;
  struct args in;
  struct err err;
  assert_true(PARSE(&sample, &in, &err, "acme", "--", "--name", "-x"));
  assert_int_equal(in.word_count, 3);
  assert_true(str_is(args_word(&in, 1), "--name"));
  assert_false(args_has(&in, "name"));
}

static void keeps_empty_lists(void **state) {
  (void)state;
  struct args in;
  struct err err;
  assert_true(PARSE(&sample, &in, &err, "acme", "--tag", ""));
  assert_true(args_has(&in, "tag"));
  assert_int_equal(args_text(&in, "tag").n, 0);
}

static void asks_for_no_arguments_with_help(void **state) {
  (void)state;
  struct args in;
  struct err err;
  assert_true(PARSE(&sample, &in, &err, "-h"));
  assert_true(args_has(&in, "help"));
}

#define REFUSES(k, word, ...)                                                                                \
  do {                                                                                                       \
    struct args in_ = {.word_count = 77};                                                                    \
    struct err err_ = {0};                                                                                   \
    assert_false(PARSE(k, &in_, &err_, __VA_ARGS__));                                                        \
    assert_int_equal(err_.code, ERR_INVALID);                                                                \
    if (!strstr(err_.text, word) && !strstr(err_.hint, word))                                                \
      fail_msg("'%s' / '%s' lacks '%s'", err_.text, err_.hint, word);                                        \
    assert_int_equal(in_.word_count, 77);                                                                    \
  } while (0)

static void refuses_with_the_reason(void **state) {
  (void)state;
  REFUSES(&sample, "did you mean --name?", "acme", "--nmae", "x");
  REFUSES(&sample, "help sample", "acme", "--something-else");
  REFUSES(&sample, "needs ACCOUNT", "--json");
  REFUSES(&sample, "needs a value", "acme", "--name");
  REFUSES(&sample, "--name must not be empty", "acme", "--name", "");
  REFUSES(&sample, "--name must not be empty", "acme", "--name=");
  REFUSES(&sample, "ACCOUNT must not be empty", "");
  REFUSES(&sample, "PAIR must not be empty", "acme", "a=b", "");
  REFUSES(&sample, "given twice", "acme", "--name", "a", "--name", "b");
  REFUSES(&sample, "admin|client", "acme", "--role", "root");
  REFUSES(&sample, "takes no value", "acme", "--report=yes");
  REFUSES(&sample, "written out", "acme", "-n");
  REFUSES(&plain, "takes no 'two'", "one", "two");
  REFUSES(&plain, "no flag --json", "one", "--json");
}

static void reads_durations(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t ms;
  } rows[] = {{"90s", 90000}, {"5m", 300000}, {"24h", 86400000}, {"7d", 604800000}, {"2w", 1209600000},
              {"0s", 0},      {"s", -1},      {"5", -1},         {"-5s", -1},       {"1.5h", -1},
              {"5h30m", -1},  {"", -1},       {"5y", -1},        {"9999999d", -1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t ms = -1;
    assert_int_equal(args_duration(str_of(rows[i].text), &ms), rows[i].ms >= 0);
    assert_int_equal(ms, rows[i].ms);
  }
}

static void reads_times(void **state) {
  (void)state;
  struct args in = {.given_count = 1};
  struct args_flag flag = {"since", "TIME", ""};
  struct err err;
  int64_t ms = 0, now = clock_now_ms();
  in.given[0] = (struct args_given){&flag, STR("2026-12-31T00:00:00Z")};
  assert_true(args_time(&in, "since", 1, &ms, &err));
  assert_int_equal(ms, 1798675200000);
  in.given[0].value = STR("2026-12-31");
  ms = 0;
  assert_true(args_time(&in, "since", 1, &ms, &err));
  assert_int_equal(ms, 1798675200000);
  in.given[0].value = STR("1h");
  assert_true(args_time(&in, "since", -1, &ms, &err));
  assert_in_range(ms, now - 3600000, now - 3600000 + 10000);
  assert_true(args_time(&in, "since", 1, &ms, &err));
  assert_in_range(ms, now + 3600000, now + 3600000 + 10000);
  in.given[0].value = STR("tomorrow");
  assert_false(args_time(&in, "since", 1, &ms, &err));
  assert_non_null(strstr(err.text, "--since"));
}

static void parts_pairs(void **state) {
  (void)state;
  struct str name, value;
  assert_true(args_pair(STR("a=b=c"), &name, &value));
  assert_true(str_is(name, "a") && str_is(value, "b=c"));
  assert_true(args_pair(STR("a="), &name, &value));
  assert_int_equal(value.n, 0);
  assert_false(args_pair(STR("=b"), &name, &value));
  assert_false(args_pair(STR("ab"), &name, &value));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(takes_flags_anywhere),
      cmocka_unit_test(ends_flags_at_two_dashes),
      cmocka_unit_test(keeps_empty_lists),
      cmocka_unit_test(asks_for_no_arguments_with_help),
      cmocka_unit_test(refuses_with_the_reason),
      cmocka_unit_test(reads_durations),
      cmocka_unit_test(reads_times),
      cmocka_unit_test(parts_pairs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "settings/settings.h"

static void known_flags_are_taken_and_others_stay(void **state) {
  (void)state;
  char *argv[] = {"postern",           "serve",  "--config", "p.yaml",
                  "--max-body-bytes",  "1MiB",   "--json",   "--allow-plain",
                  "--log_level=debug", "--name", "x",        "--",
                  "--listen",          "y",      NULL};
  int argc = (int)(sizeof argv / sizeof *argv) - 1;
  struct arena *a = arena_new();
  struct settings_input in = {0};
  struct err err;
  assert_true(settings_take_flags(&argc, argv, a, &in, &err));
  static const char *const left[] = {"postern", "serve", "--json", "--name", "x", "--", "--listen", "y"};
  assert_int_equal(argc, 8);
  for (int i = 0; i < argc; i++) assert_string_equal(argv[i], left[i]);
  assert_null(argv[argc]);
  assert_string_equal(in.file, "p.yaml");
  assert_int_equal(in.flag_count, 3);
  assert_true(str_is(in.flags[0].key, "max_body_bytes") && str_is(in.flags[0].value, "1MiB"));
  assert_true(str_is(in.flags[1].key, "allow_plain") && str_is(in.flags[1].value, "true"));
  assert_true(str_is(in.flags[2].key, "log_level") && str_is(in.flags[2].value, "debug"));
  arena_free(a);
}

static void a_flag_without_its_value_is_an_error(void **state) {
  (void)state;
  char *argv[] = {"postern", "--listen", NULL};
  int argc = 2;
  struct arena *a = arena_new();
  struct settings_input in = {0};
  struct err err;
  assert_false(settings_take_flags(&argc, argv, a, &in, &err));
  assert_string_equal(err.field, "--listen");
  arena_free(a);
}

static void a_secret_is_not_taken_from_the_command_line(void **state) {
  (void)state;
  struct settings_flag flags[] = {{STR("key"), STR("k1 00")}};
  struct settings_input in = {.flags = flags, .flag_count = 1};
  struct settings *s;
  struct err err;
  assert_false(settings_load(&in, &s, &err));
  assert_non_null(strstr(err.text, "environment"));
  assert_null(strstr(err.text, "k1 00"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_flags_are_taken_and_others_stay),
      cmocka_unit_test(a_flag_without_its_value_is_an_error),
      cmocka_unit_test(a_secret_is_not_taken_from_the_command_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "crypto/password.h"

#define GOOD STR("correct horse battery")

static void it_fits_itself_alone(void **state) {
  (void)state;
  char kept[PASSWORD_TEXT], again[PASSWORD_TEXT];
  struct err err;
  assert_true(password_keep(GOOD, kept, &err));
  assert_true(str_starts(str_of(kept), "$argon2id$"));
  assert_false(str_contains(str_of(kept), GOOD));
  assert_true(password_fits(str_of(kept), GOOD));
  assert_false(password_fits(str_of(kept), STR("correct horse batterz")));
  assert_false(password_fits(str_of(kept), STR("")));
  assert_true(password_keep(GOOD, again, &err));
  assert_string_not_equal(kept, again); // a salt of its own
}

static void nothing_fits_what_is_none(void **state) {
  (void)state;
  char text[PASSWORD_TEXT + 1];
  memset(text, 'x', sizeof text);
  assert_false(password_fits(STR_NONE, GOOD));
  assert_false(password_fits(STR_NONE, STR_NONE));
  assert_false(password_fits(STR("$argon2id$v=19$"), GOOD));
  assert_false(password_fits(str_make(text, sizeof text), GOOD));
}

static void lengths(void **state) {
  (void)state;
  char kept[PASSWORD_TEXT], text[PASSWORD_MOST + 1];
  struct err err;
  memset(text, 'x', sizeof text);
  assert_false(password_keep(str_make(text, PASSWORD_LEAST - 1), kept, &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_false(password_keep(str_make(text, sizeof text), kept, &err));
  assert_true(password_keep(str_make(text, PASSWORD_LEAST), kept, &err));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_fits_itself_alone),
      cmocka_unit_test(nothing_fits_what_is_none),
      cmocka_unit_test(lengths),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

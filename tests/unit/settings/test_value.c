// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "settings/value.h"

static void every_row_has_a_default_it_accepts(void **state) {
  (void)state;
  struct settings s = {.arena = arena_new()};
  struct err err;
  for (enum settings_id id = 0; id < SETTINGS_COUNT; id++) {
    if (!settings_set(&s, id, str_of(settings_table[id].initial), &err)) fail_msg("%s", err.text);
    assert_true(settings_find(str_of(settings_table[id].key)) == id);
    assert_true(strlen(settings_table[id].help) > 10);
    assert_true(settings_table[id].help[strlen(settings_table[id].help) - 1] != '.');
  }
  arena_free(s.arena);
}

static void units_are_understood(void **state) {
  (void)state;
  struct settings s = {.arena = arena_new()};
  struct err err;
  static const struct {
    enum settings_id id;
    const char *text;
    uint64_t value;
  } good[] = {
      {SETTINGS_ID_call_timeout, "1500ms", 1500},
      {SETTINGS_ID_call_timeout, "2 m", 120000},
      {SETTINGS_ID_audit_retention, "2d", 172800000},
      {SETTINGS_ID_audit_retention, "0s", 0},
      {SETTINGS_ID_max_body_bytes, "2048", 2048},
      {SETTINGS_ID_max_body_bytes, "2KB", 2000},
      {SETTINGS_ID_max_body_bytes, "24KiB", 24576},
      {SETTINGS_ID_upstream_body_bytes, "1GiB", 1073741824},
      {SETTINGS_ID_loops, "256", 256},
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    if (!settings_set(&s, good[i].id, str_of(good[i].text), &err)) fail_msg("%s", err.text);
    assert_true(*(uint64_t *)(void *)((char *)&s + settings_table[good[i].id].offset) == good[i].value);
  }
  static const struct {
    enum settings_id id;
    const char *text;
  } bad[] = {
      {SETTINGS_ID_call_timeout, ""},
      {SETTINGS_ID_call_timeout, "s"},
      {SETTINGS_ID_call_timeout, "-1s"},
      {SETTINGS_ID_call_timeout, "1KiB"},
      {SETTINGS_ID_call_timeout, "1.5s"},
      {SETTINGS_ID_call_timeout, "999ms"},
      {SETTINGS_ID_max_body_bytes, "1kb"},
      {SETTINGS_ID_max_body_bytes, "1s"},
      {SETTINGS_ID_loops, "257"},
      {SETTINGS_ID_loops, "0x10"},
      {SETTINGS_ID_loops, "99999999999999999999"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(settings_set(&s, bad[i].id, str_of(bad[i].text), &err));
    assert_int_equal(err.code, ERR_INVALID);
  }
  assert_false(settings_set(&s, SETTINGS_ID_listen, STR("a\0b"), &err));
  arena_free(s.arena);
}

static void the_nearest_key_is_found(void **state) {
  (void)state;
  assert_true(str_is(settings_nearest(STR("lisen"), 3), "listen"));
  assert_true(str_is(settings_nearest(STR("upstream_time_out"), 3), "upstream_timeout"));
  assert_null(settings_nearest(STR("completely_else"), 3).p);
  assert_true(settings_find(STR("nothing")) == SETTINGS_COUNT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_row_has_a_default_it_accepts),
      cmocka_unit_test(units_are_understood),
      cmocka_unit_test(the_nearest_key_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

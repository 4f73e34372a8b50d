// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "sink/target.h"

static struct arena *arena;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void test_addresses(void **state) {
  static const struct {
    const char *text, *url;
    enum sink_kind kind;
    bool in_clear;
  } good[] = {
      {"syslog://log.example.com", "http://log.example.com:601", SINK_SYSLOG, true},
      {"syslog://192.0.2.1:514", "http://192.0.2.1:514", SINK_SYSLOG, true},
      {"syslog+tls://log.example.com", "https://log.example.com:6514", SINK_SYSLOG, false},
      {"syslog+tls://[2001:db8::1]:7000/", "https://[2001:db8::1]:7000", SINK_SYSLOG, false},
      {"otlp+http://otel.example.com", "http://otel.example.com:4318/v1/logs", SINK_OTLP, true},
      {"otlp+https://otel.example.com/", "https://otel.example.com/v1/logs", SINK_OTLP, false},
      {"otlp+https://otel.example.com:99/a/b?c=d", "https://otel.example.com:99/a/b?c=d", SINK_OTLP, false},
  };
  struct sink_target t;
  struct err err;
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    if (!sink_target_read(str_of(good[i].text), arena, &t, &err)) fail_msg("%s", err.text);
    if (!str_is(t.url, good[i].url)) fail_msg("%s: %.*s", good[i].text, STR_ARG(t.url));
    assert_int_equal(t.kind, good[i].kind);
    assert_int_equal(t.in_clear, good[i].in_clear);
    assert_true(str_is(t.text, good[i].text));
  }
}

static void test_what_is_none(void **state) {
  static const char *const bad[] = {"",
                                    "log.example.com",
                                    "http://otel.example.com",
                                    "syslog+tls://",
                                    "syslog://log.example.com/path",
                                    "syslog://user:secret@log.example.com",
                                    "otlp+https://user:secret@otel.example.com",
                                    "otlp://otel.example.com",
                                    "syslog://log.example.com:99999",
                                    "syslog+tls://a b",
                                    "syslog://log.example.com?x"};
  struct sink_target t;
  struct err err;
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (sink_target_read(str_of(bad[i]), arena, &t, &err)) fail_msg("%s is taken", bad[i]);
    assert_string_equal(err.field, "audit_sinks");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
                                     cmocka_unit_test_setup_teardown(test_what_is_none, setup, teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

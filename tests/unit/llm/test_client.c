// SPDX-License-Identifier: Apache-2.0
// What is decided about a refusal before anybody is asked again.
#include "../support/check.h"

#include "llm/client.h"

static struct llm_verdict judged(int status, const char *header, const char *value, const char *code) {
  struct http_header items[] = {{str_of(header ? header : "x-none"), str_of(value ? value : "")}};
  struct http_headers headers = {items, 1};
  return llm_judge_refusal(status, &headers, str_of(code ? code : ""), INT64_C(1795970000000));
}

static void what_may_be_asked_again(void **state) {
  (void)state;
  static const struct {
    int status;
    const char *header, *value, *code;
    bool again;
    int64_t wait_ms;
  } cases[] = {
      {400, NULL, NULL, NULL, false, -1},
      {401, NULL, NULL, NULL, false, -1},
      {404, NULL, NULL, NULL, false, -1},
      {408, NULL, NULL, NULL, true, -1},
      {409, NULL, NULL, NULL, true, -1},
      {429, NULL, NULL, NULL, true, -1},
      {429, "retry-after", "7", NULL, true, 7000},
      {429, "retry-after-ms", "250", NULL, true, 250},
      {429, "retry-after", "-7", NULL, true, -1},
      {429, NULL, NULL, "insufficient_quota", false, -1},
      {500, NULL, NULL, NULL, true, -1},
      {529, NULL, NULL, NULL, true, -1},
      {500, "x-should-retry", "false", NULL, false, -1},
      {400, "x-should-retry", "true", NULL, true, -1},
      {400, "x-should-retry", "maybe", NULL, false, -1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct llm_verdict v = judged(cases[i].status, cases[i].header, cases[i].value, cases[i].code);
    if (v.again != cases[i].again || v.wait_ms != cases[i].wait_ms)
      fail_msg("case %zu: expected %d after %lld ms, got %d after %lld", i, cases[i].again,
               (long long)cases[i].wait_ms, v.again, (long long)v.wait_ms);
  }
}

static void waits_grow_to_a_limit(void **state) {
  (void)state;
  for (int tries = 1; tries < 40; tries++) {
    uint64_t most = llm_backoff_ms(tries, 0), least = llm_backoff_ms(tries, 1023);
    uint64_t whole = tries >= 5 ? 8000 : UINT64_C(500) << (tries - 1);
    assert_int_equal(most, whole);
    assert_true(least <= most && least >= whole * 3 / 4);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_may_be_asked_again),
                                     cmocka_unit_test(waits_grow_to_a_limit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

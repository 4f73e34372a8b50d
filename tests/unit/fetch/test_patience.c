// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "fetch/patience.h"

static void what_servers_say(void **state) {
  (void)state;
  static const struct {
    const char *said;
    long seconds;
  } rows[] = {{"timeout=5", 3},
              {"timeout=5, max=1000", 3},
              {"max=1000, Timeout = 75 ", 73},
              {"timeout=1", 0},
              {"timeout=2", 0},
              {"timeout=0", PATIENCE_S},
              {"timeout=119", PATIENCE_S},
              {"timeout=100000000000000000000", PATIENCE_S},
              {"timeout=-5", PATIENCE_S},
              {"timeout=5s", PATIENCE_S},
              {"timeout", PATIENCE_S},
              {"300", PATIENCE_S},
              {"max=5", PATIENCE_S},
              {"", PATIENCE_S}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct patience p = {0};
    patience_learn(&p, STR("https://a.example"), str_of(rows[i].said));
    long found = patience_of(&p, STR("https://a.example"));
    if (found != rows[i].seconds) fail_msg("%s: %ld, not %ld", rows[i].said, found, rows[i].seconds);
    assert_int_equal(patience_of(&p, STR("https://b.example")), PATIENCE_S);
    patience_free(&p);
  }
}

static void the_last_word_counts(void **state) {
  (void)state;
  struct patience p = {0};
  patience_learn(&p, STR("http://a"), STR("timeout=5"));
  patience_learn(&p, STR("http://a"), STR(""));
  assert_int_equal(patience_of(&p, STR("http://a")), 3);
  patience_learn(&p, STR("http://a"), STR("timeout=20"));
  assert_int_equal(patience_of(&p, STR("http://a")), 18);
  patience_learn(&p, STR("http://a"), STR("timeout=3600"));
  assert_int_equal(patience_of(&p, STR("http://a")), PATIENCE_S);
  patience_free(&p);
}

static void so_many_and_no_more(void **state) {
  (void)state;
  struct patience p = {0};
  struct arena *a = arena_new();
  for (int i = 0; i < 10 * PATIENCE_ORIGINS_MOST; i++) {
    struct str origin = arena_printf(a, "http://%d", i);
    patience_learn(&p, origin, STR("timeout=9"));
    assert_int_equal(patience_of(&p, origin), 7);
    assert_true(p.origins.count <= PATIENCE_ORIGINS_MOST);
  }
  arena_free(a);
  patience_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_servers_say),
                                     cmocka_unit_test(the_last_word_counts),
                                     cmocka_unit_test(so_many_and_no_more)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

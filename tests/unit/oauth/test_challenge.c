// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "oauth/challenge.h"

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

static struct challenge read_of(const char *header) {
  return challenge_read(str_of(header), arena);
}

static void bearer_parameters_are_read(void **state) {
  (void)state;
  struct challenge c =
      read_of("Bearer realm=\"OAuth\", resource_metadata=\"https://a.example/.well-known/x\", "
              "error=\"insufficient_scope\" , scope = \"a b\",error_description=\"say \\\"please\\\"\"");
  check_text(c.resource_metadata, "https://a.example/.well-known/x");
  check_text(c.scope, "a b");
  check_text(c.error, "insufficient_scope");
  check_text(c.error_description, "say \"please\"");
  assert_true(challenge_wants_scope(&c, 403));
  assert_false(challenge_wants_scope(&c, 401));
}

static void other_schemes_are_passed_over(void **state) {
  (void)state;
  check_text(read_of("Basic realm=\"scope=no\", scope=\"wrong\", Bearer scope=\"right\"").scope, "right");
  check_text(read_of("Negotiate YWJj==, bearer scope=one").scope, "one");
  check_text(read_of("Bearer scope=\"one\", DPoP scope=\"two\", Bearer scope=\"three\"").scope, "one");
  check_text(read_of("Bearer").scope, "");
  check_text(read_of("Bearer abc123==").scope, "");
}

static void what_is_broken_ends_the_reading(void **state) {
  (void)state;
  check_text(read_of("").scope, "");
  check_text(read_of("Bearer scope=\"one\", error=\"unclosed").scope, "one");
  check_text(read_of("Bearer scope=\"one\", error=\"unclosed").error, "");
  check_text(read_of("Bearer scope=\"trailing\\").scope, "");
  check_text(read_of("Bearer scope=").scope, "");
  check_text(read_of("Bearer scope=\"first\", scope=\"second\"").scope, "first");
  check_text(read_of(",,, ,Bearer ,, scope=x").scope, "x");
  check_text(read_of("Bearer ;;; scope=x").scope, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bearer_parameters_are_read),
      cmocka_unit_test(other_schemes_are_passed_over),
      cmocka_unit_test(what_is_broken_ends_the_reading),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}

// SPDX-License-Identifier: Apache-2.0
// Where a sign-in may come back to: paths of ours, by the reading of browsers.
#include "../support/check.h"

#include "oidc/oidc.h"

static void paths_of_ours(void **state) {
  (void)state;
  static const char *const good[] = {"/", "/ui/", "/ui/answer/ans_1?x=1#y",
                                     "/oauth/authorize?client_id=https%3A%2F%2Fa.example",
                                     "/ui/?next=//evil.example"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!oidc_is_path(str_of(good[i]))) fail_msg("%s is refused", good[i]);
}

static void paths_that_lead_away(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "ui/",
                                    "//evil.example",
                                    "///evil.example",
                                    "/\\evil.example",
                                    "\\\\evil.example",
                                    "/\t/evil.example",
                                    "/\n/evil.example",
                                    "/ui/\r\nSet-Cookie: a=b",
                                    "https://evil.example",
                                    "javascript:alert(1)",
                                    " /ui/",
                                    "/ui/ x",
                                    "/ui/\xc3\xa4",
                                    "/signin/company"}; // round in circles
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (oidc_is_path(str_of(bad[i]))) fail_msg("'%s' is taken", bad[i]);
  char *far = malloc(OIDC_NEXT_MOST + 2);
  memset(far, 'a', OIDC_NEXT_MOST + 1);
  *far = '/';
  assert_true(oidc_is_path(str_make(far, OIDC_NEXT_MOST)));
  assert_false(oidc_is_path(str_make(far, OIDC_NEXT_MOST + 1)));
  free(far);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(paths_of_ours),
      cmocka_unit_test(paths_that_lead_away),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

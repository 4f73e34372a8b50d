// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mcp/refusal.h"

static const struct {
  int status;
  const char *challenge, *words;
  bool token;
} rows[] = {
    {401, "", "", true},
    {401, "", "you may not do that", true},
    {403, "Bearer error=\"invalid_token\"", "", true},
    {403, "Bearer error=\"insufficient_scope\"", "", false},
    {403, "", "{\"error\":\"token_expired\"}", true},
    {403, "", "{\"error\":\"Unauthorized\"}", false}, // a permission
    {403, "", "You are not authorized", false},
    {400, "", "{\"error\":\"missing token\"}", true},
    {400, "", "Missing   access-token", true},
    {400, "", "{\"message\":\"The access token has expired.\"}", true},
    {400, "", "{\"code\":\"UNAUTHENTICATED\"}", true},
    {400, "", "Invalid page token", false},
    {400, "", "Unexpected token < in JSON at position 0", false},
    {400, "", "no tokens left", false},
    {400, "", "", false},
    {404, "", "Authentication required", true},
    {404, "", "Not found", false},
    {200, "", "Unauthorized: no token", true},
    {200, "", "authorized", false},
    {429, "", "token expired", false},
    {500, "", "token expired", false},
    {302, "", "token expired", false},
};

static void told_apart(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct refusal r = {rows[i].status, str_of(rows[i].challenge), str_of(rows[i].words)};
    if (refusal_is_of_token(&r) != rows[i].token)
      fail_msg("%d \"%s\" \"%s\": expected %s", rows[i].status, rows[i].challenge, rows[i].words,
               rows[i].token ? "the token" : "something else");
  }
}

static void a_long_answer_speaks_of_something_else(void **state) {
  (void)state;
  char text[REFUSAL_WORDS_MOST + 1];
  memset(text, 'x', sizeof text);
  memcpy(text, "token expired ", 14);
  assert_true(refusal_is_of_token(&(struct refusal){400, STR_NONE, str_make(text, REFUSAL_WORDS_MOST)}));
  assert_false(refusal_is_of_token(&(struct refusal){400, STR_NONE, str_make(text, sizeof text)}));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(told_apart),
      cmocka_unit_test(a_long_answer_speaks_of_something_else),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

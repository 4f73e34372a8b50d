// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "admin/page.h"

static void assert_str(struct str got, const char *wanted) {
  if (!str_is(got, wanted)) fail_msg("wanted \"%s\", got \"%.*s\"", wanted, STR_ARG(got));
}

static void test_text_cannot_become_markup(void **state) {
  (void)state;
  struct buf out = BUF_MAX(4096);
  page_text(&out, STR("<script>alert(\"x\" & 'y')</script>"));
  assert_str(buf_str(&out), "<p>&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;</p>\n");
  buf_clear(&out);
  page_text(&out, STR_NONE);
  assert_str(buf_str(&out), "");
  buf_free(&out);
  struct admin_call call = {.out = BUF_MAX(4096), .nonce = STR("n0nce")};
  page_form(&call, STR("a<b"), STR("\"go\""));
  assert_true(str_contains(buf_str(&call.out), STR("a&lt;b")));
  assert_true(str_contains(buf_str(&call.out), STR("&quot;go&quot;")));
  assert_true(str_contains(buf_str(&call.out), STR("<script nonce=\"n0nce\">")));
  buf_free(&call.out);
}

static void test_form_values(void **state) {
  static const struct {
    struct str form;
    const char *name, *value;
  } rows[] = {
      {STR("code=a%2Bb&state=x"), "code", "a+b"},
      {STR("code=a+b"), "code", "a b"},
      {STR("code=&state=x"), "state", "x"},
      {STR("code=&state=x"), "code", ""},
      {STR("%63ode=1"), "code", "1"},
      {STR("iss=https%3A%2F%2Fas.example%2Ft"), "iss", "https://as.example/t"},
      {STR("x=1"), "code", ""},
      {STR("code"), "code", ""},
      {STR(""), "code", ""},
      {STR("code=%zz"), "code", ""},
      // Twice: whoever stands before us may have read the other one.
      {STR("state=one&state=two"), "state", ""},
      {STR("a=b=c"), "a", "b=c"},
  };
  (void)state;
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_str(page_form_value(rows[i].form, rows[i].name, a), rows[i].value);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_text_cannot_become_markup),
      cmocka_unit_test(test_form_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

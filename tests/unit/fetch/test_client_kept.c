// SPDX-License-Identifier: Apache-2.0
// Connections that are kept, and end when they are used again.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client_fixture.h"

// libcurl would send again on a fresh connection. GET may be; POST may have taken effect.
static void only_what_is_safe_is_sent_again(void **state) {
  (void)state;
  struct outcome o[] = {
      {.path = "/once"}, {.path = "/once-anew"}, {.path = "/once", .call = {.method = "POST"}}};
  fetch_all(o, 3);
  assert_true(o[0].ok);
  if (!o[1].ok) fail_msg("%s", o[1].err.text);
  assert_true(str_is(buf_str(&o[1].result.body), "fresh"));
  assert_false(o[2].ok);
  assert_int_equal(o[2].err.code, ERR_UPSTREAM);
  expect_text(&o[2], "closed the connection before it answered");
  assert_int_equal(atomic_load(&origin.requests), 4); // once, once-anew twice, POST once
  for (int i = 0; i < 3; i++) done(&o[i]);
}

// A reset is told to libcurl otherwise than an end: by an error without a direction.
static void what_meets_a_reset(void **state) {
  (void)state;
  struct fetch_call post = {.method = "POST", .body = STR("{}"), .has_body = true};
  struct fetch_call asks = post;
  asks.harmless = true;
  struct outcome o[] = {{.path = "/reset"},
                        {.path = "/reset"},
                        {.path = "/reset", .call = asks},
                        {.path = "/reset", .call = post}};
  fetch_all(o, 4);
  for (int i = 0; i < 3; i++)
    if (!o[i].ok || !str_is(buf_str(&o[i].result.body), "first")) fail_msg("%d: %s", i, o[i].err.text);
  assert_false(o[3].ok);
  expect_text(&o[3], "closed the connection before it answered");
  assert_true(str_contains(str_of(o[3].err.hint), STR("may or may not have taken effect")));
  // One more for each try that failed; of the last one's, which was given up, the origin may not know yet.
  assert_in_range(atomic_load(&origin.connections), 3, 4);
  assert_int_equal(atomic_load(&origin.requests), 6);
  for (int i = 0; i < 4; i++) done(&o[i]);
}

// It would be closed at any time now: another one is opened, by a call of any kind.
static void a_connection_that_was_idle_as_long_as_it_is_kept(void **state) {
  (void)state;
  struct fetch_call post = {.method = "POST"};
  struct outcome o[] = {{.path = "/keeps-1s"},
                        {.path = "/keeps-1s", .call = post, .pause_ms = 1100},
                        {.path = "/ok", .call = post, .pause_ms = 1100},
                        {.path = "/ok"}};
  fetch_all(o, 4);
  for (int i = 0; i < 4; i++) {
    if (!o[i].ok) fail_msg("%d: %s", i, o[i].err.text);
    done(&o[i]);
  }
  assert_int_equal(atomic_load(&origin.connections), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, origin_start, origin_stop)

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  const struct CMUnitTest tests[] = {TEST(only_what_is_safe_is_sent_again), TEST(what_meets_a_reset),
                                     TEST(a_connection_that_was_idle_as_long_as_it_is_kept)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

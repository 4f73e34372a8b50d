// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/secret.h"

static void test_sizes(void **state) {
  (void)state;
  static const size_t sizes[] = {0,    1,    31,   100,  111,  112,    127,        128,
                                 1000, 4000, 4079, 4080, 5000, 100000, SECRET_MOST};
  enum { COUNT = sizeof sizes / sizeof *sizes };
  struct secret *all[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    char *room;
    all[i] = secret_make(sizes[i], &room);
    for (size_t j = 0; j < sizes[i]; j++) assert_int_equal(room[j], 0);
    memset(room, (int)('a' + i), sizes[i]);
  }
  for (size_t i = 0; i < COUNT; i++) {
    struct str s = secret_reveal(all[i]);
    assert_int_equal(s.n, sizes[i]);
    assert_int_equal(s.p[s.n], 0);
    for (size_t j = 0; j < s.n; j++) assert_int_equal(s.p[j], 'a' + (int)i);
    secret_free(all[i]);
  }
  secret_free(NULL);
}

static void test_wiped_when_freed(void **state) {
  (void)state;
  struct secret *s = secret_new(STR("the launch code is 0000"));
  const char *p = secret_reveal(s).p;
  check_text(secret_reveal(s), "the launch code is 0000");
  secret_free(s);
  for (size_t i = 0; i < 23; i++) assert_int_equal(p[i], 0); // the slot stays mapped, for the next one
  char stack[8] = "secret";
  secret_wipe(stack, sizeof stack);
  for (size_t i = 0; i < sizeof stack; i++) assert_int_equal(stack[i], 0);
}

// The kernel's own word: "dd" among VmFlags is "do not include in core dump".
static bool kept_out_of_dumps(const void *p) {
  FILE *f = fopen("/proc/self/smaps", "r");
  char line[512];
  bool inside = false, flagged = false;
  while (fgets(line, sizeof line, f)) {
    unsigned long from, to;
    if (sscanf(line, "%lx-%lx ", &from, &to) == 2) inside = (uintptr_t)p >= from && (uintptr_t)p < to;
    if (inside && strncmp(line, "VmFlags:", 8) == 0) flagged = strstr(line, " dd") != NULL;
  }
  fclose(f);
  return flagged;
}

static void test_not_in_core_dumps(void **state) {
  (void)state;
  struct secret *small = secret_new(STR("small")), *big;
  char *room, other[1] = {0};
  big = secret_make(50000, &room);
  assert_true(kept_out_of_dumps(secret_reveal(small).p));
  assert_true(kept_out_of_dumps(room));
  assert_false(kept_out_of_dumps(other));
  secret_free(small);
  secret_free(big);
}

static void test_many_are_cheap(void **state) {
  (void)state;
  enum { MANY = 3000 };
  static struct secret *all[MANY];
  for (int i = 0; i < MANY; i++) {
    char text[64];
    snprintf(text, sizeof text, "credential number %d", i);
    all[i] = secret_new(str_of(text));
  }
  for (int i = 0; i < MANY; i++) {
    char text[64];
    snprintf(text, sizeof text, "credential number %d", i);
    check_text(secret_reveal(all[i]), text);
  }
  static uintptr_t blocks[MANY]; // of 64 KiB
  int moves = 0;                 // from one to another
  for (int i = 0; i < MANY; i++) {
    blocks[i] = (uintptr_t)secret_reveal(all[i]).p >> 16;
    moves += i > 0 && blocks[i] != blocks[i - 1];
    secret_free(all[i]);
  }
  if (moves > MANY / 10)
    fail_msg("%d secrets lie in %d places: slots side by side, not pages each", MANY, moves);
  struct secret *again = secret_new(STR("x"));
  bool reused = false;
  for (int i = 0; i < MANY; i++) reused |= blocks[i] == (uintptr_t)secret_reveal(again).p >> 16;
  assert_true(reused); // from what was freed
  secret_free(again);
}

static void *churn(void *unused) {
  (void)unused;
  for (int i = 0; i < 5000; i++) {
    struct secret *s = secret_new(STR("from a thread"));
    if (!str_is(secret_reveal(s), "from a thread")) return s;
    secret_free(s);
  }
  return NULL;
}

static void test_threads(void **state) {
  (void)state;
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, churn, NULL);
  for (int i = 0; i < 4; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    assert_null(failed);
  }
}

static void test_basic(void **state) {
  (void)state;
  struct secret *s = secret_basic(STR("Aladdin:open sesame")), *none = secret_basic(STR_NONE);
  assert_true(str_is(secret_reveal(s), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")); // RFC 7617 §2
  assert_true(str_is(secret_reveal(none), "Basic "));
  secret_free(s);
  secret_free(none);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sizes),
      cmocka_unit_test(test_wiped_when_freed),
      cmocka_unit_test(test_not_in_core_dumps),
      cmocka_unit_test(test_many_are_cheap),
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_basic),
  };
  return cmocka_run_group_tests_name("crypto/secret", tests, NULL, NULL);
}

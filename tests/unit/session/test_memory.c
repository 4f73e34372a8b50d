// SPDX-License-Identifier: Apache-2.0
// What is remembered of sessions: levels, subscriptions, streams and their events, each within its bound.
#include "../support/check.h"

#include <stdio.h>

#include "session/memory.h"

static struct memory *fresh(void) {
  static int serial;
  char key[32];
  snprintf(key, sizeof key, "session-%d", ++serial);
  return memory_get(str_of(key), true);
}

static void test_get(void **state) {
  (void)state;
  assert_null(memory_get(STR("nobody"), false));
  struct memory *m = memory_get(STR("one"), true), *again = memory_get(STR("one"), false);
  assert_ptr_equal(m, again);
  assert_true(str_is(memory_key(m), "one"));
  memory_unref(again);
  memory_unref(m);
}

static void test_end(void **state) {
  (void)state;
  struct memory *m = fresh();
  assert_false(memory_has_ended(memory_key(m)));
  memory_end(memory_key(m));
  memory_end(memory_key(m)); // twice is no harm
  assert_true(memory_has_ended(memory_key(m)));
  assert_null(memory_get(memory_key(m), false));
  memory_unref(m);
}

static void test_the_oldest_are_forgotten(void **state) {
  (void)state;
  char key[32];
  for (int i = 0; i < MEMORY_ENDED_MOST + 1; i++) {
    snprintf(key, sizeof key, "ended-%d", i);
    memory_end(str_of(key));
  }
  assert_false(memory_has_ended(STR("ended-0")));
  assert_true(memory_has_ended(STR("ended-1")));
  for (int i = 0; i < MEMORY_SESSIONS_MOST + 1; i++) {
    snprintf(key, sizeof key, "many-%d", i);
    memory_unref(memory_get(str_of(key), true));
  }
  assert_null(memory_get(STR("many-0"), false));
  struct memory *last = memory_get(str_of(key), false);
  assert_non_null(last);
  memory_unref(last);
}

static void test_subscriptions(void **state) {
  struct arena *a = arena_new();
  struct memory *m = fresh();
  struct str *uris;
  struct err err;
  char uri[32];
  (void)state;
  assert_true(memory_subscribe(m, STR("a:b"), &err) && memory_subscribe(m, STR("a:b"), &err));
  assert_int_equal(memory_uris(m, a, &uris), 1);
  memory_unsubscribe(m, STR("a:b"));
  memory_unsubscribe(m, STR("a:b"));
  assert_int_equal(memory_uris(m, a, &uris), 0);
  for (int i = 0; i < MEMORY_URIS_MOST; i++) {
    snprintf(uri, sizeof uri, "u:%d", i);
    assert_true(memory_subscribe(m, str_of(uri), &err));
  }
  assert_false(memory_subscribe(m, STR("one:more"), &err));
  assert_int_equal(err.code, ERR_LIMIT);
  memory_unref(m);
  arena_free(a);
}

// As many sessions as there may be, each with as much as it may have, hold no more than a few MiB together.
static void test_subscriptions_are_bounded_in_all(void **state) {
  enum { SESSIONS = 2 * MEMORY_ALL_URI_BYTES_MOST / (MEMORY_URIS_MOST * MEMORY_URI_BYTES_MOST) };
  struct arena *a = arena_new();
  struct memory *all[SESSIONS];
  static char uri[MEMORY_URI_BYTES_MOST + 1];
  struct str *uris;
  struct err err;
  size_t kept = 0, last = 0;
  (void)state;
  memset(uri, 'u', MEMORY_URI_BYTES_MOST);
  for (int i = 0; i < SESSIONS; i++) {
    all[i] = fresh();
    for (int k = 0; k < MEMORY_URIS_MOST; k++) {
      snprintf(uri, 16, "u:%09d", k);
      uri[11] = 'u';
      assert_true(memory_subscribe(all[i], str_of(uri), &err));
    }
  }
  for (int i = 0; i < SESSIONS; i++) kept += last = memory_uris(all[i], a, &uris);
  assert_in_range(kept, MEMORY_URIS_MOST, MEMORY_ALL_URI_BYTES_MOST / MEMORY_URI_BYTES_MOST);
  assert_int_equal(last, MEMORY_URIS_MOST); // the newest has all of its own
  for (int i = 0; i < SESSIONS; i++) memory_unref(all[i]);
  arena_free(a);
}

static struct str recorded(struct memory *m, unsigned stream, const char *text, struct buf *frame) {
  struct memory_place reader;
  memory_record(m, stream, str_of(text), frame, &reader);
  struct str rest = buf_str(frame), line;
  str_cut(&rest, '\n', &line);
  return str_from(line, 4); // "id: "
}

static void test_resume(void **state) {
  (void)state;
  struct memory *m = fresh();
  struct memory_place here = {NULL, 7}, got;
  struct memory_resumed resumed;
  struct buf one = BUF_MAX(4096), two = BUF_MAX(4096), other = BUF_MAX(4096), frames = BUF_MAX(1 << 16);
  unsigned post = memory_stream_begin(m, MEMORY_POST), own = memory_stream_begin(m, MEMORY_OWN);
  struct str first = recorded(m, post, "{\"a\":1}", &one);
  recorded(m, own, "{\"other\":1}", &other);
  recorded(m, post, "{\"b\":2}", &two);
  assert_true(memory_find_event(m, first, &resumed));
  assert_true(resumed.stream == post && resumed.kind == MEMORY_POST && resumed.open);
  assert_true(memory_resume(m, first, &here, &frames, &resumed));
  assert_true(str_eq(buf_str(&frames), buf_str(&two))); // neither what it has nor another stream's
  assert_true(memory_reader(m, post, &got) && got.number == 7);
  memory_stream_end(m, post);
  assert_true(memory_find_event(m, first, &resumed) && !resumed.open);
  static const char *const bad[] = {"",    "-",   "1",    "1-",    "-1",
                                    "x-1", "1-x", "99-1", "1-1-1", "18446744073709551616-1"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (memory_find_event(m, str_of(bad[i]), &resumed)) fail_msg("%s was found", bad[i]);
  buf_free(&one), buf_free(&two), buf_free(&other), buf_free(&frames);
  memory_unref(m);
}

static void test_events_are_bounded(void **state) {
  (void)state;
  struct memory *m = fresh();
  struct memory_place here = {NULL, 1};
  struct memory_resumed resumed;
  struct buf frame = BUF_MAX(1 << 16), frames = BUF_MAX(1 << 22);
  unsigned stream = memory_stream_begin(m, MEMORY_OWN);
  char id[48];
  struct str first = recorded(m, stream, "0", &frame);
  snprintf(id, sizeof id, "%.*s", STR_ARG(first));
  for (int i = 0; i < MEMORY_EVENTS_MOST + 10; i++) {
    buf_clear(&frame);
    recorded(m, stream, "{}", &frame);
  }
  assert_true(memory_resume(m, str_of(id), &here, &frames, &resumed));
  size_t count = 0;
  for (struct str rest = buf_str(&frames), line; str_cut(&rest, '\n', &line);)
    count += str_starts(line, "id: ");
  assert_int_equal(count, MEMORY_EVENTS_MOST);
  buf_free(&frame), buf_free(&frames);
  memory_unref(m);
}

static void test_the_newest_stream(void **state) {
  (void)state;
  struct memory *m = fresh();
  struct memory_place a = {NULL, 1}, b = {NULL, 2}, got;
  unsigned stream;
  bool read;
  assert_false(memory_newest(m, &stream, &got, &read));
  memory_stream_begin(m, MEMORY_POST);
  assert_false(memory_newest(m, &stream, &got, &read));
  unsigned first = memory_stream_begin(m, MEMORY_OWN), second = memory_stream_begin(m, MEMORY_OWN);
  memory_attach(m, first, &a);
  assert_true(memory_newest(m, &stream, &got, &read) && stream == first && read);
  memory_attach(m, second, &b);
  assert_true(memory_newest(m, &stream, &got, &read) && stream == second && read);
  assert_int_equal(memory_open_streams(m), 2);
  assert_true(memory_oldest_reader(m, &got) && got.number == 1);
  memory_detach(m, 2);
  assert_true(memory_newest(m, &stream, &got, &read) && stream == first && read);
  memory_detach(m, 1);
  assert_true(memory_newest(m, &stream, &got, &read) && !read); // one may come back for what it missed
  for (int i = 0; i < 3 * MEMORY_STREAMS_MOST; i++) memory_stream_begin(m, MEMORY_OWN);
  assert_int_equal(memory_open_streams(m), 0);
  memory_unref(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_get),
      cmocka_unit_test(test_end),
      cmocka_unit_test(test_subscriptions),
      cmocka_unit_test(test_subscriptions_are_bounded_in_all),
      cmocka_unit_test(test_resume),
      cmocka_unit_test(test_events_are_bounded),
      cmocka_unit_test(test_the_newest_stream),
      cmocka_unit_test(test_the_oldest_are_forgotten),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// What is remembered of sessions: levels, subscriptions, streams and their events, each within its bound.
#include "../support/check.h"

#include <stdio.h>

#include "session/replay.h"

static struct replay *fresh(void) {
  static int serial;
  char key[32];
  snprintf(key, sizeof key, "session-%d", ++serial);
  return replay_get(str_of(key), true);
}

static void test_get(void **state) {
  (void)state;
  assert_null(replay_get(STR("nobody"), false));
  struct replay *m = replay_get(STR("one"), true), *again = replay_get(STR("one"), false);
  assert_ptr_equal(m, again);
  assert_true(str_is(replay_key(m), "one"));
  replay_unref(again);
  replay_unref(m);
}

static void test_end(void **state) {
  (void)state;
  struct replay *m = fresh();
  assert_false(replay_has_ended(replay_key(m)));
  replay_end(replay_key(m));
  replay_end(replay_key(m)); // twice is no harm
  assert_true(replay_has_ended(replay_key(m)));
  assert_null(replay_get(replay_key(m), false));
  replay_unref(m);
}

static void test_the_oldest_are_forgotten(void **state) {
  (void)state;
  char key[32];
  for (int i = 0; i < REPLAY_ENDED_MOST + 1; i++) {
    snprintf(key, sizeof key, "ended-%d", i);
    replay_end(str_of(key));
  }
  assert_false(replay_has_ended(STR("ended-0")));
  assert_true(replay_has_ended(STR("ended-1")));
  for (int i = 0; i < REPLAY_SESSIONS_MOST + 1; i++) {
    snprintf(key, sizeof key, "many-%d", i);
    replay_unref(replay_get(str_of(key), true));
  }
  assert_null(replay_get(STR("many-0"), false));
  struct replay *last = replay_get(str_of(key), false);
  assert_non_null(last);
  replay_unref(last);
}

static void test_subscriptions(void **state) {
  struct arena *a = arena_new();
  struct replay *m = fresh();
  struct str *uris;
  struct err err;
  char uri[32];
  (void)state;
  assert_true(replay_subscribe(m, STR("a:b"), &err) && replay_subscribe(m, STR("a:b"), &err));
  assert_int_equal(replay_uris(m, a, &uris), 1);
  replay_unsubscribe(m, STR("a:b"));
  replay_unsubscribe(m, STR("a:b"));
  assert_int_equal(replay_uris(m, a, &uris), 0);
  for (int i = 0; i < REPLAY_URIS_MOST; i++) {
    snprintf(uri, sizeof uri, "u:%d", i);
    assert_true(replay_subscribe(m, str_of(uri), &err));
  }
  assert_false(replay_subscribe(m, STR("one:more"), &err));
  assert_int_equal(err.code, ERR_LIMIT);
  replay_unref(m);
  arena_free(a);
}

// As many sessions as there may be, each with as much as it may have, hold no more than a few MiB together.
static void test_subscriptions_are_bounded_in_all(void **state) {
  enum { SESSIONS = 2 * REPLAY_ALL_URI_BYTES_MOST / (REPLAY_URIS_MOST * REPLAY_URI_BYTES_MOST) };
  struct arena *a = arena_new();
  struct replay *all[SESSIONS];
  static char uri[REPLAY_URI_BYTES_MOST + 1];
  struct str *uris;
  struct err err;
  size_t kept = 0, last = 0;
  (void)state;
  memset(uri, 'u', REPLAY_URI_BYTES_MOST);
  for (int i = 0; i < SESSIONS; i++) {
    all[i] = fresh();
    for (int k = 0; k < REPLAY_URIS_MOST; k++) {
      snprintf(uri, 16, "u:%09d", k);
      uri[11] = 'u';
      assert_true(replay_subscribe(all[i], str_of(uri), &err));
    }
  }
  for (int i = 0; i < SESSIONS; i++) kept += last = replay_uris(all[i], a, &uris);
  assert_in_range(kept, REPLAY_URIS_MOST, REPLAY_ALL_URI_BYTES_MOST / REPLAY_URI_BYTES_MOST);
  assert_int_equal(last, REPLAY_URIS_MOST); // the newest has all of its own
  for (int i = 0; i < SESSIONS; i++) replay_unref(all[i]);
  arena_free(a);
}

static struct str recorded(struct replay *m, unsigned stream, const char *text, struct buf *frame) {
  struct replay_place reader;
  replay_record(m, stream, str_of(text), frame, &reader);
  struct str rest = buf_str(frame), line;
  str_cut(&rest, '\n', &line);
  return str_from(line, 4); // "id: "
}

static void test_resume(void **state) {
  (void)state;
  struct replay *m = fresh();
  struct replay_place here = {NULL, 7}, got;
  struct replay_resumed resumed;
  struct buf one = BUF_MAX(4096), two = BUF_MAX(4096), other = BUF_MAX(4096), frames = BUF_MAX(1 << 16);
  unsigned post = replay_stream_begin(m, REPLAY_POST), own = replay_stream_begin(m, REPLAY_OWN);
  struct str first = recorded(m, post, "{\"a\":1}", &one);
  recorded(m, own, "{\"other\":1}", &other);
  recorded(m, post, "{\"b\":2}", &two);
  assert_true(replay_find_event(m, first, &resumed));
  assert_true(resumed.stream == post && resumed.kind == REPLAY_POST && resumed.open);
  assert_true(replay_resume(m, first, &here, &frames, &resumed));
  assert_true(str_eq(buf_str(&frames), buf_str(&two))); // neither what it has nor another stream's
  assert_true(replay_reader(m, post, &got) && got.number == 7);
  replay_stream_end(m, post);
  assert_true(replay_find_event(m, first, &resumed) && !resumed.open);
  static const char *const bad[] = {"",    "-",   "1",    "1-",    "-1",
                                    "x-1", "1-x", "99-1", "1-1-1", "18446744073709551616-1"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (replay_find_event(m, str_of(bad[i]), &resumed)) fail_msg("%s was found", bad[i]);
  buf_free(&one), buf_free(&two), buf_free(&other), buf_free(&frames);
  replay_unref(m);
}

static void test_events_are_bounded(void **state) {
  (void)state;
  struct replay *m = fresh();
  struct replay_place here = {NULL, 1};
  struct replay_resumed resumed;
  struct buf frame = BUF_MAX(1 << 16), frames = BUF_MAX(1 << 22);
  unsigned stream = replay_stream_begin(m, REPLAY_OWN);
  char id[48];
  struct str first = recorded(m, stream, "0", &frame);
  snprintf(id, sizeof id, "%.*s", STR_ARG(first));
  for (int i = 0; i < REPLAY_EVENTS_MOST + 10; i++) {
    buf_clear(&frame);
    recorded(m, stream, "{}", &frame);
  }
  assert_true(replay_resume(m, str_of(id), &here, &frames, &resumed));
  size_t count = 0;
  for (struct str rest = buf_str(&frames), line; str_cut(&rest, '\n', &line);)
    count += str_starts(line, "id: ");
  assert_int_equal(count, REPLAY_EVENTS_MOST);
  buf_free(&frame), buf_free(&frames);
  replay_unref(m);
}

static void test_the_newest_stream(void **state) {
  (void)state;
  struct replay *m = fresh();
  struct replay_place a = {NULL, 1}, b = {NULL, 2}, got;
  unsigned stream;
  bool read;
  assert_false(replay_newest(m, &stream, &got, &read));
  replay_stream_begin(m, REPLAY_POST);
  assert_false(replay_newest(m, &stream, &got, &read));
  unsigned first = replay_stream_begin(m, REPLAY_OWN), second = replay_stream_begin(m, REPLAY_OWN);
  replay_attach(m, first, &a);
  assert_true(replay_newest(m, &stream, &got, &read) && stream == first && read);
  replay_attach(m, second, &b);
  assert_true(replay_newest(m, &stream, &got, &read) && stream == second && read);
  assert_int_equal(replay_open_streams(m), 2);
  assert_true(replay_oldest_reader(m, &got) && got.number == 1);
  replay_detach(m, 2);
  assert_true(replay_newest(m, &stream, &got, &read) && stream == first && read);
  replay_detach(m, 1);
  assert_true(replay_newest(m, &stream, &got, &read) && !read); // one may come back for what it missed
  for (int i = 0; i < 3 * REPLAY_STREAMS_MOST; i++) replay_stream_begin(m, REPLAY_OWN);
  assert_int_equal(replay_open_streams(m), 0);
  replay_unref(m);
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

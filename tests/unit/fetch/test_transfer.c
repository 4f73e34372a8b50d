// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "transfer_fixture.h"

static struct transfer *left_open;

// ---- reading

static void read_small_answers(void) {
  for (int i = 0; i < 3; i++) {
    struct transfer *t = open_ok("/ok");
    assert_int_equal(transfer_status(t), 200);
    assert_true(str_is(http_header_get(transfer_headers(t), "x-test"), "spaced"));
    assert_true(str_is(read_ok(t), "hello"));
    assert_int_equal(read_ok(t).n, 0);
    assert_int_equal(read_ok(t).n, 0); // and stays at its end
    transfer_close(t);
  }
  struct transfer *t = open_ok("/ok");
  sleep_ms(30);
  transfer_close(t); // unread, but complete
  struct buf body;
  struct err err;
  t = open_ok("/interim");
  assert_int_equal(transfer_status(t), 404);
  assert_int_equal(transfer_headers(t)->count, 1);
  assert_true(transfer_read_all(t, &body, &err));
  assert_true(str_is(buf_str(&body), "abc"));
  buf_free(&body);
  transfer_close(t);
}

static void answers_are_read_and_connections_kept(void **state) {
  (void)state;
  on_a_fiber(read_small_answers);
  assert_int_equal(atomic_load(&origin.connections), 1);
}

static void send_what_goes_away(void) {
  struct http_header *header = malloc(sizeof *header);
  char *text = strdup("Bearer abc"), *body = strdup("{\"a\":1}"), url[80];
  *header = (struct http_header){STR("Authorization"), str_of(text)};
  snprintf(url, sizeof url, "http://127.0.0.1:%u/echo", origin.port);
  struct fetch_call call = {.method = "POST",
                            .url = str_of(url),
                            .headers = {header, 1},
                            .body = str_of(body),
                            .has_body = true,
                            .limits = &limits,
                            .guard = guard};
  struct transfer *t;
  struct err err;
  assert_true(transfer_open(&call, &t, &err));
  free(header), free(text), free(body);
  struct buf got;
  assert_true(transfer_read_all(t, &got, &err));
  buf_add_char(&got, 0);
  assert_non_null(strstr(got.p, "Authorization: Bearer abc\r\n"));
  assert_non_null(strstr(got.p, "\r\n\r\n{\"a\":1}"));
  buf_free(&got);
  transfer_close(t);
}

static void what_a_call_points_to_may_go(void **state) {
  (void)state;
  on_a_fiber(send_what_goes_away);
}

static void read_ticks(void) {
  struct transfer *t = open_ok("/ticks"); // here before the first of them
  size_t n = 0;
  int reads = 0;
  for (struct str bytes; (bytes = read_ok(t)).n; reads++) n += bytes.n;
  assert_int_equal(n, 5 * 6);
  assert_true(reads >= 2);
  transfer_close(t);
}

static void bytes_are_there_as_they_come(void **state) {
  (void)state;
  on_a_fiber(read_ticks);
}

// ---- the window

static void read_flood_slowly(void) {
  struct transfer *t = open_ok("/flood");
  size_t n = 0, flooded = 0;
  do {
    sleep_ms(20); // until the kernel's buffers are full, too
    size_t before = flooded;
    flooded = atomic_load(&origin.flooded);
    if (flooded == before && flooded) break;
  } while (flooded < FLOOD);
  assert_true(flooded > 0 && flooded < FLOOD);
  size_t most = 0;
  for (struct str bytes; (bytes = read_ok(t)).n;) {
    if (bytes.n > most) most = bytes.n;
    for (size_t i = 0; i < bytes.n; i += 4099) // in order, none lost, none twice
      assert_int_equal((unsigned char)bytes.p[i], (n + i) % 251);
    n += bytes.n;
    if (n % 7 == 0) sleep_ms(1);
  }
  assert_int_equal(n, FLOOD);
  assert_true(most >= TRANSFER_WINDOW && most < TRANSFER_WINDOW + 64 * 1024);
  transfer_close(t);
}

static void a_slow_reader_slows_the_vendor(void **state) {
  (void)state;
  on_a_fiber(read_flood_slowly);
}

static void let_reader_outlast_the_stall_limit(void) {
  limits.stall_ms = 1500;
  struct transfer *t = open_ok("/flood");
  sleep_ms(2000);
  size_t n = 0;
  for (struct str bytes; (bytes = read_ok(t)).n;) n += bytes.n;
  assert_int_equal(n, FLOOD);
  transfer_close(t);
}

static void our_own_pause_is_no_stall(void **state) {
  (void)state;
  on_a_fiber(let_reader_outlast_the_stall_limit);
}

static void read_tls_flood_slowly(void) {
  struct transfer *t = open_ok("/flood");
  sleep_ms(100);
  assert_true(atomic_load(&origin.flooded) < FLOOD);
  size_t n = 0, most = 0;
  for (struct str bytes; (bytes = read_ok(t)).n; n += bytes.n) {
    if (bytes.n > most) most = bytes.n;
    if (n < FLOOD / 16) sleep_ms(2);
  }
  assert_int_equal(n, FLOOD);
  assert_true(most >= TRANSFER_WINDOW && most < TRANSFER_WINDOW + 64 * 1024);
  transfer_close(t);
}

static void the_same_over_tls(void **state) {
  (void)state;
  char path[] = "/tmp/postern-test-XXXXXX";
  close(mkstemp(path));
  origin_speak_tls(path);
  struct err err;
  assert_true(fetch_ca(path, &err));
  unlink(path);
  on_a_fiber(read_tls_flood_slowly);
}

static void abandon_flood(void) {
  struct transfer *t = open_ok("/flood");
  sleep_ms(30);
  transfer_close(t); // while held
  t = open_ok("/ok");
  assert_true(str_is(read_ok(t), "hello"));
  transfer_close(t);
}

static void a_held_transfer_is_closed(void **state) {
  (void)state;
  on_a_fiber(abandon_flood);
  assert_true(atomic_load(&origin.flooded) < FLOOD);
}

// ---- limits

static void meet_limits_of_size(void) {
  limits.body_bytes = 1 << 20;
  struct transfer *t = open_ok("/endless");
  expect_no_more(t, ERR_LIMIT, "passes the limit of 1048576 bytes");
  expect_no_more(t, ERR_LIMIT, "passes the limit of 1048576 bytes"); // stays so
  transfer_close(t);
  t = open_ok("/endless");
  struct buf body = BUF_MAX(1);
  struct err err;
  assert_false(transfer_read_all(t, &body, &err));
  expect(&err, ERR_LIMIT, "passes the limit of 1048576 bytes");
  assert_null(body.p);
  transfer_close(t);
  expect_no_open("/headers-long", ERR_LIMIT, "pass the limit of 16384 bytes");
  expect_no_open("/headers-many", ERR_LIMIT, "more than 100 headers");
  limits.body_bytes = SIZE_MAX;
  t = open_ok("/bomb");
  expect_no_more(t, ERR_LIMIT, "expands to more than 100 times");
  transfer_close(t);
  t = open_ok("/bomb");
  sleep_ms(50); // not while we look away, either
  assert_true(mallinfo2().uordblks < 32 << 20);
  expect_no_more(t, ERR_LIMIT, "expands to more than 100 times");
  transfer_close(t);
}

static void limits_of_size(void **state) {
  (void)state;
  on_a_fiber(meet_limits_of_size);
}

static void meet_limits_of_time(void) {
  limits.first_byte_ms = 50;
  expect_no_open("/slow", ERR_TIMEOUT, "answered nothing within 50 ms");
  expect_no_open("/drip-head", ERR_TIMEOUT, "answered nothing within 50 ms");
  relax();
  limits.stall_ms = 1000;
  struct transfer *t = open_ok("/stall");
  assert_true(str_is(read_ok(t), "ten bytes."));
  expect_no_more(t, ERR_TIMEOUT, "no byte for 1 s");
  transfer_close(t);
  limits.stall_ms = 20000;
  limits.total_ms = 2000;
  t = open_ok("/beat");
  expect_no_more(t, ERR_TIMEOUT, "not complete within 2 s");
  transfer_close(t);
  t = open_ok("/beat");
  sleep_ms(2100); // nobody waits when it runs out
  expect_no_more(t, ERR_TIMEOUT, "not complete within 2 s");
  transfer_close(t);
}

static void limits_of_time(void **state) {
  (void)state;
  on_a_fiber(meet_limits_of_time);
}

static void outlast_silence(void) {
  limits = (struct fetch_limits){.body_bytes = SIZE_MAX, .header_bytes = 1000};
  limits.first_byte_ms = 1500; // past that the head is there, and nothing else is asked for
  struct transfer *silent = open_ok("/idle");
  limits.first_byte_ms = limits.stall_ms = 30000;
  struct transfer *beating = open_ok("/beat");
  for (int i = 0; i < 10; i++) assert_true(read_ok(beating).n > 0);
  struct str bytes;
  struct err err;
  fiber_deadline(tester, 2000);
  assert_false(transfer_read(silent, &bytes, &err));
  expect(&err, ERR_TIMEOUT, "time for the whole request");
  fiber_deadline(tester, 0);
  assert_true(read_ok(beating).n > 0); // what is open stays open
  transfer_close(silent);
  transfer_close(beating);
}

static void streams_may_be_silent_for_long(void **state) {
  (void)state;
  on_a_fiber(outlast_silence);
  assert_true(origin_saw_the_client_go(1));
}

static void meet_failures(void) {
  struct transfer *t = open_ok("/event-cut");
  assert_true(str_is(read_ok(t), "hey")); // what came is not lost
  expect_no_more(t, ERR_UPSTREAM, "in the middle of its answer");
  transfer_close(t);
  expect_no_open("/gone", ERR_UPSTREAM, "without an answer");
  expect_no_open("/o k", ERR_INVALID, "percent-encode");
  struct http_guard *open = guard;
  guard = NULL;
  expect_no_open("/ok", ERR_DENIED, "private or reserved");
  guard = open;
}

static void failures(void **state) {
  (void)state;
  on_a_fiber(meet_failures);
}

// ---- leaving

static void finish_events(void) {
  for (int i = 0; i < 3; i++) {
    struct transfer *t = open_ok("/event-late-end");
    assert_true(str_is(read_ok(t), "hey"));
    transfer_finish(t);
    sleep_ms(200);
  }
  assert_int_equal(atomic_load(&origin.connections), 1); // its end was waited for
  struct transfer *t = open_ok("/event");
  assert_true(str_is(read_ok(t), "hey"));
  transfer_finish(t); // no end comes
  t = open_ok("/flood");
  transfer_finish(t); // too much comes
  t = open_ok("/ok");
  read_ok(t);
  transfer_finish(t); // has ended already
  transfer_finish(NULL);
  sleep_ms(TRANSFER_LINGER_MS + 200);
  assert_true(origin_saw_the_client_go(1));
  assert_true(atomic_load(&origin.flooded) < FLOOD);
  left_open = open_ok("/event");
  transfer_finish(left_open); // and the loop ends before
}

static void finishing_keeps_the_connection(void **state) {
  (void)state;
  on_a_fiber(finish_events);
}

static void cancel_tester(void *arg) {
  (void)arg;
  fiber_cancel(tester);
}

static void be_canceled(void) {
  left_open = open_ok("/event");
  read_ok(left_open);
  loop_post(loop, cancel_tester, NULL);
  struct str bytes;
  struct err err;
  assert_false(transfer_read(left_open, &bytes, &err));
  assert_int_equal(err.code, ERR_CANCELED);
  assert_false(transfer_read(left_open, &bytes, &err));
}

static void close_left_open(void *arg) {
  (void)arg;
  assert_null(fiber_self());
  transfer_close(left_open);
  loop_stop(loop);
}

static void be_canceled_and_go(void *arg) {
  (void)arg;
  tester = fiber_self();
  be_canceled();
  loop_post(loop, close_left_open, NULL);
}

static void close_outside_a_fiber(void **state) {
  (void)state;
  assert_non_null(fiber_spawn(loop, "test", be_canceled_and_go, NULL));
  loop_run(loop);
  assert_true(origin_saw_the_client_go(1));
}

static void be_canceled_while_opening(void) {
  loop_post(loop, cancel_tester, NULL);
  expect_no_open("/slow", ERR_CANCELED, "the asker has gone");
}

static void cancel_aborts_an_open(void **state) {
  (void)state;
  on_a_fiber(be_canceled_while_opening);
}

// The fiber that opened it has ended; another one goes on.
static void leave_it_open(void) {
  left_open = open_ok("/ticks");
}

static void open_and_end(void *arg) {
  (void)arg;
  leave_it_open();
}

static void read_what_another_opened(void) {
  assert_non_null(fiber_spawn(loop, "opener", open_and_end, NULL));
  while (!left_open) sleep_ms(1);
  struct buf body;
  struct err err;
  sleep_ms(10); // some of it comes while nobody waits
  assert_true(transfer_read_all(left_open, &body, &err));
  assert_int_equal(body.n, 5 * 6);
  buf_free(&body);
  transfer_close(left_open);
}

static void another_fiber_goes_on(void **state) {
  (void)state;
  left_open = NULL;
  on_a_fiber(read_what_another_opened);
}

static void leave_event_open(void) {
  left_open = open_ok("/event");
}

static void the_loop_ends_first(void **state) {
  (void)state;
  on_a_fiber(leave_event_open);
  assert_true(origin_saw_the_client_go(1)); // closed with the loop
  transfer_close(left_open);                // frees what is left
}

static void read_after_the_loop_restarted(void) {
  struct err err;
  struct str bytes;
  if (transfer_read(left_open, &bytes, &err) && bytes.n) assert_false(transfer_read(left_open, &bytes, &err));
  expect(&err, ERR_CANCELED, "the program is stopping");
  transfer_close(left_open);
}

static void what_the_loop_has_ended_stays_so(void **state) {
  (void)state;
  on_a_fiber(leave_event_open);
  on_a_fiber(read_after_the_loop_restarted);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  const struct CMUnitTest tests[] = {
      TEST(answers_are_read_and_connections_kept),
      TEST(what_a_call_points_to_may_go),
      TEST(bytes_are_there_as_they_come),
      TEST(a_slow_reader_slows_the_vendor),
      TEST(our_own_pause_is_no_stall),
      TEST(a_held_transfer_is_closed),
      TEST(limits_of_size),
      TEST(limits_of_time),
      TEST(streams_may_be_silent_for_long),
      TEST(failures),
      TEST(finishing_keeps_the_connection),
      TEST(cancel_aborts_an_open),
      TEST(close_outside_a_fiber),
      TEST(another_fiber_goes_on),
      TEST(the_loop_ends_first),
      TEST(what_the_loop_has_ended_stays_so),
      TEST(the_same_over_tls), // last: what it trusts stays trusted
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Conditions held against runs: what begins, what ends, what happens, what proves it; what is partial, cut, failed or does
// not fit changes nothing; waits, restarts in between, clocks set back; rows compared with those before.
#include "../support/check.h"

#include "alert/judge.h"
#include "data/json.h"
#include "table/moment.h"

static struct arena *arena;
static struct err err;
static struct alert_rule rule;
static struct alert_state now;
static struct alert_verdict last;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  now = (struct alert_state){0};
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static void given(const char *condition, int64_t for_ms) {
  now = (struct alert_state){0};
  rule = (struct alert_rule){.for_ms = for_ms};
  if (!alert_condition_read(str_of(condition), arena, &rule.condition, &err))
    fail_msg("%s: %s", condition, err.text);
}

static const int64_t noon = 1764158400000; // 2025-11-26T12:00:00Z

static enum alert_event judged(const char *result, bool whole, int64_t at) {
  yyjson_doc *doc = result ? yyjson_read(result, strlen(result), YYJSON_READ_NUMBER_AS_RAW) : NULL;
  if (result && !doc) fail_msg("no JSON: %s", result);
  struct alert_sight sight = {.result = yyjson_doc_get_root(doc), .whole = whole, .at = at, .now_ms = noon};
  struct alert_state was = now; // as it is after a restart: nothing but this
  was.baseline = arena_dup(arena, was.baseline);
  alert_judge(&rule, &was, &sight, arena, &last);
  now = last.state;
  yyjson_doc_free(doc);
  return last.event;
}

#define SITES                                                                                                \
  "{\"columns\":[{\"name\":\"site\",\"type\":\"text\"},{\"name\":\"denied\",\"type\":\"integer\"}],"         \
  "\"rows\":["
#define RULES                                                                                                \
  "{\"columns\":[{\"name\":\"id\",\"type\":\"integer\"},{\"name\":\"paused\",\"type\":\"boolean\"},{"        \
  "\"name\":"                                                                                                \
  "\"about\",\"type\":\"text\"}],\"rows\":["
#define END "]}"

static void holds(const char *condition, const char *result, bool wanted) {
  given(condition, 0);
  enum alert_event event = judged(result, true, 1000);
  if (event != (wanted ? ALERT_BEGAN : ALERT_NOTHING) || last.why.n)
    fail_msg("%s: %s (%.*s)", condition, alert_event_name(event), STR_ARG(last.why));
}

static void test_measures(void **state) {
  (void)state;
  const char *two = SITES "[\"a\",60],[\"b\",80],[\"c\",null]" END, *none = SITES END;
  holds("denied > 79", two, true);
  holds("denied > 80", two, false);
  holds("denied >= 80", two, true);
  holds("denied < 60", two, false);
  holds("denied <= 60", two, true);
  holds("denied = 60", two, true);
  holds("denied != 60", two, true);
  holds("any denied > 79", two, true);
  holds("sum of denied > 139", two, true);
  holds("sum of denied > 140", two, false);
  holds("max of denied < 81", two, true);
  holds("min of denied >= 60", two, true);
  holds("average of denied = 70", two, true);
  holds("count of denied = 2", two, true);
  holds("count of site = 3", two, true);
  holds("denied > 0", none, false);
  holds("max of denied < 5", none, false); // there is no greatest of nothing
  holds("sum of denied < 5", none, true);
  holds("count of denied = 0", none, true);
  holds("any row", two, true);
  holds("any row", none, false);
  holds("no row", none, true);
  holds("no row", two, false);
  holds("rows >= 3", two, true);
  holds("rows < 3", two, false);
}

static void test_shares(void **state) {
  (void)state;
  const char *two = SITES "[\"a\",20],[\"b\",80]" END;
  holds("share of denied >= 80%", two, true);
  holds("share of denied > 80%", two, false);
  holds("share of 'a' <= 20%", two, true);
  holds("share of 'a' > 20%", two, false);
  holds("share of 'b' of denied > 79%", two, true);
  holds("share of 'nobody' > 0%", two, false);
  holds("share of denied >= 0%", SITES END, false); // of nothing there is no share
  const char *parts = "{\"columns\":[{\"name\":\"denied\",\"type\":\"integer\"},{\"name\":\"all\",\"type\":"
                      "\"decimal\"}],\"rows\":["
                      "[1,10],[2,\"10\"],[null,20]]}";
  holds("share of denied of all >= 7.5%", parts, true);
  holds("share of denied of all > 7.5%", parts, false);
}

#define HOURS(rows)                                                                                          \
  "{\"columns\":[{\"name\":\"hour\",\"type\":\"time\"},{\"name\":\"denied\",\"type\":\"integer\"},{"         \
  "\"name\":"                                                                                                \
  "\"load\",\"type\":\"decimal\",\"kind\":\"gauge\"}],\"rows\":[" rows                                       \
  "],\"time\":{\"column\":\"hour\",\"bucket\":\"hour\",\"unfinished\":true}}"

static void test_times(void **state) {
  (void)state;
  const char *hours =
      HOURS("[\"2025-11-26T09:00:00.000Z\",500,1],[\"2025-11-26T11:00:00.000Z\",60,9],"
            "[\"2025-11-26T11:30:00.000Z\",60,9.5],[\"2025-11-26T12:00:00.000Z\",1,0.5],[null,900,99]");
  holds("denied > 120 in 1h", hours, false); // 11:00 is an hour ago: 60 + 1
  holds("denied > 60 in 1h", hours, true);
  holds("denied > 120 in 2h", hours, true); // added up, since it counts
  holds("denied > 121 in 2h", hours, false);
  holds("load > 9.5 in 2h", hours, false); // not added up, since it is a gauge
  holds("load > 9.4 in 2h", hours, true);
  holds("sum of load > 18 in 2h", hours, true);
  holds("denied > 800", hours, true); // without a span the whole range, rows without a time too
  holds("no row in 1m", hours, false);
  holds("rows = 2 in 1h", hours, true);
  // The last bucket is not over: that it has little says nothing yet.
  holds("denied < 5", hours, false);
  holds("load < 0.9", hours, false);
  holds("denied > 400", hours, true);
  holds("denied < 5", HOURS("[\"2025-11-26T11:00:00.000Z\",1,9],[\"2025-11-26T12:00:00.000Z\",1,0.5]"), true);
}

static void test_begins_and_ends(void **state) {
  (void)state;
  const char *over = SITES "[\"a\",101],[\"b\",3]" END, *under = SITES "[\"a\",9]" END;
  given("denied > 100", 0);
  assert_int_equal(judged(under, true, 1), ALERT_NOTHING);
  assert_int_equal(judged(over, true, 2), ALERT_BEGAN);
  check_text(last.proof,
             "{\"columns\":[\"site\",\"denied\"],\"rows\":[{\"change\":\"meets\",\"cells\":[\"a\",101]}],"
             "\"row_count\":1,\"value\":101}");
  assert_int_equal(now.since, 2);
  assert_int_equal(judged(over, true, 3), ALERT_NOTHING); // it goes on
  assert_int_equal(now.since, 2);
  assert_int_equal(judged(under, true, 4), ALERT_ENDED);
  assert_int_equal(now.phase, ALERT_FINE);
  assert_int_equal(judged(under, true, 5), ALERT_NOTHING);
  assert_int_equal(judged(over, true, 6), ALERT_BEGAN);
}

static void test_what_is_not_whole_changes_nothing(void **state) {
  (void)state;
  static const char *const conditions[] = {"denied > 100", "no row", "share of denied >= 50%", "new row",
                                           "changed or removed row"};
  const char *over = SITES "[\"a\",101]" END, *under = SITES END,
             *others = "{\"columns\":[{\"name\":\"x\",\"type\":\"text\"}],\"rows\":[]}";
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
    for (int phase = ALERT_FINE; phase <= ALERT_FIRING; phase++)
      for (int how = 0; how < 6; how++) {
        given(conditions[i], 500);
        assert_int_equal(judged(over, true, 1), ALERT_NOTHING);
        if (alert_condition_lasts(&rule.condition)) now.phase = (enum alert_phase)phase;
        struct alert_state was = now;
        bool fits = how < 4 || i == 1 || i > 2;
        if (how >= 4 && fits) continue; // no other columns that it does not fit
        enum alert_event event = how == 0   ? judged(over, false, 9000)
                                 : how == 1 ? judged(under, false, 9000)
                                 : how == 2 ? judged(NULL, false, 9000)
                                 : how == 3 ? judged(NULL, true, 9000)
                                 : how == 4 ? judged(others, true, 9000)
                                            : judged(others, false, 9000);
        assert_int_equal(event, ALERT_NOTHING);
        assert_true(last.why.n > 0);
        assert_false(last.baseline_anew);
        assert_int_equal(now.phase, was.phase);
        assert_int_equal(now.since, was.since);
        assert_true(str_eq(now.baseline, was.baseline));
      }
}

static void test_for(void **state) {
  (void)state;
  const char *over = SITES "[\"a\",101]" END, *under = SITES END;
  given("any row", 600);
  assert_int_equal(judged(over, true, 1000), ALERT_NOTHING);
  assert_int_equal(now.phase, ALERT_PENDING);
  assert_int_equal(judged(over, true, 1599), ALERT_NOTHING);
  assert_int_equal(judged(over, true, 1600), ALERT_BEGAN);
  assert_int_equal(now.since, 1000);
  assert_int_equal(judged(under, true, 1700), ALERT_ENDED);
  assert_int_equal(judged(over, true, 2000), ALERT_NOTHING);
  assert_int_equal(judged(under, true, 2100), ALERT_NOTHING); // never told, so no end
  assert_int_equal(judged(over, true, 2500), ALERT_NOTHING);  // the wait begins anew
  assert_int_equal(judged(over, true, 3099), ALERT_NOTHING);
  assert_int_equal(judged(over, false, 5000), ALERT_NOTHING); // partial: time goes on, nothing is told
  assert_int_equal(judged(over, true, 5001), ALERT_BEGAN);
}

static void test_clock_set_back(void **state) {
  (void)state;
  const char *over = SITES "[\"a\",101]" END;
  given("any row", 600);
  assert_int_equal(judged(over, true, 100000), ALERT_NOTHING);
  assert_int_equal(judged(over, true, 5000), ALERT_NOTHING); // from here
  assert_int_equal(now.since, 5000);
  assert_int_equal(judged(over, true, 5599), ALERT_NOTHING);
  assert_int_equal(judged(over, true, 5600), ALERT_BEGAN);
  assert_int_equal(judged(over, true, 10), ALERT_NOTHING); // it fires already
  assert_int_equal(now.phase, ALERT_FIRING);
  assert_int_equal(judged(SITES END, true, 5), ALERT_ENDED);
}

static void test_new_rows(void **state) {
  (void)state;
  given("a row that was not there before", 0);
  assert_int_equal(judged(RULES "[1,false,\"a\"],[2,false,\"b\"]" END, true, 1),
                   ALERT_NOTHING); // what others are compared with
  assert_int_equal(judged(RULES "[1,true,\"a\"],[2,false,\"b\"]" END, true, 2),
                   ALERT_NOTHING); // by its id, it was there
  assert_int_equal(judged(RULES "[1,true,\"a\"],[3,false,\"c\"]" END, true, 3), ALERT_HAPPENED);
  check_text(last.proof, "{\"columns\":[\"id\",\"paused\",\"about\"],\"rows\":[{\"change\":\"new\",\"cells\":"
                         "[3,false,\"c\"]}],\"row_count\":1}");
  assert_int_equal(now.phase, ALERT_FINE); // no end
  assert_int_equal(judged(RULES "[1,true,\"a\"],[3,false,\"c\"]" END, true, 4), ALERT_NOTHING);
  assert_int_equal(judged(RULES END, true, 5), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[2,false,\"b\"],[1,true,\"a\"]" END, true, 6),
                   ALERT_NOTHING); // both were there before
  assert_int_equal(judged(RULES "[4,false,\"b\"]" END, false, 7), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[4,false,\"b\"]" END, true, 8), ALERT_HAPPENED);
}

static void test_an_empty_baseline(void **state) {
  (void)state;
  given("new row", 0);
  assert_int_equal(judged(RULES END, true, 1), ALERT_NOTHING);
  assert_true(now.baseline.n > 0);
  assert_int_equal(judged(RULES "[1,false,\"a\"]" END, true, 2), ALERT_HAPPENED);
}

static void test_changed_and_removed(void **state) {
  (void)state;
  const char *first = RULES "[1,false,\"a\"],[2,false,\"b\"],[3,false,\"c\"]" END;
  given("changed or removed row", 0);
  assert_int_equal(judged(first, true, 1), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[3,false,\"c\"],[1,false,\"a\"],[2,false,\"b\"]" END, true, 2),
                   ALERT_NOTHING); // order is nothing
  assert_int_equal(judged(RULES "[1,true,\"a\"],[3,false,\"c\"],[4,false,\"d\"]" END, true, 3),
                   ALERT_HAPPENED);
  check_text(
      last.proof,
      "{\"columns\":[\"id\",\"paused\",\"about\"],\"rows\":[{\"change\":\"changed\",\"before\":[1,false,"
      "\"a\"],"
      "\"cells\":[1,true,\"a\"]},{\"change\":\"removed\",\"cells\":[2,false,\"b\"]}],\"row_count\":2}");
  given("removed row", 0);
  assert_int_equal(judged(first, true, 1), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[1,true,\"a\"],[2,false,\"b\"],[3,false,\"c\"],[9,true,\"z\"]" END, true, 2),
                   ALERT_NOTHING);
  assert_int_equal(judged(RULES END, true, 3), ALERT_HAPPENED);
  assert_int_equal(judged(RULES END, true, 4), ALERT_NOTHING);
}

// A condition that lasted and became one that happens: what had begun ends, and the next run is the first.
static void test_another_kind(void **state) {
  (void)state;
  given("new row", 0);
  now = (struct alert_state){.phase = ALERT_FIRING, .since = 5};
  assert_int_equal(judged(RULES "[1,false,\"a\"]" END, true, 6), ALERT_ENDED);
  assert_int_equal(now.phase, ALERT_FINE);
  now.phase = ALERT_PENDING;
  assert_int_equal(judged(RULES "[1,false,\"a\"]" END, true, 7), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[1,false,\"a\"]" END, true, 8), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[1,false,\"a\"],[2,false,\"a\"]" END, true, 9), ALERT_HAPPENED);
}

static void test_keys(void **state) {
  (void)state;
  given("changed by about", 0);
  assert_int_equal(judged(RULES "[1,false,\"a\"]" END, true, 1), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[2,false,\"a\"]" END, true, 2), ALERT_HAPPENED); // another id of the same
  given("new row", 0); // ids that do not tell rows apart are no keys
  assert_int_equal(judged(RULES "[1,false,\"a\"],[1,false,\"b\"]" END, true, 1), ALERT_NOTHING);
  assert_int_equal(judged(RULES "[1,false,\"a\"],[1,false,\"b\"],[1,false,\"c\"]" END, true, 2),
                   ALERT_HAPPENED);
  given("new row", 0); // nothing does: they are counted
  assert_int_equal(
      judged("{\"columns\":[{\"name\":\"n\",\"type\":\"integer\"}],\"rows\":[[1],[1]]}", true, 1),
      ALERT_NOTHING);
  assert_int_equal(
      judged("{\"columns\":[{\"name\":\"n\",\"type\":\"integer\"}],\"rows\":[[5],[6]]}", true, 2),
      ALERT_NOTHING);
  assert_int_equal(
      judged("{\"columns\":[{\"name\":\"n\",\"type\":\"integer\"}],\"rows\":[[5],[6],[7]]}", true, 3),
      ALERT_HAPPENED);
  given("changed", 0); // a single number
  assert_int_equal(
      judged("{\"columns\":[{\"name\":\"n\",\"type\":\"integer\"}],\"rows\":[[12345678901234567890]]}", true,
             1),
      ALERT_NOTHING);
  assert_int_equal(
      judged("{\"columns\":[{\"name\":\"n\",\"type\":\"integer\"}],\"rows\":[[12345678901234567891]]}", true,
             2),
      ALERT_HAPPENED);
  given("new row", 0); // the keys of the first run stay: without them nothing can be told
  assert_int_equal(judged(RULES "[1,false,\"a\"]" END, true, 1), ALERT_NOTHING);
  assert_int_equal(judged(SITES "[\"a\",1]" END, true, 2), ALERT_NOTHING);
  assert_non_null(strstr(last.why.p, "'id'"));
  assert_int_equal(judged(RULES "[2,false,\"a\"]" END, true, 3), ALERT_HAPPENED);
}

static void test_bounds(void **state) {
  (void)state;
  struct buf many = BUF_MAX(1 << 24), wide = BUF_MAX(1 << 24);
  given("any row", 0);
  buf_add_z(&many, SITES);
  for (int i = 0; i < 5000; i++) buf_printf(&many, "%s[\"%0200d\",%d]", i ? "," : "", i, i);
  buf_add_z(&many, END);
  buf_add_char(&many, '\0');
  assert_int_equal(judged(many.p, true, 1), ALERT_BEGAN);
  assert_true(last.proof.n < ALERT_PROOF_MOST);
  assert_non_null(strstr(last.proof.p, "\"row_count\":5000"));
  given("new row", 0); // more than is kept
  assert_int_equal(judged(many.p, true, 1), ALERT_NOTHING);
  assert_non_null(strstr(last.why.p, "more than can be compared"));
  given("any row", 0); // texts are cut, rows are left out
  buf_add_z(&wide, "{\"columns\":[");
  for (int i = 0; i < 100; i++) buf_printf(&wide, "%s{\"name\":\"c%d\",\"type\":\"text\"}", i ? "," : "", i);
  buf_add_z(&wide, "],\"rows\":[");
  for (int r = 0; r < 30; r++) {
    buf_add_z(&wide, r ? ",[" : "[");
    for (int i = 0; i < 100; i++) buf_printf(&wide, "%s\"%0400d\"", i ? "," : "", i);
    buf_add_z(&wide, "]");
  }
  buf_add_z(&wide, END);
  buf_add_char(&wide, '\0');
  assert_int_equal(judged(wide.p, true, 1), ALERT_BEGAN);
  assert_true(last.proof.n <= ALERT_PROOF_MOST);
  yyjson_doc *doc = yyjson_read(last.proof.p, last.proof.n, 0);
  assert_non_null(doc);
  assert_int_equal(json_int(yyjson_doc_get_root(doc), "row_count", 0), 30);
  yyjson_doc_free(doc);
  buf_free(&many);
  buf_free(&wide);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_measures, setup, teardown),
      cmocka_unit_test_setup_teardown(test_shares, setup, teardown),
      cmocka_unit_test_setup_teardown(test_times, setup, teardown),
      cmocka_unit_test_setup_teardown(test_begins_and_ends, setup, teardown),
      cmocka_unit_test_setup_teardown(test_what_is_not_whole_changes_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(test_for, setup, teardown),
      cmocka_unit_test_setup_teardown(test_clock_set_back, setup, teardown),
      cmocka_unit_test_setup_teardown(test_new_rows, setup, teardown),
      cmocka_unit_test_setup_teardown(test_an_empty_baseline, setup, teardown),
      cmocka_unit_test_setup_teardown(test_changed_and_removed, setup, teardown),
      cmocka_unit_test_setup_teardown(test_another_kind, setup, teardown),
      cmocka_unit_test_setup_teardown(test_keys, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Conditions as people type them: read, written back, refused with a place; held against columns.
#include "../support/check.h"

#include "alert/condition.h"
#include "data/json.h"

static struct arena *arena;
static struct err err;

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

static struct str written(const char *text) {
  struct alert_condition c;
  struct buf out = BUF_MAX(4096);
  if (!alert_condition_read(str_of(text), arena, &c, &err)) fail_msg("%s: %s", text, err.text);
  alert_condition_write(&c, &out);
  struct str copy = arena_dup(arena, buf_str(&out));
  buf_free(&out);
  return copy;
}

static void test_forms(void **state) {
  (void)state;
  static const struct {
    const char *typed, *means;
  } forms[] = {
      {"denied > 100", "denied > 100"},
      {"  denied>100 ", "denied > 100"},
      {"denied is over 100", "denied > 100"},
      {"denied at least 1.5", "denied >= 1.5"},
      {"denied \u2265 -3", "denied >= -3"},
      {"denied \u2264 3", "denied <= 3"},
      {"denied == 3", "denied = 3"},
      {"denied <> 3", "denied != 3"},
      {"denied less than 3", "denied < 3"},
      {"denied > 100 in 1h", "denied > 100 in 1h"},
      {"denied > 100 in an hour", "denied > 100 in 1h"},
      {"denied > 100 in the last 90 minutes", "denied > 100 in 90m"},
      {"denied > 100 in 7 days", "denied > 100 in 1w"},
      {"denied > 100 in 1.5s", "denied > 100 in 1s"},
      {"sum of denied > 100", "sum of denied > 100"},
      {"max denied > 100", "max of denied > 100"},
      {"any denied > 100", "any of denied > 100"},
      {"COUNT of denied >= 2", "count of denied >= 2"},
      {"average of \"load, 5m\" > 2", "average of \"load, 5m\" > 2"},
      {"max > 3", "\"max\" > 3"},
      {"sum of max > 3", "sum of \"max\" > 3"},
      {"changed > 3", "\"changed\" > 3"},
      {"\"a \"\"b\"\"\" > 3", "\"a \"\"b\"\"\" > 3"},
      {"any row", "any row"},
      {"Any rows", "any row"},
      {"no row", "no row"},
      {"no row in 10m", "no row in 10m"},
      {"rows >= 5", "rows >= 5"},
      {"rows > 0", "any row"},
      {"share of denied >= 20%", "share of denied >= 20%"},
      {"share of denied of requests > 20 %", "share of denied of requests > 20%"},
      {"share of 'block' > 20%", "share of 'block' > 20%"},
      {"share of 'it''s' of requests > 20%", "share of 'it''s' of requests > 20%"},
      {"share > 5", "\"share\" > 5"},
      {"a row that was not there before", "new row"},
      {"new row by id", "new row by id"},
      {"changed", "changed row"},
      {"changed or removed row by id, \"zone name\"", "changed or removed row by id, \"zone name\""},
      {"new, changed or removed row", "new, changed or removed row"},
      {"a row that is gone", "removed row"},
      {"new row or changed", "new or changed row"},
      {"removed, new row", "new or removed row"},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    struct str once = written(forms[i].typed);
    check_text(once, forms[i].means);
    check_text(written(once.p), forms[i].means); // and that reads back as the same
  }
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    const char *typed, *says;
  } wrong[] = {
      {"", "character 1: 'the end' where a column"},
      {"denied", "character 7: 'the end' where a comparison"},
      {"denied >", "character 9: 'the end' where a number"},
      {"denied > many", "character 10: 'many' where a number"},
      {"denied > 20%", "only a share is told in %"},
      {"denied > 100 in", "where a span"},
      {"denied > 100 in 1 parsec", "character 19: 'parsec' where a span"},
      {"denied > 100 in 400d", "a span is 1s to 366d"},
      {"denied > 100 in 0s", "a span is 1s to 366d"},
      {"denied > 100 and requests > 3", "character 14: 'and' where its end"},
      {"share of denied > 20", "where %"},
      {"\"denied > 5", "character 1: the quote \" has no end"},
      {"'' > 5", "nothing between the quotes"},
      {"denied; > 5", "character 7: ';"},
      {"\u00e4; > 5", "character 2: ';"},
      {"new row by", "where a column"},
      {"new row or", "where new row, changed or removed row"},
      {"new row by a1,a2,a3,a4,a5,a6,a7,a8,a9", "at most 8"},
      {"denied > 1234567890123456", "at most 15 digits"},
  };
  struct alert_condition c;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    if (alert_condition_read(str_of(wrong[i].typed), arena, &c, &err)) fail_msg("taken: %s", wrong[i].typed);
    if (!strstr(err.text, wrong[i].says)) fail_msg("%s: %s", wrong[i].typed, err.text);
    assert_int_equal(err.code, ERR_INVALID);
  }
  char longest[ALERT_TEXT_MOST + 2];
  memset(longest, 'a', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  assert_false(alert_condition_read(str_of(longest), arena, &c, &err));
  longest[0] = '\0';
  for (int i = 0; i < 70; i++) strcat(longest, "a ");
  assert_false(alert_condition_read(str_of(longest), arena, &c, &err));
  assert_non_null(strstr(err.text, "more than 63 words"));
  struct str key = STR("id");
  assert_true(alert_condition_read(STR("any row"), arena, &c, &err));
  assert_false(alert_condition_add_keys(&c, &key, 1, &err)); // it compares no rows
}

static void fits(const char *condition, const char *columns, const char *why, const char *hint) {
  struct alert_condition c;
  struct str text = arena_printf(arena, "{\"columns\":[%s],\"rows\":[]}", columns);
  yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
  assert_non_null(doc);
  if (!alert_condition_read(str_of(condition), arena, &c, &err)) fail_msg("%s", err.text);
  bool ok = alert_condition_check(&c, yyjson_doc_get_root(doc), &err);
  yyjson_doc_free(doc);
  if (ok != !why) fail_msg("%s: %s", condition, ok ? "taken" : err.text);
  if (why && (!strstr(err.text, why) || !strstr(err.hint, hint)))
    fail_msg("%s: %s; %s", condition, err.text, err.hint);
}

#define TEXT(name) "{\"name\":\"" name "\",\"type\":\"text\"}"
#define NUMBER(name) "{\"name\":\"" name "\",\"type\":\"integer\"}"
#define MOMENT(name) "{\"name\":\"" name "\",\"type\":\"time\"}"

static void test_columns(void **state) {
  (void)state;
  fits("denied > 1", TEXT("site") "," NUMBER("Denied"), NULL, NULL);
  fits("denid > 1", TEXT("site") "," NUMBER("denied"), "no column 'denid'", "nearest is 'denied'");
  fits("site > 1", TEXT("site") "," NUMBER("denied"), "'site' holds text", "any row");
  fits("count of site > 1", TEXT("site"), NULL, NULL);
  fits("count of sit > 1", TEXT("site"), "no column 'sit'", "nearest is 'site'");
  fits("denied > 1 in 1h", NUMBER("denied"), "no column of time, or several", "range of the tile");
  fits("denied > 1 in 1h", NUMBER("denied") "," MOMENT("at"), NULL, NULL);
  fits("denied > 1 in 1h", NUMBER("denied") "," MOMENT("at") "," MOMENT("until"), "or several",
       "\"time\" column");
  fits("new row by rule", TEXT("rule_id"), "no column 'rule'", "rule_id");
  fits("share of 'x' > 1%", TEXT("site") "," NUMBER("denied"), NULL, NULL);
  fits("share of 'x' > 1%", NUMBER("a") "," NUMBER("b"), "no measure, or several", "share of 'x' of COLUMN");
  fits("share of a of c > 1%", NUMBER("a") "," NUMBER("b"), "no column 'c'", "nearest");
  fits("any row", TEXT("site"), NULL, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
      cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(test_columns, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "data/json.h"
#include "sink/otlp.h"
#include "sink/syslog.h"

static struct arena *arena;
static struct buf out;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  out = BUF_MAX(1 << 20);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  buf_free(&out);
  arena_free(arena);
  return 0;
}

static struct audit_entry sample(void) {
  return (struct audit_entry){
      .id = STR("aud_0mwpsirqe00015da9unl"),
      .row = {.at = 1795255200007,
              .who = {.actor = STR("tok_1"), .actor_name = STR("ops"), .address = STR("192.0.2.7")},
              .action = STR("tools/call"),
              .account_name = STR("acme"),
              .tool = STR("list_zones"),
              .outcome = STR("ok"),
              .elapsed_us = 782,
              .status = 200,
              .count = 1}};
}

static void expect_syslog(const struct audit_entry *e, const char *frame) {
  char expected[2048];
  buf_clear(&out);
  syslog_add(&out, &(struct syslog_from){STR("gate-1"), STR("4711")}, e, arena);
  snprintf(expected, sizeof expected, "%zu %s", strlen(frame), frame);
  if (!str_is(buf_str(&out), expected)) fail_msg("%.*s\n is not\n%s", (int)out.n, out.p, expected);
}

static void test_syslog(void **state) {
  (void)state;
  struct audit_entry e = sample();
  expect_syslog(&e, "<110>1 2026-11-21T10:00:00.007Z gate-1 postern 4711 tools/call [postern@32473 "
                    "id=\"aud_0mwpsirqe00015da9unl\" outcome=\"ok\" actor=\"tok_1\" actor_name=\"ops\" "
                    "address=\"192.0.2.7\" account_name=\"acme\" tool=\"list_zones\" status=\"200\" "
                    "elapsed_us=\"782\" count=\"1\"] \xef\xbb\xbftools/call list_zones at acme: ok, by ops");
}

static void test_syslog_of_who_means_ill(void **state) {
  (void)state;
  struct audit_entry e = {.id = STR("aud_1"),
                          .row = {.at = -5,
                                  .action = STR("tools call\n<0>1"),
                                  .tool = STR("x\"] [evil@1 y=\"\\\n<34>1 - - - - - -\xff\x1b\xe2\x80\xae"),
                                  .outcome = STR("denied")}};
  expect_syslog(
      &e, "<108>1 - gate-1 postern 4711 tools_call_<0>1 [postern@32473 id=\"aud_1\" outcome=\"denied\" "
          "tool=\"x\\\"\\] [evil@1 y=\\\"\\\\\\\\u000a<34>1 - - - - - -\xef\xbf\xbd\\\\u001b\\\\u202e\"] "
          "\xef\xbb\xbftools call\\u000a<0>1 x\"] [evil@1 y=\"\\\\u000a<34>1 - - - - - "
          "-\xef\xbf\xbd\\u001b\\u202e: denied");
}

static void test_syslog_is_short(void **state) {
  (void)state;
  char long_text[4096];
  memset(long_text, 1, sizeof long_text);
  struct str s = str_make(long_text, sizeof long_text);
  struct audit_entry e = {s,
                          {.at = 1,
                           .who = {s, s, s, s, s, s},
                           .action = s,
                           .server_id = s,
                           .server_name = s,
                           .account_id = s,
                           .account_name = s,
                           .tool = s,
                           .arguments = s,
                           .outcome = s,
                           .request_id = s,
                           .detail = s,
                           .url = s,
                           .elapsed_us = INT64_MAX,
                           .status = INT64_MIN,
                           .count = INT64_MAX}};
  syslog_add(&out, &(struct syslog_from){s, s}, &e, arena);
  assert_true(out.n <= SYSLOG_MOST);
  assert_true(str_ends(buf_str(&out), "…"));
}

static void test_otlp(void **state) {
  (void)state;
  struct audit_entry entries[] = {sample(), sample()};
  struct err err;
  yyjson_doc *doc;
  entries[1].row.tool = STR("\"}],\n\xff");
  otlp_write(&out, &(struct otlp_from){STR("gate-1"), STR("1.0.0")}, entries, 2, arena);
  if (!json_read(buf_str(&out), &JSON_LIMITS, &doc, &err)) fail_msg("%s", err.text);
  yyjson_val *root = yyjson_doc_get_root(doc);
  yyjson_val *first = json_at(root, STR("/resourceLogs/0/scopeLogs/0/logRecords/0"));
  assert_true(str_is(json_str(first, "timeUnixNano"), "1795255200007000000"));
  assert_true(str_is(json_str(first, "severityText"), "INFO"));
  assert_int_equal(json_int(first, "severityNumber", 0), 9);
  assert_true(str_is(json_str(json_at(first, STR("/body")), "stringValue"),
                     "tools/call list_zones at acme: ok, by ops"));
  assert_true(str_is(json_str(json_at(first, STR("/attributes/1")), "key"), "log.record.uid"));
  size_t i, n;
  yyjson_val *attribute;
  bool status = false, tool = false;
  yyjson_arr_foreach (json_at(first, STR("/attributes")), i, n, attribute) {
    if (str_is(json_str(attribute, "key"), "http.response.status_code"))
      status = str_is(json_str(json_at(attribute, STR("/value")), "intValue"), "200"); // 64 bits: a string
  }
  yyjson_arr_foreach (json_at(root, STR("/resourceLogs/0/scopeLogs/0/logRecords/1/attributes")), i, n,
                      attribute) {
    if (str_is(json_str(attribute, "key"), "gen_ai.tool.name"))
      tool = str_is(json_str(json_at(attribute, STR("/value")), "stringValue"), "\"}],\n\xef\xbf\xbd");
  }
  assert_true(status && tool);
  yyjson_doc_free(doc);
}

static void test_rejected(void **state) {
  (void)state;
  static const struct {
    const char *answer;
    int64_t rejected;
    const char *why;
  } cases[] = {
      {"{\"partialSuccess\":{\"rejectedLogRecords\":\"3\",\"errorMessage\":\"too old\"}}", 3, "too old"},
      {"{\"partialSuccess\":{\"rejectedLogRecords\":2}}", 2, ""},
      {"{\"partialSuccess\":{}}", 0, ""},
      {"{\"partialSuccess\":{\"rejectedLogRecords\":\"-9\"}}", 0, ""},
      {"{}", 0, ""},
      {"", 0, ""},
      {"\x0a\x02", 0, ""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str why;
    assert_int_equal(otlp_rejected(str_of(cases[i].answer), arena, &why), cases[i].rejected);
    assert_true(str_is(why, cases[i].why));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_syslog, setup, teardown),
      cmocka_unit_test_setup_teardown(test_syslog_of_who_means_ill, setup, teardown),
      cmocka_unit_test_setup_teardown(test_syslog_is_short, setup, teardown),
      cmocka_unit_test_setup_teardown(test_otlp, setup, teardown),
      cmocka_unit_test_setup_teardown(test_rejected, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

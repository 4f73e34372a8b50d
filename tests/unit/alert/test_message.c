// SPDX-License-Identifier: Apache-2.0
// What is sent of an event: our own JSON, and Slack's text, in which nothing of a vendor is markup or a mention.
#include "../support/check.h"

#include "alert/message.h"
#include "data/json.h"

static struct arena *arena;

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

static struct alert_message message(enum alert_event kind, const char *proof) {
  return (struct alert_message){.id = STR("evt_1"),
                                .watch_id = STR("wat_1"),
                                .tile_id = STR("til_1"),
                                .tile = STR("Rules <of> \"production\""),
                                .dashboard_id = STR("dsh_1"),
                                .dashboard = STR("edge"),
                                .condition = STR("denied > 100"),
                                .kind = kind,
                                .at = 1764158400000,
                                .proof = str_of(proof)};
}

static void test_json(void **state) {
  (void)state;
  struct alert_message m = message(ALERT_BEGAN, "{\"columns\":[\"site\"],\"rows\":[],\"row_count\":0}");
  m.since = 1764158000000;
  check_text(alert_message_write(&m, arena), "{\"id\":\"evt_1\",\"event\":\"began\",\"at\":\"2025-11-26T12:"
                                             "00:00Z\",\"since\":\"2025-11-26T11:53:20Z\","
                                             "\"watch_id\":\"wat_1\",\"condition\":\"denied > "
                                             "100\",\"tile\":{\"id\":\"til_1\",\"title\":\"Rules <of> "
                                             "\\\"production\\\"\"},\"dashboard\":{\"id\":\"dsh_1\",\"name\":"
                                             "\"edge\"},\"columns\":[\"site\"],\"rows\":"
                                             "[],\"row_count\":0}");
  m = message(ALERT_ENDED, "");
  m.began = STR("evt_0");
  m.dashboard_id = m.tile_id = STR("");
  check_text(alert_message_write(&m, arena), "{\"id\":\"evt_1\",\"event\":\"ended\",\"at\":\"2025-11-26T12:"
                                             "00:00Z\",\"began\":\"evt_0\",\"watch_id\":"
                                             "\"wat_1\",\"condition\":\"denied > 100\"}");
  m = message(ALERT_TEST, "");
  check_has(alert_message_write(&m, arena).p, "\"test\":true");
}

static struct str slack(const struct alert_message *m) {
  struct str body = alert_message_slack(alert_message_write(m, arena), arena);
  yyjson_doc *doc = yyjson_read(body.p, body.n, 0);
  assert_non_null(doc);
  yyjson_val *root = yyjson_doc_get_root(doc);
  assert_false(json_bool(root, "mrkdwn", true));
  assert_false(json_bool(root, "link_names", true));
  struct str text = arena_dup(arena, json_str(root, "text"));
  yyjson_doc_free(doc);
  return text;
}

static void test_slack(void **state) {
  (void)state;
  struct alert_message m =
      message(ALERT_HAPPENED,
              "{\"columns\":[\"id\",\"<!channel>\"],\"rows\":[{\"change\":\"changed\",\"before\":[1,false],"
              "\"cells\":[1,true]},{\"change\":\"new\",\"cells\":[2,\"<!here> & <https://evil.example|ok>\\n"
              "\\u202e\"]}],\"row_count\":7}");
  check_text(slack(&m),
             "Happened: denied &gt; 100\nRules &lt;of&gt; \"production\" · edge\n• changed: id 1, "
             "&lt;!channel&gt; true (was false)\n• new: id 2, &lt;!channel&gt; &lt;!here&gt; &amp; "
             "&lt;https://evil.example|ok&gt; ?\n• and 5 more\n2025-11-26T12:00:00Z · evt_1");
  m = message(ALERT_BEGAN,
              "{\"columns\":[\"n\"],\"rows\":[{\"change\":\"meets\",\"cells\":[12345678901234567890]}],"
              "\"row_count\":1,\"value\":101.5}");
  check_text(slack(&m), "Began: denied &gt; 100 · it is 101.5\nRules &lt;of&gt; \"production\" · edge\n• n "
                        "12345678901234567890\n2025-11-26T12:00:00Z · evt_1");
}

static void test_slack_is_short(void **state) {
  (void)state;
  struct buf proof = BUF_MAX(1 << 20);
  buf_add_z(&proof, "{\"columns\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"],\"rows\":[");
  for (int i = 0; i < 20; i++)
    buf_printf(&proof,
               "%s{\"change\":\"new\",\"cells\":[\"%0300d\",\"%0300d\",\"%0300d\",\"%0300d\",\"%0300d\",\"%"
               "0300d\",\"%0300d\"]}",
               i ? "," : "", i, i, i, i, i, i, i);
  buf_add_z(&proof, "],\"row_count\":20}");
  buf_add_char(&proof, '\0');
  struct alert_message m = message(ALERT_HAPPENED, proof.p);
  struct str text = slack(&m);
  assert_true(text.n < ALERT_SLACK_MOST + 200);
  check_has(text.p, "more\n");
  check_has(text.p, "evt_1");
  buf_free(&proof);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_json, setup, teardown),
      cmocka_unit_test_setup_teardown(test_slack, setup, teardown),
      cmocka_unit_test_setup_teardown(test_slack_is_short, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

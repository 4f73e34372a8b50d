// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include "program/keep.h"

#define ZONES_1                                                                                              \
  "{\"success\":true,\"result\":[{\"id\":\"z1\",\"name\":\"example.com\"},{\"id\":\"z2\",\"name\":"          \
  "\"example.org\"}],\"result_info\":{\"page\":1,\"total_pages\":2}}"
#define ZONES_2                                                                                              \
  "{\"success\":true,\"result\":[{\"id\":\"z3\",\"name\":\"example.net\"}],\"result_info\":{\"page\":2,"     \
  "\"total_pages\":2}}"

static const struct rig_answer answers[] = {{"list_zones", "{\"page\":2}", 200, ZONES_2},
                                            {"list_zones", NULL, 200, ZONES_1},
                                            {"list_rules", "{\"zone_id\":\"z3\"}", 500, "the vendor is down"},
                                            {"list_rules", NULL, 200,
                                             "{\"result\":[{\"id\":1,\"action\":\"block\",\"paused\":true},{"
                                             "\"id\":2,\"action\":\"skip\",\"paused\":false}]}"},
                                            {"count_all", NULL, 200, "{\"result\":{\"n\":12}}"},
                                            {NULL, NULL, 0, NULL}};

static void test_one_call(void **state) {
  (void)state;
  struct rig *r = rig_new(answers);
  struct str out =
      rig_run(r,
              "{'version':1,'title':'Zones','steps':[{'id':'zones','account':'east','tool':'list_zones'}],'"
              "results':{'all':{'query':'SELECT name FROM zones ORDER BY name'}}}",
              NULL);
  check_text(rig_rows(r, out), "[[\"example.com\"],[\"example.net\"],[\"example.org\"]]");
  check_has(out.p, "\"status\":\"complete\"");
  check_text(buf_str(&rig_vendor.log), "east.list_zones {}\neast.list_zones {\"page\":2}\n");
  rig_free(r);
}

static void test_fan_out(void **state) {
  (void)state;
  struct rig *r = rig_new(answers);
  struct str out = rig_run(r,
                           "{'version':1,'steps':[{'id':'zones','account':'east','tool':'list_zones'},"
                           "{'id':'rules','account':'east','tool':'list_rules','for_each':'SELECT id AS "
                           "zone_id, name AS zone FROM zones','arguments':{'zone_id':{'$':'zone_id'}}}],"
                           "'results':{'by':{'query':'SELECT zone, action, count(*) AS rules, paused FROM "
                           "rules GROUP BY zone, action ORDER BY zone, action'}}}",
                           NULL);
  check_text(rig_rows(r, out), "[[\"example.com\",\"block\",1,true],[\"example.com\",\"skip\",1,false],["
                               "\"example.org\",\"block\",1,true],[\"example.org\",\"skip\",1,false]]");
  check_has(out.p, "\"status\":\"partial\"");
  check_has(out.p, "rules: 2 of 3 calls gave rows; the first that failed: the vendor is down");
  rig_free(r);
}

static void test_several_accounts(void **state) {
  (void)state;
  struct rig *r = rig_new(answers);
  struct str out =
      rig_run(r,
              "{'version':1,'steps':[{'id':'zones','account':['east','west'],'tool':'list_zones','pages':1}],"
              "'results':{'n':'SELECT account, count(*) FROM zones GROUP BY account ORDER BY 1'}}",
              NULL);
  check_text(rig_rows(r, out), "[[\"east\",2],[\"west\",2]]");
  check_has(out.p, "there may be more");
  rig_free(r);
}

static void test_references(void **state) {
  (void)state;
  struct rig *r = rig_new(answers);
  struct str out = rig_run(r,
                           "{'version':1,'parameters':{'since':'now-7d','which':'example.com'},'steps':[{'id'"
                           ":'zones','account':'east','tool':'list_zones','pages':1},"
                           "{'id':'rules','account':'west','tool':'list_rules','arguments':{'zone_id':{'$sql'"
                           ":'SELECT id FROM zones WHERE name = :which'},"
                           "'since':{'$param':'since'},'from':{'$param':'since'},'ids':{'$rows':'SELECT id "
                           "FROM zones ORDER BY id DESC'}}}],"
                           "'results':{'n':'SELECT count(*) FROM rules'}}",
                           "{'which':'example.org'}");
  check_text(rig_rows(r, out), "[[2]]");
  check_text(buf_str(&rig_vendor.log), "east.list_zones {}\nwest.list_rules "
                                       "{\"zone_id\":\"z2\",\"since\":\"2026-11-13T08:15:00Z\",\"from\":"
                                       "1794557700,\"ids\":[\"z2\",\"z1\"]}\n");
  rig_free(r);
}

static void test_batches(void **state) {
  (void)state;
  struct rig *r = rig_new(answers);
  rig_run(r,
          "{'version':1,'steps':[{'id':'zones','account':'east','tool':'list_zones'},"
          "{'id':'counts','account':'east','tool':'count_all','for_each':'SELECT id FROM zones ORDER BY "
          "id','batch':2,'arguments':{'ids':{'$rows':'SELECT id FROM batch ORDER BY id'}}}],"
          "'results':{'n':'SELECT sum(n) FROM counts'}}",
          NULL);
  check_has(rig_vendor.log.p, "east.count_all {\"ids\":[\"z1\",\"z2\"]}\n");
  check_has(rig_vendor.log.p, "east.count_all {\"ids\":[\"z3\"]}\n");
  assert_int_equal(rig_vendor.calls, 4);
  rig_free(r);
}

static void test_a_failed_step(void **state) {
  (void)state;
  static const struct rig_answer down[] = {
      {"list_zones", NULL, 500, "it is down"}, {"count_all", NULL, 200, "{\"n\":1}"}, {NULL, NULL, 0, NULL}};
  struct rig *r = rig_new(down);
  struct str out = rig_run(r,
                           "{'version':1,'steps':[{'id':'zones','account':'east','tool':'list_zones'},{'id':'"
                           "counts','account':'east','tool':'count_all'},"
                           "{'id':'rules','account':'east','tool':'list_rules','for_each':'SELECT id FROM "
                           "zones','arguments':{'zone_id':{'$':'id'}}}],"
                           "'results':{'fine':'SELECT n FROM counts','not':'SELECT * FROM rules'}}",
                           NULL);
  check_text(rig_rows(r, out), "[[1]]");
  check_has(out.p, "\"status\":\"partial\"");
  check_has(out.p, "the step 'rules' failed: the step 'zones' failed, which it reads");
  rig_free(r);
}

static void test_a_limit_of_the_vendor(void **state) {
  (void)state;
  static struct rig_answer limited[] = {
      {"list_zones", "{\"page\":2}", 429, ""}, {"list_zones", NULL, 200, ZONES_1}, {NULL, NULL, 0, NULL}};
  struct rig *r = rig_new(limited);
  struct err err;
  struct str out = rig_run(r,
                           "{'version':1,'steps':[{'id':'zones','account':'east','tool':'list_zones'}],'"
                           "results':{'n':'SELECT count(*) FROM zones'}}",
                           NULL);
  check_text(rig_rows(r, out), "[[2]]");
  check_has(out.p, "\"status\":\"paused\"");
  check_has(out.p, "\"wait_seconds\":7");
  limited[0].status = 200;
  limited[0].body = ZONES_2;
  assert_true(program_go_on(r->run, 0, &err));
  out = rig_outcome(r);
  check_text(rig_rows(r, out), "[[3]]");
  check_has(out.p, "\"status\":\"complete\"");
  rig_free(r);
}

static void test_limits(void **state) {
  (void)state;
  struct rig *r = rig_new(answers);
  r->env.limits.fan_out = 2;
  struct str out =
      rig_run(r,
              "{'version':1,'steps':[{'id':'zones','account':'east','tool':'list_zones'},"
              "{'id':'rules','account':'east','tool':'list_rules','for_each':'SELECT id FROM "
              "zones','arguments':{'zone_id':{'$':'id'}}}],'results':{'n':'SELECT 1 FROM rules'}}",
              NULL);
  check_has(out.p, "program_fan_out");
  rig_free(r);
  r = rig_new(answers);
  r->env.limits.calls = 3;
  out = rig_run(r,
                "{'version':1,'steps':[{'id':'zones','account':'east','tool':'list_zones'},"
                "{'id':'rules','account':'east','tool':'list_rules','for_each':'SELECT id FROM "
                "zones','arguments':{'zone_id':{'$':'id'}}}],'results':{'n':'SELECT count(*) FROM rules'}}",
                NULL);
  check_has(out.p, "program_calls");
  check_has(out.p, "\"status\":\"partial\"");
  assert_int_equal(rig_vendor.calls, 3);
  rig_free(r);
}

static void test_kept(void **state) {
  (void)state;
  struct rig *r = rig_new(answers);
  char handle[PROGRAM_HANDLE_TEXT];
  struct err err;
  rig_run(r,
          "{'version':1,'steps':[{'id':'zones','account':'east','tool':'list_zones'}],'results':{'names':'"
          "SELECT name, id FROM zones'}}",
          NULL);
  program_keep(r->run, handle);
  r->run = NULL;
  const char *program = arena_printf(r->arena,
                                     "{'version':1,'tables':{'earlier':{'kept':'%s','result':'names'}},'"
                                     "results':{'n':'SELECT count(*), min(name) FROM earlier'}}",
                                     handle)
                            .p;
  check_text(rig_rows(r, rig_run(r, program, NULL)), "[[3,\"example.com\"]]");
  struct program_run *other;
  assert_false(program_take(str_of(handle), STR("q"), &other, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_int_equal(program_kept_count(), 1);
  for (int i = 0; i < 20; i++) { // the oldest of one principal goes
    char text[PROGRAM_HANDLE_TEXT];
    program_end(r->run);
    rig_run(r, "{'version':1,'steps':[],'results':{'n':'SELECT 1'}}", NULL);
    program_keep(r->run, text);
    r->run = NULL;
  }
  assert_int_equal(program_kept_count(), PROGRAM_KEPT_OWN);
  assert_false(program_take(str_of(handle), STR("p"), &other, &err));
  program_keep_close();
  assert_int_equal(program_kept_count(), 0);
  rig_free(r);
}

static void test_time(void **state) {
  (void)state;
  static const struct rig_answer events[] = {
      {"count_all", NULL, 200,
       "{\"result\":[{\"at\":\"2026-11-17T10:00:00Z\",\"a\":\"x\"},{\"at\":\"2026-11-20T01:00:00Z\",\"a\":"
       "\"x\"},{\"at\":\"2026-11-20T02:00:00Z\",\"a\":\"y\"}]}"},
      {NULL, NULL, 0, NULL}};
  struct rig *r = rig_new(events);
  struct str out = rig_run(r,
                           "{'version':1,'steps':[{'id':'e','account':'east','tool':'count_all'}],'results':{"
                           "'d':{'query':'SELECT time_bucket(at, ~day~) AS day, a, count(*) AS n FROM e "
                           "GROUP BY 1, 2 ORDER BY 1, 2','time':{'column':'day','bucket':'day'}}}}",
                           NULL);
  check_text(rig_rows(r, out),
             "[[\"2026-11-17T00:00:00.000Z\",\"x\",1],[\"2026-11-17T00:00:00.000Z\",\"y\",0],[\"2026-11-"
             "18T00:00:00.000Z\",\"x\",0],[\"2026-11-18T00:00:00.000Z\",\"y\",0],"
             "[\"2026-11-19T00:00:00.000Z\",\"x\",0],[\"2026-11-19T00:00:00.000Z\",\"y\",0],[\"2026-11-20T00:"
             "00:00.000Z\",\"x\",1],[\"2026-11-20T00:00:00.000Z\",\"y\",1]]");
  check_has(out.p, "\"unfinished\":true");
  rig_free(r);
}

static const struct {
  const char *program, *want;
} program_faults_rows[] = {
    {"{'version':1,'steps':[],'tables':{'old':{'kept':'p_none'}},'results':{'n':'SELECT 1 FROM old'}}",
     "/tables/old: nothing is kept under 'p_none'"},
    {"[]", "the program: a program is a JSON object, not an array"},
    {"{}", "/version: 'version' is missing"},
    {"{'version':2,'steps':[],'results':{}}", "/version: 'version' is of a form"},
    {"{'version':1,'step':[],'steps':[{'id':'z','account':'east','tool':'list_zones'}],'results':{'n':'"
     "SELECT 1'}}",
     "/step: unknown member 'step'; did you mean 'steps'?"},
    {"{'version':1,'steps':[{'id':'z','account':'eest','tool':'list_zones'}],'results':{'n':'SELECT 1'}}",
     "/steps/0/account: there is no account 'eest'; did you mean 'east'?"},
    {"{'version':1,'steps':[{'id':'z','tool':'list_zones'}],'results':{'n':'SELECT 1'}}",
     "/steps/0/account: 'list_zones' is a tool of several accounts"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zone'}],'results':{'n':'SELECT 1'}}",
     "has no tool 'list_zone' here; did you mean 'list_zones'?"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'delete_zone'}],'results':{'n':'SELECT 1'}}",
     "/steps/0/tool: 'delete_zone' writes (delete)"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones','arguments':{'stats':'x'}}],'"
     "results':{'n':'SELECT 1'}}",
     "/steps/0/arguments/stats: 'list_zones' takes no argument 'stats'; did you mean 'status'?"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones','arguments':{'status':'gone'}}],"
     "'results':{'n':'SELECT 1'}}",
     "/steps/0/arguments/status: expected one of"},
    {"{'version':1,'steps':[{'id':'r','account':'east','tool':'list_rules'}],'results':{'n':'SELECT 1'}}",
     "/steps/0/arguments/zone_id"},
    {"{'version':1,'steps':[{'id':'r','account':'east','tool':'list_rules','arguments':{'zone_id':{'$':'id'"
     "}}}],'results':{'n':'SELECT 1'}}",
     "takes a column of the step's for_each, and the step has none"},
    {"{'version':1,'steps':[{'id':'r','account':'east','tool':'list_rules','arguments':{'zone_id':{'$param'"
     ":'zonee'}}}],'parameters':{'zone_id':'x'},'results':{'n':'SELECT 1'}}",
     "there is no parameter 'zonee'"},
    {"{'version':1,'steps':[{'id':'select','account':'east','tool':'list_zones'}],'results':{'n':'SELECT "
     "1'}}",
     "/steps/0/id: 'select' is a word of SQL"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones'},{'id':'Z','account':'east','"
     "tool':'list_zones'}],'results':{'n':'SELECT 1'}}",
     "'Z' is the id of another step too"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones'}],'results':{'n':'SELECT * FROM "
     "y'}}",
     "/results/n/query: the query: no such table: y"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones'}],'results':{'n':'DELETE FROM "
     "z'}}",
     "/results/n/query: the query does what none may"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones'}],'results':{'n':'SELECT "
     ":sins'}}",
     "there is no parameter :sins"},
    {"{'version':1,'parameters':{'since':'neverday'},'steps':[{'id':'z','account':'east','tool':'list_"
     "zones'}],'results':{'n':'SELECT 1'}}",
     "/parameters/since: 'neverday' is no time"},
    {"{'version':1,'parameters':{'zone':'Mars/"
     "Base'},'steps':[{'id':'z','account':'east','tool':'list_zones'}],'results':{'n':'SELECT 1'}}",
     "/parameters/zone: there is no time zone 'Mars/Base'"},
    {"{'version':1,'parameters':{'x':{'type':'text'}},'steps':[{'id':'z','account':'east','tool':'list_"
     "zones'}],'results':{'n':'SELECT 1'}}",
     "/parameters/x: the parameter 'x' has no default and must be given"},
    {"{'version':1,'steps':[{'id':'a','account':'east','tool':'list_rules','for_each':'SELECT id FROM "
     "b','arguments':{'zone_id':{'$':'id'}}},{'id':'b','account':'east','tool':'list_rules','for_each':'"
     "SELECT id FROM a','arguments':{'zone_id':{'$':'id'}}}],'results':{'n':'SELECT 1'}}",
     "waits for itself"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones'}],'results':{'n':{'query':'"
     "SELECT 1 AS x','time':{'column':'day','bucket':'fortnight'}}}}",
     "/results/n/time/bucket: unknown bucket 'fortnight'"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones'}],'results':{'n':{'query':'"
     "SELECT 1 AS x','columns':{'x':{'kind':'cnt'}}}}}",
     "/results/n/columns/x/kind: unknown kind 'cnt'"},
    {"{'version':1,'steps':[{'id':'z','account':'east','tool':'list_zones','batch':3}],'results':{'n':'"
     "SELECT 1'}}",
     "'batch' groups the rows of a for_each"},
};

static void test_faults(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof program_faults_rows / sizeof *program_faults_rows; i++) {
    struct rig *r = rig_new(answers);
    struct str got = rig_begin(r, program_faults_rows[i].program, NULL);
    if (!str_contains(got, str_of(program_faults_rows[i].want)))
      fail_msg("%s\n  gives %.*s\n  not   %s", program_faults_rows[i].program, STR_ARG(got),
               program_faults_rows[i].want);
    assert_int_equal(rig_vendor.calls, 0);
    rig_free(r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_call),
                                     cmocka_unit_test(test_fan_out),
                                     cmocka_unit_test(test_several_accounts),
                                     cmocka_unit_test(test_references),
                                     cmocka_unit_test(test_batches),
                                     cmocka_unit_test(test_a_failed_step),
                                     cmocka_unit_test(test_a_limit_of_the_vendor),
                                     cmocka_unit_test(test_limits),
                                     cmocka_unit_test(test_kept),
                                     cmocka_unit_test(test_time),
                                     cmocka_unit_test(test_faults)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// What is looked behind: an answer that is empty, low or denied, by the connector's troubles; what is said where one is there.
#include "../support/check.h"

#include "ask/suspect.h"
#include "data/json.h"
#include "data/yaml.h"
#include "table/moment.h"

static const char words[] =
    "things:\n"
    "  visits:\n"
    "    names: [visit]\n"
    "    steps: [{id: visits, tool: list-visits}]\n"
    "    label: path\n"
    "    columns:\n"
    "      path: {sql: visits.path}\n"
    "      verdict: {sql: visits.verdict, values: {NO: [refused], OK: [allowed]}}\n"
    "      land: {sql: visits.land, values: {DE: [german]}}\n"
    "troubles:\n"
    "  asleep: {when: [low, empty], things: [visits], only: ['NO'], check: sleep, steps: [{id: g, tool: "
    "list-guards, "
    "arguments: {period: {$period: [1h, 24h, 7d]}}}], query: SELECT 1 AS n, say: '{n} guards sleep.'}\n"
    "  refused: {when: [denied], things: [visits], says: [forbidden], steps: [{id: w, tool: whoami}], query: "
    "SELECT 1 AS n, "
    "say: 'You are {n}.', remedy: Ask for more.}\n"
    "  hidden: {when: [empty], things: [visits], steps: [{id: h, tool: hidden-tool}], query: SELECT 1 AS n, "
    "say: x}\n"
    "  other: {when: [empty], things: [others], steps: [{id: g, tool: list-guards}], query: SELECT 1 AS n, "
    "say: x}\n";

struct room {
  struct arena *arena;
  struct yaml_doc *doc;
  struct model model;
  struct model_source source;
  struct table_clock clock;
};

static bool has_tool(void *arg, const struct model_source *s, struct str tool) {
  (void)arg, (void)s;
  return !str_is(tool, "hidden-tool");
}

static struct str remedy(void *arg, struct str check) {
  (void)arg;
  return str_is(check, "sleep") ? STR("Wake them.") : STR_NONE;
}

static int room_open(void **state) {
  struct room *r = calloc(1, sizeof *r);
  struct err err;
  const struct zone *utc;
  r->arena = arena_new();
  r->model.arena = r->arena;
  assert_true(zone_find(STR("UTC"), &utc, &err));
  r->clock = (struct table_clock){.zone = utc, .first_weekday = 1};
  assert_true(moment_read(STR("2026-11-26T10:30:00Z"), &r->clock.now_ms));
  if (!yaml_read(str_of(words), &r->doc, &err)) fail_msg("%s %s", err.field, err.text);
  r->source = (struct model_source){.connector = STR("acme"),
                                    .label = STR("Acme"),
                                    .accounts = {STR("one")},
                                    .account_count = 1,
                                    .ask = yaml_root(r->doc),
                                    .has_tool = has_tool,
                                    .remedy = remedy};
  assert_true(model_add(&r->model, yaml_root(r->doc), &r->source, &err));
  *state = r;
  return 0;
}

static int room_close(void **state) {
  struct room *r = *state;
  yaml_close(r->doc);
  phrases_free(&r->model.phrases);
  arena_free(r->arena);
  free(r);
  return 0;
}

static void planned(struct room *r, const char *question, struct ask_plan *out) {
  struct err err;
  struct reading *reading = ARENA_NEW(r->arena, struct reading);
  struct reading_input in = {.question = str_of(question), .model = &r->model, .clock = &r->clock};
  assert_true(reading_make(&in, NULL, r->arena, reading, &err));
  plan_make(reading, &r->clock, r->arena, out);
  assert_int_equal(out->end, PLAN_PROGRAM);
}

// An answer of one number.
struct one {
  struct table_column column;
  struct table_cell cell;
  struct outcome_result result;
  struct outcome_call call;
  struct outcome outcome;
};

static void one_make(struct one *o, struct str name, int64_t number, const char *why) {
  *o = (struct one){.column = {.name = name, .type = TABLE_INTEGER},
                    .cell = {.kind = TABLE_CELL_INTEGER, .integer = number},
                    .call = {.why = str_of(why)}};
  o->result.rows =
      (struct table_result){.columns = &o->column, .column_count = 1, .cells = &o->cell, .row_count = 1};
  if (*why) o->result.why = str_of(why);
  o->outcome = (struct outcome){.results = &o->result, .result_count = 1, .calls = &o->call, .call_count = 1};
}

static size_t picked(struct room *r, const char *question, int64_t number, const char *why,
                     struct suspect *list) {
  struct ask_plan *plan = ARENA_NEW(r->arena, struct ask_plan);
  struct one o;
  planned(r, question, plan);
  one_make(&o, plan->results[0].query.measure, number, why);
  size_t n = suspect_pick(plan, &o.outcome, list);
  yyjson_mut_doc_free(plan->program);
  return n;
}

static void what_speaks_of_the_answer_is_picked(void **state) {
  static const struct {
    const char *question, *why;
    int64_t number;
    size_t picked;
    enum suspect_when when;
  } cases[] = {
      {"how many visits were refused?", "", 0, 1, SUSPECT_EMPTY},
      {"how many visits were refused?", "", 3, 1, SUSPECT_LOW},
      {"how many german visits were refused?", "", 3, 0, SUSPECT_LOW}, // narrowed further
      {"how many german visits were refused?", "", 0, 1, SUSPECT_EMPTY},
      {"how many visits were allowed?", "", 0, 0, SUSPECT_EMPTY}, // not what the trouble is about
      {"how many visits were allowed?", "it is forbidden to you", 0, 1, SUSPECT_DENIED},
      {"how many visits were allowed?", "the network is down", 0, 0, SUSPECT_DENIED},
  };
  struct room *r = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct suspect list[SUSPECTS_MOST];
    size_t n = picked(r, cases[i].question, cases[i].number, cases[i].why, list);
    if (n != cases[i].picked || (n && list[0].when != cases[i].when))
      fail_msg("%s, %lld: %zu picked", cases[i].question, (long long)cases[i].number, n);
  }
}

static void its_program_has_accounts_name_time_and_what_the_answer_came_to(void **state) {
  static const char *const parts[] = {"\"account\":\"one\"",
                                      "\"answer\":{\"type\":\"number\",\"default\":3.0}", "\"period\":\"7d\"",
                                      "\"since\":\"now-30d\"", "\"query\":\"SELECT 1 AS n\""};
  struct room *r = *state;
  struct suspect list[SUSPECTS_MOST];
  assert_int_equal(picked(r, "how many visits were refused?", 3, "", list), 1);
  yyjson_mut_doc *doc = suspect_program(&list[0], &r->clock, r->arena);
  char *text = yyjson_mut_write(doc, 0, NULL);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) check_has(text, parts[i]);
  free(text);
  yyjson_mut_doc_free(doc);
}

static void a_low_answer_is_one_in_a_hundred_of_the_whole(void **state) {
  static const struct {
    const char *column;
    int64_t whole;
    const char *said;
  } cases[] = {{"of", 301, "none guards sleep. Wake them."}, {"of", 300, ""}, {"n", 301, ""}};
  struct room *r = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct suspect list[SUSPECTS_MOST];
    struct one o;
    struct buf out = BUF_MAX(1000);
    assert_int_equal(picked(r, "how many visits were refused?", 3, "", list), 1);
    one_make(&o, str_of(cases[i].column), cases[i].whole, "");
    suspect_tell(&list[0], &o.outcome, &out);
    check_text(buf_str(&out), cases[i].said);
    buf_free(&out);
  }
}

static void no_row_says_nothing(void **state) {
  struct room *r = *state;
  struct suspect list[SUSPECTS_MOST];
  struct one o;
  struct buf out = BUF_MAX(1000);
  assert_int_equal(picked(r, "how many visits were refused?", 0, "", list), 1);
  one_make(&o, STR("n"), 4, "");
  suspect_tell(&list[0], &o.outcome, &out);
  check_text(buf_str(&out), "4 guards sleep. Wake them.");
  buf_clear(&out);
  o.result.rows.row_count = 0;
  suspect_tell(&list[0], &o.outcome, &out);
  check_text(buf_str(&out), "");
  buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_speaks_of_the_answer_is_picked, room_open, room_close),
      cmocka_unit_test_setup_teardown(its_program_has_accounts_name_time_and_what_the_answer_came_to,
                                      room_open, room_close),
      cmocka_unit_test_setup_teardown(a_low_answer_is_one_in_a_hundred_of_the_whole, room_open, room_close),
      cmocka_unit_test_setup_teardown(no_row_says_nothing, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

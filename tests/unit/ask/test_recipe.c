// SPDX-License-Identifier: Apache-2.0
// Recipes: what calls for one, what fills its slots, when it is left to general planning; the program it becomes.
#include "../support/check.h"

#include "ask/plan.h"
#include "ask/reading.h"
#include "ask/sentence.h"
#include "data/json.h"
#include "data/yaml.h"
#include "table/moment.h"

static const char words[] =
    "names: [acme]\n"
    "things:\n"
    "  zones:\n"
    "    names: [zone]\n"
    "    steps: [{id: zones, tool: list-zones}]\n"
    "    find: {argument: name, kind: domain}\n"
    "    key: id\n"
    "    gives: {zone_id: zones.id}\n"
    "    label: name\n"
    "    columns: {name: {sql: zones.name, entity: domain}, paused: {sql: zones.paused, yes: [paused]}}\n"
    "recipes:\n"
    "  quiet:\n"
    "    label: quiet guards\n"
    "    title: What guards {site} quietly\n"
    "    when: [[guard, defence], [asleep, quiet]]\n"
    "    also: [anything]\n"
    "    span: now-7d\n"
    "    slots:\n"
    "      site: {thing: zones, otherwise: all zones}\n"
    "      by: {otherwise: day, choices: {day: {names: [by day], put: {field: date}}, land: {names: [by "
    "land, "
    "land], said: by land, put: {field: country}}}}\n"
    "      top: {number: 5, most: 20}\n"
    "    program:\n"
    "      steps:\n"
    "        - {id: zones, tool: list-zones}\n"
    "        - {id: guards, tool: list-guards, for_each: \"SELECT id FROM zones WHERE :site = '' OR name = "
    ":site\", arguments: {field: \"<<by.field>>!\", since: {$param: since}}}\n"
    "      results:\n"
    "        guards: {query: SELECT 1 AS <<by>> LIMIT :top, title: \"Guards {by}\", say: \"{rows} on "
    "{site}\", none: None}\n"
    "  one:\n"
    "    label: one zone\n"
    "    title: One\n"
    "    when: [[portrait]]\n"
    "    slots: {site: {thing: zones}}\n"
    "    program: {steps: [{id: zones, tool: list-zones}], results: {r: {query: SELECT 1 AS n}}}\n"
    "  hidden:\n"
    "    label: hidden\n"
    "    title: Hidden\n"
    "    when: [[secret sauce]]\n"
    "    program: {steps: [{id: s, tool: hidden-tool}], results: {r: {query: SELECT 1 AS n}}}\n";

struct room {
  struct arena *arena;
  struct yaml_doc *doc;
  struct model model;
  struct table_clock clock;
};

static bool has_tool(void *arg, const struct model_source *s, struct str tool) {
  (void)arg, (void)s;
  return !str_is(tool, "hidden-tool");
}

static const struct model_source source = {.connector = {"acme", 4},
                                           .label = {"Acme", 4},
                                           .accounts = {{"one", 3}, {"two", 3}},
                                           .account_count = 2,
                                           .has_tool = has_tool};

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
  assert_true(model_add(&r->model, yaml_root(r->doc), &source, &err));
  assert_true(recipe_add(&r->model, yaml_root(r->doc), &source, &err));
  *state = r;
  return 0;
}

static int room_close(void **state) {
  struct room *r = *state;
  yaml_close(r->doc);
  phrases_free(&r->model.phrases);
  phrases_free(&r->model.recipe_phrases);
  arena_free(r->arena);
  free(r);
  return 0;
}

static struct reading_input said(struct room *r, const char *question) {
  return (struct reading_input){.question = str_of(question), .model = &r->model, .clock = &r->clock};
}

static const struct recipe_use *read_in(struct room *r, const char *question, const struct reading *before,
                                        struct reading *out) {
  struct err err;
  struct reading_input in = said(r, question);
  assert_true(reading_make(&in, before, r->arena, out, &err));
  return out->recipe;
}

static void all_its_words_call_for_it(void **state) {
  static const struct {
    const char *question, *recipe; // NULL: none
  } cases[] = {{"which guards are asleep?", "quiet"},
               {"is any guard of zone example.com quiet", "quiet"},
               {"anything quiet in our defences by land in the last 3 days", "quiet"},
               {"which guards are there?", NULL},             // one condition is not met
               {"which guards are not asleep?", NULL},        // turned round
               {"how many guards are asleep?", NULL},         // rows are not counted
               {"which guards are asleep and paused?", NULL}, // "paused" would be left out
               {"which guards cost more than 5 and are asleep?", NULL},
               {"wake the guards that are asleep", NULL}};
  struct room *r = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct reading out;
    struct err err;
    struct reading_input in = said(r, cases[i].question);
    in.looked = true;
    assert_true(reading_make(&in, NULL, r->arena, &out, &err));
    const char *got = out.recipe ? arena_z(r->arena, out.recipe->recipe->id) : NULL;
    if (!got != !cases[i].recipe || (got && strcmp(got, cases[i].recipe) != 0))
      fail_msg("%s: %s", cases[i].question, got ? got : "none");
  }
}

static void slots_hold_what_is_said_or_assumed(void **state) {
  struct room *r = *state;
  struct reading out;
  const struct recipe_use *use =
      read_in(r, "top 3 quiet guards on example.com by land, last 2 days", NULL, &out);
  assert_non_null(use);
  check_text(use->fills[0].text, "example.com");
  check_text(use->fills[1].text, "land");
  check_text(recipe_said(use, 1), "by land");
  check_text(use->fills[2].text, "3");
  check_text(use->span.since, "now-2d");
  assert_false(use->fills[0].assumed || use->span_is_assumed);
  use = read_in(r, "quiet guards", NULL, &out);
  check_text(use->fills[0].text, "");
  check_text(recipe_said(use, 0), "all zones");
  check_text(use->fills[1].text, "day");
  check_text(use->fills[2].text, "5");
  assert_true(use->fills[0].assumed && use->span_is_assumed);
  check_text(use->span.since, "now-7d");
  assert_null(read_in(r, "top 400 quiet guards", NULL, &out)); // more than it takes
}

static void a_follow_up_edits_slots(void **state) {
  struct room *r = *state;
  struct reading first, second, third, other;
  assert_non_null(read_in(r, "quiet guards on example.com", NULL, &first));
  const struct recipe_use *use = read_in(r, "and by land?", &first, &second);
  assert_non_null(use);
  check_text(use->fills[0].text, "example.com");
  check_text(use->fills[1].text, "land");
  use = read_in(r, "and for example.org in the last 2 days", &second, &third);
  check_text(use->fills[0].text, "example.org");
  check_text(use->fills[1].text, "land");
  check_text(use->span.since, "now-2d");
  assert_null(read_in(r, "how many zones are there?", &third, &other));
}

static void a_missing_slot_is_asked_back(void **state) {
  struct room *r = *state;
  struct reading out;
  struct ask_plan plan;
  struct err err;
  const struct recipe_use *use = read_in(r, "portrait", NULL, &out);
  check_text(use->missing->name, "site");
  struct reading_input in = said(r, "portrait");
  struct model_row names[] = {{STR(""), {"a.example", 9}, &r->model.things[0]},
                              {STR(""), {"b.example", 9}, &r->model.things[0]}};
  in.names = names, in.name_count = 2, in.looked = true;
  assert_true(reading_make(&in, NULL, r->arena, &out, &err));
  plan_make(&out, &r->clock, r->arena, &plan);
  assert_int_equal(plan.end, PLAN_CLARIFY);
  assert_int_equal(plan.choice_count, 2);
  in.name_count = 1; // the only one, or the one that was chosen
  assert_true(reading_make(&in, NULL, r->arena, &out, &err));
  check_text(out.recipe->fills[0].text, "a.example");
  assert_null(out.recipe->missing);
}

static void a_name_of_two_rows_is_asked_back(void **state) {
  struct room *r = *state;
  struct reading out;
  struct err err;
  struct reading_input in = said(r, "portrait of staging");
  assert_int_equal(read_in(r, "portrait of staging", NULL, &out)->lost_count, 1);
  struct model_row names[] = {{{"staging", 7}, {"staging-a.example", 17}, &r->model.things[0]},
                              {{"staging", 7}, {"staging-b.example", 17}, &r->model.things[0]}};
  in.names = names, in.name_count = 2, in.looked = true;
  assert_true(reading_make(&in, NULL, r->arena, &out, &err));
  check_text(out.recipe->ambiguous, "staging");
  in.name_count = 1;
  assert_true(reading_make(&in, NULL, r->arena, &out, &err));
  check_text(out.recipe->fills[0].text, "staging-a.example");
}

static void it_becomes_a_program_with_accounts_times_and_slots(void **state) {
  static const char *const parts[] = {
      "\"account\":[\"one\",\"two\"]",
      "\"field\":\"country!\"",
      "SELECT 1 AS land LIMIT :top",
      "\"since\":\"now-7d\"",
      "\"site\":{\"type\":\"text\",\"default\":\"x' OR 1 = 1 --\"}",
      "\"top\":{\"type\":\"integer\",\"default\":5}",
      "\"title\":\"Guards by land\"",
      "count(*) AS there FROM zones WHERE zones.name = :site OR zones.id = :site"};
  struct room *r = *state;
  struct reading out;
  struct ask_plan plan;
  assert_non_null(read_in(r, "quiet guards on \"x' OR 1 = 1 --\" by land", NULL, &out));
  plan_make(&out, &r->clock, r->arena, &plan);
  assert_int_equal(plan.end, PLAN_PROGRAM);
  char *text = yyjson_mut_write(plan.program, 0, NULL);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) check_has(text, parts[i]);
  assert_null(strstr(text, "\"say\"")); // what is only said of it stays here
  free(text);
  yyjson_mut_doc_free(plan.program);
}

static void one_whose_tools_are_hidden_is_an_honest_no(void **state) {
  struct room *r = *state;
  struct reading out;
  struct ask_plan plan;
  assert_non_null(read_in(r, "the secret sauce", NULL, &out));
  plan_make(&out, &r->clock, r->arena, &plan);
  assert_int_equal(plan.end, PLAN_UNANSWERABLE);
  assert_true(str_contains(plan.text, STR("not all tools")));
  assert_false(str_contains(plan.text, STR("hidden-tool"))); // what is hidden is not told
}

// What a row holds is shown, and never read as part of a sentence.
static void a_cell_is_no_template(void **state) {
  struct table_column columns[] = {{.name = {"name", 4}, .type = TABLE_TEXT},
                                   {.name = {"n", 1}, .type = TABLE_INTEGER}};
  struct table_cell cells[] = {{.kind = TABLE_CELL_TEXT, .text = {"{rows} {first}\n", 15}},
                               {.kind = TABLE_CELL_INTEGER, .integer = 4012}};
  struct table_result rows = {.column_count = 2, .row_count = 1, .columns = columns, .cells = cells};
  struct buf text = BUF_MAX(1000), numbers = BUF_MAX(1000);
  struct cell_to to = {&text, &numbers, &rows, STR("r")};
  (void)state;
  sentence_say(&to, STR("{rows} is {name}: {n} of {nothing} {open"), NULL);
  check_text(buf_str(&text), "1 is {rows} {first} : 4,012 of none {open");
  check_has(buf_str(&numbers).p, "\"start\":22,\"end\":27,\"result\":\"r\",\"row\":0,\"column\":1");
  buf_free(&text);
  buf_free(&numbers);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(all_its_words_call_for_it, room_open, room_close),
      cmocka_unit_test_setup_teardown(slots_hold_what_is_said_or_assumed, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_follow_up_edits_slots, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_missing_slot_is_asked_back, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_name_of_two_rows_is_asked_back, room_open, room_close),
      cmocka_unit_test_setup_teardown(it_becomes_a_program_with_accounts_times_and_slots, room_open,
                                      room_close),
      cmocka_unit_test(a_cell_is_no_template),
      cmocka_unit_test_setup_teardown(one_whose_tools_are_hidden_is_an_honest_no, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

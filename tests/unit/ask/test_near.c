// SPDX-License-Identifier: Apache-2.0
// A word that nothing connected knows, read as another of its meaning that something does: which are taken, which are asked
// back about, and what is told of it.
#include "../support/check.h"

#include "ask/plan.h"
#include "data/yaml.h"
#include "lexicon/lexicon.h"
#include "table/moment.h"

static const char words[] =
    "things:\n"
    "  coupons: {names: [coupon], steps: [{id: coupons, tool: list-coupons}], columns: {code: {sql: "
    "coupons.code}}}\n"
    "  projects: {names: [project], steps: [{id: projects, tool: list-projects}], columns: {title: {sql: "
    "projects.title}}}\n"
    "  customers: {names: [customer], steps: [{id: customers, tool: list-customers}], columns: {name: {sql: "
    "customers.name}}}\n"
    "  parcels:\n"
    "    names: [parcel]\n"
    "    steps: [{id: parcels, tool: list-parcels}]\n"
    "    columns:\n"
    "      state: {sql: parcels.state, values: {S: [purchased], W: [waiting]}}\n"
    "      fuel: {sql: parcels.fuel, values: {E: [electric]}}\n";

struct room {
  struct arena *arena;
  struct yaml_doc *doc;
  struct model model;
  struct model_source source;
  struct table_clock clock;
  struct reading reading;
  struct ask_plan plan;
};

static int room_open(void **state) {
  struct room *r = calloc(1, sizeof *r);
  struct err err;
  const struct zone *utc;
  r->arena = arena_new();
  r->model.arena = r->arena;
  assert_true(zone_find(STR("UTC"), &utc, &err));
  r->clock = (struct table_clock){.zone = utc, .first_weekday = 1};
  assert_true(moment_read(STR("2026-11-26T10:30:00Z"), &r->clock.now_ms));
  r->source = (struct model_source){
      .connector = STR("acme"), .label = STR("Acme"), .accounts = {STR("acme")}, .account_count = 1};
  if (!yaml_read(str_of(words), &r->doc, &err) || !model_add(&r->model, yaml_root(r->doc), &r->source, &err))
    fail_msg("%s %s", err.field, err.text);
  *state = r;
  return 0;
}

static int room_close(void **state) {
  struct room *r = *state;
  phrases_free(&r->model.phrases);
  yaml_close(r->doc);
  arena_free(r->arena);
  free(r);
  return 0;
}

static void read_with(struct room *r, const char *question, const struct near_word *near, size_t n) {
  struct err err;
  struct reading_input in = {
      .question = str_of(question), .model = &r->model, .clock = &r->clock, .near = near, .near_count = n};
  yyjson_mut_doc_free(r->plan.program);
  r->plan.program = NULL;
  assert_true(reading_make(&in, NULL, r->arena, &r->reading, &err));
  plan_make(&r->reading, &r->clock, r->arena, &r->plan);
}

// As the last resort does: what is left over of the question without it.
static void ask(struct room *r, const char *question) {
  struct near_word left[NEAR_MOST];
  read_with(r, question, NULL, 0);
  read_with(r, question, left, near_left(&r->reading, &r->model, left));
}

static void close_plan(struct room *r) {
  yyjson_mut_doc_free(r->plan.program);
  r->plan.program = NULL;
}

static void another_word_for_a_thing_is_taken_and_told(void **state) {
  struct room *r = *state;
  ask(r, "how many vouchers are there?");
  assert_int_equal(r->plan.end, PLAN_PROGRAM);
  check_text(r->reading.parts[0].thing->id, "coupons");
  assert_int_equal(r->plan.note_count, 1);
  check_text(r->plan.notes[0], "\"vouchers\" was taken to mean \"coupon\".");
  check_text(r->plan.chips[0].said, "vouchers = coupon");
  assert_true(r->plan.chips[0].assumed);
  ask(r, "list all consumers"); // customers are a kind of them
  check_text(r->reading.parts[0].thing->id, "customers");
  ask(r, "list all clients");
  check_text(r->reading.parts[0].thing->id, "customers");
  close_plan(r);
}

static void another_word_for_a_value_is_taken_of_what_is_spoken_of(void **state) {
  struct room *r = *state;
  ask(r, "how many parcels run on electricity?");
  assert_int_equal(r->reading.part_count, 1);
  assert_int_equal(r->reading.parts[0].filter_count, 1);
  assert_int_equal(r->plan.end, PLAN_PROGRAM);
  ask(r, "how much electricity is used?"); // no parcels are spoken of
  assert_int_not_equal(r->plan.end, PLAN_PROGRAM);
  close_plan(r);
}

static void what_only_may_be_meant_is_asked(void **state) {
  struct room *r = *state;
  static const char *const cases[][2] = {{"how many tasks are there?", "project"},
                                         {"list all shoppers", "customer"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ask(r, cases[i][0]);
    assert_int_equal(r->plan.end, PLAN_CLARIFY);
    assert_int_equal(r->plan.choice_count, 1);
    check_text(r->plan.choices[0], cases[i][1]);
    assert_int_equal(r->plan.note_count, 0);
  }
  check_text(r->plan.word, "shoppers");
  struct near_word chosen = {STR("shoppers"), STR("customer")}; // as was said then
  read_with(r, "list all shoppers", &chosen, 1);
  assert_int_equal(r->plan.end, PLAN_PROGRAM);
  check_text(r->reading.parts[0].thing->id, "customers");
  close_plan(r);
}

static void what_is_denied_of_a_verb_is_not_lost(void **state) {
  struct room *r = *state;
  ask(r, "which parcels were bought?");
  assert_int_equal(r->reading.near_count, 1);
  ask(r, "which parcels were never bought?");
  assert_int_equal(r->reading.near_count, 0);
  close_plan(r);
}

static void what_is_not_near_ends_as_it_did(void **state) {
  struct room *r = *state;
  static const char *const cases[] = {"how many employees are there?", "how many spoons are there?",
                                      "wie viele vouchers gibt es?"}; // not English
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ask(r, cases[i]);
    if (r->plan.end != PLAN_UNANSWERABLE || r->plan.choice_count || r->reading.near_count)
      fail_msg("%s: %.*s", cases[i], STR_ARG(r->plan.text));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(another_word_for_a_thing_is_taken_and_told, room_open, room_close),
      cmocka_unit_test_setup_teardown(another_word_for_a_value_is_taken_of_what_is_spoken_of, room_open,
                                      room_close),
      cmocka_unit_test_setup_teardown(what_only_may_be_meant_is_asked, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_is_denied_of_a_verb_is_not_lost, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_is_not_near_ends_as_it_did, room_open, room_close),
  };
  if (!lexicon_size()) return 77; // built without WordNet: skipped
  return cmocka_run_group_tests(tests, NULL, NULL);
}

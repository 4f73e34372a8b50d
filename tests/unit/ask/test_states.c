// SPDX-License-Identifier: Apache-2.0
// States, times between two deeds, shares of a part and sums, as questions say them in words of their own, over tools alone.
#include "derive_room.h"
#include "lexicon/lexicon.h"

static const char TOOLS[] = "{\"toolset\":1,\"connector\":\"desk\",\"base_url\":\"\",\"tools\":[" //
    TOOL(
        "list_claims", "list", "/c", "",
        ",\"columns\":\"id:integer number:text status:text=new|settled|withdrawn|waived amount_cents:integer "
        "opened_at:time inspected_at:time settled_at:time approved_by:text assignee:text pay_by:time "
        "due_on:time\"") "," //
    TOOL(
        "list_loans", "list", "/l", "",
        ",\"columns\":\"id:integer title:text borrower:text taken_at:time returned_at:time due_on:time\"") "," //
    TOOL("list_parts", "list", "/p", "",
         ",\"columns\":\"id:integer name:text units_left:integer min_units:integer price:decimal\"") "," //
    TOOL("list_projects", "list", "/j", "",
         ",\"columns\":\"id:integer name:text spent:decimal budget:decimal\"") "," //
    TOOL("list_swabs", "list", "/s", "",
         ",\"columns\":\"id:integer code:text urgency:text=plain|urgent state:text=open|reported|spoilt "
         "collected_at:time received_at:time reported_at:time patient__birth_year:integer\"") "," //
    TOOL("list_trainers", "list", "/t", "",
         ",\"columns\":\"id:integer name:text birth_date:time hired_on:time left_on:time\"") "," //
    TOOL("list_cabins", "list", "/k", "",
         ",\"columns\":\"id:integer name:text state:text=ready|to_clean|to_paint cleaned_at:time\"") "," //
    TOOL("list_trips", "list", "/r", "",
         ",\"columns\":\"id:integer name:text seats_taken:integer seats_max:integer leaves_at:time\"") "]}";

static int room_open(void **state) {
  return room_open_with(state, TOOLS);
}

struct state_case {
  const char *question, *has, *lacks;
};

static void check_cases(struct room *r, const struct state_case *cases, size_t count) {
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) {
    struct str program = planned(r, cases[i].question);
    bool good = str_contains(program, str_of(cases[i].has)) &&
                !(cases[i].lacks && str_contains(program, str_of(cases[i].lacks)));
    if (good) continue;
    wrong++;
    print_error("%s: not %s, or %s in %.*s (%.*s)\n", cases[i].question, cases[i].has,
                cases[i].lacks ? cases[i].lacks : "-", STR_ARG(program), STR_ARG(r->plan.text));
  }
  assert_int_equal(wrong, 0);
}

static void what_is_not_yet_so_is_a_state(void **state) {
  static const struct state_case cases[] = {
      {"how many claims are still waiting for somebody to approve them?", "approved_by\\\" IS NULL", NULL},
      {"how many claims are awaiting approval?", "approved_by\\\" IS NULL", NULL},
      {"claims that are yet to be inspected", "inspected_at\\\" IS NULL", NULL},
      {"which claims has nobody picked up?", "assignee\\\" IS NULL", NULL},
      {"which claims has no one signed off yet?", "approved_by\\\" IS NULL", NULL},
      {"how many unsettled claims are there?", "settled", NULL},
      {"uninspected claims", "inspected_at\\\" IS NULL", NULL},
      {"how many claims still need to be approved?", "approved_by\\\" IS NULL", NULL},
      {"which loans have not been brought back?", "returned_at\\\" IS NULL", NULL},
      {"who still has one of our loans?", "returned_at\\\" IS NULL", NULL},
      {"loans that should have been given back long ago", "due_on\\\" < strftime", NULL},
      {"which loans are due back by now?", "returned_at\\\" IS NULL AND", NULL},
      {"which cabins still have to be cleaned?", "'to_clean'",
       "cleaned_at\\\" IS NULL"}, // a state of its own
      {"claims waiting for approval", "NOT coalesce(t0.\\\"status\\\" IN ('withdrawn', 'waived'), 0)", NULL},
  };
  check_cases(*state, cases, sizeof cases / sizeof *cases);
}

static void a_number_is_held_to_its_bound(void **state) {
  static const struct state_case cases[] = {
      {"which parts do we have too little of?", "units_left\\\" < t", NULL},
      {"parts that are running low", "units_left\\\" < t", NULL},
      {"how many parts need restocking?", "units_left\\\" < t", NULL},
      {"which projects are over budget?", "spent\\\" > t", NULL},
      {"projects that have exceeded their budget", "spent\\\" > t", NULL},
      {"overspent projects", "spent\\\" > t", NULL},
      {"which trips are fully booked?", "seats_taken\\\" >= t", NULL},
      {"how many trips are booked up?", "seats_taken\\\" >= t", NULL},
      {"which trips have seats left?", "seats_taken\\\" < t", NULL},
  };
  check_cases(*state, cases, sizeof cases / sizeof *cases);
}

static void a_time_lies_between_two_deeds(void **state) {
  static const struct state_case cases[] = {
      {"90th percentile of turnaround of urgent swabs",
       "julianday(t4.\\\"reported_at\\\") - julianday(t4.\\\"received_at", NULL},
      {"average turnaround of swabs", "reported_at\\\") - julianday(t4.\\\"received_at", NULL},
      {"how long does it take on average from a swab's arrival until it is reported?",
       "reported_at\\\") - julianday(t4.\\\"received_at", NULL},
      {"median time from collecting a swab to reporting it",
       "reported_at\\\") - julianday(t4.\\\"collected_at", NULL},
      {"how long does it take to inspect a claim on average?",
       "inspected_at\\\") - julianday(t0.\\\"opened_at", NULL},
      {"how old are our trainers on average?", "birth_date\\\")) / 365", NULL},
      {"average age of trainers in days", "birth_date\\\")) * 1", NULL},
      {"average age of the swabs' patients", "birth_year", NULL},
      {"which trainer has been with us the longest?", "hired_on", NULL},
      {"average tenure of trainers", "hired_on\\\" END)) / 365", NULL},
      {"trainers who are older than 40 years", "birth_date\\\" < :until", NULL},
  };
  check_cases(*state, cases, sizeof cases / sizeof *cases);
}

static void a_share_is_of_what_is_said_before(void **state) {
  static const struct state_case cases[] = {
      {"of the urgent swabs, what share was spoilt?", "'urgent'", NULL},
      {"when a swab is urgent, in what percentage of cases is it spoilt?",
       "FILTER (WHERE (t4.\\\"state\\\" = 'spoilt'))", NULL},
      {"what percentage of swabs that are urgent are spoilt?", "FILTER (WHERE (t4.\\\"state\\\" = 'spoilt'))",
       NULL},
      {"what percentage of urgent swabs were spoilt?", "FILTER (WHERE (t4.\\\"state\\\" = 'spoilt'))", NULL},
      {"what share of swabs are urgent and spoilt?", "'urgent') AND", NULL},
      {"what share of swabs is urgent?", "FILTER (WHERE (t4.\\\"urgency\\\" = 'urgent'))", NULL},
  };
  check_cases(*state, cases, sizeof cases / sizeof *cases);
}

static void a_sum_is_of_the_amount(void **state) {
  static const struct state_case cases[] = {
      {"how has the sum of the claims developed from month to month?", "sum(t0.\\\"amount_cents", NULL},
      {"how much have we paid for claims in all?", "sum(t0.\\\"amount_cents", NULL},
      {"total claims per month", "count(*)", "sum("},
      {"how many claims do we look after?", "count(*)", "GROUP BY"}, // all of them, and not by who has them
  };
  check_cases(*state, cases, sizeof cases / sizeof *cases);
}

// What begins a row is never what nobody did.
static void what_begins_is_not_missed(void **state) {
  struct room *r = *state;
  static const char *const questions[] = {"which swabs has nobody ordered, not even once?",
                                          "claims that nobody ever raised"};
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    (void)planned(r, questions[i]);
    for (size_t t = 0; t < model_count(r->model); t++)
      for (size_t v = 0; v < model_at(r->model, t)->value_count; v++)
        assert_false(str_starts(model_at(r->model, t)->values[v].said, "not "));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_not_yet_so_is_a_state, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_number_is_held_to_its_bound, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_time_lies_between_two_deeds, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_share_is_of_what_is_said_before, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_begins_is_not_missed, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_sum_is_of_the_amount, room_open, room_close),
  };
  return lexicon_size() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}

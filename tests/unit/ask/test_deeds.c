// SPDX-License-Identifier: Apache-2.0
// Tools alone, of a club that rents boats: nouns made of verbs, counts of several others, numbers as parts of others, what runs.
#include "derive_room.h"
#include "lexicon/lexicon.h"

static const char TOOLS[] = "{\"toolset\":1,\"connector\":\"club\",\"base_url\":\"\",\"tools\":[" //
    TOOL(
        "list_boats", "list", "/b", "",
        ",\"about\":\"Dinghies and yachts that members take out\",\"columns\":\"id:integer name:text "
        "hull:text=wood|steel seats:integer seats_reserved:integer night_sailing:boolean#sails,night\"") "," //
    TOOL("list_gate_visits", "list", "/g", "", ",\"columns\":\"day:time visitors:integer\"") "," //
    TOOL("list_inspections", "list", "/i", "",
         ",\"description\":\"Inspections of boats, kept for 90 days.\",\"columns\":\"id:integer "
         "boat_id:integer "
         "result:text=passed|failed inspected_at:time totalCents:integer\"") "," //
    TOOL("list_leases", "list", "/l", "",
         ",\"columns\":\"id:integer title:text starts_on:time ends_on:time hours_agreed:integer "
         "hours_sailed:integer\"") ","                                                            //
    TOOL("list_members", "list", "/m", "", ",\"columns\":\"id:integer name:text town:text\"") "," //
    TOOL("list_rentals", "list", "/r", "",
         ",\"columns\":\"id:integer member_id:integer boat_id:integer taken_at:time note:text\"") "," //
    TOOL("list_shows", "list", "/s", "", ",\"columns\":\"id:integer title:text\"") "]}";

static int room_open(void **state) {
  return room_open_with(state, TOOLS);
}

struct asked {
  const char *question, *has[3];
};

static void check_asked(struct room *r, const struct asked *cases, size_t count) {
  if (!lexicon_size()) skip(); // it was built without English
  for (size_t i = 0; i < count; i++) {
    struct str program = planned(r, cases[i].question);
    for (size_t k = 0; k < 3 && cases[i].has[k]; k++)
      if (!str_contains(program, str_of(cases[i].has[k])))
        fail_msg("%s: no '%s' in %.*s %.*s", cases[i].question, cases[i].has[k], STR_ARG(program),
                 STR_ARG(r->plan.text));
  }
}

// A verb that names what is there is an order all the same.
static void a_verb_for_rows_orders(void **state) {
  static const char *const orders[] = {"enroll Sam", "Enrol Sam in the rental", "unenroll the member"};
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    planned(*state, orders[i]);
    if (((struct room *)*state)->plan.end != PLAN_REFUSE) fail_msg("%s", orders[i]);
  }
}

static void what_is_done_names_what_it_is(void **state) {
  static const struct asked cases[] = {
      {"how many renters do we have?", {"list_rentals", "count(*)"}},
      {"which member rented the most?", {"list_rentals", "member_id", "DESC"}},
      {"how many members never rented anything?", {"list_members", "list_rentals", "= 0"}},
      {"how many members rented something?", {"list_members", "> 0"}},
      {"how many inspectors came?", {"list_inspections"}},
      {"who rented the most?", {"list_rentals", "list_members", "DESC"}},
      {"which boats were not inspected in the last 30 days?", {"list_boats", "list_inspections", "= 0"}},
      {"which lease starts next?", {"starts_on", ">= strftime", "ASC"}},
      {"the most popular boat", {"list_boats", "list_rentals", "DESC"}},
  };
  check_asked(*state, cases, sizeof cases / sizeof *cases);
}

static void several_others_are_counted(void **state) {
  static const struct asked cases[] = {
      {"rentals and inspections for each boat", {"t5_all c", "t2_all c"}},
      {"inspections and rentals per boat", {"t5_all c", "t2_all c", "FROM t0 ORDER"}},
      {"how many boats with inspections were rented?", {"t2_all c", "t5_all c", "> 0"}},
  };
  check_asked(*state, cases, sizeof cases / sizeof *cases);
}

static void numbers_are_parts_of_others(void **state) {
  static const struct asked cases[] = {
      {"boats more than 80% full", {"100.0 * t0", "> 80"}},
      {"leases with less than 40 percent of the agreed hours sailed", {"hours_sailed", "40 * t3"}},
      {"the median total of inspections", {"median", "totalCents"}},
      {"how many visitors came in the last 7 days?", {"sum(t1", "visitors"}},
  };
  check_asked(*state, cases, sizeof cases / sizeof *cases);
}

static void words_say_how_it_stands_and_how_to_tell(void **state) {
  static const struct asked cases[] = {
      {"which leases are running?", {"starts_on", "ends_on", "IS NULL OR"}},
      {"show me every boat of steel", {"list_boats", "'steel'"}},
      {"how many different boats were rented?", {"list_boats", "> 0"}},
      {"how many dinghies are made of wood?", {"list_boats", "'wood'"}},
      {"Do steel boats fail inspections more often than wood ones?", {NULL}},
  };
  check_asked(*state, cases, sizeof cases / sizeof *cases);
}

// A unit that stands for itself, a noun behind an article and a part of a list are no filler.
static void what_narrows_is_not_passed_over(void **state) {
  struct room *r = *state;
  if (!lexicon_size()) skip();
  assert_true(planned(r, "what are the opening hours of the boats?").n == 0);
  assert_true(planned(r, "how many boats are there in the work shed?").n == 0);
  assert_true(planned(r, "which boats reserved nothing?").n == 0);
  assert_true(planned(r, "which boats failed nothing per hull?").n == 0);
  assert_true(planned(r, "do wood boats get reserved more often than golden ones?").n == 0);
  static const struct asked cases[] = {
      {"do all boats sail at night?", {"WHERE NOT coalesce((t0."}},
      {"which boat has the most seats?", {"t0.\\\"seats\\\" AS", "DESC"}},
      {"what share of boats has at least 4 seats?", {"count(*) FILTER", "seats\\\" >= 4"}},
  };
  check_asked(r, cases, sizeof cases / sizeof *cases);
}

static void a_time_before_all_that_is_kept_ends_in_a_no(void **state) {
  struct room *r = *state;
  assert_true(planned(r, "how many inspections were there in march 2020?").n == 0);
  assert_true(str_contains(r->plan.text, STR("90 days")));
  assert_true(planned(r, "how many inspections were there last week?").n > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_verb_for_rows_orders, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_is_done_names_what_it_is, room_open, room_close),
      cmocka_unit_test_setup_teardown(several_others_are_counted, room_open, room_close),
      cmocka_unit_test_setup_teardown(numbers_are_parts_of_others, room_open, room_close),
      cmocka_unit_test_setup_teardown(words_say_how_it_stands_and_how_to_tell, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_narrows_is_not_passed_over, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_time_before_all_that_is_kept_ends_in_a_no, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Questions in other words than a document has: what people call such things, words that say of which column another one is,
// and what is asked back where everything but the noun is known.
#include "derive_room.h"
#include "lexicon/lexicon.h"

static const char TOOLS[] = "{\"toolset\":1,\"connector\":\"club\",\"base_url\":\"\",\"tools\":[" //
    TOOL(
        "list_courses", "list", "/c", "",
        ",\"description\":\"What is or was advertised.\""
        ",\"columns\":\"id:integer title:text cancelled:boolean level:text=beginner|advanced teacher:text\"") "," //
    TOOL("list_energy_by_month", "list", "/e", "", ",\"columns\":\"month:time kwh:decimal\"") "," //
    TOOL("list_fines", "list", "/f", "",
         ",\"columns\":\"id:integer patronCard:text amount:decimal state:text=open|paid|waived\"") "," //
    TOOL("list_guests", "list", "/g", "",
         ",\"columns\":\"id:integer name:text nationality:text=US|DE|IT tier:text=gold|silver\"") "," //
    TOOL("list_invoices", "list", "/i", "",
         ",\"columns\":\"number:text issuedOn:time status:text=open|paid\"") "," //
    TOOL("list_issues", "list", "/j", "", "") ","                                //
    TOOL("list_shipments", "list", "/s", "",
         ",\"columns\":\"id:integer to:text departure_at:time wait_minutes:integer\"") "," //
    TOOL("list_usages", "list", "/u", "", ",\"columns\":\"id:integer calls:integer\"") "," //
    TOOL("list_vehicles", "list", "/v", "",
         ",\"columns\":\"id:integer plate:text kind:text=van|rigid fuel:text=diesel|electric "
         "status:text=workshop|on_hold odometer_km:integer\"") "]}";

static int room_open(void **state) {
  return room_open_with(state, TOOLS);
}

// As the last resort does: once more, with the words that are left over.
static struct str planned_near(struct room *r, const char *question) {
  if (planned(r, question).n) return STR("");
  r->near_count = near_left(&r->reading, r->model, r->near);
  struct str program = planned(r, question);
  r->near_count = 0;
  return program;
}

static void other_words_mean_what_is_there(void **state) {
  struct room *r = *state;
  static const struct {
    const char *question, *has[2], *lacks;
  } cases[] = {
      {"how many vans run on electricity?", {"'van'", "'electric'"}, NULL}, // a kind of them, and not all
      {"how many trucks do we have?", {"list_vehicles", "count(*)"}, "WHERE"},
      {"how many vehicles are in repair?", {"'workshop'"}, NULL},
      {"how many vehicles are suspended?", {"'on_hold'"}, NULL}, // what is of several words has others too
      {"the average mileage by type of fuel", {"avg", "fuel\\\" AS"}, "t3.\\\"kind"},
      {"how many classes were called off?", {"list_courses", "cancelled"}, NULL},
      {"how many consignments do we have?", {"list_shipments"}, NULL},
      {"how many kwh of energy were used?",
       {"list_energy_by_month", "kwh"},
       "list_usages"},                                                // told by months, and none
      {"the longest wait", {"list_shipments", "wait_minutes"}, NULL}, // one alone has such a number
      {"how many departures were there last week?", {"list_shipments", "departure_at"}, NULL},
      {"which courses are we advertising?", {"list_courses"}, NULL},   // its description has another form
      {"are any courses cancelled, and which?", {"WHERE (t0."}, NULL}, // which of those
      {"how much do patrons owe in fines?", {"sum("}, "GROUP BY"},
      {"how many guests do we have with us?", {"count(*)"}, "'US'"},
      {"how many guests are from the us?", {"'US'"}, NULL},
      {"how many guests are US?", {"'US'"}, NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str program = planned(r, cases[i].question);
    bool right = program.n && !(cases[i].lacks && str_contains(program, str_of(cases[i].lacks)));
    for (size_t k = 0; k < 2 && cases[i].has[k]; k++)
      right = right && str_contains(program, str_of(cases[i].has[k]));
    if (!right) fail_msg("%s: %.*s %.*s", cases[i].question, STR_ARG(program), STR_ARG(r->plan.text));
  }
}

// What a row is called is no time when another was made so: invoices are issued, and are no issues.
static void a_noun_is_no_participle(void **state) {
  struct room *r = *state;
  static const struct {
    const char *question, *tool, *lacks;
  } cases[] = {
      {"issues per week", "list_issues", "list_invoices"},
      {"open issues", "", "list_invoices"}, // of which nothing is known before rows are read
      {"how many open tickets are there?", "", "list_invoices"},
      {"invoices issued last week", "issuedOn", "list_issues"},
      {"when was the last invoice issued?", "issuedOn", "list_issues"},
  };
  if (!lexicon_size()) skip(); // it was built without English
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str program = planned(r, cases[i].question);
    if (!str_contains(program, str_of(cases[i].tool)) || str_contains(program, str_of(cases[i].lacks)))
      fail_msg("%s: %.*s %.*s", cases[i].question, STR_ARG(program), STR_ARG(r->plan.text));
  }
}

static void what_carries_a_value_narrows_nothing(void **state) {
  struct room *r = *state;
  struct table_column columns[] = {{.name = STR("name"), .type = TABLE_TEXT},
                                   {.name = STR("tier"), .type = TABLE_TEXT}};
  struct table_cell cells[] = {{.kind = TABLE_CELL_TEXT, .text = STR("Ada")},
                               {.kind = TABLE_CELL_TEXT, .text = STR("gold")}};
  struct table_result rows = {.column_count = 2, .row_count = 1, .columns = columns, .cells = cells};
  r->rows = &rows;
  r->rows_of = STR("t3");
  assert_true(str_contains(planned(r, "how many guests have gold level?"), STR("'gold'")));
  assert_int_equal(r->reading.parts[0].passed_count, 1);
  assert_true(planned(r, "how many guests have gold towels?").n == 0);
  if (!lexicon_size()) skip(); // it was built without English
  assert_true(str_contains(planned(r, "how many gold guests have left us a name?"), STR("'gold'")));
}

static void the_noun_that_alone_is_unknown_is_asked_back(void **state) {
  struct room *r = *state;
  if (!lexicon_size()) skip(); // it was built without English
  planned_near(r, "which kitchens are advanced?");
  assert_int_equal(r->plan.end, PLAN_CLARIFY);
  assert_int_equal(r->plan.choice_count, 1);
  check_text(r->plan.choices[0], "course");
  check_text(r->plan.word, "kitchens");
  planned_near(r, "which kitchens are advanced and purple?"); // more is unknown
  assert_int_not_equal(r->plan.end, PLAN_CLARIFY);
  planned_near(r, "how many kitchens do guests with gold have?"); // a thing is named
  assert_int_equal(r->plan.choice_count, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(other_words_mean_what_is_there, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_noun_is_no_participle, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_carries_a_value_narrows_nothing, room_open, room_close),
      cmocka_unit_test_setup_teardown(the_noun_that_alone_is_unknown_is_asked_back, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

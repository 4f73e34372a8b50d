// SPDX-License-Identifier: Apache-2.0
// Tools alone, of a library with a workshop: what has none of another thing, what belongs to it over rows between, what
// lists and codes point at.
#include "derive_room.h"
#include "lexicon/lexicon.h"

static const char TOOLS[] = "{\"toolset\":1,\"connector\":\"house\",\"base_url\":\"\",\"tools\":[" //
    TOOL("list_bills", "list", "/b", "",
         ",\"columns\":\"number:text repairedOn:time dueOn:time state:text=waiting|open|paid\"") "," //
    TOOL("list_enrolments", "list", "/n", "",
         ",\"columns\":\"id:integer member_id:integer session_id:integer state:text=active|ended\"") "," //
    TOOL("list_guides", "list", "/g", "", ",\"columns\":\"id:integer name:text crafts:list\"") ","       //
    TOOL("list_members", "list", "/m", "", ",\"columns\":\"id:integer name:text town:text\"") ","        //
    TOOL("list_repairs", "list", "/r", "",
         ",\"columns\":\"id:integer tool_id:integer assignee:text author:text "
         "state:text=waiting|done opened_at:time finished_at:time\"") "," //
    TOOL("list_sessions", "list", "/s", "",
         ",\"columns\":\"id:integer title:text guide_id:integer craft:text=wood|clay topics:list\"") "," //
    TOOL("list_tools", "list", "/t", "", ",\"columns\":\"id:integer name:text\"") ","                    //
    TOOL("list_topics", "list", "/p", "", ",\"columns\":\"code:text title:text\"") "]}";

static int room_open(void **state) {
  return room_open_with(state, TOOLS);
}

struct asked {
  const char *question, *has[4];
};

static void check_asked(struct room *r, const struct asked *cases, size_t count) {
  if (!lexicon_size()) skip(); // it was built without English
  for (size_t i = 0; i < count; i++) {
    struct str program = planned(r, cases[i].question);
    for (size_t k = 0; k < 4 && cases[i].has[k]; k++)
      if (!str_contains(program, str_of(cases[i].has[k])))
        fail_msg("%s: no '%s' in %.*s %.*s", cases[i].question, cases[i].has[k], STR_ARG(program),
                 STR_ARG(r->plan.text));
  }
}

static void what_has_none_is_told_by_what_points_at_it(void **state) {
  static const struct asked cases[] = {
      {"which tools have never had a repair?", {"list_tools", "list_repairs", "= 0"}},
      {"tools without a single open repair", {"list_tools", "finished_at\\\" IS NULL", "= 0"}},
      {"are there tools nobody has ever used? which ones?", {"list_tools", "list_repairs", "= 0"}},
      {"which sessions did nobody sign up for?", {"list_sessions", "list_enrolments", "= 0"}},
  };
  check_asked(*state, cases, sizeof cases / sizeof *cases);
}

// What nobody did with a thing in another sense than using it is told by no row that only points at it.
static void other_deeds_are_not_taken_for_use(void **state) {
  if (!lexicon_size()) skip();
  assert_true(planned(*state, "which tools has nobody broken?").n == 0);
  assert_true(planned(*state, "which sessions were never praised?").n == 0);
  assert_false(str_contains(planned(*state, "which sessions have no attending members?"), STR("= 0")));
}

static void rows_between_count(void **state) {
  static const struct asked cases[] = {
      {"which guide has the most members?",
       {"count(DISTINCT c.\\\"member_id\\\")", "guide_id", "list_enrolments", "DESC"}},
      {"how many members does each guide have?", {"count(DISTINCT c.", "list_sessions"}},
      {"which member has the most guides?", {"list_enrolments"}},
  };
  check_asked(*state, cases, 2);
}

static void the_nearer_column_of_one_name_is_meant(void **state) {
  struct room *r = *state;
  if (!lexicon_size()) skip();
  struct str program = planned(r, "enrolments by craft");
  assert_true(str_contains(program, STR("craft")));
  assert_false(str_contains(program, STR("crafts")));
}

// "Repairs", where there are such, are no time when something was repaired.
static void the_noun_of_a_tool_is_meant_before_a_verb(void **state) {
  static const struct asked cases[] = {
      {"waiting repairs per person", {"list_repairs", "'waiting'"}},
      {"open repairs per person", {"list_repairs", "IS NOT NULL), 0)"}},
      {"how many bills were repaired last week?", {"list_bills", "repairedOn"}},
  };
  check_asked(*state, cases, sizeof cases / sizeof *cases);
}

static void per_person_is_by_who_has_it(void **state) {
  static const struct asked cases[] = {
      {"open repairs per person", {"GROUP BY 1", "t4.\\\"assignee\\\" AS"}},
      {"repairs for each user", {"GROUP BY 1", "t4.\\\"assignee\\\" AS"}},
      {"enrolments per member", {"list_members", "GROUP BY 1"}},
  };
  check_asked(*state, cases, sizeof cases / sizeof *cases);
}

// ---- lists of codes, whose key only rows tell

static struct table_cell text(const char *s) {
  return (struct table_cell){.kind = TABLE_CELL_TEXT, .text = str_of(s)};
}

static void lists_point_at_codes(void **state) {
  struct room *r = *state;
  struct table_cell of[8], codes[8];
  static const char *const lists[] = {"[\"K1\",\"K2\"]", "[]", "[\"K2\"]", "[\"K3\",\"K1\"]"},
                           *const names[] = {"Joints", "Glue", "Dowels", "Wax"};
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < 4; i++) {
    of[2 * i] = text(names[i]);
    of[2 * i + 1] = text(lists[i]);
    codes[2 * i] = text(arena_printf(r->arena, "K%zu", i + 1).p);
    codes[2 * i + 1] = text(names[i]);
  }
  struct table_column of_columns[] = {{.name = STR("title"), .type = TABLE_TEXT},
                                      {.name = STR("topics"), .type = TABLE_JSON}},
                      code_columns[] = {{.name = STR("code"), .type = TABLE_TEXT},
                                        {.name = STR("title"), .type = TABLE_TEXT}};
  struct table_result sessions = {.columns = of_columns, .column_count = 2, .cells = of, .row_count = 4},
                      topics = {.columns = code_columns, .column_count = 2, .cells = codes, .row_count = 4};
  assert_true(planned(r, "which topics has nobody ever chosen?").n == 0);
  r->rows = &sessions;
  r->rows_of = STR("t5");
  r->more = &topics;
  r->more_of = STR("t7");
  struct str program = planned(r, "which topics has nobody ever chosen?");
  assert_true(str_contains(program, STR("IN (SELECT value FROM json_each(c.\\\"topics\\\"))")));
  assert_true(str_contains(program, STR("t7.\\\"code\\\"")));
  assert_true(str_contains(program, STR("= 0")));
}

// Towns that are alike do not make a bill's place a member, though each member is of another one.
static void what_tells_no_row_is_no_key(void **state) {
  struct room *r = *state;
  static const char *const towns[] = {"Ash", "Elm", "Oak", "Fir"};
  struct table_cell bills[8], members[8];
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < 4; i++) {
    bills[2 * i] = text(arena_printf(r->arena, "B-%zu", i).p);
    bills[2 * i + 1] = members[2 * i + 1] = text(towns[i]);
    members[2 * i] = text(arena_printf(r->arena, "Member %zu", i).p);
  }
  struct table_column bill_columns[] = {{.name = STR("number"), .type = TABLE_TEXT},
                                        {.name = STR("place"), .type = TABLE_TEXT}},
                      member_columns[] = {{.name = STR("name"), .type = TABLE_TEXT},
                                          {.name = STR("town"), .type = TABLE_TEXT}};
  struct table_result of = {.columns = bill_columns, .column_count = 2, .cells = bills, .row_count = 4},
                      to = {.columns = member_columns, .column_count = 2, .cells = members, .row_count = 4};
  r->rows = &of;
  r->rows_of = STR("t0");
  r->more = &to;
  r->more_of = STR("t3");
  assert_false(str_contains(planned(r, "members without bills"), STR("t3.\\\"town\\\"")));
  member_columns[1].name = STR("login");
  assert_true(str_contains(planned(r, "members without bills"), STR("t3.\\\"login\\\"")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_has_none_is_told_by_what_points_at_it, room_open, room_close),
      cmocka_unit_test_setup_teardown(other_deeds_are_not_taken_for_use, room_open, room_close),
      cmocka_unit_test_setup_teardown(rows_between_count, room_open, room_close),
      cmocka_unit_test_setup_teardown(the_nearer_column_of_one_name_is_meant, room_open, room_close),
      cmocka_unit_test_setup_teardown(the_noun_of_a_tool_is_meant_before_a_verb, room_open, room_close),
      cmocka_unit_test_setup_teardown(per_person_is_by_who_has_it, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_tells_no_row_is_no_key, room_open, room_close),
      cmocka_unit_test_setup_teardown(lists_point_at_codes, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Of tools alone, a utility's: what is said beside the question, what is denied, amounts, names behind codes, and an
// argument that goes on from a row.
#include "derive_room.h"
#include "lexicon/lexicon.h"

static const char TOOLS[] = "{\"toolset\":1,\"connector\":\"grid\",\"base_url\":\"\",\"tools\":[" //
    TOOL("list_devices", "list", "/d", "",
         ",\"columns\":\"tag:text purchasedOn:time price:decimal holder:text\"") "," //
    TOOL("list_employees", "list", "/e", "",
         ",\"columns\":\"id:integer name:text department:text hired_on:time left_on:time\"") "," //
    TOOL("list_entries", "list", "/h",
         ",\"properties\":{\"day_from\":{\"type\":\"string\",\"format\":\"date\"},\"after\":{\"type\":"
         "\"string\"}}",
         ",\"columns\":\"id:integer day:time hours:decimal\"") "," //
    TOOL("list_expenses", "list", "/x", "",
         ",\"columns\":\"id:integer booked_on:time amount_eur:decimal days:integer\"") "," //
    TOOL("list_outages", "list", "/o", "",
         ",\"columns\":\"id:integer zone:text started_at:time homes:integer\"") "," //
    TOOL("list_zones", "list", "/z", "", ",\"columns\":\"code:text name:text manager:text\"") "]}";

static int room_open(void **state) {
  return room_open_with(state, TOOLS);
}

static void check_plan(struct room *r, const char *question, const char *has, const char *lacks) {
  struct str program = planned(r, question);
  if (!str_contains(program, str_of(has)) || (lacks && str_contains(program, str_of(lacks))))
    fail_msg("%s: not %s, or %s, in %.*s %.*s", question, has, lacks ? lacks : "-", STR_ARG(program),
             STR_ARG(r->plan.text));
}

static void what_is_said_beside_it_narrows_nothing(void **state) {
  struct room *r = *state;
  if (!lexicon_size()) skip();
  check_plan(r, "what is the biggest single expense?", "amount_eur\\\" DESC", "count(*) AS");
  check_plan(r, "how small is the smallest expense?", "amount_eur\\\" ASC", NULL);
  check_plan(r, "what is the most expensive device that we bought?", "price\\\" DESC", NULL);
  check_plan(r, "how many employees work for us?", "count(*)", "tenure");
}

// An account alone is called so, or there is no such row: without what is denied the answer would be of all.
static void what_is_denied_is_kept(void **state) {
  struct room *r = *state;
  if (!lexicon_size()) skip();
  check_plan(r, "which zones haven't got a manager?", "manager\\\" IS NULL", NULL);
  assert_int_equal(planned(r, "which employees have no grid at all?").n, 0);
  assert_int_equal(planned(r, "is there anything that never had an outage?").n, 0);
}

// "after" beside "day_from" is where a page begins, and no time.
static void what_goes_on_from_a_row_is_no_time(void **state) {
  check_plan(*state, "hours of entries in the last 30 days", "day_from", "\"after\"");
}

// Months are of different lengths.
static void the_month_before_is_a_whole_one(void **state) {
  check_plan(*state, "hours of entries last month, compared with the month before", "now-1M/M-1M", NULL);
}

static struct table_cell text(const char *s) {
  return (struct table_cell){.kind = TABLE_CELL_TEXT, .text = str_of(s)};
}

// "zone: HT": the column has a code, and is called as what that is of; its name stands beside it.
static void a_name_stands_for_its_code(void **state) {
  struct room *r = *state;
  static const char *const codes[] = {"HT", "QW", "SG", "NB"}, *const names[] = {"Hightown", "Quarry Wood",
                                                                                 "Salt Gate", "North Bank"};
  struct table_cell outages[8], zones[8];
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < 4; i++) {
    outages[2 * i] = text(arena_printf(r->arena, "%zu", i).p);
    outages[2 * i + 1] = zones[2 * i] = text(codes[i]);
    zones[2 * i + 1] = text(names[i]);
  }
  struct table_column of_columns[] = {{.name = STR("id"), .type = TABLE_TEXT},
                                      {.name = STR("zone"), .type = TABLE_TEXT}},
                      to_columns[] = {{.name = STR("code"), .type = TABLE_TEXT},
                                      {.name = STR("name"), .type = TABLE_TEXT}};
  struct table_result of = {.columns = of_columns, .column_count = 2, .cells = outages, .row_count = 4},
                      to = {.columns = to_columns, .column_count = 2, .cells = zones, .row_count = 4};
  r->rows = &of;
  r->rows_of = STR("t4");
  r->more = &to;
  r->more_of = STR("t5");
  check_plan(r, "how many outages in Hightown?", "'Hightown'", NULL);
  check_plan(r, "how many outages were in Salt Gate?", "'Salt Gate'", NULL);
  assert_int_equal(planned(r, "which outages were in Hightown but never in Salt Gate?").n, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_said_beside_it_narrows_nothing, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_is_denied_is_kept, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_goes_on_from_a_row_is_no_time, room_open, room_close),
      cmocka_unit_test_setup_teardown(the_month_before_is_a_whole_one, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_name_stands_for_its_code, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Things out of tools alone: what a question finds of them, the SQL and the calls that it becomes.
#include "../support/check.h"

#include "derive_room.h"
#include "lexicon/lexicon.h"

static const char TOOLS[] = "{\"toolset\":1,\"connector\":\"desk\",\"base_url\":\"\",\"tools\":[" //
    TOOL("get_ticket", "get", "/t/{}",
         ",\"required\":[\"ticket_id\"],\"properties\":{\"ticket_id\":{\"type\":\"integer\"}}",
         ",\"sources\":{\"ticket_id\":\"list_tickets\"}") "," //
    TOOL("list_agents", "list", "/a", "",
         ",\"columns\":\"id:integer name:text active:boolean team_id:integer\"") "," //
    TOOL(
        "list_comments", "list", "/t/{}/c",
        ",\"required\":[\"ticket_id\"],\"properties\":{\"ticket_id\":{\"type\":\"integer\"}}",
        ",\"sources\":{\"ticket_id\":\"list_tickets\"},\"columns\":\"id:text author:text created_at:time\"") "," //
    TOOL("list_contracts", "list", "/k", "",
         ",\"columns\":\"id:integer title:text status:text=running|closed signed_on:time valid_until:time "
         "fee:decimal fee_paid:decimal\"") "," //
    TOOL("list_files", "list", "/f", ",\"properties\":{\"closed\":{\"type\":\"boolean\"}}",
         ",\"description\":\"Files of the older product.\",\"columns\":\"id:integer name:text "
         "closed_at:time\"") ","                                                       //
    TOOL("list_orders", "list", "/o", "", ",\"columns\":\"id:integer name:text\"") "," //
    TOOL(
        "list_parcels", "list", "/p", "",
        ",\"columns\":\"id:integer label:text status:text=underway|cancelled placed_at:time promised_at:time "
        "delivered_at:time scanned:integer on_time:integer\"") ","                    //
    TOOL("list_teams", "list", "/m", "", ",\"columns\":\"id:integer name:text\"") "," //
    TOOL(
        "list_tickets", "list", "/t",
        ",\"properties\":{\"status\":{\"type\":\"string\",\"enum\":[\"open\",\"solved\"]},\"created_after\":{"
        "\"type\":\"string\",\"format\":\"date-time\"}}",
        ",\"columns\":\"id:integer subject:text status:text priority:text=low|urgent assignee__id:integer "
        "assignee__name:text response_minutes:integer tags:list created_at:time solved_at:time\"") "," //
    TOOL("list_trips", "list", "/r",
         ",\"properties\":{\"state\":{\"type\":\"integer\"},\"since\":{\"type\":\"integer\",\"description\":"
         "\"unix seconds\"}}",
         ",\"columns\":\"id:integer driver:text createdTs:integer eta:epoch distance:integer note:text "
         "state:coded=0~planned|1~running|2~done\"") "," TOOL("list_visits", "list", "/v", "",
                                                              ",\"columns\":\"id:integer label:text "
                                                              "animal:text=dog|horse "
                                                              "status:text=booked|done|printing "
                                                              "booked_at:time starts_at:time "
                                                              "fee:decimal#charged visitNo:integer "
                                                              "settled:integer "
                                                              "night_care:boolean#takes,emergencies,night "
                                                              "chip:text#microchip guest:text\"") "," //
    TOOL("list_walks", "list", "/w", "",
         ",\"columns\":\"id:integer agent_id:integer team_id:integer minutes:integer\"") "]}";

static int room_open(void **state) {
  return room_open_with(state, TOOLS);
}

struct derive_case {
  const char *question, *has, *lacks;
};

static const struct derive_case CASES[] = {
    {"how many open tickets are there?", "\"status\":\"open\"", NULL},
    {"how many open tickets are there?", "count(*)", NULL},
    {"urgent tickets created in the last 7 days", "\"created_after\":{\"$param\":\"since\"}", NULL},
    {"tickets solved this week", "\\\"solved_at\\\" >= :since",
     "created_after"}, // the other time cuts wrongly
    {"what share of tickets is open?", "100.0 * count(*) FILTER", "\"status\":\"open\""}, // of all of them
    {"average response time per priority", "avg(", NULL},
    {"tickets without an assignee", "assignee__name\\\" IS NULL", NULL},
    {"tickets that are neither open nor solved", "NOT coalesce", "\"status\":"},
    {"inactive agents", "NOT coalesce", NULL},
    {"how many agents per team", "SELECT r.\\\"name\\\"", NULL},
    {"how many agents per team", "list_teams", NULL},
    {"comments of ticket 12", "'12' AS \\\"ticket_id",
     "list_tickets"}, // one call, and no look at all tickets
    {"show ticket 12", "get_ticket", "list_tickets"},
    {"share of tickets by status", "AS percent", NULL},
    {"which parcels are overdue?", "\\\"delivered_at\\\" IS NULL AND t6.\\\"promised_at\\\" < strftime",
     NULL},
    {"which parcels are overdue?", "AND NOT coalesce(t6.\\\"status\\\" IN ('cancelled'), 0)", NULL},
    {"how many parcels were late?", "\\\"delivered_at\\\" > t6.\\\"promised_at\\\" OR (", NULL},
    {"parcels delivered on time", "NOT (t6.\\\"delivered_at\\\" > t6", NULL},
    {"how long does it take on average until a parcel is delivered?",
     "julianday(t6.\\\"placed_at\\\")) * 24, 2)", NULL},
    {"average delivery time of parcels in days", "julianday(t6.\\\"placed_at\\\")) * 1, 2)", NULL},
    {"on-time rate of parcels by status", "100.0 * sum(t6.\\\"on_time\\\") / nullif(sum(t6.\\\"scanned\\\")",
     NULL},
    {"contracts that have expired", "t3.\\\"valid_until\\\" < strftime('%Y-%m-%dT00", NULL},
    {"contracts expiring soon", "'now', '+30 days')", NULL},
    {"how much is outstanding on contracts", "(t3.\\\"fee\\\" - coalesce(t3.\\\"fee_paid\\\", 0))", NULL},
    {"average age of contracts", "julianday('now') - julianday(t3.\\\"signed_on\\\")", NULL},
    {"which teams have no agents?",
     "(SELECT count(*) FROM t1_all c WHERE c.\\\"team_id\\\" = t7.\\\"id\\\"), 0) = 0", NULL},
    {"how many teams have never had an agent?", ", 0) = 0", NULL},
    {"how many teams have agents?", "t7.\\\"id\\\") > 0", NULL},
    {"teams with more than 3 agents", "t7.\\\"id\\\") > 3", NULL},
    {"top 3 teams by number of agents", "t7.\\\"id\\\") DESC", NULL},
    {"how many active agents does each team have?", "GROUP BY 1", NULL},
    {"list the files of the older product", "list_files", NULL},
    {"how many trips were created this week?", "time_of(t9.\\\"createdTs\\\") >= :since", NULL}, // a number
    {"how many trips were created this week?", "\"since\":{\"$param\":\"since\"}", NULL},
    {"trips per state", "WHEN 1 THEN 'running'", NULL}, // by words, though vendors have numbers
    {"how many running trips are there?", "\"state\":1", NULL},
    {"which files are still open?", "\"closed\":false", NULL}, // as the vendor filters by it
    {"Urgent tickets: how many?", "'urgent'", NULL},           // what introduces a question belongs to it
    {"how many tickets are in status open?", "AS \\\"count\\\" FROM", "GROUP BY"},
    {"how many different drivers were on trips?", "count(DISTINCT t9.\\\"driver\\\")", NULL},
    {"what do we charge for a visit on average?", "SELECT t10.\\\"fee\\\" AS v",
     NULL}, // as its definition says
    {"which visits take emergencies at night?", "t10.\\\"night_care\\\"", NULL},
    {"how many visits of dogs aren't microchipped yet?", "t10.\\\"chip\\\" IS NULL", NULL},
    {"how many visits have a guest?", "NOT coalesce((t10.\\\"guest\\\" IS NULL", NULL},
    {"how many visits haven't given us a chip?", "(t10.\\\"chip\\\" IS NULL", "NOT coalesce"},
    {"how many visits are booked for the next 7 days?", "t10.\\\"starts_at\\\" < :until", "booked_at"},
    {"how many visits are still to come?", "t10.\\\"starts_at\\\" > strftime", NULL},
    {"when is the next visit?", "t10.\\\"starts_at\\\" >= strftime", "DESC"},
    {"number of visits", "count(*)", "sum("}, // a visitNo is no amount
    {"how many visits are not settled yet?", "coalesce(t10.\\\"settled\\\", 0) = 0", NULL},
    {"walks per team", "t11.\\\"team_id\\\"", "list_agents"}, // its own, and not that of who walked
    {"how many visits with a yearly guest?", "count(*)", "since"},
    {"visits that aren't yet really done", "NOT coalesce", NULL},
    {"how many tickets, trips and files are there?", "\"r3\"", NULL},
    {"how many tickets are open and how many are not?", "GROUP BY 1", NULL},
    {"remind me, which tickets are open?", "\"status\":\"open\"", NULL},
    {"I'd like to see the open tickets", "\"status\":\"open\"", NULL},
    {"how manny tickets are in teh status open?", "count(*)", NULL},
    {"trips with an eta within the next 7 days", "time_of(t9.\\\"eta\\\") < :until", "$param"},
};

// Bounds, durations, who did not, ends that are not over.
static const struct derive_case DERIVED[] = {
    {"how many walks of 20 minutes or more?", "\\\"minutes\\\" >= 20", NULL},
    {"contracts that are still valid", "t3.\\\"valid_until\\\" >= strftime", NULL},
    {"contracts that have been expired for more than 2 weeks", "t3.\\\"valid_until\\\" < :until", NULL},
    {"how many days ahead are visits booked on average?",
     "julianday(t10.\\\"starts_at\\\") - julianday(t10.\\\"booked_at\\\")", "= 'booked'"},
    {"visits booked in each month", "t10.\\\"booked_at\\\"", NULL},
    {"tickets that nobody solved", "NOT coalesce((t8.\\\"status\\\" = 'solved'), 0)", NULL},
    {"average response time per priority, worst first", "avg(", "max("},
    {"how long until we solve a ticket, on average?",
     "julianday(t8.\\\"solved_at\\\") - julianday(t8.\\\"created_at\\\")", NULL},
    {"contracts that expire within 30 days", "\"since\":\"now\"", "now-30d"},
    {"parcels that took longer than 2 weeks to be delivered", "> 336", NULL},
    {"parcels that took more than a week to be delivered", "* 24, 2) > 168", ":until"},
    {"walks of at least 20 minutes", "\\\"minutes\\\" >= 20", "ranked"},
    {"how many teams don't have a single agent?", ", 0) = 0", NULL},
};

static void check_cases(struct room *r, const struct derive_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct str program = planned(r, cases[i].question);
    if (!str_contains(program, str_of(cases[i].has)))
      fail_msg("%s: no %s in %.*s (%.*s)", cases[i].question, cases[i].has, STR_ARG(program),
               STR_ARG(r->plan.text));
    if (cases[i].lacks && str_contains(program, str_of(cases[i].lacks)))
      fail_msg("%s: %s in %.*s", cases[i].question, cases[i].lacks, STR_ARG(program));
  }
}

static void a_question_becomes_sql_and_arguments(void **state) {
  check_cases(*state, CASES, sizeof CASES / sizeof *CASES);
}

static void what_columns_say_narrows_and_lasts(void **state) {
  check_cases(*state, DERIVED, sizeof DERIVED / sizeof *DERIVED);
}

static void what_nothing_knows_ends_in_a_no(void **state) {
  struct room *r = *state;
  static const char *const questions[] = {"how many dragons guard the tickets",
                                          "how many orders were never used?",  // a denial of nothing known
                                          "how much did we make with orders?", // no number to add up

                                          "profit of tickets by priority",
                                          "open tickets about kittens",
                                          "delete all tickets",
                                          "which ticket is the best?",
                                          "how many trips were created next month?", // it is not told before
                                          "renew tickets",
                                          "set ticket 12's priority to 3",
                                          "refund ticket 12 please",
                                          "prolong ticket 12 please",
                                          "how many visits did we print?", // is no state of printing
                                          "waive all tickets",             // a verb that no list has
                                          "please expedite every ticket of team 5",
                                          "what is the weather",
                                          "open the ticket 12",
                                          "newest team",
                                          "who made it", // not files, though what is filed is made
                                          "who received it",
                                          "who placed this",
                                          "files of production", // no word of "product"
                                          "orders of the productive",
                                          "how many tickets of 17 kinds",       // a number of nothing
                                          "which walks have more than 2 dogs?", // and no minutes
                                          "urgent or delayed tickets",
                                          "reply to the newest ticket",
                                          "answer the latest urgent ticket with thanks"};
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    struct str program = planned(r, questions[i]);
    if (program.n) fail_msg("%s: %.*s", questions[i], STR_ARG(program));
    assert_true(r->plan.text.n > 0);
  }
}

static void words_of_rows_are_known_once_they_were_seen(void **state) {
  struct room *r = *state;
  struct ask_words words;
  struct err err;
  struct table_column columns[] = {{.name = STR("id"), .type = TABLE_INTEGER},
                                   {.name = STR("subject"), .type = TABLE_TEXT}};
  struct table_cell cells[] = {{.kind = TABLE_CELL_INTEGER, .integer = 1},
                               {.kind = TABLE_CELL_TEXT, .text = STR("Printer offline")},
                               {.kind = TABLE_CELL_INTEGER, .integer = 2},
                               {.kind = TABLE_CELL_TEXT, .text = STR("it's'); DROP TABLE t; --")}};
  struct table_result rows = {.column_count = 2, .row_count = 2, .columns = columns, .cells = cells};
  assert_true(language_words(STR("tickets about the printer"), r->arena, &words, &err));
  struct derive_asked asked;
  derive_ask(&words, &asked, r->arena);
  struct derive_seen seen = {.of = r->index, .id = STR("t8"), .shape = derive_see(&rows, &words, r->arena)};
  asked.seen = &seen;
  asked.seen_count = 1;
  yyjson_doc *doc = derive_things(r->index, &asked, r->arena);
  derive_asked_free(&asked);
  yyjson_val *values = json_at(yyjson_doc_get_root(doc), STR("/things/t8/columns/subject/values"));
  assert_non_null(yyjson_obj_get(values, "Printer offline"));
  yyjson_doc_free(doc);
}

// One column of numbers as rows have it, under that name: is it taken for times?
static bool is_instant(struct room *r, const char *name, const int64_t *values, size_t count) {
  struct ask_words words;
  struct err err;
  struct table_column column = {.name = str_of(name), .type = TABLE_INTEGER};
  struct table_cell *cells = ARENA_ARRAY(r->arena, count, struct table_cell);
  for (size_t i = 0; i < count; i++)
    cells[i] = values[i] ? (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = values[i]}
                         : (struct table_cell){.kind = TABLE_CELL_NULL};
  struct table_result rows = {.column_count = 1, .row_count = count, .columns = &column, .cells = cells};
  assert_true(language_words(STR("trips of this week"), r->arena, &words, &err));
  struct derive_asked asked;
  derive_ask(&words, &asked, r->arena);
  struct derive_seen seen = {.of = r->index, .id = STR("t9"), .shape = derive_see(&rows, &words, r->arena)};
  asked.seen = &seen;
  asked.seen_count = 1;
  yyjson_doc *doc = derive_things(r->index, &asked, r->arena);
  derive_asked_free(&asked);
  yyjson_val *columns = json_at(yyjson_doc_get_root(doc), STR("/things/t9/columns"));
  bool is = json_bool(yyjson_obj_get(columns, name), "time", false);
  yyjson_doc_free(doc);
  return is;
}

static void numbers_are_instants_by_name_and_value(void **state) {
  struct room *r = *state;
  static const int64_t seconds[] = {1700000000, 0, 1764000000, 1750000000},
                       millis[] = {1700000000000, 1764000000000, 1750000000000}, few[] = {0, 12, 30},
                       mixed[] = {1700000000, 7, 1764000000}, none[] = {0, 0, 0};
  assert_true(is_instant(r, "due", seconds, 4));
  assert_true(is_instant(r, "lastSeen", seconds, 4));
  assert_true(is_instant(r, "moment", millis, 3)); // nothing else is as large
  assert_false(is_instant(r, "bytes", seconds, 4));
  assert_false(is_instant(r, "trip_id", millis, 3));
  assert_false(is_instant(r, "due", few, 3));
  assert_false(is_instant(r, "due", mixed, 3));
  assert_false(is_instant(r, "due", none, 3));
}

// What a slip of the pen was meant to be, of all names of tools, columns and values.
static void slips_are_near_a_name(void **state) {
  struct room *r = *state;
  static const char *const slips[][2] = {{"tikcets", "ticket"}, {"tickes", "tickets"},     {"agnts", "agent"},
                                         {"urgnt", "urgent"},   {"assigneee", "assignee"}, {"tirps", "trips"},
                                         {"dragons", ""},       {"oders", "orders"},       {"folders", ""}};
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    unsigned far = 99;
    struct str near = derive_index_near(r->index, str_of(slips[i][0]), &far);
    if (!str_is(near, slips[i][1])) fail_msg("%s: %.*s", slips[i][0], STR_ARG(near));
  }
  assert_true(derive_index_knows(r->index, STR("ticket")));
  assert_false(derive_index_knows(r->index, STR("tikcet")));
}

// Once rows were looked at, a word that nothing knows narrows nothing where it only relates what was understood; else it
// ends the question.
static void what_a_word_does_tells_whether_it_matters(void **state) {
  struct room *r = *state;
  static const struct {
    const char *question, *passed; // NULL: it ends
  } cases[] = {
      {"the average distance our trips travel", "travel"},
      {"which notes were scribbled on trips?", "scribbled"},
      {"trips headed by Ada", "headed"},
      {"how many trips lie with Ada?", "lie"},
      {"the average distance of trips refused by Ada", NULL},
      {"which notes were removed from trips?", NULL},
      {"how many trips exploded?", NULL},
      {"which trips complained this week?", NULL},
      {"how many trips do not lie with Ada?", NULL},
      {"how many trips of dragons lie with Ada?", NULL},
      {"which trips travel?", NULL}, // all of them would be the answer
  };
  struct table_column columns[] = {{.name = STR("id"), .type = TABLE_INTEGER},
                                   {.name = STR("driver"), .type = TABLE_TEXT},
                                   {.name = STR("distance"), .type = TABLE_INTEGER},
                                   {.name = STR("note"), .type = TABLE_TEXT},
                                   {.name = STR("createdTs"), .type = TABLE_INTEGER}};
  struct table_cell cells[] = {{.kind = TABLE_CELL_INTEGER, .integer = 1},
                               {.kind = TABLE_CELL_TEXT, .text = STR("Ada")},
                               {.kind = TABLE_CELL_INTEGER, .integer = 120},
                               {.kind = TABLE_CELL_TEXT, .text = STR("late start")},
                               {.kind = TABLE_CELL_INTEGER, .integer = 1764000000}};
  struct table_result *rows = ARENA_NEW(r->arena, struct table_result);
  *rows = (struct table_result){.column_count = 5, .row_count = 1, .columns = columns, .cells = cells};
  if (!lexicon_size()) skip(); // it was built without English
  r->rows = rows;
  r->rows_of = STR("t9");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str program = planned(r, cases[i].question);
    const struct reading_part *p = &r->reading.parts[0];
    if (!cases[i].passed != !program.n)
      fail_msg("%s: %.*s %.*s", cases[i].question, STR_ARG(program), STR_ARG(r->plan.text));
    if (!cases[i].passed) continue;
    if (p->passed_count != 1) fail_msg("%s: %zu", cases[i].question, p->passed_count);
    check_text(p->passed[0], cases[i].passed);
    assert_true(r->plan.note_count > 0 &&
                str_contains(r->plan.notes[0], str_of(cases[i].passed))); // and is told
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_a_word_does_tells_whether_it_matters, room_open, room_close),
      cmocka_unit_test_setup_teardown(slips_are_near_a_name, room_open, room_close),
      cmocka_unit_test_setup_teardown(numbers_are_instants_by_name_and_value, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_question_becomes_sql_and_arguments, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_columns_say_narrows_and_lasts, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_nothing_knows_ends_in_a_no, room_open, room_close),
      cmocka_unit_test_setup_teardown(words_of_rows_are_known_once_they_were_seen, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// Orders in many wordings, and questions that only look like one; questions that follow others, over what has no words.
#include "derive_room.h"
#include "lexicon/lexicon.h"

static const char TOOLS[] = "{\"toolset\":1,\"connector\":\"yard\",\"base_url\":\"\",\"tools\":[" //
    TOOL("list_boats", "list", "/b", "",
         ",\"columns\":\"id:integer name:text berth:text status:text=afloat|ashore insured:boolean "
         "rooms:integer\"") "," //
    TOOL("list_crew", "list", "/c", "",
         ",\"columns\":\"id:integer name:text role:text boat_id:integer\"") "," //
    TOOL("list_jobs", "list", "/j", "",
         ",\"columns\":\"key:text title:text kind:text=repair|paint|survey status:text=open|done|waiting "
         "assignee:text hours:integer opened_on:time closed_on:time\"") "]}";

static int room_open(void **state) {
  return room_open_with(state, TOOLS);
}

static void check_ends(struct room *r, const char *const *questions, size_t count, bool refused) {
  if (!lexicon_size()) skip(); // it was built without English
  for (size_t i = 0; i < count; i++) {
    planned(r, questions[i]);
    if ((r->plan.end == PLAN_REFUSE) != refused)
      fail_msg("%s: ended as %d, %.*s", questions[i], (int)r->plan.end, STR_ARG(r->plan.text));
  }
}

// What is to be done to may be known from rows alone.
static void orders_are_refused_in_every_wording(void **state) {
  static const char *const orders[] = {
      "Give YARD-110 to Jun",
      "give job YARD-110 to Jun",
      "Hand it over to Ada",
      "Put YARD-110 on hold",
      "put the mast of Heron on hold",
      "could you mark YARD-7 as done?",
      "Mark YARD-7 as done",
      "let's move YARD-7 to next week",
      "Take YARD-7 off the list",
      "YARD-7 should be closed",
      "The job YARD-7 needs to be reassigned to Ada",
      "All open jobs must be cancelled",
      "I want YARD-7 closed",
      "We need YARD-7 moved to Friday",
      "Make sure YARD-7 is closed",
      "Can YARD-7 be closed?",
      "Could somebody assign YARD-7 to Jun?",
      "can we close YARD-7",
      "Expel Paul Mbeki",
      "Switch job alerts on wherever they are off",
      "please turn it off",
      "write off all jobs that are open",
      "order ten more boats from Heron",
      "Weise YARD-110 Jun zu",
      "Bitte YARD-110 schließen",
      "Kannst du YARD-110 auf erledigt setzen?",
      "Könntest du bitte alle Jobs stornieren?",
      "Verschiebe YARD-110 auf morgen",
      "YARD-110 soll geschlossen werden",
      "Setz YARD-7 auf erledigt",
      "Änder den Status von YARD-7 auf done",
      "Gib YARD-7 bitte an Ada weiter",
  };
  check_ends(*state, orders, sizeof orders / sizeof *orders, true);
}

static void questions_that_look_like_orders_are_none(void **state) {
  static const char *const questions[] = {
      "give me the open jobs",
      "Give us the jobs of YARD-7 to look at",
      "let me see the open jobs",
      "show YARD-7",
      "put open jobs and hours side by side for each assignee",
      "mark the highest hours of jobs",
      "take the open jobs per assignee",
      "which jobs should be closed?",
      "what has to be done to YARD-7?",
      "is YARD-7 closed?",
      "was YARD-7 given to Jun?",
      "who put YARD-7 on hold?",
      "open jobs should be closed within a week: how many were not?",
      "I want to know which jobs are closed",
      "I need the jobs that were closed last week",
      "could you tell me how many jobs are waiting?",
      "Can you list the jobs closed last week?",
      "give it to me as a table",
      "how many jobs were moved to Ada?",
      "Kannst du mir die offenen Jobs zeigen?",
      "Welche Jobs müssen geschlossen werden?",
      "Open jobs of Ada",
      "Paint jobs of Heron",
  };
  check_ends(*state, questions, sizeof questions / sizeof *questions, false);
}

// What a list would not answer is asked back, or says which word nothing knows.
static void a_list_is_no_answer_to_all(void **state) {
  static const char *const questions[] = {
      "why do people leave their jobs?",
      "is there a boat without an open job?\nis there anyone without an open job?",
      "is there anybody who has no open jobs?",
      "what do passengers say about how long they wait at the pier?",
  };
  struct room *r = *state;
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    struct str program = planned(r, questions[i]);
    if (program.n) fail_msg("%s: %.*s", questions[i], STR_ARG(program));
    assert_true(r->plan.text.n > 0);
  }
}

static void what_was_due_or_is_a_rate_is_told(void **state) {
  static const struct {
    const char *question, *has;
  } cases[] = {
      {"jobs that should have been done", "NOT coalesce((t2.\\\"status\\\" = 'done'), 0)"},
      {"insurance rate of boats per status", "100.0 * count(*) FILTER"},
      {"insured rate of boats per berth", "100.0 * count(*) FILTER"},
  };
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str program = planned(*state, cases[i].question);
    if (!str_contains(program, str_of(cases[i].has)))
      fail_msg("%s: %.*s %.*s", cases[i].question, STR_ARG(program),
               STR_ARG(((struct room *)*state)->plan.text));
  }
}

static void a_follow_up_changes_the_program_before(void **state) {
  static const struct {
    const char *talk, *has, *lacks;
  } cases[] = {
      {"how many jobs are open?\nonly the repairs", "'repair'", NULL},
      {"how many jobs are open?\nper assignee", "GROUP BY", NULL},
      {"how many jobs were opened in the last 90 days?\nand how many were closed in that time?", "closed_on",
       "opened_on"},
      {"how many jobs were opened in the last 90 days?\nand how many were closed in that time?", "now-90d",
       NULL},
      {"how many jobs were opened last month?\nand this month?", "now/M", "now-1M"},
      {"which boats are ashore?\nhow many rooms do those have?", "list_boats", "list_jobs"},
      {"which boats are ashore?\nwhich of them are insured?", "insured", NULL},
      {"how many jobs are open?\nclose them\nonly the repairs", "'repair'",
       NULL}, // what was refused changed nothing
  };
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str program = planned(*state, cases[i].talk);
    if (!str_contains(program, str_of(cases[i].has)) ||
        (cases[i].lacks && str_contains(program, str_of(cases[i].lacks))))
      fail_msg("%s: %.*s %.*s", cases[i].talk, STR_ARG(program), STR_ARG(((struct room *)*state)->plan.text));
  }
}

// An end in a no stays one, and nothing is asked of rows of another kind.
static void a_follow_up_of_nothing_is_asked_back(void **state) {
  static const char *const talks[] = {
      "how many dragons guard us?\nonly the open ones",
      "how many dragons guard the jobs?\nonly the open ones", // the dragons count on
      "open jobs about kittens\nand how many are done?",
      "which boats are ashore?\nwho is the crew of them?",
  };
  struct room *r = *state;
  if (!lexicon_size()) skip();
  for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
    struct str program = planned(r, talks[i]);
    if (program.n) fail_msg("%s: %.*s", talks[i], STR_ARG(program));
    assert_true(r->plan.text.n > 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(orders_are_refused_in_every_wording, room_open, room_close),
      cmocka_unit_test_setup_teardown(questions_that_look_like_orders_are_none, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_list_is_no_answer_to_all, room_open, room_close),
      cmocka_unit_test_setup_teardown(what_was_due_or_is_a_rate_is_told, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_follow_up_changes_the_program_before, room_open, room_close),
      cmocka_unit_test_setup_teardown(a_follow_up_of_nothing_is_asked_back, room_open, room_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// report: an answer told as it is made, to whoever asked for it by ask_request.told: `understood` (again, where more was
// found out), `model` as a language model is asked and replies, `plan` for each program before it runs, `call` as each goes out and comes back, `read` as steps move and
// where a rate limit is waited for. Data are JSON objects as docs/ask.md describes them; the answer itself comes from
// ask_answer. On the asker's fiber, between calls: who is told may park, which holds the work up. Example:
//   struct report report = {.told = r->told, .arg = r->told_arg};
//   report_understood(&report, &plan);
//   … program_begin …   report_plan(&report, REPORT_ANSWER, text, run);   … program_go_on …
#ifndef POSTERN_ASK_REPORT_H
#define POSTERN_ASK_REPORT_H

#include "ask/plan.h"
#include "ask/rounds.h"
#include "program/run.h"

enum { REPORT_EVENT_MOST = 512 * 1024, REPORT_ARGUMENTS_MOST = 4096 };

struct ask_event {
  const char *name;    // "understood", "model", "plan", "call", "read"
  struct str data;     // lives for the call
  struct str what;     // in few words, for a person: a step, or a tool
  size_t ended, known; // calls of all programs so far; `known` grows as more is found out
};
typedef void ask_told(void *arg, const struct ask_event *e);

struct report {   // lives as long as it follows a run
  ask_told *told; // NULL: nobody is told
  void *arg;
  const char *of;      // of the program at work
  size_t ended, known; // of the programs before it
  uint64_t understood; // a hash of what was told of that last; 0: nothing yet
  struct {
    const char *state;
    size_t ended, known, rows;
  } steps[PROGRAM_STEPS_MOST];
};

// What a program is for.
#define REPORT_ANSWER "answer"
#define REPORT_NAMES "names"     // of rows that the question may mean
#define REPORT_MODEL "model"     // written by a language model, which may yet present another
#define REPORT_COLUMNS "columns" // of what nothing is known of
#define REPORT_TROUBLE "trouble" // what may be behind an answer that is empty, low or denied

void report_understood(struct report *r, const struct ask_plan *plan);
void report_model(struct report *r, struct str engine, const struct rounds_usage *usage, struct str doing);
// Follows the run from here on. `program`: its text.
void report_plan(struct report *r, const char *of, struct str program, struct program_run *run);
void report_follow(struct report *r, const char *of,
                   struct program_run *run); // of one that is taken up again

#endif

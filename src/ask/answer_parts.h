// SPDX-License-Identifier: Apache-2.0
// answer_parts: what the files behind ask/answer.h share. Private to ask/.
#ifndef POSTERN_ASK_ANSWER_PARTS_H
#define POSTERN_ASK_ANSWER_PARTS_H

#include "ask/answer.h"
#include "ask/plan.h"
#include "ask/reach.h"
#include "ask/tell.h"

struct asking {
  const struct ask_request *r;
  struct arena *arena;
  struct program_view view;
  struct ask_reach reach;
  struct table_clock clock;
  struct talk_said said;
  struct model model;
  struct reading reading;
  struct ask_plan plan;
  struct model_row *names;
  size_t name_count;
  struct near_word near[TALK_NAMED_MOST]; // words that nothing knows
  size_t near_count;
  struct tell tell;
  struct report report;
  bool looked;     // names of rows were looked up
  bool plain;      // the program is not the plan's, so its results speak for themselves
  struct str kept; // handle of the run that is gone on with; empty: there is none
  bool held_up;    // what has to be known before the answer's program could not be read yet
  uint64_t end_us; // of the asker's patience; 0: as long as programs may take
};

// Runs a program through the asker's view. False: the faults say why where there are any, else *err.
MUST_USE bool ask_run_program(struct asking *x, const char *of, yyjson_mut_doc *program,
                              struct program_faults *faults, struct program_run **out,
                              const struct outcome **outcome, struct err *err) SUSPENDS;
// What may be behind an answer of the planner's that says little.
MUST_USE bool ask_probe(struct asking *x, const struct outcome *o, struct err *err) SUSPENDS;
// Has a language model write the program, where one is asked and may help. True with `answered`: x->plan and x->tell have
// what it came to; else the planner's plan stands, and x->tell says why.
MUST_USE bool ask_by_engine(struct asking *x, bool *answered, struct err *err) SUSPENDS;

#endif

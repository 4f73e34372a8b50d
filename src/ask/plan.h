// SPDX-License-Identifier: Apache-2.0
// plan: a reading becomes a program: the calls that each part needs, shared where they are the same, and a result for
// each thing to know. Or what has to be known first (names that the data hold), or a question back, or an honest no.
// Pure. Example:
//   struct ask_plan plan; plan_make(&reading, &clock, arena, &plan);
//   if (plan.end == PLAN_PROGRAM) … plan.program is an answer program
#ifndef POSTERN_ASK_PLAN_H
#define POSTERN_ASK_PLAN_H

#include "ask/query.h"

enum { PLAN_RESULTS_MOST = 6, PLAN_CHIPS_MOST = 16, PLAN_CHOICES_MOST = 12 };

enum plan_end { PLAN_PROGRAM, PLAN_CLARIFY, PLAN_UNANSWERABLE, PLAN_REFUSE };

struct plan_result {
  struct query query;
  const struct reading_part *part, *other; // other: of what two sources have in common; else NULL
  struct str name;
  int checks; // the result only tells whether the row of this slot of a recipe is there, from 1; 0: a result to show
  int values_of; // the result only tells which values this column has, in case nothing fits; -1: a result to show
};

struct plan_chip { // something that was understood or taken for granted
  struct str what, said;
  bool assumed;
};

struct ask_plan {
  enum plan_end end;
  yyjson_mut_doc *program; // PLAN_PROGRAM; the caller frees
  struct plan_result results[PLAN_RESULTS_MOST];
  size_t result_count;
  struct str text; // of the other ends: what to say
  struct str choices[PLAN_CHOICES_MOST];
  size_t choice_count;
  struct str word; // that the choices are about
  bool words;      // they are what it may mean, and no rows
  struct plan_chip chips[PLAN_CHIPS_MOST];
  size_t chip_count;
  struct str notes[8]; // assumptions that the answer says
  size_t note_count;
  struct str leads[READING_PARTS_MOST]; // what the answer leaves out, said before it
  size_t lead_count;
  const struct recipe_use *recipe; // what the results are of; NULL: of parts
};

void plan_make(const struct reading *r, const struct table_clock *clock, struct arena *a,
               struct ask_plan *out);
// The words that may be names of rows of things that the question needs, and which things: to be looked up first.
struct plan_wanted {
  const struct model_thing *things[6];
  size_t count;
};
void plan_wants_names(const struct reading *r, const struct model *model, struct plan_wanted *out);
// Things without words whose rows nobody has seen and that may know what nothing else does: where no thing explains the
// question, those that have a word of it; else those that have one that is left over.
void plan_wants_rows(const struct reading *r, const struct model *model, struct plan_wanted *out);
// A program that reads the labels of a thing's rows: one result, "names".
yyjson_mut_doc *plan_names_program(const struct model_thing *t, struct arena *a);

// The first rows of what a part is about, whole.
yyjson_mut_doc *plan_peek_program(const struct reading_part *p, struct arena *a);

#endif

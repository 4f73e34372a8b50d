// SPDX-License-Identifier: Apache-2.0
// figures: is each number of a text that a language model wrote one that was found? It has to be a cell of a result, the
// number of rows of one that is whole, a parameter, or in the question: as it is, rounded as it is shown, in thousands or
// millions, as a percentage, in a unit; a date or a time has to be one of a cell or of the time asked for. Numbers in words
// count too. What is part of a name ("example2.com") has to stand in a cell or in the question. Pure; as long as the results
// are large: on the pool. Example:
//   struct figures_ground g = {.results = o->results, .result_count = 1, .texts = &question, .text_count = 1, .zone = zone};
//   if (!figures_hold(text, &g, arena, &odd)) …          // odd: the first one that is not there
#ifndef POSTERN_ASK_FIGURES_H
#define POSTERN_ASK_FIGURES_H

#include "program/outcome.h"

enum {
  FIGURES_TEXT_MOST = 4000,
  FIGURES_MOST = 64, // of a text; one with more is not looked through
  FIGURES_CELLS_MOST = 200000,
  FIGURES_MOMENTS_MOST = 20000,
};

struct figures_ground {
  const struct outcome_result *results;
  size_t result_count;
  const struct str *texts; // questions, parameters
  size_t text_count;
  const int64_t *moments; // the time asked for
  size_t moment_count;
  const struct zone *zone; // whose clock may be read, beside UTC's
  struct buf *numbers;     // where each comes from, as ask/summary.h has it; NULL: nobody is told
};

bool figures_hold(struct str text, const struct figures_ground *g, struct arena *a, struct str *odd);

#endif

// SPDX-License-Identifier: Apache-2.0
// recipe_plan: a recipe that a question called for becomes a plan: its program with accounts, times and slots filled in,
// the chips that say what stands in them; or a question back; or an honest no. And its sentences, once rows are there.
// Pure. Example:
//   recipe_plan(reading, clock, arena, &plan);              // plan.program, as of any plan; plan.recipe is set
//   recipe_say(plan.recipe, &outcome_result, clock, arena, &out);
#ifndef POSTERN_ASK_RECIPE_PLAN_H
#define POSTERN_ASK_RECIPE_PLAN_H

#include "ask/summary.h"

void recipe_plan(const struct reading *r, const struct table_clock *clock, struct arena *a,
                 struct ask_plan *out);
void recipe_say(const struct recipe_use *use, const struct outcome_result *r, const struct table_clock *clock,
                struct arena *a, const struct summary_out *out);
// A template's slots in words: "{zone}", "{time}"; what it does not know stays. Private to ask/.
struct str recipe_words(const struct recipe_use *use, struct str text, const struct table_clock *clock,
                        struct arena *a);

#endif

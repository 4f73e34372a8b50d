// SPDX-License-Identifier: Apache-2.0
// plan_recipe: a recipe that a question called for becomes a plan: its program with accounts, times and slots filled in,
// the chips that say what stands in them; or a question back; or an honest no. And its sentences, once rows are there.
// Pure. Example:
//   plan_recipe(reading, clock, arena, &plan);              // plan.program, as of any plan; plan.recipe is set
//   plan_recipe_say(plan.recipe, &outcome_result, clock, arena, &out);
#ifndef POSTERN_ASK_PLAN_RECIPE_H
#define POSTERN_ASK_PLAN_RECIPE_H

#include "ask/summary.h"

void plan_recipe(const struct reading *r, const struct table_clock *clock, struct arena *a,
                 struct ask_plan *out);
void plan_recipe_say(const struct recipe_use *use, const struct outcome_result *r,
                     const struct table_clock *clock, struct arena *a, const struct summary_out *out);
// A template's slots in words: "{zone}", "{time}"; what it does not know stays. Private to ask/.
struct str plan_recipe_words(const struct recipe_use *use, struct str text, const struct table_clock *clock,
                             struct arena *a);

#endif

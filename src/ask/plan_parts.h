// SPDX-License-Identifier: Apache-2.0
// plan_parts: what the files behind ask/plan.h share. Private to ask/.
#ifndef POSTERN_ASK_PLAN_PARTS_H
#define POSTERN_ASK_PLAN_PARTS_H

#include "ask/plan.h"
#include "ask/steps.h"

struct planning {
  const struct reading *r;
  const struct table_clock *clock;
  struct ask_plan *out;
  struct arena *arena;
  struct steps steps;
  yyjson_mut_val *root, *results;
};

struct str plan_list(struct planning *x, const struct str *items, size_t n); // "a", "b" and "c"
// What ends before there is a program, of the question or of one of its parts; true: x->out says how.
bool plan_ends(struct planning *x);
bool plan_part_ends(struct planning *x, const struct reading_part *p);

// Leaves of several accounts those that the question names (accounts.c). False: no step asks any of them.
bool plan_narrow_accounts(const struct reading *r, yyjson_mut_doc *program);

#endif

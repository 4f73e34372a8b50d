// SPDX-License-Identifier: Apache-2.0
// summary: a result in a sentence or two, as a colleague would say it: by a template of its shape, each number a cell,
// with which rows and which time. Pure. Example:
//   struct summary_out out = {&text, &numbers};
//   summary_add(&plan_result, &outcome_result, &clock, arena, &out);
#ifndef POSTERN_ASK_SUMMARY_H
#define POSTERN_ASK_SUMMARY_H

#include "ask/plan.h"
#include "program/outcome.h"

struct summary_out {
  struct buf *text;
  // Where each number of the text comes from, as members of a JSON array: {"start", "end" (bytes of the text),
  // "result", "row", "column"}; of one that counts rows, "rows": [first, end] instead of the last two.
  struct buf *numbers;
};

void summary_add(const struct plan_result *r, const struct outcome_result *rows,
                 const struct table_clock *clock, struct arena *a, const struct summary_out *out);
// "active firewall rules on staging-app.com": what was asked for, in words.
void summary_subject(const struct reading_part *p, struct buf *out);

#endif

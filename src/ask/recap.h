// SPDX-License-Identifier: Apache-2.0
// recap: what a result says, in a sentence, where only its rows are known and not how the question was read: a program that a
// language model wrote. By a template of its shape, each number a cell. Private to ask/. Pure. Example:
//   recap_add(&outcome->results[0], arena, &(struct summary_out){&text, &numbers});
#ifndef POSTERN_ASK_RECAP_H
#define POSTERN_ASK_RECAP_H

#include "ask/summary.h"

void recap_add(const struct outcome_result *r, struct arena *a, const struct summary_out *out);

#endif

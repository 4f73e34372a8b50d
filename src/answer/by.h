// SPDX-License-Identifier: Apache-2.0
// by: the language model that a question is answered by, as it is configured: found by its name, or the default, and held
// until the answer is there, whatever becomes of its row. Private to answer/. Example:
//   struct answer_by by; if (!answer_by_find(r, &by, err)) return false;      // no engine of that name
//   if (by.held) r->ask.engine = &by.engine;     …     answer_by_release(&by);
#ifndef POSTERN_ANSWER_BY_H
#define POSTERN_ANSWER_BY_H

#include "answer/keep.h"

struct answer_by {
  struct engine *held; // NULL: the planner
  struct ask_engine engine;
};

MUST_USE bool answer_by_find(const struct answer_request *r, struct answer_by *out, struct err *err);
void answer_by_release(struct answer_by *by);

#endif

// SPDX-License-Identifier: Apache-2.0
// answer: from a question to its answer: read, planned, run as a program through somebody's view, said in words. Nothing
// but tools that read is ever called, by programs alone. On the asker's fiber; planning runs on the pool. Example:
//   struct ask_request r = {.program = &request, .question = STR("how many active zones do we have?")};
//   if (!ask_answer(&r, &out, err)) …          // out: JSON as docs/ask.md describes it
#ifndef POSTERN_ASK_ANSWER_H
#define POSTERN_ASK_ANSWER_H

#include "ask/alias.h"
#include "program/run.h"

struct ask_request {
  struct program_request program; // whose view, on whose behalf; doc and parameters are made here
  struct str question;
  struct str follow; // id of an answer that this question follows; empty: none
  int64_t choose;    // of the choices of that answer, from 1; 0: none
  bool plan_only;    // the program, without running it
  const struct alias *aliases;
  size_t alias_count;
};

MUST_USE bool ask_answer(const struct ask_request *r, struct buf *out, struct err *err) SUSPENDS;

#endif

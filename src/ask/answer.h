// SPDX-License-Identifier: Apache-2.0
// answer: from a question to its answer: read, planned, run as a program through somebody's view, said in words. Nothing
// but tools that read is ever called, by programs alone. On the asker's fiber; planning runs on the pool. Example:
//   struct ask_request r = {.program = &request, .question = STR("how many active zones do we have?")};
//   if (!ask_answer(&r, &out, err)) …          // out: JSON as docs/ask.md describes it
#ifndef POSTERN_ASK_ANSWER_H
#define POSTERN_ASK_ANSWER_H

#include "ask/alias.h"
#include "ask/report.h"
#include "ask/rounds.h"
#include "ask/talk.h"
#include "program/run.h"

enum { ASK_QUESTION_MOST = 16000 }; // bytes

// An answer as it is about to be told: for who keeps it first. Lives during the call.
struct ask_made {
  struct str id, question, outcome;
  struct str engine;          // the part of the answer: JSON
  struct str told;            // the answer, as JSON
  struct str program;         // the part of it; empty: the question ended without one
  struct str talk;            // JSON text of what a follow-up needs: ask/talk.h
  const struct str *accounts; // ids of all that were called
  size_t account_count;
};

struct ask_request {
  struct program_request program; // whose view, on whose behalf; doc and parameters are made here
  struct str question;
  const struct talk_said *before; // of the answer that this question follows; NULL: none
  int64_t choose;                 // of the choices of that answer, from 1; 0: none
  bool goes_on;                   // with that answer, which paused; there is no question then
  bool plan_only;                 // the program, without running it
  // Instead of a question: this program is run once more, for what `before` asked. Its accounts are named by their ids.
  struct str again;
  bool again_alone; // the planner did not write it: what it would read in the question is no matter
  uint64_t most_ms; // in all; what is read by then is told. 0: as long as programs may take
  const struct alias *aliases;
  size_t alias_count;
  const struct ask_engine *engine; // a language model that writes the program; NULL: the planner
  struct str page; // what an answer's id is put behind for the address of its page; empty: it has none
  // Called with the answer before it is told. What fails here is the answer. NULL: nobody keeps it.
  bool (*keep)(void *arg, const struct ask_made *made, struct err *err);
  void *keep_arg;
  ask_told *told; // NULL: nobody wants to know before the answer
  void *told_arg;
};

MUST_USE bool ask_answer(const struct ask_request *r, struct buf *out, struct err *err) SUSPENDS;

#endif

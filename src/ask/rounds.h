// SPDX-License-Identifier: Apache-2.0
// rounds: a language model writes the program that answers a question: it is told the question, the planner's own draft and
// what can be called, finds tools, runs programs and presents one, within rounds, tokens and time. It only ever writes:
// programs run as anybody's, through the asker's view. One fixed list of tools, one system text, a history that only grows.
// A model that writes text instead of calling is told so once; one that does nothing of use, refuses, repeats itself, breaks
// off or cannot be reached has failed, with the reason, and the planner answers. On the asker's fiber. Example:
//   struct rounds_input in = {.engine = &engine, .guard = guard, .view = &view, .clock = &clock, .first = prompt, .veil = &veil,
//                           .run = answer_run_written, .arg = x};
//   struct rounds_end end;
//   if (!rounds_ask(&in, arena, &end, err)) …          // canceled
//   if (end.kind == ROUNDS_RUN) … end.run, end.results …    rounds_end_free(&end);
#ifndef POSTERN_ASK_ROUNDS_H
#define POSTERN_ASK_ROUNDS_H

#include "ask/disclose.h"
#include "llm/client.h"

enum {
  ROUNDS_MOST = 12,
  ROUNDS_RUNS_MOST = 8,        // programs that were run
  ROUNDS_CALLS_MOST = 8,       // of one reply
  ROUNDS_TEXT_MOST = 2000,     // of what is presented
  ROUNDS_ANSWER_BYTES = 40000, // of what a call is answered
};

#define ASK_PLANNER "planner" // the engine that is built in

struct ask_engine { // a language model as it is configured; whoever asks holds it
  struct str name, model, effort;
  const struct llm_engine *llm;
  const struct fetch_limits *fetch; // of one request
  const struct http_guard *guard;
  struct redact *hide;
  enum ask_sees sees;
  int64_t tokens; // of a question, in and out, all rounds together
  int64_t output; // of one reply
  uint64_t ms;    // of a question
};

struct rounds_usage { // tokens as the provider counts them, else as bytes suggest
  size_t rounds;
  int64_t input, output, cached;
  uint64_t ms;
};

struct rounds_written {    // a program that was run
  struct program_run *run; // NULL: it had faults, or none was run
  const struct outcome *outcome;
  yyjson_mut_doc *program; // with the values of veiled names
  struct str text;         // as the model wrote it
};

struct rounds_end;
struct rounds_input {
  const struct ask_engine *engine;
  const struct program_view *view;
  struct str first; // what it is told first: draft, question
  const struct veil *veil;
  struct str draft; // may be presented; empty: there is none
  // Runs what was written; the caller of rounds_ask owns nothing of it. False with ERR_CANCELED: the asker has gone; else
  // the faults or *err say why.
  bool (*run)(void *arg, struct rounds_written *w, struct program_faults *faults, struct err *err) SUSPENDS;
  // Is the text true to what is shown of it? NULL: nothing is shown. False: `odd` is not.
  bool (*holds)(void *arg, const struct rounds_written *w, const struct rounds_end *shown, struct str text,
                struct str *odd, struct str *numbers) SUSPENDS;
  // As each round begins (`doing` empty), and what its reply does. May be NULL.
  void (*told)(void *arg, const struct rounds_usage *usage, struct str doing);
  void *arg;
};

enum rounds_kind { ROUNDS_RUN, ROUNDS_DRAFT, ROUNDS_SAID, ROUNDS_FAILED };
struct rounds_end {
  enum rounds_kind kind;
  struct rounds_written written; // ROUNDS_RUN, and ROUNDS_DRAFT where the draft was run as it was
  struct outcome_result results[PROGRAM_RESULTS_MOST]; // those to be shown
  size_t result_count;
  struct str text;    // the model's; empty: the template's
  struct str numbers; // of it: where each comes from
  struct str outcome; // ROUNDS_SAID: "clarify", "unanswerable", "refuse"
  struct str why;     // ROUNDS_FAILED; with text left out: what was odd in it
  yyjson_doc *chart;  // a wish for the main result; NULL: none
  struct rounds_usage usage;
};

extern const char rounds_system[]; // the same in each request
// False only where the asker has gone.
MUST_USE bool rounds_ask(const struct rounds_input *in, struct arena *a, struct rounds_end *out,
                         struct err *err) SUSPENDS;
void rounds_end_free(struct rounds_end *end);

#endif

// SPDX-License-Identifier: Apache-2.0
// tell: an answer as JSON: outcome, text, table, chart, the calls that were made, the program, what was understood, what
// may be chosen, what to mind. Private to ask/. Pure.
#ifndef POSTERN_ASK_TELL_H
#define POSTERN_ASK_TELL_H

#include "ask/plan.h"
#include "ask/rounds.h"
#include "ask/suspect.h"
#include "crypto/token.h"
#include "program/outcome.h"

enum { TELL_MOST = 32 << 20 };

struct tell_engine {             // who wrote the program, and what a language model cost that was asked
  struct str name, asked, model; // asked: the language model; empty: none was
  struct rounds_usage usage;
};

struct tell {
  struct arena *arena;
  char id[TOKEN_ID];
  const char *outcome;   // "answer", "clarify", "unanswerable", "refuse"
  struct str page;       // what the id is put behind for the address of its page; empty: it has none
  struct str request_id; // whose calls these are
  struct buf text, numbers, calls, table, results, chart, warnings;
  struct tell_engine engine;
  struct str program;   // as it was written; empty: none
  struct str *accounts; // ids of all that were called
  size_t call_count, account_count;
  bool paused;    // not all has been read yet
  int64_t wait_s; // what a vendor's rate limit asks for then; 0: nothing
};

void tell_begin(struct tell *t, struct arena *a);
void tell_free(struct tell *t);
void tell_calls(struct tell *t, const struct outcome *o); // adds what this run called
void tell_outcome(struct tell *t, const struct ask_plan *plan, const struct outcome *o,
                  const struct table_clock *clock);
// The same of a program that the planner did not write: these results of it. `text` empty: the template's.
void tell_found(struct tell *t, const struct rounds_end *end, const struct table_clock *clock);
void tell_warn(struct tell *t, struct str text);
void tell_plainly(struct tell *t, const struct outcome *o, const struct table_clock *clock); // without a plan
void tell_trouble(struct tell *t, const struct suspect *p,
                  const struct outcome *o); // what it comes to, if anything
// Why not all was read, as a part of a sentence.
struct str tell_pause(struct tell *t, const struct outcome *o);
void tell_end(struct tell *t, const struct ask_plan *plan);         // an end without a program
void tell_understood(const struct ask_plan *plan, struct buf *out); // the member of this name
void tell_engine(const struct tell_engine *e, struct buf *out);     // an object
// One member of an object that is being written.
void tell_member(struct buf *out, const char *key);
void tell_text(struct buf *out, const char *key, struct str text);
void tell_write(struct tell *t, const struct ask_plan *plan, struct buf *out);

#endif

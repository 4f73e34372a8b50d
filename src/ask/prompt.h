// SPDX-License-Identifier: Apache-2.0
// prompt: what a language model is told of a question, once, before it does anything: what it will see of results, the
// accounts, what the connectors' words say of what is asked about, the draft, and the question last. Short enough for small
// models; vendors' words stand between marks. With `schema` nothing in it comes from a row. Pure. Example:
//   prompt_write(&(struct prompt){.sees = sees, .view = &view, .clock = &clock, .model = &model, …}, &out);
#ifndef POSTERN_ASK_PROMPT_H
#define POSTERN_ASK_PROMPT_H

#include "ask/disclose.h"
#include "ask/reading.h"
#include "ask/talk.h"

enum {
  PROMPT_BYTES_MOST = 64 * 1024, // all
  PROMPT_ACCOUNTS_MOST = 1500,
  PROMPT_NOUNS_MOST = 2000,
  PROMPT_THING_MOST = 2500, // of one thing
  PROMPT_THINGS_MOST = 4,
  PROMPT_WHY_MOST = 500,
  PROMPT_QUESTION_MOST = 4000,
};

struct prompt {
  enum ask_sees sees;
  const struct program_view *view;
  const struct table_clock *clock;
  const struct model *model;
  const struct reading *reading; // NULL or without parts: nothing is known
  const struct talk_said *said;
  const struct veil *veil;
  struct str draft;  // empty: none
  struct str why;    // the planner's words, where there is none
  struct str before; // the program that answered the question before; empty: none, or none that may be told
};

void prompt_write(const struct prompt *p, struct buf *out);

#endif

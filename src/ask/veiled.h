// SPDX-License-Identifier: Apache-2.0
// veiled: the planner's program as a language model may see it: planned once more with stand-ins for what words of the
// question were found or said to stand for, and without anything that rows taught of columns, then veiled. Reads the same
// question; nothing is called. Where the planner has no program, why: in its words, veiled too. On the pool. Example:
//   struct veiled_input in = {.view = &view, .clock = &clock, .said = &said, .reading = &reading, .names = names, …};
//   if (!veiled_make(&in, &veil, arena, &text, err)) …          // text empty: there is none that could be shown
#ifndef POSTERN_ASK_VEILED_H
#define POSTERN_ASK_VEILED_H

#include "ask/reading.h"
#include "ask/talk.h"
#include "ask/veil.h"
#include "program/view.h"

enum { VEILED_BYTES_MOST = 12000 };

struct veiled_input {
  const struct program_view *view;
  const struct table_clock *clock;
  const struct talk_said *said;
  struct str question;           // what the whole conversation speaks of
  const struct reading *reading; // with the names as they are
  const struct model_row *names;
  size_t name_count;
  const struct alias *aliases;
  size_t alias_count;
};

MUST_USE bool veiled_make(const struct veiled_input *in, struct veil *veil, struct arena *a,
                          struct str *program, struct str *why, struct err *err);

#endif

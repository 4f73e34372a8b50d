// SPDX-License-Identifier: Apache-2.0
// talk: answers of late under their ids, so that a next question can follow one: what was asked so far, and which rows
// its words stand for. In memory, process-wide; a bounded number, the oldest goes; good for who asked. Any thread.
// Example:
//   talk_keep(principal, &said, id);            // "ans_…"
//   if (!talk_take(id, principal, arena, &said, err)) …
#ifndef POSTERN_ASK_TALK_H
#define POSTERN_ASK_TALK_H

#include "base/arena.h"
#include "crypto/token.h"

enum { TALK_MOST = 256, TALK_TURNS_MOST = 12, TALK_CHOICES_MOST = 12, TALK_NAMED_MOST = 12 };

// Which row a word stands for: kept beside the question and never written into it, since a name is a vendor's data.
struct talk_named {
  struct str word, name, connector, thing;
};

struct talk_said {
  struct str turns[TALK_TURNS_MOST]; // the questions, the first first
  size_t turn_count;
  struct str choices[TALK_CHOICES_MOST]; // of a question that was asked back
  size_t choice_count;
  struct talk_named asked; // what the choices are about; its name is the one to be chosen
  struct talk_named named[TALK_NAMED_MOST];
  size_t named_count;
};

// The latest of one word counts; where there is no room the oldest goes.
void talk_name(struct talk_said *said, const struct talk_named *named);

void talk_keep(struct str principal, const struct talk_said *said, char id[TOKEN_ID]);
// Copied into the arena. ERR_MISSING: unknown, gone, or somebody else's.
MUST_USE bool talk_take(struct str id, struct str principal, struct arena *a, struct talk_said *out,
                        struct err *err);
void talk_close(void); // at the end of the program

#endif

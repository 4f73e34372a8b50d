// SPDX-License-Identifier: Apache-2.0
// talk: what a next question needs of the answer it follows: what was asked so far, and which rows its words stand for.
// Kept with the answer, as JSON. Pure. Example:
//   talk_write(&said, &out);                    // {"turns": ["…"], "choices": […], "asked": {…}, "named": [{…}]}
//   talk_read(value, arena, &said);
#ifndef POSTERN_ASK_TALK_H
#define POSTERN_ASK_TALK_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"

enum { TALK_TURNS_MOST = 12, TALK_CHOICES_MOST = 12, TALK_NAMED_MOST = 12 };

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
  struct str written;   // the program that a language model answered with, as it wrote it; empty: none did
  bool written_of_rows; // it had been told rows then
  bool paused;          // not all was read: the same can be gone on with
  struct str handle;    // of its run, while that is kept; empty: none
  int64_t now_ms;       // of the question that paused
};

// The latest of one word counts; where there is no room the oldest goes.
void talk_name(struct talk_said *said, const struct talk_named *named);

void talk_write(const struct talk_said *said, struct buf *out);
// Copied into the arena; what is missing or too many is left out.
void talk_read(yyjson_val *from, struct arena *a, struct talk_said *out);

#endif

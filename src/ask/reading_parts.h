// SPDX-License-Identifier: Apache-2.0
// reading_parts: what the files behind ask/reading.h share. Private to ask/.
#ifndef POSTERN_ASK_READING_PARTS_H
#define POSTERN_ASK_READING_PARTS_H

#include "ask/mentions.h"

struct reader_state {
  const struct reading_input *in;
  struct reading *out;
  struct arena *arena;
  struct mentions mentions;
  struct ask_segment segments[SEGMENTS_MOST];
  struct span spans[SPANS_MOST];
  size_t segment_count, span_count;
};

// What two things have in common, or the one lacks of the other (reading_join.c); true: the two parts are out->parts.
bool reading_join(struct reader_state *s);

// Names of accounts go out of the words, and into out->accounts (accounts.c). Before anything looks for what words mean.
void reading_take_accounts(struct reader_state *s);
void reading_same_accounts(struct reading *r, const struct reading *before);
// "sign-ups" and "signed up" where "signup" is known (reading_words.c).
void reading_join_words(struct reader_state *s);
void reading_correct_swapped(struct reader_state *s);

// A question that follows another (reading_follow.c).
bool reading_follows(const struct reader_state *s, const struct reading *before);
void reading_edit(struct reader_state *s, const struct reading *before);
bool reading_loses(const struct reader_state *s, const struct reading *before);
void reading_same_spans(struct reader_state *s, const struct reading *before);

#endif

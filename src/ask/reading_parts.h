// SPDX-License-Identifier: Apache-2.0
// reading_parts: what the files behind ask/reading.h share. Private to ask/.
#ifndef POSTERN_ASK_READING_PARTS_H
#define POSTERN_ASK_READING_PARTS_H

#include "ask/mentions.h"

enum {
  READING_HALVES_MOST = 16
}; // looked at, of all ways to divide a question in two: what people ask has a few

struct reader_state {
  const struct reading_input *in;
  struct reading *out;
  struct arena *arena;
  struct mentions mentions;
  struct ask_segment segments[SEGMENTS_MOST];
  struct span spans[SPANS_MOST];
  size_t segment_count, span_count;
  size_t halves; // looked at so far
};

struct grouping { // segments that are one part
  struct ask_segment list[SEGMENTS_MOST];
  size_t count;
  const struct model_thing *thing, *second;
  int score;
  bool each; // one of several that are enumerated: words of the others are no news to it
};

// The parts of the question (reading_group.c); how many.
size_t reading_group(const struct reader_state *s, struct grouping *out);
// What these segments say of the thing.
void reading_fill(const struct reader_state *s, const struct ask_segment *segments, size_t count,
                  const struct model_thing *t, struct reading_part *out);
// What two things have in common, or the one lacks of the other (reading_join.c); true: the two parts are out->parts.
bool reading_join(struct reader_state *s);
// What some words of the question say of one thing; NULL: of none, or too many halves were looked at.
struct reading_part *reading_half(struct reader_state *s, struct ask_segment *half, struct reading_part *out);
// The time that is said for the one part is that of the other: of two halves, and where the first has no times.
void reading_share_span(struct reading_part *p);
void reading_lend_span(struct reading_part *p);
bool reading_look_far(const struct reader_state *s, struct reading_part *p);
// Two things that are related otherwise than by what both have (reading_relate.c).
bool reading_relates(struct reader_state *s);
// "Of the zones on the free plan, which one …": the second of two parts narrows by the first.
void reading_front(struct reader_state *s);
// What rows of the one thing that was found have, and other rows of it have not (reading_differ.c).
bool reading_differs(struct reader_state *s);

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

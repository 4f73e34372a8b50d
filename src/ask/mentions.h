// SPDX-License-Identifier: Apache-2.0
// mentions: which words of a question speak of which thing, and how well the thing explains them. Pure. Example:
//   struct mentions all; mentions_find(&all, model, language, &words, spans, span_count, names, name_count, arena);
//   int score = mentions_score(&all, thing, ranges, range_count);
#ifndef POSTERN_ASK_MENTIONS_H
#define POSTERN_ASK_MENTIONS_H

#include "ask/reading.h"
#include "language/segments.h"

enum mention_word { // what a word is taken for, with one thing in mind
  MENTION_UNKNOWN,
  MENTION_FILLER, // the language's, or a time
  MENTION_NAME,
  MENTION_PARENT, // the name of what the thing is within
  MENTION_COLUMN,
  MENTION_VALUE,
  MENTION_LACK,
  MENTION_SOURCE,
  MENTION_ENTITY,
  MENTION_KNOWN, // a name that data hold
};

struct mention {
  enum mention_word what;
  size_t first, n; // words
  int number;      // column, value, lack; of MENTION_KNOWN the name
  const struct model_thing *parent;
};

struct mentions {
  const struct model *model;
  const struct language *language;
  const struct ask_words *words;
  struct phrase_hit **hits; // a word's
  size_t *hit_counts;
  bool *timed;  // is part of a time
  bool ability; // the question asks for what somebody is allowed to do
  const struct model_row *names;
  size_t name_count;
  struct arena *arena;
};

void mentions_find(struct mentions *m, const struct reading_input *in, const struct language *l,
                   const struct ask_words *w, const struct span *spans, size_t span_count, struct arena *a);
// What the words of the segments are to the thing; in the order of the words, unknown ones too.
size_t mentions_of(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                   size_t count, struct mention *out, size_t most);
int mentions_score(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                   size_t count, bool *named);
// The best of all; NULL: none explains enough. `second`: of another source, as good.
const struct model_thing *mentions_best(const struct mentions *m, const struct ask_segment *s, size_t count,
                                        int *score, const struct model_thing **second);
bool mentions_takes(const struct model_thing *t, enum word_kind kind); // has it a place for such an entity?
int mentions_column_of(const struct model_thing *t, enum word_kind kind); // that holds such; -1: none
// "campaigns/autumn": the column that says in which folder rows are, where the word is one's path; -1: none, or no path.
int mentions_folder(const struct mentions *m, const struct model_thing *t, size_t at);
bool mentions_is_source(const struct mentions *m, size_t at); // does the word name one?
// The label of the source with words that the word names, where it is not the thing's own; empty: it names none.
struct str mentions_other_source(const struct mentions *m, const struct model_thing *t, size_t at);
// "activities" are no active ones, though they have one stem.
bool mentions_abstracts(struct str low, struct str first);

#endif

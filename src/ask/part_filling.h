// SPDX-License-Identifier: Apache-2.0
// part_filling: what the files behind ask/part.h share. Private to ask/.
#ifndef POSTERN_ASK_PART_FILLING_H
#define POSTERN_ASK_PART_FILLING_H

#include "ask/part.h"

struct filling {
  const struct part_input *in;
  const struct ask_words *words;
  const struct language *language;
  struct arena *arena;
  struct reading_part *part;
  struct mention list[WORDS_MOST];
  size_t count;
  int which[READING_GROUPS_MOST]; // columns after "which": what rows are told by, where nothing else is asked
  size_t which_count;
  int near_measure; // the column of numbers that was named last
  bool relates;     // what follows is an event that something is measured against
};

const struct mention *part_mention(const struct filling *f, size_t i, int by); // NULL: none is there
bool part_is(const struct filling *f, const struct mention *m, enum language_role role);
bool part_before(const struct filling *f, size_t i, enum language_role role, int within);
bool part_number_at(const struct filling *f, size_t at, size_t end, double *number, size_t *n);
void part_add_name(struct str *list, size_t *n, struct str name);
void part_know(struct reading_part *p, struct str word);
void part_take_comparison(struct filling *f, const struct ask_segment *s, size_t at);
void part_take_top(struct filling *f, const struct ask_segment *s, size_t at);
void part_take_bucket(struct filling *f, const struct ask_segment *s, size_t at);
void part_take_percentile(struct filling *f, const struct ask_segment *s, size_t at);
// Of what other things say (part_other.c): true where the mention was taken.
bool part_take_other(struct filling *f, size_t i);
bool part_measures_two(const struct filling *f, size_t i);
bool part_is_per_own(const struct filling *f, size_t i);
void part_settle_counted(struct filling *f);
// Once all words are read (part_settle.c).
void part_settle_flags(struct reading_part *p);
void part_settle_sides(struct reading_part *p);
void part_settle_check(struct reading_part *p);
void part_settle_time(struct filling *f);
void part_settle_groups(struct reading_part *p);
void part_settle_instants(struct reading_part *p);
void part_settle_alternatives(struct filling *f);
void part_settle_none(struct filling *f);
void part_settle_which(struct filling *f);
void part_settle_left(struct filling *f); // what nothing knows, and narrows nothing (part_left.c)
int part_group_of(const struct model_thing *t, int column);
// Of things without words (part_id.c): true where the mention was taken.
bool part_take_id(struct filling *f, size_t i);    // "ticket 8990", "order SO-5200"
bool part_take_equal(struct filling *f, size_t i); // "tier 1"
void part_settle_whether(struct filling *f);       // "is ticket 8990 closed?"
void part_settle_who(struct filling *f);           // "who deployed the most?"
void part_add_column(int *list, size_t *n, int column);

#endif

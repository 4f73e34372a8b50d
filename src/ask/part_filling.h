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
  size_t exact;     // the number that a column has (part_exact.c), and no time; 0: none
  bool relates;     // what follows is an event that something is measured against
};

const struct mention *part_mention(const struct filling *f, size_t i, int by); // NULL: none is there
bool part_is(const struct filling *f, const struct mention *m, enum language_role role);
bool part_before(const struct filling *f, size_t i, enum language_role role, int within);
bool part_in_segments(const struct filling *f, size_t at);
bool part_number_at(const struct filling *f, size_t at, size_t end, double *number, size_t *n);
void part_add_name(struct str *list, size_t *n, struct str name);
bool part_is_form(const struct filling *f, struct str low, enum language_role role); // of one of those verbs
void part_know(struct reading_part *p, struct str word);
bool part_asks_which(const struct filling *f, size_t i);
bool part_take_beginning(struct filling *f, size_t i);        // "that starts with"
bool part_take_text(struct filling *f, size_t i, int column); // part_text.c
bool part_take_text_before(struct filling *f, size_t i, int column);
void part_take_label(struct filling *f, size_t i);
void part_take_comparison(struct filling *f, const struct ask_segment *s, size_t at);
void part_scale(const struct filling *f, size_t at, size_t end, struct str unit, double *number);
bool part_take_least(struct filling *f, size_t at, size_t end, const char *sign, double number);
void part_leave(struct filling *f, size_t at);       // without it the question has no answer
void part_take_unknown(struct filling *f, size_t i); // part_unknown.c
bool part_is_none(const struct filling *f, size_t i);
bool part_counts_at(const struct filling *f, size_t word);
// Bounds and units (part_bound.c).
void part_take_bound(struct filling *f, const struct ask_segment *s, size_t at);
int part_measure_before(const struct filling *f, size_t at);
int part_unit_column(const struct filling *f, size_t at, size_t end);
void part_settle_lasting(struct filling *f);
void part_settle_numbers(struct filling *f);
bool part_is_made_of(struct str column, struct str word, struct arena *a); // "total" of "totalCents"
void part_take_exact(struct filling *f, const struct ask_segment *s, size_t at);
void part_take_top(struct filling *f, const struct ask_segment *s, size_t at);
void part_take_bucket(struct filling *f, const struct ask_segment *s, size_t at);
bool part_sorts(struct filling *f, size_t i);
void part_take_percentile(struct filling *f, const struct ask_segment *s, size_t at);
// What is denied, or said to be there (part_denied.c).
bool part_is_compared_at(const struct filling *f, size_t at); // "least" of "at least"
bool part_is_denied(const struct filling *f, size_t i);
bool part_is_nobody(const struct filling *f, size_t i);
bool part_is_participle(const struct filling *f, const struct mention *m);
bool part_gives_not(struct filling *f, size_t i);
bool part_nobody_gave(const struct filling *f, size_t i);
bool part_has_one(const struct filling *f, size_t i);
size_t part_standing_before(const struct filling *f, size_t i);
bool part_takes_flag(struct filling *f, size_t i);
bool part_stands_by_flag(const struct filling *f, size_t i);
void part_settle_denials(struct filling *f);
// Of what other things say (part_other.c): true where the mention was taken.
bool part_take_other(struct filling *f, size_t i);
bool part_counts_besides(struct filling *f, size_t i);
bool part_measures_two(const struct filling *f, size_t i);
// How often something is there (part_recur.c).
bool part_take_least(struct filling *f, size_t at, size_t end, const char *sign, double number);
bool part_take_often(struct filling *f, const struct ask_segment *s, size_t at);
void part_settle_recur(struct filling *f);
void part_settle_folded(struct filling *f); // "the median total" (part_number.c)
bool part_is_per_own(const struct filling *f, size_t i);
void part_settle_counted(struct filling *f);
// Times (part_span.c).
void part_take_spans(struct filling *f);
void part_settle_spans(struct filling *f);
void part_settle_around(struct filling *f);
bool part_is_over(struct filling *f, size_t i); // "expired"
void part_settle_reach(struct filling *f);      // how far ahead they go
// Once all words are read (part_settle.c).
void part_settle_flags(struct reading_part *p);
void part_settle_sides(struct reading_part *p);
void part_settle_listed(struct filling *f);
void part_settle_check(struct filling *f);
void part_settle_time(struct filling *f);
void part_settle_bucket(struct reading_part *p);
void part_settle_ahead(struct filling *f);
void part_settle_fresh(struct filling *f); // "new users per week"
void part_settle_groups(struct reading_part *p);
void part_settle_instants(struct reading_part *p);
void part_settle_alternatives(struct filling *f);
void part_settle_none(struct filling *f);
void part_settle_rest(struct filling *f);
void part_settle_each(struct filling *f);
void part_settle_which(struct filling *f);
void part_settle_left(struct filling *f); // what nothing knows, and narrows nothing (part_left.c)
int part_group_of(const struct model_thing *t, int column);
// What is asked besides, and which of several is held against the others (part_also.c).
void part_settle_also(struct filling *f);
void part_settle_rivals(struct filling *f);
void part_settle_either(struct filling *f);
void part_settle_share(struct filling *f); // part_share.c
void part_settle_sums(struct filling *f);
void part_settle_units(struct filling *f);
void part_settle_amount(struct filling *f);
void part_settle_every(struct filling *f);
// Of things without words (part_id.c): true where the mention was taken.
bool part_take_id(struct filling *f, size_t i);    // "ticket 8990", "order SO-5200"
bool part_take_equal(struct filling *f, size_t i); // "tier 1"
void part_settle_whether(struct filling *f);       // "is ticket 8990 closed?"
void part_settle_who(struct filling *f);           // "who deployed the most?"
void part_settle_per_person(struct filling *f);
void part_add_column(int *list, size_t *n, int column);

#endif

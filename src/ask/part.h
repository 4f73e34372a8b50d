// SPDX-License-Identifier: Apache-2.0
// part: what some segments of a question ask of one thing: filters, groups, measure, number of rows, times. Private to
// ask/. Pure.
#ifndef POSTERN_ASK_PART_H
#define POSTERN_ASK_PART_H

#include "ask/mentions.h"

struct part_input {
  const struct mentions *mentions;
  const struct ask_segment *segments;
  size_t segment_count;
  const struct span *spans;
  size_t span_count;
  const struct table_clock *clock;
};

struct reading_part part_whole(const struct model_thing *t); // all of its rows
void part_fill(const struct part_input *in, const struct model_thing *thing, struct arena *a,
               struct reading_part *out);
// What a follow-up says of the part before it: what is named anew takes the place of what was.
void part_edit(struct reading_part *before, const struct reading_part *edit);
void part_add_filter(struct reading_part *p, struct reading_filter f);
bool part_has(const struct reading_part *p, enum ask_intent intent);
// Asked who, of rows that name nobody.
bool part_lacks_people(const struct reading_part *p);
bool part_is_verb(struct str low); // English knows it as one, above all
// A verb and hardly anything else, and none by which a thing becomes another: left out, that is said, and the rest is answered.
bool part_is_mild(const struct language *l, struct str word, struct arena *a);
// Nothing but the thing itself was understood: all of its rows, listed or counted.
bool part_takes_all(const struct reading_part *p);
bool part_is_past(struct str column);               // a time of what happened: "created_at"
bool part_is_measure(const struct model_column *c); // a number that can be ranked or summed

#endif

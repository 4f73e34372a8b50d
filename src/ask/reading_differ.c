// SPDX-License-Identifier: Apache-2.0
// What rows of one thing have, and other rows of it have not: "which models are in use in the south but not in the north?",
// "which roles does the one have that the other does not?" Both are rows of the same list, told apart by one column, and
// another column is asked for. Of a single row both could not be said.
#include <string.h>

#include "ask/part.h"
#include "ask/query.h"
#include "ask/reading_parts.h"

static size_t differ_is(const struct reader_state *s, size_t at, enum language_role role) {
  return language_at(s->out->language, &s->out->words, at, role, NULL);
}

static bool differ_ends(const struct reader_state *s, size_t at, size_t end) {
  for (; at < end; at++)
    if (!language_fills(s->out->language, &s->out->words, at)) return false;
  return true;
}

// Where the side that has it ends, and what is said of the one that has not. False: nothing at this word divides them.
static bool differ_divides(const struct reader_state *s, size_t at, struct ask_segment *last) {
  size_t end = s->segments[0].end;
  *last = (struct ask_segment){.first = at + 2, .end = end};
  if (differ_is(s, at, LANGUAGE_BUT)) // "but not in the north", "but never in the north"
    return at + 2 < end && (differ_is(s, at + 1, LANGUAGE_NOT) || differ_is(s, at + 1, LANGUAGE_NOBODY));
  if (!differ_is(s, at, LANGUAGE_RELATIVE) || at + 2 >= end) return false;
  if (differ_is(s, at + 1, LANGUAGE_NOBODY)) return true; // "that nobody in the north has"
  for (size_t no = at + 2; no < end; no++)
    if (differ_is(s, no, LANGUAGE_NOT) && differ_ends(s, no, end)) { // "that the other one does not have"
      *last = (struct ask_segment){.first = at + 1, .end = no};
      return true;
    }
  return false;
}

// The column that is asked for: not the one that tells the sides apart; -1: none is.
static int differ_column(const struct reading_part *p, const struct reading_part *other) {
  const int *const lists[] = {p->groups, p->asked};
  const size_t counts[] = {p->group_count, p->asked_count};
  for (size_t l = 0; l < 2; l++)
    for (size_t i = 0; i < counts[l]; i++) {
      int column = lists[l][i];
      const struct model_column *c = column >= 0 ? &p->thing->columns[column] : NULL;
      bool side = !c || c->time || part_is_measure(c);
      for (size_t k = 0; k < other->filter_count; k++) side = side || other->filters[k].column == column;
      if (!side) return column;
    }
  return -1;
}

static bool differ_tells(const struct reading_filter *f) {
  return f->column >= 0 && !f->negated && (f->op == READING_IS || f->op == READING_LIKE);
}

// Is each of the other side's conditions the counterpart of one of this side's? "In the south", "in the north".
static bool differ_faces(const struct reading_part *p, const struct reading_part *other) {
  for (size_t k = 0; k < other->filter_count; k++) {
    bool faced = false;
    for (size_t i = 0; i < p->filter_count; i++)
      faced = faced || (differ_tells(&p->filters[i]) && p->filters[i].column == other->filters[k].column &&
                        !(p->filters[i].op == READING_IS && other->filters[k].op == READING_IS &&
                          p->filters[i].value == other->filters[k].value));
    if (!faced || !differ_tells(&other->filters[k])) return false;
  }
  return other->filter_count > 0 && other->measure < 0 && !other->group_count;
}

static bool differ_is_whole(const struct reading_part *p) {
  return !p->unknown_count && p->lack < 0 && !p->ambiguous.n && !p->denied.n && !p->name_count &&
         !p->id_count;
}

// Rows that are named by what they are within, and say so in a column of their own: "on the staging site".
static bool differ_unname(struct reading_part *p) {
  int column = model_column_find(p->thing, query_parent_label(p->thing));
  if (!p->name_count) return true;
  if (column < 0 || p->named != p->thing->within || p->name_count > 1) return false;
  part_add_filter(
      p, (struct reading_filter){.op = READING_LIKE, .value = -1, .column = column, .text = p->names[0]});
  p->name_count = 0;
  return true;
}

// All else that is said of the side that has it is said of the other, too.
static void differ_lend(const struct reading_part *p, struct reading_part *other) {
  size_t own = other->filter_count;
  for (size_t i = 0; i < p->filter_count; i++) {
    bool faced = false;
    for (size_t k = 0; k < own; k++) faced = faced || other->filters[k].column == p->filters[i].column;
    if (!faced) part_add_filter(other, p->filters[i]);
  }
  other->span = p->span;
  other->has_span = p->has_span;
  other->span_is_assumed = p->span_is_assumed;
  other->time = p->time;
}

// What stands behind the first sentence says no more than when, or of which source: "(last 30 days)".
static bool differ_is_alone(const struct reader_state *s) {
  for (size_t i = 1; i < s->segment_count; i++)
    for (size_t at = s->segments[i].first; at < s->segments[i].end; at++) {
      if (!mentions_is_source(&s->mentions, at) && !s->mentions.timed[at] &&
          !language_fills(s->out->language, &s->out->words, at))
        return false;
    }
  return s->segment_count > 0;
}

bool reading_differs(struct reader_state *s) {
  struct reading_part *p = ARENA_ARRAY(s->arena, 2, struct reading_part);
  if (s->out->part_count != 1 || !differ_is_alone(s)) return false;
  for (size_t at = s->segments[0].first + 2; at + 1 < s->segments[0].end; at++) {
    struct ask_segment said[SEGMENTS_MOST], last;
    if (!differ_divides(s, at, &last)) continue;
    const struct model_thing *t = s->out->parts[0].thing;
    memcpy(said, s->segments, sizeof said);
    said[0].end = at;
    reading_fill(s, said, s->segment_count, t, &p[0]);
    reading_fill(s, &last, 1, t, &p[1]);
    if (!differ_unname(&p[0]) || !differ_unname(&p[1])) continue;
    bool later = p[1].has_span && !p[1].span_is_assumed;
    int column = differ_column(&p[0], &p[1]);
    if (column < 0 || later || !differ_is_whole(&p[0]) || !differ_is_whole(&p[1]) ||
        !differ_faces(&p[0], &p[1]))
      continue;
    differ_lend(&p[0], &p[1]);
    memcpy(s->out->parts, p, 2 * sizeof *p);
    s->out->part_count = 2;
    s->out->join[0] = s->out->join[1] = column;
    return s->out->joined = s->out->lacks = true;
  }
  return false;
}

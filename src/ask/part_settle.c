// SPDX-License-Identifier: Apache-2.0
// What was gathered of a part is brought into agreement: flags with both sides, alternatives, groups, times.
#include "ask/part_filling.h"
#include "ask/query.h"
#include "data/json.h"

// Both sides of a flag: the rows of both, told apart.
void part_settle_flags(struct reading_part *p) {
  for (size_t i = 0; i < p->filter_count; i++)
    for (size_t k = i + 1; k < p->filter_count; k++) {
      struct reading_filter *a = &p->filters[i], *b = &p->filters[k];
      if (a->op != READING_IS || b->op != READING_IS || a->column < 0 || a->column != b->column) continue;
      struct str x = p->thing->values[a->value].value, y = p->thing->values[b->value].value;
      bool flags = (str_is(x, "true") && str_is(y, "false")) || (str_is(x, "false") && str_is(y, "true"));
      if (!flags) continue;
      int flag = a->column;
      *b = p->filters[--p->filter_count];
      *a = p->filters[--p->filter_count];
      if (p->group_count || part_has(p, ASK_COUNT) || part_has(p, ASK_TREND) || part_has(p, ASK_COMPARE)) {
        part_add_column(p->groups, &p->group_count, flag); // "paused and active ones per zone"
        p->grouped = true;
        return;
      }
      p->unfiltered_flag = true;
      p->flag = flag;
      return;
    }
}

// "denied against allowed", "of this zone and of that one": told apart by what they are.
void part_settle_sides(struct reading_part *p) {
  const struct model_thing *t = p->thing;
  if (!part_has(p, ASK_COMPARE) || p->has_prior) return;
  if (p->name_count > 1) {
    bool counted = t->events || t->counts >= 0 || p->measure >= 0 || part_has(p, ASK_COUNT);
    if (p->group_count || !counted || yyjson_obj_get(t->def, "identity")) return;
    if (p->named == t->within && query_parent_label(t).n) part_add_column(p->groups, &p->group_count, -2);
    p->grouped = p->group_count > 0;
    return;
  }
  for (size_t i = 0; i < p->filter_count; i++)
    for (size_t k = i + 1; k < p->filter_count; k++) {
      const struct reading_filter *a = &p->filters[i], *b = &p->filters[k];
      if (a->op != READING_IS || b->op != READING_IS || a->column < 0 || a->column != b->column) continue;
      part_add_column(p->groups, &p->group_count, a->column);
      p->grouped = true;
      return;
    }
}

// "List them and tell me if any are paused": all of them, told apart.
void part_settle_check(struct reading_part *p) {
  if (!part_has(p, ASK_LIST) || !part_has(p, ASK_CHECK) || p->unfiltered_flag || p->has_prior) return;
  for (size_t i = 0; i < p->filter_count; i++) {
    const struct reading_filter *f = &p->filters[i];
    struct str value = f->op == READING_IS ? p->thing->values[f->value].value : STR_NONE;
    if (f->column < 0 || !(str_is(value, "true") || str_is(value, "false"))) continue;
    p->unfiltered_flag = true;
    p->flag = f->column;
    p->filters[i] = p->filters[--p->filter_count];
    return;
  }
}

// "room bookings" are no time when they were booked.
static bool part_is_name_at(const struct filling *f, size_t at) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].what == MENTION_NAME && at >= f->list[i].first && at < f->list[i].first + f->list[i].n)
      return true;
  return false;
}

// "solved this week": the time that is said is of the column that the words before it name.
void part_settle_time(struct filling *f) {
  const struct mentions *all = f->in->mentions;
  struct reading_part *part = f->part;
  for (size_t k = 0; k < f->in->segment_count && part->has_span; k++)
    for (size_t at = f->in->segments[k].first; at < f->in->segments[k].end; at++)
      for (size_t i = 0; i < all->hit_counts[at]; i++) {
        const struct phrase *p = all->hits[at][i].phrase;
        bool mine = p->role == MODEL_COLUMN && p->means == part->thing && !all->timed[at] &&
                    !part_is_name_at(f, at) && part->thing->columns[p->number].time &&
                    (part->time < 0 || part->time == p->number);
        if (!mine) continue;
        part->time = p->number;
        for (size_t by = 1; by <= 2 && by <= at && part->thing->derived;
             by++) // "not been contacted in 60 days"
          if (language_at(f->language, f->words, at - by, LANGUAGE_NOT, NULL)) part->span_is_denied = true;
      }
}

// "in status open": the column only says of what the value beside it is.
static bool part_says_value(const struct reading_part *p, int column) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == READING_IS && p->filters[i].column == column && !p->filters[i].negated)
      return p->thing->derived;
  return false;
}

// Asked columns of a ranking are what is ranked: "which folders hold the largest assets".
void part_settle_groups(struct reading_part *p) {
  bool ranks =
      part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM) || part_has(p, ASK_GROWTH) || part_has(p, ASK_FALL);
  bool counts = part_has(p, ASK_COUNT) || part_has(p, ASK_TREND) || part_has(p, ASK_SHARE) ||
                p->thing->counts >= 0; // of what is counted already, columns are what it is told by
  if (!ranks && !counts && !part_has(p, ASK_DISTINCT)) return;
  size_t kept = 0;
  for (size_t i = 0; i < p->asked_count; i++) {
    const struct model_column *c = &p->thing->columns[p->asked[i]];
    bool held = false; // "in status open" is no status of several
    for (size_t k = 0; k < p->filter_count && p->thing->derived; k++)
      held = held || (p->filters[k].column == p->asked[i] && p->filters[k].op == READING_IS);
    if (c->time || held || (p->asked[i] == p->thing->label && !p->thing->events) || part_is_measure(c))
      p->asked[kept++] = p->asked[i];
    else if (!part_says_value(p, p->asked[i]))
      part_add_column(p->groups, &p->group_count, part_group_of(p->thing, p->asked[i]));
  }
  p->asked_count = kept;
}

// Instants tell nothing apart: "day by day" does by its days, "the longest" by what came first.
void part_settle_instants(struct reading_part *p) {
  for (size_t i = 0; i < p->group_count && p->thing->derived; i++) {
    int column = p->groups[i];
    if (column < 0 || !p->thing->columns[column].time) continue;
    if (!p->bucket) part_add_column(p->asked, &p->asked_count, column);
    p->groups[i--] = p->groups[--p->group_count];
  }
  if (!p->group_count) p->grouped = p->told_apart = false;
}

// "created, changed or deleted": several kinds, and a word for all of them, are all of them.
void part_settle_alternatives(struct filling *f) {
  struct reading_part *p = f->part;
  int deeds = model_column_find(p->thing, json_str(p->thing->def, "deeds"));
  size_t same = 0, kept = 0;
  bool any = false;
  for (size_t i = 0; i < f->count; i++)
    any = any || (f->list[i].what == MENTION_NAME && f->list[i].number == 1);
  for (size_t i = 0; i < p->filter_count; i++) same += p->filters[i].column == deeds;
  if (deeds < 0 || !any || same < 2) return;
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].column != deeds) p->filters[kept++] = p->filters[i];
  p->filter_count = kept;
}

// Is the thing's name in the mention, be it within a value's: "MX record"?
static bool part_speaks_of_it(const struct filling *f, const struct mention *m) {
  const struct mentions *all = f->in->mentions;
  for (size_t at = m->first; at < m->first + m->n; at++)
    for (size_t i = 0; i < all->hit_counts[at]; i++) {
      const struct phrase *p = all->hits[at][i].phrase;
      if (p->role == MODEL_NAME && p->means == f->part->thing) return true;
    }
  return false;
}

// "which zones have no MX record": the parent is asked for, and what stands behind the denial is what it lacks.
void part_settle_none(struct filling *f) {
  struct reading_part *p = f->part;
  size_t parent = f->count, denial = f->count, own = f->count, far = f->count;
  if (!p->thing->within || p->thing->within->held || !query_parent_label(p->thing).n || p->name_count ||
      p->id_count)
    return;
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    bool denies = part_is(f, m, LANGUAGE_MISSING) || part_is(f, m, LANGUAGE_NOT);
    bool column = m->what == MENTION_COLUMN && part_group_of(p->thing, m->number) == -2;
    if ((column || (m->what == MENTION_PARENT && m->parent == p->thing->within)) && parent == f->count &&
        own == f->count)
      parent = i;
    if (m->what == MENTION_PARENT && m->parent != p->thing->within && far == f->count) far = i;
    if (denies && denial == f->count && parent < i) denial = i;
    if ((m->what == MENTION_NAME || m->what == MENTION_VALUE) && own == f->count) own = i;
  }
  if (parent == f->count || denial == f->count || own == f->count || own < denial || own > denial + 3) return;
  bool named = false; // the thing itself is what is lacked, and not a value of its rows
  for (size_t i = denial; i < f->count && i < denial + 5; i++)
    named = named || part_speaks_of_it(f, &f->list[i]);
  if (!named) return;
  if (far < denial &&
      p->unknown_count < READING_UNKNOWN_MOST) { // what has those that have none is not asked for
    p->unknown_of[p->unknown_count] = NULL;
    p->unknown_matters[p->unknown_count] = true;
    p->unknown[p->unknown_count++] = f->words->items[f->list[far].first].whole;
  }
  p->none_within = true;
  p->group_count = p->asked_count = 0;
  size_t kept = 0;
  for (size_t i = 0; i < p->filter_count; i++) {
    p->filters[i].negated = false;
    if (p->filters[i].op != READING_LACKS) p->filters[kept++] = p->filters[i];
  }
  p->filter_count = kept;
}

void part_settle_which(struct filling *f) {
  struct reading_part *p = f->part;
  for (size_t i = 0; i < f->which_count; i++) {
    if (p->asked_count || p->group_count > i)
      part_add_column(p->asked, &p->asked_count, f->which[i]);
    else
      part_add_column(p->groups, &p->group_count, part_group_of(p->thing, f->which[i]));
  }
  if (f->which_count && !p->asked_count) p->grouped = p->told_apart = true;
}

// SPDX-License-Identifier: Apache-2.0
// Numbers in a question: what a column is held against, how many rows, which percentile.
#include <stdlib.h>

#include "ask/part_filling.h"

static bool part_lasts(const struct model_column *c) {
  static const char *const units[] = {"seconds", "ms", "minutes", "hours", "days"};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (str_is(c->unit, units[i])) return true;
  return false;
}

static int part_number_column(const struct filling *f, bool lasts) {
  if (f->near_measure >= 0) return f->near_measure;
  for (size_t c = 0; c < f->part->thing->column_count && lasts; c++)
    if (part_lasts(&f->part->thing->columns[c])) return (int)c;
  for (size_t c = 0; c < f->part->thing->column_count; c++)
    if (part_is_measure(&f->part->thing->columns[c]) && !f->part->thing->columns[c].fold.n) return (int)c;
  return -1;
}

// "100 MB", "2 minutes", "50 euros": in the unit that the column has; bytes and seconds where it says none.
static void part_scale(const struct filling *f, size_t at, size_t end, struct str unit, double *number) {
  const struct phrase *p;
  if (at >= end) return;
  if (language_at(f->language, f->words, at, LANGUAGE_SCALE, &p)) {
    *number *= p->number;
  } else if (language_at(f->language, f->words, at, LANGUAGE_CURRENCY, NULL)) {
    *number *= str_is(unit, "cents") ? 100 : 1;
  } else if (language_at(f->language, f->words, at, LANGUAGE_WEIGHT, &p)) {
    *number *= str_is(unit, "kg") ? p->number / 1000.0 : str_is(unit, "g") ? p->number : 1;
  } else if (language_at(f->language, f->words, at, LANGUAGE_UNIT, &p)) {
    *number *= p->number == 'm' ? 60 : p->number == 'h' ? 3600 : p->number == 'd' ? 86400 : 1;
    *number *= str_is(unit, "ms") ? 1000 : 1;
    *number /= str_is(unit, "minutes") ? 60 : str_is(unit, "hours") ? 3600 : str_is(unit, "days") ? 86400 : 1;
  }
}

// What is compared is not known: without it the question has no answer.
static void part_leave(struct filling *f, size_t at) {
  struct reading_part *p = f->part;
  if (p->unknown_count == READING_UNKNOWN_MOST) return;
  p->unknown_matters[p->unknown_count] = true;
  p->unknown_of[p->unknown_count] = NULL;
  p->unknown[p->unknown_count++] = f->words->items[at].low;
}

// "stock below the reorder level": one column held against another.
static bool part_take_columns(struct filling *f, size_t at, size_t end, const char *sign) {
  const struct mentions *all = f->in->mentions;
  struct reading_part *p = f->part;
  for (size_t k = at; k < end && k < at + 3 && !all->timed[k]; k++)
    for (size_t i = 0; i < all->hit_counts[k]; i++) {
      const struct phrase *c = all->hits[k][i].phrase;
      bool mine =
          c->role == MODEL_COLUMN && c->means == p->thing && part_is_measure(&p->thing->columns[c->number]);
      if (!mine || p->measure < 0 || p->measure == c->number || !p->thing->derived) continue;
      struct str unit = p->thing->columns[c->number].unit, other = p->thing->columns[p->measure].unit;
      if (unit.n && other.n && !str_eq(unit, other)) continue; // money is no time
      part_add_filter(p, (struct reading_filter){.op = READING_COMPARES,
                                                 .value = -1,
                                                 .column = p->measure,
                                                 .sign = sign,
                                                 .text = p->thing->columns[c->number].sql,
                                                 .said = p->thing->columns[c->number].name,
                                                 .at = at});
      return true;
    }
  return false;
}

// The column that names what these rows belong to: "depots with more than 5 vehicles"; -1: none.
static int part_other_before(const struct filling *f, size_t at) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].what == MENTION_COLUMN && f->list[i].first < at &&
        f->part->thing->columns[f->list[i].number].other)
      return f->list[i].number;
  return -1;
}

// "zones with more than 15 records": of what the rows are within, those that have so many.
static bool part_take_least(struct filling *f, size_t at, size_t end, const char *sign, double number) {
  const struct mentions *all = f->in->mentions;
  bool own = false, parent = false;
  for (size_t i = 0; i < (at < end ? all->hit_counts[at] : 0); i++) {
    const struct phrase *p = all->hits[at][i].phrase;
    own = own || (p->role == MODEL_NAME && p->means == f->part->thing);
  }
  for (size_t i = 0; i < f->count; i++)
    parent = parent || (f->list[i].what == MENTION_PARENT && f->list[i].first < at &&
                        f->list[i].parent == f->part->thing->within);
  int group = parent ? -2 : part_other_before(f, at);
  if (!own || group == -1 || f->near_measure >= 0) return false;
  f->part->least_sign = sign;
  f->part->least = number;
  f->part->asked_count = 0;
  part_add_column(f->part->groups, &f->part->group_count, group);
  f->part->grouped = true;
  return true;
}

// "wider than 4,000", "more than 100 MB"
void part_take_comparison(struct filling *f, const struct ask_segment *s, size_t at) {
  const struct phrase *p;
  double number;
  size_t n = language_at(f->language, f->words, at, LANGUAGE_COMPARISON, &p), m;
  if (n && part_take_columns(f, at + n, s->end, p->means)) return;
  if (!n || f->in->mentions->timed[at + n] || !part_number_at(f, at + n, s->end, &number, &m)) return;
  if (part_take_least(f, at + n + m, s->end, p->means, number)) return;
  bool lasts = at + n + m < s->end && language_at(f->language, f->words, at + n + m, LANGUAGE_UNIT, NULL);
  int column = part_number_column(f, lasts);
  if (column < 0 || (lasts && f->near_measure < 0 && !part_lasts(&f->part->thing->columns[column]))) {
    if (lasts) part_leave(f, at); // a duration is nothing that the rows have
    return;
  }
  part_scale(f, at + n + m, s->end, f->part->thing->columns[column].unit, &number);
  part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                   .value = -1,
                                                   .column = column,
                                                   .sign = p->means,
                                                   .text = arena_printf(f->arena, "%.15g", number),
                                                   .at = at});
}

// "top 5", "5 largest", "the three most used"
void part_take_top(struct filling *f, const struct ask_segment *s, size_t at) {
  double number;
  size_t n;
  if (f->in->mentions->timed[at] || !part_number_at(f, at, s->end, &number, &n) || number < 1 ||
      number > 1000)
    return;
  for (int by = -1; by <= 3; by++) {
    ptrdiff_t near = (ptrdiff_t)at + by;
    const struct phrase *p;
    if (by == 0 || near < (ptrdiff_t)s->first || near >= (ptrdiff_t)s->end) continue;
    if (language_at(f->language, f->words, (size_t)near, LANGUAGE_INTENT, &p) &&
        (p->number == ASK_TOP || p->number == ASK_BOTTOM || p->number == ASK_NEWEST ||
         p->number == ASK_OLDEST || p->number == ASK_SOONEST))
      f->part->top = (int64_t)number;
  }
}

// "95th percentile", "percentile 95", "p95": a number within the word itself, or beside it.
void part_take_percentile(struct filling *f, const struct ask_segment *s, size_t at) {
  const struct phrase *p;
  size_t n = language_at(f->language, f->words, at, LANGUAGE_INTENT, &p);
  if (!n || p->number != ASK_PERCENTILE) return;
  const size_t near[] = {at, at - 1, at + n};
  for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
    if (near[i] < s->first || near[i] >= s->end) continue;
    struct str word = f->words->items[near[i]].low;
    while (word.n && !(word.p[0] >= '0' && word.p[0] <= '9')) word = str_from(word, 1);
    double rank = word.n ? strtod(arena_z(f->arena, word), NULL) : 0;
    if (rank <= 0 || rank > 100) continue;
    f->part->percentile = rank;
    part_know(f->part, f->words->items[near[i]].whole);
    return;
  }
}

// "the best day", "which hour had the most": the buckets are what is told apart.
void part_take_bucket(struct filling *f, const struct ask_segment *s, size_t at) {
  const struct phrase *p, *unit;
  if (at + 1 >= s->end || f->in->mentions->timed[at + 1] || f->part->thing->time < 0) return;
  size_t n = language_at(f->language, f->words, at, LANGUAGE_INTENT, &p);
  if (n != 1 || !language_at(f->language, f->words, at + 1, LANGUAGE_UNIT, &unit) || unit->number == 's' ||
      unit->number == 'y')
    return;
  if (p->number != ASK_TOP && p->number != ASK_BOTTOM &&
      !(p->number == ASK_LIST && (part_has(f->part, ASK_TOP) || part_has(f->part, ASK_BOTTOM))))
    return;
  f->part->bucket = (char)unit->number;
  f->part->intents |= 1u << ASK_TREND;
}

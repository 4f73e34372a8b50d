// SPDX-License-Identifier: Apache-2.0
// Numbers in a question: what a column is held against, how many rows, which percentile; and in which order rows are shown.
#include <stdlib.h>
#include <string.h>

#include "ask/part_filling.h"

static bool part_lasts(const struct model_column *c) {
  static const char *const units[] = {"seconds", "ms", "minutes", "hours", "days", "years"};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (str_is(c->unit, units[i])) return true;
  return false;
}

// Behind the number stands what there are so many of, and no number that the rows have.
static bool part_counts_other(const struct filling *f, size_t behind) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].first == behind)
      return !f->words->items[behind - 1].end &&
             (f->list[i].what == MENTION_NAME || f->list[i].what == MENTION_COLUMN ||
              f->list[i].what == MENTION_PARENT || f->list[i].what == MENTION_UNKNOWN);
  return false;
}

// The column that a number is held against: of its unit, or named before it; `behind` stands behind the number.
static int part_number_column(const struct filling *f, bool lasts, size_t at, size_t behind, size_t end) {
  bool bytes = behind < end && language_at(f->language, f->words, behind, LANGUAGE_BYTES, NULL) > 0;
  int unit = f->part->thing->derived || bytes ? part_unit_column(f, behind, end) : -1,
      before = part_measure_before(f, at), next = part_measure_before(f, behind + 1);
  const struct model_thing *t = f->part->thing;
  if (t->derived && next >= 0 && next != before) return next; // "more than 5 nights"
  if (unit >= 0) return unit;
  if (t->derived && lasts && before >= 0 && !part_lasts(&t->columns[before]))
    before = -1; // what is counted is no duration
  if (t->derived && before >= 0 && f->near_measure >= 0) return before;
  if (f->near_measure >= 0 && !(t->derived && lasts && !part_lasts(&t->columns[f->near_measure])))
    return f->near_measure;
  for (size_t c = 0; c < t->column_count && lasts; c++)
    if (part_lasts(&t->columns[c])) return (int)c;
  if (t->derived && (lasts || part_counts_other(f, behind))) return -1; // "more than 2 owners" is no weight
  for (size_t c = 0; c < f->part->thing->column_count; c++)
    if (part_is_measure(&f->part->thing->columns[c]) && !f->part->thing->columns[c].fold.n) return (int)c;
  return -1;
}

static double part_unit_seconds(char unit) {
  static const struct {
    char unit;
    double seconds;
  } units[] = {{'m', 60},      {'h', 3600},    {'d', 86400},   {'w', 604800},
               {'M', 2629746}, {'q', 7889238}, {'y', 31556952}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (units[i].unit == unit) return units[i].seconds;
  return 1;
}

// "100 MB", "2 minutes", "50 euros": in the unit that the column has; bytes and seconds where it says none.
void part_scale(const struct filling *f, size_t at, size_t end, struct str unit, double *number) {
  const struct phrase *p;
  if (at >= end) return;
  if (language_at(f->language, f->words, at, LANGUAGE_SCALE, &p)) {
    *number *= p->number;
  } else if (language_at(f->language, f->words, at, LANGUAGE_CURRENCY, NULL)) {
    *number *= str_is(unit, "cents") ? 100 : 1;
  } else if (language_at(f->language, f->words, at, LANGUAGE_WEIGHT, &p)) {
    *number *= str_is(unit, "kg") ? p->number / 1000.0 : str_is(unit, "g") ? p->number : 1;
  } else if (language_at(f->language, f->words, at, LANGUAGE_UNIT, &p)) {
    if (!unit.n && strchr("wMqy", p->number)) return; // "years_experience": a number of these
    *number *= part_unit_seconds((char)p->number);
    *number *= str_is(unit, "ms") ? 1000 : 1;
    *number /= str_is(unit, "minutes") ? part_unit_seconds('m')
               : str_is(unit, "hours") ? part_unit_seconds('h')
               : str_is(unit, "days")  ? part_unit_seconds('d')
               : str_is(unit, "years") ? part_unit_seconds('y')
                                       : 1;
  }
}

// What is compared is not known: without it the question has no answer.
void part_leave(struct filling *f, size_t at) {
  struct reading_part *p = f->part;
  if (p->unknown_count == READING_UNKNOWN_MOST) return;
  p->unknown_matters[p->unknown_count] = true;
  p->unknown_of[p->unknown_count] = NULL;
  p->unknown[p->unknown_count++] = f->words->items[at].low;
}

// Is the word within what is a name, or a value: "of more than one role"?
static bool part_explains(const struct filling *f, size_t at) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].what != MENTION_FILLER && f->list[i].what != MENTION_UNKNOWN && f->list[i].first <= at &&
        at < f->list[i].first + f->list[i].n)
      return true;
  return f->part->least_sign != NULL;
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

// "80 %", "80 percent": how many words say so.
static size_t part_percent_at(struct filling *f, size_t at, size_t end) {
  const struct phrase *p;
  size_t n = at < end ? language_at(f->language, f->words, at, LANGUAGE_INTENT, &p) : 0;
  return n && p->number == ASK_SHARE ? n : 0;
}

// "half of", "a third of": how many percent, and how many words say so.
static bool part_fraction_at(struct filling *f, size_t at, size_t end, double *percent, size_t *n) {
  const struct phrase *p;
  *n = at < end ? language_at(f->language, f->words, at, LANGUAGE_FRACTION, &p) : 0;
  if (!*n || at + *n >= end || !language_at(f->language, f->words, at + *n, LANGUAGE_OF, NULL)) return false;
  for (size_t i = 0; i < *n; i++) part_know(f->part, f->words->items[at + i].whole);
  *percent = p->number;
  return true;
}

// The ratio of what is named, where there are several: "bandwidth percent" of the bandwidth.
static int part_ratio_column(const struct filling *f) {
  const struct model_thing *t = f->part->thing;
  struct str named = f->part->measure >= 0 ? t->columns[f->part->measure].name : STR_NONE;
  int found = -1;
  for (size_t c = 0; c < t->column_count; c++) {
    if (!str_is(t->columns[c].kind, "ratio")) continue;
    if (named.n && str_contains(t->columns[c].name, named)) return (int)c;
    if (found < 0) found = (int)c;
  }
  return found;
}

static int part_measure_at(const struct filling *f, const struct mention *m) {
  const struct model_column *c = m->what == MENTION_COLUMN ? &f->part->thing->columns[m->number] : NULL;
  return c && part_is_measure(c) && !str_is(c->kind, "ratio") ? m->number : -1;
}

// "less than 80 % of what was booked delivered": one number as a part of another, which stands behind "of".
static bool part_take_part_of(struct filling *f, size_t at, size_t end, const char *sign, double percent) {
  const struct model_column *c = f->part->thing->columns;
  int whole = -1, part = -1;
  if (at >= end || !language_at(f->language, f->words, at, LANGUAGE_PREPOSITION, NULL)) return false;
  for (size_t i = 0; i < f->count; i++) {
    int m = part_measure_at(f, &f->list[i]);
    if (m >= 0 && whole < 0 && f->list[i].first > at)
      whole = m;
    else if (m >= 0 && m != whole)
      part = m;
  }
  if (whole < 0 || part < 0 || part == whole) return false;
  f->part->intents &= ~(1u << ASK_SHARE);
  if (f->part->measure == whole || f->part->measure == part) f->part->measure = -1;
  part_add_filter(f->part,
                  (struct reading_filter){
                      .op = READING_COMPARES,
                      .value = -1,
                      .column = part,
                      .sign = sign,
                      .text = arena_printf(f->arena, "%.15g * %.*s / 100.0", percent, STR_ARG(c[whole].sql)),
                      .said = arena_printf(f->arena, "%.15g %% of %.*s", percent, STR_ARG(c[whole].name)),
                      .at = at});
  return true;
}

// "wider than 4,000", "more than 100 MB"
void part_take_comparison(struct filling *f, const struct ask_segment *s, size_t at) {
  const struct phrase *p;
  double number;
  size_t n = language_at(f->language, f->words, at, LANGUAGE_COMPARISON, &p), m, percent = 0;
  if (n && part_take_columns(f, at + n, s->end, p->means)) return;
  if (!n || f->in->mentions->timed[at + n]) return;
  bool fraction = part_fraction_at(f, at + n, s->end, &number, &m);
  if (!fraction && !part_number_at(f, at + n, s->end, &number, &m)) return;
  if (!fraction) percent = part_percent_at(f, at + n + m, s->end);
  bool part = fraction || percent;
  if (part && part_take_part_of(f, at + n + m + percent, s->end, p->means, number)) return;
  int ratio = part ? part_ratio_column(f) : -1;
  if (part && ratio < 0) {
    part_leave(f, at + n);
    return;
  }
  if (part) { // it compares, and asks for no share
    f->part->intents &= ~(1u << ASK_SHARE);
    f->near_measure = ratio;
    if (f->part->measure == ratio) f->part->measure = -1;
  }
  if (part_take_least(f, at + n + m, s->end, p->means, number)) return;
  if (at + n + m < s->end && language_at(f->language, f->words, at + n + m, LANGUAGE_TIMES, NULL)) {
    part_leave(f, at); // how often what is not told apart?
    return;
  }
  bool lasts = at + n + m < s->end && language_at(f->language, f->words, at + n + m, LANGUAGE_UNIT, NULL);
  int column = part_number_column(f, lasts, at, at + n + m, s->end);
  bool own = column >= 0 && part_unit_column(f, at + n + m, s->end) == column; // "years_experience"
  if (column < 0 || (lasts && !own && (f->near_measure < 0 || f->part->thing->derived) &&
                     !part_lasts(&f->part->thing->columns[column]))) {
    if (lasts || !part_explains(f, at)) part_leave(f, at); // nothing that the rows have
    return;
  }
  part_scale(f, at + n + m, s->end, f->part->thing->columns[column].unit, &number);
  if (at + n + m < s->end && part_unit_column(f, at + n + m, s->end) == column)
    part_know(f->part, f->words->items[at + n + m].whole);
  part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                   .value = -1,
                                                   .column = column,
                                                   .sign = p->means,
                                                   .text = arena_printf(f->arena, "%.15g", number),
                                                   .at = at});
}

// Is the word one of those that the name of a column is made of: "total" of "totalCents"?
bool part_is_made_of(struct str column, struct str word, struct arena *a) {
  struct buf low = BUF_MAX(200);
  for (size_t i = 0; i < column.n; i++) {
    bool great = column.p[i] >= 'A' && column.p[i] <= 'Z';
    if (great) buf_add_char(&low, ' ');
    buf_add_char(&low, great ? (char)(column.p[i] - 'A' + 'a') : column.p[i] == '_' ? ' ' : column.p[i]);
  }
  struct str all = ARENA_JOIN(a, STR(" "), buf_str(&low), STR(" "));
  buf_free(&low);
  return str_find_text(all, ARENA_JOIN(a, STR(" "), word, STR(" "))) >= 0;
}

// "The median total": a word that asks for something, and names the one number that can be meant.
void part_settle_folded(struct filling *f) {
  struct reading_part *p = f->part;
  const struct phrase *asks;
  bool folds = part_has(p, ASK_MEAN) || part_has(p, ASK_MEDIAN) || part_has(p, ASK_PERCENTILE) ||
               part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM);
  if (!folds || p->measure >= 0 || !p->thing->derived || p->thing->counts >= 0) return;
  for (size_t i = 0; i < f->count; i++) {
    struct str low = f->words->items[f->list[i].first].low;
    int found = -1;
    size_t n = 0;
    if (f->list[i].what != MENTION_FILLER || f->in->mentions->timed[f->list[i].first] ||
        !language_at(f->language, f->words, f->list[i].first, LANGUAGE_INTENT, &asks) ||
        (asks->number != ASK_TOTAL && asks->number != ASK_SHARE))
      continue;
    for (size_t c = 0; c < p->thing->column_count; c++)
      if (part_is_measure(&p->thing->columns[c]) && part_is_made_of(p->thing->columns[c].name, low, f->arena))
        found = (int)c, n++;
    if (n != 1) continue;
    p->measure = found;
    p->intents &= ~(1u << asks->number);
    return;
  }
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
    if (near > 0 && part_is_compared_at(f, (size_t)near)) continue;
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
  for (size_t i = 0; i < f->count; i++) // "who works the most hours?" asks for a number of rows that have one
    if (f->list[i].what == MENTION_COLUMN && at + 1 >= f->list[i].first &&
        at + 1 < f->list[i].first + f->list[i].n)
      return;
  f->part->bucket = (char)unit->number;
  f->part->intents |= 1u << ASK_TREND;
}

// "sorted by size": the order of the rows, and nothing that they are told by.
bool part_sorts(struct filling *f, size_t i) {
  if (!part_before(f, i, LANGUAGE_PER, 2) || !part_before(f, i, LANGUAGE_SORTS, 3)) return false;
  const struct model_column *c = &f->part->thing->columns[f->list[i].number];
  f->part->sort = f->list[i].number;
  f->part->sort_up = !c->time && !part_is_measure(c);
  for (size_t k = 0; k < f->count; k++)
    if (language_at(f->language, f->words, f->list[k].first, LANGUAGE_ASCENDS, NULL)) f->part->sort_up = true;
  return true;
}

// SPDX-License-Identifier: Apache-2.0
// Numbers that a bound follows ("3 children or more"), the columns that units point to, and numbers of which nothing became:
// without them the question is another one.
#include "ask/part_filling.h"

enum { BOUND_REACH = 4 }; // words between a filter's place and its number

// The mention that begins at that word; NULL: none does.
static const struct mention *bound_mention(const struct filling *f, size_t at) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].first == at) return &f->list[i];
  return NULL;
}

static int bound_measure(const struct filling *f, const struct mention *m) {
  return m && m->what == MENTION_COLUMN && part_is_measure(&f->part->thing->columns[m->number]) ? m->number
                                                                                                : -1;
}

// The number's column: named behind it, or behind the bound, or the last before it.
static int bound_column(const struct filling *f, size_t at, size_t next, size_t behind) {
  int column = bound_measure(f, bound_mention(f, next));
  if (column < 0) column = bound_measure(f, bound_mention(f, behind));
  return column >= 0 ? column : part_measure_before(f, at);
}

// "3 children or more", "3 or more children", "rated 4 or better"
void part_take_bound(struct filling *f, const struct ask_segment *s, size_t at) {
  const struct phrase *p;
  double number;
  size_t n, words;
  if (f->in->mentions->timed[at] || !part_number_at(f, at, s->end, &number, &n)) return;
  size_t next = at + n, bound = next;
  const struct mention *m = bound_mention(f, next);
  if (!(words = language_at(f->language, f->words, bound, LANGUAGE_BOUND, &p))) {
    bound = m ? m->first + m->n : next + 1;
    words = bound < s->end ? language_at(f->language, f->words, bound, LANGUAGE_BOUND, &p) : 0;
  }
  if (!words || bound + words > s->end) return;
  if (part_take_least(f, next, s->end, p->means, number) ||
      part_take_least(f, bound + words, s->end, p->means, number))
    return;
  int column = bound_column(f, at, next, bound + words);
  if (column < 0) column = part_unit_column(f, next, s->end);
  if (column < 0) return;
  part_scale(f, next, s->end, f->part->thing->columns[column].unit, &number);
  part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                   .value = -1,
                                                   .column = column,
                                                   .sign = p->means,
                                                   .text = arena_printf(f->arena, "%.15g", number),
                                                   .at = at});
}

// The column of numbers that was named last before a word; -1: none.
int part_measure_before(const struct filling *f, size_t at) {
  int column = -1;
  for (size_t i = 0; i < f->count && f->list[i].first < at; i++) {
    int measure = bound_measure(f, &f->list[i]);
    if (measure >= 0) column = measure;
  }
  return column;
}

// Is it the last word of a name: "km" of "distance_km", "kwh" of "energyKwh"?
static bool bound_ends(struct str column, struct str word) {
  if (column.n <= word.n || !word.n) return false;
  struct str end = str_from(column, column.n - word.n);
  char before = column.p[column.n - word.n - 1];
  bool great = end.p[0] >= 'A' && end.p[0] <= 'Z' && !(before >= 'A' && before <= 'Z');
  return str_eq_nocase(end, word) && (before == '_' || great);
}

static bool bound_is_unit(const struct filling *f, const struct model_column *c, size_t at) {
  const struct word *w = &f->words->items[at];
  if (language_at(f->language, f->words, at, LANGUAGE_WEIGHT, NULL))
    return str_is(c->unit, "kg") || str_is(c->unit, "g") || bound_ends(c->name, w->low);
  if (language_at(f->language, f->words, at, LANGUAGE_CURRENCY, NULL))
    return str_is(c->unit, "cents") || bound_ends(c->name, STR("eur")) || bound_ends(c->name, STR("usd"));
  if (language_at(f->language, f->words, at, LANGUAGE_UNIT, NULL)) // "years_experience"
    return !c->unit.n && str_starts(c->name, arena_z(f->arena, w->low));
  if (language_at(f->language, f->words, at, LANGUAGE_BYTES, NULL)) return str_is(c->unit, "bytes");
  return w->kind == WORD_PLAIN && w->low.n > 1 && bound_ends(c->name, w->low);
}

// "500 kg", "100 km": the one column of the row itself that is in that unit; -1: none, or several.
int part_unit_column(const struct filling *f, size_t at, size_t end) {
  int found = -1;
  for (size_t c = 0; at < end && c < f->part->thing->column_count; c++) {
    const struct model_column *one = &f->part->thing->columns[c];
    if (!part_is_measure(one) || one->joined.n || one->counted || !bound_is_unit(f, one, at)) continue;
    if (found >= 0) return -1;
    found = (int)c;
  }
  return found;
}

// "How long were they open?", "how many days ahead are they booked?": what lasts, or is reckoned from, narrows nothing.
void part_settle_lasting(struct filling *f) {
  struct reading_part *p = f->part;
  const struct model_column *c = p->measure >= 0 ? &p->thing->columns[p->measure] : NULL;
  size_t kept = 0;
  if (!p->thing->derived || !c || !(str_is(c->name, "duration") || str_is(c->name, "ahead"))) return;
  bool folds = part_has(p, ASK_MEAN) || part_has(p, ASK_MEDIAN) || part_has(p, ASK_PERCENTILE) ||
               part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM) || part_has(p, ASK_TOTAL);
  for (size_t i = 0; i < p->filter_count && !folds;
       i++) // "open longer than 3 days": it lasts, and has no length yet
    if (p->filters[i].op == READING_IS && p->filters[i].column >= 0 && !p->filters[i].negated &&
        str_ends(p->thing->columns[p->filters[i].column].name, "?")) {
      part_leave(f, p->filters[i].at);
      return;
    }
  for (size_t i = 0; i < p->filter_count; i++) {
    const struct reading_filter *one = &p->filters[i];
    struct str value =
        one->op == READING_IS && one->value >= 0 ? p->thing->values[one->value].value : STR_NONE;
    bool ends = one->op == READING_IS && one->column >= 0 && !one->negated &&
                str_ends(p->thing->columns[one->column].name, "?");
    bool begins = value.n > 3 && str_contains(c->sql, value);
    if (!ends && !begins) p->filters[kept++] = *one;
  }
  p->filter_count = kept;
}

// ---- numbers of which nothing became

static bool bound_is_spent(const struct filling *f, size_t at) {
  const struct reading_part *p = f->part;
  const struct word *w = &f->words->items[at];
  if (p->top == (int64_t)w->number || p->percentile == w->number ||
      (p->least_sign && p->least == w->number) || (p->idle_sign && p->idle_number == w->number))
    return true;
  for (size_t i = 0; i < p->filter_count; i++) {
    const struct reading_filter *one = &p->filters[i];
    bool near = one->at <= at && at <= one->at + BOUND_REACH;
    if ((one->op == READING_COMPARES && near) || str_contains(one->text, w->text)) return true;
    if (one->op == READING_IS && one->value >= 0 && str_contains(p->thing->values[one->value].said, w->text))
      return true;
  }
  for (size_t i = 0; i < p->name_count; i++)
    if (str_contains(p->names[i], w->text)) return true;
  for (size_t i = 0; i < p->id_count; i++)
    if (str_contains(p->ids[i], w->text)) return true;
  return false;
}

static bool bound_filters_at(const struct reading_part *p, size_t at) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].at == at) return true;
  return false;
}

// "Cancelled or missed", where nothing is known of what was missed: half of what is asked for is no answer.
static void bound_settle_either(struct filling *f) {
  for (size_t i = 1; i + 1 < f->count; i++) {
    const struct mention *before = &f->list[i - 1], *next = &f->list[i + 1];
    bool verb =
        f->words->items[next->first].kind == WORD_PLAIN && str_ends(f->words->items[next->first].low, "ed");
    if (part_is(f, &f->list[i], LANGUAGE_OR) && before->what == MENTION_VALUE &&
        next->what == MENTION_FILLER && verb && !f->in->mentions->timed[next->first] &&
        !bound_filters_at(f->part, next->first))
      part_leave(f, next->first);
  }
}

void part_settle_numbers(struct filling *f) {
  if (f->part->thing->derived && f->part->thing->known) bound_settle_either(f);
  for (size_t i = 0; i < f->count && f->part->thing->derived && f->part->thing->known; i++) {
    const struct mention *m = &f->list[i];
    const struct word *w = &f->words->items[m->first];
    if (m->what != MENTION_FILLER || w->kind != WORD_NUMBER || w->whole.n > w->low.n ||
        f->in->mentions->timed[m->first] || bound_is_spent(f, m->first))
      continue;
    part_leave(f, m->first);
  }
}

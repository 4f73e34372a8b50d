// SPDX-License-Identifier: Apache-2.0
// "A TTL of five minutes", "priority 10": a column of numbers and the number that it has, of things with words.
#include "ask/part_filling.h"

// What stands between the column and the number says that the one is the other.
static bool exact_joins(const struct filling *f, size_t from, size_t to) {
  while (from < to) {
    size_t n = language_at(f->language, f->words, from, LANGUAGE_EQUALS, NULL);
    if (!n || f->words->items[from].end) return false;
    from += n;
  }
  return from == to;
}

// Behind the number stands its unit, or the request ends: "the size of 5 videos" is none of 5.
static bool exact_ends(const struct filling *f, const struct ask_segment *s, size_t at, size_t *behind) {
  static const enum language_role units[] = {LANGUAGE_UNIT, LANGUAGE_SCALE, LANGUAGE_CURRENCY};
  *behind = at;
  for (size_t i = 0; at < s->end && i < sizeof units / sizeof *units; i++)
    if (language_at(f->language, f->words, at, units[i], NULL)) return *behind = at + 1, true;
  return at >= s->end || f->words->items[at - 1].end;
}

void part_take_exact(struct filling *f, const struct ask_segment *s, size_t at) {
  const struct model_thing *t = f->part->thing;
  double number;
  size_t n, behind;
  if (t->derived || at <= s->first || !part_number_at(f, at, s->end, &number, &n)) return;
  if (!exact_ends(f, s, at + n, &behind)) return;
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    if (m->what != MENTION_COLUMN || m->first + m->n > at || !exact_joins(f, m->first + m->n, at)) continue;
    const struct model_column *c = &t->columns[m->number];
    if (!part_is_measure(c) || c->fold.n || f->words->items[m->first + m->n - 1].end) continue;
    part_scale(f, at + n, s->end, c->unit, &number);
    part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                     .value = -1,
                                                     .column = m->number,
                                                     .sign = "=",
                                                     .text = arena_printf(f->arena, "%.15g", number),
                                                     .at = at});
    f->exact = at;
    if (f->part->measure == m->number) f->part->measure = -1;
    return;
  }
}

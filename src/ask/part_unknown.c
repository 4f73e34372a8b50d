// SPDX-License-Identifier: Apache-2.0
// A word that nothing knows: what it may be all the same (a country that no row has, what somebody signs in by), and whether
// the question turns on it.
#include <ctype.h>
#include <string.h>

#include "ask/part_filling.h"
#include "data/json.h"
#include "language/kin.h"

// What the unknown word stands before, where rows of that have names: "the production zone".
static const struct model_thing *unknown_named_by(const struct filling *f, size_t i) {
  const struct mention *next = part_mention(f, i, 1);
  const struct model_thing *t = !next                          ? NULL
                                : next->what == MENTION_PARENT ? next->parent
                                : next->what == MENTION_NAME   ? f->part->thing
                                                               : NULL;
  return t && t->label >= 0 && yyjson_obj_get(t->def, "gives") ? t : NULL;
}

// "average age", "minimum version"
static bool unknown_folds_at(const struct filling *f, size_t i) {
  const struct mention *m = part_mention(f, i, -1);
  const struct phrase *p;
  if (!m || m->what != MENTION_FILLER || !language_at(f->language, f->words, m->first, LANGUAGE_INTENT, &p))
    return false;
  return p->number == ASK_MEAN || p->number == ASK_MEDIAN || p->number == ASK_PERCENTILE ||
         p->number == ASK_TOP || p->number == ASK_BOTTOM || p->number == ASK_TOTAL || p->number == ASK_SHARE;
}

// What is counted, grouped by or missed: without it the question is another one.
static bool unknown_turns_on(const struct filling *f, size_t i) {
  const struct mention *next = part_mention(f, i, 1);
  bool describes = next && (next->what == MENTION_NAME || next->what == MENTION_VALUE ||
                            next->what == MENTION_COLUMN || next->what == MENTION_PARENT);
  if (part_before(f, i, LANGUAGE_PER, 1) || part_before(f, i, LANGUAGE_NARROWS, 1)) return true;
  if (part_before(f, i, LANGUAGE_NOT, 2)) return true; // "do not use X" is not "use"
  if (describes) return false;
  return part_before(f, i, LANGUAGE_MISSING, 1) || part_counts_at(f, f->list[i].first) ||
         unknown_folds_at(f, i);
}

static bool unknown_is(struct filling *f, size_t i, int column, struct str text) {
  part_add_filter(
      f->part, (struct reading_filter){
                   .op = READING_LIKE, .value = -1, .column = column, .text = text, .at = f->list[i].first});
  return true;
}

// Are all values that are known of the column codes of two letters?
static bool unknown_has_codes(const struct model_thing *t, int column) {
  bool any = false;
  for (size_t i = 0; i < t->value_count; i++) {
    if (t->values[i].column != column) continue;
    if (t->values[i].value.n != 2) return false;
    any = true;
  }
  return any;
}

// "From Germany", where rows have a country's code: also where none of the rows that were seen has it.
static bool unknown_take_country(struct filling *f, size_t i) {
  const struct model_thing *t = f->part->thing;
  const struct word *w = &f->words->items[f->list[i].first];
  int column = -1;
  for (size_t c = 0; c < t->column_count && column < 0; c++)
    if (str_contains(t->columns[c].name, STR("country")) && !t->columns[c].time) column = (int)c;
  if (column < 0 || (t->derived && !unknown_has_codes(t, column))) return false;
  bool code = w->text.n == 2 && w->text.p[0] >= 'A' && w->text.p[0] <= 'Z' && w->text.p[1] >= 'A' &&
              w->text.p[1] <= 'Z';
  if (code) return unknown_is(f, i, column, w->text);
  for (const struct language_kin *k = language_kin(w->stem); k; k = k->next) {
    struct str first = json_text(yyjson_arr_get_first(k->words));
    if (k->how != LANGUAGE_SAME || first.n != 2) continue;
    char *upper = arena_z(f->arena, first);
    for (size_t c = 0; c < 2; c++) upper[c] = (char)toupper((unsigned char)upper[c]);
    return unknown_is(f, i, column, str_make(upper, 2));
  }
  return false;
}

// The same of all that hyphens or slashes join to the word.
static bool unknown_is_whole(struct filling *f, size_t i, int column, struct str text) {
  const char *whole = f->words->items[f->list[i].first].whole.p;
  for (size_t k = 0; k < f->count; k++)
    if (f->words->items[f->list[k].first].whole.p == whole) f->list[k].what = MENTION_FILLER;
  return unknown_is(f, i, column, text);
}

// "When did on-call last log in?": a name with hyphens is what somebody signs in by, before the "@".
static bool unknown_take_person(struct filling *f, size_t i) {
  const struct word *w = &f->words->items[f->list[i].first];
  int column = f->part->thing->derived ? -1 : mentions_column_of(f->part->thing, WORD_EMAIL);
  if (column < 0 || w->whole.n <= w->low.n || !memchr(w->whole.p, '-', w->whole.n)) return false;
  unknown_is_whole(f, i, column, ARENA_JOIN(f->arena, w->whole, STR("@")));
  f->part->filters[f->part->filter_count - 1].begins = true;
  return true;
}

// "The pictures in products/bags"
static bool unknown_take_folder(struct filling *f, size_t i) {
  size_t at = f->list[i].first;
  int column = mentions_folder(f->in->mentions, f->part->thing, at);
  return column >= 0 && unknown_is_whole(f, i, column, f->words->items[at].whole);
}

// "How often was it downloaded?": what was done is what is asked for.
static bool unknown_is_counted(const struct filling *f, size_t i) {
  if (!part_is_verb(f->words->items[f->list[i].first].low)) return false;
  for (size_t k = 0; k < i; k++)
    if (language_at(f->language, f->words, f->list[k].first, LANGUAGE_HOW_OFTEN, NULL)) return true;
  return false;
}

void part_take_unknown(struct filling *f, size_t i) {
  if (unknown_take_country(f, i) || unknown_take_person(f, i) || unknown_take_folder(f, i) ||
      part_stands_by_flag(f, i) || part_is_none(f, i) || f->part->unknown_count == READING_UNKNOWN_MOST)
    return;
  const struct mention *m = &f->list[i];
  struct reading_part *p = f->part;
  p->unknown_matters[p->unknown_count] = f->relates || unknown_turns_on(f, i) || unknown_is_counted(f, i);
  if (!p->elsewhere.n) p->elsewhere = mentions_other_source(f->in->mentions, p->thing, m->first);
  p->unknown_of[p->unknown_count] = unknown_named_by(f, i);
  struct str whole = f->words->items[m->first].whole;
  for (size_t k = 0; k < p->unknown_count; k++)
    if (str_eq(p->unknown[k], whole)) return;
  p->unknown[p->unknown_count++] = whole;
}

// SPDX-License-Identifier: Apache-2.0
// Of what a share is, and what part of it is told; and sums that are asked for by the deed alone ("how much have we
// billed?"), of which the rows have one amount.
#include "ask/part_filling.h"

// The word that asks for the share; false: none does.
static bool share_asked(const struct filling *f, size_t *at) {
  const struct phrase *p;
  for (size_t i = 0; i < f->count; i++)
    if (language_at(f->language, f->words, f->list[i].first, LANGUAGE_INTENT, &p) && p->number == ASK_SHARE)
      return *at = f->list[i].first, true;
  return false;
}

static bool share_is_plain(const struct reading_filter *x) {
  return !x->noun && !x->either;
}

// How many of the conditions stand before that word, and how many behind it.
static void share_count(const struct reading_part *p, size_t from, size_t at, size_t *before,
                        size_t *behind) {
  *before = *behind = 0;
  for (size_t i = 0; i < p->filter_count; i++) {
    if (!share_is_plain(&p->filters[i]) || p->filters[i].at < from) continue;
    ++*(p->filters[i].at < at ? before : behind);
  }
}

// "… that are paid were cancelled": the last verb that neither joins two ("and has") nor belongs to a name says what the part
// is. 0: there is none between conditions.
static size_t share_verb(const struct filling *f, size_t from) {
  size_t found = 0, before, behind;
  for (size_t at = from; at < f->words->n; at++) {
    if (!part_in_segments(f, at) || !language_at(f->language, f->words, at, LANGUAGE_HELPER, NULL)) continue;
    if (at > from && (language_at(f->language, f->words, at - 1, LANGUAGE_AND, NULL) ||
                      language_at(f->language, f->words, at - 1, LANGUAGE_OR, NULL) ||
                      language_at(f->language, f->words, at - 1, LANGUAGE_HELPER, NULL) ||
                      language_at(f->language, f->words, at - 1, LANGUAGE_BUT, NULL)))
      continue;
    share_count(f->part, from, at, &before, &behind);
    if (before && behind) found = at;
  }
  return found;
}

// "Of all that was denied, how much was …, in percent?": the word that asks, behind what begins with "of". 0: none does.
static size_t share_front(const struct filling *f) {
  const struct phrase *p;
  size_t first = f->count ? f->list[0].first : 0;
  if (!f->count || !language_at(f->language, f->words, first, LANGUAGE_OF, NULL)) return 0;
  for (size_t i = 1; i < f->count; i++) {
    size_t n = language_at(f->language, f->words, f->list[i].first, LANGUAGE_INTENT, &p);
    if (n && (p->number == ASK_COUNT || p->number == ASK_SHARE || p->number == ASK_LIST))
      return f->list[i].first;
  }
  return 0;
}

// "Of what we put into production, what share was rolled back?": what is said before the share is asked for narrows the
// whole; so does what is said of the rows before the verb that says what the part is.
static void part_settle_front(struct filling *f) {
  struct reading_part *p = f->part;
  size_t asked, before, behind, front = share_front(f);
  if (!(p->thing->derived || front) || !part_has(p, ASK_SHARE) || !share_asked(f, &asked)) return;
  if (front) asked = front;
  share_count(p, 0, asked, &before, &behind);
  size_t until = before && behind ? asked : p->thing->derived ? share_verb(f, asked) : 0;
  for (size_t i = 0; i < p->filter_count && until; i++)
    if (p->filters[i].at < until) p->filters[i].noun = true;
}

// "What share of the assets are videos?": what says which kind is meant is the part, where the whole is named.
void part_settle_share(struct filling *f) {
  struct reading_part *p = f->part;
  bool named = p->measure >= 0; // "of the bytes" are those of all rows
  part_settle_front(f);
  if (p->thing->derived || !part_has(p, ASK_SHARE) || p->group_count) return;
  for (size_t i = 0; i < p->filter_count; i++)
    if (!p->filters[i].noun) return;
  for (size_t i = 0; i < f->count; i++)
    named = named || (f->list[i].what == MENTION_NAME && !f->list[i].number);
  for (size_t i = 0; i < p->filter_count && named; i++) p->filters[i].noun = false;
}

// ---- sums

// The one amount of money that rows have: of several the one whose name comes first here. -1: none.
static int share_amount(const struct model_thing *t, struct arena *a) {
  static const char *const names[] = {"total", "amount", "gross", "sum", "revenue",
                                      "price", "fee",    "cost",  "net"};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++)
    for (size_t c = 0; c < t->column_count; c++) {
      const struct model_column *x = &t->columns[c];
      if (part_is_measure(x) && !x->counted && !x->hidden && !x->other && !str_is(x->kind, "ratio") &&
          part_is_made_of(x->name, str_of(names[k]), a))
        return (int)c;
    }
  return -1;
}

static bool share_says_sum(const struct filling *f) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].what == MENTION_FILLER &&
        language_at(f->language, f->words, f->list[i].first, LANGUAGE_SUM, NULL))
      return true;
  return false;
}

static bool share_says_charge(const struct filling *f) {
  for (size_t i = 0; i < f->count; i++)
    if (language_at(f->language, f->words, f->list[i].first, LANGUAGE_CHARGES, NULL)) return true;
  return false;
}

static bool share_says(const struct filling *f, enum language_role role) {
  for (size_t i = 0; i < f->count; i++)
    if (language_at(f->language, f->words, f->list[i].first, role, NULL)) return true;
  return false;
}

// The one number that rows have; -1: there are several, or none.
static int share_only(const struct model_thing *t) {
  int only = -1;
  for (size_t c = 0; c < t->column_count; c++) {
    const struct model_column *x = &t->columns[c];
    if (!part_is_measure(x) || x->counted || x->hidden || x->other || x->joined.n) continue;
    if (only >= 0) return -1;
    only = (int)c;
  }
  return only;
}

// "The biggest expense": of rows that are ranked by none of their numbers, the amount of money; "the highest" may be the one
// number that they have.
static void part_settle_size(struct filling *f) {
  struct reading_part *p = f->part;
  bool ranks = part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM);
  if (!p->thing->derived || !ranks || p->measure >= 0 || p->thing->counts >= 0 || p->group_count ||
      p->least_sign || p->bucket || part_has(p, ASK_COUNT) || !share_says(f, LANGUAGE_SIZE))
    return;
  p->measure = share_amount(p->thing, f->arena);
  if (p->measure < 0 && share_says(f, LANGUAGE_LEVEL)) p->measure = share_only(p->thing);
}

// Is each row of a day, a week, a month? "daily events"
static bool share_is_told(const struct filling *f, struct ask_words *words) {
  struct err err;
  return language_words(f->part->thing->label_noun, f->arena, words, &err) && words->n > 1 &&
         language_at(language_find(STR("en")), words, 0, LANGUAGE_BUCKET, NULL) > 0;
}

// The number that such rows tell: "events" of daily events, else the only one; -1: there are several, or none.
static int share_told(const struct filling *f, const struct ask_words *words) {
  const struct model_thing *t = f->part->thing;
  for (size_t c = 0; c < t->column_count; c++)
    if (part_is_measure(&t->columns[c]) && !t->columns[c].joined.n &&
        str_eq(language_stem(t->columns[c].name, f->arena), words->items[words->n - 1].stem))
      return (int)c;
  return share_only(t);
}

// "Events per week", where each row says how many there were on a day: they are added up, and not the days counted.
static void part_settle_told(struct filling *f) {
  struct reading_part *p = f->part;
  bool counts = part_has(p, ASK_COUNT) || part_has(p, ASK_TREND) || part_has(p, ASK_TOP) || p->bucket ||
                p->has_prior || p->grouped;
  struct ask_words words;
  if (!p->thing->derived || p->measure >= 0 || p->thing->counts >= 0 || !counts || !share_is_told(f, &words))
    return;
  p->measure = share_told(f, &words);
  p->sums = p->sums || p->measure >= 0;
  p->amount = p->amount || p->measure < 0; // which of them is asked back
}

// "How has the sum of what we bill developed?", "how much have we billed?": the amount that the rows have.
void part_settle_sums(struct filling *f) {
  struct reading_part *p = f->part;
  part_settle_size(f);
  part_settle_told(f);
  bool sum = part_has(p, ASK_TOTAL) && share_says_sum(f),
       much = p->amount && (share_says_charge(f) || share_says(f, LANGUAGE_CURRENCY));
  if (!p->thing->derived || p->measure >= 0 || p->thing->counts >= 0 || !(sum || much)) return;
  p->measure = share_amount(p->thing, f->arena);
  if (p->measure >= 0) p->sums = true;
}

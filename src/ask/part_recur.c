// SPDX-License-Identifier: Apache-2.0
// How often something is there: "zones with more than 15 records", "addresses denied on more than one site", "tags used only
// once", "zones that share a name server". Rows are told by a group, of which those stay that have so many.
#include "ask/part_filling.h"

#include <string.h>

#include "ask/query.h"
#include "data/json.h"

enum { RECUR_NEAR = 3 }; // words between what is alike and its name

static bool recur_groups(const struct model_column *c) {
  return !c->time && !c->counted && !part_is_measure(c);
}

// What the rows can be told by that was named before the word: a column, or what they are within. -1: none.
static int recur_group(const struct filling *f, size_t at) {
  const struct model_thing *t = f->part->thing;
  int group = -1;
  for (size_t i = 0; i < f->count && f->list[i].first < at; i++) {
    const struct mention *m = &f->list[i];
    if (m->what == MENTION_PARENT && m->parent == t->within && query_parent_label(t).n) group = -2;
    bool own = m->what == MENTION_COLUMN && recur_groups(&t->columns[m->number]) &&
               (t->events || t->counts >= 0 || t->columns[m->number].other || t->columns[m->number].list);
    if (own) group = part_group_of(t, m->number);
    bool label = m->what == MENTION_NAME && !m->number && t->events && t->label >= 0 && !t->derived;
    if (label && group == -1 && part_asks_which(f, i)) group = t->label; // "which tags …": uses of them
  }
  return group;
}

static void recur_keep(struct filling *f, int group, const char *sign, double least, int of) {
  struct reading_part *p = f->part;
  p->least_sign = sign;
  p->least = least;
  p->least_of = of;
  p->asked_count = f->which_count = p->group_count = 0;
  part_add_column(p->groups, &p->group_count, group);
  p->grouped = true;
  p->whether = false;
}

// The rows themselves are what is counted: their name stands there, or that of the number that they add up to.
static bool recur_counts_rows(const struct filling *f, size_t at, size_t end) {
  const struct mentions *all = f->in->mentions;
  const struct model_thing *t = f->part->thing;
  for (size_t k = at; k < end && k < at + RECUR_NEAR; k++) // "more than 10 denied requests"
    for (size_t i = 0; i < all->hit_counts[k]; i++) {
      const struct phrase *p = all->hits[k][i].phrase;
      if (p->means != t || (k > at && !t->events && t->counts < 0)) continue;
      if (p->role == MODEL_NAME || (p->role == MODEL_VALUE && t->events)) return true; // "than 7 logins"
      if (p->role == MODEL_COLUMN && (p->number == t->counts || t->columns[p->number].fold.n)) return true;
    }
  return false;
}

// "two different addresses"
static size_t recur_behind_different(const struct filling *f, size_t at) {
  const struct phrase *p;
  size_t n = language_at(f->language, f->words, at, LANGUAGE_INTENT, &p);
  if (n && p->number == ASK_DISTINCT) return at + n;
  return at < f->words->n && language_at(f->language, f->words, at, LANGUAGE_SAMENESS, NULL) ? at + 1 : at;
}

// "on more than one site": how many different ones there are of what stands behind the number; -1: it is none of them.
static int recur_spread(const struct filling *f, size_t at, int group) {
  const struct model_thing *t = f->part->thing;
  at = recur_behind_different(f, at);
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    if (m->first != at) continue;
    int of =
        m->what == MENTION_PARENT && m->parent == t->within && query_parent_label(t).n ? -2
        : m->what == MENTION_COLUMN && recur_groups(&t->columns[m->number]) && !t->columns[m->number].list
            ? part_group_of(t, m->number)
            : -1;
    return of == group ? -1 : of;
  }
  return -1;
}

// "which days", "any days"
static bool recur_asks(const struct filling *f, size_t i) {
  const struct phrase *p;
  for (int by = 1; by <= RECUR_NEAR; by++) {
    const struct mention *m = part_mention(f, i, -by);
    size_t n = m ? language_at(f->language, f->words, m->first, LANGUAGE_INTENT, &p) : 0;
    if (n && (p->number == ASK_LIST || p->number == ASK_CHECK || p->number == ASK_COUNT)) return true;
  }
  return false;
}

// The periods that are asked for before the word: "on which days …", "days with …". 0: none are.
static char recur_period(const struct filling *f, size_t at) {
  const struct phrase *unit;
  for (size_t i = 0; i < f->count && f->list[i].first < at; i++) {
    const struct mention *m = &f->list[i];
    bool leads = i == 0 && !f->in->mentions->timed[m->first] && str_ends(f->words->items[m->first].low, "s");
    if (m->what == MENTION_FILLER && (leads || recur_asks(f, i)) &&
        language_at(f->language, f->words, m->first, LANGUAGE_UNIT, &unit) &&
        strchr("hdwM", (char)unit->number))
      return (char)unit->number;
  }
  return 0;
}

// "On which days were there fewer than 15 sign-ups?"
static bool recur_take_period(struct filling *f, size_t at, size_t end, const char *sign, double number) {
  struct reading_part *p = f->part;
  char unit = recur_period(f, at);
  if (!unit || f->near_measure >= 0 || p->thing->time < 0 || json_bool(p->thing->def, "sliced", false) ||
      !recur_counts_rows(f, at, end))
    return false;
  p->idle = unit;
  p->idle_sign = sign;
  p->idle_number = number;
  p->whether = false;
  return true;
}

// Behind a sign and a number: "zones with more than 15 records", "countries that sent more than a million requests".
bool part_take_least(struct filling *f, size_t at, size_t end, const char *sign, double number) {
  const struct phrase *scale;
  size_t n = at < end ? language_at(f->language, f->words, at, LANGUAGE_SCALE, &scale) : 0, own = at + n;
  int group = recur_group(f, at);
  if (own >= end) return false;
  if (n) number *= scale->number;
  if (recur_take_period(f, own, end, sign, number)) return true;
  if (group == -1 || f->near_measure >= 0) return false;
  int of = recur_spread(f, own, group);
  if (of == -1 && !recur_counts_rows(f, own, end)) return false;
  recur_keep(f, group, sign, number, of);
  return true;
}

// "used only once", "more than twice", "denied at least 5 times".
bool part_take_often(struct filling *f, const struct ask_segment *s, size_t at) {
  const struct phrase *p;
  double number = 0;
  size_t n = language_at(f->language, f->words, at, LANGUAGE_COMPARISON, &p), words = 0;
  const char *sign = n ? p->means : "=";
  if (f->in->mentions->timed[at] || at + n >= s->end || f->part->least_sign) return false;
  if (language_at(f->language, f->words, at + n, LANGUAGE_OFTEN, &p))
    number = p->number;
  else if (!part_number_at(f, at + n, s->end, &number, &words) || at + n + words >= s->end ||
           !language_at(f->language, f->words, at + n + words, LANGUAGE_TIMES, NULL))
    return false;
  int group = recur_group(f, at);
  if (group == -1) return false;
  part_know(f->part, f->words->items[at + n].whole);
  recur_keep(f, group, sign, number, -1);
  return true;
}

// "share a name server", and not "the share of".
static bool recur_is_shared(const struct filling *f, size_t i) {
  for (int by = 1; by <= RECUR_NEAR; by++) {
    const struct mention *m = part_mention(f, i, -by);
    if (!m || (m->what != MENTION_FILLER && m->what != MENTION_UNKNOWN)) return false;
    if (part_is(f, m, LANGUAGE_PREPOSITION)) return false;
    if (language_at(f->language, f->words, m->first, LANGUAGE_SHARED, NULL)) return true;
  }
  return false;
}

// "zones that share a name server", "rules with the same expression on two zones", "duplicate file names": what several
// rows have, and which these are.
static void part_settle_alike(struct filling *f) {
  struct reading_part *p = f->part;
  const struct phrase *number;
  if (p->least_sign || p->name_count || p->id_count || p->thing->events || p->thing->counts >= 0) return;
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    if (m->what != MENTION_COLUMN || !recur_is_shared(f, i) || !recur_groups(&p->thing->columns[m->number]) ||
        part_before(f, i, LANGUAGE_NOT, RECUR_NEAR))
      continue;
    int of = -1, group = part_group_of(p->thing, m->number);
    double least = 2;
    for (size_t k = i + 1; k < f->count && of == -1; k++)
      if (language_at(f->language, f->words, f->list[k].first, LANGUAGE_NUMBER, &number)) {
        of = recur_spread(f, f->list[k].first + 1, group);
        if (of != -1) least = number->number;
      }
    recur_keep(f, group, ">=", least, of);
    p->intents &= ~(1u << ASK_SHARE | 1u << ASK_COMPARE);
    p->alike = true;
    for (size_t k = 0; k < i; k++)
      if (language_at(f->language, f->words, f->list[k].first, LANGUAGE_SHARED, NULL))
        part_know(p, f->words->items[f->list[k].first].whole);
    return;
  }
}

// "Were there any days without sign-ups?", "which hours had no logins": the periods in which nothing was.
static void part_settle_idle(struct filling *f) {
  struct reading_part *p = f->part;
  const struct phrase *unit = NULL, *u;
  bool denied = false;
  if (p->idle) p->bucket = 0;
  if (p->idle || query_time_column(p) < 0 || json_bool(p->thing->def, "sliced", false)) return;
  for (size_t i = 1; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    bool free = m->what == MENTION_FILLER && !f->in->mentions->timed[m->first];
    if (!unit && free && language_at(f->language, f->words, m->first, LANGUAGE_UNIT, &u) && recur_asks(f, i))
      unit = u;
    denied =
        denied ||
        (unit && free &&
         (part_is(f, m, LANGUAGE_NOT) || part_is(f, m, LANGUAGE_MISSING) || part_is(f, m, LANGUAGE_NOTHING)));
    if (!denied || (m->what != MENTION_NAME && m->what != MENTION_VALUE)) continue;
    for (size_t k = 0; k < p->filter_count; k++) // "no logins" of that hour, and not what is no login
      if (p->filters[k].at >= m->first) p->filters[k].negated = false;
    p->idle = (char)unit->number;
    p->whether = false;
    p->bucket = 0;
    return;
  }
}

void part_settle_recur(struct filling *f) {
  part_settle_alike(f);
  part_settle_idle(f);
}

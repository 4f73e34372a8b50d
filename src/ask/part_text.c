// SPDX-License-Identifier: Apache-2.0
// Texts that columns are asked for by: what stands behind one, or before it.
#include "ask/part_filling.h"

enum { BEGINS_REACH = 4 }; // words from a column to how its value begins

// A word that nothing knows, or a text in quotes.
static bool part_is_text_for(const struct filling *f, const struct mention *m, bool list) {
  if (!m) return false;
  const struct word *w = &f->words->items[m->first];
  const struct mention *the = part_mention(f, (size_t)(m - f->list), -2); // "in the folder product."
  bool ends = !f->part->thing->derived && part_is(f, the, LANGUAGE_DETERMINER) &&
              (w->end || m->first + 1 == f->words->n);
  list = list && !f->part->thing->derived; // a list may hold any word
  bool path = memchr(w->whole.p, '/', w->whole.n) != NULL ||
              (!f->part->thing->derived && w->whole.n > w->low.n && memchr(w->whole.p, '-', w->whole.n));
  if (language_at(f->language, f->words, m->first, LANGUAGE_SHARED, NULL)) return false; // "duplicate names"
  if (m->what == MENTION_UNKNOWN && path) return true;
  if (m->what == MENTION_UNKNOWN)
    return list || ends || !phrases_know(&f->in->mentions->model->phrases, w->stem);
  return m->what == MENTION_ENTITY && (w->kind == WORD_QUOTED || w->kind == WORD_PATH);
}

// Words of rows that were looked at are values: one that is none of them is no text of a column, unless it is written as
// one is: in quotes, with a capital, with a digit.
static bool part_may_be_text(const struct filling *f, const struct mention *m) {
  const struct word *w = &f->words->items[m->first];
  if (!f->part->thing->derived || !f->part->thing->seen || m->what == MENTION_ENTITY) return true;
  bool written = w->at && w->text.p[0] >= 'A' && w->text.p[0] <= 'Z';
  for (size_t i = 0; i < w->whole.n; i++) written = written || (w->whole.p[i] >= '0' && w->whole.p[i] <= '9');
  return written;
}

// The mention behind a word, with what hyphens or slashes join it to.
static size_t part_behind(const struct filling *f, size_t i) {
  size_t end = i + 1;
  while (end < f->count &&
         f->words->items[f->list[end].first].whole.p == f->words->items[f->list[i].first].whole.p)
    end++;
  return end;
}

// "that belong to product": behind a column whose name ends so stands a text, be it known elsewhere.
static bool part_leads(const struct filling *f, size_t i, const struct mention *next) {
  const struct mention *m = &f->list[i];
  return !f->part->thing->derived && m->n > 1 && next &&
         (next->what == MENTION_UNKNOWN || next->what == MENTION_ENTITY) && next == part_mention(f, i, 1) &&
         language_at(f->language, f->words, m->first + m->n - 1, LANGUAGE_PREPOSITION, NULL);
}

// "Whose content starts with 192.0.2.": the text behind is how the column's value begins. The place of that text; 0: none.
static size_t part_begins(const struct filling *f, size_t i) {
  for (size_t k = i + 1; k < f->count && k <= i + BEGINS_REACH; k++) {
    const struct mention *m = &f->list[k];
    size_t n = language_at(f->language, f->words, m->first, LANGUAGE_BEGINS, NULL), next = k;
    if (!n && (m->what != MENTION_FILLER || f->words->items[m->first].end)) return 0;
    if (!n) continue;
    while (next < f->count && f->list[next].first < m->first + n) next++;
    return next;
  }
  return 0;
}

bool part_take_beginning(struct filling *f, size_t i) {
  int column = f->list[i].number;
  const struct model_column *c = &f->part->thing->columns[column];
  size_t at = c->time || part_is_measure(c) ? 0 : part_begins(f, i);
  if (!at || at >= f->count) return false;
  const struct word *w = &f->words->items[f->list[at].first];
  part_add_filter(f->part, (struct reading_filter){.op = READING_LIKE,
                                                   .value = -1,
                                                   .column = column,
                                                   .text = w->whole,
                                                   .begins = true,
                                                   .negated = part_is_denied(f, at),
                                                   .at = f->list[at].first});
  for (size_t k = i + 1; k < f->count && (k <= at || f->words->items[f->list[k].first].whole.p == w->whole.p);
       k++)
    f->list[k].what = MENTION_FILLER;
  return true;
}

// "in the folder product", "owner press"
bool part_take_text(struct filling *f, size_t i, int column) {
  const struct model_column *c = &f->part->thing->columns[column];
  const struct mention *small = part_mention(f, i, 1);
  size_t both =
      (c->list && part_is(f, small, LANGUAGE_JOINT)) || // "tagged both", "an expression with sqlmap"
      (!f->part->thing->derived && part_is(f, small, LANGUAGE_NARROWS));
  struct mention *next = i + 1 + both < f->count ? &f->list[i + 1 + both] : NULL;
  if (c->time || part_is_measure(c) || !next || !part_may_be_text(f, next)) return false;
  if (!part_is_text_for(f, next, c->list) && !part_leads(f, i, next)) return false;
  bool quoted = next->what == MENTION_ENTITY;
  if (f->words->items[f->list[i].first].end || (!quoted && part_asks_which(f, i)))
    return false; // "which country sends"
  part_add_filter(f->part, (struct reading_filter){.op = READING_LIKE,
                                                   .value = -1,
                                                   .column = column,
                                                   .text = f->words->items[next->first].whole,
                                                   .within = part_is(f, small, LANGUAGE_NARROWS),
                                                   .at = next->first});
  next->what = MENTION_FILLER;
  i += both;
  for (size_t k = i + 2;
       k < f->count && f->words->items[f->list[k].first].whole.p == f->words->items[next->first].whole.p; k++)
    f->list[k].what = MENTION_FILLER; // the rest of a path
  for (size_t k = part_behind(f, i + 1);
       k + 1 < f->count && f->list[k].what == MENTION_FILLER && part_is_text_for(f, &f->list[k + 1], c->list);
       k = part_behind(f, k + 1)) {
    const struct word *more = &f->words->items[f->list[k + 1].first];
    part_add_filter(f->part,
                    (struct reading_filter){.op = READING_LIKE,
                                            .value = -1,
                                            .column = column,
                                            .text = f->part->thing->derived ? more->text : more->whole,
                                            .at = f->list[k + 1].first});
    for (size_t rest = k + 1, end = part_behind(f, k + 1); rest < end; rest++)
      f->list[rest].what = MENTION_FILLER;
  }
  return true;
}

// "The campaigns/autumn folder or campaigns/summer": a further text that is written as the first one is.
static void part_take_text_after(struct filling *f, size_t i, int column) {
  const struct mention *joins = part_mention(f, i, 1), *next = part_mention(f, i, 2);
  const struct word *w = next ? &f->words->items[next->first] : NULL;
  if (!(part_is(f, joins, LANGUAGE_OR) || part_is(f, joins, LANGUAGE_AND)) || !w ||
      f->words->items[joins->first].end || !memchr(w->whole.p, '/', w->whole.n) ||
      next->what == MENTION_ENTITY)
    return;
  part_add_filter(
      f->part, (struct reading_filter){
                   .op = READING_LIKE, .value = -1, .column = column, .text = w->whole, .at = next->first});
  for (size_t k = i + 2; k < f->count && f->words->items[f->list[k].first].whole.p == w->whole.p; k++)
    f->list[k].what = MENTION_FILLER;
}

// "in the brand folder"
bool part_take_text_before(struct filling *f, size_t i, int column) {
  const struct model_column *c = &f->part->thing->columns[column];
  struct mention *before = i ? &f->list[i - 1] : NULL;
  if (c->time || part_is_measure(c) || !part_is_text_for(f, before, false) || !part_may_be_text(f, before))
    return false;
  if (f->words->items[before->first].end) return false;
  part_add_filter(f->part, (struct reading_filter){.op = READING_LIKE,
                                                   .value = -1,
                                                   .column = column,
                                                   .text = f->words->items[before->first].whole,
                                                   .at = before->first});
  part_know(f->part, f->words->items[before->first].whole); // it came before its column did
  before->what = MENTION_FILLER;
  part_take_text_after(f, i, column);
  return true;
}

// What is counted of each is called as the thing is: "errors by Worker", "of the Worker resizer".
static bool part_is_label(const struct filling *f, size_t i) {
  const struct mentions *all = f->in->mentions;
  const struct model_thing *t = f->part->thing;
  if (t->derived || t->counts < 0 || t->label < 0) return false;
  for (size_t k = 0; k < all->hit_counts[f->list[i].first]; k++) {
    const struct phrase *p = all->hits[f->list[i].first][k].phrase;
    if (p->role == MODEL_COLUMN && p->means == t && p->number == t->label) return true;
  }
  return false;
}

void part_take_label(struct filling *f, size_t i) {
  struct reading_part *p = f->part;
  int label = p->thing->label;
  if (!part_is_label(f, i) || part_take_text(f, i, label) || !part_before(f, i, LANGUAGE_PER, 2)) return;
  p->grouped = true;
  part_add_column(p->groups, &p->group_count, label);
}

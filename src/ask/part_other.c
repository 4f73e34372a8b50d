// SPDX-License-Identifier: Apache-2.0
// What is said of a row by rows of another thing: whose it is, and how many belong to it.
#include <string.h>

#include "ask/part_filling.h"

enum { OTHER_NEAR = 6 }; // words between what denies it, or says that there is one, and its name

// Small words alone stand between: "never been in an incident".
static bool part_near(const struct filling *f, size_t i, enum language_role role) {
  for (int k = 1; k <= OTHER_NEAR; k++) {
    const struct mention *m = part_mention(f, i, -k);
    if (!m || (m->what != MENTION_FILLER && m->what != MENTION_UNKNOWN)) return false;
    if (part_is(f, m, role)) return true;
  }
  return false;
}

// "the average amount of invoices", of customers: an amount of theirs is not that of what they have.
bool part_measures_two(const struct filling *f, size_t i) {
  const struct model_thing *t = f->part->thing;
  int m = f->part->measure;
  return m >= 0 && t->columns[m].counted != t->columns[f->list[i].number].counted &&
         !part_before(f, i, LANGUAGE_COMPARISON, 3);
}

// Behind "and" or "also", over what carries nothing: "vehicles and of work orders".
static bool part_is_joined(const struct filling *f, size_t i) {
  const struct mention *m = part_mention(f, i, -1);
  for (int k = -1; m && m->what == MENTION_FILLER; m = part_mention(f, i, --k))
    if (part_is(f, m, LANGUAGE_AND) || part_is(f, m, LANGUAGE_JOINT)) return true;
  return false;
}

// Rows of a second kind that belong to one: told beside the first ("loans and visits of each branch"), or there have to be
// any ("customers with invoices that shipped something").
bool part_counts_besides(struct filling *f, size_t i) {
  struct reading_part *p = f->part;
  int m = f->list[i].number;
  if (p->measure < 0 || p->measure == m || !p->thing->columns[m].counted ||
      !p->thing->columns[p->measure].counted)
    return false;
  if (part_is_joined(f, i))
    part_add_column(p->asked, &p->asked_count, m);
  else
    part_add_filter(p, (struct reading_filter){.op = READING_COMPARES,
                                               .value = -1,
                                               .column = m,
                                               .sign = ">",
                                               .text = STR("0"),
                                               .at = f->list[i].first});
  return true;
}

// "by customer segment", of customers.
bool part_is_per_own(const struct filling *f, size_t i) {
  const struct mention *name = part_mention(f, i, -1);
  return f->part->thing->derived && name && name->what == MENTION_NAME && !name->number &&
         part_before(f, i - 1, LANGUAGE_PER, 1);
}

bool part_take_other(struct filling *f, size_t i) {
  struct reading_part *p = f->part;
  int column = f->list[i].number;
  bool none = part_near(f, i, LANGUAGE_NOT) || part_near(f, i, LANGUAGE_MISSING) ||
              (p->thing->derived && part_near(f, i, LANGUAGE_NOTHING)), // "that nobody signed up for"
      some = !p->thing->columns[column].counted && !part_before(f, i, LANGUAGE_PER, 2) &&
             part_near(f, i, LANGUAGE_JOINT);
  if (!none && !some) return false;
  part_add_filter(
      p, (struct reading_filter){
             .op = READING_LACKS, .value = -1, .column = column, .negated = !none, .at = f->list[i].first});
  return true;
}

static bool part_reads(const struct reading_part *p, int column) {
  bool reads = p->measure == column;
  for (size_t i = 0; i < p->filter_count; i++) reads = reads || p->filters[i].column == column;
  for (size_t i = 0; i < p->asked_count; i++) reads = reads || p->asked[i] == column;
  return reads;
}

// Of several that are counted the one that the time is said of: the last before it. -1: it is said first.
static int part_timed_column(const struct filling *f) {
  size_t time = 0;
  int last = -1;
  while (time < f->words->n && !f->in->mentions->timed[time]) time++;
  for (size_t i = 0; i < f->count && f->list[i].first < time; i++)
    if (f->list[i].what == MENTION_COLUMN && f->part->thing->columns[f->list[i].number].spanned.n)
      last = f->list[i].number;
  return last;
}

// Where rows of others are counted that have a time of their own, the time that is asked for is theirs.
static void part_settle_span(struct filling *f) {
  struct reading_part *p = f->part;
  struct model_thing *copy = NULL;
  bool joined = f->part->asked_count > 1; // "loans and visits in the last 30 days" are both in these
  int timed = joined ? -1 : part_timed_column(f);
  for (size_t i = 0; i < p->thing->column_count && p->has_span && p->time < 0; i++) {
    if (!p->thing->columns[i].spanned.n || !part_reads(p, (int)i) || (timed >= 0 && timed != (int)i))
      continue;
    if (!copy) {
      copy = ARENA_NEW(f->arena, struct model_thing);
      *copy = *p->thing;
      copy->columns = ARENA_ARRAY(f->arena, copy->column_count + 1, struct model_column);
      memcpy(copy->columns, p->thing->columns, copy->column_count * sizeof *copy->columns);
    }
    copy->columns[i].sql = copy->columns[i].spanned;
  }
  if (!copy || !p->span.since.n || !p->span.until.n) return;
  if (p->named == p->thing) p->named = copy;
  p->thing = copy;
  p->span_elsewhere = true;
}

static bool part_is_compared(const struct reading_part *p, int column) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].column == column) return true;
  return false;
}

// "how many incidents does each vehicle have"
static bool part_is_each(const struct filling *f) {
  for (size_t i = 0; i < f->count; i++)
    if (f->list[i].what == MENTION_NAME && !f->list[i].number && part_before(f, i, LANGUAGE_PER, 2))
      return true;
  return false;
}

// "how many vehicles had an incident": those that have any. Ranked, averaged or held against a number it is a measure.
void part_settle_counted(struct filling *f) {
  struct reading_part *p = f->part;
  int m = p->measure;
  bool measured = part_has(p, ASK_TOP) || part_has(p, ASK_BOTTOM) || part_has(p, ASK_MEAN) ||
                  part_has(p, ASK_MEDIAN) || part_has(p, ASK_PERCENTILE) || part_has(p, ASK_TOTAL) ||
                  p->sums || p->grouped;
  bool besides = false; // "visits and courses per hall"
  for (size_t i = 0; i < p->asked_count; i++) besides = besides || p->thing->columns[p->asked[i]].counted;
  bool each =
      m >= 0 && p->thing->columns[m].counted && (p->sums || besides) && !p->group_count && part_is_each(f);
  if (each) p->intents &= ~(1u << ASK_COUNT), p->sums = p->grouped = false;
  if (m >= 0 && p->thing->columns[m].counted && (each || !measured)) {
    if (!each && !part_is_compared(p, m))
      part_add_filter(p,
                      (struct reading_filter){
                          .op = READING_COMPARES, .value = -1, .column = m, .sign = ">", .text = STR("0")});
    part_add_column(p->asked, &p->asked_count, m);
    p->measure = -1;
  }
  part_settle_span(f);
}

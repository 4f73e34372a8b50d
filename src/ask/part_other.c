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

// "by customer segment", of customers.
bool part_is_per_own(const struct filling *f, size_t i) {
  const struct mention *name = part_mention(f, i, -1);
  return f->part->thing->derived && name && name->what == MENTION_NAME && !name->number &&
         part_before(f, i - 1, LANGUAGE_PER, 1);
}

bool part_take_other(struct filling *f, size_t i) {
  struct reading_part *p = f->part;
  int column = f->list[i].number;
  bool none = part_near(f, i, LANGUAGE_NOT) || part_near(f, i, LANGUAGE_MISSING),
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

// Where rows of others are counted that have a time of their own, the time that is asked for is theirs.
static void part_settle_span(struct filling *f) {
  struct reading_part *p = f->part;
  struct model_thing *copy = NULL;
  for (size_t i = 0; i < p->thing->column_count && p->has_span && p->time < 0; i++) {
    if (!p->thing->columns[i].spanned.n || !part_reads(p, (int)i)) continue;
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
  bool each = m >= 0 && p->thing->columns[m].counted && p->sums && !p->group_count && part_is_each(f);
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

// SPDX-License-Identifier: Apache-2.0
#include "ask/part_filling.h"

#include <stdio.h>
#include <stdlib.h>

#include "ask/query.h"
#include "data/json.h"

enum { NONE_REACH = 4 }; // words from what denies to "a single"

bool part_has(const struct reading_part *p, enum ask_intent intent) {
  return p->intents & 1u << intent;
}

bool part_is_measure(const struct model_column *c) {
  return c->fold.n || c->unit.n || str_is(c->kind, "count") || str_is(c->kind, "gauge") ||
         str_is(c->kind, "ratio");
}

// ---- lists without repetition

void part_add_filter(struct reading_part *p, struct reading_filter f) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == f.op && p->filters[i].value == f.value && p->filters[i].column == f.column &&
        str_eq(p->filters[i].text, f.text))
      return;
  if (p->filter_count < READING_FILTERS_MOST) p->filters[p->filter_count++] = f;
}

// A column that names what the row is within stands for that: "per site".
int part_group_of(const struct model_thing *t, int column) {
  const struct model_thing *up = t->within;
  struct str name = query_parent_label(t);
  return up && column >= 0 && name.n && str_eq(t->columns[column].name, name) ? -2 : column;
}

void part_add_column(int *list, size_t *n, int column) {
  for (size_t i = 0; i < *n; i++)
    if (list[i] == column) return;
  if (*n < READING_GROUPS_MOST) list[(*n)++] = column;
}

void part_add_name(struct str *list, size_t *n, struct str name) {
  for (size_t i = 0; i < *n; i++)
    if (str_eq_nocase(list[i], name)) return;
  if (*n < READING_NAMES_MOST) list[(*n)++] = name;
}

// ---- what stands around a word

const struct mention *part_mention(const struct filling *f, size_t i, int by) {
  ptrdiff_t at = (ptrdiff_t)i + by;
  return at >= 0 && at < (ptrdiff_t)f->count ? &f->list[at] : NULL;
}

bool part_is(const struct filling *f, const struct mention *m, enum language_role role) {
  return m && m->what == MENTION_FILLER && !f->in->mentions->timed[m->first] &&
         language_at(f->language, f->words, m->first, role, NULL) > 0;
}

// Within so many words before, or of more than one word that ends there.
bool part_before(const struct filling *f, size_t i, enum language_role role, int within) {
  for (int k = 1; k <= within; k++) {
    const struct mention *m = part_mention(f, i, -k);
    if (!m || (m->what != MENTION_FILLER && m->what != MENTION_UNKNOWN)) return false;
    if (part_is(f, m, role)) return true;
  }
  return false;
}

static bool part_after(const struct filling *f, size_t i, enum language_role role, int within) {
  for (int k = 1; k <= within; k++) {
    const struct mention *m = part_mention(f, i, k);
    if (!m || m->what != MENTION_FILLER) return false;
    if (part_is(f, m, role)) return true;
  }
  return false;
}

bool part_number_at(const struct filling *f, size_t at, size_t end, double *number, size_t *n) {
  const struct phrase *p;
  size_t words = 1;
  if (at >= end) return false;
  if (f->words->items[at].kind == WORD_NUMBER)
    *number = f->words->items[at].number;
  else if ((words = language_at(f->language, f->words, at, LANGUAGE_NUMBER, &p)))
    *number = p->number;
  else
    return false;
  *n = words;
  return true;
}

bool part_asks_which(const struct filling *f, size_t i) {
  const struct mention *m = part_mention(f, i, -1);
  double number;
  size_t words;
  if (m && part_number_at(f, m->first, m->first + 1, &number, &words))
    m = part_mention(f, i, -2); // "which 5"
  if (!m || m->what != MENTION_FILLER) return false;
  const struct phrase *p;
  size_t n = language_at(f->language, f->words, m->first, LANGUAGE_INTENT, &p);
  return n == 1 && p->number == ASK_LIST;
}

// ---- kinds of mentions

// "not a single reservation" is none at all.
bool part_is_none(const struct filling *f, size_t i) {
  if (!f->part->thing->derived || !str_is(f->words->items[f->list[i].first].low, "single")) return false;
  return part_is(f, part_mention(f, i, -1), LANGUAGE_DETERMINER) &&
         part_before(f, i, LANGUAGE_NOT, NONE_REACH);
}

// "not solved or closed": what is denied of the one is denied of the other; of names also "other than this, that and those".
static bool part_carries_not(const struct filling *f, size_t i) {
  const struct mention *joins = part_mention(f, i, -1), *before = part_mention(f, i, -2);
  bool named = f->list[i].what == MENTION_ENTITY;
  if (named && joins && joins->what == MENTION_ENTITY)
    before = joins;
  else if (!part_is(f, joins, LANGUAGE_OR) && !(named && part_is(f, joins, LANGUAGE_AND)))
    return false;
  if (!before || before->what != f->list[i].what) return false;
  for (size_t k = 0; k < f->part->filter_count; k++)
    if (f->part->filters[k].at == before->first) return f->part->filters[k].negated;
  return false;
}

// "Carla Grant", two words of rows in one column: a row has both.
static bool part_goes_with(const struct filling *f, size_t i) {
  const struct mention *m = &f->list[i], *before = part_mention(f, i, -1);
  const struct model_value *values = f->part->thing->values;
  if (!f->part->thing->derived || !before || before->what != MENTION_VALUE ||
      before->first + before->n != m->first || f->words->items[m->first - 1].end ||
      values[m->number].column != values[before->number].column || m->number == before->number)
    return false;
  return str_starts(values[m->number].sql, "instr(") || str_starts(values[before->number].sql, "instr(") ||
         str_contains(values[m->number].sql, STR("instr("));
}

static void part_take_value(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  if (part_is_none(f, i)) {
    f->list[i].what = MENTION_FILLER;
    return;
  }
  const struct model_value *v = &f->part->thing->values[m->number];
  struct reading_filter filter = {
      .op = READING_IS, .value = m->number, .column = v->column, .noun = v->noun, .at = m->first};
  filter.negated = part_is_denied(f, i) || part_carries_not(f, i);
  filter.with = part_goes_with(f, i);
  part_add_filter(f->part, filter);
  for (size_t k = 0; v->implies.n && k < f->part->thing->value_count; k++)
    if (str_eq(f->part->thing->values[k].value, v->implies))
      part_add_filter(f->part, (struct reading_filter){.op = READING_IS,
                                                       .value = (int)k,
                                                       .column = f->part->thing->values[k].column});
}

bool part_in_segments(const struct filling *f, size_t at) {
  for (size_t i = 0; i < f->in->segment_count; i++)
    if (at >= f->in->segments[i].first && at < f->in->segments[i].end) return true;
  return false;
}

static bool part_is_timed(const struct filling *f) {
  for (size_t i = 0; i < f->in->span_count; i++)
    if (part_in_segments(f, f->in->spans[i].first)) return true;
  return false;
}

// "how many seats", "how much is outstanding": the column of numbers that is counted.
bool part_counts_at(const struct filling *f, size_t word) {
  const struct phrase *p;
  for (size_t at = word > 4 ? word - 4 : 0; at < word; at++) {
    size_t n = language_at(f->language, f->words, at, LANGUAGE_INTENT, &p), next = at + n;
    if (!n || p->number != ASK_COUNT) continue;
    if (next < word && language_at(f->language, f->words, next, LANGUAGE_WHETHER, NULL)) next++; // "is"
    if (next + 1 == word && language_at(f->language, f->words, next, LANGUAGE_FILLER, NULL))
      next++; // "still"
    if (next == word) return true;
  }
  return false;
}

// "by priority and status"
static bool part_goes_on(const struct filling *f, size_t i) {
  const struct mention *and = part_mention(f, i, -1), *before = part_mention(f, i, -2);
  bool comma = and&&and->what == MENTION_COLUMN && f->words->items[ and->first].end == ',';
  if (comma) before = and;
  bool up = before && before->what == MENTION_PARENT &&
            before->parent == f->part->thing->within; // "by zone and status"
  if (!before || !(up || before->what == MENTION_COLUMN) || !(comma || part_is(f, and, LANGUAGE_AND)))
    return false;
  for (size_t k = 0; k < f->part->group_count; k++)
    if (f->part->groups[k] == (up ? -2 : part_group_of(f->part->thing, before->number)))
      return f->part->grouped;
  return false;
}

// "cancellation rate": a share is asked for, and no number that is called another way, "stars".
static bool part_asks_share(const struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct model_column *c = &f->part->thing->columns[m->number];
  const struct phrase *p;
  struct str low = f->words->items[m->first].low;
  return f->part->thing->derived && m->n == 1 && !str_is(c->kind, "ratio") && !str_contains(c->name, low) &&
         language_at(f->language, f->words, m->first, LANGUAGE_INTENT, &p) && p->number == ASK_SHARE &&
         str_eq(p->first, low);
}

// The value of a flag by which it is set; -1: it is none.
static int part_flag_set(const struct model_thing *t, int column) {
  for (size_t i = 0; i < t->value_count; i++)
    if (t->values[i].column == column && str_is(t->values[i].value, "true")) return (int)i;
  return -1;
}

// "cancellation rate": of those that have one; of a flag, of those that it is set of.
static bool part_take_rate(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i], *next = part_mention(f, i, 1);
  const struct model_column *c = &f->part->thing->columns[m->number];
  const struct phrase *p;
  if (!f->part->thing->derived || part_is_measure(c) || c->other || !next ||
      f->words->items[next->first - 1].end || !str_is(f->words->items[next->first].low, "rate") ||
      part_before(f, i, LANGUAGE_PER, 1) ||
      !language_at(f->language, f->words, next->first, LANGUAGE_INTENT, &p) || p->number != ASK_SHARE)
    return false;
  int set = part_flag_set(f->part->thing, m->number);
  part_add_filter(f->part, (struct reading_filter){.op = set < 0 ? READING_LACKS : READING_IS,
                                                   .value = set,
                                                   .column = m->number,
                                                   .negated = set < 0,
                                                   .at = m->first});
  return true;
}

// "How many actions failed": of what happens, the word for what was done says no more than that something was.
static bool part_is_any_deed(const struct filling *f, size_t i) {
  const struct model_thing *t = f->part->thing;
  return t->events && f->list[i].number == model_column_find(t, json_str(t->def, "deeds")) &&
         part_counts_at(f, f->list[i].first);
}

// "Reviews with one star": right before a number of the row itself, how many it has.
static bool part_has_so_many(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct model_column *c = &f->part->thing->columns[m->number];
  double number;
  size_t words, at = m->first;
  if (!f->part->thing->derived || c->counted || c->fold.n || at < 2 || f->words->items[at - 1].end ||
      !part_number_at(f, at - 1, at, &number, &words) ||
      language_at(f->language, f->words, at - 1, LANGUAGE_DETERMINER, NULL) || // "with a budget"
      !language_at(f->language, f->words, at - 2, LANGUAGE_HAVING, NULL))
    return false;
  part_add_filter(f->part, (struct reading_filter){.op = READING_COMPARES,
                                                   .value = -1,
                                                   .column = m->number,
                                                   .sign = "=",
                                                   .text = arena_printf(f->arena, "%.15g", number),
                                                   .at = m->first});
  return true;
}

static void part_take_column(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  struct reading_part *p = f->part;
  const struct model_column *c = &p->thing->columns[m->number];
  if (part_is_over(f, i) || part_sorts(f, i) || part_take_beginning(f, i)) return;
  bool never = (c->time || part_is_participle(f, m)) &&
               (part_before(f, i, LANGUAGE_NOT, 2) ||
                part_is_nobody(f, i)); // "not shipped": no time when; "not settled": 0
  if (never && c->time && !p->thing->events && part_is_timed(f)) { // "not contacted in the last 30 days"
    p->time = m->number;
    p->span_is_denied = true;
    return;
  }
  if (never || part_before(f, i, LANGUAGE_MISSING, 3) || part_gives_not(f, i) || part_nobody_gave(f, i) ||
      (!c->other && !part_asks_which(f, i) && part_after(f, i, LANGUAGE_MISSING, 2))) {
    part_add_filter(
        p, (struct reading_filter){.op = READING_LACKS, .value = -1, .column = m->number, .at = m->first});
    return;
  }
  if (part_take_rate(f, i) || part_is_any_deed(f, i)) return;
  if (part_has_one(f, i)) {
    part_add_filter(
        p, (struct reading_filter){
               .op = READING_LACKS, .value = -1, .column = m->number, .negated = true, .at = m->first});
    return;
  }
  if ((c->counted || c->other) && part_take_other(f, i)) return;
  bool flag = p->thing->derived && part_flag_set(p->thing, m->number) >= 0;
  if (flag && part_takes_flag(f, i)) return;
  if (!flag && (part_take_text(f, i, m->number) || (!c->other && part_take_text_before(f, i, m->number))))
    return;
  if (part_is_measure(c)) {
    if (part_asks_share(f, i)) return;
    if (part_measures_two(f, i)) {
      part_take_unknown(f, i);
      return;
    }
    f->near_measure = m->number;
    if (part_has_so_many(f, i)) return;
    if (part_counts_besides(f, i)) return;
    if (p->measure < 0) p->measure = m->number;
    if (part_counts_at(f, m->first)) p->sums = true;
    return;
  }
  if (part_before(f, i, LANGUAGE_PER, 2) || part_goes_on(f, i) || part_is_per_own(f, i)) {
    p->grouped = true;
    part_add_column(p->groups, &p->group_count, part_group_of(p->thing, m->number));
    return;
  }
  if (!p->thing->derived && (p->thing->events || p->thing->counts >= 0) && !c->time &&
      part_counts_at(f, m->first))
    p->intents |= 1u << ASK_DISTINCT; // "how many people logged in?"
  if (!p->thing->derived && part_before(f, i, LANGUAGE_EVERY, 1) && part_group_of(p->thing, m->number) == -2)
    return; // "all zones": none of them is meant alone
  if (part_asks_which(f, i) && (p->thing->events || p->thing->counts >= 0))
    part_add_column(f->which, &f->which_count, m->number);
  else
    part_add_column(p->asked, &p->asked_count, m->number);
}

// A name may say what is measured too: "media bandwidth".
static void part_take_name(struct filling *f, const struct mention *m) {
  const struct mentions *all = f->in->mentions;
  for (size_t at = m->first; at < m->first + m->n; at++)
    for (size_t i = 0; i < all->hit_counts[at]; i++) {
      const struct phrase *p = all->hits[at][i].phrase;
      if (p->role != MODEL_COLUMN || p->means != f->part->thing) continue;
      const struct model_column *c = &f->part->thing->columns[p->number];
      if (f->part->measure >= 0 || !part_is_measure(c) || c->counted) continue;
      f->part->measure = p->number;
      if (f->part->thing->derived && part_counts_at(f, m->first)) f->part->sums = true;
    }
}

// The name of what the thing is within: "per zone", "which zone".
static bool part_ranks_at(const struct filling *f, size_t i) {
  const struct phrase *p;
  for (int by = -1; by >= -2; by--) {
    const struct mention *m = part_mention(f, i, by);
    if (!m || m->what != MENTION_FILLER) return false;
    size_t n = language_at(f->language, f->words, m->first, LANGUAGE_INTENT, &p);
    if (n && (p->number == ASK_TOP || p->number == ASK_BOTTOM)) return true;
  }
  return false;
}

static void part_take_parent(struct filling *f, size_t i) {
  bool per = part_before(f, i, LANGUAGE_PER, 2) || part_goes_on(f, i), which = part_asks_which(f, i);
  if (!per && !which && !part_ranks_at(f, i)) return; // "top 5 zones by number of records"
  if (per) f->part->grouped = true;
  f->part->which_within = f->part->which_within || (which && part_after(f, i, LANGUAGE_HAVING, 2));
  if (f->list[i].parent == f->part->thing->within)
    part_add_column(f->part->groups, &f->part->group_count, -2);
  else if (per && f->part->thing->derived)
    part_leave(f, f->list[i].first); // what that is within in its turn, the rows do not say
}

// By the column that holds such: "records of 192.0.2.1", "zones other than example.com".
static bool part_filter_entity(struct reading_part *p, const struct mention *m, const struct word *w,
                               bool denied) {
  int column = mentions_column_of(p->thing, w->kind);
  if (column < 0) return false;
  part_add_filter(p, (struct reading_filter){.op = READING_LIKE,
                                             .value = -1,
                                             .column = column,
                                             .text = w->low,
                                             .negated = denied,
                                             .at = m->first});
  return true;
}

static void part_take_entity(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct word *w = &f->words->items[m->first];
  struct reading_part *p = f->part;
  bool denied =
      !p->thing->derived && (part_is_denied(f, i) || part_carries_not(f, i)); // "other than example.com"
  for (const struct model_thing *up = p->thing; up; up = up->within) {
    enum word_kind kind;
    if (word_kind_read(json_str(yyjson_obj_get(up->def, "find"), "kind"), &kind) && kind == w->kind) {
      if (denied && up == p->thing && part_filter_entity(p, m, w, true)) return;
      if (denied) p->denied = w->text; // rows are not narrowed to what others hold
      part_add_name(p->names, &p->name_count, w->low);
      p->named = up;
      return;
    }
    if (w->kind == WORD_ID && json_str(up->def, "key").n) {
      part_add_name(p->ids, &p->id_count, w->text);
      p->named = up;
      return;
    }
  }
  if (part_filter_entity(p, m, w, denied)) return;
  if (w->alias || !p->thing->derived) part_take_unknown(f, i); // to be looked up, or said not to count
}

static void part_take_known(struct filling *f, size_t i) {
  const struct mentions *all = f->in->mentions;
  const struct model_row *name = &all->names[f->list[i].number];
  part_add_name(f->part->names, &f->part->name_count, name->name);
  f->part->named = name->thing;
  for (size_t k = 0; k < all->name_count; k++) {
    const struct model_row *other = &all->names[k];
    if (other == name || other->thing != name->thing || !str_eq_nocase(other->said, name->said)) continue;
    part_add_name(f->part->names, &f->part->name_count, other->name);
    f->part->ambiguous = name->said;
  }
}

// ---- intents

// A time of the rows, be it called as the rows are: "uploaded".
static bool part_names_time(const struct filling *f, const struct mention *m) {
  const struct mentions *all = f->in->mentions;
  for (size_t i = 0; i < all->hit_counts[m->first]; i++) {
    const struct phrase *p = all->hits[m->first][i].phrase;
    if (p->role == MODEL_COLUMN && p->means == f->part->thing && f->part->thing->columns[p->number].time)
      return true;
  }
  return false;
}

// "first" and "last" alone ask for a row where what follows is one: "the last deployment", and not "first get …".
static bool part_stands(const struct filling *f, const struct mention *m, const struct phrase *p, size_t n) {
  if ((p->number != ASK_OLDEST && p->number != ASK_NEWEST) || n > 1 ||
      !language_at(f->language, f->words, m->first, LANGUAGE_FILLER, NULL))
    return true;
  const struct mention *next = part_mention(f, (size_t)(m - f->list), 1),
                       *before = part_mention(f, (size_t)(m - f->list), -1);
  bool ends = !next || f->words->items[m->first].end || part_is(f, next, LANGUAGE_AND);
  if (ends && before && part_names_time(f, before)) return true; // "the one that was created last"
  return next && (next->what == MENTION_NAME || next->what == MENTION_VALUE || next->what == MENTION_COLUMN ||
                  f->words->items[next->first].kind == WORD_NUMBER);
}

// "expire next month" is no "expire next".
static bool part_is_over_time(const struct filling *f, size_t at, size_t n) {
  for (size_t i = at; i < at + n && i < f->words->n; i++)
    if (f->in->mentions->timed[i]) return true;
  return false;
}

bool part_is_compared_at(const struct filling *f, size_t at) {
  return f->part->thing->derived && at &&
         language_at(f->language, f->words, at - 1, LANGUAGE_COMPARISON, NULL) > 1;
}

static void part_take_intents(struct filling *f, const struct mention *m) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  bool spoken = m->what == MENTION_FILLER || m->what == MENTION_COLUMN || m->what == MENTION_NAME;
  if (!spoken || f->in->mentions->timed[m->first]) return;
  size_t n = phrases_at(&f->language->phrases, f->words, m->first, hits, PHRASE_HITS_MOST),
         longest = n ? hits[0].n : 0;
  for (size_t i = 0; i < n; i++) {
    const struct phrase *p = hits[i].phrase;
    if (hits[i].n > 1 && part_is_over_time(f, m->first, hits[i].n)) continue;
    if (hits[i].n == 1 && part_is_compared_at(f, m->first)) continue; // "at least 4" asks for no least
    if (m->what != MENTION_FILLER && (hits[i].n < m->n || !str_eq(p->first, f->words->items[m->first].low)))
      continue; // a word within a name asks nothing, nor does "rating" for a rate
    bool literal =
        hits[i].n > 1 || !f->part->thing->derived || str_eq(p->first, f->words->items[m->first].low);
    if (!literal && (p->role == LANGUAGE_BUCKET || (p->role == LANGUAGE_INTENT && p->number == ASK_TREND)))
      continue; // "hours" are not "hourly"
    double number;
    size_t words;
    bool amount = m->first && hits[i].n == 1 && part_number_at(f, m->first - 1, m->first, &number, &words);
    if (p->role == LANGUAGE_INTENT && (hits[i].n == longest || hits[i].n > 1) &&
        part_stands(f, m, p, hits[i].n) && !(amount && p->number == ASK_TREND))
      f->part->intents |= 1u << p->number;
    if (p->role == LANGUAGE_BUCKET && !amount)
      f->part->bucket = (char)p->number; // "two hours" are no "hourly"
    if (p->role == LANGUAGE_FORM) f->part->form = p->means;
    if (p->role == LANGUAGE_RELATES && hits[i].n == longest) f->relates = true;
  }
}

// What its mentions are to it, and then what stands between them.
static void part_take(struct filling *f, const struct part_input *in) {
  for (size_t i = 0; i < f->count; i++) {
    struct mention *m = &f->list[i];
    part_take_intents(f, m);
    if (f->part->thing->derived && (part_take_id(f, i) || part_take_equal(f, i))) continue;
    if (m->what == MENTION_NAME) part_take_name(f, m);
    if (m->what == MENTION_NAME) part_take_label(f, i);
    if (m->what == MENTION_COLUMN) part_take_column(f, i);
    if (m->what == MENTION_VALUE) part_take_value(f, i);
    if (m->what == MENTION_PARENT) part_take_parent(f, i);
    if (m->what == MENTION_ENTITY) part_take_entity(f, i);
    if (m->what == MENTION_KNOWN) part_take_known(f, i);
    if (m->what == MENTION_LACK) f->part->lack = m->number;
    if (m->what == MENTION_UNKNOWN) part_take_unknown(f, i);
  }
  for (size_t k = 0; k < in->segment_count; k++)
    for (size_t at = in->segments[k].first; at < in->segments[k].end; at++) {
      if (!part_take_often(f, &in->segments[k], at)) part_take_comparison(f, &in->segments[k], at);
      part_take_bound(f, &in->segments[k], at);
      part_take_exact(f, &in->segments[k], at);
      part_take_top(f, &in->segments[k], at);
      part_take_percentile(f, &in->segments[k], at);
      part_take_bucket(f, &in->segments[k], at);
    }
}

void part_fill(const struct part_input *in, const struct model_thing *thing, struct arena *a,
               struct reading_part *out) {
  struct filling *f = ARENA_NEW(a, struct filling);
  *f = (struct filling){.in = in,
                        .words = in->mentions->words,
                        .language = in->mentions->language,
                        .arena = a,
                        .part = out,
                        .near_measure = -1};
  *out = part_whole(thing);
  f->count = mentions_of(in->mentions, thing, in->segments, in->segment_count, f->list, WORDS_MOST);
  part_take(f, in);
  part_take_spans(f);
  part_settle_spans(f);
  part_settle_folded(f);
  part_settle_time(f);
  part_settle_around(f);
  part_settle_bucket(out);
  part_settle_fresh(f);
  part_settle_ahead(f);
  part_settle_reach(f);
  part_settle_whether(f);
  part_settle_flags(out);
  part_settle_rest(f);
  part_settle_rivals(f);
  part_settle_sides(out);
  part_settle_listed(f);
  part_settle_check(f);
  part_settle_alternatives(f);
  part_settle_either(f);
  part_settle_share(f);
  part_settle_recur(f);
  part_settle_which(f);
  part_settle_per_person(f);
  part_settle_groups(out);
  part_settle_each(f);
  part_settle_instants(out);
  part_settle_none(f);
  part_settle_counted(f);
  part_settle_who(f);
  part_settle_left(f);
  part_settle_also(f);
  part_settle_units(f);
  part_settle_amount(f);
  part_settle_sums(f);
  part_settle_every(f);
  part_settle_denials(f);
  part_settle_lasting(f);
  part_settle_numbers(f);
}

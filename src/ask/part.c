// SPDX-License-Identifier: Apache-2.0
#include "ask/part_filling.h"

#include <stdio.h>
#include <stdlib.h>

#include "ask/query.h"
#include "data/json.h"

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

static bool part_asks_which(const struct filling *f, size_t i) {
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

// "not solved or closed": what is denied of the one is denied of the other.
static bool part_carries_not(const struct filling *f, size_t i) {
  const struct mention * or = part_mention(f, i, -1), *before = part_mention(f, i, -2);
  if (! or || !before || before->what != MENTION_VALUE || !part_is(f, or, LANGUAGE_OR)) return false;
  for (size_t k = 0; k < f->part->filter_count; k++)
    if (f->part->filters[k].at == before->first) return f->part->filters[k].negated;
  return false;
}

static void part_take_value(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct model_value *v = &f->part->thing->values[m->number];
  struct reading_filter filter = {
      .op = READING_IS, .value = m->number, .column = v->column, .noun = v->noun, .at = m->first};
  filter.negated = part_before(f, i, LANGUAGE_NOT, 2) || part_carries_not(f, i);
  part_add_filter(f->part, filter);
  for (size_t k = 0; v->implies.n && k < f->part->thing->value_count; k++)
    if (str_eq(f->part->thing->values[k].value, v->implies))
      part_add_filter(f->part, (struct reading_filter){.op = READING_IS,
                                                       .value = (int)k,
                                                       .column = f->part->thing->values[k].column});
}

// A word that nothing knows, or a text in quotes.
static bool part_is_text_for(const struct filling *f, const struct mention *m) {
  if (!m) return false;
  const struct word *w = &f->words->items[m->first];
  bool path = memchr(w->whole.p, '/', w->whole.n) != NULL;
  if (m->what == MENTION_UNKNOWN && path) return true;
  if (m->what == MENTION_UNKNOWN) return !phrases_know(&f->in->mentions->model->phrases, w->stem);
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

// "in the folder product", "owner press"
static bool part_take_text(struct filling *f, size_t i, int column) {
  const struct model_column *c = &f->part->thing->columns[column];
  struct mention *next = i + 1 < f->count ? &f->list[i + 1] : NULL;
  if (c->time || part_is_measure(c) || !part_is_text_for(f, next) || !part_may_be_text(f, next)) return false;
  bool quoted = next->what == MENTION_ENTITY;
  if (f->words->items[f->list[i].first].end || (!quoted && part_asks_which(f, i)))
    return false; // "which country sends"
  part_add_filter(f->part, (struct reading_filter){.op = READING_LIKE,
                                                   .value = -1,
                                                   .column = column,
                                                   .text = f->words->items[next->first].whole,
                                                   .at = next->first});
  next->what = MENTION_FILLER;
  for (size_t k = i + 2;
       k < f->count && f->words->items[f->list[k].first].whole.p == f->words->items[next->first].whole.p; k++)
    f->list[k].what = MENTION_FILLER; // the rest of a path
  for (size_t k = i + 2;
       k + 1 < f->count && f->list[k].what == MENTION_FILLER && part_is_text_for(f, &f->list[k + 1]);
       k += 2) {
    const struct mention *more = &f->list[k + 1];
    part_add_filter(f->part, (struct reading_filter){.op = READING_LIKE,
                                                     .value = -1,
                                                     .column = column,
                                                     .text = f->words->items[more->first].text,
                                                     .at = more->first});
    f->list[k + 1].what = MENTION_FILLER;
  }
  return true;
}

// A word that was taken for unknown is not.
void part_know(struct reading_part *p, struct str word) {
  size_t kept = 0;
  for (size_t k = 0; k < p->unknown_count; k++) {
    if (str_eq(p->unknown[k], word)) continue;
    p->unknown_matters[kept] = p->unknown_matters[k];
    p->unknown_of[kept] = p->unknown_of[k];
    p->unknown[kept++] = p->unknown[k];
  }
  p->unknown_count = kept;
}

// "in the brand folder"
static bool part_take_text_before(struct filling *f, size_t i, int column) {
  const struct model_column *c = &f->part->thing->columns[column];
  struct mention *before = i ? &f->list[i - 1] : NULL;
  if (c->time || part_is_measure(c) || !part_is_text_for(f, before) || !part_may_be_text(f, before))
    return false;
  if (f->words->items[before->first].end) return false;
  part_add_filter(f->part, (struct reading_filter){.op = READING_LIKE,
                                                   .value = -1,
                                                   .column = column,
                                                   .text = f->words->items[before->first].whole,
                                                   .at = before->first});
  part_know(f->part, f->words->items[before->first].whole); // it came before its column did
  before->what = MENTION_FILLER;
  return true;
}

static bool part_in_segments(const struct filling *f, size_t at) {
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
static bool part_counts_at(const struct filling *f, size_t word) {
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
  if (!before || before->what != MENTION_COLUMN || !(comma || part_is(f, and, LANGUAGE_AND))) return false;
  for (size_t k = 0; k < f->part->group_count; k++)
    if (f->part->groups[k] == before->number) return f->part->grouped;
  return false;
}

static bool part_is_flag(const struct model_thing *t, int column) {
  for (size_t i = 0; i < t->value_count; i++)
    if (t->values[i].column == column && str_is(t->values[i].value, "true")) return true;
  return false;
}

static void part_take_unknown(struct filling *f, size_t i);

static void part_take_column(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  struct reading_part *p = f->part;
  const struct model_column *c = &p->thing->columns[m->number];
  bool never = c->time && part_before(f, i, LANGUAGE_NOT, 2); // "not shipped": no time when
  if (never && !p->thing->events && part_is_timed(f)) {       // "not contacted in the last 30 days"
    p->time = m->number;
    p->span_is_denied = true;
    return;
  }
  if (never || part_before(f, i, LANGUAGE_MISSING, 3) ||
      (!c->other && part_after(f, i, LANGUAGE_MISSING, 2))) {
    part_add_filter(
        p, (struct reading_filter){.op = READING_LACKS, .value = -1, .column = m->number, .at = m->first});
    return;
  }
  if ((c->counted || c->other) && part_take_other(f, i)) return;
  bool flag = p->thing->derived && part_is_flag(p->thing, m->number);
  if (!flag && (part_take_text(f, i, m->number) || (!c->other && part_take_text_before(f, i, m->number))))
    return;
  if (part_is_measure(c)) {
    if (part_measures_two(f, i)) {
      part_take_unknown(f, i);
      return;
    }
    f->near_measure = m->number;
    if (p->measure < 0) p->measure = m->number;
    if (part_counts_at(f, m->first)) p->sums = true;
    return;
  }
  if (part_before(f, i, LANGUAGE_PER, 2) || part_goes_on(f, i) || part_is_per_own(f, i)) {
    p->grouped = true;
    part_add_column(p->groups, &p->group_count, part_group_of(p->thing, m->number));
    return;
  }
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
  bool per = part_before(f, i, LANGUAGE_PER, 2), which = part_asks_which(f, i);
  if (!per && !which && !part_ranks_at(f, i)) return; // "top 5 zones by number of records"
  if (per) f->part->grouped = true;
  f->part->which_within = f->part->which_within || (which && part_after(f, i, LANGUAGE_HAVING, 2));
  if (f->list[i].parent == f->part->thing->within)
    part_add_column(f->part->groups, &f->part->group_count, -2);
}

// What the unknown word stands before, where rows of that have names: "the production zone".
static const struct model_thing *part_named_by(const struct filling *f, size_t i) {
  const struct mention *next = part_mention(f, i, 1);
  const struct model_thing *t = !next                          ? NULL
                                : next->what == MENTION_PARENT ? next->parent
                                : next->what == MENTION_NAME   ? f->part->thing
                                                               : NULL;
  return t && t->label >= 0 && yyjson_obj_get(t->def, "gives") ? t : NULL;
}

// "average age", "minimum version"
static bool part_folds_at(const struct filling *f, size_t i) {
  const struct mention *m = part_mention(f, i, -1);
  const struct phrase *p;
  if (!m || m->what != MENTION_FILLER || !language_at(f->language, f->words, m->first, LANGUAGE_INTENT, &p))
    return false;
  return p->number == ASK_MEAN || p->number == ASK_MEDIAN || p->number == ASK_PERCENTILE ||
         p->number == ASK_TOP || p->number == ASK_BOTTOM || p->number == ASK_TOTAL || p->number == ASK_SHARE;
}

// What is counted, grouped by or missed: without it the question is another one.
static bool part_turns_on(const struct filling *f, size_t i) {
  const struct mention *next = part_mention(f, i, 1);
  bool describes = next && (next->what == MENTION_NAME || next->what == MENTION_VALUE ||
                            next->what == MENTION_COLUMN || next->what == MENTION_PARENT);
  if (part_before(f, i, LANGUAGE_PER, 1) || part_before(f, i, LANGUAGE_NARROWS, 1)) return true;
  if (part_before(f, i, LANGUAGE_NOT, 2)) return true; // "do not use X" is not "use"
  if (describes) return false;
  return part_before(f, i, LANGUAGE_MISSING, 1) || part_counts_at(f, f->list[i].first) || part_folds_at(f, i);
}

// "from Germany", where rows have a country's code.
static bool part_take_country(struct filling *f, size_t i) {
  struct str stem = f->words->items[f->list[i].first].stem;
  int column = -1;
  for (size_t c = 0; c < f->part->thing->column_count && column < 0; c++)
    if (str_ends(f->part->thing->columns[c].name, "country") && !f->part->thing->columns[c].time)
      column = (int)c;
  struct str text = f->words->items[f->list[i].first].text;
  bool code = text.n == 2 && text.p[0] >= 'A' && text.p[0] <= 'Z' && text.p[1] >= 'A' && text.p[1] <= 'Z';
  if (column >= 0 && code) {
    part_add_filter(
        f->part,
        (struct reading_filter){
            .op = READING_LIKE, .value = -1, .column = column, .text = text, .at = f->list[i].first});
    return true;
  }
  for (const struct language_kin *k = language_kin(stem); k && column >= 0; k = k->next) {
    struct str first = json_text(yyjson_arr_get_first(k->words));
    if (k->how != LANGUAGE_SAME || first.n != 2) continue;
    part_add_filter(
        f->part,
        (struct reading_filter){
            .op = READING_LIKE, .value = -1, .column = column, .text = first, .at = f->list[i].first});
    return true;
  }
  return false;
}

static void part_take_unknown(struct filling *f, size_t i) {
  if (!f->part->thing->derived && part_take_country(f, i)) return;
  const struct mention *m = &f->list[i];
  struct reading_part *p = f->part;
  if (p->unknown_count == READING_UNKNOWN_MOST) return;
  p->unknown_matters[p->unknown_count] = f->relates || part_turns_on(f, i);
  p->unknown_of[p->unknown_count] = part_named_by(f, i);
  struct str whole = f->words->items[m->first].whole;
  for (size_t k = 0; k < p->unknown_count; k++)
    if (str_eq(p->unknown[k], whole)) return;
  p->unknown[p->unknown_count++] = whole;
}

static void part_take_entity(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct word *w = &f->words->items[m->first];
  struct reading_part *p = f->part;
  for (const struct model_thing *up = p->thing; up; up = up->within) {
    enum word_kind kind;
    if (word_kind_read(json_str(yyjson_obj_get(up->def, "find"), "kind"), &kind) && kind == w->kind) {
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
  for (size_t c = 0; c < p->thing->column_count; c++)
    if (p->thing->columns[c].entity == w->kind) {
      part_add_filter(p,
                      (struct reading_filter){
                          .op = READING_LIKE, .value = -1, .column = (int)c, .text = w->low, .at = m->first});
      return;
    }
  if (w->alias) part_take_unknown(f, i); // to be looked up, or said not to count
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

// "first" and "last" alone ask for a row where what follows is one: "the last deployment", and not "first get …".
static bool part_stands(const struct filling *f, const struct mention *m, const struct phrase *p, size_t n) {
  if ((p->number != ASK_OLDEST && p->number != ASK_NEWEST) || n > 1 ||
      !language_at(f->language, f->words, m->first, LANGUAGE_FILLER, NULL))
    return true;
  const struct mention *next = part_mention(f, (size_t)(m - f->list), 1);
  return next && (next->what == MENTION_NAME || next->what == MENTION_VALUE || next->what == MENTION_COLUMN ||
                  f->words->items[next->first].kind == WORD_NUMBER);
}

static void part_take_intents(struct filling *f, const struct mention *m) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  bool spoken = m->what == MENTION_FILLER || m->what == MENTION_COLUMN || m->what == MENTION_NAME;
  if (!spoken || f->in->mentions->timed[m->first]) return;
  size_t n = phrases_at(&f->language->phrases, f->words, m->first, hits, PHRASE_HITS_MOST),
         longest = n ? hits[0].n : 0;
  for (size_t i = 0; i < n; i++) {
    const struct phrase *p = hits[i].phrase;
    if (m->what != MENTION_FILLER && (hits[i].n < m->n || !str_eq(p->first, f->words->items[m->first].low)))
      continue; // a word within a name asks nothing, nor does "rating" for a rate
    if (p->role == LANGUAGE_INTENT && (hits[i].n == longest || hits[i].n > 1) &&
        part_stands(f, m, p, hits[i].n))
      f->part->intents |= 1u << p->number;
    if (p->role == LANGUAGE_BUCKET) f->part->bucket = (char)p->number;
    if (p->role == LANGUAGE_FORM) f->part->form = p->means;
    if (p->role == LANGUAGE_RELATES && hits[i].n == longest) f->relates = true;
  }
}

// ---- times

static bool part_has_time(const struct model_thing *t) {
  if (t->time >= 0 || yyjson_obj_get(t->def, "span") || yyjson_obj_get(t->def, "reach")) return true;
  return false;
}

// "compared with last month": that is what this month is held against.
static bool part_compared(const struct filling *f, const struct span *s) {
  const struct phrase *p;
  if (!s->since.n || !s->until.n || s->until_ms > f->in->clock->now_ms || str_is(s->until, "now"))
    return false;
  for (size_t at = s->first > 2 ? s->first - 2 : 0; at < s->first; at++) {
    size_t n = language_at(f->language, f->words, at, LANGUAGE_INTENT, &p);
    if (n && p->number == ASK_COMPARE && at + n == s->first) return true;
  }
  return false;
}

static void part_take_spans(struct filling *f) {
  struct reading_part *p = f->part;
  struct err err;
  for (size_t i = 0; i < f->in->span_count; i++) {
    const struct span *s = &f->in->spans[i];
    if (!part_in_segments(f, s->first)) continue;
    if (s->prior) {
      if (!p->has_span && s->since.n) p->span = *s, p->has_span = true;
      p->has_prior = true;
      span_before(&p->span, f->in->clock, f->arena, &p->prior);
    } else if (!p->has_span && f->in->span_count == 1 && part_compared(f, s)) {
      p->prior = *s;
      p->span = (struct span){.since = s->until, .until = STR("now")};
      p->has_span = p->has_prior = span_resolve(&p->span, f->in->clock, &err);
    } else if (!p->has_span) {
      p->span = *s;
      p->has_span = true;
    } else if (!p->has_prior && (s->since_ms != p->span.since_ms || s->until_ms != p->span.until_ms)) {
      p->prior = *s;
      p->has_prior = true;
    }
  }
  if (p->span_is_denied &&
      p->span.until_ms > f->in->clock->now_ms) { // "not used in 60 days": in those that are over
    p->span.until = STR("now");
    if (!span_resolve(&p->span, f->in->clock, &err)) p->has_span = false;
  }
  if (p->has_prior && p->has_span && p->prior.since_ms > p->span.since_ms) {
    struct span later = p->prior;
    p->prior = p->span;
    p->span = later;
  }
}

// A period to compare with, where growth is asked for and none was named.
static void part_settle_spans(struct filling *f) {
  struct reading_part *p = f->part;
  bool moves = part_has(p, ASK_GROWTH) || part_has(p, ASK_FALL);
  if (moves && p->has_span && !p->has_prior && p->span.since_ms != INT64_MIN) {
    span_before(&p->span, f->in->clock, f->arena, &p->prior);
    p->has_prior = true;
  }
  struct str assumed = json_str(p->thing->def, "span");
  if (p->has_span || !assumed.n || !part_has_time(p->thing)) return;
  struct err err;
  p->span = (struct span){.since = assumed, .until = STR("now")};
  if (!span_resolve(&p->span, f->in->clock, &err)) return;
  p->has_span = p->span_is_assumed = true;
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
  *out =
      (struct reading_part){.thing = thing, .measure = -1, .time = -1, .lack = -1, .flag = -1, .expects = -1};
  f->count = mentions_of(in->mentions, thing, in->segments, in->segment_count, f->list, WORDS_MOST);
  for (size_t i = 0; i < f->count; i++) {
    struct mention *m = &f->list[i];
    part_take_intents(f, m);
    if (thing->derived && (part_take_id(f, i) || part_take_equal(f, i))) continue;
    if (m->what == MENTION_NAME) part_take_name(f, m);
    if (m->what == MENTION_COLUMN) part_take_column(f, i);
    if (m->what == MENTION_VALUE) part_take_value(f, i);
    if (m->what == MENTION_PARENT) part_take_parent(f, i);
    if (m->what == MENTION_ENTITY) part_take_entity(f, i);
    if (m->what == MENTION_KNOWN) part_take_known(f, i);
    if (m->what == MENTION_LACK) out->lack = m->number;
    if (m->what == MENTION_UNKNOWN) part_take_unknown(f, i);
  }
  for (size_t k = 0; k < in->segment_count; k++)
    for (size_t at = in->segments[k].first; at < in->segments[k].end; at++) {
      part_take_comparison(f, &in->segments[k], at);
      part_take_top(f, &in->segments[k], at);
      part_take_percentile(f, &in->segments[k], at);
      part_take_bucket(f, &in->segments[k], at);
    }
  part_take_spans(f);
  part_settle_spans(f);
  part_settle_time(f);
  part_settle_whether(f);
  part_settle_flags(out);
  part_settle_sides(out);
  part_settle_check(out);
  part_settle_alternatives(f);
  part_settle_which(f);
  part_settle_groups(out);
  part_settle_instants(out);
  part_settle_none(f);
  part_settle_counted(f);
  part_settle_who(f);
  part_settle_left(f);
}

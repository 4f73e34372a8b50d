// SPDX-License-Identifier: Apache-2.0
// What is asked besides ("how many are paused, and which are they?"), and which of several is held against the others
// ("do images or videos take up more space?").
#include "ask/part_filling.h"
#include "data/json.h"

struct also { // what one segment asks
  bool counts, lists, measures, plain;
};

static struct also also_of(const struct filling *f, const struct ask_segment *s) {
  struct also out = {.plain = true};
  const struct phrase *p;
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    if (m->first < s->first || m->first >= s->end) continue;
    bool measure = m->what == MENTION_COLUMN && part_is_measure(&f->part->thing->columns[m->number]);
    out.measures = out.measures || measure;
    out.plain = out.plain && m->what == MENTION_FILLER;
    if (f->in->mentions->timed[m->first] ||
        !language_at(f->language, f->words, m->first, LANGUAGE_INTENT, &p))
      continue;
    out.counts = out.counts || p->number == ASK_COUNT;
    out.lists = out.lists || p->number == ASK_LIST;
  }
  return out;
}

static bool also_refers(const struct filling *f, const struct ask_segment *s) {
  for (size_t at = s->first; at < s->end; at++)
    if (language_at(f->language, f->words, at, LANGUAGE_REFERS, NULL)) return true;
  return false;
}

void part_settle_also(struct filling *f) {
  struct reading_part *p = f->part;
  for (size_t k = 1; k < f->in->segment_count; k++) {
    const struct ask_segment *next = &f->in->segments[k];
    struct also first = also_of(f, next - 1), then = also_of(f, next);
    bool how_many = first.counts && !first.measures;
    if (how_many && then.lists && !then.counts && then.plain) p->lists = true;
    if (first.lists && !first.counts && !first.measures && then.counts && then.plain && p->measure < 0)
      p->lists = true;
    if (how_many && then.measures && also_refers(f, next) && p->measure >= 0) p->counts = true;
  }
}

static bool part_is_rival(const struct filling *f) {
  for (size_t i = 0; i < f->count; i++) {
    size_t at = f->list[i].first;
    if (language_at(f->language, f->words, at, LANGUAGE_RIVAL, NULL) &&
        !language_at(f->language, f->words, at, LANGUAGE_COMPARISON, NULL))
      return true;
  }
  return false;
}

static bool part_has_value(const struct reading_part *p, const struct mention *m) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == READING_IS && p->filters[i].value == m->number && !p->filters[i].negated)
      return m->what == MENTION_VALUE;
  return false;
}

// What says which of them is asked for: "higher", "slower".
static void part_know_rivals(const struct filling *f) {
  for (size_t i = 0; i < f->count; i++)
    if (language_at(f->language, f->words, f->list[i].first, LANGUAGE_RIVAL, NULL))
      part_know(f->part, f->words->items[f->list[i].first].whole);
}

// "Does example.com or example.org have more records?": each of them is told with how many it has.
static void part_settle_named_rivals(struct filling *f) {
  struct reading_part *p = f->part;
  if (p->thing->derived || p->name_count < 2 || p->named != p->thing->within || !p->named ||
      !part_is_rival(f) || p->group_count)
    return;
  part_add_column(p->groups, &p->group_count, -2);
  p->grouped = true;
  p->whether = false;
  part_know_rivals(f);
}

// "Are PDFs larger than ZIPs on average?": the mean of each, by the number that makes one larger where none is named.
static void part_settle_means(struct filling *f) {
  struct reading_part *p = f->part;
  int column = -1, ranks = model_column_find(p->thing, json_str(p->thing->def, "ranks"));
  size_t same = 0;
  if (p->thing->derived || p->group_count || !(part_has(p, ASK_MEAN) || part_has(p, ASK_MEDIAN))) return;
  for (size_t i = 0; i < p->filter_count; i++) {
    const struct reading_filter *a = &p->filters[i];
    if (a->op != READING_IS || a->negated || a->column < 0 || (same && a->column != column)) continue;
    column = a->column;
    same++;
  }
  if (same < 2) return;
  if (p->measure < 0) p->measure = ranks;
  part_add_column(p->groups, &p->group_count, column);
  p->grouped = true;
  p->whether = false;
}

// "Is the mode of this one the same as that of the other?": what both have tells, and no yes to there being some.
static void part_settle_sameness(struct filling *f) {
  for (size_t i = 0; i < f->count && f->part->name_count > 1; i++)
    if (language_at(f->language, f->words, f->list[i].first, LANGUAGE_SAMENESS, NULL))
      f->part->whether = false;
}

// "Which takes up more space, the folder a or b?": two texts of one column.
static int also_texts(const struct reading_part *p) {
  int column = -1;
  size_t n = 0;
  for (size_t i = 0; i < p->filter_count; i++) {
    const struct reading_filter *x = &p->filters[i];
    if (x->op != READING_LIKE || x->negated || x->within || x->column < 0) continue;
    if (n && x->column != column) return -1;
    column = x->column;
    n++;
  }
  return n == 2 && !p->thing->derived && !p->thing->columns[column].list ? column : -1;
}

// Two values of one column, of which one has more of something: each is told with what it has.
void part_settle_rivals(struct filling *f) {
  struct reading_part *p = f->part;
  part_settle_named_rivals(f);
  part_settle_means(f);
  part_settle_sameness(f);
  if (part_has(p, ASK_COUNT) || part_has(p, ASK_COMPARE) || p->group_count || !part_is_rival(f)) return;
  int texts = also_texts(p);
  if (texts >= 0) {
    part_add_column(p->groups, &p->group_count, texts);
    p->grouped = p->told_apart = true;
    p->whether = false;
    return;
  }
  for (size_t i = 2; i < f->count; i++) {
    size_t small =
        (part_is(f, &f->list[i - 1], LANGUAGE_PREPOSITION) || part_is(f, &f->list[i - 1], LANGUAGE_RIVAL)) &&
        i > 2; // "or from Germany", "or more challenges"
    const struct mention *a = &f->list[i - 2 - small], *b = &f->list[i];
    if (!part_is(f, &f->list[i - 1 - small], LANGUAGE_OR) || !part_has_value(p, a) || !part_has_value(p, b))
      continue;
    int column = p->thing->values[a->number].column;
    if (column < 0 || column != p->thing->values[b->number].column) continue;
    part_add_column(p->groups, &p->group_count, column);
    p->grouped = p->told_apart = true;
    p->whether = false;
    return;
  }
}

static struct reading_filter *also_filter(const struct filling *f, const struct mention *m) {
  for (size_t i = 0; i < f->part->filter_count; i++)
    if (f->part->filters[i].at == m->first) return &f->part->filters[i];
  return NULL;
}

// How the next one stands to the one at `i`: 'o' for "or", ',' for a comma alone, 0 where it does not follow. `next` is
// its place.
static char also_step(const struct filling *f, size_t i, size_t *next) {
  size_t end = f->list[i].first + f->list[i].n;
  char how = end && f->words->items[end - 1].end == ',' ? ',' : 0;
  for (size_t k = i + 1; k < f->count; k++) {
    if (f->list[k].what != MENTION_FILLER) return *next = k, also_filter(f, &f->list[k]) ? how : 0;
    if (part_is(f, &f->list[k], LANGUAGE_OR)) how = 'o';
  }
  return 0;
}

// "Not serving, paused or not yet active": one of them is enough, whichever columns they are of. Values of one column are
// alternatives as they are.
void part_settle_either(struct filling *f) {
  int number = 0;
  for (size_t i = 0, next; i < f->count; i++) {
    struct reading_filter *first = also_filter(f, &f->list[i]), *other;
    size_t last = i;
    if (!first || first->either) continue;
    bool any = false, apart = false, holds = !first->negated;
    for (char how; (how = also_step(f, last, &next)); last = next) {
      other = also_filter(f, &f->list[next]);
      any = any || how == 'o';
      apart = apart || other->column != first->column || other->column < 0;
      holds = holds || !other->negated;
    }
    if (!any || !apart || !holds) continue; // "neither proxied nor MX": none of them
    first->either = ++number;
    for (size_t k = i; also_step(f, k, &next) && k < last; k = next)
      also_filter(f, &f->list[next])->either = number;
  }
}

// "How many GB do our videos take up?": the column that has that unit is added up.
void part_settle_units(struct filling *f) {
  struct reading_part *p = f->part;
  const struct phrase *intent;
  if (p->thing->derived || p->measure >= 0) return;
  for (size_t i = 0; i + 1 < f->count; i++) {
    size_t at = f->list[i].first, n = language_at(f->language, f->words, at, LANGUAGE_INTENT, &intent);
    if (!n || intent->number != ASK_COUNT || f->in->mentions->timed[at + n] || at + n >= f->words->n)
      continue;
    bool bytes = language_at(f->language, f->words, at + n, LANGUAGE_BYTES, NULL) > 0,
         lasts = !bytes && language_at(f->language, f->words, at + n, LANGUAGE_UNIT, NULL) > 0;
    for (size_t c = 0; c < p->thing->column_count && (bytes || lasts) && p->measure < 0; c++)
      if (str_is(p->thing->columns[c].unit, bytes ? "bytes" : "seconds")) p->measure = (int)c;
    p->sums = p->sums || p->measure >= 0;
    return;
  }
}

// "How much do readers owe?": of the number that is named, and what they all come to.
static void part_settle_sum(struct reading_part *p) {
  bool told_apart = p->grouped || p->told_apart || p->bucket || part_has(p, ASK_TOP) ||
                    part_has(p, ASK_BOTTOM) || part_has(p, ASK_TREND) || part_has(p, ASK_SHARE) ||
                    part_has(p, ASK_COMPARE);
  if (!p->thing->derived || !p->amount || p->measure < 0 || p->sums || told_apart || !part_has(p, ASK_COUNT))
    return;
  p->sums = true;
  p->group_count = 0;
}

void part_settle_amount(struct filling *f) {
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *of = part_mention(f, i, 2); // "how much of our equipment" is how many
    f->part->amount = f->part->amount ||
                      (part_is(f, &f->list[i], LANGUAGE_AMOUNT) && !part_is(f, of, LANGUAGE_PREPOSITION));
  }
  part_settle_sum(f->part);
}

// "Does every zone have an SPF record?": those that have none tell whether it is so.
static bool part_settle_all_have(struct filling *f) {
  struct reading_part *p = f->part;
  if (p->thing->derived || !p->whether || !p->thing->within || p->thing->within->held || p->name_count ||
      p->group_count)
    return false;
  for (size_t i = 1; i < f->count; i++) {
    const struct mention *m = &f->list[i];
    size_t every = i - 1; // "all of our zones"
    while (every &&
           (part_is(f, &f->list[every], LANGUAGE_PREPOSITION) ||
            part_is(f, &f->list[every], LANGUAGE_DETERMINER)) &&
           !part_is(f, &f->list[every], LANGUAGE_EVERY))
      every--;
    if (m->what != MENTION_PARENT || m->parent != p->thing->within ||
        !part_is(f, &f->list[every], LANGUAGE_EVERY))
      continue;
    return p->none_within = true;
  }
  return false;
}

// "Do all members have a second factor?": those that have none tell whether it is so.
void part_settle_every(struct filling *f) {
  struct reading_part *p = f->part;
  struct reading_filter *only = NULL;
  size_t which = 0;
  for (size_t i = 0; i < p->filter_count; i++)
    if (!p->filters[i].noun) only = &p->filters[i], which++;
  if (part_settle_all_have(f)) return;
  bool named = p->name_count && (p->thing->derived || p->named == p->thing);
  bool plain = p->whether && which == 1 && only->op == READING_IS && !named && !p->id_count &&
               p->expects < 0 && !p->group_count && !part_has(p, ASK_COUNT) && !part_has(p, ASK_CHECK);
  for (size_t i = 0; i < f->count && plain && !p->every; i++)
    p->every = f->list[i].first < only->at && !f->in->mentions->timed[f->list[i].first] &&
               language_at(f->language, f->words, f->list[i].first, LANGUAGE_EVERY, NULL) > 0;
  if (p->every) only->negated = !only->negated;
}

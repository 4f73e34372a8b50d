// SPDX-License-Identifier: Apache-2.0
// What is denied of rows, or said to be there: by words that stand a few words off, or by verbs of giving and having.
#include "ask/part_filling.h"

enum { NOT_REACH = 4, GIVES_REACH = 5, STANDS_REACH = 4 }; // words: "aren't open to the public"

static bool part_is_flag_value(const struct filling *f, const struct mention *m) {
  if (!m || m->what != MENTION_VALUE) return false;
  struct str value = f->part->thing->values[m->number].value;
  return str_is(value, "true") || str_is(value, "false");
}

static bool part_says_off(const struct filling *f, const struct mention *m) {
  return language_at(f->language, f->words, m->first, LANGUAGE_STANDS_OFF, NULL) > 0;
}

// How many mentions before a flag say how it stands: "turned on". 0: none.
size_t part_standing_before(const struct filling *f, size_t i) {
  if (!part_is_flag_value(f, &f->list[i])) return 0;
  for (size_t by = 1; by <= 3 && by <= i; by++)
    if (language_at(f->language, f->words, f->list[i - by].first, LANGUAGE_STANDING, NULL) == by) return by;
  return 0;
}

// "turned" of "turned on two-factor", and of "two-factor is turned off": the flag says it.
bool part_stands_by_flag(const struct filling *f, size_t i) {
  size_t n = language_at(f->language, f->words, f->list[i].first, LANGUAGE_STANDING, NULL);
  if (n < 2 && !part_says_off(f, &f->list[i])) return false;
  for (int by = 1; by <= STANDS_REACH; by++)
    if (part_is_flag_value(f, part_mention(f, i, -by))) return true;
  return part_is_flag_value(f, part_mention(f, i, (int)n));
}

// "two-factor sign-in is switched off", "has switched off two-factor sign-in": the flag is not set.
static bool part_is_off(const struct filling *f, size_t i) {
  if (!part_is_flag_value(f, &f->list[i])) return false;
  size_t before = part_standing_before(f, i);
  if (before) return part_says_off(f, &f->list[i - before]);
  for (int by = 1; by <= STANDS_REACH; by++) {
    const struct mention *m = part_mention(f, i, by), *last = part_mention(f, i, by - 1);
    if (!m || f->words->items[last->first + last->n - 1].end) return false;
    if (m->what != MENTION_FILLER && m->what != MENTION_UNKNOWN) return false;
    if (part_says_off(f, m)) return true;
  }
  return false;
}

static bool part_denies(const struct reading_part *p) {
  bool denies = p->none_within || p->span_is_denied || p->expects_not || p->lack >= 0 || p->unfiltered_flag ||
                p->grouped || p->has_prior || part_has(p, ASK_LACKS) || part_has(p, ASK_COMPARE) ||
                part_has(p, ASK_OLDEST);
  for (size_t i = 0; i < p->filter_count; i++)
    denies = denies || p->filters[i].negated || p->filters[i].op == READING_LACKS ||
             p->filters[i].op == READING_COMPARES;
  return denies;
}

// "never used", "haven't been seen": a verb that nothing took up.
static bool part_denies_verb(const struct filling *f, size_t i) {
  for (int k = 1; k <= 3; k++) {
    const struct mention *m = part_mention(f, i, k);
    bool done = m && m->what == MENTION_NAME && !f->part->thing->derived && // "not bound", "not changed"
                !str_ends(f->words->items[m->first].low, "s") && part_is_verb(f->words->items[m->first].low);
    if (m && m->what == MENTION_NAME && m->number == MODEL_DOES) return true; // "never shipped"
    if (done) return true;
    if (!m || m->what != MENTION_FILLER) return false;
    struct str low = f->words->items[m->first].low;
    if (part_is_verb(low) && !part_is(f, m, LANGUAGE_HELPER)) return true;
    if (f->words->items[m->first].end) return false;
  }
  return false;
}

// "Which customers paid nothing?", of which no filter came.
static struct str part_nothing(const struct filling *f) {
  for (size_t i = 0; i < f->part->filter_count; i++)
    if (f->part->filters[i].negated || f->part->filters[i].op != READING_IS) return STR_NONE;
  for (size_t i = 1; i < f->count && f->part->thing->derived; i++) {
    const struct mention *m = &f->list[i];
    if (part_is(f, m, LANGUAGE_NOTHING) && !part_is(f, m, LANGUAGE_NOT) && !part_is(f, m, LANGUAGE_MISSING))
      return f->words->items[m->first].text;
  }
  return STR_NONE;
}

// "A recruiter who hasn't interviewed anyone", "anyone without an open issue": who has none is asked for, and interviews or
// issues are what they have none of.
static struct str part_without_itself(const struct filling *f) {
  for (size_t i = 1; i < f->count && f->part->thing->derived && !f->part->idle && !f->part->none_within;
       i++) {
    const struct mention *m = &f->list[i], *next = m;
    if (!part_is(f, m, LANGUAGE_NOT) || f->words->items[m->first].end) continue;
    for (int k = 1; next && next->what != MENTION_NAME; k++) {
      next = part_mention(f, i, k);
      bool leads =
          next && (next->what == MENTION_FILLER || next->what == MENTION_VALUE || next->what == MENTION_NAME);
      bool helps = part_is(f, next, LANGUAGE_HELPER) && !part_is(f, next, LANGUAGE_HAVING); // "never had a"
      if (!leads || part_is(f, next, LANGUAGE_PREPOSITION) || helps ||
          (next->what != MENTION_NAME && f->words->items[next->first].end))
        next = NULL;
    }
    const struct mention *behind = next ? part_mention(f, (size_t)(next - f->list), 1) : NULL;
    if (next && (!behind || behind->what == MENTION_FILLER || f->words->items[behind->first - 1].end) &&
        (!part_is(f, part_mention(f, i, -1), LANGUAGE_HELPER) ||
         part_is(f, part_mention(f, i, -1), LANGUAGE_HAVING)))
      return f->words->items[m->first].text;
  }
  return STR_NONE;
}

// "Who has no equipment?", where an account alone is called so: nothing says what they have none of.
static struct str part_without_source(const struct filling *f) {
  for (size_t i = 0; i + 1 < f->count && f->part->thing->derived; i++) {
    const struct mention *m = &f->list[i], *next = &f->list[i + 1];
    if (next->what == MENTION_SOURCE && part_is(f, m, LANGUAGE_MISSING) && !f->words->items[m->first].end)
      return f->words->items[next->first].text;
  }
  return STR_NONE;
}

// "Causes in the north but never in the south": of one row both cannot be said, so another thing is asked for.
static struct str part_but_never(const struct filling *f) {
  const struct reading_part *p = f->part;
  for (size_t i = 0; i < p->filter_count && p->thing->derived; i++)
    for (size_t k = 0; k < p->filter_count; k++) {
      const struct reading_filter *a = &p->filters[i], *b = &p->filters[k];
      if (a->op != READING_IS || b->op != READING_IS || a->column < 0 || a->column != b->column ||
          a->negated || !b->negated || p->thing->columns[a->column].list)
        continue;
      for (size_t at = a->at + 1; at + 1 < b->at; at++)
        if (language_at(f->language, f->words, at, LANGUAGE_BUT, NULL) &&
            language_at(f->language, f->words, at + 1, LANGUAGE_NOT, NULL))
          return f->words->items[at + 1].text;
    }
  return STR_NONE;
}

// "With a heat meter but no water meter": what is denied behind "but" denies nothing before it. Where it was taken to, the
// question is another one.
static struct str part_but_no(const struct filling *f) {
  const struct reading_part *p = f->part;
  for (size_t at = 1; at + 1 < f->words->n && p->thing->derived; at++) {
    bool denies = language_at(f->language, f->words, at + 1, LANGUAGE_MISSING, NULL) ||
                  language_at(f->language, f->words, at + 1, LANGUAGE_NOT, NULL);
    if (!part_in_segments(f, at) || !denies || !language_at(f->language, f->words, at, LANGUAGE_BUT, NULL))
      continue;
    for (size_t k = 0; k < at; k++) // denied already
      if (language_at(f->language, f->words, k, LANGUAGE_NOT, NULL)) return STR_NONE;
    for (size_t i = 0; i < p->filter_count; i++)
      if (p->filters[i].at < at && (p->filters[i].negated || p->filters[i].op == READING_LACKS))
        return f->words->items[at + 1].text;
  }
  return STR_NONE;
}

// "Members that nobody invited", "which zones had no changes", of which rows with words became nothing.
static struct str part_worded_nobody(const struct filling *f) {
  const struct reading_part *p = f->part;
  if (p->thing->derived || p->none_within || p->idle || p->span_is_denied || p->lack >= 0) return STR_NONE;
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].negated || p->filters[i].op == READING_LACKS) return STR_NONE;
  for (size_t i = 1; i < f->count; i++) {
    const struct mention *m = &f->list[i], *next = part_mention(f, i, 1);
    bool none = p->grouped && p->thing->events && next && next->what == MENTION_NAME &&
                (part_is(f, m, LANGUAGE_NOT) || part_is(f, m, LANGUAGE_MISSING)) &&
                !f->words->items[m->first].end;
    if (none || (part_is(f, m, LANGUAGE_NOBODY) && next)) return f->words->items[m->first].text;
  }
  return STR_NONE;
}

// A denial of which nothing became: without it the answer would be to the opposite.
void part_settle_denials(struct filling *f) {
  struct reading_part *p = f->part;
  if (!p->denied.n) p->denied = part_nothing(f);
  if (!p->denied.n) p->denied = part_without_itself(f);
  if (!p->denied.n) p->denied = part_without_source(f);
  if (!p->denied.n) p->denied = part_but_never(f);
  if (!p->denied.n) p->denied = part_but_no(f);
  if (!p->denied.n) p->denied = part_worded_nobody(f);
  if (p->denied.n || part_denies(p)) return;
  for (size_t i = 0; i < f->count; i++) {
    const struct mention *m = &f->list[i], *before = part_mention(f, i, -1);
    const struct word *w = &f->words->items[m->first];
    if (!part_is(f, m, LANGUAGE_NOT) || w->end || !part_denies_verb(f, i)) continue;
    if (language_at(f->language, f->words, m->first, LANGUAGE_COMPARISON, NULL) ||
        (before && part_is(f, before, LANGUAGE_OR)))
      continue;
    p->denied = arena_printf(f->arena, "%.*s %.*s", STR_MOST(w->text, 30), STR_MOST(w[1].text, 30));
    return;
  }
  const struct mention *last = f->count ? &f->list[f->count - 1] : NULL; // "which folders are empty?"
  if (last && part_is(f, last, LANGUAGE_MISSING) && !part_is(f, last, LANGUAGE_NOT))
    p->denied = f->words->items[last->first].text;
}

// "not on the free plan": over small words that only lead to what is denied.
static bool part_denied_over(const struct filling *f, size_t i) {
  for (int k = 1; k <= NOT_REACH; k++) {
    const struct mention *m = part_mention(f, i, -k);
    if (part_is(f, m, LANGUAGE_NOT)) return true;
    bool small = part_is(f, m, LANGUAGE_PREPOSITION) || part_is(f, m, LANGUAGE_DETERMINER) ||
                 part_is(f, m, LANGUAGE_HELPER);
    if (!small || f->words->items[m->first].end) return false;
  }
  return false;
}

static bool part_is_said_not(const struct filling *f, size_t i) {
  size_t standing = part_standing_before(f, i);       // "hasn't turned on two-factor"
  const struct mention *far = part_mention(f, i, -3); // "rather than the API"
  if (far && language_at(f->language, f->words, far->first, LANGUAGE_NOT, NULL) == 2 &&
      part_before(f, i, LANGUAGE_NOT, 3))
    return true;
  if (part_before(f, i, LANGUAGE_NOT, 2) || (standing && part_before(f, i - standing, LANGUAGE_NOT, 2)))
    return true;
  if (!f->part->thing->derived) return part_denied_over(f, i);
  if (part_is_nobody(f, i)) return true;
  for (int k = 1; k <= NOT_REACH; k++) {
    const struct mention *m = part_mention(f, i, -k), *before = part_mention(f, i, -k - 1);
    if (part_is(f, m, LANGUAGE_NOT)) return true;
    bool goes_on = m && (m->what == MENTION_FILLER || m->what == MENTION_UNKNOWN ||
                         (m->what == MENTION_COLUMN && part_is(f, before, LANGUAGE_NOT)));
    if (!goes_on || f->words->items[m->first].end) return false;
  }
  return false;
}

// "that nobody replied to": no time when.
bool part_is_nobody(const struct filling *f, size_t i) {
  return f->part->thing->derived && part_before(f, i, LANGUAGE_NOTHING, 2);
}

// "That nobody bothered to tag": they have none. Of rows with words; of others a verb tells when it was.
bool part_nobody_gave(const struct filling *f, size_t i) {
  const struct model_column *c = &f->part->thing->columns[f->list[i].number];
  return !f->part->thing->derived && !c->time && !part_is_measure(c) &&
         part_before(f, i, LANGUAGE_NOBODY, NOT_REACH);
}

// "not paused", "aren't open to the public": over a word that goes with what denies.
bool part_is_denied(const struct filling *f, size_t i) {
  return part_is_said_not(f, i) != part_is_off(f, i);
}

// "aren't microchipped": what is said so of a row it has, or lacks.
bool part_is_participle(const struct filling *f, const struct mention *m) {
  return f->part->thing->derived && m->n == 1 && str_ends(f->words->items[m->first].low, "ed");
}

// "haven't told us their year of birth": who has not given it, of whom it is not known.
bool part_gives_not(struct filling *f, size_t i) {
  for (int k = 1; k <= GIVES_REACH && f->part->thing->derived; k++) {
    const struct mention *m = part_mention(f, i, -k), *before = part_mention(f, i, -k - 1);
    if (!m || (m->what != MENTION_FILLER && m->what != MENTION_UNKNOWN)) return false;
    if (!before || !part_is_form(f, f->words->items[m->first].low, LANGUAGE_GIVES)) continue;
    if (!part_is(f, before, LANGUAGE_NOT)) return false;
    part_know(f->part, f->words->items[m->first].whole);
    return true;
  }
  return false;
}

static bool part_counts_before(const struct filling *f, size_t i) {
  const struct phrase *p;
  for (size_t k = 0; k < i; k++)
    if (language_at(f->language, f->words, f->list[k].first, LANGUAGE_INTENT, &p) && p->number == ASK_COUNT)
      return true;
  return false;
}

// "episodes that have a guest": those of which it is known, where nothing follows that says which.
bool part_has_one(const struct filling *f, size_t i) {
  const struct mention *a = part_mention(f, i, -1), *has = part_mention(f, i, -2),
                       *next = part_mention(f, i, 1);
  const struct model_column *c = &f->part->thing->columns[f->list[i].number];
  if (c->counted || part_is_measure(c)) return false;
  bool ends = f->words->items[f->list[i].first + f->list[i].n - 1].end || !next;
  if (f->part->thing->derived && ends && has && has->what == MENTION_NAME && !has->number &&
      part_is(f, a, LANGUAGE_PRESENT) && part_counts_before(f, i))
    return true; // "how many customers are members?"
  if (!part_is(f, has, LANGUAGE_HAVING)) return false;
  if (!part_is(f, a, LANGUAGE_DETERMINER) || part_before(f, i, LANGUAGE_NOT, 4)) return false;
  if (!next || f->words->items[f->list[i].first + f->list[i].n - 1].end) return true;
  return next->what == MENTION_FILLER &&
         !(part_is(f, next, LANGUAGE_PREPOSITION) || part_is(f, next, LANGUAGE_EQUALS)); // "a name with x"
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

// "Do all depots work at night?": a flag that is named where a yes or a no is wanted is asked to be set.
bool part_takes_flag(struct filling *f, size_t i) {
  const struct mention *m = &f->list[i];
  const struct model_thing *t = f->part->thing;
  size_t first = f->in->segment_count ? f->in->segments[0].first : 0;
  if (!language_at(f->language, f->words, first, LANGUAGE_WHETHER, NULL)) return false;
  for (size_t v = 0; v < t->value_count; v++)
    if (t->values[v].column == m->number && str_is(t->values[v].value, "true")) {
      part_add_filter(f->part, (struct reading_filter){.op = READING_IS,
                                                       .value = (int)v,
                                                       .column = m->number,
                                                       .negated = part_is_denied(f, i),
                                                       .at = m->first});
      return true;
    }
  return false;
}

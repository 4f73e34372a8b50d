// SPDX-License-Identifier: Apache-2.0
// Words that nothing knows, judged by what they do in their sentence. A verb between what is asked of the rows and the
// rows themselves says no more than both ("the notes that were left on incidents"), nor does one that only says that
// something is, has or goes, where what it is said of is a value or a row ("rooms that lie in the north"). What is passed
// over so is told. All else may narrow the rows: nouns, adjectives, what is denied, events with nothing but a time.
#include "ask/part_filling.h"
#include "lexicon/lexicon.h"

enum { LEFT_VERB_LEAST = 50, LEFT_MILD_LEAST = 80 }; // of a hundred uses

bool part_takes_all(const struct reading_part *p) {
  unsigned plain = 1u << ASK_LIST | 1u << ASK_COUNT | 1u << ASK_CHECK;
  return !p->filter_count && !p->name_count && !p->id_count && !p->group_count && !p->asked_count &&
         !p->least_sign && !p->unfiltered_flag && !p->none_within && !p->top && p->measure < 0 &&
         (!p->has_span || p->span_is_assumed) && !(p->intents & ~plain);
}

static bool left_has(const struct filling *f, const struct mention *m, enum language_role role) {
  return m && language_at(f->language, f->words, m->first, role, NULL) > 0;
}

bool part_is_verb(struct str low) {
  struct lexicon_word w;
  return lexicon_look(low, &w) && w.share[LEXICON_VERB] >= LEFT_VERB_LEAST;
}

static bool left_is_finite(struct str low) { // "travel", "travels", and not "travelled"
  char lemma[LEXICON_BYTES_MOST];
  struct str base = lexicon_lemma(low, LEXICON_VERB, lemma);
  return str_eq(base, low) || (str_starts(low, lemma) && str_ends(low, "s"));
}

static bool left_is_form(const struct language *l, struct str low, enum language_role role, struct arena *a) {
  char lemma[LEXICON_BYTES_MOST];
  struct str base = lexicon_lemma(low, LEXICON_VERB, lemma);
  struct word word = {.text = base, .low = base, .whole = base, .kind = WORD_PLAIN};
  struct ask_words one = {.items = &word, .n = 1};
  if (!base.n) return false;
  word.stem = language_stem(base, a);
  return language_at(l, &one, 0, role, NULL) > 0;
}

bool part_is_form(const struct filling *f, struct str low, enum language_role role) {
  return left_is_form(f->language, low, role, f->arena);
}

bool part_is_mild(const struct language *l, struct str word, struct arena *a) {
  struct lexicon_word w;
  return lexicon_look(word, &w) && w.share[LEXICON_VERB] >= LEFT_MILD_LEAST &&
         !left_is_form(l, word, LANGUAGE_CHANGES, a);
}

struct left_side { // what stands next to a word, over those that carry nothing
  const struct mention *m;
  bool preposition, helper; // between them
};

static struct left_side left_look(const struct filling *f, size_t i, int by) {
  struct left_side side = {0};
  for (int k = by;; k += by) {
    const struct mention *m = part_mention(f, i, k), *edge = by > 0 ? part_mention(f, i, k - 1) : m;
    if (!m || f->words->items[edge->first].end || left_has(f, m, LANGUAGE_AND) || left_has(f, m, LANGUAGE_OR))
      return side;
    if (m->what == MENTION_UNKNOWN) return side;
    if (m->what != MENTION_FILLER) return side.m = m, side;
    side.preposition = side.preposition || left_has(f, m, LANGUAGE_PREPOSITION);
    side.helper = side.helper || left_has(f, m, LANGUAGE_HELPER);
  }
}

static size_t left_index(const struct filling *f, const struct mention *m) {
  return (size_t)(m - f->list);
}

// "the distance our shipments travel": it is said of the rows, and what it says is the column before them.
static bool left_relates_before(const struct filling *f, size_t i, const struct left_side *left) {
  if (!left->m || left->m->what != MENTION_NAME || left->preposition || left->helper) return false;
  if (!left_is_finite(f->words->items[f->list[i].first].low)) return false;
  struct left_side column = left_look(f, left_index(f, left->m), -1);
  return column.m && column.m->what == MENTION_COLUMN && !column.preposition;
}

// "on critical incidents": the name behind its values.
static const struct mention *left_name(const struct filling *f, const struct mention *m) {
  while (m && m->what == MENTION_VALUE) m = part_mention(f, left_index(f, m), 1);
  return m;
}

// "notes were left on incidents", and the other way round: "incidents have got notes".
static bool left_relates_between(const struct filling *f, const struct left_side *left,
                                 const struct left_side *right, struct str low) {
  bool finite = left_is_finite(low) || str_ends(low, "ing"); // "credit given for complaints" is neither
  const struct mention *name = left_name(f, right->m);
  return left->m && right->m && (left->helper || !finite) && right->preposition &&
         left->m->what == MENTION_COLUMN && name && name->what == MENTION_NAME;
}

// "Customers that have placed the most orders": by what one belongs to the other is told.
static bool left_relates_counted(const struct filling *f, const struct left_side *left,
                                 const struct left_side *right) {
  return left->m && right->m && left->m->what == MENTION_NAME && !left->m->number &&
         right->m->what == MENTION_COLUMN && f->part->thing->columns[right->m->number].counted &&
         !right->preposition;
}

static bool left_is_placed(const struct mention *m) {
  return m && (m->what == MENTION_VALUE || m->what == MENTION_KNOWN || m->what == MENTION_ENTITY ||
               m->what == MENTION_COLUMN);
}

// "where is SH-4711 headed?"
static bool left_is_row(const struct filling *f, const struct mention *m) {
  if (!m || m->what == MENTION_COLUMN || !left_is_placed(m)) return false;
  struct str whole = f->words->items[m->first].whole;
  for (size_t i = 0; i < whole.n; i++)
    if (whole.p[i] >= '0' && whole.p[i] <= '9') return true;
  return false;
}

// "Gold status", "overnight service": it says of which column the value before it is.
static bool left_carries(const struct filling *f, size_t i) {
  const struct mention *value = part_mention(f, i, -1), *m = &f->list[i];
  return value && value->what == MENTION_VALUE && value->first + value->n == m->first &&
         !f->words->items[m->first - 1].end && left_has(f, m, LANGUAGE_CARRIER);
}

// "Guests who left us a number": what they gave is what follows.
static bool left_is_given(const struct filling *f, size_t i) {
  const struct mention *us = part_mention(f, i, 1), *what = part_mention(f, i, 2);
  return left_has(f, us, LANGUAGE_OURS) && what && !f->words->items[us->first].end &&
         !left_has(f, what, LANGUAGE_PREPOSITION) && // "that leave us for another"
         !part_before(f, i, LANGUAGE_NOT, 2) &&
         part_is_form(f, f->words->items[f->list[i].first].low, LANGUAGE_GIVES);
}

// "Who haven't confirmed their email": what is theirs only says of what the state before it is.
static bool left_is_theirs(const struct filling *f, size_t i) {
  const struct mention *their = part_mention(f, i, -1), *state = part_mention(f, i, -2);
  return state && state->what == MENTION_VALUE && left_has(f, their, LANGUAGE_DETERMINER) &&
         left_has(f, their, LANGUAGE_FILLER) && str_starts(f->words->items[their->first].low, "the") &&
         !str_is(f->words->items[their->first].low, "the") && !f->words->items[their->first - 1].end;
}

static bool left_is_harmless(const struct filling *f, size_t i) {
  struct str low = f->words->items[f->list[i].first].low;
  if (left_carries(f, i) || left_is_given(f, i) || left_is_theirs(f, i)) return true;
  struct left_side left = left_look(f, i, -1), right = left_look(f, i, 1);
  if (part_before(f, i, LANGUAGE_NOT, 2) || part_before(f, i, LANGUAGE_MISSING, 2) || !part_is_verb(low))
    return false;
  if (left_has(f, part_mention(f, i, -1), LANGUAGE_DETERMINER))
    return false; // "a work order" is none that works
  if (part_is_form(f, low, LANGUAGE_CHANGES)) return false;
  if (left_relates_before(f, i, &left) || left_relates_between(f, &left, &right, low) ||
      left_relates_counted(f, &left, &right))
    return true;
  if (left_has(f, part_mention(f, i, -1), LANGUAGE_OURS) && part_is_form(f, low, LANGUAGE_OFFERS))
    return true; // "the courses that we offer"
  return part_is_form(f, low, LANGUAGE_BEARS) &&
         (left_is_placed(right.m) || (!right.m && left_is_row(f, left.m)));
}

// "Why do people leave?", of rows that have no reason: a list of them would be no answer.
static void left_why(struct filling *f) {
  for (size_t i = 0; i < f->count && f->part->thing->derived; i++)
    if (f->list[i].what == MENTION_FILLER && left_has(f, &f->list[i], LANGUAGE_WHY))
      part_leave(f, f->list[i].first);
}

// Once rows were looked at: before that, a word may stand in one.
void part_settle_left(struct filling *f) {
  struct reading_part *p = f->part;
  left_why(f);
  if (!p->thing->derived || !p->thing->seen || p->who || part_takes_all(p)) return;
  for (size_t i = 0; i < f->count; i++) {
    struct str whole = f->words->items[f->list[i].first].whole;
    if (f->list[i].what != MENTION_UNKNOWN || p->passed_count == READING_PASSED_MOST ||
        !left_is_harmless(f, i))
      continue;
    p->passed[p->passed_count++] = whole;
    part_know(p, whole);
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "ask/mentions.h"

#include <ctype.h>

#include "data/json.h"
#include "language/deed.h"
#include "lexicon/lexicon.h"

enum { MENTIONS_ADJECTIVE = 40 }; // of a hundred uses

// A name as the question has it, word by word: "staging" is in "staging-app.com".
static bool mentions_is_name(const struct model_row *name, struct str low) {
  return low.n > 1 && (str_eq_nocase(name->said, low) || str_eq_nocase(name->name, low));
}

void mentions_find(struct mentions *m, const struct reading_input *in, const struct language *l,
                   const struct ask_words *w, const struct span *spans, size_t span_count, struct arena *a) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  *m = (struct mentions){.model = in->model,
                         .language = l,
                         .words = w,
                         .names = in->names,
                         .name_count = in->name_count,
                         .arena = a};
  m->hits = ARENA_ARRAY(a, w->n + 1, struct phrase_hit *);
  m->hit_counts = ARENA_ARRAY(a, w->n + 1, size_t);
  m->timed = ARENA_ARRAY(a, w->n + 1, bool);
  for (size_t i = 0; i < w->n; i++) {
    size_t n = phrases_at(&in->model->phrases, w, i, hits, PHRASE_HITS_MOST);
    m->hits[i] = ARENA_ARRAY(a, n + 1, struct phrase_hit);
    memcpy(m->hits[i], hits, n * sizeof *hits);
    m->hit_counts[i] = n;
  }
  for (size_t i = 0; i < w->n; i++) m->ability = m->ability || language_at(l, w, i, LANGUAGE_ABILITY, NULL);
  for (size_t i = 1; i < w->n; i++) // "three times" is no time
    if (language_at(l, w, i, LANGUAGE_TIMES, NULL) &&
        (w->items[i - 1].kind == WORD_NUMBER || language_at(l, w, i - 1, LANGUAGE_NUMBER, NULL)))
      m->hit_counts[i] = 0, m->timed[i] = true;
  for (size_t k = 0; k < span_count; k++)
    for (size_t i = 0; i < spans[k].count; i++) m->timed[spans[k].first + i] = true;
}

// "opened" is no more "open" than it is the time when that was: the time comes first where there is one.
// Nor is what expires expired.
static bool mentions_is_past(const struct model_thing *t, struct str low, const struct phrase *p) {
  if (p->n != 1) return false;
  return (t->derived && str_ends(low, "ed") && !str_ends(p->first, "ed")) ||
         (!str_ends(low, "ed") && str_ends(p->first, "ed"));
}

// "did we print": what somebody does is not in the state of being done, "printing".
static bool mentions_is_deed(const struct mentions *m, const struct model_thing *t, size_t at,
                             const struct phrase *p) {
  bool done = false;
  for (size_t by = 1; by <= 2 && by <= at; by++)
    done = done || language_at(m->language, m->words, at - by, LANGUAGE_HELPER, NULL);
  return done && t->derived && p->role == MODEL_VALUE && p->n == 1 && str_ends(p->first, "ing") &&
         !str_ends(m->words->items[at].low, "ing");
}

static bool mentions_names_deed(const struct mentions *m, const struct model_thing *t, size_t at) {
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    if (p->means == t && mentions_is_deed(m, t, at, p)) return true;
  }
  return false;
}

// A smaller one is meant rather than a greater, of equally many words.
static int mentions_rank(const struct model_thing *t, const struct phrase *p, struct str low,
                         enum mention_word *what) {
  switch (p->role) {
  case MODEL_NAME:
    if (p->means == t) return *what = MENTION_NAME, !p->number ? 0 : t->derived ? 7 : 4;
    for (const struct model_thing *up = t->within; up; up = up->within)
      if (p->means == up) return *what = MENTION_PARENT, 5;
    return -1;
  case MODEL_VALUE:
    return p->means == t ? (*what = MENTION_VALUE, mentions_is_past(t, low, p) ? 4 : 1) : -1;
  case MODEL_LACK:
    return p->means == t ? (*what = MENTION_LACK, 2) : -1;
  case MODEL_COLUMN:
    return p->means == t ? (*what = MENTION_COLUMN, 3) : -1;
  default:
    return p->means == t->source ? (*what = MENTION_SOURCE, 6) : -1;
  }
}

bool mentions_abstracts(struct str low, struct str first) {
  bool low_is = str_ends(low, "ity") || str_ends(low, "ities"),
       first_is = str_ends(first, "ity") || str_ends(first, "ities");
  return low_is != first_is;
}

// "off on example.com", "on in all zones": what joins follows, and something that it joins.
static bool mentions_is_state(const struct mentions *m, size_t at, size_t end) {
  if (at + 2 >= end || !language_at(m->language, m->words, at + 1, LANGUAGE_PREPOSITION, NULL)) return false;
  const struct word *w = &m->words->items[at + 2];
  if ((w->kind != WORD_PLAIN && w->kind != WORD_NUMBER) ||
      language_at(m->language, m->words, at + 2, LANGUAGE_DETERMINER, NULL))
    return true;
  for (size_t i = 0; i < m->name_count; i++)
    if (mentions_is_name(&m->names[i], w->low)) return true;
  return false;
}

// "on" before something else is no state: "rules on example.com", but "which rules are on?"
static bool mentions_joins(const struct mentions *m, size_t at, size_t end) {
  return at + 1 < end && !m->words->items[at].end && !mentions_is_state(m, at, end) &&
         language_at(m->language, m->words, at, LANGUAGE_JOINS, NULL) > 0;
}

// "charging stations" of an account that is called "charging" are its stations, whatever state they are in.
static bool mentions_is_before_name(const struct mentions *m, const struct model_thing *t, size_t at,
                                    size_t end) {
  for (size_t i = 0; at < end && t->derived && !m->words->items[at - 1].end && i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    if (p->role == MODEL_NAME && p->means == t && !p->number) return true;
  }
  return false;
}

// "Changes" are no time when something was "changed", of things with words: they are what happened.
static bool mentions_is_happening(const struct model_thing *t, struct str low, const struct phrase *p) {
  return p->role == MODEL_COLUMN && p->means == t && !t->derived && p->n == 1 && t->columns[p->number].time &&
         str_ends(p->first, "ed") && str_ends(low, "s");
}

// "Activated" is the time that is called so, and no "active".
static bool mentions_is_nearer(const struct mentions *m, const struct model_thing *t, size_t at,
                               const struct phrase *v) {
  struct str low = m->words->items[at].low;
  if (t->derived || v->role != MODEL_VALUE || v->means != t || v->n != 1 || str_eq(v->first, low))
    return false;
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    if (p->role == MODEL_COLUMN && p->means == t && p->n == 1 && str_eq(p->first, low) &&
        t->columns[p->number].time)
      return true;
  }
  return false;
}

// "Who purged the cache" asks for none of those who may.
static bool mentions_is_may(const struct mentions *m, const struct model_thing *t, const struct phrase *p) {
  return p->role == MODEL_VALUE && p->means == t && t->values[p->number].may && !m->ability;
}

// "How many are open?" is not about openings: how something stands does not name it.
static bool mentions_is_standing(const struct mentions *m, const struct model_thing *t, size_t at,
                                 const struct phrase *name) {
  struct lexicon_word english;
  struct str low = m->words->items[at].low;
  if (!t->derived || name->role != MODEL_NAME || name->n != 1 || !str_ends(name->first, "ing") ||
      str_starts(low, arena_z(m->arena, name->first)))
    return false;
  return lexicon_look(low, &english) && english.share[LEXICON_ADJECTIVE] >= MENTIONS_ADJECTIVE;
}

// "interviewer" is the column that is called so, and no interview.
static bool mentions_is_doer(const struct mentions *m, const struct model_thing *t, size_t at,
                             const struct phrase *name) {
  struct str low = m->words->items[at].low;
  if (!t->derived || name->role != MODEL_NAME || name->n != 1 || !str_ends(low, "er")) return false;
  for (size_t c = 0; c < t->column_count; c++)
    if (str_eq(t->columns[c].name, low)) return true;
  return false;
}

// "on file": words that say nothing together, be one of them a column's.
static size_t mentions_idiom(const struct mentions *m, const struct model_thing *t, size_t at) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t n = t->derived ? phrases_at(&m->language->phrases, m->words, at, hits, PHRASE_HITS_MOST) : 0;
  for (size_t i = 0; i < n; i++)
    if (hits[i].phrase->role == LANGUAGE_FILLER && hits[i].n > 1) return hits[i].n;
  return 0;
}

// "Booked with us" is no booking from the US: what fills and is typed small is a country of two letters behind "the" alone.
static bool mentions_is_small(const struct mentions *m, const struct model_thing *t, size_t at,
                              const struct phrase *p) {
  const struct word *w = &m->words->items[at];
  if (!t->derived || p->role != MODEL_VALUE || p->n != 1 || w->low.n != 2 ||
      !islower((unsigned char)w->text.p[0]))
    return false;
  return language_fills(m->language, m->words, at) && !(at && str_is(w[-1].low, "the"));
}

static bool mentions_is_number_of(struct str a, struct str b) { // one, or several of it
  if (a.n < b.n) return mentions_is_number_of(b, a);
  struct str rest = str_from(a, b.n);
  if (str_ends(a, "ies") && str_ends(b, "y") && a.n == b.n + 2)
    return str_eq(str_make(a.p, a.n - 3), str_make(b.p, b.n - 1));
  return str_eq(str_make(a.p, b.n), b) && (!rest.n || str_is(rest, "s") || str_is(rest, "es"));
}

// "Issues", where there are such: the very noun of a tool is no time when something was issued.
static bool mentions_is_named_elsewhere(const struct mentions *m, const struct model_thing *t, size_t at,
                                        const struct phrase *mine) {
  struct str low = m->words->items[at].low;
  if (!t->derived || (mine->role != MODEL_COLUMN && mine->role != MODEL_VALUE) || mine->means != t ||
      mine->n != 1 || mentions_is_number_of(low, mine->first))
    return false;
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    const struct model_thing *other = p->means;
    if (p->role == MODEL_NAME && !p->number && other != t && other->derived && p->n == 1 &&
        mentions_is_number_of(low, p->first))
      return true;
  }
  return false;
}

// Is the word the name of another thing, of a source without words? "Used" is no usage.
static bool mentions_is_foreign(const struct mentions *m, const struct model_thing *t, size_t at) {
  struct str low = m->words->items[at].low;
  bool verb = (str_ends(low, "ed") || str_ends(low, "ing")) && language_fills(m->language, m->words, at);
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    const struct model_thing *other = p->means;
    if (p->role == MODEL_NAME && !p->number && other != t && !other->source->worded) return !verb;
  }
  return false;
}

// "Open issues", where issues are things: no time when something was issued.
static bool mentions_is_no_deed(const struct mentions *m, const struct model_thing *t, size_t at,
                                const struct phrase *p) {
  if (!t->derived || p->role != MODEL_COLUMN || p->means != t || !t->columns[p->number].time) return false;
  const struct word *w = &m->words->items[at];
  struct str name = t->columns[p->number].name;
  bool done = str_starts(name, arena_z(m->arena, w->stem)) && str_starts(str_from(name, w->stem.n), "ed"),
       noun = str_ends(w->low, "s") || language_is_noun(w->low); // and no "open"
  return done && noun && mentions_is_foreign(m, t, at);
}

static bool mentions_at(const struct mentions *m, const struct model_thing *t, size_t at, size_t end,
                        struct mention *out) {
  int best = 99;
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase_hit *h = &m->hits[at][i];
    enum mention_word what;
    if (mentions_is_may(m, t, h->phrase) || mentions_is_nearer(m, t, at, h->phrase) ||
        mentions_is_happening(t, m->words->items[at].low, h->phrase) ||
        mentions_is_doer(m, t, at, h->phrase) || mentions_is_small(m, t, at, h->phrase) ||
        mentions_is_standing(m, t, at, h->phrase) || mentions_is_named_elsewhere(m, t, at, h->phrase) ||
        mentions_is_no_deed(m, t, at, h->phrase))
      continue;
    if (h->n == 1 && (mentions_joins(m, at, end) || mentions_is_deed(m, t, at, h->phrase) ||
                      mentions_abstracts(m->words->items[at].low, h->phrase->first)))
      continue;
    int rank = at + h->n <= end ? mentions_rank(t, h->phrase, m->words->items[at].low, &what) : -1;
    if (rank > 0 && what == MENTION_SOURCE && mentions_is_before_name(m, t, at + h->n, end)) rank = 0;
    if (rank < 0 || h->n < out->n || (h->n == out->n && rank >= best)) continue;
    best = rank;
    *out = (struct mention){.what = what, .first = at, .n = h->n, .number = h->phrase->number};
    if (what == MENTION_PARENT) out->parent = h->phrase->means;
  }
  return best < 99;
}

// "Are POSTs denied?": a value that is written in capitals is meant by a word that is, be that a verb, too.
static bool mentions_capital(const struct mentions *m, const struct model_thing *t, size_t at,
                             struct mention *out) {
  struct str text = m->words->items[at].text;
  size_t n = text.n;
  if (n > 3 && text.p[n - 1] == 's') n--;
  for (size_t i = 0; i < n; i++)
    if (!isupper((unsigned char)text.p[i])) return false;
  for (size_t v = 0; v < t->value_count && n > 2 && !t->derived; v++)
    if (str_eq(t->values[v].value, str_make(text.p, n))) {
      *out = (struct mention){.what = MENTION_VALUE, .first = at, .n = 1, .number = (int)v};
      return true;
    }
  return false;
}

static bool mentions_named(const struct mentions *m, const struct model_thing *t, size_t at,
                           struct mention *out) {
  for (size_t i = 0; i < m->name_count; i++)
    if ((!m->names[i].thing || model_is_within(t, m->names[i].thing)) &&
        mentions_is_name(&m->names[i], m->words->items[at].low)) {
      *out = (struct mention){.what = MENTION_KNOWN, .first = at, .n = 1, .number = (int)i};
      return true;
    }
  return false;
}

// "from the US": two great letters behind a small word are a place, whatever they mean otherwise.
static bool mentions_is_place(const struct mentions *m, size_t at) {
  struct str text = m->words->items[at].text, before = at ? m->words->items[at - 1].text : STR_NONE;
  bool great = text.n == 2 && isupper((unsigned char)text.p[0]) && isupper((unsigned char)text.p[1]);
  return great && before.n && islower((unsigned char)before.p[0]);
}

// "Plot the …", "please group …": what a sentence begins with says how to answer.
static bool mentions_reads(const struct mentions *m, size_t at) {
  const struct word *w = &m->words->items[at];
  const struct phrase *p;
  bool first = at == 0 || w[-1].clause != w->clause || w[-1].end ||
               language_at(m->language, m->words, at - 1, LANGUAGE_POLITE, NULL);
  if (first && language_divides(m->language, m->words, at)) return true;
  if (!first || !str_eq(language_stem(w->low, m->arena), w->low)) return false; // "shows"
  return language_at(m->language, m->words, at, LANGUAGE_READS, NULL) ||
         (!w->end && language_at(m->language, m->words, at, LANGUAGE_INTENT, &p) && p->number == ASK_LIST);
}

// "Show me every horse": what a sentence orders so is to be told, though something may be called a show.
static bool mentions_commands(const struct mentions *m, size_t at, size_t end) {
  return at + 1 < end && mentions_reads(m, at) &&
         (language_at(m->language, m->words, at + 1, LANGUAGE_DETERMINER, NULL) ||
          language_at(m->language, m->words, at + 1, LANGUAGE_OURS, NULL));
}

// "R" of "R-70050"
static bool mentions_is_id(const struct word *w) {
  bool digits = false;
  for (size_t i = 0; i < w->whole.n; i++) digits = digits || isdigit((unsigned char)w->whole.p[i]);
  return digits && w->whole.n > w->low.n;
}

static bool mentions_ranks_at(const struct mentions *m, size_t at) {
  const struct phrase *p;
  return language_at(m->language, m->words, at, LANGUAGE_INTENT, &p) &&
         (p->number == ASK_TOP || p->number == ASK_BOTTOM);
}

// "The biggest single expense", "one single repair": it says no more than what stands before it.
static bool mentions_is_sole(const struct mentions *m, size_t at) {
  if (!at || m->words->items[at - 1].end || !language_at(m->language, m->words, at, LANGUAGE_SOLE, NULL))
    return false;
  return mentions_ranks_at(m, at - 1) || language_at(m->language, m->words, at - 1, LANGUAGE_NUMBER, NULL);
}

// "How small is the smallest budget?": the same word, of which the most or the least is asked for.
static bool mentions_is_ranked(const struct mentions *m, size_t at) {
  struct str low = m->words->items[at].low;
  if (low.n < 3 || !at || !language_at(m->language, m->words, at - 1, LANGUAGE_INTERROGATIVE, NULL))
    return false;
  for (size_t i = at + 1; i < m->words->n; i++) {
    struct str most = m->words->items[i].low;
    if (most.n >= low.n + 2 && mentions_ranks_at(m, i) &&
        str_starts(most, arena_z(m->arena, str_make(low.p, low.n - 1))))
      return true;
  }
  return false;
}

static bool mentions_is_filler(const struct mentions *m, size_t at, size_t *n) {
  *n = m->timed[at] ? 1 : language_fills(m->language, m->words, at);
  if (*n) return true;
  *n = 1;
  if (mentions_is_sole(m, at) || mentions_is_ranked(m, at)) return true;
  if (mentions_reads(m, at)) return true;
  const struct word *w = &m->words->items[at];
  return w->kind == WORD_NUMBER || (w->low.n < 2 && !mentions_is_id(w));
}

// "number of orders" counts them, though orders have a number.
static bool mentions_counts(const struct mentions *m, const struct model_thing *t, const struct mention *x) {
  const struct phrase *p;
  if (!t->derived || x->what != MENTION_COLUMN || x->n != 1) return false;
  return language_at(m->language, m->words, x->first, LANGUAGE_INTENT, &p) > 1 && p->number == ASK_COUNT;
}

// "By type of fuel": with what follows, a word for kinds of it is that column, though another one may be called so too.
static void mentions_classify(const struct mentions *m, const struct model_thing *t, size_t end,
                              struct mention *x) {
  struct mention of = {.n = 0};
  size_t at = x->first;
  if (t->derived && x->what == MENTION_COLUMN && x->n == 1 && at + 2 < end && !m->words->items[at].end &&
      language_at(m->language, m->words, at, LANGUAGE_CARRIER, NULL) &&
      str_is(m->words->items[at + 1].low, "of") && mentions_at(m, t, at + 2, end, &of) &&
      of.what == MENTION_COLUMN && of.number != x->number)
    *x = (struct mention){.what = MENTION_COLUMN, .first = at, .n = 2 + of.n, .number = of.number};
}

// "pet owners" of a vendor that is about pets, "theatre customers": before a name, what its vendor says of all it has.
static bool mentions_is_about(const struct mentions *m, const struct model_thing *t, size_t at, size_t end) {
  const struct word *w = &m->words->items[at];
  return t->derived && t->source->about && map_get(t->source->about, w->stem) &&
         mentions_is_before_name(m, t, at + 1, end);
}

// "opening hours": behind what is said of rows, and not of a number or a time, a unit is a thing of its own.
static bool mentions_is_thing(const struct mentions *m, const struct mention *before, size_t at) {
  const struct word *w = &m->words->items[at];
  return before && before->what != MENTION_FILLER && before->first + before->n == at && !w[-1].end &&
         w[-1].kind == WORD_PLAIN && str_ends(w->low, "s") &&
         language_at(m->language, m->words, at, LANGUAGE_UNIT, NULL);
}

size_t mentions_of(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                   size_t count, struct mention *out, size_t most) {
  size_t n = 0, covered = 0, idiom = 0; // covered: by a longer phrase of the language, "most common"
  for (size_t k = 0; k < count; k++)
    for (size_t at = s[k].first; at < s[k].end && n < most;) {
      struct mention found = {.first = at, .n = 0};
      size_t fill = 1;
      const struct word *w = &m->words->items[at];
      size_t words = mentions_idiom(m, t, at);
      if (words) idiom = at + words;
      if (m->timed[at] || at < idiom || mentions_commands(m, at, s[k].end)) {
        found = (struct mention){.what = MENTION_FILLER, .first = at, .n = 1};
      } else if (mentions_named(m, t, at, &found) || mentions_at(m, t, at, s[k].end, &found) ||
                 mentions_capital(m, t, at, &found)) {
        if (mentions_counts(m, t, &found))
          found = (struct mention){.what = MENTION_FILLER, .first = at, .n = 1};
        mentions_classify(m, t, s[k].end, &found);
      } else if (w->kind != WORD_PLAIN && w->kind != WORD_NUMBER) {
        found = (struct mention){.what = MENTION_ENTITY, .first = at, .n = 1};
      } else {
        bool bucket = language_at(m->language, m->words, at, LANGUAGE_BUCKET, NULL) > 0; // "daily traffic"
        bool other = (t->derived && mentions_is_place(m, at)) || (!bucket && mentions_is_foreign(m, t, at)) ||
                     mentions_names_deed(m, t, at) ||
                     (t->derived && n && mentions_is_thing(m, &out[n - 1], at));
        bool filler = at < covered || mentions_reads(m, at) || (!other && mentions_is_filler(m, at, &fill));
        if (filler && at + fill > covered) covered = at + fill;
        enum mention_word what = filler                                  ? MENTION_FILLER
                                 : mentions_is_about(m, t, at, s[k].end) ? MENTION_SOURCE
                                                                         : MENTION_UNKNOWN;
        found = (struct mention){.what = what, .first = at, .n = 1};
      }
      out[n++] = found;
      at += found.n;
    }
  return n;
}

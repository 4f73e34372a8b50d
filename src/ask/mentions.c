// SPDX-License-Identifier: Apache-2.0
#include "ask/mentions.h"

#include <ctype.h>

#include "data/json.h"

enum { // what a word adds that the thing explains, or takes away where nothing does
  MENTIONS_NAME = 30,
  MENTIONS_LONGER = 8, // each further word of it
  MENTIONS_VALUE = 16,
  MENTIONS_NOUN = 10, // more, where it says what kind of row is meant
  MENTIONS_COLUMN = 13,
  MENTIONS_LACK = 14,
  MENTIONS_PARENT = 11,
  MENTIONS_SOURCE = 7,
  MENTIONS_ENTITY = 9,
  MENTIONS_UNKNOWN = 9,
  MENTIONS_TIMED = 6,
  MENTIONS_UNSEEN = 4,    // of a thing whose columns nobody has seen yet
  MENTIONS_ALONE = 2,     // of such a one whose source has no words for anything
  MENTIONS_ELSEWHERE = 5, // more, where it is the name of another thing
  MENTIONS_ALL = 9,       // a thing with words that explains all
  MENTIONS_WHOLE = 6,     // a thing of a source without words that explains all
  MENTIONS_FIRST = 3,     // of those, the one that is named first
  MENTIONS_ALIKE = 4,     // of a further value of a column
  MENTIONS_WHO = 10,
  MENTIONS_ROW = 6,  // more, where a row is called so
  MENTIONS_FAR = 12, // less, where a word has the stem of a name and is another one: "production", "product"
  MENTIONS_LEAST = 12,
  MENTIONS_HAPPENED = 40,  // less, where how something stands is asked of what happened
  MENTIONS_NOT_NAMED = 10, // less, where only columns and values speak for it
};

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

// "on" before something else is no state: "rules on example.com", but "which rules are on?"
static bool mentions_joins(const struct mentions *m, size_t at, size_t end) {
  return at + 1 < end && !m->words->items[at].end &&
         language_at(m->language, m->words, at, LANGUAGE_JOINS, NULL) > 0;
}

static bool mentions_at(const struct mentions *m, const struct model_thing *t, size_t at, size_t end,
                        struct mention *out) {
  int best = 99;
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase_hit *h = &m->hits[at][i];
    enum mention_word what;
    if (h->n == 1 &&
        (mentions_joins(m, at, end) || mentions_abstracts(m->words->items[at].low, h->phrase->first)))
      continue;
    int rank = at + h->n <= end ? mentions_rank(t, h->phrase, m->words->items[at].low, &what) : -1;
    if (rank < 0 || h->n < out->n || (h->n == out->n && rank >= best)) continue;
    best = rank;
    *out = (struct mention){.what = what, .first = at, .n = h->n, .number = h->phrase->number};
    if (what == MENTION_PARENT) out->parent = h->phrase->means;
  }
  return best < 99;
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

// Is the word the name of another thing, of a source without words?
static bool mentions_is_foreign(const struct mentions *m, const struct model_thing *t, size_t at) {
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    const struct model_thing *other = p->means;
    if (p->role == MODEL_NAME && !p->number && other != t && !other->source->worded) return true;
  }
  return false;
}

// "Plot the …", "please group …": what a sentence begins with says how to answer.
static bool mentions_reads(const struct mentions *m, size_t at) {
  const struct word *w = &m->words->items[at];
  bool first = at == 0 || w[-1].clause != w->clause || w[-1].end ||
               language_at(m->language, m->words, at - 1, LANGUAGE_POLITE, NULL);
  return first && language_at(m->language, m->words, at, LANGUAGE_READS, NULL);
}

// "R" of "R-70050"
static bool mentions_is_id(const struct word *w) {
  bool digits = false;
  for (size_t i = 0; i < w->whole.n; i++) digits = digits || isdigit((unsigned char)w->whole.p[i]);
  return digits && w->whole.n > w->low.n;
}

static bool mentions_is_filler(const struct mentions *m, size_t at, size_t *n) {
  *n = m->timed[at] ? 1 : language_fills(m->language, m->words, at);
  if (*n) return true;
  *n = 1;
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

size_t mentions_of(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                   size_t count, struct mention *out, size_t most) {
  size_t n = 0, covered = 0; // covered: by a longer phrase of the language, "most common"
  for (size_t k = 0; k < count; k++)
    for (size_t at = s[k].first; at < s[k].end && n < most;) {
      struct mention found = {.first = at, .n = 0};
      size_t fill = 1;
      const struct word *w = &m->words->items[at];
      if (m->timed[at]) {
        found = (struct mention){.what = MENTION_FILLER, .first = at, .n = 1};
      } else if (mentions_named(m, t, at, &found) || mentions_at(m, t, at, s[k].end, &found)) {
        if (mentions_counts(m, t, &found))
          found = (struct mention){.what = MENTION_FILLER, .first = at, .n = 1};
      } else if (w->kind != WORD_PLAIN && w->kind != WORD_NUMBER) {
        found = (struct mention){.what = MENTION_ENTITY, .first = at, .n = 1};
      } else {
        bool other = (t->derived && mentions_is_place(m, at)) || mentions_is_foreign(m, t, at);
        bool filler = at < covered || (!other && mentions_is_filler(m, at, &fill));
        if (filler && at + fill > covered) covered = at + fill;
        found = (struct mention){.what = filler ? MENTION_FILLER : MENTION_UNKNOWN, .first = at, .n = 1};
      }
      out[n++] = found;
      at += found.n;
    }
  return n;
}

// Is a row of the thing itself asked for so?
static bool mentions_finds(const struct model_thing *t, enum word_kind kind) {
  enum word_kind finds;
  return word_kind_read(json_str(yyjson_obj_get(t->def, "find"), "kind"), &finds) && finds == kind;
}

bool mentions_takes(const struct model_thing *t, enum word_kind kind) {
  for (const struct model_thing *up = t; up; up = up->within) {
    enum word_kind finds;
    if (word_kind_read(json_str(yyjson_obj_get(up->def, "find"), "kind"), &finds) && finds == kind)
      return true;
    if (kind == WORD_ID && json_str(up->def, "key").n) return true;
  }
  for (size_t i = 0; i < t->column_count; i++)
    if (t->columns[i].entity == kind) return true;
  return kind == WORD_QUOTED;
}

// A time asks for something that has one.
// "created in 2023": the column of a time.
static bool mentions_time_at(const struct mentions *m, const struct model_thing *t, size_t at) {
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    if (p->role == MODEL_COLUMN && p->means == t && t->columns[p->number].time) return true;
  }
  return false;
}

static int mentions_timed(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                          size_t count) {
  bool timed = false,
       has = t->time >= 0 || yyjson_obj_get(t->def, "span") || yyjson_obj_get(t->def, "sliced");
  for (size_t k = 0; k < count; k++)
    for (size_t at = s[k].first; at < s[k].end; at++) {
      timed = timed || m->timed[at];
      has = has || mentions_time_at(m, t, at);
    }
  if (t->derived && !t->known) return timed && !t->source->worded ? MENTIONS_TIMED : 0;
  return timed ? (has ? MENTIONS_TIMED : -MENTIONS_TIMED) : 0;
}

static bool mentions_is_elsewhere(const struct mentions *m, size_t at) {
  for (size_t i = 0; i < m->hit_counts[at]; i++)
    if (m->hits[at][i].phrase->role == MODEL_NAME && !m->hits[at][i].phrase->number) return true;
  return false;
}

// Has the word the stem of the name, and is no form of it? "production" is no product.
static bool mentions_is_far(const struct mentions *m, const struct model_thing *t, const struct mention *x) {
  struct str low = m->words->items[x->first].low;
  for (size_t i = 0; i < m->hit_counts[x->first] && t->derived; i++) {
    const struct phrase *p = m->hits[x->first][i].phrase;
    if (p->role != MODEL_NAME || p->means != t) continue;
    struct str longer = low.n > p->first.n ? low : p->first, shorter = low.n > p->first.n ? p->first : low;
    if (!str_starts(longer, arena_z(m->arena, shorter)) || !str_starts(str_from(longer, shorter.n), "ion"))
      return false;
  }
  return x->n == 1 && str_ends(low, "ion");
}

static bool mentions_same_column(const struct model_thing *t, const struct mention *list, size_t i) {
  int column = t->values[list[i].number].column;
  for (size_t k = 0; k < i && column >= 0; k++)
    if (list[k].what == MENTION_VALUE && t->values[list[k].number].column == column) return true;
  return false;
}

// "Who …" is answered by what names people.
static int mentions_who(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s) {
  if (!language_at(m->language, m->words, s->first, LANGUAGE_WHO, NULL)) return 0;
  for (size_t c = 0; c < t->column_count; c++)
    if (t->columns[c].entity == WORD_EMAIL)
      return t->events ? 0 : MENTIONS_WHO; // what happened is asked for by more
  return t->derived || t->events ? 0 : -MENTIONS_WHO;
}

// "Is the WAF on?": what happened to it does not tell how it stands.
static bool mentions_stands(const struct mentions *m, const struct ask_segment *s) {
  const struct phrase *p;
  size_t n = language_at(m->language, m->words, s->first, LANGUAGE_INTENT, &p);
  if (!language_at(m->language, m->words, s->first, LANGUAGE_PRESENT, NULL) || (n && p->number == ASK_CHECK))
    return false;
  for (size_t at = s->first + 1; at < s->end; at++)
    if (language_at(m->language, m->words, at, LANGUAGE_STANDING, NULL) && !m->timed[at]) return true;
  return false;
}

// Of what is counted nothing else is told: the amount of invoices is none of the customer that has them.
static int mentions_measured(const struct model_thing *t, const struct mention *list, size_t n) {
  bool counted = false, other = false;
  for (size_t i = 0; i < n; i++) {
    const struct model_column *c = list[i].what == MENTION_COLUMN ? &t->columns[list[i].number] : NULL;
    counted = counted || (c && c->counted);
    other = other || (c && !c->counted && (c->unit.n || c->kind.n));
  }
  return counted && other ? MENTIONS_NAME : 0;
}

// "customers that have no open invoices" asks for customers, not for invoices.
static int mentions_had(const struct mentions *m, const struct model_thing *t, const struct mention *list,
                        size_t n) {
  bool other = false, has = false, none = false;
  for (size_t i = 0; i < n; i++) {
    const struct mention *x = &list[i];
    if (x->what == MENTION_NAME && !x->number)
      return !other ? 0 : none ? MENTIONS_NAME : has ? MENTIONS_VALUE : 0;
    other = other || (x->what == MENTION_COLUMN && t->columns[x->number].other);
    if (x->what != MENTION_FILLER || !other) continue;
    has = has || language_at(m->language, m->words, x->first, LANGUAGE_HAVING, NULL);
    none = none || language_at(m->language, m->words, x->first, LANGUAGE_NOT, NULL) ||
           language_at(m->language, m->words, x->first, LANGUAGE_MISSING, NULL);
    if (language_at(m->language, m->words, x->first, LANGUAGE_COMPARISON, NULL)) return 0; // each is counted
  }
  return 0;
}

static int mentions_name(const struct mentions *m, const struct model_thing *t, const struct mention *x,
                         bool others) {
  return MENTIONS_NAME - (mentions_is_far(m, t, x) ? MENTIONS_FAR : 0) +
         (t->derived && !others ? MENTIONS_FIRST : 0);
}

static int mentions_entity(const struct model_thing *t, enum word_kind kind) {
  if (!mentions_takes(t, kind)) return -MENTIONS_UNKNOWN;
  return MENTIONS_ENTITY + (mentions_finds(t, kind) ? MENTIONS_ROW : 0);
}

static int mentions_whole(const struct model_thing *t, bool spoken_of) {
  if (t->derived) return t->known ? MENTIONS_WHOLE : 0;
  return spoken_of ? 0 : MENTIONS_ALL;
}

static int mentions_unknown(const struct mentions *m, const struct model_thing *t, size_t at) {
  int less = !t->derived || t->known ? MENTIONS_UNKNOWN
             : t->source->worded     ? MENTIONS_UNSEEN
                                     : MENTIONS_ALONE;
  return less + (t->derived && mentions_is_elsewhere(m, at) ? MENTIONS_ELSEWHERE : 0);
}

static int mentions_plain(enum mention_word what) {
  return what == MENTION_LACK ? MENTIONS_LACK : what == MENTION_PARENT ? MENTIONS_PARENT : MENTIONS_SOURCE;
}

int mentions_score(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                   size_t count, bool *named) {
  struct mention list[WORDS_MOST];
  size_t n = mentions_of(m, t, s, count, list, WORDS_MOST);
  int score = mentions_timed(m, t, s, count) + mentions_who(m, t, s), seen_names = 0, seen_own = 0,
      unknown = 0;
  bool others = false; // something of its own stands before its name
  *named = false;
  for (size_t i = 0; i < n; i++) {
    const struct mention *x = &list[i];
    bool again = false;
    for (size_t k = 0; k < i; k++)
      again = again || (list[k].what == x->what && x->what != MENTION_UNKNOWN && x->what != MENTION_ENTITY &&
                        list[k].number == x->number && list[k].parent == x->parent);
    int longer = (int)(x->n - 1) * MENTIONS_LONGER;
    switch (x->what) {
    case MENTION_NAME:
      if (x->number == 0 && !*named)
        score += mentions_name(m, t, x, others) + longer;
      else if (!again)
        score += MENTIONS_COLUMN + longer;
      *named = *named || x->number == 0;
      seen_names++;
      break;
    case MENTION_VALUE:
      if (!again && mentions_same_column(t, list, i))
        again = true, score += MENTIONS_ALIKE; // one column says both
      seen_own += !again;
      if (t->values[x->number].noun && !seen_names++) score += MENTIONS_NOUN, *named = true;
      score += again ? 0 : MENTIONS_VALUE + longer;
      if (t->derived && !again && t->values[x->number].column == t->label) score += MENTIONS_ROW;
      break;
    case MENTION_COLUMN:
      seen_own += !again;
      others = true;
      score += again ? 0 : MENTIONS_COLUMN + longer;
      break;
    case MENTION_LACK:
    case MENTION_PARENT:
    case MENTION_SOURCE:
      score += again ? 0 : mentions_plain(x->what) + longer;
      break;
    case MENTION_ENTITY:
      score += mentions_entity(t, m->words->items[x->first].kind);
      break;
    case MENTION_KNOWN:
      score += MENTIONS_VALUE;
      break;
    case MENTION_UNKNOWN:
      unknown++;
      others = others || mentions_is_elsewhere(m, x->first);
      score -= mentions_unknown(m, t, x->first);
      break;
    default:
      break;
    }
  }
  score -= mentions_measured(t, list, n) + mentions_had(m, t, list, n);
  bool spoken_of = *named || seen_names;
  if (t->events && !*named && mentions_stands(m, s)) score -= MENTIONS_HAPPENED;
  if (!unknown && seen_own) score += mentions_whole(t, spoken_of);
  if (spoken_of || t->weight < 0) score += t->weight;
  return score - (spoken_of || seen_own > 1 ? 0 : MENTIONS_NOT_NAMED);
}

const struct model_thing *mentions_best(const struct mentions *m, const struct ask_segment *s, size_t count,
                                        int *score, const struct model_thing **second) {
  const struct model_thing *best = NULL;
  int most = INT32_MIN, next = INT32_MIN;
  *second = NULL;
  for (size_t i = 0; i < model_count(m->model); i++) {
    bool named;
    const struct model_thing *t = model_at(m->model, i);
    int mine = mentions_score(m, t, s, count, &named);
    if (mine < MENTIONS_LEAST + (t->derived ? t->weight : 0)) continue;
    if (mine > most) {
      next = best ? most : INT32_MIN;
      *second = best;
      best = t;
      most = mine;
    } else if (mine > next) {
      next = mine;
      *second = t;
    }
  }
  *score = most;
  if (next < most) *second = NULL;
  return best;
}

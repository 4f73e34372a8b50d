// SPDX-License-Identifier: Apache-2.0
// How well a thing explains the words of a question, and which one does best.
#include <ctype.h>
#include <string.h>

#include "ask/mentions.h"
#include "data/json.h"

enum { // what a word adds that the thing explains, or takes away where nothing does
  MENTIONS_NAME = 30,
  MENTIONS_LONGER = 8, // each further word of it
  MENTIONS_VALUE = 16,
  MENTIONS_NOUN = 10, // more, where it says what kind of row is meant
  MENTIONS_COLUMN = 13,
  MENTIONS_KNOWN = 30, // a row is of no other
  MENTIONS_DOES = 13,  // a verb for what it is
  MENTIONS_LACK = 14,
  MENTIONS_PARENT = 11,
  MENTIONS_SOURCE = 7,
  MENTIONS_ENTITY = 9,
  MENTIONS_UNKNOWN = 9,
  MENTIONS_TIMED = 6,
  MENTIONS_OTHER = 14,    // more, where it names another source
  MENTIONS_UNSEEN = 4,    // of a thing whose columns nobody has seen yet
  MENTIONS_ALONE = 2,     // of such a one whose source has no words for anything
  MENTIONS_ELSEWHERE = 5, // more, where it is the name of another thing
  MENTIONS_ALL = 9,       // a thing with words that explains all
  MENTIONS_WHOLE = 6,     // a thing of a source without words that explains all
  MENTIONS_FIRST = 3,     // of those, the one that is named first
  MENTIONS_ALIKE = 4,     // of a further value of a column
  MENTIONS_WHO = 10,
  MENTIONS_MAY = 20,      // more, where it is asked what somebody may do, and the thing says so
  MENTIONS_ROW = 6,       // more, where a row is called so
  MENTIONS_INNER = 3,     // less, of rows within others that the question does not speak of
  MENTIONS_PART = 12,     // less, where a longer name of another thing begins with it
  MENTIONS_BORROWED = 14, // less, where another thing is called so itself
  MENTIONS_FAR = 12, // less, where a word has the stem of a name and is another one: "production", "product"
  MENTIONS_LEAST = 12,
  MENTIONS_HAPPENED = 40,  // less, where how something stands is asked of what happened
  MENTIONS_SILENT = 20,    // less, where nothing says that something happened, of what did
  MENTIONS_NOT_NAMED = 10, // less, where only columns and values speak for it
};

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

// "created in 2023": the column of a time; a time asks for something that has one.
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
  for (size_t at = s->first + 1; at < s->end; at++) {
    size_t stands = m->timed[at] ? 0 : language_at(m->language, m->words, at, LANGUAGE_STANDING, NULL);
    bool leads = stands == 1 && at + 1 < s->end && !m->words->items[at].end &&
                 language_at(m->language, m->words, at, LANGUAGE_JOINS, NULL); // "denied on the storefront"
    if (stands && !leads) return true;
  }
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
           language_at(m->language, m->words, x->first, LANGUAGE_MISSING, NULL) ||
           language_at(m->language, m->words, x->first, LANGUAGE_NOTHING, NULL);
    if (language_at(m->language, m->words, x->first, LANGUAGE_COMPARISON, NULL)) return 0; // each is counted
  }
  return 0;
}

// Do rows of another thing, that is spoken of before, count those that are called so at the word?
static bool mentions_is_counted(const struct mentions *m, const struct model_thing *t, size_t at,
                                size_t before) {
  for (size_t i = 0; i < m->hit_counts[at]; i++) {
    const struct phrase *p = m->hits[at][i].phrase;
    const struct model_thing *other = p->means;
    if (p->role != MODEL_COLUMN || other == t || !other->derived || !other->columns[p->number].counted)
      continue;
    for (size_t w = 0; w < before; w++)
      for (size_t k = 0; k < m->hit_counts[w]; k++)
        if (m->hits[w][k].phrase->role == MODEL_NAME && m->hits[w][k].phrase->means == other) return true;
  }
  return false;
}

// "Members without a single open issue" are members: what stands behind the denial is what they have not.
static int mentions_lacked(const struct mentions *m, const struct model_thing *t, const struct mention *list,
                           size_t n) {
  size_t denied = m->words->n;
  for (size_t i = 0; i < n && t->derived; i++) {
    const struct mention *x = &list[i];
    bool denies =
        x->what == MENTION_FILLER && (language_at(m->language, m->words, x->first, LANGUAGE_MISSING, NULL) ||
                                      language_at(m->language, m->words, x->first, LANGUAGE_NOT, NULL) ||
                                      language_at(m->language, m->words, x->first, LANGUAGE_NOTHING, NULL));
    if (denies) denied = x->first;
    if (x->what != MENTION_NAME || x->number || denied == m->words->n) continue;
    for (size_t at = denied + 1; at <= x->first; at++)
      if (mentions_is_counted(m, t, at, denied)) return MENTIONS_NAME;
    return 0;
  }
  return 0;
}

bool mentions_is_source(const struct mentions *m, size_t at) {
  for (size_t i = 0; i < m->hit_counts[at]; i++)
    if (m->hits[at][i].phrase->role == MODEL_SOURCE) return true;
  return false;
}

// "Reservations of Carla Grant": what stands before "of" is asked for, and not the one that is called so, which has them.
static bool mentions_is_of(const struct mentions *m, const struct model_thing *t, const struct mention *list,
                           size_t n, size_t i) {
  bool named = false;
  if (list[i].what != MENTION_COLUMN || !t->columns[list[i].number].counted || i + 2 >= n ||
      list[i + 1].what != MENTION_FILLER || !mentions_is_elsewhere(m, list[i].first) ||
      !language_at(m->language, m->words, list[i + 1].first, LANGUAGE_PREPOSITION, NULL))
    return false;
  for (size_t k = i + 2; k < n && (list[k].what == MENTION_VALUE || list[k].what == MENTION_FILLER ||
                                   list[k].what == MENTION_NAME);
       k++)
    named = named || (list[k].what == MENTION_VALUE && t->values[list[k].number].column == t->label);
  return named;
}

// "Which openings are in Hamburg" asks for openings, and not for whose they are.
static bool mentions_is_which(const struct mentions *m, const struct model_thing *t,
                              const struct mention *list, size_t n, size_t i) {
  const struct phrase *p;
  if (list[i].what != MENTION_COLUMN || !t->columns[list[i].number].counted || i != 1 ||
      !mentions_is_elsewhere(m, list[i].first) ||
      !language_at(m->language, m->words, list[0].first, LANGUAGE_INTENT, &p) || p->number != ASK_LIST)
    return false;
  for (size_t k = 0; k < n; k++)
    if (list[k].what == MENTION_NAME && !list[k].number) return false;
  return true;
}

// "How many clients …" counts what is called so: where that is a thing, rows that only say whose they are are others.
static int mentions_headed(const struct mentions *m, const struct model_thing *t, const struct mention *list,
                           size_t n) {
  const struct phrase *p;
  bool counts = false;
  for (size_t i = 0; i < n && t->derived; i++) {
    const struct mention *x = &list[i];
    if (x->what == MENTION_SOURCE || (x->what == MENTION_UNKNOWN && mentions_is_source(m, x->first)))
      continue;
    if (x->what == MENTION_FILLER) {
      counts = counts || (language_at(m->language, m->words, x->first, LANGUAGE_INTENT, &p) > 1 &&
                          p->number == ASK_COUNT);
      continue;
    }
    bool other = x->what == MENTION_COLUMN && t->columns[x->number].other, denied = false;
    for (size_t k = i + 1; k < n && list[k].what == MENTION_FILLER; k++) // "clients that never …"
      denied = denied || language_at(m->language, m->words, list[k].first, LANGUAGE_NOT, NULL) ||
               language_at(m->language, m->words, list[k].first, LANGUAGE_NOTHING, NULL);
    if (mentions_is_of(m, t, list, n, i) || mentions_is_which(m, t, list, n, i)) return MENTIONS_NAME;
    bool whose =
        other || (denied && x->what == MENTION_COLUMN); // "customers that never shipped", by "customer_ref"
    return (counts || denied) && whose && mentions_is_elsewhere(m, x->first) ? MENTIONS_NAME : 0;
  }
  return 0;
}

static bool mentions_is_own(const struct mentions *m, const struct model_thing *t, struct str stem) {
  struct ask_words words;
  struct err err;
  if (!language_words(t->label_noun, m->arena, &words, &err)) return true;
  for (size_t i = 0; i < words.n; i++)
    if (str_eq(words.items[i].stem, stem)) return true;
  return false;
}

// "Tickets", where there are such: what is only called so as well, as requests are, is meant less.
static bool mentions_is_borrowed(const struct mentions *m, const struct model_thing *t,
                                 const struct mention *x) {
  struct str stem = m->words->items[x->first].stem;
  if (!t->derived || x->n != 1 || mentions_is_own(m, t, stem)) return false;
  for (size_t i = 0; i < m->hit_counts[x->first]; i++) {
    const struct phrase *p = m->hits[x->first][i].phrase;
    const struct model_thing *other = p->means;
    if (p->role == MODEL_NAME && !p->number && p->n == 1 && other != t && other->derived &&
        mentions_is_own(m, other, stem))
      return true;
  }
  return false;
}

// "Zone settings" are no zones: a longer name of another thing begins here.
static bool mentions_is_part(const struct mentions *m, const struct model_thing *t, const struct mention *x) {
  for (size_t i = 0; i < m->hit_counts[x->first] && !t->derived; i++) {
    const struct phrase_hit *h = &m->hits[x->first][i];
    if (h->phrase->role == MODEL_NAME && !h->phrase->number && h->phrase->means != t && h->n > x->n)
      return true;
  }
  return false;
}

static int mentions_name(const struct mentions *m, const struct model_thing *t, const struct mention *x,
                         bool others) {
  return MENTIONS_NAME - (mentions_is_part(m, t, x) ? MENTIONS_PART : 0) -
         (mentions_is_borrowed(m, t, x) ? MENTIONS_BORROWED : 0) -
         (mentions_is_far(m, t, x) ? MENTIONS_FAR : 0) + (t->derived && !others ? MENTIONS_FIRST : 0);
}

static int mentions_value(const struct mentions *m, const struct model_thing *t, const struct mention *x) {
  return MENTIONS_VALUE + (t->values[x->number].may && m->ability ? MENTIONS_MAY : 0);
}

static int mentions_entity(const struct model_thing *t, enum word_kind kind) {
  if (!mentions_takes(t, kind)) return -MENTIONS_UNKNOWN;
  return MENTIONS_ENTITY + (mentions_finds(t, kind) ? MENTIONS_ROW : 0);
}

static int mentions_whole(const struct model_thing *t, bool spoken_of) {
  if (t->derived) return t->known ? MENTIONS_WHOLE : 0;
  return spoken_of ? 0 : MENTIONS_ALL;
}

struct str mentions_other_source(const struct mentions *m, const struct model_thing *t, size_t at) {
  struct str other = STR_NONE;
  for (size_t i = 0; i < m->hit_counts[at] && !t->derived; i++) {
    const struct model_source *s = m->hits[at][i].phrase->means;
    if (m->hits[at][i].phrase->role != MODEL_SOURCE || !s->worded) continue;
    if (s == t->source) return STR_NONE;
    other = s->label;
  }
  return other;
}

int mentions_folder(const struct mentions *m, const struct model_thing *t, size_t at) {
  struct str whole = m->words->items[at].whole;
  return memchr(whole.p, '/', whole.n) ? model_column_find(t, json_str(t->def, "folder")) : -1;
}

int mentions_column_of(const struct model_thing *t, enum word_kind kind) {
  for (size_t i = 0; i < t->column_count && kind != WORD_PLAIN; i++)
    if (t->columns[i].entity == kind) return (int)i;
  return -1;
}

static int mentions_unknown(const struct mentions *m, const struct model_thing *t, size_t at) {
  if (mentions_folder(m, t, at) >= 0) return -MENTIONS_ENTITY;
  if (mentions_other_source(m, t, at).n) return MENTIONS_UNKNOWN + MENTIONS_OTHER;
  int less = !t->derived || t->known ? MENTIONS_UNKNOWN
             : t->source->worded     ? MENTIONS_UNSEEN
                                     : MENTIONS_ALONE;
  return less + (t->derived && mentions_is_elsewhere(m, at) ? MENTIONS_ELSEWHERE : 0);
}

// "Grand Theatre": words that are written as one name, and that nothing knows.
static bool mentions_goes_on(const struct mentions *m, const struct mention *before,
                             const struct mention *x) {
  const struct word *a = &m->words->items[before->first], *b = &m->words->items[x->first];
  return before->what == MENTION_UNKNOWN && x->first == before->first + 1 && !a->end &&
         isupper((unsigned char)a->text.p[0]) && isupper((unsigned char)b->text.p[0]);
}

static int mentions_plain(enum mention_word what) {
  return what == MENTION_LACK ? MENTIONS_LACK : what == MENTION_PARENT ? MENTIONS_PARENT : MENTIONS_SOURCE;
}

// Its call takes what the question has to give ("what is known about 203.0.113.77"), and does not.
static bool mentions_needs_more(const struct mentions *m, const struct model_thing *t) {
  for (size_t c = 0; c < t->column_count && !t->derived; c++) {
    size_t i, n;
    yyjson_val *step, *key, *value;
    bool given = false, there = false;
    yyjson_arr_foreach (yyjson_obj_get(t->def, "steps"), i, n, step) {
      size_t k, of;
      yyjson_obj_foreach (yyjson_obj_get(step, "arguments"), k, of, key, value)
        given = given || str_eq(json_str(value, "$given"), t->columns[c].name);
    }
    for (size_t w = 0; w < m->words->n && given; w++)
      there = there || m->words->items[w].kind == t->columns[c].entity;
    if (given && !there && t->columns[c].entity != WORD_PLAIN) return true;
  }
  return false;
}

static bool mentions_tells(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                           size_t count) { // when, or who
  for (size_t k = 0; k < count; k++)
    for (size_t at = s[k].first; at < s[k].end; at++)
      if (m->timed[at]) return true;
  return t->events && language_at(m->language, m->words, s->first, LANGUAGE_WHO, NULL) > 0;
}

// The rest of a word with hyphens, that counts once.
static bool mentions_is_rest(const struct mentions *m, const struct model_thing *t,
                             const struct mention *before, const struct mention *x) {
  return before->what == MENTION_UNKNOWN && !t->derived &&
         m->words->items[x->first].whole.p == m->words->items[before->first].whole.p;
}

// What was done, of what happened, or who did it: "deleted", "logins", an address.
static bool mentions_deed(const struct mentions *m, const struct model_thing *t, const struct mention *list,
                          size_t n) {
  int deeds = model_column_find(t, json_str(t->def, "deeds"));
  for (size_t i = 0; i < n; i++)
    if (list[i].what == MENTION_ENTITY && m->words->items[list[i].first].kind != WORD_DOMAIN &&
        mentions_takes(t, m->words->items[list[i].first].kind))
      return true;
  for (size_t i = 0; i < n; i++)
    if (list[i].what == MENTION_VALUE && deeds >= 0 && t->values[list[i].number].column == deeds) return true;
  return deeds < 0;
}

// What speaks against it in the question as a whole.
static int mentions_less(const struct mentions *m, const struct model_thing *t, const struct ask_segment *s,
                         size_t count, const struct mention *list, size_t n, bool named, int names) {
  int less = mentions_measured(t, list, n) + mentions_had(m, t, list, n) + mentions_lacked(m, t, list, n) +
             mentions_headed(m, t, list, n);
  if (t->events && !named && mentions_stands(m, s)) less += MENTIONS_HAPPENED;
  if (t->events && !t->derived && !names && !mentions_tells(m, t, s, count) && !mentions_deed(m, t, list, n))
    less += MENTIONS_SILENT;
  return less;
}

// Rows within others that the question does not speak of are there many times: "active users" are not those of groups.
static bool mentions_is_outer(const struct model_thing *t, const struct mention *list, size_t n) {
  bool outer = !t->derived || !t->within;
  for (size_t i = 0; i < n; i++)
    outer = outer || list[i].what == MENTION_PARENT || list[i].what == MENTION_KNOWN;
  return outer;
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
        score += x->number == MODEL_DOES ? MENTIONS_DOES : MENTIONS_COLUMN + longer;
      *named = *named || x->number == 0;
      seen_names++;
      break;
    case MENTION_VALUE:
      if (!again && mentions_same_column(t, list, i))
        again = true, score += MENTIONS_ALIKE; // one column says both
      seen_own += !again;
      if (t->values[x->number].noun && !seen_names++) score += MENTIONS_NOUN, *named = true;
      score += again ? 0 : mentions_value(m, t, x) + longer;
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
      score += t->derived ? MENTIONS_VALUE : MENTIONS_KNOWN;
      break;
    case MENTION_UNKNOWN:
      if (i && mentions_is_rest(m, t, &list[i - 1], x)) break;
      unknown++;
      if (i && mentions_goes_on(m, &list[i - 1], x)) break; // one name
      others = others || mentions_is_elsewhere(m, x->first);
      score -= mentions_unknown(m, t, x->first);
      break;
    default:
      break;
    }
  }
  score -= mentions_less(m, t, s, count, list, n, *named, seen_names);
  bool spoken_of = *named || seen_names;
  if (!mentions_is_outer(t, list, n)) score -= MENTIONS_INNER;
  if (!unknown && seen_own) score += mentions_whole(t, spoken_of);
  if (spoken_of || t->weight < 0) score += t->weight;
  return score - (spoken_of || seen_own > 1 ? 0 : MENTIONS_NOT_NAMED);
}

enum { MENTIONS_NUMBER = 1, MENTIONS_WHEN = 2 };

// "The median length of a stay" asks for a number, "how many arrivals last week" for what happened then.
static unsigned mentions_wants(const struct mentions *m, const struct ask_segment *s, size_t count) {
  const struct phrase *p;
  bool timed = false, counts = false, folds = false;
  for (size_t k = 0; k < count; k++)
    for (size_t at = s[k].first; at < s[k].end; at++) {
      timed = timed || m->timed[at];
      if (!language_at(m->language, m->words, at, LANGUAGE_INTENT, &p)) continue;
      counts = counts || p->number == ASK_COUNT;
      folds = folds || p->number == ASK_MEAN || p->number == ASK_MEDIAN || p->number == ASK_PERCENTILE ||
              p->number == ASK_TOP || p->number == ASK_BOTTOM;
    }
  return (folds ? MENTIONS_NUMBER : 0) | (timed && counts && !folds ? MENTIONS_WHEN : 0);
}

// Is all that is said known of it, and what is wanted, though nothing names it?
static bool mentions_explains(const struct mentions *m, const struct model_thing *t,
                              const struct ask_segment *s, size_t count, unsigned wants) {
  struct mention list[WORDS_MOST];
  size_t n = mentions_of(m, t, s, count, list, WORDS_MOST);
  bool has = false;
  for (size_t i = 0; i < n; i++) {
    if (list[i].what != MENTION_COLUMN && list[i].what != MENTION_FILLER && list[i].what != MENTION_VALUE)
      return false;
    const struct model_column *c = list[i].what == MENTION_COLUMN ? &t->columns[list[i].number] : NULL;
    if (!c || c->counted || c->other) continue;
    has = has || (wants & MENTIONS_NUMBER && (c->unit.n || c->kind.n)) || (wants & MENTIONS_WHEN && c->time);
  }
  return has;
}

// "Who charges the highest hourly rate?": the one thing that has it.
static const struct model_thing *mentions_only(const struct mentions *m, const struct ask_segment *s,
                                               size_t count) {
  const struct model_thing *only = NULL;
  unsigned wants = mentions_wants(m, s, count);
  if (!wants) return NULL;
  for (size_t i = 0; i < model_count(m->model); i++) {
    const struct model_thing *t = model_at(m->model, i);
    if (!t->derived || t->source->worded || !mentions_explains(m, t, s, count, wants)) continue;
    if (only) return NULL;
    only = t;
  }
  return only;
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
    if (mine > most && mentions_needs_more(m, t)) continue;
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
  if (!best && (best = mentions_only(m, s, count))) most = MENTIONS_LEAST;
  *score = most;
  if (next < most) *second = NULL;
  return best;
}

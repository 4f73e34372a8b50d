// SPDX-License-Identifier: Apache-2.0
#include "language/segments_parts.h"

#include "language/deed.h"
#include "lexicon/lexicon.h"

size_t segment_skip_polite(const struct segmenting *s, size_t at, size_t end, bool *asked_of_us) {
  size_t n;
  while (at < end && (n = language_at(s->language, s->words, at, LANGUAGE_POLITE, NULL))) {
    *asked_of_us = true;
    at += n;
  }
  return at;
}

static bool segment_is_name(const struct segmenting *s, size_t at) {
  struct phrase_hit hit;
  return phrases_at(s->known, s->words, at, &hit, 1) && hit.n > 1 &&
         str_eq(hit.phrase->first, s->words->items[at].low);
}

bool segment_has_digit(struct str low) {
  for (size_t i = 0; i < low.n; i++)
    if (low.p[i] >= '0' && low.p[i] <= '9') return true;
  return false;
}

// Nothing but courtesy follows.
static bool segment_ends_politely(const struct segmenting *s, size_t at, size_t end) {
  bool asked_of_us;
  return segment_skip_polite(s, at, end, &asked_of_us) >= end;
}

// One thing is pointed at, as an order does: "Thunderbolt's weight", "booking 90500", "… to 512 kg".
static bool segment_singles_out(const struct segmenting *s, size_t at, size_t end) {
  const struct word *w = s->words->items;
  struct phrase_hit hit;
  if (at >= end) return false;
  if (w[at].kind == WORD_PLAIN && w[at].whole.n > w[at].low.n + 1 &&
      strchr("sS", w[at].whole.p[w[at].whole.n - 1]) && w[at].whole.p[w[at].low.n] != '-')
    return true;
  size_t behind = at + (phrases_at(s->known, s->words, at, &hit, 1) ? hit.n : 1);
  if (behind < end && w[behind].low.n && segment_has_digit(w[behind].low) &&
      segment_ends_politely(s, behind + 1, end))
    return true;
  for (size_t i = at + 1; i + 1 < end; i++)
    if (str_is(w[i].low, "to") && (w[i + 1].kind == WORD_NUMBER || w[i + 1].kind == WORD_QUOTED)) return true;
  return false;
}

// "open tickets" are tickets in a state; "open the ticket" and "refund order SO-12" are orders.
static bool segment_is_state(const struct segmenting *s, size_t at, size_t n, size_t end) {
  if (!language_at(s->language, s->words, at, LANGUAGE_STATE, NULL)) return false;
  if (language_at(s->language, s->words, at + n, LANGUAGE_DETERMINER, NULL) ||
      language_at(s->language, s->words, at + n, LANGUAGE_NOTHING, NULL) || // "block nothing but this"
      segment_singles_out(s, at + n, end))
    return false;
  struct phrase_hit hit;
  if (at + n + 1 < end && language_at(s->language, s->words, at + n + 1, LANGUAGE_MORE, NULL) &&
      (s->words->items[at + n].kind == WORD_NUMBER ||
       language_at(s->language, s->words, at + n, LANGUAGE_NUMBER, NULL)))
    return false; // "order ten more of them"
  bool known = phrases_at(s->known, s->words, at, &hit, 1) > 0;
  for (size_t i = at + n; i < end; i++) {
    const struct word *w = &s->words->items[i];
    if (segment_has_digit(w->low) && w->kind != WORD_NUMBER && !phrases_at(s->known, s->words, i, &hit, 1))
      return false;
    if (w->kind == WORD_NUMBER && i == end - 1 && i == at + n + 1) return false; // "open ticket 12"
    known = known || phrases_at(s->known, s->words, i, &hit, 1) > 0;
  }
  return known;
}

// "remove nothing", "delete no zones": the object that makes an order none, and nothing behind it.
static bool segment_is_nothing(const struct segmenting *s, size_t at, size_t end) {
  struct phrase_hit hit;
  size_t n = language_at(s->language, s->words, at, LANGUAGE_NOTHING, NULL);
  if (!n) return false;
  at += n;
  if (at < end && !s->words->items[at - 1].end && phrases_at(s->known, s->words, at, &hit, 1)) at += hit.n;
  if (s->words->items[at - 1].end) return true;
  bool asked_of_us;
  return segment_skip_polite(s, at, end, &asked_of_us) >= end;
}

// A verb of change that is denied asks for none: "remove nothing", "do not delete anything", "without changing it". The
// place behind the denial; 0: there is none.
static size_t segment_denies(const struct segmenting *s, size_t first, size_t end) {
  bool asked_of_us;
  size_t at = segment_skip_polite(s, first, end, &asked_of_us), n;
  if (at < end && (n = language_at(s->language, s->words, at, LANGUAGE_ORDER, NULL)))
    return at + n < end && segment_is_nothing(s, at + n, end) ? at + n + 1 : 0;
  for (size_t by = 0; by < 2 && at + by + 1 < end; by++) // "never", "do not"
    if (s->words->items[at + by].end) {
      return 0; // "no, delete it"
    } else if (language_at(s->language, s->words, at + by, LANGUAGE_NOT, NULL)) {
      const struct phrase *p;
      n = language_at(s->language, s->words, at + by + 1, LANGUAGE_ORDER, &p);
      struct str low = s->words->items[at + by + 1].low; // "without changing it", and not "without tags"
      return n && (str_eq(p->first, low) || str_ends(low, "ing")) ? at + by + 1 + n : 0;
    }
  return 0;
}

// "the last 30 days", "this week", "each day": a time, and nothing that could be changed.
static bool segment_is_time(const struct segmenting *s, size_t at, size_t end) {
  static const enum language_role times[] = {LANGUAGE_UNIT, LANGUAGE_MONTH, LANGUAGE_WEEKDAY,
                                             LANGUAGE_BUCKET};
  for (size_t i = at; i < end && i < at + 4; i++)
    for (size_t k = 0; k < sizeof times / sizeof *times; k++)
      if (language_at(s->language, s->words, i, times[k], NULL)) return true;
  return false;
}

static bool segment_is_bare(struct str low) {
  bool plural = str_ends(low, "s") && !str_ends(low, "ss");
  return low.n > 2 && !plural && !str_ends(low, "ed") && !str_ends(low, "ing") &&
         (!str_ends(low, "ly") || language_is_verb(low)); // "reply"
}

// As it is written, and not by a role that verbs of change have too.
static bool segment_knows(const struct phrases *known, const struct ask_words *w, size_t at) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t n = phrases_at(known, w, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++) {
    int role = hits[i].phrase->role;
    bool verb = hits[i].phrase->means == NULL &&
                (role == LANGUAGE_BEARS || role == LANGUAGE_GIVES || role == LANGUAGE_CHANGES ||
                 role == LANGUAGE_HANDS || role == LANGUAGE_DIVIDES);
    if (str_eq(hits[i].phrase->first, w->items[at].low) && !verb) return true;
  }
  return false;
}

enum { SEGMENT_VERB_SURE = 90, SEGMENT_VERB_LIKELY = 40, SEGMENT_NOUN_SURE = 95 }; // of a hundred uses

// Behind "the", "to the": is what it is done to known, be it two words off? "Reply to the last review."
static bool segment_is_object(const struct segmenting *s, size_t at, size_t end) {
  if (at < end && str_is(s->words->items[at].low, "to")) at++;
  if (at >= end || !language_at(s->language, s->words, at, LANGUAGE_DETERMINER, NULL)) return false;
  for (size_t i = at + 1; i < end && i < at + 4; i++)
    if (segment_knows(s->known, s->words, i)) return true;
  return false;
}

// "Mark the highest": what is told is to stand out, and goes nowhere.
static bool segment_stands_out(const struct segmenting *s, size_t at, size_t end) {
  const struct phrase *p;
  if (!language_at(s->language, s->words, at, LANGUAGE_HANDS, NULL) || at + 2 >= end) return false;
  if (!language_at(s->language, s->words, at + 2, LANGUAGE_INTENT, &p) ||
      (p->number != ASK_TOP && p->number != ASK_BOTTOM))
    return false;
  for (size_t i = at + 2; i < end; i++)
    if (language_at(s->language, s->words, i, LANGUAGE_ONWARDS, NULL)) return false;
  return true;
}

// "Waive all fines": a sentence that begins with the bare form of a verb, and behind it what is to be changed. No list has
// all such verbs; those that only read are few, and a noun has nothing so behind it. Where English knows the word for a
// verb, the bare name of what is known is enough: "renew loans".
static bool segment_commands(const struct segmenting *s, size_t at, size_t end) {
  const struct word *w = &s->words->items[at];
  struct lexicon_word english;
  if (at + 1 >= end || w->kind != WORD_PLAIN || w->end || !segment_is_bare(w->low)) return false;
  bool known = lexicon_look(w->low, &english), sure = english.share[LEXICON_VERB] >= SEGMENT_VERB_SURE;
  if (known && english.share[LEXICON_NOUN] >= SEGMENT_NOUN_SURE) return false;
  if (segment_stands_out(s, at, end) || language_divides(s->language, s->words, at)) return false;
  bool replies = language_at(s->language, s->words, at, LANGUAGE_REPLIES, NULL) > 0;
  if (replies && segment_is_object(s, at + 1, end)) return true;
  if (segment_knows(&s->language->phrases, s->words, at) || segment_is_name(s, at)) return false;
  if (known && english.share[LEXICON_VERB] >= SEGMENT_VERB_LIKELY && segment_is_object(s, at + 1, end))
    return true;
  if ((!sure && segment_knows(s->known, s->words, at)) || segment_is_time(s, at + 1, end)) return false;
  if (sure && segment_knows(s->known, s->words, at + 1)) return true;
  if (known && english.share[LEXICON_VERB] && segment_singles_out(s, at + 1, end)) return true;
  return at + 2 < end && language_at(s->language, s->words, at + 1, LANGUAGE_DETERMINER, NULL) > 0;
}

static bool segment_begins_sentence(const struct segmenting *s, size_t at) {
  return at == 0 || s->words->items[at - 1].clause != s->words->items[at].clause;
}

// "Remind me, is there …", "remind me which …": to be told something changes nothing; "remind me to …" would.
static bool segment_asks_to_tell(const struct segmenting *s, size_t at, size_t end) {
  size_t n = language_at(s->language, s->words, at, LANGUAGE_TELLS, NULL);
  if (!n || at + n > end) return false;
  if (s->words->items[at + n - 1].end == ',' || at + n == end) return true;
  return language_at(s->language, s->words, at + n, LANGUAGE_INTERROGATIVE, NULL) ||
         language_at(s->language, s->words, at + n, LANGUAGE_INTENT, NULL);
}

bool segment_is_form(const struct segmenting *s, size_t at, size_t end) {
  for (; at < end; at++)
    if (language_at(s->language, s->words, at, LANGUAGE_FORM, NULL)) return true;
  return false;
}

// An order as it is written: "enroll" and "enrol" have one stem, "deleted" orders nothing. How many words.
static size_t segment_order_at(const struct segmenting *s, size_t at) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t n = phrases_at(&s->language->phrases, s->words, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++)
    if (hits[i].phrase->role == LANGUAGE_ORDER && str_eq(hits[i].phrase->first, s->words->items[at].low))
      return hits[i].n;
  return 0;
}

// An order has the bare form of its verb: "delete", not "deleted".
static bool segment_orders(const struct segmenting *s, size_t first, size_t end) {
  bool asked_of_us = false;
  const struct phrase *let;
  size_t words = language_at(s->language, s->words, first, LANGUAGE_STATE,
                             &let); // "let it through", and not "let us see"
  if (words && language_at(s->language, s->words, first, LANGUAGE_POLITE, NULL) && first + words < end &&
      str_eq(let->first, s->words->items[first].low) &&
      !language_at(s->language, s->words, first, LANGUAGE_LOOKS, NULL) &&
      !segment_is_state(s, first, words, end))
    return true;
  size_t at = segment_skip_polite(s, first, end, &asked_of_us);
  if (at >= end || language_at(s->language, s->words, at, LANGUAGE_LOOKS, NULL)) return false;
  if (segment_asks_to_tell(s, at, end)) return false;
  if (segment_begins_sentence(s, first) && segment_wishes(s, first, at, end)) return true;
  size_t n = segment_order_at(s, at);
  bool any = language_at(s->language, s->words, at, LANGUAGE_ORDER, NULL) > 0;
  if (!any && segment_begins_sentence(s, first) && segment_commands(s, at, end))
    return asked_of_us || s->words->items[end - 1].end != '?';
  if (!n || at + n >= end) return false;
  if (at > 0 && !s->words->items[at - 1].end &&
      language_at(s->language, s->words, at + n, LANGUAGE_PREPOSITION, NULL) &&
      language_at(s->language, s->words, at - 1, LANGUAGE_INTENT, NULL))
    return false;              // "the first change to this"
  struct lexicon_word english; // "enroll Sam", though enrollments are found by that word too
  bool verb =
      lexicon_look(s->words->items[at].low, &english) && english.share[LEXICON_VERB] >= SEGMENT_VERB_SURE;
  if ((!verb && segment_is_name(s, at)) || segment_is_state(s, at, n, end) || segment_is_form(s, at, end))
    return false;
  return asked_of_us || s->words->items[end - 1].end != '?';
}

static bool segment_has_intent(const struct segmenting *s, size_t at, enum ask_intent least) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  size_t n = phrases_at(&s->language->phrases, s->words, at, hits, PHRASE_HITS_MOST);
  for (size_t i = 0; i < n; i++)
    if (hits[i].phrase->role == LANGUAGE_INTENT && hits[i].phrase->number >= (int)least) return true;
  return false;
}

// Does another request begin here, behind a comma or a joining word?
static bool segment_begins(const struct segmenting *s, size_t first, size_t at, size_t end) {
  if (at <= first) return false;
  const struct word *before = &s->words->items[at - 1];
  bool joined = before->end == ',' || before->end == ':' ||
                language_at(s->language, s->words, at - 1, LANGUAGE_POLITE, NULL);
  if (!joined) return false;
  const struct phrase *p;
  size_t n = language_at(s->language, s->words, at, LANGUAGE_INTENT, &p);
  bool asks = n && (p->number == ASK_LIST || p->number == ASK_COUNT || p->number == ASK_CHECK ||
                    p->number == ASK_COMPARE);
  return asks || segment_orders(s, at, end);
}

// "Shipments booked yesterday: how many?": what is asked about stands before it, and no sentence of its own.
static bool segment_introduces(const struct segmenting *s, size_t first, size_t end) {
  if (s->words->items[end - 1].end != ':' || end - first > 8 || end == s->words->n) return false;
  for (size_t at = first; at < end; at++)
    if (language_at(s->language, s->words, at, LANGUAGE_HELPER, NULL) ||
        language_at(s->language, s->words, at, LANGUAGE_ORDER, NULL))
      return false;
  return true;
}

static bool segment_asks(const struct segmenting *s, size_t first, size_t end) {
  bool asked_of_us = false;
  if (segment_introduces(s, first, end)) return true;
  size_t at = segment_skip_polite(s, first, end, &asked_of_us);
  if (asked_of_us && at > first + 1) return true;
  size_t last = end - 1;
  while (last + 1 < s->words->n && s->words->items[last + 1].clause == s->words->items[last].clause) last++;
  if (s->words->items[last].end == '?') return true;
  bool begins =
      at < end && language_at(s->language, s->words, at, LANGUAGE_WHETHER, NULL); // "is it …", "when was …"
  if (at + 1 < end && language_at(s->language, s->words, at, LANGUAGE_INTERROGATIVE, NULL))
    begins = begins || language_at(s->language, s->words, at + 1, LANGUAGE_HELPER, NULL);
  return begins || (at < end && segment_has_intent(s, at, ASK_LIST));
}

static size_t segment_add(const struct segmenting *s, struct ask_segment *out, size_t n, size_t first,
                          size_t end) {
  if (n == SEGMENTS_MOST || first >= end) return n;
  size_t behind = segment_denies(s, first, end);
  if (behind >= end) return n;
  out[n] = (struct ask_segment){.first = behind ? behind : first, .end = end};
  out[n].orders = !behind && segment_orders(s, first, end);
  out[n].asks = !behind && segment_asks(s, first, end);
  return n + 1;
}

size_t segments_find(const struct language *l, const struct phrases *known, const struct ask_words *w,
                     struct ask_segment *out) {
  struct segmenting s = {l, known, w};
  size_t n = 0, first = 0;
  bool any = false;
  for (size_t i = 0; i < w->n; i++) {
    size_t end = i;
    while (end < w->n && w->items[end].clause == w->items[i].clause) end++;
    if (i > first && segment_begins(&s, first, i, end)) {
      n = segment_add(&s, out, n, first, i);
      first = i;
    }
    if (i + 1 == end) {
      n = segment_add(&s, out, n, first, end);
      first = end;
    }
  }
  for (size_t i = 0; i < n; i++) any = any || out[i].asks || out[i].orders;
  for (size_t i = 0; i < n && !any; i++) out[i].asks = true; // none stands out: all do
  return n;
}

// SPDX-License-Identifier: Apache-2.0
// Orders that no verb of change begins: what is handed on ("give LIMS-110 to Jun"), what is said to be due ("LIMS-110
// should be closed"), wished for ("I want it closed", "can it be closed?"), or done to somebody by name ("expel Paul"). The
// object may be a row that nothing but rows know: it is told by its form.
#include <ctype.h>
#include <string.h>

#include "language/deed.h"
#include "language/segments_parts.h"
#include "lexicon/lexicon.h"

enum { WISH_OBJECT_REACH = 4, WISH_PARTED_REACH = 7, WISH_VERB_LIKELY = 40, WISH_NOUN_LEAST = 50 };

static bool wish_is(const struct segmenting *s, size_t at, enum language_role role) {
  return at < s->words->n && language_at(s->language, s->words, at, role, NULL) > 0;
}

// As it is written, and not by its stem: "give", and no "given".
static size_t wish_said(const struct segmenting *s, size_t at, enum language_role role) {
  const struct phrase *p;
  size_t n = at < s->words->n ? language_at(s->language, s->words, at, role, &p) : 0;
  return n && str_eq(p->first, s->words->items[at].low) ? n : 0;
}

// "Needs to be", and no "needed".
static size_t wish_ought(const struct segmenting *s, size_t at) {
  bool past = at < s->words->n && str_ends(s->words->items[at].low, "ed");
  return past || at >= s->words->n ? 0 : language_at(s->language, s->words, at, LANGUAGE_OUGHT, NULL);
}

// A name of one row by its form: "LIMS-110", "veh_12ab", a quoted one, an address.
static bool wish_is_row(const struct segmenting *s, size_t at) {
  const struct word *w = &s->words->items[at];
  if (w->kind == WORD_PLAIN || w->kind == WORD_NUMBER) {
    bool letter = false;
    for (size_t i = 0; i < w->whole.n; i++) letter = letter || isalpha((unsigned char)w->whole.p[i]);
    return letter && segment_has_digit(w->whole) && w->whole.n > 2 &&
           !phrases_know(&s->language->phrases, w->stem);
  }
  return w->kind != WORD_DATE && w->kind != WORD_CIDR && w->kind != WORD_PATH;
}

// The place behind the one row that stands here: "the ticket 12", "member P-001"; 0: none does.
static size_t wish_behind_row(const struct segmenting *s, size_t at, size_t end) {
  for (size_t i = at; i < end && i < at + WISH_OBJECT_REACH; i++) {
    const struct word *w = &s->words->items[i];
    bool numbered = i > at && w->kind == WORD_NUMBER && !w[-1].end && phrases_know(s->known, w[-1].stem) &&
                    !wish_is(s, i + 1, LANGUAGE_UNIT);
    if (numbered || wish_is_row(s, i)) {
      const char *whole = w->whole.p;
      while (i < end && s->words->items[i].whole.p == whole) i++;
      return i;
    }
    bool noun =
        i > at && wish_is(s, i - 1, LANGUAGE_DETERMINER) && language_is_noun(w->low); // "the job YARD-7"
    bool leads = noun || wish_is(s, i, LANGUAGE_DETERMINER) || wish_is(s, i, LANGUAGE_FILLER) ||
                 phrases_know(s->known, w->stem);
    if (w->end || !leads || wish_is(s, i, LANGUAGE_PREPOSITION) || wish_is(s, i, LANGUAGE_INTERROGATIVE))
      return 0;
  }
  return 0;
}

// "Closed", "cancelled", "put": what is done to something, by a verb that orders.
static bool wish_is_done(const struct segmenting *s, size_t at) {
  struct str low = s->words->items[at].low;
  return wish_is(s, at, LANGUAGE_ORDER) && !str_ends(low, "s") && !str_ends(low, "ing");
}

static bool wish_has_done(const struct segmenting *s, size_t at, size_t end) {
  for (; at < end; at++)
    if (wish_is_done(s, at)) return true;
  return false;
}

// Does the text ask something too? "All tickets should be closed within a day: which were not?"
static bool wish_is_asked(const struct segmenting *s) {
  const struct phrase *p;
  for (size_t i = 0; i < s->words->n; i++) {
    size_t n = language_at(s->language, s->words, i, LANGUAGE_INTENT, &p);
    if (s->words->items[i].end == '?' || (n && (p->number == ASK_LIST || p->number == ASK_COUNT)) ||
        wish_is(s, i, LANGUAGE_INTERROGATIVE))
      return true;
  }
  return false;
}

// "To Jun", and neither "to me" nor "to June".
static bool wish_is_somebody(const struct segmenting *s, size_t at, size_t end) {
  return at < end && isupper((unsigned char)s->words->items[at].text.p[0]) &&
         !wish_is(s, at, LANGUAGE_OURS) && !wish_is(s, at, LANGUAGE_MONTH) &&
         !wish_is(s, at, LANGUAGE_WEEKDAY);
}

// "Give LIMS-110 to Jun", "hand it over to Ada", "weise LIMS-110 Jun zu".
static bool wish_hands(const struct segmenting *s, size_t at, size_t end) {
  size_t n = wish_said(s, at, LANGUAGE_HANDS), to;
  if (!n || at + n >= end || wish_is(s, at + n, LANGUAGE_OURS) || segment_is_form(s, at, end)) return false;
  size_t behind = wish_behind_row(s, at + n, end);
  if (!behind && wish_is(s, at + n, LANGUAGE_PRONOUN)) {
    to = wish_said(s, at + n + 1, LANGUAGE_ONWARDS);
    if (to && wish_said(s, at + n + 1 + to, LANGUAGE_ONWARDS)) to++; // "over to"
    return to && wish_is_somebody(s, at + n + 1 + to, end);
  }
  if (!behind || behind >= end || wish_is(s, behind + 1, LANGUAGE_OURS)) return false;
  return wish_said(s, behind, LANGUAGE_ONWARDS) || wish_said(s, end - 1, LANGUAGE_ONWARDS) ||
         wish_is(s, behind, LANGUAGE_DETERMINER);
}

// "Give Otto Eklund a raise": something is handed to somebody by name.
static bool wish_grants(const struct segmenting *s, size_t at, size_t end) {
  size_t to = at + wish_said(s, at, LANGUAGE_HANDS), behind = to;
  while (behind < end && wish_is_somebody(s, behind, end) &&
         !phrases_know(s->known, s->words->items[behind].stem))
    behind++;
  return to > at && behind > to && behind + 1 < end && wish_is(s, behind, LANGUAGE_DETERMINER);
}

// "Give all open ones to Ulrik Ames": whom they are handed to stands at the end, by name.
static bool wish_hands_to(const struct segmenting *s, size_t at, size_t end) {
  size_t to = end;
  if (!wish_said(s, at, LANGUAGE_HANDS) || wish_is(s, at + 1, LANGUAGE_OURS)) return false;
  while (to > at + 2 && wish_is_somebody(s, to - 1, end) &&
         !phrases_know(s->known, s->words->items[to - 1].stem))
    to--;
  return to < end && wish_said(s, to - 1, LANGUAGE_ONWARDS);
}

// "… call terminate_employee for 40100": a tool is named, and none whose name says that it reads.
static bool wish_invokes(const struct segmenting *s, size_t at, size_t end) {
  for (; at + 1 < end; at++) {
    size_t n = wish_said(s, at, LANGUAGE_INVOKES);
    if (!n || at + n >= end) continue;
    const struct word *w = &s->words->items[at + n];
    if (memchr(w->whole.p, '_', w->whole.n) && w->whole.n > w->low.n && !wish_is(s, at + n, LANGUAGE_READS) &&
        !language_fills(s->language, s->words, at + n))
      return true;
  }
  return false;
}

// "LIMS-110 should be closed", "the threshold of NMR-TEMP must be raised": of one row, or said of some and nothing asked.
static bool wish_is_due(const struct segmenting *s, size_t first, size_t end) {
  size_t behind = wish_behind_row(s, first, end), n;
  if (behind && wish_ought(s, behind)) return s->words->items[end - 1].end != '?';
  if (!wish_is(s, first, LANGUAGE_DETERMINER) || wish_is_asked(s)) return false;
  for (size_t at = first + 1; at < end; at++)
    if ((n = wish_ought(s, at))) return wish_has_done(s, at + n, end);
  return false;
}

// "I want LIMS-110 closed", "make sure it is closed", "can LIMS-110 be closed?"
static bool wish_is_wished(const struct segmenting *s, size_t first, size_t end) {
  size_t n = wish_said(s, first, LANGUAGE_WISH);
  if (!n) return false;
  size_t behind = wish_behind_row(s, first + n, end);
  if (!behind && wish_is(s, first + n, LANGUAGE_PRONOUN)) behind = first + n + 1;
  return behind && wish_has_done(s, behind, end);
}

// "Expel Paul Mbeki": a verb, and what is written as a name and is no word.
static bool wish_is_done_to_name(const struct segmenting *s, size_t at, size_t end) {
  const struct word *w = &s->words->items[at];
  struct lexicon_word english;
  if (at + 1 >= end || w->kind != WORD_PLAIN || w->end || w->whole.n != w->text.n) return false;
  if (phrases_know(&s->language->phrases, w->stem) || phrases_know(s->known, w->stem)) return false;
  if (!lexicon_look(w->low, &english) || english.share[LEXICON_VERB] < WISH_VERB_LIKELY) return false;
  if (str_ends(w->low, "ed") || str_ends(w->low, "ing") || str_ends(w->low, "s")) return false;
  const struct word *name = &w[1];
  if (name->kind != WORD_PLAIN || !isupper((unsigned char)name->text.p[0]) ||
      phrases_know(&s->language->phrases, name->stem) || phrases_know(s->known, name->stem))
    return false;
  return !lexicon_look(name->low, &english) || english.share[LEXICON_NOUN] < WISH_NOUN_LEAST;
}

// "Kannst du LIMS-110 schließen?", "bitte alle Abos kündigen": the verb stands at the end.
static bool wish_ends_in_order(const struct segmenting *s, size_t at, size_t end) {
  size_t last = end - 1;
  while (last > at && wish_is(s, last, LANGUAGE_POLITE)) last--;
  return wish_said(s, last, LANGUAGE_LATE);
}

// "Switch DNSSEC on wherever it is off", "turn it off": of an order of two words the second stands behind what it is done to,
// at the end or before words that only say where and when.
static bool wish_is_parted(const struct segmenting *s, size_t at, size_t end) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  for (size_t i = at + 2; i < end && i <= at + WISH_PARTED_REACH && !s->words->items[i - 1].end; i++) {
    const struct word *w = s->words->items;
    bool leads = i + 1 < end && !w[i].end &&
                 (!language_fills(s->language, s->words, i + 1) || wish_is(s, i + 1, LANGUAGE_DETERMINER) ||
                  wish_is(s, i + 1, LANGUAGE_OURS));
    if (leads) continue;
    struct word pair[2] = {w[at], w[i]};
    struct ask_words both = {.items = pair, .n = 2};
    pair[1].clause = pair[0].clause;
    size_t n = phrases_at(&s->language->phrases, &both, 0, hits, PHRASE_HITS_MOST);
    for (size_t k = 0; k < n; k++)
      if (hits[k].phrase->role == LANGUAGE_ORDER && hits[k].n == 2 &&
          str_eq(hits[k].phrase->first, w[at].low))
        return true;
  }
  return false;
}

bool segment_wishes(const struct segmenting *s, size_t first, size_t at, size_t end) {
  if (first >= end || at >= end) return false;
  if ((at > first || wish_behind_row(s, at, end)) && wish_ends_in_order(s, at, end)) return true;
  if (wish_is_parted(s, at, end)) return at > first || s->words->items[end - 1].end != '?';
  return wish_hands(s, at, end) || wish_grants(s, at, end) || wish_hands_to(s, at, end) ||
         wish_invokes(s, at, end) || wish_is_due(s, at, end) || wish_is_wished(s, first, end) ||
         wish_is_wished(s, at, end) || (!wish_is_asked(s) && wish_is_done_to_name(s, at, end));
}

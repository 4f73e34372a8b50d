// SPDX-License-Identifier: Apache-2.0
// language: a natural language as the planner knows it, read from src/language/languages/<name>.yaml: words that carry no data,
// what asks for what, units, times. A language is a file; no code names a word of one. Read once, never freed. Example:
//   const struct language *en = language_find(STR("en"));
//   const struct language *l = language_guess(&words);          // the one that knows most of the words
#ifndef POSTERN_LANGUAGE_LANGUAGE_H
#define POSTERN_LANGUAGE_LANGUAGE_H

#include <yyjson.h>

#include "data/yaml.h"
#include "language/kin.h"
#include "language/phrases.h"
#include "language/roles.h"

enum { LANGUAGE_RULES_MOST = 96, LANGUAGE_PARTS_MOST = 14, LANGUAGE_WAYS_MOST = 8 };

const char *language_intent_name(enum ask_intent intent);

struct language_part {                 // of a time rule
  struct str ways[LANGUAGE_WAYS_MOST]; // stems, any of them
  size_t way_count;
  char slot; // 'n', 'u', 't' a date, 'm' month, 'w' weekday, 'd' day of a month, 'y' a year,
             // 'h' an hour, 'c' one that is plainly so; 0: the ways
  bool optional;
};
struct language_rule {
  struct language_part parts[LANGUAGE_PARTS_MOST];
  size_t count;
  struct str since, until; // empty: that end is open
  bool prior, around, same;
};

struct language {
  struct str name;
  struct yaml_doc *doc; // its texts point into it
  struct phrases phrases;
  struct language_rule rules[LANGUAGE_RULES_MOST];
  size_t rule_count;
  int intent_order[ASK_INTENTS]; // a smaller one counts more
  int64_t top;
};

struct language_text { // embedded
  const char *name, *text;
};
extern const struct language_text language_texts[];
extern const size_t language_texts_count;

const struct language *language_find(struct str name); // NULL: there is none
// The language that knows the most of these words; the first of them where none stands out.
const struct language *language_guess(const struct ask_words *w);
// Is it a word of its times ("yesterday"), or a slip of the pen for one nearer than `far` (language/phrases)? Empty: no.
bool language_times_know(const struct language *l, struct str stem);
struct str language_times_near(const struct language *l, struct str low, unsigned *far);
MUST_USE bool language_read(struct str yaml, struct arena *a, struct language *out, struct err *err);
// The first phrase of this role that begins at the word; 0 words: none.
size_t language_at(const struct language *l, const struct ask_words *w, size_t at, enum language_role role,
                   const struct phrase **out);
// "Break … down by site": does a verb stand there that tells rows apart, and behind it by what?
bool language_divides(const struct language *l, const struct ask_words *w, size_t at);
// How many words at the place say how something is asked, and not of what; orders are not among them. 0: none.
size_t language_fills(const struct language *l, const struct ask_words *w, size_t at);
#endif

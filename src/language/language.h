// SPDX-License-Identifier: Apache-2.0
// language: a natural language as the planner knows it, read from src/language/languages/<name>.yaml: words that carry no data,
// what asks for what, units, times. A language is a file; no code names a word of one. Read once, never freed; any
// thread. Example:
//   const struct language *en = language_find(STR("en"));
//   const struct language *l = language_guess(&words);          // the one that knows most of the words
#ifndef POSTERN_LANGUAGE_LANGUAGE_H
#define POSTERN_LANGUAGE_LANGUAGE_H

#include <yyjson.h>

#include "data/yaml.h"
#include "language/phrases.h"

enum { LANGUAGE_RULES_MOST = 96, LANGUAGE_PARTS_MOST = 14, LANGUAGE_WAYS_MOST = 8 };

enum language_role {
  LANGUAGE_FILLER,
  LANGUAGE_INTENT, // number: enum ask_intent
  LANGUAGE_NOT,
  LANGUAGE_MISSING,
  LANGUAGE_PER,
  LANGUAGE_REFERS,
  LANGUAGE_WHY,
  LANGUAGE_CUT,
  LANGUAGE_RELATES,
  LANGUAGE_AGAIN,
  LANGUAGE_JOINT,
  LANGUAGE_FORM,
  LANGUAGE_ORDER,
  LANGUAGE_POLITE,
  LANGUAGE_LOOKS,
  LANGUAGE_READS,
  LANGUAGE_NOTHING,
  LANGUAGE_STATE,
  LANGUAGE_DETERMINER,
  LANGUAGE_WHETHER,
  LANGUAGE_OR,
  LANGUAGE_AND,
  LANGUAGE_ID,
  LANGUAGE_WHO,
  LANGUAGE_JOINS,
  LANGUAGE_NARROWS,
  LANGUAGE_HAVING,
  LANGUAGE_PREPOSITION,
  LANGUAGE_HELPER,
  LANGUAGE_BEARS,
  LANGUAGE_CHANGES,
  LANGUAGE_INTERROGATIVE,
  LANGUAGE_PRESENT,
  LANGUAGE_STANDING,
  LANGUAGE_PEOPLE,
  LANGUAGE_CURRENCY,
  LANGUAGE_NUMBER,     // number: the value
  LANGUAGE_SCALE,      // number: the factor
  LANGUAGE_WEIGHT,     // number: the grams
  LANGUAGE_COMPARISON, // means: the operator, a C string
  LANGUAGE_UNIT,       // number: the letter
  LANGUAGE_BUCKET,     // number: the letter
  LANGUAGE_MONTH,
  LANGUAGE_WEEKDAY,
  LANGUAGE_HALF, // of a day; number: the hours it adds
  LANGUAGE_ROLES
};

enum ask_intent {
  ASK_LIST,
  ASK_COUNT,
  ASK_TOTAL,
  ASK_SHARE,
  ASK_TOP,
  ASK_BOTTOM,
  ASK_TREND,
  ASK_HEAT,
  ASK_MEAN,
  ASK_MEDIAN,
  ASK_PERCENTILE,
  ASK_COMPARE,
  ASK_LACKS,
  ASK_GROWTH,
  ASK_FALL,
  ASK_OLDEST,
  ASK_NEWEST,
  ASK_SOONEST,
  ASK_CHECK,
  ASK_DISTINCT,
  ASK_INTENTS
};
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
  bool prior, around;
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
// Words that mean about the same in names of columns and in their values, in any language ("assignee", "owner"), and
// words of which one is what the other is not ("active", "inactive").
struct language_kin {
  const struct language_kin *next;
  yyjson_val *words; // list of texts
  enum language_kinship {
    LANGUAGE_ALIKE,
    LANGUAGE_SAME,
    LANGUAGE_OPPOSITE
  } how; // columns and things; values; flags
};
const struct language_kin *language_kin(struct str stem); // the groups with a word of this stem; NULL: none
// The word of any group that a slip of the pen is nearest to, nearer than `far` (language/phrases); empty: none.
struct str language_kin_near(struct str low, unsigned *far);
// Is the word another one with what denies it in front: "unresolved", "non billable"? What is left; empty: it is not.
struct str language_denied(struct str low);
// Not for use outside of src/language, src/ask and their tests.
MUST_USE bool language_read(struct str yaml, struct arena *a, struct language *out, struct err *err);
// The first phrase of this role that begins at the word; 0 words: none.
size_t language_at(const struct language *l, const struct ask_words *w, size_t at, enum language_role role,
                   const struct phrase **out);
// How many words at the place say how something is asked, and not of what; orders are not among them. 0: none.
size_t language_fills(const struct language *l, const struct ask_words *w, size_t at);

#endif

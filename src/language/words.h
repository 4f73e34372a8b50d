// SPDX-License-Identifier: Apache-2.0
// words: a question cut into words, each with its stem and, where it is one, the thing it plainly is: a domain, an
// address, an id, a number, quoted text. A word with hyphens is its parts; apostrophes are dropped ("don't" is "dont",
// "zone's" is "zone"). Bounded, whatever comes. Lives in the arena. Pure. Example:
//   struct ask_words w; if (!language_words(text, arena, &w, err)) …       w.items[i].stem, w.items[i].kind == WORD_DOMAIN
#ifndef POSTERN_LANGUAGE_WORDS_H
#define POSTERN_LANGUAGE_WORDS_H

#include "base/arena.h"

enum { WORDS_MOST = 400, WORDS_BYTES_MOST = 8000, WORDS_STEM_MOST = 40 };

enum word_kind {
  WORD_PLAIN,
  WORD_NUMBER, // 42, 1.5, 4,000
  WORD_DOMAIN,
  WORD_IP,
  WORD_CIDR,
  WORD_EMAIL,
  WORD_ID, // 32 hex digits, a UUID, or letters, '_' and digits in one
  WORD_PATH,
  WORD_URL,
  WORD_QUOTED,
  WORD_DATE, // 2026-11-20, and with a time
  WORD_KINDS
};
const char *word_kind_name(enum word_kind kind); // "domain"
bool word_kind_read(struct str name, enum word_kind *out);

struct word {
  struct str text;  // as it was typed
  struct str low;   // in lower case
  struct str whole; // with what hyphens join to it
  struct str stem;
  enum word_kind kind;
  size_t at;     // where it begins in the text
  size_t clause; // of which clause; a sentence ends one
  char end;      // the mark that follows: '.', '?', '!', ',', ';', ':' or 0
  double number; // of WORD_NUMBER
  bool alias;    // stands for what was typed (an alias)
};

struct ask_words {
  struct word *items;
  size_t n;
};

// ERR_LIMIT: longer than a question is.
MUST_USE bool language_words(struct str text, struct arena *a, struct ask_words *out, struct err *err);
// A word with its hyphens taken out: "sign-ups" is "signups". In lower case.
struct str language_joined(const struct word *w, struct arena *a);
// A stem: "rules" and "rule", "denied" and "deny" have one.
struct str language_stem(struct str low, struct arena *a);

#endif

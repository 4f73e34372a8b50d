// SPDX-License-Identifier: Apache-2.0
// alias: what people call a thing: "production" is example.com. In a question the alias's words become one word, as if
// the value stood there in quotes: a thing's name, and never an instruction. Words in quotes stay what they are. Pure.
// Example:
//   struct alias_use used[ALIAS_USES_MOST];
//   size_t n = alias_expand(aliases, count, &model->phrases, &words, arena, used);   // on "example.com"
#ifndef POSTERN_ASK_ALIAS_H
#define POSTERN_ASK_ALIAS_H

#include "language/phrases.h"

enum { ALIAS_TEXT_MOST = 100, ALIAS_WORDS_MOST = 6, ALIAS_USES_MOST = 8 };

struct alias {
  struct str folded, value; // folded: as alias_name gave it
};

struct alias_use {
  const struct alias *alias;
  struct str said; // in lower case
  bool hides;      // the words mean something without the alias
};

// The words of a name, in the form that questions are read in. ERR_INVALID: it cannot be told from what it would stand
// for, or a language needs it.
MUST_USE bool alias_name(struct str name, struct arena *a, struct str *folded, struct err *err);
MUST_USE bool alias_value(struct str value, struct arena *a, struct str *folded, struct err *err);

// Shortens the words; the longest alias is taken. `known`: what else words may mean. How many were used.
size_t alias_expand(const struct alias *all, size_t count, const struct phrases *known, struct ask_words *w,
                    struct arena *a, struct alias_use used[ALIAS_USES_MOST]);

#endif

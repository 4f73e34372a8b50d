// SPDX-License-Identifier: Apache-2.0
// terms: text taken apart into what a search compares: words in lower case without accents, identifiers split
// ("listAllDNS_records" → list all dns record), words that say nothing left out, the rest by their English stem
// (Snowball). Text that is no UTF-8 is passed over where it is not. Not for many threads at once; of whoever made
// it. Example:
//   struct terms *t = terms_new();
//   terms_start(t, query);
//   for (struct term term; terms_next(t, &term);) … term.stem …
//   terms_free(t);
#ifndef POSTERN_SEARCH_TERMS_H
#define POSTERN_SEARCH_TERMS_H

#include "base/str.h"

enum { TERM_BYTES_MOST = 40 }; // of a word; what is longer is cut

struct term {
  struct str word, stem; // as written but for case and accents; both good until the next call
};

struct terms;
struct terms *terms_new(void);
void terms_free(struct terms *t); // NULL is fine
// The text must stay until it is used up.
void terms_start(struct terms *t, struct str text);
bool terms_next(struct terms *t, struct term *out);
// The stem of a word that is written as `term.word` is. Good until the next call.
struct str terms_stem(struct terms *t, struct str word);

#endif

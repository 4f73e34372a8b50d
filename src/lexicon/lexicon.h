// SPDX-License-Identifier: Apache-2.0
// lexicon: what English knows of a word: whether it is one, and how often it is a noun, a verb, an adjective or an
// adverb, in any of its forms ("trials", "filed", "cheapest"). It has no function words: "the", "with", "which" are
// unknown or rare nouns ("at" is a coin), so who has closed classes of his own asks them first. Words are in lower case
// and single. It is WordNet's, made into tables at build time that stay where they are: nothing is loaded or allocated.
// A program that was built without knows no word at all. Pure. Example:
//   struct lexicon_word w; if (lexicon_look(STR("vouchers"), &w) && w.share[LEXICON_NOUN] > 50) …
#ifndef POSTERN_LEXICON_LEXICON_H
#define POSTERN_LEXICON_LEXICON_H

#include "base/str.h"

enum { LEXICON_BYTES_MOST = 40 }; // of a word

enum lexicon_role { LEXICON_NOUN, LEXICON_VERB, LEXICON_ADJECTIVE, LEXICON_ADVERB, LEXICON_ROLES };

struct lexicon_word {
  unsigned char share[LEXICON_ROLES]; // of a hundred uses; about, since few words were counted often
};

size_t lexicon_size(void); // words that are known
// False: not a word, and all shares are 0.
bool lexicon_look(struct str word, struct lexicon_word *out);
// The word without its ending, in `out`: "vouchers" as a noun is "voucher", "filed" as a verb "file". The likeliest
// where there are two. Nothing where the word is none of that role.
struct str lexicon_lemma(struct str word, enum lexicon_role role, char out[LEXICON_BYTES_MOST]);

#endif

// SPDX-License-Identifier: Apache-2.0
// lexicon: what English knows of a word: whether it is one, how often it is a noun, a verb, an adjective or an adverb,
// and which words are near it, in any of its forms ("trials", "filed", "cheapest"). It has no function words: "the", "with", "which" are
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

enum lexicon_how {
  LEXICON_SAME, // two words for one thing, or one comes of the other: "voucher" and "coupon", "shipment" and "ship"
  LEXICON_AKIN,     // may mean the same, and often do not quite: "case" and "instance"
  LEXICON_NARROWER, // it is a kind of the other: of "lorry" this is "truck"
  LEXICON_BROADER,  // the other is a kind of it
};

struct lexicon_near {
  char word[LEXICON_BYTES_MOST]; // without its ending
  enum lexicon_how how;
  enum lexicon_role role, its; // what the word that was asked about is then, and what this one is
  unsigned char likely;        // of a hundred, that both mean this
};
enum { LEXICON_NEAR_MOST = 60 };

// The words that are near one in any of its forms; the likeliest are not first. How many.
size_t lexicon_near(struct str word, struct lexicon_near out[LEXICON_NEAR_MOST]);

#endif

// SPDX-License-Identifier: Apache-2.0
// table: what scripts/embed-lexicon makes of WordNet; private to this folder. Words stand in order, in blocks of 16 whose
// starts are three bytes each, the low one first. A word is how many letters it shares with the one before it in its
// block, then its others, the last with the high bit.
#ifndef POSTERN_LEXICON_TABLE_H
#define POSTERN_LEXICON_TABLE_H

enum { LEXICON_BLOCK = 16 };

extern const char lexicon_notice[]; // WordNet's, which goes with every copy of what is made of it
extern const unsigned lexicon_word_count, lexicon_form_count;
extern const unsigned char lexicon_words[], lexicon_word_blocks[];
extern const unsigned char lexicon_levels[]; // two bytes a word: four bits a role
extern const unsigned char lexicon_forms[], lexicon_form_blocks[];
extern const unsigned char lexicon_bases[]; // three bytes a form: the role, and 20 bits that number a word
// Three bytes for each that is near a word: three bits how, two the role of the word, two that of the other, and its
// number. How many a word has, and where those of a block of words begin.
extern const unsigned char lexicon_near_rows[], lexicon_near_counts[], lexicon_near_blocks[];

#endif

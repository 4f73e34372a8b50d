// SPDX-License-Identifier: Apache-2.0
// phrases: an index from words to what they may mean. A phrase is one to six words, compared by stem; what it means is
// the caller's: a role, a pointer, a number. Built once, then only read; lives in its arena. Pure. Example:
//   phrases_add(&ps, STR("firewall rule"), MEANS_THING, thing, 0);
//   struct phrase_hit hits[16]; size_t n = phrases_at(&ps, &words, i, hits, 16);    // the longest first
#ifndef POSTERN_LANGUAGE_PHRASES_H
#define POSTERN_LANGUAGE_PHRASES_H

#include "base/map.h"
#include "language/words.h"

enum { PHRASE_WORDS_MOST = 6, PHRASE_HITS_MOST = 256 };

struct phrase {
  const struct phrase *next; // with the same first stem
  struct str stems[PHRASE_WORDS_MOST];
  struct str first; // its first word as it is written
  struct str exact; // of a single letter: in this case alone ("A records", and not "a record")
  size_t n;
  int role, number;
  const void *means;
};

struct phrases {
  const struct phrases *base; // these too, and those it stands on; NULL: none. Not changed, not freed
  struct arena *arena;
  struct map by_first; // struct phrase *
  struct map stems;    // every stem of all phrases
  struct map lows;     // every word of them as it is written: its stem
  size_t count;
};

void phrases_add(struct phrases *ps, struct str text, int role, const void *means, int number);
void phrases_free(struct phrases *ps); // the map; the rest is the arena's
struct phrase_hit {
  const struct phrase *phrase;
  size_t n; // words
};
// Those that begin at word `at`, the longest first; one clause.
size_t phrases_at(const struct phrases *ps, const struct ask_words *w, size_t at, struct phrase_hit *out,
                  size_t most);
bool phrases_know(const struct phrases *ps, struct str stem); // in any of them
// How far a known word is from what was typed: one slip in a word of five letters or more, two in one of nine: a letter
// too few (in a word of three, too), wrong, too many (in this order), or two swapped. 0: it is none of it.
unsigned phrases_slip(struct str known, struct str typed);
// The stem of the known word that this one is a slip of the pen of, nearer than `far`; empty: none is near enough.
struct str phrases_near(const struct phrases *ps, struct str low, unsigned *far);

#endif

// SPDX-License-Identifier: Apache-2.0
// near: the last resort for a word that nothing connected knows: another of the same meaning (lexicon) that something does.
// One, by far the likeliest: it is taken, and the answer says so. Several, or only kinds of it or what it is a kind of: they
// are choices. So are the things of which all else in the question speaks, of the noun that is asked for. In English alone. Pure. Example:
//   struct near_word left[NEAR_MOST]; size_t n = near_left(&reading, &model, left);
//   near_add(left, n, arena, &asked.stems);             // things that have them have to be there
//   uses = near_take(&(struct near_input){left, n, …}, &words, out);   // "vouchers" is read as "coupon"
#ifndef POSTERN_ASK_NEAR_H
#define POSTERN_ASK_NEAR_H

#include "language/language.h"
#include "language/span.h"
#include "model/model.h"

enum { NEAR_MOST = 6, NEAR_CHOICES_MOST = 3 };

struct reading;

struct near_word {
  struct str said, meant; // in lower case; meant: what somebody said that it stands for; empty: to be found
};

struct near_use {
  struct str said;
  struct str meant[NEAR_CHOICES_MOST];
  size_t count;
  bool taken;  // as the first; else they are choices
  bool leaves; // what all other words are said of
};

// The words of a question that are left over.
size_t near_left(const struct reading *r, const struct model *m, struct near_word out[NEAR_MOST]);
// Adds the stems of what they may mean to those that things are made for.
void near_add(const struct near_word *left, size_t count, struct arena *a, struct map *stems);
struct near_input {
  const struct near_word *left;
  size_t count;
  const struct model *model;
  const struct language *language;
  const struct span *spans;
  size_t span_count;
  struct arena *arena;
};
// Reads the words as what they mean, where that is known of something the question speaks of.
size_t near_take(const struct near_input *in, struct ask_words *w, struct near_use out[NEAR_MOST]);

#endif

// SPDX-License-Identifier: Apache-2.0
// figure: a number as somebody wrote it in a sentence: "4,113,222", "4.1 million", "61,5 %", "1.2 GB", "3 h", "twelve".
// Which value was meant is not always certain ("1.234"): all readings are given. Private to ask/. Pure. Example:
//   struct figure f; size_t n = figure_read(STR("4.1 million requests"), &f);      // 11; 4.1, one decimal, times 1e6
#ifndef POSTERN_ASK_FIGURE_H
#define POSTERN_ASK_FIGURE_H

#include "base/str.h"

enum figure_kind { FIGURE_PLAIN, FIGURE_PERCENT, FIGURE_BYTES, FIGURE_DURATION };

struct figure {
  struct {
    double value;
    int decimals; // that were written
  } readings[2];
  size_t count;
  enum figure_kind kind;
  double scale;  // of what was written behind it; of a duration in milliseconds
  double binary; // of bytes: by 1024; else 0
  bool scaled;   // something was
};

// The number that `text` begins with, without a sign, and what it is counted in. How many bytes; 0: none, or it is part of
// a word ("4xx").
size_t figure_read(struct str text, struct figure *out);
// Likewise of a number in words.
size_t figure_read_words(struct str text, struct figure *out);
// Can the value be written so? Rounded as it is shown, and not by more than a twentieth where it was scaled. `unit_ms`:
// what a duration's value is counted in; 0: not known.
bool figure_says(const struct figure *f, double value, double unit_ms);
// A digit that is none of ASCII's, at the beginning of `text`: how many bytes; 0: none.
size_t figure_is_foreign(struct str text);
bool figure_is_letter(struct str s, size_t at); // is this byte of a letter or a digit of any script?

#endif

// SPDX-License-Identifier: Apache-2.0
// segments: a question cut into what is asked one after the other. A sentence that only tells ("traffic fell today") asks
// nothing; one that orders a change is marked. Pure. Example:
//   struct ask_segment s[SEGMENTS_MOST]; size_t n = segments_find(language, phrases, &words, s);
#ifndef POSTERN_LANGUAGE_SEGMENTS_H
#define POSTERN_LANGUAGE_SEGMENTS_H

#include "language/language.h"

enum { SEGMENTS_MOST = 24 };

struct ask_segment {
  size_t first, end; // words
  bool asks, orders;
};

// `known`: the model's phrases; a word that begins one of several words is no order ("block rules").
size_t segments_find(const struct language *l, const struct phrases *known, const struct ask_words *w,
                     struct ask_segment *out);

#endif

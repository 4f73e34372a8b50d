// SPDX-License-Identifier: Apache-2.0
// segments_parts: what the files behind language/segments.h share. Private to language/.
#ifndef POSTERN_LANGUAGE_SEGMENTS_PARTS_H
#define POSTERN_LANGUAGE_SEGMENTS_PARTS_H

#include "language/segments.h"

struct segmenting {
  const struct language *language;
  const struct phrases *known;
  const struct ask_words *words;
};

bool segment_has_digit(struct str low);
// Words of courtesy and order in front: "please", "first", "can you". The place behind them.
size_t segment_skip_polite(const struct segmenting *s, size_t at, size_t end, bool *asked_of_us);

// "Make it a pie chart": only the answer's form is wished for.
bool segment_is_form(const struct segmenting *s, size_t at, size_t end);

// Orders that do not begin with a verb that only orders (segments_wish.c): "give LIMS-110 to Jun", "LIMS-110 should be
// closed", "I want it closed", "Expel Paul". `at`: behind words of courtesy.
bool segment_wishes(const struct segmenting *s, size_t first, size_t at, size_t end);

#endif

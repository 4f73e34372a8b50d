// SPDX-License-Identifier: Apache-2.0
// meaning: what the words beside a schema say that it stands for: an instant that is counted since 1970, a day, or one
// word of a few ("0 = draft, 1 = open"). Pure. Example:
//   struct meaning_code codes[MEANING_CODES_MOST]; size_t n = meaning_codes(description, codes);
#ifndef POSTERN_DATA_MEANING_H
#define POSTERN_DATA_MEANING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { MEANING_CODES_MOST = 24, MEANING_WORDS_MOST = 10 };

struct meaning_code {
  struct str number, word; // of the description
};

bool meaning_is_instant(struct str format, struct str description);
bool meaning_in_millis(struct str format, struct str description); // of an instant: not in seconds
// A text that is a day, without a time: by its format, its pattern ("^\\d{4}-\\d{2}-\\d{2}$"), or what is said of it.
bool meaning_is_day(struct str format, struct str pattern, struct str description);
// For how many days things are kept: "Readings are kept for 30 days"; 0: nothing says so.
int64_t meaning_keeps(struct str description);
// Two or more, whose numbers follow one another; 0: it names none.
size_t meaning_codes(struct str description, struct meaning_code *out);
// What a description begins with, without its small words: in lower case, by commas. "Whether it takes emergencies at
// night; null if …" gives "takes,emergencies,night".
void meaning_words(struct str description, struct buf *out);

#endif

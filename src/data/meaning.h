// SPDX-License-Identifier: Apache-2.0
// meaning: what the words beside a number's schema say that it stands for: an instant that is counted since 1970, or one
// word of a few ("0 = draft, 1 = open"). Pure. Example:
//   struct meaning_code codes[MEANING_CODES_MOST]; size_t n = meaning_codes(description, codes);
#ifndef POSTERN_DATA_MEANING_H
#define POSTERN_DATA_MEANING_H

#include <stdbool.h>

#include "base/str.h"

enum { MEANING_CODES_MOST = 24 };

struct meaning_code {
  struct str number, word; // of the description
};

bool meaning_is_instant(struct str format, struct str description);
// Two or more, whose numbers follow one another; 0: it names none.
size_t meaning_codes(struct str description, struct meaning_code *out);

#endif

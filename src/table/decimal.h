// SPDX-License-Identifier: Apache-2.0
// decimal: sums and comparisons of decimal numbers without a double between. Bounded: DECIMAL_WHOLE digits before the
// point, DECIMAL_PART behind it. Private to table/. Pure. Example:
//   struct decimal a, b; if (decimal_read(STR("0.10"), &a) && decimal_read(STR("0.20"), &b) && decimal_add(&a, &b)) …
#ifndef POSTERN_TABLE_DECIMAL_H
#define POSTERN_TABLE_DECIMAL_H

#include <stdbool.h>

#include "base/str.h"

enum {
  DECIMAL_WHOLE = 60,
  DECIMAL_PART = 36,
  DECIMAL_DIGITS = DECIMAL_WHOLE + DECIMAL_PART,
  DECIMAL_TEXT = DECIMAL_DIGITS + 4
};

struct decimal {
  bool negative;
  signed char digits[DECIMAL_DIGITS]; // the most significant first
};

bool decimal_read(struct str s,
                  struct decimal *out); // "-12.50", "1e3"; false: no number, or beyond the bounds
void decimal_write(const struct decimal *d, char out[DECIMAL_TEXT]); // without zeros at either end
bool decimal_add(struct decimal *to, const struct decimal *d); // false: beyond the bounds, `to` is spoiled
int decimal_compare(const struct decimal *a, const struct decimal *b);

#endif

// SPDX-License-Identifier: Apache-2.0
// cell: a result's cells as they stand in a sentence: numbers in their unit, times to the minute, texts on one line and not
// too long; and where each number comes from. Private to ask/. Pure. Example:
//   struct cell_to to = {&text, &numbers, &result->rows, result->name};
//   cell_say(&to, 0, 1, STR("bytes"));      // "4.1 GB"
#ifndef POSTERN_ASK_CELL_H
#define POSTERN_ASK_CELL_H

#include "base/buf.h"
#include "table/select.h"

enum { CELL_MOST = 160 };

struct cell_to {
  struct buf *text;
  struct buf *numbers; // as summary_out has them; NULL: nobody is told
  const struct table_result *rows;
  struct str result; // its name
};

void cell_say_number(const struct cell_to *to, const struct table_cell *c,
                     struct str unit); // "none" where it is none
void cell_say(const struct cell_to *to, size_t row, size_t column, struct str unit);
// How many rows there are, from the first on and before the end.
void cell_say_rows(const struct cell_to *to, size_t first, size_t end);

#endif

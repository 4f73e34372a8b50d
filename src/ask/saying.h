// SPDX-License-Identifier: Apache-2.0
// saying: what the files behind ask/summary.h share: what a sentence is about, in words. Private to ask/. Pure.
#ifndef POSTERN_ASK_SAYING_H
#define POSTERN_ASK_SAYING_H

#include "ask/cell.h"
#include "ask/part.h"
#include "ask/summary.h"

enum { SAYING_NAMES_MOST = 12 };

struct saying {
  const struct plan_result *r;
  const struct table_result *rows;
  const struct reading_part *p;
  const struct model_thing *t;
  const struct table_clock *clock;
  struct arena *arena;
  struct buf *out, *numbers;
  struct str name; // of the result
};

void say_plural(const struct model_thing *t, struct buf *out);
void say_filter(const struct reading_part *p, const struct reading_filter *f, struct buf *out);
void say_which(const struct reading_part *p, bool nouns, struct buf *out);
void say_range(const struct saying *s);
void say_subject(const struct saying *s);
void say_counted(const struct saying *s, double n);
void say_spoken(const struct saying *s, struct str name);
bool say_counts_rows(const struct saying *s);
bool say_is_count(const struct saying *s);
void say_measured(const struct saying *s);
void say_none(const struct saying *s); // there are no rows
// Cells of the result, and where their numbers stand in the text.
const struct table_cell *say_cell(const struct saying *s, size_t row, size_t column);
int say_column(const struct saying *s, struct str name);
void say_number(const struct saying *s, const struct table_cell *c, struct str unit);
void say_value(const struct saying *s, size_t row, int column);
void say_rows_between(const struct saying *s, size_t first, size_t end);      // how many these are
void say_names(const struct saying *s, int column, size_t first, size_t end); // each once, the first of them

#endif

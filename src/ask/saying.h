// SPDX-License-Identifier: Apache-2.0
// saying: what the files behind ask/summary.h share: what a sentence is about, in words. Private to ask/. Pure.
#ifndef POSTERN_ASK_SAYING_H
#define POSTERN_ASK_SAYING_H

#include "ask/cell.h"
#include "ask/part.h"
#include "ask/summary.h"

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

#endif

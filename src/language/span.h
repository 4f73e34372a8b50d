// SPDX-License-Identifier: Apache-2.0
// span: times in a question, by the rules of its language: from when to when, as a program has it (so that a later run
// resolves it anew), and as instants, to say back. Pure. Example:
//   struct span s[SPANS_MOST]; size_t n = span_find(language, &words, &clock, arena, s);
//   // "in the last 48 hours": since "now-48h", until "now", at words[first..first+count)
#ifndef POSTERN_LANGUAGE_SPAN_H
#define POSTERN_LANGUAGE_SPAN_H

#include "language/language.h"
#include "table/table.h"

enum { SPANS_MOST = 6 };

struct span {
  struct str since, until;    // as program/when has them; empty: open
  int64_t since_ms, until_ms; // INT64_MIN, INT64_MAX: open
  struct str said;            // the words of the question
  size_t first, count;
  size_t clause;
  bool prior;  // the period before another one
  bool same;   // that of the question before
  bool around; // either way of now: a field's past or future decides
};

size_t span_find(const struct language *l, const struct ask_words *w, const struct table_clock *clock,
                 struct arena *a, struct span *out);
// One end moved: "now-7d" by -7d. Resolved where it cannot be written.
MUST_USE bool span_resolve(struct span *s, const struct table_clock *clock, struct err *err);
// The period of the same length that ends where this one begins.
void span_before(const struct span *s, const struct table_clock *clock, struct arena *a, struct span *out);
// "2026-11-27 16:30 to 2026-11-29 16:30 UTC"
struct str span_say(const struct span *s, const struct table_clock *clock, struct arena *a);

#endif

// SPDX-License-Identifier: Apache-2.0
// suspect: what may be behind an answer that is empty, low or denied: the connector's troubles (docs/ask.md), each with calls
// that read, SQL that says whether it applies, words and a remedy. Picked by what was asked; its calls are the answer's
// evidence too. Pure. Example:
//   struct suspect list[SUSPECTS_MOST]; size_t n = suspect_pick(&plan, outcome, list);
//   doc = suspect_program(&list[0], &clock, arena);            … run it …
//   suspect_tell(&list[0], its_outcome, &note);        // nothing where it does not apply
#ifndef POSTERN_ASK_SUSPECT_H
#define POSTERN_ASK_SUSPECT_H

#include "ask/plan.h"
#include "program/outcome.h"

enum {
  SUSPECTS_MOST = 3,
  SUSPECT_FEW = 100, // an answer is low where the whole is more than so many times as much
};

enum suspect_when { SUSPECT_EMPTY, SUSPECT_LOW, SUSPECT_DENIED, SUSPECT_WHENS };

struct suspect {
  yyjson_val *def;
  const struct model_source *source;
  enum suspect_when when;
  double total;            // of the answer
  struct str name;         // of the row that was asked for; empty: of none
  const struct span *span; // NULL: no time was asked for
};

size_t suspect_pick(const struct ask_plan *plan, const struct outcome *o, struct suspect out[SUSPECTS_MOST]);
yyjson_mut_doc *suspect_program(const struct suspect *p, const struct table_clock *clock, struct arena *a);
void suspect_tell(const struct suspect *p, const struct outcome *o, struct buf *out);

#endif

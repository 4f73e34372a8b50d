// SPDX-License-Identifier: Apache-2.0
// reach: the model of what a view shows: the things of each connector that has accounts there, with the words of its
// ask.yaml, and of the tools that have none those that the question speaks of. All but the last is made once for each view
// of a snapshot (catalog/once) and only read; rows that were looked at belong to their question alone. Lives as long as
// the snapshot and the arena. On the pool. Example:
//   struct ask_reach r = {.view = &view, .question = question};
//   struct model model; reach_model(&r, arena, &model, err);     reach_free(&r)
#ifndef POSTERN_ASK_REACH_H
#define POSTERN_ASK_REACH_H

#include "ask/alias.h"
#include "ask/near.h"
#include "model/derive.h"
#include "model/model.h"
#include "program/view.h"

enum { REACH_DOCS_MOST = 128, REACH_SEEN_MOST = 12 };

struct ask_reach {
  const struct program_view *view;
  struct str question;
  const struct alias *aliases;
  size_t alias_count;
  const struct near_word *near; // words of it that nothing knows
  size_t near_count;
  struct once_made *held;            // the view's own; NULL: not asked for yet
  yyjson_doc *docs[REACH_DOCS_MOST]; // of derived things
  size_t doc_count;
  struct derive_seen seen[REACH_SEEN_MOST];
  size_t seen_count;
};

MUST_USE bool reach_model(struct ask_reach *r, struct arena *a, struct model *out, struct err *err);
// The rows of a derived thing were looked at: the next model has their columns. False: it is known already, or no more fit.
bool reach_see(struct ask_reach *r, const struct model_thing *t, const struct table_result *rows,
               struct arena *a);
void reach_free(struct ask_reach *r);

#endif

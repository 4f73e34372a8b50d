// SPDX-License-Identifier: Apache-2.0
// brief: an outcome as a model is told it: what is there, a small table of each result, what was cut, failed or taken for
// granted, and the handle with its lifetime. The same as text and as JSON, since hosts pass on one or the other. Pure.
#ifndef POSTERN_PROGRAM_BRIEF_H
#define POSTERN_PROGRAM_BRIEF_H

#include "program/outcome.h"

enum {
  PROGRAM_BRIEF_MOST = 256 * 1024, // bytes of either form
  BRIEF_ROWS_MOST = 50,            // of a result; the others are behind the handle
  BRIEF_CELL_MOST = 200,
  // Of what a view gets: above some 150,000 characters hosts keep a result from it.
  BRIEF_VIEW_MOST = 96 * 1024,
};

void brief_add_text(struct buf *out,
                    struct str text); // a cell of a Markdown table: one line, not longer than a model needs
void brief_text(const struct outcome *o, struct buf *out); // Markdown
void brief_json(const struct outcome *o, struct buf *out); // an object: status, results, warnings, handle
// The same for a view that draws it: with charts and more rows, as many as fit in an empty `out`; what was left out is said.
void brief_view(const struct outcome *o, struct buf *out);

#endif

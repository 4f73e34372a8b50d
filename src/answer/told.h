// SPDX-License-Identifier: Apache-2.0
// told: an answer's JSON taken apart for keeping, and put together again. What is too large is kept cut: fewer rows of
// each result, then no charts, then fewer calls; a warning says so. Private to answer/. Pure. Example:
//   told_take(&made, stable, arena, &row);        // row.asked, row.told
#ifndef POSTERN_ANSWER_TOLD_H
#define POSTERN_ANSWER_TOLD_H

#include <yyjson.h>

#include "answer/answer_row.h"
#include "ask/answer.h"

enum { TOLD_BYTES_MOST = 960 * 1024 }; // of each, below what is sealed at once

struct told_cut { // how much is left of each result, and of the list of calls
  size_t rows, calls;
  bool charts;
  const char *says;
};
// Of an answer's JSON. A result that lost rows says how many there were.
void told_cut_to(yyjson_mut_doc *doc, const struct told_cut *cut);

// `stable`: the program in the form in which it is kept; empty: none. False: what was asked is too large.
MUST_USE bool told_take(const struct ask_made *made, struct str stable, struct arena *a,
                        struct answer_row *out, struct err *err);

#endif

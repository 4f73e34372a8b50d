// SPDX-License-Identifier: Apache-2.0
// sentence: one of a connector with a result's cells in it: "{rows}" is how many there are, "{first}" the first five
// by their first and last column, any other name a column of the first row. Private to ask/. Pure. Example:
//   sentence_say(&to, STR("{rows} people, first {person}"), result->asked->columns);
#ifndef POSTERN_ASK_SENTENCE_H
#define POSTERN_ASK_SENTENCE_H

#include <yyjson.h>

#include "ask/cell.h"

// `hints`: the result's columns as its program has them, for units; NULL: none.
void sentence_say(const struct cell_to *to, struct str text, yyjson_val *hints);

#endif

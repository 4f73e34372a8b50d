// SPDX-License-Identifier: Apache-2.0
// answer_brief: an answer as an AI client gets it, from the JSON that was told: what a model needs, in both forms alike,
// since hosts pass on the one or the other. Rows are cut to what hosts take, and how many there are is said. Pure. Example:
//   answer_brief_text(answer, &text);
//   answer_brief_json(answer, view, &structured);      // view: with charts and more rows, for a page that draws it
#ifndef POSTERN_ANSWER_ANSWER_BRIEF_H
#define POSTERN_ANSWER_ANSWER_BRIEF_H

#include <yyjson.h>

#include "base/buf.h"

enum { ANSWER_BRIEF_MOST = 1 << 20 }; // bytes of either form, mostly far less

void answer_brief_text(yyjson_val *answer, struct buf *out); // Markdown
void answer_brief_json(yyjson_val *answer, bool view, struct buf *out);

// JSON Schema of the latter.
extern const char answer_brief_schema[];

#endif

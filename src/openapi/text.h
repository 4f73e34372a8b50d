// SPDX-License-Identifier: Apache-2.0
// text: small work on the words of a document. Pure.
#ifndef POSTERN_OPENAPI_TEXT_H
#define POSTERN_OPENAPI_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

// One line of at most `most` bytes: runs of white space become one space, HTML tags go, and what is
// too long ends in "…" behind a whole word.
struct str text_brief(struct arena *a, struct str s, size_t most);
// "Zone Rulesets" → "zone-rulesets"; may be empty.
struct str text_slug(struct arena *a, struct str s);
// Adds a sentence: a space before it where something stands, a full stop behind it where none does.
void text_add_sentence(struct buf *out, struct str sentence);

#endif

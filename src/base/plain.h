// SPDX-License-Identifier: Apache-2.0
// plain: text from anywhere as it may stand on a terminal or in a log: nothing in it that moves the cursor,
// turns the text around, hides in it or carries what nobody sees. Unsafe are control characters (C0, DEL, C1,
// so that no escape sequence begins), line and paragraph separators, what sets the direction of text, what
// has no width, interlinear marks, tags, and bytes that are no UTF-8. Pure; any thread. Example:
//   plain_mark(&out, STR("a\x1b[2J\u202eb"));      // "a?[2J?b"
//   plain_json(&out, json);                        // the same data, "\u202e" for the character itself
#ifndef POSTERN_BASE_PLAIN_H
#define POSTERN_BASE_PLAIN_H

#include "base/buf.h"

#define PLAIN_BROKEN UINT32_MAX // no character: the byte is not UTF-8

// Bytes of the first character of a text that is not empty; of a broken one 1.
size_t plain_next(struct str s, uint32_t *character);
bool plain_is_safe(uint32_t character); // '\n' and '\t' are not

// Appends the text with '?' for each unsafe character but '\n' and '\t'.
void plain_mark(struct buf *out, struct str text);
// The same in one line: '\n' and '\t' are blanks.
void plain_mark_line(struct buf *out, struct str text);
// Appends a JSON text with unsafe characters in its strings as \uXXXX (RFC 8259 §7).
void plain_json(struct buf *out, struct str json);
void plain_add_escape(struct buf *out, uint32_t character); // \uXXXX, two of them beyond U+FFFF

#endif

// SPDX-License-Identifier: Apache-2.0
// redact_unit: a text behind its escapes, one unit at a time: "\u0041", "%41", "&#65;", "&amp;#65;" and "A"
// are all an "a". Letters lose their case, the two alphabets of base64 are one, line ends and backslashes are
// nothing. So many texts come out alike; a secret is read in the same way before it is compared. Private to
// crypto/redact. Pure.
#ifndef POSTERN_CRYPTO_REDACT_UNIT_H
#define POSTERN_CRYPTO_REDACT_UNIT_H

#include "base/str.h"

enum { REDACT_UNIT_MOST = 4 }; // bytes of one: a character in UTF-8

// Does it begin an escape, or come out as nothing?
static inline bool redact_begins(unsigned char c) {
  return c == '\\' || c == '%' || c == '&' || c == '\n' || c == '\r';
}
// What any other comes out as. Some that are no letters become one, too: more is found alike, never less.
static inline unsigned char redact_fold(unsigned char c) {
  return c | 0x20;
}

// Reads on from `*at` < s.n, past one unit. How many bytes it came out as; 0: nothing.
size_t redact_unit(struct str s, size_t *at, unsigned char out[REDACT_UNIT_MOST]);

#endif

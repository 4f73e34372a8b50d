// SPDX-License-Identifier: Apache-2.0
// decode: text from outside made sound UTF-8, where one spoiled character would cost all of it: other charsets,
// byte order marks, halves of surrogate pairs. Pure. Example:
//   decode_body(http_header_get(headers, "content-type"), &body);     // before anything is sought in it
#ifndef POSTERN_BASE_DECODE_H
#define POSTERN_BASE_DECODE_H

#include "base/buf.h"
#include "base/str.h"

// The text in `charset` ("iso-8859-1"; WHATWG takes that for windows-1252) as UTF-8, what has no character as
// U+FFFD. False: no such charset, or no room in `out`.
bool decode_charset(struct str charset, struct str text, struct buf *out);

// JSON with what is no character made one: half a pair as an escape (RFC 8259 §8.2) becomes U+FFFD; by
// DECODE_ALL also a byte that is not UTF-8, while a control character within a string is escaped. False: there
// is nothing of it.
enum decode { DECODE_ESCAPES, DECODE_ALL };
bool decode_json(struct str text, enum decode what, struct buf *out);
struct str decode_skip_mark(struct str text); // without the byte order mark of UTF-8

// A body by its Content-Type: decoded where it is text in another charset, and JSON mended, and a remark behind it
// dropped. Where there is no
// room for that it stays as it is.
void decode_body(struct str content_type, struct buf *body);

#endif

// SPDX-License-Identifier: Apache-2.0
// codec: bytes as text and back: hex, base64 (RFC 4648), percent-encoding (RFC 3986), UTF-8.
// Pure. Decoders are strict: one wrong byte refuses the whole.
#ifndef POSTERN_BASE_CODEC_H
#define POSTERN_BASE_CODEC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

void codec_hex(const void *bytes, size_t n, char *out); // 2n characters and a NUL
bool codec_unhex(struct str s, void *out, size_t n);    // exactly n bytes

struct str codec_base64(struct arena *a, struct str bytes);                // with padding
struct str codec_base64_url(struct arena *a, struct str bytes);            // RFC 4648 §5, no padding
bool codec_unbase64(struct arena *a, struct str s, struct str *bytes);     // padding required
bool codec_unbase64_url(struct arena *a, struct str s, struct str *bytes); // padding refused

// Everything but RFC 3986's unreserved set becomes %XX: safe as one path segment or query value.
void codec_percent(struct buf *out, struct str s);
bool codec_unpercent(struct arena *a, struct str s, struct str *out); // false: a stray '%'

bool codec_is_utf8(struct str s);        // no overlong forms, no surrogates (RFC 3629)
bool codec_is_token(struct str s);       // RFC 9110 §5.6.2, for header names
bool codec_is_field_value(struct str s); // RFC 9110 §5.5: no CR, LF, NUL or other control bytes but tab

#endif

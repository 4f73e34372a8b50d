// SPDX-License-Identifier: Apache-2.0
// put: JSON answers written member by member, in order; commas are put where they belong. Pure. Example:
//   put_open(out, NULL, '{'); put_text(out, "id", id); put_time(out, "expires_at", 0); put_close(out, '}');
#ifndef POSTERN_ADMIN_PUT_H
#define POSTERN_ADMIN_PUT_H

#include <yyjson.h>

#include "base/buf.h"

// In an array, and for the outermost value, `key` is NULL.
void put_open(struct buf *out, const char *key, char bracket);
void put_close(struct buf *out, char bracket);
void put_text(struct buf *out, const char *key, struct str value);
void put_text_or_null(struct buf *out, const char *key, struct str value); // null where empty
void put_texts(struct buf *out, const char *key, const struct str *values, size_t count);
void put_int(struct buf *out, const char *key, int64_t value);
void put_bool(struct buf *out, const char *key, bool value);
void put_time(struct buf *out, const char *key, int64_t ms);      // RFC 3339; null for 0
void put_json(struct buf *out, const char *key, struct str json); // as it is; null where empty
void put_value(struct buf *out, const char *key, yyjson_val *value);

#endif

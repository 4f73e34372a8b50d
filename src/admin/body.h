// SPDX-License-Identifier: Apache-2.0
// body: checks request bodies and query strings against their shape. Errors name the field, the value,
// what is allowed, and for unknown members the nearest known name. Pure.
#ifndef POSTERN_ADMIN_BODY_H
#define POSTERN_ADMIN_BODY_H

#include <yyjson.h>

#include "admin/shape.h"
#include "base/arena.h"
#include "base/err.h"

MUST_USE bool admin_body_check(const struct admin_shape *shape, yyjson_val *body, struct err *err);
// Decoded values in the order of the shape's members; empty where absent.
MUST_USE bool admin_body_check_query(const struct admin_shape *shape, struct str query, struct arena *a,
                                     struct str *values, struct err *err);
// A name or value of a form or query: WHATWG URL §5.1, where '+' is a space. False: a stray '%'.
bool admin_body_decode(struct str raw, struct arena *a, struct str *out);
// RFC 3339, later than now; null or absent gives 0.
MUST_USE bool admin_body_read_expiry(yyjson_val *body, int64_t now_ms, int64_t *out, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// tongue: in which language a page speaks to a person: the one of those we have that her browser likes best. Pure.
// Private to admin/. Example:
//   enum tongue t = tongue_of(http_header_get(&call->in->headers, "accept-language"));
//   tongue_fill("{0} of {1}", values, 2, arena)
#ifndef POSTERN_ADMIN_TONGUE_H
#define POSTERN_ADMIN_TONGUE_H

#include "base/arena.h"

enum tongue { TONGUE_ENGLISH, TONGUE_GERMAN, TONGUES };

// Of an Accept-Language (RFC 9110 §12.5.4); English where it names none of ours.
enum tongue tongue_of(struct str accepts);
const char *tongue_code(enum tongue t); // for the page's `lang`
// With values in place of {0} to {9}; what a value holds stays as it is.
struct str tongue_fill(const char *text, const struct str *values, size_t count, struct arena *a);

#endif

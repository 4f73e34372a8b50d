// SPDX-License-Identifier: Apache-2.0
// pattern: makes a document's regular expression one of ECMA-262 with the `u` flag, which is how JSON
// Schema 2020-12 §6.4 reads it: needless escapes lose their backslash, the rest must be sound. Pure.
#ifndef POSTERN_OPENAPI_PATTERN_H
#define POSTERN_OPENAPI_PATTERN_H

#include "base/arena.h"
#include "base/str.h"

enum { PATTERN_BYTES_MOST = 2048, PATTERN_GROUPS_MOST = 32 };

// False: it cannot be read as one; leave it out.
bool pattern_mend(struct arena *a, struct str s, struct str *out);

#endif

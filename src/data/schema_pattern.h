// SPDX-License-Identifier: Apache-2.0
// schema_pattern: regular expressions as JSON Schema means them (ECMA-262, unanchored, UTF-8), on
// PCRE2 without its compiler to machine code. Compiled ones are kept, a bounded number, for all
// threads. All work of a match is paid from `work`, whatever pattern and text: it ends when that is used
// up. A unit is about two nanoseconds. For data/schema and for SQL's regexp. Example:
//   struct schema_patterns *p = schema_patterns_new();            // for one check
//   if (schema_pattern_match(p, pattern, text, &work) == SCHEMA_TOO_COSTLY) …
//   schema_patterns_free(p);
#ifndef POSTERN_DATA_SCHEMA_PATTERN_H
#define POSTERN_DATA_SCHEMA_PATTERN_H

#include "base/str.h"

enum { SCHEMA_PATTERNS_KEPT = 256, SCHEMA_PATTERN_MOST = 4096 };

enum schema_match {
  SCHEMA_MATCHES,
  SCHEMA_DIFFERS,
  SCHEMA_UNDECIDED, // it does not compile, or takes more memory than is allowed
  SCHEMA_TOO_COSTLY // the work is used up
};

// What one check uses: compiled patterns, each charged for once, and the room that matching takes.
struct schema_patterns;
struct schema_patterns *schema_patterns_new(void);
void schema_patterns_free(struct schema_patterns *p); // NULL is fine

// Takes what it cost from `work`.
enum schema_match schema_pattern_match(struct schema_patterns *p, struct str pattern, struct str text,
                                       uint64_t *work);
bool schema_pattern_compiles(struct str pattern);

#endif

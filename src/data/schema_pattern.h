// SPDX-License-Identifier: Apache-2.0
// schema_pattern: regular expressions as JSON Schema means them (ECMA-262, unanchored, UTF-8), on
// PCRE2 without its compiler to machine code. Compiled ones are kept, a bounded number, for all
// threads. Private to data/schema.
#ifndef POSTERN_DATA_SCHEMA_PATTERN_H
#define POSTERN_DATA_SCHEMA_PATTERN_H

#include "base/str.h"

enum { SCHEMA_PATTERNS_KEPT = 256, SCHEMA_PATTERN_MOST = 4096 };

enum schema_match {
  SCHEMA_MATCHES,
  SCHEMA_DIFFERS,
  SCHEMA_UNDECIDED
}; // undecided: a limit, or it does not compile

enum schema_match schema_pattern_match(struct str pattern, struct str text);
bool schema_pattern_compiles(struct str pattern);

#endif

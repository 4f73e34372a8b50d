// SPDX-License-Identifier: Apache-2.0
// schema: JSON Schema 2020-12 validation of tool arguments: all violations, not the first, each with
// the pointer, what was expected and what came. Works on the schema's own yyjson value; nothing is
// fetched, `$ref` is local (`#/$defs/…`) only. All work of one check, regular expressions and coercions
// included, is bounded (SCHEMA_WORK_MOST), whatever schema and value: what would take more is refused.
// Example:
//   struct schema_report r = {.arena = a};
//   yyjson_mut_val *args = …;                        // a mutable copy, for coercions
//   if (!schema_check(schema, doc, args, &r)) …      // r.items[0..r.count)
#ifndef POSTERN_DATA_SCHEMA_H
#define POSTERN_DATA_SCHEMA_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"

// Work is counted, not timed, so that a check has the same end everywhere; a unit is about two nanoseconds.
enum { SCHEMA_VIOLATIONS_MOST = 32, SCHEMA_DEPTH_MOST = 128, SCHEMA_WORK_MOST = 32000000 };

struct schema_violation {
  struct str pointer;  // RFC 6901, into the arguments: "/zone_id"
  struct str expected; // "a string of 32 characters", "one of: a, b, c"
  struct str found;    // short rendering of the value; "nothing" where a required one is missing
  struct str property; // the last name in the pointer, to look up which tool gives it
};

struct schema_report {
  struct arena *arena; // where the texts live
  struct schema_violation items[SCHEMA_VIOLATIONS_MOST];
  size_t count; // may pass the array: then only that many more are known to exist
  size_t coerced;
  uint64_t spent; // of SCHEMA_WORK_MOST
};

// Checks `value` against `schema`. Harmless coercions are done in place first (only where the schema asks for
// the other type and the value is unambiguous): "20" → 20, "true" → true, 20 → "20", scalar or object → [it]
// where an array of such is wanted, JSON text → the array or object that is wanted, null → not given where null may
// not be and the property may be left out. Where an integer is asked for, 10.0 and 1e1 become 10, which is the
// same number. `doc` owns the values made. True: it holds.
MUST_USE bool schema_check(yyjson_val *schema, yyjson_mut_doc *doc, yyjson_mut_val **value,
                           struct schema_report *report);

// Is `schema` itself a sound 2020-12 schema (known keywords have their right types, local refs resolve,
// patterns compile)?
MUST_USE bool schema_is_sound(yyjson_val *schema, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// schema_cost: what work of PCRE2 goes unseen between two of its callouts, by the text of a pattern, so
// that a match can be charged for all of it. Pure. Private to data/schema. Example:
//   struct schema_cost cost;
//   if (!schema_cost_read(pattern, &cost)) …   // not ECMA-262: PCRE2 has more that nobody could bound
#ifndef POSTERN_DATA_SCHEMA_COST_H
#define POSTERN_DATA_SCHEMA_COST_H

#include "base/str.h"

struct schema_cost {
  size_t repeat; // the most characters that one item needs: {5000}; it may fail at the last of them
  size_t weight; // of each step: frames with many groups to be copied, classes with many ranges
  bool refers;   // has back references, each as long as what its group took
  bool wide;     // may have classes beyond ASCII
};

// False: the pattern has syntax that ECMA-262 does not know (flags, recursion, verbs, \X, \Q and such).
bool schema_cost_read(struct str pattern, struct schema_cost *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// typed: values of documents and the types that schemas give them. Pure. Example:
//   yyjson_mut_val *v = typed_value(doc, arena, T_INTEGER, given);   // "1" becomes 1
#ifndef POSTERN_OPENAPI_TYPED_H
#define POSTERN_OPENAPI_TYPED_H

#include <yyjson.h>

#include "base/arena.h"

enum {
  T_NULL = 1,
  T_BOOLEAN = 2,
  T_OBJECT = 4,
  T_ARRAY = 8,
  T_NUMBER = 16,
  T_INTEGER = 32,
  T_STRING = 64,
  T_NUMERIC = T_NUMBER | T_INTEGER,
};

unsigned typed_of(yyjson_val *v);
// A value written against its type, as YAML and hasty authors do: "1" for an integer, 1 or true for a text. NULL: it
// cannot be read as one of the types.
yyjson_mut_val *typed_value(yyjson_mut_doc *ir, struct arena *a, unsigned types, yyjson_val *v);

#endif

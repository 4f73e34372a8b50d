// SPDX-License-Identifier: Apache-2.0
// schema_value: types, numbers and equality as JSON Schema means them, for values of either kind of
// yyjson document (a scalar looks the same in both), with numbers parsed or raw. Private to data/schema.
#ifndef POSTERN_DATA_SCHEMA_VALUE_H
#define POSTERN_DATA_SCHEMA_VALUE_H

#include <yyjson.h>

#include "base/buf.h"

enum schema_type {
  SCHEMA_NULL = 1,
  SCHEMA_BOOLEAN = 2,
  SCHEMA_INTEGER = 4,
  SCHEMA_NUMBER = 8,
  SCHEMA_STRING = 16,
  SCHEMA_ARRAY = 32,
  SCHEMA_OBJECT = 64,
};

unsigned schema_type_of(const void *value);  // an integer is both: INTEGER | NUMBER
unsigned schema_type_mask(yyjson_val *type); // of a `type` keyword; 0: absent or unknown

// A decimal number, exact to 38 digits: ± digits × 10^exponent, `digits` without trailing zeros.
struct schema_number {
  bool negative;
  unsigned __int128 digits;
  int32_t exponent;
};

bool schema_number_parse(struct str text, struct schema_number *out); // false: not a JSON number
bool schema_number_of(const void *value, struct schema_number *out);  // false: not a number
bool schema_number_is_integer(const struct schema_number *n);
// 10.0, 1e3 and -0 as 10, 1000 and 0, in place, where 64 bits hold it; other values stay as they are.
void schema_write_integer(yyjson_mut_val *v);
int schema_number_compare(const struct schema_number *a, const struct schema_number *b);
bool schema_number_is_multiple(const struct schema_number *n, const struct schema_number *step);
// The text of a number: raw digits as they are, the shortest form of a double.
struct str schema_number_text(const void *value, char room[32]);

// A keyword's count, such as minLength's: 5 or 5.0.
bool schema_count_of(yyjson_val *v, uint64_t *out);

uint64_t schema_size(yyjson_mut_val *v); // in units of work: what it costs to copy it and write it out
struct str schema_text_of(const void *string);

bool schema_equal(yyjson_val *expected, yyjson_mut_val *value); // 1 equals 1.0; the order of keys is nothing
bool schema_is_unique(yyjson_mut_val *array);

#endif

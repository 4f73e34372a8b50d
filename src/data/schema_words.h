// SPDX-License-Identifier: Apache-2.0
// schema_words: the keywords of JSON Schema 2020-12 that are understood, in one table, and the values
// a schema gives them, gathered in one pass over it. Private to data/schema.
#ifndef POSTERN_DATA_SCHEMA_WORDS_H
#define POSTERN_DATA_SCHEMA_WORDS_H

#include <yyjson.h>

#include "base/str.h"

// What a keyword's value must be.
enum schema_kind {
  SCHEMA_IS_SCHEMA,
  SCHEMA_IS_SCHEMA_LIST,
  SCHEMA_IS_SCHEMA_MAP,
  SCHEMA_IS_PATTERN_MAP, // patterns to schemas
  SCHEMA_IS_NAMES,       // unique strings
  SCHEMA_IS_NAMES_MAP,
  SCHEMA_IS_TYPE,
  SCHEMA_IS_COUNT,
  SCHEMA_IS_NUMBER,
  SCHEMA_IS_POSITIVE,
  SCHEMA_IS_BOOLEAN,
  SCHEMA_IS_STRING,
  SCHEMA_IS_PATTERN,
  SCHEMA_IS_REF,
  SCHEMA_IS_LIST, // of anything
  SCHEMA_IS_ANYTHING,
  SCHEMA_IS_REFUSED, // it would change what the schema means, and is not supported
};

#define SCHEMA_WORDS(X)                                                                                      \
  X(TYPE, "type", TYPE)                                                                                      \
  X(ENUM, "enum", LIST)                                                                                      \
  X(CONST, "const", ANYTHING)                                                                                \
  X(MULTIPLE_OF, "multipleOf", POSITIVE)                                                                     \
  X(MINIMUM, "minimum", NUMBER)                                                                              \
  X(MAXIMUM, "maximum", NUMBER)                                                                              \
  X(ABOVE, "exclusiveMinimum", NUMBER)                                                                       \
  X(BELOW, "exclusiveMaximum", NUMBER)                                                                       \
  X(MIN_LENGTH, "minLength", COUNT)                                                                          \
  X(MAX_LENGTH, "maxLength", COUNT)                                                                          \
  X(PATTERN, "pattern", PATTERN)                                                                             \
  X(FORMAT, "format", STRING)                                                                                \
  X(ITEMS, "items", SCHEMA)                                                                                  \
  X(PREFIX_ITEMS, "prefixItems", SCHEMA_LIST)                                                                \
  X(CONTAINS, "contains", SCHEMA)                                                                            \
  X(MIN_CONTAINS, "minContains", COUNT)                                                                      \
  X(MAX_CONTAINS, "maxContains", COUNT)                                                                      \
  X(MIN_ITEMS, "minItems", COUNT)                                                                            \
  X(MAX_ITEMS, "maxItems", COUNT)                                                                            \
  X(UNIQUE_ITEMS, "uniqueItems", BOOLEAN)                                                                    \
  X(UNEVALUATED_ITEMS, "unevaluatedItems", SCHEMA)                                                           \
  X(PROPERTIES, "properties", SCHEMA_MAP)                                                                    \
  X(PATTERN_PROPERTIES, "patternProperties", PATTERN_MAP)                                                    \
  X(ADDITIONAL, "additionalProperties", SCHEMA)                                                              \
  X(PROPERTY_NAMES, "propertyNames", SCHEMA)                                                                 \
  X(REQUIRED, "required", NAMES)                                                                             \
  X(DEPENDENT_REQUIRED, "dependentRequired", NAMES_MAP)                                                      \
  X(DEPENDENT_SCHEMAS, "dependentSchemas", SCHEMA_MAP)                                                       \
  X(MIN_PROPERTIES, "minProperties", COUNT)                                                                  \
  X(MAX_PROPERTIES, "maxProperties", COUNT)                                                                  \
  X(UNEVALUATED_PROPERTIES, "unevaluatedProperties", SCHEMA)                                                 \
  X(ALL_OF, "allOf", SCHEMA_LIST)                                                                            \
  X(ANY_OF, "anyOf", SCHEMA_LIST)                                                                            \
  X(ONE_OF, "oneOf", SCHEMA_LIST)                                                                            \
  X(NOT, "not", SCHEMA)                                                                                      \
  X(IF, "if", SCHEMA)                                                                                        \
  X(THEN, "then", SCHEMA)                                                                                    \
  X(ELSE, "else", SCHEMA)                                                                                    \
  X(REF, "$ref", REF)                                                                                        \
  X(DEFS, "$defs", SCHEMA_MAP)                                                                               \
  X(TITLE, "title", STRING)                                                                                  \
  X(DESCRIPTION, "description", STRING)                                                                      \
  X(DYNAMIC_REF, "$dynamicRef", REFUSED)                                                                     \
  X(DYNAMIC_ANCHOR, "$dynamicAnchor", REFUSED)                                                               \
  X(RECURSIVE_REF, "$recursiveRef", REFUSED)

enum schema_word {
#define X(id, name, kind) SCHEMA_WORD_##id,
  SCHEMA_WORDS(X)
#undef X
      SCHEMA_WORD_COUNT
};

struct schema_words {
  yyjson_val *at[SCHEMA_WORD_COUNT]; // NULL: the schema does not use it
};

#define SCHEMA_AT(words, id) ((words)->at[SCHEMA_WORD_##id])

void schema_gather(yyjson_val *schema, struct schema_words *words);
const char *schema_word_name(enum schema_word word);
enum schema_kind schema_word_kind(enum schema_word word);

// Where a local `$ref` ("#", "#/…", percent-encoded) leads; NULL: nowhere, or it is not local.
yyjson_val *schema_follow(yyjson_val *root, yyjson_val *ref);

#endif

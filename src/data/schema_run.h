// SPDX-License-Identifier: Apache-2.0
// schema_run: one strict validation, without coercion: the state of the walk and its entry. Private
// to data/schema.
#ifndef POSTERN_DATA_SCHEMA_RUN_H
#define POSTERN_DATA_SCHEMA_RUN_H

#include "base/buf.h"
#include "data/schema.h"
#include "data/schema_pattern.h"
#include "data/schema_words.h"

struct schema_run {
  yyjson_val *root; // what `$ref` starts from
  struct arena *arena;
  struct schema_report *report; // NULL: only whether it holds, and how far it is off
  struct buf pointer;           // where we are in the value
  struct str name;              // the last property on the way there
  size_t steps;
  uint64_t matching_us; // spent on patterns
  unsigned depth;
  unsigned score; // the weight of all violations so far
  bool exhausted; // a limit was passed: nothing counts any more but that
};

// Which members of an object or array were evaluated (core, §11): a bit for each position.
struct schema_seen {
  uint64_t *bits;
  size_t n;
};

// How far off a violation puts a value, when alternatives are weighed against each other.
// A wrong constant
// weighs most, as it often names the alternative that was meant.
enum schema_weight {
  SCHEMA_SLIGHT = 1,
  SCHEMA_NAMES = 10,
  SCHEMA_OTHER_VALUE = 30,
  SCHEMA_OTHER_TYPE = 15,
  SCHEMA_WHOLE = 1000
};

// `seen` may be NULL where nobody asks.
bool schema_run_value(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v, struct schema_seen *seen);
// The same without reporting; `score` may be NULL.
bool schema_run_quietly(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v, struct schema_seen *seen,
                        unsigned *score);

// One more step; false when there were too many.
bool schema_run_step(struct schema_run *r);
// A match, undecided once matching has taken SCHEMA_MATCHING_MS in this run: each match has its limit, but a
// value may ask for many.
enum { SCHEMA_MATCHING_MS = 50 };
enum schema_match schema_run_match(struct schema_run *r, struct str pattern, struct str text);
struct schema_seen schema_seen_for(struct schema_run *r, yyjson_mut_val *v);
void schema_seen_add(struct schema_seen *seen, size_t position);
void schema_seen_join(struct schema_seen *seen, const struct schema_seen *more);
bool schema_seen_has(const struct schema_seen *seen, size_t position);

struct schema_place { // to come back to after a member was visited
  size_t n;
  struct str name;
};
struct schema_place schema_run_enter(struct schema_run *r, struct str key, bool is_name);
void schema_run_leave(struct schema_run *r, struct schema_place place);

// Both return false. `expected` is freed; `v` NULL: a required property that is missing.
bool schema_violate(struct schema_run *r, enum schema_weight weight, struct buf *expected, yyjson_mut_val *v);
bool schema_violate_schema(struct schema_run *r, enum schema_weight weight, yyjson_val *schema,
                           yyjson_mut_val *v);

// The keywords of objects and arrays (schema_members.c).
bool schema_run_object(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                       struct schema_seen *seen);
bool schema_run_array(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                      struct schema_seen *seen);
bool schema_run_unevaluated(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                            struct schema_seen *seen);

#endif

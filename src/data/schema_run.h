// SPDX-License-Identifier: Apache-2.0
// schema_run: one strict validation, without coercion: the state of the walk and its entry. What it does is
// paid from the work of the whole check. Private to data/schema.
#ifndef POSTERN_DATA_SCHEMA_RUN_H
#define POSTERN_DATA_SCHEMA_RUN_H

#include "base/buf.h"
#include "base/map.h"
#include "data/schema.h"
#include "data/schema_pattern.h"
#include "data/schema_words.h"

struct schema_work { // of one check; its runs share it
  uint64_t left;
  struct schema_patterns *patterns; // NULL: none was needed yet
  struct map refs;                  // the text of a `$ref` → where it leads
  struct schema_violation costly;   // the value whose pattern used most of it up, where one did
  bool blamed;                      // it is set
};

struct schema_run {
  yyjson_val *root; // what `$ref` starts from
  struct schema_work *work;
  struct arena *arena;
  struct schema_report *report; // NULL: only whether it holds, and how far it is off
  struct buf pointer;           // where we are in the value
  struct str name;              // the last property on the way there
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
  SCHEMA_OTHER_KIND = 300, // a member that tells the alternatives apart says that another one is meant
  SCHEMA_WHOLE = 1000
};

// `seen` may be NULL where nobody asks.
bool schema_run_value(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v, struct schema_seen *seen);
// The same without reporting; `score` may be NULL.
bool schema_run_quietly(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v, struct schema_seen *seen,
                        unsigned *score);

// In units of work.
enum {
  SCHEMA_COST_LOOK = 16, // to go on to the next member, item or alternative
  SCHEMA_COST_VISIT = 24,
  SCHEMA_COST_WORD = 24,    // for each keyword of a schema, on each visit
  SCHEMA_COST_TELL = 4000,  // to put a violation into words
  SCHEMA_COST_COMPARE = 40, // to compare two short values
  SCHEMA_COST_VALUE = 64,   // to copy or write a value; its text beside
  SCHEMA_BLAME_SHARE = 4,   // a pattern that took one part in so many of all work is to blame
};

// Pays for what comes; false when too much was done.
bool schema_run_spend(struct schema_run *r, uint64_t units);
bool schema_run_step(struct schema_run *r); // SCHEMA_COST_LOOK
// A string or a key against a pattern. False as well when it was too costly; then the run is exhausted.
bool schema_run_match(struct schema_run *r, struct str pattern, yyjson_mut_val *string, bool undecided);
// As schema_gather and schema_follow; the latter remembers where it leads.
bool schema_run_gather(struct schema_run *r, yyjson_val *schema, struct schema_words *words);
yyjson_val *schema_run_follow(struct schema_run *r, yyjson_val *ref);
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

// Is a violation put into words? Not quietly, and not one more than the report holds. Pays for it.
bool schema_run_tells(struct schema_run *r);
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

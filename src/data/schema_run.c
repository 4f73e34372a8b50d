// SPDX-License-Identifier: Apache-2.0
#include "data/schema_run.h"

#include "data/json.h"
#include "data/schema_text.h"
#include "data/schema_value.h"

bool schema_run_spend(struct schema_run *r, uint64_t units) {
  if (r->work->left < units) {
    r->work->left = 0;
    r->exhausted = true;
  } else {
    r->work->left -= units;
  }
  return !r->exhausted;
}

bool schema_run_step(struct schema_run *r) {
  return schema_run_spend(r, SCHEMA_COST_LOOK);
}

static void schema_run_blame(struct schema_run *r, struct str pattern, yyjson_mut_val *string) {
  struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST), found = BUF_MAX(4 * SCHEMA_TEXT_MOST);
  buf_printf(&expected, "a shorter text, since on one of %zu bytes the check of its pattern is too costly: ",
             schema_text_of(string).n);
  buf_add(&expected, pattern);
  schema_render(&found, string);
  r->work->costly = (struct schema_violation){.pointer = arena_dup(r->arena, buf_str(&r->pointer)),
                                              .expected = schema_text_done(r->arena, &expected),
                                              .found = schema_text_done(r->arena, &found),
                                              .property = arena_dup(r->arena, r->name)};
  r->work->blamed = true;
}

bool schema_run_match(struct schema_run *r, struct str pattern, yyjson_mut_val *string, bool undecided) {
  struct schema_work *work = r->work;
  uint64_t before = work->left;
  if (!work->patterns) work->patterns = schema_patterns_new();
  switch (schema_pattern_match(work->patterns, pattern, schema_text_of(string), &work->left)) {
  case SCHEMA_MATCHES:
    return true;
  case SCHEMA_DIFFERS:
    return false;
  case SCHEMA_UNDECIDED:
    return undecided;
  case SCHEMA_TOO_COSTLY:
    if (before - work->left >= SCHEMA_WORK_MOST / SCHEMA_BLAME_SHARE) schema_run_blame(r, pattern, string);
    r->exhausted = true;
  }
  return false;
}

// How many values a read document has, or a part of it.
static size_t schema_values(yyjson_val *v) {
  return (size_t)(unsafe_yyjson_get_next(v) - v);
}

yyjson_val *schema_run_follow(struct schema_run *r, yyjson_val *ref) {
  struct str text = json_text(ref);
  if (!text.n) return NULL;
  yyjson_val *to = map_get(&r->work->refs, text);
  if (to) return to;
  // Members are looked for one by one, so it may pass all of the schema.
  if (!schema_run_spend(r, schema_values(r->root))) return NULL;
  to = schema_follow(r->root, ref);
  if (to) map_put(&r->work->refs, text, to);
  return to;
}

struct schema_seen schema_seen_for(struct schema_run *r, yyjson_mut_val *v) {
  size_t n = yyjson_mut_is_ctn(v) ? unsafe_yyjson_get_len(v) : 0;
  if (!schema_run_spend(r, n / 8)) n = 0;
  return (struct schema_seen){ARENA_ARRAY(r->arena, n / 64 + 1, uint64_t), n};
}

void schema_seen_add(struct schema_seen *seen, size_t position) {
  if (seen && position < seen->n) seen->bits[position / 64] |= (uint64_t)1 << (position % 64);
}

bool schema_seen_has(const struct schema_seen *seen, size_t position) {
  return position < seen->n && (seen->bits[position / 64] >> (position % 64) & 1);
}

void schema_seen_join(struct schema_seen *seen, const struct schema_seen *more) {
  for (size_t i = 0; seen && i < seen->n / 64 + 1 && i < more->n / 64 + 1; i++)
    seen->bits[i] |= more->bits[i];
}

struct schema_place schema_run_enter(struct schema_run *r, struct str key, bool is_name) {
  struct schema_place place = {r->pointer.n, r->name};
  if (r->report && schema_run_spend(r, key.n)) json_pointer_push(&r->pointer, key);
  if (is_name) r->name = key;
  return place;
}

void schema_run_leave(struct schema_run *r, struct schema_place place) {
  r->pointer.n = place.n;
  r->pointer.full = false;
  r->name = place.name;
}

bool schema_violate(struct schema_run *r, enum schema_weight weight, struct buf *expected,
                    yyjson_mut_val *v) {
  struct schema_report *report = r->report;
  r->score += (unsigned)weight;
  if (!report || r->exhausted || report->count >= SCHEMA_VIOLATIONS_MOST) {
    if (report) report->count++;
    buf_free(expected);
    return false;
  }
  struct schema_violation one = {.expected = schema_text_done(report->arena, expected)};
  struct str pointer = buf_str(&r->pointer);
  for (size_t i = 0; i < report->count; i++) // two parts of a schema often ask for the same
    if (str_eq(report->items[i].pointer, pointer) && str_eq(report->items[i].expected, one.expected))
      return false;
  struct buf found = BUF_MAX(4 * SCHEMA_TEXT_MOST);
  if (v)
    schema_render(&found, v);
  else
    buf_add(&found, STR("nothing"));
  one.found = schema_text_done(report->arena, &found);
  one.pointer = arena_dup(report->arena, pointer);
  one.property = arena_dup(report->arena, r->name);
  report->items[report->count++] = one;
  return false;
}

bool schema_run_tells(struct schema_run *r) {
  return r->report && r->report->count < SCHEMA_VIOLATIONS_MOST &&
         schema_run_spend(r, SCHEMA_COST_TELL + schema_values(r->root));
}

bool schema_violate_schema(struct schema_run *r, enum schema_weight weight, yyjson_val *schema,
                           yyjson_mut_val *v) {
  struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST);
  if (schema_run_tells(r)) schema_describe(&expected, r->root, schema);
  return schema_violate(r, weight, &expected, v);
}

bool schema_run_quietly(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v, struct schema_seen *seen,
                        unsigned *score) {
  struct schema_report *report = r->report;
  unsigned before = r->score;
  r->report = NULL;
  bool holds = schema_run_value(r, schema, v, seen);
  if (score) *score = r->score - before;
  r->report = report;
  r->score = before;
  return holds;
}

// Only values of one kind and length are looked at in full: of containers both are written out.
static bool schema_run_equal(struct schema_run *r, yyjson_val *expected, yyjson_mut_val *v) {
  bool near = unsafe_yyjson_get_type(expected) == unsafe_yyjson_get_type(v) &&
              unsafe_yyjson_get_len(expected) == unsafe_yyjson_get_len(v);
  uint64_t units = SCHEMA_COST_COMPARE;
  if (near && yyjson_mut_is_str(v)) units += unsafe_yyjson_get_len(v) / 8;
  if (near && yyjson_mut_is_ctn(v)) units += 2 * schema_size(v) + SCHEMA_COST_VALUE * schema_values(expected);
  return schema_run_spend(r, units) && schema_equal(expected, v);
}

static bool schema_holds_enum(const struct schema_words *w, yyjson_mut_val *v, struct schema_run *r) {
  if (SCHEMA_AT(w, CONST) && !schema_run_equal(r, SCHEMA_AT(w, CONST), v)) return false;
  if (!yyjson_is_arr(SCHEMA_AT(w, ENUM))) return true;
  yyjson_arr_iter it = yyjson_arr_iter_with(SCHEMA_AT(w, ENUM));
  for (yyjson_val *member; (member = yyjson_arr_iter_next(&it)) && !r->exhausted;)
    if (schema_run_equal(r, member, v)) return true;
  return false;
}

static bool schema_holds_number(const struct schema_words *w, yyjson_mut_val *v) {
  struct schema_number n, limit;
  if (!schema_number_of(v, &n)) return true;
#define LIMIT(id) (SCHEMA_AT(w, id) && schema_number_of(SCHEMA_AT(w, id), &limit))
  if (LIMIT(MINIMUM) && schema_number_compare(&n, &limit) < 0) return false;
  if (LIMIT(MAXIMUM) && schema_number_compare(&n, &limit) > 0) return false;
  if (LIMIT(ABOVE) && schema_number_compare(&n, &limit) <= 0) return false;
  if (LIMIT(BELOW) && schema_number_compare(&n, &limit) >= 0) return false;
  return !LIMIT(MULTIPLE_OF) || schema_number_is_multiple(&n, &limit);
#undef LIMIT
}

static bool schema_within(yyjson_val *least, yyjson_val *most, size_t n) {
  uint64_t limit;
  return !(schema_count_of(least, &limit) && n < limit) && !(schema_count_of(most, &limit) && n > limit);
}

static bool schema_holds_string(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v) {
  struct str text = schema_text_of(v), pattern = json_text(SCHEMA_AT(w, PATTERN));
  bool length = SCHEMA_AT(w, MIN_LENGTH) || SCHEMA_AT(w, MAX_LENGTH);
  if (length && !schema_run_spend(r, text.n)) return false;
  if (length && !schema_within(SCHEMA_AT(w, MIN_LENGTH), SCHEMA_AT(w, MAX_LENGTH), str_characters(text)))
    return false;
  // What cannot be decided for what it is, not for its cost, is left to the vendor, who checks as well.
  return !pattern.p || schema_run_match(r, pattern, v, true);
}

static bool schema_holds_size(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v) {
  size_t n = unsafe_yyjson_get_len(v);
  if (yyjson_mut_is_obj(v))
    return schema_within(SCHEMA_AT(w, MIN_PROPERTIES), SCHEMA_AT(w, MAX_PROPERTIES), n);
  if (!schema_within(SCHEMA_AT(w, MIN_ITEMS), SCHEMA_AT(w, MAX_ITEMS), n)) return false;
  return !yyjson_get_bool(SCHEMA_AT(w, UNIQUE_ITEMS)) ||
         (schema_run_spend(r, 3 * schema_size(v)) && schema_is_unique(v));
}

// What a schema says of the value itself, not of its members: one violation for all of it, since the
// description of the schema says it all. 0: it holds.
static unsigned schema_own_miss(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v) {
  if (yyjson_mut_is_raw(v)) (void)schema_run_spend(r, unsafe_yyjson_get_len(v)); // digits are read each time
  unsigned mask = schema_type_mask(SCHEMA_AT(w, TYPE));
  unsigned type = schema_type_of(v);
  if (mask && !(mask & type)) return SCHEMA_OTHER_TYPE;
  if (mask & type & SCHEMA_INTEGER && !(mask & SCHEMA_NUMBER)) schema_write_integer(v);
  if ((SCHEMA_AT(w, CONST) || SCHEMA_AT(w, ENUM)) && !schema_holds_enum(w, v, r)) return SCHEMA_OTHER_VALUE;
  bool holds = yyjson_mut_is_str(v)   ? schema_holds_string(r, w, v)
               : yyjson_mut_is_ctn(v) ? schema_holds_size(r, w, v)
                                      : schema_holds_number(w, v);
  return holds ? 0 : SCHEMA_SLIGHT;
}

bool schema_run_gather(struct schema_run *r, yyjson_val *schema, struct schema_words *words) {
  if (!schema_run_spend(r, SCHEMA_COST_VISIT + SCHEMA_COST_WORD * yyjson_obj_size(schema))) return false;
  schema_gather(schema, words);
  return true;
}

// Does the value miss the branch as a whole, rather than in a member?
static bool schema_misses_whole(struct schema_run *r, yyjson_val *branch, yyjson_mut_val *v) {
  struct schema_words w = {0};
  for (int hops = 0; hops < 8 && yyjson_is_obj(branch); hops++) {
    if (!schema_run_gather(r, branch, &w)) return false;
    if (schema_own_miss(r, &w, v)) return true;
    branch = schema_run_follow(r, SCHEMA_AT(&w, REF));
  }
  return yyjson_is_false(branch);
}

// The one value that a schema allows; NULL: several, or any.
static yyjson_val *schema_only_value(yyjson_val *schema) {
  yyjson_val *values = yyjson_obj_get(schema, "enum"), *only = yyjson_obj_get(schema, "const");
  return only ? only : yyjson_arr_size(values) == 1 ? yyjson_arr_get_first(values) : NULL;
}

enum { SCHEMA_KIND_DEEP = 8 };

// The one value that a branch allows of a member, whichever part of it says so; NULL: there is none.
static yyjson_val *schema_kind_of(struct schema_run *r, yyjson_val *branch, yyjson_val *key, int deep) {
  struct schema_words w = {0};
  if (!yyjson_is_obj(branch) || deep > SCHEMA_KIND_DEEP || !schema_run_gather(r, branch, &w)) return NULL;
  yyjson_val *member = yyjson_obj_getn(SCHEMA_AT(&w, PROPERTIES), yyjson_get_str(key), yyjson_get_len(key));
  yyjson_val *only = schema_only_value(member);
  yyjson_arr_iter parts = yyjson_arr_iter_with(SCHEMA_AT(&w, ALL_OF));
  for (yyjson_val *part; !only && (part = yyjson_arr_iter_next(&parts));)
    only = schema_kind_of(r, part, key, deep + 1);
  return only ? only : schema_kind_of(r, schema_run_follow(r, SCHEMA_AT(&w, REF)), key, deep + 1);
}

static bool schema_is_text(yyjson_val *only, yyjson_mut_val *member) {
  return yyjson_is_str(only) && yyjson_mut_equals_strn(member, yyjson_get_str(only), yyjson_get_len(only));
}

struct schema_kinds {
  yyjson_val *list; // the alternatives
  yyjson_mut_val *v;
};

// A member of which each alternative allows one value, such as {"type": {"const": "card"}}, tells them apart: does the
// value name another one than this branch there?
static bool schema_is_other_kind(struct schema_run *r, const struct schema_kinds *of, yyjson_val *branch,
                                 int deep) {
  struct schema_words w = {0};
  if (!yyjson_is_obj(branch) || deep > SCHEMA_KIND_DEEP || !schema_run_gather(r, branch, &w)) return false;
  yyjson_obj_iter it = yyjson_obj_iter_with(SCHEMA_AT(&w, PROPERTIES));
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it)) && schema_run_step(r);) {
    yyjson_val *only = schema_only_value(yyjson_obj_iter_get_val(key));
    yyjson_mut_val *member =
        only ? yyjson_mut_obj_getn(of->v, yyjson_get_str(key), yyjson_get_len(key)) : NULL;
    if (!yyjson_is_str(only) || !yyjson_mut_is_str(member) || schema_is_text(only, member)) continue;
    yyjson_arr_iter others = yyjson_arr_iter_with(of->list);
    for (yyjson_val *other; (other = yyjson_arr_iter_next(&others));)
      if (schema_is_text(schema_kind_of(r, other, key, 0), member)) return true;
  }
  yyjson_arr_iter parts = yyjson_arr_iter_with(SCHEMA_AT(&w, ALL_OF));
  for (yyjson_val *part; (part = yyjson_arr_iter_next(&parts));)
    if (schema_is_other_kind(r, of, part, deep + 1)) return true;
  return schema_is_other_kind(r, of, schema_run_follow(r, SCHEMA_AT(&w, REF)), deep + 1);
}

static bool schema_fail_alternatives(struct schema_run *r, yyjson_val *list, yyjson_mut_val *v,
                                     yyjson_val *nearest) {
  bool whole = true;
  yyjson_arr_iter it = yyjson_arr_iter_with(list);
  for (yyjson_val *branch; whole && (branch = yyjson_arr_iter_next(&it));)
    whole = schema_misses_whole(r, branch, v);
  if (!whole) return schema_run_value(r, nearest, v, NULL);
  struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST);
  if (schema_run_tells(r)) schema_describe_either(&expected, r->root, list);
  return schema_violate(r, SCHEMA_SLIGHT, &expected, v);
}

// Of the alternatives, none of which fits, the one that misses least; `scores` of the first SCHEMA_WEIGHED_MOST.
enum { SCHEMA_WEIGHED_MOST = 64 };
static yyjson_val *schema_nearest(struct schema_run *r, const struct schema_kinds *of, unsigned *scores,
                                  unsigned *least) {
  yyjson_val *nearest = NULL;
  size_t i = 0;
  *least = ~0u;
  yyjson_arr_iter it = yyjson_arr_iter_with(of->list);
  for (yyjson_val *branch; i < SCHEMA_WEIGHED_MOST && (branch = yyjson_arr_iter_next(&it)); i++) {
    if (schema_misses_whole(r, branch, of->v)) scores[i] += SCHEMA_WHOLE;
    if (yyjson_mut_is_obj(of->v) && schema_is_other_kind(r, of, branch, 0)) scores[i] += SCHEMA_OTHER_KIND;
    if (scores[i] >= *least) continue;
    *least = scores[i];
    nearest = branch;
  }
  return nearest;
}

// anyOf and oneOf. A value that fits none is told what the nearest alternative misses.
static bool schema_run_alternatives(struct schema_run *r, yyjson_val *list, bool one, yyjson_mut_val *v,
                                    struct schema_seen *seen) {
  unsigned scores[SCHEMA_WEIGHED_MOST], least, score;
  size_t matches = 0, i = 0;
  yyjson_arr_iter it = yyjson_arr_iter_with(list);
  for (yyjson_val *branch; (branch = yyjson_arr_iter_next(&it)); i++) {
    struct schema_seen mine = seen ? schema_seen_for(r, v) : (struct schema_seen){0};
    if (schema_run_quietly(r, branch, v, seen ? &mine : NULL, &score)) {
      matches++;
      if (seen) schema_seen_join(seen, &mine);
      if (!one && !seen) return true;
    } else if (i < SCHEMA_WEIGHED_MOST) {
      scores[i] = score;
    }
  }
  if (matches == 1 || (matches && !one) || r->exhausted) return true;
  if (matches) {
    struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST);
    buf_printf(&expected, "exactly one of %zu alternatives to fit, and %zu do", yyjson_arr_size(list),
               matches);
    return schema_violate(r, SCHEMA_SLIGHT, &expected, v);
  }
  yyjson_val *nearest = schema_nearest(r, &(struct schema_kinds){list, v}, scores, &least);
  if (!nearest) return true; // an empty list, which is not a sound schema
  if (r->report) return schema_fail_alternatives(r, list, v, nearest);
  r->score += least;
  return false;
}

// A subschema of the same value. What it evaluated counts only where it holds (core, §7.7.1).
static bool schema_run_inside(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v,
                              struct schema_seen *seen) {
  if (!seen) return schema_run_value(r, schema, v, NULL);
  struct schema_seen mine = schema_seen_for(r, v);
  if (!schema_run_value(r, schema, v, &mine)) return false;
  schema_seen_join(seen, &mine);
  return true;
}

static bool schema_run_condition(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                                 struct schema_seen *seen) {
  struct schema_seen mine = seen ? schema_seen_for(r, v) : (struct schema_seen){0};
  bool condition = schema_run_quietly(r, SCHEMA_AT(w, IF), v, seen ? &mine : NULL, NULL);
  if (condition && seen) schema_seen_join(seen, &mine);
  yyjson_val *then = condition ? SCHEMA_AT(w, THEN) : SCHEMA_AT(w, ELSE);
  return !then || schema_run_inside(r, then, v, seen);
}

static bool schema_run_not(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v) {
  if (!schema_run_quietly(r, schema, v, NULL, NULL)) return true;
  struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST);
  buf_add(&expected, STR("anything but "));
  if (schema_run_tells(r)) schema_describe(&expected, r->root, schema);
  return schema_violate(r, SCHEMA_OTHER_VALUE, &expected, v);
}

// The keywords that apply other schemas to the same value.
static bool schema_run_applied(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                               struct schema_seen *seen) {
  bool holds = true;
  yyjson_val *target = schema_run_follow(r, SCHEMA_AT(w, REF));
  if (target) holds &= schema_run_inside(r, target, v, seen);
  if (yyjson_is_arr(SCHEMA_AT(w, ALL_OF))) {
    yyjson_arr_iter it = yyjson_arr_iter_with(SCHEMA_AT(w, ALL_OF));
    for (yyjson_val *part; (part = yyjson_arr_iter_next(&it));) holds &= schema_run_inside(r, part, v, seen);
  }
  if (yyjson_is_arr(SCHEMA_AT(w, ANY_OF)))
    holds &= schema_run_alternatives(r, SCHEMA_AT(w, ANY_OF), false, v, seen);
  if (yyjson_is_arr(SCHEMA_AT(w, ONE_OF)))
    holds &= schema_run_alternatives(r, SCHEMA_AT(w, ONE_OF), true, v, seen);
  if (SCHEMA_AT(w, NOT)) holds &= schema_run_not(r, SCHEMA_AT(w, NOT), v);
  if (SCHEMA_AT(w, IF)) holds &= schema_run_condition(r, w, v, seen);
  return holds;
}

static bool schema_run_words(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v,
                             struct schema_seen *seen) {
  struct schema_words w;
  if (!schema_run_gather(r, schema, &w)) return false;
  struct schema_seen own = {0}, *outer = seen;
  bool asks =
      yyjson_mut_is_ctn(v) && (SCHEMA_AT(&w, UNEVALUATED_ITEMS) || SCHEMA_AT(&w, UNEVALUATED_PROPERTIES));
  if (asks) {
    own = schema_seen_for(r, v);
    seen = &own;
  }
  unsigned miss = schema_own_miss(r, &w, v);
  bool holds = !miss;
  if (miss) schema_violate_schema(r, (enum schema_weight)miss, schema, v);
  if (miss == SCHEMA_OTHER_TYPE) return false; // what else it asks for would only repeat that
  if (yyjson_mut_is_obj(v)) holds &= schema_run_object(r, &w, v, seen);
  if (yyjson_mut_is_arr(v)) holds &= schema_run_array(r, &w, v, seen);
  holds &= schema_run_applied(r, &w, v, seen);
  if (asks) {
    holds &= schema_run_unevaluated(r, &w, v, seen);
    if (outer) schema_seen_join(outer, &own);
  }
  return holds;
}

bool schema_run_value(struct schema_run *r, yyjson_val *schema, yyjson_mut_val *v, struct schema_seen *seen) {
  if (!schema_run_step(r)) return false;
  if (!yyjson_is_obj(schema))
    return yyjson_is_false(schema) ? schema_violate_schema(r, SCHEMA_NAMES, schema, v) : true;
  if (r->depth == SCHEMA_DEPTH_MOST) {
    r->exhausted = true;
    return false;
  }
  r->depth++;
  bool holds = schema_run_words(r, schema, v, seen);
  r->depth--;
  return holds;
}

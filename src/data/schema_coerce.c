// SPDX-License-Identifier: Apache-2.0
#include "data/schema_coerce.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/json.h"
#include "data/schema_value.h"

enum { SCHEMA_EXACT_DOUBLE = 15 }; // decimal digits that a double always gives back

struct coerce {
  struct schema_run *run;
  yyjson_mut_doc *doc;
  size_t changes;
};

static void coerce(struct coerce *c, yyjson_val *schema, yyjson_mut_val *v);

static yyjson_mut_val *coerce_made(yyjson_mut_val *made) {
  if (!made) abort(); // out of memory
  return made;
}

// Gives `v` another value; it keeps its place among its siblings.
static void coerce_put(yyjson_mut_val *v, const yyjson_mut_val *made) {
  v->tag = made->tag;
  v->uni = made->uni;
}

static bool coerce_to_number(struct coerce *c, unsigned mask, struct str text, yyjson_mut_val *v) {
  struct schema_number n;
  int64_t i;
  if (!schema_number_parse(text, &n)) return false;
  if (!(mask & SCHEMA_NUMBER) && !schema_number_is_integer(&n)) return false;
  bool exact = n.digits < 1000000000000000u && abs(n.exponent) <= SCHEMA_EXACT_DOUBLE;
  char room[48];
  snprintf(room, sizeof room, "%s%" PRIu64 "e%d", n.negative ? "-" : "", (uint64_t)n.digits, n.exponent);
  if (str_to_i64(text, &i))
    coerce_put(v, coerce_made(yyjson_mut_sint(c->doc, i)));
  else if (exact)
    coerce_put(v, coerce_made(yyjson_mut_real(c->doc, strtod(room, NULL))));
  else
    coerce_put(v, coerce_made(yyjson_mut_rawncpy(c->doc, text.p, text.n)));
  return true;
}

// Models give a list or an object as its JSON text; nothing else is meant where no string may be.
static bool coerce_to_container(struct coerce *c, unsigned mask, struct str text, yyjson_mut_val *v) {
  static const struct json_limits limits = {
      .depth = SCHEMA_DEPTH_MOST / 2, .nodes = 100000, .raw_numbers = true};
  struct err ignored;
  yyjson_doc *doc;
  text = str_trim(text);
  if (!(mask & (SCHEMA_ARRAY | SCHEMA_OBJECT)) || !text.n || !strchr("[{", text.p[0])) return false;
  if (!schema_run_spend(c->run, SCHEMA_COST_VALUE * text.n) || !json_read(text, &limits, &doc, &ignored))
    return false;
  yyjson_val *root = yyjson_doc_get_root(doc);
  bool fits = mask & schema_type_of(root);
  if (fits) coerce_put(v, coerce_made(yyjson_val_mut_copy(c->doc, root)));
  yyjson_doc_free(doc);
  return fits;
}

static bool coerce_string(struct coerce *c, unsigned mask, yyjson_mut_val *v) {
  struct str text = schema_text_of(v);
  if (!schema_run_spend(c->run, text.n)) return false;
  if (mask & (SCHEMA_INTEGER | SCHEMA_NUMBER) && coerce_to_number(c, mask, text, v)) return true;
  if (coerce_to_container(c, mask, text, v)) return true;
  bool yes = str_is(text, "true");
  if (!(mask & SCHEMA_BOOLEAN) || (!yes && !str_is(text, "false"))) return false;
  coerce_put(v, coerce_made(yyjson_mut_bool(c->doc, yes)));
  return true;
}

static bool coerce_number(struct coerce *c, unsigned mask, yyjson_mut_val *v) {
  char room[32];
  if (!(mask & SCHEMA_STRING)) return false;
  struct str text = schema_number_text(v, room);
  coerce_put(v, coerce_made(yyjson_mut_strncpy(c->doc, text.p, text.n)));
  return true;
}

// Wraps a scalar or an object where an array of such is wanted: it fits the items, by itself or once coerced.
static void coerce_wrap(struct coerce *c, const struct schema_words *w, yyjson_mut_val *v) {
  yyjson_val *items = yyjson_arr_get_first(SCHEMA_AT(w, PREFIX_ITEMS));
  if (!items) items = SCHEMA_AT(w, ITEMS);
  if (yyjson_mut_is_obj(v) && !items) return; // of anything: nothing says that one of them was meant
  if (yyjson_mut_is_null(v) || yyjson_mut_is_arr(v) || !schema_run_spend(c->run, schema_size(v))) return;
  yyjson_mut_val *item = coerce_made(yyjson_mut_val_mut_copy(c->doc, v));
  size_t before = c->changes;
  if (items) {
    coerce(c, items, item);
    if (!schema_run_quietly(c->run, items, item, NULL, NULL)) {
      c->changes = before;
      return;
    }
  }
  yyjson_mut_val *array = coerce_made(yyjson_mut_arr(c->doc));
  if (!yyjson_mut_arr_append(array, item)) abort();
  coerce_put(v, array);
  c->changes = before + 1;
}

static void coerce_type(struct coerce *c, const struct schema_words *w, yyjson_mut_val *v) {
  unsigned mask = schema_type_mask(SCHEMA_AT(w, TYPE)), type = schema_type_of(v);
  bool done = false;
  if (!mask || mask & type) return;
  if (type == SCHEMA_STRING)
    done = coerce_string(c, mask, v);
  else if (type & SCHEMA_NUMBER)
    done = coerce_number(c, mask, v);
  if (done)
    c->changes++;
  else if (mask & SCHEMA_ARRAY)
    coerce_wrap(c, w, v);
}

static bool coerce_is_required(struct coerce *c, const struct schema_words *w, struct str name) {
  yyjson_arr_iter it = yyjson_arr_iter_with(SCHEMA_AT(w, REQUIRED));
  for (yyjson_val *item; (item = yyjson_arr_iter_next(&it)) && schema_run_step(c->run);)
    if (str_eq(json_text(item), name)) return true;
  return false;
}

// Clients with strict schemas send null for what they leave out.
static bool coerce_means_nothing(struct coerce *c, const struct schema_words *w, struct str name,
                                 yyjson_val *schema, yyjson_mut_val *member) {
  return schema && yyjson_mut_is_null(member) && !schema_run_quietly(c->run, schema, member, NULL, NULL) &&
         !coerce_is_required(c, w, name);
}

static void coerce_members(struct coerce *c, const struct schema_words *w, yyjson_mut_val *v) {
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(v);
  for (yyjson_mut_val *key; (key = yyjson_mut_obj_iter_next(&it)) && schema_run_step(c->run);) {
    struct str name = schema_text_of(key);
    yyjson_mut_val *member = yyjson_mut_obj_iter_get_val(key);
    (void)schema_run_spend(c->run, yyjson_obj_size(SCHEMA_AT(w, PROPERTIES)));
    yyjson_val *schema = yyjson_obj_getn(SCHEMA_AT(w, PROPERTIES), name.p, name.n);
    bool known = schema != NULL;
    if (coerce_means_nothing(c, w, name, schema, member)) {
      yyjson_mut_obj_iter_remove(&it);
      c->changes++;
      continue;
    }
    if (schema) coerce(c, schema, member);
    yyjson_obj_iter patterns = yyjson_obj_iter_with(SCHEMA_AT(w, PATTERN_PROPERTIES));
    for (yyjson_val *p; (p = yyjson_obj_iter_next(&patterns)) && schema_run_step(c->run);) {
      if (!schema_run_match(c->run, json_text(p), key, false)) continue;
      known = true;
      coerce(c, yyjson_obj_iter_get_val(p), member);
    }
    if (!known) coerce(c, SCHEMA_AT(w, ADDITIONAL), member);
  }
}

static void coerce_items(struct coerce *c, const struct schema_words *w, yyjson_mut_val *v) {
  yyjson_mut_arr_iter it = yyjson_mut_arr_iter_with(v);
  yyjson_arr_iter prefix = yyjson_arr_iter_with(SCHEMA_AT(w, PREFIX_ITEMS));
  for (yyjson_mut_val *item; (item = yyjson_mut_arr_iter_next(&it)) && schema_run_step(c->run);) {
    yyjson_val *schema = yyjson_arr_iter_next(&prefix);
    coerce(c, schema ? schema : SCHEMA_AT(w, ITEMS), item);
  }
}

// Where an alternative fits as it is, nothing is changed. Else the first that fits once coerced is
// taken; of oneOf it must be the only one.
static void coerce_either(struct coerce *c, yyjson_val *list, bool one, yyjson_mut_val *v) {
  yyjson_mut_val *chosen = NULL;
  size_t fits = 0, changes = 0, before = c->changes;
  yyjson_arr_iter it = yyjson_arr_iter_with(list);
  for (yyjson_val *branch; (branch = yyjson_arr_iter_next(&it));)
    if (schema_run_quietly(c->run, branch, v, NULL, NULL)) return;
  it = yyjson_arr_iter_with(list);
  for (yyjson_val *branch;
       (branch = yyjson_arr_iter_next(&it)) && (one || !chosen) && schema_run_step(c->run);) {
    if (!schema_run_spend(c->run, schema_size(v))) break;
    yyjson_mut_val *copy = coerce_made(yyjson_mut_val_mut_copy(c->doc, v));
    c->changes = 0;
    coerce(c, branch, copy);
    if (!c->changes || !schema_run_quietly(c->run, branch, copy, NULL, NULL)) continue;
    fits++;
    chosen = copy;
    changes = c->changes;
  }
  bool take = chosen && (fits == 1 || !one);
  c->changes = before + (take ? changes : 0);
  if (take) coerce_put(v, chosen);
}

static void coerce_applied(struct coerce *c, const struct schema_words *w, yyjson_mut_val *v) {
  yyjson_val *target = schema_run_follow(c->run, SCHEMA_AT(w, REF));
  if (target) coerce(c, target, v);
  yyjson_arr_iter it = yyjson_arr_iter_with(SCHEMA_AT(w, ALL_OF));
  for (yyjson_val *part; (part = yyjson_arr_iter_next(&it));) coerce(c, part, v);
  if (SCHEMA_AT(w, ANY_OF)) coerce_either(c, SCHEMA_AT(w, ANY_OF), false, v);
  if (SCHEMA_AT(w, ONE_OF)) coerce_either(c, SCHEMA_AT(w, ONE_OF), true, v);
  if (SCHEMA_AT(w, IF))
    coerce(c,
           schema_run_quietly(c->run, SCHEMA_AT(w, IF), v, NULL, NULL) ? SCHEMA_AT(w, THEN)
                                                                       : SCHEMA_AT(w, ELSE),
           v);
}

static void coerce(struct coerce *c, yyjson_val *schema, yyjson_mut_val *v) {
  struct schema_words w;
  if (!yyjson_is_obj(schema) || !schema_run_step(c->run)) return;
  if (c->run->depth == SCHEMA_DEPTH_MOST) {
    c->run->exhausted = true;
    return;
  }
  if (!schema_run_gather(c->run, schema, &w)) return;
  c->run->depth++;
  coerce_type(c, &w, v);
  if (yyjson_mut_is_obj(v)) coerce_members(c, &w, v);
  if (yyjson_mut_is_arr(v)) coerce_items(c, &w, v);
  coerce_applied(c, &w, v);
  c->run->depth--;
}

size_t schema_coerce(struct schema_run *r, yyjson_val *schema, yyjson_mut_doc *doc, yyjson_mut_val *v) {
  struct coerce c = {.run = r, .doc = doc};
  coerce(&c, schema, v);
  return c.changes;
}

// SPDX-License-Identifier: Apache-2.0
// What has to be known before there is a program: names of rows, rows of what has no words.
#include "ask/part.h"
#include "ask/plan.h"
#include "ask/steps.h"
#include "data/json.h"

static const struct model_thing *plan_nameable(const struct model_thing *t) {
  if (!t->derived && !t->within && !t->held && !t->events && t->label >= 0 &&
      t->counts < 0) // "the office tunnel"
    return t;
  for (; t; t = t->within)
    if (t->label >= 0 && !t->held && yyjson_obj_get(t->def, "gives") && (!t->within || t->within->label >= 0))
      return t;
  return NULL;
}

static void plan_want(struct plan_wanted *out, const struct model_thing *t) {
  bool there = !t || out->count == sizeof out->things / sizeof *out->things;
  for (size_t k = 0; k < out->count; k++) there = there || out->things[k] == t;
  if (!there) out->things[out->count++] = t;
}

void plan_wants_names(const struct reading *r, const struct model *model, struct plan_wanted *out) {
  *out = (struct plan_wanted){0};
  if (r->recipe && !r->looked && (r->recipe->lost_count || r->recipe->missing))
    for (size_t i = 0; i < r->recipe->recipe->slot_count; i++)
      if (!r->recipe->fills[i].set) plan_want(out, r->recipe->recipe->slots[i].thing);
  for (size_t i = 0; i < r->part_count && r->end == READING_SOUND; i++) {
    const struct reading_part *p = &r->parts[i];
    if (!p->unknown_count) continue;
    plan_want(out, plan_nameable(p->thing));
    for (size_t k = 0; k < model_count(model) && !p->name_count && !p->id_count; k++)
      if (json_bool(model_at(model, k)->def, "lookup", false)) plan_want(out, model_at(model, k));
  }
}

static bool plan_is_left(const struct reading *r, struct str word) {
  for (size_t i = 0; i < r->part_count; i++)
    for (size_t k = 0; k < r->parts[i].unknown_count; k++)
      if (str_eq_nocase(r->parts[i].unknown[k], word)) return true;
  return !r->part_count;
}

// Where nothing is spoken of by name, a value alone is no reason to read rows: "the weather" is one of reasons for delay.
static bool plan_speaks_of(const struct reading *r, const struct phrase *p) {
  return p->role == MODEL_NAME || p->role == MODEL_COLUMN || (r->part_count && p->role != MODEL_SOURCE);
}

// What its ids are of may be called as the question says.
static void plan_want_pointed(struct plan_wanted *out, const struct model *model,
                              const struct model_thing *t) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(t->def, "points"), i, n, v) {
    for (size_t k = 0; k < model_count(model); k++) { // of any source: tables have names of their own
      const struct model_thing *to = model_at(model, k);
      if (to->derived && !to->seen && str_eq(to->id, json_text(v))) plan_want(out, to);
    }
  }
}

// Rows of both tell whether the ones point at the others.
static void plan_want_sought(struct plan_wanted *out, const struct model *model,
                             const struct model_thing *t) {
  size_t i, n;
  yyjson_val *v, *seeks = yyjson_obj_get(t->def, "seeks");
  if (yyjson_arr_size(seeks) && !t->seen) plan_want(out, t);
  yyjson_arr_foreach (seeks, i, n, v)
    for (size_t k = 0; k < model_count(model); k++) {
      const struct model_thing *to = model_at(model, k);
      if (to->derived && !to->seen && str_eq(to->id, json_text(v))) plan_want(out, to);
    }
}

// "Anyone in the team without an issue": who has none is told by rows that a word speaks of, be it one that fills too.
static void plan_want_lacking(const struct reading *r, const struct model *model, struct plan_wanted *out) {
  struct phrase_hit hits[PHRASE_HITS_MOST];
  for (size_t w = 0; w < r->words.n; w++) {
    if (language_at(r->language, &r->words, w, LANGUAGE_MISSING, NULL)) break;
    if (w + 1 == r->words.n) return; // nothing is lacked
  }
  for (size_t w = 0; w < r->words.n; w++) {
    size_t n = phrases_at(&model->phrases, &r->words, w, hits, PHRASE_HITS_MOST);
    for (size_t k = 0; k < n; k++) {
      const struct phrase *p = hits[k].phrase;
      const struct model_thing *t = p->role == MODEL_NAME && p->number != MODEL_DOES ? p->means : NULL;
      for (size_t i = 0; t && i < r->part_count; i++)
        if (t != r->parts[i].thing && t->source == r->parts[i].thing->source && t->derived && !t->seen &&
            !t->known && !t->within && !t->source->worded)
          plan_want(out, t);
    }
  }
}

void plan_wants_rows(const struct reading *r, const struct model *model, struct plan_wanted *out) {
  size_t count = model_count(model), most = 0, *words;
  struct phrase_hit hits[PHRASE_HITS_MOST];
  *out = (struct plan_wanted){0};
  if (r->recipe) return; // it explains all words
  struct arena *a = arena_new();
  words = ARENA_ARRAY(a, count + 1, size_t);
  for (size_t w = 0; w < r->words.n; w++) {
    bool left = plan_is_left(r, r->words.items[w].whole) && !language_fills(r->language, &r->words, w);
    size_t n = left ? phrases_at(&model->phrases, &r->words, w, hits, PHRASE_HITS_MOST) : 0;
    for (size_t i = 0; i < count; i++)
      for (size_t k = 0; k < n; k++)
        if (hits[k].phrase->means == model_at(model, i) && plan_speaks_of(r, hits[k].phrase)) {
          if (++words[i] > most) most = words[i];
          break;
        }
  }
  for (size_t i = 0; i < r->part_count; i++) {
    if (r->parts[i].unknown_count) plan_want_pointed(out, model, r->parts[i].thing);
    if (r->parts[i].unknown_count || r->parts[i].denied.n) plan_want_sought(out, model, r->parts[i].thing);
  }
  plan_want_lacking(r, model, out);
  for (size_t least = most; least > 0; least--)
    for (size_t i = 0; i < count; i++) {
      const struct model_thing *t = model_at(model, i);
      bool new = t->derived && !t->seen && !t->within && !t->source->worded;
      if (words[i] == least && new) plan_want(out, t);
    }
  for (size_t i = 0; i < count && most && !r->part_count; i++) { // a name may be that of what they point at
    const struct model_thing *t = model_at(model, i);
    if (words[i] == most && t->derived && !t->source->worded) plan_want_pointed(out, model, t);
  }
  arena_free(a);
}

// A program of the steps of a part and one query.
static yyjson_mut_doc *plan_small_program(const struct reading_part *p, struct str sql, struct arena *a) {
  struct query q = {.shape = part_has(p, ASK_SHARE) ? QUERY_SHARE : QUERY_ROWS}; // a share is of all of them
  struct steps s = {.doc = yyjson_mut_doc_new(NULL), .arena = a};
  yyjson_mut_val *root = yyjson_mut_obj(s.doc), *results = yyjson_mut_obj(s.doc),
                 *one = yyjson_mut_obj(s.doc);
  yyjson_mut_doc_set_root(s.doc, root);
  s.list = yyjson_mut_arr(s.doc);
  s.parameters = yyjson_mut_obj(s.doc);
  steps_add(&s, p, &q, STR_NONE, false);
  yyjson_mut_obj_add_int(s.doc, root, "version", 1);
  yyjson_mut_obj_add_val(s.doc, root, "parameters", s.parameters);
  yyjson_mut_obj_add_val(s.doc, root, "steps", s.list);
  yyjson_mut_obj_add(one, yyjson_mut_str(s.doc, "query"), yyjson_mut_strncpy(s.doc, sql.p, sql.n));
  yyjson_mut_obj_add_val(s.doc, results, "rows", one);
  yyjson_mut_obj_add_val(s.doc, root, "results", results);
  return s.doc;
}

yyjson_mut_doc *plan_names_program(const struct model_thing *t, struct arena *a) {
  struct reading_part p = part_whole(t);
  struct str sql = arena_printf(a, "SELECT DISTINCT %.*s AS name FROM %.*s LIMIT 2000",
                                STR_ARG(t->columns[t->label].sql), STR_ARG(model_from(t)));
  return plan_small_program(&p, sql, a);
}

yyjson_mut_doc *plan_peek_program(const struct reading_part *p, struct arena *a) {
  return plan_small_program(p, arena_printf(a, "SELECT * FROM %.*s LIMIT 300", STR_ARG(model_from(p->thing))),
                            a);
}

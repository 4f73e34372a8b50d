// SPDX-License-Identifier: Apache-2.0
#include "ask/suspect.h"

#include "ask/sentence.h"
#include "ask/steps.h"
#include "chart/classes.h"
#include "data/json.h"

static const char *const suspect_whens[SUSPECT_WHENS] = {
    [SUSPECT_EMPTY] = "empty", [SUSPECT_LOW] = "low", [SUSPECT_DENIED] = "denied"};

// ---- what became of the answer

struct suspect_state {
  bool states[SUSPECT_WHENS];
  double total;
};

// What the rows come to: the sum of their measure, or how many there are. False: no such number.
static bool suspect_total(const struct plan_result *plan, const struct table_result *rows, double *total) {
  int column = -1;
  double n;
  for (size_t i = 0; i < rows->column_count && plan->query.measure.n; i++)
    if (str_eq(rows->columns[i].name, plan->query.measure)) column = (int)i;
  *total = (double)rows->row_count;
  if (!rows->row_count || plan->query.shape == QUERY_ROWS || !plan->part) return true;
  if (column < 0 || plan->query.ratio) return false;
  *total = 0;
  for (size_t i = 0; i < rows->row_count; i++)
    if (chart_cell_number(&rows->cells[i * rows->column_count + (size_t)column], &n)) *total += n;
  return true;
}

static void suspect_look(const struct ask_plan *plan, const struct outcome *o, struct suspect_state *out) {
  for (size_t i = 0; i < o->result_count && i < plan->result_count; i++) {
    if (plan->results[i].values_of >= 0 || plan->results[i].checks) continue;
    if (o->results[i].why.n)
      out->states[SUSPECT_DENIED] = true;
    else if (suspect_total(&plan->results[i], &o->results[i].rows, &out->total))
      out->states[out->total > 0 ? SUSPECT_LOW : SUSPECT_EMPTY] = true;
    break;
  }
  for (size_t i = 0; i < o->call_count; i++)
    if (o->calls[i].why.n) out->states[SUSPECT_DENIED] = true;
}

// ---- which troubles speak of it

// A list that names it, or no list.
static bool suspect_names(yyjson_val *list, struct str name) {
  size_t i, n;
  yyjson_val *v;
  if (!list) return true;
  yyjson_arr_foreach (list, i, n, v)
    if (str_eq(json_text(v), name)) return true;
  return false;
}

static bool suspect_is_one_of(const struct reading_part *p, const struct reading_filter *f,
                              yyjson_val *values) {
  return f->op == READING_IS && !f->negated && f->value >= 0 &&
         suspect_names(values, p->thing->values[f->value].value);
}

static bool suspect_asks_for(const struct reading_part *p, yyjson_val *values) {
  if (!values) return true;
  for (size_t i = 0; i < p->filter_count; i++)
    if (suspect_is_one_of(p, &p->filters[i], values)) return true;
  return false;
}

// What is narrowed further may well be little.
static bool suspect_may_be_low(const struct ask_plan *plan, yyjson_val *def) {
  const struct reading_part *p = plan->results[0].part;
  if (!p) return false;
  for (size_t i = 0; i < p->filter_count; i++)
    if (!suspect_is_one_of(p, &p->filters[i], yyjson_obj_get(def, "only"))) return false;
  return true;
}

// Does the question name something of the vendor's: a row, a folder, a tag?
static bool suspect_is_named(const struct reading_part *p) {
  for (size_t i = 0; i < p->filter_count; i++)
    if (p->filters[i].op == READING_LIKE) return true;
  return p->name_count || p->id_count;
}

static bool suspect_is_about(const struct ask_plan *plan, yyjson_val *def) {
  const struct reading_part *p = plan->results[0].part;
  yyjson_val *things = yyjson_obj_get(def, "things"), *recipes = yyjson_obj_get(def, "recipes");
  if (plan->recipe) return recipes && suspect_names(recipes, plan->recipe->recipe->id);
  if (!p || plan->results[0].other) return false; // nothing in common says nothing of either
  if (json_bool(def, "named", false) && !suspect_is_named(p)) return false;
  return things && suspect_names(things, p->thing->id) && suspect_asks_for(p, yyjson_obj_get(def, "only"));
}

// Was it refused in words that the trouble knows?
static bool suspect_says(yyjson_val *says, const struct outcome *o) {
  size_t i, n;
  yyjson_val *v;
  for (size_t c = 0; c < o->call_count; c++) {
    if (!o->calls[c].why.n) continue;
    if (!says) return true;
    yyjson_arr_foreach (says, i, n, v)
      if (str_contains(o->calls[c].why, json_text(v))) return true;
  }
  return false;
}

static bool suspect_has_tools(const struct model_source *s, yyjson_val *def) {
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(def, "steps"), i, n, step)
    if (s->has_tool && !s->has_tool(s->arg, s, json_str(step, "tool"))) return false;
  return true;
}

static const struct model_source *suspect_source(const struct ask_plan *plan) {
  if (plan->recipe) return plan->recipe->recipe->source;
  return plan->result_count && plan->results[0].part ? plan->results[0].part->thing->source : NULL;
}

static void suspect_scope(const struct ask_plan *plan, struct suspect *out) {
  const struct reading_part *p = plan->results[0].part;
  if (plan->recipe) {
    for (size_t i = 0; i < plan->recipe->recipe->slot_count && !out->name.n; i++)
      if (plan->recipe->recipe->slots[i].kind == RECIPE_THING) out->name = plan->recipe->fills[i].text;
    out->span = plan->recipe->has_span ? &plan->recipe->span : NULL;
    return;
  }
  out->name = p->name_count ? p->names[0] : p->id_count ? p->ids[0] : STR_NONE;
  out->span = p->has_span ? &p->span : NULL;
}

size_t suspect_pick(const struct ask_plan *plan, const struct outcome *o, struct suspect out[SUSPECTS_MOST]) {
  const struct model_source *s = suspect_source(plan);
  struct suspect_state state = {0};
  size_t i, n, count = 0;
  yyjson_val *key, *def;
  if (!s || !s->ask) return 0;
  suspect_look(plan, o, &state);
  yyjson_obj_foreach (yyjson_obj_get(s->ask, "troubles"), i, n, key, def)
    for (int when = 0; when < SUSPECT_WHENS && count < SUSPECTS_MOST; when++) {
      yyjson_val *whens = yyjson_obj_get(def, "when");
      if (!state.states[when] || !whens || !suspect_names(whens, str_of(suspect_whens[when]))) continue;
      if (!suspect_is_about(plan, def) || !suspect_has_tools(s, def)) continue;
      if (when == SUSPECT_LOW && !suspect_may_be_low(plan, def)) continue;
      if (when == SUSPECT_DENIED && !suspect_says(yyjson_obj_get(def, "says"), o)) continue;
      out[count] =
          (struct suspect){.def = def, .source = s, .when = (enum suspect_when)when, .total = state.total};
      suspect_scope(plan, &out[count++]);
      break;
    }
  return count;
}

// ---- its program

static void suspect_put(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, struct str text) {
  yyjson_mut_obj_put(object, yyjson_mut_str(doc, key), yyjson_mut_strncpy(doc, text.p ? text.p : "", text.n));
}

static void suspect_put_parameters(const struct suspect *p, yyjson_mut_doc *doc, yyjson_mut_val *root) {
  yyjson_mut_val *all = yyjson_mut_obj_add_obj(doc, root, "parameters"),
                 *name = yyjson_mut_obj_add_obj(doc, all, "name"),
                 *answer = yyjson_mut_obj_add_obj(doc, all, "answer");
  suspect_put(doc, answer, "type", STR("number"));
  yyjson_mut_obj_add_real(doc, answer, "default", p->total);
  suspect_put(doc, name, "type", STR("text"));
  suspect_put(doc, name, "default", p->name);
  bool since = p->span && p->span->since.n, until = p->span && p->span->until.n;
  suspect_put(doc, all, "since", since ? p->span->since : STR("now-30d"));
  suspect_put(doc, all, "until", until ? p->span->until : STR("now"));
}

// As written, but for the vendor's period.
static yyjson_mut_val *suspect_value(const struct suspect *p, const struct table_clock *clock,
                                     yyjson_mut_doc *doc, yyjson_val *v) {
  yyjson_val *period = yyjson_obj_get(v, "$period"), *key, *member;
  size_t i, n;
  if (period) {
    struct str text = steps_period(p->span, period, clock->now_ms);
    return yyjson_mut_strncpy(doc, text.p, text.n);
  }
  if (!yyjson_is_obj(v)) return yyjson_val_mut_copy(doc, v);
  yyjson_mut_val *object = yyjson_mut_obj(doc);
  yyjson_obj_foreach (v, i, n, key, member)
    yyjson_mut_obj_add(object, yyjson_val_mut_copy(doc, key), suspect_value(p, clock, doc, member));
  return object;
}

yyjson_mut_doc *suspect_program(const struct suspect *p, const struct table_clock *clock, struct arena *a) {
  size_t i, n;
  yyjson_val *def;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc), *list, *one;
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_int(doc, root, "version", 1);
  suspect_put_parameters(p, doc, root);
  list = yyjson_mut_obj_add_arr(doc, root, "steps");
  yyjson_arr_foreach (yyjson_obj_get(p->def, "steps"), i, n, def) {
    yyjson_mut_val *step = suspect_value(p, clock, doc, def);
    steps_put_accounts(doc, step, p->source);
    struct str each = json_str(def, "for_each");
    if (each.n) suspect_put(doc, step, "for_each", steps_by_account(each, p->source, a));
    yyjson_mut_arr_append(list, step);
  }
  one = yyjson_mut_obj_add_obj(doc, yyjson_mut_obj_add_obj(doc, root, "results"), "trouble");
  suspect_put(doc, one, "query", json_str(p->def, "query"));
  return doc;
}

// ---- what it says

// Low is what the whole is a hundred times of.
static bool suspect_applies(const struct suspect *p, const struct outcome_result *r) {
  double whole;
  if (r->why.n || !r->rows.row_count) return false;
  if (p->when != SUSPECT_LOW) return true;
  for (size_t i = 0; i < r->rows.column_count; i++)
    if (str_is(r->rows.columns[i].name, "of"))
      return chart_cell_number(&r->rows.cells[i], &whole) && whole > p->total * SUSPECT_FEW;
  return false;
}

void suspect_tell(const struct suspect *p, const struct outcome *o, struct buf *out) {
  const struct outcome_result *r = o->result_count ? &o->results[0] : NULL;
  struct str remedy = json_str(p->def, "remedy"), check = json_str(p->def, "check");
  if (!r || !suspect_applies(p, r)) return;
  struct cell_to to = {.text = out, .rows = &r->rows};
  sentence_say(&to, json_str(p->def, "say"), NULL);
  if (!remedy.n && check.n && p->source->remedy) remedy = p->source->remedy(p->source->arg, check);
  if (remedy.n) buf_printf(out, " %.*s", STR_ARG(remedy));
}

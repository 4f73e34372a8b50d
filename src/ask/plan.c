// SPDX-License-Identifier: Apache-2.0
#include "ask/plan_parts.h"

#include "ask/part.h"
#include "ask/plan_recipe.h"
#include "ask/rename.h"
#include "data/json.h"

static void plan_note(struct planning *x, struct str note) {
  if (x->out->note_count < 8) x->out->notes[x->out->note_count++] = note;
}

static void plan_lead(struct planning *x, struct str lead) {
  for (size_t i = 0; i < x->out->lead_count; i++)
    if (str_eq(x->out->leads[i], lead)) return;
  if (x->out->lead_count < READING_PARTS_MOST) x->out->leads[x->out->lead_count++] = lead;
}

static void plan_chip(struct planning *x, const char *what, struct str said, bool assumed) {
  if (x->out->chip_count < PLAN_CHIPS_MOST)
    x->out->chips[x->out->chip_count++] = (struct plan_chip){str_of(what), said, assumed};
}

// ---- chips

static struct str plan_filter_said(struct planning *x, const struct reading_part *p,
                                   const struct reading_filter *f) {
  const char *not = f->negated ? "not " : "";
  struct str column = f->column >= 0 ? p->thing->columns[f->column].name : STR("");
  switch (f->op) {
  case READING_IS:
    return arena_printf(x->arena, "%s%.*s", not, STR_ARG(p->thing->values[f->value].said));
  case READING_LACKS:
    return arena_printf(x->arena, "%s %.*s", f->negated ? "with" : "without", STR_ARG(column));
  case READING_COMPARES:
    return arena_printf(x->arena, "%.*s %s %.*s", STR_ARG(column), f->sign,
                        STR_ARG(f->said.n ? f->said : f->text));
  default:
    return arena_printf(x->arena, "%.*s %s%s%.*s", STR_ARG(column), not, f->begins ? "beginning with " : "",
                        STR_MOST(f->text, 80));
  }
}

static struct str plan_column_said(const struct reading_part *p, int column) {
  return column == -2 ? query_parent_label(p->thing) : p->thing->columns[column].name;
}

// "address by site > 1", "zone by firewall rule > 3": groups that have so many.
static struct str plan_least_said(struct planning *x, const struct reading_part *p) {
  struct str of = p->least_of == -1 ? p->thing->label_noun : plan_column_said(p, p->least_of);
  return arena_printf(x->arena, "%.*s by %.*s %s %.15g", STR_ARG(of),
                      STR_ARG(plan_column_said(p, p->groups[0])), p->least_sign, p->least);
}

static void plan_part_chips(struct planning *x, const struct reading_part *p) {
  plan_chip(
      x, "source",
      arena_printf(x->arena, "%.*s: %.*s", STR_ARG(p->thing->source->label), STR_ARG(p->thing->label_noun)),
      false);
  for (size_t i = 0; i < p->name_count; i++) plan_chip(x, "which", p->names[i], false);
  for (size_t i = 0; i < p->id_count; i++) plan_chip(x, "which", p->ids[i], false);
  for (size_t i = 0; i < p->filter_count; i++)
    plan_chip(x, "only", plan_filter_said(x, p, &p->filters[i]), false);
  if (p->least_sign && p->group_count) plan_chip(x, "only", plan_least_said(x, p), false);
  if (p->has_span)
    plan_chip(x, "time",
              arena_printf(x->arena, "%s%.*s%s%.*s",
                           p->span_is_assumed  ? "assumed"
                           : p->span_is_denied ? "not "
                                               : "",
                           STR_ARG(p->span_is_assumed ? STR("") : p->span.said),
                           p->span_is_assumed ? ": "
                           : p->span.said.n   ? " = "
                                              : "",
                           STR_ARG(span_say(&p->span, x->clock, x->arena))),
              p->span_is_assumed);
  if (p->has_prior) plan_chip(x, "compared with", span_say(&p->prior, x->clock, x->arena), false);
}

// ---- the program

static bool plan_part_same_tables(const struct reading_part *a, const struct reading_part *b) {
  bool same = a->thing == b->thing && a->name_count == b->name_count && a->id_count == b->id_count &&
              a->has_span == b->has_span && a->filter_count == b->filter_count;
  return same &&
         (!a->has_span || (a->span.since_ms == b->span.since_ms && a->span.until_ms == b->span.until_ms));
}

static void plan_put(struct planning *x, yyjson_mut_val *object, const char *key, struct str text) {
  yyjson_mut_obj_add(object, yyjson_mut_str(x->steps.doc, key),
                     yyjson_mut_strncpy(x->steps.doc, text.p, text.n));
}

static void plan_put_hints(struct planning *x, yyjson_mut_val *result, const struct reading_part *p,
                           const struct query *q) {
  yyjson_mut_val *columns = yyjson_mut_obj(x->steps.doc);
  for (size_t i = 0; i < q->used_count; i++) {
    const struct model_column *c = &p->thing->columns[q->used[i]];
    if (!c->unit.n && !c->kind.n) continue;
    yyjson_mut_val *hint = yyjson_mut_obj_add_obj(x->steps.doc, columns, arena_z(x->arena, c->name));
    if (c->kind.n) plan_put(x, hint, "kind", c->kind);
    if (c->unit.n) plan_put(x, hint, "unit", c->unit);
  }
  if (q->measure.n && q->shape != QUERY_ROWS && !yyjson_mut_obj_getn(columns, q->measure.p, q->measure.n)) {
    yyjson_mut_val *hint = yyjson_mut_obj(x->steps.doc);
    plan_put(x, hint, q->unit.n ? "unit" : "kind", q->unit.n ? q->unit : STR("count"));
    yyjson_mut_obj_put(columns, yyjson_mut_strncpy(x->steps.doc, q->measure.p, q->measure.n), hint);
  }
  if (yyjson_mut_obj_size(columns)) yyjson_mut_obj_add_val(x->steps.doc, result, "columns", columns);
}

static void plan_put_result(struct planning *x, const struct reading_part *p, const struct query *q,
                            struct str sql) {
  struct plan_result *out = &x->out->results[x->out->result_count++];
  yyjson_mut_val *result = yyjson_mut_obj(x->steps.doc);
  *out = (struct plan_result){
      .query = *q, .part = p, .values_of = -1, .name = arena_printf(x->arena, "r%zu", x->out->result_count)};
  plan_put(x, result, "title", q->title);
  plan_put(x, result, "query", sql);
  plan_put_hints(x, result, p, q);
  if (q->mark.n) {
    yyjson_mut_val *chart = yyjson_mut_obj_add_obj(x->steps.doc, result, "chart");
    plan_put(x, chart, "mark", q->mark);
    if (q->x.n) plan_put(x, chart, "x", q->x);
    if (q->y.n) plan_put(x, chart, "y", q->y);
    if (q->color.n) plan_put(x, chart, "color", q->color);
  }
  if (q->bucket.n) {
    yyjson_mut_val *time = yyjson_mut_obj_add_obj(x->steps.doc, result, "time");
    plan_put(x, time, "column", q->bucket);
    plan_put(x, time, "bucket", q->bucket);
  }
  yyjson_mut_obj_add_val(x->steps.doc, x->results, arena_z(x->arena, out->name), result);
}

static struct str plan_suffix(struct planning *x, size_t i) {
  for (size_t k = 0; k < i; k++)
    if (x->r->parts[k].thing == x->r->parts[i].thing &&
        !plan_part_same_tables(&x->r->parts[k], &x->r->parts[i]))
      return arena_printf(x->arena, "_%zu", i + 1);
  for (size_t k = 0; k < i; k++) // the same names of times, other times
    if (x->r->parts[i].has_span && x->r->parts[k].has_span &&
        x->r->parts[k].span.since_ms != x->r->parts[i].span.since_ms)
      return arena_printf(x->arena, "_%zu", i + 1);
  return STR_NONE;
}

// A vendor that does not know the past for long.
static void plan_reach(struct planning *x, const struct reading_part *p) {
  struct str ends_now = json_str(p->thing->def, "ends_now"), note = json_str(p->thing->def, "note");
  if (note.n) plan_note(x, note);
  if (ends_now.n && p->has_span && p->span.until_ms < x->clock->now_ms - 60000) plan_note(x, ends_now);
  int64_t days = json_int(yyjson_obj_get(p->thing->def, "reach"), "days", 0);
  struct str say = json_str(yyjson_obj_get(p->thing->def, "reach"), "say");
  int64_t since = p->has_prior && p->prior.since_ms < p->span.since_ms ? p->prior.since_ms : p->span.since_ms;
  if (!days || !p->has_span || since >= x->clock->now_ms - days * 86400000 - 60000) return;
  plan_note(x, say.n
                   ? say
                   : arena_printf(x->arena,
                                  "The vendor keeps this for %lld days only; what is older is not available.",
                                  (long long)days));
}

static void plan_note_once(struct planning *x, struct str note) {
  for (size_t k = 0; k < x->out->note_count; k++)
    if (str_eq(x->out->notes[k], note)) return;
  plan_note(x, note);
}

// What was taken for the same row, and what a number is made of.
static void plan_joined(struct planning *x, const struct reading_part *p, const struct query *q) {
  for (size_t i = 0; i < q->used_count; i++) {
    const struct model_column *c = &p->thing->columns[q->used[i]];
    if (c->joined.n) plan_note_once(x, arena_printf(x->arena, "Joined by %.*s.", STR_ARG(c->joined)));
    if (c->note.n) plan_note_once(x, c->note);
  }
}

// Where a text was asked for: which there are, in case none fits.
static void plan_values(struct planning *x, const struct reading_part *p, struct str suffix) {
  for (size_t i = 0; i < p->filter_count && x->out->result_count < PLAN_RESULTS_MOST; i++) {
    const struct reading_filter *f = &p->filters[i];
    if (f->op != READING_LIKE || p->thing->columns[f->column].entity != WORD_PLAIN) continue;
    struct query q = {.shape = QUERY_ROWS,
                      .sql = query_values(p, f->column, x->arena),
                      .title = p->thing->columns[f->column].name,
                      .by = -1};
    plan_put_result(x, p, &q, rename_tables(q.sql, yyjson_obj_get(p->thing->def, "steps"), suffix, x->arena));
    x->out->results[x->out->result_count - 1].values_of = f->column;
    return;
  }
}

// What is asked besides a number: which rows they are, or how many; and all of those of which some are held against it.
static void plan_also(struct planning *x, const struct reading_part *p, struct str suffix) {
  bool value = x->out->result_count && x->out->results[x->out->result_count - 1].query.shape == QUERY_VALUE;
  if (!(((p->lists || p->counts) && value) || p->every) || x->out->result_count == PLAN_RESULTS_MOST) return;
  struct reading_part *also = ARENA_NEW(x->arena, struct reading_part);
  struct query q;
  *also = *p;
  also->intents = p->lists || p->every ? 1u << ASK_LIST : 1u << ASK_COUNT;
  also->every = also->whether = false;
  for (size_t i = 0; i < also->filter_count && p->every;) // all of them, of which it is so or not
    if (also->filters[i].noun)
      i++;
    else
      also->filters[i] = also->filters[--also->filter_count];
  also->sums = false;
  also->measure = -1;
  query_make(also, -1, x->arena, &q);
  steps_add(&x->steps, also, &q, suffix, false);
  struct str sql = rename_tables(q.sql, yyjson_obj_get(p->thing->def, "steps"), suffix, x->arena);
  plan_put_result(x, also, &q, rename_parameters(sql, suffix, x->arena));
  plan_joined(x, also, &q);
}

static void plan_part(struct planning *x, size_t i) {
  const struct reading_part *p = &x->r->parts[i];
  struct str suffix = plan_suffix(x, i);
  size_t n = query_count(p);
  for (size_t g = 0; g < n && x->out->result_count < PLAN_RESULTS_MOST; g++) {
    struct query q;
    query_make(p, n > 1 ? (int)g : -1, x->arena, &q);
    steps_add(&x->steps, p, &q, suffix, false);
    if (p->has_prior && json_bool(p->thing->def, "sliced", false))
      steps_add(&x->steps, p, &q, STR("_before"), true);
    struct str sql = rename_parameters(
        rename_tables(q.sql, yyjson_obj_get(p->thing->def, "steps"), suffix, x->arena), suffix, x->arena);
    plan_put_result(x, p, &q, sql);
    plan_joined(x, p, &q);
  }
  plan_also(x, p, suffix);
  plan_values(x, p, suffix);
  plan_part_chips(x, p);
  plan_reach(x, p);
  if (p->passed_count)
    plan_note(x, arena_printf(x->arena, "%.*s was passed over: it seems to narrow nothing.",
                              STR_ARG(plan_list(x, p->passed, p->passed_count))));
  if (p->unknown_count)
    plan_lead(x, arena_printf(x->arena,
                              "Not taken into account: %.*s. Nothing here says what that is, so the answer "
                              "is not narrowed by it.",
                              STR_ARG(plan_list(x, p->unknown, p->unknown_count))));
}

// One result over the calls of both.
static void plan_common(struct planning *x) {
  struct query q[2];
  query_make_common(x->r, x->arena, q);
  for (int i = 0; i < 2; i++) {
    struct reading_part all = x->r->parts[i];
    if (x->r->parts[0].thing == x->r->parts[1].thing) all.filter_count = 0; // the same calls serve both
    steps_add(&x->steps, &all, &q[i], STR_NONE, false);
    plan_part_chips(x, &x->r->parts[i]);
  }
  plan_put_result(x, &x->r->parts[0], &q[0], q[0].sql);
  x->out->results[0].other = &x->r->parts[1];
}

// Rows of the first part whose value is one of the second's: its own result over the calls of both.
static void plan_among(struct planning *x) {
  struct reading *r = ARENA_NEW(x->arena, struct reading);
  struct query other;
  *r = *x->r;
  r->parts[0].among = query_make_among(x->r, x->arena, &other);
  x->r = r;
  steps_add(&x->steps, &r->parts[1], &other, STR_NONE, false);
  plan_part_chips(x, &r->parts[1]);
  plan_part(x, 0);
}

static void plan_program(struct planning *x) {
  x->steps = (struct steps){.doc = yyjson_mut_doc_new(NULL), .arena = x->arena, .clock = x->clock};
  x->root = yyjson_mut_obj(x->steps.doc);
  yyjson_mut_doc_set_root(x->steps.doc, x->root);
  yyjson_mut_obj_add_int(x->steps.doc, x->root, "version", 1);
  x->steps.parameters = yyjson_mut_obj(x->steps.doc);
  x->steps.list = yyjson_mut_arr(x->steps.doc);
  x->results = yyjson_mut_obj(x->steps.doc);
  if (x->r->restricts)
    plan_among(x);
  else if (x->r->joined)
    plan_common(x);
  else
    for (size_t i = 0; i < x->r->part_count; i++) plan_part(x, i);
  if (x->out->result_count) plan_put(x, x->root, "title", x->out->results[0].query.title);
  if (yyjson_mut_obj_size(x->steps.parameters))
    yyjson_mut_obj_add_val(x->steps.doc, x->root, "parameters", x->steps.parameters);
  yyjson_mut_obj_add_val(x->steps.doc, x->root, "steps", x->steps.list);
  yyjson_mut_obj_add_val(x->steps.doc, x->root, "results", x->results);
  x->out->program = x->steps.doc;
  if (!x->steps.missing.n) return;
  x->out->end = PLAN_CLARIFY;
  x->out->text = arena_printf(x->arena, "Which %.*s is meant?", STR_ARG(x->steps.missing));
}

static void plan_aliases(struct planning *x) {
  for (size_t i = 0; i < x->r->alias_count; i++) {
    const struct alias_use *use = &x->r->aliases[i];
    plan_chip(
        x, "alias",
        arena_printf(x->arena, "%.*s = %.*s", STR_MOST(use->said, 100), STR_MOST(use->alias->value, 100)),
        true);
    if (use->hides)
      plan_note(x,
                arena_printf(x->arena,
                             "\"%.*s\" is an alias of %.*s here, and a name of the data too; in quotes it is "
                             "the name.",
                             STR_MOST(use->said, 100), STR_MOST(use->alias->value, 100)));
  }
}

// Words that nothing knows, read as others of their meaning.
static void plan_near(struct planning *x) {
  for (size_t i = 0; i < x->r->near_count; i++) {
    const struct near_use *use = &x->r->near[i];
    if (!use->taken) continue;
    plan_chip(x, "read",
              arena_printf(x->arena, "%.*s = %.*s", STR_MOST(use->said, 40), STR_ARG(use->meant[0])), true);
    plan_note(x, arena_printf(x->arena, "\"%.*s\" was taken to mean \"%.*s\".", STR_MOST(use->said, 40),
                              STR_ARG(use->meant[0])));
  }
}

// Those of several accounts that the question names are asked alone.
static void plan_accounts(struct planning *x) {
  const struct reading *r = x->r;
  if (!r->account_count || x->out->end != PLAN_PROGRAM) return;
  for (size_t i = 0; i < r->account_count; i++) plan_chip(x, "account", r->accounts[i], false);
  struct str named = plan_list(x, r->accounts, r->account_count);
  if (plan_narrow_accounts(r, x->out->program)) {
    plan_note(x, arena_printf(x->arena,
                              r->account_count > 1 ? "Only the accounts %.*s were asked."
                                                   : "Only the account %.*s was asked.",
                              STR_ARG(named)));
    return;
  }
  yyjson_mut_doc_free(x->out->program);
  x->out->program = NULL;
  x->out->end = PLAN_CLARIFY;
  x->out->text =
      arena_printf(x->arena, "What is asked for is not of %.*s. Which account is meant?", STR_ARG(named));
}

void plan_make(const struct reading *r, const struct table_clock *clock, struct arena *a,
               struct ask_plan *out) {
  struct planning x = {.r = r, .clock = clock, .out = out, .arena = a};
  *out = (struct ask_plan){.end = PLAN_PROGRAM};
  for (size_t i = 0; i < r->corrected_count; i++)
    plan_chip(&x, "read",
              arena_printf(a, "%.*s = %.*s", STR_MOST(r->corrected[i][0], 40), STR_ARG(r->corrected[i][1])),
              true);
  plan_aliases(&x);
  plan_near(&x);
  if (plan_ends(&x)) return;
  if (r->recipe) {
    plan_recipe(r, clock, a, out);
    plan_accounts(&x);
    return;
  }
  for (size_t i = 0; i < r->part_count; i++)
    if (plan_part_ends(&x, &r->parts[i])) {
      plan_part_chips(&x, &r->parts[i]);
      return;
    }
  plan_program(&x);
  plan_accounts(&x);
}

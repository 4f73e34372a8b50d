// SPDX-License-Identifier: Apache-2.0
#include "ask/plan.h"

#include "ask/part.h"
#include "ask/plan_recipe.h"
#include "ask/rename.h"
#include "ask/steps.h"
#include "data/json.h"

struct planning {
  const struct reading *r;
  const struct table_clock *clock;
  struct ask_plan *out;
  struct arena *arena;
  struct steps steps;
  yyjson_mut_val *root, *results;
};

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

static void plan_end(struct planning *x, enum plan_end end, struct str text) {
  x->out->end = end;
  x->out->text = text;
}

static struct str plan_list(struct planning *x, const struct str *items, size_t n) {
  struct buf out = BUF_MAX(2000);
  for (size_t i = 0; i < n; i++)
    buf_printf(&out, "%s\"%.*s\"", i == 0 ? "" : i + 1 == n ? " and " : ", ", STR_MOST(items[i], 60));
  struct str made = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

// ---- what ends before a program

static void plan_add_choice(struct planning *x, struct str choice) {
  if (x->out->choice_count < PLAN_CHOICES_MOST) x->out->choices[x->out->choice_count++] = choice;
}

static bool plan_reading_ends(struct planning *x) {
  switch (x->r->end) {
  case READING_ORDER:
    plan_end(
        x, PLAN_REFUSE,
        arena_printf(
            x->arena,
            "That would change something: \"%.*s\". Asking is read-only, so nothing was called and nothing "
            "was changed. Ask what is there instead, or make the change with a tool that may write.",
            STR_MOST(x->r->order, 160)));
    return true;
  case READING_IS_DATA:
    plan_end(x, PLAN_REFUSE,
             STR("That is data, not a question in words. Asking is read-only; nothing of it was called. A "
                 "program of your own runs with 'postern run'."));
    return true;
  case READING_VAGUE:
    plan_end(x, PLAN_CLARIFY,
             STR("What is meant is not clear: the question points at something without saying what. Which "
                 "request, address, site or zone is it, and when was it?"));
    return true;
  case READING_NO_SPAN:
    plan_end(x, PLAN_CLARIFY, STR("The time ends before it begins. From when to when is meant?"));
    return true;
  case READING_NOTHING:
    plan_end(x, PLAN_UNANSWERABLE, STR(""));
    return true;
  default:
    return false;
  }
}

static void plan_cannot(struct planning *x) {
  struct buf out = BUF_MAX(1000);
  struct str words[6];
  size_t n = 0;
  for (size_t i = 0; i < x->r->words.n && n < 6; i++) {
    const struct word *w = &x->r->words.items[i];
    struct phrase_hit hit;
    if (w->kind == WORD_PLAIN && w->low.n > 2 &&
        !phrases_at(&x->r->language->phrases, &x->r->words, i, &hit, 1))
      words[n++] = w->low;
  }
  buf_add_z(&out, "No connected source can answer that");
  if (n) buf_printf(&out, ": nothing in them is known as %.*s", STR_ARG(plan_list(x, words, n)));
  buf_add_z(&out, ". Connect an account that has it, or ask about what is connected.");
  x->out->text = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
}

static bool plan_lacks(struct planning *x, const struct reading_part *p) {
  if (p->lack < 0) return false;
  plan_end(x, PLAN_UNANSWERABLE,
           json_str(yyjson_arr_get(yyjson_obj_get(p->thing->def, "lacks"), (size_t)p->lack), "say"));
  return true;
}

static bool plan_is_ambiguous(struct planning *x, const struct reading_part *p) {
  if (!p->ambiguous.n) return false;
  x->out->word = p->ambiguous;
  for (size_t i = 0; i < p->name_count; i++) plan_add_choice(x, p->names[i]);
  plan_end(x, PLAN_CLARIFY,
           arena_printf(x->arena, "\"%.*s\" fits %zu of them: %.*s. Which is meant?", STR_ARG(p->ambiguous),
                        p->name_count, STR_ARG(plan_list(x, p->names, p->name_count))));
  return true;
}

static bool plan_has_unknown(struct planning *x, const struct reading_part *p) {
  for (size_t i = 0; i < p->unknown_count; i++) {
    if (p->unknown_of[i]) {
      x->out->word = p->unknown[i];
      plan_end(x, PLAN_CLARIFY,
               arena_printf(x->arena, "Which %.*s is \"%.*s\"? None is called so, and no alias says it.",
                            STR_ARG(p->unknown_of[i]->label_noun), STR_MOST(p->unknown[i], 60)));
      return true;
    }
    if (p->unknown_matters[i]) {
      plan_end(x, PLAN_CLARIFY,
               arena_printf(x->arena,
                            "No connected source knows of \"%.*s\", and without it the question has no "
                            "answer. Which source has it? What is known is %.*s.",
                            STR_MOST(p->unknown[i], 60), STR_ARG(p->thing->label_noun)));
      return true;
    }
  }
  return false;
}

// Nothing but the thing itself was understood: all of its rows, listed or counted.
static bool plan_takes_all(const struct reading_part *p) {
  unsigned plain = 1u << ASK_LIST | 1u << ASK_COUNT | 1u << ASK_CHECK;
  return !p->filter_count && !p->name_count && !p->id_count && !p->group_count && !p->asked_count &&
         !p->least_sign && !p->unfiltered_flag && !p->none_within && !p->top && p->measure < 0 &&
         (!p->has_span || p->span_is_assumed) && !(p->intents & ~plain);
}

// What is left over may be what the question turns on: of what has no words, and where all rows would be the answer.
// Without it the answer would be to another question.
static bool plan_has_left(struct planning *x, const struct reading_part *p) {
  bool wordless = p->thing->derived && !p->thing->source->worded;
  if (!p->unknown_count || !(wordless || plan_takes_all(p))) return false;
  struct str known[8];
  size_t n = 0;
  for (size_t i = 0; i < p->thing->column_count && n < 8; i++)
    if (!p->thing->columns[i].hidden) known[n++] = p->thing->columns[i].name;
  x->out->word = p->unknown[0];
  plan_end(
      x, PLAN_UNANSWERABLE,
      n ? arena_printf(
              x->arena,
              "Nothing connected knows of %.*s, so this cannot be answered as it was asked. What is known of "
              "each %.*s: %.*s.",
              STR_ARG(plan_list(x, p->unknown, p->unknown_count)), STR_ARG(p->thing->label_noun),
              STR_ARG(plan_list(x, known, n)))
        : arena_printf(x->arena,
                       "Nothing connected knows of %.*s, so this cannot be answered as it was asked.",
                       STR_ARG(plan_list(x, p->unknown, p->unknown_count))));
  return true;
}

static bool plan_is_held_to(const struct fence_key *held, struct str name) {
  for (size_t i = 0; i < held->count; i++)
    if (!held->values[i].name.n || str_eq_nocase(held->values[i].name, name) ||
        str_eq_nocase(held->values[i].id, name))
      return true;
  return false;
}

// A fence lets some through, of which nothing more is served than what is within them.
static bool plan_is_fenced(struct planning *x, const struct reading_part *p) {
  const struct model_thing *held = p->thing;
  struct str names[6];
  size_t n = 0;
  while (held && !held->held) held = held->within;
  if (!held) return false;
  for (; n < held->held->count && n < 6; n++)
    names[n] = held->held->values[n].name.n ? held->held->values[n].name : held->held->values[n].id;
  bool outside = false;
  for (size_t i = 0; i < p->name_count && (!p->named || p->named == held); i++)
    outside = outside || !plan_is_held_to(held->held, p->names[i]);
  if (held != p->thing && !outside) return false;
  plan_end(x, PLAN_UNANSWERABLE,
           outside
               ? arena_printf(x->arena, "This server is held to %.*s, and %.*s is not among them.",
                              STR_ARG(plan_list(x, names, n)), STR_ARG(plan_list(x, p->names, p->name_count)))
               : arena_printf(x->arena,
                              "This server is held to %.*s, and serves nothing that tells of a %.*s itself.",
                              STR_ARG(plan_list(x, names, n)), STR_ARG(held->label_noun)));
  return true;
}

// "Newest" and "oldest" are of a time, and "who" is of people: where rows have none, nothing says which.
static bool plan_has_no_ground(struct planning *x, const struct reading_part *p) {
  bool aged = part_has(p, ASK_OLDEST) || part_has(p, ASK_NEWEST) || part_has(p, ASK_SOONEST),
       timed = p->thing->time >= 0;
  for (size_t i = 0; i < p->asked_count; i++) timed = timed || p->thing->columns[p->asked[i]].time;
  timed = timed || yyjson_obj_get(p->thing->def, "ages") || (p->thing->derived && !p->thing->known);
  bool placed = query_time_column(p) >= 0 || yyjson_obj_get(p->thing->def, "span") ||
                yyjson_obj_get(p->thing->def, "sliced") || yyjson_obj_get(p->thing->def, "reach") ||
                (p->thing->derived && !p->thing->known);
  const char *what = p->has_span && !p->span_is_assumed && !placed ? "when that was"
                     : aged && !timed && p->measure < 0            ? "when it was made or changed"
                     : part_lacks_people(p)                        ? "who did it"
                                                                   : NULL;
  if (!what) return false;
  plan_end(
      x, PLAN_UNANSWERABLE,
      arena_printf(x->arena, "Nothing connected says of %s%.*s %s, so this cannot be answered.",
                   strchr("aeiou", p->thing->label_noun.n ? p->thing->label_noun.p[0] : 'x') ? "an " : "a ",
                   STR_ARG(p->thing->label_noun), what));
  return true;
}

// A mean or a percentile is of a number: of what, where the question names none that is known?
static bool plan_has_no_number(struct planning *x, const struct reading_part *p) {
  bool folds = part_has(p, ASK_MEAN) || part_has(p, ASK_MEDIAN) || part_has(p, ASK_PERCENTILE);
  if (!folds || p->measure >= 0 || p->thing->counts >= 0 || p->group_count || part_has(p, ASK_COUNT))
    return false;
  struct str known[6];
  size_t n = 0;
  for (size_t i = 0; i < p->thing->column_count && n < 6; i++)
    if (part_is_measure(&p->thing->columns[i])) known[n++] = p->thing->columns[i].name;
  plan_end(
      x, PLAN_CLARIFY,
      n ? arena_printf(x->arena, "Of which number of each %.*s? Known are %.*s.",
                       STR_ARG(p->thing->label_noun), STR_ARG(plan_list(x, known, n)))
        : arena_printf(
              x->arena,
              "Of which number? Nothing connected has one that the question names, and of each %.*s none "
              "is known.",
              STR_ARG(p->thing->label_noun)));
  return true;
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
    return arena_printf(x->arena, "without %.*s", STR_ARG(column));
  case READING_COMPARES:
    return arena_printf(x->arena, "%.*s %s %.*s", STR_ARG(column), f->sign,
                        STR_ARG(f->said.n ? f->said : f->text));
  default:
    return arena_printf(x->arena, "%.*s %s%.*s", STR_ARG(column), not, STR_MOST(f->text, 80));
  }
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
  }
  plan_values(x, p, suffix);
  plan_part_chips(x, p);
  plan_reach(x, p);
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
    steps_add(&x->steps, &x->r->parts[i], &q[i], STR_NONE, false);
    plan_part_chips(x, &x->r->parts[i]);
  }
  plan_put_result(x, &x->r->parts[0], &q[0], q[0].sql);
  x->out->results[0].other = &x->r->parts[1];
}

static void plan_program(struct planning *x) {
  x->steps = (struct steps){.doc = yyjson_mut_doc_new(NULL), .arena = x->arena, .clock = x->clock};
  x->root = yyjson_mut_obj(x->steps.doc);
  yyjson_mut_doc_set_root(x->steps.doc, x->root);
  yyjson_mut_obj_add_int(x->steps.doc, x->root, "version", 1);
  x->steps.parameters = yyjson_mut_obj(x->steps.doc);
  x->steps.list = yyjson_mut_arr(x->steps.doc);
  x->results = yyjson_mut_obj(x->steps.doc);
  if (x->r->joined) plan_common(x);
  for (size_t i = 0; i < x->r->part_count && !x->r->joined; i++) plan_part(x, i);
  if (x->out->result_count) plan_put(x, x->root, "title", x->out->results[0].query.title);
  if (yyjson_mut_obj_size(x->steps.parameters))
    yyjson_mut_obj_add_val(x->steps.doc, x->root, "parameters", x->steps.parameters);
  yyjson_mut_obj_add_val(x->steps.doc, x->root, "steps", x->steps.list);
  yyjson_mut_obj_add_val(x->steps.doc, x->root, "results", x->results);
  x->out->program = x->steps.doc;
  if (!x->steps.missing.n) return;
  plan_end(x, PLAN_CLARIFY, arena_printf(x->arena, "Which %.*s is meant?", STR_ARG(x->steps.missing)));
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

void plan_make(const struct reading *r, const struct table_clock *clock, struct arena *a,
               struct ask_plan *out) {
  struct planning x = {.r = r, .clock = clock, .out = out, .arena = a};
  *out = (struct ask_plan){.end = PLAN_PROGRAM};
  for (size_t i = 0; i < r->corrected_count; i++)
    plan_chip(&x, "read",
              arena_printf(a, "%.*s = %.*s", STR_MOST(r->corrected[i][0], 40), STR_ARG(r->corrected[i][1])),
              true);
  plan_aliases(&x);
  if (plan_reading_ends(&x)) {
    if (r->end == READING_NOTHING) plan_cannot(&x);
    return;
  }
  if (r->recipe) {
    plan_recipe(r, clock, a, out);
    return;
  }
  for (size_t i = 0; i < r->part_count; i++)
    if (plan_is_fenced(&x, &r->parts[i]) || plan_lacks(&x, &r->parts[i]) ||
        plan_is_ambiguous(&x, &r->parts[i]) || plan_has_unknown(&x, &r->parts[i]) ||
        plan_has_left(&x, &r->parts[i]) || plan_has_no_ground(&x, &r->parts[i]) ||
        plan_has_no_number(&x, &r->parts[i])) {
      plan_part_chips(&x, &r->parts[i]);
      return;
    }
  plan_program(&x);
}

// ---- names

static const struct model_thing *plan_nameable(const struct model_thing *t) {
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

// What its ids are of may be called as the question says.
static void plan_want_pointed(struct plan_wanted *out, const struct model *model,
                              const struct model_thing *t) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(t->def, "points"), i, n, v) {
    const struct model_thing *to = model_find(model, json_text(v), t->source);
    if (to && !to->seen) plan_want(out, to);
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
    size_t n = plan_is_left(r, r->words.items[w].whole)
                   ? phrases_at(&model->phrases, &r->words, w, hits, PHRASE_HITS_MOST)
                   : 0;
    for (size_t i = 0; i < count; i++)
      for (size_t k = 0; k < n; k++)
        if (hits[k].phrase->means == model_at(model, i) && hits[k].phrase->role != MODEL_SOURCE) {
          if (++words[i] > most) most = words[i];
          break;
        }
  }
  for (size_t i = 0; i < r->part_count; i++)
    if (r->parts[i].unknown_count) plan_want_pointed(out, model, r->parts[i].thing);
  for (; most > 0; most--)
    for (size_t i = 0; i < count; i++) {
      const struct model_thing *t = model_at(model, i);
      bool new = t->derived && !t->seen && !t->within && !t->source->worded && (!r->part_count || !t->known);
      if (words[i] == most && new) plan_want(out, t);
    }
  arena_free(a);
}

// A program of the steps of a part and one query.
static yyjson_mut_doc *plan_small_program(const struct reading_part *p, struct str sql, struct arena *a) {
  struct query q = {0};
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

struct reading_part plan_whole(const struct model_thing *t) {
  return (struct reading_part){.thing = t, .measure = -1, .time = -1, .lack = -1, .flag = -1, .expects = -1};
}

yyjson_mut_doc *plan_names_program(const struct model_thing *t, struct arena *a) {
  struct reading_part p = plan_whole(t);
  struct str sql = arena_printf(a, "SELECT DISTINCT %.*s AS name FROM %.*s LIMIT 2000",
                                STR_ARG(t->columns[t->label].sql), STR_ARG(model_from(t)));
  return plan_small_program(&p, sql, a);
}

yyjson_mut_doc *plan_peek_program(const struct reading_part *p, struct arena *a) {
  return plan_small_program(p, arena_printf(a, "SELECT * FROM %.*s LIMIT 300", STR_ARG(model_from(p->thing))),
                            a);
}

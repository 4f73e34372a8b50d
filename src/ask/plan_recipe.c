// SPDX-License-Identifier: Apache-2.0
#include "ask/plan_recipe.h"

#include "ask/steps.h"
#include "data/json.h"

enum { RECIPE_TEXT_MOST = 32 * 1024 };

struct recipe_planning {
  const struct reading *r;
  const struct recipe_use *use;
  const struct table_clock *clock;
  struct ask_plan *out;
  struct arena *arena;
  yyjson_mut_doc *doc;
};

static int recipe_slot_find(const struct recipe *r, struct str name) {
  for (size_t i = 0; i < r->slot_count; i++)
    if (str_eq(r->slots[i].name, name)) return (int)i;
  return -1;
}

// ---- templates

// What stands between `open` and `close` from `at` on; false: nothing does.
static bool recipe_hole(struct str text, size_t from, struct str open, struct str close, size_t *at,
                        struct str *name) {
  ptrdiff_t begin = str_find_text(str_from(text, from), open);
  if (begin < 0) return false;
  struct str rest = str_from(text, from + (size_t)begin + open.n);
  ptrdiff_t end = str_find_text(rest, close);
  if (end < 0) return false;
  *at = from + (size_t)begin;
  *name = str_make(rest.p, (size_t)end);
  return true;
}

struct str plan_recipe_words(const struct recipe_use *use, struct str text, const struct table_clock *clock,
                             struct arena *a) {
  struct buf out = BUF_MAX(RECIPE_TEXT_MOST);
  size_t from = 0, at;
  struct str name;
  while (recipe_hole(text, from, STR("{"), STR("}"), &at, &name)) {
    int slot = recipe_slot_find(use->recipe, name);
    buf_add(&out, str_make(text.p + from, at - from));
    if (slot >= 0)
      buf_add(&out, str_cut_utf8(recipe_said(use, (size_t)slot), 100));
    else if (str_is(name, "time") && use->has_span)
      buf_add(&out, span_say(&use->span, clock, a));
    else
      buf_printf(&out, "{%.*s}", STR_ARG(name));
    from = at + name.n + 2;
  }
  buf_add(&out, str_from(text, from));
  struct str made = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return made;
}

// What a choice puts in place of "<<by>>", or of "<<by.column>>" where it puts several. Only words of the connector.
static struct str recipe_put(const struct recipe_planning *x, struct str hole) {
  struct str slot = hole, member = STR_NONE;
  ptrdiff_t dot = str_find(hole, '.');
  if (dot >= 0) {
    slot = str_make(hole.p, (size_t)dot);
    member = str_from(hole, (size_t)dot + 1);
  }
  int i = recipe_slot_find(x->use->recipe, slot);
  if (i < 0 || x->use->recipe->slots[i].kind != RECIPE_CHOICE) return STR_NONE;
  struct str key = x->use->fills[i].text;
  yyjson_val *choice =
      yyjson_obj_getn(yyjson_obj_get(x->use->recipe->slots[i].def, "choices"), key.p ? key.p : "", key.n);
  yyjson_val *put = yyjson_obj_get(choice, "put");
  if (member.n) return json_text(yyjson_obj_getn(put, member.p, member.n));
  return yyjson_is_str(put) ? json_text(put) : key;
}

static struct str recipe_text(const struct recipe_planning *x, struct str text) {
  struct buf out = BUF_MAX(RECIPE_TEXT_MOST);
  size_t from = 0, at;
  struct str hole;
  if (str_find_text(text, STR("<<")) < 0) return text;
  while (recipe_hole(text, from, STR("<<"), STR(">>"), &at, &hole)) {
    buf_add(&out, str_make(text.p + from, at - from));
    buf_add(&out, recipe_put(x, hole));
    from = at + hole.n + 4;
  }
  buf_add(&out, str_from(text, from));
  struct str made = arena_dup(x->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

// ---- the program

static yyjson_mut_val *recipe_string(const struct recipe_planning *x, struct str text) {
  return yyjson_mut_strncpy(x->doc, text.p ? text.p : "", text.n);
}

static yyjson_mut_val *recipe_value(const struct recipe_planning *x, yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *member;
  if (yyjson_is_str(v)) return recipe_string(x, recipe_text(x, json_text(v)));
  if (yyjson_is_arr(v)) {
    yyjson_mut_val *list = yyjson_mut_arr(x->doc);
    yyjson_arr_foreach (v, i, n, member) yyjson_mut_arr_append(list, recipe_value(x, member));
    return list;
  }
  if (!yyjson_is_obj(v)) return yyjson_val_mut_copy(x->doc, v);
  yyjson_val *period = yyjson_obj_get(v, "$period");
  if (period)
    return recipe_string(x, steps_period(x->use->has_span ? &x->use->span : NULL, period, x->clock->now_ms));
  yyjson_mut_val *object = yyjson_mut_obj(x->doc);
  yyjson_obj_foreach (v, i, n, key, member)
    yyjson_mut_obj_add(object, recipe_string(x, recipe_text(x, json_text(key))), recipe_value(x, member));
  return object;
}

static void recipe_put_steps(const struct recipe_planning *x, yyjson_mut_val *root, yyjson_val *program) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(x->doc, root, "steps"), *step;
  size_t i, n;
  yyjson_val *def;
  yyjson_arr_foreach (yyjson_obj_get(program, "steps"), i, n, def) {
    step = recipe_value(x, def);
    steps_put_accounts(x->doc, step, x->use->recipe->source);
    struct str each = recipe_text(x, json_str(def, "for_each"));
    if (each.n)
      yyjson_mut_obj_put(step, yyjson_mut_str(x->doc, "for_each"),
                         recipe_string(x, steps_by_account(each, x->use->recipe->source, x->arena)));
    yyjson_mut_arr_append(list, step);
  }
}

static void recipe_put_parameters(const struct recipe_planning *x, yyjson_mut_val *root) {
  const struct recipe *r = x->use->recipe;
  yyjson_mut_val *all = yyjson_mut_obj(x->doc);
  if (x->use->has_span) {
    yyjson_mut_obj_add(all, yyjson_mut_str(x->doc, "since"), recipe_string(x, x->use->span.since));
    yyjson_mut_obj_add(all, yyjson_mut_str(x->doc, "until"), recipe_string(x, x->use->span.until));
  }
  for (size_t i = 0; i < r->slot_count; i++) {
    struct str text = x->use->fills[i].text;
    uint64_t number;
    if (r->slots[i].kind == RECIPE_CHOICE) continue; // stands in the program itself
    yyjson_mut_val *p = yyjson_mut_obj(x->doc);
    bool counts = r->slots[i].kind == RECIPE_NUMBER && str_to_u64(text, &number);
    yyjson_mut_obj_add_str(x->doc, p, "type", counts ? "integer" : "text");
    yyjson_mut_obj_add(p, yyjson_mut_str(x->doc, "default"),
                       counts ? yyjson_mut_uint(x->doc, number) : recipe_string(x, text));
    yyjson_mut_obj_add(all, recipe_string(x, r->slots[i].name), p);
  }
  if (yyjson_mut_obj_size(all)) yyjson_mut_obj_add_val(x->doc, root, "parameters", all);
}

// Each result without what is only said of it.
static void recipe_put_results(const struct recipe_planning *x, yyjson_mut_val *root, yyjson_val *program) {
  yyjson_mut_val *all = yyjson_mut_obj_add_obj(x->doc, root, "results");
  size_t i, n, k, m;
  yyjson_val *name, *def, *key, *member;
  yyjson_obj_foreach (yyjson_obj_get(program, "results"), i, n, name, def) {
    if (x->out->result_count == PLAN_RESULTS_MOST) return;
    yyjson_mut_val *made = yyjson_mut_obj(x->doc);
    yyjson_obj_foreach (def, k, m, key, member)
      if (yyjson_equals_str(key, "title"))
        yyjson_mut_obj_add(made, recipe_string(x, json_text(key)),
                           recipe_string(x, plan_recipe_words(x->use, recipe_text(x, json_text(member)),
                                                              x->clock, x->arena)));
      else if (!yyjson_equals_str(key, "say") && !yyjson_equals_str(key, "none"))
        yyjson_mut_obj_add(made, recipe_string(x, json_text(key)), recipe_value(x, member));
    yyjson_mut_obj_add(all, recipe_string(x, json_text(name)), made);
    x->out->results[x->out->result_count++] = (struct plan_result){
        .query = {.shape = QUERY_GROUPS, .by = -1}, .name = json_text(name), .values_of = -1};
  }
}

static bool recipe_has_step(const struct recipe *r, struct str id) {
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_obj_get(r->def, "program"), "steps"), i, n, step)
    if (str_eq(json_str(step, "id"), id)) return true;
  return false;
}

// Is there a row of that name at all? Else "nothing of it is paused" would be true, and wrong.
static void recipe_put_check(const struct recipe_planning *x, yyjson_mut_val *results, size_t slot) {
  const struct recipe_slot *s = &x->use->recipe->slots[slot];
  const struct model_thing *t = s->thing;
  struct str table = t ? json_str(model_last_step(t), "id") : STR_NONE,
             key = t ? json_str(t->def, "key") : STR_NONE;
  if (!table.n || t->label < 0 || !x->use->fills[slot].text.n || !recipe_has_step(x->use->recipe, table) ||
      x->out->result_count == PLAN_RESULTS_MOST)
    return;
  struct str sql = arena_printf(x->arena, "SELECT count(*) AS there FROM %.*s WHERE %.*s = :%.*s",
                                STR_ARG(table), STR_ARG(t->columns[t->label].sql), STR_ARG(s->name));
  if (key.n)
    sql = arena_printf(x->arena, "%.*s OR %.*s.%.*s = :%.*s", STR_ARG(sql), STR_ARG(table), STR_ARG(key),
                       STR_ARG(s->name));
  struct str name = arena_printf(x->arena, "there_%.*s", STR_ARG(s->name));
  yyjson_mut_val *made = yyjson_mut_obj(x->doc);
  yyjson_mut_obj_add(made, yyjson_mut_str(x->doc, "query"), recipe_string(x, sql));
  yyjson_mut_obj_add(results, recipe_string(x, name), made);
  x->out->results[x->out->result_count++] = (struct plan_result){
      .query = {.shape = QUERY_VALUE, .by = -1}, .name = name, .values_of = -1, .checks = (int)slot + 1};
}

static void recipe_program(struct recipe_planning *x) {
  yyjson_val *program = yyjson_obj_get(x->use->recipe->def, "program");
  x->doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(x->doc);
  yyjson_mut_doc_set_root(x->doc, root);
  yyjson_mut_obj_add_int(x->doc, root, "version", 1);
  struct str title = json_str(x->use->recipe->def, "title");
  yyjson_mut_obj_add(root, yyjson_mut_str(x->doc, "title"),
                     recipe_string(x, plan_recipe_words(x->use, title, x->clock, x->arena)));
  recipe_put_parameters(x, root);
  recipe_put_steps(x, root, program);
  recipe_put_results(x, root, program);
  for (size_t i = 0; i < x->use->recipe->slot_count; i++)
    recipe_put_check(x, yyjson_mut_obj_get(root, "results"), i);
  x->out->program = x->doc;
}

// ---- what is said of it

static void recipe_chip(struct recipe_planning *x, struct str what, struct str said, bool assumed) {
  if (x->out->chip_count < PLAN_CHIPS_MOST && said.n)
    x->out->chips[x->out->chip_count++] = (struct plan_chip){what, said, assumed};
}

static void recipe_chips(struct recipe_planning *x) {
  const struct recipe *r = x->use->recipe;
  recipe_chip(
      x, STR("source"),
      arena_printf(x->arena, "%.*s: %.*s", STR_ARG(r->source->label), STR_ARG(json_str(r->def, "label"))),
      false);
  for (size_t i = 0; i < r->slot_count; i++)
    recipe_chip(x, r->slots[i].name,
                r->slots[i].kind == RECIPE_NUMBER
                    ? arena_printf(x->arena, "%.*s = %.*s", STR_ARG(r->slots[i].name),
                                   STR_ARG(recipe_said(x->use, i)))
                    : recipe_said(x->use, i),
                x->use->fills[i].assumed);
  if (x->use->has_span)
    recipe_chip(x, STR("time"),
                arena_printf(x->arena, "%.*s%s%.*s",
                             STR_ARG(x->use->span_is_assumed ? STR("assumed") : x->use->span.said),
                             x->use->span_is_assumed ? ": " : " = ",
                             STR_ARG(span_say(&x->use->span, x->clock, x->arena))),
                x->use->span_is_assumed);
}

static void recipe_note(struct recipe_planning *x, struct str note) {
  if (note.n && x->out->note_count < 8)
    x->out->notes[x->out->note_count++] = plan_recipe_words(x->use, note, x->clock, x->arena);
}

// What the vendor's data are, and how long it keeps them.
static void recipe_notes(struct recipe_planning *x) {
  yyjson_val *def = x->use->recipe->def, *reach = yyjson_obj_get(def, "reach"), *v;
  int64_t days = json_int(reach, "days", 0);
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(def, "notes"), i, n, v) recipe_note(x, json_text(v));
  if (!days || !x->use->has_span || x->use->span.since_ms >= x->clock->now_ms - days * 86400000 - 60000)
    return;
  struct str say = json_str(reach, "say");
  recipe_note(
      x, say.n ? say
               : arena_printf(x->arena,
                              "The vendor keeps this for %lld days only; what is older is not available.",
                              (long long)days));
}

// ---- ends

static void recipe_end(struct recipe_planning *x, enum plan_end end, struct str text) {
  x->out->end = end;
  x->out->text = text;
}

// The rows that the missing slot may hold; those of names that were looked up.
static void recipe_ask_back(struct recipe_planning *x) {
  const struct recipe_slot *s = x->use->missing;
  struct str noun = s->thing ? s->thing->label_noun : s->name;
  for (size_t i = 0; i < x->use->choice_count; i++)
    x->out->choices[x->out->choice_count++] = x->use->choices[i];
  if (x->use->ambiguous.n) {
    x->out->word = x->use->ambiguous;
    recipe_end(x, PLAN_CLARIFY,
               arena_printf(x->arena, "\"%.*s\" fits %zu of them. Which %.*s is meant?",
                            STR_MOST(x->use->ambiguous, 60), x->use->choice_count, STR_ARG(noun)));
    return;
  }
  struct str ask = json_str(s->def, "ask");
  if (!ask.n) ask = arena_printf(x->arena, "Which %.*s is meant?", STR_ARG(noun));
  if (x->use->more)
    ask = arena_printf(x->arena, "%.*s These are the first %zu; any other can be named in the question.",
                       STR_ARG(ask), x->use->choice_count);
  recipe_end(x, PLAN_CLARIFY, ask);
}

void plan_recipe(const struct reading *r, const struct table_clock *clock, struct arena *a,
                 struct ask_plan *out) {
  struct recipe_planning x = {.r = r, .use = r->recipe, .clock = clock, .out = out, .arena = a};
  const struct recipe *recipe = r->recipe->recipe;
  out->recipe = r->recipe;
  recipe_chips(&x);
  if (!recipe->served) {
    recipe_end(
        &x, PLAN_UNANSWERABLE,
        arena_printf(a,
                     "%.*s could answer that, but not all tools that it takes are served here. Ask whoever "
                     "manages this server for them.",
                     STR_ARG(recipe->source->label)));
    return;
  }
  if (r->recipe->missing) {
    recipe_ask_back(&x);
    return;
  }
  recipe_program(&x);
  recipe_notes(&x);
}

// SPDX-License-Identifier: Apache-2.0
#include "model/vet.h"

#include "data/json.h"
#include "model/recipe.h"
#include "table/select.h"

enum { VET_POINTER_MOST = 240, VET_DEEP_MOST = 24 };

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

struct vetting {
  const struct vet_tools *tools;
  struct arena *arena;
  struct err *err;
  struct table_clock clock;
  yyjson_val *ask;
  const char *root;      // where pointers begin
  struct buf pointer;    // where it is
  struct table_set *set; // the tables that SQL of `set_of` may read
  yyjson_val *set_of;
};

// ---- where, and what is wrong

static size_t vet_down(struct vetting *v, struct str key) {
  size_t was = v->pointer.n;
  json_pointer_push(&v->pointer, key);
  return was;
}

static void vet_up(struct vetting *v, size_t was) {
  v->pointer.n = was;
}

static bool vet_fail(struct vetting *v, const char *format, struct str what) {
  char at[VET_POINTER_MOST];
  snprintf(at, sizeof at, "%s%.*s", v->root, STR_MOST(buf_str(&v->pointer), VET_POINTER_MOST - 8));
  return err_at(v->err, ERR_INVALID, at, format, STR_MOST(what, 120));
}

static bool vet_keys(struct vetting *v, yyjson_val *object, const char *const *known) {
  size_t i, n;
  yyjson_val *key, *value;
  if (!yyjson_is_obj(object)) return vet_fail(v, "this must be a mapping%.*s", STR_NONE);
  yyjson_obj_foreach (object, i, n, key, value) {
    bool there = false;
    for (const char *const *k = known; *k; k++) there = there || yyjson_equals_str(key, *k);
    if (!there) return vet_fail(v, "no member is called '%.*s'", json_text(key));
  }
  return true;
}

// ---- SQL

static bool vet_add_steps(struct table_set *set, yyjson_val *steps, struct err *err) {
  size_t i, n;
  yyjson_val *step;
  struct err unsound;
  yyjson_arr_foreach (steps, i, n, step) {
    struct str id = json_str(step, "id");
    if (table_name_is_sound(id, &unsound) && !table_find(set, id) && !table_seal(table_begin(set, id), err))
      return false;
  }
  return true;
}

// The tables that SQL of `def` may read: those of its own steps, and of what it is within.
static bool vet_tables(struct vetting *v, struct table_set *set, yyjson_val *def) {
  for (int deep = 0; def && deep < MODEL_DEPTH_MOST; deep++) {
    struct str within = json_str(def, "within");
    if (!vet_add_steps(set, yyjson_obj_get(def, "steps"), v->err)) return false;
    def = within.n ? yyjson_obj_getn(yyjson_obj_get(v->ask, "things"), within.p, within.n) : NULL;
  }
  return true;
}

static struct table_params vet_params(struct vetting *v, yyjson_val *slots) {
  static const char *const always[] = {"since", "until", "name", "answer"};
  struct table_param *items = ARENA_ARRAY(v->arena, 4 + yyjson_obj_size(slots) + 1, struct table_param);
  struct table_params out = {.items = items};
  size_t i, n;
  yyjson_val *key, *slot;
  for (size_t k = 0; k < 4; k++)
    items[out.n++] = (struct table_param){str_of(always[k]), {.kind = TABLE_CELL_TEXT, .text = STR("")}};
  yyjson_obj_foreach (slots, i, n, key, slot)
    items[out.n++] = (struct table_param){json_text(key), {.kind = TABLE_CELL_TEXT, .text = STR("")}};
  return out;
}

// A thing has many pieces of SQL over the same tables, which are made once: every start waits for this.
static bool vet_open(struct vetting *v, yyjson_val *def) {
  if (v->set && v->set_of == def) return true;
  table_set_free(v->set);
  v->set = NULL;
  v->set_of = def;
  return table_set_new(&TABLE_LIMITS, &v->clock, &v->set, v->err) && vet_tables(v, v->set, def);
}

static bool vet_sql(struct vetting *v, yyjson_val *def, struct str sql, const struct table_params *params) {
  struct table_result out;
  struct err why = {0};
  if (!vet_open(v, def)) return false;
  return table_compile(v->set, sql, params, v->arena, &out, &why) || vet_fail(v, "%.*s", str_of(why.text));
}

// A member that is a query.
static bool vet_query(struct vetting *v, yyjson_val *def, yyjson_val *of, const char *key,
                      const struct table_params *params) {
  size_t was = vet_down(v, str_of(key));
  if (yyjson_obj_get(of, key) && !vet_sql(v, def, json_str(of, key), params)) return false;
  vet_up(v, was);
  return true;
}

// A member that is an expression over the rows of a thing.
static bool vet_expression(struct vetting *v, yyjson_val *thing, yyjson_val *of, const char *key,
                           const struct table_params *params) {
  struct str sql = json_str(of, key), from = json_str(thing, "from");
  if (!sql.n) return true;
  if (!from.n) from = json_str(yyjson_arr_get_last(yyjson_obj_get(thing, "steps")), "id");
  size_t was = vet_down(v, str_of(key));
  if (!vet_sql(v, thing,
               arena_printf(v->arena, "SELECT 1 AS n FROM %.*s WHERE (%.*s) IS NOT NULL", STR_ARG(from),
                            STR_ARG(sql)),
               params))
    return false;
  vet_up(v, was);
  return true;
}

// ---- steps

static bool vet_tool(struct vetting *v, struct str tool) {
  if (!tool.n) return vet_fail(v, "'tool' is missing%.*s", STR_NONE);
  return !v->tools || v->tools->has(v->tools->arg, tool) || vet_fail(v, "there is no tool '%.*s'", tool);
}

static bool vet_step(struct vetting *v, yyjson_val *def, yyjson_val *step,
                     const struct table_params *params) {
  struct err why;
  struct str id = json_str(step, "id");
  if (!vet_keys(v, step, KEYS("id", "tool", "arguments", "for_each", "batch", "rows", "pages"))) return false;
  if (!id.n) return vet_fail(v, "'id' is missing%.*s", STR_NONE);
  if (!table_name_is_sound(id, &why)) return vet_fail(v, "'%.*s' cannot name a table", id);
  return vet_tool(v, json_str(step, "tool")) && vet_query(v, def, step, "for_each", params);
}

static bool vet_steps(struct vetting *v, yyjson_val *def, const struct table_params *params) {
  yyjson_val *steps = yyjson_obj_get(def, "steps"), *step;
  size_t i, n, was = vet_down(v, STR("steps"));
  bool ok = yyjson_arr_size(steps) || vet_fail(v, "'steps' is missing%.*s", STR_NONE);
  if (ok)
    yyjson_arr_foreach (steps, i, n, step) {
      size_t at = vet_down(v, arena_printf(v->arena, "%zu", i));
      ok = ok && vet_step(v, def, step, params);
      if (ok) vet_up(v, at);
    }
  if (ok) vet_up(v, was);
  return ok;
}

// ---- things

static bool vet_column(struct vetting *v, yyjson_val *thing, struct str name, yyjson_val *def,
                       const struct table_params *params) {
  size_t was = vet_down(v, name);
  struct str entity = json_str(def, "entity");
  enum word_kind kind;
  if (!vet_keys(v, def,
                KEYS("sql", "names", "values", "yes", "no", "fold", "unit", "kind", "entity", "list", "time",
                     "noun", "field", "send", "hidden", "part", "whole")))
    return false;
  if (entity.n && !word_kind_read(entity, &kind))
    return vet_fail(v, "no kind of word is called '%.*s'", entity);
  if (!vet_expression(v, thing, def, "sql", params) || !vet_expression(v, thing, def, "part", params) ||
      !vet_expression(v, thing, def, "whole", params))
    return false;
  vet_up(v, was);
  return true;
}

// Members that name columns: one, or a list.
static bool vet_names_columns(struct vetting *v, yyjson_val *thing) {
  static const char *const members[] = {"label",  "time",   "ranks", "ages", "host",
                                        "folder", "counts", "deeds", "show", "identity"};
  yyjson_val *columns = yyjson_obj_get(thing, "columns");
  for (size_t k = 0; k < sizeof members / sizeof *members; k++) {
    yyjson_val *value = yyjson_obj_get(thing, members[k]);
    size_t n = yyjson_is_arr(value) ? yyjson_arr_size(value) : value ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
      struct str name = json_text(yyjson_is_arr(value) ? yyjson_arr_get(value, i) : value);
      size_t was = vet_down(v, str_of(members[k]));
      if (!yyjson_obj_getn(columns, name.p ? name.p : "", name.n))
        return vet_fail(v, "there is no column '%.*s'", name);
      vet_up(v, was);
    }
  }
  return true;
}

static bool vet_conditions(struct vetting *v, yyjson_val *thing, const struct table_params *params) {
  size_t i, n, was = vet_down(v, STR("conditions"));
  yyjson_val *def;
  yyjson_arr_foreach (yyjson_obj_get(thing, "conditions"), i, n, def) {
    size_t at = vet_down(v, arena_printf(v->arena, "%zu", i));
    struct str of = json_str(def, "of");
    if (!vet_keys(v, def, KEYS("sql", "names", "said", "of", "implies", "noun", "may"))) return false;
    if (of.n && !yyjson_obj_getn(yyjson_obj_get(thing, "columns"), of.p, of.n))
      return vet_fail(v, "there is no column '%.*s'", of);
    if (!vet_expression(v, thing, def, "sql", params)) return false;
    vet_up(v, at);
  }
  vet_up(v, was);
  return true;
}

static bool vet_thing(struct vetting *v, yyjson_val *def, const struct table_params *params) {
  size_t i, n, was;
  yyjson_val *key, *column;
  struct str within = json_str(def, "within");
  if (!vet_keys(v, def,
                KEYS("names", "also", "plural", "steps", "from", "where", "within", "gives", "key", "find",
                     "one", "label", "show", "time", "far", "ranks", "ages", "host", "folder", "lookup",
                     "counts", "ends_now", "note", "span", "reach", "sliced", "daily", "ahead", "events",
                     "rows", "deeds", "identity", "lacks", "columns", "conditions", "weight")))
    return false;
  if (within.n &&
      !yyjson_obj_get(yyjson_obj_getn(yyjson_obj_get(v->ask, "things"), within.p, within.n), "gives"))
    return vet_fail(v, "'within' is '%.*s', and no thing of that name gives anything", within);
  if (!yyjson_arr_size(yyjson_obj_get(def, "names"))) return vet_fail(v, "'names' is missing%.*s", STR_NONE);
  if (!vet_steps(v, def, params) || !vet_names_columns(v, def)) return false;
  was = vet_down(v, STR("columns"));
  yyjson_obj_foreach (yyjson_obj_get(def, "columns"), i, n, key, column)
    if (!vet_column(v, def, json_text(key), column, params)) return false;
  vet_up(v, was);
  return vet_conditions(v, def, params) && vet_expression(v, def, def, "where", params);
}

// ---- recipes and troubles

static bool vet_slot(struct vetting *v, yyjson_val *def) {
  yyjson_val *choices = yyjson_obj_get(def, "choices"), *key, *choice;
  struct str thing = json_str(def, "thing"), entity = json_str(def, "entity"),
             otherwise = json_str(def, "otherwise");
  enum word_kind kind;
  size_t i, n;
  if (!vet_keys(v, def, KEYS("thing", "choices", "number", "most", "entity", "names", "otherwise", "ask")))
    return false;
  if (thing.n && !yyjson_obj_getn(yyjson_obj_get(v->ask, "things"), thing.p, thing.n))
    return vet_fail(v, "there is no thing '%.*s'", thing);
  if (entity.n && !word_kind_read(entity, &kind))
    return vet_fail(v, "no kind of word is called '%.*s'", entity);
  if (!thing.n && !entity.n && !choices && !yyjson_obj_get(def, "number"))
    return vet_fail(v, "a slot is a 'thing', 'choices', a 'number' or an 'entity'%.*s", STR_NONE);
  if (choices && otherwise.n && !yyjson_obj_getn(choices, otherwise.p, otherwise.n))
    return vet_fail(v, "'otherwise' is '%.*s', which is none of the choices", otherwise);
  yyjson_obj_foreach (choices, i, n, key, choice)
    if (!vet_keys(v, choice, KEYS("names", "said", "put"))) return false;
  return true;
}

// What stands between these marks has to be a slot's name; `dotted`: or one with a member of its `put`.
static bool vet_holes(struct vetting *v, struct str text, struct str open, struct str close,
                      yyjson_val *slots) {
  for (ptrdiff_t at; (at = str_find_text(text, open)) >= 0;) {
    text = str_from(text, (size_t)at + open.n);
    ptrdiff_t end = str_find_text(text, close);
    if (end < 0) return true;
    struct str name = str_make(text.p, (size_t)end);
    ptrdiff_t dot = str_find(name, '.');
    if (dot >= 0) name.n = (size_t)dot;
    if (!yyjson_obj_getn(slots, name.p, name.n)) return vet_fail(v, "'%.*s' is no slot", name);
    text = str_from(text, (size_t)end);
  }
  return true;
}

// Every text of a program: what is put into it, and which parameters its arguments take.
static bool vet_texts(struct vetting *v, yyjson_val *value, yyjson_val *slots, int deep) {
  size_t i, n;
  yyjson_val *key, *member;
  struct str param = json_str(value, "$param");
  if (deep > VET_DEEP_MOST) return vet_fail(v, "this is nested too deep%.*s", STR_NONE);
  if (yyjson_is_str(value)) return vet_holes(v, json_text(value), STR("<<"), STR(">>"), slots);
  if (param.n && !str_is(param, "since") && !str_is(param, "until") &&
      !yyjson_obj_getn(slots, param.p, param.n))
    return vet_fail(v, "'%.*s' is no slot", param);
  yyjson_obj_foreach (value, i, n, key, member)
    if (!vet_texts(v, member, slots, deep + 1)) return false;
  yyjson_arr_foreach (value, i, n, member)
    if (!vet_texts(v, member, slots, deep + 1)) return false;
  return true;
}

// SQL with the first choice of each slot put in.
static struct str vet_filled(struct vetting *v, struct str text, yyjson_val *slots) {
  struct buf out = BUF_MAX(TABLE_SQL_MOST * 2);
  for (ptrdiff_t at; (at = str_find_text(text, STR("<<"))) >= 0;) {
    buf_add(&out, str_make(text.p, (size_t)at));
    text = str_from(text, (size_t)at + 2);
    ptrdiff_t end = str_find_text(text, STR(">>"));
    if (end < 0) break;
    struct str name = str_make(text.p, (size_t)end), member = STR_NONE;
    ptrdiff_t dot = str_find(name, '.');
    if (dot >= 0) member = str_from(name, (size_t)dot + 1), name.n = (size_t)dot;
    yyjson_val *choices = yyjson_obj_get(yyjson_obj_getn(slots, name.p, name.n), "choices");
    yyjson_obj_iter iter = yyjson_obj_iter_with(choices);
    yyjson_val *key = yyjson_obj_iter_next(&iter), *put = yyjson_obj_get(yyjson_obj_iter_get_val(key), "put");
    if (member.n) put = yyjson_obj_getn(put, member.p, member.n);
    buf_add(&out, yyjson_is_str(put) ? json_text(put) : json_text(key));
    text = str_from(text, (size_t)end + 2);
  }
  buf_add(&out, text);
  struct str made = arena_dup(v->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

static bool vet_results(struct vetting *v, yyjson_val *program, yyjson_val *slots,
                        const struct table_params *params) {
  yyjson_val *results = yyjson_obj_get(program, "results"), *name, *def;
  size_t i, n, was = vet_down(v, STR("results"));
  if (!yyjson_obj_size(results)) return vet_fail(v, "'results' is missing%.*s", STR_NONE);
  yyjson_obj_foreach (results, i, n, name, def) {
    size_t at = vet_down(v, json_text(name));
    if (!vet_keys(v, def, KEYS("title", "query", "columns", "chart", "time", "say", "none"))) return false;
    vet_down(v, STR("query"));
    if (!vet_sql(v, program, vet_filled(v, json_str(def, "query"), slots), params)) return false;
    vet_up(v, at);
  }
  vet_up(v, was);
  return true;
}

static bool vet_recipe(struct vetting *v, yyjson_val *def) {
  yyjson_val *slots = yyjson_obj_get(def, "slots"), *program = yyjson_obj_get(def, "program"), *key, *slot;
  struct table_params params = vet_params(v, slots);
  size_t i, n, was;
  if (!vet_keys(v, def, KEYS("label", "title", "when", "also", "span", "reach", "slots", "notes", "program")))
    return false;
  if (!yyjson_arr_size(yyjson_obj_get(def, "when")) ||
      yyjson_arr_size(yyjson_obj_get(def, "when")) > RECIPE_WHEN_MOST)
    return vet_fail(v, "'when' has one to six lists of words%.*s", STR_NONE);
  if (yyjson_obj_size(slots) > RECIPE_SLOTS_MOST)
    return vet_fail(v, "there are more than eight slots%.*s", STR_NONE);
  was = vet_down(v, STR("slots"));
  yyjson_obj_foreach (slots, i, n, key, slot) {
    size_t at = vet_down(v, json_text(key));
    struct str name = json_text(key);
    if (str_is(name, "since") || str_is(name, "until") || str_is(name, "zone"))
      return vet_fail(v, "'%.*s' is a name that programs have for times", name);
    if (!vet_slot(v, slot)) return false;
    vet_up(v, at);
  }
  vet_up(v, was);
  vet_down(v, STR("program"));
  bool ok = vet_keys(v, program, KEYS("steps", "results")) && vet_texts(v, program, slots, 0) &&
            vet_steps(v, program, &params) && vet_results(v, program, slots, &params);
  if (ok) vet_up(v, was);
  return ok;
}

static bool vet_trouble(struct vetting *v, yyjson_val *def, const struct table_params *params) {
  static const char *const whens[] = {"empty", "low", "denied"};
  yyjson_val *when;
  size_t i, n;
  if (!vet_keys(v, def,
                KEYS("when", "things", "recipes", "only", "named", "says", "steps", "query", "say", "check",
                     "remedy")))
    return false;
  yyjson_arr_foreach (yyjson_obj_get(def, "when"), i, n, when) {
    bool known = false;
    for (size_t k = 0; k < 3; k++) known = known || yyjson_equals_str(when, whens[k]);
    if (!known) return vet_fail(v, "'when' is empty, low or denied, not '%.*s'", json_text(when));
  }
  static const char *const lists[][2] = {{"things", "things"}, {"recipes", "recipes"}};
  for (size_t k = 0; k < 2; k++)
    yyjson_arr_foreach (yyjson_obj_get(def, lists[k][0]), i, n, when)
      if (!yyjson_obj_getn(yyjson_obj_get(v->ask, lists[k][1]), json_text(when).p, json_text(when).n))
        return vet_fail(v, "it is about '%.*s', which is not there", json_text(when));
  if (!json_str(def, "say").n || !json_str(def, "query").n)
    return vet_fail(v, "'query' or 'say' is missing%.*s", STR_NONE);
  return vet_steps(v, def, params) && vet_query(v, def, def, "query", params);
}

// ---- the whole

static bool vet_each(struct vetting *v, const char *member, const struct table_params *params,
                     bool (*one)(struct vetting *v, yyjson_val *def, const struct table_params *params)) {
  size_t i, n, was = vet_down(v, str_of(member));
  yyjson_val *key, *def;
  yyjson_obj_foreach (yyjson_obj_get(v->ask, member), i, n, key, def) {
    size_t at = vet_down(v, json_text(key));
    if (!one(v, def, params)) return false;
    vet_up(v, at);
  }
  vet_up(v, was);
  return true;
}

static bool vet_one_recipe(struct vetting *v, yyjson_val *def, const struct table_params *params) {
  (void)params;
  return vet_recipe(v, def);
}

static void vet_end(struct vetting *v) {
  table_set_free(v->set);
  buf_free(&v->pointer);
  arena_free(v->arena);
}

bool model_vet(yyjson_val *ask, const struct vet_tools *tools, struct err *err) {
  struct vetting v = {
      .root = "/ask", .tools = tools, .arena = arena_new(), .err = err, .ask = ask, .pointer = BUF_MAX(4096)};
  struct table_params params = vet_params(&v, NULL);
  bool ok = zone_find(STR("UTC"), &v.clock.zone, err);
  ok = ok && (!ask ||
              (vet_keys(&v, ask, KEYS("names", "things", "recipes", "troubles")) &&
               vet_each(&v, "things", &params, vet_thing) && vet_each(&v, "recipes", NULL, vet_one_recipe) &&
               vet_each(&v, "troubles", &params, vet_trouble)));
  vet_end(&v);
  return ok;
}

bool model_vet_program(yyjson_val *program, const struct vet_tools *tools, struct err *err) {
  struct vetting v = {.tools = tools, .arena = arena_new(), .err = err, .root = "", .pointer = BUF_MAX(4096)};
  yyjson_val *parameters = yyjson_obj_get(program, "parameters");
  struct table_params params = vet_params(&v, parameters);
  bool ok = zone_find(STR("UTC"), &v.clock.zone, err) &&
            vet_keys(&v, program, KEYS("version", "title", "parameters", "steps", "results")) &&
            vet_texts(&v, program, parameters, 0) && vet_steps(&v, program, &params) &&
            vet_results(&v, program, parameters, &params);
  vet_end(&v);
  return ok;
}

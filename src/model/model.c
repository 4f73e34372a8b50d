// SPDX-License-Identifier: Apache-2.0
#include "model/model.h"

#include "data/json.h"

// ---- phrases

static void model_say(struct model *m, yyjson_val *names, enum model_role role, const void *means,
                      int number) {
  size_t i, n;
  yyjson_val *v;
  if (yyjson_is_str(names)) phrases_add(&m->phrases, json_text(names), (int)role, means, number);
  yyjson_arr_foreach (names, i, n, v) phrases_add(&m->phrases, json_text(v), (int)role, means, number);
}

// ---- columns and values

static struct model_value *model_new_value(struct model_thing *t, struct str sql, struct str said,
                                           int column) {
  struct model_value *v = &t->values[t->value_count++];
  *v = (struct model_value){.sql = sql, .said = said, .column = column};
  return v;
}

static struct str model_quote(struct arena *a, struct str text) {
  struct buf out = BUF_MAX(4096);
  buf_add_char(&out, '\'');
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '\'') buf_add_char(&out, '\'');
    buf_add_char(&out, text.p[i]);
  }
  buf_add_char(&out, '\'');
  struct str made = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return made;
}

static void model_add_values(struct model *m, struct model_thing *t, int column, yyjson_val *def) {
  size_t i, n;
  yyjson_val *key, *names;
  const struct model_column *c = &t->columns[column];
  yyjson_obj_foreach (yyjson_obj_get(def, "values"), i, n, key, names) {
    struct str sql = arena_printf(m->arena, "%.*s = %.*s", STR_ARG(c->sql),
                                  STR_ARG(model_quote(m->arena, json_text(key))));
    struct str said = yyjson_is_str(names) ? json_text(names) : json_text(yyjson_arr_get_first(names));
    struct model_value *v = model_new_value(t, sql, said, column);
    v->value = json_text(key);
    v->noun = c->noun;
    model_say(m, names, MODEL_VALUE, t, (int)(v - t->values));
  }
  yyjson_val *yes = yyjson_obj_get(def, "yes"), *no = yyjson_obj_get(def, "no");
  if (yes) {
    struct model_value *v = model_new_value(t, c->sql, json_text(yyjson_arr_get_first(yes)), column);
    v->value = STR("true");
    model_say(m, yes, MODEL_VALUE, t, (int)(v - t->values));
  }
  if (no) {
    struct str sql = arena_printf(m->arena, "NOT coalesce(%.*s, 0)", STR_ARG(c->sql));
    struct model_value *v = model_new_value(t, sql, json_text(yyjson_arr_get_first(no)), column);
    v->value = STR("false");
    model_say(m, no, MODEL_VALUE, t, (int)(v - t->values));
  }
}

static void model_add_column(struct model *m, struct model_thing *t, struct str name, yyjson_val *def) {
  struct model_column *c = &t->columns[t->column_count];
  int place = (int)t->column_count++;
  *c = (struct model_column){.name = name,
                             .sql = json_str(def, "sql"),
                             .unit = json_str(def, "unit"),
                             .kind = json_str(def, "kind"),
                             .fold = json_str(def, "fold"),
                             .field = json_str(def, "field"),
                             .spanned = json_str(def, "spanned"),
                             .part = json_str(def, "part"),
                             .whole = json_str(def, "whole"),
                             .note = json_str(def, "note"),
                             .joined = json_str(def, "joined"),
                             .counted = json_bool(def, "counted", false),
                             .other = json_bool(def, "other", false),
                             .send = json_str(def, "send"),
                             .time = json_bool(def, "time", false),
                             .list = json_bool(def, "list", false),
                             .hidden = json_bool(def, "hidden", false),
                             .noun = json_bool(def, "noun", false)};
  if (!c->sql.n) c->sql = name;
  word_kind_read(json_str(def, "entity"), &c->entity);
  model_say(m, yyjson_obj_get(def, "names"), MODEL_COLUMN, t, place);
  model_add_values(m, t, place, def);
}

static size_t model_count_values(yyjson_val *columns) {
  size_t i, n, count = 0;
  yyjson_val *key, *def;
  yyjson_obj_foreach (columns, i, n, key, def) count += yyjson_obj_size(yyjson_obj_get(def, "values")) + 2;
  return count;
}

static void model_add_columns(struct model *m, struct model_thing *t) {
  yyjson_val *columns = yyjson_obj_get(t->def, "columns"), *conditions = yyjson_obj_get(t->def, "conditions"),
             *key, *v;
  size_t i, n;
  t->columns = ARENA_ARRAY(m->arena, MODEL_COLUMNS_MOST, struct model_column);
  t->values = ARENA_ARRAY(m->arena, model_count_values(columns) + yyjson_arr_size(conditions) + 1,
                          struct model_value);
  yyjson_obj_foreach (columns, i, n, key, v)
    if (t->column_count < MODEL_COLUMNS_MOST) model_add_column(m, t, json_text(key), v);
  yyjson_arr_foreach (conditions, i, n, v) {
    yyjson_val *names = yyjson_obj_get(v, "names");
    struct str of = json_str(v, "of"), said = json_str(v, "said");
    struct model_value *value =
        model_new_value(t, json_str(v, "sql"), said.n ? said : json_text(yyjson_arr_get_first(names)),
                        of.n ? model_column_find(t, of) : -1);
    value->implies = json_str(v, "implies");
    value->noun = json_bool(v, "noun", false);
    value->may = json_bool(v, "may", false);
    model_say(m, names, MODEL_VALUE, t, (int)(value - t->values));
  }
}

// ---- things

void model_over(const struct model *base, struct arena *a, struct model *out) {
  *out = (struct model){.base = base, .arena = a, .phrases = {.base = &base->phrases, .arena = a}};
}

size_t model_count(const struct model *m) {
  return (m->base ? model_count(m->base) : 0) + m->count;
}

const struct model_thing *model_at(const struct model *m, size_t i) {
  size_t below = m->base ? model_count(m->base) : 0;
  return i < below ? model_at(m->base, i) : &m->things[i - below];
}

int model_column_find(const struct model_thing *t, struct str name) {
  for (size_t i = 0; i < t->column_count; i++)
    if (str_eq(t->columns[i].name, name)) return (int)i;
  return -1;
}

const struct model_thing *model_find(const struct model *m, struct str id,
                                     const struct model_source *source) {
  for (size_t i = 0; i < model_count(m); i++) {
    const struct model_thing *t = model_at(m, i);
    if (str_eq(t->id, id) && t->source == source) return t;
  }
  return NULL;
}

bool model_is_within(const struct model_thing *t, const struct model_thing *of) {
  for (; t; t = t->within)
    if (t == of) return true;
  return false;
}

yyjson_val *model_last_step(const struct model_thing *t) {
  return yyjson_arr_get_last(yyjson_obj_get(t->def, "steps"));
}

struct str model_from(const struct model_thing *t) {
  struct str from = json_str(t->def, "from");
  return from.n ? from : json_str(model_last_step(t), "id");
}

const struct model_source *model_step_source(const struct model_source *own, yyjson_val *step) {
  struct str connector = json_str(step, "connector");
  if (!connector.n || str_eq(connector, own->connector)) return own;
  return own->other ? own->other(own->arg, connector) : NULL;
}

static bool model_has_tools(const struct model_source *s, yyjson_val *def) {
  size_t i, n;
  yyjson_val *step;
  yyjson_arr_foreach (yyjson_obj_get(def, "steps"), i, n, step) {
    const struct model_source *of = model_step_source(s, step);
    if (!of || (of->has_tool && !of->has_tool(of->arg, of, json_str(step, "tool")))) return false;
  }
  return true;
}

// What calls others within it is fixed by a fence: its rows are known, where its own tools are not served.
static const struct fence_key *model_held(const struct model_source *s, yyjson_val *def) {
  for (size_t i = 0; s->fence && i < s->fence->count; i++) {
    struct str key = s->fence->keys[i].key;
    if (yyjson_obj_getn(yyjson_obj_get(def, "gives"), key.p, key.n)) return &s->fence->keys[i];
  }
  return NULL;
}

static bool model_add_thing(struct model *m, struct str id, yyjson_val *def, const struct model_source *s,
                            struct err *err) {
  struct str within = json_str(def, "within");
  const struct model_thing *parent = within.n ? model_find(m, within, s) : NULL;
  const struct fence_key *held = model_has_tools(s, def) ? NULL : model_held(s, def);
  if ((within.n && !parent && !held) || (!held && !model_has_tools(s, def))) return true;
  if (m->count == MODEL_THINGS_MOST)
    return err_set(err, ERR_LIMIT, "connectors name more than %d things to ask about", MODEL_THINGS_MOST);
  struct model_thing *t = &m->things[m->count++];
  yyjson_val *names = yyjson_obj_get(def, "names"), *lacks = yyjson_obj_get(def, "lacks"), *v;
  size_t i, n;
  *t = (struct model_thing){.id = id,
                            .label_noun = json_text(yyjson_arr_get_first(names)),
                            .source = s,
                            .def = def,
                            .within = held ? NULL : parent,
                            .held = held,
                            .events = json_bool(def, "events", false),
                            .derived = json_bool(def, "derived", false),
                            .known = json_bool(def, "known", false),
                            .seen = json_bool(def, "seen", false),
                            .weight = (int)json_int(def, "weight", 0)};
  model_say(m, names, MODEL_NAME, t, 0);
  model_say(m, yyjson_obj_get(def, "also"), MODEL_NAME, t, 1);
  model_say(m, yyjson_obj_get(def, "does"), MODEL_NAME, t, MODEL_DOES);
  model_add_columns(m, t);
  t->label = model_column_find(t, json_str(def, "label"));
  t->time = model_column_find(t, json_str(def, "time"));
  t->counts = model_column_find(t, json_str(def, "counts"));
  yyjson_arr_foreach (lacks, i, n, v) model_say(m, yyjson_obj_get(v, "names"), MODEL_LACK, t, (int)i);
  return true;
}

bool model_add(struct model *m, yyjson_val *ask, const struct model_source *source, struct err *err) {
  size_t i, n;
  yyjson_val *key, *def;
  if (!m->things) {
    m->things = ARENA_ARRAY(m->arena, MODEL_THINGS_MOST, struct model_thing);
    m->phrases.arena = m->arena;
  }
  model_say(m, yyjson_obj_get(ask, "names"), MODEL_SOURCE, source, 0);
  if (!source->worded) phrases_add(&m->phrases, source->label, MODEL_SOURCE, source, 0);
  for (i = 0; i < source->account_count && !source->worded && !ask; i++) // whoever connected it called it so
    phrases_add(&m->phrases, source->accounts[i], MODEL_SOURCE, source, 0);
  yyjson_obj_foreach (yyjson_obj_get(ask, "things"), i, n, key, def)
    if (!model_add_thing(m, json_text(key), def, source, err)) return false;
  return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "ask/steps.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "ask/rename.h"
#include "data/json.h"

struct stepping {
  struct steps *s;
  const struct reading_part *p;
  const struct query *q;
  const struct model_thing *t; // whose steps are written
  struct str suffix;
  bool before;
};

static yyjson_mut_val *steps_text(struct steps *s, struct str text) {
  return yyjson_mut_strncpy(s->doc, text.p, text.n);
}

static void steps_put(struct steps *s, yyjson_mut_val *object, const char *key, struct str text) {
  yyjson_mut_obj_add(object, yyjson_mut_str(s->doc, key), steps_text(s, text));
}

// ---- slots

// The one value of a column that the question asks for; empty: none, or several.
static struct str steps_filter_text(const struct stepping *x, struct str column, bool exact) {
  int c = model_column_find(x->t, column);
  struct str found = STR_NONE;
  for (size_t i = 0; i < x->p->filter_count && x->t == x->p->thing; i++) {
    const struct reading_filter *f = &x->p->filters[i];
    if (f->column != c || f->negated || f->either || c < 0) continue;
    if (x->q->shape == QUERY_SHARE && !f->noun) return STR_NONE; // a share is of all of them
    struct str mine = f->op == READING_IS ? x->t->values[f->value].value
                      : f->op == READING_LIKE && !exact && !f->within && !f->begins ? f->text
                                                                                    : STR_NONE;
    if (found.n || !mine.n) return STR_NONE;
    found = mine;
  }
  return found;
}

static struct str steps_template(struct str text, struct str value, struct arena *a) {
  ptrdiff_t at = str_find_text(text, STR("{value}"));
  if (at < 0) return text;
  return ARENA_JOIN(a, str_make(text.p, (size_t)at), value, str_from(text, (size_t)at + 7));
}

// Conditions in the vendor's own language, as far as it has them.
static struct str steps_terms(const struct stepping *x, struct str between) {
  struct buf out = BUF_MAX(4000);
  for (size_t i = 0; i < x->t->column_count; i++) {
    const struct model_column *c = &x->t->columns[i];
    struct str value = c->send.n ? steps_filter_text(x, c->name, false) : STR_NONE;
    if (!value.n) continue;
    if (out.n) buf_add(&out, between);
    buf_add(&out, steps_template(c->send, value, x->s->arena));
  }
  struct str made = arena_dup(x->s->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

// "<<dimensions{%}>>": what the columns in use have to ask for; nothing where they ask for nothing.
static struct str steps_fields(const struct stepping *x, struct str text) {
  ptrdiff_t at = str_find_text(text, STR("<<"));
  ptrdiff_t end = at < 0 ? -1 : str_find_text(str_from(text, (size_t)at), STR(">>"));
  if (end < 0) return text;
  struct str frame = str_make(text.p + at + 2, (size_t)end - 2);
  struct buf fields = BUF_MAX(2000);
  for (size_t i = 0; i < x->q->used_count && x->t == x->p->thing; i++) {
    struct str field = x->t->columns[x->q->used[i]].field;
    if (!field.n || (fields.n && str_find_text(buf_str(&fields), field) >= 0)) continue;
    buf_printf(&fields, "%s%.*s", fields.n ? " " : "", STR_ARG(field));
  }
  ptrdiff_t hole = str_find(frame, '%');
  struct str made = STR("");
  if (fields.n && hole >= 0)
    made = ARENA_JOIN(x->s->arena, str_make(frame.p, (size_t)hole), buf_str(&fields),
                      str_from(frame, (size_t)hole + 1));
  buf_free(&fields);
  return ARENA_JOIN(x->s->arena, str_make(text.p, (size_t)at), made, str_from(text, (size_t)(at + end) + 2));
}

struct str steps_period(const struct span *span, yyjson_val *list, int64_t now_ms) {
  size_t i, n;
  yyjson_val *v;
  struct str best = json_text(yyjson_arr_get_last(list));
  if (!span || span->since_ms == INT64_MIN) return best;
  yyjson_arr_foreach (list, i, n, v) {
    struct str text = json_text(v);
    uint64_t count;
    if (text.n < 2 || !str_to_u64(str_make(text.p, text.n - 1), &count)) continue;
    int64_t ms = (int64_t)count * (text.p[text.n - 1] == 'h' ? 3600000 : 86400000);
    if (ms >= now_ms - span->since_ms - 60000) return text;
  }
  return best;
}

static yyjson_mut_val *steps_value(const struct stepping *x, yyjson_val *v);

// The number that the vendor has for a word; without such numbers the word.
static struct str steps_coded(yyjson_val *codes, struct str word) {
  return codes ? json_text(yyjson_obj_getn(codes, word.p ? word.p : "", word.n)) : word;
}

// As the argument's schema wants it; NULL: there is nothing to send.
static yyjson_mut_val *steps_typed(struct steps *s, struct str text, struct str as) {
  int64_t number;
  if (!text.n) return NULL;
  if (str_is(as, "boolean")) return yyjson_mut_bool(s->doc, str_is(text, "true"));
  if (str_is(as, "integer")) return str_to_i64(text, &number) ? yyjson_mut_sint(s->doc, number) : NULL;
  return steps_text(s, text);
}

// A time that cuts by another column than the question's cuts wrongly.
static bool steps_cuts_other(const struct stepping *x, struct str of) {
  int time = query_time_column(x->p);
  return of.n && (time < 0 || !str_eq(x->t->columns[time].name, of));
}

static yyjson_mut_val *steps_slot(const struct stepping *x, yyjson_val *v, bool *is_slot) {
  struct steps *s = x->s;
  struct str filter = json_str(v, "$filter"), terms = json_str(v, "$terms"), param = json_str(v, "$param"),
             given = json_str(v, "$given");
  yyjson_val *period = yyjson_obj_get(v, "$period");
  *is_slot = filter.n || terms.n || period || given.n || str_is(param, "since") || str_is(param, "until");
  if (filter.n)
    return steps_typed(
        s,
        steps_coded(yyjson_obj_get(v, "codes"), steps_filter_text(x, filter, json_bool(v, "exact", false))),
        json_str(v, "as"));
  if (given.n) {
    struct str text = steps_filter_text(x, given, false);
    if (!text.n) s->missing = given;
    return text.n ? steps_text(s, text) : NULL;
  }
  if (terms.n) {
    struct str text = steps_terms(x, terms);
    return text.n ? steps_text(s, text) : NULL;
  }
  if (period)
    return steps_text(s, steps_period(x->p->has_span ? &x->p->span : NULL, period, s->clock->now_ms));
  if (!*is_slot) return NULL;
  struct str end = str_is(param, "since") ? x->p->span.since : x->p->span.until;
  if ((!end.n && !x->before) || (x->t != x->p->thing && json_str(v, "of").n) ||
      steps_cuts_other(x, json_str(v, "of")) || (x->p->span_is_denied && x->t == x->p->thing))
    return NULL;
  yyjson_mut_val *ref = yyjson_mut_obj(s->doc);
  bool both = x->p->has_prior && !json_bool(x->t->def, "sliced", false) &&
              str_is(param, "since"); // one reading of both periods
  steps_put(s, ref, "$param",
            arena_printf(s->arena, "%.*s%.*s%s", STR_ARG(param), STR_ARG(x->suffix), both ? "_before" : ""));
  return ref;
}

static yyjson_mut_val *steps_value(const struct stepping *x, yyjson_val *v) {
  struct steps *s = x->s;
  size_t i, n;
  yyjson_val *key, *member;
  if (yyjson_is_str(v)) return steps_text(s, steps_fields(x, json_text(v)));
  if (yyjson_is_arr(v)) {
    yyjson_mut_val *list = yyjson_mut_arr(s->doc);
    yyjson_arr_foreach (v, i, n, member) {
      yyjson_mut_val *made = steps_value(x, member);
      if (made) yyjson_mut_arr_append(list, made);
    }
    return list;
  }
  if (!yyjson_is_obj(v)) return yyjson_val_mut_copy(s->doc, v);
  bool is_slot;
  yyjson_mut_val *slot = steps_slot(x, v, &is_slot);
  if (is_slot) return slot;
  yyjson_mut_val *object = yyjson_mut_obj(s->doc);
  yyjson_obj_foreach (v, i, n, key, member) {
    yyjson_mut_val *made = steps_value(x, member);
    if (made) yyjson_mut_obj_add(object, steps_text(s, json_text(key)), made);
  }
  return object;
}

// ---- a step

static bool steps_is_there(const struct steps *s, yyjson_mut_val *step) {
  size_t i, n;
  yyjson_mut_val *other;
  yyjson_mut_arr_foreach (s->list, i, n, other)
    if (yyjson_mut_equals(other, step)) return true;
  return false;
}

struct str steps_by_account(struct str sql, const struct model_source *from, struct arena *a) {
  struct str select = STR("SELECT ");
  if (from->account_count < 2 || !str_starts(sql, "SELECT ")) return sql;
  return ARENA_JOIN(a, select, STR("account, "), str_from(sql, select.n));
}

void steps_put_accounts(yyjson_mut_doc *doc, yyjson_mut_val *step, const struct model_source *from) {
  yyjson_mut_val *key = yyjson_mut_str(doc, "account"), *list;
  if (from->account_count == 1) {
    yyjson_mut_obj_put(step, key, yyjson_mut_strncpy(doc, from->accounts[0].p, from->accounts[0].n));
    return;
  }
  yyjson_mut_obj_put(step, key, list = yyjson_mut_arr(doc));
  for (size_t i = 0; i < from->account_count; i++)
    yyjson_mut_arr_append(list, yyjson_mut_strncpy(doc, from->accounts[i].p, from->accounts[i].n));
}

// What a row of the outer thing gives is called as some argument or noun is: of things without words, that may be a word of SQL.
static void steps_add_alias(struct buf *out, const struct model_thing *up, struct str name) {
  buf_printf(out, up->derived ? " AS \"%.*s\"" : " AS %.*s", STR_ARG(name));
}

// The values that a fence lets through, by the names that they had when it was set.
static struct str steps_held(const struct stepping *x, const struct model_thing *up) {
  struct buf out = BUF_MAX(16000), all = BUF_MAX(16000);
  size_t i, n;
  yyjson_val *key, *v;
  for (size_t k = 0; k < up->held->count; k++) {
    const struct fence_value *value = &up->held->values[k];
    buf_add_z(&all, k ? " UNION ALL SELECT " : "SELECT ");
    yyjson_obj_foreach (yyjson_obj_get(up->def, "gives"), i, n, key, v) {
      bool id = str_eq(json_text(key), up->held->key) || !value->name.n;
      buf_add_z(&all, i ? ", " : "");
      query_add_quoted(&all, id ? value->id : value->name);
      steps_add_alias(&all, up, json_text(key));
    }
  }
  struct str label = query_parent_sql(x->t, x->s->arena);
  buf_printf(&out, "SELECT * FROM (%.*s)", STR_ARG(buf_str(&all)));
  for (size_t k = 0; k < x->p->name_count && label.n && (!x->p->named || x->p->named == up); k++) {
    buf_printf(&out, " %s lower(%.*s) = lower(", k ? "OR" : "WHERE", STR_ARG(label));
    query_add_quoted(&out, x->p->names[k]);
    buf_add_char(&out, ')');
  }
  struct str made = arena_dup(x->s->arena, buf_str(&out));
  buf_free(&all);
  buf_free(&out);
  return made;
}

// SELECT … FROM the rows that it is within, narrowed to those that are meant.
static struct str steps_for_each(const struct stepping *x) {
  const struct model_thing *up = x->t->within;
  if (up->held) return steps_held(x, up);
  struct buf out = BUF_MAX(8000);
  size_t i, n;
  yyjson_val *key, *v;
  buf_add_z(&out, "SELECT ");
  struct str id = json_str(up->def, "key");
  bool by_id = x->p->id_count > 0 && id.n && (!x->p->named || x->p->named == up);
  yyjson_obj_foreach (yyjson_obj_get(up->def, "gives"), i, n, key, v) {
    if (i) buf_add_z(&out, ", ");
    if (by_id)
      query_add_quoted(&out, x->p->ids[0]);
    else
      buf_add(&out, json_text(v));
    steps_add_alias(&out, up, json_text(key));
  }
  if (!by_id && x->t->source->account_count > 1 &&
      !yyjson_obj_get(yyjson_obj_get(up->def, "gives"), "account"))
    buf_printf(&out, ", %.*s.account AS account", STR_ARG(json_str(model_last_step(up), "id")));
  if (!by_id) {
    struct str narrow = query_narrow(x->p, up, x->s->arena), where = json_str(up->def, "where");
    buf_printf(&out, " FROM %.*s", STR_ARG(model_from(up)));
    if (where.n) buf_printf(&out, " WHERE (%.*s)", STR_ARG(where));
    if (narrow.n) buf_printf(&out, " %s (%.*s)", where.n ? "AND" : "WHERE", STR_ARG(narrow));
  }
  struct str made = arena_dup(x->s->arena, buf_str(&out));
  buf_free(&out);
  return made;
}

static bool
steps_can_find(const struct stepping *x) { // each name is whole, so that the vendor can be asked for it
  if (!json_str(yyjson_obj_get(x->t->def, "find"), "argument").n || !x->p->name_count ||
      (x->p->named && x->p->named != x->t))
    return false;
  bool domains = str_is(json_str(yyjson_obj_get(x->t->def, "find"), "kind"), "domain");
  for (size_t i = 0; i < x->p->name_count; i++) {
    size_t dots = 0;
    for (size_t k = 0; k < x->p->names[i].n; k++) dots += x->p->names[i].p[k] == '.';
    if (domains && dots != 1) return false;
  }
  return true;
}

// The first step of a thing that can be asked for by name.
static void steps_find(const struct stepping *x, yyjson_mut_val *step, yyjson_mut_val *arguments) {
  struct steps *s = x->s;
  struct str argument = json_str(yyjson_obj_get(x->t->def, "find"), "argument");
  yyjson_mut_val *value;
  if (x->p->name_count == 1) {
    value = steps_text(s, x->p->names[0]);
  } else {
    struct buf out = BUF_MAX(4000);
    for (size_t i = 0; i < x->p->name_count; i++) {
      buf_add_z(&out, i ? " UNION ALL SELECT " : "SELECT ");
      query_add_quoted(&out, x->p->names[i]);
      buf_add_z(&out, i ? "" : " AS wanted");
    }
    steps_put(s, step, "for_each", arena_dup(s->arena, buf_str(&out)));
    buf_free(&out);
    value = yyjson_mut_obj(s->doc);
    steps_put(s, value, "$", STR("wanted"));
  }
  yyjson_mut_obj_put(arguments, steps_text(s, argument), value);
}

static struct str steps_renamed(const struct stepping *x, struct str sql) {
  struct str made = rename_tables(sql, yyjson_obj_get(x->t->def, "steps"), x->suffix, x->s->arena);
  return rename_parameters(made, x->suffix, x->s->arena);
}

static void steps_write(const struct stepping *x, yyjson_val *def, bool first) {
  struct steps *s = x->s;
  yyjson_mut_val *step = yyjson_mut_obj(s->doc), *arguments;
  struct str for_each = json_str(def, "for_each"), rows = json_str(def, "rows");
  int64_t batch = json_int(def, "batch", 0), pages = json_int(def, "pages", 0);
  steps_put(s, step, "id",
            arena_printf(s->arena, "%.*s%.*s", STR_ARG(json_str(def, "id")), STR_ARG(x->suffix)));
  steps_put_accounts(s->doc, step, model_step_source(x->t->source, def));
  steps_put(s, step, "tool", json_str(def, "tool"));
  arguments = steps_value(x, yyjson_obj_get(def, "arguments"));
  if (!arguments) arguments = yyjson_mut_obj(s->doc);
  if (for_each.n)
    steps_put(s, step, "for_each", steps_by_account(steps_renamed(x, for_each), x->t->source, s->arena));
  else if (first && x->t->within)
    steps_put(s, step, "for_each", steps_for_each(x));
  else if (first && steps_can_find(x))
    steps_find(x, step, arguments);
  if (batch) yyjson_mut_obj_add_int(s->doc, step, "batch", batch);
  if (pages) yyjson_mut_obj_add_int(s->doc, step, "pages", pages);
  if (rows.n) steps_put(s, step, "rows", rows);
  yyjson_mut_obj_add_val(s->doc, step, "arguments", arguments);
  if (!steps_is_there(s, step)) yyjson_mut_arr_append(s->list, step);
}

// A row that is asked for by its id has a call of its own.
static void steps_write_one(const struct stepping *x) {
  struct steps *s = x->s;
  yyjson_val *one = yyjson_obj_get(x->t->def, "one");
  yyjson_mut_val *step = yyjson_mut_obj(s->doc), *arguments = yyjson_mut_obj(s->doc);
  steps_put(
      s, step, "id",
      arena_printf(s->arena, "%.*s%.*s", STR_ARG(json_str(model_last_step(x->t), "id")), STR_ARG(x->suffix)));
  steps_put_accounts(s->doc, step, x->t->source);
  steps_put(s, step, "tool", json_str(one, "tool"));
  yyjson_mut_obj_put(arguments, steps_text(s, json_str(one, "argument")), steps_text(s, x->p->ids[0]));
  yyjson_mut_obj_add_val(s->doc, step, "arguments", arguments);
  if (!steps_is_there(s, step)) yyjson_mut_arr_append(s->list, step);
}

// A step that only one column needs.
static bool steps_uses(const struct stepping *x, struct str column) {
  int c = model_column_find(x->t, column);
  for (size_t i = 0; i < x->q->used_count && x->t == x->p->thing; i++)
    if (x->q->used[i] == c) return true;
  return false;
}

static bool steps_is_word(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

static bool steps_names(struct str text, struct str id) {
  for (ptrdiff_t at; id.n && (at = str_find_text(text, id)) >= 0; text = str_from(text, (size_t)at + 1)) {
    char before = at ? text.p[at - 1] : ' ',
         after = (size_t)at + id.n < text.n ? text.p[(size_t)at + id.n] : ' ';
    if (!steps_is_word(before) && before != '.' && before != '"' && !steps_is_word(after)) return true;
  }
  return false;
}

static bool steps_is_plain(enum query_shape shape) { // its SQL says all that is read
  return shape == QUERY_VALUE || shape == QUERY_ROWS || shape == QUERY_GROUPS || shape == QUERY_SHARE ||
         shape == QUERY_COMMON;
}

// Does a number come of what the step gives, or of a step that reads it?
static bool steps_is_read(const struct stepping *x, yyjson_val *steps, size_t at) {
  struct str id = json_str(yyjson_arr_get(steps, at), "id");
  if (!steps_is_plain(x->q->shape) || x->t->derived || x->t != x->p->thing || !x->q->sql.n ||
      steps_names(x->q->sql, id))
    return true;
  for (size_t i = at + 1; i < yyjson_arr_size(steps); i++) {
    size_t n;
    char *text = yyjson_val_write(yyjson_arr_get(steps, i), 0, &n);
    bool named = text && steps_names(str_make(text, n), id);
    free(text);
    if (named) return true;
  }
  return false;
}

static void steps_write_thing(struct stepping *x, const struct model_thing *t) {
  size_t i, n;
  yyjson_val *def;
  if (t->held) return; // a fence says which there are
  if (t->within && !(x->p->id_count && json_str(t->within->def, "key").n && x->p->named == t->within)) {
    struct str suffix = x->suffix;
    x->suffix = STR_NONE; // what others are within is read once
    steps_write_thing(x, t->within);
    x->suffix = suffix;
  }
  x->t = t;
  if (t == x->p->thing && x->p->id_count && yyjson_obj_get(t->def, "one")) {
    steps_write_one(x);
    return;
  }
  bool first = true;
  yyjson_val *all = yyjson_obj_get(t->def, "steps");
  yyjson_arr_foreach (all, i, n, def) {
    if (i && !steps_is_read(x, all, i)) continue;
    struct str of = json_str(def, "for");
    if (of.n) {
      if (steps_uses(x, of)) steps_write(x, def, false);
      continue;
    }
    steps_write(x, def, first);
    first = false;
  }
}

// Only `since` and `until` are times by their names.
static void steps_parameter(struct steps *s, const char *name, struct str suffix, struct str value) {
  struct str key = arena_printf(s->arena, "%s%.*s", name, STR_ARG(suffix));
  yyjson_mut_val *made = steps_text(s, value);
  if (!value.n) return;
  if (suffix.n) {
    made = yyjson_mut_obj(s->doc);
    steps_put(s, made, "type", STR("time"));
    steps_put(s, made, "default", value);
  }
  yyjson_mut_obj_put(s->parameters, steps_text(s, key), made);
}

void steps_add(struct steps *s, const struct reading_part *p, const struct query *q, struct str suffix,
               bool before) {
  struct stepping x = {.s = s, .p = p, .q = q, .suffix = suffix, .before = before};
  const struct span *span = before ? &p->prior : &p->span;
  if (p->has_span) {
    steps_parameter(s, "since", suffix, span->since);
    steps_parameter(s, "until", suffix, span->until);
  }
  if (p->has_prior && !json_bool(p->thing->def, "sliced", false)) {
    steps_parameter(s, "since", ARENA_JOIN(s->arena, suffix, STR("_before")), p->prior.since);
    steps_parameter(s, "until", ARENA_JOIN(s->arena, suffix, STR("_before")), p->prior.until);
  }
  steps_write_thing(&x, p->thing);
}

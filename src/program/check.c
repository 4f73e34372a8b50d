// SPDX-License-Identifier: Apache-2.0
#include "program/check.h"

#include <stdio.h>

#include "call/check.h"
#include "data/json.h"
#include "data/schema.h"

struct program_checking {
  const struct program_check_input *in;
  struct arena *arena;
  struct plan *plan;
  struct program_faults *faults;
  struct table_set *set;
};

static struct str check_at(struct program_checking *c, size_t step, const char *rest) {
  return arena_printf(c->arena, "/steps/%zu%s", step, rest);
}

// ---- tools

static void check_missing_tool(struct program_checking *c, size_t i, size_t account,
                               const struct program_view_found *f) {
  const struct program_step *s = &c->in->program->steps[i];
  struct str named = account < s->account_count ? s->accounts[account] : STR("");
  struct str tool_at = check_at(c, i, "/tool"), account_at = check_at(c, i, "/account");
  if (s->many) account_at = arena_printf(c->arena, "%.*s/%zu", STR_ARG(account_at), account);
  switch (f->word) {
  case VIEW_NO_ACCOUNT:
    program_fault_add(c->faults, account_at, "there is no account '%.*s'", STR_ARG(named));
    program_fault_hint_words(c->faults, named, f->names, f->count);
    return;
  case VIEW_WRITES:
    program_fault_add(c->faults, tool_at, "'%.*s' writes (%s); a program only reads", STR_ARG(s->tool),
                      tool_class_names[f->tool.tool->class]);
    program_fault_hint(c->faults, "call it by itself, outside of a program");
    return;
  case VIEW_HELD:
    program_fault_add(c->faults, tool_at, "'%.*s' is not served: %.*s", STR_ARG(s->tool),
                      STR_ARG(f->tool.tool->why));
    program_fault_hint(c->faults, "an administrator decides with 'postern tool review'");
    return;
  case VIEW_SEVERAL:
    program_fault_add(c->faults, account_at,
                      "'%.*s' is a tool of several accounts; say which with \"account\"", STR_ARG(s->tool));
    program_fault_hint_words(c->faults, STR(""), f->names, f->count);
    return;
  default:
    if (named.n)
      program_fault_add(c->faults, tool_at, "the account '%.*s' has no tool '%.*s' here", STR_ARG(named),
                        STR_ARG(s->tool));
    else
      program_fault_add(c->faults, tool_at, "there is no tool '%.*s' here", STR_ARG(s->tool));
    program_fault_hint_words(c->faults, s->tool, f->names, f->count);
  }
}

static void check_tools(struct program_checking *c) {
  const struct program *p = c->in->program;
  for (size_t i = 0; i < p->step_count; i++) {
    const struct program_step *s = &p->steps[i];
    struct plan_step *out = &c->plan->steps[i];
    for (size_t k = 0; s->tool.n && k < (s->account_count ? s->account_count : 1); k++) {
      struct program_view_found found;
      if (!program_view_find(c->in->view, s->account_count ? s->accounts[k] : STR(""), s->tool, &found))
        check_missing_tool(c, i, k, &found);
      else
        out->targets[out->target_count++] = (struct plan_target){found.tool, found.account};
    }
  }
}

// ---- arguments

// What is written out is checked now; what references give when they give it.
static bool check_has_ref(yyjson_val *v) {
  struct str text, json;
  size_t i, n;
  yyjson_val *key, *inner;
  if (program_ref_of(v, &text, &json) != PROGRAM_NO_REF) return true;
  if (yyjson_is_obj(v))
    yyjson_obj_foreach (v, i, n, key, inner)
      if (check_has_ref(inner)) return true;
  if (yyjson_is_arr(v))
    yyjson_arr_foreach (v, i, n, inner)
      if (check_has_ref(inner)) return true;
  return false;
}

static struct str check_first_token(struct str pointer) {
  struct str rest = str_from(pointer, pointer.n ? 1 : 0), first = STR("");
  str_cut(&rest, '/', &first);
  return first;
}

static void check_unknown_arguments(struct program_checking *c, size_t i, yyjson_val *input) {
  const struct program_step *s = &c->in->program->steps[i];
  yyjson_val *properties = yyjson_obj_get(input, "properties"), *key, *v, *known;
  size_t at, n, k, m, count = 0;
  struct str names[256];
  if (!properties) return;
  yyjson_obj_foreach (properties, k, m, key, known)
    if (count < sizeof names / sizeof *names) names[count++] = json_text(key);
  yyjson_obj_foreach (s->arguments, at, n, key, v) {
    if (yyjson_obj_getn(properties, json_text(key).p, json_text(key).n)) continue;
    program_fault_add(c->faults,
                      arena_printf(c->arena, "/steps/%zu/arguments/%.*s", i, STR_ARG(json_text(key))),
                      "'%.*s' takes no argument '%.*s'", STR_ARG(s->tool), STR_ARG(json_text(key)));
    program_fault_hint_words(c->faults, json_text(key), names, count);
  }
}

static void check_arguments_of(struct program_checking *c, size_t i) {
  const struct program_step *s = &c->in->program->steps[i];
  const struct plan_target *target = &c->plan->steps[i].targets[0];
  yyjson_val *input = target->tool.tool->input;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *written = yyjson_mut_obj(doc);
  struct schema_report report = {.arena = c->arena};
  struct run_call call = {
      .tool = &target->tool, .catalog = c->in->view->catalog, .server = c->in->view->server};
  size_t k, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (s->arguments, k, n, key, v)
    if (!check_has_ref(v))
      yyjson_mut_obj_add(written, yyjson_mut_strncpy(doc, json_text(key).p, json_text(key).n),
                         yyjson_val_mut_copy(doc, v));
  check_unknown_arguments(c, i, input);
  check_fill(&call, doc, written);
  bool ok = !input || schema_check(input, doc, &written, &report);
  for (size_t r = 0; !ok && r < report.count && r < SCHEMA_VIOLATIONS_MOST; r++) {
    const struct schema_violation *x = &report.items[r];
    struct str first = check_first_token(x->pointer);
    yyjson_val *given = first.n && s->arguments ? yyjson_obj_getn(s->arguments, first.p, first.n) : NULL;
    if (first.n && given && check_has_ref(given)) continue;
    if (yyjson_obj_get(input, "properties") && first.n &&
        !yyjson_obj_getn(yyjson_obj_get(input, "properties"), first.p, first.n))
      continue; // told above
    program_fault_add(c->faults, arena_printf(c->arena, "/steps/%zu/arguments%.*s", i, STR_ARG(x->pointer)),
                      "expected %.*s, found %.*s", STR_ARG(x->expected), STR_ARG(x->found));
  }
  yyjson_mut_doc_free(doc);
}

// ---- the order of the steps: by what their queries read

static bool check_query(struct program_checking *c, struct str sql, struct str at, struct table_result *out) {
  struct err why;
  if (table_compile(c->set, sql, c->in->params, c->arena, out, &why)) return true;
  program_fault_err(c->faults, at, &why);
  return false;
}

static uint32_t check_reads(struct program_checking *c) {
  uint32_t reads = 0;
  for (size_t i = 0; i < c->in->program->step_count; i++) {
    const struct table *t = table_find(c->set, c->in->program->steps[i].id);
    if (t && table_was_read(t)) reads |= 1u << i;
  }
  return reads;
}

// The queries of references in arguments; each is compiled, and what it reads collected.
static bool check_reference_queries(struct program_checking *c, yyjson_val *v, struct str at,
                                    uint32_t *reads) {
  struct str text, json;
  struct table_result r;
  size_t i, n;
  yyjson_val *key, *inner;
  bool ok = true;
  enum program_ref ref = program_ref_of(v, &text, &json);
  if (ref == PROGRAM_SQL || ref == PROGRAM_ROWS) {
    ok = check_query(c, text, at, &r);
    if (ok) *reads |= check_reads(c);
    if (ok && ref == PROGRAM_SQL && r.column_count != 1) {
      program_fault_add(c->faults, at, "{\"$sql\": …} gives one cell, and the query has %zu columns",
                        r.column_count);
      ok = false;
    }
    return ok;
  }
  if (ref != PROGRAM_NO_REF) return true;
  if (yyjson_is_obj(v))
    yyjson_obj_foreach (v, i, n, key, inner)
      ok = check_reference_queries(
               c, inner, arena_printf(c->arena, "%.*s/%.*s", STR_ARG(at), STR_ARG(json_text(key))), reads) &&
           ok;
  if (yyjson_is_arr(v))
    yyjson_arr_foreach (v, i, n, inner)
      ok = check_reference_queries(c, inner, arena_printf(c->arena, "%.*s/%zu", STR_ARG(at), i), reads) && ok;
  return ok;
}

// The columns that a remote tool's outputSchema promises for its rows: those of the array's items, or of the object.
static yyjson_val *check_row_schema(yyjson_val *output) {
  for (int depth = 0; output && depth < 4; depth++) {
    if (str_is(json_str(output, "type"), "array")) return yyjson_obj_get(output, "items");
    size_t i, n, arrays = 0;
    yyjson_val *key, *v, *array = NULL;
    yyjson_obj_foreach (yyjson_obj_get(output, "properties"), i, n, key, v)
      if (str_is(json_str(v, "type"), "array") &&
          str_is(json_str(yyjson_obj_get(v, "items"), "type"), "object"))
        arrays++, array = v;
    if (arrays != 1) return NULL; // which of them the rows are is found in the answer
    output = array;
  }
  return NULL;
}

static enum table_type check_column_type(yyjson_val *schema) {
  struct str type = json_str(schema, "type"), format = json_str(schema, "format");
  if (str_is(type, "integer")) return TABLE_INTEGER;
  if (str_is(type, "number")) return TABLE_DECIMAL;
  if (str_is(type, "boolean")) return TABLE_BOOLEAN;
  if (str_is(type, "array")) return TABLE_JSON;
  return str_is(format, "date-time") || str_is(format, "date") ? TABLE_TIME : TABLE_TEXT;
}

// Nested objects become columns as table/rows makes them of values.
static bool check_expect_columns(struct table *t, yyjson_val *schema, struct str prefix, int depth,
                                 struct arena *a, struct err *err) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (yyjson_obj_get(schema, "properties"), i, n, key, v) {
    struct str name =
        prefix.n ? arena_printf(a, "%.*s__%.*s", STR_ARG(prefix), STR_ARG(json_text(key))) : json_text(key);
    bool object = yyjson_obj_get(v, "properties") && depth < TABLE_NESTED_MOST;
    if (object ? !check_expect_columns(t, v, name, depth + 1, a, err)
               : !table_expect(t, name, check_column_type(v), err))
      return false;
  }
  return true;
}

bool program_is_account(struct str column) {
  return str_is_nocase(column, "account");
}

bool program_expect(const struct program_step *s, const struct plan_step *p,
                    const struct table_result *for_each, struct table *t, struct err *err) {
  struct arena *a = arena_new();
  bool ok = true;
  if (s->many) ok = table_expect(t, STR("account"), TABLE_TEXT, err);
  for (size_t i = 0; ok && for_each && !s->batch && i < for_each->column_count; i++)
    ok = (s->many && program_is_account(for_each->columns[i].name)) ||
         table_expect(t, for_each->columns[i].name, for_each->columns[i].type, err);
  yyjson_val *output =
      p->target_count ? yyjson_obj_get(p->targets[0].tool.tool->definition, "outputSchema") : NULL;
  yyjson_val *row = output && !s->rows.n ? check_row_schema(output) : NULL;
  if (ok && row) ok = check_expect_columns(t, row, STR(""), 0, a, err);
  yyjson_val *more = row ? yyjson_obj_get(row, "additionalProperties") : NULL;
  if (ok && row && yyjson_is_false(more)) table_is_complete(t);
  arena_free(a);
  return ok;
}

static bool check_new_set(struct program_checking *c) {
  struct err why;
  table_set_free(c->set);
  c->set = NULL;
  bool ok = table_set_new(c->in->limits, c->in->clock, &c->set, &why);
  for (size_t i = 0; ok && i < c->in->table_count; i++) {
    struct table *t = table_begin(c->set, c->in->tables[i].name);
    for (size_t k = 0; ok && k < c->in->tables[i].column_count; k++)
      ok = table_expect(t, c->in->tables[i].columns[k].name, c->in->tables[i].columns[k].type, &why);
    table_is_complete(t);
    ok = ok && table_seal(t, &why);
  }
  if (!ok) program_fault_err(c->faults, STR(""), &why);
  return ok;
}

static bool check_batch_table(struct program_checking *c, const struct table_result *for_each) {
  struct err why;
  struct table *t = table_begin(c->set, STR("batch"));
  bool ok = t != NULL;
  for (size_t i = 0; ok && i < for_each->column_count; i++)
    ok = table_expect(t, for_each->columns[i].name, for_each->columns[i].type, &why);
  if (ok) ok = table_seal(t, &why);
  return ok;
}

// First with every table open and empty, only to see who reads whom.
static bool check_order(struct program_checking *c) {
  const struct program *p = c->in->program;
  struct table_result none = {0};
  bool ok = check_new_set(c);
  struct err why;
  for (size_t i = 0; ok && i < p->step_count; i++) {
    struct table *t = p->steps[i].id.n ? table_begin(c->set, p->steps[i].id) : NULL;
    if (t && !table_seal(t, &why)) ok = false;
  }
  ok = ok && check_batch_table(c, &none);
  size_t before = c->faults->count;
  for (size_t i = 0; ok && i < p->step_count; i++) {
    struct table_result r;
    if (p->steps[i].for_each.n && check_query(c, p->steps[i].for_each, check_at(c, i, "/for_each"), &r))
      c->plan->steps[i].after |= check_reads(c);
    check_reference_queries(c, p->steps[i].arguments, check_at(c, i, "/arguments"), &c->plan->steps[i].after);
  }
  for (size_t i = 0; ok && i < p->result_count; i++) {
    struct table_result r;
    struct str at = arena_printf(c->arena, "/results/%.*s/query", STR_ARG(p->results[i].name));
    if (p->results[i].query.n && check_query(c, p->results[i].query, at, &r))
      c->plan->result_reads[i] = check_reads(c);
  }
  return ok && c->faults->count == before;
}

static bool check_next(const struct program *p, const struct plan *plan, uint32_t done, size_t *out) {
  for (size_t i = 0; i < p->step_count; i++)
    if (!(done & 1u << i) && (plan->steps[i].after & ~done) == 0) return *out = i, true;
  return false;
}

// Then in that order, each with the columns that are known when its turn comes.
static void check_columns(struct program_checking *c) {
  const struct program *p = c->in->program;
  uint32_t done = 0;
  size_t i;
  struct err why;
  if (!check_new_set(c)) return;
  while (check_next(p, c->plan, done, &i)) {
    const struct program_step *s = &p->steps[i];
    struct table_result rows = {0};
    uint32_t unused = 0;
    bool sound = !s->for_each.n || check_query(c, s->for_each, check_at(c, i, "/for_each"), &rows);
    struct table *t = table_begin(c->set, s->id);
    if (sound && !(program_expect(s, &c->plan->steps[i], s->for_each.n ? &rows : NULL, t, &why) &&
                   table_seal(t, &why)))
      program_fault_err(c->faults, check_at(c, i, ""), &why);
    if (!sound) (void)!table_seal(t, &why);
    if (s->batch && table_find(c->set, STR("batch")) == NULL) check_batch_table(c, &rows);
    check_reference_queries(c, s->arguments, check_at(c, i, "/arguments"), &unused);
    done |= 1u << i;
  }
  for (i = 0; i < p->step_count; i++)
    if (!(done & 1u << i))
      program_fault_add(c->faults, check_at(c, i, ""),
                        "the step '%.*s' waits for itself, through what its queries read",
                        STR_ARG(p->steps[i].id));
  for (i = 0; i < p->result_count; i++) {
    struct table_result r;
    struct str at = arena_printf(c->arena, "/results/%.*s/query", STR_ARG(p->results[i].name));
    if (!check_query(c, p->results[i].query, at, &r) || !p->results[i].time_column.n) continue;
    bool there = false;
    for (size_t k = 0; k < r.column_count; k++)
      there = there || str_eq_nocase(r.columns[k].name, p->results[i].time_column);
    if (!there)
      program_fault_add(c->faults,
                        arena_printf(c->arena, "/results/%.*s/time/column", STR_ARG(p->results[i].name)),
                        "the query gives no column '%.*s'", STR_ARG(p->results[i].time_column));
  }
}

bool program_check(const struct program_check_input *in, struct arena *a, struct plan *out,
                   struct program_faults *faults) {
  struct program_checking c = {.in = in, .arena = a, .plan = out, .faults = faults};
  size_t before = faults->count;
  *out = (struct plan){.calls_known = true};
  check_tools(&c);
  for (size_t i = 0; i < in->program->step_count; i++) {
    const struct program_step *s = &in->program->steps[i];
    if (out->steps[i].target_count) check_arguments_of(&c, i);
    if (s->for_each.n)
      out->calls_known = false;
    else
      out->calls_least += out->steps[i].target_count;
  }
  if (check_order(&c)) check_columns(&c);
  table_set_free(c.set);
  return faults->count == before;
}

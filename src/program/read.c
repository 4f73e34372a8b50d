// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>

#include "data/json.h"
#include "program/program.h"
#include "table/table.h"

struct read {
  struct arena *arena;
  struct program *program;
  struct program_faults *faults;
};

static const char *const program_types[] = {"text", "integer", "number", "boolean", "time", "zone"};

const char *program_type_name(enum program_type type) {
  return program_types[type];
}

static const char *read_kind(yyjson_val *v) {
  if (!v) return "nothing";
  if (yyjson_is_num(v) || yyjson_is_raw(v)) return "a number";
  if (yyjson_is_bool(v)) return "a boolean";
  if (yyjson_is_str(v)) return "a text";
  if (yyjson_is_arr(v)) return "an array";
  return yyjson_is_obj(v) ? "an object" : "null";
}

static struct str read_at(struct read *r, const char *format, ...) PRINTF_LIKE(2, 3);

static struct str read_at(struct read *r, const char *format, ...) {
  char text[200];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return arena_dup(r->arena, str_of(text));
}

static struct str read_member_at(struct read *r, struct str base, struct str key) {
  struct buf pointer = BUF_MAX(1024);
  buf_add(&pointer, base);
  json_pointer_push(&pointer, key);
  struct str copy = arena_dup(r->arena, buf_str(&pointer));
  buf_free(&pointer);
  return copy;
}

// Members that no version-1 program has, with the nearest that it may have.
static void read_known(struct read *r, yyjson_val *object, struct str base, const struct str *allowed,
                       size_t count) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (object, i, n, key, v) {
    bool known = false;
    for (size_t k = 0; k < count; k++) known = known || str_eq(json_text(key), allowed[k]);
    if (known) continue;
    program_fault_add(r->faults, read_member_at(r, base, json_text(key)), "unknown member '%.*s'",
                      STR_ARG(json_text(key)));
    program_fault_hint_words(r->faults, json_text(key), allowed, count);
  }
}

static struct str read_text(struct read *r, yyjson_val *object, const char *key, struct str base, size_t most,
                            bool must) {
  yyjson_val *v = yyjson_obj_get(object, key);
  struct str at = read_member_at(r, base, str_of(key)), text = json_text(v);
  if (!v || yyjson_is_null(v)) {
    if (must) program_fault_add(r->faults, at, "'%s' is missing: a text", key);
    return STR("");
  }
  if (!yyjson_is_str(v))
    program_fault_add(r->faults, at, "'%s' is a text, not %s", key, read_kind(v));
  else if (must && !str_trim(text).n)
    program_fault_add(r->faults, at, "'%s' is empty", key);
  else if (text.n > most)
    program_fault_add(r->faults, at, "'%s' has %zu bytes, of %zu allowed", key, text.n, most);
  return text;
}

static int64_t read_count(struct read *r, yyjson_val *object, const char *key, struct str base,
                          int64_t most) {
  yyjson_val *v = yyjson_obj_get(object, key);
  int64_t n = 0;
  if (!v || yyjson_is_null(v)) return 0;
  bool ok = yyjson_is_raw(v) ? str_to_i64(json_raw_number(v), &n)
                             : yyjson_is_int(v) && ((n = yyjson_get_sint(v)), true);
  if (ok && n >= 1 && n <= most) return n;
  program_fault_add(r->faults, read_member_at(r, base, str_of(key)), "'%s' is a whole number from 1 to %lld",
                    key, (long long)most);
  return 0;
}

// ---- parameters

static bool read_is_number(yyjson_val *v) {
  return yyjson_is_raw(v) || yyjson_is_num(v);
}

static enum program_type read_type_of(struct str name, yyjson_val *v) {
  if (str_is(name, "since") || str_is(name, "until")) return PROGRAM_TIME;
  if (str_is(name, "zone")) return PROGRAM_ZONE;
  if (yyjson_is_bool(v)) return PROGRAM_BOOLEAN;
  if (!read_is_number(v)) return PROGRAM_TEXT;
  int64_t whole;
  return yyjson_is_raw(v) ? (str_to_i64(json_raw_number(v), &whole) ? PROGRAM_INTEGER : PROGRAM_NUMBER)
                          : (yyjson_is_int(v) ? PROGRAM_INTEGER : PROGRAM_NUMBER);
}

static void read_parameter_object(struct read *r, yyjson_val *v, struct str at, struct program_parameter *p) {
  static const struct str members[] = {{"type", 4}, {"default", 7}, {"description", 11}};
  read_known(r, v, at, members, 3);
  p->value = yyjson_obj_get(v, "default");
  if (yyjson_is_null(p->value)) p->value = NULL;
  p->description = read_text(r, v, "description", at, 500, false);
  struct str type = read_text(r, v, "type", at, 32, false);
  p->type = read_type_of(p->name, p->value);
  if (!type.n) return;
  int t = 0;
  while (t < PROGRAM_TYPES && !str_is(type, program_types[t])) t++;
  if (str_is(type, "string")) t = PROGRAM_TEXT; // as JSON Schema calls it
  if (t < PROGRAM_TYPES) {
    p->type = (enum program_type)t;
    return;
  }
  program_fault_add(r->faults, read_member_at(r, at, STR("type")), "unknown type '%.*s'", STR_ARG(type));
  program_fault_hint(r->faults, "text, integer, number, boolean, time or zone");
}

static bool read_name_is_sound(struct str name) {
  for (size_t i = 0; i < name.n; i++) {
    char c = name.p[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(i && c >= '0' && c <= '9')) return false;
  }
  return name.n > 0 && name.n <= TABLE_NAME_MOST;
}

static void read_parameters(struct read *r, yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *value;
  if (!v || yyjson_is_null(v)) return;
  if (!yyjson_is_obj(v))
    return program_fault_add(r->faults, STR("/parameters"),
                             "'parameters' is an object of names and defaults, not %s", read_kind(v));
  yyjson_obj_foreach (v, i, n, key, value) {
    struct str at = read_member_at(r, STR("/parameters"), json_text(key));
    if (r->program->parameter_count == PROGRAM_PARAMETERS_MOST)
      return program_fault_add(r->faults, at, "a program has at most %d parameters", PROGRAM_PARAMETERS_MOST);
    struct program_parameter *p = &r->program->parameters[r->program->parameter_count++];
    *p = (struct program_parameter){.name = json_text(key), .description = STR("")};
    if (!read_name_is_sound(p->name))
      program_fault_add(r->faults, at, "a name of a parameter has letters, digits and '_'");
    if (yyjson_is_obj(value)) {
      read_parameter_object(r, value, at, p);
    } else if (yyjson_is_arr(value) || yyjson_is_null(value)) {
      program_fault_add(r->faults, at,
                        "a parameter is its default (a text, a number, a boolean) or {\"type\", \"default\", "
                        "\"description\"}, not %s",
                        read_kind(value));
    } else {
      p->value = value;
      p->type = read_type_of(p->name, value);
    }
  }
}

// ---- references

enum program_ref program_ref_of(yyjson_val *v, struct str *text, struct str *json) {
  static const struct {
    const char *key;
    enum program_ref ref;
  } refs[] = {
      {"$", PROGRAM_COLUMN}, {"$param", PROGRAM_PARAM}, {"$sql", PROGRAM_SQL}, {"$rows", PROGRAM_ROWS}};
  for (size_t i = 0; yyjson_is_obj(v) && i < sizeof refs / sizeof *refs; i++) {
    yyjson_val *what = yyjson_obj_get(v, refs[i].key);
    if (!what) continue;
    *text = json_text(what);
    *json = json_str(v, "$json");
    return refs[i].ref;
  }
  return PROGRAM_NO_REF;
}

static void read_reference(struct read *r, yyjson_val *v, struct str at, const struct program_step *s) {
  static const struct str types[] = {{"string", 6},  {"integer", 7}, {"number", 6},
                                     {"boolean", 7}, {"array", 5},   {"object", 6}};
  struct str text, json;
  enum program_ref ref = program_ref_of(v, &text, &json);
  size_t i, n;
  yyjson_val *key, *value;
  yyjson_obj_foreach (v, i, n, key, value) {
    struct str name = json_text(key);
    bool known = str_is(name, "$") || str_is(name, "$param") || str_is(name, "$sql") ||
                 str_is(name, "$rows") || str_is(name, "$json");
    if (!known || !yyjson_is_str(value))
      program_fault_add(r->faults, at,
                        known ? "'%.*s' of a reference is a text"
                              : "a reference has '%.*s' beside it, which is taken for nothing",
                        STR_ARG(name));
  }
  if (yyjson_obj_size(v) > 1 + (json.p != NULL))
    program_fault_add(r->faults, at, "a reference is one of $, $param, $sql and $rows");
  if (ref == PROGRAM_COLUMN && !s->for_each.n) {
    program_fault_add(r->faults, at,
                      "{\"$\": …} takes a column of the step's for_each, and the step has none");
    program_fault_hint(r->faults, "give the step a for_each, or take one cell with {\"$sql\": \"SELECT …\"}");
  }
  if (ref == PROGRAM_COLUMN && s->batch) {
    program_fault_add(r->faults, at,
                      "a batch is several rows: take them with {\"$rows\": \"SELECT column FROM batch\"}");
  }
  if (ref == PROGRAM_PARAM && !program_parameter_find(r->program, text)) {
    struct str names[PROGRAM_PARAMETERS_MOST];
    for (size_t k = 0; k < r->program->parameter_count; k++) names[k] = r->program->parameters[k].name;
    program_fault_add(r->faults, at, "there is no parameter '%.*s'", STR_ARG(text));
    program_fault_hint_words(r->faults, text, names, r->program->parameter_count);
  }
  bool ok = !json.p;
  for (size_t k = 0; k < sizeof types / sizeof *types; k++) ok = ok || str_eq(json, types[k]);
  if (!ok) {
    program_fault_add(r->faults, at, "'$json' names no type of JSON: '%.*s'", STR_ARG(json));
    program_fault_hint_words(r->faults, json, types, sizeof types / sizeof *types);
  }
}

static void read_arguments(struct read *r, yyjson_val *v, struct str at, const struct program_step *s,
                           int depth) {
  struct str text, json;
  size_t i, n;
  yyjson_val *key, *value;
  if (depth > PROGRAM_DEPTH_MOST)
    return program_fault_add(r->faults, at, "arguments nest deeper than %d", PROGRAM_DEPTH_MOST);
  if (program_ref_of(v, &text, &json) != PROGRAM_NO_REF) return read_reference(r, v, at, s);
  if (yyjson_is_obj(v)) {
    yyjson_obj_foreach (v, i, n, key, value) {
      if (str_starts(json_text(key), "$") && depth) {
        program_fault_add(r->faults, read_member_at(r, at, json_text(key)), "unknown reference '%.*s'",
                          STR_ARG(json_text(key)));
        program_fault_hint(r->faults, "references are $, $param, $sql and $rows");
      }
      read_arguments(r, value, read_member_at(r, at, json_text(key)), s, depth + 1);
    }
  } else if (yyjson_is_arr(v)) {
    yyjson_arr_foreach (v, i, n, value)
      read_arguments(r, value, read_at(r, "%.*s/%zu", (int)(at.n < 150 ? at.n : 150), at.p, i), s, depth + 1);
  }
}

// ---- steps

static void read_accounts(struct read *r, yyjson_val *v, struct str at, struct program_step *s) {
  size_t i, n;
  yyjson_val *name;
  if (!v || yyjson_is_null(v)) return;
  s->many = yyjson_is_arr(v);
  if (yyjson_is_str(v)) {
    s->accounts[s->account_count++] = json_text(v);
    return;
  }
  if (!s->many)
    return program_fault_add(r->faults, at, "'account' is a name, or a list of names, not %s", read_kind(v));
  if (yyjson_arr_size(v) == 0) program_fault_add(r->faults, at, "the list of accounts is empty");
  yyjson_arr_foreach (v, i, n, name) {
    if (!yyjson_is_str(name))
      program_fault_add(r->faults, read_at(r, "%.*s/%zu", STR_ARG(at), i), "an account is a name, not %s",
                        read_kind(name));
    else if (s->account_count == PROGRAM_ACCOUNTS_MOST)
      return program_fault_add(r->faults, at, "a step has at most %d accounts", PROGRAM_ACCOUNTS_MOST);
    else
      s->accounts[s->account_count++] = json_text(name);
  }
}

static void read_step(struct read *r, yyjson_val *v, struct str at) {
  static const struct str members[] = {{"id", 2},    {"account", 7},   {"tool", 4}, {"for_each", 8},
                                       {"batch", 5}, {"arguments", 9}, {"rows", 4}, {"pages", 5}};
  struct program_step *s = &r->program->steps[r->program->step_count++];
  *s = (struct program_step){0};
  if (!yyjson_is_obj(v)) return program_fault_add(r->faults, at, "a step is an object, not %s", read_kind(v));
  struct err why;
  read_known(r, v, at, members, sizeof members / sizeof *members);
  s->id = read_text(r, v, "id", at, TABLE_NAME_MOST, true);
  if (s->id.n && (!table_name_is_sound(s->id, &why) || str_is_nocase(s->id, "batch"))) {
    if (str_is_nocase(s->id, "batch"))
      err_set(&why, ERR_INVALID, "'batch' is what a step's own rows are called; choose another id");
    program_fault_err(r->faults, read_member_at(r, at, STR("id")), &why);
  }
  for (size_t i = 0; i + 1 < r->program->step_count; i++)
    if (s->id.n && str_eq_nocase(r->program->steps[i].id, s->id))
      program_fault_add(r->faults, read_member_at(r, at, STR("id")), "'%.*s' is the id of another step too",
                        STR_ARG(s->id));
  s->tool = read_text(r, v, "tool", at, 200, true);
  s->for_each = read_text(r, v, "for_each", at, TABLE_SQL_MOST, false);
  s->batch = (int)read_count(r, v, "batch", at, PROGRAM_BATCH_MOST);
  s->pages = read_count(r, v, "pages", at, 1000000);
  s->rows = read_text(r, v, "rows", at, 200, false);
  if (s->rows.n && s->rows.p[0] != '/') {
    program_fault_add(r->faults, read_member_at(r, at, STR("rows")),
                      "'rows' is a JSON pointer such as /result or /data/zones/*/events");
  }
  if (s->batch && !s->for_each.n)
    program_fault_add(r->faults, read_member_at(r, at, STR("batch")),
                      "'batch' groups the rows of a for_each, and the step has none");
  read_accounts(r, yyjson_obj_get(v, "account"), read_member_at(r, at, STR("account")), s);
  s->arguments = yyjson_obj_get(v, "arguments");
  struct str arguments_at = read_member_at(r, at, STR("arguments"));
  if (yyjson_is_null(s->arguments)) s->arguments = NULL;
  if (s->arguments && !yyjson_is_obj(s->arguments)) {
    program_fault_add(r->faults, arguments_at, "'arguments' is an object, not %s", read_kind(s->arguments));
    s->arguments = NULL;
  }
  if (s->arguments) read_arguments(r, s->arguments, arguments_at, s, 0);
}

static void read_steps(struct read *r, yyjson_val *v) {
  size_t i, n;
  yyjson_val *step;
  if (!v || yyjson_is_null(v)) return; // over kept results and given tables alone
  if (!yyjson_is_arr(v))
    return program_fault_add(r->faults, STR("/steps"), "'steps' is an array of calls, not %s", read_kind(v));
  yyjson_arr_foreach (v, i, n, step) {
    if (i == PROGRAM_STEPS_MOST)
      return program_fault_add(r->faults, STR("/steps"), "a program has at most %d steps",
                               PROGRAM_STEPS_MOST);
    read_step(r, step, read_at(r, "/steps/%zu", i));
  }
}

// ---- results that were kept

static void read_tables(struct read *r, yyjson_val *v) {
  static const struct str members[] = {{"kept", 4}, {"result", 6}};
  size_t i, n;
  yyjson_val *key, *table;
  struct err why;
  if (!v || yyjson_is_null(v)) return;
  if (!yyjson_is_obj(v))
    return program_fault_add(r->faults, STR("/tables"),
                             "'tables' is an object of names and kept results, not %s", read_kind(v));
  yyjson_obj_foreach (v, i, n, key, table) {
    struct str at = read_member_at(r, STR("/tables"), json_text(key));
    if (i == PROGRAM_TABLES_MOST)
      return program_fault_add(r->faults, STR("/tables"), "a program has at most %d tables",
                               PROGRAM_TABLES_MOST);
    struct program_kept *out = &r->program->tables[r->program->table_count++];
    *out = (struct program_kept){.name = json_text(key)};
    if (!table_name_is_sound(out->name, &why)) program_fault_err(r->faults, at, &why);
    if (!yyjson_is_obj(table)) {
      program_fault_add(r->faults, at, "a table is {\"kept\", \"result\"}, not %s", read_kind(table));
      continue;
    }
    read_known(r, table, at, members, 2);
    out->handle = read_text(r, table, "kept", at, 100, true);
    out->result = read_text(r, table, "result", at, TABLE_NAME_MOST, false);
    for (size_t k = 0; k < r->program->step_count; k++)
      if (str_eq_nocase(r->program->steps[k].id, out->name))
        program_fault_add(r->faults, at, "'%.*s' is the id of a step too", STR_ARG(out->name));
  }
}

// ---- results

static void read_time(struct read *r, yyjson_val *v, struct str at, struct program_result *out) {
  static const struct str members[] = {{"column", 6}, {"bucket", 6}};
  enum zone_unit unit;
  if (!v || yyjson_is_null(v)) return;
  if (!yyjson_is_obj(v))
    return program_fault_add(r->faults, at, "'time' is {\"column\", \"bucket\"}, not %s", read_kind(v));
  read_known(r, v, at, members, 2);
  out->time_column = read_text(r, v, "column", at, TABLE_COLUMN_MOST, true);
  out->time_bucket = read_text(r, v, "bucket", at, 32, true);
  struct str rest = out->time_bucket, number;
  if (str_find(rest, ' ') > 0) str_cut(&rest, ' ', &number);
  if (rest.n && !zone_unit_read(rest, &unit)) {
    program_fault_add(r->faults, read_member_at(r, at, STR("bucket")), "unknown bucket '%.*s'",
                      STR_ARG(out->time_bucket));
    program_fault_hint(r->faults, "minute, hour, day, week, month, quarter or year, or several: 15 minutes");
  }
}

static yyjson_val *read_object(struct read *r, yyjson_val *object, const char *key, struct str base) {
  yyjson_val *v = yyjson_obj_get(object, key);
  if (!v || yyjson_is_null(v) || yyjson_is_obj(v)) return yyjson_is_obj(v) ? v : NULL;
  program_fault_add(r->faults, read_member_at(r, base, str_of(key)), "'%s' is an object, not %s", key,
                    read_kind(v));
  return NULL;
}

static void read_columns(struct read *r, yyjson_val *v, struct str base) {
  static const struct str members[] = {{"kind", 4}, {"unit", 4}, {"title", 5}, {"type", 4}};
  static const struct str kinds[] = {{"count", 5}, {"gauge", 5}, {"ratio", 5}};
  struct str at = read_member_at(r, base, STR("columns"));
  size_t i, n;
  yyjson_val *key, *column;
  yyjson_obj_foreach (v, i, n, key, column) {
    struct str here = read_member_at(r, at, json_text(key));
    if (!yyjson_is_obj(column)) {
      program_fault_add(r->faults, here, "a column's words are an object, not %s", read_kind(column));
      continue;
    }
    read_known(r, column, here, members, sizeof members / sizeof *members);
    struct str kind = read_text(r, column, "kind", here, 32, false);
    enum table_type type;
    struct str word = read_text(r, column, "type", here, 32, false);
    if (kind.n && !str_eq(kind, kinds[0]) && !str_eq(kind, kinds[1]) && !str_eq(kind, kinds[2])) {
      program_fault_add(r->faults, read_member_at(r, here, STR("kind")), "unknown kind '%.*s'",
                        STR_ARG(kind));
      program_fault_hint_words(r->faults, kind, kinds, 3);
    }
    if (word.n && !table_type_read(word, &type)) {
      program_fault_add(r->faults, read_member_at(r, here, STR("type")), "unknown type '%.*s'",
                        STR_ARG(word));
      program_fault_hint(r->faults, "text, integer, decimal, boolean, time or json");
    }
  }
}

static void read_results(struct read *r, yyjson_val *v) {
  static const struct str members[] = {{"query", 5}, {"title", 5}, {"columns", 7}, {"chart", 5}, {"time", 4}};
  size_t i, n;
  yyjson_val *key, *result;
  if (!yyjson_is_obj(v))
    return program_fault_add(r->faults, STR("/results"), "'results' is an object of named queries, not %s",
                             read_kind(v));
  if (yyjson_obj_size(v) == 0)
    program_fault_add(r->faults, STR("/results"), "'results' is empty: a program gives something");
  yyjson_obj_foreach (v, i, n, key, result) {
    struct str at = read_member_at(r, STR("/results"), json_text(key));
    if (i == PROGRAM_RESULTS_MOST)
      return program_fault_add(r->faults, STR("/results"), "a program has at most %d results",
                               PROGRAM_RESULTS_MOST);
    struct program_result *out = &r->program->results[r->program->result_count++];
    *out = (struct program_result){.name = json_text(key)};
    if (!read_name_is_sound(out->name))
      program_fault_add(r->faults, at, "a name of a result has letters, digits and '_'");
    if (yyjson_is_str(result)) { // the query alone
      out->query = json_text(result);
      continue;
    }
    if (!yyjson_is_obj(result)) {
      program_fault_add(r->faults, at, "a result is an object with a 'query', not %s", read_kind(result));
      continue;
    }
    read_known(r, result, at, members, sizeof members / sizeof *members);
    out->query = read_text(r, result, "query", at, TABLE_SQL_MOST, true);
    out->title = read_text(r, result, "title", at, PROGRAM_TITLE_MOST, false);
    out->columns = read_object(r, result, "columns", at);
    out->chart = read_object(r, result, "chart", at);
    if (out->columns) read_columns(r, out->columns, at);
    read_time(r, yyjson_obj_get(result, "time"), read_member_at(r, at, STR("time")), out);
  }
}

// ---- the whole

const struct program_parameter *program_parameter_find(const struct program *p, struct str name) {
  for (size_t i = 0; i < p->parameter_count; i++)
    if (str_eq(p->parameters[i].name, name)) return &p->parameters[i];
  return NULL;
}

bool program_read(yyjson_val *root, struct arena *a, struct program *out, struct program_faults *faults) {
  static const struct str members[] = {{"version", 7}, {"title", 5},  {"parameters", 10},
                                       {"steps", 5},   {"tables", 6}, {"results", 7}};
  struct read r = {.arena = a, .program = out, .faults = faults};
  size_t before = faults->count;
  *out = (struct program){.root = root, .title = STR("")};
  if (!yyjson_is_obj(root)) {
    program_fault_add(faults, STR(""), "a program is a JSON object, not %s", read_kind(root));
    return false;
  }
  read_known(&r, root, STR(""), members, sizeof members / sizeof *members);
  yyjson_val *version = yyjson_obj_get(root, "version");
  int64_t number = yyjson_is_raw(version) ? 0 : yyjson_get_sint(version);
  if (yyjson_is_raw(version) && !str_to_i64(json_raw_number(version), &number)) number = 0;
  if (!version || number != PROGRAM_VERSION) {
    program_fault_add(faults, STR("/version"), "'version' is %s",
                      version ? "of a form that this Postern does not know" : "missing");
    program_fault_hint(faults, "write \"version\": %d", PROGRAM_VERSION);
  }
  out->title = read_text(&r, root, "title", STR(""), PROGRAM_TITLE_MOST, false);
  read_parameters(&r, yyjson_obj_get(root, "parameters"));
  read_steps(&r, yyjson_obj_get(root, "steps"));
  read_tables(&r, yyjson_obj_get(root, "tables"));
  read_results(&r, yyjson_obj_get(root, "results"));
  return faults->count == before;
}

// SPDX-License-Identifier: Apache-2.0
#include "program/bind.h"

#include <stdio.h>

#include "base/clock.h"
#include "data/json.h"
#include "data/meaning.h"
#include "program/when.h"
#include "table/moment.h"

enum { BIND_REFS_MOST = 16 }; // $ref after $ref in a schema

// ---- parameters

static struct table_cell bind_cell_text(struct arena *a, struct str text) {
  return (struct table_cell){.kind = TABLE_CELL_TEXT, .text = arena_dup(a, text)};
}

static bool bind_number(yyjson_val *v, struct table_cell *out) {
  struct str raw = json_raw_number(v);
  char digits[64];
  if (raw.p && str_to_i64(raw, &out->integer)) return out->kind = TABLE_CELL_INTEGER, true;
  if (raw.p && raw.n < sizeof digits) {
    snprintf(digits, sizeof digits, "%.*s", STR_ARG(raw));
    out->real = strtod(digits, NULL);
    return out->kind = TABLE_CELL_REAL, true;
  }
  if (yyjson_is_int(v)) return out->integer = yyjson_get_sint(v), out->kind = TABLE_CELL_INTEGER, true;
  if (yyjson_is_real(v)) return out->real = yyjson_get_real(v), out->kind = TABLE_CELL_REAL, true;
  return false;
}

static bool bind_zone(struct str name, struct table_clock *clock, struct str at,
                      struct program_faults *faults) {
  struct err why;
  if (zone_find(name, &clock->zone, &why)) return true;
  program_fault_err(faults, at, &why);
  return false;
}

static struct table_cell bind_parameter(const struct program_parameter *p, yyjson_val *v,
                                        const struct table_clock *clock, struct arena *a, struct str at,
                                        struct program_faults *faults) {
  struct table_cell cell = {.kind = TABLE_CELL_NULL};
  struct err why;
  int64_t ms;
  if (!v || yyjson_is_null(v)) return cell;
  if (p->type == PROGRAM_TIME && yyjson_is_str(v)) {
    char text[MOMENT_TEXT];
    if (!when_read(json_text(v), clock, &ms, &why)) return program_fault_err(faults, at, &why), cell;
    moment_write(ms, text);
    return bind_cell_text(a, str_of(text));
  }
  if ((p->type == PROGRAM_TEXT || p->type == PROGRAM_ZONE) && yyjson_is_str(v))
    return bind_cell_text(a, json_text(v));
  if (p->type == PROGRAM_BOOLEAN && yyjson_is_bool(v))
    return (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = yyjson_is_true(v)};
  bool number = bind_number(v, &cell);
  if (number && p->type == PROGRAM_NUMBER) return cell;
  if (number && p->type == PROGRAM_INTEGER && cell.kind == TABLE_CELL_INTEGER) return cell;
  program_fault_add(faults, at, "the parameter '%.*s' is a %s", STR_ARG(p->name), program_type_name(p->type));
  return (struct table_cell){.kind = TABLE_CELL_NULL};
}

static void bind_unknown(const struct program *p, yyjson_val *given, struct arena *a,
                         struct program_faults *faults) {
  size_t i, n, count = 0;
  yyjson_val *key, *v;
  struct str names[PROGRAM_PARAMETERS_MOST + 3];
  for (; count < p->parameter_count; count++) names[count] = p->parameters[count].name;
  names[count++] = STR("since");
  names[count++] = STR("until");
  names[count++] = STR("zone");
  yyjson_obj_foreach (given, i, n, key, v) {
    bool known = false;
    for (size_t k = 0; k < count; k++) known = known || str_eq(json_text(key), names[k]);
    if (known) continue;
    program_fault_add(faults, arena_printf(a, "/parameters/%.*s", STR_ARG(json_text(key))),
                      "the program has no parameter '%.*s'", STR_ARG(json_text(key)));
    program_fault_hint_words(faults, json_text(key), names, p->parameter_count);
  }
}

static yyjson_val *bind_given(yyjson_val *given, struct str name) {
  yyjson_val *v = yyjson_is_obj(given) ? yyjson_obj_getn(given, name.p, name.n) : NULL;
  return yyjson_is_null(v) ? NULL : v;
}

bool bind_parameters(const struct program *p, yyjson_val *given, struct table_clock *clock, struct arena *a,
                     struct table_params *out, struct program_faults *faults) {
  static const struct program_parameter reserved[] = {{.name = {"zone", 4}, .type = PROGRAM_ZONE},
                                                      {.name = {"since", 5}, .type = PROGRAM_TIME},
                                                      {.name = {"until", 5}, .type = PROGRAM_TIME}};
  struct table_param *items = ARENA_ARRAY(a, p->parameter_count + 3, struct table_param);
  size_t before = faults->count, n = 0;
  bind_unknown(p, given, a, faults);
  const struct program_parameter *zone = program_parameter_find(p, STR("zone"));
  yyjson_val *named = bind_given(given, STR("zone"));
  if (!named && zone) named = zone->value;
  if (yyjson_is_str(named) && !bind_zone(json_text(named), clock, STR("/parameters/zone"), faults))
    named = NULL;
  for (size_t i = 0; i < p->parameter_count + 3; i++) {
    const struct program_parameter *q =
        i < p->parameter_count ? &p->parameters[i] : &reserved[i - p->parameter_count];
    if (i >= p->parameter_count && program_parameter_find(p, q->name)) continue;
    struct str at = arena_printf(a, "/parameters/%.*s", STR_ARG(q->name));
    yyjson_val *v = bind_given(given, q->name);
    if (!v) v = q->value;
    if (!v && i < p->parameter_count) {
      program_fault_add(faults, at, "the parameter '%.*s' has no default and must be given: a %s",
                        STR_ARG(q->name), program_type_name(q->type));
      continue;
    }
    items[n++] = (struct table_param){q->name, bind_parameter(q, v, clock, a, at, faults)};
    if (q->type == PROGRAM_ZONE && items[n - 1].cell.kind == TABLE_CELL_NULL)
      items[n - 1].cell = bind_cell_text(a, zone_name(clock->zone));
  }
  *out = (struct table_params){items, n};
  return faults->count == before;
}

// ---- what a schema asks for

enum {
  BIND_STRING = 1,
  BIND_INTEGER = 2,
  BIND_NUMBER = 4,
  BIND_BOOLEAN = 8,
  BIND_ARRAY = 16,
  BIND_OBJECT = 32
};

static unsigned bind_type_word(struct str word) {
  static const char *const words[] = {"string", "integer", "number", "boolean", "array", "object"};
  for (unsigned i = 0; i < 6; i++)
    if (str_is(word, words[i])) return 1u << i;
  return 0;
}

static yyjson_val *bind_deref(yyjson_val *root, yyjson_val *schema) {
  for (int i = 0; i < BIND_REFS_MOST; i++) {
    struct str ref = json_str(schema, "$ref");
    if (!ref.n || ref.p[0] != '#') break;
    schema = json_at(root, str_from(ref, 1));
  }
  return schema;
}

static unsigned bind_wants(yyjson_val *root, yyjson_val *schema, int depth) {
  static const char *const unions[] = {"anyOf", "oneOf", "allOf"};
  schema = bind_deref(root, schema);
  yyjson_val *type = yyjson_obj_get(schema, "type"), *one;
  unsigned wants = bind_type_word(json_text(type));
  size_t i, n;
  if (yyjson_is_arr(type))
    yyjson_arr_foreach (type, i, n, one) wants |= bind_type_word(json_text(one));
  for (size_t u = 0; !wants && depth && u < 3; u++)
    yyjson_arr_foreach (yyjson_obj_get(schema, unions[u]), i, n, one)
      wants |= bind_wants(root, one, depth - 1);
  return wants;
}

static yyjson_val *bind_member_schema(yyjson_val *root, yyjson_val *schema, struct str key) {
  schema = bind_deref(root, schema);
  yyjson_val *properties = yyjson_obj_get(schema, "properties");
  return properties ? yyjson_obj_getn(properties, key.p, key.n) : NULL;
}

// How a time is written there: its format, as far as it has one, or what else says so.
#define BIND_MILLIS "milliseconds"
static struct str bind_format(const struct binding *b, yyjson_val *schema) {
  schema = bind_deref(b->schema, schema);
  struct str format = json_str(schema, "format"), said = json_str(schema, "description");
  if (meaning_is_day(format, json_str(schema, "pattern"), said)) return STR("date");
  if (meaning_is_instant(format, said) && meaning_in_millis(format, said)) return STR(BIND_MILLIS);
  return format;
}

// ---- cells as JSON

static yyjson_mut_val *bind_text(const struct binding *b, struct str s) {
  return yyjson_mut_strncpy(b->doc, s.p ? s.p : "", s.n);
}

static yyjson_mut_val *bind_time(const struct binding *b, int64_t ms, unsigned wants, struct str format) {
  char text[CLOCK_TEXT];
  if (!(wants & BIND_STRING) && wants & (BIND_INTEGER | BIND_NUMBER))
    return yyjson_mut_sint(b->doc, str_is(format, BIND_MILLIS) ? ms : ms / 1000);
  clock_rfc3339(ms, text);
  if (str_is(format, "date")) text[10] = '\0';
  return bind_text(b, str_of(text));
}

static yyjson_mut_val *bind_parsed(const struct binding *b, struct str json) {
  yyjson_doc *doc = yyjson_read(json.p, json.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_mut_val *v = doc ? yyjson_val_mut_copy(b->doc, yyjson_doc_get_root(doc)) : NULL;
  yyjson_doc_free(doc);
  return v;
}

static bool bind_is_time(const struct table_cell *cell, enum table_type type, int64_t *ms) {
  return cell->kind == TABLE_CELL_TEXT && type == TABLE_TIME && moment_read(cell->text, ms);
}

static yyjson_mut_val *bind_from_text(const struct binding *b, struct str s, enum table_type type,
                                      unsigned wants) {
  int64_t integer;
  bool container = s.n && (s.p[0] == '[' || s.p[0] == '{');
  yyjson_mut_val *v = NULL;
  if (wants & BIND_STRING && type != TABLE_JSON) return bind_text(b, s);
  if (container && (type == TABLE_JSON || wants & (BIND_ARRAY | BIND_OBJECT))) v = bind_parsed(b, s);
  if (!v && wants & (BIND_INTEGER | BIND_NUMBER) &&
      (str_to_i64(s, &integer) || type == TABLE_INTEGER || type == TABLE_DECIMAL))
    v = bind_parsed(b, s);
  if (!v && wants & BIND_BOOLEAN && (str_is(s, "true") || str_is(s, "false")))
    v = yyjson_mut_bool(b->doc, str_is(s, "true"));
  return v ? v : bind_text(b, s);
}

static yyjson_mut_val *bind_cell(const struct binding *b, const struct table_cell *cell, enum table_type type,
                                 unsigned wants, struct str format) {
  char digits[64];
  int64_t ms;
  if (bind_is_time(cell, type, &ms)) return bind_time(b, ms, wants, format);
  switch (cell->kind) {
  case TABLE_CELL_INTEGER:
    if (type == TABLE_BOOLEAN || (wants == BIND_BOOLEAN && (cell->integer == 0 || cell->integer == 1))) {
      if (!wants || wants & BIND_BOOLEAN) return yyjson_mut_bool(b->doc, cell->integer != 0);
      if (wants == BIND_STRING) return bind_text(b, cell->integer ? STR("true") : STR("false"));
    }
    if (wants == BIND_STRING) {
      snprintf(digits, sizeof digits, "%lld", (long long)cell->integer);
      return bind_text(b, str_of(digits));
    }
    return yyjson_mut_sint(b->doc, cell->integer);
  case TABLE_CELL_REAL:
    if (wants == BIND_STRING) {
      struct buf text = {.max = sizeof digits};
      table_cell_print(&text, cell, type);
      yyjson_mut_val *v = bind_text(b, buf_str(&text));
      buf_free(&text);
      return v;
    }
    return yyjson_mut_real(b->doc, cell->real);
  case TABLE_CELL_TEXT:
    return bind_from_text(b, cell->text, type, wants);
  default:
    return yyjson_mut_null(b->doc);
  }
}

// ---- references

static bool bind_query(const struct binding *b, struct str sql, struct table_result *out, struct err *err) {
  return table_select(b->set, sql, b->params, b->arena, out, err);
}

static yyjson_mut_val *bind_column(const struct binding *b, struct str name, unsigned wants,
                                   struct str format, struct err *err) {
  for (size_t i = 0; b->rows && i < b->rows->column_count; i++)
    if (str_eq_nocase(b->rows->columns[i].name, name))
      return bind_cell(b, &b->rows->cells[b->row * b->rows->column_count + i], b->rows->columns[i].type,
                       wants, format);
  err_set(err, ERR_INVALID, "for_each has no column '%.*s'", STR_ARG(name));
  return NULL;
}

static yyjson_mut_val *bind_param(const struct binding *b, struct str name, unsigned wants, struct str format,
                                  struct err *err) {
  const struct program_parameter *p = program_parameter_find(b->program, name);
  for (size_t i = 0; p && i < b->params->n; i++) {
    if (!str_eq(b->params->items[i].name, name)) continue;
    enum table_type type = p->type == PROGRAM_TIME      ? TABLE_TIME
                           : p->type == PROGRAM_BOOLEAN ? TABLE_BOOLEAN
                                                        : TABLE_TEXT;
    return bind_cell(b, &b->params->items[i].cell, type, wants, format);
  }
  err_set(err, ERR_INVALID, "there is no parameter '%.*s'", STR_ARG(name));
  return NULL;
}

static yyjson_mut_val *bind_one(const struct binding *b, struct str sql, unsigned wants, struct str format,
                                struct err *err) {
  struct table_result r;
  if (!bind_query(b, sql, &r, err)) return NULL;
  if (r.row_count == 1 && r.column_count == 1)
    return bind_cell(b, &r.cells[0], r.columns[0].type, wants, format);
  err_set(err, ERR_INVALID, "{\"$sql\": …} must give exactly one cell, and gave %zu row%s of %zu column%s",
          r.row_count, r.row_count == 1 ? "" : "s", r.column_count, r.column_count == 1 ? "" : "s");
  err_hint(err, "aggregate, or add a WHERE that one row meets");
  return NULL;
}

// One column: its values. Several: objects.
static yyjson_mut_val *bind_rows(const struct binding *b, struct str sql, yyjson_val *schema,
                                 struct err *err) {
  struct table_result r;
  if (!bind_query(b, sql, &r, err)) return NULL;
  yyjson_val *items = yyjson_obj_get(bind_deref(b->schema, schema), "items");
  struct str format = bind_format(b, items);
  yyjson_mut_val *array = yyjson_mut_arr(b->doc);
  for (size_t i = 0; i < r.row_count; i++) {
    const struct table_cell *cells = &r.cells[i * r.column_count];
    yyjson_mut_val *row = NULL;
    if (r.column_count > 1) row = yyjson_mut_obj(b->doc);
    for (size_t c = 0; c < r.column_count; c++) {
      yyjson_val *of = row ? bind_member_schema(b->schema, items, r.columns[c].name) : items;
      yyjson_mut_val *v = bind_cell(b, &cells[c], r.columns[c].type, bind_wants(b->schema, of, 4),
                                    row ? bind_format(b, of) : format);
      if (row)
        yyjson_mut_obj_add(row, bind_text(b, r.columns[c].name), v);
      else
        row = v;
      if (r.column_count == 1) break;
    }
    yyjson_mut_arr_append(array, row);
  }
  return array;
}

static yyjson_mut_val *bind_reference(const struct binding *b, yyjson_val *v, yyjson_val *schema,
                                      struct err *err) {
  struct str text, json;
  enum program_ref ref = program_ref_of(v, &text, &json);
  struct str format = bind_format(b, schema);
  unsigned wants = json.p ? bind_type_word(json) : bind_wants(b->schema, schema, 4);
  switch (ref) {
  case PROGRAM_COLUMN:
    return bind_column(b, text, wants, format, err);
  case PROGRAM_PARAM:
    return bind_param(b, text, wants, format, err);
  case PROGRAM_SQL:
    return bind_one(b, text, wants, format, err);
  default:
    return bind_rows(b, text, schema, err);
  }
}

static yyjson_mut_val *bind_value(const struct binding *b, yyjson_val *v, yyjson_val *schema, struct buf *at,
                                  struct err *err) {
  struct str text, json;
  size_t i, n, before = at->n;
  yyjson_val *key, *inner;
  yyjson_mut_val *out = NULL, *made;
  if (program_ref_of(v, &text, &json) != PROGRAM_NO_REF) {
    out = bind_reference(b, v, schema, err);
    if (!out && !err->field[0]) snprintf(err->field, sizeof err->field, "%.*s", STR_ARG(buf_str(at)));
    return out;
  }
  if (!yyjson_is_ctn(v)) return yyjson_val_mut_copy(b->doc, v);
  out = yyjson_is_obj(v) ? yyjson_mut_obj(b->doc) : yyjson_mut_arr(b->doc);
  if (yyjson_is_obj(v)) {
    yyjson_obj_foreach (v, i, n, key, inner) {
      json_pointer_push(at, json_text(key));
      made = bind_value(b, inner, bind_member_schema(b->schema, schema, json_text(key)), at, err);
      at->n = before;
      if (!made) return NULL;
      yyjson_mut_obj_add(out, bind_text(b, json_text(key)), made);
    }
    return out;
  }
  yyjson_arr_foreach (v, i, n, inner) {
    buf_printf(at, "/%zu", i);
    made = bind_value(b, inner, yyjson_obj_get(bind_deref(b->schema, schema), "items"), at, err);
    at->n = before;
    if (!made) return NULL;
    yyjson_mut_arr_append(out, made);
  }
  return out;
}

yyjson_mut_val *bind_arguments(const struct binding *b, const struct program_step *step, struct err *err) {
  struct buf at = BUF_MAX(4096);
  err->field[0] = '\0';
  yyjson_mut_val *out =
      step->arguments ? bind_value(b, step->arguments, b->schema, &at, err) : yyjson_mut_obj(b->doc);
  buf_free(&at);
  return out;
}

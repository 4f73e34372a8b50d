// SPDX-License-Identifier: Apache-2.0
#include "serve/governor.h"

#include <stdlib.h>

#include "program/keep.h"
#include "program/run.h"
#include "serve/own.h"

enum {
  GOVERNOR_TEXT_MOST = 1 << 20,
  GOVERNOR_PROJECTION_MOST = 64 << 20,
  GOVERNOR_DEPTH = 4, // of objects around the rows
  GOVERNOR_COLUMNS_MOST = 100,
  GOVERNOR_CELL_MOST = 200,
};

void governor_free(struct governor *g) {
  buf_free(&g->text);
  buf_free(&g->structured);
}

// ---- what came

static yyjson_val *governor_root(const struct call_answer *n, yyjson_doc **read) {
  struct err unused;
  if (n->form == ANSWER_JSON) return n->value;
  if (n->form != ANSWER_RESULT || json_bool(n->value, "isError", false)) return NULL;
  yyjson_val *structured = yyjson_obj_get(n->value, "structuredContent");
  if (yyjson_is_ctn(structured)) return structured;
  yyjson_val *content = yyjson_obj_get(n->value, "content");
  struct str text = json_str(yyjson_arr_get_first(content), "text");
  if (yyjson_arr_size(content) != 1 || !json_read(text, &JSON_FORGIVING, read, &unused)) return NULL;
  yyjson_val *root = yyjson_doc_get_root(*read);
  return yyjson_is_ctn(root) ? root : NULL;
}

static size_t governor_size(const struct call_answer *n) {
  if (n->form == ANSWER_JSON) return call_answer_body(n).n;
  size_t size = 0, i, count;
  yyjson_val *block;
  yyjson_arr_foreach (yyjson_obj_get(n->value, "content"), i, count, block) size += json_str(block, "text").n;
  struct buf structured = BUF_MAX(GOVERNOR_PROJECTION_MOST);
  json_write(&structured, yyjson_obj_get(n->value, "structuredContent"));
  if (structured.n > size) size = structured.n;
  buf_free(&structured);
  return size;
}

// The longest array of objects; NULL: none.
static yyjson_val *governor_rows(yyjson_val *v, unsigned depth) {
  size_t i, n;
  yyjson_val *key, *member, *best = NULL;
  if (yyjson_is_arr(v)) return yyjson_is_obj(yyjson_arr_get_first(v)) ? v : NULL;
  if (!yyjson_is_obj(v) || !depth) return NULL;
  yyjson_obj_foreach (v, i, n, key, member) {
    yyjson_val *rows = governor_rows(member, depth - 1);
    if (rows && yyjson_arr_size(rows) > yyjson_arr_size(best)) best = rows;
  }
  return best;
}

// ---- fields

// "plan.name" goes down objects; a member of that very name comes before.
static yyjson_val *governor_member(yyjson_val *row, struct str path) {
  yyjson_val *whole = yyjson_obj_getn(row, path.p, path.n);
  struct str part;
  while (!whole && row && str_cut(&path, '.', &part)) row = yyjson_obj_getn(row, part.p, part.n);
  return whole ? whole : row;
}

static void governor_project_row(const struct governor *g, yyjson_val *row, struct buf *out) {
  size_t i, n;
  bool any = false;
  yyjson_val *field;
  buf_add_char(out, '{');
  yyjson_arr_foreach (g->fields, i, n, field) {
    yyjson_val *v = governor_member(row, json_text(field));
    if (!v) continue;
    if (any) buf_add_char(out, ',');
    any = true;
    json_add_string(out, json_text(field));
    buf_add_char(out, ':');
    json_write(out, v);
  }
  buf_add_char(out, '}');
}

// {"rows":[…]}, and which fields no row has, beside what the first one has.
static void governor_project(const struct governor *g, yyjson_val *rows, yyjson_val *root, struct buf *out) {
  size_t i, n, k, m, missing = 0;
  yyjson_val *row, *field, *key, *value;
  buf_add_z(out, "{\"rows\":[");
  if (rows)
    yyjson_arr_foreach (rows, i, n, row) {
      if (i) buf_add_char(out, ',');
      governor_project_row(g, row, out);
    }
  else
    governor_project_row(g, root, out);
  buf_add_char(out, ']');
  yyjson_arr_foreach (g->fields, k, m, field) {
    bool has = !rows && governor_member(root, json_text(field));
    if (rows)
      yyjson_arr_foreach (rows, i, n, row) has = has || governor_member(row, json_text(field));
    if (has) continue;
    buf_add_z(out, missing++ ? "," : ",\"unknown_fields\":[");
    json_add_string(out, json_text(field));
  }
  if (missing) {
    buf_add_z(out, "],\"known_fields\":[");
    yyjson_obj_foreach (rows ? yyjson_arr_get_first(rows) : root, i, n, key, value) {
      if (i) buf_add_char(out, ',');
      json_add_string(out, json_text(key));
    }
    buf_add_char(out, ']');
  }
  buf_add_char(out, '}');
}

// ---- the sketch

static void governor_add_row(const struct table_result *rows, size_t at, struct buf *out) {
  buf_add_char(out, '{');
  for (size_t c = 0; c < rows->column_count && c < GOVERNOR_COLUMNS_MOST; c++) {
    struct table_cell cell = rows->cells[at * rows->column_count + c];
    enum table_type type = rows->columns[c].type;
    if (cell.kind == TABLE_CELL_TEXT && cell.text.n > GOVERNOR_CELL_MOST) {
      cell.text = str_cut_utf8(cell.text, GOVERNOR_CELL_MOST);
      type = TABLE_TEXT; // what is cut is no JSON any more
    }
    if (c) buf_add_char(out, ',');
    json_add_string(out, rows->columns[c].name);
    buf_add_char(out, ':');
    table_cell_write(out, &cell, type);
  }
  buf_add_char(out, '}');
}

static void governor_add_columns(const struct table_result *rows, struct buf *text, struct buf *structured) {
  for (size_t c = 0; c < rows->column_count && c < GOVERNOR_COLUMNS_MOST; c++) {
    const struct table_column *column = &rows->columns[c];
    buf_printf(text, "%s%.*s %s", c ? ", " : "Columns: ", STR_ARG(column->name),
               table_type_name(column->type));
    buf_add_z(structured, c ? ",{\"name\":" : "{\"name\":");
    json_add_string(structured, column->name);
    buf_printf(structured, ",\"type\":\"%s\"}", table_type_name(column->type));
  }
  buf_add_z(text, ".\n");
}

static void governor_tell(struct governor *g, const struct table_result *rows, struct str handle,
                          size_t size) {
  struct buf *text = &g->text, *structured = &g->structured;
  buf_printf(text, "%s%zu rows, %zu characters: too large to give whole. This is a sketch.\n",
             rows->cut ? "More than " : "", rows->row_count, size);
  buf_printf(structured, "{\"sketch\":true,\"rows\":%zu,\"more\":%s,\"characters\":%zu,", rows->row_count,
             rows->cut ? "true" : "false", size);
  if (handle.n) {
    buf_printf(text,
               "All rows are kept for ten minutes as %.*s: query them with postern_run_program and "
               "\"tables\": {\"t\": {\"kept\": \"%.*s\"}}.\n",
               STR_ARG(handle), STR_ARG(handle));
    buf_printf(structured, "\"handle\":\"%.*s\",\"kept_seconds\":%d,\"query_with\":\"postern_run_program\",",
               STR_ARG(handle), PROGRAM_KEPT_MS / 1000);
  } else {
    buf_add_z(
        text,
        "Ask for less: by the tool's own arguments, or with \"fields\"; called by its own name it gives "
        "all.\n");
  }
  buf_add_z(structured, "\"columns\":[");
  governor_add_columns(rows, text, structured);
  buf_add_z(text, "First rows:\n");
  buf_add_z(structured, "],\"first\":[");
  for (size_t i = 0; i < rows->row_count; i++) {
    size_t a = text->n, b = structured->n;
    if (i) buf_add_char(structured, ',');
    size_t begun = structured->n;
    governor_add_row(rows, i, structured);
    buf_add(text, str_make(structured->p + begun, structured->n - begun));
    buf_add_char(text, '\n');
    if (text->n <= g->budget && structured->n + 2 <= g->budget) continue;
    text->n = a;
    structured->n = b;
    break;
  }
  buf_add_z(structured, "]}");
}

// The rows as the one table of a program that calls nothing. False: there are none, or it is not to be had.
static bool governor_sketch(struct governor *g, struct serve_request *r, const struct program_table *table,
                            size_t size) {
  static const char text[] = "{\"version\":1,\"results\":{\"rows\":\"SELECT * FROM result\"}}";
  struct program_faults faults = {.arena = r->arena};
  struct program_request request = {.env = r->env->program,
                                    .catalog = r->catalog,
                                    .server = r->server,
                                    .doc = yyjson_read(text, sizeof text - 1, 0),
                                    .tables = table,
                                    .table_count = 1,
                                    .principal = r->client.principal.key,
                                    .person = serve_person(r),
                                    .by = serve_audit_row(r).who,
                                    .url = serve_audit_row(r).url,
                                    .request_id = r->transport.in->id,
                                    .era = r->transport.era};
  struct program_run *run = NULL;
  const struct outcome *o;
  struct err err;
  char handle[PROGRAM_HANDLE_TEXT];
  if (!request.env || !program_begin(&request, &run, &faults, &err)) return false;
  bool keeps = r->server->programs;
  struct str kept = keeps ? program_handle(run) : STR_NONE;
  bool ok = program_go_on(run, 0, &err) && program_outcome(run, &o, &err) && o->result_count == 1 &&
            !o->results[0].why.n && o->results[0].rows.row_count;
  if (ok) governor_tell(g, &o->results[0].rows, kept, size);
  if (ok && keeps)
    program_keep(run, handle);
  else
    program_end(run);
  return ok;
}

// What is told where no sketch can be made of it.
static void governor_tell_whole(struct governor *g, struct str text) {
  buf_clear(&g->text);
  buf_clear(&g->structured);
  buf_add(&g->text, text);
  buf_add(&g->structured, text);
  g->told = !g->text.full;
}

static void governor_govern(struct governor *g, struct serve_request *r, const struct call_answer *answer,
                            yyjson_val *root) {
  yyjson_val *rows = governor_rows(root, GOVERNOR_DEPTH);
  yyjson_doc *projected = NULL;
  struct buf all = BUF_MAX(GOVERNOR_PROJECTION_MOST);
  size_t size = g->fields ? 0 : governor_size(answer);
  if (g->fields) {
    governor_project(g, rows, root, &all);
    projected = all.full ? NULL : yyjson_read(all.p, all.n, YYJSON_READ_NUMBER_AS_RAW);
    size = all.n;
    if (rows) rows = yyjson_obj_get(yyjson_doc_get_root(projected), "rows");
  }
  bool large = g->budget && size > g->budget;
  // As the server shows it: a person's own account stands in for the one of its members.
  const struct account *account = answer->account->account;
  struct program_table table = {
      .name = STR("result"),
      .rows = rows,
      .source = {account->person.n ? account->stands_for : account->id, answer->tool->name}};
  g->told = large && rows && governor_sketch(g, r, &table, size);
  if (!g->told && projected) governor_tell_whole(g, buf_str(&all));
  yyjson_doc_free(projected);
  buf_free(&all);
}

void governor_look(struct governor *g, struct serve_request *r, const struct call_answer *answer) {
  yyjson_doc *read = NULL;
  yyjson_val *root = answer->outcome == RUN_OK ? governor_root(answer, &read) : NULL;
  g->told = false;
  governor_free(g);
  g->text = BUF_MAX(GOVERNOR_TEXT_MOST);
  g->structured = BUF_MAX(GOVERNOR_TEXT_MOST);
  if (root) governor_govern(g, r, answer, root);
  yyjson_doc_free(read);
}

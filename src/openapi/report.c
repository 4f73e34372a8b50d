// SPDX-License-Identifier: Apache-2.0
#include "openapi/report.h"

#include <stdlib.h>

#include "data/json.h"

enum { NAMES_DEPTH = 4, NAMES_MOST = 100000 };

// The tools of the result. Our own text, so it reads; NULL only where there is none.
static yyjson_doc *read_tools(const struct openapi_result *r) {
  return r->toolset.n ? yyjson_read(r->toolset.p, r->toolset.n, 0) : NULL;
}

static yyjson_val *tools_of(yyjson_doc *doc) {
  return yyjson_obj_get(yyjson_doc_get_root(doc), "tools");
}

static size_t count_notes(const struct openapi_result *r, enum openapi_note_kind kind) {
  size_t n = 0;
  for (size_t i = 0; i < r->note_count; i++) n += r->notes[i].kind == kind;
  return n;
}

static void print_notes(const struct openapi_result *r, enum openapi_note_kind kind, const char *heading,
                        struct buf *out) {
  if (!count_notes(r, kind)) return;
  buf_printf(out, "\n%s\n", heading);
  for (size_t i = 0; i < r->note_count; i++) {
    const struct openapi_note *note = &r->notes[i];
    if (note->kind != kind) continue;
    if (note->line)
      buf_printf(out, "  line %u: ", note->line);
    else
      buf_add_z(out, "  ");
    buf_printf(out, "%.*s%s%.*s\n", STR_ARG(note->operation), note->operation.n ? ": " : "",
               STR_ARG(note->reason));
  }
}

static int widest(yyjson_val *tools) {
  size_t i, n, most = 0;
  yyjson_val *tool;
  yyjson_arr_foreach (tools, i, n, tool) {
    size_t length = json_str(tool, "name").n;
    if (length > most) most = length;
  }
  return (int)most;
}

void report_text(const struct openapi_result *r, struct buf *out) {
  yyjson_doc *doc = read_tools(r);
  yyjson_val *tools = tools_of(doc), *tool;
  buf_printf(
      out,
      "%zu operations: %zu tools, %zu skipped, %zu warnings, %zu folded, %zu told apart by longer names\n",
      r->operations, r->tools, r->skipped, count_notes(r, OPENAPI_WARNING), r->folded, r->renamed);
  print_notes(r, OPENAPI_SKIPPED, "Skipped", out);
  print_notes(r, OPENAPI_WARNING, "Warnings", out);
  if (r->tools) buf_add_z(out, "\nTools\n");
  int width = widest(tools);
  size_t i, n;
  yyjson_arr_foreach (tools, i, n, tool) {
    buf_printf(out, "  %-*s  %-6s  %s%s\n", width, yyjson_get_str(yyjson_obj_get(tool, "name")),
               yyjson_get_str(yyjson_obj_get(tool, "class")),
               yyjson_get_str(yyjson_obj_get(tool, "operation")),
               json_bool(tool, "folded", false) ? "  (folded)" : "");
  }
  yyjson_doc_free(doc);
}

static void add_notes(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key,
                      const struct openapi_result *r, enum openapi_note_kind kind) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, root, key);
  for (size_t i = 0; i < r->note_count; i++) {
    const struct openapi_note *note = &r->notes[i];
    if (note->kind != kind) continue;
    yyjson_mut_val *row = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_strn(doc, row, "operation", note->operation.p ? note->operation.p : "",
                            note->operation.n);
    yyjson_mut_obj_add_uint(doc, row, "line", note->line);
    yyjson_mut_obj_add_strn(doc, row, "reason", note->reason.p, note->reason.n);
  }
}

void report_json(const struct openapi_result *r, struct buf *out) {
  static const char *const members[] = {"name", "operation", "class", "title", "folded", "deprecated"};
  yyjson_doc *toolset = read_tools(r);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc), *list;
  yyjson_val *tool;
  size_t i, n;
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_uint(doc, root, "operations", r->operations);
  list = yyjson_mut_obj_add_arr(doc, root, "tools");
  yyjson_arr_foreach (tools_of(toolset), i, n, tool) {
    yyjson_mut_val *row = yyjson_mut_arr_add_obj(doc, list);
    for (size_t k = 0; k < sizeof members / sizeof *members; k++)
      yyjson_mut_obj_add_val(doc, row, members[k],
                             yyjson_val_mut_copy(doc, yyjson_obj_get(tool, members[k])));
  }
  add_notes(doc, root, "skipped", r, OPENAPI_SKIPPED);
  add_notes(doc, root, "warnings", r, OPENAPI_WARNING);
  yyjson_mut_obj_add_uint(doc, root, "folded", r->folded);
  yyjson_mut_obj_add_uint(doc, root, "renamed", r->renamed);
  size_t length;
  char *text =
      yyjson_mut_write(doc, YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_ALLOW_INVALID_UNICODE, &length);
  buf_add(out, str_make(text, length));
  buf_add_char(out, '\n');
  free(text);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(toolset);
}

void report_names_write(const struct openapi_result *r, struct buf *out) {
  yyjson_doc *doc = read_tools(r);
  yyjson_val *tool;
  size_t i, n;
  buf_add_char(out, '{');
  yyjson_arr_foreach (tools_of(doc), i, n, tool) {
    buf_add_z(out, i ? ",\n" : "\n");
    json_add_string(out, json_str(tool, "operation"));
    buf_add_z(out, ": ");
    json_add_string(out, json_str(tool, "name"));
  }
  buf_add_z(out, "\n}\n");
  yyjson_doc_free(doc);
}

bool report_names_read(struct str json, struct arena *a, struct map *out, struct err *err) {
  const struct json_limits limits = {.depth = NAMES_DEPTH, .nodes = NAMES_MOST};
  yyjson_doc *doc;
  if (!json_read(json, &limits, &doc, err)) return false;
  yyjson_val *root = yyjson_doc_get_root(doc), *key, *name;
  size_t i, n;
  bool ok =
      yyjson_is_obj(root) || err_set(err, ERR_INVALID, "names are an object {\"METHOD path\": \"name\"}");
  struct map read = {0};
  yyjson_obj_foreach (root, i, n, key, name) {
    if (!yyjson_is_str(name)) ok = err_at(err, ERR_INVALID, yyjson_get_str(key), "a name is text");
    if (ok) map_put(&read, arena_dup(a, json_text(key)), arena_z(a, json_text(name)));
  }
  yyjson_doc_free(doc);
  if (ok)
    *out = read;
  else
    map_free(&read);
  return ok;
}

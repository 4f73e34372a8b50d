// SPDX-License-Identifier: Apache-2.0
// postern compile: an API description as tools, and what became of each operation; needs no server.
#include "openapi/compile.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/map.h"
#include "cli/columns.h"
#include "cli/run.h"
#include "cli/source.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/json.h"

enum {
  COMPILE_NAMES_MOST = 16 * 1024 * 1024,
  COMPILE_TOOL_BYTES = 24 * 1024,
  COMPILE_REPORT_MOST = 64 * 1024 * 1024
};
static const struct json_limits compile_limits = {.depth = 512, .nodes = 50000000, .raw_numbers = true};

struct compile_job {
  struct cli *c;
  struct openapi_options options;
  struct openapi_result result;
  struct map names; // "GET /zones" → name
};

// ---- names given before, kept in a file: {"GET /zones": "list_all_…"}

static bool compile_load_names(struct compile_job *job, struct err *err) {
  struct str path = args_text(&job->c->args, "names");
  struct buf text;
  yyjson_doc *doc;
  yyjson_val *key, *value;
  size_t i, n;
  if (!path.n) return true;
  if (!terminal_read(path, COMPILE_NAMES_MOST, &text, err))
    return err->code == ERR_MISSING; // none was given yet
  bool ok = json_read(buf_str(&text), &compile_limits, &doc, err) || err_wrap(err, "--names");
  buf_free(&text);
  if (!ok) return false;
  yyjson_val *known = cli_keep(job->c, doc);
  yyjson_obj_foreach (known, i, n, key, value)
    if (yyjson_is_str(value)) map_put(&job->names, json_text(key), arena_z(job->c->arena, json_text(value)));
  job->options.names = &job->names;
  return true;
}

// Names of operations that are gone stay: should they return, so do their names.
static yyjson_mut_doc *compile_all_names(struct compile_job *job, yyjson_val *tools) {
  yyjson_mut_doc *all = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(all);
  struct map_slot *slot;
  yyjson_val *tool;
  size_t i, n, at = 0;
  yyjson_mut_doc_set_root(all, root);
  yyjson_arr_foreach (tools, i, n, tool) {
    struct str operation = json_str(tool, "operation"), name = json_str(tool, "name");
    map_remove(&job->names, operation);
    yyjson_mut_obj_add(root, yyjson_mut_strn(all, operation.p, operation.n),
                       yyjson_mut_strn(all, name.p, name.n));
  }
  while ((slot = map_next(&job->names, &at)))
    yyjson_mut_obj_add(root, yyjson_mut_strn(all, slot->key.p, slot->key.n),
                       yyjson_mut_str(all, slot->value));
  return all;
}

// Beside the file, then renamed, so that a crash leaves the old one or the new one.
static bool compile_replace(const char *path, const char *beside, yyjson_mut_doc *all, struct err *err) {
  yyjson_write_err why;
  if (!yyjson_mut_write_file(beside, all, YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_NEWLINE_AT_END, NULL,
                             &why))
    return err_at(err, ERR_DENIED, beside, "cannot be written: %s", why.msg);
  return rename(beside, path) == 0 || err_at(err, ERR_DENIED, path, "cannot be written: %s", strerror(errno));
}

static bool compile_save_names(struct compile_job *job, yyjson_val *tools, struct err *err) {
  struct str path = args_text(&job->c->args, "names");
  if (!path.n) return true;
  struct str beside = arena_printf(job->c->arena, "%.*s.new", STR_ARG(path));
  yyjson_mut_doc *all = compile_all_names(job, tools);
  bool ok = compile_replace(arena_z(job->c->arena, path), beside.p, all, err);
  yyjson_mut_doc_free(all);
  return ok;
}

// ---- what came of it

static void compile_report_json(struct compile_job *job) {
  const struct openapi_result *r = &job->result;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_uint(doc, root, "operations", r->operations);
  yyjson_mut_obj_add_uint(doc, root, "tools", r->tools);
  yyjson_mut_obj_add_uint(doc, root, "skipped", r->skipped);
  yyjson_mut_obj_add_uint(doc, root, "folded", r->folded);
  yyjson_mut_obj_add_uint(doc, root, "renamed", r->renamed);
  if (job->options.examples) {
    yyjson_mut_obj_add_uint(doc, root, "examples", r->examples);
    yyjson_mut_obj_add_uint(doc, root, "examples_fit", r->examples_fit);
    yyjson_mut_obj_add_uint(doc, root, "examples_mended", r->examples_mended);
  }
  yyjson_mut_val *notes = yyjson_mut_obj_add_arr(doc, root, "notes");
  for (size_t i = 0; i < r->note_count; i++) {
    const struct openapi_note *note = &r->notes[i];
    yyjson_mut_val *row = yyjson_mut_arr_add_obj(doc, notes);
    yyjson_mut_obj_add_str(doc, row, "kind", note->kind == OPENAPI_SKIPPED ? "skipped" : "warning");
    yyjson_mut_obj_add_strncpy(doc, row, "operation", note->operation.n ? note->operation.p : "",
                               note->operation.n);
    yyjson_mut_obj_add_uint(doc, row, "line", note->line);
    yyjson_mut_obj_add_strncpy(doc, row, "reason", note->reason.p, note->reason.n);
  }
  view_json(job->c, cli_keep(job->c, yyjson_mut_doc_imut_copy(doc, NULL)));
  yyjson_mut_doc_free(doc);
}

// Skipped operations always; warnings with --report.
static void compile_report_text(struct compile_job *job) {
  const struct openapi_result *r = &job->result;
  struct arena *a = job->c->arena;
  bool all = args_has(&job->c->args, "report");
  size_t warnings = 0;
  struct columns t;
  columns_open(&t, a, 4);
  for (size_t i = 0; i < r->note_count; i++) {
    const struct openapi_note *note = &r->notes[i];
    warnings += note->kind == OPENAPI_WARNING;
    if (note->kind == OPENAPI_WARNING && !all) continue;
    columns_cell(&t, note->kind == OPENAPI_SKIPPED ? STR("skipped") : STR("warning"));
    columns_cell(&t, note->line ? arena_printf(a, "line %u", note->line) : STR("-"));
    columns_cell(&t, note->operation.n ? note->operation : STR("-"));
    columns_cell(&t, note->reason);
  }
  struct buf out = BUF_MAX(COMPILE_REPORT_MOST);
  buf_printf(&out,
             "%zu operations: %zu tools, %zu skipped, %zu with a folded schema, %zu renamed for a clash, %zu "
             "warnings%s\n",
             r->operations, r->tools, r->skipped, r->folded, r->renamed, warnings,
             warnings && !all ? " (--report lists them)" : "");
  if (job->options.examples)
    buf_printf(&out, "%zu request examples: %zu fit the schemas, for %zu a schema gave way, %zu do not fit\n",
               r->examples, r->examples_fit, r->examples_mended,
               r->examples - r->examples_fit - r->examples_mended);
  columns_print(&t, terminal_width(), &out);
  view_text(job->c, buf_str(&out));
  buf_free(&out);
  columns_close(&t);
}

static bool compile_show(struct compile_job *job, struct err *err) {
  yyjson_doc *toolset;
  if (!json_read(job->result.toolset, &compile_limits, &toolset, err)) return err_wrap(err, "the toolset");
  yyjson_val *root = cli_keep(job->c, toolset);
  if (!compile_save_names(job, yyjson_obj_get(root, "tools"), err)) return false;
  if (!job->c->json)
    compile_report_text(job);
  else if (args_has(&job->c->args, "report"))
    compile_report_json(job);
  else
    view_json(job->c, root);
  return true;
}

// ---- from what

// petstore.yaml → petstore, where no name is given.
static struct str compile_name(struct cli *c, struct str from) {
  struct str given = args_text(&c->args, "connector"), name = from;
  if (given.n) return given;
  for (size_t i = 0; i < from.n; i++)
    if (from.p[i] == '/') name = str_from(from, i + 1);
  struct str rest = name, first = STR_NONE;
  if (str_cut(&rest, '.', &first) && first.n) name = first;
  char *z = arena_z(c->arena, name);
  for (char *p = z; *p; p++) {
    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 'a' - 'A');
    if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9'))) *p = '-';
  }
  return z[0] >= 'a' && z[0] <= 'z' ? str_of(z) : STR("api");
}

static bool compile_document(struct compile_job *job, struct str from, struct err *err) {
  struct cli *c = job->c;
  struct buf text;
  if (!source_is_url(from) && !str_is(from, "-"))
    return openapi_compile_file(arena_z(c->arena, from), &job->options, c->arena, &job->result, err);
  if (!source_read(c, from, &text, err)) return false;
  bool ok = openapi_compile_text(buf_str(&text), &job->options, c->arena, &job->result, err);
  buf_free(&text);
  return ok;
}

bool cli_compile_run(struct cli *c, struct err *err) {
  struct str from = args_word(&c->args, 0), bytes = args_text(&c->args, "tool-bytes"),
             like = args_text(&c->args, "like");
  struct compile_job job = {
      .c = c, .options = {.connector = compile_name(c, from), .root = args_text(&c->args, "root")}};
  struct yaml_doc *word = NULL;
  uint64_t most = COMPILE_TOOL_BYTES;
  if (bytes.n && (!str_to_u64(bytes, &most) || most < 1024))
    return err_set(err, ERR_INVALID, "--tool-bytes: '%.*s' is no number from 1024 up", STR_ARG(bytes));
  if (like.n && !source_connector(c, like, &word, err)) return false;
  job.options.tool_bytes = (size_t)most;
  job.options.word = word ? yaml_root(word) : NULL;
  job.options.examples = args_has(&c->args, "examples");
  bool ok = compile_load_names(&job, err) && compile_document(&job, from, err) && compile_show(&job, err);
  map_free(&job.names);
  if (word) yaml_close(word);
  return ok;
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/published.h"

#include "catalog/pending.h"
#include "program/run.h"
#include "serve/easel.h"
#include "serve/programs.h"
#include "shelf/face.h"
#include "shelf/shelf.h"

static const struct shelf_tool *published_find(const struct serve_request *r, struct str name) {
  return shelf_tool_find(r->shelf, r->server->server.id, name);
}

static bool published_has(const struct serve_request *r, struct str name) {
  return published_find(r, name) != NULL;
}

static bool published_has_view(const struct serve_request *r) {
  const struct shelf_server *v = shelf_on(r->shelf, r->server->server.id);
  return v && v->count;
}

// A definition is an object without _meta.
static void published_add(const struct serve_request *r, struct str definition, struct buf *out) {
  if (!easel_shown(r)) {
    buf_add(out, definition);
    return;
  }
  buf_add(out, str_make(definition.p, definition.n - 1));
  buf_add_z(out, ",\"_meta\":{");
  easel_add_link(r, out);
  buf_add_z(out, "}}");
}

static void published_list(const struct serve_request *r, struct buf *out) {
  const struct shelf_server *v = shelf_on(r->shelf, r->server->server.id);
  for (size_t i = 0; v && i < v->count; i++) {
    if (v->tools[i].verdict.state != SHELF_OK) continue;
    own_next(out);
    published_add(r, v->tools[i].definition, out);
  }
}

bool published_describe(const struct serve_request *r, struct str name, struct buf *out) {
  const struct shelf_tool *t = published_find(r, name);
  if (!t || t->verdict.state != SHELF_OK) return false;
  if (out->n) buf_add_char(out, ',');
  published_add(r, t->definition, out);
  return true;
}

static uint64_t published_version(const struct catalog_server *server) {
  struct shelf *s = shelf_acquire();
  const struct shelf_server *v = shelf_on(s, server->server.id);
  uint64_t version = v ? v->version : 0;
  shelf_release(s);
  return version;
}

// ---- called

// A client does not learn the names of what its server does not show, so it hears of the step alone.
static struct str published_broken(const struct serve_request *r, const struct shelf_tool *t) {
  static const char *const why[] = {[SHELF_OK] = "",
                                    [SHELF_HELD] = "calls a tool that waits for a review",
                                    [SHELF_GONE] = "calls a tool that is not there for it any more",
                                    [SHELF_CHANGED] = "no longer fits the tool that it calls"};
  return arena_printf(
      r->arena,
      "%.*s cannot run: its step %.*s %s. An administrator sees more with 'postern program list "
      "--server'. Nothing was called.",
      STR_ARG(t->row.name), STR_ARG(t->verdict.step), why[t->verdict.state]);
}

// Names that the tool does not show are refused, also those that every program knows (since, until, zone).
static void published_check_names(yyjson_val *arguments, yyjson_val *parameters,
                                  struct program_faults *faults) {
  struct str names[PROGRAM_PARAMETERS_MOST];
  size_t i, n, count = 0;
  yyjson_val *key, *v;
  yyjson_obj_foreach (parameters, i, n, key, v)
    if (count < PROGRAM_PARAMETERS_MOST) names[count++] = json_text(key);
  yyjson_obj_foreach (arguments, i, n, key, v) {
    struct str name = json_text(key);
    if (yyjson_obj_getn(parameters, name.p, name.n)) continue;
    program_fault_add(faults, arena_printf(faults->arena, "/%.*s", STR_MOST(name, 64)),
                      "there is no argument '%.*s'", STR_MOST(name, 64));
    program_fault_hint_words(faults, name, names, count);
  }
}

// What is wrong with the arguments is for the client to mend; else the program does not run here any more.
static bool published_say_faults(struct serve_request *r, const struct shelf_tool *t,
                                 const struct program_faults *faults, struct buf *out) {
  struct program_faults own = {.arena = r->arena};
  for (size_t i = 0; i < faults->count && i < FAULTS_MOST; i++) {
    const struct program_fault *f = &faults->items[i];
    bool given = str_starts(f->pointer, "/parameters/");
    if (!given && str_starts(f->pointer, "/steps"))
      return programs_fail(r, t->row.name, published_broken(r, t), out);
    program_fault_add(&own, given ? str_from(f->pointer, sizeof "/parameters" - 1) : f->pointer, "%.*s",
                      STR_ARG(f->text));
    if (f->hint.n) program_fault_hint(&own, "%.*s", STR_ARG(f->hint));
  }
  struct buf list = BUF_MAX(64 * 1024);
  buf_add_z(&list, "The arguments do not fit; nothing was called:\n");
  program_faults_print(&own, &list);
  struct str text = arena_dup(r->arena, buf_str(&list));
  buf_free(&list);
  return programs_fail(r, t->row.name, text, out);
}

static bool published_run(struct serve_request *r, const struct shelf_tool *t, yyjson_val *arguments,
                          struct buf *out, struct err *err) {
  yyjson_val *root = yyjson_doc_get_root(t->entry->program->doc);
  struct program_faults faults = {.arena = r->arena};
  struct stable_look look = {.catalog = r->catalog, .arena = r->arena};
  struct str text = stable_write(root, &look, STABLE_IDS, r->arena);
  struct program_run *run;
  stable_done(&look);
  published_check_names(arguments, yyjson_obj_get(root, "parameters"), &faults);
  if (faults.count) return published_say_faults(r, t, &faults, out);
  struct program_request request = programs_request(r, text, arguments);
  if (program_begin(&request, &run, &faults, err)) return programs_finish(r, t->row.name, run, out, err);
  return faults.count && published_say_faults(r, t, &faults, out);
}

static bool published_call(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  const struct shelf_tool *t = published_find(r, json_str(params, "name"));
  yyjson_val *arguments = yyjson_obj_get(params, "arguments");
  struct str handle = json_str(arguments, SHELF_CONTINUE);
  if (!pending_spares_program(t->row.program_id, err)) return false;
  if (t->verdict.state != SHELF_OK) return programs_fail(r, t->row.name, published_broken(r, t), out);
  return handle.n ? programs_continue(r, t->row.name, handle, out, err)
                  : published_run(r, t, arguments, out, err);
}

const struct own_tools published_tools = {published_has, published_list, published_call, published_version,
                                          published_has_view};

// SPDX-License-Identifier: Apache-2.0
// Answer programs by the management API: run, check, continue. Whoever manages Postern sees all accounts; a server's view
// can be asked for.
#include "program/run.h"

#include "admin/events.h"
#include "admin/put.h"
#include "admin/route.h"
#include "admin/view.h"
#include "data/json.h"
#include "program/keep.h"
#include "program/schema.h"
#include "table/forms.h"

struct program_asked {
  struct admin_call *call;
  struct program_request request;
  struct program_table tables[PROGRAM_TABLES_MOST];
  yyjson_doc *owners[PROGRAM_TABLES_MOST]; // of tables that came as text
  size_t owner_count;
};

// {"signups": [{…}]} or {"signups": "name,n\n…"}: rows, or a text that holds a table.
static bool program_take_tables(struct program_asked *a, struct err *err) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (yyjson_obj_get(a->call->body, "tables"), i, n, key, v) {
    if (i == PROGRAM_TABLES_MOST)
      return err_at(err, ERR_LIMIT, "tables", "a run takes at most %d tables", PROGRAM_TABLES_MOST);
    struct program_table *t = &a->tables[a->request.table_count++];
    *t = (struct program_table){.name = json_text(key), .rows = v};
    if (!yyjson_is_str(v)) continue;
    struct table_form form;
    if (!table_form_read(json_text(v), STR(""), &a->call->env->json, &form, err)) return false;
    if (!form.doc)
      return err_at(err, ERR_INVALID, "tables", "the text of the table '%.*s' is neither JSON nor CSV",
                    STR_ARG(t->name));
    a->owners[a->owner_count++] = form.doc;
    t->rows = yyjson_doc_get_root(form.doc);
    t->untyped = form.untyped;
  }
  a->request.tables = a->tables;
  return true;
}

// Of one that is broken, where and why.
static bool program_stored_text(struct admin_call *call, const struct catalog_server *server, struct str *out,
                                struct err *err) {
  const struct shelf_entry *e;
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  if (!admin_find_stored(call, &e, err)) return false;
  call->detail =
      arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(e->program->row.id), STR_ARG(e->program->row.name));
  yyjson_val *root = yyjson_doc_get_root(e->program->doc);
  struct shelf_verdict v = e->verdict;
  if (v.state == SHELF_OK && server) v = shelf_judge_on(server, root, &look);
  *out = stable_write(root, &look, STABLE_IDS, call->arena);
  stable_done(&look);
  if (v.state == SHELF_OK) return true;
  err_set(err, ERR_UNPROCESSABLE, "the program '%.*s' is broken (%s)%s%.*s: %.*s",
          STR_MOST(e->program->row.name, 64), shelf_state_name(v.state), v.step.n ? " at its step " : "",
          STR_ARG(v.step), STR_ARG(v.why));
  err_hint(err, "mend what it says, or save the program again");
  return false;
}

static bool program_ask(struct admin_call *call, struct program_asked *a, struct err *err) {
  struct str text = STR("");
  const struct catalog_server *server;
  *a = (struct program_asked){.call = call};
  if (!admin_view_server(call, &server, err)) return false;
  if (!http_param(&call->params, "program").n)
    text = json_to_text(call->arena, yyjson_obj_get(call->body, "program"));
  else if (!program_stored_text(call, server, &text, err))
    return false;
  a->request = (struct program_request){.env = call->env->program,
                                        .catalog = call->catalog,
                                        .server = server,
                                        .given = yyjson_obj_get(call->body, "parameters"),
                                        .principal = call->who.key,
                                        .by = admin_asker(call),
                                        .request_id = call->in->id,
                                        .fresh = json_bool(call->body, "fresh", false),
                                        .charts = json_bool(call->body, "charts", false),
                                        .waits = true};
  if (!program_take_tables(a, err)) return false;
  a->request.doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  return true;
}

static void program_asked_free(struct program_asked *a) {
  while (a->owner_count) yyjson_doc_free(a->owners[--a->owner_count]);
}

// What is wrong with the program is all told, not the first of it.
static void program_put_faults(struct admin_call *call, const struct program_faults *faults) {
  struct buf list = BUF_MAX(256 * 1024);
  program_faults_write(faults, &list);
  put_json(&call->out, "faults", arena_dup(call->arena, buf_str(&list)));
  buf_free(&list);
}

bool admin_put_faults(struct admin_call *call, const struct program_faults *faults, const struct err *err) {
  if (!faults->count) return false;
  call->status = 400;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "error", '{');
  put_text(&call->out, "code", STR("invalid"));
  put_text(&call->out, "message", str_of(err->text));
  put_text(&call->out, "request_id", call->in->id);
  put_close(&call->out, '}');
  program_put_faults(call, faults);
  put_close(&call->out, '}');
  return true;
}

static void program_tell(void *arg, const struct outcome *o) {
  struct admin_call *call = arg;
  outcome_write(o, &call->out);
}

bool admin_run_program(struct admin_call *call, struct err *err) {
  struct program_faults faults = {.arena = call->arena};
  struct program_asked asked;
  struct program_run *run = NULL;
  struct str handle = json_str(call->body, "continue");
  if (handle.n) {
    if (!program_take(handle, call->who.key, &run, err)) return false;
  } else {
    if (!program_ask(call, &asked, err)) return program_asked_free(&asked), false;
    bool begun = program_begin(&asked.request, &run, &faults, err);
    program_asked_free(&asked);
    if (!begun) return admin_put_faults(call, &faults, err);
  }
  struct admin_events events = {.call = call, .last = "result"};
  bool ok = !admin_events_wanted(call->in) || admin_events_begin(&events, err);
  if (call->streamed) admin_events_follow(&events, run);
  ok = ok && program_go_on(run, 0, err);
  program_follow(run, NULL, NULL);
  if (!ok)
    program_end(run);
  else
    ok = program_conclude(run, program_tell, call, err);
  if (call->streamed) admin_events_end(&events, ok ? NULL : err);
  return ok;
}

static void program_put_plan(struct admin_call *call, const struct program_run *run) {
  const struct plan *plan = program_plan(run);
  const struct program *p = program_of(run);
  put_int(&call->out, "calls_least", (int64_t)plan->calls_least);
  put_bool(&call->out, "calls_known", plan->calls_known);
  put_open(&call->out, "steps", '[');
  for (size_t i = 0; i < p->step_count; i++) {
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "id", p->steps[i].id);
    put_open(&call->out, "calls", '[');
    for (size_t t = 0; t < plan->steps[i].target_count; t++) {
      put_open(&call->out, NULL, '{');
      put_text(&call->out, "account", plan->steps[i].targets[t].account);
      put_text(&call->out, "tool", plan->steps[i].targets[t].tool.name);
      put_close(&call->out, '}');
    }
    put_close(&call->out, ']');
    put_open(&call->out, "after", '[');
    for (size_t k = 0; k < p->step_count; k++)
      if (plan->steps[i].after & 1u << k) put_text(&call->out, NULL, p->steps[k].id);
    put_close(&call->out, ']');
    put_close(&call->out, '}');
  }
  put_close(&call->out, ']');
}

bool admin_check_program(struct admin_call *call, struct err *err) {
  struct program_faults faults = {.arena = call->arena};
  struct program_asked asked;
  struct program_run *run = NULL;
  if (!program_ask(call, &asked, err)) return program_asked_free(&asked), false;
  bool sound = program_begin(&asked.request, &run, &faults, err);
  program_asked_free(&asked);
  if (!sound && !faults.count) return false;
  put_open(&call->out, NULL, '{');
  put_bool(&call->out, "sound", sound);
  program_put_faults(call, &faults);
  if (sound) program_put_plan(call, run);
  put_close(&call->out, '}');
  program_end(run);
  return true;
}

bool admin_get_program_schema(struct admin_call *call, struct err *err) {
  (void)err;
  buf_add_z(&call->out, program_schema);
  return true;
}

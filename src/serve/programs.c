// SPDX-License-Identifier: Apache-2.0
#include "serve/programs.h"

#include "base/clock.h"
#include "data/json.h"
#include "program/brief.h"
#include "program/keep.h"
#include "program/schema.h"
#include "serve/easel.h"
#include "serve/herald.h"

static bool programs_has(const struct serve_request *r, struct str name) {
  return str_is(name, PROGRAM_TOOL) && r->server->programs && r->env->program;
}

// Where little may be listed, the form of a program is told by postern_describe_tools.
static void programs_add(struct buf *out, const char *about, const char *schema) {
  buf_add_z(out, "{\"name\":\"" PROGRAM_TOOL "\",\"title\":\"Run an answer program\",\"description\":");
  json_add_string(out, str_of(about));
  buf_add_z(out, ",\"inputSchema\":{\"type\":\"object\",\"properties\":{\"program\":");
  buf_add_z(out, schema);
  buf_add_z(
      out,
      ",\"parameters\":{\"type\":\"object\",\"description\":\"Values over the program's defaults\"},"
      "\"continue\":{\"type\":\"string\",\"description\":\"The handle of a paused run, instead of a "
      "program\"},\"fresh\":{\"type\":\"boolean\",\"description\":\"Ask vendors anew, whatever was read a "
      "moment before\"}}}");
}

static bool programs_has_view(const struct serve_request *r) {
  return programs_has(r, STR(PROGRAM_TOOL));
}

static void programs_close(const struct serve_request *r, struct buf *out) {
  buf_add_z(out, ",\"annotations\":{\"title\":\"Run an answer "
                 "program\",\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,"
                 "\"openWorldHint\":true},\"_meta\":{\"anthropic/alwaysLoad\":true");
  if (easel_shown(r)) buf_add_char(out, ',');
  easel_add_link(r, out);
  buf_add_z(out, "}}");
}

static void programs_add_whole(const struct serve_request *r, struct buf *out) {
  programs_add(
      out,
      "Answer a question over many calls at once: calls read-only tools of this server, "
      "and runs one SQL query (SQLite) over what they gave for each result. Use it to count, group, join, "
      "compare or look through many rows, instead of reading them. Each step's "
      "rows are a table named after it; for_each calls a tool for each row of a query. "
      "Results that are cut say so. A handle keeps the "
      "results for ten minutes: go on from a pause with {\"continue\": handle}, or "
      "query them in a later program by \"tables\".",
      program_schema);
  buf_printf(out, ",\"outputSchema\":%s", program_outcome_schema);
  programs_close(r, out);
}

bool programs_describe(const struct serve_request *r, struct str name, struct buf *out) {
  if (!programs_has(r, name)) return false;
  if (out->n) buf_add_char(out, ',');
  programs_add_whole(r, out);
  return true;
}

static void programs_list(const struct serve_request *r, struct buf *out) {
  if (!programs_has(r, STR(PROGRAM_TOOL))) return;
  own_next(out);
  if (r->discovery != POLICY_SEARCH) {
    programs_add_whole(r, out);
    return;
  }
  programs_add(out,
               "Answer a question over many calls at once: steps call tools that read, and SQL (SQLite) "
               "counts, groups, "
               "joins and compares their rows. Its form: postern_describe_tools with the name of this tool.",
               "{\"type\":\"object\",\"required\":[\"version\",\"results\"]}");
  programs_close(r, out);
}

bool programs_fail(struct serve_request *r, struct str tool, struct str why, struct buf *out) {
  own_record(r, tool, false, STR("nothing was called"));
  return own_say(r, why, NULL, true, out);
}

static bool programs_fail_err(struct serve_request *r, struct str tool, const struct err *err,
                              struct buf *out) {
  struct str why = arena_printf(r->arena, "%s%s%s", err->text, err->hint[0] ? "; " : "", err->hint);
  return err->code != ERR_CANCELED && programs_fail(r, tool, why, out);
}

struct programs_telling {
  struct serve_request *r;
  struct str tool;
  struct buf *out;
};

// An outcome as a client is told it.
static void programs_tell(void *arg, const struct outcome *o) {
  const struct programs_telling *t = arg;
  struct serve_request *r = t->r;
  bool view = easel_shown(r);
  struct buf text = BUF_MAX(PROGRAM_BRIEF_MOST);
  struct buf structured = BUF_MAX(view ? BRIEF_VIEW_MOST : PROGRAM_BRIEF_MOST * 4);
  brief_text(o, &text);
  (view ? brief_view : brief_json)(o, &structured);
  own_record(r, t->tool, o->status != OUTCOME_FAILED,
             arena_printf(r->arena, "%s, %zu calls", outcome_status_name(o->status), o->call_count));
  own_say(r, buf_str(&text), structured.full ? NULL : &structured, o->status == OUTCOME_FAILED, t->out);
  buf_free(&text);
  buf_free(&structured);
}

bool programs_finish(struct serve_request *r, struct str tool, struct program_run *run, struct buf *out,
                     struct err *err) {
  struct herald herald;
  herald_begin(&herald, r, run);
  bool ok = program_go_on(run, r->env->program->limits.turn_ms, err);
  herald_end(run);
  if (ok) return program_conclude(run, programs_tell, &(struct programs_telling){r, tool, out}, err);
  program_end(run);
  return false;
}

bool programs_continue(struct serve_request *r, struct str tool, struct str handle, struct buf *out,
                       struct err *err) {
  struct program_run *run;
  return program_take(handle, r->client.principal.key, &run, err) ? programs_finish(r, tool, run, out, err)
                                                                  : programs_fail_err(r, tool, err, out);
}

struct program_request programs_request(const struct serve_request *r, struct str program,
                                        yyjson_val *given) {
  return (struct program_request){.env = r->env->program,
                                  .catalog = r->catalog,
                                  .server = r->server,
                                  .doc = yyjson_read(program.p, program.n, YYJSON_READ_NUMBER_AS_RAW),
                                  .given = given,
                                  .principal = r->client.principal.key,
                                  .person = serve_person(r),
                                  .by = serve_audit_row(r).who,
                                  .url = serve_audit_row(r).url,
                                  .request_id = r->transport.in->id,
                                  .era = r->transport.era,
                                  .charts = easel_shown(r)};
}

static bool programs_call(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  yyjson_val *arguments = yyjson_obj_get(params, "arguments");
  struct str tool = STR(PROGRAM_TOOL), handle = json_str(arguments, "continue");
  struct program_faults faults = {.arena = r->arena};
  struct program_run *run;
  if (handle.n) return programs_continue(r, tool, handle, out, err);
  struct str text = json_to_text(r->arena, yyjson_obj_get(arguments, "program"));
  struct program_request request = programs_request(r, text, yyjson_obj_get(arguments, "parameters"));
  request.fresh = json_bool(arguments, "fresh", false); // a view's, whose person wants today's
  if (program_begin(&request, &run, &faults, err)) return programs_finish(r, tool, run, out, err);
  if (!faults.count) return programs_fail_err(r, tool, err, out);
  struct buf list = BUF_MAX(64 * 1024);
  buf_printf(&list, "The program has %zu fault%s; nothing was called:\n", faults.count,
             faults.count == 1 ? "" : "s");
  program_faults_print(&faults, &list);
  bool told = programs_fail(r, tool, buf_str(&list), out);
  buf_free(&list);
  return told;
}

static uint64_t programs_version(const struct catalog_server *server) {
  return server->programs ? 1 : 0;
}

const struct own_tools programs_tools = {programs_has, programs_list, programs_call, programs_version,
                                         programs_has_view};

// SPDX-License-Identifier: Apache-2.0
// postern run: an answer program from a file, run or explained, its results as tables, JSON or CSV.
#include "cli/program.h"

#include "base/mem.h"
#include "cli/api.h"
#include "cli/body.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/result.h"
#include "cli/source.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/csv.h"
#include "data/json.h"

enum { PROGRAM_OUT_MOST = 64 * 1024 * 1024 };

// ---- what goes out

bool cli_program_put_file(struct cli *c, struct str file, yyjson_mut_doc *body, struct err *err) {
  struct buf text = BUF_MAX(1 << 20);
  yyjson_doc *doc = NULL;
  bool ok = source_read(c, file, &text, err) && json_read(buf_str(&text), &JSON_LIMITS, &doc, err);
  if (ok) cli_body_put_json(body, NULL, "program", yyjson_doc_get_root(doc));
  yyjson_doc_free(doc);
  buf_free(&text);
  return ok;
}

// --param NAME=VALUE: a number or a boolean where the value reads as one, else a text.
bool cli_program_put_params(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  size_t at = 0;
  for (struct str given, name, value; args_next(&c->args, "param", &at, &given);) {
    if (!args_pair(given, &name, &value))
      return err_at(err, ERR_INVALID, "--param", "write NAME=VALUE, not '%.*s'", STR_MOST(given, 80));
    yyjson_mut_val *in = cli_body_object(body, NULL, "parameters"), *v = NULL;
    yyjson_doc *read = yyjson_read(value.p, value.n, 0);
    yyjson_val *root = yyjson_doc_get_root(read);
    if (yyjson_is_num(root) || yyjson_is_bool(root)) v = yyjson_val_mut_copy(body, root);
    yyjson_doc_free(read);
    if (!v) v = yyjson_mut_strncpy(body, value.p, value.n);
    yyjson_mut_obj_put(in, yyjson_mut_strncpy(body, name.p, name.n), v);
  }
  return true;
}

static bool program_put_tables(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  size_t at = 0;
  for (struct str given, name, file; args_next(&c->args, "table", &at, &given);) {
    if (!args_pair(given, &name, &file))
      return err_at(err, ERR_INVALID, "--table", "write NAME=FILE, not '%.*s'", STR_MOST(given, 80));
    struct buf text = BUF_MAX(16 << 20);
    bool ok = source_read(c, file, &text, err);
    if (ok) {
      struct str s = buf_str(&text);
      yyjson_mut_obj_put(cli_body_object(body, NULL, "tables"), yyjson_mut_strncpy(body, name.p, name.n),
                         yyjson_mut_strncpy(body, s.p, s.n));
    }
    buf_free(&text);
    if (!ok) return false;
  }
  return true;
}

// ---- what comes back

static void program_notes(struct cli *c, yyjson_val *outcome) {
  size_t i, n;
  yyjson_val *warning;
  yyjson_arr_foreach (yyjson_obj_get(outcome, "warnings"), i, n, warning)
    view_note(c, arena_printf(c->arena, "note: %.*s\n", STR_ARG(json_text(warning))));
  int64_t wait = json_int(outcome, "wait_seconds", 0);
  struct str handle = json_str(outcome, "handle");
  if (str_is(json_str(outcome, "status"), "paused"))
    view_note(c, arena_printf(c->arena, "note: paused; in %lld s go on with: postern run --continue %.*s\n",
                              (long long)wait, STR_ARG(handle)));
}

static bool program_show(struct cli *c, yyjson_val *outcome, struct err *err) {
  yyjson_val *results = yyjson_obj_get(outcome, "results"), *result;
  struct buf out = BUF_MAX(PROGRAM_OUT_MOST);
  size_t i, n;
  if (c->json) {
    view_json(c, outcome);
  } else if (args_has(&c->args, "csv")) {
    result = yyjson_arr_get_first(results);
    csv_write(yyjson_obj_get(result, "columns"), yyjson_obj_get(result, "rows"), CSV_PLAIN, &out);
  } else {
    yyjson_arr_foreach (results, i, n, result) result_show(c, result, yyjson_arr_size(results) > 1, &out);
  }
  if (out.n) view_text(c, buf_str(&out));
  buf_free(&out);
  if (!c->json) program_notes(c, outcome);
  if (!str_is(json_str(outcome, "status"), "failed")) return true;
  err_set(err, ERR_UPSTREAM, "no result of the program could be made");
  err_hint(err, "the notes say why; --json has each call");
  return false;
}

bool cli_program_explain(struct cli *c, yyjson_val *verdict, struct err *err) {
  size_t i, n;
  yyjson_val *fault, *step;
  if (c->json) {
    view_json(c, verdict);
    return true;
  }
  yyjson_arr_foreach (yyjson_obj_get(verdict, "faults"), i, n, fault) {
    struct str pointer = json_str(fault, "pointer"), hint = json_str(fault, "hint");
    view_text(c,
              arena_printf(c->arena, "%.*s: %.*s%s%.*s\n", STR_ARG(pointer.n ? pointer : STR("the program")),
                           STR_ARG(json_str(fault, "text")), hint.n ? "; " : "", STR_ARG(hint)));
  }
  if (n) return err_set(err, ERR_INVALID, "the program has %zu fault%s", n, n == 1 ? "" : "s");
  yyjson_arr_foreach (yyjson_obj_get(verdict, "steps"), i, n, step) {
    struct str calls = view_cell(c->arena, yyjson_obj_get(step, "calls")),
               after = view_cell(c->arena, yyjson_obj_get(step, "after"));
    view_text(c, arena_printf(c->arena, "%.*s: %.*s%s%.*s\n", STR_ARG(json_str(step, "id")), STR_ARG(calls),
                              yyjson_arr_size(yyjson_obj_get(step, "after")) ? ", after " : "",
                              STR_ARG(yyjson_arr_size(yyjson_obj_get(step, "after")) ? after : STR(""))));
  }
  view_text(c, arena_printf(c->arena, "%s%lld calls%s\n",
                            json_bool(verdict, "calls_known", true) ? "" : "at least ",
                            (long long)json_int(verdict, "calls_least", 0),
                            json_bool(verdict, "calls_known", true)
                                ? ", and one for each further page"
                                : ", one more for each row of a for_each and each further page"));
  return true;
}

static bool program_send(struct cli *c, struct str path, yyjson_mut_doc *body, yyjson_val **answer,
                         struct err *err) {
  struct api_ask ask = {.method = "POST", .path = path, .body = body};
  if (args_has(&c->args, "fresh"))
    yyjson_mut_obj_add_bool(body, yyjson_mut_doc_get_root(body), "fresh", true);
  struct progress progress = {.passing = !args_has(&c->args, "no-color") && terminal_moves()};
  if (progress_is_wanted()) ask.told = progress_told, ask.told_arg = &progress;
  bool ok = api_send(c, &ask, answer, err);
  progress_end(&progress);
  return ok;
}

// A kept one, by its name.
bool cli_stored_run(struct cli *c, struct err *err) {
  yyjson_val *answer;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "continue", args_text(&c->args, "continue"));
  cli_body_put(body, NULL, "server", args_text(&c->args, "server"));
  struct str path = api_path(c, "/stored-program/{}/run", args_word(&c->args, 0));
  bool ok = cli_program_put_params(c, body, err) && program_put_tables(c, body, err) &&
            program_send(c, path, body, &answer, err) && program_show(c, answer, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_program_run(struct cli *c, struct err *err) {
  yyjson_val *answer;
  yyjson_mut_doc *body = cli_body_new();
  struct str handle = args_text(&c->args, "continue");
  bool explain = args_has(&c->args, "explain"), ok = true;
  if (!handle.n && !args_word(&c->args, 0).n)
    ok = err_at(err, ERR_INVALID, "FILE", "name the file of the program, or - for standard input");
  if (handle.n) cli_body_put(body, NULL, "continue", handle);
  ok = ok && (handle.n || cli_program_put_file(c, args_word(&c->args, 0), body, err)) &&
       cli_program_put_params(c, body, err) && program_put_tables(c, body, err);
  cli_body_put(body, NULL, "server", args_text(&c->args, "server"));
  struct api_ask ask = {.method = "POST", .path = STR("/program/check"), .body = body};
  ok = ok &&
       (explain ? api_send(c, &ask, &answer, err) : program_send(c, STR("/program"), body, &answer, err)) &&
       (explain ? cli_program_explain(c, answer, err) : program_show(c, answer, err));
  yyjson_mut_doc_free(body);
  return ok;
}

// SPDX-License-Identifier: Apache-2.0
// postern answer: answers that are kept.
#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/question.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

static struct str answer_path(struct cli *c, const char *format) {
  return api_path(c, format, args_word(&c->args, 0));
}

bool cli_answer_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"ASKED", "created_at"},
                                               {"QUESTION", "question"},
                                               {"OUTCOME", "outcome"},
                                               {"SEEN BY", "visibility"},
                                               {"MINE", "mine"},
                                               {"ID", "id"},
                                               {0}};
  struct str of = args_text(&c->args, "conversation"), limit = args_text(&c->args, "limit");
  bool mine = args_has(&c->args, "mine"), shared = args_has(&c->args, "shared");
  int64_t most = 100;
  yyjson_val *items;
  if (limit.n && (!str_to_i64(limit, &most) || most < 1))
    return err_at(err, ERR_INVALID, "--limit", "'%.*s' is no number of answers", STR_MOST(limit, 20));
  struct str path = of.n ? api_path(c, "/answers/{}/conversation", of) : STR("/answers");
  if (!of.n && mine != shared) path = api_query(c, path, "of", mine ? STR("mine") : STR("shared"));
  if (!api_list(c, path, (size_t)most, &items, err)) return false;
  view_list(c, items, columns, "No answer is kept.");
  return true;
}

static void answer_print(struct cli *c, yyjson_val *answer) {
  struct str gone = json_str(answer, "account_deleted_at");
  if (c->json) {
    view_json(c, answer);
    return;
  }
  view_note(c, arena_printf(c->arena, "\"%.*s\", %.*s\n", STR_ARG(json_str(answer, "question")),
                            STR_ARG(json_str(answer, "created_at"))));
  if (gone.n)
    view_say(c,
             "An account that this answer used was deleted on %.*s, and what the answer said with it. The "
             "question and its program are left.",
             STR_ARG(gone));
  else
    cli_question_print(c, answer);
}

bool cli_answer_show(struct cli *c, struct err *err) {
  yyjson_val *answer;
  if (!api_get(c, answer_path(c, "/answers/{}"), &answer, err)) return false;
  yyjson_val *program = yyjson_obj_get(answer, "program");
  if (args_has(&c->args, "program") && !program)
    return err_set(err, ERR_MISSING, "this answer has no program: its question ended without one");
  if (args_has(&c->args, "program"))
    view_json(c, program);
  else
    answer_print(c, answer);
  return true;
}

bool cli_answer_rerun(struct cli *c, struct err *err) {
  yyjson_val *answer;
  yyjson_mut_doc *body = cli_body_new();
  if (args_has(&c->args, "fresh"))
    yyjson_mut_obj_add_bool(body, yyjson_mut_doc_get_root(body), "fresh", true);
  struct api_ask ask = {.method = "POST", .path = answer_path(c, "/answers/{}/rerun"), .body = body};
  bool ok = api_send(c, &ask, &answer, err);
  if (ok) answer_print(c, answer);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_answer_share(struct cli *c, struct err *err) {
  yyjson_val *answer;
  yyjson_mut_doc *body = cli_body_new();
  bool is_private = args_has(&c->args, "private");
  cli_body_put(body, NULL, "visibility", is_private ? STR("private") : STR("shared"));
  struct api_ask ask = {.method = "PATCH", .path = answer_path(c, "/answers/{}"), .body = body};
  bool ok = api_send(c, &ask, &answer, err);
  if (ok && c->json)
    view_json(c, answer);
  else if (ok && is_private)
    view_say(c, "It is yours alone again.");
  else if (ok)
    view_say(c, "All that manage this Postern see it: %.*s", STR_ARG(json_str(answer, "link")));
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_answer_delete(struct cli *c, struct err *err) {
  yyjson_val *answer, *none;
  struct str id = args_word(&c->args, 0);
  struct api_ask ask = {.method = "DELETE", .path = answer_path(c, "/answers/{}")};
  struct str question = STR("it");
  if (api_get(c, answer_path(c, "/answers/{}"), &answer, err))
    question = json_str(answer, "question");
  else if (err->code == ERR_MISSING) // one that is damaged can still be deleted
    return false;
  if (!cli_ask_first(c, err, "Delete the answer to \"%.*s\"?", STR_MOST(question, 100)) ||
      !api_send(c, &ask, &none, err))
    return false;
  view_say(c, "Deleted %.*s.", STR_ARG(id));
  return true;
}

bool cli_answer_publish(struct cli *c, struct err *err) {
  yyjson_val *tool;
  yyjson_mut_doc *body = cli_body_new();
  struct str as = args_text(&c->args, "as"), server = args_text(&c->args, "server");
  cli_body_put(body, NULL, "as", as);
  cli_body_put(body, NULL, "server", server);
  cli_body_put(body, NULL, "description", args_text(&c->args, "description"));
  struct api_ask ask = {.method = "POST", .path = answer_path(c, "/answers/{}/publish"), .body = body};
  bool ok = (as.n || err_at(err, ERR_INVALID, "--as", "say what the tool is called")) &&
            (server.n || err_at(err, ERR_INVALID, "--server", "name the server")) &&
            api_send(c, &ask, &tool, err);
  if (ok && c->json)
    view_json(c, tool);
  else if (ok)
    view_say(c, "Published %.*s on %.*s.", STR_ARG(as), STR_ARG(server));
  yyjson_mut_doc_free(body);
  return ok;
}

// SPDX-License-Identifier: Apache-2.0
// postern ask: a question in plain language, what was understood of it, and the answer.
#include "cli/api.h"
#include "cli/body.h"
#include "cli/out.h"
#include "cli/result.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

enum { QUESTION_OUT_MOST = 64 * 1024 * 1024 };

static struct str question_words(struct cli *c) {
  struct buf text = BUF_MAX(1 << 20);
  for (size_t i = 0; args_word(&c->args, i).n; i++) {
    if (i) buf_add_char(&text, ' ');
    buf_add(&text, args_word(&c->args, i));
  }
  struct str joined = arena_dup(c->arena, buf_str(&text));
  buf_free(&text);
  return joined;
}

static bool question_put(struct cli *c, yyjson_mut_doc *body, struct err *err) {
  struct str question = question_words(c), choose = args_text(&c->args, "choose"),
             engine = args_text(&c->args, "engine");
  int64_t number = 0;
  if (engine.n && !str_is(engine, "planner"))
    return err_at(err, ERR_INVALID, "--engine", "there is the engine planner, and no '%.*s'",
                  STR_MOST(engine, 40));
  if (choose.n && (!str_to_i64(choose, &number) || number < 1))
    return err_at(err, ERR_INVALID, "--choose", "'%.*s' is not the number of a choice", STR_MOST(choose, 20));
  if (!question.n && !choose.n)
    return err_at(err, ERR_INVALID, "QUESTION", "ask something: postern ask \"how many zones do we have?\"");
  cli_body_put(body, NULL, "question", question);
  cli_body_put(body, NULL, "follow", args_text(&c->args, "follow"));
  cli_body_put(body, NULL, "server", args_text(&c->args, "server"));
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  if (number) yyjson_mut_obj_add_int(body, root, "choose", number);
  if (args_has(&c->args, "remember")) yyjson_mut_obj_add_bool(body, root, "remember", true);
  if (args_has(&c->args, "program")) yyjson_mut_obj_add_bool(body, root, "plan_only", true);
  return true;
}

// What was understood, on one line.
static void question_chips(struct cli *c, yyjson_val *answer) {
  struct buf line = BUF_MAX(8192);
  size_t i, n;
  yyjson_val *chip;
  yyjson_arr_foreach (yyjson_obj_get(answer, "understood"), i, n, chip)
    buf_printf(&line, "%s[%.*s]", i ? " " : "", STR_ARG(json_str(chip, "said")));
  if (line.n) buf_add_char(&line, '\n');
  if (line.n) view_note(c, arena_dup(c->arena, buf_str(&line)));
  buf_free(&line);
}

static void question_show(struct cli *c, yyjson_val *answer) {
  struct buf out = BUF_MAX(QUESTION_OUT_MOST);
  size_t i, n;
  yyjson_val *v, *results = yyjson_obj_get(answer, "results");
  question_chips(c, answer);
  buf_printf(&out, "%.*s\n", STR_ARG(json_str(answer, "text")));
  yyjson_arr_foreach (yyjson_obj_get(answer, "choices"), i, n, v)
    buf_printf(&out, "  %lld  %.*s\n", (long long)json_int(v, "number", 0), STR_ARG(json_str(v, "label")));
  yyjson_arr_foreach (results, i, n, v) {
    if (!yyjson_arr_size(yyjson_obj_get(v, "rows"))) continue;
    buf_add_char(&out, '\n');
    result_show(c, v, yyjson_arr_size(results) > 1, &out);
  }
  view_text(c, buf_str(&out));
  buf_free(&out);
  yyjson_arr_foreach (yyjson_obj_get(answer, "warnings"), i, n, v)
    view_note(c, arena_printf(c->arena, "note: %.*s\n", STR_ARG(json_text(v))));
  view_note(c,
            arena_printf(c->arena, "%zu calls; go on with: postern ask --follow %.*s \"…\"\n",
                         yyjson_arr_size(yyjson_obj_get(answer, "calls")), STR_ARG(json_str(answer, "id"))));
}

bool cli_ask_question(struct cli *c, struct err *err) {
  yyjson_val *answer;
  yyjson_mut_doc *body = cli_body_new();
  struct api_ask ask = {.method = "POST", .path = STR("/ask"), .body = body};
  bool ok = question_put(c, body, err) && api_send(c, &ask, &answer, err);
  if (ok && args_has(&c->args, "program"))
    view_json(c, yyjson_obj_get(answer, "program") ? yyjson_obj_get(answer, "program") : answer);
  else if (ok && c->json)
    view_json(c, answer);
  else if (ok)
    question_show(c, answer);
  if (ok && args_has(&c->args, "remember")) view_tell(c, "The choice is kept; 'postern alias list' has it.");
  yyjson_mut_doc_free(body);
  return ok;
}

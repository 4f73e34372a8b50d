// SPDX-License-Identifier: Apache-2.0
// postern ask: a question in plain language, what was understood of it, and the answer.
#include "cli/question.h"

#include "cli/api.h"
#include "cli/board.h"
#include "cli/body.h"
#include "cli/progress.h"
#include "cli/result.h"
#include "cli/run.h"
#include "cli/terminal.h"
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
  if (choose.n && (!str_to_i64(choose, &number) || number < 1))
    return err_at(err, ERR_INVALID, "--choose", "'%.*s' is not the number of a choice", STR_MOST(choose, 20));
  if (!question.n && !choose.n && !args_text(&c->args, "follow").n)
    return err_at(err, ERR_INVALID, "QUESTION", "ask something: postern ask \"how many zones do we have?\"");
  cli_body_put(body, NULL, "question", question);
  cli_body_put(body, NULL, "follow", args_text(&c->args, "follow"));
  cli_body_put(body, NULL, "server", args_text(&c->args, "server"));
  cli_body_put(body, NULL, "engine", engine);
  yyjson_mut_val *root = yyjson_mut_doc_get_root(body);
  if (number) yyjson_mut_obj_add_int(body, root, "choose", number);
  if (args_has(&c->args, "remember")) yyjson_mut_obj_add_bool(body, root, "remember", true);
  if (args_has(&c->args, "program")) yyjson_mut_obj_add_bool(body, root, "plan_only", true);
  return true;
}

// A question at work, on a terminal: the chips once they are settled, then the steps of its programs.
struct question_work {
  struct cli *c;
  struct progress progress;
  struct str chips, shown; // as understood last, as they stand on the terminal
};

// What was understood, on one line.
static struct str question_chips(struct cli *c, yyjson_val *answer) {
  struct buf line = BUF_MAX(8192);
  size_t i, n;
  yyjson_val *chip;
  yyjson_arr_foreach (yyjson_obj_get(answer, "understood"), i, n, chip)
    buf_printf(&line, "%s[%.*s]", i ? " " : "", STR_ARG(json_str(chip, "said")));
  struct str text = arena_dup(c->arena, buf_str(&line));
  buf_free(&line);
  return text;
}

static void question_settle(struct question_work *w) {
  if (w->chips.n && !str_eq(w->chips, w->shown)) progress_note(&w->progress, w->chips);
  w->shown = w->chips;
}

static void question_told(void *arg, struct str event, yyjson_val *data) {
  struct question_work *w = arg;
  if (str_is(event, "understood")) w->chips = question_chips(w->c, data);
  if (str_is(event, "plan") && str_is(json_str(data, "of"), "answer")) question_settle(w);
  progress_told(&w->progress, event, data);
}

// What a language model cost.
static void question_engine(struct cli *c, yyjson_val *answer) {
  yyjson_val *e = yyjson_obj_get(answer, "engine");
  if (!json_str(e, "asked").n) return;
  view_note(c, arena_printf(c->arena,
                            "%.*s (%.*s): %lld rounds, %lld tokens in (%lld cached), %lld out, %lld ms\n",
                            STR_ARG(json_str(e, "asked")), STR_ARG(json_str(e, "model")),
                            (long long)json_int(e, "rounds", 0), (long long)json_int(e, "input_tokens", 0),
                            (long long)json_int(e, "cached_tokens", 0),
                            (long long)json_int(e, "output_tokens", 0), (long long)json_int(e, "ms", 0)));
}

static void question_show(struct cli *c, yyjson_val *answer) {
  struct buf out = BUF_MAX(QUESTION_OUT_MOST);
  size_t i, n;
  yyjson_val *v, *results = yyjson_obj_get(answer, "results");
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
  if (json_bool(answer, "paused", false))
    view_note(c,
              arena_printf(c->arena, "note: paused; in %lld s go on with: postern ask --follow %.*s\n",
                           (long long)json_int(answer, "wait_seconds", 0), STR_ARG(json_str(answer, "id"))));
  question_engine(c, answer);
  size_t calls = yyjson_arr_size(yyjson_obj_get(answer, "calls"));
  struct str link = json_str(answer, "link");
  if (link.n) view_note(c, arena_printf(c->arena, "%.*s\n", STR_ARG(link)));
  view_note(c, arena_printf(c->arena, "%zu call%s; go on with: postern ask --follow %.*s \"…\"\n", calls,
                            calls == 1 ? "" : "s", STR_ARG(json_str(answer, "id"))));
}

void cli_question_print(struct cli *c, yyjson_val *answer) {
  struct str chips = question_chips(c, answer);
  if (chips.n) view_note(c, ARENA_JOIN(c->arena, chips, STR("\n")));
  question_show(c, answer);
}

static bool question_send(struct question_work *w, yyjson_mut_doc *body, yyjson_val **answer,
                          struct err *err) {
  struct cli *c = w->c;
  struct api_ask ask = {.method = "POST", .path = STR("/ask"), .body = body};
  if (!c->json && !args_has(&c->args, "program") && progress_is_wanted())
    ask.told = question_told, ask.told_arg = w;
  bool ok = api_send(c, &ask, answer, err);
  progress_end(&w->progress);
  return ok;
}

// What was answered by a program; of a question asked back, nothing.
static bool question_pin(struct cli *c, yyjson_val *answer, struct err *err) {
  yyjson_val *tile;
  struct str dashboard = args_text(&c->args, "pin");
  if (args_has(&c->args, "program"))
    return err_at(err, ERR_INVALID, "--pin", "with --program nothing is asked that could be pinned");
  if (!cli_board_pin_answer(c, dashboard, json_str(answer, "id"), &tile, err)) return false;
  view_tell(c, "Pinned to %.*s as \"%.*s\": 'postern tile set %.*s --every 5m' has it run by itself.",
            STR_ARG(dashboard), STR_ARG(json_str(tile, "title")), STR_ARG(json_str(tile, "id")));
  return true;
}

bool cli_ask_question(struct cli *c, struct err *err) {
  yyjson_val *answer;
  yyjson_mut_doc *body = cli_body_new();
  struct question_work work = {.c = c,
                               .progress.passing = !args_has(&c->args, "no-color") && terminal_moves()};
  bool ok = question_put(c, body, err) && question_send(&work, body, &answer, err);
  if (ok && args_has(&c->args, "program"))
    view_json(c, yyjson_obj_get(answer, "program") ? yyjson_obj_get(answer, "program") : answer);
  else if (ok && c->json)
    view_json(c, answer);
  else if (ok) {
    work.chips = question_chips(c, answer);
    question_settle(&work);
    question_show(c, answer);
  }
  if (ok && args_has(&c->args, "pin")) ok = question_pin(c, answer, err);
  if (ok && args_has(&c->args, "remember")) view_tell(c, "The choice is kept; 'postern alias list' has it.");
  yyjson_mut_doc_free(body);
  return ok;
}

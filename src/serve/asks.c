// SPDX-License-Identifier: Apache-2.0
#include "serve/asks.h"

#include "answer/answer_brief.h"
#include "answer/keep.h"
#include "data/json.h"
#include "serve/easel.h"
#include "serve/herald.h"
#include "serve/programs.h"

static bool asks_has(const struct serve_request *r, struct str name) {
  return str_is(name, ASK_TOOL) && r->server->asks && r->env->program && r->env->answers;
}

static bool asks_has_view(const struct serve_request *r) {
  return asks_has(r, STR(ASK_TOOL));
}

static uint64_t asks_version(const struct catalog_server *server) {
  return server->asks ? 2 : 0;
}

static const char asks_definition[] =
    "{\"name\":\"" ASK_TOOL "\",\"title\":\"Ask in plain language\",\"description\":"
    "\"Answer a question in plain language about what the accounts of this server hold: how many, which, "
    "top, "
    "trend, share, compare, changed. It finds and calls the read-only tools itself, and gives a sentence, "
    "rows and "
    "the calls that prove them. Where something is missing it asks back with numbered choices: ask the "
    "person, "
    "then call again with follow and choose. Nothing is ever changed.\",\"inputSchema\":{\"type\":\"object\","
    "\"properties\":{"
    "\"question\":{\"type\":\"string\",\"description\":\"One question, with names and times as the person "
    "said "
    "them\"},"
    "\"follow\":{\"type\":\"string\",\"description\":\"The id of an answer that this goes on from: another "
    "time, "
    "narrower, the same for another. Alone: go on with an answer that paused\"},"
    "\"choose\":{\"type\":\"integer\",\"minimum\":1,\"description\":\"The number of a choice of that answer, "
    "instead of a question\"}}},\"outputSchema\":";

static void asks_list(const struct serve_request *r, struct buf *out) {
  if (!asks_has(r, STR(ASK_TOOL))) return;
  own_next(out);
  buf_add_z(out, asks_definition);
  buf_add_z(out, answer_brief_schema);
  buf_add_z(out, ",\"annotations\":{\"title\":\"Ask in plain language\",\"readOnlyHint\":true,"
                 "\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":true}");
  if (easel_shown(r)) {
    buf_add_z(out, ",\"_meta\":{");
    easel_add_link(r, out);
    buf_add_char(out, '}');
  }
  buf_add_char(out, '}');
}

static bool asks_fail(struct serve_request *r, const struct err *err, struct buf *out) {
  if (err->code == ERR_CANCELED) return false;
  own_record(r, STR(ASK_TOOL), false, str_of(err_name(err->code)));
  return own_say(r, arena_printf(r->arena, "%s%s%s", err->text, err->hint[0] ? "; " : "", err->hint), NULL,
                 true, out);
}

// The answer as JSON, for the client.
static bool asks_tell(struct serve_request *r, struct str told, struct buf *out) {
  yyjson_doc *doc = yyjson_read(told.p, told.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *answer = yyjson_doc_get_root(doc);
  struct buf text = BUF_MAX(ANSWER_BRIEF_MOST), structured = BUF_MAX(ANSWER_BRIEF_MOST);
  answer_brief_text(answer, &text);
  answer_brief_json(answer, easel_shown(r), &structured);
  size_t calls = yyjson_arr_size(yyjson_obj_get(answer, "calls"));
  own_record(r, STR(ASK_TOOL), true,
             arena_printf(r->arena, "%.*s, %zu call%s, %.*s", STR_ARG(json_str(answer, "outcome")), calls,
                          calls == 1 ? "" : "s", STR_ARG(json_str(answer, "id"))));
  own_say(r, buf_str(&text), &structured, false, out);
  buf_free(&text);
  buf_free(&structured);
  yyjson_doc_free(doc);
  return true;
}

static bool asks_read(yyjson_val *arguments, struct answer_request *a, struct err *err) {
  static const char *const texts[] = {"question", "follow"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    yyjson_val *v = yyjson_obj_get(arguments, texts[i]);
    if (v && !yyjson_is_str(v)) return err_at(err, ERR_INVALID, texts[i], "%s is a text", texts[i]);
  }
  yyjson_val *choose = yyjson_obj_get(arguments, "choose");
  a->ask.question = str_trim(json_str(arguments, "question"));
  a->ask.choose = json_int(arguments, "choose", 0);
  a->follow = json_str(arguments, "follow");
  if (choose && (a->ask.choose < 1 || a->ask.question.n || !a->follow.n))
    return err_at(
        err, ERR_INVALID, "choose",
        "choose is the number of a choice, beside the id of its answer in follow, without a question");
  if (!a->ask.question.n && !a->follow.n) return err_at(err, ERR_INVALID, "question", "there is no question");
  a->ask.goes_on = !a->ask.question.n && !a->ask.choose;
  return true;
}

static bool asks_call(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct herald herald;
  struct buf told = BUF_MAX(SERVE_REPLY_MOST);
  struct answer_request a = {
      .ask = {.program = programs_request(r, STR(""), NULL), .most_ms = r->env->program->limits.turn_ms},
      .store = r->env->answers,
      .engines = r->env->engines,
      .asker = {.owner = principal_holder(&r->client.principal)}};
  a.ask.program.waits = true;
  if (herald_open(&herald, r)) a.ask.told = herald_told, a.ask.told_arg = &herald;
  bool ok = asks_read(yyjson_obj_get(params, "arguments"), &a, err) && answer_ask(&a, &told, err);
  ok = ok ? asks_tell(r, buf_str(&told), out) : asks_fail(r, err, out);
  buf_free(&told);
  return ok;
}

const struct own_tools asks_tools = {asks_has, asks_list, asks_call, asks_version, asks_has_view};

// SPDX-License-Identifier: Apache-2.0
#include "engine/trial.h"

#include "base/clock.h"
#include "data/json.h"

#define ENGINE_TRIAL_TOOL "report_word"
#define ENGINE_TRIAL_WORD "postern"

// What to do about it, by what went wrong; what the client said of it stands before that.
static bool engine_try_failed(const struct engine *e, struct err *err) {
  struct str name = e->name;
  switch (err->code) {
  case ERR_UNAUTHENTICATED:
    err_hint(err, "give its key again: postern engine set %.*s --ask-key", STR_ARG(name));
    break;
  case ERR_MISSING:
    err_hint(err,
             "is '%.*s' the provider's name of the model, and does the address end with the version, as in "
             ".../v1?",
             STR_MOST(e->model, 100));
    break;
  case ERR_LIMIT:
    if (err->reason == WHY_RATE_LIMITED || err->reason == WHY_MEMORY) return false;
    err_hint(err, "a few words were asked for: does the server speak %s at this address?", e->kind->label);
    break;
  case ERR_DENIED:
  case ERR_INVALID:
    break;
  default:
    return false; // another time it may do
  }
  err->code = ERR_UNPROCESSABLE;
  return false;
}

static bool engine_try_judge(const struct engine *e, const struct llm_outcome *o, struct err *err) {
  const struct llm_call *call = o->call_count ? &o->calls[0] : NULL;
  struct str said = str_cut_utf8(o->text, 120);
  if (o->stop == LLM_STOP_CALLS && call && str_is(call->name, ENGINE_TRIAL_TOOL) &&
      json_str(call->arguments, "word").n)
    return true;
  if (o->stop == LLM_STOP_ERROR || o->stop == LLM_STOP_CUT) {
    struct str words = o->error.n ? str_cut_utf8(o->error, 200) : STR("the reply broke off");
    err_set(err, ERR_UNPROCESSABLE, "the answer is no reply of %s: %.*s", e->kind->label, STR_ARG(words));
    err_hint(err, "does the server speak %s at this address? Another kind may be the right one",
             e->kind->label);
    return false;
  }
  if (o->stop == LLM_STOP_LENGTH)
    err_set(err, ERR_UNPROCESSABLE,
            "the model ran out of tokens before it called a tool; give it more output tokens");
  else if (o->stop == LLM_STOP_REFUSED)
    err_set(err, ERR_UNPROCESSABLE, "the model refused to call a tool%s%.*s", said.n ? ": " : "",
            STR_ARG(said));
  else if (call)
    err_set(err, ERR_UNPROCESSABLE, "the model does not call tools as they are: it called '%.*s' with %.*s",
            STR_MOST(call->name, 60), STR_MOST(call->text, 100));
  else
    err_set(err, ERR_UNPROCESSABLE, "the model does not call tools: it answered in words%s%.*s",
            said.n ? ": " : "", STR_ARG(said));
  err_hint(err, "take a model that can; some servers need a switch for it, see docs/models.md");
  return false;
}

bool engine_try(const struct engine *e, const struct http_guard *guard, struct arena *a,
                struct engine_trial *out, struct err *err) {
  const struct llm_tool tool = {
      STR(ENGINE_TRIAL_TOOL), STR("Reports one word."),
      STR("{\"type\":\"object\",\"properties\":{\"word\":{\"type\":\"string\",\"description\":\"the word\"}},"
          "\"required\":[\"word\"],\"additionalProperties\":false}")};
  const struct llm_turn turn = {.kind = LLM_ASKED,
                                .text = STR("Call the tool " ENGINE_TRIAL_TOOL
                                            " with the word \"" ENGINE_TRIAL_WORD "\". Write nothing.")};
  const struct llm_talk talk = {.model = e->model,
                                .system = STR("You answer by calling tools."),
                                .tools = &tool,
                                .tool_count = 1,
                                .turns = &turn,
                                .turn_count = 1,
                                .output_most = e->limits.output,
                                .effort = e->effort,
                                .vendors_own = e->llm.vendors_own};
  const struct llm_question q = {
      .engine = &e->llm, .talk = &talk, .limits = &e->fetch, .guard = guard, .hide = e->hide};
  struct llm_reply *reply;
  uint64_t began = clock_mono_us();
  if (!llm_ask(&q, a, &reply, err)) return engine_try_failed(e, err);
  const struct llm_outcome *o = llm_reply_end(reply);
  bool ok = engine_try_judge(e, o, err);
  if (ok)
    *out = (struct engine_trial){(int64_t)(clock_mono_us() - began) / 1000, o->usage.input, o->usage.output};
  llm_reply_free(reply);
  if (!ok) redact_err(e->hide, err);
  return ok;
}

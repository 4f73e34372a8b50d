// SPDX-License-Identifier: Apache-2.0
// A question in plain language by the management API. Whoever manages Postern asks all accounts; a server's view can be
// asked instead.
#include "admin/aliases.h"
#include "admin/answers.h"
#include "admin/events.h"
#include "admin/put.h"
#include "admin/route.h"
#include "admin/view.h"
#include "data/json.h"
#include "io/pool.h"

struct ask_remembering {
  struct admin_call *call;
  const struct answer_request *r;
  struct talk_said said;
};

static bool ask_said_job(void *arg, struct err *err) {
  struct ask_remembering *m = arg;
  return answer_said(m->r->store, m->r->follow, &m->r->asker, m->call->arena, &m->said, err);
}

// The choice is kept for the word that was asked about, before it is answered: an answer is long, and may be left.
static bool ask_remember(struct admin_call *call, const struct answer_request *r, struct err *err) {
  struct ask_remembering *m = ARENA_NEW(call->arena, struct ask_remembering);
  int64_t choose = r->ask.choose;
  *m = (struct ask_remembering){.call = call, .r = r};
  if (!admin_manages(call))
    return err_at(err, ERR_DENIED, "remember", "aliases count for everybody, so administrators set them");
  if (!choose) return err_at(err, ERR_INVALID, "remember", "there is no choice to remember; see 'choose'");
  if (!pool_run(ask_said_job, m, err)) return false;
  if ((size_t)choose <= m->said.choice_count && !m->said.asked.word.n)
    return err_at(err, ERR_INVALID, "remember",
                  "the choice stands for no word of the question, so there is nothing to call it by; choose "
                  "without 'remember', or set an alias");
  if ((size_t)choose > m->said.choice_count)
    return err_at(err, ERR_INVALID, "choose", "there are %zu choices to remember, from 1",
                  m->said.asked.word.n ? m->said.choice_count : 0);
  return aliases_keep(call, m->said.asked.word, m->said.choices[choose - 1], err);
}

// The first event begins the stream: what is wrong with the question itself is told as ever.
static void ask_tell(void *arg, const struct ask_event *e) {
  struct admin_events *events = arg;
  struct err err;
  if (events->call->streamed || admin_events_begin(events, &err))
    admin_events_send(events, str_of(e->name), e->data);
}

static bool ask_now(struct admin_call *call, struct answer_request *r, struct err *err) {
  struct admin_events events = {.call = call, .last = "answer"};
  if (admin_events_wanted(call->in)) r->ask.told = ask_tell, r->ask.told_arg = &events;
  bool ok = answer_ask(r, &call->out, err);
  if (call->streamed) admin_events_end(&events, ok ? NULL : err);
  return ok;
}

enum {
  ASK_RESERVE_MS = 20000
}; // of a request's time, for the planner where a language model used up the rest

// A request has to be over in time; a stream need not.
static uint64_t ask_engine_ms(const struct admin_call *call) {
  uint64_t most = call->env->call_ms;
  if (admin_events_wanted(call->in)) return 0;
  return most > 2 * (uint64_t)ASK_RESERVE_MS ? most - ASK_RESERVE_MS : most / 2;
}

bool admin_ask(struct admin_call *call, struct err *err) {
  struct answer_request r = {.ask = {.question = str_trim(json_str(call->body, "question")),
                                     .choose = json_int(call->body, "choose", 0),
                                     .plan_only = json_bool(call->body, "plan_only", false),
                                     .page = answers_page(call)},
                             .store = call->env->shelf.store,
                             .asker = answers_asker(call),
                             .follow = json_str(call->body, "follow"),
                             .engines = call->env->engines,
                             .engine = json_str(call->body, "engine"),
                             .engine_ms = ask_engine_ms(call)};
  r.ask.program = (struct program_request){.env = call->env->program,
                                           .catalog = call->catalog,
                                           .principal = call->who.key,
                                           .by = admin_asker(call),
                                           .request_id = call->in->id,
                                           .waits = true};
  r.ask.goes_on = !r.ask.question.n && !r.ask.choose && r.follow.n;
  if (!r.ask.question.n && !r.ask.choose && !r.ask.goes_on)
    return err_at(err, ERR_INVALID, "question", "there is no question");
  if (r.ask.choose && !r.follow.n)
    return err_at(err, ERR_INVALID, "follow", "name the answer whose choice it is");
  return admin_view_server(call, &r.ask.program.server, err) &&
         (!json_bool(call->body, "remember", false) || ask_remember(call, &r, err)) && ask_now(call, &r, err);
}

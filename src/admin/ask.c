// SPDX-License-Identifier: Apache-2.0
// A question in plain language by the management API. Whoever manages Postern asks all accounts; a server's view can be
// asked instead.
#include "ask/answer.h"

#include "admin/aliases.h"
#include "admin/put.h"
#include "admin/route.h"
#include "admin/view.h"
#include "ask/talk.h"
#include "data/json.h"

// The choice is kept for the word that was asked about, before it is answered: an answer is long, and may be left.
static bool ask_remember(struct admin_call *call, const struct ask_request *r, struct err *err) {
  struct talk_said *said = ARENA_NEW(call->arena, struct talk_said);
  if (!r->choose) return err_at(err, ERR_INVALID, "remember", "there is no choice to remember; see 'choose'");
  if (!talk_take(r->follow, call->who.key, call->arena, said, err)) return false;
  if ((size_t)r->choose > said->choice_count || !said->asked.word.n)
    return err_at(err, ERR_INVALID, "choose", "there are %zu choices to remember, from 1",
                  said->asked.word.n ? said->choice_count : 0);
  return aliases_keep(call, said->asked.word, said->choices[r->choose - 1], err);
}

bool admin_ask(struct admin_call *call, struct err *err) {
  struct ask_request r = {.question = str_trim(json_str(call->body, "question")),
                          .follow = json_str(call->body, "follow"),
                          .choose = json_int(call->body, "choose", 0),
                          .plan_only = json_bool(call->body, "plan_only", false)};
  r.program = (struct program_request){.env = call->env->program,
                                       .catalog = call->catalog,
                                       .principal = call->who.key,
                                       .by = admin_asker(call),
                                       .request_id = call->in->id,
                                       .waits = true};
  if (!r.question.n && !r.choose) return err_at(err, ERR_INVALID, "question", "there is no question");
  if (r.choose && !r.follow.n)
    return err_at(err, ERR_INVALID, "follow", "name the answer whose choice it is");
  return admin_view_server(call, &r.program.server, err) &&
         (!json_bool(call->body, "remember", false) || ask_remember(call, &r, err)) &&
         aliases_of(call, r.program.server, &r.aliases, &r.alias_count, err) &&
         ask_answer(&r, &call->out, err);
}

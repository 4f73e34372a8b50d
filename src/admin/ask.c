// SPDX-License-Identifier: Apache-2.0
// A question in plain language by the management API. Whoever manages Postern asks all accounts; a server's view can be
// asked instead.
#include "ask/answer.h"

#include "admin/put.h"
#include "admin/route.h"
#include "admin/view.h"
#include "data/json.h"

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
  return admin_view_server(call, &r.program.server, err) && ask_answer(&r, &call->out, err);
}

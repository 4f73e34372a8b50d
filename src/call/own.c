// SPDX-License-Identifier: Apache-2.0
#include "call/own.h"

#include "account/env.h"
#include "call/judge.h"
#include "catalog/own.h"

static struct str own_link(const struct run_call *call, struct str account_id, struct arena *a) {
  struct str base = call->env->account ? call->env->account->public_url : STR_NONE;
  return base.n ? catalog_own_link(base, account_id, call->person, a) : STR_NONE;
}

static void own_send(const struct run_call *call, struct str account_id, struct str why, struct arena *a,
                     struct call_answer *n) {
  n->own = true;
  n->link = own_link(call, account_id, a);
  struct str todo = n->link.n ? arena_printf(a,
                                             "Open %.*s in a browser, signed in to Postern as yourself, and "
                                             "connect your account; then call again.",
                                             STR_ARG(n->link))
                              : STR("Connect it in Postern's console, under Own accounts; then call again.");
  judge_refusal(n, RUN_NEEDS_AUTHORIZING,
                arena_printf(a, "%.*s\nWhat to do: %.*s", STR_ARG(why), STR_ARG(todo)));
}

static void own_refuse_nobody(struct arena *a, struct call_answer *n) {
  n->detail = STR("own accounts: nobody knows whose call it is");
  judge_refusal(n, RUN_DENIED,
                arena_printf(a,
                             "For %.*s this server calls with each person's own account, and nobody can tell "
                             "whose call this is: a secret URL and an API token stand for no person. Nothing "
                             "was sent.\nWhat to do: connect to the server by signing in, at its address "
                             "without a secret; an administrator says which.",
                             STR_ARG(n->account->account->name)));
}

static bool own_can_call(const struct account *own) {
  return own->kind == CONNECTOR_MCP ? own->peer != NULL : own->send_count > 0 || own->grant;
}

bool call_own_choose(const struct run_call *call, struct catalog_tool *tool, struct arena *a,
                     struct call_answer *n) {
  const struct account *front = tool->account->account;
  if (!tool->account->is_front) return true;
  if (!call->person.n) {
    own_refuse_nobody(a, n);
    return false;
  }
  const struct catalog_account *own = catalog_own(call->catalog, call->person, front->id);
  if (own && !catalog_own_is_there(own)) own = NULL;
  if (own && own_can_call(own->account)) {
    tool->account = n->account = own;
    return true;
  }
  n->detail = own ? STR("own account: its credential does not open") : STR("own account: not connected yet");
  own_send(call, front->id,
           arena_printf(a, "For %.*s this server calls with each person's own account, and yours %s.",
                        STR_ARG(front->name), own ? "has to be connected again" : "is not connected yet"),
           a, n);
  return false;
}

void call_own_look(const struct run_call *call, struct arena *a, struct call_answer *n) {
  const struct account *own = n->account->account;
  bool refused = n->outcome == RUN_NEEDS_AUTHORIZING ||
                 (own->kind == CONNECTOR_REST && n->form == ANSWER_REFUSED && n->status == 401);
  if (!own->person.n || !refused) return;
  own_send(call, own->stands_for,
           arena_printf(a, "The vendor does not take what your own account \"%.*s\" sends any more.",
                        STR_ARG(own->name)),
           a, n);
}

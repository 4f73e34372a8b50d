// SPDX-License-Identifier: Apache-2.0
#include "account/grant.h"
#include "base/clock.h"
#include "base/log.h"
#include "call/fenced.h"
#include "call/judge.h"
#include "call/reads.h"
#include "call/run_parts.h"
#include "call/trouble.h"
#include "catalog/watch.h"
#include "data/json.h"
#include "mcp/client.h"
#include "mcp/jsonrpc.h"
#include "mcp/wire.h"
#include "remote/remote.h"

// One call of a vendor's tool on its way.
struct remote_run {
  const struct run_call *call;
  const struct account *account;
  struct arena *arena;
  struct call_answer *n;
};

// ---- the request

static yyjson_mut_val *remote_params(const struct remote_run *r) {
  const struct run_call *call = r->call;
  struct str name = call->tool->tool->name;
  yyjson_mut_val *params = yyjson_mut_obj(r->n->asked);
  yyjson_mut_obj_add_strn(r->n->asked, params, "name", name.p, name.n);
  yyjson_mut_obj_add_val(r->n->asked, params, "arguments",
                         yyjson_mut_val_mut_copy(r->n->asked, r->n->arguments));
  if (call->input_responses)
    yyjson_mut_obj_add_val(r->n->asked, params, "inputResponses",
                           yyjson_val_mut_copy(r->n->asked, call->input_responses));
  if (call->request_state.n)
    yyjson_mut_obj_add_strn(r->n->asked, params, "requestState", call->request_state.p,
                            call->request_state.n);
  wire_pass_meta(r->n->asked, params, call->meta);
  return params;
}

static bool remote_open(const struct remote_run *r, yyjson_val *schema, struct mcp_call **out,
                        struct err *err) {
  const struct run_call *call = r->call;
  struct mcp_request request = {
      .who = {.principal = call->principal.n ? call->principal : STR("postern:admin"),
              .capabilities = call->capabilities,
              .prefer = call->era},
      .method = STR("tools/call"),
      .doc = r->n->asked,
      .params = remote_params(r),
      .wants_progress = call->wants_progress,
      .log_level = call->log_level,
      .input_schema = schema,
      .traceparent = call->traceparent,
      .tracestate = call->tracestate,
      .reads = call->tool->tool->read_only && !call->input_responses,
  };
  return mcp_call_open(r->account->peer, &request, out, err);
}

// Nobody to hand news and questions to: the first are dropped, the second declined.
static bool remote_pump(const struct remote_run *r, struct mcp_call *call, struct mcp_event *last,
                        struct err *err) {
  for (;;) {
    if (!mcp_call_next(call, last, err)) return false;
    if (last->kind == MCP_RESULT || last->kind == MCP_ERROR) return true;
    if (last->kind == MCP_REQUEST && !r->n->question.n && !str_is(last->method, "roots/list"))
      r->n->question = arena_dup(r->arena, last->method);
    bool ok = last->kind != MCP_REQUEST || mcp_call_answer(call, last->id, STR_NONE, JSONRPC_METHOD_NOT_FOUND,
                                                           STR("nobody is there to answer"), err);
    mcp_event_free(last);
    if (!ok) return false;
  }
}

// Is the call held to what it is, so that no question and no answer passes on the way?
static bool remote_is_closed(const struct run_call *call) {
  return fenced_is(call) || call->approved.n;
}

// From the call to its last event. Nothing of it is left behind but what is kept.
static bool remote_carry(const struct remote_run *r, struct mcp_call *call, struct mcp_event *last,
                         struct err *err) {
  const struct run_conduct *conduct =
      remote_is_closed(r->call) ? NULL : r->call->conduct; // no question passes a fence
  bool kept = false;
  bool ok = conduct ? conduct->carry(conduct->arg, call, last, &kept, err) : remote_pump(r, call, last, err);
  if (kept) return ok;
  r->n->has_rate = mcp_call_rate(call, &r->n->rate);
  r->n->status = mcp_call_status(call);
  mcp_call_close(call);
  return ok;
}

// ---- headers that do not fit the vendor's schema any more

struct remote_search {
  struct str name;
  struct buf found;
};

static bool remote_search_take(void *arg, yyjson_val *definition, struct err *err) {
  struct remote_search *s = arg;
  (void)err;
  if (str_eq(json_str(definition, "name"), s->name))
    json_write(&s->found, yyjson_obj_get(definition, "inputSchema"));
  return true;
}

// 2026-07-28 -32020: the vendor's schema wants other Mcp-Param-* headers than the one we have. Asked once
// more with the schema as it is now; what is served is settled by the sync that follows.
static bool remote_again(const struct remote_run *r, struct mcp_event *last, struct err *err) {
  struct remote_search s = {r->call->tool->tool->name, BUF_MAX(1 << 20)};
  struct mcp_who who = {r->call->principal, r->call->capabilities, MCP_MODERN};
  struct mcp_list list = {who, "tools/list", "tools", REMOTE_TOOLS_MOST, REMOTE_DEFINITIONS_MOST, NULL};
  struct mcp_call *call;
  yyjson_doc *schema = NULL;
  bool ok =
      mcp_list_all(r->account->peer, &list, remote_search_take, &s, err) &&
      json_read(s.found.n ? buf_str(&s.found) : STR("{}"),
                &(struct json_limits){.depth = 256, .nodes = 100000, .raw_numbers = true}, &schema, err) &&
      remote_open(r, yyjson_doc_get_root(schema), &call, err) && remote_carry(r, call, last, err);
  yyjson_doc_free(schema);
  buf_free(&s.found);
  watch_hint(r->account->id);
  return ok;
}

static bool remote_ask(const struct remote_run *r, struct mcp_event *last, struct err *err) {
  struct mcp_call *call = r->call->resume;
  if (!call && !remote_open(r, r->call->tool->tool->input, &call, err)) return false;
  if (!remote_carry(r, call, last, err)) return false;
  bool stale = last->kind == MCP_ERROR && json_int(last->value, "code", 0) == JSONRPC_HEADER_MISMATCH;
  if (!stale) return true;
  mcp_event_free(last);
  return remote_again(r, last, err);
}

// ---- what came of it

static void remote_needs_authorizing(const struct remote_run *r, const struct err *why) {
  struct str name = r->account->name;
  bool person = r->account->grant && grant_needs_authorising(r->account->grant, r->arena, &r->n->link);
  struct str todo =
      !person        ? arena_printf(r->arena,
                                    "An administrator gives the credential again with 'postern account "
                                           "recredential %.*s'.",
                                    STR_ARG(name))
      : r->n->link.n ? arena_printf(r->arena, "Open %.*s in a browser and consent, then call again.",
                                    STR_ARG(r->n->link))
                     : arena_printf(r->arena, "An administrator runs 'postern account connect %.*s --again'.",
                                    STR_ARG(name));
  judge_refusal(r->n, person ? RUN_NEEDS_AUTHORIZING : RUN_FAILED,
                arena_printf(r->arena, "The account '%.*s' has to be authorized: %s.\nWhat to do: %.*s",
                             STR_ARG(name), why->text, STR_ARG(todo)));
}

// The vendor's own no, 403.
static void remote_denied(const struct remote_run *r, const struct err *why) {
  judge_refusal(r->n, RUN_UPSTREAM_ERROR,
                arena_printf(r->arena, "The vendor refuses: %s.%s%s", why->text,
                             why->hint[0] ? "\nWhat to do: " : "", why->hint));
}

static void remote_gone(const struct remote_run *r) {
  judge_refusal(r->n, RUN_FAILED,
                arena_printf(r->arena,
                             "The account '%.*s' was disconnected, or changed, during the call. Call again.",
                             STR_ARG(r->account->name)));
}

static void remote_limited(const struct remote_run *r, const struct err *why) {
  judge_refusal(r->n, RUN_RATE_LIMITED,
                arena_printf(r->arena,
                             "The vendor limits how often it may be asked: %s.\nWhat to do: wait, then call "
                             "again.",
                             why->text));
}

// The audit has no values of arguments, and a vendor's words may repeat them: of an error that may hold such
// words it has the name alone. The words are in the answer.
static struct str remote_detail(const struct remote_run *r, const struct err *why) {
  static const enum err_code ours[] = {ERR_TIMEOUT, ERR_CANCELED, ERR_MISSING, ERR_UNAVAILABLE, ERR_INTERNAL};
  bool words = why->reason == WHY_GUARDED;
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) words |= why->code == ours[i];
  return words ? arena_printf(r->arena, "%s: %.*s", err_name(why->code), RUN_DETAIL_MOST, why->text)
               : str_of(err_name(why->code));
}

// What is known to be behind it; `seen` lacks only whose it is.
static void remote_look(const struct remote_run *r, struct trouble_seen seen) {
  seen.account = r->n->account;
  seen.arguments = r->call->arguments;
  (void)trouble_find(&seen, r->arena, &r->n->trouble);
}

// False: canceled.
static bool remote_failed(const struct remote_run *r, const struct err *why) {
  r->n->detail = remote_detail(r, why);
  if (why->code == ERR_CANCELED) return false;
  if (why->code == ERR_UNAUTHENTICATED)
    remote_needs_authorizing(r, why);
  else if (why->code == ERR_DENIED && why->reason != WHY_GUARDED)
    remote_denied(r, why);
  else if (why->reason == WHY_RATE_LIMITED)
    remote_limited(r, why);
  else if (why->code == ERR_MISSING)
    remote_gone(r);
  else
    judge_failure(r->n, why, r->arena);
  if (r->n->outcome != RUN_NEEDS_AUTHORIZING) remote_look(r, (struct trouble_seen){.failed = why});
  return true;
}

// What a vendor asks back could be answered with any value, so it is not asked on.
static void remote_keep_within(const struct remote_run *r) {
  yyjson_doc_free(r->n->doc);
  r->n->doc = NULL;
  r->n->value = NULL;
  bool fenced = fenced_is(r->call);
  r->n->detail = fenced ? STR("fence: the vendor asks back") : STR("approval: the vendor asks back");
  judge_refusal(r->n, RUN_DENIED,
                fenced
                    ? STR("The vendor asks something back before it answers. This server is held to certain "
                          "values, and passes no questions on.")
                    : STR("The vendor asks something back before it answers. The call was approved as it "
                          "stands, so no question is passed on."));
}

static bool remote_is_within(const struct remote_run *r, struct err *err) {
  if (fenced_is(r->call) && (r->call->resume || r->call->input_responses))
    return err_set(err, ERR_DENIED, "this server is held to certain values, and passes no answers on");
  return fenced_check_params(r->call, remote_params(r), r->arena, err);
}

// Of an answer that is none yet: the first of what the vendor wants to know, or its kind (input_required, task).
static struct str remote_question(const struct remote_run *r) {
  yyjson_obj_iter it = yyjson_obj_iter_with(yyjson_obj_get(r->n->value, "inputRequests"));
  struct str method = json_str(yyjson_obj_iter_get_val(yyjson_obj_iter_next(&it)), "method");
  return arena_dup(r->arena, method.n ? method : json_str(r->n->value, "resultType"));
}

static void remote_take(const struct remote_run *r, const struct mcp_event *last) {
  r->n->doc = last->doc;
  r->n->value = last->value;
  if (last->kind == MCP_RESULT && yyjson_is_obj(last->value)) {
    judge_result(r->n, run_most(r->call), clock_now_ms());
    if (r->n->outcome == RUN_INPUT_REQUIRED && remote_is_closed(r->call)) {
      remote_keep_within(r);
      return;
    }
    if (r->n->outcome == RUN_INPUT_REQUIRED)
      r->n->question = remote_question(r);
    else
      remote_look(r, (struct trouble_seen){.result = last->value});
    return;
  }
  r->n->form = ANSWER_ERROR;
  r->n->outcome = RUN_UPSTREAM_ERROR;
  r->n->detail =
      arena_printf(r->arena, "the vendor answers %lld", (long long)json_int(last->value, "code", 0));
  remote_look(r, (struct trouble_seen){.rpc_error = last->value});
}

bool run_remote(const struct run_call *call, struct arena *a, struct call_answer *n) {
  struct remote_run r = {call, n->account->account, a, n};
  struct mcp_event last = {0};
  struct err why = {0};
  if (!r.account->peer) {
    err_set(&why, ERR_UNAVAILABLE, "the account '%.*s' cannot be used: %.*s", STR_ARG(r.account->name),
            STR_ARG(r.account->status_text));
    err_hint(&why, "an administrator looks with 'postern account doctor %.*s'", STR_ARG(r.account->name));
    if (call->resume) mcp_call_close(call->resume); // of the time when it could be used
    return remote_failed(&r, &why);
  }
  if (!call->resume && !reads_check_arguments(n->tool, n->arguments, &why)) {
    n->detail = arena_printf(a, "%s %s", why.field, why.text);
    judge_refusal(n, RUN_INVALID, arena_printf(a, "%s: %s. Nothing was sent.", why.field, why.text));
    return true;
  }
  if (!remote_is_within(&r, &why)) {
    if (call->resume) mcp_call_close(call->resume);
    run_beyond(n, &why, a);
    return true;
  }
  if (call->rehearses) return true;
  if (!remote_ask(&r, &last, &why)) return remote_failed(&r, &why);
  remote_take(&r, &last); // its document is the answer's now
  return true;
}

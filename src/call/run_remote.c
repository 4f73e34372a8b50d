// SPDX-License-Identifier: Apache-2.0
#include "account/grant.h"
#include "base/clock.h"
#include "base/log.h"
#include "call/reads.h"
#include "call/run_parts.h"
#include "call/shape.h"
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
  yyjson_mut_doc *doc;
  yyjson_mut_val *arguments;
  struct arena *arena;
  struct run_trail *trail;
  struct run_result *out;
};

// ---- the request

static yyjson_mut_val *remote_params(const struct remote_run *r) {
  const struct run_call *call = r->call;
  struct str name = call->tool->tool->name;
  yyjson_mut_val *params = yyjson_mut_obj(r->doc);
  yyjson_mut_obj_add_strn(r->doc, params, "name", name.p, name.n);
  yyjson_mut_obj_add_val(r->doc, params, "arguments", yyjson_mut_val_mut_copy(r->doc, r->arguments));
  if (call->input_responses)
    yyjson_mut_obj_add_val(r->doc, params, "inputResponses",
                           yyjson_val_mut_copy(r->doc, call->input_responses));
  if (call->request_state.n)
    yyjson_mut_obj_add_strn(r->doc, params, "requestState", call->request_state.p, call->request_state.n);
  wire_pass_meta(r->doc, params, call->meta);
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
      .doc = r->doc,
      .params = remote_params(r),
      .wants_progress = call->wants_progress,
      .log_level = call->log_level,
      .input_schema = schema,
      .traceparent = call->traceparent,
      .tracestate = call->tracestate,
  };
  return mcp_call_open(r->account->peer, &request, out, err);
}

// Nobody to hand news and questions to: the first are dropped, the second declined.
static bool remote_pump(struct mcp_call *call, struct mcp_event *last, struct err *err) {
  for (;;) {
    if (!mcp_call_next(call, last, err)) return false;
    if (last->kind == MCP_RESULT || last->kind == MCP_ERROR) return true;
    bool ok = last->kind != MCP_REQUEST || mcp_call_answer(call, last->id, STR_NONE, JSONRPC_METHOD_NOT_FOUND,
                                                           STR("nobody is there to answer"), err);
    mcp_event_free(last);
    if (!ok) return false;
  }
}

// From the call to its last event. Nothing of it is left behind but what is kept.
static bool remote_carry(const struct remote_run *r, struct mcp_call *call, struct mcp_event *last,
                         struct err *err) {
  const struct run_conduct *conduct = r->call->conduct;
  bool kept = false;
  bool ok = conduct ? conduct->carry(conduct->arg, call, last, &kept, err) : remote_pump(call, last, err);
  if (kept) return ok;
  r->out->has_rate = mcp_call_rate(call, &r->out->rate);
  r->trail->status = mcp_call_status(call);
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

static void remote_needs_authorising(const struct remote_run *r, const struct err *why) {
  struct str link = STR_NONE, name = r->account->name;
  bool person = r->account->grant && grant_needs_authorising(r->account->grant, r->arena, &link);
  struct str todo =
      !person  ? arena_printf(r->arena,
                              "An administrator gives the credential again with 'postern account "
                               "recredential %.*s'.",
                              STR_ARG(name))
      : link.n ? arena_printf(r->arena, "Open %.*s in a browser and consent, then call again.", STR_ARG(link))
               : arena_printf(r->arena, "An administrator runs 'postern account connect %.*s --again'.",
                              STR_ARG(name));
  shape_refusal(person ? RUN_NEEDS_AUTHORIZING : RUN_FAILED,
                arena_printf(r->arena, "The account '%.*s' has to be authorized: %s.\nWhat to do: %.*s",
                             STR_ARG(name), why->text, STR_ARG(todo)),
                r->out);
  r->out->link = link;
}

// The vendor's own no, 403; ours, the address guard's, comes with a hint.
static void remote_denied(const struct remote_run *r, const struct err *why) {
  shape_refusal(RUN_UPSTREAM_ERROR,
                arena_printf(r->arena, "The vendor refuses: %s.%s%s", why->text,
                             why->hint[0] ? "\nWhat to do: " : "", why->hint),
                r->out);
}

static void remote_gone(const struct remote_run *r) {
  shape_refusal(RUN_FAILED,
                arena_printf(r->arena,
                             "The account '%.*s' was disconnected, or changed, during the call. Call again.",
                             STR_ARG(r->account->name)),
                r->out);
}

// A second block with the remedy, where the trouble is known.
static void remote_add_known(const struct remote_run *r, const struct trouble_seen *seen) {
  struct trouble t;
  struct buf *content = &r->out->content;
  if (!trouble_find(seen, r->arena, &t) || !content->n || content->full) return;
  content->n--; // the bracket
  buf_add_z(content, ",{\"type\":\"text\",\"text\":");
  json_add_string(content, arena_printf(r->arena, "[postern] %.*s", STR_ARG(t.remedy)));
  buf_add_z(content, "}]");
}

static void remote_limited(const struct remote_run *r, const struct err *why) {
  shape_refusal(RUN_RATE_LIMITED,
                arena_printf(r->arena,
                             "The vendor limits how often it may be asked: %s.\nWhat to do: wait, then call "
                             "again.",
                             why->text),
                r->out);
}

// The audit has no values of arguments, and a vendor's words may repeat them: of an error that may hold such
// words it has the name alone. The words are in the answer.
static struct str remote_detail(const struct remote_run *r, const struct err *why, bool guarded) {
  static const enum err_code ours[] = {ERR_TIMEOUT, ERR_CANCELED, ERR_MISSING, ERR_UNAVAILABLE, ERR_INTERNAL};
  bool words = guarded;
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) words |= why->code == ours[i];
  return words ? arena_printf(r->arena, "%s: %.*s", err_name(why->code), RUN_DETAIL_MOST, why->text)
               : str_of(err_name(why->code));
}

// False: canceled.
static bool remote_failed(const struct remote_run *r, const struct err *why) {
  bool guarded = str_contains(str_of(why->hint), STR("upstream_allow"));
  bool has_rate = r->out->has_rate;
  struct ratelimit rate = r->out->rate;
  r->trail->detail = remote_detail(r, why, guarded);
  if (why->code == ERR_CANCELED) return false;
  if (why->code == ERR_UNAUTHENTICATED)
    remote_needs_authorising(r, why);
  else if (why->code == ERR_DENIED && !guarded)
    remote_denied(r, why);
  else if (why->code == ERR_LIMIT && str_contains(str_of(why->text), STR("status 429")))
    remote_limited(r, why);
  else if (why->code == ERR_MISSING)
    remote_gone(r);
  else
    shape_failure(why, r->arena, r->out);
  r->out->has_rate = has_rate;
  r->out->rate = rate;
  if (r->out->outcome != RUN_NEEDS_AUTHORIZING)
    remote_add_known(r, &(struct trouble_seen){.account = r->call->tool->account, .failed = why});
  return true;
}

static void remote_take_error(const struct remote_run *r, yyjson_val *error) {
  r->out->outcome = RUN_UPSTREAM_ERROR;
  r->out->is_error = true;
  r->out->doc = yyjson_mut_doc_new(NULL);
  r->out->rpc_error = yyjson_val_mut_copy(r->out->doc, error);
  r->trail->detail = arena_printf(r->arena, "the vendor answers %lld", (long long)json_int(error, "code", 0));
}

static void remote_take_result(const struct remote_run *r, yyjson_val *result) {
  bool has_rate = r->out->has_rate;
  struct ratelimit rate = r->out->rate;
  struct shape_remote in = {.call = r->call, .result = result, .now_ms = clock_now_ms()};
  shape_remote(&in, r->arena, r->out);
  if (!has_rate) return;
  r->out->has_rate = true;
  r->out->rate = rate;
}

bool run_remote(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val *arguments, struct arena *a,
                struct run_trail *trail, struct run_result *out) {
  struct remote_run r = {call, call->tool->account->account, doc, arguments, a, trail, out};
  struct mcp_event last = {0};
  struct err why = {0};
  if (!r.account->peer) {
    err_set(&why, ERR_UNAVAILABLE, "the account '%.*s' cannot be used: %.*s", STR_ARG(r.account->name),
            STR_ARG(r.account->status_text));
    err_hint(&why, "an administrator looks with 'postern account doctor %.*s'", STR_ARG(r.account->name));
    if (call->resume) mcp_call_close(call->resume); // of the time when it could be used
    return remote_failed(&r, &why);
  }
  if (!call->resume && !reads_check_arguments(call->tool->tool, arguments, &why)) {
    trail->detail = arena_printf(a, "%s %s", why.field, why.text);
    shape_refusal(RUN_INVALID, arena_printf(a, "%s: %s. Nothing was sent.", why.field, why.text), out);
    return true;
  }
  if (!remote_ask(&r, &last, &why)) return remote_failed(&r, &why);
  if (last.kind == MCP_RESULT && yyjson_is_obj(last.value))
    remote_take_result(&r, last.value);
  else
    remote_take_error(&r, last.value);
  mcp_event_free(&last);
  return true;
}

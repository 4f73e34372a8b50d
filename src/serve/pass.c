// SPDX-License-Identifier: Apache-2.0
#include "serve/pass.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "io/share.h"
#include "mcp/wire.h"
#include "serve/bridge.h"
#include "serve/offer.h"
#include "serve/rewrite.h"

// The client's params in the vendor's names, with this turn's answers.
static yyjson_mut_val *pass_params(const struct bridge *b, const struct pass_want *want,
                                   yyjson_mut_doc *doc) {
  yyjson_mut_val *params = want->params ? yyjson_val_mut_copy(doc, want->params) : yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, params);
  yyjson_mut_obj_remove_str(params, "inputResponses");
  yyjson_mut_obj_remove_str(params, "requestState");
  yyjson_mut_obj_remove_str(params, "_meta");
  wire_pass_meta(doc, params, yyjson_obj_get(want->params, "_meta"));
  if (want->own_key)
    yyjson_mut_obj_put(params, yyjson_mut_str(doc, want->own_key),
                       yyjson_mut_strncpy(doc, want->own.p, want->own.n));
  if (b->input_responses)
    yyjson_mut_obj_add_val(doc, params, "inputResponses", yyjson_val_mut_copy(doc, b->input_responses));
  if (b->request_state.n)
    yyjson_mut_obj_add_strncpy(doc, params, "requestState", b->request_state.p, b->request_state.n);
  return params;
}

static bool pass_open(struct bridge *b, const struct pass_want *want, struct mcp_call **call,
                      struct err *err) {
  const struct serve_request *r = b->r;
  struct mcp_peer *peer;
  *call = b->resume;
  b->resume = NULL;
  if (*call) return true;
  if (!errand_peer(want->member, &peer, err)) return false;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_val *meta = yyjson_obj_get(want->params, "_meta");
  struct mcp_request request = {.who = serve_who(r),
                                .method = str_of(want->method),
                                .doc = doc,
                                .params = pass_params(b, want, doc),
                                .wants_progress = r->progress_token != NULL,
                                .log_level = r->log_level,
                                .traceparent = json_str(meta, "traceparent"),
                                .tracestate = json_str(meta, "tracestate")};
  bool ok = mcp_call_open(peer, &request, call, err);
  yyjson_mut_doc_free(doc);
  return ok;
}

static bool pass_turn_on(struct bridge *b, const struct pass_want *want, struct errand_result *out,
                         struct err *err) {
  struct mcp_call *call;
  struct mcp_event last = {0};
  bool kept = false;
  if (!pass_open(b, want, &call, err)) return false;
  bool ok = bridge_carry(b, call, &last, &kept, err);
  if (!kept) mcp_call_close(call);
  if (!ok) return false;
  bool uri = want->own_key && str_is(str_of(want->own_key), "uri");
  return errand_take(b->r, &last, uri ? want->shown : STR_NONE, out, err);
}

// It counts as the account's, like a call of a tool (call/run).
static bool pass_turn(struct bridge *b, const struct pass_want *want, struct errand_result *out,
                      struct err *err) {
  struct share *share = share_take(SHARE_ACCOUNT, want->member->account->account->id, FIBER_ORDINARY, err);
  bool ok = share && pass_turn_on(b, want, out, err);
  share_give(share);
  return ok;
}

static void pass_audit(struct serve_request *r, const struct pass_want *want, bool ok, int64_t began_us) {
  if (!want->shown.n) return;
  audit_add(r->env->run.audit, &(struct audit_row){.at = clock_now_ms(),
                                                   .actor = r->client,
                                                   .action = str_of(want->method),
                                                   .server_id = r->server->server.id,
                                                   .account_id = want->member->account->account->id,
                                                   .tool = want->shown,
                                                   .outcome = ok ? STR("ok") : STR("upstream_error"),
                                                   .request_id = r->in->id,
                                                   .elapsed_us = (int64_t)clock_mono_us() - began_us});
}

bool pass_ask(struct serve_request *r, const struct pass_want *want, struct errand_result *out,
              struct err *err) {
  struct bridge b;
  struct errand_result result = {0};
  int64_t began_us = (int64_t)clock_mono_us();
  struct bridge_want bridged = {str_of(want->method), want->params, want->member};
  if (!bridge_open(&b, r, &bridged, err)) return false;
  bool failed = false, again, ok;
  do {
    errand_free(&result);
    ok = pass_turn(&b, want, &result, err);
    again = ok && bridge_again(&b, result.value, &failed, err);
  } while (again);
  ok = ok && !failed && bridge_seal(&b, result.doc, result.value, err);
  bridge_close(&b);
  pass_audit(r, want, ok, began_us);
  if (!ok) {
    errand_free(&result);
    return false;
  }
  rewrite_result(result.doc, result.value, want->member->alias);
  *out = result;
  return true;
}

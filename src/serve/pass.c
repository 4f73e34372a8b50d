// SPDX-License-Identifier: Apache-2.0
#include "serve/pass.h"

#include "base/clock.h"
#include "call/limited.h"
#include "catalog/own.h"
#include "io/share.h"
#include "mcp/wire.h"
#include "serve/bridge.h"
#include "serve/consent.h"
#include "serve/offer.h"

// The client's params in the vendor's names, with this turn's answers.
static yyjson_mut_val *pass_params(const struct bridge *b, const struct pass_want *want,
                                   yyjson_mut_doc *doc) {
  yyjson_mut_val *params = want->params ? yyjson_val_mut_copy(doc, want->params) : yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, params);
  yyjson_mut_obj_remove_str(params, "inputResponses");
  yyjson_mut_obj_remove_str(params, "requestState");
  yyjson_mut_obj_remove_str(params, "_meta");
  wire_pass_meta(doc, params, yyjson_obj_get(want->params, "_meta"));
  yyjson_mut_val *named = want->own_in ? yyjson_mut_obj_get(params, want->own_in) : params;
  yyjson_mut_obj_put(named, yyjson_mut_str(doc, want->own_key),
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
  if (!errand_peer(r, want->member, &peer, err)) return false; // also of a call that waited for its client
  *call = b->resume;
  b->resume = NULL;
  if (*call) return true;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_val *meta = yyjson_obj_get(want->params, "_meta");
  struct mcp_request request = {.who = serve_who(r),
                                .method = str_of(want->method),
                                .doc = doc,
                                .params = pass_params(b, want, doc),
                                .wants_progress = r->message.progress_token != NULL,
                                .log_level = r->message.log_level,
                                .traceparent = json_str(meta, "traceparent"),
                                .tracestate = json_str(meta, "tracestate")};
  bool ok = mcp_call_open(peer, &request, call, err);
  yyjson_mut_doc_free(doc);
  return ok;
}

static bool pass_carry(struct bridge *b, const struct pass_want *want, struct err *err) {
  struct mcp_call *call;
  struct mcp_event last = {0};
  bool kept = false;
  if (!pass_open(b, want, &call, err)) return false;
  bool ok = bridge_carry(b, call, &last, &kept, err);
  if (!kept) mcp_call_close(call);
  bool uri = str_is(str_of(want->own_key), "uri");
  return ok && errand_take(b->r, &last, uri ? want->shown : STR_NONE, &b->result, err);
}

// What the server's limits count, like a call of a tool.
static bool pass_count(struct bridge *b, struct err *err) {
  struct serve_request *r = b->r;
  struct run_call call = {.env = &r->env->run,
                          .catalog = r->catalog,
                          .server = r->server,
                          .by = serve_audit_row(r).who,
                          .principal = r->client.principal.key};
  return b->turns > 1 || b->resume || limited_read(&call, r->arena, err);
}

// It counts as the account's, like a call of a tool (call/run).
static bool pass_turn(struct bridge *b, struct err *err) {
  struct share *share =
      share_take(SHARE_ACCOUNT, serve_account(b->r, b->member)->account->id, FIBER_ORDINARY, err);
  errand_free(&b->result);
  bool ok = share && pass_count(b, err) && pass_carry(b, b->arg, err);
  share_give(share);
  return ok;
}

static void pass_audit(struct serve_request *r, const struct pass_want *want, bool ok, int64_t began_us) {
  if (!want->shown.n) return;
  const struct account *account = serve_account(r, want->member)->account;
  struct audit_row row = serve_audit_row(r);
  row.action = str_of(want->method);
  row.account_id = account->id;
  row.account_name = account->name;
  row.tool = want->shown;
  row.outcome = ok ? STR("ok") : STR("upstream_error");
  row.elapsed_us = (int64_t)clock_mono_us() - began_us;
  audit_add(r->env->run.audit, &row);
}

bool pass_ask(struct serve_request *r, const struct pass_want *want, struct errand_result *out,
              struct err *err) {
  struct bridge b = {.r = r,
                     .method = str_of(want->method),
                     .params = want->params,
                     .member = want->member,
                     .turn = pass_turn,
                     .arg = want};
  int64_t began_us = (int64_t)clock_mono_us();
  bool ok = bridge_run(&b, err);
  if (b.turns) pass_audit(r, want, ok, began_us);
  if (ok)
    *out = b.result;
  else
    errand_free(&b.result);
  return ok;
}

bool pass_link(struct serve_request *r, const struct pass_want *want, struct buf *out, struct err *err) {
  struct bridge b = {.r = r,
                     .method = str_of(want->method),
                     .params = want->params,
                     .member = want->member,
                     // Who comes back without having been there gets words.
                     .linked = yyjson_obj_get(want->params, "requestState") != NULL};
  struct mcp_peer *none;
  if (!consent_can_offer(&b)) return errand_peer(r, want->member, &none, err);
  struct str account_id = want->member->account->account->id;
  return consent_offer(&b,
                       catalog_own_link(r->env->origins->public_url, account_id, serve_person(r), r->arena),
                       true, out, err);
}

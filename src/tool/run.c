// SPDX-License-Identifier: Apache-2.0
#include "tool/run.h"

#include "base/clock.h"
#include "base/codec.h"
#include "base/metrics.h"
#include "data/json.h"
#include "tool/audit.h"
#include "tool/check.h"
#include "tool/rest.h"
#include "tool/shape.h"
#include "version.h"

enum { RUN_TRACE_MOST = 512, RUN_DETAIL_MOST = 200 };

static const struct {
  const char *name;
  enum metric metric;
} run_outcomes[] = {
    [RUN_OK] = {"ok", METRIC_TOOL_CALLS_OK},
    [RUN_INVALID] = {"invalid", METRIC_TOOL_CALLS_INVALID},
    [RUN_DENIED] = {"denied", METRIC_TOOL_CALLS_DENIED},
    [RUN_UPSTREAM_ERROR] = {"upstream_error", METRIC_TOOL_CALLS_UPSTREAM},
    [RUN_RATE_LIMITED] = {"rate_limited", METRIC_TOOL_CALLS_LIMITED},
    [RUN_FAILED] = {"failed", METRIC_TOOL_CALLS_FAILED},
    [RUN_CANCELED] = {"canceled", METRIC_TOOL_CALLS_CANCELED},
    [RUN_INPUT_REQUIRED] = {"input_required", METRIC_TOOL_CALLS_OK},
    [RUN_NEEDS_AUTHORISING] = {"needs_authorising", METRIC_TOOL_CALLS_UPSTREAM},
};

void run_result_free(struct run_result *r) {
  buf_free(&r->content);
  yyjson_mut_doc_free(r->doc);
  *r = (struct run_result){.outcome = r->outcome, .is_error = r->is_error};
}

const char *run_outcome_name(enum run_outcome outcome) {
  return run_outcomes[outcome].name;
}

// What one call leaves behind besides its result.
struct run_trail {
  uint64_t started_us;
  int status; // the vendor's; 0: none
  struct str detail;
};

static void run_record(const struct run_call *call, const struct run_trail *trail, enum run_outcome outcome,
                       struct arena *a) {
  metrics_add(run_outcomes[outcome].metric, 1);
  if (!call->env->audit) return;
  audit_add(call->env->audit, &(struct audit_row){
                                  .at = clock_now_ms(),
                                  .actor = call->client,
                                  .action = STR("tools/call"),
                                  .server_id = call->server ? call->server->server.id : STR_NONE,
                                  .account_id = call->tool->account->account->id,
                                  .tool = call->tool->name,
                                  .arguments = check_shape(call->tool->tool, call->arguments, a),
                                  .outcome = str_of(run_outcomes[outcome].name),
                                  .request_id = call->request_id,
                                  .detail = trail->detail,
                                  .elapsed_us = (int64_t)(clock_mono_us() - trail->started_us),
                                  .status = trail->status,
                              });
}

// W3C Trace Context §3: passed on where it came; what could not stand in a header is dropped.
static void run_add_trace(struct http_headers *headers, struct str name, struct str value) {
  if (!value.n || value.n > RUN_TRACE_MOST || !codec_is_field_value(value)) return;
  headers->items[headers->count++] = (struct http_header){name, value};
}

static bool run_fetch(const struct run_call *call, struct rest_request *request, struct arena *a,
                      struct http_result *response, struct err *err) SUSPENDS {
  struct http_headers *h = &request->headers; // rest_build left room for these (REST_HEADERS_SPARE)
  h->items[h->count++] = (struct http_header){STR("User-Agent"), STR("postern/" POSTERN_VERSION)};
  run_add_trace(h, STR("traceparent"), call->traceparent);
  if (call->traceparent.n) run_add_trace(h, STR("tracestate"), call->tracestate);
  struct http_call out = {
      .method = arena_z(a, call->tool->tool->method),
      .url = request->url,
      .headers = *h,
      .body = buf_str(&request->body),
      .has_body = request->has_body,
      .limits = call->env->limits,
      .guard = call->env->guard,
  };
  return http_fetch(&out, a, response, err);
}

// An account whose sealed credential did not open is kept, so that it can be mended, but cannot call.
static bool run_has_credential(const struct catalog_account *v) {
  const struct connector_way *way = connector_way_find(v->connector, v->account->way);
  return v->account->send_count > 0 || !way || way->send_count == 0;
}

// From checked arguments to a shaped result. False only when canceled.
static bool run_rest(const struct run_call *call, yyjson_mut_val *arguments, struct arena *a,
                     struct run_trail *trail, struct run_result *out) SUSPENDS {
  struct rest_request request;
  struct http_result response = {0};
  struct err why = {0};
  if (!run_has_credential(call->tool->account)) {
    trail->detail = STR("the credential does not open");
    shape_refusal(
        RUN_FAILED,
        arena_printf(a,
                     "The stored credential of the account '%.*s' does not open, so nothing was sent. An "
                     "administrator gives it again with 'postern account recredential %.*s'.",
                     STR_ARG(call->tool->account->account->name),
                     STR_ARG(call->tool->account->account->name)),
        out);
    return true;
  }
  if (!rest_build(call->tool->tool, call->tool->account->account, arguments, a, &request, &why)) {
    enum run_outcome outcome = why.code == ERR_INVALID ? RUN_INVALID : RUN_FAILED;
    trail->detail = arena_printf(a, "%s %s", why.field, why.text);
    shape_refusal(outcome,
                  arena_printf(a, "%s%s%s. Nothing was sent.", why.field, why.field[0] ? ": " : "", why.text),
                  out);
    return true;
  }
  bool ok = run_fetch(call, &request, a, &response, &why);
  rest_request_free(&request);
  if (ok) {
    struct shape_input in = {.connector = call->tool->account->connector,
                             .tool = call->tool->tool,
                             .arguments = arguments,
                             .response = &response,
                             .ceiling = call->env->result_bytes,
                             .now_ms = clock_now_ms()};
    trail->status = response.status;
    shape_response(&in, a, out);
    buf_free(&response.body);
    return true;
  }
  trail->detail = arena_printf(a, "%s: %.*s", err_name(why.code), RUN_DETAIL_MOST, why.text);
  if (why.code == ERR_CANCELED) return false;
  shape_failure(&why, a, out);
  return true;
}

bool run_tool(const struct run_call *call, struct arena *a, struct run_result *out, struct err *err) {
  struct run_trail trail = {.started_us = clock_mono_us()};
  struct run_result result = {0};
  struct str wrong;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *arguments =
      call->arguments ? yyjson_val_mut_copy(doc, call->arguments) : yyjson_mut_obj(doc);
  bool done = true;
  if (check_arguments(call, doc, &arguments, a, &wrong))
    done = run_rest(call, arguments, a, &trail, &result);
  else
    shape_refusal(RUN_INVALID, wrong, &result);
  yyjson_mut_doc_free(doc);
  run_record(call, &trail, done ? result.outcome : RUN_CANCELED, a);
  if (!done) return err_set(err, ERR_CANCELED, "the call was canceled");
  *out = result;
  return true;
}

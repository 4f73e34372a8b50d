// SPDX-License-Identifier: Apache-2.0
#include "serve/tools.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/metrics.h"
#include "call/shape.h"
#include "catalog/display.h"
#include "catalog/listing.h"
#include "mcp/param.h"
#include "mcp/wire.h"
#include "serve/approving.h"
#include "serve/bridge.h"
#include "serve/consent.h"
#include "serve/fault.h"
#include "serve/frame.h"
#include "serve/own.h"
#include "serve/rewrite.h"

// A cursor is the name of the last tool shown: it stays good when tools come and go between pages,
// holds no state here, and tells nothing that was not listed. The first byte is its version.
#define TOOLS_CURSOR "1"

enum { TOOLS_NAME_MOST = 128, TOOLS_LISTING_MOST = 4 << 20 };

// ---- tools/list

static bool tools_start(struct serve_request *r, yyjson_val *params, size_t *start, struct err *err) {
  yyjson_val *cursor = yyjson_obj_get(params, "cursor");
  *start = 0;
  if (!cursor || (yyjson_is_str(cursor) && yyjson_get_len(cursor) == 0)) return true;
  struct str last;
  if (!yyjson_is_str(cursor) || !codec_unbase64_url(r->arena, json_text(cursor), &last) ||
      !str_starts(last, TOOLS_CURSOR) || !codec_is_token(last))
    return err_at(err, ERR_INVALID, "/params/cursor",
                  "Invalid cursor: use nextCursor of the page before as it came");
  last = str_from(last, 1);
  while (*start < r->server->tool_count && str_compare(r->server->tools[*start].name, last) <= 0) ++*start;
  return true;
}

static const struct catalog_member *tools_member(const struct catalog_server *s,
                                                 const struct catalog_account *account) {
  for (size_t i = 0; i < s->member_count; i++)
    if (s->members[i].account == account) return &s->members[i];
  return &s->members[0];
}

// Few definitions need another form for this client: a link to a view, an outputSchema of the newer kind.
static bool tools_needs_form(const struct serve_request *r, const struct catalog_tool *t) {
  yyjson_val *definition = t->tool->definition;
  if (!definition) return false;
  return frame_wraps(r, yyjson_obj_get(definition, "outputSchema")) ||
         rewrite_moves_view(definition, tools_member(r->server, t->account)->alias);
}

static void tools_add_formed(const struct serve_request *r, const struct catalog_tool *t, struct buf *out) {
  struct buf plain = BUF_MAX(TOOLS_LISTING_MOST);
  yyjson_doc *read;
  struct err err;
  size_t n;
  listing_write(t, &plain);
  if (!json_read(buf_str(&plain), &(struct json_limits){512, 1000000, true}, &read, &err)) {
    buf_add(out, buf_str(&plain));
    buf_free(&plain);
    return;
  }
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(read, NULL);
  yyjson_mut_val *tool = yyjson_mut_doc_get_root(doc);
  rewrite_view(doc, tool, tools_member(r->server, t->account)->alias);
  if (frame_wraps(r, yyjson_obj_get(t->tool->definition, "outputSchema"))) frame_wrap_schema(doc, tool);
  char *text = yyjson_mut_write(doc, 0, &n);
  buf_add(out, text ? str_make(text, n) : buf_str(&plain));
  free(text);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(read);
  buf_free(&plain);
}

void tools_add_definition(const struct serve_request *r, const struct catalog_tool *t, struct buf *out) {
  if (tools_needs_form(r, t))
    tools_add_formed(r, t, out);
  else
    display_add_listing(r->server, t, out);
}

const struct catalog_tool *tools_shown(const struct serve_request *r, struct str name) {
  return own_find(r, name) ? NULL : map_get(&r->server->by_name, name);
}

static bool tools_is_listed(const struct serve_request *r, const struct catalog_tool *t) {
  bool listed = r->discovery == POLICY_FULL || (r->discovery == POLICY_FEATURED && t->featured);
  return listed && !own_find(r, t->name);
}

bool tools_list(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  const struct catalog_server *server = r->server;
  size_t start;
  if (!tools_start(r, params, &start, err)) return false;
  size_t i = start, last = start, page = r->env->list_page;
  frame_open(r, out);
  buf_add_z(out, "\"tools\":[");
  for (; i < server->tool_count && page; i++) {
    if (!tools_is_listed(r, &server->tools[i])) continue;
    own_next(out);
    tools_add_definition(r, &server->tools[i], out);
    last = i;
    page--;
  }
  while (i < server->tool_count && !tools_is_listed(r, &server->tools[i])) i++;
  bool more = i < server->tool_count;
  if (!more) own_list(r, out);
  buf_add_char(out, ']');
  if (more) {
    struct str shown = arena_printf(r->arena, TOOLS_CURSOR "%.*s", STR_ARG(server->tools[last].name));
    buf_printf(out, ",\"nextCursor\":\"%.*s\"", STR_ARG(codec_base64_url(r->arena, shown)));
  }
  frame_close(r, out, true);
  return true;
}

// ---- tools/call

// An attempt to call what is not there or not allowed is worth a row: it may be a probe.
static bool tools_unknown(struct serve_request *r, struct str name, struct err *err) {
  name = str_cut_utf8(name, TOOLS_NAME_MOST);
  metrics_add(METRIC_TOOL_CALLS_DENIED, 1);
  const struct account *account = r->server->members[0].account->account;
  struct audit_row row = serve_audit_row(r);
  row.action = STR("tools/call");
  row.account_id = account->id;
  row.account_name = account->name;
  row.tool = name;
  row.outcome = STR("denied");
  row.detail = STR("not among the tools of this server");
  audit_add(r->env->run.audit, &row);
  return err_at(err, ERR_INVALID, "/params/name", "Unknown tool: %.*s", STR_ARG(name));
}

static void tools_rate_headers(struct serve_request *r, const struct run_result *result) {
  const struct ratelimit *rate = &result->rate;
  const struct {
    const char *name;
    bool has;
    int64_t value;
  } fields[] = {{"RateLimit-Limit", rate->has_limit, rate->limit},
                {"RateLimit-Remaining", rate->has_remaining, rate->remaining},
                {"RateLimit-Reset", rate->has_reset, rate->reset_s},
                {"Retry-After", rate->has_retry_after, rate->retry_after_s}};
  if (!r->transport.http || !result->has_rate) return;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)fields[i].value);
    if (fields[i].has && n > 0)
      http_reply_header(r->transport.http, fields[i].name, str_make(digits, (size_t)n));
  }
}

// Of accounts that share their tools, the one that the arguments name.
static const struct catalog_member *tools_owner(const struct serve_request *r,
                                                const struct catalog_tool *tool, yyjson_val *arguments) {
  struct str alias = json_str(arguments, "account");
  for (size_t i = 0; i < tool->choice_count; i++)
    if (str_eq(tool->choices[i].alias, alias)) return tools_member(r->server, tool->choices[i].account);
  return tools_member(r->server, tool->account);
}

// As a processor of the body we see that its mirror in the headers is true (2026-07-28, "Custom Headers").
static bool tools_check_headers(struct serve_request *r, const struct catalog_tool *tool,
                                yyjson_val *arguments, struct err *err) {
  struct err why;
  yyjson_val *schema = tool->tool->input;
  if (r->transport.era != MCP_MODERN || tool->tool->kind != TOOL_REMOTE || !param_schema_has_any(schema))
    return true;
  if (param_agree(schema, arguments, &r->transport.in->headers, r->arena, &why)) return true;
  return fault_set(r,
                   &(struct err_rpc){.code = JSONRPC_HEADER_MISMATCH,
                                     .status = 400,
                                     .message = arena_dup(r->arena, str_of(why.text))},
                   err);
}

struct tools_run {
  struct serve_request *request;
  struct run_call *call;
  struct run_result *result;
  struct governor *governor;
};

static bool tools_ask(const struct tools_run *run, struct arena *a, struct err *err) {
  struct call_answer answer;
  run_result_free(run->result);
  *run->result = (struct run_result){0};
  if (!call_run(run->call, a, &answer, err)) return false;
  if (run->governor) governor_look(run->governor, run->request, &answer);
  shape_answer(&answer, run->call->env->result_bytes, a, run->result);
  call_answer_free(&answer);
  return true;
}

// What was approved has no answers in it.
static void tools_close_way(struct bridge *b) {
  if (b->resume) mcp_call_close(b->resume);
  b->resume = NULL;
  b->input_responses = NULL;
  b->request_state = STR_NONE;
}

// One turn of a call that goes to a vendor's MCP server.
static bool tools_turn(struct bridge *b, struct err *err) {
  const struct tools_run *run = b->arg;
  if (run->call->approved.n) tools_close_way(b);
  run->call->input_responses = b->input_responses;
  run->call->request_state = b->request_state;
  run->call->resume = b->resume;
  run->call->again = b->turns > 1; // a legacy client was asked what the vendor wanted to know
  run->call->conduct = &(struct run_conduct){b, bridge_carry};
  b->resume = NULL;
  if (!tools_ask(run, b->r->arena, err)) return false;
  b->result = (struct errand_result){run->result->doc, run->result->whole};
  return true;
}

// What came of it, as the client is told.
static bool tools_add_result(struct bridge *b, struct run_result *result, struct buf *out, struct err *err) {
  struct serve_request *r = b->r;
  if (result->rpc_error) {
    yyjson_doc *copy = yyjson_mut_val_imut_copy(result->rpc_error, NULL);
    bool ok = consent_translate(b, yyjson_doc_get_root(copy), out, err);
    yyjson_doc_free(copy);
    return ok;
  }
  if (result->outcome == RUN_NEEDS_AUTHORIZING && result->link.n && consent_can_offer(b))
    return consent_offer(b, result->link, result->own, out, err);
  if (result->whole) return frame_add(r, result->doc, result->whole, false, out, err);
  frame_open(r, out);
  buf_add_z(out, "\"content\":");
  buf_add(out, buf_str(&result->content));
  buf_printf(out, ",\"isError\":%s", result->is_error ? "true" : "false");
  frame_close(r, out, false);
  return true;
}

bool tools_run(struct serve_request *r, const struct tools_wanted *wanted, struct buf *out, struct err *err) {
  yyjson_val *arguments = wanted->arguments, *params = wanted->params,
             *meta = yyjson_obj_get(params, "_meta");
  const struct catalog_tool *tool = tools_shown(r, wanted->name);
  if (!tool) return tools_unknown(r, wanted->name, err);
  if (!wanted->gated && !tools_check_headers(r, tool, arguments, err)) return false;
  r->message.wraps = frame_wraps(r, yyjson_obj_get(tool->tool->definition, "outputSchema"));

  struct str trace = json_str(meta, "traceparent"), state = json_str(meta, "tracestate");
  struct run_call call = {
      .env = &r->env->run,
      .catalog = r->catalog,
      .server = r->server,
      .url = r->url->row->name,
      .tool = tool,
      .arguments = arguments,
      .request_id = r->transport.in->id,
      .by = serve_audit_row(r).who,
      .person = serve_person(r),
      .traceparent = trace.n ? trace : http_header_get(&r->transport.in->headers, "traceparent"),
      .tracestate = trace.n ? state : http_header_get(&r->transport.in->headers, "tracestate"),
      .principal = r->client.principal.key,
      .capabilities = r->client.capabilities,
      .era = r->transport.era,
      .meta = meta,
      .wants_progress = r->message.progress_token != NULL,
      .log_level = r->message.log_level,
      .whole = wanted->governor != NULL,
  };
  struct run_result result = {0};
  struct tools_run run = {r, &call, &result, wanted->governor};
  struct bridge b = {.r = r,
                     .method = STR("tools/call"),
                     .params = params,
                     .member = tools_owner(r, tool, arguments),
                     .turn = tools_turn,
                     .arg = &run};
  struct approving approving = {.bridge = &b, .call = &call};
  enum approving_word word = approving_begin(&approving, out, err);
  if (word != APPROVING_GO) return word == APPROVING_TOLD;
  // Nothing comes before the result of a REST call, but that its caller comes back from a link.
  bool bridged = tool->tool->kind == TOOL_REMOTE || b.member->account->is_front;
  bool ok = bridged ? bridge_run(&b, err) : tools_ask(&run, r->arena, err);
  approving_end(&approving, ok ? result.outcome : RUN_CANCELED);
  if (ok) tools_rate_headers(r, &result);
  if (ok && wanted->governor && wanted->governor->told)
    own_say(r, buf_str(&wanted->governor->text), &wanted->governor->structured, false, out);
  else
    ok = ok && tools_add_result(&b, &result, out, err);
  run_result_free(&result);
  return ok;
}

bool tools_call(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  yyjson_val *name = yyjson_obj_get(params, "name"), *arguments = yyjson_obj_get(params, "arguments");
  if (!yyjson_is_str(name)) return err_at(err, ERR_INVALID, "/params/name", "params.name must be a string");
  if (arguments && !yyjson_is_obj(arguments))
    return err_at(err, ERR_INVALID, "/params/arguments", "params.arguments must be an object");
  const struct own_tools *own = own_find(r, json_text(name));
  if (own) return own->call(r, params, out, err);
  return tools_run(
      r, &(struct tools_wanted){.params = params, .name = json_text(name), .arguments = arguments}, out, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/tools.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/metrics.h"
#include "mcp/wire.h"
#include "tool/audit.h"
#include "tool/listing.h"

// A cursor is the name of the last tool shown: it stays good when tools come and go between pages,
// holds no state here, and tells nothing that was not listed. The first byte is its version.
#define TOOLS_CURSOR "1"

enum { TOOLS_CLIENT_MOST = 64, TOOLS_NAME_MOST = 128 };

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

bool tools_list(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  const struct catalog_server *server = r->server;
  size_t start;
  if (!tools_start(r, params, &start, err)) return false;
  size_t left = server->tool_count - start, page = r->env->list_page;
  size_t end = start + (left < page ? left : page);
  buf_add_z(out, "\"tools\":[");
  for (size_t i = start; i < end; i++) {
    if (i > start) buf_add_char(out, ',');
    tool_write_listing(&server->tools[i], out);
  }
  buf_add_char(out, ']');
  if (end < server->tool_count) {
    struct str last = arena_printf(r->arena, TOOLS_CURSOR "%.*s", STR_ARG(server->tools[end - 1].name));
    buf_printf(out, ",\"nextCursor\":\"%.*s\"", STR_ARG(codec_base64_url(r->arena, last)));
  }
  return true;
}

// Who calls, for the audit: the API token's id, else what the client calls itself, marked as such so
// that a client cannot pass for a token.
static struct str tools_client(const struct serve_request *r, yyjson_val *meta) {
  if (r->token) return r->token->id;
  struct str name = json_str(yyjson_obj_get(meta, WIRE_META_CLIENT), "name");
  if (name.n > TOOLS_CLIENT_MOST) name.n = TOOLS_CLIENT_MOST;
  return name.n ? arena_printf(r->arena, "client:%.*s", STR_ARG(name)) : STR_NONE;
}

// An attempt to call what is not there or not allowed is worth a row: it may be a probe.
static bool tools_unknown(struct serve_request *r, struct str name, struct str client, struct err *err) {
  if (name.n > TOOLS_NAME_MOST) name.n = TOOLS_NAME_MOST;
  metrics_add(METRIC_TOOL_CALLS_DENIED, 1);
  audit_add(r->env->run.audit,
            &(struct audit_row){.at = clock_now_ms(),
                                .actor = client,
                                .action = STR("tools/call"),
                                .server_id = r->server->server.id,
                                .account_id = r->server->member_count == 1
                                                  ? r->server->members[0].account->account->id
                                                  : STR_NONE,
                                .tool = name,
                                .outcome = STR("denied"),
                                .request_id = r->in->id,
                                .detail = STR("not among the tools of this server")});
  return err_at(err, ERR_INVALID, "/params/name", "Unknown tool: %.*s", STR_ARG(name));
}

static void tools_rate_headers(struct serve_request *r, const struct run_result *result) {
  const struct http_ratelimit *rate = &result->rate;
  const struct {
    const char *name;
    bool has;
    int64_t value;
  } fields[] = {{"RateLimit-Limit", rate->has_limit, rate->limit},
                {"RateLimit-Remaining", rate->has_remaining, rate->remaining},
                {"RateLimit-Reset", rate->has_reset, rate->reset_s},
                {"Retry-After", rate->has_retry_after, rate->retry_after_s}};
  for (size_t i = 0; result->has_rate && i < sizeof fields / sizeof *fields; i++) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)fields[i].value);
    if (fields[i].has && n > 0) http_reply_header(r->http, fields[i].name, str_make(digits, (size_t)n));
  }
}

bool tools_call(struct serve_request *r, yyjson_val *params, struct run_result *out, struct err *err) {
  yyjson_val *name = yyjson_obj_get(params, "name"), *arguments = yyjson_obj_get(params, "arguments");
  yyjson_val *meta = yyjson_obj_get(params, "_meta");
  if (!yyjson_is_str(name)) return err_at(err, ERR_INVALID, "/params/name", "params.name must be a string");
  if (arguments && !yyjson_is_obj(arguments))
    return err_at(err, ERR_INVALID, "/params/arguments", "params.arguments must be an object");
  struct str client = tools_client(r, meta);
  const struct catalog_tool *tool = map_get(&r->server->by_name, json_text(name));
  if (!tool) return tools_unknown(r, json_text(name), client, err);

  struct str trace = json_str(meta, "traceparent"), state = json_str(meta, "tracestate");
  struct run_call call = {
      .env = &r->env->run,
      .catalog = r->catalog,
      .server = r->server,
      .tool = tool,
      .arguments = arguments,
      .request_id = r->in->id,
      .client = client,
      .traceparent = trace.n ? trace : http_header_get(&r->in->headers, "traceparent"),
      .tracestate = trace.n ? state : http_header_get(&r->in->headers, "tracestate"),
  };
  if (!run_tool(&call, r->arena, out, err)) return false;
  tools_rate_headers(r, out);
  return true;
}

void tools_add_result(struct run_result *result, struct buf *out) {
  buf_add_z(out, "\"content\":");
  buf_add(out, buf_str(&result->content));
  buf_printf(out, ",\"isError\":%s", result->is_error ? "true" : "false");
  run_result_free(result);
}

// SPDX-License-Identifier: Apache-2.0
// An account's tools over HTTP: listed, shown, called.
#include "admin/paging.h"
#include "admin/put.h"
#include "admin/review.h"
#include "call/shape.h"
#include "catalog/sight.h"
#include "data/json.h"
#include "data/schema.h"

static void tool_put_head(struct buf *out, const struct tool *t, struct str description) {
  put_text(out, "name", t->name);
  put_text_or_null(out, "title", t->title);
  put_text(out, "class", str_of(tool_class_names[t->class]));
  put_bool(out, "read_only", t->read_only);
  put_texts(out, "tags", t->tags, t->tag_count);
  put_text_or_null(out, "permission", t->permission);
  put_bool(out, "deprecated", t->deprecated);
  put_text(out, "trust", str_of(tool_trust_names[t->trust]));
  put_text_or_null(out, "why", t->why);
  put_bool(out, "served", t->served);
  put_text_or_null(out, "description", description);
}

// What is settled of a tool of an MCP server; `row` NULL: of another tool.
static void tool_put_review(struct buf *out, const struct remote_tool *row) {
  static const char *const decisions[] = {
      [REMOTE_NONE] = "", [REMOTE_APPROVED] = "approved", [REMOTE_DENIED] = "denied"};
  put_text_or_null(out, "diff", row ? row->diff : STR_NONE);
  put_text_or_null(out, "was", row ? row->was : STR_NONE);
  put_text_or_null(out, "decision", row ? str_of(decisions[row->decision]) : STR_NONE);
  put_text_or_null(out, "decided_by", row ? row->decided_by : STR_NONE);
  put_time(out, "decided_at", row ? row->decided_at : 0);
}

static void tool_put(struct buf *out, const struct tool *t, const struct remote_tool *row) {
  struct policy_hints hints = policy_hints(t);
  put_open(out, NULL, '{');
  tool_put_head(out, t, t->description);
  put_text(out, "operation", t->operation);
  put_open(out, "annotations", '{');
  put_bool(out, "readOnlyHint", hints.read_only);
  put_bool(out, "destructiveHint", hints.destructive);
  put_bool(out, "idempotentHint", hints.idempotent);
  put_bool(out, "openWorldHint", hints.open_world);
  put_close(out, '}');
  if (t->sources)
    put_value(out, "sources", t->sources);
  else
    put_json(out, "sources", STR("{}"));
  put_value(out, "paging", t->paging);
  tool_put_review(out, row);
  put_value(out, "inputSchema", t->input);
  put_close(out, '}');
}

static struct str tool_first_line(const struct tool *t) {
  struct str rest = t->description, line = STR_NONE;
  str_cut(&rest, '\n', &line);
  return line;
}

// {"methods":[…],"tags":[…]} out of two comma lists, so that a query is checked and applied as a server's
// filter is.
static bool tool_filter(struct admin_call *call, const struct toolset *set, struct policy_filter *out,
                        struct err *err) {
  static const char *const members[] = {"methods", "tags"};
  struct buf config = BUF_MAX(8192);
  put_open(&config, NULL, '{');
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    struct str rest = admin_query(call, members[i]), word;
    if (!rest.n) continue;
    put_open(&config, members[i], '[');
    while (str_cut(&rest, ',', &word)) put_text(&config, NULL, str_trim(word));
    put_close(&config, ']');
  }
  put_close(&config, '}');
  yyjson_doc *doc;
  bool ok = json_read(buf_str(&config), &JSON_LIMITS, &doc, err);
  if (ok) {
    ok = policy_filter_read(yyjson_doc_get_root(doc), set, call->arena, out, err);
    yyjson_doc_free(doc);
  }
  buf_free(&config);
  return ok;
}

static bool tool_mentions(const struct tool *t, struct str text) {
  return admin_mentions(t->name, text) || admin_mentions(t->title, text) ||
         admin_mentions(t->description, text);
}

bool admin_tool_is_there(const struct admin_call *call, const struct catalog_account *v,
                         const struct tool *t) {
  return admin_manages(call) ||
         (t->served &&
          sight_shows(permit_of(&call->catalog->permits, call->who.token.id, v->account->id), t));
}

bool admin_list_tools(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  struct policy_filter filter;
  if (!admin_find_account(call, &v, err) || !tool_filter(call, v->tools, &filter, err)) return false;
  struct str text = admin_query(call, "q");
  int64_t total = 0;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < v->tools->count; i++) {
    const struct tool *t = &v->tools->tools[i];
    if (!admin_tool_is_there(call, v, t) || !policy_allows(&filter, t) || (text.n && !tool_mentions(t, text)))
      continue;
    total++;
    if (!paging_takes(&page, t->name)) continue;
    put_open(&call->out, NULL, '{');
    tool_put_head(&call->out, t, tool_first_line(t));
    put_close(&call->out, '}');
  }
  paging_close(&page);
  put_int(&call->out, "total", total);
  paging_end(&page);
  return true;
}

static bool tool_find(struct admin_call *call, struct catalog_tool *out, struct err *err) {
  const struct catalog_account *v;
  if (!admin_find_account(call, &v, err)) return false;
  struct str name = http_param(&call->params, "tool"), near = STR_NONE;
  const struct tool *t = map_get(&v->tools->by_name, name);
  if (t && admin_tool_is_there(call, v, t)) {
    *out = (struct catalog_tool){.tool = t, .account = v, .name = t->name};
    return true;
  }
  unsigned best = 8;
  for (size_t i = 0; i < v->tools->count; i++) {
    unsigned d = str_distance(name, v->tools->tools[i].name);
    if (d < best && admin_tool_is_there(call, v, &v->tools->tools[i]))
      best = d, near = v->tools->tools[i].name;
  }
  err_at(err, ERR_MISSING, "tool", "the account has no tool \"%.*s\"", STR_MOST(name, 96));
  if (near.n) err_hint(err, "did you mean \"%.*s\"?", STR_ARG(near));
  return false;
}

bool admin_get_tool(struct admin_call *call, struct err *err) {
  struct catalog_tool found;
  if (!tool_find(call, &found, err)) return false;
  const struct remote_tool *row = NULL;
  if (found.tool->kind == TOOL_REMOTE && admin_manages(call) &&
      !review_find(call, found.tool->name, &row, err))
    return false;
  tool_put(&call->out, found.tool, row);
  return true;
}

static void tool_put_rate(struct buf *out, const struct run_result *result) {
  const struct ratelimit *r = &result->rate;
  const struct {
    const char *name;
    bool has;
    int64_t value;
  } fields[] = {{"limit", r->has_limit, r->limit},
                {"remaining", r->has_remaining, r->remaining},
                {"reset_s", r->has_reset, r->reset_s},
                {"retry_after_s", r->has_retry_after, r->retry_after_s}};
  if (!result->has_rate) {
    put_json(out, "rate_limit", STR_NONE);
    return;
  }
  put_open(out, "rate_limit", '{');
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (fields[i].has)
      put_int(out, fields[i].name, fields[i].value);
    else
      put_json(out, fields[i].name, STR_NONE);
  put_close(out, '}');
}

// A vendor's own result: its content, and all of it.
static void tool_put_whole(struct admin_call *call, const struct run_result *result) {
  yyjson_doc *doc = yyjson_mut_val_imut_copy(result->whole, NULL);
  yyjson_val *content = yyjson_obj_get(yyjson_doc_get_root(doc), "content");
  if (content)
    put_value(&call->out, "content", content);
  else
    put_json(&call->out, "content", STR("[]"));
  put_value(&call->out, "result", yyjson_doc_get_root(doc));
  yyjson_doc_free(doc);
}

static void tool_put_error(struct admin_call *call, const struct run_result *result) {
  yyjson_mut_val *message = yyjson_mut_obj_get(result->rpc_error, "message");
  put_open(&call->out, "content", '[');
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "type", STR("text"));
  put_text(&call->out, "text",
           arena_printf(call->arena, "The vendor's MCP server refuses the call (%lld): %s",
                        (long long)yyjson_mut_get_sint(yyjson_mut_obj_get(result->rpc_error, "code")),
                        yyjson_mut_is_str(message) ? yyjson_mut_get_str(message) : ""));
  put_close(&call->out, '}');
  put_close(&call->out, ']');
  put_json(&call->out, "result", STR_NONE);
}

static void tool_put_result(struct admin_call *call, const struct run_result *result) {
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "outcome", str_of(run_outcome_name(result->outcome)));
  put_bool(&call->out, "is_error", result->is_error);
  if (result->whole) {
    tool_put_whole(call, result);
  } else if (result->rpc_error) {
    tool_put_error(call, result);
  } else {
    put_json(&call->out, "content", buf_str(&result->content));
    put_json(&call->out, "result", STR_NONE);
  }
  put_text_or_null(&call->out, "link", result->link);
  tool_put_rate(&call->out, result);
  put_close(&call->out, '}');
}

// Whoever calls from a shell has texts. A vendor's MCP server checks by itself and takes none for numbers, so
// they are mended here where all fits then; else they go as they came, for the vendor to refuse in its words.
static yyjson_doc *tool_mend(struct admin_call *call, const struct tool *t, yyjson_val *arguments) {
  if (t->kind != TOOL_REMOTE || !arguments) return NULL;
  struct schema_report *report = ARENA_NEW(call->arena, struct schema_report);
  report->arena = call->arena;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *value = yyjson_val_mut_copy(doc, arguments);
  bool mended = schema_check(t->input, doc, &value, report) && report->coerced;
  yyjson_doc *out = mended ? yyjson_mut_val_imut_copy(value, NULL) : NULL;
  yyjson_mut_doc_free(doc);
  return out;
}

bool admin_call_tool(struct admin_call *call, struct err *err) {
  struct catalog_tool found;
  if (!tool_find(call, &found, err)) return false;
  yyjson_val *arguments = yyjson_obj_get(call->body, "arguments");
  yyjson_doc *mended = tool_mend(call, found.tool, arguments);
  struct run_call run = {
      .env = call->env->run,
      .catalog = call->catalog,
      .tool = &found,
      .arguments = mended ? yyjson_doc_get_root(mended) : arguments,
      .request_id = call->in->id,
      .by = admin_asker(call),
      .traceparent = http_header_get(&call->in->headers, "traceparent"),
      .tracestate = http_header_get(&call->in->headers, "tracestate"),
      .principal = call->who.key,
  };
  struct call_answer answer;
  struct run_result result;
  bool ok = call_run(&run, call->arena, &answer, err);
  yyjson_doc_free(mended);
  if (!ok) return false;
  shape_answer(&answer, run.env->result_bytes, call->arena, &result);
  call_answer_free(&answer);
  tool_put_result(call, &result);
  run_result_free(&result);
  return true;
}

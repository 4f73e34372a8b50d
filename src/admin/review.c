// SPDX-License-Identifier: Apache-2.0
// Tools of vendors' MCP servers that wait for an administrator, decisions on them, and reading them anew.
#include "admin/review.h"

#include "admin/paging.h"
#include "admin/put.h"
#include "catalog/watch.h"
#include "data/json.h"
#include "io/pool.h"

enum { REVIEW_NAMES_MOST = 2000, REVIEW_DETAIL_MOST = 200 };

// ---- reading

struct review_job {
  struct admin_call *call;
  struct str account_id;
  bool waiting;
  struct remote_tool *rows;
  size_t count;
  struct remote_other *others;
  size_t other_count;
};

static bool review_read(void *arg, struct err *err) {
  struct review_job *job = arg;
  struct store *s = job->call->env->catalog->account->store;
  return remote_list(s, job->account_id, job->waiting, job->call->arena, &job->rows, &job->count, err) &&
         remote_others_list(s, job->account_id, job->call->arena, &job->others, &job->other_count, err);
}

bool review_find(struct admin_call *call, struct str tool, const struct remote_tool **out, struct err *err) {
  struct review_job job = {.call = call, .account_id = call->account_id};
  if (!pool_run(review_read, &job, err)) return false;
  *out = NULL;
  for (size_t i = 0; i < job.count; i++)
    if (str_eq(job.rows[i].name, tool)) *out = &job.rows[i];
  return true;
}

static void review_put_head(struct admin_call *call, struct str kind, struct str account_id,
                            struct str name) {
  const struct catalog_account *v = catalog_account_by_id(call->catalog, account_id);
  struct buf *out = &call->out;
  put_open(out, NULL, '{');
  put_text(out, "kind", kind);
  put_text(out, "account_id", account_id);
  put_text(out, "account", v ? v->account->name : STR_NONE);
  put_text(out, "name", name);
}

// What no client would take: nobody can approve it.
static void review_put_other(struct admin_call *call, const struct remote_other *other) {
  struct buf *out = &call->out;
  review_put_head(call, other->kind, other->account_id, other->name);
  put_text(out, "trust", str_of(tool_trust_names[TOOL_DENY]));
  put_text(out, "why", ARENA_JOIN(call->arena, STR("left out: "), other->why));
  put_text_or_null(out, "was", STR_NONE);
  put_text_or_null(out, "diff", STR_NONE);
  put_json(out, "definition", STR_NONE);
  put_close(out, '}');
}

static void review_put(struct admin_call *call, const struct remote_tool *row) {
  struct buf *out = &call->out;
  review_put_head(call, STR("tool"), row->account_id, row->name);
  put_text(out, "trust", str_of(tool_trust_names[row->trust]));
  put_text(out, "why", row->why);
  put_text_or_null(out, "was", row->was);
  put_text_or_null(out, "diff", row->diff);
  put_json(out, "definition", row->definition);
  put_close(out, '}');
}

bool admin_list_reviews(struct admin_call *call, struct err *err) {
  struct review_job job = {.call = call, .waiting = true};
  struct str account = admin_query(call, "account");
  const struct catalog_account *v = account.n ? admin_account_named(call->catalog, account) : NULL;
  if (account.n && !v) return admin_no_account("account", account, err);
  if (v) job.account_id = v->account->id;
  if (!pool_run(review_read, &job, err)) return false;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < job.count && !page.full; i++) {
    const struct remote_tool *row = &job.rows[i];
    struct str at = arena_printf(call->arena, "%.*s/%.*s", STR_ARG(row->account_id), STR_ARG(row->name));
    if (paging_takes(&page, at)) review_put(call, row);
  }
  for (size_t i = 0; i < job.other_count && !page.full; i++) {
    const struct remote_other *other = &job.others[i]; // behind all tools: account ids begin below '~'
    struct str at = arena_printf(call->arena, "~%.*s/%06zu", STR_ARG(other->account_id), i);
    if (paging_takes(&page, at)) review_put_other(call, other);
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

// ---- deciding

struct review_decide {
  struct store *store;
  struct remote_verdict verdict;
  size_t changed;
};

static bool review_decide_job(void *arg, struct err *err) {
  struct review_decide *d = arg;
  return remote_decide(d->store, &d->verdict, &d->changed, err);
}

// For the audit: which, as far as there is room.
static struct str review_names(struct admin_call *call, const struct str *names, size_t count) {
  struct buf text = BUF_MAX(REVIEW_DETAIL_MOST);
  for (size_t i = 0; i < count && !text.full; i++)
    buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(names[i]));
  struct str copy = names ? arena_dup(call->arena, buf_str(&text)) : STR("all that waited");
  buf_free(&text);
  return copy;
}

// `names` NULL: all that wait.
static bool review_settle(struct admin_call *call, const struct str *names, size_t count, struct str reason,
                          enum remote_decision decision, struct err *err) {
  const struct catalog_account *v;
  if (!admin_find_account(call, &v, err)) return false;
  if (v->account->kind != CONNECTOR_MCP) {
    err_set(err, ERR_UNPROCESSABLE,
            "the tools of this account come from an API description, and need no review");
    err_hint(err, "which of them a server shows is its filter's business");
    return false;
  }
  struct review_decide d = {
      .store = call->env->catalog->account->store,
      .verdict = {call->account_id, call->who.name, names, count, decision},
  };
  call->detail = review_names(call, names, count);
  if (reason.n)
    call->detail = arena_printf(call->arena, "%.*s; reason: %.*s", STR_ARG(call->detail), STR_ARG(reason));
  if (!pool_run(review_decide_job, &d, err)) return false;
  admin_publish(call);
  put_open(&call->out, NULL, '{');
  put_int(&call->out, "changed", (int64_t)d.changed);
  put_close(&call->out, '}');
  return true;
}

static bool review_settle_one(struct admin_call *call, enum remote_decision decision, struct err *err) {
  struct str name = http_param(&call->params, "tool");
  return review_settle(call, &name, 1, STR_NONE, decision, err);
}

static bool review_settle_some(struct admin_call *call, enum remote_decision decision, struct err *err) {
  yyjson_val *list = yyjson_obj_get(call->body, "names"), *v;
  bool all = json_bool(call->body, "all", false);
  size_t i, n, count = yyjson_arr_size(list);
  if (all == (count > 0))
    return err_at(err, ERR_INVALID, "names", "give names, or \"all\": true for all that wait");
  if (count > REVIEW_NAMES_MOST)
    return err_at(err, ERR_INVALID, "names", "at most %d names, not %zu", REVIEW_NAMES_MOST, count);
  struct str *names = ARENA_ARRAY(call->arena, count + 1, struct str);
  yyjson_arr_foreach (list, i, n, v) names[i] = json_text(v);
  struct str reason = str_trim(json_str(call->body, "reason"));
  return review_settle(call, all ? NULL : names, count, reason, decision, err);
}

bool admin_approve_tool(struct admin_call *call, struct err *err) {
  return review_settle_one(call, REMOTE_APPROVED, err);
}
bool admin_deny_tool(struct admin_call *call, struct err *err) {
  return review_settle_one(call, REMOTE_DENIED, err);
}
bool admin_approve_tools(struct admin_call *call, struct err *err) {
  return review_settle_some(call, REMOTE_APPROVED, err);
}
bool admin_deny_tools(struct admin_call *call, struct err *err) {
  return review_settle_some(call, REMOTE_DENIED, err);
}

// ---- reading anew

bool admin_refresh_account(struct admin_call *call, struct err *err) {
  const struct catalog_account *v;
  struct remote_report r;
  if (!admin_find_account(call, &v, err)) return false;
  if (!watch_sync(call->env->catalog, call->account_id, &r, err)) {
    // The vendor's 401 is not that of the caller's token.
    if (err->code == ERR_UNAUTHENTICATED || err->code == ERR_DENIED) err->code = ERR_UNPROCESSABLE;
    return false;
  }
  const struct {
    const char *name;
    size_t value;
  } counts[] = {{"tools", r.tools},
                {"served", r.served},
                {"review", r.review},
                {"denied", r.denied},
                {"dropped", r.dropped}};
  put_open(&call->out, NULL, '{');
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    put_int(&call->out, counts[i].name, (int64_t)counts[i].value);
  put_bool(&call->out, "changed", r.changed);
  put_close(&call->out, '}');
  return true;
}

// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a second person's word, over HTTP: listed, looked at, approved, refused. An administrator sees all; an
// editor those on accounts that she may write to. The word is a person's, who signed in, unless the setting lets API
// tokens give it; and never that of whoever asked (docs/decisions/041).
#include "approval/approval_row.h"

#include "access/permit.h"
#include "admin/put.h"
#include "admin/route.h"
#include "base/clock.h"
#include "data/json.h"
#include "io/pool.h"

struct approval_job {
  struct admin_call *call;
  struct approval_query query;
  struct approval_step step;
  struct approval *items, row;
  size_t count;
};

static struct store *approval_store(const struct approval_job *j) {
  return j->call->env->catalog->account->store;
}

static bool approval_list_job(void *arg, struct err *err) {
  struct approval_job *j = arg;
  return approval_list(approval_store(j), &j->query, j->call->arena, &j->items, &j->count, err);
}

static bool approval_get_job(void *arg, struct err *err) {
  struct approval_job *j = arg;
  return approval_get(approval_store(j), j->step.id, j->call->arena, &j->row, err);
}

static bool approval_step_job(void *arg, struct err *err) {
  struct approval_job *j = arg;
  return approval_step(approval_store(j), &j->step, j->call->arena, &j->row, err);
}

// ---- who may what

static bool approval_is_seen(const struct admin_call *call, const struct approval *r) {
  return admin_manages(call) ||
         permit_of(&call->before->permits, call->who.token.id, r->account_id) == PERMIT_WRITE;
}

// Why who asks may not approve it; NULL: he may.
static const char *approval_forbids(const struct admin_call *call, const struct approval *r) {
  if (call->who.kind != PRINCIPAL_USER && !call->env->approval_by_token)
    return "an API token names no person; a person approves it in the console";
  return approval_bars(r, call->who.token.id);
}

static bool approval_find(struct approval_job *j, struct err *err) {
  struct admin_call *call = j->call;
  j->step.id = http_param(&call->params, "approval");
  if (!pool_run(approval_get_job, j, err)) return false;
  if (!approval_is_seen(call, &j->row))
    return err_set(err, ERR_MISSING, "there is no approval '%.*s'", STR_MOST(j->step.id, 64));
  call->account_id = j->row.account_id;
  call->server_id = j->row.server_id;
  return true;
}

// ---- answered

static void approval_put(struct admin_call *call, const struct approval *r) {
  struct buf *out = &call->out;
  bool expired = approval_has_expired(r, clock_now_ms()), waits = r->state == APPROVAL_WAITING && !expired;
  const char *forbids = waits ? approval_forbids(call, r) : NULL;
  put_open(out, NULL, '{');
  put_text(out, "id", r->id);
  put_text(out, "state", str_of(approval_state_name(expired ? APPROVAL_EXPIRED : r->state)));
  put_text(out, "server_id", r->server_id);
  put_text(out, "server", r->server_name);
  put_text(out, "account_id", r->account_id);
  put_text(out, "account", r->account_name);
  put_text(out, "tool", r->tool);
  put_text_or_null(out, "title", r->title);
  put_text_or_null(out, "about", r->about);
  put_text(out, "class", r->class);
  put_text_or_null(out, "method", r->method);
  put_text_or_null(out, "path", r->path);
  put_json(out, "arguments", r->arguments);
  put_text(out, "arguments_text",
           r->arguments); // numbers and names as they are sent, whatever reads JSON makes of them
  put_json(out, "fence", r->fence);
  put_text_or_null(out, "asker", r->asker_name);
  put_text_or_null(out, "client", r->client);
  put_text_or_null(out, "address", r->address);
  put_text(out, "url", r->url);
  put_time(out, "created_at", r->created_at);
  put_time(out, "expires_at", r->expires_at);
  put_text_or_null(out, "decided_by", r->decided_by);
  put_text_or_null(out, "decided_name", r->decided_name);
  put_time(out, "decided_at", r->decided_at);
  put_text_or_null(out, "reason", r->reason);
  put_time(out, "ran_at", r->ran_at);
  put_text_or_null(out, "outcome", r->outcome);
  put_bool(out, "may_approve", waits && !forbids);
  put_text_or_null(out, "why_not", forbids ? str_of(forbids) : STR_NONE);
  put_close(out, '}');
}

bool admin_list_approvals(struct admin_call *call, struct err *err) {
  struct approval_job j = {.call = call};
  j.query.open = str_is(admin_query(call, "state"), "waiting");
  j.query.before_id = admin_query(call, "before");
  j.query.limit = (size_t)admin_query_int(call, "limit", ADMIN_PAGE);
  if (!pool_run(approval_list_job, &j, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < j.count; i++) {
    bool over = j.query.open && approval_has_expired(&j.items[i], clock_now_ms());
    if (!over && approval_is_seen(call, &j.items[i])) approval_put(call, &j.items[i]);
  }
  put_close(&call->out, ']');
  // What is left out of a page does not end it.
  admin_put_next(call, "before", j.count && j.count == j.query.limit ? j.items[j.count - 1].id : STR_NONE);
  put_close(&call->out, '}');
  return true;
}

bool admin_get_approval(struct admin_call *call, struct err *err) {
  struct approval_job j = {.call = call};
  if (!approval_find(&j, err)) return false;
  approval_put(call, &j.row);
  return true;
}

// ---- the word

static bool approval_decide(struct approval_job *j, enum approval_state to, struct err *err) {
  struct admin_call *call = j->call;
  int64_t now = clock_now_ms();
  j->step.from = APPROVAL_WAITING;
  j->step.to = to;
  j->step.now = now;
  j->step.expires_at = now + call->env->approval_lives_ms;
  j->step.by = call->who.token.id;
  j->step.by_name = call->who.token.name;
  j->step.reason = json_str(call->body, "reason");
  call->detail = arena_printf(call->arena, "%.*s: %.*s%s%.*s", STR_ARG(j->row.id), STR_ARG(j->row.tool),
                              j->step.reason.n ? "; " : "", STR_ARG(j->step.reason));
  if (!pool_run(approval_step_job, j, err)) return false;
  approval_put(call, &j->row);
  return true;
}

bool admin_approve_call(struct admin_call *call, struct err *err) {
  struct approval_job j = {.call = call};
  if (!approval_find(&j, err)) return false;
  const char *forbids = approval_forbids(call, &j.row);
  if (forbids) return err_set(err, ERR_DENIED, "%s", forbids);
  return approval_decide(&j, APPROVAL_APPROVED, err);
}

bool admin_refuse_call(struct admin_call *call, struct err *err) {
  struct approval_job j = {.call = call};
  return approval_find(&j, err) && approval_decide(&j, APPROVAL_REFUSED, err);
}

bool admin_sweep_approvals(const struct admin_env *env, int64_t now, struct err *err) {
  struct arena *a = arena_new();
  struct approval *gone;
  size_t count = 0;
  bool ok = approval_sweep(env->catalog->account->store, now, a, &gone, &count, err);
  for (size_t i = 0; ok && i < count; i++)
    audit_add(env->run->audit,
              &(struct audit_row){.at = clock_now_ms(),
                                  .action = STR("approval.expire"),
                                  .server_id = gone[i].server_id,
                                  .server_name = gone[i].server_name,
                                  .account_id = gone[i].account_id,
                                  .account_name = gone[i].account_name,
                                  .tool = gone[i].tool,
                                  .outcome = STR("ok"),
                                  .detail = arena_printf(a, "%.*s: %s", STR_ARG(gone[i].id),
                                                         approval_state_name(gone[i].state))});
  arena_free(a);
  return ok;
}

// SPDX-License-Identifier: Apache-2.0
// Grants over HTTP: which accounts an editor, a person or an API token, may use, and how far.
#include "access/permit.h"

#include "admin/paging.h"
#include "admin/put.h"
#include "admin/signin.h"
#include "data/json.h"
#include "io/pool.h"

struct grant_job {
  struct admin_call *call;
  const struct access_token *holder;
  struct permit permit;
};

static struct store *grant_store(const struct grant_job *job) {
  return job->call->env->catalog->account->store;
}

// Whom {user} or {token_id} names.
static bool grant_find_holder(struct grant_job *job, struct err *err) {
  struct admin_call *call = job->call;
  struct str user = http_param(&call->params, "user"), token = http_param(&call->params, "token_id");
  const struct access_user *u = user.n ? admin_user_named(call, user) : NULL;
  if (u) job->holder = &u->self;
  for (size_t i = 0; token.n && i < call->catalog->token_count; i++)
    if (str_eq(call->catalog->tokens[i].id, token)) job->holder = &call->catalog->tokens[i];
  if (job->holder) return job->permit.holder = arena_dup(call->arena, job->holder->id), true;
  return user.n ? err_at(err, ERR_MISSING, "user", "there is no user '%.*s'", STR_MOST(user, 64))
                : err_at(err, ERR_MISSING, "token_id", "there is no API token '%.*s'", STR_MOST(token, 64));
}

static bool grant_find_account(struct grant_job *job, struct err *err) {
  struct admin_call *call = job->call;
  struct str named = http_param(&call->params, "account");
  const struct catalog_account *v = admin_account_named(call->catalog, named);
  if (!v) return admin_no_account("account", named, err);
  job->permit.account_id = call->account_id = arena_dup(call->arena, v->account->id);
  return true;
}

static void grant_put(struct admin_call *call, const struct permit *p) {
  const struct catalog_account *v = catalog_account_by_id(call->catalog, p->account_id);
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "account_id", p->account_id);
  put_text_or_null(&call->out, "account", v ? v->account->name : STR_NONE);
  put_text(&call->out, "access", str_of(permit_name(p->access)));
  put_text(&call->out, "granted_by", p->granted_by);
  put_time(&call->out, "created_at", p->created_at);
  put_close(&call->out, '}');
}

bool admin_list_grants(struct admin_call *call, struct err *err) {
  struct grant_job job = {.call = call};
  if (!grant_find_holder(&job, err)) return false;
  struct permits own = permit_of_holder(&call->catalog->permits, job.permit.holder);
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < own.count && !page.full; i++)
    if (paging_takes(&page, own.items[i].account_id)) grant_put(call, &own.items[i]);
  paging_close(&page);
  paging_end(&page);
  return true;
}

static void grant_tell(struct grant_job *job, const char *what) {
  const struct access_token *t = job->holder;
  job->call->detail =
      arena_printf(job->call->arena, "%.*s \"%.*s\": %s", STR_ARG(t->id), STR_ARG(t->name), what);
}

static bool grant_set_job(void *arg, struct err *err) {
  struct grant_job *job = arg;
  return permit_set(grant_store(job), &job->permit, err);
}

bool admin_put_grant(struct admin_call *call, struct err *err) {
  struct grant_job job = {.call = call};
  if (!grant_find_holder(&job, err) || !grant_find_account(&job, err)) return false;
  job.permit.access =
      permit_access_named(json_str(call->body, "access")); // one of them: body.c has seen to it
  job.permit.granted_by = call->who.token.id;
  const char *was = permit_name(permit_of(&call->catalog->permits, job.permit.holder, job.permit.account_id));
  grant_tell(&job, arena_printf(call->arena, "%s → %s", was, permit_name(job.permit.access)).p);
  if (!pool_run(grant_set_job, &job, err)) return false;
  admin_publish(call);
  struct permits own = permit_of_holder(&call->catalog->permits, job.permit.holder);
  for (size_t i = 0; i < own.count; i++)
    if (str_eq(own.items[i].account_id, job.permit.account_id)) return grant_put(call, &own.items[i]), true;
  return err_set(err, ERR_CONFLICT, "it was revoked in the meantime");
}

static bool grant_remove_job(void *arg, struct err *err) {
  struct grant_job *job = arg;
  return permit_remove(grant_store(job), job->permit.holder, job->permit.account_id, err);
}

bool admin_delete_grant(struct admin_call *call, struct err *err) {
  struct grant_job job = {.call = call};
  if (!grant_find_holder(&job, err) || !grant_find_account(&job, err)) return false;
  grant_tell(&job, "revoked");
  if (!pool_run(grant_remove_job, &job, err)) return false;
  admin_publish(call);
  return true;
}

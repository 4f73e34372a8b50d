// SPDX-License-Identifier: Apache-2.0
// Identity providers over HTTP: by whom people of the company sign in. A secret comes in and never goes out.
#include "access/identity.h"
#include "admin/change.h"
#include "admin/put.h"
#include "admin/route.h"
#include "admin/signin.h"
#include "base/clock.h"
#include "data/json.h"
#include "io/pool.h"
#include "oidc/draft.h"
#include "oidc/oidc.h"

struct provider_job {
  struct admin_call *call;
  struct provider *all;
  size_t count;
  struct provider before; // id empty: it is new
  struct provider_draft draft;
};

static struct store *provider_store(const struct admin_call *call) {
  return call->env->catalog->account->store;
}

struct oidc_env admin_oidc_env(const struct admin_call *call) {
  const struct account_env *account = call->env->catalog->account;
  return (struct oidc_env){.store = account->store,
                           .net = {.guard = account->guard, .limits = account->limits},
                           .public_url = admin_public_url(call)};
}

// ---- shown

static void provider_put(const struct admin_call *call, struct buf *out, const struct provider *p) {
  struct str home = admin_public_url(call);
  put_open(out, NULL, '{');
  put_text(out, "id", p->id);
  put_text(out, "name", p->name);
  put_text(out, "label", p->label);
  put_text(out, "issuer", p->issuer);
  put_text(out, "client_id", p->client_id);
  put_bool(out, "has_secret", p->secret.n > 0);
  put_text(out, "scope", p->scope);
  put_text_or_null(out, "groups_claim", p->groups_claim);
  put_text_or_null(out, "group_prefix", p->group_prefix);
  put_json(out, "rules", p->rules_json);
  put_bool(out, "links_email", p->links_email);
  put_text(out, "redirect_uri", ARENA_JOIN(call->arena, home, STR("/signin/callback")));
  put_text(out, "sign_in_url", ARENA_JOIN(call->arena, home, STR("/signin/"), p->name));
  put_time(out, "created_at", p->created_at);
  put_time(out, "updated_at", p->updated_at);
  put_close(out, '}');
}

static bool provider_list_job(void *arg, struct err *err) {
  struct provider_job *job = arg;
  return provider_list(provider_store(job->call), job->call->arena, &job->all, &job->count, err);
}

bool admin_list_providers(struct admin_call *call, struct err *err) {
  struct provider_job job = {.call = call};
  if (!pool_run(provider_list_job, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < job.count; i++) provider_put(call, &call->out, &job.all[i]);
  put_close(&call->out, ']');
  put_close(&call->out, '}');
  return true;
}

// What a stranger at the sign-in is told of them.
bool admin_list_ways(struct admin_call *call, struct err *err) {
  struct provider_job job = {.call = call};
  if (!pool_run(provider_list_job, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < job.count; i++) {
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "name", job.all[i].name);
    put_text(&call->out, "label", job.all[i].label);
    put_close(&call->out, '}');
  }
  put_close(&call->out, ']');
  put_close(&call->out, '}');
  return true;
}

static bool provider_find_job(void *arg, struct err *err) {
  struct provider_job *job = arg;
  return provider_find(provider_store(job->call), http_param(&job->call->params, "provider"),
                       job->call->arena, &job->before, err);
}

bool admin_get_provider(struct admin_call *call, struct err *err) {
  struct provider_job job = {.call = call};
  if (!pool_run(provider_find_job, &job, err)) return false;
  provider_put(call, &call->out, &job.before);
  return true;
}

// ---- changed

static bool provider_write_job(void *arg, struct err *err) {
  struct provider_job *job = arg;
  struct provider_draft *d = &job->draft;
  const struct provider_change change = {&d->provider, d->secret, d->keeps_secret, !job->before.id.n};
  return provider_write(provider_store(job->call), &change, err) &&
         provider_find(provider_store(job->call), d->provider.id, job->call->arena, &d->provider, err);
}

// The provider is asked where it is another one than before, or has another client there.
static bool provider_settle(struct provider_job *job, struct err *err) {
  struct provider *p = &job->draft.provider;
  struct oidc_env env = admin_oidc_env(job->call);
  bool untested = json_bool(job->call->body, "untested", false);
  if (!untested && !str_eq(job->before.issuer, p->issuer) && !oidc_try(&env, p, job->call->arena, err)) {
    if (err->code == ERR_UNPROCESSABLE && !err->hint[0]) err_hint(err, "nothing was kept");
    return false;
  }
  p->updated_at = clock_now_ms();
  if (!job->before.id.n) p->created_at = p->updated_at;
  if (!pool_run(provider_write_job, job, err)) return false;
  provider_put(job->call, &job->call->out, p);
  return true;
}

static struct str provider_changes(const struct provider_job *job) {
  const struct provider *from = &job->before, *to = &job->draft.provider;
  struct buf said = BUF_MAX(CHANGE_MOST);
  change_text(&said, "name", from->name, to->name);
  change_text(&said, "label", from->label, to->label);
  change_text(&said, "issuer", from->issuer, to->issuer);
  change_text(&said, "client_id", from->client_id, to->client_id);
  change_text(&said, "scope", from->scope, to->scope);
  change_text(&said, "groups_claim", from->groups_claim, to->groups_claim);
  change_text(&said, "group_prefix", from->group_prefix, to->group_prefix);
  change_text(&said, "rules", from->rules_json, to->rules_json);
  change_text(&said, "links_email", from->links_email ? STR("yes") : STR("no"),
              to->links_email ? STR("yes") : STR("no"));
  if (!job->draft.keeps_secret && (job->draft.secret.n || from->secret.n))
    buf_printf(&said, "%ssecret: %s", said.n ? "; " : "", job->draft.secret.n ? "replaced" : "taken away");
  struct str all = change_end(&said, job->call->arena);
  return arena_printf(job->call->arena, "\"%.*s\": %.*s", STR_ARG(from->name), STR_ARG(all));
}

bool admin_create_provider(struct admin_call *call, struct err *err) {
  struct provider_job job = {.call = call};
  const struct provider *p = &job.draft.provider;
  if (!provider_draft_fill(NULL, call->body, call->arena, &job.draft, err)) return false;
  call->detail = arena_printf(call->arena, "\"%.*s\": %.*s, client %.*s, rules %.*s", STR_ARG(p->name),
                              STR_ARG(p->issuer), STR_ARG(p->client_id), STR_MOST(p->rules_json, 500));
  return provider_settle(&job, err);
}

bool admin_change_provider(struct admin_call *call, struct err *err) {
  struct provider_job job = {.call = call};
  if (!pool_run(provider_find_job, &job, err) ||
      !provider_draft_fill(&job.before, call->body, call->arena, &job.draft, err))
    return false;
  call->detail = provider_changes(&job);
  return provider_settle(&job, err);
}

// Those whom it made have no other way in, and are not left with one that is open already.
static bool provider_delete_job(void *arg, struct err *err) {
  struct provider_job *job = arg;
  return provider_find_job(arg, err) && provider_delete(provider_store(job->call), job->before.id, err) &&
         identity_bar_all(provider_store(job->call), job->before.id, job->call->arena, err);
}

// A row that is left out has its name still.
static bool provider_delete_damaged_job(void *arg, struct err *err) {
  struct provider_job *job = arg;
  return provider_delete(provider_store(job->call), http_param(&job->call->params, "provider"), err);
}

bool admin_delete_provider(struct admin_call *call, struct err *err) {
  struct provider_job job = {.call = call};
  call->detail = arena_printf(call->arena, "\"%.*s\"",
                              STR_MOST(http_param(&call->params, "provider"), PROVIDER_NAME_MOST));
  bool ok = pool_run(provider_delete_job, &job, err);
  if (!ok && err->code == ERR_MISSING) ok = pool_run(provider_delete_damaged_job, &job, err);
  if (ok) admin_publish(call);
  return ok;
}

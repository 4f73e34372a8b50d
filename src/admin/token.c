// SPDX-License-Identifier: Apache-2.0
// API tokens over HTTP, the one that the first start makes, and those made on the machine itself.
#include "access/access.h"

#include <unistd.h>

#include "admin/body.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "admin/signin.h"
#include "base/clock.h"
#include "base/log.h"
#include "io/pool.h"

static void token_put(struct buf *out, const struct access_token *t) {
  put_text(out, "id", t->id);
  put_text(out, "name", t->name);
  put_text(out, "role", str_of(access_role_name(t->role)));
  put_time(out, "expires_at", t->expires_at);
  put_time(out, "last_used_at", t->use ? atomic_load(&t->use->at) : t->used_at);
  put_time(out, "created_at", t->created_at);
}

static bool token_is_admin(const struct access_token *t, int64_t now) {
  return t->role == ACCESS_ADMIN && access_is_live(t->expires_at, now);
}

// What there is for this caller, by the names that /openapi.json has for routes.
static void token_put_may(struct admin_call *call) {
  put_open(&call->out, "may", '[');
  for (size_t i = 0; i < admin_router.count; i++) {
    const struct admin_route *route = admin_router.routes[i].doc;
    if (route->guard != ADMIN_OPEN && admin_guard_takes(route->guard, call->who.role))
      put_text(&call->out, NULL, str_of(route->name));
  }
  put_close(&call->out, ']');
}

// Of an editor; whoever manages needs none.
static void token_put_grants(struct admin_call *call) {
  struct permits own = permit_of_holder(&call->catalog->permits, call->who.token.id);
  put_open(&call->out, "grants", '[');
  for (size_t i = 0; call->who.role == ACCESS_EDITOR && i < own.count; i++) {
    const struct catalog_account *v = catalog_account_by_id(call->catalog, own.items[i].account_id);
    if (!v) continue;
    put_open(&call->out, NULL, '{');
    put_text(&call->out, "account_id", v->account->id);
    put_text(&call->out, "account", v->account->name);
    put_text(&call->out, "access", str_of(permit_name(own.items[i].access)));
    put_close(&call->out, '}');
  }
  put_close(&call->out, ']');
}

bool admin_get_identity(struct admin_call *call, struct err *err) {
  (void)err;
  put_open(&call->out, NULL, '{');
  struct access_token own = call->who.token;
  put_text(&call->out, "kind", call->session.id.n ? STR("user") : STR("token"));
  if (call->session.id.n) own.expires_at = call->session.expires_at, own.used_at = call->session.used_at;
  for (size_t i = 0; i < call->catalog->token_count; i++)
    if (str_eq(call->catalog->tokens[i].id, own.id)) own.use = call->catalog->tokens[i].use;
  token_put(&call->out, &own);
  const struct access_user *user = call->session.id.n ? admin_user_named(call, own.id) : NULL;
  put_bool(&call->out, "has_password", user && user->has_password);
  token_put_grants(call);
  token_put_may(call);
  put_close(&call->out, '}');
  return true;
}

bool admin_list_tokens(struct admin_call *call, struct err *err) {
  (void)err;
  const struct catalog *c = call->catalog;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < c->token_count && !page.full; i++) {
    if (!paging_takes(&page, c->tokens[i].id)) continue;
    put_open(&call->out, NULL, '{');
    token_put(&call->out, &c->tokens[i]);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

struct token_job {
  struct admin_call *call;
  struct access_token token;
  char text[TOKEN_TEXT];
};

static bool token_create(void *arg, struct err *err) {
  struct token_job *job = arg;
  return access_create(job->call->env->catalog->account->store, &job->token, job->call->arena, &job->token,
                       job->text, err);
}

bool admin_create_token(struct admin_call *call, struct err *err) {
  struct token_job job = {.call = call, .token.name = str_trim(json_str(call->body, "name"))};
  access_role_from(json_str(call->body, "role"), &job.token.role); // one of the two: body.c has seen to it
  if (!admin_body_read_expiry(call->body, clock_now_ms(), &job.token.expires_at, err) ||
      !pool_run(token_create, &job, err))
    return false;
  char time[CLOCK_TEXT] = "never";
  if (job.token.expires_at) clock_rfc3339(job.token.expires_at, time);
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\", role %s, expires %s", STR_ARG(job.token.id),
                              STR_ARG(job.token.name), access_role_name(job.token.role), time);
  admin_publish(call);
  put_open(&call->out, NULL, '{');
  token_put(&call->out, &job.token);
  put_text(&call->out, "token", str_of(job.text));
  put_close(&call->out, '}');
  secret_wipe(job.text, sizeof job.text);
  return true;
}

// What is left of admin tokens without this one. An expiring one is not enough to go on: it ends while nobody
// looks, and then nobody can make another.
struct token_rest {
  bool is_admin, is_lasting;
  size_t others, lasting; // lasting: of the others, those without an expiry
};

static struct token_rest token_rest_without(struct str id, const struct access_token *all, size_t count) {
  struct token_rest rest = {0};
  int64_t now = clock_now_ms();
  for (size_t i = 0; i < count; i++) {
    bool lasting = all[i].expires_at == 0;
    if (!token_is_admin(&all[i], now)) continue;
    if (str_eq(all[i].id, id))
      rest.is_admin = true, rest.is_lasting = lasting;
    else
      rest.others++, rest.lasting += lasting;
  }
  return rest;
}

// In one transaction, so that two requests cannot revoke the last two at the same time.
static bool token_revoke(struct store *s, void *arg, struct err *err) {
  struct token_job *job = arg;
  struct access_token *all;
  size_t count;
  if (!access_list(s, job->call->arena, &all, &count, err)) return false;
  struct token_rest rest = token_rest_without(job->token.id, all, count);
  if (rest.is_admin && (!rest.others || (rest.is_lasting && !rest.lasting))) {
    err_at(err, ERR_CONFLICT, "token_id",
           "this is the last admin token%s; without one nobody could manage Postern",
           rest.others ? " that does not expire" : "");
    err_hint(err, "make another admin token without an expiry first");
    return false;
  }
  return access_revoke(s, job->token.id, err);
}

static bool token_revoke_job(void *arg, struct err *err) {
  struct token_job *job = arg;
  return store_transact(job->call->env->catalog->account->store, token_revoke, job, err);
}

bool admin_delete_token(struct admin_call *call, struct err *err) {
  struct token_job job = {.call = call, .token.id = http_param(&call->params, "token_id")};
  call->detail = job.token.id;
  for (size_t i = 0; i < call->catalog->token_count; i++) {
    const struct access_token *t = &call->catalog->tokens[i];
    if (str_eq(t->id, job.token.id))
      call->detail = arena_printf(call->arena, "%.*s \"%.*s\", role %s", STR_ARG(t->id), STR_ARG(t->name),
                                  access_role_name(t->role));
  }
  if (!pool_run(token_revoke_job, &job, err)) return false;
  admin_publish(call);
  return true;
}

bool admin_first_token(struct store *s, char text[TOKEN_TEXT], struct err *err) {
  struct arena *a = arena_new();
  const struct access_token first = {.name = STR("first"), .role = ACCESS_ADMIN};
  struct access_token *all, made;
  size_t count, admins = 0;
  int64_t now = clock_now_ms();
  bool ok = access_list(s, a, &all, &count, err);
  for (size_t i = 0; ok && i < count; i++) admins += token_is_admin(&all[i], now);
  text[0] = 0;
  if (ok && !admins) ok = access_create(s, &first, a, &made, text, err);
  arena_free(a);
  return ok;
}

// ---- on the machine itself

#define TOKEN_NOTE                                                                                           \
  "INSERT INTO meta (key, value) VALUES ('recovered', $1) ON CONFLICT (key) DO UPDATE SET value = "          \
  "excluded.value"

struct token_recovery {
  struct arena *arena;
  struct access_token wanted, made;
  char text[TOKEN_TEXT];
};

// With a note for the program that holds the store, which looks for it when it keeps house.
static bool token_recover(struct store *s, void *arg, struct err *err) {
  struct token_recovery *r = arg;
  return access_create(s, &r->wanted, r->arena, &r->made, r->text, err) &&
         store_run(s, TOKEN_NOTE, &STORE_TEXT(r->made.id), 1, NULL, err);
}

static void token_audit_recovery(struct audit *audit, const struct token_recovery *r) {
  audit_add(audit,
            &(struct audit_row){.at = clock_now_ms(),
                                .who.actor = arena_printf(r->arena, "local:uid %u", (unsigned)geteuid()),
                                .action = STR("token.recover"),
                                .outcome = str_of(err_name(ERR_OK)),
                                .detail = arena_printf(r->arena, "%.*s, role admin", STR_ARG(r->made.id))});
}

bool admin_recover_token(struct store *s, struct str name, char text[TOKEN_TEXT], struct err *err) {
  struct token_recovery r = {.arena = arena_new(), .wanted = {.name = name, .role = ACCESS_ADMIN}};
  struct audit *audit = NULL;
  bool ok = audit_new(s, &audit, err) && store_transact(s, token_recover, &r, err);
  if (ok) token_audit_recovery(audit, &r);
  audit_free(audit); // writes the row
  if (ok) memcpy(text, r.text, TOKEN_TEXT);
  secret_wipe(r.text, sizeof r.text);
  arena_free(r.arena);
  return ok;
}

bool admin_heed_recovery(const struct admin_env *env, struct err *err) {
  struct store *s = env->catalog->account->store;
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s, "SELECT value FROM meta WHERE key = 'recovered'", NULL, 0, a, &rows, err);
  if (ok && rows.count) {
    struct str id = store_cell(&rows, 0, 0)->text;
    log_warn("an admin token was made on this machine with 'postern token recover': %.*s", STR_ARG(id));
    ok = catalog_rebuild(env->catalog, err) &&
         store_run(s, "DELETE FROM meta WHERE key = 'recovered' AND value = $1", &STORE_TEXT(id), 1, NULL,
                   err);
  }
  arena_free(a);
  return ok;
}

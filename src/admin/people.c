// SPDX-License-Identifier: Apache-2.0
// People over HTTP: invited, listed, given another role, reset, deleted; and in by name and password.
#include <stdatomic.h>

#include "access/throttle.h"
#include "admin/cookie.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "admin/signin.h"
#include "base/clock.h"
#include "crypto/password.h"
#include "data/json.h"
#include "io/pool.h"

enum { PEOPLE_INVITATION_MS = 7 * 24 * 3600 * 1000, PEOPLE_HASHES_MOST = 2 };

static struct store *people_store(const struct admin_call *call) {
  return call->env->catalog->account->store;
}

// ---- in by name and password

struct people_entry {
  struct admin_call *call;
  struct str user_id, password; // user_id empty: there is no such name
  struct str fresh;             // a new one; empty: it stays
  struct signin_browser at;
  char cookie[TOKEN_TEXT];
};

static bool people_wrong(struct err *err) {
  err_set(err, ERR_UNAUTHENTICATED, "the name or the password is wrong");
  err_hint(err, "an administrator makes a link for another password with 'postern user reset'");
  return false;
}

static bool people_enter_job(void *arg, struct err *err) {
  struct people_entry *e = arg;
  struct admin_call *call = e->call;
  struct str kept = STR_NONE;
  if (e->user_id.n && !user_password(people_store(call), e->user_id, call->arena, &kept, err)) return false;
  if (!password_fits(kept, e->password)) return people_wrong(err);
  return signin_enter(people_store(call), e->user_id, &e->at, call->arena, &call->session, e->cookie, err);
}

// Each takes memory and a thread of the pool, so few are tried at once.
static bool people_try(bool (*job)(void *arg, struct err *err), struct people_entry *e, struct err *err) {
  static atomic_int at_work;
  bool room = atomic_fetch_add(&at_work, 1) < PEOPLE_HASHES_MOST;
  bool ok = room ? pool_run(job, e, err)
                 : err_set(err, ERR_LIMIT, "several passwords are looked at now; try again in a moment");
  atomic_fetch_sub(&at_work, 1);
  return ok;
}

static bool people_must_wait(struct admin_call *call, int64_t wait, struct err *err) {
  http_reply_header(call->http, "Retry-After",
                    arena_printf(call->arena, "%lld", (long long)(wait + 999) / 1000));
  return err_set(err, ERR_LIMIT, "too many wrong passwords; try again in %lld s",
                 (long long)(wait + 999) / 1000);
}

static bool people_may_try(struct admin_call *call, struct str address, struct str name, struct err *err) {
  int64_t now = clock_now_ms(), by_address = throttle_wait("address", address, now),
          by_name = by_address ? 0 : throttle_wait("name", name, now);
  int64_t wait = by_address > by_name ? by_address : by_name;
  return !wait || people_must_wait(call, wait, err);
}

bool admin_sign_in(struct admin_call *call, struct err *err) {
  struct str name = str_trim(json_str(call->body, "name")),
             address = str_make(call->in->client_key, sizeof call->in->client_key);
  const struct access_user *user = admin_user_named(call, name);
  struct people_entry e = {.call = call,
                           .user_id = user ? user->self.id : STR_NONE,
                           .password = json_str(call->body, "password"),
                           .at = admin_browser(call)};
  if (!admin_by_own_page(call, err) || !cookie_check_place(call, err) ||
      !people_may_try(call, address, name, err) || !people_try(people_enter_job, &e, err))
    return false;
  throttle_forget("address", address, clock_now_ms());
  throttle_forget("name", name, clock_now_ms());
  principal_of_user(&user->self, call->arena, &call->who);
  call->detail = call->session.id;
  cookie_give(call, str_of(e.cookie), e.at.lives_ms);
  secret_wipe(e.cookie, sizeof e.cookie);
  return true;
}

// ---- one's own password

static bool people_renew_body(struct store *s, void *arg, struct err *err) {
  struct people_entry *e = arg;
  return user_set_password(s, e->user_id, e->fresh, e->call->arena, err);
}

// All that was open for this person ends, and this browser goes on with a session of its own.
static bool people_renew_job(void *arg, struct err *err) {
  struct people_entry *e = arg;
  struct admin_call *call = e->call;
  char fresh[PASSWORD_TEXT];
  struct str kept = STR_NONE;
  if (!user_password(people_store(call), e->user_id, call->arena, &kept, err)) return false;
  if (!kept.n) {
    err_set(err, ERR_CONFLICT, "you have no password yet");
    err_hint(err, "an administrator makes a link to set one with 'postern user invite'");
    return false;
  }
  if (!password_fits(kept, e->password)) return err_at(err, ERR_DENIED, "current", "is not your password");
  if (!password_keep(e->fresh, fresh, err)) return false;
  e->fresh = str_of(fresh);
  return store_transact(people_store(call), people_renew_body, e, err) &&
         signin_enter(people_store(call), e->user_id, &e->at, call->arena, &call->session, e->cookie, err);
}

bool admin_change_password(struct admin_call *call, struct err *err) {
  struct str name = call->who.token.name;
  struct people_entry e = {.call = call,
                           .user_id = call->who.token.id,
                           .password = json_str(call->body, "current"),
                           .fresh = json_str(call->body, "password"),
                           .at = admin_browser(call)};
  if (!call->session.id.n) return err_set(err, ERR_CONFLICT, "an API token has no password");
  int64_t wait = throttle_wait("name", name, clock_now_ms());
  if (wait) return people_must_wait(call, wait, err);
  if (!people_try(people_renew_job, &e, err)) return false;
  throttle_forget("name", name, clock_now_ms());
  admin_publish(call);
  call->detail = call->session.id;
  cookie_give(call, str_of(e.cookie), e.at.lives_ms);
  secret_wipe(e.cookie, sizeof e.cookie);
  return true;
}

// ---- who they are

static void people_put_identity(struct buf *out, const struct user_identity *i) {
  put_text_or_null(out, "provider_id", i->provider_id);
  put_text_or_null(out, "issuer", i->issuer);
  put_text_or_null(out, "subject", i->subject);
  put_text_or_null(out, "email", i->email);
  put_bool(out, "email_verified", i->email_verified);
  put_bool(out, "by_provider", i->made);
  put_time(out, "confirmed_at", i->confirmed_at);
  put_time(out, "barred_at", i->barred_at);
}

static void people_put_limit(struct buf *out, const char *key, const struct user_limit *l) {
  if (l->said)
    put_int(out, key, l->most);
  else
    put_json(out, key, STR_NONE);
}

static void people_put(struct buf *out, const struct access_user *u) {
  put_text(out, "id", u->self.id);
  put_text(out, "name", u->self.name);
  put_text(out, "role", str_of(access_role_name(u->self.role)));
  put_texts(out, "groups", u->groups, u->group_count);
  put_open(out, "limits", '{');
  people_put_limit(out, "calls_per_minute", &u->calls);
  people_put_limit(out, "writes_per_day", &u->writes);
  put_close(out, '}');
  put_bool(out, "has_password", u->has_password);
  people_put_identity(out, &u->identity);
  put_time(out, "created_at", u->self.created_at);
}

bool admin_list_users(struct admin_call *call, struct err *err) {
  (void)err;
  const struct catalog *c = call->catalog;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < c->user_count && !page.full; i++) {
    if (!paging_takes(&page, c->users[i].self.id)) continue;
    put_open(&call->out, NULL, '{');
    people_put(&call->out, &c->users[i]);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

struct people_job {
  struct admin_call *call;
  struct access_user user;
  bool (*change)(struct people_job *job, struct err *err);
  char link[TOKEN_TEXT];
};

static bool people_run(void *arg, struct err *err) {
  struct people_job *job = arg;
  return job->change(job, err);
}

// Whom {user} names, with the audit's words on it.
static bool people_find(struct people_job *job, struct err *err) {
  struct str named = http_param(&job->call->params, "user");
  const struct access_user *u = admin_user_named(job->call, named);
  if (!u) return err_at(err, ERR_MISSING, "user", "there is no user '%.*s'", STR_MOST(named, 64));
  job->user = *u;
  job->user.self.id = arena_dup(job->call->arena, u->self.id);
  job->user.self.name = arena_dup(job->call->arena, u->self.name);
  struct str *groups = ARENA_ARRAY(job->call->arena, u->group_count + 1, struct str);
  for (size_t i = 0; i < u->group_count; i++) groups[i] = arena_dup(job->call->arena, u->groups[i]);
  job->user.groups = groups;
  return true;
}

static struct str people_limits_text(const struct people_job *job) {
  const struct access_user *u = &job->user;
  struct arena *a = job->call->arena;
  struct str text = STR_NONE;
  if (u->calls.said) text = arena_printf(a, "; %lld calls a minute", (long long)u->calls.most);
  if (u->writes.said)
    text = ARENA_JOIN(a, text, arena_printf(a, "; %lld writes a day", (long long)u->writes.most));
  return text;
}

static void people_tell(struct people_job *job) {
  const struct access_token *self = &job->user.self;
  struct str groups = STR_NONE, limits = people_limits_text(job);
  for (size_t i = 0; i < job->user.group_count; i++)
    groups = ARENA_JOIN(job->call->arena, groups, i ? STR(", ") : STR("; groups "), job->user.groups[i]);
  job->call->detail =
      arena_printf(job->call->arena, "%.*s \"%.*s\", role %s%.*s%.*s", STR_ARG(self->id), STR_ARG(self->name),
                   access_role_name(self->role), STR_ARG(groups), STR_ARG(limits));
}

static bool people_change(struct people_job *job, struct err *err) {
  people_tell(job);
  if (!pool_run(people_run, job, err)) return false;
  people_tell(job);
  admin_publish(job->call);
  return true;
}

static void people_answer(struct people_job *job) {
  struct buf *out = &job->call->out;
  put_open(out, NULL, '{');
  people_put(out, &job->user);
  if (job->link[0]) {
    put_text(out, "url",
             arena_printf(job->call->arena, "%.*s" SIGNIN_PAGE "%s", STR_ARG(admin_public_url(job->call)),
                          job->link));
    put_time(out, "link_expires_at", clock_now_ms() + PEOPLE_INVITATION_MS);
  }
  put_close(out, '}');
  secret_wipe(job->link, sizeof job->link);
}

// ---- changed

static bool people_invite(struct people_job *job, struct err *err) {
  return signin_make_link(people_store(job->call), job->user.self.id, PEOPLE_INVITATION_MS, job->call->arena,
                          job->link, err);
}

static bool people_create(struct people_job *job, struct err *err) {
  struct access_user wanted = job->user;
  struct arena *a = job->call->arena;
  if (!user_create(people_store(job->call), wanted.self.name, wanted.self.role, a, &job->user, err))
    return false;
  job->user.groups = wanted.groups;
  job->user.group_count = wanted.group_count;
  return (!wanted.group_count || user_update(people_store(job->call), &job->user, a, err)) &&
         people_invite(job, err);
}

static bool people_reset(struct people_job *job, struct err *err) {
  job->user.has_password = false;
  return user_shut_out(people_store(job->call), job->user.self.id, err) && people_invite(job, err);
}

// null: as the setting for all says; of `limits` itself, for both.
static void people_read_limit(yyjson_val *limits, const char *key, struct user_limit *out) {
  yyjson_val *v = yyjson_obj_get(limits, key);
  if (yyjson_is_null(limits) || yyjson_is_null(v))
    *out = (struct user_limit){0};
  else if (v)
    *out = (struct user_limit){.said = true, .most = json_int(limits, key, 0)};
}

// What the body says of role, groups and limits; the rest stays.
static void people_read(struct people_job *job) {
  yyjson_val *limits = yyjson_obj_get(job->call->body, "limits");
  people_read_limit(limits, "calls_per_minute", &job->user.calls);
  people_read_limit(limits, "writes_per_day", &job->user.writes);
  yyjson_val *list = yyjson_obj_get(job->call->body, "groups"), *v;
  size_t i, n;
  access_role_from(json_str(job->call->body, "role"),
                   &job->user.self.role); // one of them: body.c has seen to it
  if (!list) return;
  struct str *groups = ARENA_ARRAY(job->call->arena, yyjson_arr_size(list) + 1, struct str);
  yyjson_arr_foreach (list, i, n, v) groups[i] = json_text(v);
  job->user.groups = groups;
  job->user.group_count = yyjson_arr_size(list);
}

static bool people_update(struct people_job *job, struct err *err) {
  return user_update(people_store(job->call), &job->user, job->call->arena, err);
}

static bool people_delete(struct people_job *job, struct err *err) {
  return user_delete(people_store(job->call), job->user.self.id, err);
}

// Of who comes by a provider, role and groups are its word; how much she may call is an administrator's.
static bool people_is_providers(const struct people_job *job) {
  yyjson_val *body = job->call->body;
  bool limits = body && yyjson_obj_size(body) == 1 && yyjson_obj_get(body, "limits");
  return job->user.identity.made && job->change != people_delete && !limits;
}

bool admin_create_user(struct admin_call *call, struct err *err) {
  struct people_job job = {.call = call, .change = people_create};
  job.user.self.name = json_str(call->body, "name");
  people_read(&job);
  if (!people_change(&job, err)) return false;
  people_answer(&job);
  return true;
}

static bool people_do(struct admin_call *call, bool (*change)(struct people_job *job, struct err *err),
                      struct err *err) {
  struct people_job job = {.call = call, .change = change};
  if (!people_find(&job, err)) return false;
  if (people_is_providers(&job)) return admin_comes_by_provider(&job.user, err);
  // Vendors are told while there is something to tell them with; the rows would go with hers.
  if (change == people_delete && !account_delete_of(call->env->catalog->account, job.user.self.id, err))
    return false;
  if (call->body) people_read(&job);
  if (!people_change(&job, err)) return false;
  if (change != people_delete) people_answer(&job);
  return true;
}

bool admin_change_user(struct admin_call *call, struct err *err) {
  return people_do(call, people_update, err);
}

bool admin_delete_user(struct admin_call *call, struct err *err) {
  return people_do(call, people_delete, err);
}

bool admin_invite_user(struct admin_call *call, struct err *err) {
  return people_do(call, people_invite, err);
}

bool admin_reset_user(struct admin_call *call, struct err *err) {
  return people_do(call, people_reset, err);
}

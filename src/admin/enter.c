// SPDX-License-Identifier: Apache-2.0
// In by the company's identity provider: a browser is sent there, comes back, and holds a session of the console; and out.
#include "access/identity.h"
#include "admin/cookie.h"
#include "admin/page.h"
#include "admin/put.h"
#include "admin/signin.h"
#include "io/pool.h"
#include "oidc/oidc.h"

#define ENTER_HOME "/ui/"

static bool enter_fail(struct admin_call *call, const struct err *why, struct err *err) {
  if (why->code == ERR_CANCELED || why->code == ERR_INTERNAL) return *err = *why, false;
  call->refused = *why;
  page_begin_still(call, err_http_status(why->code), STR("Not signed in"));
  page_text(&call->out, str_of(why->text));
  page_text(&call->out, str_of(why->hint));
  page_link(&call->out, STR(ENTER_HOME), STR("Back to the sign-in"));
  page_end(&call->out);
  return true;
}

static void enter_go(struct admin_call *call, struct str to) {
  call->status = 303;
  http_reply_header(call->http, "Referrer-Policy", STR("no-referrer"));
  http_reply_header(call->http, "Location", to);
}

// ---- there

static bool enter_check_next(struct str next, struct err *err) {
  if (!next.n || oidc_is_path(next)) return true;
  err_at(err, ERR_INVALID, "next", "is no path of this address that a sign-in may come back to");
  err_hint(err, "it begins with one '/', as /ui/");
  return false;
}

bool admin_begin_enter(struct admin_call *call, struct err *err) {
  struct oidc_env env = admin_oidc_env(call);
  struct str next = admin_query(call, "next"), name = http_param(&call->params, "provider");
  struct oidc_start go;
  struct err why;
  if (!cookie_check_place(call, &why) || !enter_check_next(next, &why) ||
      !oidc_begin(&env, name, next.n ? next : STR(ENTER_HOME), call->arena, &go, &why))
    return enter_fail(call, &why, err);
  cookie_give_way(call, go.cookie, OIDC_LIVES_MS);
  enter_go(call, go.url);
  return true;
}

// ---- and back

struct enter {
  struct admin_call *call;
  struct oidc_end end;
  struct identity_entry entry;
  struct signin_browser at;
  char cookie[TOKEN_TEXT];
};

static struct store *enter_store(const struct enter *e) {
  return e->call->env->catalog->account->store;
}

static bool enter_refused(const struct enter *e, struct err *err) {
  err_set(err, ERR_DENIED, "%.*s knows you as %.*s, and no rule lets you in here",
          STR_ARG(e->end.provider.label), STR_MOST(e->end.person.name, 100));
  err_hint(err, "ask an administrator of Postern, or whoever puts people into groups at the provider");
  return false;
}

static bool enter_job(void *arg, struct err *err) {
  struct enter *e = arg;
  const struct claims_person *p = &e->end.person;
  const struct identity_claim claim = {.provider_id = e->end.provider.id,
                                       .issuer = e->end.issuer,
                                       .subject = p->subject,
                                       .email = p->email,
                                       .name = p->name,
                                       .email_verified = p->email_verified,
                                       .links_email = e->end.provider.links_email,
                                       .groups = p->groups,
                                       .group_count = p->group_count,
                                       .admitted = p->admitted,
                                       .role = p->role};
  if (!identity_enter(enter_store(e), &claim, e->call->arena, &e->entry, err)) return false;
  if (!p->admitted) return true;
  e->at.provider_id = e->end.provider.id;
  if (e->end.id_token) e->at.id_token = secret_reveal(e->end.id_token);
  return signin_enter(enter_store(e), e->entry.user_id, &e->at, e->call->arena, &e->call->session, e->cookie,
                      err);
}

// No session outlives the word that it stands on.
static int64_t enter_lives(const struct admin_env *env) {
  return env->groups_age_ms < env->session_age_ms ? env->groups_age_ms : env->session_age_ms;
}

static struct str enter_detail(const struct enter *e) {
  static const char *const how[] = {
      [IDENTITY_ENTERED] = "", [IDENTITY_MADE] = ", made", [IDENTITY_LINKED] = ", linked"};
  return arena_printf(e->call->arena, "%.*s by %.*s%s", STR_ARG(e->call->session.id),
                      STR_ARG(e->end.provider.name), how[e->entry.outcome]);
}

static bool enter_take(struct enter *e, struct err *err) {
  struct admin_call *call = e->call;
  struct oidc_env env = admin_oidc_env(call);
  struct oauth_answer answer;
  page_oauth_answer(call->in->query, call->arena, &answer);
  if (!cookie_check_place(call, err) ||
      !oidc_finish(&env, &answer, cookie_on_the_way(call), call->arena, &e->end, err) ||
      !pool_run(enter_job, e, err))
    return false;
  if (e->entry.outcome != IDENTITY_STRANGER) admin_publish(call);
  return e->end.person.admitted || enter_refused(e, err);
}

bool admin_take_enter_answer(struct admin_call *call, struct err *err) {
  struct enter e = {.call = call, .at = admin_browser(call)};
  struct err why;
  e.at.lives_ms = enter_lives(call->env);
  bool ok = enter_take(&e, &why);
  secret_free(e.end.id_token);
  // An answer that somebody else sent this browser to ends no sign-in of its own.
  if (ok || why.reason != WHY_ANOTHER_BROWSER) cookie_give_way(call, STR(""), 0);
  if (!ok) return enter_fail(call, &why, err);
  const struct access_user *user = admin_user_named(call, e.entry.user_id);
  if (user) principal_of_user(&user->self, call->arena, &call->who);
  call->detail = enter_detail(&e);
  cookie_give(call, str_of(e.cookie), e.at.lives_ms);
  secret_wipe(e.cookie, sizeof e.cookie);
  enter_go(call, e.end.next);
  return true;
}

// ---- and out, there too

struct enter_leaving {
  struct admin_call *call;
  struct str provider_id;
  struct secret *id_token;
};

static bool enter_hint_job(void *arg, struct err *err) {
  struct enter_leaving *l = arg;
  return signin_hint(l->call->env->catalog->account->store, l->call->session.id, l->call->arena,
                     &l->provider_id, &l->id_token, err);
}

// It ends here whatever the provider does.
bool admin_leave(struct admin_call *call, struct err *err) {
  struct enter_leaving l = {.call = call};
  struct oidc_env env = admin_oidc_env(call);
  struct str to = STR(ENTER_HOME);
  struct err none;
  bool ok = !call->session.id.n || pool_run(enter_hint_job, &l, err);
  ok = ok && admin_sign_out(call, err);
  if (ok && l.provider_id.n &&
      !oidc_end_url(&env, l.provider_id, l.id_token, STR(ENTER_HOME), call->arena, &to, &none))
    to = STR(ENTER_HOME);
  secret_free(l.id_token);
  if (!ok) return false;
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "url", to);
  put_close(&call->out, '}');
  return true;
}

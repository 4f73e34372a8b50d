// SPDX-License-Identifier: Apache-2.0
// People at the management API: a link is made, opened once, and the browser then holds a session, which is listed and
// ended. What changes something by a session must come from a page of ours and carry a header that only scripts set.
#include "admin/signin.h"

#include <unistd.h>

#include "admin/cookie.h"
#include "admin/page.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "base/clock.h"
#include "crypto/password.h"
#include "data/json.h"
#include "io/pool.h"

static struct store *signin_store(const struct admin_call *call) {
  return call->env->catalog->account->store;
}

const struct access_user *admin_user_named(const struct admin_call *call, struct str named) {
  return user_find(call->catalog->users, call->catalog->user_count, named);
}

// ---- who it is

struct signin_search {
  struct admin_call *call;
  struct str cookie;
};

static bool signin_find_job(void *arg, struct err *err) {
  struct signin_search *s = arg;
  return signin_find(signin_store(s->call), s->cookie, s->call->env->session_idle_ms, s->call->arena,
                     &s->call->session, err);
}

bool admin_by_own_page(const struct admin_call *call, struct err *err) {
  if (!origin_check_own(call->env->origins, call->in, err)) return false;
  if (str_is(http_header_get(&call->in->headers, SIGNIN_HEADER), "1")) return true;
  err_set(err, ERR_DENIED, "a change by a session of the console needs the header Postern-Console: 1");
  err_hint(err, "scripts use an API token, as 'Authorization: Bearer …'");
  return false;
}

bool admin_by_cookie(struct admin_call *call, struct err *err) {
  struct signin_search s = {call, cookie_held(call)};
  if (!s.cookie.n) return err_set(err, ERR_UNAUTHENTICATED, "nobody has signed in here");
  if (!pool_run(signin_find_job, &s, err)) return false;
  const struct access_user *user = admin_user_named(call, call->session.user_id);
  if (!user || !user_acts(user))
    return err_set(err, ERR_UNAUTHENTICATED, "this session has ended; sign in again");
  principal_of_user(&user->self, call->arena, &call->who);
  return true;
}

bool admin_by_session(struct admin_call *call, struct err *err) {
  if (!admin_by_cookie(call, err)) return false;
  bool reads = call->in->method == METHOD_GET || call->in->method == METHOD_HEAD;
  return reads || admin_by_own_page(call, err);
}

struct signin_browser admin_browser(const struct admin_call *call) {
  return (struct signin_browser){.address = call->in->client,
                                 .agent = http_header_get(&call->in->headers, "user-agent"),
                                 .lives_ms = call->env->session_age_ms,
                                 .before = cookie_held(call)};
}

// ---- links

// Another way in would stay open to who has left the company.
bool admin_comes_by_provider(const struct access_user *u, struct err *err) {
  err_at(err, ERR_CONFLICT, "user", "%.*s signs in by the company's identity provider alone",
         STR_ARG(u->self.name));
  err_hint(err, "make a user of another name, who signs in by a link or a password");
  return false;
}

enum { SIGNIN_FIRST_NAMES = 100 };

// The oldest administrator; where there is none, a new one.
static bool signin_first_user(struct store *s, struct arena *a, const struct access_user *all, size_t count,
                              struct access_user *out, struct err *err) {
  struct str name = STR("admin");
  for (size_t i = 0; i < count; i++)
    if (all[i].self.role == ACCESS_ADMIN && !all[i].identity.made) return *out = all[i], true;
  // A row that is left out, since another key stamped it, has its name still.
  for (size_t i = 2; !user_create(s, name, ACCESS_ADMIN, a, out, err); i++) {
    if (err->code != ERR_CONFLICT || i > SIGNIN_FIRST_NAMES) return false;
    name = arena_printf(a, "admin-%zu", i);
  }
  return true;
}

struct signin_link_job {
  struct store *store;
  struct arena *arena;
  struct str named; // empty: the first administrator
  struct access_user user;
  char text[TOKEN_TEXT];
};

static bool signin_link_job(void *arg, struct err *err) {
  struct signin_link_job *j = arg;
  struct access_user *all;
  size_t count;
  if (!user_list(j->store, j->arena, &all, &count, err)) return false;
  const struct access_user *found = user_find(all, count, j->named);
  if (found) j->user = *found;
  if (j->named.n && !found) {
    err_at(err, ERR_MISSING, "user", "there is no user '%.*s'", STR_MOST(j->named, 64));
    return false;
  }
  if (found && found->identity.made) return admin_comes_by_provider(found, err);
  if (!j->named.n && !signin_first_user(j->store, j->arena, all, count, &j->user, err)) return false;
  return signin_make_link(j->store, j->user.self.id, SIGNIN_LINK_MS, j->arena, j->text, err);
}

bool admin_make_signin_link(struct admin_call *call, struct err *err) {
  struct signin_link_job j = {
      .store = signin_store(call), .arena = call->arena, .named = str_trim(json_str(call->body, "user"))};
  if (!pool_run(signin_link_job, &j, err)) return false;
  call->detail =
      arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(j.user.self.id), STR_ARG(j.user.self.name));
  if (!admin_user_named(call, j.user.self.id)) admin_publish(call);
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "url",
           arena_printf(call->arena, "%.*s" SIGNIN_PAGE "%s", STR_ARG(admin_public_url(call)), j.text));
  put_text(&call->out, "user", j.user.self.name);
  put_time(&call->out, "expires_at", clock_now_ms() + SIGNIN_LINK_MS);
  put_close(&call->out, '}');
  secret_wipe(j.text, sizeof j.text);
  return true;
}

bool admin_start_link(struct store *s, struct audit *audit, char text[TOKEN_TEXT], struct err *err) {
  struct signin_link_job j = {.store = s, .arena = arena_new()};
  bool ok = signin_link_job(&j, err);
  if (ok) {
    audit_add(audit,
              &(struct audit_row){.at = clock_now_ms(),
                                  .who.actor = arena_printf(j.arena, "local:uid %u", (unsigned)geteuid()),
                                  .action = STR("signin.link"),
                                  .outcome = str_of(err_name(ERR_OK)),
                                  .detail = arena_printf(j.arena, "%.*s \"%.*s\"", STR_ARG(j.user.self.id),
                                                         STR_ARG(j.user.self.name))});
    memcpy(text, j.text, TOKEN_TEXT);
  }
  secret_wipe(j.text, sizeof j.text);
  arena_free(j.arena);
  return ok;
}

// ---- the page of a link

struct signin_open {
  struct admin_call *call;
  struct str text;
  struct signin_link link;
  struct signin_browser at;
  struct str password; // a new one; empty: it stays
  char cookie[TOKEN_TEXT];
};

static bool signin_look_job(void *arg, struct err *err) {
  struct signin_open *o = arg;
  return signin_look(signin_store(o->call), o->text, o->call->arena, &o->link, err);
}

static bool signin_enter_job(void *arg, struct err *err) {
  struct signin_open *o = arg;
  char kept[PASSWORD_TEXT];
  // Nobody has a hash made who has no link.
  if (!signin_look_job(o, err)) return false;
  if (o->password.n && !password_keep(o->password, kept, err)) return false;
  if (o->password.n) o->at.password = str_of(kept);
  return signin_by_link(signin_store(o->call), o->text, &o->at, o->call->arena, &o->call->session, o->cookie,
                        err);
}

static bool signin_page_fail(struct admin_call *call, const struct err *why, struct err *err) {
  if (why->code != ERR_MISSING && why->code != ERR_DENIED) return *err = *why, false;
  call->refused = *why;
  page_begin_still(call, err_http_status(why->code), STR("Not signed in"));
  page_text(&call->out, str_of(why->text));
  page_text(&call->out, str_of(why->hint));
  page_end(&call->out);
  return true;
}

static bool signin_page_ask(struct admin_call *call, int status, const struct signin_open *o,
                            struct str fault) {
  const struct access_user *user = admin_user_named(call, o->link.user_id);
  page_begin_still(call, status, STR("Sign in to Postern"));
  page_text(&call->out, arena_printf(call->arena, "This link lets you in once, as %.*s, in this browser.",
                                     user ? (int)user->self.name.n : 0, user ? user->self.name.p : ""));
  page_text(&call->out, fault);
  buf_printf(
      &call->out,
      "<form method=\"post\"><label>%s<input type=\"password\" name=\"password\" "
      "autocomplete=\"new-password\" minlength=\"%d\" autofocus></label><button>Sign in</button></form>\n",
      user && user->has_password ? "A new password; empty, yours stays"
                                 : "A password to sign in with from now on, if you want one",
      PASSWORD_LEAST);
  page_end(&call->out);
  return true;
}

// Opening it uses nothing up: programs that look at links before people do would.
bool admin_show_enter(struct admin_call *call, struct err *err) {
  struct signin_open o = {.call = call, .text = http_param(&call->params, "secret")};
  struct err why;
  if (!cookie_check_place(call, &why) || !pool_run(signin_look_job, &o, &why))
    return signin_page_fail(call, &why, err);
  return signin_page_ask(call, 200, &o, STR_NONE);
}

bool admin_take_enter(struct admin_call *call, struct err *err) {
  struct signin_open o = {
      .call = call, .text = http_param(&call->params, "secret"), .at = admin_browser(call)};
  struct err why = {0};
  o.password = page_form_value(call->in->body, "password", call->arena);
  bool ok = origin_check_own(call->env->origins, call->in, &why) && cookie_check_place(call, &why) &&
            pool_run(signin_enter_job, &o, &why);
  secret_wipe((void *)(uintptr_t)o.password.p, o.password.n);
  secret_wipe((void *)(uintptr_t)call->in->body.p, call->in->body.n);
  if (!ok && why.code == ERR_INVALID) return signin_page_ask(call, 400, &o, str_of(why.text));
  if (!ok) return signin_page_fail(call, &why, err);
  if (o.password.n) admin_publish(call);
  const struct access_user *user = admin_user_named(call, call->session.user_id);
  if (user) principal_of_user(&user->self, call->arena, &call->who);
  call->detail = call->session.id;
  cookie_give(call, str_of(o.cookie), o.at.lives_ms);
  secret_wipe(o.cookie, sizeof o.cookie);
  call->status = 303;
  http_reply_header(call->http, "Location", STR("/ui/"));
  return true;
}

// ---- sessions

struct signin_listing {
  struct admin_call *call;
  struct signin *all;
  size_t count;
};

// An administrator sees all.
static bool signin_list_job(void *arg, struct err *err) {
  struct signin_listing *l = arg;
  struct str whose = l->call->who.role == ACCESS_ADMIN ? STR("") : l->call->who.token.id;
  return signin_list(signin_store(l->call), whose, l->call->env->session_idle_ms, l->call->arena, &l->all,
                     &l->count, err);
}

static void signin_put(const struct admin_call *call, struct buf *out, const struct signin *v) {
  const struct access_user *user = admin_user_named(call, v->user_id);
  put_text(out, "id", v->id);
  put_text(out, "user_id", v->user_id);
  put_text_or_null(out, "user", user ? user->self.name : STR_NONE);
  put_bool(out, "current", str_eq(v->id, call->session.id));
  put_text_or_null(out, "address", v->address);
  put_text_or_null(out, "agent", v->agent);
  put_time(out, "created_at", v->created_at);
  put_time(out, "last_used_at", v->used_at);
  put_time(out, "expires_at", v->expires_at);
}

bool admin_list_sessions(struct admin_call *call, struct err *err) {
  struct signin_listing l = {.call = call};
  if (!pool_run(signin_list_job, &l, err)) return false;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < l.count && !page.full; i++) {
    if (!paging_takes(&page, l.all[i].id)) continue;
    put_open(&call->out, NULL, '{');
    signin_put(call, &call->out, &l.all[i]);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

struct signin_ending {
  struct signin_listing list;
  struct str id;
};

// Another's looks like none to who may not see it.
static bool signin_end_job(void *arg, struct err *err) {
  struct signin_ending *e = arg;
  if (!signin_list_job(&e->list, err)) return false;
  for (size_t i = 0; i < e->list.count; i++)
    if (str_eq(e->list.all[i].id, e->id)) return signin_end(signin_store(e->list.call), e->id, err);
  return err_set(err, ERR_MISSING, "there is no session '%.*s'", STR_MOST(e->id, 64));
}

static bool signin_end_one(struct admin_call *call, struct str id, struct err *err) {
  struct signin_ending e = {{.call = call}, id};
  call->detail = id;
  if (!pool_run(signin_end_job, &e, err)) return false;
  if (str_eq(id, call->session.id)) cookie_take_back(call);
  return true;
}

bool admin_end_session(struct admin_call *call, struct err *err) {
  return signin_end_one(call, http_param(&call->params, "session"), err);
}

bool admin_sign_out(struct admin_call *call, struct err *err) {
  if (call->session.id.n) return signin_end_one(call, call->session.id, err);
  return err_set(err, ERR_MISSING, "an API token has no session that could end");
}

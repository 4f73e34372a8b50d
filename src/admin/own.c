// SPDX-License-Identifier: Apache-2.0
// People's own accounts over HTTP. A person, in whichever role, sees, connects, tests and disconnects hers, and needs a
// session of the console for it: an API token is nobody. An administrator sees that they exist and removes them.
#include "admin/own.h"

#include "account/connect.h"
#include "admin/connecting.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "admin/signin.h"
#include "base/clock.h"
#include "catalog/own.h"

enum { OWN_NAMES_MOST = 100, OWN_SERVERS_MOST = 20 };

static const struct catalog *own_whole(const struct admin_call *call) {
  return call->catalog->whole ? call->catalog->whole : call->catalog;
}

static bool own_person(struct admin_call *call, struct err *err) {
  if (call->who.kind == PRINCIPAL_USER) return true;
  err_set(err, ERR_CONFLICT, "an own account is a person's, and an API token is none");
  err_hint(err, "sign in to the console");
  return false;
}

// ---- which there are

// May this person call the account's tools on the server as herself?
static bool own_admits(const struct server *s, const struct access_user *user, struct str account_id) {
  return user && s->admission.slug.n && s->filter.paused != POLICY_ON &&
         access_is_live(s->expires_at, clock_now_ms()) && policy_is_own(&s->filter, account_id) &&
         admission_admits(&s->admission, user);
}

// The next server that does; NULL: none.
static const struct server *own_next_server(const struct admin_call *call, struct catalog_rows *rows,
                                            struct str account_id) {
  const struct access_user *user = catalog_user_by_id(call->catalog, call->who.token.id);
  for (const struct server *row; (row = catalog_rows_next(rows));)
    if (own_admits(row, user, account_id)) return row;
  return NULL;
}

static bool own_is_offered(const struct admin_call *call, struct str account_id) {
  struct catalog_rows rows = catalog_rows(own_whole(call), account_id, STR_NONE);
  return own_next_server(call, &rows, account_id) != NULL;
}

// Hers for an account, also where that has another address by now.
static const struct catalog_account *own_of(const struct admin_call *call, struct str account_id) {
  return catalog_own_held(call->catalog, call->who.token.id, account_id);
}

// The account that {account} or `account` names, where a server offers it to her or she has one for it. What else there is
// is not told.
static bool own_find(struct admin_call *call, struct str id, const struct catalog_account **of,
                     const struct catalog_account **own, struct err *err) {
  if (!own_person(call, err)) return false;
  *of = catalog_account_by_id(own_whole(call), id);
  *own = *of ? own_of(call, id) : NULL;
  if (*of && (*own || own_is_offered(call, id))) {
    call->account_id = arena_dup(call->arena, *own ? (*own)->account->id : id);
    return true;
  }
  err_at(err, ERR_MISSING, "account", "no server lets you use an account of your own for \"%.*s\"",
         STR_MOST(id, 64));
  err_hint(err, "GET /own-account lists those that there are");
  return false;
}

// ---- told

static void own_put(struct buf *out, const struct account *own, const struct account *of) {
  bool moved = !str_eq(own->base_url, of->base_url);
  put_text(out, "id", own->id);
  put_text(out, "name", own->name);
  put_text(out, "status", moved ? STR("needs_authorising") : own->status);
  put_text_or_null(out, "status_text",
                   moved ? STR("the account has another address now, which got nothing of yours")
                         : own->status_text);
  put_time(out, "created_at", own->created_at);
  put_time(out, "verified_at", own->verified_at);
}

static void own_put_servers(struct admin_call *call, struct str account_id) {
  struct catalog_rows rows = catalog_rows(own_whole(call), account_id, STR_NONE);
  const struct server *row;
  size_t n = 0;
  put_open(&call->out, "servers", '[');
  while (n < OWN_SERVERS_MOST && (row = own_next_server(call, &rows, account_id))) {
    put_text(&call->out, NULL, row->name);
    n++;
  }
  put_close(&call->out, ']');
}

static void own_put_slot(struct admin_call *call, const struct catalog_account *of,
                         const struct catalog_account *own) {
  struct buf *out = &call->out;
  put_open(out, NULL, '{');
  put_text(out, "account_id", of->account->id);
  put_text(out, "account", of->account->name);
  put_text(out, "connector", of->connector->name);
  put_text(out, "label", of->connector->label);
  own_put_servers(call, of->account->id);
  put_open(out, "ways", '[');
  for (size_t i = 0; i < of->connector->way_count; i++)
    if (admin_own_takes(&of->connector->ways[i])) admin_put_way(out, &of->connector->ways[i]);
  put_close(out, ']');
  if (own) {
    put_open(out, "own", '{');
    own_put(out, own->account, of->account);
    put_close(out, '}');
  } else {
    put_json(out, "own", STR_NONE);
  }
  put_close(out, '}');
}

bool admin_list_own(struct admin_call *call, struct err *err) {
  if (!own_person(call, err)) return false;
  const struct catalog *c = own_whole(call);
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < c->account_count && !page.full; i++) {
    struct str id = c->accounts[i]->account->id;
    const struct catalog_account *own = own_of(call, id);
    if ((own || own_is_offered(call, id)) && paging_takes(&page, id)) own_put_slot(call, c->accounts[i], own);
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

static bool own_answer(struct admin_call *call, struct str id) {
  const struct catalog_account *of = catalog_account_by_id(own_whole(call), id);
  if (of) own_put_slot(call, of, own_of(call, id));
  return true;
}

// ---- connected

static bool own_name_is_free(const struct catalog *c, struct str name) {
  size_t count;
  struct catalog_account *const *owns = catalog_owns(c, &count);
  if (admin_account_named(c, name)) return false;
  for (size_t i = 0; i < count; i++)
    if (str_eq(owns[i]->account->name, name)) return false;
  return true;
}

// "GitHub · ada", for the audit and for administrators.
static struct str own_name(const struct admin_call *call, const struct catalog_account *of) {
  struct str base = arena_printf(call->arena, "%.*s · %.*s", STR_ARG(str_cut_utf8(of->account->name, 28)),
                                 STR_ARG(str_cut_utf8(call->who.token.name, 28)));
  struct str name = base;
  for (int i = 2; i < OWN_NAMES_MOST && !own_name_is_free(own_whole(call), name); i++)
    name = arena_printf(call->arena, "%.*s %d", STR_ARG(base), i);
  return name;
}

// One that was connected for another address is given up first: its tokens are told to no other.
static bool own_give_up(struct admin_call *call, const struct catalog_account *of,
                        const struct catalog_account **own, struct err *err) {
  if (!*own || str_eq((*own)->account->base_url, of->account->base_url)) return true;
  if (!account_delete(call->env->catalog->account, (*own)->account->id, err) && err->code != ERR_MISSING)
    return false;
  *own = NULL;
  return true;
}

static bool own_send_to_vendor(struct admin_call *call, const struct catalog_account *of, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct connect_new in = {.connector = of->connector,
                           .name = own_name(call, of),
                           .person = call->who.token.id,
                           .stands_for = of->account->id};
  struct connect_flow flow;
  struct str to, cookie, rest, head;
  if (!connect_start(&env, &in, call->arena, &flow, err)) return false;
  rest = flow.link;
  str_cut(&rest, '?', &head);
  if (!connect_open(&env, flow.id, connecting_link_token(rest, call->arena), call->arena, &to, &cookie, err))
    return false;
  call->detail = flow.id;
  connecting_give_cookie(call, cookie);
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "url", to);
  put_json(&call->out, "connected", STR_NONE);
  put_close(&call->out, '}');
  return true;
}

static bool own_take_credential(struct admin_call *call, const struct catalog_account *of,
                                const struct catalog_account *own, struct err *err) {
  const struct account_env *env = call->env->catalog->account;
  struct account_new in = {.way = json_str(call->body, "way"),
                           .base_url = of->account->base_url,
                           .credential = yyjson_obj_get(call->body, "credential"),
                           .person = call->who.token.id,
                           .stands_for = of->account->id};
  struct account *made;
  bool again = own != NULL;
  if (!again) in.name = own_name(call, of), in.context = yyjson_doc_get_root(of->account->context);
  bool ok = again ? account_change(env, of->connector, own->account->id, &in, &made, err)
                  : account_create(env, of->connector, &in, &made, err);
  if (!ok && !again && err->code == ERR_CONFLICT) { // two tabs: the other one was first
    err_at(err, ERR_CONFLICT, "account",
           "an account of yours was connected for it a moment ago, in another window");
    err_hint(err, "look at your own accounts; connecting once more puts another credential in its place");
  }
  if (!ok) return false;
  call->account_id = arena_dup(call->arena, made->id);
  account_free(made);
  admin_publish(call);
  put_open(&call->out, NULL, '{');
  put_json(&call->out, "url", STR_NONE);
  put_open(&call->out, "connected", '{');
  const struct catalog_account *now = own_of(call, in.stands_for);
  if (now) own_put(&call->out, now->account, of->account);
  put_close(&call->out, '}');
  put_close(&call->out, '}');
  return true;
}

static const struct connector_way *own_way(const struct connector *c, struct str id, bool credential) {
  for (size_t i = 0; i < c->way_count; i++) {
    const struct connector_way *w = &c->ways[i];
    if (admin_own_takes(w) && (!id.n || str_eq(w->id, id)) &&
        credential == (w->auth == CONNECTOR_AUTH_FIELDS))
      return w;
  }
  return NULL;
}

bool admin_connect_own(struct admin_call *call, struct err *err) {
  const struct catalog_account *of, *own;
  bool credential = yyjson_obj_get(call->body, "credential") != NULL;
  struct str id = json_str(call->body, "account");
  if (!own_find(call, id, &of, &own, err)) return false;
  if (!own_is_offered(call, of->account->id))
    return err_at(err, ERR_CONFLICT, "account", "no server uses an account of your own for it any more");
  if (!own_way(of->connector, json_str(call->body, "way"), credential)) {
    err_at(err, ERR_INVALID, credential ? "way" : "credential",
           credential ? "takes no credential"
                      : "is missing: this vendor has no page where a person consents");
    return false;
  }
  if (!own_give_up(call, of, &own, err)) return false;
  return credential ? own_take_credential(call, of, own, err) : own_send_to_vendor(call, of, err);
}

// ---- tested, disconnected

static bool own_find_connected(struct admin_call *call, const struct catalog_account **of,
                               const struct catalog_account **own, struct err *err) {
  struct str id = http_param(&call->params, "account");
  if (!own_find(call, id, of, own, err)) return false;
  return *own || err_at(err, ERR_MISSING, "account", "you have not connected an account of your own for it");
}

bool admin_verify_own(struct admin_call *call, struct err *err) {
  const struct catalog_account *of, *own;
  struct account *verified;
  if (!own_find_connected(call, &of, &own, err)) return false;
  if (!str_eq(own->account->base_url, of->account->base_url))
    return err_at(err, ERR_CONFLICT, "account", "the account has another address now; connect yours anew");
  bool ok = account_verify(call->env->catalog->account, of->connector, own->account->id, &verified, err);
  if (ok) account_free(verified);
  if (ok || err->code == ERR_UNPROCESSABLE) admin_publish(call);
  return ok && own_answer(call, http_param(&call->params, "account"));
}

bool admin_disconnect_own(struct admin_call *call, struct err *err) {
  const struct catalog_account *of, *own;
  if (!own_find_connected(call, &of, &own, err) ||
      !account_delete(call->env->catalog->account, own->account->id, err))
    return false;
  admin_publish(call);
  return true;
}

// ---- for administrators

bool admin_list_owns(struct admin_call *call, struct err *err) {
  (void)err;
  const struct catalog *c = own_whole(call);
  size_t count;
  struct catalog_account *const *owns = catalog_owns(c, &count);
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < count && !page.full; i++) {
    const struct account *own = owns[i]->account;
    const struct catalog_account *of = catalog_account_by_id(c, own->stands_for);
    const struct access_user *user = admin_user_named(call, own->person);
    if (!of || !paging_takes(&page, own->id)) continue;
    put_open(&call->out, NULL, '{');
    own_put(&call->out, own, of->account);
    put_text(&call->out, "person_id", own->person);
    put_text_or_null(&call->out, "person", user ? user->self.name : STR_NONE);
    put_text(&call->out, "account_id", of->account->id);
    put_text(&call->out, "account", of->account->name);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

bool admin_delete_own(struct admin_call *call, struct err *err) {
  struct str id = http_param(&call->params, "own");
  const struct catalog_account *own = catalog_own_by_id(own_whole(call), id);
  if (!own) return err_at(err, ERR_MISSING, "own", "no person has an own account \"%.*s\"", STR_MOST(id, 64));
  call->account_id = arena_dup(call->arena, id);
  call->detail = arena_printf(call->arena, "of %.*s", STR_ARG(own->account->person));
  if (!account_delete(call->env->catalog->account, call->account_id, err)) return false;
  admin_publish(call);
  return true;
}

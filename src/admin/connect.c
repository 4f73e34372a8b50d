// SPDX-License-Identifier: Apache-2.0
// Accounts that a person authorizes at the vendor's own page: starting, the pages on the way, how it ended.
#include "account/grant.h"
#include "admin/connecting.h"
#include "admin/cookie.h"
#include "admin/page.h"
#include "admin/put.h"
#include "admin/signin.h"
#include "base/clock.h"
#include "base/codec.h"
#include "catalog/watch.h"
#include "crypto/jwt.h"

#define AUTHORIZE_COOKIE "postern_connect"

struct connect_env connecting_env(const struct admin_call *call) {
  const struct account_env *account = call->env->catalog->account;
  return (struct connect_env){
      .account = account,
      .connectors = call->env->catalog->library.connectors,
      .net = {.guard = account->guard, .limits = account->limits},
      .public_url = admin_public_url(call),
  };
}

struct str connecting_link_token(struct str query, struct arena *a) {
  return page_form_value(query, "t", a);
}

void connecting_give_cookie(struct admin_call *call, struct str cookie) {
  bool secure = str_starts(admin_public_url(call), "https:");
  http_reply_header(call->http, "Set-Cookie",
                    arena_printf(call->arena,
                                 AUTHORIZE_COOKIE
                                 "=%.*s; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=86400%s",
                                 STR_ARG(cookie), secure ? "; Secure" : ""));
}

static void authorize_put(struct buf *out, const struct connect_flow *f) {
  put_open(out, NULL, '{');
  put_text(out, "id", f->id);
  put_text(out, "status", str_of(connect_status_name(f->status)));
  put_text_or_null(out, "url", f->link);
  put_text_or_null(out, "direct_url", f->direct);
  put_text(out, "name", f->name);
  put_text(out, "connector", f->connector);
  put_text_or_null(out, "account_id", f->account_id);
  put_text_or_null(out, "code", f->code);
  put_text_or_null(out, "text", f->text);
  put_text_or_null(out, "remedy", f->remedy);
  put_time(out, "created_at", f->created_at);
  put_time(out, "expires_at", f->expires_at);
  put_close(out, '}');
}

// ---- for the administrator

static bool authorize_subject(struct admin_call *call, struct connect_new *in, struct err *err) {
  struct str account = json_str(call->body, "account"), name = json_str(call->body, "connector");
  in->url = json_str(call->body, "url");
  if (account.n) {
    const struct catalog_account *v = admin_account_named(call->catalog, account);
    if (!v) return admin_no_account("account", account, err);
    in->account_id = call->account_id = arena_dup(call->arena, v->account->id);
    in->connector = v->connector;
    return true;
  }
  if (!name.n && !in->url.n)
    return err_at(err, ERR_INVALID, "connector", "give a connector, the url of an MCP server, or an account");
  if (!name.n) name = STR(CONNECTOR_ANY_MCP);
  in->connector = connector_named(call->env->catalog->library.connectors, name);
  if (in->connector) return true;
  admin_no_connector("connector", name, err);
  err_hint(err, "GET /connector?q= searches them; any other MCP server goes by its url");
  return false;
}

// A key that is none is told to whoever gives it, not to the person who comes back with a code.
static bool authorize_client_is_sound(const struct connect_new *in, struct err *err) {
  const char *algorithm;
  if (in->client_key && in->client_secret)
    return err_at(err, ERR_INVALID, "client_key", "give a secret or a key, not both");
  if ((in->client_key || in->client_secret) && !in->client_id.n)
    return err_at(err, ERR_INVALID, "client_id", "give the client_id that the secret or key is of");
  if (!in->client_key || jwt_algorithm(in->client_key, &algorithm, err)) return true;
  snprintf(err->field, sizeof err->field, "client_key");
  return false;
}

static bool authorize_client_fits(struct admin_call *call, struct err *err) {
  static const char *const fields[] = {"client_id", "client_secret", "client_key"};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (json_str(call->body, fields[i]).n > CONNECT_CLIENT_MOST)
      return err_at(err, ERR_INVALID, fields[i], "is longer than %d bytes", CONNECT_CLIENT_MOST);
  return true;
}

bool admin_start_authorize(struct admin_call *call, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct connect_new in = {.name = str_trim(json_str(call->body, "name")),
                           .scope = json_str(call->body, "scope"),
                           .client_id = json_str(call->body, "client_id")};
  struct connect_flow flow;
  struct str secret = json_str(call->body, "client_secret"), key = json_str(call->body, "client_key");
  if (!authorize_client_fits(call, err) || !authorize_subject(call, &in, err)) return false;
  struct secret *kept_secret = secret.n ? secret_new(secret) : NULL,
                *kept_key = key.n ? secret_new(key) : NULL;
  in.client_secret = kept_secret;
  in.client_key = kept_key;
  bool ok = authorize_client_is_sound(&in, err) && connect_start(&env, &in, call->arena, &flow, err);
  secret_free(kept_secret);
  secret_free(kept_key);
  if (!ok) return false;
  authorize_put(&call->out, &flow);
  return true;
}

// A new account is of use once its tools are known. That they could not be read is told with the account, and
// the next sync tries again.
static void authorize_done(struct admin_call *call, const struct connect_flow *flow) {
  if (flow->status != CONNECT_DONE) return;
  struct remote_report report;
  struct err err;
  call->account_id = arena_dup(call->arena, flow->account_id);
  admin_publish(call);
  if (flow->own) return; // its tools are those of the account that it stands in for
  if (!watch_sync(call->env->catalog, call->account_id, &report, &err))
    call->detail = arena_printf(call->arena, "its tools could not be read: %s", err.text);
}

// Whoever polls may be told that it is done while the callback still reads the tools.
static bool authorize_is_bare(const struct admin_call *call, const struct connect_flow *flow) {
  const struct catalog_account *v = catalog_account_by_id(call->catalog, flow->account_id);
  return flow->status == CONNECT_DONE && !flow->own && (!v || v->tools->count == 0);
}

bool admin_get_authorize(struct admin_call *call, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct connect_flow flow;
  if (!connect_find(&env, http_param(&call->params, "flow"), call->arena, &flow, err)) return false;
  if (authorize_is_bare(call, &flow)) authorize_done(call, &flow);
  authorize_put(&call->out, &flow);
  return true;
}

// The browser was on another machine and could not reach us: its address line is pasted.
bool admin_finish_authorize(struct admin_call *call, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct str url = json_str(call->body, "url"), head;
  struct connect_flow flow;
  if (!str_cut(&url, '?', &head) || !url.n)
    return err_at(err, ERR_INVALID, "url",
                  "has no answer in it: paste the whole address that the browser ended at");
  struct oauth_answer answer;
  page_oauth_answer(url, call->arena, &answer);
  if (!connect_finish_here(&env, http_param(&call->params, "flow"), &answer, call->arena, &flow, err))
    return false;
  authorize_done(call, &flow);
  authorize_put(&call->out, &flow);
  return true;
}

bool admin_get_client_document(struct admin_call *call, struct err *err) {
  (void)err;
  struct connect_env env = connecting_env(call);
  connect_write_client(&env, &call->out);
  return true;
}

// ---- for the person

// The page's own script asks for JSON, and shows it in the page.
static bool authorize_page_error(struct admin_call *call, const struct err *why, struct err *err) {
  call->refused = *why;
  if (page_wants_json(call)) {
    *err = *why;
    return false;
  }
  page_begin(call, err_http_status(why->code), STR("This did not work"), false);
  page_text(&call->out, str_of(why->text));
  page_text(&call->out, str_of(why->hint));
  page_end(&call->out);
  return true;
}

static void authorize_page_ask(struct admin_call *call, struct str what, struct str ask) {
  page_begin(call, 200, STR("Connect an account"), true);
  page_text(&call->out, what);
  page_text(&call->out,
            STR("Go on only if you asked for this: whoever gave you this link gets the use of the account, "
                "within what their administrator allows."));
  page_form(call, ask, STR("Go on"));
  page_end(&call->out);
}

// The link of an account that a call found unauthorized. Whoever opens it must be one who uses the account
// already, or a person could be led to connect theirs for somebody else (MCP 2025-11-25, "URL Mode
// Elicitation", phishing).
static const struct catalog_account *authorize_account(const struct admin_call *call) {
  return catalog_account_by_id(call->catalog, http_param(&call->params, "flow"));
}

// Only where a person is needed: to use an account is not to say whose it is, and none that works, nor one by
// a key, is changed by those who use it.
static bool authorize_is_wanted(const struct admin_call *call, const struct catalog_account *v,
                                struct err *err) {
  struct str link;
  if (v->account->grant && grant_needs_authorising(v->account->grant, call->arena, &link)) return true;
  err_set(err, ERR_CONFLICT, "the account \"%.*s\" needs no authorizing now", STR_ARG(v->account->name));
  err_hint(err, "call the tool again; an administrator connects the account anew where it should be another");
  return false;
}

// Without the link's secret nothing is told, not even whether there is such an account or link: the same page
// for every id.
bool admin_show_connect(struct admin_call *call, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct str link_token = connecting_link_token(call->in->query, call->arena);
  struct connect_flow flow;
  struct err why;
  if (!link_token.n) {
    authorize_page_ask(
        call,
        STR("Postern will send you to the vendor, where you decide whether it may use your account there."),
        STR("To show that it is yours to connect: the URL of your MCP server, or your API token"));
    return true;
  }
  if (!connect_look(&env, http_param(&call->params, "flow"), link_token, call->arena, &flow, &why))
    return authorize_page_error(call, &why, err);
  const struct connector *c = connector_find(call->env->catalog->library.connectors, flow.connector);
  struct str vendor = c ? c->label : flow.connector;
  authorize_page_ask(call,
                     arena_printf(call->arena,
                                  "Postern will send you to %.*s%s%.*s, where you decide whether it may use "
                                  "your account there as \"%.*s\".",
                                  STR_ARG(vendor), flow.host.n ? ", at " : "", STR_ARG(flow.host),
                                  STR_ARG(flow.name)),
                     STR_NONE);
  return true;
}

// A client's API token is of use for servers that ask for one.
static bool authorize_is_guarded(const struct catalog *c, const struct catalog_account *v) {
  struct catalog_rows rows = catalog_rows(c, v->account->id, STR_NONE);
  for (const struct server *row; (row = catalog_rows_next(&rows));)
    if (row->filter.require_api_token) return true;
  return false;
}

// Does the text open a server over this account, or manage it? `principal` says as whom.
static bool authorize_proves(struct admin_call *call, const struct catalog_account *v, struct str proof,
                             struct str *principal) {
  int64_t now = clock_now_ms();
  const struct access_token *token = access_find(&call->catalog->tokens_by_hash, proof, now);
  if (token) {
    *principal = token->id;
    return token->role == ACCESS_ADMIN ||
           (token->role == ACCESS_CLIENT && authorize_is_guarded(call->catalog, v));
  }
  for (struct str rest = proof, part; str_cut(&rest, '/', &part);) proof = part; // of a URL its last segment
  const struct catalog_url *url = catalog_url_by_token(call->catalog, proof, now);
  const struct catalog_server *server = url ? url->server : NULL;
  // Where the server asks for an API token too, its URL alone proves nothing.
  if (!server || server->server.filter.require_api_token) return false;
  *principal = server->server.id;
  for (size_t i = 0; i < server->member_count; i++)
    if (server->members[i].account == v) return true;
  return false;
}

// v: NULL: there is no such account, which looks like a proof that is none.
static bool authorize_begin_again(struct admin_call *call, const struct catalog_account *v, struct str *id,
                                  struct str *link_token, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct str proof = str_trim(page_form_value(call->in->body, "proof", call->arena)), principal;
  if (v) call->account_id = arena_dup(call->arena, v->account->id);
  if (!v || !authorize_proves(call, v, proof, &principal)) {
    err_set(err, ERR_DENIED, "that opens no server over this account");
    err_hint(
        err,
        "give the URL of your MCP server as your client has it, or an API token that the server asks for; "
        "then open the link again");
    return false;
  }
  if (!authorize_is_wanted(call, v, err)) return false;
  call->who.name = arena_dup(call->arena, principal);
  struct connect_new in = {.connector = v->connector, .account_id = v->account->id, .principal = principal};
  struct connect_flow flow;
  if (!connect_start(&env, &in, call->arena, &flow, err)) return false;
  struct str rest = flow.link, head;
  str_cut(&rest, '?', &head);
  *id = flow.id;
  *link_token = connecting_link_token(rest, call->arena);
  return true;
}

static void authorize_go(struct admin_call *call, struct str to) {
  http_reply_header(call->http, "Referrer-Policy", STR("no-referrer"));
  if (!page_wants_json(call)) {
    call->status = 303;
    http_reply_header(call->http, "Location", to);
    return;
  }
  call->status = 200;
  call->type = "application/json";
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "url", to);
  put_close(&call->out, '}');
}

bool admin_open_connect(struct admin_call *call, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct str id = http_param(&call->params, "flow"),
             link_token = connecting_link_token(call->in->query, call->arena);
  struct str to, cookie;
  struct err why;
  if (!link_token.n && !authorize_begin_again(call, authorize_account(call), &id, &link_token, &why))
    return authorize_page_error(call, &why, err);
  if (!connect_open(&env, id, link_token, call->arena, &to, &cookie, &why))
    return authorize_page_error(call, &why, err);
  call->detail = id;
  authorize_go(call, to);
  connecting_give_cookie(call, cookie);
  return true;
}

// For a browser that came here from the console without a window of its own.
static void authorize_link_on(struct admin_call *call, const struct connect_flow *flow) {
  struct str at = flow->own ? STR("/ui/own")
                  : flow->status == CONNECT_DONE
                      ? ARENA_JOIN(call->arena, STR("/ui/sources/"), flow->account_id)
                      : STR("/ui/sources");
  page_link(&call->out, at, STR("On to the console"));
}

// Who is signed in to the console in this browser, for an account of her own; nobody, where nobody is.
static struct str authorize_person(struct admin_call *call) {
  struct principal before = call->who;
  struct err nobody;
  struct str id = cookie_held(call).n && admin_by_session(call, &nobody) ? call->who.token.id : STR_NONE;
  call->who = before; // the page is open to all, and answers nobody in particular
  return id;
}

bool admin_take_callback(struct admin_call *call, struct err *err) {
  struct connect_env env = connecting_env(call);
  struct oauth_answer answer;
  page_oauth_answer(call->in->query, call->arena, &answer);
  struct connect_flow flow;
  struct err why;
  struct connect_browser from = {.cookie = http_cookie_get(&call->in->headers, STR(AUTHORIZE_COOKIE)),
                                 .person = authorize_person(call)};
  if (!connect_finish(&env, &answer, &from, call->arena, &flow, &why))
    return authorize_page_error(call, &why, err);
  authorize_done(call, &flow);
  bool done = flow.status == CONNECT_DONE;
  if (!done) call->detail = arena_dup(call->arena, flow.code);
  page_begin(call, done ? 200 : 400, done ? STR("Connected") : STR("Not connected"), false);
  page_text(&call->out, done
                            ? arena_printf(call->arena,
                                           "Postern may now use your account as \"%.*s\". You can close this "
                                           "window and go back to where you came from.",
                                           STR_ARG(flow.name))
                            : flow.text);
  page_text(&call->out, flow.remedy);
  authorize_link_on(call, &flow);
  if (done) page_close_itself(call);
  page_end(&call->out);
  return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "admin/admin.h"

#include "admin/answers.h"
#include "admin/body.h"
#include "admin/cookie.h"
#include "admin/put.h"
#include "admin/route.h"
#include "admin/share.h"
#include "admin/signin.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "base/mem.h"
#include "catalog/own.h"
#include "catalog/pending.h"
#include "catalog/sight.h"
#include "forward/forward.h"
#include "forward/owner.h"
#include "io/fiber.h"
#include "io/pool.h"
#include "node/node.h"
#include "node/wake.h"
#include "program/keep.h"

enum { ADMIN_RETRY_MS = 50, ADMIN_RETRY_MOST_MS = 5000 };

// ---- who asks

bool admin_is_local(const struct http_request *in) {
  return (str_starts(in->client, "127.") || str_is(in->client, "::1")) && !in->passed_on &&
         !http_header_count(&in->headers, "x-forwarded-for") && !http_header_count(&in->headers, "forwarded");
}

static bool admin_may_read_metrics(const struct admin_call *call) {
  struct str wanted = call->env->metrics_token, token = principal_bearer(call->in);
  return wanted.n ? token.n && str_eq_secret(token, wanted) : admin_is_local(call->in);
}

bool admin_guard_takes(enum admin_guard guard, enum access_role role) {
  return guard == ADMIN_OPEN || guard == ADMIN_ANY || role == ACCESS_ADMIN ||
         (guard == ADMIN_VIEW && role == ACCESS_VIEWER) ||
         ((guard == ADMIN_VIEW || guard == ADMIN_EDIT) && role == ACCESS_EDITOR);
}

bool admin_manages(const struct admin_call *call) {
  return call->who.role == ACCESS_ADMIN;
}

void admin_sees(struct admin_call *call) {
  if (call->who.role == ACCESS_EDITOR) call->catalog = sight_of(call->catalog, &call->who.token);
}

static bool admin_refuse_role(const struct admin_call *call, struct err *err) {
  enum admin_guard guard = call->route->guard;
  return err_set(err, ERR_DENIED, "your role is %s; this takes the role admin%s",
                 access_role_name(call->who.role),
                 guard == ADMIN_VIEW   ? ", editor or viewer"
                 : guard == ADMIN_EDIT ? " or editor"
                                       : "");
}

static bool admin_follow(void *arg, struct err *err) {
  struct admin_call *call = arg;
  (void)err;
  call->behind = !wake_catch_up();
  return true;
}

// What was answered at another node is there at this one: a client behind a load balancer makes an account at one, and the
// server over it at the next. Where the store is away, what is in memory serves, and what is not there may be elsewhere.
static void admin_catch_up(struct admin_call *call) {
  struct err err;
  if (node_is_alone() || !pool_run(admin_follow, call, &err)) return;
  catalog_release(call->catalog); // `before` still holds what the caller is known by
  call->catalog = catalog_acquire();
  shelf_release(call->shelf);
  call->shelf = shelf_acquire();
}

// A bearer that opens /metrics needs to be no API token.
static bool admin_authorize(struct admin_call *call, struct err *err) {
  enum admin_guard guard = call->route->guard;
  if (guard == ADMIN_OPEN || (guard == ADMIN_METRICS && admin_may_read_metrics(call))) return true;
  struct principal_door door = {
      .guarded = true, .tokens = &call->catalog->tokens_by_hash, .now = clock_now_ms()};
  bool by_token = principal_bearer(call->in).n || !cookie_held(call).n;
  if (by_token ? !principal_of(call->in, &door, call->arena, &call->who, err)
               : !admin_by_session(call, err)) {
    if (err->code == ERR_UNAUTHENTICATED)
      http_reply_header(call->http, "WWW-Authenticate", principal_challenge(call->in));
    return false;
  }
  if (!admin_guard_takes(guard, call->who.role)) return admin_refuse_role(call, err);
  admin_catch_up(call);
  enum pending_end end = pending_wait(NULL, &call->who, err);
  if (end == PENDING_STAYS) return false;
  if (end == PENDING_OVER) { // who it is by now
    admin_catch_up(call);
    return admin_authorize(call, err);
  }
  admin_sees(call);
  return true;
}

// ---- what is asked

// False: replied: 404, 405 with what the path does take, or 204 for OPTIONS.
static bool admin_find_route(struct admin_call *call) {
  struct http_match m = http_router_find(&admin_router, call->in->method, call->in->path, call->arena);
  struct err err;
  if (m.route) {
    call->route = m.route->doc;
    call->params = m.params;
    return true;
  }
  if (!m.allowed) {
    err_why(&err, ERR_MISSING, WHY_NO_ROUTE, "nothing is at this address");
    err_hint(&err, "GET /openapi.json describes what there is");
    http_reply_err(call->http, &err);
    return false;
  }
  struct str allowed = http_allow_text(m.allowed, call->arena);
  http_reply_header(call->http, "Allow", allowed);
  err_set(&err, ERR_INVALID, "this address does not take %.*s; allowed: %.*s", STR_ARG(call->in->method_text),
          STR_ARG(allowed));
  if (call->in->method == METHOD_OPTIONS)
    http_reply(call->http, 204, NULL, STR_NONE);
  else
    http_reply_err_as(call->http, 405, &err);
  return false;
}

static bool admin_read_body(struct admin_call *call, yyjson_doc **doc, struct err *err) {
  const struct admin_shape *shape = call->route->body;
  if (!shape) return true;
  struct str type = http_media_type(http_header_get(&call->in->headers, "content-type"));
  if (!str_is_nocase(type, "application/json")) {
    call->status = 415; // RFC 9110 §15.5.16, as the MCP endpoint has it
    return err_at(err, ERR_INVALID, "Content-Type", "must be application/json, not \"%.*s\"",
                  STR_MOST(type, 64));
  }
  if (!json_read(call->in->body, &call->env->json, doc, err)) {
    if (err->code == ERR_LIMIT)
      err_hint(err, "the settings json_nodes and json_depth say how much; a text counts as one value, "
                    "whatever it holds");
    err->code = ERR_INVALID; // too deep or too many values: the limit is of one request, not of a rate
    return false;
  }
  call->body = yyjson_doc_get_root(*doc);
  return admin_body_check(shape, call->body, err);
}

// A body may hold a credential: it does not lie about in freed memory.
static void admin_forget_body(const struct admin_call *call, yyjson_doc *doc) {
  if (!call->route || !call->route->body) return;
  secret_wipe((void *)(uintptr_t)call->in->body.p, call->in->body.n);
  yyjson_val *v = yyjson_doc_get_root(doc);
  for (size_t left = yyjson_doc_get_val_count(doc); left; left--, v++) // values stand one behind the other
    if (yyjson_is_str(v)) secret_wipe((void *)(uintptr_t)yyjson_get_str(v), yyjson_get_len(v));
  yyjson_doc_free(doc);
}

static bool admin_read_query(struct admin_call *call, struct err *err) {
  static const struct admin_shape none = {"None", "", NULL, 0};
  if (call->route->any_query) return true;
  const struct admin_shape *shape = call->route->query ? call->route->query : &none;
  return admin_body_check_query(shape, call->in->query, call->arena, call->query, err);
}

// ---- what comes of it

struct audit_who admin_asker(const struct admin_call *call) {
  return (struct audit_who){.actor = call->who.name,
                            .actor_name = call->who.token.name,
                            .client = call->who.signin.client_name,
                            .address = call->in->client,
                            .client_id = call->who.signin.client_id,
                            .sign_in = call->who.signin.id};
}

// What a row speaks of, by the name that it had; of what is new, has.
static const struct catalog_server *admin_server_told(const struct admin_call *call) {
  const struct catalog_server *v = catalog_server_by_id(call->before, call->server_id);
  return v ? v : catalog_server_by_id(call->catalog, call->server_id);
}

static const struct catalog_account *admin_account_told(const struct admin_call *call) {
  const struct catalog_account *v = catalog_account_by_id(call->before, call->account_id);
  if (!v) v = catalog_account_by_id(call->catalog, call->account_id);
  if (!v) v = catalog_own_by_id(call->before, call->account_id);
  return v ? v : catalog_own_by_id(call->catalog, call->account_id);
}

// Pages are open to all: links that are opened, and what is turned away there, anybody could make rows of, so they are
// counted. A page that only asks leaves none.
static void admin_audit(const struct admin_call *call, const struct err *failure, uint64_t begun_us) {
  bool open = call->route->guard == ADMIN_OPEN;
  if (!failure && call->refused.code) failure = &call->refused;
  if (!call->route->action || (open && !failure && !call->account_id.n && !call->detail.n)) return;
  enum err_code code = failure ? failure->code : call->status >= 400 ? ERR_UNPROCESSABLE : ERR_OK;
  // What is said of a wrong body may quote it, and it may hold a secret in the wrong place.
  struct str detail = !failure              ? call->detail
                      : code == ERR_INVALID ? str_of(failure->field)
                                            : str_of(failure->text);
  const struct catalog_server *server = admin_server_told(call);
  const struct catalog_account *account = admin_account_told(call);
  struct audit_row row = {.at = clock_now_ms(),
                          .who = admin_asker(call),
                          .action = str_of(call->route->action),
                          .server_id = call->server_id,
                          .server_name = server ? server->server.name : STR_NONE,
                          .account_id = call->account_id,
                          .account_name = account ? account->account->name : STR_NONE,
                          .outcome = str_of(err_name(code)),
                          .request_id = call->in->id,
                          .detail = detail,
                          .elapsed_us = (int64_t)(clock_mono_us() - begun_us),
                          .status = failure        ? call->status == 415 ? 415 : err_http_status(code)
                                           : call->status ? call->status
                                                   : call->route->status};
  if (open)
    audit_count(call->env->run->audit, &row, failure ? http_param(&call->params, "flow") : STR_NONE);
  else
    audit_add(call->env->run->audit, &row);
}

// Turned away at the door: counted, as outsiders may do it as often as they like. `what`: which origin, which token.
static void admin_audit_refused(const struct admin_call *call, const struct err *err, const char *why,
                                struct str what) {
  audit_count(call->env->run->audit,
              &(struct audit_row){.at = clock_now_ms(),
                                  .who = admin_asker(call),
                                  .action = STR(AUDIT_REFUSE),
                                  .outcome = str_of(err_name(err->code)),
                                  .request_id = call->in->id,
                                  .detail = str_of(why),
                                  .status = err_http_status(err->code)},
              what);
}

static void admin_audit_unknown(const struct admin_call *call, const struct err *err) {
  struct str token = principal_bearer(call->in);
  char mark[AUDIT_MARK];
  admin_audit_refused(call, err, err->text, token.n && !call->who.kind ? audit_mark(token, mark) : STR_NONE);
}

static void admin_answer(struct admin_call *call, const struct err *failure) {
  struct err large;
  int status = call->status ? call->status : call->route->status;
  if (!failure && call->out.full) {
    err_set(&large, ERR_LIMIT, "the answer passes %d bytes", ADMIN_REPLY_MOST);
    err_hint(&large, "ask for less with ?limit=");
    failure = &large;
  }
  // Answers speak of credentials' neighbours; no cache on the way keeps them (RFC 9111 §5.2.2.5).
  http_reply_header(call->http, "Cache-Control", STR("no-store"));
  if (failure)
    http_reply_err_as(call->http, status == 415 ? status : err_http_status(failure->code), failure);
  else if (!call->out.n)
    http_reply(call->http, status, NULL, STR_NONE);
  else
    http_reply_buf(call->http, status,
                   call->type          ? call->type
                   : call->route->type ? call->route->type
                                       : "application/json",
                   &call->out);
}

// For pages of any origin: there is nothing here that a browser would add of itself (Fetch §3.2).
static void admin_allow_strangers(const struct admin_call *call, bool asks_first) {
  http_reply_header(call->http, "Access-Control-Allow-Origin", STR("*"));
  if (!asks_first) return;
  http_reply_header(call->http, "Access-Control-Allow-Methods", STR("GET, POST, OPTIONS"));
  http_reply_header(call->http, "Access-Control-Allow-Headers",
                    STR("Authorization, Content-Type, MCP-Protocol-Version"));
  http_reply_header(call->http, "Access-Control-Max-Age", STR("86400"));
}

// Is it for them? An OPTIONS is of whichever route its path has.
static bool admin_is_of_strangers(const struct admin_call *call) {
  static const enum http_method methods[] = {METHOD_GET, METHOD_POST};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    bool preflight = call->in->method == METHOD_OPTIONS;
    struct http_match m = http_router_find(&admin_router, preflight ? methods[i] : call->in->method,
                                           call->in->path, call->arena);
    if (m.route && ((const struct admin_route *)m.route->doc)->strangers) return true;
  }
  return false;
}

// An id that is unknown here may be of what another node has made since it could last be asked.
static void admin_settle_missing(const struct admin_call *call, struct err *err) {
  if (!call->behind || err->code != ERR_MISSING) return;
  struct err missing = *err;
  err_set(err, ERR_UNAVAILABLE,
          "%s at this node, which cannot look whether another has made it: the database is away",
          missing.text);
  err_hint(err, "ask again in a moment; GET /readyz tells when the database is there");
}

// A kept result that another node has stands in the request: that node answers, and says so in the audit.
static bool admin_passes_on(struct admin_call *call) {
  char node[NODE_ID];
  struct err err;
  if (call->in->passed_on || !owner_by_handle(call->in->body, PROGRAM_HANDLE_PREFIX, node)) return false;
  enum forward_end end = forward_pass(call->http, str_of(node), &err);
  if (end == FORWARD_BROKEN && !http_has_replied(call->http)) http_reply_err_as(call->http, 502, &err);
  return end != FORWARD_AWAY;
}

static void admin_serve(struct admin_call *call) {
  struct err err = {0};
  if (admin_is_of_strangers(call)) {
    admin_allow_strangers(call, call->in->method == METHOD_OPTIONS);
  } else if (!origin_check(call->env->origins, call->in, &err)) {
    admin_audit_refused(call, &err, "pages of another origin", http_header_get(&call->in->headers, "origin"));
    http_reply_err(call->http, &err);
    return;
  }
  if (!admin_find_route(call)) return;
  uint64_t begun_us = clock_mono_us();
  yyjson_doc *doc = NULL;
  bool known = admin_authorize(call, &err);
  if (known && admin_passes_on(call)) return;
  bool ok = known && admin_read_query(call, &err) && admin_read_body(call, &doc, &err) &&
            call->route->handle(call, &err);
  if (!ok) admin_settle_missing(call, &err);
  if (known || (call->who.kind && call->route->action))
    admin_audit(call, ok ? NULL : &err, begun_us);
  else
    admin_audit_unknown(call, &err);
  if (!call->streamed) admin_answer(call, ok ? NULL : &err);
  admin_forget_body(call, doc);
}

bool admin_takes(const struct http_request *in) {
  return http_router_find(&admin_router, in->method, in->path, in->arena).allowed != 0;
}

bool admin_leaves_to_console(const struct http_request *in) {
  bool reads = in->method == METHOD_GET || in->method == METHOD_HEAD;
  return reads && str_starts(in->path, ANSWERS_PAGE) && !http_header_count(&in->headers, "authorization") &&
         !str_is(in->query, ANSWERS_PLAIN);
}

bool admin_is_for_strangers(struct str path) {
  return str_starts(path, SHARE_PAGE);
}

void admin_handle(const struct admin_env *env, struct http_exchange *x) {
  const struct http_request *in = http_request_of(x);
  struct admin_call call = {.env = env,
                            .http = x,
                            .in = in,
                            .arena = in->arena,
                            .catalog = catalog_acquire(),
                            .before = catalog_acquire(),
                            .shelf = shelf_acquire(),
                            .out = BUF_MAX(ADMIN_REPLY_MOST)};
  admin_serve(&call);
  catalog_release(call.catalog);
  catalog_release(call.before);
  shelf_release(call.shelf);
  buf_free(&call.out);
}

// ---- what several handlers need

struct admin_making { // of a snapshot, after a change of rows
  bool (*job)(void *arg, struct err *err);
  const void *arg;
};

static bool admin_rebuild(void *arg, struct err *err) {
  return catalog_rebuild(arg, err);
}

static bool admin_reload(void *arg, struct err *err) {
  return catalog_reload(arg, err);
}

static bool admin_rebuild_shelf(void *arg, struct err *err) {
  return shelf_rebuild(arg, err);
}

static bool admin_make(const struct admin_making *m, struct err *err) {
  // The pool's argument is not const; nobody writes to it.
  return pool_run(m->job, (void *)(uintptr_t)m->arg, err);
}

// On a fiber of its own, for a change whose client has gone, until it succeeds or the program ends.
static void admin_make_later(void *arg) {
  struct admin_making *m = arg;
  struct err err;
  uint64_t wait = ADMIN_RETRY_MS;
  while (!admin_make(m, &err)) {
    log_error("what was stored is not in force yet, and will be: %s", err.text);
    if (err.code == ERR_CANCELED || !fiber_sleep(wait, &err)) break;
    if (wait < ADMIN_RETRY_MOST_MS) wait *= 2;
  }
  mem_free(m);
}

static void admin_make_now(const struct admin_call *call, struct admin_making m) {
  struct err err;
  bool done = admin_make(&m, &err);
  while (!done && err.code == ERR_UNAVAILABLE && fiber_sleep(ADMIN_RETRY_MS, &err))
    done = admin_make(&m, &err);
  if (done) return;
  struct admin_making *later = MEM_NEW(struct admin_making);
  *later = m;
  if (fiber_spawn_as(FIBER_MANAGEMENT, loop_current(), "rebuild", admin_make_later, later)) return;
  mem_free(later);
  log_event(LOG_ERROR, call->in->id, "what is in force is behind the store until the next change: %s",
            err.text);
}

static void admin_publish_by(struct admin_call *call, bool (*job)(void *arg, struct err *err)) {
  admin_make_now(call, (struct admin_making){job, call->env->catalog});
  catalog_release(call->catalog);
  call->catalog = catalog_acquire();
  admin_sees(call);
}

void admin_publish(struct admin_call *call) {
  admin_publish_by(call, admin_rebuild);
}

void admin_publish_connector(struct admin_call *call) {
  admin_publish_by(call, admin_reload);
}

void admin_shelve(struct admin_call *call) {
  admin_make_now(call, (struct admin_making){admin_rebuild_shelf, &call->env->shelf});
  shelf_release(call->shelf);
  call->shelf = shelf_acquire();
}

const struct catalog_account *admin_account_named(const struct catalog *c, struct str id_or_name) {
  const struct catalog_account *v = catalog_account_by_id(c, id_or_name);
  for (size_t i = 0; i < c->account_count && !v; i++)
    if (str_eq(c->accounts[i]->account->name, id_or_name)) v = c->accounts[i];
  return v;
}

bool admin_no_account(const char *field, struct str named, struct err *err) {
  err_fill(err, ERR_MISSING, WHY_NO_ACCOUNT, field, "no account has the id or name \"%.*s\"",
           STR_MOST(named, 64));
  err_hint(err, "GET /integrated-account lists the accounts");
  return false;
}

bool admin_no_connector(const char *field, struct str named, struct err *err) {
  err_fill(err, ERR_MISSING, WHY_NO_CONNECTOR, field, "there is no connector \"%.*s\"", STR_MOST(named, 64));
  err_hint(err, "GET /connector lists them");
  return false;
}

bool admin_find_account(struct admin_call *call, const struct catalog_account **out, struct err *err) {
  struct str id = http_param(&call->params, "id");
  const struct catalog_account *v = admin_account_named(call->catalog, id);
  if (!v) return admin_no_account("id", id, err);
  call->account_id = arena_dup(call->arena, v->account->id);
  *out = v;
  return true;
}

bool admin_mentions(struct str text, struct str part) {
  for (size_t i = 0; i + part.n <= text.n; i++)
    if (str_eq_nocase(str_make(text.p + i, part.n), part)) return true;
  return false;
}

struct str admin_query(const struct admin_call *call, const char *name) {
  const struct admin_shape *shape = call->route->query;
  for (size_t i = 0; shape && i < shape->count; i++)
    if (strcmp(shape->members[i].name, name) == 0) return call->query[i];
  return STR_NONE;
}

int64_t admin_query_int(const struct admin_call *call, const char *name, int64_t otherwise) {
  int64_t value;
  return str_to_i64(admin_query(call, name), &value) ? value : otherwise;
}

void admin_put_next(struct admin_call *call, const char *cursor, struct str last) {
  if (!last.n) {
    put_json(&call->out, "next", STR_NONE);
    return;
  }
  struct buf link = BUF_MAX(8192);
  const struct admin_shape *shape = call->route->query;
  buf_add(&link, call->in->path);
  for (size_t i = 0, n = 0; i < shape->count; i++) {
    struct str value = strcmp(shape->members[i].name, cursor) == 0 ? last : call->query[i];
    if (!value.n) continue;
    buf_printf(&link, "%c%s=", n++ ? '&' : '?', shape->members[i].name);
    codec_percent(&link, value);
  }
  put_text(&call->out, "next", buf_str(&link));
  buf_free(&link);
}

struct str admin_public_url(const struct admin_call *call) {
  if (call->env->origins->public_url.n) return call->env->origins->public_url;
  return arena_printf(call->arena, "%s://%.*s", call->in->secure ? "https" : "http",
                      STR_ARG(http_header_get(&call->in->headers, "host")));
}

// SPDX-License-Identifier: Apache-2.0
// The authorization server for AI clients over HTTP: metadata, registration, tokens, revocation. The page where a person
// consents is consent.c's.
#include "admin/oauth.h"

#include "admin/page.h"
#include "admin/put.h"
#include "authority/carried.h"
#include "authority/document.h"
#include "authority/live.h"
#include "authority/pace.h"
#include "base/clock.h"
#include "io/pool.h"

static struct store *oauth_store(const struct admin_call *call) {
  return call->env->catalog->account->store;
}

bool admin_oauth_fail(struct admin_call *call, int status, const char *error, const char *says) {
  enum err_code code = status == 401   ? ERR_UNAUTHENTICATED
                       : status == 429 ? ERR_LIMIT
                       : status == 503 ? ERR_UNAVAILABLE
                                       : ERR_DENIED;
  err_set(&call->refused, code, "%s: %s", error, says);
  call->status = status;
  call->type = "application/json";
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "error", str_of(error));
  put_text(&call->out, "error_description", str_of(says));
  put_close(&call->out, '}');
  return true;
}

void admin_oauth_audit(const struct admin_call *call, const char *action, enum err_code outcome,
                       struct str detail) {
  const struct catalog_server *server = catalog_server_by_id(call->catalog, call->server_id);
  audit_add(call->env->run->audit, &(struct audit_row){.at = clock_now_ms(),
                                                       .who = admin_asker(call),
                                                       .action = str_of(action),
                                                       .server_id = call->server_id,
                                                       .server_name = server ? server->server.name : STR_NONE,
                                                       .outcome = str_of(err_name(outcome)),
                                                       .request_id = call->in->id,
                                                       .detail = detail});
}

void admin_oauth_as(struct admin_call *call, const struct lease *lease) {
  const struct access_user *user = catalog_user_by_id(call->catalog, lease->user_id);
  struct access_token self = {.id = lease->user_id};
  struct principal_signin by = {lease->id, lease->client_id, lease->client_name, 0};
  call->server_id = lease->server_id;
  principal_of_person(user ? &user->self : &self, lease->server_id, &by, call->arena, &call->who);
}

struct oauth_search {
  struct admin_call *call;
  struct str id;
  struct authority_client *out;
};

static bool oauth_search_job(void *arg, struct err *err) {
  struct oauth_search *j = arg;
  return authority_client_find(oauth_store(j->call), j->id, j->call->arena, j->out, err);
}

bool admin_oauth_client(struct admin_call *call, struct str id, struct authority_client *out,
                        struct err *err) {
  struct oauth_search j = {call, id, out};
  if (!id.n) return err_at(err, ERR_MISSING, "client_id", "client_id is missing");
  return pool_run(oauth_search_job, &j, err);
}

static bool oauth_put_job(void *arg, struct err *err) {
  struct oauth_search *j = arg;
  return authority_client_put(oauth_store(j->call), j->out, j->call->env->authority->clients_most,
                              j->call->arena, err);
}

bool admin_oauth_client_anew(struct admin_call *call, struct str id, struct authority_client *out,
                             struct err *err) {
  struct authority_client fetched;
  struct oauth_search j = {call, id, &fetched};
  bool known = admin_oauth_client(call, id, out, err);
  if (!authority_document_is_id(id) || (known && clock_now_ms() - out->created_at < DOCUMENT_FRESH_MS))
    return known;
  // Where it cannot be read, what it said last holds; and of some, where it never could be, what everybody knows.
  if (!authority_document_fetch(call->env->run->guard, id, call->arena, &fetched, err) &&
      (known || !carried_client(id, call->arena, &fetched)))
    return known;
  if (!pool_run(oauth_put_job, &j, err)) return false;
  *out = fetched;
  return true;
}

// ---- metadata

static bool oauth_is_off(struct err *err) {
  err_why(err, ERR_MISSING, WHY_NO_ROUTE, "nobody signs in here: the setting public_url is no https origin");
  return false;
}

bool admin_get_authority(struct admin_call *call, struct err *err) {
  if (!call->env->authority->issuer.n) return oauth_is_off(err);
  site_write_server(call->env->authority, &call->out);
  return true;
}

// The same for each well-formed slug, so that nobody learns from it which servers there are.
bool admin_get_resource(struct admin_call *call, struct err *err) {
  struct str slug = http_param(&call->params, "slug");
  if (!call->env->authority->issuer.n) return oauth_is_off(err);
  if (!admission_slug_is_good(slug))
    return err_why(err, ERR_MISSING, WHY_NO_ROUTE, "no MCP server has such an address");
  site_write_resource(call->env->authority, slug, &call->out);
  return true;
}

// ---- registration (RFC 7591)

struct oauth_registration {
  struct admin_call *call;
  struct authority_client wanted, made;
};

static bool oauth_register_job(void *arg, struct err *err) {
  struct oauth_registration *j = arg;
  return authority_client_register(oauth_store(j->call), &j->wanted, j->call->env->authority->clients_most,
                                   j->call->arena, &j->made, err);
}

// No member is null: some clients take none (and all want redirect_uris back).
static void oauth_put_client(struct admin_call *call, const struct authority_client *c) {
  static const struct str grants[] = {{"authorization_code", 18}, {"refresh_token", 13}},
                          responses[] = {{"code", 4}};
  struct buf *out = &call->out;
  put_open(out, NULL, '{');
  put_text(out, "client_id", c->id);
  put_int(out, "client_id_issued_at", c->created_at / 1000);
  put_text(out, "client_name", c->name);
  put_texts(out, "redirect_uris", c->redirects, c->redirect_count);
  put_texts(out, "grant_types", grants, 2);
  put_texts(out, "response_types", responses, 1);
  put_text(out, "token_endpoint_auth_method", STR("none"));
  put_text(out, "scope", STR(SITE_SCOPE));
  put_close(out, '}');
}

// Anybody may, without having signed in: what cannot be read counts as well.
static bool oauth_must_wait(struct admin_call *call) {
  static struct pace registrations = PACE(60 * 1000);
  struct str from = str_make(call->in->client_key, sizeof call->in->client_key);
  int64_t wait = pace_wait(&registrations, call->env->authority->registrations_most, from, clock_now_ms());
  if (wait)
    http_reply_header(call->http, "Retry-After",
                      arena_printf(call->arena, "%lld", (long long)(wait + 999) / 1000));
  return wait > 0;
}

bool admin_register_client(struct admin_call *call, struct err *err) {
  struct oauth_registration j = {.call = call};
  struct err why;
  yyjson_doc *doc;
  if (!call->env->authority->issuer.n) return oauth_is_off(err);
  if (oauth_must_wait(call))
    return admin_oauth_fail(call, 429, "temporarily_unavailable",
                            "too many clients register from there; try again later");
  if (!json_read(call->in->body, &call->env->json, &doc, &why))
    return admin_oauth_fail(call, 400, "invalid_client_metadata", why.text);
  bool read = authority_client_read(yyjson_doc_get_root(doc), call->arena, &j.wanted, &why);
  yyjson_doc_free(doc);
  if (!read)
    return admin_oauth_fail(call, 400,
                            strcmp(why.field, "redirect_uris") == 0 ? "invalid_redirect_uri"
                                                                    : "invalid_client_metadata",
                            why.text);
  j.wanted.address = call->in->client;
  if (!pool_run(oauth_register_job, &j, &why)) {
    if (why.code != ERR_LIMIT) return *err = why, false;
    return admin_oauth_fail(call, 429, "temporarily_unavailable", why.text);
  }
  call->status = 201;
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(j.made.id), STR_ARG(j.made.name));
  oauth_put_client(call, &j.made);
  return true;
}

// ---- tokens

struct oauth_exchange {
  struct admin_call *call;
  struct lease_terms terms;
  struct lease_given given;
  bool (*step)(struct store *s, const struct lease_terms *t, const struct lease_given *given, struct arena *a,
               struct lease_tokens *out, struct lease *revoked, struct err *err);
  struct lease_tokens tokens;
  struct lease revoked;
};

static bool oauth_exchange_job(void *arg, struct err *err) {
  struct oauth_exchange *x = arg;
  return x->step(oauth_store(x->call), &x->terms, &x->given, x->call->arena, &x->tokens, &x->revoked, err);
}

static struct str oauth_value(const struct admin_call *call, const char *name) {
  return page_form_value(call->in->body, name, call->arena);
}

static bool oauth_revoke_job(void *arg, struct err *err) {
  struct oauth_exchange *x = arg;
  return lease_row_delete(oauth_store(x->call), x->tokens.lease.id, err);
}

// Streams and calls by a lease that has gone end when the catalog is looked at again.
static void oauth_end(struct admin_call *call, struct str lease_id) {
  live_end(lease_id);
  admin_publish(call);
}

// May she still use the server? What she may no more, or is said by a provider too long ago, is not renewed.
static bool oauth_still_may(const struct admin_call *call, const struct lease *v) {
  const struct catalog_server *server = catalog_server_by_id(call->catalog, v->server_id);
  const struct access_user *user = catalog_user_by_id(call->catalog, v->user_id);
  return server && user && server->server.admission.slug.n && !user_is_stale(user, clock_now_ms()) &&
         admission_admits(&server->server.admission, user);
}

static bool oauth_put_tokens(struct oauth_exchange *x) {
  struct admin_call *call = x->call;
  struct buf *out = &call->out;
  live_put(&x->tokens);
  call->type = "application/json";
  put_open(out, NULL, '{');
  put_text(out, "access_token", str_of(x->tokens.access));
  put_text(out, "token_type", STR("Bearer"));
  put_int(out, "expires_in", (x->tokens.expires_at - x->terms.now) / 1000);
  put_text(out, "refresh_token", str_of(x->tokens.refresh));
  put_text(out, "scope", STR(SITE_SCOPE));
  put_close(out, '}');
  secret_wipe(x->tokens.access, sizeof x->tokens.access);
  secret_wipe(x->tokens.refresh, sizeof x->tokens.refresh);
  return true;
}

static bool oauth_exchanged(struct oauth_exchange *x, struct err *err) {
  struct admin_call *call = x->call;
  struct err why;
  if (!pool_run(oauth_exchange_job, x, &why)) {
    if (x->revoked.id.n) { // somebody has it who should not
      admin_oauth_as(call, &x->revoked);
      admin_oauth_audit(call, "sign_in.reuse", ERR_DENIED, str_of(why.text));
      oauth_end(call, x->revoked.id);
    }
    if (why.reason == WHY_INVALID_GRANT || why.reason == WHY_INVALID_TARGET)
      return admin_oauth_fail(call, 400, err_reason_name(why.reason), why.text);
    return *err = why, false;
  }
  admin_oauth_as(call, &x->tokens.lease);
  if (oauth_still_may(call, &x->tokens.lease)) return oauth_put_tokens(x);
  if (!pool_run(oauth_revoke_job, x, err)) return false;
  oauth_end(call, x->tokens.lease.id);
  return admin_oauth_fail(call, 400, "invalid_grant",
                          "this person may not use the server any more, or has to sign in anew");
}

// RFC 8707 §2.2: it may be left out, and then it is the sign-in's own.
static bool oauth_read_resource(struct oauth_exchange *x) {
  const struct admin_call *call = x->call;
  struct str resource = oauth_value(call, "resource"), slug;
  if (!resource.n) return true;
  if (!site_slug_of(call->env->authority, resource, &slug)) return false;
  const struct catalog_server *server = catalog_server_by_slug(call->catalog, slug, x->terms.now);
  if (server) x->given.server_id = server->server.id;
  return server != NULL;
}

static bool oauth_by_code(struct oauth_exchange *x, struct err *err) {
  x->step = lease_redeem;
  x->given.secret = oauth_value(x->call, "code");
  x->given.redirect_uri = oauth_value(x->call, "redirect_uri");
  x->given.verifier = oauth_value(x->call, "code_verifier");
  if (!x->given.secret.n || !x->given.verifier.n || !x->given.redirect_uri.n)
    return admin_oauth_fail(x->call, 400, "invalid_request",
                            "code, code_verifier and redirect_uri are needed");
  x->call->detail = STR("code");
  return oauth_exchanged(x, err);
}

static bool oauth_by_refresh(struct oauth_exchange *x, struct err *err) {
  x->step = lease_refresh;
  x->given.secret = oauth_value(x->call, "refresh_token");
  x->given.taken = live_use(lease_id_of(x->given.secret, x->call->arena)).taken;
  if (!x->given.secret.n) return admin_oauth_fail(x->call, 400, "invalid_request", "refresh_token is needed");
  return oauth_exchanged(x, err);
}

bool admin_give_tokens(struct admin_call *call, struct err *err) {
  struct oauth_exchange x = {.call = call, .terms = call->env->authority->terms};
  struct authority_client client;
  struct err why;
  struct str type = http_media_type(http_header_get(&call->in->headers, "content-type")),
             grant = oauth_value(call, "grant_type");
  if (!call->env->authority->issuer.n) return oauth_is_off(err);
  http_reply_header(call->http, "Pragma", STR("no-cache")); // RFC 6749 §5.1
  x.terms.now = clock_now_ms();
  x.given.client_id = oauth_value(call, "client_id");
  if (!str_is_nocase(type, "application/x-www-form-urlencoded"))
    return admin_oauth_fail(call, 400, "invalid_request",
                            "the body must be application/x-www-form-urlencoded");
  if (!admin_oauth_client(call, x.given.client_id, &client, &why)) {
    if (why.code != ERR_MISSING) return *err = why, false;
    return admin_oauth_fail(call, 401, "invalid_client", why.text);
  }
  if (!oauth_read_resource(&x))
    return admin_oauth_fail(call, 400, "invalid_target", "resource is no server that people sign in to");
  if (str_is(grant, "authorization_code")) return oauth_by_code(&x, err);
  if (str_is(grant, "refresh_token")) return oauth_by_refresh(&x, err);
  return admin_oauth_fail(call, 400, grant.n ? "unsupported_grant_type" : "invalid_request",
                          "grant_type is authorization_code or refresh_token");
}

// ---- revocation (RFC 7009)

struct oauth_revocation {
  struct admin_call *call;
  struct str token;
  struct lease lease; // that it is of; id empty: of none
};

// Either of its tokens ends the whole sign-in, if its client asks.
static bool oauth_end_job(void *arg, struct err *err) {
  struct oauth_revocation *j = arg;
  struct store *s = oauth_store(j->call);
  unsigned char hash[TOKEN_HASH];
  struct lease_token token;
  token_hash(j->token, hash);
  bool access = str_starts(j->token, LIVE_PREFIX);
  if (access ? !lease_row_by_token(s, hash, j->call->arena, &j->lease, &token, err)
             : !lease_of_refresh(s, j->token, j->call->arena, &j->lease, err))
    return false;
  if (j->lease.id.n && !str_eq(j->lease.client_id, oauth_value(j->call, "client_id"))) j->lease.id = STR_NONE;
  return !j->lease.id.n || lease_row_delete(s, j->lease.id, err);
}

// What is unknown is as good as revoked (§2.2).
bool admin_revoke_token(struct admin_call *call, struct err *err) {
  struct oauth_revocation j = {.call = call, .token = oauth_value(call, "token")};
  if (!call->env->authority->issuer.n) return oauth_is_off(err);
  if (!j.token.n || !oauth_value(call, "client_id").n)
    return admin_oauth_fail(call, 400, "invalid_request", "token and client_id are needed");
  if (!pool_run(oauth_end_job, &j, err)) return false;
  buf_add_z(&call->out, "{}");
  if (!j.lease.id.n) return true;
  admin_oauth_as(call, &j.lease);
  call->detail = STR("by its client");
  oauth_end(call, j.lease.id);
  return true;
}

// SPDX-License-Identifier: Apache-2.0
// Who we are to an authorization server, in the order of MCP 2026-07-28 "Client Registration Approaches".
#include "oauth/oauth_private.h"

static bool oauth_takes(const struct oauth_site *site, enum oauth_method m) {
  return site->methods & 1u << m;
}

// The strongest that the server takes, of those that a client without a key can use.
static bool oauth_best_method(const struct oauth_site *site, enum oauth_method *out, struct err *err) {
  static const enum oauth_method order[] = {OAUTH_BASIC, OAUTH_POST, OAUTH_NONE};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    if (oauth_takes(site, order[i])) {
      *out = order[i];
      return true;
    }
  err_why(err, ERR_UNPROCESSABLE, WHY_NOT_SUPPORTED,
          "the authorization server takes no way to authenticate a client that Postern has");
  err_hint(err, "it must be one of client_secret_basic, client_secret_post, none");
  return false;
}

// ---- pre-registered

static bool oauth_client_given(const struct oauth_site *site, const struct oauth_client *given,
                               struct arena *a, struct oauth_client *out, struct err *err) {
  struct oauth_client c = {.issuer = site->issuer,
                           .id = arena_dup(a, given->id),
                           .algorithm = arena_dup(a, given->algorithm),
                           .key_id = arena_dup(a, given->key_id),
                           .redirect_uri = arena_dup(a, given->redirect_uri),
                           .expires_at = given->expires_at};
  if (given->key)
    c.method = OAUTH_PRIVATE_KEY_JWT;
  else if (!given->secret)
    c.method = OAUTH_NONE;
  else if (!oauth_best_method(site, &c.method, err))
    return false;
  if (given->secret && c.method == OAUTH_NONE) c.method = OAUTH_BASIC; // it has a secret to show
  if (given->key) c.key = secret_new(secret_reveal(given->key));
  if (given->secret) c.secret = secret_new(secret_reveal(given->secret));
  *out = c;
  return true;
}

// ---- client-ID metadata document

static bool oauth_may_document(const struct oauth_site *site, struct str url) {
  struct uri u;
  struct err none;
  return site->client_documents && uri_parse_http(url, &u, &none) && str_is_nocase(u.scheme, "https") &&
         u.path.n > 1 && !u.fragment.p;
}

// ---- dynamic registration (RFC 7591)

static void oauth_put(yyjson_mut_doc *doc, const char *key, struct str value) {
  yyjson_mut_obj_add_strncpy(doc, yyjson_mut_doc_get_root(doc), key, value.p ? value.p : "", value.n);
}

static void oauth_put_list(yyjson_mut_doc *doc, const char *key, const struct str *items, size_t count) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, yyjson_mut_doc_get_root(doc), key);
  for (size_t i = 0; i < count; i++) yyjson_mut_arr_add_strncpy(doc, list, items[i].p, items[i].n);
}

// OpenID Connect Registration §2: a redirect to this machine is a native application's.
static const char *oauth_application_type(struct str redirect_uri) {
  return str_starts(redirect_uri, "https:") ? "web" : "native";
}

struct str oauth_client_document(const struct oauth_introduction *in, struct arena *a) {
  const struct str grants[] = {STR("authorization_code"), STR("refresh_token")}, responses[] = {STR("code")};
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  if (!doc) abort();
  yyjson_mut_doc_set_root(doc, yyjson_mut_obj(doc));
  if (in->id.n) oauth_put(doc, "client_id", in->id);
  oauth_put(doc, "client_name", in->name);
  oauth_put_list(doc, "redirect_uris", &in->redirect_uri, 1);
  oauth_put_list(doc, "grant_types", grants, 2);
  oauth_put_list(doc, "response_types", responses, 1);
  oauth_put(doc, "token_endpoint_auth_method", str_of(oauth_method_name(in->method)));
  oauth_put(doc, "application_type", str_of(oauth_application_type(in->redirect_uri)));
  if (in->scope.n) oauth_put(doc, "scope", in->scope);
  size_t n;
  char *text = yyjson_mut_write(doc, 0, &n);
  if (!text) abort(); // all of it is UTF-8 that we checked or wrote
  struct str copy = arena_dup(a, str_make(text, n));
  free(text);
  yyjson_mut_doc_free(doc);
  return copy;
}

static bool oauth_needs_console(const struct oauth_site *site, struct err *err) {
  if (site->assumed) {
    err_why(err, ERR_UNPROCESSABLE, WHY_NOT_SUPPORTED,
            "the server publishes nothing about authorization, and registers no clients");
    err_hint(err, "it may want a key instead; look into the vendor's documentation");
    return false;
  }
  err_why(err, ERR_UNPROCESSABLE, WHY_CONSOLE_NEEDED,
          "%.*s does not let clients register themselves; it wants an application made in its console",
          STR_ARG(site->issuer));
  err_hint(err, "make one there with Postern's redirect address, /oauth/callback behind public_url, then "
                "connect with its client_id, and client_secret where it has one");
  return false;
}

static bool oauth_registration_refused(const struct oauth_net *net, const struct oauth_site *site,
                                       const struct oauth_reply *reply, struct arena *a, struct err *err) {
  if (site->assumed && !reply->doc) return oauth_needs_console(site, err);
  yyjson_val *root = yyjson_doc_get_root(reply->doc);
  struct str said = oauth_words(reply, net->hide, a), code = oauth_error_code(root, net->hide, a);
  err_why(err, ERR_UNPROCESSABLE, WHY_REGISTRATION_REFUSED,
          "%.*s refused to register Postern: HTTP %d%s%.*s%s%.*s", STR_ARG(site->issuer), reply->status,
          code.n ? ", " : "", STR_ARG(code), said.n ? ": " : "", STR_ARG(said));
  err_hint(err, "the vendor takes only applications that it knows: make one in its console with Postern's "
                "redirect address, then connect with its client_id, and client_secret where it has one");
  return false;
}

static bool oauth_read_client(yyjson_val *root, enum oauth_method asked, struct arena *a,
                              struct oauth_client *out, struct err *err) {
  struct str id = json_str(root, "client_id"), secret = json_str(root, "client_secret"),
             method = json_str(root, "token_endpoint_auth_method");
  struct oauth_client c = {.id = arena_dup(a, id), .method = asked};
  int64_t expires_s = json_int(root, "client_secret_expires_at", 0);
  if (!id.n || id.n > OAUTH_TEXT_MOST || secret.n > OAUTH_TEXT_MOST)
    return err_why(err, ERR_UPSTREAM, WHY_BAD_METADATA,
                   "the vendor registered Postern and gave no usable client_id");
  if (method.n && !oauth_method_from(method, &c.method))
    return err_why(err, ERR_UNPROCESSABLE, WHY_NOT_SUPPORTED,
                   "the vendor registered Postern for a way to authenticate that it does not have");
  if (!secret.n) c.method = OAUTH_NONE;
  if (c.method == OAUTH_PRIVATE_KEY_JWT) c.method = OAUTH_BASIC; // nobody gave it our key
  if (secret.n && c.method != OAUTH_NONE) {
    c.secret = secret_new(secret);
    c.expires_at = expires_s > 0 && expires_s < INT64_MAX / 1000 ? expires_s * 1000 : 0;
  }
  *out = c;
  return true;
}

static bool oauth_register(const struct oauth_net *net, const struct oauth_site *site,
                           const struct oauth_want *want, struct arena *a, struct oauth_client *out,
                           struct err *err) {
  struct oauth_introduction in = {
      .name = want->client_name, .redirect_uri = want->redirect_uri, .scope = want->scope};
  if (!oauth_best_method(site, &in.method, err)) return false;
  struct oauth_message m = {.method = "POST",
                            .what = "a registration",
                            .url = site->registration_endpoint,
                            .type = STR("application/json"),
                            .body = oauth_client_document(&in, a),
                            .plain = true};
  struct oauth_reply reply;
  if (!oauth_send(net, &m, a, &reply, err)) return false;
  bool ok = false;
  if (oauth_is_down(reply.status))
    oauth_down(&m, reply.status, err);
  else if ((reply.status != 200 && reply.status != 201) || !reply.doc)
    oauth_registration_refused(net, site, &reply, a, err);
  else
    ok = oauth_read_client(yyjson_doc_get_root(reply.doc), in.method, a, out, err);
  oauth_reply_free(&reply);
  return ok;
}

bool oauth_client_for(const struct oauth_net *net, const struct oauth_site *site,
                      const struct oauth_want *want, struct arena *a, struct oauth_client *out,
                      struct err *err) {
  struct oauth_client c = {.id = want->document_url, .method = OAUTH_NONE};
  bool documented = oauth_may_document(site, want->document_url);
  if (want->pre_registered) {
    if (!oauth_client_given(site, want->pre_registered, a, &c, err)) return false;
  } else if (!documented) {
    if (!site->registration_endpoint.n) return oauth_needs_console(site, err);
    if (!oauth_register(net, site, want, a, &c, err)) return false;
  }
  c.issuer = site->issuer;
  c.redirect_uri = want->redirect_uri;
  *out = c;
  return true;
}

void oauth_client_wipe(struct oauth_client *c) {
  secret_free(c->secret);
  secret_free(c->key);
  c->secret = c->key = NULL;
}

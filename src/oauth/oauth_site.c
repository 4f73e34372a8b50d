// SPDX-License-Identifier: Apache-2.0
// The documents that say where and how to authorize, taken apart; and a site as one JSON text, for rows.
#include "oauth/oauth_private.h"

// A lone text is the list of its words.
static struct oauth_strings oauth_read_words(struct str text, struct arena *a) {
  struct oauth_strings out = {ARENA_ARRAY(a, OAUTH_SCOPES_MOST, struct str), 0};
  struct str rest = arena_dup(a, text);
  for (struct str word; out.count < OAUTH_SCOPES_MOST && str_cut(&rest, ' ', &word);)
    if (word.n) out.items[out.count++] = word;
  return out;
}

static struct oauth_strings oauth_read_strings(yyjson_val *root, const char *key, struct arena *a) {
  yyjson_val *list = yyjson_obj_get(root, key), *v;
  size_t i, n, most = yyjson_arr_size(list);
  if (yyjson_is_str(list)) return oauth_read_words(json_text(list), a);
  if (most > OAUTH_SCOPES_MOST) most = OAUTH_SCOPES_MOST;
  struct oauth_strings out = {ARENA_ARRAY(a, most + 1, struct str), 0};
  yyjson_arr_foreach (list, i, n, v)
    if (out.count < most && yyjson_is_str(v)) out.items[out.count++] = arena_dup(a, json_text(v));
  return out;
}

static bool oauth_has(const struct oauth_strings *s, const char *word) {
  for (size_t i = 0; i < s->count; i++)
    if (str_is(s->items[i], word)) return true;
  return false;
}

// ---- RFC 9728: the protected resource

static unsigned oauth_port(const struct uri *u) {
  return u->port ? u->port : str_is_nocase(u->scheme, "https") ? 443 : 80;
}

// The same origin, and a path that the server's begins with, segment by segment.
static bool oauth_covers(const struct uri *resource, const struct uri *server) {
  struct str above = str_trim_end(resource->path, '/'), path = server->path;
  return str_eq_nocase(resource->scheme, server->scheme) && str_eq_nocase(resource->host, server->host) &&
         oauth_port(resource) == oauth_port(server) && path.n >= above.n &&
         memcmp(above.p ? above.p : "", path.p ? path.p : "", above.n) == 0 &&
         (path.n == above.n || path.p[above.n] == '/');
}

bool oauth_read_resource(yyjson_val *root, struct str server_url, struct arena *a, struct oauth_site *site,
                         struct str *issuer, struct err *err) {
  struct str resource = json_str(root, "resource");
  struct uri of, server;
  if (!oauth_vet(resource, "the resource that the server's metadata names", &of, err) ||
      !oauth_vet(server_url, "the server's address", &server, err))
    return false;
  if (!oauth_covers(&of, &server)) {
    err_why(err, ERR_UNPROCESSABLE, WHY_WRONG_RESOURCE,
            "the server's metadata speaks of another resource, %.*s: a token for it could be used there",
            STR_MOST(resource, 200));
    err_hint(err, "check the address; where it is right, the vendor has to mend its metadata");
    return false;
  }
  yyjson_val *servers = yyjson_obj_get(root, "authorization_servers");
  yyjson_val *first = yyjson_is_str(servers) ? servers : yyjson_arr_get_first(servers);
  site->resource = arena_dup(a, resource); // to the letter: vendors compare it so (RFC 8707)
  site->scopes = oauth_read_strings(root, "scopes_supported", a);
  *issuer = yyjson_is_str(first) ? arena_dup(a, json_text(first)) : STR_NONE;
  return true;
}

// ---- RFC 8414, OpenID Connect Discovery: the authorization server

static bool oauth_endpoint(yyjson_val *root, const char *key, struct arena *a, struct str *out,
                           struct err *err) {
  struct str url = json_str(root, key);
  struct uri ignored;
  if (url.n && !oauth_vet(url, key, &ignored, err)) return false;
  *out = arena_dup(a, url);
  return true;
}

static const char *const oauth_method_names[] = {[OAUTH_NONE] = "none",
                                                 [OAUTH_POST] = "client_secret_post",
                                                 [OAUTH_BASIC] = "client_secret_basic",
                                                 [OAUTH_PRIVATE_KEY_JWT] = "private_key_jwt"};

const char *oauth_method_name(enum oauth_method m) {
  return oauth_method_names[m];
}

bool oauth_method_from(struct str name, enum oauth_method *out) {
  for (enum oauth_method m = OAUTH_NONE; m <= OAUTH_PRIVATE_KEY_JWT; m++)
    if (str_is(name, oauth_method_names[m])) {
      *out = m;
      return true;
    }
  return false;
}

static unsigned oauth_methods(yyjson_val *root, struct arena *a) {
  struct oauth_strings names = oauth_read_strings(root, "token_endpoint_auth_methods_supported", a);
  unsigned bits = 0;
  enum oauth_method m;
  for (size_t i = 0; i < names.count; i++)
    if (oauth_method_from(names.items[i], &m)) bits |= 1u << m;
  return names.count ? bits : OAUTH_METHODS_UNSAID;
}

// RFC 8414 §3.3: the very issuer that was asked for. One slash at the end is forgiven to either, since many pass
// it through a URL type that adds it; both have their metadata in the same place.
static bool oauth_is_issuer(struct str named, struct str wanted) {
  if (str_ends(named, "/") && named.n == wanted.n + 1) named.n--;
  if (str_ends(wanted, "/") && wanted.n == named.n + 1) wanted.n--;
  return str_eq(named, wanted);
}

static bool oauth_check_issuer(yyjson_val *root, struct str issuer, struct err *err) {
  struct str named = json_str(root, "issuer");
  if (oauth_is_issuer(named, issuer)) return true;
  err_why(err, ERR_UNPROCESSABLE, WHY_WRONG_ISSUER,
          "the authorization server %.*s calls itself '%.*s': codes could go to somebody else",
          STR_MOST(issuer, 150), STR_MOST(named, 150) ? named.p : "");
  err_hint(err, "check the address; where it is right, the vendor has to mend its metadata");
  return false;
}

static bool oauth_is_of(struct str url, const struct uri *issuer) {
  struct uri u;
  struct err unused;
  return uri_parse_http(url, &u, &unused) && str_eq_nocase(u.scheme, issuer->scheme) &&
         str_eq_nocase(u.host, issuer->host) && oauth_port(&u) == oauth_port(issuer);
}

// Such a server's own name counts in its answers (RFC 9207) where a code goes to nobody else: both endpoints are there.
static struct str oauth_own_name(const struct oauth_site *s, struct str named, struct arena *a) {
  struct uri issuer;
  struct err unused;
  bool own = oauth_vet(named, "issuer", &issuer, &unused) &&
             oauth_is_of(s->authorization_endpoint, &issuer) && oauth_is_of(s->token_endpoint, &issuer);
  return own ? arena_dup(a, named) : STR_NONE;
}

// A server without resource metadata is of 2025-03-26, whose issuer is its origin whatever a document says,
// and which need not tell that it knows S256.
bool oauth_read_server(yyjson_val *root, struct str issuer, struct arena *a, struct oauth_site *site,
                       struct err *err) {
  bool old = !site->resource.n;
  struct oauth_site s = *site;
  struct oauth_strings pkce = oauth_read_strings(root, "code_challenge_methods_supported", a);
  struct oauth_strings grants = oauth_read_strings(root, "grant_types_supported", a);
  if (!old && !oauth_check_issuer(root, issuer, err)) return false;
  if (!oauth_endpoint(root, "authorization_endpoint", a, &s.authorization_endpoint, err) ||
      !oauth_endpoint(root, "token_endpoint", a, &s.token_endpoint, err) ||
      !oauth_endpoint(root, "registration_endpoint", a, &s.registration_endpoint, err) ||
      !oauth_endpoint(root, "revocation_endpoint", a, &s.revocation_endpoint, err))
    return false;
  if (!s.token_endpoint.n)
    return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA,
                   "the authorization server's metadata names no token endpoint");
  s.pkce = oauth_has(&pkce, "S256") || (old && !pkce.count);
  s.issuer = arena_dup(a, old ? issuer : json_str(root, "issuer"));
  if (old) s.iss = oauth_own_name(&s, json_str(root, "issuer"), a);
  s.server_scopes = oauth_read_strings(root, "scopes_supported", a);
  s.methods = oauth_methods(root, a);
  s.client_documents = json_bool(root, "client_id_metadata_document_supported", false);
  s.iss_advertised = json_bool(root, "authorization_response_iss_parameter_supported", false);
  s.refreshes = !grants.count || oauth_has(&grants, "refresh_token");
  *site = s;
  return true;
}

// ---- a site in a row

#define OAUTH_SITE_TEXTS(X)                                                                                  \
  X(server_url)                                                                                              \
  X(resource)                                                                                                \
  X(issuer) X(authorization_endpoint) X(token_endpoint) X(revocation_endpoint) X(token_type) X(iss)

struct str oauth_site_write(const struct oauth_site *s, struct arena *a) {
  struct buf out = BUF_MAX(OAUTH_ANSWER_MOST);
  buf_add_char(&out, '{');
#define X(name)                                                                                              \
  buf_add_z(&out, "\"" #name "\":");                                                                         \
  json_add_string(&out, s->name);                                                                            \
  buf_add_char(&out, ',');
  OAUTH_SITE_TEXTS(X)
#undef X
  buf_printf(&out, "\"methods\":%u,\"iss_advertised\":%s,\"refreshes\":%s}", s->methods,
             s->iss_advertised ? "true" : "false", s->refreshes ? "true" : "false");
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

bool oauth_site_read(struct str text, struct arena *a, struct oauth_site *out, struct err *err) {
  yyjson_doc *doc;
  if (!json_read(text, &JSON_LIMITS, &doc, err)) return err_wrap(err, "a row of OAuth is damaged");
  yyjson_val *root = yyjson_doc_get_root(doc);
  struct oauth_site s = {.methods = (unsigned)json_int(root, "methods", 0),
                         .iss_advertised = json_bool(root, "iss_advertised", false),
                         .refreshes = json_bool(root, "refreshes", true),
                         .pkce = true};
#define X(name) s.name = arena_dup(a, json_str(root, #name));
  OAUTH_SITE_TEXTS(X)
#undef X
  yyjson_doc_free(doc);
  *out = s;
  return true;
}

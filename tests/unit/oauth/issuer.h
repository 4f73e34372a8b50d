// SPDX-License-Identifier: Apache-2.0
// issuer: a vendor on a port of its own, for the tests of OAuth: an MCP server of 2026-07-28 at /mcp and the
// authorization server that it names, with every fault a test asks for. A thread a connection. Example:
//   issuer_start();  ISSUER(ttl, 3600);  … say("%s/mcp", issuer.base) …  issuer_stop();
#ifndef POSTERN_TEST_ACCOUNT_ISSUER_H
#define POSTERN_TEST_ACCOUNT_ISSUER_H

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/temp.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/codec.h"
#include "data/json.h"

enum { ISSUER_CONNECTIONS = 2048, ISSUER_REQUEST = 64 * 1024 };

// What a test may set, and read: under the lock.
struct issuer_knobs {
  // documents
  bool no_prm, prm_at_root, no_metadata, openid_only, no_s256, no_registration, documents, advertise_iss,
      offline,
      html,   // html: unknown places answer 200 with a page
      json,   // unknown places answer 200 with some JSON
      beside; // the metadata of the server is under the path of the MCP endpoint
  const char *resource, *as_named, *as_issuer, *methods, *scopes, *challenge_metadata, *challenge_scope;
  int documents_status; // of metadata; 0: 200
  // registration and tokens
  const char *register_error, *token_error, *token_body, *secret_echo, *sub, *cloud;
  int register_status, token_status, token_delay_ms, ttl;
  bool form_only, rotate, keep_old, no_refresh, drop_answer,
      no_revocation; // keep_old: an access token outlives its successor
  // the MCP server
  int mcp_status;
  const char *need_scope; // 403 insufficient_scope to every tools/call
  bool refuse_all;        // 401 whatever the token
  bool anyone;            // 200 whatever the token
};

static struct issuer {
  int listener;
  uint16_t port;
  char base[64];
  pthread_t thread, workers[ISSUER_CONNECTIONS];
  int connections;
  pthread_mutex_t lock; // of all below
  struct issuer_knobs k;
  int generation; // of the tokens: at-<n>, rt-<n>
  bool revoked;
  int metadata, registrations, codes, refreshes, refused, revocations, calls, unauthorized;
  char account_header[64]; // x-account-id of the last call
  char token_request[8192], token_authorization[1024], register_request[8192], paths[16384];
} issuer;

#define ISSUER(member, value)                                                                                \
  do {                                                                                                       \
    pthread_mutex_lock(&issuer.lock);                                                                        \
    issuer.k.member = (value);                                                                               \
    pthread_mutex_unlock(&issuer.lock);                                                                      \
  } while (0)
#define ISSUER_COUNT(member)                                                                                 \
  ({                                                                                                         \
    pthread_mutex_lock(&issuer.lock);                                                                        \
    int value_ = issuer.member;                                                                              \
    pthread_mutex_unlock(&issuer.lock);                                                                      \
    value_;                                                                                                  \
  })

struct asked {
  const char *method, *path, *body;
  char *head; // all lines, lower-cased names are not assumed
  struct arena *arena;
  struct buf out; // the answer
  int delay_ms;
  bool drop;
};

static inline const char *asked_header(const struct asked *a, const char *name) {
  char needle[80];
  snprintf(needle, sizeof needle, "\n%s:", name);
  const char *at = strcasestr(a->head, needle);
  if (!at) return "";
  at += strlen(needle);
  while (*at == ' ') at++;
  return arena_z(a->arena, str_make(at, strcspn(at, "\r\n")));
}

static inline const char *asked_form(const struct asked *a, const char *name) {
  for (struct str rest = str_of(a->body), item, key; str_cut(&rest, '&', &item);) {
    struct str value = item, plain;
    if (str_cut(&value, '=', &key) && str_is(key, name) && codec_unpercent(a->arena, value, &plain))
      return arena_z(a->arena, plain);
  }
  return "";
}

static inline void answer(struct asked *a, int status, const char *headers, const char *body) {
  buf_printf(&a->out, "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s", status,
             strlen(body), headers, body);
}

#define JSON "Content-Type: application/json\r\n"

static inline bool issuer_is(const struct asked *a, const char *path) {
  return strcmp(a->path, path) == 0;
}

static inline void issuer_resource(struct asked *a) {
  const struct issuer_knobs *k = &issuer.k;
  struct str scopes = k->scopes ? arena_printf(a->arena, ",\"scopes_supported\":%s", k->scopes) : STR("");
  struct str own = arena_printf(a->arena, "%s/mcp", issuer.base);
  struct str as = str_of(k->as_issuer ? k->as_issuer : issuer.base);
  answer(a, 200, JSON,
         arena_printf(a->arena, "{\"resource\":\"%s\",\"authorization_servers\":[\"%.*s\"]%.*s}",
                      k->resource ? k->resource : own.p, STR_ARG(as), STR_ARG(scopes))
             .p);
}

static inline void issuer_metadata(struct asked *a, const char *name) {
  const struct issuer_knobs *k = &issuer.k;
  struct buf b = BUF_MAX(8192);
  buf_printf(
      &b,
      "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/authorize?x=1\",\"token_endpoint\":\"%s/token\"",
      name, issuer.base, issuer.base);
  if (!k->no_registration) buf_printf(&b, ",\"registration_endpoint\":\"%s/register\"", issuer.base);
  if (!k->no_revocation) buf_printf(&b, ",\"revocation_endpoint\":\"%s/revoke\"", issuer.base);
  if (!k->no_s256) buf_add_z(&b, ",\"code_challenge_methods_supported\":[\"plain\",\"S256\"]");
  if (k->methods) buf_printf(&b, ",\"token_endpoint_auth_methods_supported\":%s", k->methods);
  if (k->documents) buf_add_z(&b, ",\"client_id_metadata_document_supported\":true");
  if (k->advertise_iss) buf_add_z(&b, ",\"authorization_response_iss_parameter_supported\":true");
  if (k->offline) buf_add_z(&b, ",\"scopes_supported\":[\"openid\",\"offline_access\"]");
  buf_add_z(&b, "}");
  answer(a, 200, JSON, arena_dup(a->arena, buf_str(&b)).p);
  buf_free(&b);
}

static inline void issuer_well_known(struct asked *a) {
  const struct issuer_knobs *k = &issuer.k;
  issuer.metadata++;
  struct str path = k->as_issuer ? str_from(str_of(k->as_issuer), strlen(issuer.base)) : STR("");
  struct str oauth = arena_printf(a->arena, "/.well-known/oauth-authorization-server%.*s", STR_ARG(path));
  struct str openid = arena_printf(a->arena, "%.*s/.well-known/openid-configuration", STR_ARG(path));
  if (k->documents_status) return answer(a, k->documents_status, "", "");
  if (!k->no_prm && issuer_is(a, k->prm_at_root ? "/.well-known/oauth-protected-resource"
                                                : "/.well-known/oauth-protected-resource/mcp"))
    return issuer_resource(a);
  if (!k->no_prm && k->challenge_metadata && issuer_is(a, k->challenge_metadata)) return issuer_resource(a);
  if (k->beside) oauth = STR("/.well-known/oauth-authorization-server/mcp");
  if (!k->no_metadata && issuer_is(a, k->openid_only ? openid.p : oauth.p))
    return issuer_metadata(a, k->as_named ? k->as_named : k->as_issuer ? k->as_issuer : issuer.base);
  if (k->json) return answer(a, 200, JSON, "{\"message\":\"nothing here\"}");
  answer(a, k->html ? 200 : 404, "Content-Type: text/html\r\n", "<html>nothing here</html>");
}

static inline void issuer_register(struct asked *a) {
  const struct issuer_knobs *k = &issuer.k;
  issuer.registrations++;
  snprintf(issuer.register_request, sizeof issuer.register_request, "%s", a->body);
  if (k->register_error)
    return answer(a, k->register_status ? k->register_status : 400, JSON, k->register_error);
  bool public = strstr(a->body, "\"token_endpoint_auth_method\":\"none\"");
  answer(a, k->register_status ? k->register_status : 201, JSON,
         arena_printf(a->arena, "{\"client_id\":\"client-%d\"%s}", issuer.registrations,
                      public ? "" : ",\"client_secret\":\"s3cret/+ one\",\"client_secret_expires_at\":0")
             .p);
}

static inline struct str issuer_access(struct arena *a, int generation) {
  const struct issuer_knobs *k = &issuer.k;
  if (!k->sub) return arena_printf(a, "at-%d", generation);
  struct str claims =
      arena_printf(a, "{\"sub\":\"%s\"%s%s%s,\"n\":%d}", k->sub, k->cloud ? ",\"cloud_name\":\"" : "",
                   k->cloud ? k->cloud : "", k->cloud ? "\"" : "", generation);
  return arena_printf(a, "e30.%.*s.c2ln", STR_ARG(codec_base64_url(a, claims)));
}

static inline void issuer_grant(struct asked *a, bool refresh_too) {
  const struct issuer_knobs *k = &issuer.k;
  issuer.generation++;
  struct str access = issuer_access(a->arena, issuer.generation);
  struct str refresh =
      refresh_too ? arena_printf(a->arena, ",\"refresh_token\":\"rt-%d\"", issuer.generation) : STR("");
  answer(a, 200, JSON,
         arena_printf(a->arena, "{\"access_token\":\"%.*s\",\"token_type\":\"Bearer\",\"expires_in\":%d%.*s}",
                      STR_ARG(access), k->ttl ? k->ttl : 3600, STR_ARG(refresh))
             .p);
}

static inline bool issuer_knows_refresh(struct asked *a) {
  struct str now = arena_printf(a->arena, "rt-%d", issuer.generation);
  return !issuer.revoked && (!issuer.k.rotate || str_is(now, asked_form(a, "refresh_token")));
}

static inline void issuer_token(struct asked *a) {
  const struct issuer_knobs *k = &issuer.k;
  bool refresh = strcmp(asked_form(a, "grant_type"), "refresh_token") == 0;
  snprintf(issuer.token_request, sizeof issuer.token_request, "%s", a->body);
  snprintf(issuer.token_authorization, sizeof issuer.token_authorization, "%s",
           asked_header(a, "Authorization"));
  a->delay_ms = k->token_delay_ms;
  if (refresh)
    issuer.refreshes++;
  else
    issuer.codes++, issuer.revoked = false; // a new consent
  if (k->form_only && !asked_form(a, "client_secret")[0])
    return answer(a, 401, JSON, "{\"ok\":false,\"error\":\"bad_client_secret\"}");
  if (k->token_error || k->token_status)
    return answer(a, k->token_status ? k->token_status : 400, JSON, k->token_error ? k->token_error : "");
  if (k->token_body) return answer(a, 200, JSON, k->token_body);
  if (refresh && !issuer_knows_refresh(a)) {
    issuer.refused++;
    return answer(a, 400, JSON, "{\"error\":\"invalid_grant\",\"error_description\":\"used before\"}");
  }
  issuer_grant(a, !k->no_refresh && (!refresh || k->rotate));
  a->drop = k->drop_answer;
}

static inline void issuer_mcp(struct asked *a) {
  const struct issuer_knobs *k = &issuer.k;
  struct str sent = str_of(asked_header(a, "Authorization"));
  struct str now = arena_printf(a->arena, "Bearer %.*s", STR_ARG(issuer_access(a->arena, issuer.generation)));
  bool good = !issuer.revoked && !k->refuse_all && issuer.generation > 0 &&
              (str_eq(sent, now) || (k->keep_old && str_starts(sent, "Bearer ")));
  good = good || k->anyone;
  issuer.calls++;
  snprintf(issuer.account_header, sizeof issuer.account_header, "%s", asked_header(a, "x-account-id"));
  if (k->mcp_status) return answer(a, k->mcp_status, "", "");
  if (!good) {
    issuer.unauthorized++;
    struct str meta = k->challenge_metadata ? arena_printf(a->arena, ", resource_metadata=\"%s%s\"",
                                                           issuer.base, k->challenge_metadata)
                                            : STR("");
    struct str scope =
        k->challenge_scope ? arena_printf(a->arena, ", scope=\"%s\"", k->challenge_scope) : STR("");
    return answer(a, 401,
                  arena_printf(a->arena, JSON "WWW-Authenticate: Bearer realm=\"x\"%.*s%.*s\r\n",
                               STR_ARG(meta), STR_ARG(scope))
                      .p,
                  "{\"error\":\"invalid_token\"}");
  }
  if (k->need_scope && strstr(a->body, "tools/call"))
    return answer(a, 403,
                  arena_printf(a->arena,
                               "WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"%s\"\r\n",
                               k->need_scope)
                      .p,
                  "");
  yyjson_doc *doc = yyjson_read(a->body, strlen(a->body), 0);
  yyjson_val *root = yyjson_doc_get_root(doc), *id = yyjson_obj_get(root, "id");
  struct str id_text = id ? json_to_text(a->arena, id) : STR("null"), method = json_str(root, "method");
  const char *result =
      str_is(method, "server/discover")
          ? "\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}},\"ttlMs\":1000,"
            "\"cacheScope\":\"private\""
      : str_is(method, "tools/list") ? "\"tools\":[],\"ttlMs\":0,\"cacheScope\":\"private\""
                                     : "\"content\":[]";
  answer(a, 200, JSON,
         arena_printf(a->arena,
                      "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":{\"resultType\":\"complete\",%s}}",
                      STR_ARG(id_text), result)
             .p);
  yyjson_doc_free(doc);
}

static inline void issuer_route(struct asked *a) {
  size_t used = strlen(issuer.paths);
  snprintf(issuer.paths + used, sizeof issuer.paths - used, "%s %s\n", a->method, a->path);
  if (strncmp(a->path, "/mcp", 4) == 0) return issuer_mcp(a);
  if (issuer_is(a, "/register") && !issuer.k.no_registration) return issuer_register(a);
  if (issuer_is(a, "/token")) return issuer_token(a);
  if (issuer_is(a, "/revoke")) {
    issuer.revocations++;
    issuer.revoked = true;
    return answer(a, 200, "", "");
  }
  issuer_well_known(a);
}

static inline bool issuer_receive(int fd, char *text, struct asked *a) {
  size_t n = 0, want = 0;
  char *body = NULL;
  while (n < ISSUER_REQUEST - 1 && (!body || n < want)) {
    ssize_t got = recv(fd, text + n, ISSUER_REQUEST - 1 - n, 0);
    if (got <= 0) return false;
    n += (size_t)got;
    text[n] = 0;
    if (body || !(body = strstr(text, "\r\n\r\n"))) continue;
    body += 4;
    const char *length = strcasestr(text, "\nContent-Length:");
    want = (size_t)(body - text) + (length && length < body ? strtoul(length + 16, NULL, 10) : 0);
  }
  a->body = arena_z(a->arena, str_of(body));
  *(body - 2) = 0;
  char *space = strchr(text, ' '), *end = strchr(space + 1, ' ');
  *space = *end = 0;
  a->method = text;
  a->path = space + 1;
  a->head = end + 1;
  return true;
}

static inline void *issuer_serve(void *arg) {
  int fd = (int)(intptr_t)arg;
  char *text = malloc(ISSUER_REQUEST);
  struct asked a = {.arena = arena_new(), .out = BUF_MAX(1 << 20)};
  if (issuer_receive(fd, text, &a)) {
    pthread_mutex_lock(&issuer.lock);
    issuer_route(&a);
    pthread_mutex_unlock(&issuer.lock);
    if (a.delay_ms) usleep((useconds_t)a.delay_ms * 1000);
    if (!a.drop) (void)!send(fd, a.out.p, a.out.n, MSG_NOSIGNAL);
  }
  close(fd);
  buf_free(&a.out);
  arena_free(a.arena);
  free(text);
  return NULL;
}

static inline void *issuer_accept(void *arg) {
  (void)arg;
  int fd;
  while ((fd = accept(issuer.listener, NULL, NULL)) >= 0) {
    assert(issuer.connections < ISSUER_CONNECTIONS);
    pthread_create(&issuer.workers[issuer.connections++], NULL, issuer_serve, (void *)(intptr_t)fd);
  }
  return NULL;
}

static inline void issuer_start(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  signal(SIGPIPE, SIG_IGN);
  memset(&issuer, 0, sizeof issuer);
  pthread_mutex_init(&issuer.lock, NULL);
  issuer.k.rotate = true;
  issuer.listener = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(bind(issuer.listener, (struct sockaddr *)&at, sizeof at), 0);
  assert_int_equal(listen(issuer.listener, 512), 0);
  getsockname(issuer.listener, (struct sockaddr *)&at, &size);
  issuer.port = ntohs(at.sin_port);
  snprintf(issuer.base, sizeof issuer.base, "http://127.0.0.1:%u", issuer.port);
  pthread_create(&issuer.thread, NULL, issuer_accept, NULL);
}

static inline void issuer_stop(void) {
  shutdown(issuer.listener, SHUT_RDWR);
  pthread_join(issuer.thread, NULL);
  for (int i = 0; i < issuer.connections; i++) pthread_join(issuer.workers[i], NULL);
  close(issuer.listener);
  pthread_mutex_destroy(&issuer.lock);
}

#endif

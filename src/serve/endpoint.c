// SPDX-License-Identifier: Apache-2.0
#include "serve/endpoint.h"

#include "base/clock.h"
#include "io/share.h"
#include "mcp/wire.h"
#include "serve/legacy.h"
#include "serve/legacy_sse.h"
#include "serve/modern.h"
#include "serve/reply.h"

#define ENDPOINT_METHODS "GET, POST, DELETE, OPTIONS"

// Browsers always send Origin across sites, so one that is not ours means that a page elsewhere is
// at work in somebody's browser (DNS rebinding, CSRF). Our own host and loopback pages are fine.
static bool endpoint_origin_allowed(const struct serve_env *env, const struct http_request *in,
                                    struct str origin) {
  for (size_t i = 0; i < env->origin_count; i++)
    if (str_is(env->origins[i], "*") || str_eq_nocase(env->origins[i], origin)) return true;
  return http_origin_is_own(in, origin);
}

static void endpoint_cors(struct http_exchange *x, struct str origin, bool preflight) {
  http_reply_header(x, "Access-Control-Allow-Origin", origin);
  http_reply_header(x, "Vary", STR("Origin"));
  http_reply_header(x, "Access-Control-Expose-Headers",
                    STR("WWW-Authenticate, Mcp-Session-Id, X-Request-Id, Retry-After, RateLimit-Limit, "
                        "RateLimit-Remaining, RateLimit-Reset"));
  if (!preflight) return;
  http_reply_header(x, "Access-Control-Allow-Methods", STR(ENDPOINT_METHODS));
  http_reply_header(x, "Access-Control-Allow-Headers",
                    STR("Accept, Authorization, Content-Type, MCP-Protocol-Version, Mcp-Method, Mcp-Name, "
                        "Mcp-Session-Id, Last-Event-ID"));
  http_reply_header(x, "Access-Control-Max-Age", STR("86400"));
}

static void endpoint_no_method(struct http_exchange *x) {
  http_reply(x, 405, "application/json",
             STR("{\"error\":{\"code\":\"invalid\",\"message\":\"this MCP endpoint does not take this "
                 "method\"}}"));
}

// False: replied already.
static bool endpoint_method(const struct serve_env *env, struct http_exchange *x,
                            const struct http_request *in) {
  struct str origin = http_header_get(&in->headers, "origin");
  if (origin.n && !endpoint_origin_allowed(env, in, origin)) {
    struct err err;
    err_set(&err, ERR_DENIED, "pages of %.*s may not use this server", STR_ARG(origin));
    err_hint(&err, "the operator allows an origin with the setting allowed_origins");
    http_reply_err(x, &err);
    return false;
  }
  if (origin.n) endpoint_cors(x, origin, in->method == HTTP_OPTIONS);
  if (in->method == HTTP_POST || in->method == HTTP_GET || in->method == HTTP_DELETE) return true;
  http_reply_header(x, "Allow", STR(ENDPOINT_METHODS));
  if (in->method == HTTP_OPTIONS)
    http_reply(x, 204, NULL, STR_NONE);
  else
    endpoint_no_method(x);
  return false;
}

static bool endpoint_body_type(struct http_exchange *x, const struct http_request *in) {
  struct str type = http_media_type(http_header_get(&in->headers, "content-type"));
  if (str_is_nocase(type, "application/json")) return true;
  http_reply(x, 415, "application/json",
             STR("{\"error\":{\"code\":\"invalid\",\"message\":\"Content-Type must be application/json\"}}"));
  return false;
}

// A list may come in several lines (RFC 9110 §5.3).
static struct str endpoint_list(const struct serve_request *r, const char *name) {
  const struct http_headers *h = &r->in->headers;
  struct str all = STR_NONE;
  for (size_t i = 0; i < h->count; i++) {
    if (!str_is_nocase(h->items[i].name, name)) continue;
    struct str value = h->items[i].value;
    all = all.n ? arena_printf(r->arena, "%.*s,%.*s", STR_ARG(all), STR_ARG(value)) : value;
  }
  return all;
}

static bool endpoint_accept(struct serve_request *r) {
  struct str accept = endpoint_list(r, "accept");
  r->takes_json = http_accepts(accept, "application/json");
  r->takes_events = http_accepts(accept, "text/event-stream");
  bool fits = r->in->method == HTTP_GET ? r->takes_events : r->takes_json || r->takes_events;
  if (!fits)
    http_reply(r->http, 406, "application/json",
               STR("{\"error\":{\"code\":\"invalid\",\"message\":\"Accept must take application/json or "
                   "text/event-stream (a GET: the latter)\"}}"));
  return fits;
}

static void endpoint_not_found(struct http_exchange *x) {
  struct err err;
  err_set(&err, ERR_MISSING,
          "no MCP server answers at this address: its token is unknown, revoked or expired");
  err_hint(&err, "ask whoever gave you this URL for a new one; they make it with 'postern mcp create' or "
                 "'postern mcp rotate'");
  http_reply_err(x, &err);
}

static bool endpoint_second_credential(struct serve_request *r, int64_t now) {
  if (!r->server->server.filter.require_api_token) return true;
  struct str given = http_header_get(&r->in->headers, "authorization");
  bool bearer = given.n > 7 && str_is_nocase(str_make(given.p, 7), "Bearer ");
  if (bearer) r->token = catalog_token(r->catalog, str_trim(str_from(given, 7)), now);
  if (r->token) return true;
  // RFC 6750 §3: no error code where no credential was given.
  http_reply_header(r->http, "WWW-Authenticate",
                    bearer ? STR("Bearer realm=\"postern\", error=\"invalid_token\"")
                           : STR("Bearer realm=\"postern\""));
  struct err err;
  err_set(&err, ERR_UNAUTHENTICATED,
          bearer ? "this API token is unknown, revoked or expired"
                 : "this server asks for an API token as well as its URL");
  err_hint(
      &err,
      "send 'Authorization: Bearer <API token>'; an administrator makes one with 'postern token create'");
  http_reply_err(r->http, &err);
  return false;
}

static bool endpoint_claims_modern(yyjson_val *body) {
  yyjson_val *meta = yyjson_obj_get(yyjson_obj_get(body, "params"), "_meta");
  return yyjson_obj_get(meta, WIRE_META_VERSION) != NULL;
}

// Each POST says for itself of which era it is, and its body counts before its headers.
static void endpoint_dispatch(struct serve_request *r, yyjson_val *body) {
  bool modern_header = str_is(http_header_get(&r->in->headers, WIRE_HEADER_VERSION), WIRE_MODERN);
  if (yyjson_is_arr(body)) {
    yyjson_val *element;
    size_t i, n;
    bool modern = modern_header;
    yyjson_arr_foreach (body, i, n, element) modern |= endpoint_claims_modern(element);
    if (modern)
      reply_refuse(r, 400, NULL, JSONRPC_INVALID_REQUEST, "%s has no batches", WIRE_MODERN);
    else
      legacy_handle(r, body);
    return;
  }
  struct jsonrpc_message m;
  struct err err;
  if (!jsonrpc_read(body, &m, &err)) {
    reply_refuse(r, 400, m.id, JSONRPC_INVALID_REQUEST, "%s", err.text);
    return;
  }
  bool modern = endpoint_claims_modern(body) || modern_header;
  bool initialize = str_is(m.method, "initialize");
  if (initialize && modern && !modern_envelope(&m)) {
    if (modern_header)
      reply_refuse(r, 400, m.id, JSONRPC_HEADER_MISMATCH, "%s: %s does not go with initialize",
                   WIRE_HEADER_VERSION, WIRE_MODERN);
    else
      legacy_handle(r, body);
    return;
  }
  if (modern)
    modern_handle(r, &m);
  else
    legacy_handle(r, body);
}

// Where a request goes: the token in its path, and whether it is of the 2024-11-05 transport.
struct endpoint_path {
  struct str token;
  bool pair, message; // pair: /sse/<token>; message: and its address for POST
};

static struct endpoint_path endpoint_path_of(struct str path) {
  if (path.n > sizeof ENDPOINT_PREFIX && str_ends(path, "/")) path.n--; // what some put at the end of any URL
  if (str_starts(path, ENDPOINT_PREFIX))
    return (struct endpoint_path){.token = str_from(path, sizeof ENDPOINT_PREFIX - 1)};
  struct endpoint_path p = {.token = str_from(path, sizeof LEGACY_SSE_PREFIX - 1), .pair = true};
  p.message = str_ends(p.token, LEGACY_SSE_MESSAGE);
  if (p.message) p.token.n -= sizeof LEGACY_SSE_MESSAGE - 1;
  return p;
}

bool endpoint_takes(struct str path) {
  return str_starts(path, ENDPOINT_PREFIX) || str_starts(path, LEGACY_SSE_PREFIX);
}

static void endpoint_post(struct serve_request *r, bool pair) {
  yyjson_doc *doc;
  struct err err;
  if (!endpoint_body_type(r->http, r->in)) return;
  // Its tree may be several times the text, and is held as long.
  struct payer *payer = budget_payer(BUDGET_CLIENTS, str_make(r->in->client_key, HTTP_CLIENT_KEY));
  if (!json_read_paid(r->in->body, &r->env->json, payer, &doc, &err)) {
    if (err.hint[0]) {
      http_reply_err_as(r->http, 503, &err);
      return;
    }
    reply_refuse(r, 400, NULL, err.code == ERR_LIMIT ? JSONRPC_INVALID_REQUEST : JSONRPC_PARSE_ERROR,
                 "the body is not usable JSON: %s", err.text);
    return;
  }
  if (!jsonrpc_forget_nulls(&doc, payer, &err)) {
    yyjson_doc_free(doc);
    http_reply_err_as(r->http, 503, &err);
    return;
  }
  if (pair) {
    legacy_sse_post(r, doc);
    return;
  }
  endpoint_dispatch(r, yyjson_doc_get_root(doc));
  yyjson_doc_free(doc);
}

// 2026-07-28 has POST only, and the 2024-11-05 addresses one method each.
static bool endpoint_method_fits(const struct serve_request *r, const struct endpoint_path *p) {
  enum http_method method = r->in->method;
  if (p->pair) return method == (p->message ? HTTP_POST : HTTP_GET);
  return method == HTTP_POST || !str_is(http_header_get(&r->in->headers, WIRE_HEADER_VERSION), WIRE_MODERN);
}

static void endpoint_serve(struct serve_request *r, const struct endpoint_path *p) {
  int64_t now = clock_now_ms();
  r->server = catalog_server_by_token(r->catalog, p->token, now);
  if (!r->server) {
    endpoint_not_found(r->http);
    return;
  }
  if (!endpoint_second_credential(r, now)) return;
  if (!endpoint_method_fits(r, p)) {
    http_reply_header(r->http, "Allow", p->pair && !p->message ? STR("GET") : STR("POST, OPTIONS"));
    endpoint_no_method(r->http);
    return;
  }
  r->client = r->token ? r->token->id : STR_NONE;
  r->principal = arena_printf(r->arena, "%.*s/%.*s", STR_ARG(r->server->server.id), STR_ARG(r->client));
  struct err err;
  r->share = share_take(SHARE_PRINCIPAL, serve_holder(r->principal), FIBER_ORDINARY, &err);
  if (!r->share) {
    http_reply_err(r->http, &err);
    return;
  }
  if (r->in->method == HTTP_DELETE) {
    r->takes_json = true;
    legacy_delete(r);
    return;
  }
  if (!p->message && !endpoint_accept(r)) return;
  r->takes_json |= p->message;
  if (r->in->method == HTTP_POST)
    endpoint_post(r, p->pair);
  else if (p->pair)
    legacy_sse_get(r, p->token);
  else
    legacy_get(r);
}

void endpoint_handle(const struct serve_env *env, struct http_exchange *x) {
  const struct http_request *in = http_request_of(x);
  if (!endpoint_method(env, x, in)) return;
  struct serve_request r = {
      .env = env, .http = x, .in = in, .arena = in->arena, .catalog = catalog_acquire(), .era = MCP_LEGACY};
  struct endpoint_path path = endpoint_path_of(in->path);
  endpoint_serve(&r, &path);
  share_give(r.share);
  replay_unref(r.replay);
  catalog_release(r.catalog);
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/endpoint.h"

#include "base/clock.h"
#include "base/codec.h"
#include "catalog/pending.h"
#include "io/share.h"
#include "mcp/wire.h"
#include "serve/elsewhere.h"
#include "serve/front.h"
#include "serve/legacy.h"
#include "serve/legacy_sse.h"
#include "serve/modern.h"
#include "serve/reply.h"

enum { ENDPOINT_TAG = 8 }; // bytes of a URL's hash that tell it from the server's others
#define ENDPOINT_METHODS "GET, POST, DELETE, OPTIONS"

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

// False, like err_set.
static bool endpoint_refuse(struct http_exchange *x, int status, const char *words) {
  struct err err;
  err_set(&err, ERR_INVALID, "%s", words);
  http_reply_err_as(x, status, &err);
  return false;
}

static bool endpoint_no_method(struct http_exchange *x) {
  return endpoint_refuse(x, 405, "this MCP endpoint does not take this method");
}

// Turned away: a row, and the answer. `what`: which origin, which token. False, like err_set.
static bool endpoint_turn_away(const struct serve_request *r, const struct err *err, const char *why,
                               struct str what) {
  struct audit_row row = serve_audit_row(r);
  row.action = STR(AUDIT_REFUSE);
  row.outcome = str_of(err_name(err->code));
  row.status = err_http_status(err->code);
  row.detail = str_of(why);
  audit_count(r->env->run.audit, &row, what);
  http_reply_err(r->transport.http, err);
  return false;
}

// The same for want of a token.
static bool endpoint_turn_token_away(const struct serve_request *r, const struct err *err, const char *why,
                                     struct str token) {
  char mark[AUDIT_MARK];
  return endpoint_turn_away(r, err, why, token.n ? audit_mark(token, mark) : STR_NONE);
}

// Where a request goes: the token, or the slug, in its path, and whether it is of the 2024-11-05 transport.
struct endpoint_path {
  struct str token;
  bool pair, message; // pair: /sse/<token>; message: and its address for POST
};

// False: replied already.
static bool endpoint_method(const struct serve_request *r, const struct endpoint_path *p) {
  struct http_exchange *x = r->transport.http;
  const struct http_request *in = r->transport.in;
  struct str origin = http_header_get(&in->headers, "origin");
  struct err err;
  if (!origin_check(r->env->origins, in, &err))
    return endpoint_turn_away(r, &err, "pages of another origin", origin);
  if (origin.n) endpoint_cors(x, origin, in->method == METHOD_OPTIONS);
  if (in->method == METHOD_POST || in->method == METHOD_GET || in->method == METHOD_DELETE) return true;
  // A client may look for the challenge by it.
  if (in->method == METHOD_HEAD && !p->pair && front_takes(r->env, p->token)) return true;
  http_reply_header(x, "Allow", STR(ENDPOINT_METHODS));
  if (in->method != METHOD_OPTIONS) return endpoint_no_method(x);
  http_reply(x, 204, NULL, STR_NONE);
  return false;
}

static bool endpoint_body_type(struct http_exchange *x, const struct http_request *in) {
  struct str type = http_media_type(http_header_get(&in->headers, "content-type"));
  return str_is_nocase(type, "application/json") ||
         endpoint_refuse(x, 415, "Content-Type must be application/json");
}

static bool endpoint_accept(struct serve_request *r) {
  struct serve_transport *t = &r->transport;
  const struct http_headers *h = &t->in->headers;
  struct str accept = STR_NONE;
  for (size_t i = 0; i < h->count; i++) { // a list may come in several lines (RFC 9110 §5.3)
    struct str value = h->items[i].value;
    if (str_is_nocase(h->items[i].name, "accept"))
      accept = accept.n ? arena_printf(r->arena, "%.*s,%.*s", STR_ARG(accept), STR_ARG(value)) : value;
  }
  t->takes_json = http_accepts(accept, "application/json");
  t->takes_events = http_accepts(accept, "text/event-stream");
  return (t->in->method == METHOD_GET ? t->takes_events : t->takes_json || t->takes_events) ||
         endpoint_refuse(t->http, 406,
                         "Accept must take application/json or text/event-stream (a GET: the latter)");
}

static void endpoint_not_found(const struct serve_request *r, struct str token) {
  struct err err;
  err_set(&err, ERR_MISSING,
          "no MCP server answers at this address: its token is unknown, revoked or expired, or "
          "its server is paused");
  err_hint(&err, "ask whoever gave you this URL for a new one; they make it with 'postern mcp create' or "
                 "'postern mcp config'");
  endpoint_turn_token_away(r, &err, "no server has this URL", token);
}

// Who it is, and whether there is room for more of theirs. False: replied already.
static bool endpoint_admit_by_url(struct serve_request *r, int64_t now) {
  const struct server *s = &r->server->server;
  struct principal_door door = {.server = s->id,
                                .owner = s->owner,
                                .guarded = s->filter.require_api_token,
                                .tokens = &r->catalog->tokens_by_hash,
                                .now = now};
  char tag[TOKEN_HASH_HEX];
  codec_hex(r->url->row->hash, ENDPOINT_TAG, tag);
  if (!str_is(r->url->row->name, URL_ROW_FIRST)) door.tag = str_of(tag);
  struct err err;
  if (principal_of(r->transport.in, &door, r->arena, &r->client.principal, &err)) return true;
  http_reply_header(r->transport.http, "WWW-Authenticate", principal_challenge(r->transport.in));
  return endpoint_turn_token_away(r, &err, err.text, principal_bearer(r->transport.in));
}

// Finds the server. Whoever comes without a token to a slug is a client on its way to sign in, and leaves no row.
static bool endpoint_admit_by_front(struct serve_request *r, struct str slug, int64_t now) {
  struct err err;
  if (front_admit(r, slug, now, &err)) return true;
  struct str bearer = principal_bearer(r->transport.in);
  if (bearer.n && err.code == ERR_UNAUTHENTICATED) return endpoint_turn_token_away(r, &err, err.text, bearer);
  http_reply_err(r->transport.http, &err);
  return false;
}

static bool endpoint_take_share(struct serve_request *r) {
  struct err err;
  r->client.share = share_take(SHARE_PRINCIPAL, principal_holder(&r->client.principal), FIBER_ORDINARY, &err);
  if (!r->client.share) http_reply_err(r->transport.http, &err);
  return r->client.share != NULL;
}

// Each POST says for itself of which era it is, and its body counts before its headers.
static void endpoint_dispatch(struct serve_request *r, yyjson_val *body) {
  bool modern_header = str_is(http_header_get(&r->transport.in->headers, WIRE_HEADER_VERSION), WIRE_MODERN);
  if (yyjson_is_arr(body)) {
    yyjson_val *element;
    size_t i, n;
    bool modern = yyjson_arr_size(body) > 0;
    yyjson_arr_foreach (body, i, n, element) modern &= serve_claims_modern(element);
    if (modern || modern_header)
      reply_refuse(r, 400, JSONRPC_INVALID_REQUEST, "%s has no batches", WIRE_MODERN);
    else
      legacy_batch(r, body);
    return;
  }
  struct err err;
  if (!serve_read(r, body, &err)) {
    reply_refuse(r, 400, JSONRPC_INVALID_REQUEST, "%s", err.text);
    return;
  }
  if (elsewhere_by_handle(r)) return;
  bool modern = modern_header || serve_claims_modern(body);
  if (str_is(r->message.rpc.method, "initialize") && !modern_envelope(r)) {
    if (modern_header) {
      reply_refuse(r, 400, JSONRPC_HEADER_MISMATCH, "%s: %s does not go with initialize", WIRE_HEADER_VERSION,
                   WIRE_MODERN);
      return;
    }
    modern = false;
  }
  if (modern)
    modern_handle(r);
  else
    legacy_handle(r);
}

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
  if (!endpoint_body_type(r->transport.http, r->transport.in)) return;
  // Its tree may be several times the text, and is held as long.
  struct payer *payer = budget_payer(BUDGET_CLIENTS, str_make(r->transport.in->client_key, HTTP_CLIENT_KEY));
  if (!json_read_paid(r->transport.in->body, &r->env->json, payer, &doc, &err)) {
    if (err.hint[0]) {
      http_reply_err_as(r->transport.http, 503, &err);
      return;
    }
    reply_refuse(r, 400, err.code == ERR_LIMIT ? JSONRPC_INVALID_REQUEST : JSONRPC_PARSE_ERROR,
                 "the body is not usable JSON: %s", err.text);
    return;
  }
  if (!jsonrpc_forget_nulls(&doc, payer, &err)) {
    yyjson_doc_free(doc);
    http_reply_err_as(r->transport.http, 503, &err);
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
  enum http_method method = r->transport.in->method;
  if (p->pair) return method == (p->message ? METHOD_POST : METHOD_GET);
  return method == METHOD_POST ||
         (method != METHOD_HEAD &&
          !str_is(http_header_get(&r->transport.in->headers, WIRE_HEADER_VERSION), WIRE_MODERN));
}

// What the server's config says, else what the URL asks for.
static bool endpoint_discovery(struct serve_request *r) {
  struct str query = r->transport.in->query, part;
  r->discovery = r->server->server.filter.discovery;
  while (!r->discovery && str_cut(&query, '&', &part)) {
    if (!str_starts(part, "discovery=")) continue;
    r->discovery = policy_discovery_named(str_from(part, sizeof "discovery=" - 1));
    if (!r->discovery)
      return endpoint_refuse(r->transport.http, 400, "discovery is one of full, search and featured");
  }
  if (!r->discovery) r->discovery = POLICY_FULL;
  return true;
}

// False: replied already; or what it goes by has become another while it waited (*again).
static bool endpoint_is_followed(struct serve_request *r, bool *again) {
  struct err err;
  enum pending_end end = pending_wait(r->server, &r->client.principal, &err);
  *again = end == PENDING_OVER;
  if (end == PENDING_STAYS) http_reply_err(r->transport.http, &err);
  return end == PENDING_NOTHING;
}

static void endpoint_serve(struct serve_request *r, const struct endpoint_path *p, bool *again) {
  int64_t now = clock_now_ms();
  bool front = !p->pair && front_takes(r->env, p->token);
  r->url = front ? NULL : catalog_url_by_token(r->catalog, p->token, now);
  if (!front && !r->url) {
    endpoint_not_found(r, p->token);
    return;
  }
  if (!front) r->server = r->url->server;
  if (!(front ? endpoint_admit_by_front(r, p->token, now) : endpoint_admit_by_url(r, now)) ||
      !endpoint_is_followed(r, again) || !endpoint_take_share(r))
    return;
  if (r->url->use) use_note(r->url->use, now);
  if (!endpoint_discovery(r)) return;
  if (!endpoint_method_fits(r, p)) {
    http_reply_header(r->transport.http, "Allow", p->pair && !p->message ? STR("GET") : STR("POST, OPTIONS"));
    endpoint_no_method(r->transport.http);
    return;
  }
  if (r->transport.in->method == METHOD_DELETE) {
    r->transport.takes_json = true;
    legacy_delete(r);
    return;
  }
  if (!p->message && !endpoint_accept(r)) return;
  r->transport.takes_json |= p->message;
  if (r->transport.in->method == METHOD_POST)
    endpoint_post(r, p->pair);
  else if (p->pair)
    legacy_sse_get(r, p->token);
  else
    legacy_get(r);
}

// By the catalog of now. True: that has become another one, which is to be gone by.
static bool endpoint_try(const struct serve_env *env, struct http_exchange *x) {
  const struct http_request *in = http_request_of(x);
  bool again = false;
  struct serve_request r = {
      .env = env,
      .arena = in->arena,
      .catalog = catalog_acquire(),
      .shelf = shelf_acquire(),
      // Until a message says otherwise.
      .transport = {.http = x, .in = in, .era = MCP_LEGACY},
      .client = {.version = STR(WIRE_LEGACY_BATCHES), .capabilities = STR("{}")},
  };
  struct endpoint_path path = endpoint_path_of(in->path);
  if (endpoint_method(&r, &path)) endpoint_serve(&r, &path, &again);
  share_give(r.client.share);
  replay_unref(r.client.replay);
  catalog_release(r.catalog);
  shelf_release(r.shelf);
  if (again) http_reply_forget(x);
  return again;
}

void endpoint_handle(const struct serve_env *env, struct http_exchange *x) {
  while (endpoint_try(env, x)) {
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy_sse.h"

#include "base/codec.h"
#include "io/share.h"
#include "mcp/wire.h"
#include "serve/legacy.h"
#include "serve/reply.h"
#include "serve/stream.h"
#include "session/running.h"

#define LEGACY_SSE_VERSION "2024-11-05"

static struct session_place legacy_sse_place(const struct serve_request *r) {
  return (struct session_place){r->server->server.id, r->token ? r->token->id : STR_NONE};
}

void legacy_sse_get(struct serve_request *r, struct str token) {
  struct session s = {.version = STR(LEGACY_SSE_VERSION), .pair = true};
  struct session_place place = legacy_sse_place(r);
  struct err err;
  struct str id;
  if (!session_seal(r->env->ring, &place, &s, r->arena, &id, &err)) {
    http_reply_err(r->http, &err);
    return;
  }
  r->era = MCP_LEGACY;
  legacy_set_session(r, &s);
  struct stream_open o = {.kind = STREAM_PAIR, .tools = true, .prompts = true, .resources = true};
  o.first = arena_printf(
      r->arena, "event: endpoint\ndata: " LEGACY_SSE_PREFIX "%.*s" LEGACY_SSE_MESSAGE "?session=%.*s\n\n",
      STR_ARG(token), STR_ARG(id));
  o.stream = replay_stream_begin(serve_replay(r), REPLAY_PLAIN);
  stream_hold(r, &o);
}

// ---- messages

struct legacy_sse_job { // a message on its way, with all that outlives its POST
  struct arena *arena;
  struct serve_request request;
  struct http_request in;
  yyjson_doc *body;
  struct share *address; // and the request's, of the principal
};

static void legacy_sse_free(struct legacy_sse_job *job) {
  share_give(job->address);
  share_give(job->request.share);
  replay_unref(job->request.replay);
  catalog_release(job->request.catalog);
  yyjson_doc_free(job->body);
  arena_free(job->arena);
}

static void legacy_sse_run(void *arg) {
  struct legacy_sse_job *job = arg;
  struct serve_request *r = &job->request;
  struct jsonrpc_message m;
  struct err err;
  fiber_deadline(fiber_self(), r->env->call_ms);
  if (jsonrpc_read(yyjson_doc_get_root(job->body), &m, &err))
    legacy_message(r, &m, yyjson_doc_get_root(job->body));
  else
    reply_refuse(r, 400, m.id, JSONRPC_INVALID_REQUEST, "%s", err.text);
  legacy_sse_free(job);
}

// The session that the query names, if its stream is still open.
static bool legacy_sse_find_session(struct serve_request *r, struct str query) {
  struct session_place place = legacy_sse_place(r);
  struct session s;
  struct err err;
  struct str part, id = STR_NONE;
  while (!id.n && str_cut(&query, '&', &part))
    if (str_starts(part, "session=")) id = str_from(part, sizeof "session=" - 1);
  if (!codec_unpercent(r->arena, id, &id) || !session_unseal(r->env->ring, &place, id, r->arena, &s, &err) ||
      !s.pair || replay_has_ended(s.key))
    return false;
  r->replay = replay_get(s.key, false);
  if (!r->replay || replay_open_streams(r->replay) == 0) return false;
  legacy_set_session(r, &s);
  struct str version, capabilities, client;
  replay_client(r->replay, r->arena, &version, &capabilities, &client);
  if (!capabilities.n) return true; // before initialize
  r->version = version;
  r->capabilities = capabilities;
  if (!r->token && client.n) r->client = arena_printf(r->arena, "client:%.*s", STR_ARG(client));
  return true;
}

static void legacy_sse_copy(struct legacy_sse_job *job, const struct serve_request *r) {
  struct arena *a = job->arena;
  job->in = (struct http_request){.method = METHOD_POST,
                                  .id = arena_dup(a, r->in->id),
                                  .client = arena_dup(a, r->in->client),
                                  .arena = a};
  memcpy(job->in.client_key, r->in->client_key, HTTP_CLIENT_KEY);
  job->request = *r;
  job->request.share = NULL;
  job->request.http = NULL;
  job->request.in = &job->in;
  job->request.arena = a;
  job->request.replay = replay_ref(r->replay);
  job->request.catalog = catalog_ref(r->catalog);
  job->request.principal = arena_dup(a, r->principal);
  job->request.capabilities = arena_dup(a, r->capabilities);
  job->request.client = arena_dup(a, r->client);
  job->request.version = arena_dup(a, r->version);
  job->request.session.key = arena_dup(a, r->session.key);
  job->request.session.version = job->request.session.capabilities = job->request.session.client = STR_NONE;
}

// Like the POST that brought it, it is its client's work, which goes on when the POST has been answered.
static bool legacy_sse_start(struct legacy_sse_job *job, struct err *err) {
  struct str address = str_make(job->in.client_key, HTTP_CLIENT_KEY);
  if (running_count(job->request.session.key) >= LEGACY_SSE_RUNNING_MOST)
    return err_set(err, ERR_UNAVAILABLE, "this session has too many requests in work");
  job->address = share_take(SHARE_ADDRESS, address, FIBER_ORDINARY, err);
  if (!job->address) return false;
  job->request.share = share_take(SHARE_PRINCIPAL, serve_holder(job->request.principal), FIBER_ORDINARY, err);
  if (!job->request.share) return false;
  return fiber_spawn(loop_current(), "a message by HTTP+SSE", legacy_sse_run, job) ||
         err_set(err, ERR_UNAVAILABLE, "this server is handling as many requests as it can");
}

void legacy_sse_post(struct serve_request *r, yyjson_doc *body) {
  r->era = MCP_LEGACY;
  if (!legacy_sse_find_session(r, r->in->query)) {
    yyjson_doc_free(body);
    reply_refuse(r, 404, NULL, JSONRPC_INVALID_REQUEST, "this session is unknown or its stream is closed");
    return;
  }
  struct arena *a = arena_new();
  struct legacy_sse_job *job = ARENA_NEW(a, struct legacy_sse_job);
  job->arena = a;
  job->body = body;
  legacy_sse_copy(job, r);
  // The answer may come before this reply; the client must take both in any order.
  struct err err;
  if (legacy_sse_start(job, &err)) {
    http_reply(r->http, 202, NULL, STR_NONE);
    return;
  }
  legacy_sse_free(job);
  http_reply_header(r->http, "Retry-After", STR("1"));
  reply_refuse(r, 503, NULL, JSONRPC_INTERNAL_ERROR, "%s", err.text);
}

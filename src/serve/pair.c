// SPDX-License-Identifier: Apache-2.0
#include "serve/pair.h"

#include "base/codec.h"
#include "io/share.h"
#include "mcp/wire.h"
#include "serve/legacy.h"
#include "serve/reply.h"
#include "serve/stream.h"
#include "session/running.h"

#define PAIR_VERSION "2024-11-05"

static struct session_place pair_place(const struct serve_request *r) {
  return (struct session_place){r->server->server.id, r->token ? r->token->id : STR_NONE};
}

void pair_get(struct serve_request *r, struct str token) {
  struct session s = {.version = STR(PAIR_VERSION), .pair = true};
  struct session_place place = pair_place(r);
  struct err err;
  struct str id;
  if (!session_seal(r->env->ring, &place, &s, r->arena, &id, &err)) {
    http_reply_err(r->http, &err);
    return;
  }
  r->era = MCP_LEGACY;
  legacy_set_session(r, &s);
  struct stream_open o = {.kind = STREAM_PAIR, .tools = true, .prompts = true, .resources = true};
  o.first =
      arena_printf(r->arena, "event: endpoint\ndata: " PAIR_PREFIX "%.*s" PAIR_MESSAGE "?session=%.*s\n\n",
                   STR_ARG(token), STR_ARG(id));
  o.stream = memory_stream_begin(serve_memory(r), MEMORY_PLAIN);
  stream_hold(r, &o);
}

// ---- messages

struct pair_job { // a message on its way, with all that outlives its POST
  struct arena *arena;
  struct serve_request request;
  struct http_request in;
  yyjson_doc *body;
  struct share *address; // and the request's, of the principal
};

static void pair_free(struct pair_job *job) {
  share_give(job->address);
  share_give(job->request.share);
  memory_unref(job->request.memory);
  catalog_release(job->request.catalog);
  yyjson_doc_free(job->body);
  arena_free(job->arena);
}

static void pair_run(void *arg) {
  struct pair_job *job = arg;
  struct serve_request *r = &job->request;
  struct jsonrpc_message m;
  struct err err;
  fiber_deadline(fiber_self(), r->env->call_ms);
  if (jsonrpc_read(yyjson_doc_get_root(job->body), &m, &err))
    legacy_message(r, &m, yyjson_doc_get_root(job->body));
  else
    reply_refuse(r, 400, m.id, JSONRPC_INVALID_REQUEST, "%s", err.text);
  pair_free(job);
}

// The session that the query names, if its stream is still open.
static bool pair_find_session(struct serve_request *r, struct str query) {
  struct session_place place = pair_place(r);
  struct session s;
  struct err err;
  struct str part, id = STR_NONE;
  while (!id.n && str_cut(&query, '&', &part))
    if (str_starts(part, "session=")) id = str_from(part, sizeof "session=" - 1);
  if (!codec_unpercent(r->arena, id, &id) || !session_unseal(r->env->ring, &place, id, r->arena, &s, &err) ||
      !s.pair || memory_has_ended(s.key))
    return false;
  r->memory = memory_get(s.key, false);
  if (!r->memory || memory_open_streams(r->memory) == 0) return false;
  legacy_set_session(r, &s);
  struct str version, capabilities, client;
  memory_client(r->memory, r->arena, &version, &capabilities, &client);
  if (!capabilities.n) return true; // before initialize
  r->version = version;
  r->capabilities = capabilities;
  if (!r->token && client.n) r->client = arena_printf(r->arena, "client:%.*s", STR_ARG(client));
  return true;
}

static void pair_copy(struct pair_job *job, const struct serve_request *r) {
  struct arena *a = job->arena;
  job->in = (struct http_request){
      .method = HTTP_POST, .id = arena_dup(a, r->in->id), .client = arena_dup(a, r->in->client), .arena = a};
  memcpy(job->in.client_key, r->in->client_key, HTTP_CLIENT_KEY);
  job->request = *r;
  job->request.share = NULL;
  job->request.http = NULL;
  job->request.in = &job->in;
  job->request.arena = a;
  job->request.memory = memory_ref(r->memory);
  job->request.catalog = catalog_ref(r->catalog);
  job->request.principal = arena_dup(a, r->principal);
  job->request.capabilities = arena_dup(a, r->capabilities);
  job->request.client = arena_dup(a, r->client);
  job->request.version = arena_dup(a, r->version);
  job->request.session.key = arena_dup(a, r->session.key);
  job->request.session.version = job->request.session.capabilities = job->request.session.client = STR_NONE;
}

// Like the POST that brought it, it is its client's work, which goes on when the POST has been answered.
static bool pair_start(struct pair_job *job, struct err *err) {
  struct str address = str_make(job->in.client_key, HTTP_CLIENT_KEY);
  if (running_count(job->request.session.key) >= PAIR_RUNNING_MOST)
    return err_set(err, ERR_UNAVAILABLE, "this session has too many requests in work");
  job->address = share_take(SHARE_ADDRESS, address, FIBER_ORDINARY, err);
  if (!job->address) return false;
  job->request.share = share_take(SHARE_PRINCIPAL, serve_holder(job->request.principal), FIBER_ORDINARY, err);
  if (!job->request.share) return false;
  return fiber_spawn(loop_current(), "a message by HTTP+SSE", pair_run, job) ||
         err_set(err, ERR_UNAVAILABLE, "this server is handling as many requests as it can");
}

void pair_post(struct serve_request *r, yyjson_doc *body) {
  r->era = MCP_LEGACY;
  if (!pair_find_session(r, r->in->query)) {
    yyjson_doc_free(body);
    reply_refuse(r, 404, NULL, JSONRPC_INVALID_REQUEST, "this session is unknown or its stream is closed");
    return;
  }
  struct arena *a = arena_new();
  struct pair_job *job = ARENA_NEW(a, struct pair_job);
  job->arena = a;
  job->body = body;
  pair_copy(job, r);
  // The answer may come before this reply; the client must take both in any order.
  struct err err;
  if (pair_start(job, &err)) {
    http_reply(r->http, 202, NULL, STR_NONE);
    return;
  }
  pair_free(job);
  http_reply_header(r->http, "Retry-After", STR("1"));
  reply_refuse(r, 503, NULL, JSONRPC_INTERNAL_ERROR, "%s", err.text);
}

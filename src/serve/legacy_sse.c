// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy_sse.h"

#include "base/codec.h"
#include "io/share.h"
#include "mcp/wire.h"
#include "serve/elsewhere.h"
#include "serve/legacy.h"
#include "serve/legacy_session.h"
#include "serve/reply.h"
#include "serve/stream.h"
#include "session/running.h"

#define LEGACY_SSE_VERSION "2024-11-05"

void legacy_sse_get(struct serve_request *r, struct str token) {
  struct session s = {.version = STR(LEGACY_SSE_VERSION), .pair = true};
  struct err err;
  struct str id;
  if (!legacy_session_begin(r, &s, &id, &err)) {
    http_reply_err(r->transport.http, &err);
    return;
  }
  struct stream_open o = {.kind = STREAM_PAIR, .tools = true, .prompts = true, .resources = true};
  // The query of this URL goes along; it was found sound.
  struct str query = r->transport.in->query;
  o.first = arena_printf(r->arena,
                         "event: endpoint\ndata: " LEGACY_SSE_PREFIX "%.*s" LEGACY_SSE_MESSAGE
                         "?session=%.*s%s%.*s\n\n",
                         STR_ARG(token), STR_ARG(id), query.n ? "&" : "", STR_ARG(query));
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
  share_give(job->request.client.share);
  replay_unref(job->request.client.replay);
  catalog_release(job->request.catalog);
  shelf_release(job->request.shelf);
  yyjson_doc_free(job->body);
  arena_free(job->arena);
}

static void legacy_sse_run(void *arg) {
  struct legacy_sse_job *job = arg;
  struct serve_request *r = &job->request;
  struct err err;
  fiber_deadline(fiber_self(), r->env->call_ms);
  if (serve_read(r, yyjson_doc_get_root(job->body), &err))
    legacy_message(r);
  else
    reply_refuse(r, 400, JSONRPC_INVALID_REQUEST, "%s", err.text);
  legacy_sse_free(job);
}

// The session that the query names.
static bool legacy_sse_find_session(struct serve_request *r, struct str query) {
  struct str part, id = STR_NONE;
  while (!id.n && str_cut(&query, '&', &part))
    if (str_starts(part, "session=")) id = str_from(part, sizeof "session=" - 1);
  return codec_unpercent(r->arena, id, &id) && legacy_session_open(r, id, true);
}

// Is its stream still open, here?
static bool legacy_sse_find_stream(struct serve_request *r) {
  struct str version, capabilities, client;
  r->client.replay = replay_get(r->client.principal.session, false);
  if (!r->client.replay || replay_open_streams(r->client.replay) == 0) return false;
  replay_client(r->client.replay, r->arena, &version, &capabilities, &client);
  if (capabilities.n) serve_introduce(r, version, capabilities, client); // it has said initialize
  return true;
}

static void legacy_sse_copy(struct legacy_sse_job *job, const struct serve_request *r) {
  struct arena *a = job->arena;
  job->in = (struct http_request){.method = METHOD_POST,
                                  .id = arena_dup(a, r->transport.in->id),
                                  .client = arena_dup(a, r->transport.in->client),
                                  .arena = a};
  memcpy(job->in.client_key, r->transport.in->client_key, HTTP_CLIENT_KEY);
  job->request = *r;
  job->request.arena = a;
  job->request.catalog = catalog_ref(r->catalog);
  job->request.shelf = shelf_ref(r->shelf);
  job->request.transport = (struct serve_transport){.in = &job->in, .era = MCP_LEGACY};
  job->request.client = (struct serve_client){.principal = principal_copy(&r->client.principal, a),
                                              .replay = replay_ref(r->client.replay),
                                              .version = arena_dup(a, r->client.version),
                                              .capabilities = arena_dup(a, r->client.capabilities)};
}

// Like the POST that brought it, it is its client's work, which goes on when the POST has been answered.
static bool legacy_sse_start(struct legacy_sse_job *job, struct err *err) {
  struct str address = str_make(job->in.client_key, HTTP_CLIENT_KEY);
  if (running_count(job->request.client.principal.session) >= LEGACY_SSE_RUNNING_MOST)
    return err_set(err, ERR_UNAVAILABLE, "this session has too many requests in work");
  job->address = share_take(SHARE_ADDRESS, address, FIBER_ORDINARY, err);
  if (!job->address) return false;
  job->request.client.share =
      share_take(SHARE_PRINCIPAL, principal_holder(&job->request.client.principal), FIBER_ORDINARY, err);
  if (!job->request.client.share) return false;
  return fiber_spawn(loop_current(), "a message by HTTP+SSE", legacy_sse_run, job) ||
         err_set(err, ERR_UNAVAILABLE, "this server is handling as many requests as it can");
}

void legacy_sse_post(struct serve_request *r, yyjson_doc *body) {
  bool found = legacy_sse_find_session(r, r->transport.in->query);
  if (found && elsewhere_by_session(r)) {
    yyjson_doc_free(body);
    return;
  }
  if (!found || !legacy_sse_find_stream(r)) {
    yyjson_doc_free(body);
    reply_refuse(r, 404, JSONRPC_INVALID_REQUEST, "this session is unknown or its stream is closed");
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
    http_reply(r->transport.http, 202, NULL, STR_NONE);
    return;
  }
  legacy_sse_free(job);
  http_reply_header(r->transport.http, "Retry-After", STR("1"));
  reply_refuse(r, 503, JSONRPC_INTERNAL_ERROR, "%s", err.text);
}

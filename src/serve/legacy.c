// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy.h"

#include "base/log.h"
#include "mcp/wire.h"
#include "serve/fault.h"
#include "serve/methods.h"
#include "serve/offer.h"
#include "serve/reply.h"
#include "serve/stream.h"
#include "session/asked.h"
#include "session/capability.h"
#include "session/running.h"

enum { LEGACY_BATCH_MOST = 32 };

// ---- sessions

static struct session_place legacy_place(const struct serve_request *r) {
  return (struct session_place){r->server->server.id, r->token ? r->token->id : STR_NONE};
}

void legacy_set_session(struct serve_request *r, const struct session *s) {
  r->session = *s;
  r->version = s->version;
  r->capabilities = s->capabilities.n ? s->capabilities : STR("{}");
  r->principal =
      arena_printf(r->arena, "%.*s/%.*s", STR_ARG(r->principal), STR_ARG(s->key)); // of the server and token
  if (!r->token && s->client.n) r->client = arena_printf(r->arena, "client:%.*s", STR_ARG(s->client));
}

// False: replied already. A request may do without a session, but not name one that is not.
static bool legacy_find_session(struct serve_request *r, yyjson_val *id) {
  struct str text = http_header_get(&r->in->headers, WIRE_HEADER_SESSION);
  struct session_place place = legacy_place(r);
  struct session s;
  struct err err;
  r->capabilities = STR("{}");
  if (!text.n) return true;
  if (http_header_count(&r->in->headers, WIRE_HEADER_SESSION) == 1 &&
      session_unseal(r->env->ring, &place, text, r->arena, &s, &err) && !s.pair && !replay_has_ended(s.key)) {
    legacy_set_session(r, &s);
    return true;
  }
  reply_refuse(r, 404, id, JSONRPC_INVALID_REQUEST, "this session is unknown or over: initialize again");
  return false;
}

bool legacy_initialize(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) {
  struct str asked = json_str(params, "protocolVersion");
  bool pair = r->session.pair;
  const char *spoken = wire_legacy_version(asked);
  struct session s = {
      .version = spoken ? asked : STR(WIRE_LEGACY_LATEST),
      .capabilities = capability_filter(yyjson_obj_get(params, "capabilities"), r->arena),
      .client = json_str(yyjson_obj_get(params, "clientInfo"), "name"),
      .pair = pair,
  };
  if (pair) {
    replay_set_client(serve_replay(r), s.version, s.capabilities, s.client);
    r->version = s.version;
    r->capabilities = s.capabilities;
  } else {
    struct session_place place = legacy_place(r);
    struct str id;
    if (!session_seal(r->env->ring, &place, &s, r->arena, &id, err)) return false;
    legacy_set_session(r, &s);
    http_reply_header(r->http, WIRE_HEADER_SESSION, id);
  }
  buf_printf(out, "{\"protocolVersion\":\"%.*s\",\"capabilities\":", STR_ARG(s.version));
  offer_add_capabilities(r, out);
  buf_add_z(out, ",\"serverInfo\":");
  serve_add_server_info(r, out);
  buf_add_z(out, ",\"instructions\":");
  offer_add_instructions(r, out);
  buf_add_char(out, '}');
  return true;
}

void legacy_delete(struct serve_request *r) {
  if (!http_header_get(&r->in->headers, WIRE_HEADER_SESSION).n) {
    reply_refuse(r, 400, NULL, JSONRPC_INVALID_REQUEST, "the header %s is missing", WIRE_HEADER_SESSION);
    return;
  }
  if (!legacy_find_session(r, NULL)) return;
  replay_end(r->session.key); // its streams end within a tick
  running_cancel_all(r->session.key);
  http_reply(r->http, 204, NULL, STR_NONE);
  for (size_t i = 0; i < r->server->member_count; i++)
    if (offer_peer(&r->server->members[i])) mcp_peer_leave(offer_peer(&r->server->members[i]), r->principal);
}

// ---- streams

void legacy_get(struct serve_request *r) {
  struct str last_id = http_header_get(&r->in->headers, WIRE_HEADER_LAST_EVENT);
  if (!http_header_get(&r->in->headers, WIRE_HEADER_SESSION).n) {
    reply_refuse(r, 400, NULL, JSONRPC_INVALID_REQUEST, "the header %s is missing", WIRE_HEADER_SESSION);
    return;
  }
  if (!legacy_find_session(r, NULL)) return;
  struct replay *m = serve_replay(r);
  struct replay_resumed resumed;
  struct buf first = BUF_MAX(256);
  struct stream_open o = {.kind = STREAM_SESSION, .tools = true, .prompts = true, .resources = true};
  if (last_id.n && replay_find_event(m, last_id, &resumed)) {
    o.kind = resumed.kind == REPLAY_POST ? STREAM_RESUMED : STREAM_SESSION;
    o.stream = resumed.stream;
    o.last_id = last_id;
  } else {
    o.stream = replay_stream_begin(m, REPLAY_OWN);
    if (str_is(r->version, WIRE_LEGACY_LATEST))
      replay_prime(m, o.stream, &first);
    else
      buf_add_z(&first, ":\n\n");
  }
  o.first = buf_str(&first);
  stream_hold(r, &o);
  buf_free(&first);
}

// ---- messages

static yyjson_doc *legacy_copy(yyjson_val *v) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_doc_set_root(doc, yyjson_val_mut_copy(doc, v));
  yyjson_doc *copy = yyjson_mut_doc_imut_copy(doc, NULL);
  yyjson_mut_doc_free(doc);
  return copy;
}

static void legacy_cancelled(struct serve_request *r, yyjson_val *params) {
  yyjson_val *id = yyjson_obj_get(params, "requestId");
  if (id) running_cancel(r->session.key, json_to_text(r->arena, id));
}

static void legacy_progress(struct serve_request *r, yyjson_val *params) {
  struct str token = json_str(params, "progressToken");
  if (token.n) (void)asked_take(r->session.key, token, legacy_copy(params), true);
}

static void legacy_roots_changed(struct serve_request *r, yyjson_val *params) {
  (void)params;
  for (size_t i = 0; i < r->server->member_count; i++) {
    struct mcp_peer *peer = offer_peer(&r->server->members[i]);
    struct mcp_who who = serve_who(r);
    struct err err;
    if (peer && !mcp_notify(peer, &who, STR("notifications/roots/list_changed"), STR("{}"), &err))
      log_debug("notifications/roots/list_changed: %s", err.text);
  }
}

// The stream of a 2024-11-05 session was there before its client had said what it can.
static void legacy_initialized(struct serve_request *r, yyjson_val *params) {
  (void)params;
  if (r->session.pair) stream_resubscribe(serve_replay(r));
}

static const struct {
  const char *name;
  void (*take)(struct serve_request *r, yyjson_val *params);
} legacy_notifications[] = {{"notifications/cancelled", legacy_cancelled},
                            {"notifications/progress", legacy_progress},
                            {"notifications/roots/list_changed", legacy_roots_changed},
                            {"notifications/initialized", legacy_initialized}};

static void legacy_take(struct serve_request *r, const struct jsonrpc_message *m, yyjson_val *body) {
  if (!r->session.key.n) return; // of nobody we know
  if (m->kind == JSONRPC_RESPONSE) {
    // The answer to a request of ours: those are texts that nobody can guess.
    if (yyjson_is_str(m->id)) (void)asked_take(r->session.key, json_text(m->id), legacy_copy(body), false);
    return;
  }
  for (size_t i = 0; i < sizeof legacy_notifications / sizeof *legacy_notifications; i++)
    if (str_is(m->method, legacy_notifications[i].name)) legacy_notifications[i].take(r, m->params);
}

// Appends the response to a request. False: there is nobody to tell.
static bool legacy_answer(struct serve_request *r, const struct jsonrpc_message *m, struct buf *out) {
  size_t start = out->n;
  struct err err;
  struct standing standing = standing_of(r->server, r->token);
  struct running *run = NULL;
  if (r->session.key.n) run = running_begin(&standing, r->session.key, json_to_text(r->arena, m->id));
  jsonrpc_result_begin(out, m->id);
  bool ok = methods_answer(r, m, out, &err);
  if (run && running_end(run) && !ok) return false;
  if (ok) {
    jsonrpc_result_end(out);
    return true;
  }
  out->n = start;
  if (err.code == ERR_CANCELED) return false;
  fault_write(r, m->id, &err, out);
  return true;
}

// One element. False: its client has cancelled it, and with it this fiber; it gets no response, and the
// elements behind it are not run.
static bool legacy_element(struct serve_request *r, yyjson_val *element, bool goes_on, struct buf *out) {
  struct jsonrpc_message m;
  struct err err;
  bool sound = jsonrpc_read(element, &m, &err);
  if (sound && str_is(m.method, "initialize"))
    sound = err_set(&err, ERR_INVALID, "initialize may not be part of a batch");
  if (sound && m.kind != JSONRPC_REQUEST) {
    legacy_take(r, &m, element);
    return goes_on;
  }
  size_t start = out->n;
  buf_add_char(out, out->n ? ',' : '[');
  if (!sound) {
    jsonrpc_error(out, m.id, JSONRPC_INVALID_REQUEST, str_of(err.text), STR_NONE);
  } else if (!goes_on) {
    jsonrpc_error(out, m.id, JSONRPC_INTERNAL_ERROR,
                  STR("not run: a request before it in the batch was cancelled; send it again"), STR_NONE);
  } else if (!legacy_answer(r, &m, out)) {
    out->n = start;
    return false;
  }
  return goes_on;
}

static void legacy_batch(struct serve_request *r, yyjson_val *batch) {
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  yyjson_val *element;
  size_t i, n;
  bool goes_on = true;
  r->batch = true;
  yyjson_arr_foreach (batch, i, n, element) goes_on = legacy_element(r, element, goes_on, &out);
  if (out.n) {
    buf_add_char(&out, ']');
    reply_send(r, 200, &out);
    return;
  }
  buf_free(&out);
  if (goes_on) // nothing but notifications
    reply_nothing(r);
  else
    reply_withdraw(r);
}

void legacy_message(struct serve_request *r, const struct jsonrpc_message *m, yyjson_val *body) {
  if (m->kind != JSONRPC_REQUEST) {
    reply_nothing(r);
    legacy_take(r, m, body);
    return;
  }
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  if (legacy_answer(r, m, &out)) {
    reply_send(r, r->fault.status ? r->fault.status : 200, &out);
  } else {
    reply_withdraw(r);
    buf_free(&out);
  }
}

static bool legacy_batch_allowed(struct serve_request *r, yyjson_val *body) {
  if (str_is(r->version, WIRE_LEGACY_BATCHES) && yyjson_arr_size(body) > 0 &&
      yyjson_arr_size(body) <= LEGACY_BATCH_MOST)
    return true;
  reply_refuse(r, 400, NULL, JSONRPC_INVALID_REQUEST, "a batch is allowed in %s only, of 1 to %d messages",
               WIRE_LEGACY_BATCHES, LEGACY_BATCH_MOST);
  return false;
}

void legacy_handle(struct serve_request *r, yyjson_val *body) {
  struct str version = http_header_get(&r->in->headers, WIRE_HEADER_VERSION);
  bool batch = yyjson_is_arr(body);
  struct jsonrpc_message m = {0};
  struct err err;
  r->era = MCP_LEGACY;
  if (!batch && !jsonrpc_read(body, &m, &err)) {
    reply_refuse(r, 400, m.id, JSONRPC_INVALID_REQUEST, "%s", err.text);
    return;
  }
  bool initialize = str_is(m.method, "initialize");
  // The header comes after initialize; where it is absent the session's is meant, or 2025-03-26 (2025-06-18,
  // "Protocol Version Header").
  if (version.n && !wire_legacy_version(version) && !initialize) {
    reply_refuse(r, 400, m.id, JSONRPC_INVALID_REQUEST,
                 "%s: unsupported version; this server speaks %s, and %s by initialize", WIRE_HEADER_VERSION,
                 WIRE_MODERN, WIRE_LEGACY_LATEST);
    return;
  }
  r->version = STR(WIRE_LEGACY_BATCHES);
  if (!initialize && !legacy_find_session(r, m.id)) return;
  if (initialize) r->capabilities = STR("{}");
  if (version.n && !initialize) r->version = version;
  if (!batch)
    legacy_message(r, &m, body);
  else if (legacy_batch_allowed(r, body))
    legacy_batch(r, body);
}

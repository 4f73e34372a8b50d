// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy.h"

#include "base/log.h"
#include "mcp/wire.h"
#include "serve/elsewhere.h"
#include "serve/fault.h"
#include "serve/legacy_session.h"
#include "serve/methods.h"
#include "serve/offer.h"
#include "serve/reply.h"
#include "serve/stream.h"
#include "session/asked.h"
#include "session/running.h"

enum { LEGACY_BATCH_MOST = 32 };

// False: replied already. A message may do without a session, but not name one that is not.
static bool legacy_find_session(struct serve_request *r, bool needed) {
  const struct http_headers *headers = &r->transport.in->headers;
  size_t count = http_header_count(headers, WIRE_HEADER_SESSION);
  struct str id = http_header_get(headers, WIRE_HEADER_SESSION);
  if (!id.n && needed)
    reply_refuse(r, 400, JSONRPC_INVALID_REQUEST, "the header %s is missing", WIRE_HEADER_SESSION);
  if (!id.n) return !needed;
  if (count == 1 && legacy_session_open(r, id, false)) return !elsewhere_by_session(r);
  return reply_refuse(r, 404, JSONRPC_INVALID_REQUEST, "this session is unknown or over: initialize again");
}

void legacy_delete(struct serve_request *r) {
  if (!legacy_find_session(r, true)) return;
  replay_end(r->client.principal.session); // its streams end within a tick
  running_cancel_all(r->client.principal.session);
  http_reply(r->transport.http, 204, NULL, STR_NONE);
  for (size_t i = 0; i < r->server->member_count; i++)
    if (offer_peer(r, &r->server->members[i]))
      mcp_peer_leave(offer_peer(r, &r->server->members[i]), r->client.principal.key);
}

// ---- streams

void legacy_get(struct serve_request *r) {
  struct str last_id = http_header_get(&r->transport.in->headers, WIRE_HEADER_LAST_EVENT);
  if (!legacy_find_session(r, true)) return;
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
    if (str_is(r->client.version, WIRE_LEGACY_LATEST))
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

static void legacy_cancelled(struct serve_request *r) {
  yyjson_val *id = yyjson_obj_get(r->message.rpc.params, "requestId");
  if (id) running_cancel(r->client.principal.session, json_to_text(r->arena, id));
}

static void legacy_progress(struct serve_request *r) {
  yyjson_val *params = r->message.rpc.params;
  struct str token = json_str(params, "progressToken");
  if (token.n) (void)asked_take(r->client.principal.session, token, legacy_copy(params), true);
}

static void legacy_roots_changed(struct serve_request *r) {
  for (size_t i = 0; i < r->server->member_count; i++) {
    struct mcp_peer *peer = offer_peer(r, &r->server->members[i]);
    struct mcp_who who = serve_who(r);
    struct err err;
    if (peer && !mcp_notify(peer, &who, STR("notifications/roots/list_changed"), STR("{}"), &err))
      log_debug("notifications/roots/list_changed: %s", err.text);
  }
}

// The stream of a 2024-11-05 session was there before its client had said what it can.
static void legacy_initialized(struct serve_request *r) {
  if (!r->transport.http) stream_resubscribe(serve_replay(r));
}

static const struct {
  const char *name;
  void (*take)(struct serve_request *r);
} legacy_notifications[] = {{"notifications/cancelled", legacy_cancelled},
                            {"notifications/progress", legacy_progress},
                            {"notifications/roots/list_changed", legacy_roots_changed},
                            {"notifications/initialized", legacy_initialized}};

static void legacy_take(struct serve_request *r) {
  const struct jsonrpc_message *m = &r->message.rpc;
  if (!r->client.principal.session.n) return; // of nobody we know
  if (m->kind == JSONRPC_RESPONSE) {
    // The answer to a request of ours: those are texts that nobody can guess.
    if (yyjson_is_str(m->id))
      (void)asked_take(r->client.principal.session, json_text(m->id), legacy_copy(r->message.whole), false);
    return;
  }
  for (size_t i = 0; i < sizeof legacy_notifications / sizeof *legacy_notifications; i++)
    if (str_is(m->method, legacy_notifications[i].name)) legacy_notifications[i].take(r);
}

// Appends the response to a request. False: there is nobody to tell.
static bool legacy_answer(struct serve_request *r, int *status, struct buf *out) {
  size_t start = out->n;
  struct err err;
  yyjson_val *id = r->message.rpc.id;
  struct standing standing = standing_of(r->url, &r->client.principal);
  struct running *run = NULL;
  if (r->client.principal.session.n)
    run = running_begin(&standing, r->client.principal.session, json_to_text(r->arena, id));
  jsonrpc_result_begin(out, id);
  bool ok = methods_answer(r, out, &err);
  if (run && running_end(run) && !ok) return false;
  if (ok) {
    jsonrpc_result_end(out);
    return true;
  }
  out->n = start;
  if (err.code == ERR_CANCELED) return false;
  fault_write(r, id, &err, out);
  *status = fault_status(&err);
  return true;
}

// JSON-RPC 2.0 §5 and §6: the id of an answer to what no id can be made out of.
static yyjson_val legacy_no_id = {.tag = YYJSON_TYPE_NULL};

static bool legacy_element_is_sound(struct serve_request *r, yyjson_val *element, struct err *err) {
  if (!serve_read(r, element, err)) return false;
  if (str_is(r->message.rpc.method, "initialize"))
    return err_set(err, ERR_INVALID, "initialize may not be part of a batch");
  return !serve_claims_modern(element) ||
         err_set(err, ERR_INVALID, WIRE_MODERN " has no batches: send this by itself");
}

// One element, which stands for itself (JSON-RPC 2.0 §6). False: its client has cancelled it, and with it this fiber; it gets no response, and the
// elements behind it are not run.
static bool legacy_element(struct serve_request *r, yyjson_val *element, bool goes_on, struct buf *out) {
  struct err err;
  bool sound = legacy_element_is_sound(r, element, &err);
  if (sound && r->message.rpc.kind != JSONRPC_REQUEST) {
    legacy_take(r);
    return goes_on;
  }
  size_t start = out->n;
  buf_add_char(out, out->n ? ',' : '[');
  if (!sound) {
    yyjson_val *id = r->message.rpc.id ? r->message.rpc.id : &legacy_no_id;
    jsonrpc_error(out, id, JSONRPC_INVALID_REQUEST, str_of(err.text), STR_NONE);
  } else if (!goes_on) {
    jsonrpc_error(out, r->message.rpc.id, JSONRPC_INTERNAL_ERROR,
                  STR("not run: a request before it in the batch was cancelled; send it again"), STR_NONE);
  } else if (!legacy_answer(r, &(int){0}, out)) {
    out->n = start;
    return false;
  }
  return goes_on;
}

static void legacy_elements(struct serve_request *r, yyjson_val *batch) {
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  yyjson_val *element;
  size_t i, n;
  bool goes_on = true;
  r->transport.batch = true;
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

void legacy_message(struct serve_request *r) {
  if (r->message.rpc.kind != JSONRPC_REQUEST) {
    reply_nothing(r);
    legacy_take(r);
    return;
  }
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  int status = 200;
  if (legacy_answer(r, &status, &out)) {
    reply_send(r, status, &out);
  } else {
    reply_withdraw(r);
    buf_free(&out);
  }
}

// Which version and session it is in. False: replied already. The version's header comes after initialize; where it
// is absent the session's is meant, or 2025-03-26 (2025-06-18, "Protocol Version Header").
static bool legacy_begin(struct serve_request *r) {
  struct str version = http_header_get(&r->transport.in->headers, WIRE_HEADER_VERSION);
  if (version.n && !wire_legacy_version(version)) {
    reply_refuse(r, 400, JSONRPC_INVALID_REQUEST,
                 "%s: unsupported version; this server speaks %s, and %s by initialize", WIRE_HEADER_VERSION,
                 WIRE_MODERN, WIRE_LEGACY_LATEST);
    return false;
  }
  if (!legacy_find_session(r, false)) return false;
  if (version.n) r->client.version = version;
  return true;
}

void legacy_handle(struct serve_request *r) {
  if (str_is(r->message.rpc.method, "initialize") || legacy_begin(r)) legacy_message(r);
}

void legacy_batch(struct serve_request *r, yyjson_val *batch) {
  size_t n = yyjson_arr_size(batch);
  if (!legacy_begin(r)) return;
  if (str_is(r->client.version, WIRE_LEGACY_BATCHES) && n > 0 && n <= LEGACY_BATCH_MOST)
    legacy_elements(r, batch);
  else
    reply_refuse(r, 400, JSONRPC_INVALID_REQUEST, "a batch is allowed in %s only, of 1 to %d messages",
                 WIRE_LEGACY_BATCHES, LEGACY_BATCH_MOST);
}

// SPDX-License-Identifier: Apache-2.0
// What mcp/client.h offers, above call.c: which era, which session, and what to do again once it was refused
// for a reason that we can mend. All of these were refused before anything ran, so sending again is safe.
#include "mcp/client.h"

#include <ctype.h>

#include "mcp/call_private.h"
#include "mcp/detect.h"
#include "mcp/jsonrpc.h"
#include "mcp/peer_private.h"
#include "mcp/pool.h"
#include "mcp/wire.h"

// Each is done once a call.
enum client_remedy {
  CLIENT_NONE = 0,
  CLIENT_NEW_SESSION = 1, // the server has forgotten it
  CLIENT_SAME_AGAIN = 2,  // -32022, and yet it offers the version that we speak
  CLIENT_LOOK_AGAIN = 4,  // it may not speak any more what it did
};

static bool client_era_has(enum mcp_era era, struct str method, struct err *err) {
  bool other = era == MCP_MODERN ? wire_is_legacy_only(method) : wire_is_modern_only(method);
  return !other || err_set(err, ERR_INVALID, "the MCP server speaks the %s era, which has no %.*s",
                           era == MCP_MODERN ? "modern" : "legacy", STR_ARG(method));
}

static bool client_says(struct str words, const char *const *any) {
  char text[512];
  size_t n = words.n < sizeof text ? words.n : sizeof text;
  for (size_t i = 0; i < n; i++) text[i] = (char)tolower((unsigned char)words.p[i]);
  while (*any && !str_contains(str_make(text, n), str_of(*any))) any++;
  return *any;
}

// In any words that mean it: "No valid session ID provided", "Session expired", "Server not initialized".
static bool client_says_lost(struct str words) {
  static const char *const session[] = {"session", NULL};
  static const char *const lost[] = {
      "not found",   "unknown",   "invalid",     "expired",      "terminat",     "no valid",
      "missing",     "not exist", "n't exist",   "no such",      "closed",       "ended",
      "gone",        "no longer", "not active",  "inactive",     "required",     "recogni",
      "stale",       "lost",      "timed out",   "not initiali", "no active",    "not valid",
      "bad session", "mismatch",  "unavailable", "not find",     "n't find",     "destroyed",
      "forgotten",   "evicted",   "removed",     "deleted",      "disconnected", NULL};
  static const char *const unmade[] = {"not initialized", "not initialised",  "not been initiali",
                                       "uninitialized",   "initialize first", NULL};
  return (client_says(words, session) && client_says(words, lost)) || client_says(words, unmade);
}

// Of the transport itself, and not of a method that may know sessions of its own.
static bool client_is_of_transport(int64_t code) {
  return code == -32000 || code == -32001 || code == JSONRPC_INVALID_REQUEST;
}

// Some servers answer otherwise than by 404 for a session that they do not know.
static bool client_lost_session(const struct mcp_call *c) {
  if (c->status == 404) return c->session->endpoint || *c->session->id;
  if (!*c->session->id) return false;
  static const char *const session[] = {"session", NULL};
  if (c->has_answer) {
    struct str words = json_str(c->answer.value, "message");
    return client_says_lost(words) ||
           (client_is_of_transport(json_int(c->answer.value, "code", 0)) && client_says(words, session));
  }
  return c->status == 400 ? client_says(c->refused, session) || client_says_lost(c->refused)
                          : client_says_lost(c->refused);
}

// Or by 200 and an error, which is in the body already.
static bool client_peek(struct mcp_call *c, enum client_remedy *remedy, struct err *err) {
  struct message *m;
  bool whole = c->era == MCP_LEGACY && !c->hears && *c->session->id && c->status < 300 && !c->stream.sse;
  if (!whole) return true;
  if (!mcp_stream_next(&c->stream, &m, err)) return peer_explain_end(c->peer, err);
  int64_t code = m && m->e.kind == MCP_ERROR ? json_int(m->e.value, "code", 0) : 0;
  if (client_is_of_transport(code) && client_says_lost(json_str(m->e.value, "message")))
    *remedy = CLIENT_NEW_SESSION;
  if (m) message_queue_return(&c->stream.queue, m);
  return true;
}

static enum client_remedy client_remedy_of(const struct mcp_call *c) {
  if (c->status < 400 || c->status >= 500) return CLIENT_NONE;
  if (c->era == MCP_LEGACY && client_lost_session(c)) return CLIENT_NEW_SESSION;
  bool odd = c->status == 400 || c->status == 404 || c->status == 405 || c->status == 410;
  if (!c->has_answer) return odd ? CLIENT_LOOK_AGAIN : CLIENT_NONE;
  if (c->era != MCP_MODERN) return CLIENT_NONE;
  int64_t code = json_int(c->answer.value, "code", 0);
  yyjson_val *supported = yyjson_obj_get(yyjson_obj_get(c->answer.value, "data"), "supported");
  if (code == JSONRPC_UNSUPPORTED_VERSION)
    return detect_has_modern(supported) ? CLIENT_SAME_AGAIN : CLIENT_LOOK_AGAIN;
  return code <= -32000 && code >= -32019 ? CLIENT_LOOK_AGAIN : CLIENT_NONE; // legacy transports' own
}

static void client_drop(struct mcp_call *c, bool tell) {
  struct mcp_session *s = c->session;
  if (tell)
    mcp_call_abandon(c);
  else
    mcp_call_free(c);
  if (s) mcp_pool_give(s); // as it was taken
}

// One try. False with *err; where nothing was sent because the session had just ended, *remedy says so.
static bool client_try(struct mcp_peer *p, const struct mcp_request *r, struct mcp_call **out,
                       enum client_remedy *remedy, struct err *err) {
  unsigned speaks;
  struct mcp_session *s = NULL;
  if (!peer_is_open(p, err) || !peer_speaks(p, &speaks, err)) return false;
  enum mcp_era era = peer_era(speaks, r->who.prefer);
  if (!client_era_has(era, r->method, err)) return false;
  if (era == MCP_LEGACY && !mcp_pool_take(p, &r->who, &s, err)) {
    *remedy = err->code == ERR_MISSING ? CLIENT_LOOK_AGAIN : CLIENT_NONE;
    return false;
  }
  struct mcp_call *c = mcp_call_new(p, r, era, s);
  c->hears = s && s->watched;
  // Where a server may ask by the session's stream, both streams are read at once.
  if (mcp_call_send(c, err) && (!c->hears || !c->stream.sse || mcp_call_detach(c, err)) &&
      client_peek(c, remedy, err)) {
    if (*remedy == CLIENT_NONE) *remedy = client_remedy_of(c);
    *out = c;
    return true;
  }
  *remedy = s && !c->sent && atomic_load(&s->dead) ? CLIENT_NEW_SESSION : CLIENT_NONE;
  // Where the server may be at work on it, it is told; where it was not reached, it is left alone.
  client_drop(c, c->status || err->code == ERR_CANCELED || err->code == ERR_TIMEOUT);
  return false;
}

// May the remedy be tried, and is it not used up?
static bool client_mend(struct mcp_peer *p, struct mcp_call *c, enum client_remedy remedy, unsigned *used) {
  if (remedy == CLIENT_NONE || (*used & remedy)) return false;
  if (remedy == CLIENT_LOOK_AGAIN && !peer_doubt(p)) return false;
  *used |= remedy;
  if (remedy == CLIENT_NEW_SESSION && c) {
    struct err why;
    err_set(&why, ERR_UPSTREAM, "the MCP server has ended the session");
    mcp_session_kill(c->session, &why);
  }
  return true;
}

bool mcp_call_open(struct mcp_peer *p, const struct mcp_request *request, struct mcp_call **out,
                   struct err *err) {
  for (unsigned used = 0;;) {
    struct mcp_call *c = NULL;
    enum client_remedy remedy = CLIENT_NONE;
    bool ok = client_try(p, request, &c, &remedy, err);
    if (client_mend(p, c, remedy, &used)) {
      if (c) client_drop(c, false);
      continue;
    }
    if (!ok) return false;
    c->held = mcp_peer_ref(p);
    *out = c;
    return true;
  }
}

bool mcp_call_answer(struct mcp_call *c, yyjson_val *id, struct str result, int code, struct str message,
                     struct err *err) {
  struct mcp_frame_answer answer = {.id = id, .result = result, .code = code, .message = message};
  if (!c->session) return err_set(err, ERR_INVALID, "modern MCP servers ask nothing while they are called");
  return mcp_session_answer(c->session, &answer, err);
}

void mcp_call_close(struct mcp_call *c) {
  client_drop(c, true);
}

bool mcp_call_rate(const struct mcp_call *c, struct ratelimit *out) {
  if (c->has_rate) *out = c->rate;
  return c->has_rate;
}

int mcp_call_status(const struct mcp_call *c) {
  return c->status;
}

bool mcp_ask(struct mcp_peer *p, const struct mcp_request *request, struct mcp_event *out, struct err *err) {
  struct mcp_request r = *request;
  struct mcp_call *c;
  r.unasked = true; // what is asked meanwhile is declined
  if (!mcp_call_open(p, &r, &c, err)) return false;
  bool ok = mcp_call_finish(c, out, err);
  mcp_call_close(c);
  return ok;
}

bool mcp_notify(struct mcp_peer *p, const struct mcp_who *who, struct str method, struct str params,
                struct err *err) {
  struct mcp_session *s = mcp_pool_peek(p, who);
  if (!s) return true;
  struct buf text = BUF_MAX(p->o.message_bytes);
  mcp_frame_notification(&text, method, params);
  bool ok = text.full ? err_set(err, ERR_LIMIT, "the notification passes %zu bytes", text.max)
                      : mcp_session_post(s, buf_str(&text), err);
  buf_free(&text);
  mcp_pool_give(s);
  return ok;
}

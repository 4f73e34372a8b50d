// SPDX-License-Identifier: Apache-2.0
#include "mcp/detect.h"

#include "mcp/call_private.h"
#include "mcp/jsonrpc.h"
#include "mcp/peer_private.h"
#include "mcp/send.h"
#include "mcp/wire.h"

bool detect_has_modern(yyjson_val *versions) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (versions, i, n, v)
    if (str_is(json_text(v), WIRE_MODERN)) return true;
  return false;
}

// Versions are dates, so their order is that of the text.
static struct str detect_newest(yyjson_val *versions) {
  struct str newest = STR(WIRE_LEGACY_LATEST);
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (versions, i, n, v) {
    struct str text = json_text(v);
    if (str_compare(text, newest) > 0) newest = text;
  }
  return newest;
}

enum detect_outcome { DETECT_FOUND, DETECT_AGAIN, DETECT_NOT, DETECT_FAILED };

// The versions that the server names, none of them by what it did with ours.
static enum detect_outcome detect_judge_versions(yyjson_val *versions, enum detect_outcome ours,
                                                 struct err *err) {
  if (detect_has_modern(versions)) return ours;
  struct str newest = detect_newest(versions);
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (versions, i, n, v)
    if (wire_legacy_version(json_text(v))) return DETECT_NOT; // one by initialize
  if (str_is(newest, WIRE_LEGACY_LATEST)) return DETECT_NOT;
  err_set(err, ERR_UPSTREAM, "the MCP server speaks the version %.*s, which Postern does not",
          STR_MOST(newest, 40));
  return DETECT_FAILED;
}

static bool detect_is_trouble(int status) {
  return status >= 500 || status == 408 || status == 429;
}

static enum detect_outcome detect_judge(const struct mcp_event *e, struct err *err) {
  if (e->kind == MCP_RESULT) {
    yyjson_val *versions = yyjson_obj_get(e->value, "supportedVersions");
    return yyjson_is_arr(versions) ? detect_judge_versions(versions, DETECT_FOUND, err) : DETECT_NOT;
  }
  if (json_int(e->value, "code", 0) != JSONRPC_UNSUPPORTED_VERSION) return DETECT_NOT;
  yyjson_val *versions = yyjson_obj_get(yyjson_obj_get(e->value, "data"), "supported");
  return detect_judge_versions(versions, DETECT_AGAIN, err);
}

static enum detect_outcome detect_ask(struct mcp_peer *p, const struct mcp_who *who, struct mcp_event *out,
                                      struct err *err) {
  struct mcp_request r = {.who = *who, .method = STR("server/discover")};
  struct mcp_event e = {0};
  r.total_ms = p->o.limits->total_ms;
  struct mcp_call *c = mcp_call_new(p, &r, MCP_MODERN, NULL);
  enum detect_outcome outcome;
  bool answered = mcp_call_send(c, err);
  if (answered && detect_is_trouble(c->status)) {
    send_explain(c->status, c->refused, err);
    outcome = DETECT_FAILED;
  } else if (answered && (c->status < 400 || c->has_answer) && mcp_call_finish(c, &e, err)) {
    outcome = detect_judge(&e, err);
  } else {
    // An answer that makes no sense comes from something else than a modern server; none at all says nothing.
    bool nothing = c->status == 0 || c->stream.cut || err->code == ERR_TIMEOUT || err->code == ERR_CANCELED;
    outcome = nothing || !peer_is_open(p, err) ? DETECT_FAILED : DETECT_NOT;
  }
  mcp_call_free(c);
  if (outcome == DETECT_FOUND)
    *out = e;
  else
    mcp_event_free(&e);
  return outcome;
}

bool detect_discover(struct mcp_peer *p, const struct mcp_who *who, bool *found, struct mcp_event *out,
                     struct err *err) {
  enum detect_outcome outcome = detect_ask(p, who, out, err);
  if (outcome == DETECT_AGAIN) outcome = detect_ask(p, who, out, err);
  if (outcome == DETECT_AGAIN)
    return err_set(err, ERR_UPSTREAM, "the MCP server refuses the version " WIRE_MODERN " and offers it");
  *found = outcome == DETECT_FOUND;
  return outcome != DETECT_FAILED;
}

// Makes a session to see whether it can be made, and ends it.
static bool detect_legacy(struct mcp_peer *p, enum mcp_speaks transport, struct err *err) {
  struct mcp_who nobody = {.prefer = MCP_LEGACY};
  struct mcp_session *s;
  struct err done;
  if (!mcp_session_open(p, &nobody, transport, &s, err)) return false;
  err_set(&done, ERR_MISSING, "it was but a question");
  mcp_session_close(s, &done);
  mcp_session_unref(s);
  return true;
}

bool detect_server(struct mcp_peer *p, unsigned *speaks, struct err *err) {
  struct mcp_who nobody = {.prefer = MCP_MODERN};
  struct mcp_event hello = {0};
  struct err first, second;
  bool modern;
  if (!detect_discover(p, &nobody, &modern, &hello, err)) return false;
  mcp_event_free(&hello);
  if (detect_legacy(p, MCP_SPEAKS_STREAMABLE, &first)) {
    *speaks = MCP_SPEAKS_STREAMABLE | (modern ? MCP_SPEAKS_MODERN : 0);
    return true;
  }
  if (modern) {
    // Whatever went wrong with `initialize`, the modern answer stands.
    if (first.code == ERR_CANCELED) return *err = first, false;
    *speaks = MCP_SPEAKS_MODERN | (first.code == ERR_MISSING ? 0 : *speaks & MCP_SPEAKS_STREAMABLE);
    return true;
  }
  if (first.code != ERR_MISSING || !peer_is_open(p, err)) return *err = first, false;
  if (detect_legacy(p, MCP_SPEAKS_SSE, &second)) {
    *speaks = MCP_SPEAKS_SSE;
    return true;
  }
  if (second.code != ERR_MISSING && second.code != ERR_UPSTREAM) return *err = second, false;
  err_at(err, ERR_UPSTREAM, "url", "no MCP server was found at this address: %.200s; as to HTTP+SSE: %.200s",
         first.text, second.text);
  err_hint(err,
           "the address is that of the MCP endpoint itself, in many cases one that ends in /mcp or /sse");
  return false;
}

// SPDX-License-Identifier: Apache-2.0
// The stream of HTTP+SSE (2024-11-05): opened and read by a fiber of its own, which first tells the session's
// maker where to post, and from then on hands messages to the hub.
#include "base/mem.h"
#include "mcp/endpoint.h"
#include "mcp/peer_private.h"
#include "mcp/send.h"
#include "mcp/session.h"

struct mcp_session_opening { // what the reader tells the maker, once
  char *endpoint;            // NULL: it failed
  struct err err;
};

struct mcp_session_reader {
  struct mcp_session *session;
  struct mcp_stream stream;
  struct channel *opened;
};

static void mcp_session_opening_free(void *message) {
  struct mcp_session_opening *o = message;
  mem_free(o->endpoint);
  mem_free(o);
}

static bool mcp_session_connect(struct mcp_session_reader *r, struct arena *a, struct str *endpoint,
                                struct err *err) {
  struct mcp_peer *p = r->session->peer;
  struct send m = {.method = "GET", .limits = *p->o.limits};
  struct message_rules rules = peer_rules(p);
  struct transfer *t;
  struct str reference;
  m.limits.total_ms = m.limits.stall_ms = 0; // its life is the session's, and it may be silent
  m.limits.body_bytes = SIZE_MAX / 2;
  if (!send_open(p, &m, a, &t, err)) return false;
  int status = transfer_status(t);
  if (status >= 400) {
    transfer_close(t);
    send_explain(status, STR_NONE, err);
    if (status < 500 && status != 408 && status != 429) err->code = ERR_MISSING;
    return false;
  }
  bool ok = mcp_stream_begin(&r->stream, t, &rules, err) &&
            mcp_stream_endpoint(&r->stream, &reference, err) &&
            mcp_endpoint_resolve(a, p->o.url, reference, endpoint, err);
  if (ok) return true;
  struct redact *hide = peer_hides(p); // an address is no message
  redact_err(hide, err);
  redact_unref(hide);
  return false;
}

static bool mcp_session_tell(struct mcp_session_reader *r, struct err *err) {
  struct mcp_session_opening *o = MEM_NEW(struct mcp_session_opening);
  struct arena *a = arena_new();
  struct str endpoint;
  bool ok = mcp_session_connect(r, a, &endpoint, err);
  if (ok)
    o->endpoint = mem_copy(endpoint.p, endpoint.n);
  else
    o->err = *err;
  arena_free(a);
  if (!channel_send(r->opened, o, mcp_session_opening_free)) mcp_session_opening_free(o);
  return ok;
}

static void mcp_session_read(void *arg) {
  struct mcp_session_reader *r = arg;
  struct mcp_session *s = r->session;
  struct message *m = NULL;
  struct err why;
  bool ok = mcp_session_tell(r, &why);
  while (ok && (ok = mcp_stream_next(&r->stream, &m, &why))) {
    if (!m) {
      err_set(&why, ERR_UPSTREAM, "the MCP server closed its event stream");
      break;
    }
    bool ping = m->e.kind == MCP_REQUEST && str_is(m->e.method, "ping");
    if (!ping && hub_dispatch(&s->hub, &m)) continue;
    mcp_session_decline(s, m);
    message_free(m);
  }
  if (why.code == ERR_CANCELED) err_set(&why, ERR_MISSING, "the session was closed");
  atomic_store(&s->dead, true);
  hub_close(&s->hub, &why);
  mcp_stream_free(&r->stream);
  channel_unref(r->opened);
  mcp_session_unref(s);
  mem_free(r);
}

bool mcp_session_stream_open(struct mcp_session *s, struct err *err) {
  const struct fetch_limits *l = s->peer->o.limits;
  struct mcp_session_reader *r = MEM_NEW(struct mcp_session_reader);
  struct channel *opened = channel_new(1);
  void *message;
  *r = (struct mcp_session_reader){.session = mcp_session_ref(s), .opened = channel_ref(opened)};
  struct task *reader = task_start(s->peer, "mcp stream", mcp_session_read, r, err);
  if (!reader) {
    channel_unref(r->opened);
    mcp_session_unref(s);
    mem_free(r);
    channel_unref(opened);
    return false;
  }
  s->reader = reader; // nobody else knows the session yet
  bool ok = channel_receive(opened, l->connect_ms + 2 * l->first_byte_ms, &message, err);
  if (ok) {
    struct mcp_session_opening *o = message;
    ok = o->endpoint != NULL;
    if (ok)
      s->endpoint = o->endpoint;
    else
      *err = o->err;
    mem_free(o);
  } else if (err->code == ERR_TIMEOUT) {
    err_set(err, ERR_TIMEOUT, "the MCP server's event stream does not say where to post");
  }
  channel_unref(opened);
  return ok;
}

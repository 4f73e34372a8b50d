// SPDX-License-Identifier: Apache-2.0
#include "mcp/call_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/fiber.h"
#include "mcp/peer_private.h"
#include "mcp/refusal.h"
#include "mcp/send.h"
#include "mcp/wire.h"

struct mcp_call *mcp_call_new(struct mcp_peer *p, const struct mcp_request *r, enum mcp_era era,
                              struct mcp_session *s) {
  struct arena *a = arena_new();
  struct mcp_call *c = ARENA_NEW(a, struct mcp_call);
  c->peer = p;
  c->arena = a;
  c->request = r;
  c->method = arena_dup(a, r->method);
  c->era = era;
  c->id = peer_next_id(p);
  c->session = s ? mcp_session_ref(s) : NULL;
  c->started_us = clock_mono_us();
  c->left_out = r->left_out;
  c->left_out_arg = r->left_out_arg;
  c->total_ms = r->total_ms;
  c->end_us = r->total_ms ? c->started_us + r->total_ms * 1000 : 0;
  atomic_init(&c->owners, 1);
  return c;
}

void mcp_call_free(struct mcp_call *c) {
  if (c->hears) hub_drop_call(&c->session->hub, &c->waiting);
  mcp_stream_free(&c->stream);
  mcp_event_free(&c->answer);
  inbox_free(c->inbox);
  mcp_session_unref(c->session);
  arena_free(c->arena);
}

// ---- sending

static struct fetch_limits mcp_call_limits(const struct mcp_call *c) {
  struct fetch_limits l = send_limits(c->peer, c->total_ms);
  if (c->endless) {
    l.total_ms = l.stall_ms = 0;
    l.body_bytes = SIZE_MAX / 2;
  }
  return l;
}

// The body of an error status: the answer to this request, or words.
static void mcp_call_take_refusal(struct mcp_call *c, struct transfer *t) {
  struct buf body = BUF_MAX(SEND_SAID_MOST);
  struct err unused;
  struct message *m;
  struct message_rules rules = peer_rules(c->peer);
  send_read_some(c->peer, t, &body);
  c->refused = arena_dup(c->arena, buf_str(&body));
  buf_free(&body);
  transfer_close(t);
  if (c->status == 429 || !message_read(c->refused, &rules, &m, &unused))
    return; // 429: a limit, in any words
  // Without an id it may be about the whole HTTP request: the legacy transports' own errors are like that.
  bool ours = m->e.kind == MCP_ERROR && (m->e.id ? message_id_is(m->e.id, c->id) : c->era == MCP_MODERN);
  if (!ours) return message_free_all(m);
  message_free_all(m->next);
  message_take(m, &c->answer);
  c->has_answer = true;
}

static bool mcp_call_take_head(struct mcp_call *c, struct transfer *t, struct err *err) {
  const struct http_headers *h = transfer_headers(t);
  struct message_rules rules = peer_rules(c->peer);
  c->status = transfer_status(t);
  c->has_rate = ratelimit_read(h, c->status, clock_now_ms(), &c->rate);
  c->session_id = arena_dup(c->arena, http_header_get(h, WIRE_HEADER_SESSION));
  if (c->status >= 400) {
    mcp_call_take_refusal(c, t);
    return true;
  }
  if (c->session && c->session->endpoint) { // the answer comes by the session's stream
    transfer_finish(t);
    return true;
  }
  if (!mcp_stream_begin(&c->stream, t, &rules, err)) return false;
  uint64_t total_ms = c->total_ms ? c->total_ms : c->peer->o.limits->total_ms;
  if (!c->stream.sse && total_ms) c->stream.body_end_us = c->started_us + total_ms * 1000;
  return true;
}

static bool mcp_call_once(struct mcp_call *c, const struct send *m, struct err *err) {
  struct transfer *t;
  return send_open(c->peer, m, c->arena, &t, err) && mcp_call_take_head(c, t, err);
}

// ---- a token refused otherwise than by 401 (mcp/refusal)

// What came is no refusal of ours as far as it goes; `out` has words where it may be one of the token. An answer of one
// JSON body is whole at its first message.
static bool mcp_call_peek(struct mcp_call *c, struct refusal *out, struct err *err) {
  struct message *m = NULL;
  const struct mcp_event *e = c->has_answer ? &c->answer : NULL;
  bool whole = !c->hears && c->status < 300 && !c->stream.sse && c->peer->o.auth.headers;
  if (whole && !mcp_stream_next(&c->stream, &m, err)) return peer_explain_end(c->peer, err);
  if (m) e = &m->e;
  out->status = c->status;
  out->words = c->refused;
  if (e) out->words = e->kind == MCP_ERROR ? arena_dup(c->arena, json_str(e->value, "message")) : STR_NONE;
  if (m) message_queue_return(&c->stream.queue, m);
  return true;
}

// Was it the token, and is there another to be had? Else the vendor's answer stands, but where a person is needed.
static bool mcp_call_lend(struct mcp_call *c, const struct refusal *refusal, bool *again, struct err *err) {
  struct mcp_challenge challenge = {.status = refusal->status, .by_words = true};
  struct err why = {0};
  if (!c->peer->o.auth.headers || !refusal_is_of_token(refusal)) return true;
  send_explain(refusal->status, refusal->words, &why);
  challenge.said = arena_dup(c->arena, str_of(why.text));
  *again = c->peer->o.auth.headers(c->peer->o.auth.arg, &challenge, c->arena, &c->lent, &why);
  if (*again || (why.code != ERR_UNAUTHENTICATED && why.code != ERR_CANCELED)) return true;
  *err = why;
  return false;
}

static void mcp_call_forget(struct mcp_call *c) {
  mcp_stream_finish(&c->stream);
  for (struct message *m; (m = message_queue_take(&c->stream.queue));) message_free(m);
  if (c->has_answer) mcp_event_free(&c->answer);
  c->has_answer = false;
  c->refused = STR_NONE;
}

bool mcp_call_send(struct mcp_call *c, struct err *err) {
  struct mcp_frame f = {.peer = c->peer, .request = c->request, .era = c->era, .id = c->id};
  struct buf body = BUF_MAX(c->peer->o.message_bytes);
  struct send m = {.method = "POST",
                   .limits = mcp_call_limits(c),
                   .harmless = c->request->reads || !str_is(c->method, "tools/call"),
                   .lent = &c->lent};
  struct refusal refusal = {0};
  bool again = false;
  if (c->session) {
    f.version = str_of(c->session->version);
    f.session = str_of(c->session->id);
    m.url = str_of(c->session->endpoint);
  }
  bool ok = mcp_frame_headers(&f, c->arena, &m.headers, err) && mcp_frame_body(&f, &body, err);
  m.body = buf_str(&body);
  c->hears = c->hears || (c->session && c->session->endpoint);
  if (ok && c->hears) {
    c->inbox = inbox_new();
    c->waiting = (struct hub_call){.id = c->id, .inbox = c->inbox, .unasked = c->request->unasked};
    ok = hub_add_call(&c->session->hub, &c->waiting, err);
  }
  c->sent = ok;
  ok = ok && mcp_call_once(c, &m, err) && mcp_call_peek(c, &refusal, err);
  if (ok && refusal.words.n) ok = mcp_call_lend(c, &refusal, &again, err);
  if (again) {
    mcp_call_forget(c);
    ok = mcp_call_once(c, &m, err);
  }
  buf_free(&body);
  return ok;
}

// ---- resuming a broken stream (2025-11-25, Streamable HTTP, "Resumability and redelivery")

static bool mcp_call_may_resume(const struct mcp_call *c) {
  return c->era == MCP_LEGACY && c->session && mcp_stream_last_id(&c->stream).n &&
         c->resumes < MCP_CALL_RESUMES_MOST && c->resumes_empty < MCP_CALL_RESUMES_EMPTY;
}

static bool mcp_call_pause(struct mcp_call *c, struct err *err) {
  int64_t retry = mcp_stream_retry_ms(&c->stream);
  uint64_t ms = retry < 0                        ? MCP_CALL_RETRY_MS
                : retry > MCP_CALL_RETRY_MS_MOST ? MCP_CALL_RETRY_MS_MOST
                                                 : (uint64_t)retry;
  if (c->end_us && clock_mono_us() + ms * 1000 > c->end_us)
    return err_set(err, ERR_TIMEOUT, "the time for the call ran out while its stream was broken");
  return ms == 0 || fiber_sleep(ms, err);
}

static bool mcp_call_resume(struct mcp_call *c, struct err *err) {
  struct arena *a = arena_new();
  struct send m = {.method = "GET", .limits = mcp_call_limits(c)};
  struct transfer *t;
  struct message_rules rules = peer_rules(c->peer);
  c->resumes++;
  c->resumes_empty = c->stream.stirred ? 0 : c->resumes_empty + 1;
  mcp_frame_legacy_headers(str_of(c->session->version), str_of(c->session->id), a, 1, &m.headers);
  m.headers.items[m.headers.count++] =
      (struct http_header){STR(WIRE_HEADER_LAST_EVENT), arena_dup(a, mcp_stream_last_id(&c->stream))};
  bool ok = mcp_call_pause(c, err) && send_open(c->peer, &m, a, &t, err);
  if (ok && transfer_status(t) >= 400) {
    ok = err_set(err, ERR_UPSTREAM, "the MCP server's stream broke and is not resumed (status %d)",
                 transfer_status(t));
    transfer_close(t);
  } else if (ok) {
    ok = mcp_stream_begin(&c->stream, t, &rules, err);
  }
  if (ok && !c->stream.sse) ok = err_set(err, ERR_UPSTREAM, "the MCP server resumes a stream with none");
  arena_free(a);
  return ok;
}

// ---- what comes back

static bool mcp_call_on_response(struct mcp_call *c, struct message *m, struct err *err) {
  const struct mcp_event *e = &m->e;
  struct message_mended mended = {.drop = c->left_out, .arg = c->left_out_arg};
  if (e->id ? !message_id_is(e->id, c->id) : e->kind != MCP_ERROR)
    return err_set(err, ERR_UPSTREAM, "the MCP server answered another request than this one");
  if (e->kind == MCP_ERROR) return true;
  if (!message_check_result(e->value, c->era, err) || !message_mend(m, c->method, c->era, &mended, err))
    return false;
  if (mended.dropped)
    log_warn("account %.*s: %.*s: left out of the answer are %zu entries that no client would take, first %s",
             STR_ARG(c->peer->o.holder), STR_ARG(c->method), mended.dropped, mended.why.text);
  return true;
}

// Is it for the caller? Pings are answered here, progress of nothing that we asked is dropped.
static bool mcp_call_judge(struct mcp_call *c, struct message *m, bool *wanted, struct err *err) {
  struct mcp_event *e = &m->e;
  *wanted = true;
  if (e->kind == MCP_RESULT || e->kind == MCP_ERROR) return mcp_call_on_response(c, m, err);
  if (e->kind == MCP_REQUEST) {
    if (c->era == MCP_MODERN)
      return err_set(err, ERR_UPSTREAM, "the MCP server sent a request (%.*s), which " WIRE_MODERN " has not",
                     STR_MOST(e->method, 60));
    *wanted = c->session && !str_is(e->method, "ping");
    if (!*wanted && c->session) mcp_session_decline(c->session, m);
    return true;
  }
  if (++c->notifications > MCP_CALL_NOTIFICATIONS_MOST && !c->endless)
    return err_set(err, ERR_LIMIT, "the MCP server sent more than %d notifications during one call",
                   MCP_CALL_NOTIFICATIONS_MOST);
  if (str_is(e->method, "notifications/progress"))
    *wanted = e->progress = message_id_is(yyjson_obj_get(e->params, "progressToken"), c->id);
  return true;
}

static bool mcp_call_from_inbox(struct mcp_call *c, struct message **out, struct err *err) {
  struct fetch_limits l = mcp_call_limits(c);
  uint64_t now = clock_mono_us(), wait_ms = l.stall_ms;
  if (c->end_us && c->end_us <= now)
    return err_set(err, ERR_TIMEOUT, "the MCP server did not answer in time");
  uint64_t left = c->end_us ? (c->end_us - now) / 1000 + 1 : 0;
  if (left && (!wait_ms || left < wait_ms)) wait_ms = left;
  return inbox_get(c->inbox, wait_ms, out, err);
}

static bool mcp_call_from_stream(struct mcp_call *c, struct message **out, struct err *err) {
  for (;;) {
    if (!mcp_stream_next(&c->stream, out, err)) {
      if (!c->stream.cut || !mcp_call_may_resume(c)) return false;
    } else if (*out) {
      return true;
    } else if (!mcp_call_may_resume(c)) {
      return err_set(err, ERR_UPSTREAM, "the MCP server ended its answer without a result");
    }
    if (!mcp_call_resume(c, err)) return false;
  }
}

// The next one for the caller, from where this call's messages come in.
static bool mcp_call_pull(struct mcp_call *c, bool by_inbox, struct message **out, struct err *err) {
  for (;;) {
    struct message *m;
    bool wanted;
    if (!peer_is_open(c->peer, err)) return false;
    if (!(by_inbox ? mcp_call_from_inbox(c, &m, err) : mcp_call_from_stream(c, &m, err)))
      return peer_explain_end(c->peer, err);
    if (!mcp_call_judge(c, m, &wanted, err)) {
      message_free(m);
      return false;
    }
    if (wanted) {
      *out = m;
      return true;
    }
    message_free(m);
  }
}

static bool mcp_call_is_last(const struct message *m) {
  return m->e.kind == MCP_RESULT || m->e.kind == MCP_ERROR;
}

bool mcp_call_next(struct mcp_call *c, struct mcp_event *out, struct err *err) {
  struct message *m;
  if (c->has_answer) {
    *out = c->answer;
    c->answer = (struct mcp_event){0};
    c->has_answer = false;
    c->done = true;
    return true;
  }
  if (c->status >= 400) {
    c->done = true; // it was refused: nothing is left to cancel
    return send_explain(c->status, c->refused, err);
  }
  bool by_inbox = c->session && c->session->endpoint;
  bool ok = c->reader ? inbox_get(c->inbox, 0, &m, err) : mcp_call_pull(c, by_inbox, &m, err);
  if (!ok) return false;
  if (str_is(m->e.method, "notifications/progress")) m->e.progress = true; // by the hub, too
  c->done = mcp_call_is_last(m);
  if (c->done && !c->reader) mcp_stream_finish(&c->stream);
  message_take(m, out);
  return true;
}

bool mcp_call_finish(struct mcp_call *c, struct mcp_event *out, struct err *err) {
  for (;;) {
    struct mcp_event e;
    if (!mcp_call_next(c, &e, err)) return false;
    if (e.kind == MCP_RESULT || e.kind == MCP_ERROR) {
      *out = e;
      return true;
    }
    if (e.kind == MCP_REQUEST && c->session) mcp_session_decline(c->session, &(struct message){.e = e});
    mcp_event_free(&e);
  }
}

// ---- detached

static void mcp_call_drop(struct mcp_call *c) {
  if (atomic_fetch_sub_explicit(&c->owners, 1, memory_order_acq_rel) != 1) return;
  struct mcp_peer *held = c->held;
  task_unref(c->reader);
  mcp_call_free(c);
  if (held) mcp_peer_unref(held);
}

static void mcp_call_read_on(void *arg) {
  struct mcp_call *c = arg;
  struct message *m;
  struct err why;
  for (bool last = false; !last;) {
    if (!mcp_call_pull(c, false, &m, &why)) break;
    last = mcp_call_is_last(m);
    if (!inbox_put(c->inbox, m)) {
      err_set(&why, ERR_LIMIT, "the MCP server sends messages faster than they are taken");
      break;
    }
    if (last) {
      mcp_stream_finish(&c->stream);
      err_set(&why, ERR_MISSING, "the call is over");
    }
  }
  inbox_close(c->inbox, &why);
  mcp_stream_free(&c->stream); // here, on its loop
  mcp_call_drop(c);
}

bool mcp_call_detach(struct mcp_call *c, struct err *err) {
  bool by_inbox = c->session && c->session->endpoint;
  if (c->reader || by_inbox || c->done || c->status >= 400) return true; // nothing is bound to this loop
  if (!c->inbox) c->inbox = inbox_new();
  atomic_store(&c->owners, 2);
  c->reader = task_start(c->peer, "mcp call", mcp_call_read_on, c, err);
  if (c->reader) return true;
  atomic_store(&c->owners, 1);
  return false;
}

static void mcp_call_cancel_upstream(struct mcp_call *c) {
  if (!c->sent || c->done || c->status >= 400 || c->era != MCP_LEGACY || !c->session) return;
  struct buf text = BUF_MAX(MCP_FRAME_PLAIN_MOST);
  mcp_frame_cancel(&text, c->id);
  mcp_session_post_behind(c->session, buf_str(&text));
  buf_free(&text);
}

void mcp_call_abandon(struct mcp_call *c) {
  mcp_call_cancel_upstream(c);
  if (c->hears) hub_drop_call(&c->session->hub, &c->waiting); // others are newer from now on
  if (c->reader) task_stop(c->reader);
  mcp_call_drop(c);
}

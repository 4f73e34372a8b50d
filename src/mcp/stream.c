// SPDX-License-Identifier: Apache-2.0
#include "mcp/stream.h"

#include "base/clock.h"
#include "base/decode.h"

// The one place where a transfer is let go of before its time.
static void mcp_stream_end(struct mcp_stream *s) {
  transfer_close(s->transfer);
  s->transfer = NULL;
}

void mcp_stream_free(struct mcp_stream *s) {
  mcp_stream_end(s);
  if (s->has_parser) sse_free(&s->parser);
  buf_free(&s->endpoint);
  message_free_all(s->queue.first);
  *s = (struct mcp_stream){0};
}

void mcp_stream_finish(struct mcp_stream *s) {
  transfer_finish(s->transfer);
  s->transfer = NULL;
}

static bool mcp_stream_read(struct mcp_stream *s, struct str *bytes, struct err *err) {
  if (transfer_read(s->transfer, bytes, err)) return true;
  s->cut = err->code == ERR_UPSTREAM;
  return false;
}

// A new transfer begins in the middle of nothing: what the last one left incomplete is dropped.
static void mcp_stream_forget_partial(struct sse_parser *p) {
  buf_clear(&p->line);
  buf_clear(&p->data);
  buf_clear(&p->event);
  buf_clear(&p->next_id);
  buf_add(&p->next_id, buf_str(&p->id));
  p->after_cr = p->begun = p->has_data = false;
}

// Some name it otherwise.
static bool mcp_stream_is_json(struct str type) {
  static const char *const names[] = {"application/json", "text/json", "application/json-rpc",
                                      "application/jsonrpc"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (str_is_nocase(type, names[i])) return true;
  return type.n > 5 && str_is_nocase(str_from(type, type.n - 5), "+json");
}

bool mcp_stream_begin(struct mcp_stream *s, struct transfer *t, const struct message_rules *rules,
                      struct err *err) {
  struct str type = http_media_type(http_header_get(transfer_headers(t), "content-type"));
  mcp_stream_end(s);
  s->transfer = t;
  s->rules = *rules;
  s->stirred = s->cut = false;
  s->sse = str_is_nocase(type, "text/event-stream");
  if (s->sse && s->has_parser) mcp_stream_forget_partial(&s->parser);
  if (s->sse && !s->has_parser) {
    s->parser = SSE_PARSER(rules->bytes_most);
    s->parser.line.payer = s->parser.data.payer = rules->payer;
  }
  s->has_parser = s->has_parser || s->sse;
  if (s->sse || mcp_stream_is_json(type)) return true;
  err_set(err, ERR_UPSTREAM, "status %d with Content-Type \"%.*s\": no answer of an MCP server",
          transfer_status(t), STR_MOST(type, 60));
  mcp_stream_end(s); // after the words, which are the transfer's
  return false;
}

static bool mcp_stream_on_event(void *ctx, const struct sse_event *event, struct err *err) {
  struct mcp_stream *s = ctx;
  struct message *list;
  s->stirred = true;
  if (s->endpoint_wanted && !s->endpoint.n) {
    if (!str_is(event->event, "endpoint"))
      return err_set(err, ERR_UPSTREAM, "the event stream does not begin with an endpoint event");
    if (event->data.n == 0 || event->data.n > MCP_STREAM_ENDPOINT_MOST)
      return err_set(err, ERR_UPSTREAM, "the endpoint event has no address, or one of more than %d bytes",
                     MCP_STREAM_ENDPOINT_MOST);
    buf_add(&s->endpoint, event->data);
    return true;
  }
  // An event without data only says its id ("priming", 2025-11-25); events of other names are not for us.
  if (!str_is(event->event, "message") || event->data.n == 0) return true;
  if (!message_read(event->data, &s->rules, &list, err)) return false;
  message_queue_add(&s->queue, list);
  return true;
}

// More of an event stream. At its end the transfer is gone.
static bool mcp_stream_read_events(struct mcp_stream *s, struct err *err) {
  struct str bytes;
  if (!mcp_stream_read(s, &bytes, err)) return false;
  if (bytes.n == 0) {
    mcp_stream_end(s);
    return true;
  }
  return sse_feed(&s->parser, bytes, mcp_stream_on_event, s, err);
}

static bool mcp_stream_read_body(struct mcp_stream *s, struct err *err) {
  struct buf body = BUF_PAID(s->rules.bytes_most, s->rules.payer);
  struct str bytes = STR("");
  bool ok = true;
  do {
    ok = mcp_stream_read(s, &bytes, err);
    if (ok) buf_add(&body, bytes);
    if (ok && body.starved) ok = payer_explain(body.payer, err);
    if (ok && body.full)
      ok = err_set(err, ERR_LIMIT, "the MCP server's answer passes %zu bytes", s->rules.bytes_most);
    if (ok && bytes.n && s->body_end_us && clock_mono_us() > s->body_end_us)
      ok = err_set(err, ERR_TIMEOUT, "the MCP server's answer was not whole in time");
  } while (ok && bytes.n);
  struct message *list = NULL;
  if (ok) decode_body(http_header_get(transfer_headers(s->transfer), "content-type"), &body);
  ok = ok && message_read(buf_str(&body), &s->rules, &list, err);
  if (ok) message_queue_add(&s->queue, list);
  buf_free(&body);
  if (ok) mcp_stream_end(s);
  return ok;
}

// Whatever went wrong, nothing more is wanted of this transfer: a vendor that leaves it open holds nothing of
// ours by that.
static bool mcp_stream_fail(struct mcp_stream *s) {
  mcp_stream_end(s);
  return false;
}

bool mcp_stream_next(struct mcp_stream *s, struct message **out, struct err *err) {
  struct message *m;
  while (!(m = message_queue_take(&s->queue)) && s->transfer)
    if (!(s->sse ? mcp_stream_read_events(s, err) : mcp_stream_read_body(s, err))) return mcp_stream_fail(s);
  *out = m;
  return true;
}

bool mcp_stream_endpoint(struct mcp_stream *s, struct str *out, struct err *err) {
  if (!s->sse) {
    err_set(err, ERR_UPSTREAM, "GET is not answered with an event stream");
    return mcp_stream_fail(s);
  }
  s->endpoint_wanted = true;
  s->endpoint.max = MCP_STREAM_ENDPOINT_MOST;
  while (!s->endpoint.n) {
    if (!s->transfer) return err_set(err, ERR_UPSTREAM, "the event stream ended before its endpoint event");
    if (!mcp_stream_read_events(s, err)) return mcp_stream_fail(s);
  }
  *out = buf_str(&s->endpoint);
  return true;
}

struct str mcp_stream_last_id(const struct mcp_stream *s) {
  return s->has_parser ? buf_str(&s->parser.id) : STR_NONE;
}

int64_t mcp_stream_retry_ms(const struct mcp_stream *s) {
  return s->has_parser ? s->parser.retry_ms : -1;
}

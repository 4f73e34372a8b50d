// SPDX-License-Identifier: Apache-2.0
#include "serve/reply.h"

#include <stdarg.h>
#include <stdio.h>

#include "http/sse.h"
#include "io/fiber.h"
#include "mcp/wire.h"
#include "serve/stream.h"

bool reply_can_tell(const struct serve_request *r) {
  return !r->transport.batch && (!r->transport.http || r->transport.takes_events);
}

// Events of a session are numbered and kept. Clients before 2025-11-25 know no empty first event.
static void reply_remember(struct serve_request *r, struct buf *first) {
  struct replay *m = r->transport.era == MCP_LEGACY ? serve_replay(r) : NULL;
  if (!m || r->transport.batch) return;
  r->transport.stream = replay_stream_begin(m, REPLAY_POST);
  http_request_outlive(r->transport.http);
  if (str_is(r->client.version, WIRE_LEGACY_LATEST)) replay_prime(m, r->transport.stream, first);
}

// What was written is kept for a client that comes back, so that its going is no failure.
static bool reply_settle(struct serve_request *r, bool ok, struct err *err) {
  return ok || (r->transport.stream && err->code == ERR_CANCELED && !fiber_canceled());
}

static bool reply_begin(struct serve_request *r, int status, struct err *err) {
  struct buf first = BUF_MAX(256);
  if (r->transport.streaming) return true;
  r->transport.streaming = true;
  reply_remember(r, &first);
  http_reply_header(r->transport.http, "X-Accel-Buffering", STR("no"));
  bool ok = http_stream_begin(r->transport.http, status, "text/event-stream", err) &&
            (first.n == 0 || http_stream_write(r->transport.http, buf_str(&first), err));
  buf_free(&first);
  return reply_settle(r, ok, err);
}

static bool reply_write(struct serve_request *r, struct str message, struct err *err) {
  struct buf frame = BUF_MAX(SERVE_REPLY_MOST + 256);
  struct replay_place reader;
  bool elsewhere =
      r->transport.stream && replay_record(r->client.replay, r->transport.stream, message, &frame, &reader);
  if (elsewhere) { // the client has come back for it
    stream_push(&reader, &frame);
    return true;
  }
  if (!r->transport.stream) sse_write(&frame, STR("message"), message);
  bool ok = http_stream_write(r->transport.http, buf_str(&frame), err);
  buf_free(&frame);
  return reply_settle(r, ok, err);
}

bool reply_event(struct serve_request *r, struct str message, struct err *err) {
  if (!r->transport.http) {
    if (stream_tell(r->client.replay, message)) return true;
    return err_set(err, ERR_CANCELED, "the session's stream is closed");
  }
  return reply_begin(r, 200, err) && reply_write(r, message, err);
}

static void reply_end(struct serve_request *r) {
  struct replay_place reader;
  if (!r->transport.stream) return;
  replay_stream_end(r->client.replay, r->transport.stream);
  if (replay_reader(r->client.replay, r->transport.stream, &reader)) stream_close(&reader);
}

void reply_send(struct serve_request *r, int status, struct buf *message) {
  struct err err;
  if (message->full) {
    buf_free(message);
    *message = BUF_MAX(SERVE_REPLY_MOST);
    jsonrpc_error(message, NULL, JSONRPC_INTERNAL_ERROR, STR("the answer passes what this server sends"),
                  STR_NONE);
  }
  if (r->transport.http && r->transport.takes_json && !r->transport.streaming) {
    http_reply_buf(r->transport.http, status, "application/json", message);
    return;
  }
  if (!r->transport.http)
    stream_tell(r->client.replay, buf_str(message));
  else if (reply_begin(r, status, &err))
    (void)!reply_write(r, buf_str(message), &err); // the client has gone: nobody to tell
  reply_end(r);
  buf_free(message);
}

bool reply_refuse(struct serve_request *r, int status, int code, const char *format, ...) {
  char text[512];
  va_list ap;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  struct buf message = BUF_MAX(SERVE_REPLY_MOST);
  struct str words = {text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
  jsonrpc_error(&message, r->message.rpc.id, code, words, STR_NONE);
  reply_send(r, status, &message);
  return false;
}

void reply_nothing(struct serve_request *r) {
  if (r->transport.http) http_reply(r->transport.http, 202, NULL, STR_NONE);
}

void reply_withdraw(struct serve_request *r) {
  struct err err;
  if (r->transport.http && !r->transport.streaming) {
    // A stream with nothing on it; where the client has gone already, nobody sees it.
    if (!r->transport.takes_events || !http_stream_begin(r->transport.http, 200, "text/event-stream", &err))
      http_reply(r->transport.http, 202, NULL, STR_NONE);
  }
  reply_end(r);
}

// SPDX-License-Identifier: Apache-2.0
#include "admin/events.h"

#include "admin/put.h"
#include "http/sse.h"

enum { ADMIN_EVENT_MOST = 4096 };

#define EVENTS_ERROR                                                                                         \
  {"error", "the last, where it failed: {\"error\": {…}}"}, {                                                \
    NULL, NULL                                                                                               \
  }

const struct admin_event admin_run_events[] = {
    {"progress", "step, state (waiting, calling, complete, failed), ended of known calls"},
    {"wait", "wait_seconds: a vendor's rate limit is waited for"},
    {"result", "the last: the answer, as without events"},
    EVENTS_ERROR};
const struct admin_event admin_ask_events[] = {
    {"understood", "understood, as in the answer, and assumptions; told again where more was found out"},
    {"plan", "before a program runs: of (names, columns, model, answer, trouble), program, calls (step, "
             "account, tool), "
             "calls_least, calls_known"},
    {"model", "a language model is asked or has replied: state (asked, replied), engine, round, doing, "
              "input_tokens, output_tokens, cached_tokens, ms"},
    {"call",
     "a call goes out or has come back: state (begun, complete, failed), of, number, step, account, tool, "
     "arguments, page; then rows, bytes, ms, cached, and why where it failed"},
    {"read",
     "a step has moved: of, step, state, ended of known calls, rows; or wait_seconds, where a vendor's "
     "rate limit is waited for"},
    {"answer", "the last: the answer, as without events"},
    EVENTS_ERROR};

bool admin_events_wanted(const struct http_request *in) {
  struct str accept = http_header_get(&in->headers, "accept");
  return admin_mentions(accept, STR("text/event-stream")) && http_accepts(accept, "text/event-stream");
}

void admin_events_send(struct admin_events *e, struct str name, struct str data) {
  struct buf frame = BUF_MAX(data.n + ADMIN_EVENT_MOST);
  struct err err;
  sse_write(&frame, name, data);
  if (!e->gone) e->gone = !http_stream_write(e->call->http, buf_str(&frame), &err);
  buf_free(&frame);
}

static void admin_events_step(struct admin_events *e, const struct program_progress *p) SUSPENDS;
static void admin_events_step(struct admin_events *e, const struct program_progress *p) {
  struct buf data = BUF_MAX(ADMIN_EVENT_MOST);
  put_open(&data, NULL, '{');
  put_text(&data, "step", p->step);
  put_text(&data, "state", str_of(p->state));
  put_int(&data, "ended", (int64_t)p->ended);
  put_int(&data, "known", (int64_t)p->known);
  put_close(&data, '}');
  admin_events_send(e, STR("progress"), buf_str(&data));
  buf_free(&data);
}

// What is another than was told before.
static void admin_events_tell(void *arg, struct program_run *run) {
  struct admin_events *e = arg;
  struct program_progress p;
  for (size_t i = 0; program_progress(run, i, &p); i++) {
    bool same = e->told[i].state == p.state && e->told[i].ended == p.ended && e->told[i].known == p.known;
    e->told[i].state = p.state;
    e->told[i].ended = p.ended;
    e->told[i].known = p.known;
    if (!same) admin_events_step(e, &p);
  }
  if (!program_waits(run)) return;
  char data[64];
  int n = snprintf(data, sizeof data, "{\"wait_seconds\":%lld}", (long long)program_waits(run));
  admin_events_send(e, STR("wait"), str_make(data, (size_t)n));
}

bool admin_events_begin(struct admin_events *e, struct err *err) {
  struct http_exchange *x = e->call->http;
  http_reply_header(x, "Cache-Control", STR("no-store"));
  http_reply_header(x, "X-Accel-Buffering", STR("no"));
  e->call->streamed = true;
  e->gone = !http_stream_begin(x, 200, "text/event-stream", err);
  return !e->gone;
}

void admin_events_follow(struct admin_events *e, struct program_run *run) {
  program_follow(run, admin_events_tell, e);
  admin_events_tell(e, run);
}

void admin_events_end(struct admin_events *e, const struct err *failure) {
  struct buf *out = &e->call->out;
  struct err large;
  if (!failure && out->full) {
    err_set(&large, ERR_LIMIT, "the answer passes %d bytes", ADMIN_REPLY_MOST);
    failure = &large;
  }
  if (failure) {
    struct buf data = BUF_MAX(ADMIN_EVENT_MOST);
    put_open(&data, NULL, '{');
    put_open(&data, "error", '{');
    put_text(&data, "code", str_of(err_name(failure->code)));
    put_text(&data, "message", str_of(failure->text));
    if (failure->hint[0]) put_text(&data, "hint", str_of(failure->hint));
    put_text(&data, "request_id", e->call->in->id);
    put_close(&data, '}');
    put_close(&data, '}');
    admin_events_send(e, STR("error"), buf_str(&data));
    buf_free(&data);
  } else {
    admin_events_send(e, str_of(e->last), buf_str(out));
  }
}

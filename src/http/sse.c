// SPDX-License-Identifier: Apache-2.0
#include "http/sse.h"

enum { SSE_KEPT_MOST = 16 * 1024 }; // bytes of a buffer that is kept for the next event

static size_t sse_line_length(struct str s) {
  size_t n = 0;
  while (n < s.n && s.p[n] != '\n' && s.p[n] != '\r') n++;
  return n;
}

void sse_write(struct buf *out, struct str event, struct str data) {
  if (event.n && sse_line_length(event) == event.n) {
    buf_add(out, STR("event: "));
    buf_add(out, event);
    buf_add_char(out, '\n');
  }
  for (;;) {
    size_t n = sse_line_length(data);
    buf_add(out, STR("data: "));
    buf_add(out, str_make(data.p, n));
    buf_add_char(out, '\n');
    if (n == data.n) break;
    bool crlf = data.p[n] == '\r' && n + 1 < data.n && data.p[n + 1] == '\n';
    data = str_from(data, n + (crlf ? 2 : 1));
  }
  buf_add_char(out, '\n');
}

static void sse_set(struct buf *b, struct str value) {
  buf_clear(b);
  buf_add(b, value);
}

// An event name or id beyond the maximum is no event of ours; both are cut to nothing.
static void sse_field(struct sse_parser *p, struct str name, struct str value) {
  uint64_t ms;
  if (str_is(name, "data")) {
    buf_add(&p->data, value);
    buf_add_char(&p->data, '\n');
    p->has_data = true;
  } else if (str_is(name, "event")) {
    sse_set(&p->event, value);
  } else if (str_is(name, "id")) {
    if (str_find(value, 0) < 0) sse_set(&p->next_id, value);
  } else if (str_is(name, "retry")) {
    if (value.n && str_to_u64(value, &ms) && ms <= INT64_MAX) p->retry_ms = (int64_t)ms;
  }
}

// A stream that was once told something large may idle for hours.
static void sse_forget(struct buf *b) {
  if (b->cap > SSE_KEPT_MOST)
    buf_free(b);
  else
    buf_clear(b);
}

static bool sse_dispatch(struct sse_parser *p, sse_on_event *on_event, void *ctx, struct err *err) {
  sse_set(&p->id, buf_str(&p->next_id));
  struct sse_event e = {.event = p->event.n ? buf_str(&p->event) : STR("message"),
                        .data = buf_str(&p->data),
                        .id = buf_str(&p->id)};
  bool has_data = p->has_data, fine = true;
  if (has_data) {
    e.data.n--; // the last line's end
    fine = on_event(ctx, &e, err);
  }
  p->has_data = false;
  sse_forget(&p->data);
  buf_clear(&p->event);
  return fine;
}

static bool sse_line(struct sse_parser *p, sse_on_event *on_event, void *ctx, struct err *err) {
  struct str line = buf_str(&p->line);
  if (line.n == 0) return sse_dispatch(p, on_event, ctx, err);
  ptrdiff_t colon = str_find(line, ':');
  if (colon == 0) return true; // a comment
  struct str name = colon < 0 ? line : str_make(line.p, (size_t)colon);
  struct str value = colon < 0 ? STR("") : str_from(line, (size_t)colon + 1);
  if (value.n && value.p[0] == ' ') value = str_from(value, 1);
  sse_field(p, name, value);
  if (p->data.starved) return payer_explain(p->data.payer, err);
  if (p->data.full) return err_set(err, ERR_LIMIT, "an event's data passes %zu bytes", p->data.max - 1);
  return true;
}

// One leading byte order mark is passed over, also when it comes in pieces.
static void sse_skip_mark(struct sse_parser *p) {
  if (p->begun) return;
  p->begun = true;
  if (str_starts(buf_str(&p->line), "\xef\xbb\xbf")) buf_drop(&p->line, 3);
}

bool sse_feed(struct sse_parser *p, struct str bytes, sse_on_event *on_event, void *ctx, struct err *err) {
  while (bytes.n) {
    if (p->after_cr && bytes.p[0] == '\n') bytes = str_from(bytes, 1); // CR LF is one line end
    p->after_cr = false;
    size_t n = sse_line_length(bytes);
    buf_add(&p->line, str_make(bytes.p, n));
    if (p->line.starved) return payer_explain(p->line.payer, err);
    if (p->line.full)
      return err_set(err, ERR_LIMIT, "a line of an event stream passes %zu bytes", p->line.max);
    if (n == bytes.n) break;
    p->after_cr = bytes.p[n] == '\r';
    bytes = str_from(bytes, n + 1);
    sse_skip_mark(p);
    if (!sse_line(p, on_event, ctx, err)) return false;
    sse_forget(&p->line);
  }
  return true;
}

void sse_free(struct sse_parser *p) {
  buf_free(&p->line);
  buf_free(&p->data);
  buf_free(&p->event);
  buf_free(&p->id);
  buf_free(&p->next_id);
}

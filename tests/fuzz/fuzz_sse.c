// SPDX-License-Identifier: Apache-2.0
// Input: an event stream. However it is cut, the same events come out; and an event that is written
// again reads as itself.
#include <stdint.h>
#include <stdlib.h>

#include "http/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENT_MOST = 512 };

struct seen {
  struct buf *out;
  bool nested;
};

static bool note(void *ctx, const struct sse_event *e, struct err *err);

static void write_and_read(const struct sse_event *e) {
  struct buf text = BUF_MAX(16 * EVENT_MOST), again = BUF_MAX(16 * EVENT_MOST),
             wanted = BUF_MAX(16 * EVENT_MOST);
  struct sse_parser p = SSE_PARSER(EVENT_MOST);
  struct seen seen = {&again, true};
  struct sse_event bare = *e;
  struct err err;
  bare.id = STR("");
  sse_write(&text, e->event, e->data);
  if (!sse_feed(&p, buf_str(&text), note, &seen, &err)) abort();
  if (!note(&(struct seen){&wanted, true}, &bare, &err)) abort();
  if (!str_eq(buf_str(&again), buf_str(&wanted))) abort();
  sse_free(&p);
  buf_free(&text);
  buf_free(&again);
  buf_free(&wanted);
}

static bool note(void *ctx, const struct sse_event *e, struct err *err) {
  struct seen *seen = ctx;
  (void)err;
  if (e->data.n > EVENT_MOST || e->event.n > SSE_FIELD_MOST || e->id.n > SSE_FIELD_MOST) abort();
  buf_printf(seen->out, "%zu,%zu,%zu:", e->event.n, e->data.n, e->id.n);
  buf_add(seen->out, e->event);
  buf_add(seen->out, e->data);
  buf_add(seen->out, e->id);
  if (!seen->nested) write_and_read(e);
  return true;
}

static bool feed(struct str bytes, size_t step, struct buf *out, int64_t *retry_ms) {
  struct sse_parser p = SSE_PARSER(EVENT_MOST);
  struct seen seen = {out, false};
  struct err err;
  bool fine = true;
  while (fine && bytes.n) {
    size_t n = bytes.n < step ? bytes.n : step;
    fine = sse_feed(&p, str_make(bytes.p, n), note, &seen, &err);
    bytes = str_from(bytes, n);
  }
  *retry_ms = p.retry_ms;
  sse_free(&p);
  return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  struct str bytes = {(const char *)data + 1, size - 1};
  struct buf whole = BUF_MAX(1 << 24), cut = BUF_MAX(1 << 24);
  int64_t retry_whole, retry_cut;
  bool fine_whole = feed(bytes, SIZE_MAX, &whole, &retry_whole);
  bool fine_cut = feed(bytes, (size_t)data[0] % 13 + 1, &cut, &retry_cut);
  if (fine_whole != fine_cut || retry_whole != retry_cut || !str_eq(buf_str(&whole), buf_str(&cut))) abort();
  buf_free(&whole);
  buf_free(&cut);
  return 0;
}

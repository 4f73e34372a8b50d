// SPDX-License-Identifier: Apache-2.0
// Input: a byte that chooses the wire format and how the rest, a reply's stream, is cut. However it is cut, the same comes
// of it; calls come of whole replies only; and what would be sent back is JSON.
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "data/json.h"
#include "llm/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES_MOST = 1 << 20 };

static struct llm_reply *read_reply(const struct llm_wire *wire, struct str bytes, size_t step) {
  struct llm_reply *r = llm_reply_new(wire, BYTES_MOST, NULL, NULL);
  while (bytes.n) {
    size_t n = bytes.n < step ? bytes.n : step;
    llm_reply_feed(r, str_make(bytes.p, n));
    bytes = str_from(bytes, n);
  }
  return r;
}

static void look(const struct llm_outcome *o) {
  static const struct json_limits limits = {.depth = 200, .nodes = 1000000, .raw_numbers = true};
  struct buf array = BUF_MAX(8 * BYTES_MOST);
  yyjson_doc *doc;
  struct err err;
  if (o->call_count && o->stop != LLM_STOP_CALLS) abort();
  buf_add_char(&array, '[');
  buf_add(&array, o->items);
  buf_add_char(&array, ']');
  if (!json_read(buf_str(&array), &limits, &doc, &err)) abort();
  yyjson_doc_free(doc);
  buf_free(&array);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct llm_wire *const wires[] = {&llm_messages, &llm_responses, &llm_chat};
  if (size < 2) return 0;
  struct str bytes = {(const char *)data + 1, size - 1};
  struct llm_reply *whole = read_reply(wires[data[0] % 3], bytes, SIZE_MAX);
  struct llm_reply *cut = read_reply(wires[data[0] % 3], bytes, (size_t)data[0] % 11 + 1);
  const struct llm_outcome *a = llm_reply_end(whole), *b = llm_reply_end(cut);
  look(a);
  if (a->stop != b->stop || a->call_count != b->call_count || !str_eq(a->text, b->text) ||
      !str_eq(a->items, b->items))
    abort();
  llm_reply_free(whole);
  llm_reply_free(cut);
  return 0;
}

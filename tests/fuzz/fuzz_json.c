// SPDX-License-Identifier: Apache-2.0
// Any text: json_forward agrees with yyjson, also where the room is short; json_read has an error or a
// document that writes and reads again; escaping any bytes gives a string that reads back.
#include "fuzz.h"

#include "../unit/support/forward_oracle.h"
#include "base/codec.h"

static void fuzz_read(struct str text) {
  struct json_limits limits = {.depth = 64, .nodes = 10000, .raw_numbers = true};
  yyjson_doc *doc, *again;
  struct err err = {.code = ERR_OK};
  if (!json_read(text, &limits, &doc, &err)) {
    fuzz_check(err.code == ERR_INVALID || err.code == ERR_LIMIT, "refused without a reason");
    return;
  }
  struct buf out = BUF_MAX(16 << 20);
  json_write(&out, yyjson_doc_get_root(doc));
  fuzz_check(json_read(buf_str(&out), &limits, &again, &err), "what was written does not read: %s", err.text);
  yyjson_doc_free(again);
  yyjson_doc_free(doc);
  buf_free(&out);
}

static void fuzz_escape(struct str bytes) {
  struct buf out = BUF_MAX(64 << 20);
  json_add_string(&out, bytes);
  yyjson_doc *doc = yyjson_read(out.p, out.n, 0);
  fuzz_check(doc, "an escaped string does not read");
  struct str back = json_text(yyjson_doc_get_root(doc));
  fuzz_check(!codec_is_utf8(bytes) || str_eq(back, bytes), "an escaped string reads differently");
  yyjson_doc_free(doc);
  buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size};
  const char *wrong = forward_oracle(text, 16 << 20);
  fuzz_check(!wrong, "%s", wrong);
  wrong = forward_oracle(text, size);
  fuzz_check(!wrong, "with little room: %s", wrong);
  fuzz_read(text);
  fuzz_escape(text);
  return 0;
}

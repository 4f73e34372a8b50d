// SPDX-License-Identifier: Apache-2.0
// A body of any bytes as JSON-RPC: a message has one of three shapes, an id that can be echoed comes back
// as it was, and any error we write about it is JSON again. The first line is tried as a header value too.
#include "fuzz.h"

#include "data/json.h"
#include "mcp/jsonrpc.h"
#include "mcp/wire.h"

static void check_error(const struct jsonrpc_message *m) {
  struct buf out = BUF_MAX(1 << 24), id = BUF_MAX(1 << 24);
  yyjson_doc *doc;
  struct err err;
  struct json_limits raw = JSON_LIMITS;
  raw.raw_numbers = true;
  jsonrpc_error(&out, m->id, JSONRPC_INVALID_REQUEST, m->method.n ? m->method : STR("\xff\"\n"),
                STR("{\"a\":[1]}"));
  fuzz_check(json_read(buf_str(&out), &raw, &doc, &err), "our error is no JSON: %s", err.text);
  if (m->id) {
    struct buf echoed = BUF_MAX(1 << 24);
    json_write(&id, m->id);
    json_write(&echoed, yyjson_obj_get(yyjson_doc_get_root(doc), "id"));
    fuzz_check(str_eq(buf_str(&id), buf_str(&echoed)), "the id changed to %.*s", STR_ARG(buf_str(&echoed)));
    buf_free(&echoed);
  }
  yyjson_doc_free(doc);
  buf_free(&id);
  buf_free(&out);
}

static void check_message(yyjson_val *value) {
  struct jsonrpc_message m;
  struct err err;
  if (jsonrpc_read(value, &m, &err)) {
    fuzz_check((m.kind == JSONRPC_NOTIFICATION) == (m.id == NULL), "kind %d and id do not agree",
               (int)m.kind);
    fuzz_check(m.kind == JSONRPC_RESPONSE || !m.params || yyjson_is_obj(m.params), "params are no object");
    (void)wire_name_member(m.method);
  }
  check_error(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size}, rest = text, line, value;
  struct arena *a = arena_new();
  struct err err;
  if (str_cut(&rest, '\n', &line) && wire_header_decode(a, line, &value))
    fuzz_check(value.n <= line.n, "a header value grew from %zu to %zu bytes", line.n, value.n);
  for (int raw = 0; raw < 2; raw++) {
    struct json_limits limits = JSON_LIMITS;
    yyjson_doc *doc;
    limits.raw_numbers = raw;
    if (!json_read(text, &limits, &doc, &err)) continue;
    yyjson_val *root = yyjson_doc_get_root(doc), *element;
    size_t i, n;
    check_message(root);
    if (yyjson_is_arr(root))
      yyjson_arr_foreach (root, i, n, element) check_message(element);
    yyjson_doc_free(doc);
  }
  arena_free(a);
  return 0;
}

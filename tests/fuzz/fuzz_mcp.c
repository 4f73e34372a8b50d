// SPDX-License-Identifier: Apache-2.0
// Input: what a remote MCP server sends, by its first byte: a message (or batch), the endpoint event, or a
// schema with arguments behind a NUL. What is taken is whole and stays the same when it is written again.
#include "data/json.h"
#include "data/uri.h"
#include "fuzz.h"
#include "http/guard.h"
#include "mcp/endpoint.h"
#include "mcp/message.h"
#include "mcp/param.h"

static void messages(struct str text) {
  struct json_limits limits = {.depth = 32, .nodes = 2000, .raw_numbers = true};
  struct message_rules rules = {&limits, 1 << 16, NULL};
  struct message *list = NULL;
  struct err err;
  if (!message_read(text, &rules, &list, &err)) {
    fuzz_check(err.code == ERR_UPSTREAM || err.code == ERR_LIMIT, "%s", err_name(err.code));
    return;
  }
  fuzz_check(list, "nothing was read");
  for (struct message *m = list; m; m = m->next) {
    struct message *copy = message_copy(m);
    fuzz_check(copy && copy->e.kind == m->e.kind && str_eq(copy->e.method, m->e.method), "a copy differs");
    if (m->e.kind == MCP_RESULT) {
      fuzz_check(yyjson_is_obj(m->e.value) && m->e.id, "a result without object or id");
      bool modern = message_check_result(m->e.value, MCP_MODERN, &err);
      bool legacy = message_check_result(m->e.value, MCP_LEGACY, &err);
      fuzz_check(modern || !legacy, "taken in the legacy era only");
    }
    message_free(copy);
  }
  message_free_all(list);
}

static void endpoint(struct str reference) {
  struct arena *a = arena_new();
  struct str out;
  struct uri u;
  struct err err;
  if (mcp_endpoint_resolve(a, STR("https://vendor.example:8443/v1/sse?a=b"), reference, &out, &err)) {
    fuzz_check(uri_parse_http(out, &u, &err), "no URL: %.*s", STR_ARG(out));
    fuzz_check(str_is_nocase(u.scheme, "https") && str_is_nocase(u.host, "vendor.example") && u.port == 8443,
               "another origin: %.*s", STR_ARG(out));
  }
  arena_free(a);
}

static void params(struct str text) {
  ptrdiff_t cut = str_find(text, 0);
  if (cut < 0) return;
  struct json_limits limits = {.depth = 64, .nodes = 2000};
  yyjson_doc *schema = NULL, *arguments = NULL;
  struct err err;
  if (json_read(str_make(text.p, (size_t)cut), &limits, &schema, &err) &&
      json_read(str_from(text, (size_t)cut + 1), &limits, &arguments, &err)) {
    struct arena *a = arena_new();
    yyjson_mut_doc *made = yyjson_doc_mut_copy(arguments, NULL);
    struct http_headers headers = {0};
    yyjson_val *root = yyjson_doc_get_root(schema);
    if (param_schema_is_sound(root, &err)) {
      fuzz_check(param_headers(root, yyjson_mut_doc_get_root(made), a, &headers, &err), "%s", err.text);
      fuzz_check(param_agree(root, yyjson_doc_get_root(arguments), &headers, a, &err), "%s", err.text);
      fuzz_check(param_schema_has_any(root) || headers.count == 0, "headers of nothing");
    }
    yyjson_mut_doc_free(made);
    arena_free(a);
  }
  yyjson_doc_free(schema);
  yyjson_doc_free(arguments);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static void (*const kinds[])(struct str text) = {messages, endpoint, params};
  if (size == 0) return 0;
  kinds[data[0] % 3](str_make((const char *)data + 1, size - 1));
  return 0;
}

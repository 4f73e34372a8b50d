// SPDX-License-Identifier: Apache-2.0
// Any text is compiled or refused, and what is compiled holds what compile.h promises: every input
// schema sound and an object under the ceiling, every name unique and short, the same bytes twice. What is compiled
// can be read as a toolset and be imported: put into one text it gives the same tools.
#include <stdlib.h>

#include "data/json.h"
#include "data/schema.h"
#include "openapi/bundle.h"
#include "openapi/compile.h"
#include "openapi/security.h"
#include "openapi/servers.h"
#include "tool/tool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CEILING = 4096, NAME_MOST = 60 };

static void check_tools(struct str toolset) {
  yyjson_doc *doc = yyjson_read(toolset.p, toolset.n, YYJSON_READ_ALLOW_INVALID_UNICODE);
  yyjson_val *tools = yyjson_obj_get(yyjson_doc_get_root(doc), "tools"), *tool;
  struct str before = STR("");
  size_t i, n;
  if (!yyjson_is_arr(tools)) abort();
  yyjson_arr_foreach (tools, i, n, tool) {
    struct str name = json_str(tool, "name");
    yyjson_val *input = yyjson_obj_get(tool, "input");
    struct err err;
    if (!name.n || name.n > NAME_MOST || str_compare(before, name) >= 0) abort();
    if (!str_is(json_str(input, "type"), "object") || !schema_is_sound(input, &err)) abort();
    size_t bytes;
    char *text = yyjson_val_write(input, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &bytes);
    free(text);
    // The names of the tools that give an argument come on top, at most one sentence each.
    if (bytes > CEILING + 128 * yyjson_obj_size(yyjson_obj_get(tool, "sources"))) abort();
    before = name;
  }
  yyjson_doc_free(doc);
}

static void check_import(struct str text, const struct openapi_options *o, const struct openapi_result *first,
                         struct arena *a) {
  struct openapi_result second;
  struct toolset *set;
  struct document *d;
  struct str url;
  struct err err;
  if (!toolset_read(first->toolset, &set, &err) || set->count != first->tools) abort();
  toolset_unref(set);
  if (!document_parse(text, a, &d, &err)) abort();
  struct buf one = BUF_MAX(64 << 20), remarks = BUF_MAX(64 << 10);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *ways = yyjson_mut_arr(doc);
  security_ways(&(struct security_ask){d, STR("https://h.example/v1"), a, &remarks}, doc, ways);
  if (yyjson_mut_arr_size(ways) > SECURITY_WAYS_MOST) abort();
  if (servers_base_url(d, STR("https://h.example/x.json"), a, &url, &err) && !str_starts(url, "http"))
    abort();
  if (!bundle_write(d, a, &one, &err) || !openapi_compile_text(buf_str(&one), o, a, &second, &err)) abort();
  if (first->tools != second.tools || first->skipped != second.skipped) abort();
  yyjson_mut_doc_free(doc);
  buf_free(&remarks);
  buf_free(&one);
  document_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct openapi_options o = {.connector = STR("acme"), .tool_bytes = CEILING};
  struct openapi_result first, second;
  struct arena *a = arena_new();
  struct err err;
  struct str text = str_make((const char *)data, size);
  if (openapi_compile_text(text, &o, a, &first, &err)) {
    if (first.tools + first.skipped < first.operations) abort();
    check_tools(first.toolset);
    if (!openapi_compile_text(text, &o, a, &second, &err) || !str_eq(first.toolset, second.toolset)) abort();
    check_import(text, &o, &first, a);
  }
  arena_free(a);
  return 0;
}

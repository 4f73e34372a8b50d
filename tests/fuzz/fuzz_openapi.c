// SPDX-License-Identifier: Apache-2.0
// Any text is compiled or refused, and what is compiled holds what compile.h promises: every input
// schema sound and an object under the ceiling, every name unique and short, the same bytes twice.
#include <stdlib.h>

#include "data/json.h"
#include "data/schema.h"
#include "openapi/compile.h"

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
  }
  arena_free(a);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// A vendor's result of any kind becomes one of ours: an object with a list of blocks, bounded, whatever came.
#include "fuzz.h"

#include <stdlib.h>

#include "call/judge.h"
#include "call/shape.h"
#include "data/json.h"

enum { CEILING = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct connector connector = {
      .kind = CONNECTOR_MCP, .name = {"acme", 4}, .label = {"Acme", 4}};
  yyjson_doc *doc;
  struct err err;
  struct json_limits limits = {.depth = 64, .nodes = 20000, .raw_numbers = true};
  if (!json_read(str_make((const char *)data, size), &limits, &doc, &err)) return 0;
  struct arena *a = arena_new();
  struct account account = {.name = STR("acme")};
  struct catalog_account owner = {.account = &account, .connector = &connector};
  struct tool tool = {.kind = TOOL_REMOTE, .name = STR("t")};
  struct call_answer answer = {
      .tool = &tool, .account = &owner, .doc = doc, .value = yyjson_doc_get_root(doc)};
  struct run_result out;
  judge_result(&answer, CEILING, 0);
  shape_answer(&answer, CEILING, a, &out);
  fuzz_check(out.outcome == answer.outcome, "shaping decides");
  size_t n = 0, i, count, texts = 0;
  char *text = yyjson_mut_val_write(out.whole, 0, &n);
  fuzz_check(text != NULL, "it cannot be written");
  yyjson_mut_val *block;
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(out.whole, "content"), i, count, block) {
    yyjson_mut_val *v = yyjson_mut_obj_get(block, "text");
    if (yyjson_mut_is_str(v) && !str_starts(str_of(yyjson_mut_get_str(v)), "[postern]"))
      texts += yyjson_mut_get_len(v);
  }
  fuzz_check(texts <= CEILING, "%zu bytes of text", texts);
  free(text);
  run_result_free(&out);
  call_answer_free(&answer);
  arena_free(a);
  return 0;
}

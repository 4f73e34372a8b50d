// SPDX-License-Identifier: Apache-2.0
// Any body a vendor may send, under any status and type, becomes a JSON array of content blocks within
// the ceiling. The first two bytes choose status and type.
#include "fuzz.h"

#include "call/judge.h"
#include "call/shape.h"
#include "data/json.h"

enum { CEILING = 256 };

static const int statuses[] = {200, 200, 200, 204, 302, 400, 403, 429, 500};
static const char *const types[] = {"application/json", "text/plain", "", "image/png",
                                    "application/octet-stream"};

static const struct connector connector = {
    .label = {"Acme", 4}, .envelope = {{"/success", 8}, {"/errors", 7}, {"/code", 5}, {"/message", 8}}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  struct arena *a = arena_new();
  struct http_header type = {STR("Content-Type"), str_of(types[data[1] % 5])};
  struct catalog_account account = {.connector = &connector};
  static const char tool_text[] =
      "{\"input\":{\"properties\":{}},\"paging\":{\"page\":\"p\",\"size\":\"s\"}}";
  yyjson_doc *doc = yyjson_read(tool_text, sizeof tool_text - 1, 0);
  struct tool tool = {.path = STR("/graphql"),
                      .input = yyjson_obj_get(yyjson_doc_get_root(doc), "input"),
                      .paging = yyjson_obj_get(yyjson_doc_get_root(doc), "paging")};
  struct call_answer answer = {
      .tool = &tool,
      .account = &account,
      .response = {.status = statuses[data[0] % 9], .headers = {&type, 1}, .body = BUF_MAX(1 << 20)}};
  struct run_result out;
  buf_add(&answer.response.body, str_make((const char *)data + 2, size - 2));
  judge_response(&answer, CEILING, 0, a);
  shape_answer(&answer, CEILING, a, &out);
  fuzz_check(out.outcome == answer.outcome, "shaping decides");
  yyjson_doc *content = yyjson_read(out.content.p, out.content.n, 0);
  yyjson_val *blocks = yyjson_doc_get_root(content);
  fuzz_check(yyjson_is_arr(blocks) && yyjson_arr_size(blocks), "not content: %.*s",
             STR_ARG(buf_str(&out.content)));
  struct str text = json_str(yyjson_arr_get_first(blocks), "text");
  fuzz_check(out.is_error || yyjson_arr_size(blocks) < 2 || text.n <= CEILING, "%zu bytes pass the ceiling",
             text.n);
  yyjson_doc_free(content);
  yyjson_doc_free(doc);
  buf_free(&out.content);
  call_answer_free(&answer);
  arena_free(a);
  return 0;
}

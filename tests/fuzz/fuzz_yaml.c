// SPDX-License-Identifier: Apache-2.0
// Any text: an error with a place, or a document whose values all have a line within the text.
#include "fuzz.h"

#include "data/json.h"
#include "data/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size};
  struct yaml_doc *y = NULL;
  struct err err = {.code = ERR_OK};
  if (!yaml_read(text, &y, &err)) {
    fuzz_check(err.code == ERR_LIMIT || (err.code == ERR_INVALID && err.field[0]),
               "refused without a reason or a place");
    fuzz_check(!y, "an output in spite of an error");
    return 0;
  }
  unsigned lines = 2; // libyaml counts the end of the text as one more
  for (size_t i = 0; i < size; i++)
    lines += data[i] == '\n' || data[i] == '\r' || data[i] >= 0x80; // U+0085, U+2028
  yyjson_val *v = yaml_root(y);
  struct buf out = BUF_MAX(SIZE_MAX);
  json_write(&out, v);
  yyjson_doc *again = yyjson_read(out.p, out.n, 0);
  fuzz_check(again, "the document does not read as JSON");
  size_t count = yyjson_doc_get_val_count(again);
  for (size_t i = 0; i < count; i++) fuzz_check(yaml_line(y, v + i) <= lines, "a line beyond the text");
  fuzz_check(yaml_line(y, v + count) == 0, "a line for what is not there");
  yyjson_doc_free(again);
  buf_free(&out);
  yaml_close(y);
  return 0;
}

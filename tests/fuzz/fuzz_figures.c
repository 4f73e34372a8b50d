// SPDX-License-Identifier: Apache-2.0
// What a language model wrote, and what is told to one, in any bytes: numbers looked for in a small result, texts cleared of
// what looks like data, and vendors' words that must not close the mark they stand in.
#include <stdlib.h>
#include <string.h>

#include "ask/figures.h"
#include "ask/toolbox.h"
#include "ask/veil.h"

static void fuzz_figures(struct str text, struct arena *a) {
  static struct table_column columns[] = {{.name = {"zone", 4}, .type = TABLE_TEXT},
                                          {.name = {"n", 1}, .type = TABLE_INTEGER},
                                          {.name = {"at", 2}, .type = TABLE_TIME}};
  struct table_cell cells[] = {{.kind = TABLE_CELL_TEXT, .text = STR("example2.com")},
                               {.kind = TABLE_CELL_INTEGER, .integer = 4113222},
                               {.kind = TABLE_CELL_TEXT, .text = STR("2026-11-28T14:05:00.000Z")}};
  struct outcome_result result = {
      .rows = {.column_count = 3, .row_count = 1, .columns = columns, .cells = cells}};
  int64_t now = INT64_C(1795970000000);
  struct figures_ground g = {.results = &result,
                             .result_count = 1,
                             .texts = &text,
                             .text_count = 1,
                             .moments = &now,
                             .moment_count = 1};
  struct str odd;
  (void)figures_hold(text, &g, a, &odd);
  g.text_count = 0;
  (void)figures_hold(text, &g, a, &odd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size};
  struct arena *a = arena_new();
  struct veil veil = {.arena = a};
  struct buf told = BUF_MAX(1 << 20);
  fuzz_figures(text, a);
  veil_add(&veil, str_make(text.p, size / 2), str_from(text, size / 2));
  veil_add(&veil, STR("production"), STR("example.com"));
  (void)veil_scrub(&veil, text, STR("SELECT 42"));
  yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
  yyjson_mut_doc *program = doc ? yyjson_doc_mut_copy(doc, NULL) : NULL;
  if (program) {
    (void)veil_draw(&veil, program);
    veil_lift(&veil, program);
  }
  toolbox_add_vendors(&told, text, 1 << 20);
  if (str_find_text(buf_str(&told), STR("</")) >= 0) abort();
  yyjson_mut_doc_free(program);
  yyjson_doc_free(doc);
  buf_free(&told);
  arena_free(a);
  return 0;
}

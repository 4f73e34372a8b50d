// SPDX-License-Identifier: Apache-2.0
// Any text as a tool's answer, made into a table twice over and read back: what went in is counted, and whatever came
// out is JSON.
#include "fuzz.h"

#include "base/arena.h"
#include "table/forms.h"
#include "table/select.h"

static void fuzz_back(struct table_set *set, size_t rows) {
  struct arena *a = arena_new();
  struct table_result r;
  struct err err;
  if (table_select(set, STR("SELECT * FROM t"), NULL, a, &r, &err)) {
    fuzz_check(r.row_count == rows, "%zu rows became %zu", rows, r.row_count);
    struct buf out = BUF_MAX(64 << 20);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < r.row_count * r.column_count; i++) {
      if (i) buf_add_char(&out, ',');
      table_cell_write(&out, &r.cells[i], r.columns[i % r.column_count].type);
    }
    buf_add_char(&out, ']');
    yyjson_doc *doc = yyjson_read(out.p, out.n, YYJSON_READ_NUMBER_AS_RAW);
    fuzz_check(doc != NULL, "no JSON: %.*s", (int)(out.n < 300 ? out.n : 300), out.p);
    yyjson_doc_free(doc);
    buf_free(&out);
  } else {
    fuzz_check(err.code == ERR_LIMIT, "a table cannot be read: %s", err.text);
  }
  arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct table_limits limits = TABLE_LIMITS;
  struct table_clock clock = {0};
  struct table_set *set;
  struct table_form f;
  struct err err;
  limits.rows = 500;
  limits.columns = 40;
  limits.memory = 16 << 20;
  if (!table_start() || !table_form_read(str_make((const char *)data, size), STR(""), &JSON_LIMITS, &f, &err))
    return 0;
  fuzz_check(zone_find(STR("UTC"), &clock.zone, &err), "no UTC");
  if (f.doc && table_set_new(&limits, &clock, &set, &err)) {
    struct table *t = table_begin(set, STR("t"));
    struct table_added one, two;
    struct table_batch batch = {.root = yyjson_doc_get_root(f.doc), .untyped = f.untyped};
    bool ok = table_add(t, &batch, &one, &err);
    batch.deep = true;
    ok = ok && table_add(t, &batch, &two, &err) && table_seal(t, &err);
    if (ok) fuzz_back(set, one.rows + two.rows);
    fuzz_check(ok || err.code == ERR_LIMIT, "a table is refused: %s", err.text);
    table_set_free(set);
  }
  yyjson_doc_free(f.doc);
  return 0;
}

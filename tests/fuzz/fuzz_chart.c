// SPDX-License-Identifier: Apache-2.0
// Any rows and any wish, {"rows", "columns", "wish"} in one JSON: whatever chart they get, its spec is JSON that passes our
// own check, no drawing is wider than it may be, and the same rows give the same bytes. What is no such JSON is checked
// as a spec of somebody else's.
#include "fuzz.h"

#include "base/arena.h"
#include "chart/choose.h"
#include "chart/fit.h"
#include "chart/spec.h"
#include "chart/text.h"
#include "data/json.h"
#include "table/select.h"

static void fuzz_spec(const struct chart *c, struct buf *out) {
  struct json_limits limits = {.depth = 8, .nodes = 1 << 20};
  yyjson_doc *doc;
  struct err err;
  chart_write(c, out);
  fuzz_check(!out->full, "a spec passes %zu bytes", out->max);
  fuzz_check(json_read(buf_str(out), &limits, &doc, &err), "%s in %.*s", err.text,
             (int)(out->n < 400 ? out->n : 400), out->p);
  fuzz_check(chart_check(yyjson_doc_get_root(doc), &err), "%s: %s", err.field, err.text);
  yyjson_doc_free(doc);
}

static void fuzz_draw(const struct chart *c, size_t width, bool ascii) {
  struct buf out = BUF_MAX(64 << 20);
  struct str line;
  chart_draw(c, &(struct chart_look){.width = width, .ascii = ascii}, &out);
  fuzz_check(!out.full, "a drawing passes %zu bytes", out.max);
  for (struct str rest = buf_str(&out); str_cut(&rest, '\n', &line);) {
    fuzz_check(fit_width(line) <= width, "%zu columns: %.*s", width, STR_ARG(line));
    for (size_t i = 0; i < line.n; i++) {
      fuzz_check((unsigned char)line.p[i] >= 0x20 && line.p[i] != 0x7F, "a control character is drawn");
      fuzz_check(!ascii || (unsigned char)line.p[i] < 0x80, "more than ASCII is drawn");
    }
  }
  buf_free(&out);
}

static void fuzz_chart(const struct chart_source *from, struct arena *a) {
  static const size_t widths[] = {1, 2, 7, 13, 40, 80, 200};
  struct buf first = BUF_MAX(64 << 20), again = BUF_MAX(64 << 20);
  struct chart chart, twin;
  chart_choose(from, a, &chart);
  chart_choose(from, a, &twin);
  fuzz_check(chart.row_count <= CHART_ROWS_MOST && chart.field_count <= CHART_FIELDS_MOST,
             "a chart is too large");
  fuzz_spec(&chart, &first);
  fuzz_spec(&twin, &again);
  fuzz_check(str_eq(buf_str(&first), buf_str(&again)), "the same rows give two specs");
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    fuzz_draw(&chart, widths[i], false);
    fuzz_draw(&chart, widths[i], true);
  }
  buf_clear(&first);
  chart_markdown(&chart, 20, &first);
  buf_free(&first);
  buf_free(&again);
}

static bool fuzz_rows(struct table_set *set, yyjson_val *rows, struct arena *a, struct table_result *out) {
  struct table *t = table_begin(set, STR("t"));
  struct table_added added;
  struct err err;
  return table_add(t, &(struct table_batch){.root = rows}, &added, &err) && table_seal(t, &err) &&
         table_select(set, STR("SELECT * FROM t"), NULL, a, out, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct table_limits limits = TABLE_LIMITS;
  struct json_limits read = JSON_LIMITS;
  struct table_clock clock = {0};
  struct table_set *set;
  struct table_result rows;
  struct err err;
  yyjson_doc *doc, *plain;
  limits.rows = 3000;
  limits.columns = 60;
  limits.memory = 16 << 20;
  read.raw_numbers = true;
  struct str text = str_make((const char *)data, size);
  fuzz_check(zone_find(STR("UTC"), &clock.zone, &err), "no UTC");
  if (!table_start() || !json_read(text, &read, &doc, &err)) return 0;
  yyjson_val *root = yyjson_doc_get_root(doc), *of = yyjson_obj_get(root, "rows");
  if (!of && json_read(text, &JSON_LIMITS, &plain, &err)) {
    if (!chart_check(yyjson_doc_get_root(plain), &err))
      fuzz_check(err.code == ERR_INVALID && err.text[0], "no reason is given");
    yyjson_doc_free(plain);
  } else if (of && table_set_new(&limits, &clock, &set, &err)) {
    struct arena *a = arena_new();
    struct chart_source from = {.rows = &rows,
                                .hints = yyjson_obj_get(root, "columns"),
                                .wish = yyjson_obj_get(root, "wish"),
                                .title = json_str(root, "title"),
                                .unfinished = json_bool(root, "unfinished", false),
                                .list = json_bool(root, "list", false)};
    if (fuzz_rows(set, of, a, &rows)) fuzz_chart(&from, a);
    arena_free(a);
    table_set_free(set);
  }
  yyjson_doc_free(doc);
  return 0;
}

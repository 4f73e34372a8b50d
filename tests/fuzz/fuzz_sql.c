// SPDX-License-Identifier: Apache-2.0
// Any text as a query: it gives rows or says why not, and the table is what it was.
#include "fuzz.h"

#include "base/arena.h"
#include "table/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char rows[] =
      "[{\"id\":1,\"name\":\"a\",\"at\":\"2026-11-20T08:15:00Z\",\"tags\":[1,2]},{\"id\":2,\"name\":null}]";
  struct table_limits limits = TABLE_LIMITS;
  struct table_clock clock = {0};
  struct table_set *set;
  struct err err;
  limits.query_ms = 100;
  limits.memory = 8 << 20;
  if (!table_start() || !zone_find(STR("UTC"), &clock.zone, &err) ||
      !table_set_new(&limits, &clock, &set, &err))
    return 0;
  struct arena *a = arena_new();
  yyjson_doc *doc = yyjson_read(rows, sizeof rows - 1, 0);
  struct table *t = table_begin(set, STR("t"));
  struct table_added added;
  fuzz_check(table_add(t, &(struct table_batch){.root = yyjson_doc_get_root(doc)}, &added, &err) &&
                 table_seal(t, &err),
             "no table");
  struct table_result r;
  if (!table_select(set, str_make((const char *)data, size), NULL, a, &r, &err))
    fuzz_check(err.code == ERR_INVALID || err.code == ERR_LIMIT, "a query is refused as %s: %s",
               err_name(err.code), err.text);
  fuzz_check(table_select(set, STR("SELECT count(*), sum(id) FROM t"), NULL, a, &r, &err),
             "the table is gone: %s", err.text);
  fuzz_check(r.cells[0].integer == 2 && r.cells[1].integer == 3, "the table has changed");
  yyjson_doc_free(doc);
  table_set_free(set);
  arena_free(a);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "connector/paging.h"

#include "connector/vendors.h"

enum { PAGING_ENTRIES_MOST = 64, PAGING_ROWS_MOST = 100000 };

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int64_t paging_rows(struct reader *r, yyjson_val *v, const char *key) {
  int64_t n = reader_int(r, v, key, 0);
  if (yyjson_obj_get(v, key) && (n < 1 || n > PAGING_ROWS_MOST))
    reader_fail(r, yyjson_obj_get(v, key), "'%s' is a number of rows, from 1 to %d", key, PAGING_ROWS_MOST);
  return n;
}

static struct connector_paging paging_entry(struct reader *r, yyjson_val *v) {
  reader_keys(r, v, "an entry of paging",
              KEYS("tools", "single", "cursor", "page", "offset", "size", "next", "more", "total", "initial",
                   "most", "first"));
  struct connector_paging p = {.single = reader_bool(r, v, "single", false),
                               .cursor = reader_text(r, v, "cursor", READER_OPTIONAL),
                               .page = reader_text(r, v, "page", READER_OPTIONAL),
                               .offset = reader_text(r, v, "offset", READER_OPTIONAL),
                               .size = reader_text(r, v, "size", READER_OPTIONAL),
                               .next = reader_pointer(r, v, "next", READER_OPTIONAL),
                               .more = reader_pointer(r, v, "more", READER_OPTIONAL),
                               .total = reader_pointer(r, v, "total", READER_OPTIONAL),
                               .initial = paging_rows(r, v, "initial"),
                               .most = paging_rows(r, v, "most"),
                               .first = reader_int(r, v, "first", -1)};
  if (p.single == (p.cursor.n || p.page.n || p.offset.n || p.size.n))
    reader_fail(r, v, "an entry of paging has 'cursor', 'page', 'offset' or 'size', or is 'single'");
  if (p.first < -1 || p.first > 1) reader_fail(r, v, "'first' is 0 or 1");
  if (p.most && !p.size.n) reader_fail(r, v, "'most' is for 'size', which is missing");
  if (p.next.n && !p.cursor.n) reader_fail(r, v, "'next' is for 'cursor', which is missing");
  return p;
}

void vendors_read_paging(struct reader *r, yyjson_val *root, struct connector *c) {
  size_t i, j, n, count;
  yyjson_val *item, *list = reader_list(r, root, "paging", PAGING_ENTRIES_MOST);
  c->pagings = ARENA_ARRAY(r->arena, reader_globs(list) + 1, struct connector_paging);
  yyjson_arr_foreach (list, i, n, item) {
    struct connector_paging paging = paging_entry(r, item);
    struct str *globs = reader_texts(r, item, "tools", READER_GLOBS_MOST, &count);
    if (!count) reader_fail(r, item, "'tools' is missing");
    if (r->failed) return;
    for (j = 0; j < count; j++) {
      c->pagings[c->paging_count] = paging;
      c->pagings[c->paging_count++].glob = globs[j];
    }
  }
}

const struct connector_paging *connector_paging_find(const struct connector *c, struct str tool) {
  for (size_t i = 0; i < c->paging_count; i++)
    if (str_glob(c->pagings[i].glob, tool)) return &c->pagings[i];
  return NULL;
}

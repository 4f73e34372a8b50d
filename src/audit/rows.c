// SPDX-License-Identifier: Apache-2.0
#include "audit/rows.h"

#include "audit/columns.h"
#include "base/buf.h"

enum { ROWS_TOGETHER = 10, ROWS_CELLS = AUDIT_CELLS + 2, ROWS_SQL_MOST = 4096 };
_Static_assert(ROWS_TOGETHER *ROWS_CELLS <= STORE_VALUES_MOST, "values of a statement");

static const char *rows_sql(size_t count, struct arena *a) {
  struct buf sql = BUF_MAX(ROWS_SQL_MOST);
  buf_add_z(&sql, "INSERT INTO audit (" AUDIT_COLUMNS ", argument_values, values_key) VALUES ");
  for (size_t i = 0; i < count * ROWS_CELLS; i++)
    buf_printf(&sql, "%s$%zu%s", i % ROWS_CELLS ? ", " : (i ? ", (" : "("), i + 1,
               (i + 1) % ROWS_CELLS ? "" : ")");
  buf_add_z(&sql, " ON CONFLICT (id) DO NOTHING");
  const char *text = arena_z(a, buf_str(&sql));
  buf_free(&sql);
  return text;
}

static void rows_cells(struct store *s, struct audit_item *item, struct arena *a, struct store_value *out) {
  struct str *texts[AUDIT_TEXTS];
  int64_t *numbers[AUDIT_NUMBERS];
  struct audit_sealed sealed = item->sealed;
  audit_texts(&item->row, texts);
  audit_numbers(&item->row, numbers);
  *out++ = STORE_TEXT(str_of(item->id));
  for (size_t t = 0; t < AUDIT_TEXTS; t++) *out++ = STORE_TEXT(*texts[t]);
  for (size_t n = 0; n < AUDIT_NUMBERS; n++) *out++ = STORE_INT(*numbers[n]);
  if (!item->blob) audit_values_close(s, &item->row, str_of(item->id), a, &sealed);
  *out++ = STORE_TEXT(sealed.blob);
  *out = STORE_TEXT(sealed.key);
}

bool audit_rows_insert(struct store *s, struct audit_item *const *items, size_t count, struct arena *a,
                       struct err *err) {
  struct store_value values[ROWS_TOGETHER * ROWS_CELLS];
  const char *one = rows_sql(1, a), *several = rows_sql(ROWS_TOGETHER, a);
  for (size_t at = 0, n; at < count; at += n) {
    n = count - at >= ROWS_TOGETHER ? ROWS_TOGETHER : 1;
    for (size_t i = 0; i < n; i++) rows_cells(s, items[at + i], a, values + i * ROWS_CELLS);
    if (!store_run(s, n == 1 ? one : several, values, n * ROWS_CELLS, NULL, err)) return false;
  }
  return true;
}

bool audit_rows_recount(struct store *s, const struct audit_item *item, struct err *err) {
  const struct store_value values[] = {STORE_INT(item->row.count), STORE_INT(item->row.elapsed_us),
                                       STORE_TEXT(item->row.detail), STORE_TEXT(str_of(item->id))};
  return store_run(s, "UPDATE audit SET repeats = $1, elapsed_us = $2, detail = $3 WHERE id = $4", values, 4,
                   NULL, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "data/csv.h"

#include "data/json.h"

static bool csv_is_formula(struct str text) {
  static const char starts[] = "=+-@\t\r\n";
  return text.n && strchr(starts, text.p[0]) && text.p[0];
}

void csv_add_text(struct buf *out, struct str text, enum csv_form form) {
  bool guarded = form == CSV_GUARDED && csv_is_formula(text), quoted = guarded;
  for (size_t i = 0; i < text.n && !quoted; i++) quoted = text.p[i] && strchr(",\"\r\n", text.p[i]);
  if (quoted) buf_add_char(out, '"');
  if (guarded) buf_add_char(out, '\'');
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '"') buf_add_char(out, '"');
    buf_add_char(out, text.p[i]);
  }
  if (quoted) buf_add_char(out, '"');
}

void csv_add_value(struct buf *out, yyjson_val *cell, enum csv_form form) {
  if (!cell || yyjson_is_null(cell)) return;
  if (yyjson_is_str(cell)) {
    csv_add_text(out, json_text(cell), form);
    return;
  }
  struct buf text = BUF_MAX(out->max);
  json_write(&text, cell);
  csv_add_text(out, buf_str(&text), CSV_PLAIN); // a number, a flag, or JSON, which begins with a bracket
  buf_free(&text);
}

void csv_write(yyjson_val *columns, yyjson_val *rows, enum csv_form form, struct buf *out) {
  size_t i, n, k, m;
  yyjson_val *column, *row, *cell;
  yyjson_arr_foreach (columns, i, n, column) {
    if (i) buf_add_char(out, ',');
    csv_add_text(out, json_str(column, "name"), form);
  }
  buf_add_char(out, '\n');
  yyjson_arr_foreach (rows, i, n, row) {
    yyjson_arr_foreach (row, k, m, cell) {
      if (k) buf_add_char(out, ',');
      csv_add_value(out, cell, form);
    }
    buf_add_char(out, '\n');
  }
}

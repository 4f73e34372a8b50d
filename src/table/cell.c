// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "data/json.h"
#include "table/select.h"

static const char *const table_types[] = {"text", "integer", "decimal", "boolean", "time", "json"};

const char *table_type_name(enum table_type type) {
  return table_types[type];
}

bool table_type_read(struct str word, enum table_type *out) {
  for (int t = 0; t < TABLE_TYPES; t++) {
    if (!str_is(word, table_types[t])) continue;
    *out = (enum table_type)t;
    return true;
  }
  return false;
}

// The shortest digits that read back as the same double; yyjson has them.
static void table_real(struct buf *out, double real) {
  yyjson_val v = {.tag = YYJSON_TYPE_NUM | YYJSON_SUBTYPE_REAL, .uni.f64 = real};
  char digits[64];
  if (!isfinite(real)) {
    buf_add_z(out, "null");
    return;
  }
  bool whole = fabs(real) < 1e15 && real == floor(real);
  if (whole) { // 12 rather than 12.0
    buf_printf(out, "%.0f", real == 0 ? 0.0 : real);
    return;
  }
  size_t n;
  char *text = yyjson_val_write(&v, YYJSON_WRITE_NOFLAG, &n);
  buf_add(out, text && n < sizeof digits ? str_make(text, n) : STR("null"));
  free(text);
}

static bool table_is_json(struct str text) {
  yyjson_doc *doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_doc_free(doc);
  return doc != NULL;
}

static bool table_is_digits(struct str s) {
  size_t i = s.n && s.p[0] == '-';
  bool digits = i < s.n && (s.p[i] != '0' || s.n == i + 1 || s.p[i + 1] == '.');
  for (; i < s.n && digits; i++) digits = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '.' && i + 1 < s.n);
  return digits;
}

void table_cell_write(struct buf *out, const struct table_cell *cell, enum table_type type) {
  switch (cell->kind) {
  case TABLE_CELL_NULL:
    buf_add_z(out, "null");
    return;
  case TABLE_CELL_INTEGER:
    if (type == TABLE_BOOLEAN)
      buf_add_z(out, cell->integer ? "true" : "false");
    else
      buf_printf(out, "%lld", (long long)cell->integer);
    return;
  case TABLE_CELL_REAL:
    table_real(out, cell->real);
    return;
  case TABLE_CELL_TEXT:
    if (type == TABLE_JSON && table_is_json(cell->text))
      buf_add(out, cell->text);
    else if ((type == TABLE_INTEGER || type == TABLE_DECIMAL) && table_is_digits(cell->text))
      buf_add(out, cell->text); // digits that no double holds
    else
      json_add_string(out, cell->text);
  }
}

void table_cell_print(struct buf *out, const struct table_cell *cell, enum table_type type) {
  if (cell->kind == TABLE_CELL_TEXT)
    buf_add(out, cell->text);
  else if (cell->kind != TABLE_CELL_NULL)
    table_cell_write(out, cell, type);
}

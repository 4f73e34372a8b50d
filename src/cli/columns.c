// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.h"

#include "base/mem.h"
#include "base/plain.h"

enum { GAP = 2, COLUMN_LEAST = 8 };

void columns_open(struct columns *t, struct arena *a, size_t columns) {
  *t = (struct columns){.arena = a,
                        .columns = columns < COLUMNS_COLUMNS_MOST ? columns : COLUMNS_COLUMNS_MOST};
}

void columns_close(struct columns *t) {
  mem_free(t->cells);
  t->cells = NULL;
  t->count = t->cap = 0;
}

size_t columns_width(struct str s) {
  return str_characters(s);
}

void columns_cell(struct columns *t, struct str text) {
  if (t->count >= (size_t)COLUMNS_ROWS_MOST * t->columns) return;
  if (t->count == t->cap) {
    t->cap = t->cap ? t->cap * 2 : 64;
    t->cells = mem_resize(t->cells, t->cap * sizeof *t->cells);
  }
  struct buf clean = BUF_MAX(2 * COLUMNS_CELL_MOST);
  plain_mark_line(&clean, str_cut_utf8(text, COLUMNS_CELL_MOST));
  t->cells[t->count++] = arena_dup(t->arena, buf_str(&clean));
  buf_free(&clean);
}

// The widest column gives way until all fit, but none below COLUMN_LEAST; the first, which has the names
// that are copied from here, comes last.
static void columns_fit(size_t *widths, size_t columns, size_t room) {
  for (;;) {
    size_t total = widths[0] + GAP * (columns - 1), widest = 0, most = COLUMN_LEAST;
    for (size_t i = 1; i < columns; i++) {
      total += widths[i];
      if (widths[i] > most) widest = i, most = widths[i];
    }
    if (total <= room || widths[widest] <= COLUMN_LEAST) return;
    widths[widest]--;
  }
}

static void columns_add(struct buf *out, struct str cell, size_t width, bool last) {
  size_t has = columns_width(cell), keep = has > width ? width - 1 : has, i = 0;
  for (size_t n = 0; i < cell.n; i++) {
    n += ((unsigned char)cell.p[i] & 0xC0) != 0x80;
    if (n > keep) break;
  }
  buf_add(out, str_make(cell.p, i));
  if (has > width) buf_add(out, STR("…"));
  size_t written = has > width ? width : has;
  for (size_t pad = last ? 0 : width - written + GAP; pad > 0; pad--) buf_add_char(out, ' ');
}

void columns_print(const struct columns *t, size_t width, struct buf *out) {
  size_t widths[COLUMNS_COLUMNS_MOST] = {0};
  for (size_t i = 0; i < t->count; i++) {
    size_t w = columns_width(t->cells[i]);
    if (w > widths[i % t->columns]) widths[i % t->columns] = w;
  }
  if (width) columns_fit(widths, t->columns, width);
  for (size_t i = 0; i + t->columns <= t->count; i += t->columns) {
    size_t end = t->columns; // empty cells at the end need no blanks
    while (end > 1 && !t->cells[i + end - 1].n) end--;
    for (size_t j = 0; j < end; j++) columns_add(out, t->cells[i + j], widths[j], j + 1 == end);
    buf_add_char(out, '\n');
  }
}

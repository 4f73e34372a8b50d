// SPDX-License-Identifier: Apache-2.0
// table: rows in aligned columns for people, cut to the terminal's width. What comes from servers is
// made harmless here already (base/plain), so that widths are right. One thread. Private to cli/. Example:
//   struct table t; table_open(&t, arena, 2);
//   table_cell(&t, STR("NAME")); table_cell(&t, STR("ID")); … table_print(&t, terminal_width(), &out);
#ifndef POSTERN_CLI_TABLE_H
#define POSTERN_CLI_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

enum { TABLE_COLUMNS_MOST = 12, TABLE_ROWS_MOST = 200000, TABLE_CELL_MOST = 4096 };

struct table {
  struct arena *arena;
  struct str *cells; // row by row
  size_t columns, count, cap;
};

void table_open(struct table *t, struct arena *a, size_t columns);
// The next one; text is copied, its line ends become spaces. Rows beyond TABLE_ROWS_MOST are left out.
void table_cell(struct table *t, struct str text);
// Width 0: nothing is cut.
void table_print(const struct table *t, size_t width, struct buf *out);
void table_close(struct table *t);

size_t table_width(struct str s); // characters on the screen (code points)

#endif

// SPDX-License-Identifier: Apache-2.0
// columns: rows in aligned columns for people, cut to the terminal's width. What comes from servers is
// made harmless here already (base/plain), so that widths are right. One thread. Private to cli/. Example:
//   struct columns t; columns_open(&t, arena, 2);
//   columns_cell(&t, STR("NAME")); columns_cell(&t, STR("ID")); … columns_print(&t, terminal_width(), &out);
#ifndef POSTERN_CLI_COLUMNS_H
#define POSTERN_CLI_COLUMNS_H

#include "base/arena.h"
#include "base/buf.h"

enum { COLUMNS_COLUMNS_MOST = 12, COLUMNS_ROWS_MOST = 200000, COLUMNS_CELL_MOST = 4096 };

struct columns {
  struct arena *arena;
  struct str *cells; // row by row
  size_t columns, count, cap;
};

void columns_open(struct columns *t, struct arena *a, size_t columns);
// The next one; text is copied, its line ends become spaces. Rows beyond COLUMNS_ROWS_MOST are left out.
void columns_cell(struct columns *t, struct str text);
// Width 0: nothing is cut.
void columns_print(const struct columns *t, size_t width, struct buf *out);
void columns_close(struct columns *t);

size_t columns_width(struct str s); // characters on the screen (code points)

#endif

// SPDX-License-Identifier: Apache-2.0
#include "cli/result.h"

#include "chart/redraw.h"
#include "cli/columns.h"
#include "cli/picture.h"
#include "cli/terminal.h"
#include "cli/view.h"
#include "data/json.h"

static void result_table(struct cli *c, yyjson_val *columns, yyjson_val *rows, struct buf *out) {
  struct columns t;
  size_t i, n, k, m, count = yyjson_arr_size(columns);
  yyjson_val *column, *row, *cell;
  if (count > COLUMNS_COLUMNS_MOST) count = COLUMNS_COLUMNS_MOST;
  columns_open(&t, c->arena, count);
  yyjson_arr_foreach (columns, i, n, column)
    if (i < count) columns_cell(&t, json_str(column, "name"));
  yyjson_arr_foreach (rows, i, n, row)
    yyjson_arr_foreach (row, k, m, cell)
      if (k < count) columns_cell(&t, yyjson_is_null(cell) ? STR("") : view_cell(c->arena, cell));
  columns_print(&t, terminal_width(), out);
  columns_close(&t);
}

static bool result_picture(struct cli *c, yyjson_val *result, bool headed, struct buf *out) {
  struct chart_look look = {.width = terminal_width(),
                            .ascii = picture_is_ascii(),
                            .color = picture_has_color() && !args_has(&c->args, "no-color")};
  return !args_has(&c->args, "no-chart") && chart_redraw(result, &look, headed, c->arena, out);
}

void result_show(struct cli *c, yyjson_val *result, bool headed, struct buf *out) {
  struct str title = json_str(result, "title"), why = json_str(result, "error");
  if (!title.n) title = json_str(result, "name");
  if (headed) buf_printf(out, "%s%.*s\n", out->n ? "\n" : "", STR_ARG(title));
  if (why.n)
    buf_printf(out, "no result: %.*s\n", STR_ARG(why));
  else if (yyjson_arr_size(yyjson_obj_get(result, "rows")) == 0)
    buf_add_z(out, "no rows\n");
  else if (!result_picture(c, result, headed, out))
    result_table(c, yyjson_obj_get(result, "columns"), yyjson_obj_get(result, "rows"), out);
}

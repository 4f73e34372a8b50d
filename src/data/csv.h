// SPDX-License-Identifier: Apache-2.0
// csv: rows as RFC 4180 text, with the line ends of this system. Guarded, a text that a spreadsheet would take for a formula
// (it begins with = + - @, a tab or a line end) gets an apostrophe before it: cells come from vendors, and whoever writes a
// name there must not run anything in the reader's spreadsheet. Numbers stay numbers. Pure. Example:
//   csv_write(yyjson_obj_get(result, "columns"), yyjson_obj_get(result, "rows"), CSV_GUARDED, &out);
#ifndef POSTERN_DATA_CSV_H
#define POSTERN_DATA_CSV_H

#include <yyjson.h>

#include "base/buf.h"

enum csv_form { CSV_PLAIN, CSV_GUARDED };

// `columns`: [{"name"}, …]; `rows`: arrays of cells.
void csv_write(yyjson_val *columns, yyjson_val *rows, enum csv_form form, struct buf *out);
void csv_add_text(struct buf *out, struct str text, enum csv_form form); // one cell
void csv_add_value(struct buf *out, yyjson_val *cell, enum csv_form form);

#endif

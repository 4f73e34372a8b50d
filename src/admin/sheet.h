// SPDX-License-Identifier: Apache-2.0
// sheet: a kept answer as HTML for the page at its link: question, text, chips, warnings, tables with the chart as a
// drawing of text, calls, program. All of it is a vendor's or a stranger's words, and escaped. Private to admin/. Pure.
// Example:
//   page_begin_still(call, 200, STR("Answer"));   sheet_put(&read, &call->out);   page_end(&call->out);
#ifndef POSTERN_ADMIN_SHEET_H
#define POSTERN_ADMIN_SHEET_H

#include "admin/answers.h"

void sheet_style(const struct admin_call *call, struct buf *out);
// A result alone, drawn and as a table; `number` tells its cells from those of others on the page.
void sheet_rows(yyjson_val *result, size_t number, struct arena *a, struct buf *out);
void sheet_put(const struct answers_read *r, struct buf *out);

#endif

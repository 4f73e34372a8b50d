// SPDX-License-Identifier: Apache-2.0
// redraw: a result of a program, as it was told in JSON, drawn as text: its chart where it wished for one and there is
// something to draw, else nothing. Pure. Example:
//   if (!chart_redraw(result, &(struct chart_look){.width = 80}, false, arena, &out)) …      // a table is what suits it
#ifndef POSTERN_CHART_REDRAW_H
#define POSTERN_CHART_REDRAW_H

#include <yyjson.h>

#include "chart/text.h"

// `result`: {"columns", "rows", "wish", …} of an outcome. `headed`: its title stands above already.
bool chart_redraw(yyjson_val *result, const struct chart_look *look, bool headed, struct arena *a,
                  struct buf *out);

#endif

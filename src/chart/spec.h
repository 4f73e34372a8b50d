// SPDX-License-Identifier: Apache-2.0
// spec: a chart as ChartSpec, the closed part of Vega-Lite 6 that every view of ours draws: rows inline, and nothing that
// fetches, computes, links or styles. Written from a chart, or checked where somebody else wrote it. On an axis a time is
// the reading of the zone's clock with a Z behind it, and the axis names the zone: so days begin at midnight in every
// view; in a table it is the instant. Pure. Example:
//   chart_write(&chart, &out);                                                 // {"$schema":…,"mark":"bar",…}
//   if (!chart_check(yyjson_doc_get_root(doc), err)) …                         // "/mark: …", whose numbers are not raw
#ifndef POSTERN_CHART_SPEC_H
#define POSTERN_CHART_SPEC_H

#include "chart/chart.h"

enum { CHART_WORD_MOST = 1000 }; // characters of a text in a row; a longer one is cut, and ends in "…"

void chart_write(const struct chart *c, struct buf *out);
// ERR_INVALID: where, as a JSON pointer, what is wrong there, and what would be right.
MUST_USE bool chart_check(yyjson_val *spec, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// choose: which chart a result gets. What its program wished for, where that breaks no rule; else the first rule that
// its columns meet, and why not the wish. The same rows give the same chart, byte for byte. In the arena; it never fails: what
// suits nothing is a table. Linear in the cells, but a second for two million texts: on a pool thread. Pure. Example:
//   struct chart chart; chart_choose(&from, arena, &chart);
//   for (from.panel = 1; from.panel < chart.panels; from.panel++) …             // measures of unlike units: one more each
#ifndef POSTERN_CHART_CHOOSE_H
#define POSTERN_CHART_CHOOSE_H

#include "chart/chart.h"

void chart_choose(const struct chart_source *from, struct arena *a, struct chart *out);

#endif

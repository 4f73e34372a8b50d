// SPDX-License-Identifier: Apache-2.0
// choose_parts: what the files of the choice share: the columns by their class, the wish, the description. Private to
// chart/. Pure. Example:
//   if (!choose_wished(&c)) …                                                  // the rules decide, c.a.out->why says why
#ifndef POSTERN_CHART_CHOOSE_PARTS_H
#define POSTERN_CHART_CHOOSE_PARTS_H

#include "chart/build.h"

enum { CHOOSE_MOST = 8 }; // columns of one class that are looked at

struct choose {
  struct arrange a;
  int of[CHART_CLASSES][CHOOSE_MOST]; // ordinals are among the categories
  size_t counts[CHART_CLASSES];       // may pass it
};

void choose_reset(struct choose *c); // as before anything was built, but for what speaks against the wish
bool choose_two(struct choose *c, int first, int second, int measure); // stacked bars, else a heatmap
// What the wish asks for, or the nearest to it. False: there is none, or nothing near it holds.
bool choose_wished(struct choose *c);
void choose_describe(struct choose *c); // fills the description, from chart and notes

#endif

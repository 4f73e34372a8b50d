// SPDX-License-Identifier: Apache-2.0
// names: what the name of a column says: its words, whether it is an id or a time, which unit it counts in; and the
// orders of weekdays, months and severities. Private to chart/. Pure. Example:
//   chart_name_ends(STR("createdAt"), NAMES_TIME)                              // true
#ifndef POSTERN_CHART_NAMES_H
#define POSTERN_CHART_NAMES_H

#include "chart/classes.h"

enum chart_names {
  NAMES_TIME,
  NAMES_ID,
  NAMES_CATEGORY,
  NAMES_ORDINAL,
  NAMES_AVERAGE,
  NAMES_TOTAL,
  NAMES_KINDS
};

bool chart_name_ends(struct str name, enum chart_names kind);  // its last word is one of these
bool chart_name_has(struct str name, enum chart_names kind);   // any word is
struct str chart_name_words(struct str name, struct arena *a); // "zone_name" as "Zone name"
// Fills unit, unit_word, additive and counts of a measure; `kind` and `unit` are hints, or empty.
void chart_name_unit(struct chart_column *column, struct str kind, struct str unit);

int chart_order_place(enum chart_order order, struct str word); // -1: it is none of them

#endif

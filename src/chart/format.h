// SPDX-License-Identifier: Apache-2.0
// format: numbers and times as they are shown. The formats are those that a ChartSpec may name, with d3's meaning; a
// value with its unit is written for people: "1.35 GB", "3 min 20 s", "12.50 EUR". Pure. Example:
//   chart_format_number(&out, CHART_SHORT, 18350);                             // 18.35k
//   chart_format_measure(&out, 200, CHART_UNIT_SECONDS, STR_NONE);             // 3 min 20 s
#ifndef POSTERN_CHART_FORMAT_H
#define POSTERN_CHART_FORMAT_H

#include "base/buf.h"
#include "chart/scale.h"

#define CHART_FORMATS(X)                                                                                     \
  X(AS_IS, "")                                                                                               \
  X(GROUPED, ",")                                                                                            \
  X(PERCENT, ".1%")                                                                                          \
  X(WHOLE_PERCENT, ".0%")                                                                                    \
  X(WHOLE, "d")                                                                                              \
  X(SHORT, "~s")                                                                                             \
  X(DIGITS, "~g")                                                                                            \
  X(MONEY, ",.2f")                                                                                           \
  /* of a table's columns only */                                                                            \
  X(YES_NO, "yes-no")                                                                                        \
  X(TIME, "time")                                                                                            \
  X(BYTES, "bytes")                                                                                          \
  X(DURATION, "duration") /* of milliseconds */

enum chart_format {
#define X(id, text) CHART_##id,
  CHART_FORMATS(X)
#undef X
      CHART_FORMAT_COUNT
};
const char *chart_format_text(enum chart_format f); // ",", "~s", …

enum chart_unit {
  CHART_UNIT_NONE,
  CHART_UNIT_BYTES,        // by 1000
  CHART_UNIT_BINARY_BYTES, // by 1024
  CHART_UNIT_MS,
  CHART_UNIT_SECONDS,
  CHART_UNIT_RATIO,   // 0.5 is 50 %
  CHART_UNIT_PERCENT, // 50 is 50 %
  CHART_UNIT_MONEY,   // `word`: its code
  CHART_UNIT_OTHER,   // `word`: as it was given
};

void chart_format_number(struct buf *out, enum chart_format f, double value);
void chart_format_measure(struct buf *out, double value, enum chart_unit unit, struct str word);
// A tick of an axis: as many digits as its step asks for, one prefix for the whole axis (`far`: its largest value).
void chart_format_tick(struct buf *out, enum chart_format f, double value, struct chart_step step,
                       double far);
// A time as the reading of a clock: "08:15", and the day where a day begins.
void chart_format_time_tick(struct buf *out, int64_t ms, enum chart_time_unit unit);
// "2026-11-20 08:15", without what is zero at the end; days: "2026-11-20".
void chart_format_time(struct buf *out, int64_t ms, bool days);
// The shortest digits of a number, as JSON has them.
void chart_format_json(struct buf *out, double value);

#endif

// SPDX-License-Identifier: Apache-2.0
// scale: steps, domains and ticks, of numbers and of time: those that Vega gives, so that a chart reads the same in a
// terminal and on a page. Pure. Example:
//   struct chart_range r = chart_domain(0, 41200, true);                       // 0 to 45,000
//   struct chart_step step; double ticks[CHART_TICKS_MOST];
//   size_t n = chart_ticks(r, 480, ticks, &step);                              // 0, 5000, … 45,000
#ifndef POSTERN_CHART_SCALE_H
#define POSTERN_CHART_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHART_TICKS_MOST = 128 };

struct chart_step { // kept in two parts, so that a multiple of 0.1 is the double nearest to it
  int mantissa;     // 1, 2, 5 or 10
  int exponent;     // of ten
};
struct chart_range {
  double low, high;
};

// The round step that cuts `span` into about `n`. A span that is not above zero is one of 1.
struct chart_step chart_step_of(double span, double n);
double chart_step_size(struct chart_step step);
double chart_step_times(struct chart_step step, double k);   // k steps from zero
double chart_steps_to(struct chart_step step, double value); // and back

// From the least to the most, with zero in it if asked for, widened to whole steps.
struct chart_range chart_domain(double least, double most, bool zero);
// Ticks of a domain that is `pixels` long, the least first.
size_t chart_ticks(struct chart_range domain, unsigned pixels, double out[CHART_TICKS_MOST],
                   struct chart_step *step);

enum chart_time_unit {
  CHART_SECOND,
  CHART_MINUTE,
  CHART_HOUR,
  CHART_DAY,
  CHART_WEEK, // begins on Monday
  CHART_MONTH,
  CHART_YEAR,
  CHART_TIME_UNITS
};
// Ticks of time within [from, to], which are the reading of a clock.
size_t chart_time_ticks(int64_t from, int64_t to, unsigned pixels, int64_t out[CHART_TICKS_MOST],
                        enum chart_time_unit *unit);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "chart/scale.h"

#include <math.h>

#include "table/moment.h"

enum { PIXELS_A_TICK = 40, DOMAIN_STEPS = 10, DOMAIN_ROUNDS_MOST = 10, EXPONENT_MOST = 300 };

// ---- numbers

static double scale_power(int exponent) {
  return pow(10, exponent);
}

struct chart_step chart_step_of(double span, double n) {
  if (!(span > 0) || !isfinite(span)) span = 1;
  double ratio = span / (n > 0 ? n : 1);
  int exponent = (int)floor(log10(ratio));
  if (exponent < -EXPONENT_MOST || exponent > EXPONENT_MOST) return (struct chart_step){1, 0};
  double error = exponent < 0 ? ratio * scale_power(-exponent) : ratio / scale_power(exponent);
  int mantissa = error >= sqrt(50) ? 10 : error >= sqrt(10) ? 5 : error >= sqrt(2) ? 2 : 1;
  return (struct chart_step){mantissa, exponent};
}

double chart_step_times(struct chart_step step, double k) {
  double whole = k * step.mantissa;
  return step.exponent < 0 ? whole / scale_power(-step.exponent) : whole * scale_power(step.exponent);
}

double chart_step_size(struct chart_step step) {
  return chart_step_times(step, 1);
}

// The inverse of chart_step_times, digit by digit: 0.3 is 3 steps of 0.1.
double chart_steps_to(struct chart_step step, double value) {
  double units = step.exponent < 0 ? value * scale_power(-step.exponent) : value / scale_power(step.exponent);
  return units / step.mantissa;
}

static bool scale_same(struct chart_step a, struct chart_step b) {
  return chart_step_size(a) == chart_step_size(b);
}

struct chart_range chart_domain(double least, double most, bool zero) {
  struct chart_range r = {zero && least > 0 ? 0 : least, zero && most < 0 ? 0 : most};
  if (!(r.high > r.low) && r.low != 0)
    r = r.low > 0 ? (struct chart_range){0, r.high} : (struct chart_range){r.low, 0};
  if (!(r.high > r.low)) return (struct chart_range){0, 1};
  struct chart_step before = {0, 0};
  for (int round = 0; round < DOMAIN_ROUNDS_MOST; round++) {
    struct chart_step step = chart_step_of(r.high - r.low, DOMAIN_STEPS);
    if (before.mantissa && scale_same(step, before)) break;
    r.low = chart_step_times(step, floor(chart_steps_to(step, r.low)));
    r.high = chart_step_times(step, ceil(chart_steps_to(step, r.high)));
    before = step;
  }
  return r;
}

size_t chart_ticks(struct chart_range domain, unsigned pixels, double out[CHART_TICKS_MOST],
                   struct chart_step *step) {
  double wanted = ceil((double)pixels / PIXELS_A_TICK), most = CHART_TICKS_MOST / 4.0;
  *step = chart_step_of(domain.high - domain.low, wanted < 1 ? 1 : wanted > most ? most : wanted);
  double first = ceil(chart_steps_to(*step, domain.low)), last = floor(chart_steps_to(*step, domain.high));
  size_t n = 0;
  for (double k = first; k <= last && n < CHART_TICKS_MOST; k = first + (double)n)
    out[n++] = chart_step_times(*step, k);
  return n;
}

// ---- time

static const struct {
  enum chart_time_unit unit;
  int count;
  int64_t ms; // about; what is chosen by
} scale_times[] = {
    {CHART_SECOND, 1, 1000},      {CHART_SECOND, 5, 5000},      {CHART_SECOND, 15, 15000},
    {CHART_SECOND, 30, 30000},    {CHART_MINUTE, 1, 60000},     {CHART_MINUTE, 5, 300000},
    {CHART_MINUTE, 15, 900000},   {CHART_MINUTE, 30, 1800000},  {CHART_HOUR, 1, 3600000},
    {CHART_HOUR, 3, 10800000},    {CHART_HOUR, 6, 21600000},    {CHART_HOUR, 12, 43200000},
    {CHART_DAY, 1, 86400000},     {CHART_DAY, 2, 172800000},    {CHART_WEEK, 1, 604800000},
    {CHART_MONTH, 1, 2592000000}, {CHART_MONTH, 3, 7776000000}, {CHART_YEAR, 1, 31536000000},
};
enum { SCALE_TIMES = sizeof scale_times / sizeof *scale_times };

// The instant at or before `ms` at which such a stretch begins, moved on by `more` stretches.
static int64_t scale_moment(enum chart_time_unit unit, int count, int64_t ms, int more) {
  struct moment_civil c, base = {0};
  moment_split(ms, &c);
  base.year = c.year;
  base.month = base.day = 1;
  if (unit == CHART_YEAR) {
    base.year -= ((c.year % count) + count) % count;
    base.year += more * count;
    return moment_join(&base);
  }
  base.month = c.month;
  if (unit == CHART_MONTH) {
    base.month -= (c.month - 1) % count;
    base.month += more * count;
    return moment_join(&base);
  }
  base.day = c.day;
  int64_t a_day = moment_join(&base), length = 0;
  if (unit == CHART_DAY || unit == CHART_WEEK) { // every second day of a month, so that no label jumps
    int back = unit == CHART_WEEK ? (c.weekday + 6) % 7 : (c.day - 1) % count;
    return a_day + (int64_t)(more * count * (unit == CHART_WEEK ? 7 : 1) - back) * 86400000;
  }
  for (int i = 0; i < SCALE_TIMES; i++)
    if (scale_times[i].unit == unit && scale_times[i].count == count) length = scale_times[i].ms;
  return a_day + (ms - a_day) / length * length + more * length;
}

size_t chart_time_ticks(int64_t from, int64_t to, unsigned pixels, int64_t out[CHART_TICKS_MOST],
                        enum chart_time_unit *unit) {
  double wanted = ceil((double)pixels / PIXELS_A_TICK);
  double target = ((double)to - (double)from) / (wanted < 1 ? 1 : wanted > 32 ? 32 : wanted);
  int i = 0, count;
  while (i + 1 < SCALE_TIMES && (double)scale_times[i].ms * (double)scale_times[i + 1].ms < target * target)
    i++;
  *unit = scale_times[i].unit;
  count = scale_times[i].count;
  if (i + 1 == SCALE_TIMES) {
    double years = chart_step_size(chart_step_of(target / (double)scale_times[i].ms, 1));
    count = years < 1 ? 1 : (int)years;
  }
  size_t n = 0;
  int64_t at = scale_moment(*unit, count, from, 0);
  for (int guard = 0; at <= to && n < CHART_TICKS_MOST && guard < 2 * CHART_TICKS_MOST; guard++) {
    if (at >= from) out[n++] = at;
    int64_t next = scale_moment(*unit, count, at, 1);
    // The second days of a month end with it: the next begins at its first.
    int64_t start = *unit == CHART_DAY && count > 1 ? scale_moment(CHART_MONTH, 1, next, 0) : next;
    next = start > at && start < next ? start : next;
    if (next <= at) break;
    at = next;
  }
  return n;
}

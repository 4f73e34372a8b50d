// SPDX-License-Identifier: Apache-2.0
#include "chart/format.h"

#include <math.h>
#include <stdio.h>

#include "table/moment.h"
#include "table/select.h"

enum { FORMAT_TEXT = 352 }; // a double without an exponent has 309 digits before its point
static const char *const format_texts[] = {
#define X(id, text) text,
    CHART_FORMATS(X)
#undef X
};
static const char *const format_prefixes[] = {"y", "z", "a", "f", "p", "n", "µ", "m", "",
                                              "k", "M", "G", "T", "P", "E", "Z", "Y"};
enum { PREFIX_NONE = 8, DIGITS_SHORT = 6 };

const char *chart_format_text(enum chart_format f) {
  return format_texts[f];
}

void chart_format_json(struct buf *out, double value) {
  table_cell_write(out, &(struct table_cell){.kind = TABLE_CELL_REAL, .real = value}, TABLE_DECIMAL);
}

// Zeros behind the point mean nothing, where digits are not fixed.
static struct str format_trim(char *digits) {
  char *end = digits + strlen(digits);
  if (!strchr(digits, '.') || strchr(digits, 'e')) return str_of(digits);
  while (end[-1] == '0') end--;
  if (end[-1] == '.') end--;
  return str_make(digits, (size_t)(end - digits));
}

// "1234.5" as "1,234.5".
static void format_group(struct buf *out, struct str digits) {
  size_t start = digits.n && digits.p[0] == '-', whole = start;
  while (whole < digits.n && digits.p[whole] >= '0' && digits.p[whole] <= '9') whole++;
  for (size_t i = 0; i < digits.n; i++) {
    if (i > start && i < whole && (whole - i) % 3 == 0) buf_add_char(out, ',');
    buf_add_char(out, digits.p[i]);
  }
}

static bool format_is_nothing(const char *digits) { // "-0.00"
  return digits[0] == '-' && strspn(digits + 1, "0.") == strlen(digits + 1);
}

static void format_fixed(struct buf *out, double value, int places, const char *behind) {
  char digits[FORMAT_TEXT];
  snprintf(digits, sizeof digits, "%.*f", places, value);
  format_group(out, str_of(format_is_nothing(digits) ? digits + 1 : digits));
  buf_add_z(out, behind);
}

static void format_significant(struct buf *out, double value, int count) {
  char digits[FORMAT_TEXT];
  if (fabs(value) < 1e15 && value == floor(value))
    snprintf(digits, sizeof digits, "%.0f", value == 0 ? 0 : value);
  else
    snprintf(digits, sizeof digits, "%.*g", count, value);
  format_group(out, format_trim(digits));
}

// The exponent of ten that a value has once it is cut to the digits that are shown.
static int format_exponent(double value) {
  char digits[64];
  snprintf(digits, sizeof digits, "%.*e", DIGITS_SHORT - 1, value);
  const char *e = strchr(digits, 'e');
  return e ? (int)strtol(e + 1, NULL, 10) : 0;
}

static int format_prefix_of(double value) {
  int exponent = value == 0 ? 0 : format_exponent(value);
  int prefix = exponent >= 0 ? exponent / 3 : -((2 - exponent) / 3);
  return prefix < -PREFIX_NONE ? -PREFIX_NONE : prefix > PREFIX_NONE ? PREFIX_NONE : prefix;
}

static void format_prefixed(struct buf *out, double value, int prefix, int places) {
  char digits[FORMAT_TEXT];
  double scaled = prefix < 0 ? value * pow(10, -3 * prefix) : value / pow(10, 3 * prefix);
  snprintf(digits, sizeof digits, "%.*f", places < 0 ? 0 : places > 20 ? 20 : places, scaled);
  struct str trimmed = format_trim(digits);
  buf_add(out, str_is(trimmed, "-0") ? STR("0") : trimmed);
  buf_add_z(out, format_prefixes[prefix + PREFIX_NONE]);
}

void chart_format_number(struct buf *out, enum chart_format f, double value) {
  int prefix;
  switch (f) {
  case CHART_PERCENT:
    format_fixed(out, value * 100, 1, "%");
    return;
  case CHART_WHOLE_PERCENT:
    format_fixed(out, value * 100, 0, "%");
    return;
  case CHART_MONEY:
    format_fixed(out, value, 2, "");
    return;
  case CHART_WHOLE: {
    char digits[FORMAT_TEXT];
    snprintf(digits, sizeof digits, "%.0f", value);
    buf_add_z(out, format_is_nothing(digits) ? "0" : digits);
    return;
  }
  case CHART_SHORT:
    prefix = format_prefix_of(value);
    format_prefixed(out, value, prefix,
                    DIGITS_SHORT - 1 - (value == 0 ? 0 : format_exponent(value) - 3 * prefix));
    return;
  case CHART_DIGITS: {
    char digits[FORMAT_TEXT];
    snprintf(digits, sizeof digits, "%.6g", value);
    buf_add(out, format_trim(digits));
    return;
  }
  case CHART_BYTES:
    chart_format_measure(out, value, CHART_UNIT_BYTES, STR_NONE);
    return;
  case CHART_DURATION:
    chart_format_measure(out, value, CHART_UNIT_MS, STR_NONE);
    return;
  default:
    format_significant(out, value, 12);
  }
}

void chart_format_tick(struct buf *out, enum chart_format f, double value, struct chart_step step,
                       double far) {
  int digits = step.exponent + (step.mantissa == 10); // of the step's first digit
  if (f == CHART_SHORT) {
    int prefix = format_prefix_of(far);
    format_prefixed(out, value, prefix, 3 * prefix - digits);
  } else if (f == CHART_AS_IS || f == CHART_GROUPED) {
    format_fixed(out, value, digits < 0 ? -digits : 0, "");
  } else {
    chart_format_number(out, f, value);
  }
}

// ---- with a unit

static void format_bytes(struct buf *out, double value, double by, const char *const units[6]) {
  double scaled = fabs(value);
  int i = 0;
  for (; i < 5 && scaled >= by; i++) scaled /= by;
  if (i < 5 && i > 0 && scaled >= by - 0.5 && scaled < by) scaled /= by, i++; // 999.96 kB would read 1,000 kB
  char digits[FORMAT_TEXT];
  snprintf(digits, sizeof digits, "%.*f", i == 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2, scaled);
  if (value < 0) buf_add_char(out, '-');
  format_group(out, format_trim(digits));
  buf_printf(out, " %s", units[i]);
}

// 850 ms, 12.5 s, 3 min 20 s, 5 h 10 min, 12 d 3 h: the two largest parts.
static void format_duration(struct buf *out, double ms) {
  static const struct {
    double ms;
    const char *name;
  } parts[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}};
  char digits[FORMAT_TEXT];
  double left = fabs(ms);
  if (ms < 0) buf_add_char(out, '-');
  if (left < 59950) {
    bool seconds = left >= 999.5;
    snprintf(digits, sizeof digits, "%.*f", seconds || left < 10 ? 1 : 0, seconds ? left / 1000 : left);
    buf_add(out, format_trim(digits));
    buf_add_z(out, seconds ? " s" : " ms");
    return;
  }
  for (int i = 0; i < 3; i++) {
    double small = parts[i + 1].ms, rounded = floor(left / small + 0.5) * small;
    if (rounded < parts[i].ms) continue;
    double large = floor(rounded / parts[i].ms), rest = floor((rounded - large * parts[i].ms) / small + 0.5);
    format_fixed(out, large, 0, " ");
    buf_add_z(out, parts[i].name);
    if (rest > 0) buf_printf(out, " %.0f %s", rest, parts[i + 1].name);
    return;
  }
}

void chart_format_measure(struct buf *out, double value, enum chart_unit unit, struct str word) {
  static const char *const by_1000[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  static const char *const by_1024[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  switch (unit) {
  case CHART_UNIT_BYTES:
    format_bytes(out, value, 1000, by_1000);
    return;
  case CHART_UNIT_BINARY_BYTES:
    format_bytes(out, value, 1024, by_1024);
    return;
  case CHART_UNIT_MS:
  case CHART_UNIT_SECONDS:
    format_duration(out, unit == CHART_UNIT_MS ? value : value * 1000);
    return;
  case CHART_UNIT_RATIO:
    chart_format_number(out, CHART_PERCENT, value);
    return;
  case CHART_UNIT_PERCENT:
    format_significant(out, value, 12);
    buf_add_char(out, '%');
    return;
  case CHART_UNIT_MONEY:
    format_fixed(out, value, 2, "");
    break;
  default:
    format_significant(out, value, 12);
  }
  if (word.n && unit != CHART_UNIT_NONE) {
    buf_add_char(out, ' ');
    buf_add(out, word);
  }
}

// ---- times

void chart_format_time(struct buf *out, int64_t ms, bool days) {
  char text[MOMENT_TEXT];
  moment_write(ms, text);
  text[10] = ' ';
  size_t n = days || memcmp(text + 10, " 00:00:00.000", 13) == 0 ? 10
             : memcmp(text + 16, ":00.000", 7) == 0              ? 16
                                                                 : 19;
  buf_add(out, str_make(text, n));
}

void chart_format_time_tick(struct buf *out, int64_t ms, enum chart_time_unit unit) {
  char text[MOMENT_TEXT];
  moment_write(ms, text);
  bool midnight = memcmp(text + 11, "00:00:00", 8) == 0;
  if (unit == CHART_YEAR)
    buf_add(out, str_make(text, 4));
  else if (unit == CHART_MONTH)
    buf_add(out, str_make(text, 7));
  else if (unit >= CHART_DAY || midnight)
    buf_add(out, str_make(text + 5, 5));
  else
    buf_add(out, str_make(text + 11, unit == CHART_SECOND ? 8 : 5));
}

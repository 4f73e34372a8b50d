// SPDX-License-Identifier: Apache-2.0
#include "table/moment.h"

#include <stdio.h>

enum { DAY_MS = 86400000 };
static const int64_t MOMENT_FIRST = -62135596800000,
                     MOMENT_LAST = 253402300799999; // 0001-01-01 to 9999-12-31

// Days since 1970-01-01 of a proleptic Gregorian date, counted in years that begin in March, so that the leap day is
// the last of its year.
static int64_t moment_days(int64_t year, int month, int day) {
  int64_t y = month > 2 ? year : year - 1;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int64_t moment_floor(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

void moment_split(int64_t ms, struct moment_civil *out) {
  int64_t days = moment_floor(ms, DAY_MS);
  int rest = (int)(ms - days * DAY_MS);
  int64_t z = days + 719468, era = moment_floor(z, 146097), of_era = z - era * 146097;
  int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month = (5 * of_year + 2) / 153;
  out->day = (int)(of_year - (153 * month + 2) / 5 + 1);
  out->month = (int)(month < 10 ? month + 3 : month - 9);
  out->year = (int)(year_of_era + era * 400 + (out->month <= 2));
  out->hour = rest / 3600000;
  out->minute = rest / 60000 % 60;
  out->second = rest / 1000 % 60;
  out->millisecond = rest % 1000;
  out->weekday = (int)(days - moment_floor(days + 4, 7) * 7 + 4); // 1970-01-01 was a Thursday
}

int64_t moment_join(const struct moment_civil *c) {
  int64_t years = moment_floor(c->month - 1, 12);
  int64_t days = moment_days(c->year + years, (int)(c->month - years * 12), 1) + c->day - 1;
  return days * DAY_MS + c->hour * 3600000LL + c->minute * 60000LL + c->second * 1000LL + c->millisecond;
}

void moment_write(int64_t ms, char out[MOMENT_TEXT]) {
  struct moment_civil c;
  moment_split(ms < MOMENT_FIRST ? MOMENT_FIRST : ms > MOMENT_LAST ? MOMENT_LAST : ms, &c);
  snprintf(out, MOMENT_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)c.year % 10000,
           (unsigned)c.month % 100, (unsigned)c.day % 100, (unsigned)c.hour % 100, (unsigned)c.minute % 100,
           (unsigned)c.second % 100, (unsigned)c.millisecond % 1000);
}

static bool moment_number(struct str *s, size_t digits, int *out) {
  uint64_t v;
  if (s->n < digits || !str_to_u64(str_make(s->p, digits), &v)) return false;
  *s = str_from(*s, digits);
  *out = (int)v;
  return true;
}

static bool moment_mark(struct str *s, const char *any_of) {
  if (s->n == 0 || s->p[0] == '\0' || !strchr(any_of, s->p[0])) return false;
  *s = str_from(*s, 1);
  return true;
}

static bool moment_date(struct str *s, struct moment_civil *c) {
  struct moment_civil back;
  if (!moment_number(s, 4, &c->year) || !moment_mark(s, "-") || !moment_number(s, 2, &c->month) ||
      !moment_mark(s, "-") || !moment_number(s, 2, &c->day) || c->year < 1)
    return false;
  moment_split(moment_join(c), &back);
  return back.month == c->month && back.day == c->day; // a day that the month has
}

static bool moment_time(struct str *s, struct moment_civil *c) {
  if (!moment_number(s, 2, &c->hour) || !moment_mark(s, ":") || !moment_number(s, 2, &c->minute))
    return false;
  if (moment_mark(s, ":") && !moment_number(s, 2, &c->second)) return false;
  if (c->hour > 23 || c->minute > 59 || c->second > 60) return false; // 60: a leap second
  if (!moment_mark(s, ".,")) return true;
  int scale = 100;
  size_t digits = 0;
  for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; *s = str_from(*s, 1), digits++, scale /= 10)
    c->millisecond += (s->p[0] - '0') * scale;
  return digits > 0;
}

static bool moment_offset(struct str *s, int *minutes) {
  int hours = 0, more = 0;
  *minutes = 0;
  if (s->n == 0 || str_is(*s, " UTC") || str_is(*s, " GMT")) return *s = STR(""), true;
  if (moment_mark(s, "Zz")) return true;
  moment_mark(s, " ");
  int sign = s->n && s->p[0] == '-' ? -1 : 1;
  if (!moment_mark(s, "+-") || !moment_number(s, 2, &hours)) return false;
  bool colon = moment_mark(s, ":");
  if ((colon || s->n) && !moment_number(s, 2, &more)) return false;
  *minutes = sign * (hours * 60 + more);
  return hours <= 23 && more <= 59;
}

bool moment_read(struct str s, int64_t *ms) {
  struct moment_civil c = {0};
  int offset = 0;
  if (!moment_date(&s, &c)) return false;
  if (s.n && (!moment_mark(&s, "Tt ") || !moment_time(&s, &c) || !moment_offset(&s, &offset) || s.n))
    return false;
  *ms = moment_join(&c) - offset * 60000LL;
  return true;
}

bool moment_is_date(struct str s) {
  struct moment_civil c = {0};
  return moment_date(&s, &c) && s.n == 0;
}

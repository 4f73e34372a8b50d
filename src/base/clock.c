// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

uint64_t clock_mono_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void clock_condition_init(pthread_cond_t *c) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(c, &monotonic);
  pthread_condattr_destroy(&monotonic);
}

static int64_t clock_floor_s(int64_t ms) {
  return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

// A year is of four digits (RFC 3339 §5.6): what lies beyond, as in a damaged row, is its first or last moment.
#define CLOCK_FIRST_MS (-30610224000000) // 1000-01-01T00:00:00Z
#define CLOCK_LAST_MS 253402300799999    // 9999-12-31T23:59:59.999Z

void clock_rfc3339(int64_t ms, char out[CLOCK_TEXT]) {
  ms = ms < CLOCK_FIRST_MS ? CLOCK_FIRST_MS : ms > CLOCK_LAST_MS ? CLOCK_LAST_MS : ms;
  time_t s = (time_t)clock_floor_s(ms);
  int rest = (int)(ms - (int64_t)s * 1000);
  struct tm tm;
  gmtime_r(&s, &tm);
  size_t n = strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
  if (rest)
    snprintf(out + n, CLOCK_TEXT - n, ".%03dZ", rest);
  else
    snprintf(out + n, CLOCK_TEXT - n, "Z");
}

void clock_http_date(int64_t ms, char out[CLOCK_TEXT]) {
  static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t s = (time_t)clock_floor_s(ms);
  struct tm tm;
  gmtime_r(&s, &tm);
  unsigned year = (unsigned)(tm.tm_year + 1900) % 10000;
  snprintf(out, CLOCK_TEXT, "%s, %02u %s %04u %02u:%02u:%02u GMT", day[tm.tm_wday % 7],
           (unsigned)tm.tm_mday % 100, month[tm.tm_mon % 12], year, (unsigned)tm.tm_hour % 100,
           (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

// Reads exactly `digits` digits and moves on.
static bool clock_digits(struct str *s, size_t digits, int *out) {
  uint64_t v;
  if (s->n < digits || !str_to_u64(str_make(s->p, digits), &v)) return false;
  *s = str_from(*s, digits);
  *out = (int)v;
  return true;
}

static bool clock_char(struct str *s, const char *any_of) {
  if (s->n == 0 || !strchr(any_of, s->p[0]) || !s->p[0]) return false;
  *s = str_from(*s, 1);
  return true;
}

// Turns civil time into seconds; refuses days that the month does not have.
static bool clock_civil(const struct tm *in, int64_t *seconds) {
  struct tm tm = *in;
  if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_hour > 23 || tm.tm_min > 59 ||
      tm.tm_sec > 60)
    return false;
  bool leap = tm.tm_sec == 60; // RFC 3339 §5.6; counted as the second after :59
  if (leap) tm.tm_sec = 59;
  *seconds = timegm(&tm);
  bool exists = tm.tm_mday == in->tm_mday && tm.tm_mon == in->tm_mon;
  if (leap) ++*seconds;
  return exists;
}

bool clock_parse_rfc3339(struct str s, int64_t *ms) {
  struct tm tm = {0};
  int fraction = 0, offset_h = 0, offset_m = 0, sign = 0;
  bool ok = clock_digits(&s, 4, &tm.tm_year) && clock_char(&s, "-") && clock_digits(&s, 2, &tm.tm_mon) &&
            clock_char(&s, "-") && clock_digits(&s, 2, &tm.tm_mday) && clock_char(&s, "Tt ") &&
            clock_digits(&s, 2, &tm.tm_hour) && clock_char(&s, ":") && clock_digits(&s, 2, &tm.tm_min) &&
            clock_char(&s, ":") && clock_digits(&s, 2, &tm.tm_sec);
  if (!ok) return false;
  if (clock_char(&s, ".")) {
    int scale = 100, digits = 0;
    for (; s.n && s.p[0] >= '0' && s.p[0] <= '9'; s = str_from(s, 1), digits++, scale /= 10)
      fraction += (s.p[0] - '0') * scale;
    if (digits == 0) return false;
  }
  if (!clock_char(&s, "Zz")) {
    sign = s.n && s.p[0] == '-' ? -1 : 1;
    if (!clock_char(&s, "+-") || !clock_digits(&s, 2, &offset_h) || !clock_char(&s, ":") ||
        !clock_digits(&s, 2, &offset_m) || offset_h > 23 || offset_m > 59)
      return false;
  }
  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  int64_t seconds;
  if (s.n || !clock_civil(&tm, &seconds)) return false;
  *ms = (seconds - sign * (offset_h * 3600 + offset_m * 60)) * 1000 + fraction;
  return true;
}

static bool clock_month(struct str *s, int *month) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int i = 0; i < 12 && s->n >= 3; i++) {
    if (memcmp(s->p, names + 3 * i, 3) != 0) continue;
    *month = i;
    *s = str_from(*s, 3);
    return true;
  }
  return false;
}

// RFC 9110 §5.6.7: a two-digit year that seems over 50 years ahead is the latest past one that ends so.
static int clock_full_year(int two_digits) {
  time_t now = (time_t)(clock_now_ms() / 1000);
  struct tm tm;
  gmtime_r(&now, &tm);
  int this_year = tm.tm_year + 1900, year = this_year - this_year % 100 + two_digits;
  return year > this_year + 50 ? year - 100 : year;
}

static bool clock_time_of_day(struct str *s, struct tm *tm) {
  return clock_digits(s, 2, &tm->tm_hour) && clock_char(s, ":") && clock_digits(s, 2, &tm->tm_min) &&
         clock_char(s, ":") && clock_digits(s, 2, &tm->tm_sec);
}

bool clock_parse_http_date(struct str s, int64_t *ms) {
  struct tm tm = {0};
  ptrdiff_t comma = str_find(s, ',');
  if (comma > 0) { // "Sun, 06 Nov 1994 08:49:37 GMT" or "Sunday, 06-Nov-94 08:49:37 GMT"
    s = str_from(s, (size_t)comma + 1);
    if (!clock_char(&s, " ") || !clock_digits(&s, 2, &tm.tm_mday) || !clock_char(&s, " -") ||
        !clock_month(&s, &tm.tm_mon) || !clock_char(&s, " -"))
      return false;
    bool long_year = s.n > 3 && s.p[2] >= '0' && s.p[2] <= '9';
    if (!clock_digits(&s, long_year ? 4 : 2, &tm.tm_year)) return false;
    if (!long_year) tm.tm_year = clock_full_year(tm.tm_year);
    if (!clock_char(&s, " ") || !clock_time_of_day(&s, &tm) || !str_is(s, " GMT")) return false;
  } else { // "Sun Nov  6 08:49:37 1994"
    if (s.n < 24) return false;
    s = str_from(s, 4);
    if (!clock_month(&s, &tm.tm_mon) || !clock_char(&s, " ")) return false;
    if (!(clock_char(&s, " ") ? clock_digits(&s, 1, &tm.tm_mday) : clock_digits(&s, 2, &tm.tm_mday)))
      return false;
    if (!clock_char(&s, " ") || !clock_time_of_day(&s, &tm) || !clock_char(&s, " ") ||
        !clock_digits(&s, 4, &tm.tm_year) || s.n)
      return false;
  }
  tm.tm_year -= 1900;
  int64_t seconds;
  if (!clock_civil(&tm, &seconds)) return false;
  *ms = seconds * 1000;
  return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "program/when.h"

#include "table/moment.h"

static bool when_unit(char letter, enum zone_unit *out) {
  static const struct {
    char letter;
    enum zone_unit unit;
  } units[] = {{'m', ZONE_MINUTE}, {'h', ZONE_HOUR},  {'d', ZONE_DAY},
               {'w', ZONE_WEEK},   {'M', ZONE_MONTH}, {'y', ZONE_YEAR}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (units[i].letter == letter) return *out = units[i].unit, true;
  return false;
}

// The same reading of the clock so many units on, as people count days and months.
static int64_t when_move(const struct table_clock *clock, int64_t ms, enum zone_unit unit, int64_t count) {
  return zone_bucket_after(clock->zone, ms, unit, 1, count);
}

static bool when_word(struct str text, const struct table_clock *clock, int64_t *ms) {
  enum zone_unit unit;
  int64_t at = clock->now_ms;
  if (str_is(text, "today") || str_is(text, "yesterday")) {
    at = zone_bucket(clock->zone, at, ZONE_DAY, 1, clock->first_weekday);
    *ms = str_is(text, "today") ? at : when_move(clock, at, ZONE_DAY, -1);
    return true;
  }
  if (!str_starts(text, "now")) return false;
  for (struct str rest = str_from(text, 3); rest.n;) {
    char sign = rest.p[0];
    size_t digits = 1;
    uint64_t count = 0;
    while (digits < rest.n && rest.p[digits] >= '0' && rest.p[digits] <= '9') digits++;
    bool floor = sign == '/';
    if (digits >= rest.n || !when_unit(rest.p[digits], &unit)) return false;
    if (floor ? digits != 1 : !str_to_u64(str_make(rest.p + 1, digits - 1), &count) || count > 100000)
      return false;
    if (!floor && sign != '-' && sign != '+') return false;
    at = floor ? zone_bucket(clock->zone, at, unit, 1, clock->first_weekday)
               : when_move(clock, at, unit, sign == '-' ? -(int64_t)count : (int64_t)count);
    rest = str_from(rest, digits + 1);
  }
  *ms = at;
  return true;
}

// A reading without an offset is of the run's zone; one with `Z` or an offset says its own.
static bool when_instant(struct str text, const struct table_clock *clock, int64_t *ms) {
  if (!moment_read(text, ms)) return false;
  bool local =
      moment_is_date(text) ||
      (text.n >= 16 && !memchr("Zz", text.p[text.n - 1], 2) && str_find(str_from(text, 11), '+') < 0 &&
       str_find(str_from(text, 11), '-') < 0 && str_find(str_from(text, 11), 'C') < 0);
  if (local) *ms = zone_instant(clock->zone, *ms);
  return true;
}

bool when_read(struct str text, const struct table_clock *clock, int64_t *ms, struct err *err) {
  text = str_trim(text);
  if (when_word(text, clock, ms) || when_instant(text, clock, ms)) return true;
  err_set(err, ERR_INVALID, "'%.*s' is no time", (int)(text.n < 60 ? text.n : 60), text.p ? text.p : "");
  err_hint(err, "write 2026-11-20, 2026-11-20T08:15:00Z, or now, now-24h, now-7d, now/d, today, yesterday");
  return false;
}

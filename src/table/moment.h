// SPDX-License-Identifier: Apache-2.0
// moment: an instant as vendors write it, and the one form that tables hold: UTC with milliseconds, so that text order
// is time order. Pure. Example:
//   int64_t ms; if (moment_read(STR("2026-11-20 08:15:00+0100"), &ms)) { char out[MOMENT_TEXT]; moment_write(ms, out); }
#ifndef POSTERN_TABLE_MOMENT_H
#define POSTERN_TABLE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { MOMENT_TEXT = 25 }; // "2026-11-20T07:15:00.000Z" and its NUL

// Years 0001 to 9999. ISO 8601 calendar dates and date-times, extended form: 2026-11-20, 2026-11-20T08:15,
// seconds and any fraction of them, T or a blank between, offsets Z, +01:00, +0100, +01, " UTC", or none, which is UTC.
bool moment_read(struct str s, int64_t *ms);
bool moment_is_date(struct str s);                    // a date that exists, and nothing behind it
void moment_write(int64_t ms, char out[MOMENT_TEXT]); // beyond those years: the nearest that is within

struct moment_civil {
  int year, month, day, hour, minute, second, millisecond, weekday; // weekday: 0 is Sunday; month 1 to 12
};
void moment_split(int64_t ms, struct moment_civil *out);
int64_t
moment_join(const struct moment_civil *c); // fields beyond their range carry over; weekday is not looked at

#endif

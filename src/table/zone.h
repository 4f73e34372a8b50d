// SPDX-License-Identifier: Apache-2.0
// zone: local time in an IANA zone, from the system's data (TZif, RFC 9636) and never from TZ. A zone that was read is
// kept for the process, a bounded number; reading blocks for one small file. Any thread. Example:
//   const struct zone *z; if (!zone_find(STR("Europe/Berlin"), &z, err)) return false;
//   int64_t start = zone_bucket(z, ms, ZONE_DAY, 1, 1);
#ifndef POSTERN_TABLE_ZONE_H
#define POSTERN_TABLE_ZONE_H

#include "base/err.h"

struct zone;

// ERR_INVALID: there is no such zone, or its data is damaged. "UTC" is always there.
MUST_USE bool zone_find(struct str name, const struct zone **out, struct err *err);
struct str zone_name(const struct zone *z);
// Private to table/ and its tests: the contents of a TZif file. ERR_INVALID: it is damaged. The caller frees.
MUST_USE bool zone_parse(struct str bytes, struct str name, struct zone **out, struct err *err);
void zone_free(struct zone *z);

int zone_offset(const struct zone *z, int64_t ms);    // seconds east of UTC at that instant
int64_t zone_local(const struct zone *z, int64_t ms); // the clock's reading there, as if it were UTC
// The instant of a reading. One that the clock jumps over is taken as if it had not jumped, one that comes twice is the first.
int64_t zone_instant(const struct zone *z, int64_t local_ms);

enum zone_unit {
  ZONE_MINUTE,
  ZONE_HOUR,
  ZONE_DAY,
  ZONE_WEEK,
  ZONE_MONTH,
  ZONE_QUARTER,
  ZONE_YEAR,
  ZONE_UNITS
};
bool zone_unit_read(struct str word, enum zone_unit *out); // "hour", "hours"
const char *zone_unit_name(enum zone_unit unit);
// The instant at which the bucket of `count` units that holds `ms` begins. Buckets of several days, weeks, months
// or years are counted from 1970, those of minutes and hours from the day's start. first_weekday: 0 is Sunday.
int64_t zone_bucket(const struct zone *z, int64_t ms, enum zone_unit unit, int count, int first_weekday);
// The same moved on by `buckets` buckets from such a beginning.
int64_t zone_bucket_after(const struct zone *z, int64_t start, enum zone_unit unit, int count,
                          int64_t buckets);

#endif

// SPDX-License-Identifier: Apache-2.0
// quiet: hours of a day in which nobody is told, by the clock of a zone. From and to the minute; they may go over midnight.
// Pure but for the zone's data, which is read once. Example:
//   struct alert_quiet q; if (!alert_quiet_read(STR("22:00-07:00"), STR("Europe/Berlin"), &q, err)) …
//   int64_t end = alert_quiet_end(&q, now);      // 0: it is not quiet now
#ifndef POSTERN_ALERT_QUIET_H
#define POSTERN_ALERT_QUIET_H

#include "base/buf.h"
#include "table/zone.h"

struct alert_quiet {
  const struct zone *zone; // NULL: there are none
  int from, to;            // minutes of the day
};

// ERR_INVALID at "quiet" or "zone". An empty text: none.
MUST_USE bool alert_quiet_read(struct str hours, struct str zone, struct alert_quiet *out, struct err *err);
int64_t alert_quiet_end(const struct alert_quiet *q, int64_t now_ms); // 0: it is not quiet now

#endif

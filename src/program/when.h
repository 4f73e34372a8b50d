// SPDX-License-Identifier: Apache-2.0
// when: times as programs write them: an instant, or a word that is resolved against the run's one moment. Pure.
//   now   now-7d   now-1M/M   today   yesterday   2026-11-20   2026-11-20T08:15:00+01:00
// Units: m minutes, h hours, d days, w weeks, M months, y years. `/d` goes back to where that unit began, in the zone.
#ifndef POSTERN_PROGRAM_WHEN_H
#define POSTERN_PROGRAM_WHEN_H

#include "base/err.h"
#include "table/table.h"

MUST_USE bool when_read(struct str text, const struct table_clock *clock, int64_t *ms, struct err *err);

#endif

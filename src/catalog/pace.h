// SPDX-License-Identifier: Apache-2.0
// pace: when the next look at a vendor's lists may be that its news call for. One after a rest comes at once; a vendor with
// news all the time is read a tenth of it, and never more often than every CATALOG_PACE_LEAST_MS. A look counts ten times
// what it took, and so much as CATALOG_PACE_AHEAD_MS of the time to come may be used before. Pure; times in ms of one
// clock. Example:
//   catalog_pace_ran(&p, begun, now);   due = catalog_pace_next(&p, now);
#ifndef POSTERN_CATALOG_PACE_H
#define POSTERN_CATALOG_PACE_H

#include <stdint.h>

enum {
  CATALOG_PACE_LEAST_MS = 200,
  CATALOG_PACE_SHARE = 10,
  CATALOG_PACE_AHEAD_MS = 10 * 1000,
  CATALOG_PACE_DEBT_MS = 40 * 1000, // so that one look which took minutes puts news off for half a minute
};

struct catalog_pace {
  uint64_t used_ms;  // until when the time is used
  uint64_t ended_ms; // the last look
};

void catalog_pace_ran(struct catalog_pace *p, uint64_t begun_ms, uint64_t now_ms);
uint64_t catalog_pace_next(const struct catalog_pace *p, uint64_t now_ms); // >= now

#endif

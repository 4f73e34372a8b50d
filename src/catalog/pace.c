// SPDX-License-Identifier: Apache-2.0
#include "catalog/pace.h"

void catalog_pace_ran(struct catalog_pace *p, uint64_t begun_ms, uint64_t now_ms) {
  if (p->used_ms < begun_ms) p->used_ms = begun_ms;
  p->used_ms += (now_ms - begun_ms) * CATALOG_PACE_SHARE;
  if (p->used_ms > now_ms + CATALOG_PACE_DEBT_MS) p->used_ms = now_ms + CATALOG_PACE_DEBT_MS;
  p->ended_ms = now_ms;
}

uint64_t catalog_pace_next(const struct catalog_pace *p, uint64_t now_ms) {
  uint64_t next = now_ms;
  if (p->ended_ms && next < p->ended_ms + CATALOG_PACE_LEAST_MS) next = p->ended_ms + CATALOG_PACE_LEAST_MS;
  if (next + CATALOG_PACE_AHEAD_MS < p->used_ms) next = p->used_ms - CATALOG_PACE_AHEAD_MS;
  return next;
}

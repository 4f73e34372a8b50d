// SPDX-License-Identifier: Apache-2.0
#include "session/level.h"

static const char *const levels[] = {"debug", "info",     "notice", "warning",
                                     "error", "critical", "alert",  "emergency"};
enum { LEVELS = sizeof levels / sizeof *levels };

static int level_rank(struct str level) {
  for (int i = 0; i < LEVELS; i++)
    if (str_is(level, levels[i])) return i;
  return -1;
}

bool level_is(struct str level) {
  return level_rank(level) >= 0;
}

bool level_passes(struct str wanted, struct str level) {
  return level_rank(level) < 0 || level_rank(level) >= level_rank(wanted);
}

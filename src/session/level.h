// SPDX-License-Identifier: Apache-2.0
// level: the severities of log messages (RFC 5424, as MCP's logging names them). Pure. Example:
//   if (!level_is(level)) …                       // logging/setLevel
//   if (level_passes(wanted, STR("info"))) …      // wanted empty: all pass
#ifndef POSTERN_SESSION_LEVEL_H
#define POSTERN_SESSION_LEVEL_H

#include "base/str.h"

bool level_is(struct str level);
bool level_passes(struct str wanted, struct str level);

#endif

// SPDX-License-Identifier: Apache-2.0
// result: one result of a program as a person reads it: drawn where that suits it, else a table. Private to cli/.
#ifndef POSTERN_CLI_RESULT_H
#define POSTERN_CLI_RESULT_H

#include "base/buf.h"
#include "cli/command.h"

// `headed`: with its title above. Flags no-chart and no-color are heeded.
void result_show(struct cli *c, yyjson_val *result, bool headed, struct buf *out);

#endif

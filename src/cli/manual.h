// SPDX-License-Identifier: Apache-2.0
// manual: the reference pages that come from tables: commands as Markdown and as a man page, metrics.
// Deterministic: scripts/check-docs compares them with what is committed. Private to cli/.
#ifndef POSTERN_CLI_MANUAL_H
#define POSTERN_CLI_MANUAL_H

#include "base/buf.h"
#include "cli/command.h"

void manual_write_commands(struct buf *out); // docs/cli.md
void manual_write_metrics(struct buf *out);  // docs/metrics.md
void manual_write_man(struct buf *out);      // packaging/postern.1
// docs/catalog.md, from the folder of connectors.
MUST_USE bool manual_write_catalog(struct cli *c, struct buf *out, struct err *err);

#endif

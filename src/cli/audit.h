// SPDX-License-Identifier: Apache-2.0
// audit: what listing and exporting the audit share. Private to cli/. Example:
//   struct buf path;
//   if (!cli_audit_path(c, &path, err)) return false;      // "/audit?since=…", of the command's flags
#ifndef POSTERN_CLI_AUDIT_H
#define POSTERN_CLI_AUDIT_H

#include "base/buf.h"
#include "cli/command.h"

// The API's path with the filters that the flags say. Outlives what cli_forget frees.
MUST_USE bool cli_audit_path(struct cli *c, struct buf *out, struct err *err);

#endif

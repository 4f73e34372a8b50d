// SPDX-License-Identifier: Apache-2.0
// help: how commands are used, from the table. Private to cli/.
#ifndef POSTERN_CLI_HELP_H
#define POSTERN_CLI_HELP_H

#include "cli/command.h"

void help_command(struct cli *c, const struct command *k);
void help_group(struct cli *c, struct str group); // empty: all groups
bool help_has_group(struct str group);
// "postern account add CONNECTOR [flags]"
void help_usage(const struct command *k, struct buf *out);
extern const char *const help_exit_codes[]; // "0  done", …; the last is NULL

#endif

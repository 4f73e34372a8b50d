// SPDX-License-Identifier: Apache-2.0
// recover: an admin token for whoever sits at the machine and may read what `postern serve` reads: the settings, the
// key file and the database. Main thread, no loops. Example:
//   char text[TOKEN_TEXT]; bool running;
//   if (!recover_token(settings, STR("recovered"), text, &running, err)) return false;
#ifndef POSTERN_RECOVER_H
#define POSTERN_RECOVER_H

#include "cli/cli.h"

// `running`: a server holds the database; it takes the token up when it next keeps house.
MUST_USE bool recover_token(const struct settings *s, struct str name, char text[TOKEN_TEXT], bool *running,
                            struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// names: what a word on the command line means among what the server has: by id, or by a name that one alone has. What
// matches nothing is told with what was perhaps meant, upper and lower case aside, of whichever kind. Paths of requests
// are then made of ids, so a name may hold anything. Private to cli/. Example:
//   yyjson_val *account;
//   if (!names_find(c, NAMES_ACCOUNT, args_word(&c->args, 0), &account, err)) return false;
#ifndef POSTERN_CLI_NAMES_H
#define POSTERN_CLI_NAMES_H

#include "cli/command.h"

enum names_kind {
  NAMES_ACCOUNT,
  NAMES_SERVER,
  NAMES_CONNECTOR,
  NAMES_TOKEN,
  NAMES_USER,
  NAMES_PROGRAM,
  NAMES_ENGINE,
  NAMES_KINDS
};

// The entry of its list. ERR_MISSING, or ERR_CONFLICT where several have the name.
MUST_USE bool names_find(struct cli *c, enum names_kind kind, struct str text, yyjson_val **out,
                         struct err *err);
// All entries of the kind.
MUST_USE bool names_list(struct cli *c, enum names_kind kind, yyjson_val **items, struct err *err);
// /integrated-account/{id of the account that this word means}TAIL
MUST_USE bool names_account_path(struct cli *c, struct str text, const char *tail, struct str *path,
                                 struct err *err);
// The connector by its name or its tools' prefix, with all that is known of it.
MUST_USE bool names_connector(struct cli *c, struct str text, yyjson_val **out, struct err *err);

#endif

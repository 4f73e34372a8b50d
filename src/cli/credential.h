// SPDX-License-Identifier: Apache-2.0
// credential: the credential of an account, from flags, standard input or the terminal, as "credential"
// of a request's body. Private to cli/.
#ifndef POSTERN_CLI_CREDENTIAL_H
#define POSTERN_CLI_CREDENTIAL_H

#include "cli/command.h"

// `connector` is the whole answer of it. Asks at the terminal for what the connector's way needs and the flags do not give. `way` empty: the first.
MUST_USE bool credential_put(struct cli *c, yyjson_mut_doc *body, yyjson_val *connector, struct str way,
                             struct err *err);

#endif

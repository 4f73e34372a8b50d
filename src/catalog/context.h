// SPDX-License-Identifier: Apache-2.0
// context: arguments that an account supplies by itself, such as account_id. The connector says which
// there are; the account holds a default, or the choices its credential has. Pure; texts belong to the
// account.
#ifndef POSTERN_CATALOG_CONTEXT_H
#define POSTERN_CATALOG_CONTEXT_H

#include "catalog/snapshot.h"

// Is it an argument that accounts of this connector may hold a default for? NULL: no.
const struct connector_context *context_find(const struct catalog_account *v, struct str argument);
yyjson_val *context_default(const struct catalog_account *v, struct str argument); // NULL: none is set
// Array of {"id","title"} that the credential may choose from; NULL: not known.
yyjson_val *context_choices(const struct catalog_account *v, struct str argument);

#endif

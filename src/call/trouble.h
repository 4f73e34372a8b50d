// SPDX-License-Identifier: Apache-2.0
// trouble: known trouble behind a result or a failure, and its remedy: the account to choose is missing,
// another cloud is authorized than the one named, a folder filter matched nothing, a rule only watches, a
// permission is missing, a certificate, the address guard. Checks are a table; words for the remedy are the
// connector's where it has a row for the check. Pure. Example:
//   struct trouble t;
//   if (trouble_find(&(struct trouble_seen){.account = v, .tool = name, .result = result}, arena, &t))
//     … t.check is "context_missing", t.remedy says what to do
#ifndef POSTERN_CALL_TROUBLE_H
#define POSTERN_CALL_TROUBLE_H

#include "catalog/catalog.h"

struct call_answer;

struct trouble_seen {
  const struct catalog_account *account;
  yyjson_val *arguments; // object or NULL
  // One of:
  yyjson_val *result;                 // a result of tools/call
  yyjson_val *rpc_error;              // a JSON-RPC error
  const struct err *failed;           // no answer at all
  const struct call_answer *response; // an API's
};

struct trouble {
  const char *check; // of connector_checks
  struct str remedy; // in the arena or the connector
};

// False: nothing that is known, and `out` stays.
bool trouble_find(const struct trouble_seen *seen, struct arena *a, struct trouble *out);

#endif

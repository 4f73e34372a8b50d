// SPDX-License-Identifier: Apache-2.0
// withheld: parameters that are no arguments, since the account sends them with each request (by the connector's
// `send`, or by a security scheme of the document), or the program does (base/header). One document's. Example:
//   struct withheld w = {0};  withheld_init(&w, doc, word, arena);  withheld_drop(&w, op, &notes);  withheld_free(&w);
#ifndef POSTERN_OPENAPI_WITHHELD_H
#define POSTERN_OPENAPI_WITHHELD_H

#include "base/map.h"
#include "openapi/operation.h"

struct withheld {
  struct map names; // "query key", "header x-api-key" → who sends it
  struct arena *arena;
};

// `word`: the connector's; may be NULL.
void withheld_init(struct withheld *w, struct document *d, yyjson_val *word, struct arena *a);
void withheld_free(struct withheld *w);
void withheld_drop(struct withheld *w, struct operation *op, struct notes *notes);

#endif

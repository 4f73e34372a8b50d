// SPDX-License-Identifier: Apache-2.0
// describe: the words a model chooses a tool by: what it does and returns, its scope, how it pages, and
// warnings. Which ids it needs and where from is added by catalog/listing, since a server may hide the
// tool that gives one. At most DESCRIPTION_MOST bytes.
#ifndef POSTERN_OPENAPI_DESCRIBE_H
#define POSTERN_OPENAPI_DESCRIBE_H

#include "openapi/operation.h"

enum { DESCRIPTION_MOST = 1000, DESCRIPTION_OWN_MOST = 520 };

struct description {
  const struct operation *op;
  struct str connector, needs; // needs: of a body that may be left out
  bool folded;
};

// Its summary, else what its operationId says, else its name.
struct str describe_title(const struct operation *op, struct arena *a);
struct str describe_tool(const struct description *d, struct arena *a);
// Which permission the vendor asks for: the connector's word, else the document's; may be empty.
struct str describe_permission(const struct operation *op, struct arena *a);
// Adds "paging" to a tool that pages.
void describe_paging(const struct operation *op, yyjson_mut_doc *doc, yyjson_mut_val *tool);

#endif

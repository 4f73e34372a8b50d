// SPDX-License-Identifier: Apache-2.0
// servers: where a document says that its API is, and where single operations of it are. An operation's own
// address is followed on the API's origin and on those that the operator allows; no document leads a credential
// anywhere else.
#ifndef POSTERN_OPENAPI_SERVERS_H
#define POSTERN_OPENAPI_SERVERS_H

#include "openapi/operation.h"

struct servers {
  struct document *doc;
  struct arena *arena;
  struct str base;           // of the API: the connector's word, else the document's
  struct str said;           // the document's; empty: it has none
  struct str own;            // the same, or a stand-in with its path: what `base` stands for
  const struct str *origins; // that the operator allows beside
  size_t origin_count;
};

// The document's address without a slash at its end. `at`: its own URL, which a relative one starts from; empty:
// not known. ERR_INVALID says why there is none.
MUST_USE bool servers_base_url(struct document *d, struct str at, struct arena *a, struct str *out,
                               struct err *err);
// Fills base, said and own; doc, arena and origins are the caller's, and base where the connector has a word.
void servers_init(struct servers *s);
// Fills `instead_of`, `base_path` and `base_url` of an operation that has servers of its own. ERR_DENIED: none of
// them may be asked.
MUST_USE bool servers_settle(const struct servers *s, struct operation *op, struct err *err);

#endif

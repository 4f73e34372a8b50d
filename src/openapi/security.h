// SPDX-License-Identifier: Apache-2.0
// security: the security schemes of a document as a connector's ways to authenticate (docs/connectors.md, auth).
#ifndef POSTERN_OPENAPI_SECURITY_H
#define POSTERN_OPENAPI_SECURITY_H

#include "base/buf.h"
#include "openapi/document.h"

enum { SECURITY_WAYS_MOST = 8, SECURITY_PARTS_MOST = 8 }; // as a connector may have

struct security_ask {
  struct document *doc;
  struct str base; // the API's address, which a relative token URL starts from
  struct arena *arena;
  struct buf *remarks; // gets sentences on what was read otherwise, one a line
};

// `ways`: an array of `out`, filled with what the document asks for, most first; what stands before what must be renewed
// by hand, and that before nothing at all. Empty: it asks for nothing that can be sent. A client's credentials go where
// the document says: who takes them over sees to it that the operator has said so too.
void security_ways(const struct security_ask *ask, yyjson_mut_doc *out, yyjson_mut_val *ways);

#endif

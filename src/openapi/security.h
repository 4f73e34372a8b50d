// SPDX-License-Identifier: Apache-2.0
// security: the security schemes of a document as a connector's ways to authenticate (docs/connectors.md, auth).
#ifndef POSTERN_OPENAPI_SECURITY_H
#define POSTERN_OPENAPI_SECURITY_H

#include "base/buf.h"
#include "openapi/document.h"

enum { SECURITY_WAYS_MOST = 8, SECURITY_PARTS_MOST = 8 }; // as a connector may have

// `ways`: an array, filled with what the document asks for, most first; what stands before what must be renewed, and
// that before nothing at all. Empty: it asks for nothing that can be sent.
// `remarks`: sentences on what was read otherwise, one a line.
void security_ways(struct document *d, struct arena *a, yyjson_mut_doc *doc, yyjson_mut_val *ways,
                   struct buf *remarks);

#endif

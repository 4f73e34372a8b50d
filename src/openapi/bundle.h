// SPDX-License-Identifier: Apache-2.0
// bundle: a document, be it of many files, as one JSON text without white space. Each value of the first file keeps
// its line, so that what is said of a line holds for the file that was given; the other files stand under "x-postern-files".
#ifndef POSTERN_OPENAPI_BUNDLE_H
#define POSTERN_OPENAPI_BUNDLE_H

#include "base/buf.h"
#include "openapi/document.h"

// False: it is larger than the buffer may be.
MUST_USE bool bundle_write(struct document *d, struct arena *a, struct buf *out, struct err *err);

#endif

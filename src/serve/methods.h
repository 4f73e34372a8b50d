// SPDX-License-Identifier: Apache-2.0
// methods: what may be asked, in one table for both eras: who answers, in which era, and what of the vendors'
// must be there for it. Example:
//   if (methods_answer(r, &out, &err)) …        // out: the result object, in the era's frame
#ifndef POSTERN_SERVE_METHODS_H
#define POSTERN_SERVE_METHODS_H

#include "serve/serve.h"

// Appends the result of r->message, a request. A method that is unknown, of the other era, or whose capability
// is not offered is -32601.
MUST_USE bool methods_answer(struct serve_request *r, struct buf *out, struct err *err) SUSPENDS;

#endif

// SPDX-License-Identifier: Apache-2.0
// guess: what a text is that was given for an OpenAPI document and is none, said in the error. Pure.
#ifndef POSTERN_OPENAPI_GUESS_H
#define POSTERN_OPENAPI_GUESS_H

#include <yyjson.h>

#include "base/err.h"

// False: `err` names what the text is; true: it looks like nothing known, and `err` stays. `object`: it could be read,
// as an object of JSON or YAML, which some others are too.
MUST_USE bool guess_text(struct str text, bool object, struct err *err);
// The root is there and says no version that we know. Always false.
MUST_USE bool guess_root(yyjson_val *root, struct err *err);

#endif

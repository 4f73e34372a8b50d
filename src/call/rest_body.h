// SPDX-License-Identifier: Apache-2.0
// rest_body: the body of a vendor's request, of each kind that OpenAPI knows. Private to call/rest.
#ifndef POSTERN_CALL_REST_BODY_H
#define POSTERN_CALL_REST_BODY_H

#include "base/buf.h"
#include "tool/tool.h"

struct rest_body {
  struct buf bytes; // the caller frees, whatever the answer was
  bool present;
  struct str type; // Content-Type
};

// `out->bytes` has its maximum already.
MUST_USE bool rest_body_build(const struct tool *t, yyjson_mut_val *arguments, struct arena *a,
                              struct rest_body *out, struct err *err);

// A value as the text it is on the wire: a string's bytes, a number's own digits, true or false, JSON for the
// rest.
struct str rest_value_text(yyjson_mut_val *v, struct arena *a);
// The argument of that name; NULL where there is none. An explicit null is there.
yyjson_mut_val *rest_argument(yyjson_mut_val *arguments, struct str name);

#endif

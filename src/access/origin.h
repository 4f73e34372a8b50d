// SPDX-License-Identifier: Apache-2.0
// origin: which browser pages may call. Browsers send Origin with whatever a page makes them send, so one that is not
// ours means that a page elsewhere is at work in somebody's browser (DNS rebinding, CSRF). Pure. Example:
//   if (!origin_check(env->origins, in, &err)) …                // ERR_DENIED
#ifndef POSTERN_ACCESS_ORIGIN_H
#define POSTERN_ACCESS_ORIGIN_H

#include "base/err.h"
#include "http/message.h"

struct origin_rule { // beside pages of the host that the request was sent to; lives as long as the program
  const struct str *allowed;
  size_t allowed_count;
  struct str public_url; // behind a proxy the Host that arrives may be another than people see; may be empty
};

// A request without Origin comes from no page.
MUST_USE bool origin_check(const struct origin_rule *rule, const struct http_request *in, struct err *err);
// Is it surely a page of ours? None that the operator allows beside them, and no request without Origin.
MUST_USE bool origin_check_own(const struct origin_rule *rule, const struct http_request *in,
                               struct err *err);

#endif

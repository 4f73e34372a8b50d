// SPDX-License-Identifier: Apache-2.0
// errand: a request of our own to one member's vendor, which comes back with its result and nothing before it:
// a page of a list, a subscription, a log level. It counts as the account's, like a call of a tool (call/run).
// On the request's fiber. Example:
//   struct errand_result result;
//   if (!errand_ask(r, member, &(struct errand_want){"prompts/list"}, &result, err)) return false;
//   … result.value …; errand_free(&result);
#ifndef POSTERN_SERVE_ERRAND_H
#define POSTERN_SERVE_ERRAND_H

#include "serve/serve.h"

struct errand_result {
  yyjson_mut_doc *doc;
  yyjson_mut_val *value; // the result object; NULL: there is none
};
void errand_free(struct errand_result *r);

struct errand_want {
  const char *method;
  const char *key; // the one member of its params; NULL: it has none
  struct str value;
  uint64_t total_ms; // 0: the vendor's limits
};
// A vendor's error is a fault of ours.
MUST_USE bool errand_ask(struct serve_request *r, const struct catalog_member *m,
                         const struct errand_want *want, struct errand_result *out, struct err *err) SUSPENDS;
// Tells a legacy vendor that has logging from which level on its session wants it, as modern ones are told with
// each request. One that refuses is no failure of ours. Call offer_of before.
void errand_set_level(struct serve_request *r, const struct catalog_member *m, struct str level) SUSPENDS;

// Of whoever asks by himself: the member's vendor as the caller reaches it, or ERR_UNAVAILABLE; ERR_DENIED: with an account of
// the caller's own, which is not connected, and the words say where she does that;
MUST_USE bool errand_peer(const struct serve_request *r, const struct catalog_member *m,
                          struct mcp_peer **out, struct err *err) SUSPENDS;
// and a call's last event, which is freed. `uri`: of a resource that was asked for, as the client calls it.
MUST_USE bool errand_take(struct serve_request *r, struct mcp_event *last, struct str uri,
                          struct errand_result *out, struct err *err);

#endif

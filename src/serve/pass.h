// SPDX-License-Identifier: Apache-2.0
// pass: a request that is not a tool call, handed to one member's vendor: prompts/get, resources/read,
// completion/complete. With all that may happen before its result (serve/bridge), and an audit row where
// something of the vendor's is read. On the request's fiber. Example:
//   struct errand_result result;
//   if (!pass_ask(r, &(struct pass_want){…}, &result, err)) return false;
//   … frame_add(r, result.doc, result.value, false, out, err); errand_free(&result);
#ifndef POSTERN_SERVE_PASS_H
#define POSTERN_SERVE_PASS_H

#include "serve/errand.h"

struct pass_want {
  const char *method;
  yyjson_val *params; // as the client sent them; may be NULL
  const struct catalog_member *member;
  const char *own_in;  // the member of params that holds the next; NULL: params themselves
  const char *own_key; // what the vendor calls otherwise: "name", "uri"
  struct str own;      // what it calls it
  struct str shown;    // what the client calls it, for the audit; empty: no audit row
};

// Where the caller has to connect an account of her own first (offer_awaits): asks a client that opens links to open it, as a
// call does. Appends the result, or fails with what says so.
MUST_USE bool pass_link(struct serve_request *r, const struct pass_want *want, struct buf *out,
                        struct err *err) SUSPENDS;

// The result is in the client's names.
MUST_USE bool pass_ask(struct serve_request *r, const struct pass_want *want, struct errand_result *out,
                       struct err *err) SUSPENDS;

#endif

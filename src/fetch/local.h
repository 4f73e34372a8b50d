// SPDX-License-Identifier: Apache-2.0
// local: an origin that this program answers itself: nothing is opened, and nothing leaves the machine. Its host ends in
// .invalid (RFC 2606 §2), which no name server knows, so that it is never anybody else's. Example, at start:
//   fetch_local("https://demo.invalid", demo_answer);
#ifndef POSTERN_FETCH_LOCAL_H
#define POSTERN_FETCH_LOCAL_H

#include "fetch/client.h"

// `target` is path and query, as they stand in the URL. JSON into `body`; answers with the HTTP status.
typedef int fetch_local_handler(const char *method, struct str target, struct buf *body);

// Once, at start, before any fetch. There is one such origin.
void fetch_local(const char *origin, fetch_local_handler *handle);

bool fetch_is_local(struct str url);
// As fetch_url, of what fetch_is_local. ERR_LIMIT: the answer is larger than the call allows.
MUST_USE bool fetch_locally(const struct fetch_call *call, struct arena *a, struct fetch_result *out,
                            struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// patience: how long servers keep a connection that nobody uses, as they say with their answers ("Keep-Alive: timeout=5",
// RFC 2068 §19.7.1.1; Node.js, Apache and others to this day). A request that is sent when that ends meets a reset, and
// what may have changed something cannot be sent again: so it goes by a connection that was idle for a second less. One
// thread's. Example:
//   patience_learn(&p, fetch_origin(url), http_header_get(&headers, "keep-alive"));
//   curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, patience_of(&p, fetch_origin(url)));
#ifndef POSTERN_FETCH_PATIENCE_H
#define POSTERN_FETCH_PATIENCE_H

#include "base/map.h"

enum {
  PATIENCE_S = 118,
  PATIENCE_ORIGINS_MOST = 256
}; // where a server says nothing; beyond so many all are forgotten

struct patience {
  struct map origins; // struct patience_origin *
};

// `said`: the header's value; empty, or without a timeout: nothing is learned.
void patience_learn(struct patience *p, struct str origin, struct str said);
// Whole seconds: a connection that was idle for longer is not to be used. 0: for a second or more.
long patience_of(const struct patience *p, struct str origin);
void patience_free(struct patience *p);

#endif

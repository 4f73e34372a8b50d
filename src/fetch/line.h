// SPDX-License-Identifier: Apache-2.0
// line: a connection that carries bytes one way, plain or by TLS, for protocols that are no HTTP (syslog). The guard sees
// each address at connect time, the server's certificate is checked against its name, upstream_ca counts; upstream_proxy
// does not. Blocking: for a thread of its own, whose `stop` ends every wait within a second. One thread at a time. Example:
//   struct line_call call = {.url = STR("https://log.example.com:6514"), .limits = &limits, .guard = guard};
//   struct line *l; if (!line_open(&call, &l, err)) return false;
//   if (!line_send(l, bytes, err)) …                    // its kernel has all of them
//   if (!line_is_open(l)) …                             // it has ended meanwhile: what it read of the last is not known
//   line_close(l);
#ifndef POSTERN_FETCH_LINE_H
#define POSTERN_FETCH_LINE_H

#include "fetch/client.h"

struct line;
struct line_call {                   // lives as long as the line, but for the URL
  struct str url;                    // http://host:port is plain, https://host:port TLS
  const struct fetch_limits *limits; // connect_ms, and total_ms of one line_send
  const struct http_guard *guard;
  const atomic_bool *stop; // NULL: nobody stops it
};

MUST_USE bool line_open(const struct line_call *call, struct line **out, struct err *err);
// Returns when the other machine has acknowledged all of it (TCP), which is not yet its program. After an error the line
// is good for nothing but line_close.
MUST_USE bool line_send(struct line *l, struct str bytes, struct err *err);
bool line_is_open(struct line *l); // what the other side says is read and thrown away
void line_close(struct line *l);   // NULL is fine

#endif

// SPDX-License-Identifier: Apache-2.0
// accept: a server's listening socket. Takes new connections while there is something to take them with.
// Where descriptors or memory run out it says so, once in a while, and stops looking: a socket that is
// ready and cannot be taken from would be looked at without end. It tries again when one of the server's
// connections has closed, and in any case after a pause that doubles. Those who wait stay in the kernel's
// queue meanwhile. (libuv's own listener has a reserve of one descriptor for this, which another thread may
// take; after that 1.44 never leaves its loop.) Loop thread only. Owner: struct http_server. Example:
//   if (!http_accept_open(s, &address, err)) …;   // calls http_connection_open(s, fd) for each
#ifndef POSTERN_HTTP_ACCEPT_H
#define POSTERN_HTTP_ACCEPT_H

#include <netinet/in.h>
#include <uv.h>

#include "base/err.h"

struct http_server;

enum {
  HTTP_ACCEPT_HANDLES = 2,
  HTTP_ACCEPT_TURN = 64,     // connections taken before others have their turn
  HTTP_ACCEPT_PAUSE_MS = 50, // after a failure; doubles up to
  HTTP_ACCEPT_PAUSE_MOST_MS = 2000,
  HTTP_ACCEPT_TELL_MS = 60000, // between two lines in the log, of all servers
};

struct http_accept {
  uv_poll_t poll;
  uv_timer_t timer;
  uint64_t pause_ms; // of the last failure; 0: none since one was taken
  int fd;            // -1: closed
  bool paused;
};

// HTTP_ACCEPT_HANDLES of the loop's handles, whose data is the server.
MUST_USE bool http_accept_open(struct http_server *s, const struct sockaddr_storage *address,
                               struct err *err);
// Whoever shakes hands by now still comes in; nobody begins to. So the listener can be closed a moment later, and no
// connection that its client took for open is lost with it.
void http_accept_last(struct http_accept *a);
void http_accept_relieved(struct http_accept *a);                  // a descriptor is free again
void http_accept_close(struct http_accept *a, uv_close_cb closed); // `closed` is called for each handle

#endif

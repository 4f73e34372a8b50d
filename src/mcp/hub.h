// SPDX-License-Identifier: Apache-2.0
// hub: where the messages of a legacy session's own stream go: answers and progress to the calls that wait
// for them, news to those who listen. Private to mcp/. Any thread; senders never wait.
//
// The stream of HTTP+SSE does not say to which call a request or a log message belongs. It goes to the newest
// call that is under way, a request to the newest of those that can answer: all of them are of one principal.
#ifndef POSTERN_MCP_HUB_H
#define POSTERN_MCP_HUB_H

#include <pthread.h>

#include "io/channel.h"
#include "mcp/inbox.h"

struct hub_call { // stands in its call
  struct hub_call *next;
  uint64_t id;
  struct inbox *inbox;
  bool unasked; // nobody answers what the server asks meanwhile
};

struct hub_listener { // stands in its feed
  struct hub_listener *next;
  // Takes the message. Under the hub's lock: short, and without waiting.
  void (*hear)(void *arg, struct message *m);
  void (*ended)(void *arg, const struct err *why);
  void *arg;
};

struct hub {
  pthread_mutex_t lock;
  struct hub_call *calls;
  struct hub_listener *listeners;
  bool closed;
  struct err why; // it was closed
};

void hub_init(struct hub *h);
void hub_free(struct hub *h);
// False with *err: the hub is closed.
MUST_USE bool hub_add_call(struct hub *h, struct hub_call *c, struct err *err);
void hub_drop_call(struct hub *h, struct hub_call *c); // also where it is not there
MUST_USE bool hub_add_listener(struct hub *h, struct hub_listener *l, struct err *err);
// Returns how many are left.
size_t hub_drop_listener(struct hub *h, struct hub_listener *l);
// Takes the message. False: a request that nobody takes, given back in *m; else *m is NULL.
bool hub_dispatch(struct hub *h, struct message **m);
void hub_close(struct hub *h, const struct err *why);

#endif

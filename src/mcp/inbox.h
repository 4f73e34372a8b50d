// SPDX-License-Identifier: Apache-2.0
// inbox: messages on their way from a fiber that reads to the one that waits for them, perhaps on another
// loop. Private to mcp/. Bounded: where it is nearly full, notifications are dropped, so that the answer
// still fits. The call it belongs to makes and frees it; any thread puts, closes and gets.
#ifndef POSTERN_MCP_INBOX_H
#define POSTERN_MCP_INBOX_H

#include "mcp/message.h"

enum {
  INBOX_MOST = 256, // messages
  INBOX_RESERVED = 32,
  INBOX_BYTES_MOST = 16 << 20, // of notifications; what cannot be dropped may take as much again
};

struct inbox;

struct inbox *inbox_new(void);
void inbox_free(struct inbox *b); // and what is left in it; NULL is fine
// Takes the message. False: it was one that cannot be dropped, and there was no room.
bool inbox_put(struct inbox *b, struct message *m);
// No more messages; who waits gets what is there, then `failure`. The first call counts.
void inbox_close(struct inbox *b, const struct err *failure);
MUST_USE bool inbox_get(struct inbox *b, uint64_t wait_ms, struct message **out, struct err *err) SUSPENDS;

#endif

// SPDX-License-Identifier: Apache-2.0
// channel: a bounded queue of messages from any thread to one fiber at a time. It is how a reader on one
// loop hands what it read to whoever waits for it, perhaps on another loop. Reference-counted; any thread.
// Example:
//   struct channel *c = channel_new(64);
//   channel_send(c, message, free_message);         // any thread; never waits
//   void *m; if (!channel_receive(c, 5000, &m, err)) …   // on a fiber
//   channel_unref(c);
#ifndef POSTERN_IO_CHANNEL_H
#define POSTERN_IO_CHANNEL_H

#include "base/err.h"

struct channel;

struct channel *channel_new(size_t most); // messages that may wait
struct channel *channel_ref(struct channel *c);
void channel_unref(struct channel *c); // the last one frees what waits in it

// False: it is closed or full, and the message is still the caller's. `release` frees a message that nobody
// takes.
bool channel_send(struct channel *c, void *message, void (*release)(void *message));
// No more messages; the receiver gets what waits, then ERR_MISSING. May be called twice.
void channel_close(struct channel *c);
// One receiver at a time (a second one meanwhile: ERR_CONFLICT); the next may be on another loop. wait_ms 0:
// no limit but the fiber's own. ERR_TIMEOUT: nothing came; ERR_MISSING: closed and empty; ERR_CANCELED: the
// fiber is canceled. Outside a fiber the thread waits.
MUST_USE bool channel_receive(struct channel *c, uint64_t wait_ms, void **message, struct err *err) SUSPENDS;
bool channel_is_closed(struct channel *c);
size_t channel_count(struct channel *c);

#endif

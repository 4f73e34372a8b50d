// SPDX-License-Identifier: Apache-2.0
// transfer: an HTTP request whose response is read as it comes: event streams, and answers too large to
// hold. The same libcurl machinery, guard and header rules as fetch_url, which is for the rest.
// Owner: the fiber that opened it; it stays on that fiber's loop (another fiber of the same loop may go on
// with it, one at a time). Unread bytes are bounded: beyond TRANSFER_WINDOW libcurl is paused, and the
// vendor's window closes. Example:
//   struct transfer *t;
//   if (!transfer_open(&call, &t, err)) return false;   // returns with the response's head
//   struct str bytes;
//   do { if (!transfer_read(t, &bytes, err)) break; feed(bytes); } while (bytes.n);
//   transfer_close(t);                                         // aborts what has not ended
//
//   vendor -> | body: waits | -> transfer_read, all of it -> | shown: until it is called again |
//             beyond TRANSFER_WINDOW libcurl pauses, and goes on when the body was taken
#ifndef POSTERN_FETCH_TRANSFER_H
#define POSTERN_FETCH_TRANSFER_H

#include "fetch/client.h"

enum {
  TRANSFER_WINDOW = 256 * 1024, // unread bytes; may be passed by what one receive buffer expands to
  TRANSFER_LINGER_MS = 500,
  TRANSFER_LINGER_BYTES = 64 * 1024,
};

struct transfer;

// A group (fetch_call.group) of transfers that may have to end together, whatever their fibers wait for. Counted
// references; any thread. When it is aborted, its open transfers fail with ERR_UNAVAILABLE at once, and so do
// those that are opened in it later.
struct transfer_group *transfer_group_new(void);
void transfer_group_unref(struct transfer_group *g);
void transfer_group_abort(struct transfer_group *g);

// As fetch_url, up to the end of the head. call->limits: first_byte_ms counts to the head; from then on
// stall_ms is the longest silence and total_ms the whole life; 0 is none. body_bytes bounds the whole body.
// What `call` points to is copied or used up before it returns.
MUST_USE bool transfer_open(const struct fetch_call *call, struct transfer **out, struct err *err) SUSPENDS;
int transfer_status(const struct transfer *t);
const struct http_headers *transfer_headers(const struct transfer *t); // live as long as t
// The next bytes (decompressed), valid until the next call on `t`; none at the end of the body. Errors as
// fetch_url's; after one only close is allowed. CANCELED and TIMEOUT of the calling fiber leave `t` as it
// is.
MUST_USE bool transfer_read(struct transfer *t, struct str *bytes, struct err *err) SUSPENDS;
// Reads the rest, up to the body limit. The caller frees `body`.
MUST_USE bool transfer_read_all(struct transfer *t, struct buf *body, struct err *err) SUSPENDS;
// From the loop's thread, also outside a fiber. A transfer that has ended has given its connection back to
// the pool already; of one that has not, the connection is closed. NULL is fine.
void transfer_close(struct transfer *t);
// The same for a reader that has what it wanted (an event stream's result, whose end is still on its way):
// what comes within TRANSFER_LINGER_MS and _BYTES is thrown away in the background, to keep the connection.
void transfer_finish(struct transfer *t);

#endif

// SPDX-License-Identifier: Apache-2.0
// reply: how messages reach the client of one request. Plain JSON where the result is all there is to say; an
// event stream where something comes before it, or where the client takes nothing else; the session's stream
// in the 2024-11-05 transport. Events of a legacy session carry ids, are kept, and outlive a connection that
// breaks: the request goes on, and a GET with Last-Event-ID gets the rest (2025-11-25, "Resumability").
// On the request's fiber. Example:
//   if (reply_can_tell(r)) reply_event(r, progress, err);         // begins the stream at the first
//   reply_send(r, 200, &message);                                 // the response; the last
#ifndef POSTERN_SERVE_REPLY_H
#define POSTERN_SERVE_REPLY_H

#include "serve/serve.h"

// May something be said before the result?
bool reply_can_tell(const struct serve_request *r);
// ERR_CANCELED: the client has gone for good.
MUST_USE bool reply_event(struct serve_request *r, struct str message, struct err *err) SUSPENDS;
// One JSON-RPC message (or batch), the last. Frees the buffer.
void reply_send(struct serve_request *r, int status, struct buf *message) SUSPENDS;
// An error message as the last, with the id of r->message. False, so that a check reads `return reply_refuse(r, …);`
bool reply_refuse(struct serve_request *r, int status, int code, const char *format, ...)
    PRINTF_LIKE(4, 5) SUSPENDS;
void reply_nothing(struct serve_request *r);  // to a notification or response: 202
void reply_withdraw(struct serve_request *r); // to a request that its client has cancelled: no response

#endif

// SPDX-License-Identifier: Apache-2.0
// consent: a person has to open a link before a call can work: our own, where an account needs authorizing,
// or a vendor's (-32042). A client that can open links is asked to (URL elicitation: input_required in
// 2026-07-28, the error -32042 in 2025-11-25); the others get the link in an isError text. Our link is no
// bearer of anything: its page asks for proof of the server or token (docs/decisions/017). Example:
//   if (consent_can_offer(b)) return consent_offer(b, link, false, out, err);
#ifndef POSTERN_SERVE_CONSENT_H
#define POSTERN_SERVE_CONSENT_H

#include "serve/bridge.h"

// Can this client open links, and was it not sent there a moment ago?
bool consent_can_offer(const struct bridge *b);
// Appends the result, or fails with the fault that asks.
// own: to an account of the caller's own.
MUST_USE bool consent_offer(struct bridge *b, struct str link, bool own, struct buf *out, struct err *err);
// A vendor's JSON-RPC error in answer to a tool call: as fault_translate, but -32042 becomes what this client
// understands.
MUST_USE bool consent_translate(struct bridge *b, yyjson_val *error, struct buf *out, struct err *err);

#endif

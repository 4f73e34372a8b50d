// SPDX-License-Identifier: Apache-2.0
// fault: errors that say more to a JSON-RPC client than their code does (err.rpc), and vendors' errors in the
// words of the client's era. Example:
//   return fault_set(r, &(struct err_rpc){.code = JSONRPC_METHOD_NOT_FOUND, .status = 404}, err);   // false
#ifndef POSTERN_SERVE_FAULT_H
#define POSTERN_SERVE_FAULT_H

#include "serve/serve.h"

enum {
  FAULT_RESOURCE_MISSING = -32002, // legacy
  FAULT_NEEDS_URL = -32042,        // 2025-11-25: URL elicitation required
};

// Fills *err; returns false. The texts of `f` stay the request's.
bool fault_set(struct serve_request *r, const struct err_rpc *f, struct err *err);
// The client would have to declare this (a capabilities object): -32021 in the modern era.
bool fault_capability(struct serve_request *r, struct str needed, struct err *err);
// There is no such resource here.
bool fault_resource(struct serve_request *r, struct str uri, struct err *err);
bool fault_method(struct serve_request *r, struct err *err);

// A vendor's error object, for this client. `uri`: of a resource that was asked for, as the client calls it.
bool fault_translate(struct serve_request *r, yyjson_val *error, struct str uri, struct err *err);

// The response.
void fault_reply(struct serve_request *r, yyjson_val *id, const struct err *err) SUSPENDS;
int fault_status(const struct err *err);
// The same as a message, for batches.
void fault_write(struct serve_request *r, yyjson_val *id, const struct err *err, struct buf *out);

#endif

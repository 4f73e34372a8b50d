// SPDX-License-Identifier: Apache-2.0
// jsonrpc: JSON-RPC 2.0 messages as MCP narrows them: an id is a string or an integer, never null.
// Pure. Values borrow from the parsed body. Example:
//   struct jsonrpc_message m;
//   if (!jsonrpc_read(root, &m, &err)) jsonrpc_error(&out, m.id, JSONRPC_INVALID_REQUEST, STR("…"),
//   STR_NONE);
#ifndef POSTERN_MCP_JSONRPC_H
#define POSTERN_MCP_JSONRPC_H

#include <yyjson.h>

#include "base/buf.h"
#include "base/err.h"

// JSON-RPC 2.0 §5.1, and MCP 2026-07-28's own.
enum jsonrpc_code {
  JSONRPC_PARSE_ERROR = -32700,
  JSONRPC_INVALID_REQUEST = -32600,
  JSONRPC_METHOD_NOT_FOUND = -32601,
  JSONRPC_INVALID_PARAMS = -32602,
  JSONRPC_INTERNAL_ERROR = -32603,
  JSONRPC_HEADER_MISMATCH = -32020,
  JSONRPC_MISSING_CAPABILITY = -32021,
  JSONRPC_UNSUPPORTED_VERSION = -32022,
};

enum jsonrpc_kind { JSONRPC_REQUEST, JSONRPC_NOTIFICATION, JSONRPC_RESPONSE };

struct jsonrpc_message {
  enum jsonrpc_kind kind;
  yyjson_val *id;     // NULL for a notification, and where none could be made out
  struct str method;  // empty for a response
  yyjson_val *params; // object, or NULL where absent
};

// On failure out->id is set where the message had a usable one, so that the error can carry it.
MUST_USE bool jsonrpc_read(yyjson_val *value, struct jsonrpc_message *out, struct err *err);

// Null means absent in a message and in its params or result, and [] means no params and no arguments: the document
// as if they were not given, which takes the given one's place. False with *err: the memory is used up.
MUST_USE bool jsonrpc_forget_nulls(yyjson_doc **doc, struct payer *payer, struct err *err);

// Appends a whole request, or a notification where `id` (JSON text) is empty. `params` NULL: none. False: they cannot
// be written, for text that is not UTF-8 or a broken number.
MUST_USE bool jsonrpc_request(struct buf *out, struct str id, struct str method, yyjson_mut_val *params);
// Appends whole messages. Without an id (NULL) the member is left out: MCP's schemas allow no null there,
// unlike JSON-RPC 2.0 §5. `data` is JSON text or empty.
void jsonrpc_error(struct buf *out, yyjson_val *id, int code, struct str message, struct str data);
// {"jsonrpc":"2.0","id":…,"result":  — the caller goes on with the value and jsonrpc_result_end.
void jsonrpc_result_begin(struct buf *out, yyjson_val *id);
void jsonrpc_result_end(struct buf *out);

#endif

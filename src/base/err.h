// SPDX-License-Identifier: Apache-2.0
// err: why something failed, for the one who can act on it. The caller owns a struct err on its
// stack and passes it down; a function that returns false has filled it. Modules return errors,
// only the edge logs them. Never put a secret in one. Example:
//   struct err err;
//   if (!settings_load(path, &settings, &err)) return cli_fail(&err);
#ifndef POSTERN_BASE_ERR_H
#define POSTERN_BASE_ERR_H

#include <stdbool.h>

#include "base/str.h"

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
// A call that may switch to another fiber: anything read before it may have changed after it.
#define SUSPENDS

// What the caller can do about it: name, HTTP status, JSON-RPC code, exit code.
#define ERR_CODES(X)                                                                                         \
  X(OK, "ok", 200, 0, 0)                                                                                     \
  X(INVALID, "invalid", 400, -32602, 2) /* mend the input */                                                 \
  X(UNAUTHENTICATED, "unauthenticated", 401, -32602, 3)                                                      \
  X(DENIED, "denied", 403, -32602, 3)               /* ask for permission */                                 \
  X(MISSING, "missing", 404, -32602, 4)             /* name something that exists */                         \
  X(CONFLICT, "conflict", 409, -32602, 5)           /* read again, then retry */                             \
  X(UNPROCESSABLE, "unprocessable", 422, -32602, 2) /* well formed, refused by what it speaks of */          \
  X(LIMIT, "limit", 429, -32603, 6)                 /* less, or later */                                     \
  X(TIMEOUT, "timeout", 504, -32603, 7)             /* retry later */                                        \
  X(CANCELED, "canceled", 499, -32603, 8)           /* nothing: the asker has gone */                        \
  X(UPSTREAM, "upstream", 502, -32603, 9)           /* the vendor failed */                                  \
  X(UNAVAILABLE, "unavailable", 503, -32603, 9)     /* we are starting, draining or full */                  \
  X(INTERNAL, "internal", 500, -32603, 1)           /* our bug */

enum err_code {
#define X(id, name, http, rpc, exit) ERR_##id,
  ERR_CODES(X)
#undef X
};

// Why, where a code is too wide to decide by. The word is what the API, a sign-in's end and the doctor call it.
#define ERR_REASONS(X)                                                                                       \
  X(NONE, "")                                                                                                \
  /* of requests to vendors */                                                                               \
  X(GUARDED, "guard_blocked")     /* our address guard's no, not the vendor's */                             \
  X(CERTIFICATE, "certificate")   /* the vendor's does not hold */                                           \
  X(MEMORY, "memory")             /* the budget for it is used up, whatever was asked */                     \
  X(RATE_LIMITED, "rate_limited") /* the vendor's own 429, not a limit of ours */                            \
  X(REFUSED, "refused")           /* the vendor's own 401 or 403: it does not take the credential */         \
  /* of the API: what is named is not there */                                                               \
  X(NO_ROUTE, "no_route") /* the address itself */                                                           \
  X(NO_ACCOUNT, "no_account")                                                                                \
  X(NO_CONNECTOR, "no_connector")                                                                            \
  X(NO_SERVER, "no_server")                                                                                  \
  X(NO_TOOL_LEFT, "no_tool_left") /* the filter lets none through */                                         \
  /* of sign-ins */                                                                                          \
  X(DENIED, "denied")                                                                                        \
  X(VENDOR_DOWN, "vendor_down")                                                                              \
  X(VENDOR_REFUSED, "vendor_refused")                                                                        \
  X(BAD_METADATA, "bad_metadata")                                                                            \
  X(NOT_SUPPORTED, "not_supported")                                                                          \
  X(CONSOLE_NEEDED, "console_needed") /* the vendor wants an application made by hand */                     \
  X(REGISTRATION_REFUSED, "registration_refused")                                                            \
  X(WRONG_RESOURCE, "wrong_resource")                                                                        \
  X(WRONG_ISSUER, "wrong_issuer")                                                                            \
  X(WRONG_STATE, "wrong_state")                                                                              \
  X(WRONG_ACCOUNT, "wrong_account")                                                                          \
  X(ANOTHER_BROWSER, "another_browser")                                                                      \
  X(ADDRESS_CHANGED, "address_changed")                                                                      \
  X(NAME_TAKEN, "name_taken")                                                                                \
  X(NO_SIGN_IN, "open") /* the server asks for none */                                                       \
  X(LINK_USED, "used")                                                                                       \
  X(LINK_EXPIRED, "expired")                                                                                 \
  /* a token endpoint's words, side by side (RFC 6749 §5.2, RFC 8707 §2) */                                \
  X(INVALID_REQUEST, "invalid_request")                                                                      \
  X(INVALID_CLIENT, "invalid_client")                                                                        \
  X(INVALID_GRANT, "invalid_grant")                                                                          \
  X(UNAUTHORIZED_CLIENT, "unauthorized_client")                                                              \
  X(UNSUPPORTED_GRANT_TYPE, "unsupported_grant_type")                                                        \
  X(INVALID_SCOPE, "invalid_scope")                                                                          \
  X(INVALID_TARGET, "invalid_target")                                                                        \
  X(OUTDATED, "outdated")

enum err_reason {
#define X(id, name) WHY_##id,
  ERR_REASONS(X)
#undef X
};

// What a JSON-RPC error says beyond its err: a code of its own, data, an HTTP status, a text of any length.
struct err_rpc {
  int code, status;         // status 0: 200
  struct str message, data; // data: JSON text, or empty
};

struct err {
  enum err_code code;
  enum err_reason reason;
  char field[96];            // where, and only where: a JSON pointer, a setting, a file:line; may be empty
  char text[480];            // what is wrong
  char hint[320];            // what to do; may be empty
  const struct err_rpc *rpc; // NULL: as the code says; else in the arena of the request that failed
};

// Each is false, so that a check reads `return err_set(err, ERR_INVALID, …);`
#define err_set(err, code, ...) err_fill(err, code, WHY_NONE, "", __VA_ARGS__)
#define err_at(err, code, field, ...) err_fill(err, code, WHY_NONE, field, __VA_ARGS__)
#define err_why(err, code, reason, ...) err_fill(err, code, reason, "", __VA_ARGS__)
bool err_fill(struct err *err, enum err_code code, enum err_reason reason, const char *field,
              const char *format, ...) PRINTF_LIKE(5, 6);
void err_hint(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
// Puts "context: " before the text.
bool err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

const char *err_name(enum err_code code);
const char *err_reason_name(enum err_reason reason);
enum err_reason err_reason_named(struct str name); // WHY_NONE where there is no such word
int err_http_status(enum err_code code);
int err_rpc_code(enum err_code code);
int err_exit_code(enum err_code code);

#endif

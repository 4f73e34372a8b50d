// SPDX-License-Identifier: Apache-2.0
// fenced: holds one call to the fence of its server (tool/fence): fills in what is held to one value, and judges what is
// about to be sent, as the vendor will get it, so that no way of saying another value gets around it. Every call passes
// here: a client's, a program's, a published tool's. A value is the fence's to the byte, or it is none of it; whether there
// is such a value at the vendor makes no difference to the answer. Pure.
//
// Refused is a request that lacks a value where the tool is narrowed, that names a fenced key anywhere (path, query,
// header, cookie, body, a text with JSON in it) with another value, that leaves its path by dots, or that is GraphQL.
#ifndef POSTERN_CALL_FENCED_H
#define POSTERN_CALL_FENCED_H

#include "call/rest.h"
#include "call/run.h"

// Is the call held to a fence?
bool fenced_is(const struct run_call *call);
// Puts the fence's values where they are missing, before the account's defaults, which it may not allow.
void fenced_fill(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val *arguments);
// May the account's default for this argument be filled in?
bool fenced_allows_default(const struct run_call *call, struct str argument);
// True: one of several values has to be told, and `text` says which there are.
bool fenced_asks(const struct run_call *call, yyjson_mut_val *arguments, struct arena *a, struct str *text);
// ERR_DENIED says which key. A call without a fence passes.
MUST_USE bool fenced_check_request(const struct run_call *call, const struct rest_request *r,
                                   yyjson_mut_val *arguments, struct arena *a, struct err *err);
// The same of the params for a vendor's MCP tool.
MUST_USE bool fenced_check_params(const struct run_call *call, yyjson_mut_val *params, struct arena *a,
                                  struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// reads: does what a read-only tool is about to send only read? A GET, and what a connector calls read-only,
// may reach a GraphQL endpoint all the same, and there the text decides. Judged is the finished request, as
// the vendor will get it, so that no way of writing an argument gets around it. Pure; any thread.
//
// Where an operation is GraphQL (its path, base URL, media type, tool name or `query` property says so), the
// request must show a document that only reads: as `query` of a JSON body, of each entry of a batch, of a
// query string, of a form or of multipart `operations`, or as the whole text. One that is named and not shown
// (persisted, by hash or id) is refused. Beside `query`, `variables` are data.
// Everywhere else a text of any name and depth is refused only where it reads as a GraphQL document with a
// mutation or subscription, "mutation of genes" is sent, "mutation { purge }" is not; and an object under
// `persistedQuery`.
#ifndef POSTERN_CALL_READS_H
#define POSTERN_CALL_READS_H

#include "call/rest.h"

// ERR_INVALID names the argument. Tools that may write pass.
MUST_USE bool reads_check_request(const struct tool *t, const struct account *account,
                                  const struct rest_request *r, struct arena *a, struct err *err);
// The same of the arguments for a vendor's MCP tool that only reads, where it speaks of GraphQL.
MUST_USE bool reads_check_arguments(const struct tool *t, yyjson_mut_val *arguments, struct err *err);
// Is the operation GraphQL, by its path, base URL, name, properties, or the media type that is sent?
bool reads_is_graphql(const struct tool *t, const struct account *account, struct str type);

#endif

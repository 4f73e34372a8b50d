// SPDX-License-Identifier: Apache-2.0
// graphql: does a GraphQL document only read? Asked of what a read-only tool is about to send: its HTTP
// method says nothing, since queries and mutations are both POSTed to one address. Pure; any thread.
//
//   graphql_only_reads(STR("query Q($a: Int) { zones }"))   true
//   graphql_only_reads(STR("{ zones } mutation { purge }")) false: any of them may be run by name
#ifndef POSTERN_TOOL_GRAPHQL_H
#define POSTERN_TOOL_GRAPHQL_H

#include "base/str.h"

// Reads no more of the grammar than where definitions begin. True only where each is a query, the short form
// of one, or a fragment; all else, and what cannot be read, counts as a change.
bool graphql_only_reads(struct str document);

#endif

// SPDX-License-Identifier: Apache-2.0
// graphql: does a GraphQL document only read? Asked of what a read-only tool is about to send: its HTTP
// method says nothing, since queries and mutations are both POSTed to one address. Pure; any thread.
//
//   graphql_only_reads(STR("query Q($a: Int) { zones }"))   true
//   graphql_only_reads(STR("{ zones } mutation { purge }")) false: any of them may be run by name
//   graphql_may_change(STR("mutation of genes"))            false: words, no document
#ifndef POSTERN_CALL_GRAPHQL_H
#define POSTERN_CALL_GRAPHQL_H

#include "base/str.h"

enum { GRAPHQL_DEEP_MOST = 100 }; // selections, values and types within each other

// True only where the text is a document to the letter of the grammar (October 2021, and the descriptions of
// 2025 in front of operations) with at least one operation, and each is a query; all else, and what cannot be
// read, counts as a change.
bool graphql_only_reads(struct str document);

// The other way round, for a text that need not be GraphQL at all: true where it begins like a document and a
// mutation or subscription comes in it. What stands within braces is not looked at.
bool graphql_may_change(struct str text);

// Does "graphql" or "graphiql" stand in it, in any case, percent-encoded or with '-' and '_' between, or
// "gql" as a word of its own?
bool graphql_is_named_in(struct str text);

#endif

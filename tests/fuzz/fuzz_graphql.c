// SPDX-License-Identifier: Apache-2.0
// GraphQL documents: what is taken for reading has nothing that a looser reader takes for a change, and is no
// more taken for reading once a mutation stands behind it.
#include "fuzz.h"

#include "base/buf.h"
#include "call/graphql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str text = {(const char *)data, size};
  bool changes = graphql_may_change(text);
  (void)graphql_is_named_in(text);
  if (!graphql_only_reads(text)) return 0;
  fuzz_check(!changes, "reads, and may change: %.*s", STR_ARG(text));
  struct buf more = BUF_MAX(size + 64);
  buf_add(&more, text);
  buf_add_z(&more, "\nmutation { a }"); // behind the line of a last comment
  fuzz_check(!graphql_only_reads(buf_str(&more)), "a mutation is hidden by: %.*s", STR_ARG(text));
  fuzz_check(graphql_may_change(buf_str(&more)), "a mutation is not seen behind: %.*s", STR_ARG(text));
  buf_free(&more);
  return 0;
}

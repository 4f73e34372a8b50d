// SPDX-License-Identifier: Apache-2.0
// fences: the connector's word on what a server can be held to: keys such as account_id and zone_id, which lies within
// which, and what narrows each tool to a value of a key. Data of the connector; lives as long as it. docs/fences.md has
// what follows from it. Example:
//   const struct connector_fence *f = connector_fence_find(c, STR("zone_id"));
//   for (const struct connector_fence *up = f; up; up = connector_fence_above(c, up)) …     // zone_id, account_id
#ifndef POSTERN_CONNECTOR_FENCES_H
#define POSTERN_CONNECTOR_FENCES_H

#include "connector/connector.h"
#include "connector/reader.h"

enum { FENCES_KEYS_MOST = 8 };

struct connector_narrow { // these tools are narrowed by this argument
  struct str glob, by;    // by: the name of the argument, as the tool shows it
};
struct connector_fence {
  struct str key, label, within; // within: the key above it; empty: none
  struct str *names;             // what else a request calls it: "zone", "zone_tag"
  struct str *paths; // "/zones/*": the segment at the '*' is the value, and narrows what is behind it
  struct str
      *mentions; // "account.zone.": behind these words in any text comes an id of it; those of `paths` too
  struct str *outside; // globs: tools that touch nothing of it, nor of what is within it
  struct str id;       // the regular expression of an id; empty: not known
  struct connector_narrow *narrows;
  // The tool that lists the values, and its columns; empty: none does. list_each: its argument that takes a value of the
  // key above, asked once for each; empty: it takes none.
  struct str list_tool, list_id, list_name, list_each;
  bool prompts, resources; // those of the vendor's MCP server touch nothing of it
  size_t name_count, path_count, mention_count, outside_count, narrow_count;
};

// NULL: the connector has no such key.
const struct connector_fence *connector_fence_find(const struct connector *c, struct str key);
const struct connector_fence *connector_fence_above(const struct connector *c,
                                                    const struct connector_fence *f);
// Reads `fences` of a definition. For connector/definition.
void fences_read(struct reader *r, yyjson_val *root, struct connector *c);

#endif

// SPDX-License-Identifier: Apache-2.0
// find: the tools of a server that words speak of, best first. Only what the server shows is looked at, and nothing else
// moves a score. Pure; any thread. Example:
//   struct find_wanted wanted = {.query = STR("firewall rules that are paused")};
//   struct find_hit hits[8];
//   size_t n = find_tools(server, &wanted, hits, 8);
#ifndef POSTERN_CATALOG_FIND_H
#define POSTERN_CATALOG_FIND_H

#include "catalog/snapshot.h"

struct find_wanted {
  struct str query;        // empty: all, by name
  struct str tag, account; // of these alone; empty: any. `account`: its alias on the server, or its name
};
struct find_hit {
  const struct catalog_tool *tool;
  float score;     // 0 without a query
  unsigned fields; // 1 << enum index_field: where words were found
};
size_t find_tools(const struct catalog_server *s, const struct find_wanted *wanted, struct find_hit *hits,
                  size_t limit);
// What the server shows of the connector's tool by the vendor's name, of the first account that has it; NULL: nothing.
const struct catalog_tool *find_named(const struct catalog_server *s, const struct connector *c,
                                      struct str name);
enum catalog_reach find_reach(const struct tool *t);
// Which tools stand behind a member's documents; once, when the server is made and has its tools.
void find_fill(struct catalog_server *v);

#endif

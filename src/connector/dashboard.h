// SPDX-License-Identifier: Apache-2.0
// dashboard: what a connector offers to look at once an account is connected: tiles, each a result of an answer program
// without its account. Data of the connector (dashboard.yaml beside it, or the member `dashboard`); lives as long as it.
// Example:
//   for (size_t i = 0; c->dashboard && i < c->dashboard->count; i++)
//     doc = connector_tile_program(&c->dashboard->tiles[i], &account, 1);      // the caller frees
#ifndef POSTERN_CONNECTOR_DASHBOARD_H
#define POSTERN_CONNECTOR_DASHBOARD_H

#include "connector/connector.h"
#include "connector/reader.h"

enum { DASHBOARD_TILES_MOST = 12, DASHBOARD_TITLE_MOST = 80 };

enum dashboard_size { DASHBOARD_QUARTER, DASHBOARD_HALF, DASHBOARD_FULL, DASHBOARD_SIZES };
const char *dashboard_size_name(enum dashboard_size size); // "quarter" of a row, "half", "full"

struct connector_tile {
  struct str title, result; // result: of the program, the one that is shown
  enum dashboard_size size;
  yyjson_val *program; // as docs/programs.md has it, no step with an account
};
struct connector_dashboard {
  struct str title;
  struct connector_tile tiles[DASHBOARD_TILES_MOST];
  size_t count;
};

// The program with its account in each step: one by its name, several as a list.
yyjson_mut_doc *connector_tile_program(const struct connector_tile *t, const struct str *accounts,
                                       size_t count);
// `root` is the dashboard as written; NULL: the connector has none. For connector/connector and connector/definition.
void dashboard_read(struct reader *r, yyjson_val *root, struct connector *c);

#endif

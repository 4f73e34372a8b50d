// SPDX-License-Identifier: Apache-2.0
// view: what a program may see: the tools of one server as it shows them, or, for whoever manages the program, those of
// all accounts; of either only what reads by evidence. Pure; lives as long as its snapshot. Example:
//   struct program_view v = {.catalog = c, .server = s};
//   struct program_view_found found; if (!program_view_find(&v, STR("acme"), STR("list_zones"), &found)) … found.why, found.near
#ifndef POSTERN_PROGRAM_VIEW_H
#define POSTERN_PROGRAM_VIEW_H

#include "catalog/catalog.h"

struct program_view {
  const struct catalog *catalog;
  const struct catalog_server *server; // NULL: all accounts
};

enum view_word { VIEW_FINE, VIEW_NO_ACCOUNT, VIEW_NO_TOOL, VIEW_WRITES, VIEW_HELD, VIEW_SEVERAL };

struct program_view_found {
  struct catalog_tool tool; // of one account; `name` as the view shows it
  struct str account;       // as the view calls it
  enum view_word word;
  struct str names[16]; // of what there is instead, the nearest first; of the snapshot
  size_t count;
};

// An empty account: the one that has the tool. False: `word` says why.
bool program_view_find(const struct program_view *v, struct str account, struct str tool,
                       struct program_view_found *out);

#endif

// SPDX-License-Identifier: Apache-2.0
// paging: the connector's word on how the lists of its tools go on. Immutable, the connector's; any thread. Example:
//   const struct connector_paging *p = connector_paging_find(connector, STR("list-images"));
//   if (p) … p->cursor is "next_cursor", and the next one stands at p->next in an answer
#ifndef POSTERN_CONNECTOR_PAGING_H
#define POSTERN_CONNECTOR_PAGING_H

#include "connector/connector.h"

struct connector_paging {                // empty and 0: not said
  struct str glob;                       // over tool names
  bool single;                           // everything comes at once, whatever its arguments are called
  struct str cursor, page, offset, size; // arguments, or pointers to what is within one
  struct str next, more, total; // pointers into an answer: the next cursor, is there more, rows in all
  int64_t initial, most;        // rows of a page where none is asked for; that may be asked for
  int64_t first;                // number of the first page; -1: not said
};

// The first word that speaks of this tool; NULL: the connector says nothing of it.
const struct connector_paging *connector_paging_find(const struct connector *c, struct str tool);

#endif

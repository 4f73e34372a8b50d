// SPDX-License-Identifier: Apache-2.0
// pages: how an answer goes on: the argument to change for the next page, or that there is none, or that it may have been
// cut and nobody can tell. From the connector's word, else from the tool's schema and what the answer says of itself:
// totals, cursors, `Link: rel=next` (RFC 8288), "has more". A link is read for its parameters and never followed: the
// next page is the same call with another argument. Pure. Example:
//   struct pages_rule rule; pages_rule(tool, connector_paging_find(connector, tool->name), &rule);
//   pages_begin(&rule, arguments, doc);
//   struct pages_next next; pages_next(&(struct pages_look){…}, arena, &next);
//   if (next.goes_on) pages_turn(&next, arguments, doc);
#ifndef POSTERN_PROGRAM_PAGES_H
#define POSTERN_PROGRAM_PAGES_H

#include <yyjson.h>

#include "base/arena.h"
#include "connector/paging.h"
#include "http/message.h"
#include "tool/tool.h"

struct pages_rule { // arguments as the connector's word has them; empty: the tool has none
  struct str cursor, page, offset, size; // names, or pointers to what is within one
  struct str next, more, total;          // pointers into an answer; empty: where they are usually
  int64_t initial;                       // rows of a page where none is asked for; 0: not known
  int64_t most;                          // to ask for where the program asks for none; 0: none
  int64_t first;                         // number of the first page
};

// `word`: what the connector says of the tool, or NULL. Arguments that the tool does not take are left out of it.
void pages_rule(const struct tool *t, const struct connector_paging *word, struct pages_rule *out);
// Asks for pages as large as the connector's word allows, where the arguments say nothing of it.
void pages_begin(const struct pages_rule *rule, yyjson_mut_val *arguments, yyjson_mut_doc *doc);

struct pages_look {
  const struct pages_rule *rule;
  yyjson_mut_val *arguments;          // as sent
  yyjson_val *answer;                 // what the vendor's body or structured content is; NULL: no JSON
  const struct http_headers *headers; // NULL: none
  size_t rows;                        // on this page
  uint64_t before;                    // rows of the pages before it
};

struct pages_next {
  bool goes_on;
  struct str argument; // to set
  struct str text;     // its value, where it is a cursor
  int64_t number;      // else
  bool maybe_cut;      // there may be more, and no way leads to it
  int64_t total;       // as the answer says; -1: it does not, or cannot be right
};
void pages_next(const struct pages_look *look, struct arena *a, struct pages_next *out);
void pages_turn(const struct pages_next *next, yyjson_mut_val *arguments, yyjson_mut_doc *doc);

#endif

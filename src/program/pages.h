// SPDX-License-Identifier: Apache-2.0
// pages: how an answer goes on: the argument to change for the next page, or that there is none, or that it may have been
// cut and nobody can tell. From the connector's word, else from the tool's schema and what the answer says of itself:
// totals, cursors, `Link: rel=next` (RFC 8288), "has more". Pure. Example:
//   struct pages_rule rule; pages_rule(tool, word, &rule);
//   struct pages_next next; pages_next(&(struct pages_look){…}, arena, &next);
//   if (next.goes_on) yyjson_mut_obj_put(arguments, next.argument, next.value)
#ifndef POSTERN_PROGRAM_PAGES_H
#define POSTERN_PROGRAM_PAGES_H

#include <yyjson.h>

#include "base/arena.h"
#include "http/message.h"
#include "tool/tool.h"

struct pages_rule { // names of arguments; empty: the tool has none
  struct str cursor, page, offset, size;
  struct str next;      // JSON pointer of the next cursor in an answer; empty: where it is usually
  int64_t size_default; // rows of a page where none is asked for; 0: not known
  int64_t first;        // number of the first page
};

// `word`: what the connector says of the tool: {"cursor","page","offset","size","next","default","first"}, or NULL.
void pages_rule(const struct tool *t, yyjson_val *word, struct pages_rule *out);

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
  bool maybe_cut;      // as many rows as were asked for, and nothing says that there are no more
  int64_t total;       // as the answer says; -1: it does not
};
void pages_next(const struct pages_look *look, struct arena *a, struct pages_next *out);

#endif

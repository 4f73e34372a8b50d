// SPDX-License-Identifier: Apache-2.0
// display: what servers with the same accounts, aliases and filter show: their tools by name, what tools/list says of each,
// and its fingerprint. Made once, when the first of them is asked for, shared by all of them, and gone with the last.
// Any thread; the making takes time and waits for nothing. Example:
//   if (!display_take(members, count, &row, &display, err)) …
//   *server = *display_model(display);  …  display_release(display);
#ifndef POSTERN_CATALOG_DISPLAY_H
#define POSTERN_CATALOG_DISPLAY_H

#include "base/buf.h"
#include "catalog/snapshot.h"

// `row`: any of the servers, for its config. The display holds the members' accounts itself.
MUST_USE bool display_take(const struct catalog_member *members, size_t count, const struct server *row,
                           struct display **out, struct err *err);
void display_release(struct display *v);
// A server without a name: members, tools, by_name, reach, switches and filter are those of all that share the display.
const struct catalog_server *display_model(const struct display *v);

// What tools/list says of a tool of the server, as catalog/listing writes it; written once. A server that is not of the
// catalog (a draft) has no display: it is written each time.
void display_add_listing(const struct catalog_server *s, const struct catalog_tool *t, struct buf *out);
// Differs whenever what tools/list would answer differs, or the fence does.
uint64_t display_version(const struct catalog_server *s);

size_t display_bytes(void); // of all that there are now

#endif

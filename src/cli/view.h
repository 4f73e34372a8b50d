// SPDX-License-Identifier: Apache-2.0
// view: answers on standard output, as JSON with --json, else as tables and lines for people. Main
// thread. Private to cli/. Example:
//   view_list(c, items, (const struct view_column[]){{"NAME", "name"}, {"ID", "id"}, {0}}, "no accounts");
#ifndef POSTERN_CLI_VIEW_H
#define POSTERN_CLI_VIEW_H

#include "base/map.h"
#include "cli/command.h"

struct view_column {
  const char *head, *key;
  const struct map *names; // value → yyjson string to show instead; NULL: none
};

// `columns` end with a head that is NULL. `none` is said where the list is empty.
void view_list(struct cli *c, yyjson_val *items, const struct view_column *columns, const char *none);
void view_object(struct cli *c, yyjson_val *object); // nested objects with dotted names
void view_json(struct cli *c, yyjson_val *v);        // with --json or without
void view_text(struct cli *c, struct str text);      // ends with a line end
void view_note(struct cli *c, struct str text);      // the same on standard error, out of the way of pipes
// A sentence on what was done; nothing with --json.
void view_say(struct cli *c, const char *format, ...) PRINTF_LIKE(2, 3);
// What goes on, on standard error.
void view_tell(struct cli *c, const char *format, ...) PRINTF_LIKE(2, 3);
// A value in one line.
struct str view_cell(struct arena *a, yyjson_val *v);

#endif

// SPDX-License-Identifier: Apache-2.0
// remote_parts: what the files behind remote/remote.h share. Private to remote/remote*.c.
#ifndef POSTERN_REMOTE_REMOTE_PARTS_H
#define POSTERN_REMOTE_REMOTE_PARTS_H

#include "base/buf.h"
#include "remote/remote.h"

enum {
  REMOTE_NAME_MOST = 128,
  REMOTE_DEFINITION_MOST = 64 * 1024,
  REMOTE_DIFF_MOST = 64 * 1024,
  REMOTE_INSTRUCTIONS_MOST = 16 * 1024,
};

// ---- remote_check.c: may a definition be passed on at all? Pure.
// Names that clients refuse, members of a wrong type (one of them makes clients refuse the whole list), more
// than REMOTE_DEFINITION_MOST, x-mcp-header unsoundly used. An external $ref stays as it is: nobody here
// follows it.
MUST_USE bool remote_check(yyjson_val *definition, struct err *err);

// ---- remote_diff.c: what changed between two definitions. Pure.
// All members count but `_meta` and `icons`, which models do not read.
bool remote_same(yyjson_val *a, yyjson_val *b);
// The same tool under another name: description and schemas are equal, and say something.
bool remote_alike(yyjson_val *a, yyjson_val *b);
uint64_t remote_alike_hash(yyjson_val *definition); // the same for those that are alike
// Lines "- place: value" and "+ place: value", in the arena.
struct str remote_diff(yyjson_val *before, yyjson_val *now, struct arena *a);

// ---- remote_merge.c: what the vendor says now, against the rows. Pure.
struct remote_now { // an element of tools/list
  struct str name, text;
  yyjson_val *definition;
};
struct remote_merge {
  const struct connector *connector;
  struct str account_id;
  const struct remote_now *now;
  size_t now_count;
  const struct remote_tool *before; // by name
  size_t before_count;
  int64_t now_ms;
};
struct remote_change {
  struct remote_tool row;
  bool fresh; // to be inserted
};
// Rows to write, in the arena, and how it stands afterwards. A row that stays as it was is not among them.
void remote_merge(const struct remote_merge *m, struct arena *a, struct remote_change **changes,
                  size_t *change_count, struct remote_report *report);
// May it be served: settled, still there, and as it was when it was settled?
bool remote_is_served(const struct remote_tool *row, enum tool_trust trust, yyjson_val *definition,
                      yyjson_val *pinned);
bool remote_is_waiting(const struct remote_tool *row, enum tool_trust trust, yyjson_val *definition,
                       yyjson_val *pinned);

// ---- remote_rows.c: the rows. Blocking.
MUST_USE bool remote_rows_read(struct store *s, struct str account_id, struct arena *a,
                               struct remote_tool **out, size_t *count, struct err *err);
MUST_USE bool remote_row_write(struct store *s, const struct remote_change *c, struct err *err);
struct remote_self { // a row of remote_server
  struct str capabilities, instructions;
  int64_t synced_at, changed_at; // 0: never
};
MUST_USE bool remote_self_read(struct store *s, struct str account_id, struct arena *a,
                               struct remote_self *out, struct err *err);
MUST_USE bool remote_self_write(struct store *s, struct str account_id, const struct remote_self *v,
                                struct err *err);
// Rows of tools that went long ago, and on which nobody decided.
MUST_USE bool remote_rows_forget(struct store *s, struct str account_id, int64_t now_ms, struct err *err);

// A definition's text as JSON; NULL where it is empty. The caller frees.
yyjson_doc *remote_parse(struct str text);

#endif

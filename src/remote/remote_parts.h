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

// ---- remote_mend.c: a definition as it is passed on. Pure.
bool remote_name_is_good(struct str name);
// Appends its text, mended so that every client takes it (mcp/mend), and what was left away to `notes`. False,
// with why: it cannot be passed on at all; a name that is none, a schema that is none, more than
// REMOTE_DEFINITION_MOST, x-mcp-header unsoundly used. An external $ref of an inputSchema stays as it is: nobody
// here follows it.
MUST_USE bool remote_mend(yyjson_val *definition, struct buf *text, struct buf *notes, struct err *err);
// How `why` of a row begins whose definition cannot be passed on.
#define REMOTE_UNFIT "left out: "
static inline bool remote_is_unfit(const struct remote_tool *row) {
  return str_starts(row->why, REMOTE_UNFIT);
}

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
  struct str unfit; // why it cannot be passed on; empty: it can
  struct str note;  // what of it was left away; empty: nothing
};
struct remote_merge {
  const struct connector *connector;
  struct str account_id;
  const struct remote_now *now;
  size_t now_count;
  const struct remote_tool *before; // by name
  size_t before_count;
  int64_t now_ms;
  bool partial; // what is missing may be there all the same
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
struct remote_self {                               // a row of remote_server
  struct str capabilities, instructions, left_out; // left_out: a JSON array, see remote_others.c
  int64_t synced_at, changed_at;                   // 0: never
};
MUST_USE bool remote_self_read(struct store *s, struct str account_id, struct arena *a,
                               struct remote_self *out, struct err *err);
MUST_USE bool remote_self_write(struct store *s, struct str account_id, const struct remote_self *v,
                                struct err *err);
// Rows of tools that went long ago, and on which nobody decided.
MUST_USE bool remote_rows_forget(struct store *s, struct str account_id, int64_t now_ms, struct err *err);

// ---- remote_others.c: what a server has beside tools. Looks at its lists of resources, templates and prompts, as far as
// `has` (capabilities; NULL: not said) has them, for entries that no client would take; `out`: these as a JSON array in
// the arena, `first`: the first of them in words, empty: none. A list that cannot be had says nothing.
struct remote_others {
  struct str json, first;
  size_t count;
};
void remote_others_fetch(struct mcp_peer *p, yyjson_val *has, struct arena *a,
                         struct remote_others *out) SUSPENDS;

// A definition's text as JSON; NULL where it is empty. The caller frees.
yyjson_doc *remote_parse(struct str text);

#endif

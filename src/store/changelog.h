// SPDX-License-Identifier: Apache-2.0
// changelog: what changed of the rows that programs mirror in memory, a line for each change, written in the transaction that
// makes it, in the order of commits and without gaps. Whoever has read to a line reads on behind it, in this program or
// another at the same store. Old lines go; who is behind them reads all rows instead. Blocking. Example:
//   struct changelog_change change = {CHANGELOG_SERVER, id, "DELETE FROM server WHERE id = $1", values, 1};
//   if (!changelog_run(store, &change, &deleted, err)) …
//   if (!changelog_since(store, seen, arena, &lines, err)) …      // lines.gap: read all
#ifndef POSTERN_STORE_CHANGELOG_H
#define POSTERN_STORE_CHANGELOG_H

#include "store/store.h"

enum changelog_kind {
  CHANGELOG_SERVER,    // a server with its accounts and URLs
  CHANGELOG_ACCOUNT,   // an account, or the tools of its MCP server
  CHANGELOG_PEOPLE,    // API tokens, users, grants
  CHANGELOG_CONNECTOR, // an imported connector
  // These are of no catalog; whoever mirrors such rows in memory follows them (catalog_on_line).
  CHANGELOG_PROGRAM, // a kept program, or where it is published
  CHANGELOG_ENGINE,  // a language model
  CHANGELOG_SIGN_IN, // one that has ended; empty: some have
  CHANGELOG_TILE,    // a tile, or a dashboard
  CHANGELOG_EVENT,   // something is to be told to webhooks
  CHANGELOG_NEWS,    // of a vendor's server: "<what>/<account>"; no row
  CHANGELOG_KINDS
};
enum {
  CHANGELOG_READ_MOST = 2000, // lines at once: more of them are a gap
  CHANGELOG_KEPT = 10000
};

const char *changelog_kind_name(enum changelog_kind kind);
// False: one that another version wrote; what it means is not known here.
MUST_USE bool changelog_kind_named(struct str name, enum changelog_kind *out);

// Within the transaction that changes the row. Of PEOPLE the id is of who has less or more now; empty: of whomever.
MUST_USE bool changelog_note(struct store *s, enum changelog_kind kind, struct str id, struct err *err);

struct changelog_change {
  enum changelog_kind kind;
  struct str id;
  const char *sql;
  const struct store_value *values;
  size_t count;
};
// One statement and its line, or neither; no line where no row changed. `changed` may be NULL.
MUST_USE bool changelog_run(struct store *s, const struct changelog_change *c, int64_t *changed,
                            struct err *err);

struct changelog_line {
  enum changelog_kind kind;
  struct str id;
};
struct changelog_lines {
  struct changelog_line *items; // in the arena
  size_t count;
  int64_t last; // number of the last one; without any, where the log stands
  bool gap;     // some are not there any more, or too many
};
MUST_USE bool changelog_since(struct store *s, int64_t number, struct arena *a, struct changelog_lines *out,
                              struct err *err);
// Where the log stands: to be read before the rows that are to be followed from there.
MUST_USE bool changelog_last(struct store *s, int64_t *out, struct err *err);
MUST_USE bool changelog_trim(struct store *s, struct err *err); // all but the last CHANGELOG_KEPT

#endif

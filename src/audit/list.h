// SPDX-License-Identifier: Apache-2.0
// list: which rows of the audit have which value, as lists of ids for each some thousand rows (a block) and each value that
// they have. Where each filter has an index of its own, a row that is written changes a page of each; lists are written
// once for a block, one behind the other. Blocks follow one another from the first row on; those behind the last block
// are looked at one by one. SQLite alone has them: elsewhere nothing is listed, and filters have indexes
// (docs/decisions/056). Blocking. Private to audit/. Example:
//   audit_list_written(&lists, store, rows);                             // the writer, behind a batch
//   audit_list_last(store, &audit_keys[AUDIT_BY_TOOL], arena, &last, err)  // who reads: up to this row it is in lists
//   audit_list_read(&reach, &audit_keys[AUDIT_BY_TOOL], STR("zone_list"), &ids, err)
#ifndef POSTERN_AUDIT_LIST_H
#define POSTERN_AUDIT_LIST_H

#include "audit/reach.h"

enum { AUDIT_BLOCK_ROWS = 4096 };

enum audit_filter {
  AUDIT_BY_ACTOR,
  AUDIT_BY_CLIENT,
  AUDIT_BY_CLIENT_ID,
  AUDIT_BY_SIGN_IN,
  AUDIT_BY_ADDRESS,
  AUDIT_BY_ACTION,
  AUDIT_BY_SERVER,
  AUDIT_BY_URL,
  AUDIT_BY_ACCOUNT,
  AUDIT_BY_TOOL,
  AUDIT_BY_OUTCOME,
  AUDIT_FILTERS
};
struct audit_key { // of a filter; rows with the value `except` are in no index and no list
  const char *column, *except;
  const char *index; // that it has where there are no lists; NULL: it has one everywhere, and no lists
};
extern const struct audit_key audit_keys[AUDIT_FILTERS];

// ---- written

struct audit_lists { // the writer's
  size_t behind;     // rows behind the last block; AUDIT_LIST_UNKNOWN: nobody has looked yet
  size_t pause;      // so many rows are to be written before it is tried again
  bool known;        // `last` is
  char last[64];     // the last id of the last block
  size_t dropped;    // indexes of before that are gone
};
#define AUDIT_LIST_UNKNOWN (SIZE_MAX / 2)

void audit_list_begin(struct audit_lists *l, struct store *s);
// In the transaction that writes a row: one that comes before the end of the last block (of a spool that was filled beside
// another database) takes the blocks behind it away, which are made anew.
MUST_USE bool audit_list_admit(struct audit_lists *l, struct store *s, struct str id, struct err *err);
void audit_list_undone(struct audit_lists *l); // that transaction failed
// So many rows were written: makes the blocks that are full, and one more where many wait.
void audit_list_written(struct audit_lists *l, struct store *s, size_t rows);
// Is there a block to make, or an index of before to drop? One of these.
bool audit_list_is_behind(const struct audit_lists *l);
void audit_list_go_on(struct audit_lists *l, struct store *s);
// Blocks whose rows are all gone.
MUST_USE bool audit_list_purge(struct store *s, struct err *err);

// ---- read

// The last id up to which rows are found in lists; empty: none.
MUST_USE bool audit_list_last(struct store *s, const struct audit_key *key, struct arena *a, struct str *out,
                              struct err *err);
// Ids of rows with a value, of those up to `r->most`, which is not behind the end of the last block.
MUST_USE bool audit_list_read(const struct audit_reach *r, const struct audit_key *key, struct str value,
                              struct audit_ids *out, struct err *err);

#endif

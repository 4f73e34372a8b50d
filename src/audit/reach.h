// SPDX-License-Identifier: Apache-2.0
// reach: which ids of the audit are meant, and ids that were found, in order. Private to audit/.
#ifndef POSTERN_AUDIT_REACH_H
#define POSTERN_AUDIT_REACH_H

#include "base/arena.h"
#include "store/store.h"

struct audit_reach {
  struct store *store;
  struct arena *arena;
  struct str least, most; // from `least` on and below `most`
  bool oldest_first;
  size_t limit; // of ids
};

struct audit_ids {
  struct str *ids;
  size_t count;
  bool cut;
  struct str end; // where cut: the last one
};

// Behind an id, and before any that is written later: no id is the beginning of another.
static inline struct str audit_reach_behind(struct str id, struct arena *a) {
  return arena_printf(a, "%.*s~", STR_ARG(id));
}

static inline const char *audit_reach_order(const struct audit_reach *r) {
  return r->oldest_first ? "ASC" : "DESC";
}

// Those that a statement with the reach's order and limit has found.
static inline void audit_ids_take(const struct audit_reach *r, const struct store_rows *rows,
                                  struct audit_ids *out) {
  *out = (struct audit_ids){.ids = ARENA_ARRAY(r->arena, rows->count + 1, struct str), .count = rows->count};
  for (size_t i = 0; i < rows->count; i++) out->ids[i] = store_cell(rows, i, 0)->text;
  out->cut = rows->count == r->limit;
  if (out->cut) out->end = out->ids[out->count - 1];
}

#endif

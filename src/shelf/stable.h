// SPDX-License-Identifier: Apache-2.0
// stable: the form in which a program is kept. It is as it was written, and each step has beside its names the keys of what
// they mean: the account's id, and of its tool the connector's operation, or the vendor's name with a pin of the
// definition. So it means the same after accounts were renamed, and is written back with the names of today. Pure. Example:
//   struct str kept = stable_make(&examined->program, &examined->plan, arena);
//   struct str text = stable_write(yyjson_doc_get_root(doc), &look, STABLE_NAMES, arena);
#ifndef POSTERN_SHELF_STABLE_H
#define POSTERN_SHELF_STABLE_H

#include "program/check.h"

enum shelf_state { SHELF_OK, SHELF_HELD, SHELF_GONE, SHELF_CHANGED };
const char *shelf_state_name(enum shelf_state state); // "ok", "held", "gone", "changed"

struct stable_look { // one pass over a catalog: what a tool takes is told once
  const struct catalog *catalog;
  struct arena *arena;
  struct map marks; // of tools, by address; stable_done
};
void stable_done(struct stable_look *look);

// Of a program that was checked. It has no results that were kept (`tables`): they are gone in ten minutes.
struct str stable_make(const struct program *p, const struct plan *plan, struct stable_look *look);

// What a step's key leads to now.
struct stable_found {
  enum shelf_state state;
  struct str why;                        // where it is not ok; names account and tool
  const struct catalog_account *account; // NULL: gone
  const struct tool *tool;               // NULL: gone
  bool other_form; // a REST tool takes other arguments than when the program was kept; perhaps it still fits
};
void stable_find(struct stable_look *look, yyjson_val *step, yyjson_val *key, struct stable_found *out);

// For people, by the names of today; what is gone goes by the last name known. Or to be run in any view: accounts by id.
enum stable_names { STABLE_NAMES, STABLE_IDS };
struct str stable_write(yyjson_val *root, struct stable_look *look, enum stable_names names, struct arena *a);

#endif

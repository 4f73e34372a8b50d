// SPDX-License-Identifier: Apache-2.0
// row: engines as rows. The key is sealed for where it goes (kind, address, header); a stamp vouches for the whole row,
// since who could write another address there would be sent every question. All block; texts live in the caller's arena.
// Private to engine/, and for who changes engines. Example:
//   struct engine_row_change change = {.row = &row, .key = key, .keeps_key = false, .is_new = true};
//   if (!engine_row_write(store, &change, err)) …       // ERR_CONFLICT: the name is taken, or it changed meanwhile
#ifndef POSTERN_ENGINE_ROW_H
#define POSTERN_ENGINE_ROW_H

#include "crypto/secret.h"
#include "store/store.h"

struct engine_row {
  struct str id, name, kind, model, base_url, key_header, dialect, effort, status, status_text;
  struct str key; // sealed, as it was read; empty: none
  int64_t tokens, output, seconds, is_default, created_at, updated_at, tested_at, version;
};

struct engine_row_change {
  struct engine_row *row; // its version counts up
  struct str key;         // in clear; empty: none
  bool keeps_key;         // the row's stays as it is
  bool is_new;
};
MUST_USE bool engine_row_write(struct store *s, const struct engine_row_change *change, struct err *err);
// What a trial found; no change of the engine, so its version stays.
MUST_USE bool engine_row_note(struct store *s, const struct engine_row *row, struct err *err);
// By id or name; also one that is left out of the list.
MUST_USE bool engine_row_delete(struct store *s, struct str id_or_name, struct err *err);
// This one is the default and no other; `id` empty: none is, and the planner answers.
MUST_USE bool engine_row_set_default(struct store *s, struct str id, struct err *err);
// By name; those with a stamp that does not hold are left out, with a line in the log.
MUST_USE bool engine_row_all(struct store *s, struct arena *a, struct engine_row **out, size_t *count,
                             struct err *err);
MUST_USE bool engine_row_open_key(struct store *s, const struct engine_row *row, struct secret **key,
                                  struct err *err); // NULL where it has none

bool engine_row_missing(struct str named, struct err *err); // ERR_MISSING; false

#endif

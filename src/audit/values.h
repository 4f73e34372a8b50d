// SPDX-License-Identifier: Apache-2.0
// values: the values of a call's arguments, which a server may have recorded (config.record_arguments), sealed in their
// row and for it alone: moved to another row, server, account or tool they do not open. After a change of keys they are
// sealed anew piece by piece, since there may be millions. Blocking. Private to audit/. Example:
//   audit_values_close(store, row, STR("aud_…"), arena, &sealed);    // in the transaction that writes the row
//   row->values = audit_values_open(store, row, id, sealed.blob, arena);
#ifndef POSTERN_AUDIT_VALUES_H
#define POSTERN_AUDIT_VALUES_H

#include "audit/audit.h"
#include "crypto/seal.h"

struct audit_sealed {
  struct str blob, key; // the key's id; empty: nothing is recorded
};

// What cannot be sealed is not recorded, with a line in the log: the row is worth more.
void audit_values_close(struct store *s, const struct audit_row *row, struct str id, struct arena *a,
                        struct audit_sealed *out);

enum { AUDIT_RESEAL_ROWS = 250 }; // of a piece
struct audit_reseal {             // {0}; how far it has come
  char key[SEAL_KEY_ID_MOST + 1], id[TOKEN_ID];
  size_t stuck; // rows that do not open, and keep their key
  bool done;
};
// A piece, within a transaction.
MUST_USE bool audit_reseal_piece(struct store *s, void *audit_reseal, struct err *err);

struct str audit_values_open(struct store *s, const struct audit_row *row, struct str id, struct str blob,
                             struct arena *a);

#endif

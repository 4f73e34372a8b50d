// SPDX-License-Identifier: Apache-2.0
// copy: a SQLite store as a file of its own, taken while a program writes to it, and put in place of another. Blocking;
// without a loop. Example:
//   store_copy(STR("sqlite:…/postern.db"), "backup/postern.db", &schema, err)     // checked once it is written
//   struct store_hold *hold;
//   if (!store_hold(url, &hold, err)) return false;      // no program has it, and its log is folded into it
//   … rename(…, store_hold_path(hold)) …
//   store_let_go(hold);
#ifndef POSTERN_STORE_COPY_H
#define POSTERN_STORE_COPY_H

#include "base/err.h"
#include "base/str.h"

// ERR_INVALID: it is another kind of store, which has tools of its own (the hint names them).
MUST_USE bool store_is_file(struct str url, struct err *err);
// As it is at one moment; who writes meanwhile does not wait. `to` is not there yet, and gets mode 0600. On return it has
// been read back whole, and is on the disk. `schema`: the number of its last migration.
MUST_USE bool store_copy(struct str url, const char *to, size_t *schema, struct err *err);
size_t store_schema(void); // of this program

struct store_hold;
MUST_USE bool store_hold(struct str url, struct store_hold **out, struct err *err);
const char *store_hold_path(const struct store_hold *h);
void store_let_go(struct store_hold *h); // NULL is fine

#endif

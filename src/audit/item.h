// SPDX-License-Identifier: Apache-2.0
// item: a row on its way to the store, its texts in the same allocation. Owner: the queue, then the batch or the spool's
// reader. Private to audit/.
#ifndef POSTERN_AUDIT_ITEM_H
#define POSTERN_AUDIT_ITEM_H

#include "audit/audit.h"
#include "audit/values.h"

struct tally_entry;
struct audit_item {
  struct audit_row row;
  size_t bytes;
  struct tally_entry *counted; // which wants to know of its row; NULL: none
  char id[TOKEN_ID];           // of the row that it is; empty: it has none yet
  bool again;                  // it is there, and its count has grown
  size_t journaled;            // bytes of the journal; 0: it is not in there
  struct audit_sealed sealed;  // in `blob`
  char *blob;
  char texts[];
};

struct audit_item *audit_item_new(const struct audit_row *from); // copies, and cuts what is too long
void audit_item_seal(struct audit_item *item, struct store *s);  // its values, for the row with its id
void audit_item_hold(struct audit_item *item, const struct audit_sealed *sealed);
void audit_item_free(struct audit_item *item);

#endif

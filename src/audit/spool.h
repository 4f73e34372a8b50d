// SPDX-License-Identifier: Apache-2.0
// spool: rows of the audit that wait in a file while the store takes none, in the order of writing, over kills and losses
// of power. A row has its id before it is in the file, so what is written to the store twice, because a program ended
// between the two, is there once. What a kill left half of is cut off: nobody was told that it is kept. The file has what
// the store would have, values of arguments sealed, and the store's rights (0600). Bounded; one program at a time (a lock
// on the file). Blocking; one thread at a time, but for audit_spool_count. Private to audit/. Example:
//   audit_spool_open(&(struct audit_files){.spool = path, .spool_most = bytes}, &spool, err)      // with what was left there
//   audit_spool_add(spool, items, count, err)                              // all of them, for good, or none
//   n = audit_spool_read(spool, items, most)                               // the oldest; they stay until
//   audit_spool_done(spool, err)                                           // they are in the store
#ifndef POSTERN_AUDIT_SPOOL_H
#define POSTERN_AUDIT_SPOOL_H

#include "audit/item.h"

struct audit_spool;

MUST_USE bool audit_spool_open(const struct audit_files *files, struct audit_spool **out, struct err *err);
void audit_spool_close(struct audit_spool *p);             // NULL is fine
size_t audit_spool_count(const struct audit_spool *p);     // rows that wait; NULL: none
const char *audit_spool_last(const struct audit_spool *p); // id of the newest that was ever read or added; ""
// ERR_LIMIT: it is full; ERR_UNAVAILABLE: the disk is, or does not answer.
MUST_USE bool audit_spool_add(struct audit_spool *p, struct audit_item *const *items, size_t count,
                              struct err *err);
// Each is the caller's to free. None, though some wait: the file cannot be read any more; they are counted as lost.
size_t audit_spool_read(struct audit_spool *p, struct audit_item **items, size_t most);
void audit_spool_done(struct audit_spool *p);
void audit_spool_again(struct audit_spool *p); // those read last are read again

#endif

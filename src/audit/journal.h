// SPDX-License-Identifier: Apache-2.0
// journal: rows of the audit that wait in memory, in a file as well, from before their calls are answered until the store or
// the spool has them: a ring of fixed size that is mapped, so that what is in it outlives the program (a kill, not a loss
// of power: nothing is synced). A row has its id before it is in the file, so what is written to the store twice is there
// once. The file has what the store would have, values of arguments sealed, for its owner alone (0600), and one program
// uses it at a time (a lock on the file). A disk that takes no more, also behind a mapping (SIGBUS), costs the journal and
// nothing else. Adding costs a microsecond or two; opening is blocking. One thread at a time. Private to audit/. Example:
//   audit_journal_open(&files, &journal, err)                 // with what a kill left there
//   n = audit_journal_rest(journal, items, most)              // that: the oldest; each is to be done as those added are
//   if (!audit_journal_add(journal, item, store)) …           // no room: the row waits in memory alone
//   audit_journal_done(journal, bytes)                        // the sum of `journaled` of the oldest
#ifndef POSTERN_AUDIT_JOURNAL_H
#define POSTERN_AUDIT_JOURNAL_H

#include "audit/item.h"

struct audit_journal;

// No journal (`out` is NULL) where it is turned off and nothing was left. Where it cannot be made, a line in the log says so
// and it takes no rows. Refused: what others can write, what is no file, what another program uses.
MUST_USE bool audit_journal_open(const struct audit_files *files, struct audit_journal **out,
                                 struct err *err);
void audit_journal_close(struct audit_journal *j);            // NULL is fine, here and below
size_t audit_journal_left(const struct audit_journal *j);     // rows of before that nobody took
struct str audit_journal_last(const struct audit_journal *j); // id of the newest that was left; empty: none
size_t audit_journal_rest(struct audit_journal *j, struct audit_item **items,
                          size_t most); // the caller's to free
// For good once it returns. Seals its values, and notes in `journaled` how much it takes.
bool audit_journal_add(struct audit_journal *j, struct audit_item *item, struct store *s);
void audit_journal_done(struct audit_journal *j, size_t bytes);

// ---- the file

enum { AUDIT_JOURNAL_HEAD = 4096, AUDIT_JOURNAL_LEAST = 1 << 16, AUDIT_JOURNAL_MOST = 256 << 20 };
struct audit_remains {
  struct audit_item **items; // mem_free, and each of them
  size_t count, bytes, cut;  // bytes: of these; cut: behind them, in which nothing whole was found
  uint32_t first;            // where they begin
};
// What is in it, whatever that is. False: it is none.
bool audit_journal_parse(struct str file, struct audit_remains *out);

#endif

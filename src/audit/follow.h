// SPDX-License-Identifier: Apache-2.0
// follow: rows of the audit in the order of writing, for who hands them on: a sink. Each has marks of its own in the store,
// one for each run of a program that wrote rows, so nothing is missed of a program whose clock is behind. A mark moves when
// the rows have been taken for good: what a kill or a lost connection leaves unsure is read again. The audit itself is
// the queue, and retention its bound: what goes by its age before a sink had it is counted. Blocking; one thread at a
// time. Example:
//   struct audit_follow *f = audit_follow_new(store, STR("syslog+tls://log.example.com"));
//   audit_follow_begin(f, err)                         // a sink that was never here begins with what comes now
//   while (audit_follow_next(f, 256, arena, &page, err) && page.count) … audit_follow_handed(f, &page);
//   audit_follow_settle(f, AUDIT_FOLLOW_ALL, err)      // all that was handed is there
#ifndef POSTERN_AUDIT_FOLLOW_H
#define POSTERN_AUDIT_FOLLOW_H

#include "audit/audit.h"

enum {
  AUDIT_FOLLOW_MOST = 512,
  AUDIT_FOLLOW_UNSURE_MOST = 32
}; // rows of a page; pages that are not settled yet
#define AUDIT_FOLLOW_ALL UINT64_MAX

struct audit_follow;
struct audit_follow_page { // in the arena
  struct audit_entry *entries;
  size_t count;
  struct str run, last; // how far it comes
};

struct audit_follow *audit_follow_new(struct store *s, struct str sink);
void audit_follow_free(struct audit_follow *f);
MUST_USE bool audit_follow_begin(struct audit_follow *f, struct err *err);
// At most `limit` rows of one run behind those handed. Without rows: there are none now.
MUST_USE bool audit_follow_next(struct audit_follow *f, size_t limit, struct arena *a,
                                struct audit_follow_page *out, struct err *err);
// Handed on, but perhaps not taken. False: so many pages are unsure already.
MUST_USE bool audit_follow_handed(struct audit_follow *f, const struct audit_follow_page *page);
size_t audit_follow_unsure(const struct audit_follow *f); // pages
// What was handed until then (monotonic us) has been taken for good.
MUST_USE bool audit_follow_settle(struct audit_follow *f, uint64_t until_us, struct err *err);
void audit_follow_again(struct audit_follow *f); // what is unsure is read again
MUST_USE bool audit_follow_lost(struct audit_follow *f, int64_t *out, struct err *err);

struct str audit_run_of(struct str id); // what all ids of a run end with
// The writer's, in its transaction: so far has its run come.
MUST_USE bool audit_follow_note(struct store *s, struct str id, struct err *err);
// Retention's, before rows of a span go: sinks that have not had them pass on, and count them.
MUST_USE bool audit_follow_pass(struct store *s, struct str first, struct str last, struct err *err);
// Runs without rows, and sinks that nobody looked after since, are forgotten.
MUST_USE bool audit_follow_tidy(struct store *s, int64_t cutoff, struct err *err);

#endif

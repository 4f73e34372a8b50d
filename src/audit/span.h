// SPDX-License-Identifier: Apache-2.0
// span: what times some thousand rows of the audit have that were written one after the other. Ids are in the order of
// writing and times nearly so: a row is written when its call has ended, and clocks are set. By spans a range of times
// becomes a range of ids that holds all of it and little else, and rows go by their age piece by piece. Blocking.
// Private to audit/. Example:
//   audit_span_add(&span, id, row->at);                                  // the writer, for each row of a batch
//   audit_span_write(store, &span, err)                                  // in the transaction that writes them
//   audit_span_bounds(store, since, until, arena, &bounds, err)          // who reads
#ifndef POSTERN_AUDIT_SPAN_H
#define POSTERN_AUDIT_SPAN_H

#include "base/arena.h"
#include "crypto/token.h"
#include "store/store.h"

enum { AUDIT_SPAN_ROWS = 4096 };

struct audit_span { // {0}; the writer's
  char first[TOKEN_ID], last[TOKEN_ID];
  int64_t first_at, last_at;
  size_t rows;
};

// A span has rows of one run.
bool audit_span_fits(const struct audit_span *span, struct str id);
void audit_span_add(struct audit_span *span, struct str id, int64_t at);
MUST_USE bool audit_span_write(struct store *s, const struct audit_span *span, struct err *err);

struct audit_bounds { // ids from `least` on and below `most`; empty: none of these times
  struct str least, most;
  bool empty;
};
// since, until: ms, 0 is open.
MUST_USE bool audit_span_bounds(struct store *s, int64_t since, int64_t until, struct arena *a,
                                struct audit_bounds *out, struct err *err);

// Rows of before `cutoff` go, at most `most` of them, in small transactions between which others write. What a stop or
// kill leaves over goes the next time.
MUST_USE bool audit_span_purge(struct store *s, int64_t cutoff, size_t most, size_t *count, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// audit: who called what, when, with arguments of which shape, and how it ended. Append-only. Rows go
// to a bounded queue and are written in batches by a thread of its own, so that no call ever waits; a
// full queue drops the row, counts it (METRIC_AUDIT_DROPPED) and says so once a minute in the log. Example:
//   audit_add(audit, &(struct audit_row){.at = clock_now_ms(), .action = STR("tools/call"), …}); // any thread
#ifndef POSTERN_AUDIT_AUDIT_H
#define POSTERN_AUDIT_AUDIT_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

enum { AUDIT_QUEUE_MOST = 65536, AUDIT_BYTES_MOST = 32 << 20, AUDIT_BATCH = 512, AUDIT_PAGE_MOST = 1000 };

struct audit;

struct audit_row { // texts are copied by audit_add
  int64_t at;      // ms
  struct str actor, action, server_id, account_id, tool, arguments, outcome, request_id, detail;
  struct str url; // name of the server's URL that it came by: goes before the detail; empty: none
  int64_t elapsed_us, status;
};
// `arguments` is the shape only, made by check_shape: {"zone_id":"string(32)","per_page":"integer"}; values
// never.

MUST_USE bool audit_new(struct store *s, struct audit **out, struct err *err);
void audit_free(struct audit *a); // writes what is queued first
void audit_add(struct audit *a, const struct audit_row *row);
void audit_flush(struct audit *a); // blocks until all added so far are written (tests, drain)

struct audit_query {
  int64_t since, until; // ms; 0: open
  struct str actor, action, server_id, account_id, tool, outcome, before_id;
  size_t limit; // 1…1000
};
struct audit_entry {
  struct str id;
  struct audit_row row;
};
MUST_USE bool audit_read(struct store *s, const struct audit_query *q, struct arena *a,
                         struct audit_entry **out, size_t *count, struct err *err);
// The oldest rows go after so many ms; 0 keeps all.
MUST_USE bool audit_purge(struct store *s, int64_t older_than, size_t *count, struct err *err);

#endif

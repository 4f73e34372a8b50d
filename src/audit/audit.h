// SPDX-License-Identifier: Apache-2.0
// audit: who called what, when, with arguments of which shape, and how it ended. Append-only. Rows go
// to a bounded queue and are written in batches by a thread of its own, so that no call ever waits; while the store takes
// none they go to a file (the spool), and from there to the store. What waits in memory is in another file as well (the
// journal), before audit_add returns, so that a kill loses none of it. A full queue drops the row, counts it
// (METRIC_AUDIT_DROPPED) and says so once a minute in the log. Example:
//   audit_add(audit, &(struct audit_row){.at = clock_now_ms(), .action = STR("tools/call"), …}); // any thread
#ifndef POSTERN_AUDIT_AUDIT_H
#define POSTERN_AUDIT_AUDIT_H

#include "audit/pulse.h"
#include "base/arena.h"
#include "base/err.h"
#include "crypto/token.h"
#include "store/store.h"

enum {
  AUDIT_QUEUE_MOST = 65536,
  AUDIT_BYTES_MOST = 32 << 20,
  AUDIT_BATCH = 8192, // rows of a transaction: the more at once, the fewer pages of the indexes for each
  AUDIT_PAGE_MOST = 1000,
  AUDIT_MARK = 16,
  AUDIT_VALUES_MOST = 16384
};

struct audit;

struct audit_who { // of what is not known: empty
  struct str actor,
      actor_name; // an API token's id, and its name; or "client:" and what the client calls itself
  struct str client, address; // what the client calls itself; the address it came from
  struct str client_id,
      sign_in; // of a person who signed in from an AI client: the client she let in, and by which sign-in
};
struct audit_row { // texts are copied by audit_add
  int64_t at;      // ms
  struct audit_who who;
  struct str action, server_id, server_name, account_id, account_name, tool, arguments, values, outcome,
      request_id, detail;
  struct str url; // name of the server's URL that it came by; empty: none
  int64_t elapsed_us, status;
  int64_t count; // so many requests alike, the first of them at `at`, the last elapsed_us later; 0 is 1
};
// `arguments` is the shape only, made by check_shape: {"zone_id":"string(32)","per_page":"integer"}. `values` is the
// arguments as JSON, where the server has them recorded; kept sealed, whole or not at all (AUDIT_VALUES_MOST).

MUST_USE bool audit_new(struct store *s, struct audit **out, struct err *err);
struct audit_files {
  const char *spool;     // for rows that the store does not take
  uint64_t spool_most;   // bytes; 0: there is no such file
  const char *journal;   // for rows that wait; NULL: there is none
  uint64_t journal_most; // bytes; 0: none is kept, but what is left in it is written
};
// The same with these, and what was left in them.
MUST_USE bool audit_new_kept(struct store *s, const struct audit_files *files, struct audit **out,
                             struct err *err);
void audit_free(struct audit *a); // writes what is queued first
void audit_add(struct audit *a, const struct audit_row *row);
// What anybody may do as often as he likes: be turned away, open a link. Those alike (action, outcome, address, server,
// URL, account, actor, detail, and `what`) within a minute are one row with a count. The row is written at once, as all rows are, and
// its count every two seconds while it grows, and at stop: so much of the count a kill can lose. `what`, which outsiders
// choose, may be empty: audit_mark of a token, an origin. See audit/tally for what happens in a flood.
#define AUDIT_REFUSE "access.refuse" // the action of who was turned away
void audit_count(struct audit *a, const struct audit_row *row, struct str what);
void audit_flush(struct audit *a); // blocks until all so far is written, ending the minute (tests)

// Calls of tools on an account within the last 24 hours, those before the start included once they have been read.
struct pulse_day audit_day(struct audit *a, struct str account_id);

// After a change of keys, and at the start: values that another key sealed are sealed anew, by the writer, in small
// transactions where nothing else waits to be written. What a kill leaves over is found by the next start.
void audit_reseal(struct audit *a);
bool audit_has_resealed(struct audit *a); // true once after each, when no value wants an old key any more

// "sha256:0a1b2c3d": by which a token can be known again, and not found out. Returns `out`.
struct str audit_mark(struct str token, char out[AUDIT_MARK]);
struct str audit_mark_hash(const unsigned char hash[TOKEN_HASH], char out[AUDIT_MARK]);

struct audit_query {
  int64_t since, until; // ms; 0: open
  struct str actor, client, client_id, sign_in, address, action, server_id, url, account_id, tool, outcome;
  struct str actor_name, server, account; // by the name that it had when the row was written
  // Newest first, and older than this one; or oldest first, and newer than this one.
  bool oldest_first;
  struct str before_id, after_id;
  // What this editor did, and what was done through this editor's servers, but for accounts that are not granted (any
  // more); empty: all.
  struct str seer;
  size_t limit; // 1…1000
  bool values;  // open them, too
};
struct audit_entry {
  struct str id;
  struct audit_row row;
};
struct audit_page {
  struct audit_entry *entries;
  size_t count;
  // Where the next page goes on, by before_id or after_id; empty: this was the last. A page may be short, or empty, and
  // not the last one: a page looks at some thousand rows at most.
  struct str next;
};
MUST_USE bool audit_read(struct store *s, const struct audit_query *q, struct arena *a,
                         struct audit_page *out, struct err *err);
// Has any row this name of a URL?
MUST_USE bool audit_has_url(struct store *s, struct str url, bool *out, struct err *err);
// Has any row these names? `unknown`: the column of the first that none has; NULL: all are known.
MUST_USE bool audit_has_name(struct store *s, const struct audit_query *q, const char **unknown,
                             struct err *err);
// The oldest rows go after so many ms; 0 keeps all.
MUST_USE bool audit_purge(struct store *s, int64_t older_than, size_t *count, struct err *err);

#endif

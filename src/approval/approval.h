// SPDX-License-Identifier: Apache-2.0
// approval: a call that waits for the word of a second person: which states it goes through, who may give the word, and
// whether what was approved is still what would be done. Pure. Example:
//   struct str why = approval_bars(&row, user_id);               // empty: this person may approve it
//   if (approval_names_change(&row.marks, &now)) …               // "the server"
#ifndef POSTERN_APPROVAL_APPROVAL_H
#define POSTERN_APPROVAL_APPROVAL_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/token.h"

enum approval_state {
  APPROVAL_WAITING,
  APPROVAL_APPROVED, // the asker may make the call, once
  APPROVAL_REFUSED,
  APPROVAL_WITHDRAWN, // by the asker
  APPROVAL_EXPIRED,
  APPROVAL_RUNNING,
  APPROVAL_DONE,
  APPROVAL_STOPPED, // approved, but what would be done had become another thing
  APPROVAL_CUT,     // Postern ended in mid-call: whether it was done, only the vendor knows
  APPROVAL_STATES
};

enum {
  APPROVAL_MARK = TOKEN_HASH_HEX,
  APPROVAL_ASKER_MOST = 10, // of one asker that wait or are approved
  APPROVAL_OPEN_MOST = 1000,
  APPROVAL_DOCUMENT_MOST = 1 << 20,
  APPROVAL_REASON_MOST = 500,
  APPROVAL_RUN_MS = 30 * 60 * 1000, // no call is longer
};
#define APPROVAL_KEPT_MS (30LL * 24 * 3600 * 1000) // when all is over

// Digests of what else than the arguments decides what a call does. Empty: of nothing.
struct approval_marks {
  struct str server, account, tool;
};

struct approval { // texts are its arena's
  struct str id;
  enum approval_state state;
  struct str asker, asked_by, server_id, account_id, tool, digest, decided_by, outcome;
  int64_t created_at, expires_at, decided_at, ran_at; // ms; 0: not yet
  // Of the document:
  struct str arguments;                        // JSON, sorted: exactly what is sent
  struct str asker_name, client, address, url; // as in the audit
  struct str server_name, account_name, title, about, class, method, path;
  struct str fence; // JSON object; {}: none
  struct approval_marks marks;
  struct str decided_name, reason;
};

const char *approval_state_name(enum approval_state s);
bool approval_state_named(struct str name, enum approval_state *out);
// Does it still wait for something: a word, or its asker?
static inline bool approval_is_open(const struct approval *a) {
  return a->state == APPROVAL_WAITING || a->state == APPROVAL_APPROVED;
}
// Is it over because of the time, whatever the row says?
bool approval_has_expired(const struct approval *a, int64_t now);
// Why whoever has this id may not give the word; NULL: he may.
const char *approval_bars(const struct approval *a, struct str by);
// What has changed: "the server", "the account", "the tool"; NULL: nothing.
const char *approval_names_change(const struct approval_marks *then, const struct approval_marks *now);
// One call of one asker: by what it is known again.
struct str approval_digest(struct str tool, struct str arguments, struct arena *a);

// The document as JSON, and out of it.
struct str approval_write(const struct approval *row, struct arena *a);
MUST_USE bool approval_read(struct str document, struct arena *a, struct approval *out, struct err *err);

#endif

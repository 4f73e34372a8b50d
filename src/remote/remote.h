// SPDX-License-Identifier: Apache-2.0
// remote: the tools of an account at a vendor's MCP server: fetched, judged (remote/trust), pinned, reviewed,
// called. What is served is what was pinned: a definition that changes in description, schema or hint, or
// comes back under another name, waits for review with a readable diff, and is not served meanwhile. Rows:
// one a tool and account. Example:
//   if (!remote_sync(env, connector, account, &report, err)) …   // on a fiber; then, where report.stamp is
//                                                                // new, catalog_rebuild
//   if (!remote_toolset(store, account, connector, &set, err)) … // blocking; what the catalog holds
#ifndef POSTERN_REMOTE_REMOTE_H
#define POSTERN_REMOTE_REMOTE_H

#include "account/account.h"
#include "remote/trust.h"

// Whose sessions a sync uses, and whoever watches for news.
#define REMOTE_PRINCIPAL "postern:watch"
// And as what it asks: some servers show tools that ask something back only to clients that can be asked.
// Which of our clients can is known no sooner than they call.
#define REMOTE_CAPABILITIES                                                                                  \
  "{\"elicitation\":{\"form\":{},\"url\":{}},\"roots\":{\"listChanged\":true},\"sampling\":{}}"
enum { REMOTE_TOOLS_MOST = 2000, REMOTE_DEFINITIONS_MOST = 16 << 20 };

struct remote_report {
  size_t tools, served, review, denied;
  size_t dropped; // definitions that cannot be passed on: rows that say why, or told in the log
  bool changed;   // since the sync before
  int64_t stamp;  // of what is stored now, as in remote_stamps
  char note
      [320]; // what is wrong with the list as a whole, in words that the account's status has too; "": nothing
};
// Fetches tools/list whole, or as far as it goes, and what the server says of itself (capabilities, instructions). The store is
// untouched where it fails, so that an account that is down keeps its tools listed.
MUST_USE bool remote_sync(const struct account_env *env, const struct connector *c,
                          const struct account *account, struct remote_report *out, struct err *err) SUSPENDS;
// Empty before the first sync. What is in review or denied is in it too, and not `served`.
MUST_USE bool remote_toolset(struct store *s, const struct account *account, const struct connector *c,
                             struct toolset **out, struct err *err);

// Account id → int64_t *, which is another one whenever the toolset is; keys and values in the arena. Of one account, where
// one is given.
MUST_USE bool remote_stamps(struct store *s, struct str account_id, struct arena *a, struct map *out,
                            struct err *err);

// A resource, resource template or prompt that is left out of what clients are told, since none would take it; as of
// the last sync. `account_id` empty: of all accounts.
struct remote_other {
  struct str account_id, kind, name, why; // kind: "resource", "resource_template", "prompt"
};
MUST_USE bool remote_others_list(struct store *s, struct str account_id, struct arena *a,
                                 struct remote_other **out, size_t *count, struct err *err);

enum remote_decision { REMOTE_NONE, REMOTE_APPROVED, REMOTE_DENIED };
struct remote_tool {                               // a row, for review
  struct str account_id, name, definition, pinned; // JSON; pinned empty: never served
  enum tool_trust trust;
  struct str why, diff; // diff: lines "- old" and "+ new" of what changed since it was pinned, else empty
  struct str was;       // the name it had before, where it came back under another
  enum remote_decision decision;
  struct str decided_by;
  int64_t decided_at, seen_at, gone_at; // ms; gone_at 0: still there
  bool served;
};
// `account_id` empty: of all accounts. `waiting`: only what waits for a decision.
MUST_USE bool remote_list(struct store *s, struct str account_id, bool waiting, struct arena *a,
                          struct remote_tool **out, size_t *count, struct err *err);
// Approves (pins what the vendor says now) or denies; `names` NULL: all that wait. ERR_MISSING names the
// tool. `changed` says how many.
struct remote_verdict {
  struct str account_id, by;
  const struct str *names;
  size_t name_count;
  enum remote_decision decision;
};
MUST_USE bool remote_decide(struct store *s, const struct remote_verdict *v, size_t *changed,
                            struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// catalog: the immutable snapshot of accounts, tools, servers and API tokens that the running program
// answers from. Built on the pool from the store, swapped in whole. Example:
//   struct catalog *c = catalog_acquire();                      // any thread; cheap
//   struct catalog_url *url = catalog_url_by_token(c, token, now_ms);
//   …
//   catalog_release(c);
#ifndef POSTERN_CATALOG_CATALOG_H
#define POSTERN_CATALOG_CATALOG_H

#include "account/account.h"
#include "catalog/snapshot.h"
#include "store/changelog.h"

struct catalog_env { // lives as long as the program
  const struct account_env *account;
  struct library_env library;
  uint64_t refresh_ms; // between two looks at the tools of a vendor's MCP server; 0: WATCH_REFRESH_MS
};

// Reads what changed in the store (store/changelog), all of it the first time, and makes the next snapshot current.
// Blocking: on the pool, or before the loops run. Calls that overlap are serialised; when it returns, every later
// catalog_acquire sees what was in the store before, or more.
MUST_USE bool catalog_rebuild(const struct catalog_env *env, struct err *err);
// The same of all rows: after a change that is not a row's, such as another set of connectors.
MUST_USE bool catalog_reload(const struct catalog_env *env, struct err *err);
// Called after each swap, on the rebuilding thread (subscribe posts to its loops from here).
void catalog_on_change(void (*changed)(void *arg), void *arg);

// Of lines that are of no catalog (store/changelog), each once, and after what was missed `all` once: on the rebuilding
// thread, after the catalog is current, also for changes that this program has made.
void catalog_on_line(void (*heard)(void *arg, const struct changelog_line *line, bool all), void *arg);

// Lets go what was made for requests that are over, where it is much or old. Now and then; blocking.
void catalog_tidy(void);

struct catalog *catalog_acquire(void);          // never NULL after the first rebuild
struct catalog *catalog_ref(struct catalog *c); // the same once more
void catalog_release(struct catalog *c);
void catalog_close(void); // lets the current one go, at the end of the program

// NULL for unknown, revoked and expired alike. Takes the same time for each, as far as memory allows.
struct catalog_url *catalog_url_by_token(const struct catalog *c, struct str token, int64_t now_ms);
// The same, whether it has ended or not.
struct catalog_url *catalog_url_by_hash(const struct catalog *c, const unsigned char hash[TOKEN_HASH]);
// Writes the last uses of URLs and API tokens that the store does not have yet. Blocking.
MUST_USE bool catalog_write_uses(struct store *s, struct err *err);
// Made when it is first asked for; as long as the catalog. NULL: there is none, or none of its accounts is there.
const struct catalog_server *catalog_server_by_id(const struct catalog *c, struct str id);
// The live one that people sign in to at /mcp/<slug>; NULL: there is none.
const struct catalog_server *catalog_server_by_slug(const struct catalog *c, struct str slug, int64_t now_ms);
const struct access_user *catalog_user_by_id(const struct catalog *c, struct str id); // NULL: none who acts
bool catalog_bars(const struct catalog *c,
                  struct str id); // a person whom no rule of her provider lets in at present
size_t catalog_server_count(const struct catalog *c);
// Servers as their rows say, by id, without making any: `server.filter` has its switches and own accounts alone. Those over one account, or
// all (empty); those behind `after`. One whose accounts cannot be used is among them. Example:
//   struct catalog_rows rows = catalog_rows(c, STR_NONE, STR_NONE);
//   for (const struct server *row; (row = catalog_rows_next(&rows));) …
struct catalog_rows {
  const struct catalog *catalog;
  struct sorted_walk walk;
  struct str within; // the owner, or the account
  bool by_owner;
};
struct catalog_rows catalog_rows(const struct catalog *c, struct str account_id, struct str after);
const struct server *catalog_rows_next(struct catalog_rows *w);
const struct catalog_account *catalog_account_by_id(const struct catalog *c, struct str id);
// Or a user's self, who owns as a token does. Also one that has expired, and has not been purged yet; NULL: there is none.
const struct access_token *catalog_token_by_id(const struct catalog *c, struct str id);

#endif

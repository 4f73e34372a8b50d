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

struct catalog_env { // lives as long as the program
  const struct account_env *account;
  struct library_env library;
  uint64_t refresh_ms; // between two looks at the tools of a vendor's MCP server; 0: WATCH_REFRESH_MS
};

// Reads the store and makes the next snapshot current. Blocking: on the pool, or before the loops run.
// Calls that overlap are serialised; when it returns, every later catalog_acquire sees it or a newer one.
MUST_USE bool catalog_rebuild(const struct catalog_env *env, struct err *err);
// Called after each swap, on the rebuilding thread (subscribe posts to its loops from here).
void catalog_on_change(void (*changed)(void *arg), void *arg);

struct catalog *catalog_acquire(void);          // never NULL after the first rebuild
struct catalog *catalog_ref(struct catalog *c); // the same once more
void catalog_release(struct catalog *c);
void catalog_close(void); // lets the current one go, at the end of the program

// NULL for unknown, revoked and expired alike. Takes the same time for each, as far as memory allows.
struct catalog_url *catalog_url_by_token(const struct catalog *c, struct str token, int64_t now_ms);
// Writes the last uses of URLs and API tokens that the store does not have yet. Blocking.
MUST_USE bool catalog_write_uses(struct store *s, struct err *err);
const struct catalog_server *catalog_server_by_id(const struct catalog *c, struct str id);
const struct catalog_account *catalog_account_by_id(const struct catalog *c, struct str id);
// Or a user's self, who owns as a token does. Also one that has expired, and has not been purged yet; NULL: there is none.
const struct access_token *catalog_token_by_id(const struct catalog *c, struct str id);

#endif

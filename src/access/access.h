// SPDX-License-Identifier: Apache-2.0
// access: API tokens, for people and programs that manage Postern or use guarded servers. Stored as
// SHA-256, shown once. Functions that take a store block: run them on the pool.
//   struct access_token wanted = {.name = STR("ops"), .role = ACCESS_CLIENT}, made;
//   if (!access_create(store, &wanted, arena, &made, text, err)) return false;   // text: what to show
#ifndef POSTERN_ACCESS_ACCESS_H
#define POSTERN_ACCESS_ACCESS_H

#include "access/use.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "crypto/token.h"
#include "store/store.h"

// client: may use guarded servers, and nothing else; viewer: reads dashboards and answers that are shared; editor: asks, and
// makes things of its own, over the accounts that are granted to it (access/permit)
enum access_role { ACCESS_CLIENT, ACCESS_VIEWER, ACCESS_EDITOR, ACCESS_ADMIN };

struct access_token {
  struct str id, name;
  enum access_role role;
  unsigned char hash[TOKEN_HASH];
  int64_t created_at, expires_at, used_at; // ms; expires_at 0: never; used_at 0: never, as the store has it
  struct use *use;                         // of those that a catalog has; NULL: not noted
};

// Does this role ask, and make things that it owns: answers, programs, dashboards, servers?
static inline bool access_makes(enum access_role role) {
  return role == ACCESS_EDITOR || role == ACCESS_ADMIN;
}
bool access_role_from(struct str name, enum access_role *out);
const char *access_role_name(enum access_role role);

// Of those by hash (struct access_token *, as the catalog has them): the live one with this text, or hash, or NULL.
// Only hashes are looked up, so the time taken tells nothing about how near a guess came. To be found by its text is a use.
const struct access_token *access_find(const struct map *by_hash, struct str text, int64_t now_ms);
const struct access_token *access_find_hash(const struct map *by_hash, const unsigned char hash[TOKEN_HASH],
                                            int64_t now_ms);
bool access_is_live(int64_t expires_at, int64_t now_ms); // 0: never expires

// Of `wanted`, name, role and expires_at count. The token itself goes to `text`, once.
MUST_USE bool access_create(struct store *s, const struct access_token *wanted, struct arena *a,
                            struct access_token *out, char text[TOKEN_TEXT], struct err *err);
MUST_USE bool access_list(struct store *s, struct arena *a, struct access_token **out, size_t *count,
                          struct err *err);
// It was used: written where that is news.
MUST_USE bool access_write_use(struct store *s, struct str id, int64_t used_at, struct err *err);
MUST_USE bool access_revoke(struct store *s, struct str id, struct err *err);
// Removes rows that have expired; `gone`: id, name and expires_at of each.
MUST_USE bool access_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                           struct err *err);

#endif

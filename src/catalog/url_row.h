// SPDX-License-Identifier: Apache-2.0
// url_row: the URLs of a scoped MCP server, each with a name, a token of its own and its last use, each revoked
// alone. The first one, which is made with the server, is kept in the server's row; the others have rows here.
// Tokens are stored as SHA-256 and shown once. Functions that take a store block: run them on the pool. Example:
//   if (!url_row_insert_all(store, server_id, server_urls, arena, err)) return false; // in its transaction
#ifndef POSTERN_CATALOG_URL_ROW_H
#define POSTERN_CATALOG_URL_ROW_H

#include "crypto/token.h"
#include "store/store.h"

#define URL_ROW_FIRST "first"
enum { URL_ROW_MOST = 100 }; // of one server

struct server_url {
  struct str name; // unique within the server
  unsigned char hash[TOKEN_HASH];
  int64_t created_at, used_at; // ms; used_at 0: never
};

struct server_urls {
  struct server_url *items; // the first one, then by name
  size_t count;             // 0: all were revoked
};

struct server_urls url_row_copy(const struct server_urls *from, struct arena *a);
const struct server_url *url_row_find(const struct server_urls *urls, struct str name); // NULL: none
// Without the one of this name, or with a new one in its place, which is made where there is none. In the arena.
struct server_urls url_row_without(const struct server_urls *urls, struct str name, struct arena *a);
struct server_urls url_row_with(const struct server_urls *urls, const struct server_url *url,
                                struct arena *a);

// All but the first, within the transaction that writes the server.
MUST_USE bool url_row_insert_all(struct store *s, struct str server_id, const struct server_urls *urls,
                                 struct arena *a, struct err *err);
MUST_USE bool url_row_delete_all(struct store *s, struct str server_id, struct err *err);
// Rows by server and name, of servers behind the first id up to the second.
MUST_USE bool url_row_query(struct store *s, const struct store_value ends[2], struct arena *a,
                            struct store_rows *out, struct err *err);
// Adds those of this server to `urls`; *at, 0 at first, goes on through the rows, as servers come by id.
void url_row_join(struct store *s, struct str server_id, const struct store_rows *rows, size_t *at,
                  struct arena *a, struct server_urls *urls);
// It was used: written where that is news.
MUST_USE bool url_row_note_use(struct store *s, const struct server_url *url, struct err *err);

#endif

// SPDX-License-Identifier: Apache-2.0
// server_row: a scoped MCP server: accounts + filter + URLs (url_row.h) + expiry, as rows. Functions that take a store block: run them on the pool. Example:
//   if (!server_row_load_all(store, arena, &all, &count, err)) return false;   // texts live in the arena
#ifndef POSTERN_CATALOG_SERVER_ROW_H
#define POSTERN_CATALOG_SERVER_ROW_H

#include "catalog/admission.h"
#include "catalog/url_row.h"
#include "tool/policy.h"

// What goes before the names of an account's tools. Settled when a server gets its accounts (shown_settle),
// and kept when some of them are deleted, so that the names of the others stay.
enum server_names {
  SERVER_NAMES_OWN,       // its alias
  SERVER_NAMES_SHARED,    // nothing: its tools are shared with the other accounts of its connector
  SERVER_NAMES_CONNECTOR, // likewise shared, beside those of other connectors: the connector's alias
};

struct server_member {
  // alias: given, or made from the account's name once and kept, also when the others are deleted; empty on a
  // server made over one account, whose names are the vendor's own.
  struct str account_id, alias;
  enum server_names names;
};

struct server {
  struct str id, name;
  struct str owner; // id of the editor that made it, to whose grants it is held; empty: the house's
  struct server_member *members; // at least one
  size_t member_count;
  bool share; // accounts of one connector share one tool set, with an `account` argument
  struct policy_filter filter;
  struct str config; // the filter as it was given, JSON object, normalised
  struct server_urls urls;
  struct admission admission;                 // who may sign in, at which address
  int64_t created_at, updated_at, expires_at; // ms; expires_at 0: never
  int64_t version;                            // counts changes of the row
};

// A deep copy into another arena.
void server_row_copy(const struct server *from, struct arena *a, struct server *out);
MUST_USE bool server_row_insert(struct store *s, const struct server *v, struct err *err);
// Writes everything but the id and the time of creation. v->version is one more than the row's; ERR_CONFLICT
// where somebody else has changed the row meanwhile.
MUST_USE bool server_row_update(struct store *s, const struct server *v, struct err *err);
MUST_USE bool server_row_delete(struct store *s, struct str id, struct err *err);
MUST_USE bool server_row_load_all(struct store *s, struct arena *a, struct server **out, size_t *count,
                                  struct err *err);
// SERVER_ROW_PAGE rows from behind an id, for who reads them all: they are many.
enum { SERVER_ROW_PAGE = 1000 };
struct server_page {
  struct server *items; // by id, without those that cannot be read
  size_t count;
  struct str last; // id of the last row; empty: there was none
  bool full;       // there may be more behind it
};
MUST_USE bool server_row_load_page(struct store *s, struct str after, struct arena *a,
                                   struct server_page *out, struct err *err);
// One; NULL: there is none that can be read.
MUST_USE bool server_row_load(struct store *s, struct str id, struct arena *a, struct server **out,
                              struct err *err);
// Removes rows that have expired; `gone`: id, name and expires_at of each.
MUST_USE bool server_row_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                               struct err *err);

#endif

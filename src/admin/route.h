// SPDX-License-Identifier: Apache-2.0
// route: one request to the management API on its way through dispatch → handler, and the table of
// routes. On the request's fiber. Private to admin/.
#ifndef POSTERN_ADMIN_ROUTE_H
#define POSTERN_ADMIN_ROUTE_H

#include "access/principal.h"
#include "access/signin.h"
#include "admin/admin.h"
#include "admin/handlers.h"
#include "admin/shape.h"
#include "admin/tongue.h"
#include "audit/audit.h"
#include "http/router.h"

enum { ADMIN_QUERY_MOST = 32, ADMIN_REPLY_MOST = 64 * 1024 * 1024 };
#define ADMIN_PAGE_TYPE "text/html; charset=utf-8"
enum { ADMIN_PAGE = 100 }; // entries of a list, where no limit is given

enum admin_guard {
  ADMIN_OPEN,    // anybody
  ADMIN_METRICS, // as the setting says
  ADMIN_ANY,     // any live API token, and any person
  ADMIN_VIEW,    // who has the role viewer, editor or admin
  ADMIN_EDIT,    // who has the role editor or admin; what an editor sees is less (catalog/sight)
  ADMIN_ONLY,    // who has the role admin
};

struct admin_call {
  const struct admin_env *env;
  const struct admin_route *route;
  struct http_exchange *http;
  const struct http_request *in;
  // As it was when the request came, as far as who asks may see it; after admin_publish, as it is then.
  struct catalog *catalog;
  struct catalog *before; // as it was when the request came, all of it
  struct shelf *shelf;    // likewise; after admin_shelve, as it is then
  bool behind;            // other nodes may have changed more: the store did not answer
  struct principal who;   // the caller
  struct signin session;  // of the caller, where a browser's cookie says who that is; id empty: none
  struct arena *arena;
  struct http_params params;
  struct str query[ADMIN_QUERY_MOST]; // by the route's query shape, decoded; empty: absent. See admin_query
  yyjson_val *body;                   // checked against the route's body shape; NULL: the route takes none
  struct buf out;                     // the answer's JSON
  struct str account_id, server_id, detail; // for the audit row
  struct err refused;                       // what a page says it in words; code 0: nothing
  int status;                               // of the answer; 0: the route's
  const char *type;                         // of the answer; NULL: the route's
  bool streamed;                            // it has been sent already, as events
  struct str nonce;                         // of a page, for its own style and script
  enum tongue tongue;                       // in which a page speaks; English where it knows no other
};

struct admin_event { // of an answer that is told as it is made; a table of them ends with a name that is NULL
  const char *name, *says;
};

struct admin_route { // beside method, path and summary, which the router has
  enum admin_guard guard;
  admin_handler *handle;
  const char *name;   // operationId
  const char *action; // of the audit row; NULL: reading leaves none
  const struct admin_shape *query, *body,
      *answer;                      // answer NULL: none, or not JSON by a shape where `type` is given
  const char *type;                 // of the answer; NULL: application/json
  const struct admin_event *events; // the answer, where the client asks for events; NULL: there are none
  int status;                       // of success
  const struct admin_shape *script; // the answer, 200, where a page's script asks for JSON; NULL: none does
  bool page;                        // its errors are pages too, for people
  bool strangers;                   // asked by programs without a cookie, pages of any origin among them
  bool any_query;                   // its query is written elsewhere, and may hold more than we know
  unsigned errors;                  // bits 1 << enum err_code, beside those that every route has
};

bool admin_guard_takes(enum admin_guard guard, enum access_role role);
// From here on who asks is known: the catalog is what he may see of it.
void admin_sees(struct admin_call *call);
bool admin_manages(const struct admin_call *call); // the role admin
extern const struct http_router admin_router;      // the routes' docs are struct admin_route

// For what is generated from the table.
unsigned admin_route_errors(const struct http_route *route);  // bits 1 << enum err_code
struct str admin_route_group(const struct http_route *route); // "accounts"

// Makes what the store says now the catalog, and call->catalog that one. A change once stored is
// published even where the client goes meanwhile.
void admin_publish(struct admin_call *call) SUSPENDS;
void admin_publish_connector(struct admin_call *call) SUSPENDS; // the same where connectors are others
// The same of kept programs: the shelf, and call->shelf.
void admin_shelve(struct admin_call *call) SUSPENDS;

// The account that {id} in the path names, by its id or its name.
const struct catalog_account *admin_account_named(const struct catalog *c, struct str id_or_name);
MUST_USE bool admin_find_account(struct admin_call *call, const struct catalog_account **out,
                                 struct err *err);
// An editor has the tools that are served and the grant lets through; the rest is as if it were not there.
bool admin_tool_is_there(const struct admin_call *call, const struct catalog_account *v,
                         const struct tool *t);
// The server that {server_id} names, by itself or under its account; its ids are in the call for the audit.
MUST_USE bool admin_find_server(struct admin_call *call, const struct catalog_server **out, struct err *err);
// The kept program that {program} names by id or name, as far as the asker sees it.
MUST_USE bool admin_find_stored(struct admin_call *call, const struct shelf_entry **out,
                                struct err *err) SUSPENDS;
// The same of any; ERR_MISSING at `field`.
MUST_USE bool admin_stored_named(struct admin_call *call, struct str named, const char *field,
                                 const struct shelf_entry **out, struct err *err) SUSPENDS;
// Answers with all that is wrong with a program. False: nothing is, the failure is another one.
bool admin_put_faults(struct admin_call *call, const struct program_faults *faults, const struct err *err);
void admin_put_way(struct buf *out,
                   const struct connector_way *way);           // to authenticate, as getConnector tells it
void admin_put_url(struct admin_call *call, struct str token); // "url", for the one time that it is shown
// ERR_MISSING at `field`, with the reason and how to list those there are.
bool admin_no_account(const char *field, struct str named, struct err *err);
bool admin_no_connector(const char *field, struct str named, struct err *err);
bool admin_mentions(struct str text, struct str part);                   // ASCII case aside
struct str admin_query(const struct admin_call *call, const char *name); // empty: absent
int64_t admin_query_int(const struct admin_call *call, const char *name, int64_t otherwise);
// Puts "next": this request's address with `cursor` ("after", "before") at `last`; null where `last` is
// empty.
void admin_put_next(struct admin_call *call, const char *cursor, struct str last);
// A client on this machine that speaks for itself: what a proxy passes on names another.
bool admin_is_local(const struct http_request *in);
// Approvals whose time is over; each leaves a row. Blocking.
MUST_USE bool admin_sweep_approvals(const struct admin_env *env, int64_t now, struct err *err);
// For the audit: who asks.
struct audit_who admin_asker(const struct admin_call *call);
// https://postern.example, without a slash at the end.
struct str admin_public_url(const struct admin_call *call);

#endif

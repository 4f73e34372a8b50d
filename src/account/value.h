// SPDX-License-Identifier: Apache-2.0
// value: an account as calls are made with it, and as it is asked for. Types alone; account.h makes them and
// lets them go. A value does not change: a changed account is another value.
#ifndef POSTERN_ACCOUNT_VALUE_H
#define POSTERN_ACCOUNT_VALUE_H

#include <yyjson.h>

#include "base/arena.h"
#include "connector/connector.h"
#include "crypto/redact.h"
#include "crypto/secret.h"

struct account_send {   // one ready piece of authentication
  enum connector_in in; // header (bearer and basic are headers by now) or query
  struct str name;
  struct secret *value;
};

struct grant;
struct peering;
struct mcp_peer;

struct account {
  struct arena *arena;
  enum connector_kind kind;
  struct str id, name, connector, way;
  struct str base_url; // of the API (the connector's, or this account's own), or of the MCP server
  struct str person,
      stands_for;         // a person's own: whose, and the id of the account it stands in for; else empty
  struct str own;         // "<person>/<stands_for>"
  struct str status;      // "ok" | "unverified" | "failing" | "needs_authorising"
  struct str status_text; // the vendor's word on the last failure; or a note (account_note)
  int64_t created_at, updated_at, verified_at, version; // ms; version counts changes of the row
  yyjson_doc *context;                                  // object: argument name → default
  yyjson_doc *choices; // object: argument name → [{"id","title"}], what the credential sees, for "Account
                       // context missing"
  struct account_send sends[CONNECTOR_SENDS_MOST]; // kind rest
  size_t send_count;
  struct redact *hide; // of its credential, but for OAuth: see account_hides
  // Kind mcp. Values of one account share the peer, with its sessions, as long as address and credential
  // stay.
  struct mcp_peer *peer;   // borrowed from the line; NULL: it cannot be reached, and status_text says why
  struct grant *grant;     // by OAuth; NULL: another way
  struct peering *peering; // for account_free
};

// What POST /integrated-account carries. Texts borrow from the request.
struct account_new {
  struct str name, way, base_url; // way and base_url may be empty: the connector's
  yyjson_val *credential;         // object: field → text; NULL where the way is open
  yyjson_val *context;            // object or NULL
  struct str person, stands_for;  // of a person's own
};

#endif

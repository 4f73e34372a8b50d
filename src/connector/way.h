// SPDX-License-Identifier: Apache-2.0
// way: how an account shows its vendor who it is: what is asked for and what goes out (docs/connectors.md, auth). Types
// alone, for connector.h; owned by the connector, and as immutable. Example:
//   const struct connector_way *way = connector_way_find(c, account_row.way);
//   if (way->auth == CONNECTOR_AUTH_FIELDS) … way->fields[i].name …
#ifndef POSTERN_CONNECTOR_WAY_H
#define POSTERN_CONNECTOR_WAY_H

#include "base/str.h"

enum { CONNECTOR_WORD_MOST = 32 }; // bytes of a name: of a connector, a way, a field
enum { CONNECTOR_FIELDS_MOST = 8, CONNECTOR_SENDS_MOST = 8 };

enum connector_in { CONNECTOR_BEARER, CONNECTOR_HEADER, CONNECTOR_QUERY, CONNECTOR_BASIC };

struct connector_field { // what the operator supplies
  struct str name, label;
  bool secret;
  bool lines; // its value may have several: a key in PEM
};
struct connector_send { // what goes out; texts are templates over the fields: "{token}"
  enum connector_in in;
  struct str name; // of the header or query parameter; of a header a template too: "{name}"
  struct str value, user, password;
};
enum connector_auth {
  CONNECTOR_AUTH_FIELDS, // `fields` are asked for and `sends` go out
  CONNECTOR_AUTH_OAUTH,
  CONNECTOR_AUTH_OPEN,
  CONNECTOR_AUTH_CLIENT // `fields` has the client's own first; `sends` go out beside its access token
};
struct connector_oauth {
  struct str scope;       // to ask for; empty: what the vendor says
  struct str register_at; // where the operator makes an application by hand; empty: registers by itself
  struct str token_type;  // what it calls a token that is used as Bearer, where that is another word
  bool no_refresh;        // the vendor issues no refresh tokens
};
struct connector_client { // RFC 6749 §4.4; with scope and token_type of `oauth`
  struct str token_url;
  struct str method;             // "client_secret_post", …; empty: whichever the vendor takes
  struct str audience, resource; // sent where they are not empty (resource: RFC 8707)
};
#define CONNECTOR_CLIENT_ID "client_id"
#define CONNECTOR_CLIENT_SECRET "client_secret"
#define CONNECTOR_CLIENT_KEY "private_key"     // in place of a secret, for private_key_jwt
#define CONNECTOR_CLIENT_TOKEN_URL "token_url" // kept with the two, and no field of anybody's
struct connector_way {                         // one way to authenticate
  struct str id, label;
  enum connector_auth auth;
  struct connector_oauth oauth;
  struct connector_client client;
  struct connector_field fields[CONNECTOR_FIELDS_MOST];
  struct connector_send sends[CONNECTOR_SENDS_MOST];
  size_t field_count, send_count;
};
#endif

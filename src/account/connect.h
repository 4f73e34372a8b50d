// SPDX-License-Identifier: Apache-2.0
// connect: the way of a person's consent: a link that lives a day, the vendor's page, the answer, an
// account. Each is one row with its state (hashed), PKCE verifier (sealed), issuer and purpose; an answer is
// taken once, by the browser that began (a cookie), for the row that it was made for. Blocking parts run on
// the pool. Example:
//   struct connect_new want = {.connector = c, .url = url, .name = name};
//   if (!connect_start(env, &want, arena, &flow, err)) return false;       // flow.link: what to open
#ifndef POSTERN_ACCOUNT_CONNECT_H
#define POSTERN_ACCOUNT_CONNECT_H

#include "account/env.h"
#include "oauth/oauth.h"

enum { CONNECT_LIVES_MS = 24 * 3600 * 1000, CONNECT_OPEN_MOST = 1000 };
enum { CONNECT_CLIENT_MOST = 16 * 1024 }; // bytes of a client id, of its secret, of its key

struct connect_env {
  const struct account_env *account;
  const struct connector_set *connectors;
  struct oauth_net net;
  struct str public_url; // of Postern: links, redirect URI (<public_url>/oauth/callback), client-ID document
};

struct connect_new {
  const struct connector *connector;
  struct str url, name;                            // url: of any MCP server, or empty for the connector's
  struct str account_id;                           // set: authorize this one again
  struct str scope;                                // what to ask for beyond the connector's word
  struct str client_id;                            // pre-registered client given by the operator; empty: none
  const struct secret *client_secret, *client_key; // at most one; the key: PEM, for private_key_jwt
  struct str principal; // a person's way in mid-call: who alone may complete it; empty: whoever has the link
  // An account of a person's own: whose, and the account that it is to stand in for. With a name; the address is that
  // account's, and so are the scopes. One that she has is authorized again.
  struct str person, stands_for;
};

enum connect_status { CONNECT_WAITING, CONNECT_OPENED, CONNECT_DONE, CONNECT_FAILED, CONNECT_EXPIRED };

struct connect_flow {                         // in the arena
  struct str id, name, connector, account_id; // account_id: once done, or of the one authorized again
  struct str link;                            // ours, /connect/<id>?t=<link token>; in the first answer only
  struct str direct; // likewise: the vendor's own, for a browser that cannot reach us; see finish_here
  struct str host;   // of the vendor's page; for connect_look
  bool own;          // of a person's own account
  enum connect_status status;
  struct str code; // of a failure: "denied", "registration_refused", "wrong_account", "vendor_down", …
  struct str text, remedy; // in words
  int64_t created_at, expires_at;
};
const char *connect_status_name(enum connect_status s);

MUST_USE bool connect_start(const struct connect_env *env, const struct connect_new *in, struct arena *a,
                            struct connect_flow *out, struct err *err) SUSPENDS;
MUST_USE bool connect_find(const struct connect_env *env, struct str id, struct arena *a,
                           struct connect_flow *out, struct err *err) SUSPENDS; // ERR_MISSING
// The same for whoever has the link; the errors are those of connect_open.
MUST_USE bool connect_look(const struct connect_env *env, struct str id, struct str link_token,
                           struct arena *a, struct connect_flow *out, struct err *err) SUSPENDS;
// Someone opened the link: `to` is the vendor's URL, `cookie` binds this browser. Opened again before the
// answer came, the browser that opened it last is the one that may finish. ERR_MISSING; ERR_CONFLICT (used,
// or expired).
MUST_USE bool connect_open(const struct connect_env *env, struct str id, struct str link_token,
                           struct arena *a, struct str *to, struct str *cookie, struct err *err) SUSPENDS;
// The redirect came back: redeems, makes or mends the account. `out` tells how it ended also where it failed;
// an error is only for answers that belong to no flow of ours, or come from a browser that is not the one that began; an
// account of a person's own takes her to be signed in there still.
struct connect_browser {
  struct str cookie, person; // as connect_open gave it; who is signed in, by id; empty: nobody
};
MUST_USE bool connect_finish(const struct connect_env *env, const struct oauth_answer *answer,
                             const struct connect_browser *from, struct arena *a, struct connect_flow *out,
                             struct err *err) SUSPENDS;
// The same for an administrator who pastes the address that the browser ended at: no cookie, but the flow by
// its id, and not one that a person began in mid-call (ERR_DENIED). An answer of another flow is ERR_INVALID.
MUST_USE bool connect_finish_here(const struct connect_env *env, struct str id,
                                  const struct oauth_answer *answer, struct arena *a,
                                  struct connect_flow *out, struct err *err) SUSPENDS;
// `expired`: links that nobody used in time: id, name and expires_at of each, once.
MUST_USE bool connect_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *expired,
                            struct err *err);
// Our client-ID metadata document, served at <public_url>/oauth/client.json.
void connect_write_client(const struct connect_env *env, struct buf *out);

#endif

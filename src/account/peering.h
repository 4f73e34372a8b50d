// SPDX-License-Identifier: Apache-2.0
// peering: an account's connection to its MCP server, and who lends it the credential. All values of one account
// share one as long as address, credential and headers stay, so that its peer keeps sessions and verdict over
// rebuilds of the catalog; a refreshed token changes nothing. Process-wide by account id; any thread. Private
// to account/. Example:
//   struct peering_options o = {.id = id, .url = url, .sends = sends, .grant = grant};
//   struct peering *l = peering_take(env, &o);   … peering_peer(l) …   peering_leave(l);
#ifndef POSTERN_ACCOUNT_PEERING_H
#define POSTERN_ACCOUNT_PEERING_H

#include "account/grant.h"
#include "account/vault.h"

struct peering_options {
  struct str id, url; // of the account, of its server
  const struct vault_sends *sends;
  struct redact *hide;         // of the sends; referred to
  struct http_headers context; // the account's defaults that go out as headers
  struct grant *grant;         // NULL: none; referred to
  struct mcp_verdict verdict;
};

struct peering *peering_take(const struct account_env *env, const struct peering_options *o);
// The last value of this credential closes the peer, with its sessions.
void peering_leave(struct peering *l); // NULL is fine
// The account has gone: its peer is closed now, whoever still holds a value of it in an older catalog.
void peering_end(const struct account_env *env, struct str id);
struct mcp_peer *peering_peer(const struct peering *l);
// What the server was found to speak, where that is newer than at the last asking.
bool peering_has_news(struct peering *l, struct mcp_verdict *out);

// A peer that nobody shares, for a look before anything is kept. The caller closes and unrefs.
struct mcp_peer *peering_peer_with(const struct account_env *env, struct str url,
                                   const struct mcp_auth *auth);
// Says hello and asks for tools, as nobody in particular. UNPROCESSABLE, field "credential": refused, with
// the vendor's words; UNAUTHENTICATED: the grant needs a person; UPSTREAM, TIMEOUT and the like: it cannot be
// reached.
MUST_USE bool peering_try(struct mcp_peer *p, struct err *err) SUSPENDS;

#endif

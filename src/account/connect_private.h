// SPDX-License-Identifier: Apache-2.0
// connect_private: what the two halves share: connect.c (from the wish to the vendor's page) and
// connect_finish.c (from the answer to an account). Private to account/.
#ifndef POSTERN_ACCOUNT_CONNECT_PRIVATE_H
#define POSTERN_ACCOUNT_CONNECT_PRIVATE_H

#include "account/connect.h"
#include "account/flow_row.h"
#include "account/sealed.h"
#include "mcp/peer.h"
#include "oauth/oauth_text.h"

// Asks an MCP server as nobody yet, or with a token that nobody keeps yet, and hears what it wants.
struct overhear;
// `hide`: beside the token; referred to.
struct overhear *overhear_new(const struct account_env *env, struct str url, const struct secret *token,
                              struct redact *hide);
// True: it answers. False: `heard` may say what it asks for; else the error stands for itself.
MUST_USE bool overhear_try(struct overhear *e, struct mcp_challenge *heard, struct err *err) SUSPENDS;
struct mcp_verdict overhear_verdict(const struct overhear *e);
void overhear_free(struct overhear *e);

struct connect_flow connect_flow_of(const struct flow_row *row, struct arena *a);
struct str connect_redirect_uri(const struct connect_env *env, struct arena *a);
struct sealed_at connect_verifier_place(const struct flow_row *flow);
// A flow for a person's own account has "<person>/<account it stands in for>" for its principal. False: it is none.
bool connect_is_own(const struct flow_row *flow, struct str *person, struct str *stands_for);
const struct connector_way *connect_way(const struct connector *c); // NULL: none by OAuth

#endif

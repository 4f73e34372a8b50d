// SPDX-License-Identifier: Apache-2.0
// authorize_private: what the two halves share: authorize.c (from the wish to the vendor's page) and
// authorize_finish.c (from the answer to an account). Private to account/.
#ifndef POSTERN_ACCOUNT_AUTHORIZE_PRIVATE_H
#define POSTERN_ACCOUNT_AUTHORIZE_PRIVATE_H

#include "account/authorize.h"
#include "account/flow_row.h"
#include "account/sealed.h"
#include "mcp/peer.h"
#include "oauth/oauth_text.h"

// Asks an MCP server as nobody yet, or with a token that nobody keeps yet, and hears what it wants.
struct ear;
// `hide`: beside the token; referred to.
struct ear *ear_new(const struct account_env *env, struct str url, const struct secret *token,
                    struct redact *hide);
// True: it answers. False: `heard` may say what it asks for; else the error stands for itself.
MUST_USE bool ear_try(struct ear *e, struct mcp_challenge *heard, struct err *err) SUSPENDS;
struct mcp_verdict ear_verdict(const struct ear *e);
void ear_free(struct ear *e);

struct authorize_flow authorize_flow_of(const struct flow_row *row, struct arena *a);
struct str authorize_redirect_uri(const struct authorize_env *env, struct arena *a);
struct sealed_at authorize_verifier_place(const struct flow_row *flow);
const struct connector_way *authorize_way(const struct connector *c); // NULL: none by OAuth

#endif

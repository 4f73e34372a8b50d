// SPDX-License-Identifier: Apache-2.0
// draft: an account while it is made or changed: the row to be, the credential in hand, the context as
// trees. Private to account/. Free with draft_free whatever happened.
#ifndef POSTERN_ACCOUNT_DRAFT_H
#define POSTERN_ACCOUNT_DRAFT_H

#include "account/account_row.h"
#include "account/peering.h"
#include "account/probe.h"

enum { ACCOUNT_NAME_MOST = 64, ACCOUNT_CONTEXT_MOST = 32, ACCOUNT_VALUE_MOST = 256 };

struct draft {
  const struct account_env *env;
  const struct connector *connector;
  const struct connector_way *way;
  struct arena *arena;
  struct account_row row;
  struct secret *plain; // NULL: the way has none
  struct redact *hide;  // of what it is tried with, and of what is stored
  struct vault_sends sends;
  struct grant *grant;               // of a way by OAuth, once revealed; of one by client credentials
  struct peering *peering;           // kind mcp, once verified: kept for the value that is published
  yyjson_mut_doc *context, *choices; // roots are objects
  bool seal_anew;                    // `plain` is to replace what the row holds
};

void draft_open(struct draft *d, const struct account_env *env, const struct connector *c);
void draft_free(struct draft *d);

// Each checks what was given and puts it into the row; the error names the field.
MUST_USE bool draft_set_name(struct draft *d, struct str name, struct err *err);
MUST_USE bool draft_set_base_url(struct draft *d, struct str base_url, struct err *err);
MUST_USE bool draft_set_credential(struct draft *d, struct str way, yyjson_val *credential, struct err *err);
// Merged into what is there, as RFC 7396 has it: null takes a default away.
MUST_USE bool draft_set_context(struct draft *d, yyjson_val *context, struct err *err);

// Fill the draft from its row: the trees; the credential, opened. Blocking.
MUST_USE bool draft_load(struct draft *d, struct err *err);
MUST_USE bool draft_reveal(struct draft *d, struct err *err);
// Hides the stored credential, too, while another one is tried; nothing where it does not open. Blocking.
void draft_remember(struct draft *d);
// Asks the vendor, and fills status, choices and the context where there is exactly one choice.
MUST_USE bool draft_verify(struct draft *d, struct err *err) SUSPENDS;
// Puts the trees into the row as text, and seals the credential where it is new. To be called within the
// write transaction, so that a change of keys happens before or after it, and never in between.
MUST_USE bool draft_settle(struct draft *d, struct err *err);
// The row as the value that calls are made with. `c` NULL or a credential that does not open: status
// "failing", no sends and no peer. Blocking where a grant is not in memory yet.
void draft_publish(const struct account_env *env, const struct connector *c, const struct account_row *row,
                   struct account **out);

#endif

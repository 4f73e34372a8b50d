// SPDX-License-Identifier: Apache-2.0
// vault: credentials between the operator, the store and the wire. The plain form is one secret of
// "name=value" lines in the order of the way's fields (values hold no control bytes), so that it can be
// read where it lies. Private to account/. Example:
//   struct secret *plain; if (!vault_take(way, given, &plain, err)) …
//   if (!vault_render(way, plain, account->arena, &sends, err)) …
#ifndef POSTERN_ACCOUNT_VAULT_H
#define POSTERN_ACCOUNT_VAULT_H

#include "account/value.h"
#include "crypto/redact.h"
#include "crypto/secret.h"

enum {
  VAULT_VALUE_MOST = 16 * 1024, // bytes of one field
  VAULT_SEND_MOST = 64 * 1024,  // of one header or parameter, filled in
};

struct vault_sends {
  struct account_send items[CONNECTOR_SENDS_MOST];
  size_t count;
};

// The way named `id`; without a name the one whose fields the credential has, else the default.
MUST_USE bool vault_way(const struct connector *c, struct str id, yyjson_val *credential,
                        const struct connector_way **out, struct err *err);
// Checks {"field": "text"} against the way: unknown, missing, empty and unusable fields are named.
// Of client credentials, their token endpoint is kept with them.
MUST_USE bool vault_take(const struct connector_way *way, yyjson_val *credential, struct secret **plain,
                         struct err *err);
// The value of a field; it stays where it is, inside the secret. A key's lines end with VAULT_LINE_END.
#define VAULT_LINE_END '\r'
bool vault_value(const struct secret *plain, struct str name, struct str *out);
// What goes out with each call. Names live in `a`. A connector may have come to need another field, or to
// make more of the same ones than can be sent: that is this account's error, ERR_CONFLICT or ERR_INVALID.
MUST_USE bool vault_render(const struct connector_way *way, const struct secret *plain, struct arena *a,
                           struct vault_sends *out, struct err *err);
void vault_sends_free(struct vault_sends *s);
// What the vendor may know of it and must not say: the secret fields, what each send makes of them, and
// `also`.
struct redact *vault_hides(const struct connector_way *way, const struct secret *plain, struct redact *also);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "account/sealed.h"

#include <string.h>

const struct sealed_column sealed_columns[SEALED_KINDS] = {
    [SEALED_CREDENTIAL] = {"account", "credential",
                           "SELECT id, credential, connector, way, base_url FROM account "
                           "WHERE credential <> '' ORDER BY id",
                           "UPDATE account SET credential = $1 WHERE id = $2", 3},
    [SEALED_TOKENS] = {"grant", "tokens",
                       "SELECT g.account_id, g.tokens, a.connector, a.base_url, g.client, g.site "
                       "FROM oauth_grant g JOIN account a ON a.id = g.account_id "
                       "WHERE g.tokens <> '' ORDER BY g.account_id",
                       "UPDATE oauth_grant SET tokens = $1 WHERE account_id = $2", 4},
    [SEALED_SECRET] = {"client", "secret",
                       "SELECT id, secret, issuer, redirect_uri, client_id, method FROM oauth_client "
                       "WHERE secret <> '' ORDER BY id",
                       "UPDATE oauth_client SET secret = $1 WHERE id = $2", 4},
    [SEALED_VERIFIER] = {"flow", "verifier",
                         "SELECT id, verifier, connector, account_id, url, principal, client, site, scope, "
                         "link_hash, cookie_hash FROM oauth_flow WHERE verifier <> '' ORDER BY id",
                         "UPDATE oauth_flow SET verifier = $1 WHERE id = $2", 9},
};

// Lengths go before the texts, so that no two lists of texts give one place.
struct str sealed_place(const struct sealed_at *at, struct arena *a) {
  const struct sealed_column *c = &sealed_columns[at->what];
  struct str place = arena_printf(a, "2/%s/%zu:%.*s/%s", c->kind, at->id.n, STR_ARG(at->id), c->column);
  for (size_t i = 0; i < c->bound; i++) {
    struct str text = at->bound[i], length = arena_printf(a, "\n%zu:", text.n);
    char *next = arena_alloc(a, place.n + length.n + text.n);
    memcpy(next, place.p, place.n);
    memcpy(next + place.n, length.p, length.n);
    if (text.n) memcpy(next + place.n + length.n, text.p, text.n);
    place = str_make(next, place.n + length.n + text.n);
  }
  return place;
}

struct str sealed_place_before(const struct sealed_at *at, struct arena *a) {
  const struct sealed_column *c = &sealed_columns[at->what];
  return arena_printf(a, "%s/%.*s/%s", c->kind, STR_ARG(at->id), c->column);
}

bool sealed_close(struct seal_ring *ring, const struct sealed_at *at, struct str plain, struct arena *a,
                  struct str *blob, struct err *err) {
  return seal_ring_follow(ring, err) && seal_close(ring, sealed_place(at, a), plain, a, blob, err);
}

bool sealed_renew(struct seal_ring *ring, const struct sealed_at *at, struct arena *a, struct str *blob,
                  struct err *err) {
  return seal_ring_follow(ring, err) && seal_renew(ring, sealed_place(at, a), a, blob, err);
}

bool sealed_open(struct seal_ring *ring, const struct sealed_at *at, struct str blob, struct secret **plain,
                 struct err *err) {
  struct arena *a = arena_new();
  struct str place = sealed_place(at, a);
  struct err late;
  bool ok = seal_open(ring, place, blob, plain, err);
  if (!ok && err->code == ERR_MISSING && seal_ring_follow(ring, &late)) // another program's new key
    ok = seal_open(ring, place, blob, plain, err);
  arena_free(a);
  return ok;
}

// SPDX-License-Identifier: Apache-2.0
#include "audit/values.h"

#include "base/log.h"
#include "crypto/seal.h"

// Lengths go before the texts, so that no two rows give one place.
static struct str values_place(const struct audit_row *r, struct str id, struct arena *a) {
  return arena_printf(a, "2/audit/%.*s/values\n%lld\n%zu:%.*s\n%zu:%.*s\n%zu:%.*s", STR_ARG(id),
                      (long long)r->at, r->server_id.n, STR_ARG(r->server_id), r->account_id.n,
                      STR_ARG(r->account_id), r->tool.n, STR_ARG(r->tool));
}

void audit_values_close(struct store *s, const struct audit_row *row, struct str id, struct arena *a,
                        struct audit_sealed *out) {
  struct seal_ring *ring = store_ring(s);
  struct err err;
  *out = (struct audit_sealed){0};
  if (!row->values.n || !ring) return;
  struct str blob;
  if (!seal_ring_follow(ring, &err) ||
      !seal_close(ring, values_place(row, id, a), row->values, a, &blob, &err)) {
    log_warn("audit: the values of %.*s are not recorded: %s", STR_ARG(id), err.text);
    return;
  }
  *out = (struct audit_sealed){blob, arena_dup(a, seal_key_id(blob))};
}

struct str audit_values_open(struct store *s, const struct audit_row *row, struct str id, struct str blob,
                             struct arena *a) {
  struct seal_ring *ring = store_ring(s);
  struct secret *plain;
  struct err err;
  if (!blob.n) return STR_NONE;
  if (!ring || !seal_ring_follow(ring, &err) ||
      !seal_open(ring, values_place(row, id, a), blob, &plain, &err))
    return STR("{\"...\":\"cannot be opened: the key is gone, or somebody changed the row\"}");
  struct str text = arena_dup(a, secret_reveal(plain));
  secret_free(plain);
  return text;
}

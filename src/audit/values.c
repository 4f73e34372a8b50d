// SPDX-License-Identifier: Apache-2.0
#include "audit/values.h"

#include <stdio.h>

#include "base/log.h"
#include "crypto/secret.h"

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

// ---- under the current key

enum { RESEAL_ID, RESEAL_AT, RESEAL_SERVER, RESEAL_ACCOUNT, RESEAL_TOOL, RESEAL_BLOB };

static struct audit_row reseal_row(const struct store_rows *rows, size_t i) {
  return (struct audit_row){.at = store_cell(rows, i, RESEAL_AT)->number,
                            .server_id = store_cell(rows, i, RESEAL_SERVER)->text,
                            .account_id = store_cell(rows, i, RESEAL_ACCOUNT)->text,
                            .tool = store_cell(rows, i, RESEAL_TOOL)->text};
}

static bool reseal_write(struct store *s, struct audit_reseal *r, const struct store_rows *rows, size_t i,
                         struct arena *a, struct err *err) {
  struct audit_row row = reseal_row(rows, i);
  struct str id = store_cell(rows, i, RESEAL_ID)->text;
  struct secret *plain;
  struct audit_sealed sealed;
  struct err why;
  if (!seal_open(store_ring(s), values_place(&row, id, a), store_cell(rows, i, RESEAL_BLOB)->text, &plain,
                 &why)) {
    r->stuck++;
    return true;
  }
  row.values = secret_reveal(plain);
  audit_values_close(s, &row, id, a, &sealed);
  secret_free(plain);
  const struct store_value values[] = {STORE_TEXT(sealed.blob), STORE_TEXT(sealed.key), STORE_TEXT(id)};
  return !sealed.blob.n ||
         store_run(s, "UPDATE audit SET argument_values = $1, values_key = $2 WHERE id = $3", values, 3, NULL,
                   err);
}

// The next key but the current one; empty: there is none. By an index, whatever the number of rows.
static bool reseal_next_key(struct store *s, struct audit_reseal *r, struct arena *a, struct err *err) {
  struct str current = seal_ring_current_id(store_ring(s)), key = str_of(r->key);
  struct store_rows rows;
  do {
    if (!store_query(s, "SELECT min(values_key) FROM audit WHERE values_key <> '' AND values_key > $1",
                     &STORE_TEXT(key), 1, a, &rows, err))
      return false;
    key = store_cell(&rows, 0, 0)->text;
  } while (key.n && (str_eq(key, current) || key.n > SEAL_KEY_ID_MOST)); // or none that we wrote
  snprintf(r->key, sizeof r->key, "%.*s", STR_ARG(key));
  r->id[0] = 0;
  return true;
}

static bool reseal_piece(struct store *s, struct audit_reseal *r, struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_ring(s)) return r->done = true;
  if (!seal_ring_follow(store_ring(s), err)) return false;
  if (!r->key[0] || str_eq(str_of(r->key), seal_ring_current_id(store_ring(s)))) {
    if (!reseal_next_key(s, r, a, err)) return false;
  }
  const struct store_value values[] = {STORE_TEXT(str_of(r->key)), STORE_TEXT(str_of(r->id)),
                                       STORE_INT(TOKEN_ID), STORE_INT(AUDIT_RESEAL_ROWS)};
  if (r->key[0] &&
      !store_query(s,
                   "SELECT id, at, server_id, account_id, tool, argument_values FROM audit "
                   "WHERE values_key = $1 AND values_key <> '' AND id > $2 AND length(id) < $3 ORDER BY "
                   "id LIMIT $4",
                   values, 4, a, &rows, err))
    return false;
  size_t count = r->key[0] ? rows.count : 0;
  for (size_t i = 0; i < count; i++)
    if (!reseal_write(s, r, &rows, i, a, err)) return false;
  if (count) snprintf(r->id, sizeof r->id, "%.*s", STR_ARG(store_cell(&rows, count - 1, RESEAL_ID)->text));
  if (count < AUDIT_RESEAL_ROWS && r->key[0] && !reseal_next_key(s, r, a, err)) return false;
  r->done = !r->key[0];
  return true;
}

bool audit_reseal_piece(struct store *s, void *audit_reseal, struct err *err) {
  struct audit_reseal next = *(struct audit_reseal *)audit_reseal; // where it fails, it is as if nothing was
  struct arena *a = arena_new();
  bool ok = reseal_piece(s, &next, a, err);
  arena_free(a);
  if (!ok) return false;
  *(struct audit_reseal *)audit_reseal = next;
  if (next.done && next.stuck)
    log_warn("audit: recorded values of %zu row(s) do not open, and keep their key", next.stuck);
  return true;
}

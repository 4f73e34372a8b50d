// SPDX-License-Identifier: Apache-2.0
#include "account/reseal.h"

// The place is "<kind>/<id>/<column>", as those who seal have it.
static const struct reseal_column {
  const char *kind, *column, *select, *update;
} reseal_columns[] = {
    {"account", "credential", "SELECT id, credential FROM account WHERE credential <> '' ORDER BY id",
     "UPDATE account SET credential = $1 WHERE id = $2"},
    {"grant", "tokens", "SELECT account_id, tokens FROM oauth_grant WHERE tokens <> '' ORDER BY account_id",
     "UPDATE oauth_grant SET tokens = $1 WHERE account_id = $2"},
    {"client", "secret", "SELECT id, secret FROM oauth_client WHERE secret <> '' ORDER BY id",
     "UPDATE oauth_client SET secret = $1 WHERE id = $2"},
    {"flow", "verifier", "SELECT id, verifier FROM oauth_flow WHERE verifier <> '' ORDER BY id",
     "UPDATE oauth_flow SET verifier = $1 WHERE id = $2"},
};

struct reseal {
  struct store *store;
  const struct seal_ring *ring;
  struct arena *arena;
  size_t changed;
};

static bool reseal_row(struct reseal *r, const struct reseal_column *c, struct str id, struct str blob,
                       struct err *err) {
  if (str_eq(seal_key_id(blob), seal_ring_current_id(r->ring))) return true;
  struct str place = arena_printf(r->arena, "%s/%.*s/%s", c->kind, STR_ARG(id), c->column), anew;
  struct secret *plain;
  if (!seal_open(r->ring, place, blob, &plain, err)) return err_wrap(err, "%s %.*s", c->kind, STR_ARG(id));
  bool ok = seal_close(r->ring, place, secret_reveal(plain), r->arena, &anew, err);
  secret_free(plain);
  const struct store_value values[] = {STORE_TEXT(anew), STORE_TEXT(id)};
  ok = ok && store_run(r->store, c->update, values, 2, NULL, err);
  r->changed += ok;
  return ok;
}

static bool reseal_column(struct reseal *r, const struct reseal_column *c, struct err *err) {
  struct store_rows rows;
  if (!store_query(r->store, c->select, NULL, 0, r->arena, &rows, err)) return false;
  for (size_t i = 0; i < rows.count; i++)
    if (!reseal_row(r, c, store_cell(&rows, i, 0)->text, store_cell(&rows, i, 1)->text, err)) return false;
  return true;
}

bool reseal_all(struct store *s, const struct seal_ring *ring, size_t *changed, struct err *err) {
  struct reseal r = {s, ring, arena_new(), 0};
  bool ok = true;
  for (size_t i = 0; ok && i < sizeof reseal_columns / sizeof *reseal_columns; i++)
    ok = reseal_column(&r, &reseal_columns[i], err);
  arena_free(r.arena);
  if (ok) *changed = r.changed;
  return ok;
}

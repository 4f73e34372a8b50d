// SPDX-License-Identifier: Apache-2.0
#include "account/registration_row.h"

#include "account/sealed.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "oauth/oauth_text.h"

static struct sealed_at client_place(struct str id, const struct oauth_client *c) {
  return (struct sealed_at){
      SEALED_SECRET, id, {c->issuer, c->redirect_uri, c->id, str_of(oauth_method_name(c->method))}};
}

bool registration_row_find(const struct account_env *env, struct str issuer, struct str redirect_uri,
                           struct arena *a, struct str *id, struct err *err) {
  int64_t now = clock_now_ms();
  const struct store_value values[] = {STORE_TEXT(issuer), STORE_TEXT(redirect_uri), STORE_INT(now),
                                       STORE_INT(now - CLIENT_FRESH_MS), STORE_INT(now - CLIENT_UNPROVEN_MS)};
  struct store_rows rows;
  if (!store_query(env->store,
                   "SELECT id FROM oauth_client WHERE issuer = $1 AND redirect_uri = $2 AND "
                   "(expires_at = 0 OR expires_at > $3) AND (given = 1 OR (created_at > $4 AND "
                   "(created_at > $5 OR id IN (SELECT client FROM oauth_grant)))) "
                   "ORDER BY given DESC, id DESC LIMIT 1",
                   values, 5, a, &rows, err))
    return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "no client of that issuer is kept");
  *id = store_cell(&rows, 0, 0)->text;
  return true;
}

bool registration_row_load(const struct account_env *env, struct str id, struct str issuer, struct arena *a,
                           struct oauth_client *out, struct err *err) {
  struct store_rows rows;
  if (!store_query(env->store,
                   "SELECT issuer, redirect_uri, client_id, secret, method, expires_at FROM oauth_client "
                   "WHERE id = $1",
                   &STORE_TEXT(id), 1, a, &rows, err))
    return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "the client of this grant is not kept any more");
  struct oauth_client c = {.issuer = store_cell(&rows, 0, 0)->text,
                           .redirect_uri = store_cell(&rows, 0, 1)->text,
                           .id = store_cell(&rows, 0, 2)->text,
                           .expires_at = store_cell(&rows, 0, 5)->number};
  struct str sealed = store_cell(&rows, 0, 3)->text;
  if (!oauth_method_from(store_cell(&rows, 0, 4)->text, &c.method))
    return err_set(err, ERR_INTERNAL, "the row of an OAuth client is damaged");
  if (!str_eq(c.issuer, issuer))
    return err_set(err, ERR_CONFLICT, "the client belongs to %.*s: it is not shown to another issuer",
                   STR_MOST(c.issuer, 200));
  struct secret **kept = c.method == OAUTH_PRIVATE_KEY_JWT ? &c.key : &c.secret;
  struct sealed_at at = client_place(id, &c);
  if (sealed.n && !sealed_open(env->ring, &at, sealed, kept, err))
    return err_wrap(err, "the stored client secret does not open");
  *out = c;
  return true;
}

struct client_insert {
  const struct account_env *env;
  const struct oauth_client *client;
  bool given;
  struct arena *arena;
  struct str id;
};

// Sealed within the transaction, so that a change of keys comes wholly before or after.
static bool registration_row_insert_body(struct store *s, void *arg, struct err *err) {
  const struct client_insert *in = arg;
  const struct account_env *env = in->env;
  const struct oauth_client *c = in->client;
  struct arena *a = in->arena;
  struct str row = in->id, sealed = STR("");
  const struct secret *kept = c->method == OAUTH_PRIVATE_KEY_JWT ? c->key : c->secret;
  struct sealed_at at = client_place(row, c);
  if (kept && !sealed_close(env->ring, &at, secret_reveal(kept), a, &sealed, err)) return false;
  const struct store_value values[] = {
      STORE_TEXT(row),      STORE_TEXT(c->issuer),     STORE_TEXT(c->redirect_uri),
      STORE_TEXT(c->id),    STORE_TEXT(sealed),        STORE_TEXT(str_of(oauth_method_name(c->method))),
      STORE_INT(in->given), STORE_INT(clock_now_ms()), STORE_INT(c->expires_at)};
  return store_run(s,
                   "INSERT INTO oauth_client (id, issuer, redirect_uri, client_id, secret, method, given, "
                   "created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   values, 9, NULL, err);
}

bool registration_row_insert(const struct account_env *env, const struct oauth_client *c, bool given,
                             struct arena *a, struct str *id, struct err *err) {
  char made[TOKEN_ID];
  token_id("ocl", made);
  struct client_insert in = {env, c, given, a, arena_dup(a, str_of(made))};
  if (!store_transact(env->store, registration_row_insert_body, &in, err)) return false;
  *id = in.id;
  return true;
}

bool registration_row_retire(struct store *s, struct str id, struct err *err) {
  const struct store_value values[] = {STORE_INT(1), STORE_TEXT(id)}; // long ago
  return store_run(s, "UPDATE oauth_client SET expires_at = $1 WHERE id = $2", values, 2, NULL, err);
}

bool registration_row_purge(struct store *s, int64_t now_ms, struct err *err) {
  const struct store_value values[] = {STORE_INT(now_ms), STORE_INT(now_ms - CLIENT_FRESH_MS)};
  return store_run(s,
                   "DELETE FROM oauth_client WHERE ((expires_at > 0 AND expires_at <= $1) OR "
                   "(given = 0 AND created_at <= $2)) AND id NOT IN (SELECT client FROM oauth_grant) AND "
                   "id NOT IN (SELECT client FROM oauth_flow)",
                   values, 2, NULL, err);
}

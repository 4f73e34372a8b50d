// SPDX-License-Identifier: Apache-2.0
#include "authority/lease_row.h"

#include "account/sealed.h"
#include "base/codec.h"
#include "base/log.h"
#include "store/changelog.h"

enum { LEASE_CODE_KEPT_MS = 10 * 60 * 1000 }; // a spent code, for who tries it again

// ---- what a row says, where that is what we wrote

static struct sealed_at lease_row_place(const struct lease *v, struct arena *a) {
  return (struct sealed_at){SEALED_LEASE,
                            v->id,
                            {v->user_id, v->client_id, v->server_id, sealed_number(a, v->ends_at),
                             sealed_number(a, v->generation), sealed_number(a, v->turned_at)}};
}

static struct sealed_at lease_row_token_place(struct str hash, struct str lease_id,
                                              const struct lease_token *t, struct arena *a) {
  return (struct sealed_at){
      STAMPED_ACCESS, hash, {lease_id, sealed_number(a, t->generation), sealed_number(a, t->expires_at)}};
}

#define LEASE_COLUMNS                                                                                        \
  "l.id, l.user_id, l.client_id, l.server_id, c.name, l.redirect_to, l.created_at, l.ends_at, l.used_at, "   \
  "l.generation, l.turned_at, l.taken, l.secret"
#define LEASE_TABLES "authority_lease l JOIN authority_client c ON c.id = l.client_id"
enum { LEASE_SECRET = 12, LEASE_CELLS };

static struct lease lease_row_read(const struct store_rows *rows, size_t i) {
  return (struct lease){.id = store_cell(rows, i, 0)->text,
                        .user_id = store_cell(rows, i, 1)->text,
                        .client_id = store_cell(rows, i, 2)->text,
                        .server_id = store_cell(rows, i, 3)->text,
                        .client_name = store_cell(rows, i, 4)->text,
                        .redirect_to = store_cell(rows, i, 5)->text,
                        .created_at = store_cell(rows, i, 6)->number,
                        .ends_at = store_cell(rows, i, 7)->number,
                        .used_at = store_cell(rows, i, 8)->number,
                        .generation = store_cell(rows, i, 9)->number,
                        .turned_at = store_cell(rows, i, 10)->number,
                        .taken = store_cell(rows, i, 11)->number};
}

// A row that somebody else wrote lets nobody in, and is as if it were not there.
static bool lease_row_open(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                           struct lease *out, struct secret **secret) {
  struct lease v = lease_row_read(rows, i);
  struct sealed_at at = lease_row_place(&v, a);
  struct err why;
  struct secret *opened;
  if (!sealed_open(store_ring(s), &at, store_cell(rows, i, LEASE_SECRET)->text, &opened, &why)) {
    log_warn("sign-in %.*s is left out: %s", STR_ARG(v.id), why.text);
    return false;
  }
  *out = v;
  if (secret)
    *secret = opened;
  else
    secret_free(opened);
  return true;
}

bool lease_row_find(struct store *s, struct str id, struct arena *a, struct lease *out,
                    struct secret **secret, struct err *err) {
  struct store_rows rows;
  *out = (struct lease){0};
  if (secret) *secret = NULL;
  if (!store_query(s, "SELECT " LEASE_COLUMNS " FROM " LEASE_TABLES " WHERE l.id = $1", &STORE_TEXT(id), 1, a,
                   &rows, err))
    return false;
  if (rows.count) (void)lease_row_open(s, &rows, 0, a, out, secret);
  return true;
}

bool lease_row_by_token(struct store *s, const unsigned char hash[TOKEN_HASH], struct arena *a,
                        struct lease *out, struct lease_token *token, struct err *err) {
  char hex[TOKEN_HASH_HEX];
  struct store_rows rows;
  struct err why;
  codec_hex(hash, TOKEN_HASH, hex);
  *out = (struct lease){0};
  if (!store_query(s,
                   "SELECT " LEASE_COLUMNS ", t.generation, t.expires_at, t.stamp FROM " LEASE_TABLES
                   " JOIN authority_access t ON t.lease_id = l.id WHERE t.hash = $1",
                   &STORE_TEXT(str_of(hex)), 1, a, &rows, err))
    return false;
  if (!rows.count) return true;
  struct lease_token t = {.generation = store_cell(&rows, 0, LEASE_CELLS)->number,
                          .expires_at = store_cell(&rows, 0, LEASE_CELLS + 1)->number};
  memcpy(t.hash, hash, TOKEN_HASH);
  struct sealed_at at = lease_row_token_place(str_of(hex), store_cell(&rows, 0, 0)->text, &t, a);
  if (!sealed_is_ours(s, &at, store_cell(&rows, 0, LEASE_CELLS + 2)->text, &why)) {
    log_warn("a token of sign-in %.*s is left out: %s", STR_ARG(store_cell(&rows, 0, 0)->text), why.text);
    return true;
  }
  if (lease_row_open(s, &rows, 0, a, out, NULL)) *token = t;
  return true;
}

bool lease_row_list(struct store *s, struct str user_id, struct arena *a, struct lease **out, size_t *count,
                    struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   user_id.n ? "SELECT " LEASE_COLUMNS " FROM " LEASE_TABLES
                               " WHERE l.user_id = $1 ORDER BY l.id"
                             : "SELECT " LEASE_COLUMNS " FROM " LEASE_TABLES " ORDER BY l.id",
                   &STORE_TEXT(user_id), user_id.n ? 1 : 0, a, &rows, err))
    return false;
  *out = ARENA_ARRAY(a, rows.count + 1, struct lease);
  for (size_t i = 0; i < rows.count; i++) (*out)[i] = lease_row_read(&rows, i);
  *count = rows.count;
  return true;
}

// ---- writing

bool lease_row_insert(struct store *s, const struct lease *v, struct str secret, struct arena *a,
                      struct err *err) {
  struct sealed_at at = lease_row_place(v, a);
  struct str blob;
  if (!sealed_close(store_ring(s), &at, secret, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_TEXT(v->id),          STORE_TEXT(v->user_id),
                                       STORE_TEXT(v->client_id),   STORE_TEXT(v->server_id),
                                       STORE_TEXT(v->redirect_to), STORE_INT(v->created_at),
                                       STORE_INT(v->ends_at),      STORE_INT(v->generation),
                                       STORE_INT(v->turned_at),    STORE_TEXT(blob)};
  return store_run(
      s,
      "INSERT INTO authority_lease (id, user_id, client_id, server_id, redirect_to, created_at, ends_at, "
      "generation, turned_at, used_at, taken, secret) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10)",
      values, 10, NULL, err);
}

bool lease_row_turn(struct store *s, const struct lease *v, struct str secret, struct arena *a,
                    struct err *err) {
  struct sealed_at at = lease_row_place(v, a);
  struct str blob;
  if (!sealed_close(store_ring(s), &at, secret, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_INT(v->generation), STORE_INT(v->turned_at), STORE_TEXT(blob),
                                       STORE_INT(v->taken), STORE_TEXT(v->id)};
  return store_run(
      s, "UPDATE authority_lease SET generation = $1, turned_at = $2, secret = $3, taken = $4 WHERE id = $5",
      values, 5, NULL, err);
}

bool lease_row_add_token(struct store *s, struct str lease_id, const struct lease_token *t, struct arena *a,
                         struct err *err) {
  char hex[TOKEN_HASH_HEX];
  struct str stamp;
  codec_hex(t->hash, TOKEN_HASH, hex);
  struct sealed_at at = lease_row_token_place(str_of(hex), lease_id, t, a);
  if (!sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(str_of(hex)), STORE_TEXT(lease_id),
                                       STORE_INT(t->generation), STORE_INT(t->expires_at), STORE_TEXT(stamp)};
  return store_run(s,
                   "INSERT INTO authority_access (hash, lease_id, generation, expires_at, stamp) VALUES ($1, "
                   "$2, $3, $4, $5)",
                   values, 5, NULL, err);
}

bool lease_row_note_use(struct store *s, struct str id, int64_t used_at, int64_t generation,
                        struct err *err) {
  const struct store_value values[] = {STORE_INT(used_at), STORE_INT(generation), STORE_TEXT(id)};
  return store_run(
      s,
      "UPDATE authority_lease SET used_at = $1, taken = CASE WHEN taken < $2 THEN $2 ELSE taken END "
      "WHERE id = $3",
      values, 3, NULL, err);
}

bool lease_row_delete(struct store *s, struct str id, struct err *err) {
  int64_t gone = 0;
  const struct changelog_change change = {CHANGELOG_SIGN_IN, id, "DELETE FROM authority_lease WHERE id = $1",
                                          &STORE_TEXT(id), 1};
  if (!changelog_run(s, &change, &gone, err)) return false;
  return gone || err_at(err, ERR_MISSING, "sign_in", "there is no sign-in '%.*s'", STR_MOST(id, 64));
}

bool lease_row_delete_token(struct store *s, const unsigned char hash[TOKEN_HASH], struct err *err) {
  char hex[TOKEN_HASH_HEX];
  codec_hex(hash, TOKEN_HASH, hex);
  return store_run(s, "DELETE FROM authority_access WHERE hash = $1", &STORE_TEXT(str_of(hex)), 1, NULL, err);
}

bool lease_row_purge(struct store *s, int64_t now, int64_t idle_ms, struct err *err) {
  const struct store_value ends[] = {STORE_INT(now), STORE_INT(now - idle_ms)},
                           codes = STORE_INT(now - LEASE_CODE_KEPT_MS);
  return store_run(s, "DELETE FROM authority_lease WHERE ends_at <= $1 OR turned_at <= $2", ends, 2, NULL,
                   err) &&
         store_run(s, "DELETE FROM authority_access WHERE expires_at <= $1", ends, 1, NULL, err) &&
         store_run(s, "DELETE FROM authority_code WHERE expires_at <= $1", &codes, 1, NULL, err);
}

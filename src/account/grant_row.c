// SPDX-License-Identifier: Apache-2.0
#include "account/grant_row.h"

#include "account/account_row.h"
#include "account/grant.h"
#include "account/sealed.h"

#define GRANT_COLUMNS                                                                                        \
  "account_id, client, site, tokens, scope, wanted, subject, needs, why, consent, lease_by, rounds, "        \
  "issued_at, expires_at, lease_until, version"
enum { GRANT_TEXTS = 11, GRANT_NUMBERS = 5 };

static struct grant_row grant_row_read(const struct store_rows *rows, size_t i) {
  struct grant_row r;
  struct str *texts[GRANT_TEXTS] = {&r.account_id, &r.client, &r.site, &r.tokens,  &r.scope,   &r.wanted,
                                    &r.subject,    &r.needs,  &r.why,  &r.consent, &r.lease_by};
  int64_t *numbers[GRANT_NUMBERS] = {&r.rounds, &r.issued_at, &r.expires_at, &r.lease_until, &r.version};
  for (size_t c = 0; c < GRANT_TEXTS; c++) *texts[c] = store_cell(rows, i, c)->text;
  for (size_t c = 0; c < GRANT_NUMBERS; c++) *numbers[c] = store_cell(rows, i, GRANT_TEXTS + c)->number;
  r.connector = store_cell(rows, i, GRANT_TEXTS + GRANT_NUMBERS)->text;
  r.home = store_cell(rows, i, GRANT_TEXTS + GRANT_NUMBERS + 1)->text;
  return r;
}

bool grant_row_find(struct store *s, struct str account_id, struct arena *a, struct grant_row *out,
                    struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT " GRANT_COLUMNS ", connector, home FROM oauth_grant JOIN "
                   "(SELECT id, connector, " ACCOUNT_ROW_HOME("") " AS home FROM account) AS account "
                                                                  "ON account.id = account_id "
                                                                  "WHERE account_id = $1",
                   &STORE_TEXT(account_id), 1, a, &rows, err))
    return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "the account has no grant");
  *out = grant_row_read(&rows, 0);
  return true;
}

// ---- tokens: "access\nrefresh" sealed, the second empty where there is none; neither holds a line end

static struct sealed_at grant_place(const struct grant_row *row) {
  return (struct sealed_at){
      SEALED_TOKENS, row->account_id, {row->connector, row->home, row->client, row->site}};
}

bool grant_row_seal(const struct account_env *env, struct grant_row *row, const struct secret *access,
                    const struct secret *refresh, struct arena *a, struct err *err) {
  struct str one = secret_reveal(access), two = refresh ? secret_reveal(refresh) : STR("");
  char *bytes;
  struct secret *both = secret_make(one.n + 1 + two.n, &bytes);
  memcpy(bytes, one.p, one.n);
  bytes[one.n] = '\n';
  memcpy(bytes + one.n + 1, two.p, two.n);
  struct sealed_at at = grant_place(row);
  bool ok = sealed_close(env->ring, &at, secret_reveal(both), a, &row->tokens, err);
  secret_free(both);
  return ok;
}

bool grant_row_open(const struct account_env *env, const struct grant_row *row, struct secret **access,
                    struct secret **refresh, struct err *err) {
  struct secret *both = NULL;
  *access = *refresh = NULL;
  if (!row->tokens.n) return true;
  struct sealed_at at = grant_place(row);
  bool ok = sealed_open(env->ring, &at, row->tokens, &both, err);
  if (!ok && err->code == ERR_DENIED)
    err_set(
        err, ERR_CONFLICT,
        "they were sealed for another address or authorization server than this account has now (%.*s), or "
        "they were changed: somebody wrote to the database. Delete the account and connect it anew",
        STR_MOST(row->home, 200));
  if (!ok) return err_wrap(err, "the stored tokens do not open");
  struct str rest = secret_reveal(both), one;
  if (str_cut(&rest, '\n', &one)) *access = secret_new(one);
  if (*access && rest.n) *refresh = secret_new(rest);
  secret_free(both);
  return true;
}

// ---- writing

bool grant_row_put(struct store *s, const struct grant_row *r, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->account_id),
                                       STORE_TEXT(r->client),
                                       STORE_TEXT(r->site),
                                       STORE_TEXT(r->tokens),
                                       STORE_TEXT(r->scope),
                                       STORE_TEXT(r->wanted),
                                       STORE_TEXT(r->subject),
                                       STORE_TEXT(r->needs),
                                       STORE_TEXT(r->why),
                                       STORE_TEXT(r->consent),
                                       STORE_TEXT(r->lease_by),
                                       STORE_INT(r->rounds),
                                       STORE_INT(r->issued_at),
                                       STORE_INT(r->expires_at),
                                       STORE_INT(0),
                                       STORE_INT(1)};
  return store_run(
      s,
      "INSERT INTO oauth_grant (" GRANT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
      "$12, $13, $14, $15, $16) ON CONFLICT (account_id) DO UPDATE SET client = excluded.client, "
      "site = excluded.site, tokens = excluded.tokens, scope = excluded.scope, wanted = excluded.wanted, "
      "subject = excluded.subject, needs = excluded.needs, why = excluded.why, consent = excluded.consent, "
      "lease_by = excluded.lease_by, rounds = excluded.rounds, issued_at = excluded.issued_at, "
      "expires_at = excluded.expires_at, lease_until = 0, version = oauth_grant.version + 1",
      values, sizeof values / sizeof *values, NULL, err);
}

bool grant_row_lease(struct store *s, const struct grant_row *r, const struct grant_row *seen, bool *got,
                     struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->lease_by),    STORE_INT(r->lease_until),
                                       STORE_TEXT(r->account_id),  STORE_INT(r->version),
                                       STORE_TEXT(seen->lease_by), STORE_INT(seen->lease_until)};
  return store_change(s,
                      "UPDATE oauth_grant SET lease_by = $1, lease_until = $2 WHERE account_id = $3 AND "
                      "version = $4 AND lease_by = $5 AND lease_until = $6",
                      values, 6, got, err);
}

bool grant_row_release(struct store *s, const struct grant_row *r, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->account_id), STORE_TEXT(r->lease_by)};
  bool ignored;
  return store_change(s, "UPDATE oauth_grant SET lease_until = 0 WHERE account_id = $1 AND lease_by = $2",
                      values, 2, &ignored, err);
}

bool grant_row_renew(const struct account_env *env, struct grant_row *row, struct arena *a, struct err *err) {
  struct sealed_at at = grant_place(row);
  return sealed_renew(env->ring, &at, a, &row->tokens, err);
}

bool grant_row_refresh(struct store *s, const struct grant_row *r, bool *done, struct err *err) {
  const struct store_value values[] = {
      STORE_TEXT(r->tokens),     STORE_TEXT(r->scope),  STORE_INT(r->issued_at), STORE_INT(r->expires_at),
      STORE_TEXT(r->account_id), STORE_INT(r->version), STORE_TEXT(r->lease_by)};
  return store_change(s,
                      "UPDATE oauth_grant SET tokens = $1, scope = $2, issued_at = $3, expires_at = $4, "
                      "lease_until = 0, version = version + 1 WHERE account_id = $5 AND version = $6 AND "
                      "lease_by = $7",
                      values, 7, done, err);
}

bool grant_row_need(struct store *s, const struct grant_row *r, bool *done, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->needs), STORE_TEXT(r->why),    STORE_TEXT(r->wanted),
                                       STORE_INT(r->rounds), STORE_TEXT(r->tokens), STORE_TEXT(r->account_id),
                                       STORE_INT(r->version)};
  return store_change(s,
                      "UPDATE oauth_grant SET needs = $1, why = $2, wanted = $3, rounds = $4, "
                      "tokens = $5, lease_until = 0, version = version + 1 WHERE account_id = $6 AND "
                      "version = $7",
                      values, 7, done, err);
}

bool grant_row_delete(struct store *s, struct str account_id, struct err *err) {
  return store_run(s, "DELETE FROM oauth_grant WHERE account_id = $1", &STORE_TEXT(account_id), 1, NULL, err);
}

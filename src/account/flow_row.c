// SPDX-License-Identifier: Apache-2.0
#include "account/flow_row.h"

#define FLOW_COLUMNS                                                                                         \
  "id, status, connector, name, account_id, url, principal, client, site, scope, verifier, link_hash, "      \
  "state_hash, cookie_hash, code, text, remedy, opens, created_at, expires_at"
enum { FLOW_TEXTS = 17, FLOW_NUMBERS = 3 };

struct flow_cells { // the members in the order of the columns
  struct str *texts[FLOW_TEXTS];
  int64_t *numbers[FLOW_NUMBERS];
};

static struct flow_cells flow_cells(struct flow_row *r) {
  return (struct flow_cells){{&r->id, &r->status, &r->connector, &r->name, &r->account_id, &r->url,
                              &r->principal, &r->client, &r->site, &r->scope, &r->verifier, &r->link_hash,
                              &r->state_hash, &r->cookie_hash, &r->code, &r->text, &r->remedy},
                             {&r->opens, &r->created_at, &r->expires_at}};
}

static bool flow_row_one(struct store *s, const char *sql, struct str key, struct arena *a,
                         struct flow_row *out, struct err *err) {
  struct store_rows rows;
  struct flow_row row;
  struct flow_cells c = flow_cells(&row);
  if (!store_query(s, sql, &STORE_TEXT(key), 1, a, &rows, err)) return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "there is no such link");
  for (size_t i = 0; i < FLOW_TEXTS; i++) *c.texts[i] = store_cell(&rows, 0, i)->text;
  for (size_t i = 0; i < FLOW_NUMBERS; i++) *c.numbers[i] = store_cell(&rows, 0, FLOW_TEXTS + i)->number;
  *out = row;
  return true;
}

bool flow_row_find(struct store *s, struct str id, struct arena *a, struct flow_row *out, struct err *err) {
  return flow_row_one(s, "SELECT " FLOW_COLUMNS " FROM oauth_flow WHERE id = $1", id, a, out, err);
}

bool flow_row_by_state(struct store *s, struct str hash, struct arena *a, struct flow_row *out,
                       struct err *err) {
  return flow_row_one(s, "SELECT " FLOW_COLUMNS " FROM oauth_flow WHERE state_hash = $1", hash, a, out, err);
}

bool flow_row_is_open(const struct flow_row *r, int64_t now_ms) {
  return !str_is(r->status, "done") && !str_is(r->status, "failed") && now_ms < r->expires_at;
}

// One link a person and account: he may begin as often as he likes, and must not use up what there is for
// all.
static bool flow_row_supersede(struct store *s, const struct flow_row *r, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->principal), STORE_TEXT(r->account_id)};
  return !r->principal.n || store_run(s,
                                      "DELETE FROM oauth_flow WHERE principal = $1 AND account_id = $2 AND "
                                      "status IN ('waiting', 'opened')",
                                      values, 2, NULL, err);
}

bool flow_row_insert(struct store *s, const struct flow_row *r, struct err *err) {
  if (!flow_row_supersede(s, r, err)) return false;
  struct flow_row row = *r;
  struct flow_cells c = flow_cells(&row);
  struct store_value values[FLOW_TEXTS + FLOW_NUMBERS];
  for (size_t i = 0; i < FLOW_TEXTS; i++) values[i] = STORE_TEXT(c.texts[i]->p ? *c.texts[i] : STR(""));
  for (size_t i = 0; i < FLOW_NUMBERS; i++) values[FLOW_TEXTS + i] = STORE_INT(*c.numbers[i]);
  return store_run(s,
                   "INSERT INTO oauth_flow (" FLOW_COLUMNS
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
                   "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
                   values, FLOW_TEXTS + FLOW_NUMBERS, NULL, err);
}

bool flow_row_count_open(struct store *s, int64_t now_ms, int64_t *out, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s,
                        "SELECT count(*) FROM oauth_flow WHERE status IN ('waiting', 'opened', 'taken') AND "
                        "expires_at > $1",
                        &STORE_INT(now_ms), 1, a, &rows, err);
  if (ok) *out = store_cell(&rows, 0, 0)->number;
  arena_free(a);
  return ok;
}

bool flow_row_open(struct store *s, const struct flow_row *r, bool *done, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->verifier), STORE_TEXT(r->state_hash),
                                       STORE_TEXT(r->cookie_hash), STORE_TEXT(r->id), STORE_INT(r->opens)};
  return store_change(s,
                      "UPDATE oauth_flow SET status = 'opened', opens = opens + 1, verifier = $1, "
                      "state_hash = $2, cookie_hash = $3 WHERE id = $4 AND opens = $5 AND "
                      "status IN ('waiting', 'opened', 'taken')",
                      values, 5, done, err);
}

bool flow_row_take(struct store *s, const struct flow_row *r, bool *done, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->id), STORE_TEXT(r->state_hash)};
  return store_change(s,
                      "UPDATE oauth_flow SET status = 'taken', state_hash = '' WHERE id = $1 AND "
                      "state_hash = $2 AND status IN ('waiting', 'opened', 'taken')",
                      values, 2, done, err);
}

bool flow_row_end(struct store *s, const struct flow_row *r, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(r->status), STORE_TEXT(r->code),       STORE_TEXT(r->text),
                                       STORE_TEXT(r->remedy), STORE_TEXT(r->account_id), STORE_TEXT(r->id)};
  return store_run(s,
                   "UPDATE oauth_flow SET status = $1, code = $2, text = $3, remedy = $4, account_id = $5, "
                   "verifier = '', state_hash = '' WHERE id = $6",
                   values, 6, NULL, err);
}

struct flow_expiry {
  int64_t now_ms;
  struct arena *arena;
  struct store_rows *gone;
};

#define FLOW_EXPIRED "WHERE told = 0 AND status IN ('waiting', 'opened') AND expires_at <= $1"

static bool flow_row_expire_body(struct store *s, void *arg, struct err *err) {
  const struct flow_expiry *e = arg;
  const struct store_value now = STORE_INT(e->now_ms);
  return store_query(s, "SELECT id, name, expires_at FROM oauth_flow " FLOW_EXPIRED " ORDER BY id", &now, 1,
                     e->arena, e->gone, err) &&
         store_run(s, "UPDATE oauth_flow SET told = 1 " FLOW_EXPIRED, &now, 1, NULL, err);
}

bool flow_row_expire(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                     struct err *err) {
  struct flow_expiry e = {now_ms, a, gone};
  return store_transact(s, flow_row_expire_body, &e, err);
}

bool flow_row_purge(struct store *s, int64_t before_ms, size_t *count, struct err *err) {
  int64_t changed = 0;
  if (!store_run(s, "DELETE FROM oauth_flow WHERE expires_at <= $1", &STORE_INT(before_ms), 1, &changed, err))
    return false;
  *count = (size_t)changed;
  return true;
}
